#pragma once

#include "service/storage/backups.h"
#include "service/storage_sqlite/database.h"

namespace brug::storage {

// BackupReads within the transaction that the connection is in. Owns nothing.
class SqliteBackupReads : public virtual BackupReads {
 public:
  SqliteBackupReads(Database* database, std::string_view organisation_id)
      : database_(database), organisation_id_(organisation_id) {}

  std::optional<RestoreRow> NewestRestore() const override;

 protected:
  Database* database_;
  std::string_view organisation_id_;
};

// The same, written.
class SqliteBackupWrites : public SqliteBackupReads, public virtual BackupWrites {
 public:
  using SqliteBackupReads::SqliteBackupReads;

  bool InsertRestore(const RestoreRow& restore) override;
  bool MarkEndsApplied(std::int64_t number, std::int64_t at_us) override;
  bool MarkReleased(std::int64_t number, std::int64_t at_us) override;
};

}  // namespace brug::storage
