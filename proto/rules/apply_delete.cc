#include <algorithm>

#include "proto/rules/apply_intents.h"
#include "proto/rules/offer.h"

// Deleting: what is deleted stays known by its id, so that nothing can bring it back by mistake.
namespace brug::rules {
namespace {

// Only what makes it known that it was there.
v1::Record TombstoneOf(const v1::Record& record, const Occasion& occasion) {
  v1::Record tombstone = record;
  tombstone.clear_content();
  tombstone.clear_marks();
  tombstone.set_deleted(true);
  tombstone.set_revision(occasion.revision);
  return tombstone;
}

void Bury(const Scene& scene, v1::Record record, Change& change) {
  change.records.push_back(TombstoneOf(record, scene.occasion));
  change.overwritten.push_back(std::move(record));
}

// The steps on the way to a milestone stay with the goal itself.
void LoosenSteps(const Scene& scene, const v1::Record& milestone, Change& change) {
  for (v1::Record& child : SortedChildren(scene.dossier, milestone.milestone().goal_id())) {
    if (!child.has_step() || child.step().milestone_id() != milestone.record_id()) continue;
    change.overwritten.push_back(child);
    child.mutable_step()->clear_milestone_id();
    child.set_revision(scene.occasion.revision);
    change.records.push_back(std::move(child));
  }
}

bool IsAllDrafts(const v1::Record& record, const std::vector<v1::Record>& planned) {
  return IsDraftedByMentor(record) && std::all_of(planned.begin(), planned.end(), IsDraftedByMentor);
}

}  // namespace

Outcome Apply(const Scene& scene, const v1::DeleteRecord& intent) {
  auto found = FindPlanned(scene, intent.record_id(), "record_id");
  if (auto* refused = std::get_if<Violation>(&found)) return *refused;
  auto& record = std::get<v1::Record>(found);
  std::vector<v1::Record> planned;
  if (record.has_goal()) planned = SortedChildren(scene.dossier, intent.record_id());
  std::erase_if(planned, [](const v1::Record& child) { return !child.has_milestone() && !child.has_step(); });
  if (!IsClient(scene.occasion.author) && !IsAllDrafts(record, planned)) {
    return Refuse(scene, v1::ERROR_REASON_NOT_YOURS, "record_id");
  }
  if (!record.has_step() && IsPromised(scene.dossier, record)) {
    return Refuse(scene, v1::ERROR_REASON_PROMISED, "record_id");
  }

  Change change;
  if (record.has_milestone()) LoosenSteps(scene, record, change);
  Bury(scene, std::move(record), change);
  for (v1::Record& child : planned) Bury(scene, std::move(child), change);
  return change;
}

}  // namespace brug::rules
