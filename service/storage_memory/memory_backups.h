#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "service/storage/backups.h"
#include "service/storage/end_journal.h"
#include "service/storage_memory/memory_faults.h"
#include "service/storage_memory/memory_tables.h"

namespace brug::storage {

// The journal of ends in memory.
class MemoryEndJournal final : public EndJournal {
 public:
  // `faults` outlives this.
  explicit MemoryEndJournal(const MemoryFaults* faults) : faults_(faults) {}

  platform::Result<void> Append(std::string_view organisation_id,
                                std::span<const std::string> contents) override;
  platform::Result<std::vector<std::string>> EndsOf(std::string_view organisation_id) const override;

 private:
  const MemoryFaults* faults_;
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<std::string>, std::less<>> ends_;
};

// BackupReads of the tables as they are. Owns nothing.
class MemoryBackupReads : public virtual BackupReads {
 public:
  MemoryBackupReads(const MemoryTables* tables, MemoryReads* reads) : tables_(tables), reads_(reads) {}

  std::optional<RestoreRow> NewestRestore() const override;
  std::int64_t BackedUpRevision(std::string_view dossier_id) const override;

 protected:
  bool Fails() const { return reads_->Fail(); }

 private:
  const MemoryTables* tables_;
  MemoryReads* reads_;
};

// The same, written.
class MemoryBackupWrites : public MemoryBackupReads, public virtual BackupWrites {
 public:
  MemoryBackupWrites(MemoryTables* tables, MemoryReads* reads, UndoLog* undo)
      : MemoryBackupReads(tables, reads), tables_(tables), undo_(undo) {}

  bool InsertRestore(const RestoreRow& restore) override;
  bool MarkEndsApplied(std::int64_t number, std::int64_t at_us) override;
  bool MarkReleased(std::int64_t number, std::int64_t at_us) override;
  void PutBackedUpRevision(std::string_view dossier_id, std::int64_t revision) override;
  void JournalEnd(std::string content) override;

  // What the works that stay have for the journal.
  [[nodiscard]] const std::vector<std::string>& ends() const { return ends_; }

 private:
  bool Mark(std::int64_t number, std::int64_t RestoreRow::*when, std::int64_t at_us);

  MemoryTables* tables_;
  UndoLog* undo_;
  std::vector<std::string> ends_;
};

}  // namespace brug::storage
