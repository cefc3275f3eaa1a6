#include "proto/rules/apply.h"

#include <array>

#include "proto/rules/apply_intents.h"
#include "proto/rules/require.h"
#include "proto/rules/scene.h"

namespace brug::rules {
namespace {

struct RoleRow {
  v1::Mutation::IntentCase intent;
  bool client;
  bool mentor;
};

// Who may mean what at all. Whose each thing is comes after: see apply_field.h. Every other role: nothing.
constexpr std::array kRoleRows = {
    //                                              client  mentor
    RoleRow{v1::Mutation::kReviseProfile, true, true},
    RoleRow{v1::Mutation::kHandInAssessment, true, false},
    RoleRow{v1::Mutation::kAddAssessmentView, false, true},
    RoleRow{v1::Mutation::kCreateGoal, true, true},
    RoleRow{v1::Mutation::kReviseGoal, true, true},
    RoleRow{v1::Mutation::kChangeGoalState, true, false},
    RoleRow{v1::Mutation::kFormulatePlan, true, false},
    RoleRow{v1::Mutation::kCreateMilestone, true, true},
    RoleRow{v1::Mutation::kReviseMilestone, true, true},
    RoleRow{v1::Mutation::kCreateStep, true, true},
    RoleRow{v1::Mutation::kReviseStep, true, true},
    RoleRow{v1::Mutation::kDeleteRecord, true, true},
    RoleRow{v1::Mutation::kBeginPause, true, false},
    RoleRow{v1::Mutation::kEndPause, true, false},
    RoleRow{v1::Mutation::kTickStep, true, false},
    RoleRow{v1::Mutation::kSuggestWords, false, true},
    RoleRow{v1::Mutation::kAnswerSuggestion, true, false},
    RoleRow{v1::Mutation::kGiveAppreciation, false, true},
    RoleRow{v1::Mutation::kSendMessage, true, true},
    RoleRow{v1::Mutation::kRecordContact, false, true},
    RoleRow{v1::Mutation::kProposeAppointment, true, true},
    RoleRow{v1::Mutation::kAnswerAppointment, true, true},
    RoleRow{v1::Mutation::kProposeHandover, false, true},
    RoleRow{v1::Mutation::kAnswerHandover, true, true},
};

bool MayMean(v1::Mutation::IntentCase intent, const v1::Author& author) {
  for (const RoleRow& row : kRoleRows) {
    if (row.intent == intent) return (row.client && IsClient(author)) || (row.mentor && IsMentor(author));
  }
  Require(false, "every intent has its row");
  return false;
}

Outcome Dispatch(const Scene& scene) {
  const v1::Mutation& mutation = scene.mutation;
  switch (mutation.intent_case()) {
    case v1::Mutation::kReviseProfile:
      return Apply(scene, mutation.revise_profile());
    case v1::Mutation::kHandInAssessment:
      return Apply(scene, mutation.hand_in_assessment());
    case v1::Mutation::kAddAssessmentView:
      return Apply(scene, mutation.add_assessment_view());
    case v1::Mutation::kCreateGoal:
      return Apply(scene, mutation.create_goal());
    case v1::Mutation::kReviseGoal:
      return Apply(scene, mutation.revise_goal());
    case v1::Mutation::kChangeGoalState:
      return Apply(scene, mutation.change_goal_state());
    case v1::Mutation::kFormulatePlan:
      return Apply(scene, mutation.formulate_plan());
    case v1::Mutation::kCreateMilestone:
      return Apply(scene, mutation.create_milestone());
    case v1::Mutation::kReviseMilestone:
      return Apply(scene, mutation.revise_milestone());
    case v1::Mutation::kCreateStep:
      return Apply(scene, mutation.create_step());
    case v1::Mutation::kReviseStep:
      return Apply(scene, mutation.revise_step());
    case v1::Mutation::kDeleteRecord:
      return Apply(scene, mutation.delete_record());
    case v1::Mutation::kBeginPause:
      return Apply(scene, mutation.begin_pause());
    case v1::Mutation::kEndPause:
      return Apply(scene, mutation.end_pause());
    case v1::Mutation::kTickStep:
      return Apply(scene, mutation.tick_step());
    case v1::Mutation::kSuggestWords:
      return Apply(scene, mutation.suggest_words());
    case v1::Mutation::kAnswerSuggestion:
      return Apply(scene, mutation.answer_suggestion());
    case v1::Mutation::kGiveAppreciation:
      return Apply(scene, mutation.give_appreciation());
    case v1::Mutation::kSendMessage:
      return Apply(scene, mutation.send_message());
    case v1::Mutation::kRecordContact:
      return Apply(scene, mutation.record_contact());
    case v1::Mutation::kProposeAppointment:
      return Apply(scene, mutation.propose_appointment());
    case v1::Mutation::kAnswerAppointment:
      return Apply(scene, mutation.answer_appointment());
    case v1::Mutation::kProposeHandover:
      return Apply(scene, mutation.propose_handover());
    case v1::Mutation::kAnswerHandover:
      return Apply(scene, mutation.answer_handover());
    case v1::Mutation::INTENT_NOT_SET:
      break;
  }
  Require(false, "a mutation that is applied has an intent");
  return Change{};
}

}  // namespace

std::variant<Change, Violation> Apply(const DossierReader& dossier, const TemplateReader& templates,
                                      const v1::Mutation& mutation, const Occasion& occasion) {
  Require(mutation.intent_case() != v1::Mutation::INTENT_NOT_SET, "a mutation that is applied has an intent");
  if (!MayMean(mutation.intent_case(), occasion.author)) return Violation{v1::ERROR_REASON_NOT_YOURS, ""};
  return Dispatch({dossier, templates, mutation, occasion});
}

}  // namespace brug::rules
