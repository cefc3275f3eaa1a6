#pragma once

#include "service/storage/dossiers.h"
#include "service/storage_sqlite/database.h"

namespace brug::storage {

// DossierReads within the transaction that the connection is in. Owns nothing.
class SqliteDossierReads : public virtual DossierReads {
 public:
  SqliteDossierReads(Database* database, std::string_view organisation_id)
      : database_(database), organisation_id_(organisation_id) {}

  std::optional<DossierHead> FindHead(std::string_view dossier_id) const override;
  std::int64_t CountDossiers() const override;
  std::vector<DossierHead> HeadsDueForCompaction(std::int64_t at_us, std::int64_t rows_max) const override;
  std::optional<SealedRecord> FindRecord(std::string_view dossier_id, std::string_view token) const override;
  std::vector<SealedRecord> RecordsUnder(std::string_view dossier_id,
                                         std::string_view parent_token) const override;
  std::vector<SealedRecord> RecordsAfter(std::string_view dossier_id, std::int64_t revision,
                                         std::int64_t bytes_max) const override;
  std::optional<SealedLogEntry> FindLogEntry(std::string_view dossier_id,
                                             std::int64_t revision) const override;
  std::vector<SealedLogEntry> LogEntriesBefore(std::string_view dossier_id, std::int64_t revision,
                                               std::int64_t rows_max) const override;
  std::optional<StoredOutcome> FindOutcome(std::string_view mutation_id) const override;
  std::optional<DeviceProgress> FindProgress(std::string_view device_id,
                                             std::string_view dossier_id) const override;

 protected:
  Database* database_;
  std::string_view organisation_id_;
};

// The same, written.
class SqliteDossierWrites : public SqliteDossierReads, public virtual DossierWrites {
 public:
  using SqliteDossierReads::SqliteDossierReads;

  bool InsertHead(const DossierHead& head) override;
  bool UpdateHead(std::int64_t expected_revision, const DossierHead& head) override;
  void PutRecord(std::string_view dossier_id, const SealedRecord& record) override;
  bool AppendLogEntry(std::string_view dossier_id, const SealedLogEntry& entry) override;
  bool UpdateCompaction(const Compaction& compaction) override;
  bool EraseRecord(std::string_view dossier_id, std::string_view token, std::int64_t revision) override;
  std::int64_t EraseLogBefore(std::string_view dossier_id, std::int64_t revision) override;
  bool InsertOutcome(const StoredOutcome& outcome) override;
  void PutProgress(const DeviceProgress& progress) override;
};

}  // namespace brug::storage
