#include "service/storage_sqlite/sqlite_dossiers.h"

#include "service/storage/record_page.h"

namespace brug::storage {
namespace {

// How rows are read: each in the order of its SELECT.

DossierHead HeadOf(const Statement& row) {
  return {.dossier_id = row.Bytes(0),
          .revision = row.Int64(1),
          .salt = row.Bits(2),
          .rights_version = row.Int64(3),
          .restored_revision = row.Int64(4),
          .sealed_digest = row.Bytes(5),
          .compacted_revision = row.Int64(6),
          .compaction_due_us = row.Int64(7)};
}

SealedRecord RecordOf(const Statement& row) {
  return {
      .token = row.Bytes(0), .parent_token = row.Bytes(1), .revision = row.Int64(2), .sealed = row.Bytes(3)};
}

SealedLogEntry LogEntryOf(const Statement& row) {
  return {
      .revision = row.Int64(0), .salt = row.Bits(1), .appended_at_us = row.Int64(2), .sealed = row.Bytes(3)};
}

StoredOutcome OutcomeOf(const Statement& row) {
  return {.mutation_id = row.Bytes(0),
          .dossier_id = row.Bytes(1),
          .device_id = row.Bytes(2),
          .stored_at_us = row.Int64(3),
          .sealed = row.Bytes(4)};
}

DeviceProgress ProgressOf(const Statement& row) {
  return {.device_id = row.Bytes(0),
          .dossier_id = row.Bytes(1),
          .epoch = row.Bits(2),
          .sequence = row.Int64(3),
          .mutation_id = row.Bytes(4)};
}

}  // namespace

std::optional<DossierHead> SqliteDossierReads::FindHead(std::string_view dossier_id) const {
  return database_->One(HeadOf,
                        "SELECT dossier_id, revision, salt, rights_version, restored_revision, sealed_digest,"
                        " compacted_revision, compaction_due_us FROM dossiers"
                        " WHERE organisation_id = ? AND dossier_id = ?",
                        organisation_id_, dossier_id);
}

std::vector<DossierHead> SqliteDossierReads::HeadsDueForCompaction(std::int64_t at_us,
                                                                   std::int64_t rows_max) const {
  return database_->All(HeadOf,
                        "SELECT dossier_id, revision, salt, rights_version, restored_revision, sealed_digest,"
                        " compacted_revision, compaction_due_us FROM dossiers"
                        " WHERE organisation_id = ? AND compaction_due_us <= ?"
                        " ORDER BY compaction_due_us, dossier_id LIMIT ?",
                        organisation_id_, at_us, rows_max);
}

std::int64_t SqliteDossierReads::CountDossiers() const {
  return database_
      ->One([](const Statement& row) { return row.Int64(0); },
            "SELECT count(*) FROM dossiers WHERE organisation_id = ?", organisation_id_)
      .value_or(0);
}

std::optional<SealedRecord> SqliteDossierReads::FindRecord(std::string_view dossier_id,
                                                           std::string_view token) const {
  return database_->One(RecordOf,
                        "SELECT token, parent_token, revision, sealed FROM records"
                        " WHERE organisation_id = ? AND dossier_id = ? AND token = ?",
                        organisation_id_, dossier_id, Blob(token));
}

std::vector<SealedRecord> SqliteDossierReads::RecordsUnder(std::string_view dossier_id,
                                                           std::string_view parent_token) const {
  return database_->All(RecordOf,
                        "SELECT token, parent_token, revision, sealed FROM records"
                        " WHERE organisation_id = ? AND dossier_id = ? AND parent_token = ? ORDER BY token",
                        organisation_id_, dossier_id, Blob(parent_token));
}

std::vector<SealedRecord> SqliteDossierReads::RecordsAfter(std::string_view dossier_id, std::int64_t revision,
                                                           std::int64_t bytes_max) const {
  Statement rows = database_->Start(
      "SELECT token, parent_token, revision, sealed FROM records"
      " WHERE organisation_id = ? AND dossier_id = ? AND revision > ? ORDER BY revision, token",
      organisation_id_, dossier_id, revision);
  RecordPage page(bytes_max);
  while (rows.Step() && page.Add(RecordOf(rows))) {
  }
  if (database_->failed()) return {};
  return std::move(page).Take();
}

std::optional<SealedLogEntry> SqliteDossierReads::FindLogEntry(std::string_view dossier_id,
                                                               std::int64_t revision) const {
  return database_->One(LogEntryOf,
                        "SELECT revision, salt, appended_at_us, sealed FROM log_entries"
                        " WHERE organisation_id = ? AND dossier_id = ? AND revision = ?",
                        organisation_id_, dossier_id, revision);
}

std::vector<SealedLogEntry> SqliteDossierReads::LogEntriesBefore(std::string_view dossier_id,
                                                                 std::int64_t revision,
                                                                 std::int64_t rows_max) const {
  return database_->All(LogEntryOf,
                        "SELECT revision, salt, appended_at_us, sealed FROM log_entries"
                        " WHERE organisation_id = ? AND dossier_id = ? AND revision < ?"
                        " ORDER BY revision DESC LIMIT ?",
                        organisation_id_, dossier_id, revision, rows_max);
}

std::optional<StoredOutcome> SqliteDossierReads::FindOutcome(std::string_view mutation_id) const {
  return database_->One(OutcomeOf,
                        "SELECT mutation_id, dossier_id, device_id, stored_at_us, sealed FROM outcomes"
                        " WHERE organisation_id = ? AND mutation_id = ?",
                        organisation_id_, mutation_id);
}

std::optional<DeviceProgress> SqliteDossierReads::FindProgress(std::string_view device_id,
                                                               std::string_view dossier_id) const {
  return database_->One(ProgressOf,
                        "SELECT device_id, dossier_id, epoch, sequence, mutation_id FROM device_progress"
                        " WHERE organisation_id = ? AND device_id = ? AND dossier_id = ?",
                        organisation_id_, device_id, dossier_id);
}

bool SqliteDossierWrites::InsertHead(const DossierHead& head) {
  return database_->Run(
             "INSERT INTO dossiers (organisation_id, dossier_id, revision, salt, rights_version,"
             " restored_revision, sealed_digest, compacted_revision, compaction_due_us)"
             " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
             organisation_id_, head.dossier_id, head.revision, head.salt, head.rights_version,
             head.restored_revision, Blob(head.sealed_digest), head.compacted_revision,
             head.compaction_due_us) == 1;
}

bool SqliteDossierWrites::UpdateHead(std::int64_t expected_revision, const DossierHead& head) {
  return database_->Run(
             "UPDATE dossiers SET revision = ?, salt = ?, rights_version = ?, sealed_digest = ?"
             " WHERE organisation_id = ? AND dossier_id = ? AND revision = ?",
             head.revision, head.salt, head.rights_version, Blob(head.sealed_digest), organisation_id_,
             head.dossier_id, expected_revision) == 1;
}

void SqliteDossierWrites::PutRecord(std::string_view dossier_id, const SealedRecord& record) {
  database_->Run(
      "INSERT INTO records (organisation_id, dossier_id, token, parent_token, revision, sealed)"
      " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (organisation_id, dossier_id, token)"
      " DO UPDATE SET parent_token = excluded.parent_token, revision = excluded.revision,"
      " sealed = excluded.sealed",
      organisation_id_, dossier_id, Blob(record.token), Blob(record.parent_token), record.revision,
      Blob(record.sealed));
}

bool SqliteDossierWrites::AppendLogEntry(std::string_view dossier_id, const SealedLogEntry& entry) {
  return database_->Run(
             "INSERT INTO log_entries (organisation_id, dossier_id, revision, salt, appended_at_us, sealed)"
             " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
             organisation_id_, dossier_id, entry.revision, entry.salt, entry.appended_at_us,
             Blob(entry.sealed)) == 1;
}

bool SqliteDossierWrites::UpdateCompaction(const Compaction& compaction) {
  return database_->Run(
             "UPDATE dossiers SET compacted_revision = ?, compaction_due_us = ?"
             " WHERE organisation_id = ? AND dossier_id = ? AND compacted_revision = ?"
             " AND compacted_revision <= ? AND revision >= ?",
             compaction.to_revision, compaction.due_us, organisation_id_, compaction.dossier_id,
             compaction.from_revision, compaction.to_revision, compaction.to_revision) == 1;
}

bool SqliteDossierWrites::EraseRecord(std::string_view dossier_id, std::string_view token,
                                      std::int64_t revision) {
  return database_->Run(
             "DELETE FROM records WHERE organisation_id = ? AND dossier_id = ? AND token = ?"
             " AND revision = ?",
             organisation_id_, dossier_id, Blob(token), revision) == 1;
}

std::int64_t SqliteDossierWrites::EraseLogBefore(std::string_view dossier_id, std::int64_t revision) {
  return database_->Run(
      "DELETE FROM log_entries WHERE organisation_id = ? AND dossier_id = ? AND revision < ?",
      organisation_id_, dossier_id, revision);
}

bool SqliteDossierWrites::InsertOutcome(const StoredOutcome& outcome) {
  return database_->Run(
             "INSERT INTO outcomes (organisation_id, mutation_id, dossier_id, device_id, stored_at_us, "
             "sealed)"
             " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
             organisation_id_, outcome.mutation_id, outcome.dossier_id, outcome.device_id,
             outcome.stored_at_us, Blob(outcome.sealed)) == 1;
}

void SqliteDossierWrites::PutProgress(const DeviceProgress& progress) {
  database_->Run(
      "INSERT INTO device_progress (organisation_id, device_id, dossier_id, epoch, sequence, mutation_id)"
      " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (organisation_id, device_id, dossier_id)"
      " DO UPDATE SET epoch = excluded.epoch, sequence = excluded.sequence,"
      " mutation_id = excluded.mutation_id",
      organisation_id_, progress.device_id, progress.dossier_id, progress.epoch, progress.sequence,
      progress.mutation_id);
}

}  // namespace brug::storage
