#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace brug::storage {

// That the organisation was put back to an older backup. Written by whoever puts it back, before anybody is
// served.
struct RestoreRow {
  // 1 for the first, and so on.
  std::int64_t number = 0;
  // Random: tells this restore from every other.
  std::string restore_id = {};
  // When the backup was begun.
  std::int64_t backup_at_us = 0;
  std::int64_t restored_at_us = 0;
  // When the journalled ends were applied again; 0 until then, and until then nobody is served.
  std::int64_t ends_applied_at_us = 0;
  // When the operator released the organisation; 0 until then.
  std::int64_t released_at_us = 0;
  friend bool operator==(const RestoreRow&, const RestoreRow&) = default;
};

// By how much a restore raises every count of statements, so that no new statement takes the number of one
// that was lost: neither of those that were made since the backup, nor of those that were made after an
// earlier restore of the same backup, of which nobody has more than one a second.
inline constexpr std::int64_t kStatementsSkipped = 1'000'000;
[[nodiscard]] inline std::int64_t StatementsSkippedBy(const RestoreRow& restore) {
  return kStatementsSkipped + restore.restored_at_us / 1'000'000;
}

// How far the backups of one organisation reach, and whether it was put back to one, read. Part of a Snapshot
// or Transaction.
class BackupReads {
 public:
  virtual ~BackupReads() = default;

  // The restore with the highest number; nothing when there never was one. "Restored, not released" is a row
  // whose released_at_us is 0.
  [[nodiscard]] virtual std::optional<RestoreRow> NewestRestore() const = 0;
  // The revision of the dossier that the newest backup has; 0 when none has it.
  [[nodiscard]] virtual std::int64_t BackedUpRevision(std::string_view dossier_id) const = 0;
};

// The same, written.
class BackupWrites : public virtual BackupReads {
 public:
  // False, and nothing changed, when its number is not that of the newest plus 1, or 1 when there is none.
  // With it every dossier's restored_revision becomes its revision, and every statements_count (of people,
  // offers, vouchers) grows by StatementsSkippedBy(). Cost: all that has such a count.
  [[nodiscard]] virtual bool InsertRestore(const RestoreRow& restore) = 0;
  // Sets the time if it is 0. False, and nothing changed, when it is not, or there is no such restore.
  [[nodiscard]] virtual bool MarkEndsApplied(std::int64_t number, std::int64_t at_us) = 0;
  // The same for the release.
  [[nodiscard]] virtual bool MarkReleased(std::int64_t number, std::int64_t at_us) = 0;

  virtual void PutBackedUpRevision(std::string_view dossier_id, std::int64_t revision) = 0;

  // Has the content in the journal of ends before this is committed (end_journal.h); when the journal cannot
  // be written, nothing of this transaction is committed. A work that is undone journals nothing.
  virtual void JournalEnd(std::string content) = 0;
};

}  // namespace brug::storage
