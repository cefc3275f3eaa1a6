#include "service/domain/relations.h"

#include <algorithm>

#include "proto/rules/relation.h"
#include "service/domain/organisation_records.h"
#include "service/domain/statements.h"

namespace brug::domain {
namespace {

using platform::Failure;
using platform::Result;

std::optional<storage::RelationRow> LiveRelation(const storage::DirectoryReads& directory,
                                                 const std::string& person_id,
                                                 const std::string& dossier_id) {
  for (storage::RelationRow& relation : directory.RelationsOfDossier(dossier_id)) {
    if (relation.person_id == person_id && relation.until_us == 0) return std::move(relation);
  }
  return std::nullopt;
}

// Puts the records of `more` behind those of `change`; a record that both have is as `more` has it.
void Join(rules::Change& change, rules::Change more) {
  std::move(more.records.begin(), more.records.end(), std::back_inserter(change.records));
  std::move(more.overwritten.begin(), more.overwritten.end(), std::back_inserter(change.overwritten));
}

// The person's devices hear of it.
Result<void> State(Desk& desk, const std::string& person_id, v1::StatementContent what) {
  const auto statement = MakeStatement(desk, person_id, std::move(what));
  if (!statement.ok()) return statement.failure();
  return {};
}

}  // namespace

Relationship RelationshipWith(const storage::DirectoryReads& directory, const Caller& caller,
                              const std::string& dossier_id) {
  if (caller.Has(v1::ROLE_CLIENT))
    return caller.dossier_id == dossier_id ? Relationship::kOwn : Relationship::kNone;
  Relationship relationship = Relationship::kNone;
  for (const storage::RelationRow& relation : directory.RelationsOfDossier(dossier_id)) {
    if (relation.person_id != caller.person_id) continue;
    if (relation.until_us == 0)
      return caller.Has(v1::ROLE_MENTOR) ? Relationship::kLive : Relationship::kEnded;
    relationship = Relationship::kEnded;
  }
  return relationship;
}

Relationship RelationshipWithPerson(const storage::DirectoryReads& directory, const Caller& caller,
                                    const std::string& person_id) {
  if (person_id == caller.person_id) return Relationship::kOwn;
  const auto person = directory.FindPerson(person_id);
  if (!person || person->dossier_id.empty()) return Relationship::kNone;
  return RelationshipWith(directory, caller, person->dossier_id);
}

Relationship RelationshipWithDevice(const storage::DirectoryReads& directory, const Caller& caller,
                                    const std::string& device_id) {
  const auto device = directory.FindDevice(device_id);
  return device ? RelationshipWithPerson(directory, caller, device->person_id) : Relationship::kNone;
}

Relationship RelationshipWithHandover(const storage::DirectoryReads& directory, const Caller& caller,
                                      const std::string& handover_id) {
  const auto handover = directory.FindHandover(handover_id);
  return handover && handover->to_person_id == caller.person_id ? Relationship::kOwn : Relationship::kNone;
}

Relationship RelationshipWithOffer(const storage::Snapshot& snapshot, const Caller& caller,
                                   const std::string& offer_id) {
  const auto offer = snapshot.FindOffer(offer_id);
  if (!offer) return Relationship::kNone;
  const Relationship relationship = RelationshipWith(snapshot, caller, offer->dossier_id);
  // The year is that of the promise; before it the offer does not exist for the client.
  return relationship == Relationship::kOwn && offer->year == 0 ? Relationship::kNone : relationship;
}

Relationship RelationshipWithVoucher(const storage::Snapshot& snapshot, const Caller& caller,
                                     const std::string& voucher_id) {
  const auto voucher = snapshot.FindVoucher(voucher_id);
  return voucher && voucher->beneficiary_id == caller.person_id ? Relationship::kOwn : Relationship::kNone;
}

Relationship RelationshipWithRedemption(const storage::Snapshot& snapshot, const Caller& caller,
                                        const std::string& redemption_id) {
  const auto redemption = snapshot.FindRedemption(redemption_id);
  return redemption && redemption->merchant_id == caller.person_id ? Relationship::kOwn : Relationship::kNone;
}

std::vector<std::string> ReadableDossiers(const storage::DirectoryReads& directory, const Caller& caller) {
  if (caller.Has(v1::ROLE_CLIENT)) return {caller.dossier_id};
  std::vector<std::string> dossiers;
  if (!caller.Has(v1::ROLE_MENTOR)) return dossiers;
  for (const storage::RelationRow& relation : directory.RelationsOfPerson(caller.person_id, false)) {
    dossiers.push_back(relation.dossier_id);
  }
  return dossiers;
}

std::optional<rules::Instant> RelationEndedAt(const storage::DirectoryReads& directory,
                                              const std::string& person_id, const std::string& dossier_id) {
  std::int64_t until_us = 0;
  for (const storage::RelationRow& relation : directory.RelationsOfDossier(dossier_id)) {
    if (relation.person_id != person_id) continue;
    if (relation.until_us == 0) return std::nullopt;
    until_us = std::max(until_us, relation.until_us);
  }
  return until_us == 0 ? std::nullopt : std::optional(FromMicroseconds(until_us));
}

std::optional<v1::StaffMember> FindStaffMember(const storage::DirectoryReads& directory,
                                               const OrganisationKeys& keys, const std::string& person_id) {
  const auto row = directory.FindPerson(person_id);
  if (!row || !row->staff || !row->active) return std::nullopt;
  return StaffMemberOf(keys, *row);
}

v1::StaffMember StaffMemberOf(const OrganisationKeys& keys, const storage::PersonRow& row) {
  v1::StaffMember staff_member;
  if (const auto plain = OpenForOrganisation(keys, "person/" + row.person_id, row.sealed)) {
    staff_member.ParseFromString(*plain);
  }
  staff_member.set_person_id(row.person_id);
  staff_member.set_team_id(row.team_id);
  staff_member.set_active(row.active);
  return staff_member;
}

bool IsMentor(const v1::StaffMember& staff_member) {
  return std::find(staff_member.roles().begin(), staff_member.roles().end(), v1::ROLE_MENTOR) !=
         staff_member.roles().end();
}

Result<void> BeginRelation(Desk& desk, DossierWriter& writer, const v1::StaffMember& mentor,
                           rules::Change& change) {
  auto begun = BeginRelationAgain(desk, writer, mentor, desk.now, change);
  if (!begun.ok()) return begun;
  v1::StatementContent grant;
  grant.mutable_grant()->set_dossier_id(writer.head().dossier_id);
  grant.mutable_grant()->set_role(v1::ROLE_MENTOR);
  return State(desk, mentor.person_id(), std::move(grant));
}

Result<void> BeginRelationAgain(Desk& desk, DossierWriter& writer, const v1::StaffMember& mentor,
                                rules::Instant from, rules::Change& change) {
  const std::string relation_id = crypto::NewUuidV4(desk.surroundings.random);
  if (!desk.transaction.InsertRelation({.relation_id = relation_id,
                                        .dossier_id = writer.head().dossier_id,
                                        .person_id = mentor.person_id(),
                                        .from_us = ToMicroseconds(from)})) {
    return Failure{.reason = v1::ERROR_REASON_ALREADY_EXISTS, .field = "to_person_id"};
  }
  v1::Relation relation;
  relation.set_person_id(mentor.person_id());
  relation.set_display_name(mentor.display_name());
  *relation.mutable_from() = rules::ToTimestamp(from);
  Join(change, rules::BeginRelation(relation_id, relation, writer.ServiceOccasion()));
  writer.RaiseRightsVersion();
  return {};
}

Result<void> EndRelation(Desk& desk, DossierWriter& writer, const std::string& person_id,
                         rules::Change& change) {
  if (!LiveRelation(desk.transaction, person_id, writer.head().dossier_id)) return {};
  auto ended = EndRelationAgain(desk, writer, person_id, change);
  if (!ended.ok()) return ended;
  v1::StatementContent end;
  end.mutable_end()->set_dossier_id(writer.head().dossier_id);
  return State(desk, person_id, std::move(end));
}

Result<void> EndRelationAgain(Desk& desk, DossierWriter& writer, const std::string& person_id,
                              rules::Change& change) {
  const auto row = LiveRelation(desk.transaction, person_id, writer.head().dossier_id);
  if (!row) return {};
  if (!desk.transaction.EndRelation(row->relation_id, ToMicroseconds(desk.now))) {
    return Failure{.log_detail = "a live relation could not be ended"};
  }
  auto ended = rules::EndRelation(writer.view(), row->relation_id, writer.ServiceOccasion());
  if (const auto* violation = std::get_if<rules::Violation>(&ended)) {
    return Failure{.reason = violation->reason, .log_detail = "a relation without its record"};
  }
  Join(change, std::get<rules::Change>(std::move(ended)));
  writer.RaiseRightsVersion();
  return {};
}

}  // namespace brug::domain
