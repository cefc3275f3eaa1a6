#include "proto/rules/fields.h"

#include <array>
#include <limits>
#include <string>
#include <unordered_map>

#include "brug/v1/mutation.pb.h"
#include "proto/rules/limits.h"
#include "proto/rules/require.h"

namespace brug::rules {
namespace {

constexpr bool kNeeded = true;
constexpr bool kMayBeEmpty = false;
constexpr std::int64_t kInt64Max = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMinutesMax = 1440;
constexpr std::int64_t kReplyHoursMax = 336;

// clang-format off
constexpr std::array kFieldRules = {
    // The envelope.
    FieldRule{"Mutation.mutation_id", Form::kId, kNeeded},
    FieldRule{"Mutation.dossier_id", Form::kId, kNeeded},
    FieldRule{"Mutation.epoch", Form::kAny, kNeeded},
    FieldRule{"Mutation.sequence", Form::kNumber, kNeeded, 1, kInt64Max},
    FieldRule{"Mutation.base", Form::kPart},
    FieldRule{"Point.revision", Form::kNumber, kMayBeEmpty, 0, kInt64Max},
    FieldRule{"Point.salt", Form::kAny},
    FieldRule{"Mutation.occurred_at", Form::kAny, kNeeded},
    FieldRule{"Mutation.applied", Form::kPart},

    // Profile.
    FieldRule{"ReviseProfile.profile", Form::kPart},
    FieldRule{"ReviseProfile.update_mask", Form::kMask, kNeeded},
    FieldRule{"Profile.client_person_id", Form::kId, kNeeded},
    FieldRule{"Profile.display_name", Form::kText, kNeeded, 0, kNameBytesMax, Writer::kClient},
    FieldRule{"Profile.language", Form::kLanguage, kNeeded, 0, 0, Writer::kClient},
    FieldRule{"Profile.time_zone", Form::kZone, kNeeded, 0, 0, Writer::kClient},
    FieldRule{"Profile.talk_time", Form::kChoice, kMayBeEmpty, 0, v1::TalkTime_MAX, Writer::kClient},
    FieldRule{"Profile.reply_within_hours", Form::kNumber, kMayBeEmpty, 1, kReplyHoursMax, Writer::kBoth},

    // Assessments: handed in once, never revised.
    FieldRule{"HandInAssessment.assessment_id", Form::kId, kNeeded},
    FieldRule{"HandInAssessment.assessment", Form::kPart, kNeeded},
    FieldRule{"Assessment.template_id", Form::kName, kNeeded, 0, kTemplateIdBytesMax},
    FieldRule{"Assessment.template_version", Form::kNumber, kNeeded, 1, std::numeric_limits<std::int32_t>::max()},
    FieldRule{"Assessment.date", Form::kDay, kNeeded},
    FieldRule{"Assessment.answers", Form::kPart},
    FieldRule{"Assessment.most_urgent_domain_id", Form::kName, kMayBeEmpty, 0, kTemplateIdBytesMax},
    FieldRule{"Assessment.aims", Form::kPart},
    FieldRule{"Assessment.words", Form::kText, kMayBeEmpty, 0, kLongWordsBytesMax},
    FieldRule{"Answer.domain_id", Form::kName, kNeeded, 0, kTemplateIdBytesMax},
    FieldRule{"Answer.level", Form::kAny},
    FieldRule{"Answer.words", Form::kText, kMayBeEmpty, 0, kWordsBytesMax},
    FieldRule{"Aim.domain_id", Form::kName, kNeeded, 0, kTemplateIdBytesMax},
    FieldRule{"Aim.level", Form::kAny, kNeeded},
    FieldRule{"Aim.by", Form::kDay},
    FieldRule{"Aim.words", Form::kText, kMayBeEmpty, 0, kWordsBytesMax},
    FieldRule{"AddAssessmentView.view_id", Form::kId, kNeeded},
    FieldRule{"AddAssessmentView.view", Form::kPart, kNeeded},
    FieldRule{"AssessmentView.assessment_id", Form::kId, kNeeded},
    FieldRule{"AssessmentView.answers", Form::kPart},
    FieldRule{"AssessmentView.words", Form::kText, kMayBeEmpty, 0, kLongWordsBytesMax},

    // Goals.
    FieldRule{"CreateGoal.goal_id", Form::kId, kNeeded},
    FieldRule{"CreateGoal.goal", Form::kPart, kNeeded},
    FieldRule{"ReviseGoal.goal_id", Form::kId, kNeeded},
    FieldRule{"ReviseGoal.goal", Form::kPart},
    FieldRule{"ReviseGoal.update_mask", Form::kMask, kNeeded},
    FieldRule{"ChangeGoalState.goal_id", Form::kId, kNeeded},
    FieldRule{"ChangeGoalState.state", Form::kChoice, kNeeded, v1::GOAL_STATE_DRAFT, v1::GOAL_STATE_STOPPED},
    FieldRule{"FormulatePlan.goal_id", Form::kId, kNeeded},
    FieldRule{"Goal.domain_id", Form::kName, kNeeded, 0, kTemplateIdBytesMax, Writer::kDrafter},
    FieldRule{"Goal.title", Form::kText, kNeeded, 0, kTitleBytesMax, Writer::kDrafter},
    FieldRule{"Goal.why", Form::kText, kMayBeEmpty, 0, kWordsBytesMax, Writer::kDrafter},
    FieldRule{"Goal.target_date", Form::kDay, kMayBeEmpty, 0, 0, Writer::kDrafter},
    FieldRule{"Goal.rank", Form::kRank, kNeeded, 0, 0, Writer::kClient},
    FieldRule{"Goal.state", Form::kAny, kMayBeEmpty, 0, 0, Writer::kRules},
    FieldRule{"Goal.state_before_parking", Form::kAny, kMayBeEmpty, 0, 0, Writer::kRules},
    FieldRule{"Goal.drafted_by_mentor", Form::kAny, kMayBeEmpty, 0, 0, Writer::kRules},
    FieldRule{"Goal.formulated_revision", Form::kAny, kMayBeEmpty, 0, 0, Writer::kRules},
    FieldRule{"Goal.achieved_at", Form::kAny, kMayBeEmpty, 0, 0, Writer::kRules},

    // Milestones.
    FieldRule{"CreateMilestone.milestone_id", Form::kId, kNeeded},
    FieldRule{"CreateMilestone.milestone", Form::kPart, kNeeded},
    FieldRule{"ReviseMilestone.milestone_id", Form::kId, kNeeded},
    FieldRule{"ReviseMilestone.milestone", Form::kPart},
    FieldRule{"ReviseMilestone.update_mask", Form::kMask, kNeeded},
    FieldRule{"Milestone.goal_id", Form::kId, kNeeded},
    FieldRule{"Milestone.title", Form::kText, kNeeded, 0, kTitleBytesMax, Writer::kDrafter},
    FieldRule{"Milestone.reached_on", Form::kDay, kMayBeEmpty, 0, 0, Writer::kDrafter},
    FieldRule{"Milestone.rank", Form::kRank, kNeeded, 0, 0, Writer::kDrafter},
    FieldRule{"Milestone.drafted_by_mentor", Form::kAny, kMayBeEmpty, 0, 0, Writer::kRules},
    FieldRule{"Milestone.reached_at", Form::kAny, kMayBeEmpty, 0, 0, Writer::kRules},

    // Steps.
    FieldRule{"CreateStep.step_id", Form::kId, kNeeded},
    FieldRule{"CreateStep.step", Form::kPart, kNeeded},
    FieldRule{"ReviseStep.step_id", Form::kId, kNeeded},
    FieldRule{"ReviseStep.step", Form::kPart},
    FieldRule{"ReviseStep.update_mask", Form::kMask, kNeeded},
    FieldRule{"Step.goal_id", Form::kId, kNeeded},
    FieldRule{"Step.milestone_id", Form::kId, kMayBeEmpty, 0, 0, Writer::kDrafter},
    FieldRule{"Step.title", Form::kText, kNeeded, 0, kTitleBytesMax, Writer::kDrafter},
    FieldRule{"Step.minutes", Form::kNumber, kMayBeEmpty, 1, kMinutesMax, Writer::kDrafter},
    FieldRule{"Step.confidence", Form::kNumber, kMayBeEmpty, 0, 10, Writer::kDrafter},
    FieldRule{"Step.if_then", Form::kPart, kMayBeEmpty, 0, 0, Writer::kDrafter},
    FieldRule{"Step.reminder", Form::kPart, kMayBeEmpty, 0, 0, Writer::kDrafter},
    FieldRule{"Step.recurrence", Form::kRepeats, kNeeded, 0, 0, Writer::kDrafter},
    FieldRule{"Step.begins_on", Form::kDay, kNeeded, 0, 0, Writer::kDrafter},
    FieldRule{"Step.ends_on", Form::kDay, kMayBeEmpty, 0, 0, Writer::kDrafter},
    FieldRule{"Step.rank", Form::kRank, kNeeded, 0, 0, Writer::kDrafter},
    FieldRule{"Step.drafted_by_mentor", Form::kAny, kMayBeEmpty, 0, 0, Writer::kRules},
    FieldRule{"IfThenPlan.obstacle", Form::kText, kMayBeEmpty, 0, kObstacleBytesMax},
    FieldRule{"IfThenPlan.response", Form::kText, kMayBeEmpty, 0, kObstacleBytesMax},
    FieldRule{"TimeOfDay.hour", Form::kNumber, kMayBeEmpty, 0, 23},
    FieldRule{"TimeOfDay.minute", Form::kNumber, kMayBeEmpty, 0, 59},

    // Deleting, pausing, ticking.
    FieldRule{"DeleteRecord.record_id", Form::kId, kNeeded},
    FieldRule{"BeginPause.pause_id", Form::kId, kNeeded},
    FieldRule{"BeginPause.pause", Form::kPart, kNeeded},
    FieldRule{"EndPause.pause_id", Form::kId, kNeeded},
    FieldRule{"EndPause.until", Form::kDay, kNeeded},
    FieldRule{"Pause.step_id", Form::kId},
    FieldRule{"Pause.from", Form::kDay, kNeeded},
    FieldRule{"Pause.until", Form::kDay, kMayBeEmpty, 0, 0, Writer::kClient},
    FieldRule{"TickStep.step_id", Form::kId, kNeeded},
    FieldRule{"TickStep.date", Form::kDay, kNeeded},
    FieldRule{"TickStep.state", Form::kChoice, kNeeded, v1::TICK_STATE_CLEARED, v1::TICK_STATE_DONE},
    FieldRule{"TickStep.note", Form::kText, kMayBeEmpty, 0, kWordsBytesMax},
    FieldRule{"TickStep.done_at", Form::kMoment},

    // What mentors and clients say to each other.
    FieldRule{"SuggestWords.suggestion_id", Form::kId, kNeeded},
    FieldRule{"SuggestWords.suggestion", Form::kPart, kNeeded},
    FieldRule{"AnswerSuggestion.suggestion_id", Form::kId, kNeeded},
    FieldRule{"AnswerSuggestion.take", Form::kAny},
    FieldRule{"Suggestion.target_id", Form::kId, kNeeded},
    FieldRule{"Suggestion.field", Form::kChoice, kNeeded, v1::SUGGESTED_FIELD_TITLE, v1::SUGGESTED_FIELD_RESPONSE},
    FieldRule{"Suggestion.words", Form::kText, kNeeded, 0, kWordsBytesMax},
    FieldRule{"Suggestion.state", Form::kAny, kMayBeEmpty, 0, 0, Writer::kRules},
    FieldRule{"GiveAppreciation.appreciation_id", Form::kId, kNeeded},
    FieldRule{"GiveAppreciation.appreciation", Form::kPart, kNeeded},
    FieldRule{"Appreciation.kind", Form::kChoice, kNeeded, v1::APPRECIATION_KIND_MESSAGE, v1::APPRECIATION_KIND_CERTIFICATE},
    FieldRule{"Appreciation.words", Form::kText, kNeeded, 0, kWordsBytesMax},
    FieldRule{"Appreciation.about_id", Form::kId},
    FieldRule{"SendMessage.message_id", Form::kId, kNeeded},
    FieldRule{"SendMessage.words", Form::kText, kNeeded, 0, kWordsBytesMax},
    FieldRule{"RecordContact.contact_id", Form::kId, kNeeded},
    FieldRule{"RecordContact.contact", Form::kPart, kNeeded},
    FieldRule{"Contact.kind", Form::kChoice, kNeeded, v1::CONTACT_KIND_MEETING, v1::CONTACT_KIND_WRITTEN},
    FieldRule{"Contact.at", Form::kMoment, kNeeded},
    FieldRule{"Contact.minutes", Form::kNumber, kNeeded, 1, kMinutesMax},
    FieldRule{"Contact.words", Form::kText, kMayBeEmpty, 0, kLongWordsBytesMax},
    FieldRule{"Contact.handover_id", Form::kId},
    FieldRule{"ProposeAppointment.appointment_id", Form::kId, kNeeded},
    FieldRule{"ProposeAppointment.appointment", Form::kPart, kNeeded},
    FieldRule{"AnswerAppointment.appointment_id", Form::kId, kNeeded},
    FieldRule{"AnswerAppointment.state", Form::kChoice, kNeeded, v1::APPOINTMENT_STATE_ACCEPTED, v1::APPOINTMENT_STATE_CANCELLED},
    FieldRule{"Appointment.at", Form::kMoment, kNeeded},
    FieldRule{"Appointment.minutes", Form::kNumber, kNeeded, 1, kMinutesMax},
    FieldRule{"Appointment.kind", Form::kChoice, kNeeded, v1::CONTACT_KIND_MEETING, v1::CONTACT_KIND_WRITTEN},
    FieldRule{"Appointment.place", Form::kText, kMayBeEmpty, 0, kPlaceBytesMax},
    FieldRule{"Appointment.words", Form::kText, kMayBeEmpty, 0, kWordsBytesMax},
    FieldRule{"Appointment.heavy", Form::kAny},
    FieldRule{"Appointment.state", Form::kAny, kMayBeEmpty, 0, 0, Writer::kRules},

    // Handovers.
    FieldRule{"ProposeHandover.handover_id", Form::kId, kNeeded},
    FieldRule{"ProposeHandover.to_person_id", Form::kId, kNeeded},
    FieldRule{"ProposeHandover.words", Form::kText, kMayBeEmpty, 0, kWordsBytesMax},
    FieldRule{"AnswerHandover.handover_id", Form::kId, kNeeded},
    FieldRule{"AnswerHandover.agree", Form::kAny},
};
// clang-format on

using Index = std::unordered_map<const google::protobuf::FieldDescriptor*, const FieldRule*>;

// Rows by descriptor.
const Index& IndexOfRules() {
  static const Index* const index = [] {
    auto* made = new Index;
    const auto* pool = v1::Mutation::descriptor()->file()->pool();
    for (const FieldRule& rule : kFieldRules) {
      const auto* field = pool->FindFieldByName("brug.v1." + std::string(rule.name));
      Require(field != nullptr, "every row names a field of the contract");
      made->emplace(field, &rule);
    }
    return made;
  }();
  return *index;
}

}  // namespace

const FieldRule* FindFieldRule(const google::protobuf::FieldDescriptor& field) {
  const auto found = IndexOfRules().find(&field);
  return found == IndexOfRules().end() ? nullptr : found->second;
}

}  // namespace brug::rules
