#include "service/storage_memory/memory_organisation.h"

#include <atomic>
#include <cstddef>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "service/storage/record_page.h"
#include "service/storage/reentry_guard.h"
#include "service/storage_memory/memory_backups.h"
#include "service/storage_memory/memory_money.h"
#include "service/storage_memory/row_copies.h"

namespace brug::storage {
namespace {

std::pair<std::string, std::string> Pair(std::string_view a, std::string_view b) {
  return {std::string(a), std::string(b)};
}

// Dossiers and the directory; what reads the money and the backups is beside it.
class MemorySnapshot : public virtual Snapshot {
 public:
  MemorySnapshot(const MemoryTables* tables, MemoryReads* reads) : tables_(tables), reads_(reads) {}

  bool failed() const override { return reads_->failed(); }

  std::optional<DossierHead> FindHead(std::string_view dossier_id) const override {
    if (Fails()) return std::nullopt;
    return CopyOf(tables_->heads.Find(std::string(dossier_id)));
  }

  std::int64_t CountDossiers() const override {
    if (Fails()) return 0;
    return std::ssize(tables_->heads.rows());
  }

  std::vector<DossierHead> HeadsDueForCompaction(std::int64_t at_us, std::int64_t rows_max) const override {
    if (Fails()) return {};
    std::vector<DossierHead> due;
    for (const auto& [place, head] : tables_->heads.order<by::CompactionDue>().rows()) {
      if (place.first > at_us || std::ssize(due) >= rows_max) break;
      due.push_back(*head);
    }
    return due;
  }

  std::optional<SealedRecord> FindRecord(std::string_view dossier_id, std::string_view token) const override {
    if (Fails()) return std::nullopt;
    const KeptRecord* kept = tables_->records.Find(Pair(dossier_id, token));
    return kept == nullptr ? std::nullopt : std::optional(kept->record);
  }

  std::vector<SealedRecord> RecordsUnder(std::string_view dossier_id,
                                         std::string_view parent_token) const override {
    if (Fails()) return {};
    std::vector<SealedRecord> records;
    const auto [begin, end] = tables_->records.order<by::Parent>().Of(Pair(dossier_id, parent_token));
    for (auto it = begin; it != end; ++it) records.push_back(it->second->record);
    return records;
  }

  std::vector<SealedRecord> RecordsAfter(std::string_view dossier_id, std::int64_t revision,
                                         std::int64_t bytes_max) const override {
    if (Fails() || revision == std::numeric_limits<std::int64_t>::max()) return {};
    RecordPage page(bytes_max);
    const auto [begin, end] = tables_->records.order<by::Revision>().From(
        std::pair(std::string(dossier_id), std::pair(revision + 1, std::string())));
    for (auto it = begin; it != end && page.Add(it->second->record); ++it) {
    }
    return std::move(page).Take();
  }

  std::optional<SealedLogEntry> FindLogEntry(std::string_view dossier_id,
                                             std::int64_t revision) const override {
    if (Fails()) return std::nullopt;
    const KeptLogEntry* kept = tables_->log.Find(std::pair(std::string(dossier_id), revision));
    return kept == nullptr ? std::nullopt : std::optional(kept->entry);
  }

  std::vector<SealedLogEntry> LogEntriesBefore(std::string_view dossier_id, std::int64_t revision,
                                               std::int64_t rows_max) const override {
    if (Fails()) return {};
    std::vector<SealedLogEntry> entries;
    const auto& rows = tables_->log.rows();
    auto it = rows.lower_bound(std::pair(std::string(dossier_id), revision));
    while (it != rows.begin() && std::ssize(entries) < rows_max) {
      --it;
      if (it->first.first != dossier_id) break;
      entries.push_back(it->second.entry);
    }
    return entries;
  }

  std::optional<StoredOutcome> FindOutcome(std::string_view mutation_id) const override {
    if (Fails()) return std::nullopt;
    return CopyOf(tables_->outcomes.Find(std::string(mutation_id)));
  }

  std::optional<DeviceProgress> FindProgress(std::string_view device_id,
                                             std::string_view dossier_id) const override {
    if (Fails()) return std::nullopt;
    return CopyOf(tables_->progress.Find(Pair(device_id, dossier_id)));
  }

  std::optional<PersonRow> FindPerson(std::string_view person_id) const override {
    if (Fails()) return std::nullopt;
    return CopyOf(tables_->people.Find(std::string(person_id)));
  }

  std::vector<PersonRow> ListStaff(const PageOf& page) const override {
    if (Fails()) return {};
    std::vector<PersonRow> people;
    const auto [begin, end] = tables_->people.order<by::Staff>().From(std::pair(true, page.after));
    for (auto it = begin; it != end && std::ssize(people) < page.rows_max; ++it) {
      if (it->second->person_id != page.after) people.push_back(*it->second);
    }
    return people;
  }

  std::optional<DeviceRow> FindDevice(std::string_view device_id) const override {
    if (Fails()) return std::nullopt;
    return CopyOf(tables_->devices.Find(std::string(device_id)));
  }

  std::vector<DeviceRow> DevicesOf(std::string_view person_id) const override {
    if (Fails()) return {};
    return CopiesOf(tables_->devices.order<by::DeviceOwner>().Of(std::string(person_id)));
  }

  std::int64_t CountDevices(int state) const override {
    if (Fails()) return 0;
    const auto [begin, end] = tables_->devices.order<by::DeviceState>().Of(state);
    return std::distance(begin, end);
  }

  std::vector<RelationRow> RelationsOfDossier(std::string_view dossier_id) const override {
    if (Fails()) return {};
    return CopiesOf(tables_->relations.order<by::RelationDossier>().Of(std::string(dossier_id)));
  }

  std::vector<RelationRow> RelationsOfPerson(std::string_view person_id, bool with_ended) const override {
    if (Fails()) return {};
    auto rows = CopiesOf(tables_->relations.order<by::RelationPerson>().Of(std::string(person_id)));
    if (!with_ended) std::erase_if(rows, [](const RelationRow& row) { return row.until_us != 0; });
    return rows;
  }

  std::optional<HandoverRow> FindHandover(std::string_view handover_id) const override {
    if (Fails()) return std::nullopt;
    return CopyOf(tables_->handovers.Find(std::string(handover_id)));
  }

  std::vector<HandoverRow> HandoversTo(std::string_view person_id) const override {
    if (Fails()) return {};
    return CopiesOf(tables_->handovers.order<by::HandoverTo>().Of(std::string(person_id)));
  }

  std::optional<TeamRow> FindTeam(std::string_view team_id) const override {
    if (Fails()) return std::nullopt;
    return CopyOf(tables_->teams.Find(std::string(team_id)));
  }

  std::vector<TeamRow> ListTeams(const PageOf& page) const override {
    if (Fails()) return {};
    const auto& rows = tables_->teams.rows();
    return PageFrom(rows.upper_bound(page.after), rows.end(), page.rows_max,
                    [](const TeamRow&) { return true; });
  }

  std::vector<StatementRow> StatementsFor(std::string_view person_id, std::int64_t after_number,
                                          std::int64_t rows_max) const override {
    if (Fails()) return {};
    const auto& rows = tables_->statements.rows();
    return PageFrom(rows.upper_bound(std::pair(std::string(person_id), after_number)), rows.end(), rows_max,
                    [person_id](const StatementRow& row) { return row.person_id == person_id; });
  }

  std::int64_t LastStatementNumber(std::string_view person_id, std::int64_t number_max) const override {
    if (Fails()) return 0;
    const auto& rows = tables_->statements.rows();
    auto it = rows.upper_bound(std::pair(std::string(person_id), number_max));
    if (it == rows.begin() || (--it)->first.first != person_id) return 0;
    return it->first.second;
  }

  std::int64_t TemplatesSerial() const override {
    if (Fails() || tables_->templates.rows().empty()) return 0;
    return tables_->templates.rows().rbegin()->first;
  }

  std::vector<TemplateRow> ListTemplates() const override {
    if (Fails()) return {};
    std::vector<TemplateRow> templates;
    for (const auto& [serial, row] : tables_->templates.rows()) templates.push_back(row);
    return templates;
  }

  std::optional<StoredAnswer> FindAnswer(std::string_view person_id,
                                         std::string_view request_id) const override {
    if (Fails()) return std::nullopt;
    return CopyOf(tables_->answers.Find(Pair(person_id, request_id)));
  }

 protected:
  bool Fails() const { return reads_->Fail(); }

 private:
  const MemoryTables* tables_;
  MemoryReads* reads_;
};

class MemoryReader final : public MemorySnapshot, public MemoryMoneyReads, public MemoryBackupReads {
 public:
  MemoryReader(const MemoryTables* tables, MemoryReads* reads)
      : MemorySnapshot(tables, reads), MemoryMoneyReads(tables, reads), MemoryBackupReads(tables, reads) {}
};

class MemoryTransaction final : public MemorySnapshot,
                                public MemoryMoneyWrites,
                                public MemoryBackupWrites,
                                public virtual Transaction {
 public:
  MemoryTransaction(MemoryTables* tables, MemoryReads* reads)
      : MemorySnapshot(tables, reads),
        MemoryMoneyWrites(tables, reads, &undo_),
        MemoryBackupWrites(tables, reads, &undo_),
        tables_(tables) {}
  // What was not kept is taken back, also when a work throws.
  ~MemoryTransaction() override { undo_.UndoTo(0); }

  bool Attempt(const Work& work) override {
    const std::size_t before = undo_.Mark();
    const bool kept = work(*this);
    if (!kept) undo_.UndoTo(before);
    return kept;
  }
  // What was kept is not taken back any more.
  void Keep() { undo_.Forget(); }

  bool InsertHead(const DossierHead& head) override { return !Fails() && tables_->heads.Insert(head, undo_); }

  bool UpdateHead(std::int64_t expected_revision, const DossierHead& head) override {
    if (Fails()) return false;
    const DossierHead* there = tables_->heads.Find(head.dossier_id);
    if (there == nullptr || there->revision != expected_revision) return false;
    DossierHead moved = head;
    moved.restored_revision = there->restored_revision;
    moved.compacted_revision = there->compacted_revision;
    moved.compaction_due_us = there->compaction_due_us;
    tables_->heads.Put(std::move(moved), undo_);
    return true;
  }

  bool UpdateCompaction(const Compaction& compaction) override {
    if (Fails()) return false;
    auto head = CopyOf(tables_->heads.Find(compaction.dossier_id));
    if (!head.has_value() || head->compacted_revision != compaction.from_revision ||
        compaction.to_revision < compaction.from_revision || compaction.to_revision > head->revision) {
      return false;
    }
    head->compacted_revision = compaction.to_revision;
    head->compaction_due_us = compaction.due_us;
    tables_->heads.Put(*std::move(head), undo_);
    return true;
  }

  bool EraseRecord(std::string_view dossier_id, std::string_view token, std::int64_t revision) override {
    if (Fails()) return false;
    const auto key = Pair(dossier_id, token);
    const KeptRecord* there = tables_->records.Find(key);
    if (there == nullptr || there->record.revision != revision) return false;
    tables_->records.Erase(key, undo_);
    return true;
  }

  std::int64_t EraseLogBefore(std::string_view dossier_id, std::int64_t revision) override {
    if (Fails()) return 0;
    const auto entries = LogEntriesBefore(dossier_id, revision, std::numeric_limits<std::int64_t>::max());
    for (const SealedLogEntry& entry : entries) {
      tables_->log.Erase(std::pair(std::string(dossier_id), entry.revision), undo_);
    }
    return std::ssize(entries);
  }

  void PutRecord(std::string_view dossier_id, const SealedRecord& record) override {
    if (!Fails()) tables_->records.Put({std::string(dossier_id), record}, undo_);
  }

  bool AppendLogEntry(std::string_view dossier_id, const SealedLogEntry& entry) override {
    return !Fails() && tables_->log.Insert({std::string(dossier_id), entry}, undo_);
  }

  bool InsertOutcome(const StoredOutcome& outcome) override {
    return !Fails() && tables_->outcomes.Insert(outcome, undo_);
  }

  void PutProgress(const DeviceProgress& progress) override {
    if (!Fails()) tables_->progress.Put(progress, undo_);
  }

  bool InsertPerson(const PersonRow& person) override {
    return !Fails() && tables_->people.Insert(person, undo_);
  }

  bool UpdatePerson(const PersonRow& person) override {
    if (Fails()) return false;
    const PersonRow* there = tables_->people.Find(person.person_id);
    if (there == nullptr || there->version != person.version - 1) return false;
    tables_->people.Put(person, undo_);
    return true;
  }

  bool InsertDevice(const DeviceRow& device) override {
    return !Fails() && tables_->devices.Insert(device, undo_);
  }

  bool UpdateDeviceState(std::string_view device_id, int expected_state, int state) override {
    return UpdateState(tables_->devices, device_id, expected_state, state);
  }

  void PutDeviceSession(std::string_view device_id, std::int64_t last_session_at_us) override {
    if (Fails()) return;
    auto device = CopyOf(tables_->devices.Find(std::string(device_id)));
    if (!device.has_value()) return;
    device->last_session_at_us = last_session_at_us;
    tables_->devices.Put(*std::move(device), undo_);
  }

  void PutRestoreShown(std::string_view device_id, std::string_view restore_id) override {
    if (Fails()) return;
    auto device = CopyOf(tables_->devices.Find(std::string(device_id)));
    if (!device.has_value()) return;
    device->restore_shown = restore_id;
    tables_->devices.Put(*std::move(device), undo_);
  }

  bool InsertRelation(const RelationRow& relation) override {
    if (Fails()) return false;
    const auto [begin, end] = tables_->relations.order<by::RelationDossier>().Of(relation.dossier_id);
    for (auto it = begin; it != end; ++it) {
      if (it->second->person_id == relation.person_id && it->second->until_us == 0) return false;
    }
    return tables_->relations.Insert(relation, undo_);
  }

  bool EndRelation(std::string_view relation_id, std::int64_t until_us) override {
    if (Fails()) return false;
    auto relation = CopyOf(tables_->relations.Find(std::string(relation_id)));
    if (!relation.has_value() || relation->until_us != 0) return false;
    relation->until_us = until_us;
    tables_->relations.Put(*std::move(relation), undo_);
    return true;
  }

  bool InsertHandover(const HandoverRow& handover) override {
    return !Fails() && tables_->handovers.Insert(handover, undo_);
  }

  bool UpdateHandoverState(std::string_view handover_id, int expected_state, int state) override {
    return UpdateState(tables_->handovers, handover_id, expected_state, state);
  }

  bool InsertTeam(const TeamRow& team) override { return !Fails() && tables_->teams.Insert(team, undo_); }

  bool InsertStatement(const StatementRow& statement) override {
    return !Fails() && tables_->statements.Insert(statement, undo_);
  }

  bool InsertTemplate(const TemplateRow& row) override {
    if (Fails()) return false;
    const auto [begin, end] =
        tables_->templates.order<by::TemplateVersion>().Of(std::pair(row.template_id, row.version));
    return begin == end && tables_->templates.Insert(row, undo_);
  }

  bool InsertAnswer(const StoredAnswer& answer) override {
    return !Fails() && tables_->answers.Insert(answer, undo_);
  }

 private:
  using MemorySnapshot::Fails;

  template <typename RowTable>
  bool UpdateState(RowTable& table, std::string_view id, int expected_state, int state) {
    if (Fails()) return false;
    auto row = CopyOf(table.Find(std::string(id)));
    if (!row.has_value() || row->state != expected_state) return false;
    row->state = state;
    table.Put(*std::move(row), undo_);
    return true;
  }

  MemoryTables* tables_;
  UndoLog undo_;
};

}  // namespace

platform::Result<void> MemoryOrganisation::Write(std::span<const Work> works) {
  const ReentryGuard guard(this);
  std::unique_lock queued(queue_);
  const std::unique_lock lock(tables_mutex_);
  queued.unlock();
  MemoryReads reads(faults_);
  MemoryTransaction transaction(&tables_, &reads);
  for (const Work& work : works) {
    transaction.Attempt(work);
    if (transaction.failed()) return MemoryFailure("a read fails, as the test asked");
  }
  if (faults_->commits_fail) return MemoryFailure("the commit fails, as the test asked");
  if (auto kept = journal_->Append(organisation_id_, transaction.ends()); !kept.ok()) return kept;
  transaction.Keep();
  return {};
}

platform::Result<void> MemoryOrganisation::Read(const std::function<void(const Snapshot&)>& read) const {
  const ReentryGuard guard(this);
  std::unique_lock queued(queue_);
  const std::shared_lock lock(tables_mutex_);
  queued.unlock();
  MemoryReads reads(faults_);
  const MemoryReader snapshot(&tables_, &reads);
  read(snapshot);
  if (snapshot.failed()) return MemoryFailure("a read fails, as the test asked");
  return {};
}

MemoryTables MemoryOrganisation::CopyOfTables() const {
  const std::shared_lock lock(tables_mutex_);
  return tables_;
}

void MemoryOrganisation::PutBack(const MemoryTables& tables) {
  const std::unique_lock lock(tables_mutex_);
  tables_ = tables;
}

}  // namespace brug::storage
