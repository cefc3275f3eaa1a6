#pragma once

#include <map>

#include "client-sdk/src/replica/replica.h"
#include "client-sdk/src/vault/memory_transactions.h"

namespace brug::sdk {

// The replica in maps.
class MemoryReplica final : public Replica, public MemoryParticipant {
 public:
  [[nodiscard]] Result<Bytes> ReadNote(Note note) const override;
  Result<void> WriteNote(Note note, std::string_view bytes) override;

  [[nodiscard]] Result<std::vector<DossierRow>> ListDossiers() const override;
  Result<void> PutDossier(const DossierRow& dossier) override;
  Result<void> PurgeDossier(std::string_view dossier_id) override;

  [[nodiscard]] Result<std::optional<RecordRow>> FindRecord(const RowName& name) const override;
  [[nodiscard]] Result<std::optional<RecordRow>> FindStaged(const RowName& name) const override;
  [[nodiscard]] Result<std::vector<RecordRow>> ListChildren(const RowName& name) const override;
  [[nodiscard]] Result<std::int64_t> CountRecords(std::string_view dossier_id) const override;

  Result<void> PutRecord(std::string_view dossier_id, const RecordRow& record) override;
  Result<void> StageRecord(std::string_view dossier_id, const RecordRow& record) override;
  Result<void> RevealStaged(std::string_view dossier_id) override;
  Result<void> DropStaged(std::string_view dossier_id) override;
  Result<void> ClearRecords(std::string_view dossier_id) override;

  [[nodiscard]] Result<std::vector<VoucherCodeRow>> ListVoucherCodes(
      std::string_view dossier_id) const override;
  Result<void> PutVoucherCode(std::string_view dossier_id, const VoucherCodeRow& code) override;
  Result<void> RemoveVoucherCode(const RowName& name) override;

  [[nodiscard]] Result<std::vector<StatementRow>> ListStatements() const override;
  Result<void> PutStatement(const StatementRow& statement) override;
  [[nodiscard]] Result<std::vector<StatementRow>> ListMoneyStatements(std::size_t count_max) const override;
  Result<void> PutMoneyStatement(const StatementRow& statement) override;
  Result<void> RemoveMoneyStatement(std::int64_t number) override;

  [[nodiscard]] Result<std::vector<Bytes>> ListTemplates() const override;
  Result<void> ReplaceTemplates(const std::vector<Bytes>& sealed) override;

  Result<void> PurgeAll() override;

  void Remember() override { before_ = tables_; }
  void Restore() override { tables_ = before_; }

 private:
  struct Dossier {
    DossierRow row;
    std::map<Bytes, RecordRow> records;
    std::map<Bytes, RecordRow> staged;
    std::map<Bytes, Bytes> voucher_codes;
  };
  struct Tables {
    std::map<Note, Bytes> notes;
    std::map<std::string, Dossier, std::less<>> dossiers;
    std::map<std::int64_t, Bytes> statements;
    std::map<std::int64_t, Bytes> money_statements;
    std::vector<Bytes> templates;
  };

  [[nodiscard]] Dossier* Find(std::string_view dossier_id);
  [[nodiscard]] const Dossier* Find(std::string_view dossier_id) const;

  Tables tables_;
  Tables before_;
};

}  // namespace brug::sdk
