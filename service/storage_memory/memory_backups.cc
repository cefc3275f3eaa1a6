#include "service/storage_memory/memory_backups.h"

#include <utility>

#include "service/storage_memory/row_copies.h"

namespace brug::storage {
namespace {

template <typename RowTable, typename Change>
void ChangeAll(RowTable& table, UndoLog& undo, Change change) {
  const auto before = table.rows();
  for (auto [key, row] : before) {
    change(row);
    table.Put(std::move(row), undo);
  }
}

}  // namespace

platform::Result<void> MemoryEndJournal::Append(std::string_view organisation_id,
                                                std::span<const std::string> contents) {
  const std::lock_guard lock(mutex_);
  if (faults_->commits_fail) return MemoryFailure("the journal fails, as the test asked");
  auto& ends = ends_[std::string(organisation_id)];
  ends.insert(ends.end(), contents.begin(), contents.end());
  return {};
}

platform::Result<std::vector<std::string>> MemoryEndJournal::EndsOf(std::string_view organisation_id) const {
  const std::lock_guard lock(mutex_);
  if (faults_->reads_fail) return MemoryFailure("a read fails, as the test asked");
  const auto found = ends_.find(organisation_id);
  return found == ends_.end() ? std::vector<std::string>() : found->second;
}

std::optional<RestoreRow> MemoryBackupReads::NewestRestore() const {
  if (Fails() || tables_->restores.rows().empty()) return std::nullopt;
  return tables_->restores.rows().rbegin()->second;
}

std::int64_t MemoryBackupReads::BackedUpRevision(std::string_view dossier_id) const {
  if (Fails()) return 0;
  const KeptBackedUp* kept = tables_->backed_up.Find(std::string(dossier_id));
  return kept == nullptr ? 0 : kept->revision;
}

bool MemoryBackupWrites::InsertRestore(const RestoreRow& restore) {
  if (Fails()) return false;
  const auto newest = NewestRestore();
  if (restore.number != (newest ? newest->number + 1 : 1)) return false;
  ChangeAll(tables_->heads, *undo_, [](DossierHead& head) { head.restored_revision = head.revision; });
  const auto skip = [by = StatementsSkippedBy(restore)](auto& row) { row.statements_count += by; };
  ChangeAll(tables_->people, *undo_, skip);
  ChangeAll(tables_->offers, *undo_, skip);
  ChangeAll(tables_->vouchers, *undo_, skip);
  return tables_->restores.Insert(restore, *undo_);
}

bool MemoryBackupWrites::MarkEndsApplied(std::int64_t number, std::int64_t at_us) {
  return Mark(number, &RestoreRow::ends_applied_at_us, at_us);
}

bool MemoryBackupWrites::MarkReleased(std::int64_t number, std::int64_t at_us) {
  return Mark(number, &RestoreRow::released_at_us, at_us);
}

bool MemoryBackupWrites::Mark(std::int64_t number, std::int64_t RestoreRow::*when, std::int64_t at_us) {
  if (Fails()) return false;
  auto restore = CopyOf(tables_->restores.Find(number));
  if (!restore.has_value() || (*restore).*when != 0) return false;
  (*restore).*when = at_us;
  tables_->restores.Put(*std::move(restore), *undo_);
  return true;
}

void MemoryBackupWrites::PutBackedUpRevision(std::string_view dossier_id, std::int64_t revision) {
  if (!Fails()) tables_->backed_up.Put({std::string(dossier_id), revision}, *undo_);
}

void MemoryBackupWrites::JournalEnd(std::string content) {
  ends_.push_back(std::move(content));
  undo_->Add([this] { ends_.pop_back(); });
}

}  // namespace brug::storage
