#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace brug::storage {

// The head of a dossier: the row that its counter lives in.
struct DossierHead {
  std::string dossier_id = {};
  // Dense counter, one per applied mutation.
  std::int64_t revision = 0;
  // 64 random bits drawn with the revision.
  std::uint64_t salt = 0;
  // Raised whenever who may read the dossier changes.
  std::int64_t rights_version = 0;
  // The revision it was put back to when the organisation was last restored; 0 when it never was. Written by
  // InsertRestore (backups.h) alone.
  std::int64_t restored_revision = 0;
  // The sealed digest over the live records at `revision`; empty when it is not known.
  std::string sealed_digest = {};
  // Log entries below this revision, and tombstones up to it, are gone; 0 while all are there.
  std::int64_t compacted_revision = 0;
  // From when on it is worth looking whether there is something to compact.
  std::int64_t compaction_due_us = 0;
  friend bool operator==(const DossierHead&, const DossierHead&) = default;
};

// A record as it is kept: where it hangs as keyed tokens, the rest sealed under the dossier's key.
struct SealedRecord {
  // 16 bytes: keyed hash of the record id. The row's key within its dossier.
  std::string token = {};
  // 16 bytes: keyed hash of its parent; empty for tombstones and kinds that are not known.
  std::string parent_token = {};
  std::int64_t revision = 0;
  // The sealed brug.v1.Record.
  std::string sealed = {};
  friend bool operator==(const SealedRecord&, const SealedRecord&) = default;
};

// One entry of a dossier's log: never changed after it was appended.
struct SealedLogEntry {
  std::int64_t revision = 0;
  std::uint64_t salt = 0;
  // The service's clock when it was appended; 0 when that is not known.
  std::int64_t appended_at_us = 0;
  // The sealed brug.v1.LogEntry.
  std::string sealed = {};
  friend bool operator==(const SealedLogEntry&, const SealedLogEntry&) = default;
};

// What a compaction did to a dossier.
struct Compaction {
  std::string dossier_id = {};
  // The compacted_revision that was there before, and the new one.
  std::int64_t from_revision = 0;
  std::int64_t to_revision = 0;
  // The new compaction_due_us.
  std::int64_t due_us = 0;
};

// What became of a mutation: remembered for at least 400 days, since it is what keeps a mutation from taking
// effect twice.
struct StoredOutcome {
  std::string mutation_id = {};
  std::string dossier_id = {};
  std::string device_id = {};
  std::int64_t stored_at_us = 0;
  // The sealed brug.v1.Outcome.
  std::string sealed = {};
  friend bool operator==(const StoredOutcome&, const StoredOutcome&) = default;
};

// How far a device's numbering has come in a dossier.
struct DeviceProgress {
  std::string device_id = {};
  std::string dossier_id = {};
  std::uint64_t epoch = 0;
  std::int64_t sequence = 0;
  std::string mutation_id = {};
  friend bool operator==(const DeviceProgress&, const DeviceProgress&) = default;
};

// The dossiers of one organisation, read. Part of a Snapshot or Transaction (organisation_store.h says how
// errors show).
class DossierReads {
 public:
  virtual ~DossierReads() = default;

  [[nodiscard]] virtual std::optional<DossierHead> FindHead(std::string_view dossier_id) const = 0;
  [[nodiscard]] virtual std::int64_t CountDossiers() const = 0;
  // Those whose compaction is due at or before `at_us`, by compaction_due_us and then dossier_id, at most
  // `rows_max`.
  [[nodiscard]] virtual std::vector<DossierHead> HeadsDueForCompaction(std::int64_t at_us,
                                                                       std::int64_t rows_max) const = 0;

  [[nodiscard]] virtual std::optional<SealedRecord> FindRecord(std::string_view dossier_id,
                                                               std::string_view token) const = 0;
  // The records with this parent token, by token.
  [[nodiscard]] virtual std::vector<SealedRecord> RecordsUnder(std::string_view dossier_id,
                                                               std::string_view parent_token) const = 0;
  // The records above `revision`, by revision and then token, tombstones too, of as many whole revisions as
  // have at most `bytes_max` sealed bytes together; a revision is never cut in two, so the first one comes
  // whole however large. Cost: what is returned.
  [[nodiscard]] virtual std::vector<SealedRecord> RecordsAfter(std::string_view dossier_id,
                                                               std::int64_t revision,
                                                               std::int64_t bytes_max) const = 0;

  [[nodiscard]] virtual std::optional<SealedLogEntry> FindLogEntry(std::string_view dossier_id,
                                                                   std::int64_t revision) const = 0;
  // The entries below `revision`, newest first, at most `rows_max`. Cost: what is returned.
  [[nodiscard]] virtual std::vector<SealedLogEntry> LogEntriesBefore(std::string_view dossier_id,
                                                                     std::int64_t revision,
                                                                     std::int64_t rows_max) const = 0;

  [[nodiscard]] virtual std::optional<StoredOutcome> FindOutcome(std::string_view mutation_id) const = 0;
  [[nodiscard]] virtual std::optional<DeviceProgress> FindProgress(std::string_view device_id,
                                                                   std::string_view dossier_id) const = 0;
};

// The dossiers of one organisation, written. Every change of a counter or state is conditional and says
// whether it took.
class DossierWrites : public virtual DossierReads {
 public:
  // False, and nothing changed, when the dossier exists.
  [[nodiscard]] virtual bool InsertHead(const DossierHead& head) = 0;
  // Changes neither restored_revision nor what a compaction is about. False, and nothing changed, unless the
  // dossier is at `expected_revision`.
  [[nodiscard]] virtual bool UpdateHead(std::int64_t expected_revision, const DossierHead& head) = 0;
  // Inserts, or replaces the record with the same token.
  virtual void PutRecord(std::string_view dossier_id, const SealedRecord& record) = 0;
  // False, and nothing changed, when the dossier's log has this revision.
  [[nodiscard]] virtual bool AppendLogEntry(std::string_view dossier_id, const SealedLogEntry& entry) = 0;
  // Notes a compaction at the dossier's head. False, and nothing changed, unless its compacted_revision is
  // `from_revision` and `to_revision` is neither below that nor above the head's revision.
  [[nodiscard]] virtual bool UpdateCompaction(const Compaction& compaction) = 0;
  // Deletes the record if it is at this revision. False, and nothing changed, otherwise.
  [[nodiscard]] virtual bool EraseRecord(std::string_view dossier_id, std::string_view token,
                                         std::int64_t revision) = 0;
  // Deletes the log's entries below `revision`; answers how many. Cost: those.
  virtual std::int64_t EraseLogBefore(std::string_view dossier_id, std::int64_t revision) = 0;
  // False, and nothing changed, when the mutation has an outcome.
  [[nodiscard]] virtual bool InsertOutcome(const StoredOutcome& outcome) = 0;
  // Inserts, or replaces the progress of the same device and dossier.
  virtual void PutProgress(const DeviceProgress& progress) = 0;
};

}  // namespace brug::storage
