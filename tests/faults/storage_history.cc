#include "tests/faults/storage_history.h"

namespace brug::storage {
namespace {

std::string DossierOf(int dossier) { return "dossier-" + std::to_string(dossier); }
std::string MutationOf(int dossier, std::int64_t number) {
  return "mutation-" + std::to_string(number) + "-" + std::to_string(dossier);
}
std::string SealedOf(std::int64_t number) {
  return std::string(300 + number % 700, 's') + std::to_string(number);
}

// A record is written anew every tenth batch.
std::string TokenOf(std::int64_t number) { return "token-" + std::to_string(number % 10); }

bool WriteOne(Transaction& t, int dossier, std::int64_t number) {
  const std::string id = DossierOf(dossier);
  t.PutRecord(
      id,
      {.token = TokenOf(number), .parent_token = "parent", .revision = number, .sealed = SealedOf(number)});
  t.PutProgress({.device_id = "device",
                 .dossier_id = id,
                 .sequence = number,
                 .mutation_id = MutationOf(dossier, number)});
  if (number == 1 && !t.InsertHead({.dossier_id = id})) return false;
  return t.AppendLogEntry(id, {.revision = number, .sealed = SealedOf(number)}) &&
         t.InsertOutcome(
             {.mutation_id = MutationOf(dossier, number), .dossier_id = id, .sealed = SealedOf(number)}) &&
         t.UpdateHead(number - 1, {.dossier_id = id, .revision = number});
}

std::string WrongIn(const Snapshot& s, int dossier, std::int64_t newest) {
  const std::string id = DossierOf(dossier);
  const auto head = s.FindHead(id);
  if (head.has_value() != (newest > 0) || (head.has_value() && head->revision != newest))
    return id + ": the head";
  const auto progress = s.FindProgress("device", id);
  if (newest > 0 && progress->sequence != newest) return id + ": the progress";
  for (std::int64_t number = 1; number <= newest; ++number) {
    const auto entry = s.FindLogEntry(id, number);
    if (!entry.has_value() || entry->sealed != SealedOf(number)) return id + ": a log entry";
    if (!s.FindOutcome(MutationOf(dossier, number)).has_value()) return id + ": an outcome";
    if (number + 10 <= newest) continue;
    const auto record = s.FindRecord(id, TokenOf(number));
    if (!record.has_value() || record->revision != number || record->sealed != SealedOf(number)) {
      return id + ": a record";
    }
  }
  if (s.FindLogEntry(id, newest + 1).has_value()) return id + ": a log entry too many";
  if (s.FindOutcome(MutationOf(dossier, newest + 1)).has_value()) return id + ": an outcome too many";
  const auto records = s.RecordsAfter(id, newest, 1);
  return records.empty() ? "" : id + ": a record too many";
}

}  // namespace

platform::Result<void> StorageHistory::WriteBatch(OrganisationStore& store, std::int64_t number) {
  std::vector<Work> works;
  for (int dossier = 0; dossier < kDossiers; ++dossier) {
    works.push_back([=](Transaction& t) { return WriteOne(t, dossier, number); });
    works.push_back([=](Transaction& t) {
      t.PutProgress({.device_id = "device", .dossier_id = DossierOf(dossier), .sequence = -1});
      return false;
    });
  }
  return store.Write(works);
}

std::optional<std::int64_t> StorageHistory::NewestBatch(const OrganisationStore& store, std::string* wrong) {
  std::int64_t newest = 0;
  const auto done = store.Read([&](const Snapshot& s) {
    const auto head = s.FindHead(DossierOf(0));
    newest = head.has_value() ? head->revision : 0;
    wrong->clear();
    for (int dossier = 0; dossier < kDossiers && wrong->empty(); ++dossier)
      *wrong = WrongIn(s, dossier, newest);
    if (wrong->empty()) return;
    *wrong += " at batch " + std::to_string(newest);
  });
  if (!done.ok()) *wrong = done.failure().log_detail;
  if (!wrong->empty()) return std::nullopt;
  return newest;
}

}  // namespace brug::storage
