#include <brug/dossier.h>

#include "client-sdk/src/api/engine.h"
#include "client-sdk/src/api/records.h"
#include "proto/rules/rank.h"

// What Dossier writes: each call makes one intent of the contract, which the rules then judge.
namespace brug {

namespace {

using sdk::Core;
using sdk::Kind;
using sdk::ToProto;
using sdk::View;

Error NotFound(std::string_view field) {
  return {.code = ErrorCode::kNotFound,
          .reason = "NOT_FOUND",
          .field = std::string(field),
          .message = {},
          .retry_after_ms = {}};
}

// Writes an intent that needs nothing of the dossier.
template <class Fill>
Result<void> Write(sdk::Engine& engine, std::string_view dossier_id, Fill fill) {
  auto accepted =
      engine.Write(dossier_id, [&fill](const View& /*view*/, Core& /*core*/) -> Result<v1::Mutation> {
        v1::Mutation mutation;
        fill(mutation);
        return mutation;
      });
  if (!accepted.ok()) return accepted.error();
  return {};
}

// Writes an intent that makes an item with a new id, and gives that id back.
template <class Fill>
Result<std::string> Create(sdk::Engine& engine, std::string_view dossier_id, Fill fill) {
  std::string id;
  auto accepted = engine.Write(dossier_id, [&](const View& view, Core& core) -> Result<v1::Mutation> {
    id = core.NewId();
    v1::Mutation mutation;
    if (Result<void> filled = fill(mutation, id, view, core); !filled.ok()) return filled.error();
    return mutation;
  });
  if (!accepted.ok()) return accepted.error();
  return id;
}

// The same where nothing can go wrong in making it.
template <class Fill>
Result<std::string> CreateSimply(sdk::Engine& engine, std::string_view dossier_id, Fill fill) {
  return Create(engine, dossier_id,
                [&fill](v1::Mutation& mutation, const std::string& id, const View& /*view*/,
                        Core& /*core*/) -> Result<void> {
                  fill(mutation, id);
                  return {};
                });
}

// ---- Ranks

// The rank of a new item behind all others.
template <class Proto>
std::string LastRank(const View& view, std::uint32_t random_bits, std::string_view parent,
                     const Kind<Proto>& kind) {
  const auto records = RankedRecordsOf(view, parent, kind);
  const std::string_view below = records.empty() ? std::string_view() : (records.back().*kind.get)().rank();
  return rules::RankBetween(below, {}, random_bits).value_or(std::string());
}

// The rank of `moved_id` at `place` among its siblings.
template <class Proto>
Result<std::string> RankAt(const View& view, std::uint32_t random_bits, std::string_view parent,
                           std::string_view moved_id, const Place& place, const Kind<Proto>& kind) {
  auto records = RankedRecordsOf(view, parent, kind);
  std::erase_if(records, [moved_id](const v1::Record& record) { return record.record_id() == moved_id; });
  auto next = records.begin();
  if (!place.after_id.empty()) {
    next = std::find_if(records.begin(), records.end(),
                        [&place](const v1::Record& record) { return record.record_id() == place.after_id; });
    if (next == records.end()) return NotFound("after_id");
    ++next;
  }
  const std::string below = next == records.begin() ? std::string() : ((*std::prev(next)).*kind.get)().rank();
  const std::string above = next == records.end() ? std::string() : ((*next).*kind.get)().rank();
  const auto rank = rules::RankBetween(below, above, random_bits);
  if (!rank) {
    return Error{.code = ErrorCode::kLimit,
                 .reason = "TOO_MANY",
                 .field = "after_id",
                 .message = {},
                 .retry_after_ms = {}};
  }
  return *rank;
}

// ---- Masks

// Notes the name of each field that is set, and writes its value.
class MaskWriter {
 public:
  explicit MaskWriter(google::protobuf::FieldMask& mask) : mask_(mask) {}

  template <class T, class Set>
  void Write(const char* field, const Edit<T>& edit, Set set) {
    if (!edit.is_set()) return;
    mask_.add_paths(field);
    set(edit.value());
  }

  // A field that may be absent: written only when there is a value.
  template <class T, class Set>
  void WriteOptional(const char* field, const Edit<std::optional<T>>& edit, Set set) {
    if (!edit.is_set()) return;
    mask_.add_paths(field);
    if (edit.value()) set(*edit.value());
  }

 private:
  google::protobuf::FieldMask& mask_;
};

void FillStep(const NewStep& step, const Date& today, v1::Step& message) {
  message.set_goal_id(step.goal_id);
  message.set_milestone_id(step.milestone_id);
  message.set_title(step.title);
  message.set_minutes(step.minutes);
  if (step.confidence) message.set_confidence(*step.confidence);
  if (step.if_then) *message.mutable_if_then() = ToProto(*step.if_then);
  if (step.reminder) *message.mutable_reminder() = ToProto(*step.reminder);
  *message.mutable_recurrence() = ToProto(step.recurrence);
  *message.mutable_begins_on() = ToProto(step.begins_on.value_or(today));
  if (step.ends_on) *message.mutable_ends_on() = ToProto(*step.ends_on);
}

Result<void> FillAssessment(const Assessment& assessment, const Core& core, v1::Assessment& message) {
  message = ToProto(assessment);
  if (!assessment.template_id.empty()) return {};
  const auto templates = core.ListTemplates();
  if (templates.empty()) return NotFound("template_id");
  message.set_template_id(templates.back()->template_id());
  message.set_template_version(templates.back()->version());
  return {};
}

Result<void> ChangeState(sdk::Engine& engine, std::string_view dossier_id, std::string_view goal_id,
                         v1::GoalState state) {
  return Write(engine, dossier_id, [&](v1::Mutation& mutation) {
    auto* change = mutation.mutable_change_goal_state();
    change->set_goal_id(std::string(goal_id));
    change->set_state(state);
  });
}

Result<void> Delete(sdk::Engine& engine, std::string_view dossier_id, std::string_view record_id) {
  return Write(engine, dossier_id, [&](v1::Mutation& mutation) {
    mutation.mutable_delete_record()->set_record_id(std::string(record_id));
  });
}

Result<void> AnswerSuggestion(sdk::Engine& engine, std::string_view dossier_id,
                              std::string_view suggestion_id, bool take) {
  return Write(engine, dossier_id, [&](v1::Mutation& mutation) {
    auto* answer = mutation.mutable_answer_suggestion();
    answer->set_suggestion_id(std::string(suggestion_id));
    answer->set_take(take);
  });
}

// Moves one item among its siblings: `parent_of(content)` names the list, `write(mutation, rank)` the intent.
template <class Proto, class ParentOf, class WriteRank>
Result<void> Move(sdk::Engine& engine, std::string_view dossier_id, std::string_view id, const Place& place,
                  const Kind<Proto>& kind, ParentOf parent_of, WriteRank write) {
  auto accepted = engine.Write(dossier_id, [&](const View& view, Core& /*core*/) -> Result<v1::Mutation> {
    const auto record = view.Find(id);
    if (!record || record->deleted() || !((*record).*kind.has)()) return NotFound("id");
    const std::string parent = parent_of(((*record).*kind.get)());
    auto rank = RankAt(view, engine.RandomBits(), parent, id, place, kind);
    if (!rank.ok()) return rank.error();
    v1::Mutation mutation;
    write(mutation, *rank);
    return mutation;
  });
  if (!accepted.ok()) return accepted.error();
  return {};
}

}  // namespace

Result<void> Dossier::ReviseProfile(const ProfileChanges& changes) {
  return Write(*engine_, id_, [&changes](v1::Mutation& mutation) {
    auto* revise = mutation.mutable_revise_profile();
    auto& profile = *revise->mutable_profile();
    MaskWriter writer(*revise->mutable_update_mask());
    writer.Write("display_name", changes.display_name,
                 [&](const auto& value) { profile.set_display_name(value); });
    writer.Write("language", changes.language, [&](const auto& value) { profile.set_language(value); });
    writer.Write("time_zone", changes.time_zone, [&](const auto& value) { profile.set_time_zone(value); });
    writer.Write("talk_time", changes.talk_time,
                 [&](TalkTime value) { profile.set_talk_time(ToProto(value)); });
    writer.Write("reply_within_hours", changes.reply_within_hours,
                 [&](int value) { profile.set_reply_within_hours(value); });
  });
}

Result<std::string> Dossier::HandInAssessment(const Assessment& assessment) {
  return Create(
      *engine_, id_,
      [&](v1::Mutation& mutation, const std::string& id, const View& /*view*/, Core& core) -> Result<void> {
        auto* hand_in = mutation.mutable_hand_in_assessment();
        hand_in->set_assessment_id(id);
        if (!assessment.date) {
          const auto today = core.Today(id_);
          if (!today.ok()) return today.error();
          auto dated = assessment;
          dated.date = sdk::FromProto(rules::ToDate(*today));
          return FillAssessment(dated, core, *hand_in->mutable_assessment());
        }
        return FillAssessment(assessment, core, *hand_in->mutable_assessment());
      });
}

Result<std::string> Dossier::AddAssessmentView(const AssessmentView& view) {
  return CreateSimply(*engine_, id_, [&view](v1::Mutation& mutation, const std::string& id) {
    auto* add = mutation.mutable_add_assessment_view();
    add->set_view_id(id);
    *add->mutable_view() = ToProto(view);
  });
}

Result<std::string> Dossier::CreateGoal(const NewGoal& goal) {
  return Create(
      *engine_, id_,
      [&](v1::Mutation& mutation, const std::string& id, const View& view, Core& /*core*/) -> Result<void> {
        auto* create = mutation.mutable_create_goal();
        create->set_goal_id(id);
        auto& message = *create->mutable_goal();
        message.set_domain_id(goal.domain_id);
        message.set_title(goal.title);
        message.set_why(goal.why);
        if (goal.target_date) *message.mutable_target_date() = ToProto(*goal.target_date);
        message.set_rank(LastRank(view, engine_->RandomBits(), rules::kGoals, sdk::kGoal));
        return {};
      });
}

Result<void> Dossier::ReviseGoal(std::string_view goal_id, const GoalChanges& changes) {
  return Write(*engine_, id_, [&](v1::Mutation& mutation) {
    auto* revise = mutation.mutable_revise_goal();
    revise->set_goal_id(std::string(goal_id));
    auto& goal = *revise->mutable_goal();
    MaskWriter writer(*revise->mutable_update_mask());
    writer.Write("domain_id", changes.domain_id, [&](const auto& value) { goal.set_domain_id(value); });
    writer.Write("title", changes.title, [&](const auto& value) { goal.set_title(value); });
    writer.Write("why", changes.why, [&](const auto& value) { goal.set_why(value); });
    writer.WriteOptional("target_date", changes.target_date,
                         [&](const Date& value) { *goal.mutable_target_date() = ToProto(value); });
  });
}

Result<void> Dossier::MoveGoal(std::string_view goal_id, const Place& place) {
  return Move(
      *engine_, id_, goal_id, place, sdk::kGoal, [](const v1::Goal&) { return std::string(rules::kGoals); },
      [&](v1::Mutation& mutation, const std::string& rank) {
        auto* revise = mutation.mutable_revise_goal();
        revise->set_goal_id(std::string(goal_id));
        revise->mutable_goal()->set_rank(rank);
        revise->mutable_update_mask()->add_paths("rank");
      });
}

Result<void> Dossier::FormulatePlan(std::string_view goal_id) {
  return Write(*engine_, id_, [&](v1::Mutation& mutation) {
    mutation.mutable_formulate_plan()->set_goal_id(std::string(goal_id));
  });
}

Result<void> Dossier::AchieveGoal(std::string_view goal_id) {
  return ChangeState(*engine_, id_, goal_id, v1::GOAL_STATE_ACHIEVED);
}

Result<void> Dossier::ParkGoal(std::string_view goal_id) {
  return ChangeState(*engine_, id_, goal_id, v1::GOAL_STATE_PARKED);
}

Result<void> Dossier::StopGoal(std::string_view goal_id) {
  return ChangeState(*engine_, id_, goal_id, v1::GOAL_STATE_STOPPED);
}

Result<void> Dossier::TakeUpGoal(std::string_view goal_id) {
  // The rules give it the state it had.
  return ChangeState(*engine_, id_, goal_id, v1::GOAL_STATE_FORMULATED);
}

Result<void> Dossier::DeleteGoal(std::string_view goal_id) { return Delete(*engine_, id_, goal_id); }

Result<std::string> Dossier::CreateMilestone(const NewMilestone& milestone) {
  return Create(
      *engine_, id_,
      [&](v1::Mutation& mutation, const std::string& id, const View& view, Core& /*core*/) -> Result<void> {
        auto* create = mutation.mutable_create_milestone();
        create->set_milestone_id(id);
        create->mutable_milestone()->set_goal_id(milestone.goal_id);
        create->mutable_milestone()->set_title(milestone.title);
        create->mutable_milestone()->set_rank(
            LastRank(view, engine_->RandomBits(), milestone.goal_id, sdk::kMilestone));
        return {};
      });
}

Result<void> Dossier::ReviseMilestone(std::string_view milestone_id, const MilestoneChanges& changes) {
  return Write(*engine_, id_, [&](v1::Mutation& mutation) {
    auto* revise = mutation.mutable_revise_milestone();
    revise->set_milestone_id(std::string(milestone_id));
    auto& milestone = *revise->mutable_milestone();
    MaskWriter writer(*revise->mutable_update_mask());
    writer.Write("title", changes.title, [&](const auto& value) { milestone.set_title(value); });
    writer.WriteOptional("reached_on", changes.reached_on,
                         [&](const Date& value) { *milestone.mutable_reached_on() = ToProto(value); });
  });
}

Result<void> Dossier::MoveMilestone(std::string_view milestone_id, const Place& place) {
  return Move(
      *engine_, id_, milestone_id, place, sdk::kMilestone,
      [](const v1::Milestone& milestone) { return milestone.goal_id(); },
      [&](v1::Mutation& mutation, const std::string& rank) {
        auto* revise = mutation.mutable_revise_milestone();
        revise->set_milestone_id(std::string(milestone_id));
        revise->mutable_milestone()->set_rank(rank);
        revise->mutable_update_mask()->add_paths("rank");
      });
}

Result<void> Dossier::DeleteMilestone(std::string_view milestone_id) {
  return Delete(*engine_, id_, milestone_id);
}

Result<std::string> Dossier::CreateStep(const NewStep& step) {
  return Create(
      *engine_, id_,
      [&](v1::Mutation& mutation, const std::string& id, const View& view, Core& core) -> Result<void> {
        const auto today = core.Today(id_);
        if (!today.ok()) return today.error();
        auto* create = mutation.mutable_create_step();
        create->set_step_id(id);
        FillStep(step, sdk::FromProto(rules::ToDate(*today)), *create->mutable_step());
        create->mutable_step()->set_rank(LastRank(view, engine_->RandomBits(), step.goal_id, sdk::kStep));
        return {};
      });
}

Result<void> Dossier::ReviseStep(std::string_view step_id, const StepChanges& changes) {
  return Write(*engine_, id_, [&](v1::Mutation& mutation) {
    auto* revise = mutation.mutable_revise_step();
    revise->set_step_id(std::string(step_id));
    auto& step = *revise->mutable_step();
    MaskWriter writer(*revise->mutable_update_mask());
    writer.Write("milestone_id", changes.milestone_id,
                 [&](const auto& value) { step.set_milestone_id(value); });
    writer.Write("title", changes.title, [&](const auto& value) { step.set_title(value); });
    writer.Write("minutes", changes.minutes, [&](int value) { step.set_minutes(value); });
    writer.WriteOptional("confidence", changes.confidence, [&](int value) { step.set_confidence(value); });
    writer.WriteOptional("if_then", changes.if_then,
                         [&](const IfThenPlan& value) { *step.mutable_if_then() = ToProto(value); });
    writer.WriteOptional("reminder", changes.reminder,
                         [&](const TimeOfDay& value) { *step.mutable_reminder() = ToProto(value); });
    writer.Write("recurrence", changes.recurrence,
                 [&](const Recurrence& value) { *step.mutable_recurrence() = ToProto(value); });
    writer.Write("begins_on", changes.begins_on,
                 [&](const Date& value) { *step.mutable_begins_on() = ToProto(value); });
    writer.WriteOptional("ends_on", changes.ends_on,
                         [&](const Date& value) { *step.mutable_ends_on() = ToProto(value); });
  });
}

Result<void> Dossier::MoveStep(std::string_view step_id, const Place& place) {
  return Move(
      *engine_, id_, step_id, place, sdk::kStep, [](const v1::Step& step) { return step.goal_id(); },
      [&](v1::Mutation& mutation, const std::string& rank) {
        auto* revise = mutation.mutable_revise_step();
        revise->set_step_id(std::string(step_id));
        revise->mutable_step()->set_rank(rank);
        revise->mutable_update_mask()->add_paths("rank");
      });
}

Result<void> Dossier::DeleteStep(std::string_view step_id) { return Delete(*engine_, id_, step_id); }

Result<void> Dossier::Tick(const NewTick& tick) {
  auto accepted = engine_->Write(id_, [&](const View& /*view*/, Core& core) -> Result<v1::Mutation> {
    v1::Mutation mutation;
    auto* written = mutation.mutable_tick_step();
    written->set_step_id(tick.step_id);
    if (tick.date) {
      *written->mutable_date() = ToProto(*tick.date);
    } else {
      const auto today = core.Today(id_);
      if (!today.ok()) return today.error();
      *written->mutable_date() = rules::ToDate(*today);
    }
    written->set_state(ToProto(tick.state));
    written->set_note(tick.note);
    if (tick.done_at) *written->mutable_done_at() = ToProto(*tick.done_at);
    return mutation;
  });
  if (!accepted.ok()) return accepted.error();
  return {};
}

Result<std::string> Dossier::BeginPause(const Pause& pause) {
  return CreateSimply(*engine_, id_, [&pause](v1::Mutation& mutation, const std::string& id) {
    auto* begin = mutation.mutable_begin_pause();
    begin->set_pause_id(id);
    *begin->mutable_pause() = ToProto(pause);
  });
}

Result<void> Dossier::EndPause(std::string_view pause_id, const Date& until) {
  return Write(*engine_, id_, [&](v1::Mutation& mutation) {
    auto* end = mutation.mutable_end_pause();
    end->set_pause_id(std::string(pause_id));
    *end->mutable_until() = ToProto(until);
  });
}

Result<std::string> Dossier::SuggestWords(const NewSuggestion& suggestion) {
  return CreateSimply(*engine_, id_, [&suggestion](v1::Mutation& mutation, const std::string& id) {
    auto* suggest = mutation.mutable_suggest_words();
    suggest->set_suggestion_id(id);
    suggest->mutable_suggestion()->set_target_id(suggestion.target_id);
    suggest->mutable_suggestion()->set_field(ToProto(suggestion.field));
    suggest->mutable_suggestion()->set_words(suggestion.words);
  });
}

Result<void> Dossier::TakeSuggestion(std::string_view suggestion_id) {
  return AnswerSuggestion(*engine_, id_, suggestion_id, true);
}

Result<void> Dossier::LeaveSuggestion(std::string_view suggestion_id) {
  return AnswerSuggestion(*engine_, id_, suggestion_id, false);
}

Result<std::string> Dossier::GiveAppreciation(const Appreciation& appreciation) {
  return CreateSimply(*engine_, id_, [&appreciation](v1::Mutation& mutation, const std::string& id) {
    auto* give = mutation.mutable_give_appreciation();
    give->set_appreciation_id(id);
    *give->mutable_appreciation() = ToProto(appreciation);
  });
}

Result<std::string> Dossier::SendMessage(std::string_view words) {
  return CreateSimply(*engine_, id_, [words](v1::Mutation& mutation, const std::string& id) {
    auto* send = mutation.mutable_send_message();
    send->set_message_id(id);
    send->set_words(std::string(words));
  });
}

Result<std::string> Dossier::RecordContact(const Contact& contact) {
  return CreateSimply(*engine_, id_, [&contact](v1::Mutation& mutation, const std::string& id) {
    auto* record = mutation.mutable_record_contact();
    record->set_contact_id(id);
    *record->mutable_contact() = ToProto(contact);
  });
}

Result<std::string> Dossier::ProposeAppointment(const NewAppointment& appointment) {
  return CreateSimply(*engine_, id_, [&appointment](v1::Mutation& mutation, const std::string& id) {
    auto* propose = mutation.mutable_propose_appointment();
    propose->set_appointment_id(id);
    auto& message = *propose->mutable_appointment();
    *message.mutable_at() = ToProto(appointment.at);
    message.set_minutes(appointment.minutes);
    message.set_kind(ToProto(appointment.kind));
    message.set_place(appointment.place);
    message.set_words(appointment.words);
    message.set_heavy(appointment.heavy);
  });
}

Result<void> Dossier::AnswerAppointment(std::string_view appointment_id, AppointmentAnswer answer) {
  return Write(*engine_, id_, [&](v1::Mutation& mutation) {
    auto* written = mutation.mutable_answer_appointment();
    written->set_appointment_id(std::string(appointment_id));
    written->set_state(ToProto(answer));
  });
}

Result<std::string> Dossier::ProposeHandover(const NewHandover& handover) {
  return CreateSimply(*engine_, id_, [&handover](v1::Mutation& mutation, const std::string& id) {
    auto* propose = mutation.mutable_propose_handover();
    propose->set_handover_id(id);
    propose->set_to_person_id(handover.to_person_id);
    propose->set_words(handover.words);
  });
}

Result<void> Dossier::AnswerHandover(std::string_view handover_id, bool agree) {
  return Write(*engine_, id_, [&](v1::Mutation& mutation) {
    auto* answer = mutation.mutable_answer_handover();
    answer->set_handover_id(std::string(handover_id));
    answer->set_agree(agree);
  });
}

}  // namespace brug
