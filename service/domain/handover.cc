#include "service/domain/handover.h"

#include <algorithm>

#include "service/domain/relations.h"

namespace brug::domain {
namespace {

using platform::Failure;
using platform::Result;

bool HasLiveRelation(const Desk& desk, const std::string& dossier_id, const std::string& person_id) {
  const auto relations = desk.transaction.RelationsOfDossier(dossier_id);
  return std::any_of(relations.begin(), relations.end(), [&](const storage::RelationRow& relation) {
    return relation.person_id == person_id && relation.until_us == 0;
  });
}

Result<void> KeepRow(Desk& desk, const DossierWriter& writer, const v1::Record& record) {
  const v1::Handover& handover = record.handover();
  const auto row = desk.transaction.FindHandover(record.record_id());
  const bool kept =
      row ? desk.transaction.UpdateHandoverState(record.record_id(), row->state, handover.state())
          : desk.transaction.InsertHandover({.handover_id = record.record_id(),
                                             .dossier_id = writer.head().dossier_id,
                                             .from_person_id = handover.from_person_id(),
                                             .to_person_id = handover.to_person_id(),
                                             .state = handover.state(),
                                             .proposed_at_us = ToMicroseconds(desk.now)});
  if (!kept) return Failure{.reason = v1::ERROR_REASON_ALREADY_EXISTS, .field = "handover_id"};
  return {};
}

// Lets follow what became of the handover that is the record with this index.
Result<void> Follow(Desk& desk, DossierWriter& writer, std::size_t index, rules::Change& change) {
  v1::Record& record = change.records[index];
  const auto mentor = FindStaffMember(desk.transaction, *desk.keys, record.handover().to_person_id());
  if (record.handover().to_display_name().empty() && mentor) {
    record.mutable_handover()->set_to_display_name(mentor->display_name());
  }
  // Who left the organisation in the meantime cannot take over: nobody gets access by an old promise.
  if (record.handover().state() == v1::HANDOVER_STATE_TO_MEET && !(mentor && IsMentor(*mentor))) {
    record.mutable_handover()->set_state(v1::HANDOVER_STATE_DECLINED);
  }
  auto kept = KeepRow(desk, writer, record);
  if (!kept.ok()) return kept;
  const v1::Handover handover = record.handover();
  desk.hints.people.insert(handover.to_person_id());
  switch (handover.state()) {
    case v1::HANDOVER_STATE_TO_MEET:
      // After a restore the mentor may have shown the grant before the yes that it followed from came back.
      if (HasLiveRelation(desk, writer.head().dossier_id, mentor->person_id())) return {};
      return BeginRelation(desk, writer, *mentor, change);
    case v1::HANDOVER_STATE_COMPLETED:
      return EndRelation(desk, writer, handover.from_person_id(), change);
    default:
      return {};
  }
}

}  // namespace

std::optional<rules::Violation> CheckHandover(const Desk& desk, const v1::Mutation& mutation,
                                              const rules::Occasion& occasion) {
  if (!mutation.has_propose_handover()) return std::nullopt;
  const rules::Violation not_found{v1::ERROR_REASON_NOT_FOUND, "propose_handover.to_person_id"};
  const std::string& to = mutation.propose_handover().to_person_id();
  const auto mentor = FindStaffMember(desk.transaction, *desk.keys, to);
  if (!mentor || !IsMentor(*mentor)) return not_found;
  // What is offered again, or was made on lost history, may have led to the relation that is there.
  if (!occasion.restored_revision && HasLiveRelation(desk, mutation.dossier_id(), to)) {
    return rules::Violation{v1::ERROR_REASON_ALREADY_EXISTS, "propose_handover.to_person_id"};
  }
  // The id is looked up outside the dossier too, so it must be new to the organisation.
  if (desk.transaction.FindHandover(mutation.propose_handover().handover_id())) {
    return rules::Violation{v1::ERROR_REASON_ALREADY_EXISTS, "propose_handover.handover_id"};
  }
  return std::nullopt;
}

Result<void> FollowHandovers(Desk& desk, DossierWriter& writer, rules::Change& change) {
  // The records of relations that are added on the way are no handovers.
  const std::size_t count = change.records.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (!change.records[i].has_handover()) continue;
    auto followed = Follow(desk, writer, i, change);
    if (!followed.ok()) return followed;
  }
  return {};
}

}  // namespace brug::domain
