#include "client-sdk/src/sync/filing.h"

#include <string>

#include "brug/v1/record.pb.h"
#include "client-sdk/src/replica/base_reader.h"

namespace brug::sdk {
namespace {

std::string KindsKnown() {
  return std::to_string(v1::Record::descriptor()->FindOneofByName("content")->field_count());
}

// What is staged is fetched once more: it is listed by nothing, so it cannot be looked through.
Result<void> DropStaged(Replica& replica, Holding& holding) {
  DossierRow& row = holding.row;
  if (row.staged_cursor.empty()) return {};
  row.staged_cursor.clear();
  row.staged_snapshot = false;
  row.sealed_staged_digest.clear();
  auto dropped = replica.DropStaged(row.dossier_id);
  return dropped.ok() ? replica.PutDossier(row) : dropped;
}

Result<void> FileRecords(Replica& replica, Holding& holding, crypto::RandomSource& random) {
  const std::string& id = holding.row.dossier_id;
  auto rows = replica.ListChildren({.dossier_id = id, .token = {}});
  if (!rows.ok()) return rows.error();
  for (const RecordRow& row : *rows) {
    auto record = OpenRecord(row, *holding.key);
    if (!record.ok()) return record.error();
    if (rules::ParentOf(*record).empty()) continue;
    auto put = replica.PutRecord(id, SealRecord(*record, *holding.key, random));
    if (!put.ok()) return put;
  }
  holding.view.reset();
  return DropStaged(replica, holding);
}

}  // namespace

Result<void> FileNewKinds(Holdings& holdings) {
  const CorePorts& ports = holdings.ports();
  Replica& replica = ports.storage->replica();
  auto before = replica.ReadNote(Note::kKindsKnown);
  if (!before.ok()) return before.error();
  if (*before == KindsKnown()) return {};
  auto transaction = Transaction::Begin(ports.storage->transactions());
  if (!transaction.ok()) return transaction.error();
  for (auto& [id, holding] : holdings.dossiers()) {
    auto filed = FileRecords(replica, holding, *ports.random);
    if (!filed.ok()) return filed;
  }
  auto noted = NoteKnownKinds(replica);
  return noted.ok() ? transaction->Commit() : noted;
}

Result<void> NoteKnownKinds(Replica& replica) { return replica.WriteNote(Note::kKindsKnown, KindsKnown()); }

}  // namespace brug::sdk
