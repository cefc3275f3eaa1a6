#include "service/domain/journalled_ends.h"

#include <algorithm>
#include <utility>

#include "brug/v1/device.pb.h"
#include "proto/crypto/random.h"
#include "proto/rules/apply.h"
#include "proto/rules/relation.h"
#include "service/domain/administration.h"
#include "service/domain/dossier_writer.h"
#include "service/domain/learn_again.h"
#include "service/domain/offers.h"
#include "service/domain/organisation_records.h"
#include "service/domain/restored_books.h"

namespace brug::domain {
namespace {

using platform::Failure;
using platform::Result;

Failure Unreadable() { return {.log_detail = "something in the journal of ends cannot be read"}; }

void Journal(Desk& desk, v1::JournalledEnd end) {
  *end.mutable_at() = rules::ToTimestamp(desk.now);
  desk.transaction.JournalEnd(Serialise(end));
}

// The person has the statement again under its number, which devices may know it by. It waits for whom the
// backup does not know: what such a person shows when they come back is weighed against it.
Result<void> KeepStatement(Desk& desk, const v1::StatementContent& content, const v1::Statement& statement) {
  if (!desk.transaction.InsertStatement({content.person_id(), content.number(), Serialise(statement)}))
    return {};
  auto person = desk.transaction.FindPerson(content.person_id());
  if (!person) return {};
  person->statements_count = std::max(person->statements_count, content.number());
  person->version += 1;
  if (!desk.transaction.UpdatePerson(*person))
    return Failure{.log_detail = "a person changed during the operation"};
  return {};
}

// The end of one access, as of one instant, with the number of the statement that says so.
struct AccessEnd {
  std::string person_id;
  std::string dossier_id;
  std::int64_t number = 0;
  std::int64_t at_us = 0;
};

Result<void> EndLiveRelation(Desk& desk, const storage::RelationRow& relation, const AccessEnd& end) {
  if (!desk.transaction.EndRelation(relation.relation_id, end.at_us))
    return Failure{.log_detail = "a live relation could not be ended"};
  auto writer = DossierWriter::Open(desk, end.dossier_id);
  if (!writer.ok()) return writer.failure();
  if (!writer->has_value()) return {};
  auto ended = rules::EndRelation((*writer)->view(), relation.relation_id, (*writer)->ServiceOccasion());
  if (const auto* violation = std::get_if<rules::Violation>(&ended))
    return Failure{.reason = violation->reason, .log_detail = "a relation without its record"};
  (*writer)->RaiseRightsVersion();
  const auto committed = (*writer)->Commit(std::get<rules::Change>(ended), v1::LogEntry(), desk.now);
  if (!committed.ok()) return committed.failure();
  return {};
}

// A relation whose grant is newer than the end is another one, and stays. The numbers of a person's
// statements say so, also where a clock went back between the two.
Result<void> ApplyEnd(Desk& desk, const AccessEnd& end) {
  std::int64_t ended_at_us = 0;
  for (const storage::RelationRow& relation : desk.transaction.RelationsOfDossier(end.dossier_id)) {
    if (relation.person_id != end.person_id) continue;
    ended_at_us = std::max(ended_at_us, relation.until_us);
    if (relation.until_us != 0) continue;
    if (NewestGrant(desk, end.person_id, end.dossier_id) > end.number) return {};
    return EndLiveRelation(desk, relation, end);
  }
  if (ended_at_us >= end.at_us) return {};
  if (!desk.transaction.InsertRelation({.relation_id = crypto::NewUuidV4(desk.surroundings.random),
                                        .dossier_id = end.dossier_id,
                                        .person_id = end.person_id,
                                        .from_us = end.at_us,
                                        .until_us = end.at_us}))
    return Failure{.log_detail = "an ended relation could not be kept"};
  return {};
}

Result<void> ApplyWipe(Desk& desk, const v1::StatementContent& content, std::int64_t at_us) {
  const std::string& device_id = content.wipe().device_id();
  const auto device = desk.transaction.FindDevice(device_id);
  const bool done =
      device ? device->state == v1::DEVICE_STATE_REVOKED ||
                   desk.transaction.UpdateDeviceState(device_id, device->state, v1::DEVICE_STATE_REVOKED)
             : desk.transaction.InsertDevice({.device_id = device_id,
                                              .person_id = content.person_id(),
                                              .state = v1::DEVICE_STATE_REVOKED,
                                              .enrolled_at_us = at_us});
  if (!done) return Failure{.log_detail = "a device could not be revoked again"};
  return {};
}

Result<void> ApplyStatement(Desk& desk, const v1::Statement& statement) {
  v1::StatementContent content;
  if (!content.ParseFromString(statement.content())) return Unreadable();
  const std::int64_t at_us = ToMicroseconds(rules::ToInstant(content.made_at()));
  auto applied =
      content.has_end()
          ? ApplyEnd(desk, {content.person_id(), content.end().dossier_id(), content.number(), at_us})
          : ApplyWipe(desk, content, at_us);
  if (!applied.ok()) return applied;
  return KeepStatement(desk, content, statement);
}

Result<void> ApplyOne(Desk& desk, const std::string& bytes) {
  v1::JournalledEnd end;
  if (!end.ParseFromString(bytes)) return Unreadable();
  switch (end.kind_case()) {
    case v1::JournalledEnd::kStatement:
      return ApplyStatement(desk, end.statement());
    case v1::JournalledEnd::kStaff:
      return SetWhatStaffMayDo(desk, end.staff());
    case v1::JournalledEnd::KIND_NOT_SET:
      break;
  }
  return Unreadable();
}

}  // namespace

void JournalIfEnd(Desk& desk, const v1::StatementContent& content, const v1::Statement& statement) {
  if (!content.has_end() && !content.has_wipe()) return;
  v1::JournalledEnd end;
  *end.mutable_statement() = statement;
  Journal(desk, std::move(end));
}

void JournalStaff(Desk& desk, const v1::StaffMember& staff_member) {
  v1::JournalledEnd end;
  end.mutable_staff()->set_person_id(staff_member.person_id());
  end.mutable_staff()->set_active(staff_member.active());
  *end.mutable_staff()->mutable_roles() = staff_member.roles();
  Journal(desk, std::move(end));
}

Result<void> ApplyJournalledEnds(Desk& desk, std::span<const std::string> contents) {
  for (const std::string& bytes : contents) {
    if (auto applied = ApplyOne(desk, bytes); !applied.ok()) return applied;
  }
  return {};
}

Result<std::optional<EndsApplied>> ApplyEndsAfterRestore(const Surroundings& surroundings,
                                                         storage::OrganisationStore& store,
                                                         const std::shared_ptr<const OrganisationKeys>& keys,
                                                         rules::Instant now) {
  std::optional<storage::RestoreRow> restore;
  const auto read =
      store.Read([&](const storage::Snapshot& snapshot) { restore = snapshot.NewestRestore(); });
  if (!read.ok()) return read.failure();
  if (!restore || restore->ends_applied_at_us != 0) return std::optional<EndsApplied>();
  const auto ends = surroundings.storage.ends().EndsOf(keys->organisation_id);
  if (!ends.ok()) return ends.failure();
  Result<void> applied;
  std::int64_t codes_count = 0;
  const storage::Work work = [&](storage::Transaction& transaction) {
    const Caller caller = ServiceCaller(keys->organisation_id);
    Desk desk{surroundings, transaction, caller, keys, now};
    applied = ApplyJournalledEnds(desk, *ends);
    if (!applied.ok()) return false;
    auto renewed = RenewCodes(desk);
    if (!renewed.ok()) {
      applied = renewed.failure();
      return false;
    }
    codes_count = *renewed;
    return transaction.MarkEndsApplied(restore->number, ToMicroseconds(now));
  };
  const auto written = store.Write({&work, 1});
  if (!applied.ok()) return applied.failure();
  if (!written.ok()) return written.failure();
  return std::optional(EndsApplied{.restore_id = restore->restore_id,
                                   .ends_count = static_cast<std::int64_t>(ends->size()),
                                   .codes_count = codes_count});
}

}  // namespace brug::domain
