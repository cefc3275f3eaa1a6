#pragma once

#include <string>
#include <vector>

#include "service/storage/backups.h"
#include "service/storage_sqlite/database.h"

namespace brug::storage {

// BackupReads within the transaction that the connection is in. Owns nothing.
class SqliteBackupReads : public virtual BackupReads {
 public:
  SqliteBackupReads(Database* database, std::string_view organisation_id)
      : database_(database), organisation_id_(organisation_id) {}

  std::optional<RestoreRow> NewestRestore() const override;
  std::int64_t BackedUpRevision(std::string_view dossier_id) const override;

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
  void PutBackedUpRevision(std::string_view dossier_id, std::int64_t revision) override;
  void JournalEnd(std::string content) override { ends_.push_back(std::move(content)); }

  // What the works so far have for the journal. A work that is undone takes its own back.
  [[nodiscard]] std::vector<std::string>& ends() { return ends_; }

 private:
  std::vector<std::string> ends_;
};

}  // namespace brug::storage
