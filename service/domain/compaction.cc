#include "service/domain/compaction.h"

#include <algorithm>

#include "service/domain/sealed_dossier.h"

namespace brug::domain {
namespace {

using platform::Failure;
using platform::Result;

// Records are read in parts of so many bytes.
constexpr std::int64_t kPartBytesMax = 512 * 1024;

// The newest revision of which the entry is known to be from `at_us` or before; what was compacted already
// when there is none. Revisions are dense and the log grows at its end, so it is found by halves.
std::int64_t NewestFrom(const storage::DossierReads& reads, const storage::DossierHead& head,
                        std::int64_t at_us) {
  std::int64_t old = head.compacted_revision;
  bool known = false;
  std::int64_t end = head.revision + 1;
  while (end - old > 1) {
    const std::int64_t middle = old + (end - old) / 2;
    const auto entry = reads.FindLogEntry(head.dossier_id, middle);
    if (!entry || entry->appended_at_us > at_us) {
      end = middle;
    } else {
      old = middle;
      known = entry->appended_at_us > 0;
    }
  }
  return known ? old : head.compacted_revision;
}

// Removes the tombstones above what was compacted before, up to `revision`; answers how many records it
// looked at.
Result<std::int64_t> EraseTombstones(Desk& desk, const storage::DossierHead& head, std::int64_t revision,
                                     JobDone& done) {
  auto keys = desk.surroundings.keys.Dossier(*desk.keys, head.dossier_id);
  if (!keys.ok()) return keys.failure();
  const SealedDossier dossier(desk.transaction, {desk.keys->organisation_id, head.dossier_id, *keys});
  std::int64_t looked_at = 0;
  std::int64_t after = head.compacted_revision;
  while (after < revision) {
    const auto rows = desk.transaction.RecordsAfter(head.dossier_id, after, kPartBytesMax);
    if (rows.empty()) break;
    for (const storage::SealedRecord& row : rows) {
      after = row.revision;
      if (row.revision > revision) break;
      ++looked_at;
      const auto record = dossier.Open(row);
      if (!record) {
        ++done.skipped_count;
      } else if (record->deleted() &&
                 !desk.transaction.EraseRecord(head.dossier_id, row.token, row.revision)) {
        return Failure{.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE,
                       .log_detail = "a tombstone changed during its compaction"};
      }
    }
  }
  return looked_at;
}

// Compacts up to the revision that is old enough, or as far as one transaction takes it: then it stays due.
Result<void> CompactOne(Desk& desk, const storage::DossierHead& head, std::int64_t revisions_max,
                        JobDone& done) {
  const std::int64_t old = NewestFrom(desk.transaction, head, ToMicroseconds(desk.now - kOfflineMax));
  const std::int64_t revision = std::min(old, head.compacted_revision + revisions_max);
  const rules::Instant due = revision < old ? desk.now : desk.now + kCompactionInterval;
  if (!desk.transaction.UpdateCompaction({.dossier_id = head.dossier_id,
                                          .from_revision = head.compacted_revision,
                                          .to_revision = revision,
                                          .due_us = ToMicroseconds(due)})) {
    return Failure{.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE,
                   .log_detail = "a dossier moved during its compaction"};
  }
  ++done.done_count;
  if (revision == head.compacted_revision) return {};
  const auto looked_at = EraseTombstones(desk, head, revision, done);
  if (!looked_at.ok()) return looked_at.failure();
  done.done_count += *looked_at + desk.transaction.EraseLogBefore(head.dossier_id, revision);
  return {};
}

// Of a dossier that cannot be compacted nothing is changed but when it is due, so that it comes first no
// more. False when that cannot be written either.
bool PutOff(Desk& desk, const storage::DossierHead& head) {
  return desk.transaction.UpdateCompaction({.dossier_id = head.dossier_id,
                                            .from_revision = head.compacted_revision,
                                            .to_revision = head.compacted_revision,
                                            .due_us = ToMicroseconds(desk.now + kCompactionRetry)});
}

}  // namespace

Result<JobDone> CompactDossiers(Desk& desk, std::int64_t rows_max) {
  JobDone done;
  for (const storage::DossierHead& head :
       desk.transaction.HeadsDueForCompaction(ToMicroseconds(desk.now), rows_max)) {
    JobDone one;
    Result<void> compacted;
    const bool stays = desk.transaction.Attempt([&](storage::Transaction&) {
      one = {};
      compacted = CompactOne(desk, head, std::max(rows_max, kJobRowsMax), one);
      return compacted.ok();
    });
    if (!stays) {
      if (!PutOff(desk, head)) return compacted.failure();
      one = {.done_count = 1, .skipped_count = 1};
    }
    done.done_count += one.done_count;
    done.skipped_count += one.skipped_count;
    if (done.done_count >= rows_max) break;
  }
  done.due_count = done.done_count;
  return done;
}

}  // namespace brug::domain
