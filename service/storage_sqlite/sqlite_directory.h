#pragma once

#include "service/storage/directory.h"
#include "service/storage_sqlite/database.h"

namespace brug::storage {

// DirectoryReads within the transaction that the connection is in. Owns nothing.
class SqliteDirectoryReads : public virtual DirectoryReads {
 public:
  SqliteDirectoryReads(Database* database, std::string_view organisation_id)
      : database_(database), organisation_id_(organisation_id) {}

  std::optional<PersonRow> FindPerson(std::string_view person_id) const override;
  std::vector<PersonRow> ListStaff(const PageOf& page) const override;
  std::optional<DeviceRow> FindDevice(std::string_view device_id) const override;
  std::vector<DeviceRow> DevicesOf(std::string_view person_id) const override;
  std::int64_t CountDevices(int state) const override;
  std::vector<RelationRow> RelationsOfDossier(std::string_view dossier_id) const override;
  std::vector<RelationRow> RelationsOfPerson(std::string_view person_id, bool with_ended) const override;
  std::optional<HandoverRow> FindHandover(std::string_view handover_id) const override;
  std::vector<HandoverRow> HandoversTo(std::string_view person_id) const override;
  std::optional<TeamRow> FindTeam(std::string_view team_id) const override;
  std::vector<TeamRow> ListTeams(const PageOf& page) const override;
  std::vector<StatementRow> StatementsFor(std::string_view person_id, std::int64_t after_number,
                                          std::int64_t rows_max) const override;
  std::int64_t LastStatementNumber(std::string_view person_id, std::int64_t number_max) const override;
  std::int64_t TemplatesSerial() const override;
  std::vector<TemplateRow> ListTemplates() const override;
  std::optional<StoredAnswer> FindAnswer(std::string_view person_id,
                                         std::string_view request_id) const override;

 protected:
  Database* database_;
  std::string_view organisation_id_;
};

// The same, written.
class SqliteDirectoryWrites : public SqliteDirectoryReads, public virtual DirectoryWrites {
 public:
  using SqliteDirectoryReads::SqliteDirectoryReads;

  bool InsertPerson(const PersonRow& person) override;
  bool UpdatePerson(const PersonRow& person) override;
  bool InsertDevice(const DeviceRow& device) override;
  bool UpdateDeviceState(std::string_view device_id, int expected_state, int state) override;
  void PutDeviceSession(std::string_view device_id, std::int64_t last_session_at_us) override;
  void PutRestoreShown(std::string_view device_id, std::string_view restore_id) override;
  bool InsertRelation(const RelationRow& relation) override;
  bool EndRelation(std::string_view relation_id, std::int64_t until_us) override;
  bool InsertHandover(const HandoverRow& handover) override;
  bool UpdateHandoverState(std::string_view handover_id, int expected_state, int state) override;
  bool InsertTeam(const TeamRow& team) override;
  bool InsertStatement(const StatementRow& statement) override;
  bool InsertTemplate(const TemplateRow& row) override;
  bool InsertAnswer(const StoredAnswer& answer) override;
};

}  // namespace brug::storage
