#include "proto/rules/apply.h"

#include "proto/rules/apply_intents.h"
#include "proto/rules/require.h"
#include "proto/rules/scene.h"

namespace brug::rules {
namespace {

// Who may mean something at all. Whose each thing is comes after: see apply_field.h. Every other role:
// nothing.
enum Meant { kClientOnly, kMentorOnly, kBoth };

struct IntentRow {
  v1::Mutation::IntentCase intent;
  Meant by;
  Outcome (*apply)(const Scene& scene);
};

// clang-format off
constexpr IntentRow kIntentRows[] = {
    {v1::Mutation::kReviseProfile, kBoth, [](const Scene& s) { return Apply(s, s.mutation.revise_profile()); }},
    {v1::Mutation::kHandInAssessment, kClientOnly, [](const Scene& s) { return Apply(s, s.mutation.hand_in_assessment()); }},
    {v1::Mutation::kAddAssessmentView, kMentorOnly, [](const Scene& s) { return Apply(s, s.mutation.add_assessment_view()); }},
    {v1::Mutation::kCreateGoal, kBoth, [](const Scene& s) { return Apply(s, s.mutation.create_goal()); }},
    {v1::Mutation::kReviseGoal, kBoth, [](const Scene& s) { return Apply(s, s.mutation.revise_goal()); }},
    {v1::Mutation::kChangeGoalState, kClientOnly, [](const Scene& s) { return Apply(s, s.mutation.change_goal_state()); }},
    {v1::Mutation::kFormulatePlan, kClientOnly, [](const Scene& s) { return Apply(s, s.mutation.formulate_plan()); }},
    {v1::Mutation::kCreateMilestone, kBoth, [](const Scene& s) { return Apply(s, s.mutation.create_milestone()); }},
    {v1::Mutation::kReviseMilestone, kBoth, [](const Scene& s) { return Apply(s, s.mutation.revise_milestone()); }},
    {v1::Mutation::kCreateStep, kBoth, [](const Scene& s) { return Apply(s, s.mutation.create_step()); }},
    {v1::Mutation::kReviseStep, kBoth, [](const Scene& s) { return Apply(s, s.mutation.revise_step()); }},
    {v1::Mutation::kDeleteRecord, kBoth, [](const Scene& s) { return Apply(s, s.mutation.delete_record()); }},
    {v1::Mutation::kBeginPause, kClientOnly, [](const Scene& s) { return Apply(s, s.mutation.begin_pause()); }},
    {v1::Mutation::kEndPause, kClientOnly, [](const Scene& s) { return Apply(s, s.mutation.end_pause()); }},
    {v1::Mutation::kTickStep, kClientOnly, [](const Scene& s) { return Apply(s, s.mutation.tick_step()); }},
    {v1::Mutation::kSuggestWords, kMentorOnly, [](const Scene& s) { return Apply(s, s.mutation.suggest_words()); }},
    {v1::Mutation::kAnswerSuggestion, kClientOnly, [](const Scene& s) { return Apply(s, s.mutation.answer_suggestion()); }},
    {v1::Mutation::kGiveAppreciation, kMentorOnly, [](const Scene& s) { return Apply(s, s.mutation.give_appreciation()); }},
    {v1::Mutation::kSendMessage, kBoth, [](const Scene& s) { return Apply(s, s.mutation.send_message()); }},
    {v1::Mutation::kRecordContact, kMentorOnly, [](const Scene& s) { return Apply(s, s.mutation.record_contact()); }},
    {v1::Mutation::kProposeAppointment, kBoth, [](const Scene& s) { return Apply(s, s.mutation.propose_appointment()); }},
    {v1::Mutation::kAnswerAppointment, kBoth, [](const Scene& s) { return Apply(s, s.mutation.answer_appointment()); }},
    {v1::Mutation::kProposeHandover, kMentorOnly, [](const Scene& s) { return Apply(s, s.mutation.propose_handover()); }},
    {v1::Mutation::kAnswerHandover, kBoth, [](const Scene& s) { return Apply(s, s.mutation.answer_handover()); }},
};
// clang-format on

const IntentRow& RowOf(v1::Mutation::IntentCase intent) {
  const IntentRow* found = nullptr;
  for (const IntentRow& row : kIntentRows) {
    if (row.intent == intent) found = &row;
  }
  Require(found != nullptr, "a mutation that is applied has an intent, and every intent its row");
  return *found;
}

bool MayMean(const IntentRow& row, const v1::Author& author) {
  return (IsClient(author) && row.by != kMentorOnly) || (IsMentor(author) && row.by != kClientOnly);
}

}  // namespace

std::variant<Change, Violation> Apply(const DossierReader& dossier, const TemplateReader& templates,
                                      const v1::Mutation& mutation, const Occasion& occasion) {
  const IntentRow& row = RowOf(mutation.intent_case());
  if (!MayMean(row, occasion.author)) return Violation{v1::ERROR_REASON_NOT_YOURS, ""};
  return row.apply({dossier, templates, mutation, occasion});
}

}  // namespace brug::rules
