#pragma once

#include "client-sdk/src/replica/replica.h"
#include "client-sdk/src/replica/sqlite_file.h"

namespace brug::sdk {

// The tables of SqliteReplica.
extern const char* const kSqliteReplicaSchema;

// The replica in a SqliteFile, which must outlive it.
class SqliteReplica final : public Replica {
 public:
  explicit SqliteReplica(SqliteFile& file) : file_(file) {}

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

 private:
  [[nodiscard]] Result<void> PutDigest(const DossierRow& dossier);
  [[nodiscard]] Result<void> RunOnDossier(const char* sql, std::string_view dossier_id);
  [[nodiscard]] Result<void> InsertRecord(const char* sql, std::string_view dossier_id,
                                          const RecordRow& record);

  SqliteFile& file_;
};

}  // namespace brug::sdk
