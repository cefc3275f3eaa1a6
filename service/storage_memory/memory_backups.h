#pragma once

#include "service/storage/backups.h"
#include "service/storage_memory/memory_faults.h"
#include "service/storage_memory/memory_tables.h"

namespace brug::storage {

// BackupReads of the tables as they are. Owns nothing.
class MemoryBackupReads : public virtual BackupReads {
 public:
  MemoryBackupReads(const MemoryTables* tables, MemoryReads* reads) : tables_(tables), reads_(reads) {}

  std::optional<RestoreRow> NewestRestore() const override;

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

 private:
  bool Mark(std::int64_t number, std::int64_t RestoreRow::*when, std::int64_t at_us);

  MemoryTables* tables_;
  UndoLog* undo_;
};

}  // namespace brug::storage
