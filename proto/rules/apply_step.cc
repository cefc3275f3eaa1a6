#include <algorithm>

#include "proto/rules/apply_field.h"
#include "proto/rules/apply_intents.h"
#include "proto/rules/limits.h"
#include "proto/rules/recur.h"

// Milestones and steps of a goal, and the pauses of steps.
namespace brug::rules {
namespace {

std::size_t CountOf(const DossierReader& dossier, const std::string& goal_id, v1::Record::ContentCase kind) {
  const auto children = dossier.ChildrenOf(goal_id);
  return static_cast<std::size_t>(
      std::count_if(children.begin(), children.end(),
                    [kind](const v1::Record& child) { return child.content_case() == kind; }));
}

// The goal under which something new comes to stand.
std::optional<Violation> CheckPlace(const Scene& scene, const std::string& goal_id, std::string_view field) {
  auto found = FindLive(scene, goal_id, v1::Record::kGoal, field);
  if (auto* refused = std::get_if<Violation>(&found)) return *refused;
  return std::nullopt;
}

// A step's milestone is one of the same goal, or none.
std::optional<Violation> CheckMilestone(const Scene& scene, const std::string& milestone_id,
                                        const std::string& goal_id) {
  if (milestone_id.empty()) return std::nullopt;
  auto found = FindLive(scene, milestone_id, v1::Record::kMilestone, "step.milestone_id");
  if (auto* refused = std::get_if<Violation>(&found)) return *refused;
  if (std::get<v1::Record>(found).milestone().goal_id() == goal_id) return std::nullopt;
  return Refuse(scene, v1::ERROR_REASON_NOT_FOUND, "step.milestone_id");
}

// A milestone is reached today or was before; tomorrow is for a device in another time zone.
std::optional<Violation> CheckReached(const Scene& scene, const v1::Milestone& milestone) {
  if (!milestone.has_reached_on()) return std::nullopt;
  if (ToDay(milestone.reached_on()) <= scene.occasion.today + std::chrono::days(1)) return std::nullopt;
  return Refuse(scene, v1::ERROR_REASON_IN_THE_FUTURE, "milestone.reached_on");
}

// A day that is put right later was reached no later for it.
void KeepReachedAt(v1::Milestone& milestone, const Occasion& occasion) {
  if (!milestone.has_reached_on()) {
    milestone.clear_reached_at();
  } else if (!milestone.has_reached_at()) {
    *milestone.mutable_reached_at() = ToTimestamp(occasion.at);
  }
}

}  // namespace

Outcome Apply(const Scene& scene, const v1::CreateMilestone& intent) {
  if (auto wrong = CheckIdIsFree(scene, intent.milestone_id(), "milestone_id")) return *wrong;
  const std::string& goal_id = intent.milestone().goal_id();
  if (auto wrong = CheckPlace(scene, goal_id, "milestone.goal_id")) return *wrong;
  if (auto wrong = CheckReached(scene, intent.milestone())) return *wrong;
  if (CountOf(scene.dossier, goal_id, v1::Record::kMilestone) >= kMilestonesPerGoalMax) {
    return Refuse(scene, v1::ERROR_REASON_TOO_MANY, "milestone");
  }
  v1::Record record = NewRecord(intent.milestone_id(), scene.occasion);
  *record.mutable_milestone() = intent.milestone();
  KeepReachedAt(*record.mutable_milestone(), scene.occasion);
  SetDraftedByMentor(record, IsMentor(scene.occasion.author));
  return Made(std::move(record));
}

Outcome Apply(const Scene& scene, const v1::ReviseMilestone& intent) {
  auto found = FindLive(scene, intent.milestone_id(), v1::Record::kMilestone, "milestone_id");
  if (auto* refused = std::get_if<Violation>(&found)) return *refused;
  const auto& before = std::get<v1::Record>(found);
  const FieldEdit edit = EditOf(intent.milestone(), intent.update_mask(), "milestone");
  if (auto wrong = CheckOwner(scene, before, edit)) return *wrong;
  if (!Names(intent.update_mask(), "reached_on")) return Write(scene, before, edit);
  if (auto wrong = CheckReached(scene, intent.milestone())) return *wrong;
  Change change = Write(scene, before, edit);
  for (v1::Record& record : change.records) KeepReachedAt(*record.mutable_milestone(), scene.occasion);
  return change;
}

Outcome Apply(const Scene& scene, const v1::CreateStep& intent) {
  if (auto wrong = CheckIdIsFree(scene, intent.step_id(), "step_id")) return *wrong;
  const std::string& goal_id = intent.step().goal_id();
  if (auto wrong = CheckPlace(scene, goal_id, "step.goal_id")) return *wrong;
  if (auto wrong = CheckMilestone(scene, intent.step().milestone_id(), goal_id)) return *wrong;
  if (CountOf(scene.dossier, goal_id, v1::Record::kStep) >= kStepsPerGoalMax) {
    return Refuse(scene, v1::ERROR_REASON_TOO_MANY, "step");
  }
  v1::Record record = NewRecord(intent.step_id(), scene.occasion);
  *record.mutable_step() = intent.step();
  SetDraftedByMentor(record, IsMentor(scene.occasion.author));
  return Made(std::move(record));
}

Outcome Apply(const Scene& scene, const v1::ReviseStep& intent) {
  auto found = FindLive(scene, intent.step_id(), v1::Record::kStep, "step_id");
  if (auto* refused = std::get_if<Violation>(&found)) return *refused;
  const auto& before = std::get<v1::Record>(found);
  const FieldEdit edit = EditOf(intent.step(), intent.update_mask(), "step");
  if (auto wrong = CheckOwner(scene, before, edit)) return *wrong;
  if (Names(intent.update_mask(), "milestone_id")) {
    if (auto wrong = CheckMilestone(scene, intent.step().milestone_id(), before.step().goal_id()))
      return *wrong;
  }
  Change change = Write(scene, before, edit);
  // Two revisions that were each right can meet in a step that never falls due.
  for (const v1::Record& after : change.records) {
    if (auto wrong = CheckRecurrence(after.step()))
      return Refuse(scene, wrong->reason, "step." + wrong->field);
  }
  return change;
}

Outcome Apply(const Scene& scene, const v1::BeginPause& intent) {
  if (auto wrong = CheckIdIsFree(scene, intent.pause_id(), "pause_id")) return *wrong;
  if (!intent.pause().step_id().empty()) {
    auto found = FindLive(scene, intent.pause().step_id(), v1::Record::kStep, "pause.step_id");
    if (auto* refused = std::get_if<Violation>(&found)) return *refused;
  }
  v1::Record record = NewRecord(intent.pause_id(), scene.occasion);
  *record.mutable_pause() = intent.pause();
  return Made(std::move(record));
}

Outcome Apply(const Scene& scene, const v1::EndPause& intent) {
  auto found = FindLive(scene, intent.pause_id(), v1::Record::kPause, "pause_id");
  if (auto* refused = std::get_if<Violation>(&found)) return *refused;
  v1::Pause values;
  *values.mutable_until() = intent.until();
  return Write(scene, std::get<v1::Record>(found), {values, {"until"}, "until"});
}

}  // namespace brug::rules
