#include "service/storage_sqlite/sqlite_backups.h"

namespace brug::storage {
namespace {

// In the order of its SELECT.
RestoreRow RestoreOf(const Statement& row) {
  return {.number = row.Int64(0),
          .restore_id = row.Bytes(1),
          .backup_at_us = row.Int64(2),
          .restored_at_us = row.Int64(3),
          .ends_applied_at_us = row.Int64(4),
          .released_at_us = row.Int64(5)};
}

}  // namespace

std::optional<RestoreRow> SqliteBackupReads::NewestRestore() const {
  return database_->One(
      RestoreOf,
      "SELECT number, restore_id, backup_at_us, restored_at_us, ends_applied_at_us, released_at_us"
      " FROM restores WHERE organisation_id = ? ORDER BY number DESC LIMIT 1",
      organisation_id_);
}

std::int64_t SqliteBackupReads::BackedUpRevision(std::string_view dossier_id) const {
  return database_
      ->One([](const Statement& row) { return row.Int64(0); },
            "SELECT revision FROM backed_up WHERE organisation_id = ? AND dossier_id = ?", organisation_id_,
            dossier_id)
      .value_or(0);
}

bool SqliteBackupWrites::InsertRestore(const RestoreRow& restore) {
  const auto newest = NewestRestore();
  if (restore.number != (newest ? newest->number + 1 : 1)) return false;
  const std::int64_t skipped = StatementsSkippedBy(restore);
  database_->Run("UPDATE dossiers SET restored_revision = revision WHERE organisation_id = ?",
                 organisation_id_);
  database_->Run("UPDATE people SET statements_count = statements_count + ? WHERE organisation_id = ?",
                 skipped, organisation_id_);
  database_->Run("UPDATE offers SET statements_count = statements_count + ? WHERE organisation_id = ?",
                 skipped, organisation_id_);
  database_->Run("UPDATE vouchers SET statements_count = statements_count + ? WHERE organisation_id = ?",
                 skipped, organisation_id_);
  return database_->Run(
             "INSERT INTO restores (organisation_id, number, restore_id, backup_at_us, restored_at_us,"
             " ends_applied_at_us, released_at_us) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
             organisation_id_, restore.number, restore.restore_id, restore.backup_at_us,
             restore.restored_at_us, restore.ends_applied_at_us, restore.released_at_us) == 1;
}

bool SqliteBackupWrites::MarkEndsApplied(std::int64_t number, std::int64_t at_us) {
  return database_->Run(
             "UPDATE restores SET ends_applied_at_us = ?"
             " WHERE organisation_id = ? AND number = ? AND ends_applied_at_us = 0",
             at_us, organisation_id_, number) == 1;
}

bool SqliteBackupWrites::MarkReleased(std::int64_t number, std::int64_t at_us) {
  return database_->Run(
             "UPDATE restores SET released_at_us = ?"
             " WHERE organisation_id = ? AND number = ? AND released_at_us = 0",
             at_us, organisation_id_, number) == 1;
}

void SqliteBackupWrites::PutBackedUpRevision(std::string_view dossier_id, std::int64_t revision) {
  database_->Run(
      "INSERT INTO backed_up (organisation_id, dossier_id, revision) VALUES (?, ?, ?)"
      " ON CONFLICT (organisation_id, dossier_id) DO UPDATE SET revision = excluded.revision",
      organisation_id_, dossier_id, revision);
}

}  // namespace brug::storage
