#include "client-sdk/src/replica/memory_replica.h"

#include "client-sdk/src/vault/error.h"

namespace brug::sdk {

Result<Bytes> MemoryReplica::ReadNote(Note note) const {
  const auto found = tables_.notes.find(note);
  return found == tables_.notes.end() ? Bytes() : found->second;
}

Result<void> MemoryReplica::WriteNote(Note note, std::string_view bytes) {
  tables_.notes[note] = Bytes(bytes);
  return {};
}

Result<std::vector<DossierRow>> MemoryReplica::ListDossiers() const {
  std::vector<DossierRow> dossiers;
  for (const auto& [id, dossier] : tables_.dossiers) dossiers.push_back(dossier.row);
  return dossiers;
}

Result<void> MemoryReplica::PutDossier(const DossierRow& dossier) {
  tables_.dossiers[dossier.dossier_id].row = dossier;
  return {};
}

Result<void> MemoryReplica::PurgeDossier(std::string_view dossier_id) {
  const auto found = tables_.dossiers.find(dossier_id);
  if (found != tables_.dossiers.end()) tables_.dossiers.erase(found);
  return {};
}

Result<std::optional<RecordRow>> MemoryReplica::FindRecord(const RowName& name) const {
  const Dossier* dossier = Find(name.dossier_id);
  if (dossier == nullptr) return std::optional<RecordRow>();
  const auto found = dossier->records.find(Bytes(name.token));
  return found == dossier->records.end() ? std::nullopt : std::optional<RecordRow>(found->second);
}

Result<std::optional<RecordRow>> MemoryReplica::FindStaged(const RowName& name) const {
  const Dossier* dossier = Find(name.dossier_id);
  if (dossier == nullptr) return std::optional<RecordRow>();
  const auto found = dossier->staged.find(Bytes(name.token));
  return found == dossier->staged.end() ? std::nullopt : std::optional<RecordRow>(found->second);
}

Result<std::vector<RecordRow>> MemoryReplica::ListChildren(const RowName& name) const {
  std::vector<RecordRow> children;
  const Dossier* dossier = Find(name.dossier_id);
  if (dossier == nullptr) return children;
  for (const auto& [token, record] : dossier->records) {
    if (record.parent_token == name.token) children.push_back(record);
  }
  return children;
}

Result<std::int64_t> MemoryReplica::CountRecords(std::string_view dossier_id) const {
  const Dossier* dossier = Find(dossier_id);
  return dossier == nullptr ? std::int64_t{0} : static_cast<std::int64_t>(dossier->records.size());
}

Result<void> MemoryReplica::PutRecord(std::string_view dossier_id, const RecordRow& record) {
  Dossier* dossier = Find(dossier_id);
  if (dossier == nullptr) return StorageDamaged();
  dossier->records[record.token] = record;
  return {};
}

Result<void> MemoryReplica::StageRecord(std::string_view dossier_id, const RecordRow& record) {
  Dossier* dossier = Find(dossier_id);
  if (dossier == nullptr) return StorageDamaged();
  dossier->staged[record.token] = record;
  return {};
}

Result<void> MemoryReplica::RevealStaged(std::string_view dossier_id) {
  Dossier* dossier = Find(dossier_id);
  if (dossier == nullptr) return {};
  for (auto& [token, record] : dossier->staged) dossier->records[token] = record;
  dossier->staged.clear();
  return {};
}

Result<void> MemoryReplica::DropStaged(std::string_view dossier_id) {
  Dossier* dossier = Find(dossier_id);
  if (dossier != nullptr) dossier->staged.clear();
  return {};
}

Result<void> MemoryReplica::ClearRecords(std::string_view dossier_id) {
  Dossier* dossier = Find(dossier_id);
  if (dossier != nullptr) dossier->records.clear();
  return {};
}

Result<std::vector<VoucherCodeRow>> MemoryReplica::ListVoucherCodes(std::string_view dossier_id) const {
  std::vector<VoucherCodeRow> codes;
  const Dossier* dossier = Find(dossier_id);
  if (dossier == nullptr) return codes;
  for (const auto& [token, sealed] : dossier->voucher_codes) {
    codes.push_back(VoucherCodeRow{.token = token, .sealed = sealed});
  }
  return codes;
}

Result<void> MemoryReplica::PutVoucherCode(std::string_view dossier_id, const VoucherCodeRow& code) {
  Dossier* dossier = Find(dossier_id);
  if (dossier == nullptr) return StorageDamaged();
  dossier->voucher_codes[code.token] = code.sealed;
  return {};
}

Result<void> MemoryReplica::RemoveVoucherCode(const RowName& name) {
  Dossier* dossier = Find(name.dossier_id);
  if (dossier != nullptr) dossier->voucher_codes.erase(Bytes(name.token));
  return {};
}

Result<std::vector<StatementRow>> MemoryReplica::ListStatements() const {
  std::vector<StatementRow> statements;
  for (const auto& [number, sealed] : tables_.statements) {
    statements.push_back(StatementRow{.number = number, .sealed = sealed});
  }
  return statements;
}

Result<void> MemoryReplica::PutStatement(const StatementRow& statement) {
  tables_.statements[statement.number] = statement.sealed;
  return {};
}

Result<std::vector<StatementRow>> MemoryReplica::ListMoneyStatements(std::size_t count_max) const {
  std::vector<StatementRow> statements;
  const auto& kept = tables_.money_statements;
  for (auto at = kept.rbegin(); at != kept.rend() && statements.size() < count_max; ++at) {
    statements.push_back(StatementRow{.number = at->first, .sealed = at->second});
  }
  return statements;
}

Result<void> MemoryReplica::PutMoneyStatement(const StatementRow& statement) {
  tables_.money_statements[statement.number] = statement.sealed;
  return {};
}

Result<void> MemoryReplica::RemoveMoneyStatement(std::int64_t number) {
  tables_.money_statements.erase(number);
  return {};
}

Result<std::vector<Bytes>> MemoryReplica::ListTemplates() const { return tables_.templates; }

Result<void> MemoryReplica::ReplaceTemplates(const std::vector<Bytes>& sealed) {
  tables_.templates = sealed;
  return {};
}

Result<void> MemoryReplica::PurgeAll() {
  tables_ = Tables();
  return {};
}

MemoryReplica::Dossier* MemoryReplica::Find(std::string_view dossier_id) {
  const auto found = tables_.dossiers.find(dossier_id);
  return found == tables_.dossiers.end() ? nullptr : &found->second;
}

const MemoryReplica::Dossier* MemoryReplica::Find(std::string_view dossier_id) const {
  const auto found = tables_.dossiers.find(dossier_id);
  return found == tables_.dossiers.end() ? nullptr : &found->second;
}

}  // namespace brug::sdk
