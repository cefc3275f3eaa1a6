#include "service/domain/dossier_writer.h"

#include <utility>

#include "proto/rules/canonical.h"
#include "service/domain/compaction.h"
#include "service/domain/dossier_digest.h"
#include "service/domain/dossier_view.h"

namespace brug::domain {

using platform::Failure;
using platform::Result;

DossierWriter::DossierWriter(Desk& desk, DossierAccess access, storage::DossierHead head)
    : desk_(&desk), head_(std::move(head)), view_(desk.transaction, std::move(access)) {}

Result<std::optional<DossierWriter>> DossierWriter::Open(Desk& desk, const std::string& dossier_id) {
  auto head = desk.transaction.FindHead(dossier_id);
  if (!head) return std::optional<DossierWriter>();
  auto keys = desk.surroundings.keys.Dossier(*desk.keys, dossier_id);
  if (!keys.ok()) return keys.failure();
  return std::optional(
      DossierWriter(desk, {desk.keys->organisation_id, dossier_id, *keys}, *std::move(head)));
}

Result<DossierWriter> DossierWriter::Make(Desk& desk, const std::string& dossier_id) {
  auto keys = desk.surroundings.keys.MakeDossier(*desk.keys, dossier_id);
  if (!keys.ok()) return keys.failure();
  const storage::DossierHead head{.dossier_id = dossier_id,
                                  .revision = 0,
                                  .salt = crypto::RandomUint64(desk.surroundings.random),
                                  .rights_version = 1,
                                  .compaction_due_us = ToMicroseconds(desk.now + kOfflineMax)};
  if (!desk.transaction.InsertHead(head)) return Failure{.reason = v1::ERROR_REASON_ALREADY_EXISTS};
  return DossierWriter(desk, {desk.keys->organisation_id, dossier_id, *keys}, head);
}

rules::Day DossierWriter::Today() const {
  return rules::LocalDay(ZoneOfDossier(desk_->surroundings, view_), desk_->now);
}

rules::Occasion DossierWriter::OccasionFor(v1::Author author, rules::Instant at) const {
  return {.author = std::move(author),
          .at = at,
          .today = Today(),
          .revision = next_revision(),
          .zones = &desk_->surroundings.zones};
}

rules::Occasion DossierWriter::ServiceOccasion() const { return OccasionFor(v1::Author(), desk_->now); }

Result<v1::Point> DossierWriter::Commit(const rules::Change& change, v1::LogEntry entry, rules::Instant at) {
  const auto digested = MoveDigest(change);
  if (!digested.ok()) return digested.failure();
  if (view_.damaged()) {
    return Failure{.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE,
                   .log_detail = "a record of the dossier does not open"};
  }
  crypto::RandomSource& random = desk_->surroundings.random;
  storage::DossierHead next = head_;
  next.revision += 1;
  next.salt = crypto::RandomUint64(random);
  next.rights_version += rights_raised_;
  v1::Point point;
  point.set_revision(next.revision);
  point.set_salt(next.salt);

  for (const v1::Record& record : change.records) {
    desk_->transaction.PutRecord(head_.dossier_id, SealRecord(access(), record, random));
  }
  next.sealed_digest = SealDigest(access(), next.revision, *digest_, random);
  *entry.mutable_point() = point;
  *entry.mutable_clamped_at() = rules::ToTimestamp(at);
  for (const v1::Record& record : change.overwritten) *entry.add_overwritten() = record;
  const std::string sealed = SealForDossier(access(), {"log", "", next.revision}, Serialise(entry), random);
  const storage::SealedLogEntry row{.revision = next.revision,
                                    .salt = next.salt,
                                    .appended_at_us = ToMicroseconds(desk_->now),
                                    .sealed = sealed};
  if (!desk_->transaction.AppendLogEntry(head_.dossier_id, row) ||
      !desk_->transaction.UpdateHead(head_.revision, next)) {
    return Failure{.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE,
                   .retry_delay_ms = 1000,
                   .log_detail = "the head of the dossier moved during the operation"};
  }
  head_ = next;
  rights_raised_ = 0;
  desk_->hints.dossiers.emplace(head_.dossier_id, head_.revision);
  return point;
}

// Cost: a read of each record that is replaced, as far as it was not read already.
Result<void> DossierWriter::MoveDigest(const rules::Change& change) {
  if (!digest_) {
    auto digest = DigestOf(view_, desk_->transaction, head_);
    if (!digest.ok()) return digest.failure();
    digest_ = *digest;
  }
  for (const v1::Record& record : change.records) {
    const auto before = view_.Find(record.record_id());
    if (const auto entry = before ? rules::DigestEntry(*before) : std::nullopt) digest_->Remove(*entry);
    if (const auto entry = rules::DigestEntry(record)) digest_->Add(*entry);
    view_.Remember(record);
  }
  return {};
}

}  // namespace brug::domain
