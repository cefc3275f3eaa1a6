#include "proto/rules/apply_field.h"
#include "proto/rules/apply_intents.h"
#include "proto/rules/goal.h"
#include "proto/rules/limits.h"

// Goals: made, revised, formulated, and where the client wants them to go.
namespace brug::rules {
namespace {

std::optional<Violation> CheckDomain(const Scene& scene, const v1::Goal& goal) {
  if (scene.templates.HasDomain(goal.domain_id())) return std::nullopt;
  return Refuse(scene, v1::ERROR_REASON_NOT_ON_THE_BRIDGE, "goal.domain_id");
}

// Where a goal that rests or has ended goes when the client takes it up again; nothing when it does neither.
v1::GoalState StateAgain(const v1::Goal& goal) {
  switch (goal.state()) {
    case v1::GOAL_STATE_PARKED:
      return goal.state_before_parking();
    case v1::GOAL_STATE_ACHIEVED:
      return v1::GOAL_STATE_FORMULATED;
    case v1::GOAL_STATE_STOPPED:
      return goal.state_before_parking() == v1::GOAL_STATE_DRAFT ? v1::GOAL_STATE_DRAFT
                                                                 : v1::GOAL_STATE_FORMULATED;
    default:
      return v1::GOAL_STATE_UNSPECIFIED;
  }
}

// A goal in motion is parked or stopped from what it is; a parked one that is stopped, from what it was.
v1::GoalState StateToKeep(const v1::Goal& goal) {
  return goal.state() == v1::GOAL_STATE_PARKED ? goal.state_before_parking() : goal.state();
}

// Moves `goal`, or says that there is no way from where it is.
bool Move(v1::Goal& goal, v1::GoalState to) {
  const v1::GoalState keep = StateToKeep(goal);
  switch (to) {
    case v1::GOAL_STATE_ACHIEVED:
      if (goal.state() != v1::GOAL_STATE_FORMULATED) return false;
      goal.set_state(to);
      return true;
    case v1::GOAL_STATE_PARKED:
      if (goal.state() == v1::GOAL_STATE_STOPPED) return false;
      goal.set_state_before_parking(keep);
      goal.set_state(to);
      return true;
    case v1::GOAL_STATE_STOPPED:
      goal.set_state_before_parking(keep);
      goal.set_state(to);
      return true;
    default:
      // DRAFT or FORMULATED: taken up again.
      if (StateAgain(goal) == v1::GOAL_STATE_UNSPECIFIED) return false;
      goal.set_state(StateAgain(goal));
      goal.clear_state_before_parking();
      return true;
  }
}

bool HasStep(const std::vector<v1::Record>& planned) {
  for (const v1::Record& record : planned) {
    if (record.has_step()) return true;
  }
  return false;
}

}  // namespace

Outcome Apply(const Scene& scene, const v1::CreateGoal& intent) {
  if (auto wrong = CheckIdIsFree(scene, intent.goal_id(), "goal_id")) return *wrong;
  if (auto wrong = CheckDomain(scene, intent.goal())) return *wrong;
  if (scene.dossier.ChildrenOf(kGoals).size() >= kGoalsMax) {
    return Refuse(scene, v1::ERROR_REASON_TOO_MANY, "goal");
  }
  v1::Record record = NewRecord(intent.goal_id(), scene.occasion);
  *record.mutable_goal() = intent.goal();
  record.mutable_goal()->set_state(v1::GOAL_STATE_DRAFT);
  SetDraftedByMentor(record, IsMentor(scene.occasion.author));
  return Made(std::move(record));
}

Outcome Apply(const Scene& scene, const v1::ReviseGoal& intent) {
  auto found = FindLive(scene, intent.goal_id(), v1::Record::kGoal, "goal_id");
  if (auto* refused = std::get_if<Violation>(&found)) return *refused;
  const auto& before = std::get<v1::Record>(found);
  const FieldEdit edit = EditOf(intent.goal(), intent.update_mask(), "goal");
  if (auto wrong = CheckOwner(scene, before, edit)) return *wrong;
  if (Names(intent.update_mask(), "domain_id")) {
    if (auto wrong = CheckDomain(scene, intent.goal())) return *wrong;
  }
  return Write(scene, before, edit);
}

Outcome Apply(const Scene& scene, const v1::ChangeGoalState& intent) {
  auto found = FindLive(scene, intent.goal_id(), v1::Record::kGoal, "goal_id");
  if (auto* refused = std::get_if<Violation>(&found)) return *refused;
  auto& record = std::get<v1::Record>(found);
  if (record.goal().state() == intent.state()) return Change{};
  if (!Move(*record.mutable_goal(), intent.state())) {
    return Refuse(scene, v1::ERROR_REASON_WRONG_STATE, "state");
  }
  v1::Goal& goal = *record.mutable_goal();
  if (intent.state() == v1::GOAL_STATE_ACHIEVED) *goal.mutable_achieved_at() = ToTimestamp(scene.occasion.at);
  if (!CountsAsAchieved(goal)) goal.clear_achieved_at();
  record.set_revision(scene.occasion.revision);
  return Made(std::move(record));
}

Outcome Apply(const Scene& scene, const v1::FormulatePlan& intent) {
  auto found = FindLive(scene, intent.goal_id(), v1::Record::kGoal, "goal_id");
  if (auto* refused = std::get_if<Violation>(&found)) return *refused;
  auto& record = std::get<v1::Record>(found);
  v1::Goal& goal = *record.mutable_goal();
  if (goal.state() != v1::GOAL_STATE_DRAFT && goal.state() != v1::GOAL_STATE_FORMULATED) {
    return Refuse(scene, v1::ERROR_REASON_WRONG_STATE, "goal_id");
  }
  std::vector<v1::Record> planned = SortedChildren(scene.dossier, intent.goal_id());
  if (!HasStep(planned)) return Refuse(scene, v1::ERROR_REASON_NO_STEPS, "goal_id");

  goal.set_state(v1::GOAL_STATE_FORMULATED);
  goal.set_drafted_by_mentor(false);
  if (goal.formulated_revision() == 0) goal.set_formulated_revision(scene.occasion.revision);
  record.set_revision(scene.occasion.revision);
  Change change = Made(std::move(record));
  for (v1::Record& child : planned) {
    if (!IsDraftedByMentor(child)) continue;
    SetDraftedByMentor(child, false);
    child.set_revision(scene.occasion.revision);
    change.records.push_back(std::move(child));
  }
  return change;
}

}  // namespace brug::rules
