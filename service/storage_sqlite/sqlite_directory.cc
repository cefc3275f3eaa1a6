#include "service/storage_sqlite/sqlite_directory.h"

namespace brug::storage {
namespace {

// How rows are read: each in the order of its SELECT.

std::int64_t NumberOf(const Statement& row) { return row.Int64(0); }

PersonRow PersonOf(const Statement& row) {
  return {.person_id = row.Bytes(0),
          .staff = row.Bool(1),
          .active = row.Bool(2),
          .team_id = row.Bytes(3),
          .dossier_id = row.Bytes(4),
          .statements_count = row.Int64(5),
          .version = row.Int64(6),
          .sealed = row.Bytes(7)};
}

DeviceRow DeviceOf(const Statement& row) {
  return {.device_id = row.Bytes(0),
          .person_id = row.Bytes(1),
          .public_key = row.Bytes(2),
          .state = row.Int(3),
          .sealed_name = row.Bytes(4),
          .enrolled_at_us = row.Int64(5),
          .last_session_at_us = row.Int64(6),
          .restore_shown = row.Bytes(7)};
}

RelationRow RelationOf(const Statement& row) {
  return {.relation_id = row.Bytes(0),
          .dossier_id = row.Bytes(1),
          .person_id = row.Bytes(2),
          .from_us = row.Int64(3),
          .until_us = row.Int64(4)};
}

HandoverRow HandoverOf(const Statement& row) {
  return {.handover_id = row.Bytes(0),
          .dossier_id = row.Bytes(1),
          .from_person_id = row.Bytes(2),
          .to_person_id = row.Bytes(3),
          .state = row.Int(4),
          .proposed_at_us = row.Int64(5)};
}

TeamRow TeamOf(const Statement& row) { return {.team_id = row.Bytes(0), .sealed_name = row.Bytes(1)}; }

StatementRow StatementOf(const Statement& row) {
  return {.person_id = row.Bytes(0), .number = row.Int64(1), .statement = row.Bytes(2)};
}

TemplateRow TemplateOf(const Statement& row) {
  return {
      .serial = row.Int64(0), .template_id = row.Bytes(1), .version = row.Int(2), .content = row.Bytes(3)};
}

StoredAnswer AnswerOf(const Statement& row) {
  return {.person_id = row.Bytes(0),
          .request_id = row.Bytes(1),
          .content_sha256 = row.Bytes(2),
          .sealed = row.Bytes(3),
          .stored_at_us = row.Int64(4)};
}

}  // namespace

std::optional<PersonRow> SqliteDirectoryReads::FindPerson(std::string_view person_id) const {
  return database_->One(
      PersonOf,
      "SELECT person_id, staff, active, team_id, dossier_id, statements_count, version, sealed"
      " FROM people WHERE organisation_id = ? AND person_id = ?",
      organisation_id_, person_id);
}

std::vector<PersonRow> SqliteDirectoryReads::ListStaff(const PageOf& page) const {
  return database_->All(
      PersonOf,
      "SELECT person_id, staff, active, team_id, dossier_id, statements_count, version, sealed"
      " FROM people WHERE organisation_id = ? AND staff = 1 AND person_id > ?"
      " ORDER BY person_id LIMIT ?",
      organisation_id_, page.after, page.rows_max);
}

std::optional<DeviceRow> SqliteDirectoryReads::FindDevice(std::string_view device_id) const {
  return database_->One(
      DeviceOf,
      "SELECT device_id, person_id, public_key, state, sealed_name, enrolled_at_us, last_session_at_us,"
      " restore_shown"
      " FROM devices WHERE organisation_id = ? AND device_id = ?",
      organisation_id_, device_id);
}

std::vector<DeviceRow> SqliteDirectoryReads::DevicesOf(std::string_view person_id) const {
  return database_->All(
      DeviceOf,
      "SELECT device_id, person_id, public_key, state, sealed_name, enrolled_at_us, last_session_at_us,"
      " restore_shown"
      " FROM devices WHERE organisation_id = ? AND person_id = ? ORDER BY enrolled_at_us, device_id",
      organisation_id_, person_id);
}

std::int64_t SqliteDirectoryReads::CountDevices(int state) const {
  return database_
      ->One(NumberOf, "SELECT count(*) FROM devices WHERE organisation_id = ? AND state = ?",
            organisation_id_, state)
      .value_or(0);
}

std::vector<RelationRow> SqliteDirectoryReads::RelationsOfDossier(std::string_view dossier_id) const {
  return database_->All(RelationOf,
                        "SELECT relation_id, dossier_id, person_id, from_us, until_us FROM relations"
                        " WHERE organisation_id = ? AND dossier_id = ? ORDER BY from_us, relation_id",
                        organisation_id_, dossier_id);
}

std::vector<RelationRow> SqliteDirectoryReads::RelationsOfPerson(std::string_view person_id,
                                                                 bool with_ended) const {
  if (!with_ended) {
    return database_->All(RelationOf,
                          "SELECT relation_id, dossier_id, person_id, from_us, until_us FROM relations"
                          " WHERE organisation_id = ? AND person_id = ? AND until_us = 0 ORDER BY dossier_id",
                          organisation_id_, person_id);
  }
  return database_->All(RelationOf,
                        "SELECT relation_id, dossier_id, person_id, from_us, until_us FROM relations"
                        " WHERE organisation_id = ? AND person_id = ?"
                        " ORDER BY dossier_id, from_us, relation_id",
                        organisation_id_, person_id);
}

std::optional<HandoverRow> SqliteDirectoryReads::FindHandover(std::string_view handover_id) const {
  return database_->One(HandoverOf,
                        "SELECT handover_id, dossier_id, from_person_id, to_person_id, state, proposed_at_us"
                        " FROM handovers WHERE organisation_id = ? AND handover_id = ?",
                        organisation_id_, handover_id);
}

std::vector<HandoverRow> SqliteDirectoryReads::HandoversTo(std::string_view person_id) const {
  return database_->All(HandoverOf,
                        "SELECT handover_id, dossier_id, from_person_id, to_person_id, state, proposed_at_us"
                        " FROM handovers WHERE organisation_id = ? AND to_person_id = ?"
                        " ORDER BY proposed_at_us, handover_id",
                        organisation_id_, person_id);
}

std::optional<TeamRow> SqliteDirectoryReads::FindTeam(std::string_view team_id) const {
  return database_->One(TeamOf,
                        "SELECT team_id, sealed_name FROM teams WHERE organisation_id = ? AND team_id = ?",
                        organisation_id_, team_id);
}

std::vector<TeamRow> SqliteDirectoryReads::ListTeams(const PageOf& page) const {
  return database_->All(TeamOf,
                        "SELECT team_id, sealed_name FROM teams WHERE organisation_id = ? AND team_id > ?"
                        " ORDER BY team_id LIMIT ?",
                        organisation_id_, page.after, page.rows_max);
}

std::vector<StatementRow> SqliteDirectoryReads::StatementsFor(std::string_view person_id,
                                                              std::int64_t after_number,
                                                              std::int64_t rows_max) const {
  return database_->All(StatementOf,
                        "SELECT person_id, number, statement FROM statements"
                        " WHERE organisation_id = ? AND person_id = ? AND number > ? ORDER BY number LIMIT ?",
                        organisation_id_, person_id, after_number, rows_max);
}

std::int64_t SqliteDirectoryReads::LastStatementNumber(std::string_view person_id,
                                                       std::int64_t number_max) const {
  return database_
      ->One(NumberOf,
            "SELECT number FROM statements WHERE organisation_id = ? AND person_id = ? AND number <= ?"
            " ORDER BY number DESC LIMIT 1",
            organisation_id_, person_id, number_max)
      .value_or(0);
}

std::int64_t SqliteDirectoryReads::TemplatesSerial() const {
  return database_
      ->One(NumberOf, "SELECT serial FROM templates WHERE organisation_id = ? ORDER BY serial DESC LIMIT 1",
            organisation_id_)
      .value_or(0);
}

std::vector<TemplateRow> SqliteDirectoryReads::ListTemplates() const {
  return database_->All(
      TemplateOf,
      "SELECT serial, template_id, version, content FROM templates WHERE organisation_id = ? ORDER BY serial",
      organisation_id_);
}

std::optional<StoredAnswer> SqliteDirectoryReads::FindAnswer(std::string_view person_id,
                                                             std::string_view request_id) const {
  return database_->One(AnswerOf,
                        "SELECT person_id, request_id, content_sha256, sealed, stored_at_us FROM answers"
                        " WHERE organisation_id = ? AND person_id = ? AND request_id = ?",
                        organisation_id_, person_id, request_id);
}

bool SqliteDirectoryWrites::InsertPerson(const PersonRow& person) {
  return database_->Run(
             "INSERT INTO people (organisation_id, person_id, staff, active, team_id, dossier_id,"
             " statements_count, version, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
             organisation_id_, person.person_id, person.staff, person.active, person.team_id,
             person.dossier_id, person.statements_count, person.version, Blob(person.sealed)) == 1;
}

bool SqliteDirectoryWrites::UpdatePerson(const PersonRow& person) {
  return database_->Run(
             "UPDATE people SET staff = ?, active = ?, team_id = ?, dossier_id = ?, statements_count = ?,"
             " version = ?, sealed = ? WHERE organisation_id = ? AND person_id = ? AND version = ?",
             person.staff, person.active, person.team_id, person.dossier_id, person.statements_count,
             person.version, Blob(person.sealed), organisation_id_, person.person_id,
             person.version - 1) == 1;
}

bool SqliteDirectoryWrites::InsertDevice(const DeviceRow& device) {
  return database_->Run(
             "INSERT INTO devices (organisation_id, device_id, person_id, public_key, state, sealed_name,"
             " enrolled_at_us, last_session_at_us, restore_shown) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
             " ON CONFLICT DO NOTHING",
             organisation_id_, device.device_id, device.person_id, Blob(device.public_key), device.state,
             Blob(device.sealed_name), device.enrolled_at_us, device.last_session_at_us,
             device.restore_shown) == 1;
}

bool SqliteDirectoryWrites::UpdateDeviceState(std::string_view device_id, int expected_state, int state) {
  return database_->Run(
             "UPDATE devices SET state = ? WHERE organisation_id = ? AND device_id = ? AND state = ?", state,
             organisation_id_, device_id, expected_state) == 1;
}

void SqliteDirectoryWrites::PutDeviceSession(std::string_view device_id, std::int64_t last_session_at_us) {
  database_->Run("UPDATE devices SET last_session_at_us = ? WHERE organisation_id = ? AND device_id = ?",
                 last_session_at_us, organisation_id_, device_id);
}

void SqliteDirectoryWrites::PutRestoreShown(std::string_view device_id, std::string_view restore_id) {
  database_->Run("UPDATE devices SET restore_shown = ? WHERE organisation_id = ? AND device_id = ?",
                 restore_id, organisation_id_, device_id);
}

bool SqliteDirectoryWrites::InsertRelation(const RelationRow& relation) {
  return database_->Run(
             "INSERT INTO relations (organisation_id, relation_id, dossier_id, person_id, from_us, until_us)"
             " SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (SELECT 1 FROM relations"
             " WHERE organisation_id = ?1 AND person_id = ?4 AND dossier_id = ?3 AND until_us = 0)"
             " ON CONFLICT DO NOTHING",
             organisation_id_, relation.relation_id, relation.dossier_id, relation.person_id,
             relation.from_us, relation.until_us) == 1;
}

bool SqliteDirectoryWrites::EndRelation(std::string_view relation_id, std::int64_t until_us) {
  return database_->Run(
             "UPDATE relations SET until_us = ? WHERE organisation_id = ? AND relation_id = ? AND until_us = "
             "0",
             until_us, organisation_id_, relation_id) == 1;
}

bool SqliteDirectoryWrites::InsertHandover(const HandoverRow& handover) {
  return database_->Run(
             "INSERT INTO handovers (organisation_id, handover_id, dossier_id, from_person_id, to_person_id,"
             " state, proposed_at_us) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
             organisation_id_, handover.handover_id, handover.dossier_id, handover.from_person_id,
             handover.to_person_id, handover.state, handover.proposed_at_us) == 1;
}

bool SqliteDirectoryWrites::UpdateHandoverState(std::string_view handover_id, int expected_state, int state) {
  return database_->Run(
             "UPDATE handovers SET state = ? WHERE organisation_id = ? AND handover_id = ? AND state = ?",
             state, organisation_id_, handover_id, expected_state) == 1;
}

bool SqliteDirectoryWrites::InsertTeam(const TeamRow& team) {
  return database_->Run(
             "INSERT INTO teams (organisation_id, team_id, sealed_name) VALUES (?, ?, ?) ON CONFLICT DO "
             "NOTHING",
             organisation_id_, team.team_id, Blob(team.sealed_name)) == 1;
}

bool SqliteDirectoryWrites::InsertStatement(const StatementRow& statement) {
  return database_->Run(
             "INSERT INTO statements (organisation_id, person_id, number, statement) VALUES (?, ?, ?, ?)"
             " ON CONFLICT DO NOTHING",
             organisation_id_, statement.person_id, statement.number, Blob(statement.statement)) == 1;
}

bool SqliteDirectoryWrites::InsertTemplate(const TemplateRow& row) {
  return database_->Run(
             "INSERT INTO templates (organisation_id, serial, template_id, version, content)"
             " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
             organisation_id_, row.serial, row.template_id, row.version, Blob(row.content)) == 1;
}

bool SqliteDirectoryWrites::InsertAnswer(const StoredAnswer& answer) {
  return database_->Run(
             "INSERT INTO answers (organisation_id, person_id, request_id, content_sha256, sealed, "
             "stored_at_us)"
             " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
             organisation_id_, answer.person_id, answer.request_id, Blob(answer.content_sha256),
             Blob(answer.sealed), answer.stored_at_us) == 1;
}

}  // namespace brug::storage
