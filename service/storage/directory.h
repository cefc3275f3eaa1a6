#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace brug::storage {

// A person. What concerns a client is sealed under their dossier's key, what concerns staff under the
// organisation's.
struct PersonRow {
  std::string person_id = {};
  // Whether a member of staff; else a client.
  bool staff = false;
  // An inactive person is refused everywhere.
  bool active = true;
  // The team of staff; empty for none and for clients.
  std::string team_id = {};
  // The dossier of a client; empty for staff.
  std::string dossier_id = {};
  // Statements made for this person so far: the number of the newest.
  std::int64_t statements_count = 0;
  // Raised with every change of this row by UpdatePerson.
  std::int64_t version = 1;
  // Sealed brug.v1.StaffMember for staff; empty for a client, whose profile is in the dossier.
  std::string sealed = {};
  friend bool operator==(const PersonRow&, const PersonRow&) = default;
};

struct DeviceRow {
  std::string device_id = {};
  std::string person_id = {};
  // SubjectPublicKeyInfo, DER.
  std::string public_key = {};
  // brug.v1.DeviceState as a number.
  int state = 0;
  // The sealed name.
  std::string sealed_name = {};
  std::int64_t enrolled_at_us = 0;
  // 0 when it never opened a session.
  std::int64_t last_session_at_us = 0;
  // The restore (RestoreRow) after which it has shown all statements that it keeps; empty for none.
  std::string restore_shown = {};
  friend bool operator==(const DeviceRow&, const DeviceRow&) = default;
};

// A mentor's access to a dossier.
struct RelationRow {
  // Also the record id of the Relation in the dossier.
  std::string relation_id = {};
  std::string dossier_id = {};
  std::string person_id = {};
  std::int64_t from_us = 0;
  // 0 while it is live.
  std::int64_t until_us = 0;
  friend bool operator==(const RelationRow&, const RelationRow&) = default;
};

// An open handover, so that the new mentor finds it without access to the dossier.
struct HandoverRow {
  // Also the record id of the Handover in the dossier.
  std::string handover_id = {};
  std::string dossier_id = {};
  std::string from_person_id = {};
  std::string to_person_id = {};
  // brug.v1.HandoverState as a number.
  int state = 0;
  std::int64_t proposed_at_us = 0;
  friend bool operator==(const HandoverRow&, const HandoverRow&) = default;
};

struct TeamRow {
  std::string team_id = {};
  // Sealed under the organisation's key.
  std::string sealed_name = {};
  friend bool operator==(const TeamRow&, const TeamRow&) = default;
};

// A statement, kept for as long as the organisation exists.
struct StatementRow {
  std::string person_id = {};
  std::int64_t number = 0;
  // A serialised brug.v1.Statement: signed, and no secret. One about what is in a dossier is sealed under the
  // dossier's key.
  std::string statement = {};
  friend bool operator==(const StatementRow&, const StatementRow&) = default;
};

struct TemplateRow {
  // 1, 2, 3, … in the order in which templates were added.
  std::int64_t serial = 0;
  std::string template_id = {};
  int version = 0;
  // A serialised brug.v1.BridgeTemplate.
  std::string content = {};
  friend bool operator==(const TemplateRow&, const TemplateRow&) = default;
};

// The first answer to a request, so that a repeated one gets it again. Remembered for at least 400 days.
struct StoredAnswer {
  // Who asked, a UUID, or "operator".
  std::string person_id = {};
  std::string request_id = {};
  // SHA-256 of the RPC's name and the serialised request.
  std::string content_sha256 = {};
  // The sealed answer.
  std::string sealed = {};
  std::int64_t stored_at_us = 0;
  friend bool operator==(const StoredAnswer&, const StoredAnswer&) = default;
};

// One page of a listing: rows whose key is above `after`, in order of key, at most `rows_max`.
struct PageOf {
  std::string after = {};
  std::int64_t rows_max = 0;
};

// People, devices, relations and what else an organisation knows, read. Part of a Snapshot or Transaction.
class DirectoryReads {
 public:
  virtual ~DirectoryReads() = default;

  [[nodiscard]] virtual std::optional<PersonRow> FindPerson(std::string_view person_id) const = 0;
  // Staff, by person_id.
  [[nodiscard]] virtual std::vector<PersonRow> ListStaff(const PageOf& page) const = 0;

  [[nodiscard]] virtual std::optional<DeviceRow> FindDevice(std::string_view device_id) const = 0;
  // All devices of the person, revoked ones too, by enrolled_at_us and then device_id.
  [[nodiscard]] virtual std::vector<DeviceRow> DevicesOf(std::string_view person_id) const = 0;
  [[nodiscard]] virtual std::int64_t CountDevices(int state) const = 0;

  // All relations of the dossier, ended ones too, by from_us and then relation_id.
  [[nodiscard]] virtual std::vector<RelationRow> RelationsOfDossier(std::string_view dossier_id) const = 0;
  // The relations of the person, ended ones too when asked for, by dossier_id and then from_us.
  [[nodiscard]] virtual std::vector<RelationRow> RelationsOfPerson(std::string_view person_id,
                                                                   bool with_ended) const = 0;

  [[nodiscard]] virtual std::optional<HandoverRow> FindHandover(std::string_view handover_id) const = 0;
  // Handovers to this person in any state, oldest first.
  [[nodiscard]] virtual std::vector<HandoverRow> HandoversTo(std::string_view person_id) const = 0;

  [[nodiscard]] virtual std::optional<TeamRow> FindTeam(std::string_view team_id) const = 0;
  // Teams, by team_id.
  [[nodiscard]] virtual std::vector<TeamRow> ListTeams(const PageOf& page) const = 0;

  // The statements for the person with a number above `after_number`, by number, at most `rows_max`.
  [[nodiscard]] virtual std::vector<StatementRow> StatementsFor(std::string_view person_id,
                                                                std::int64_t after_number,
                                                                std::int64_t rows_max) const = 0;

  // The highest number of a statement for the person that is not above `number_max`; 0 for none.
  [[nodiscard]] virtual std::int64_t LastStatementNumber(std::string_view person_id,
                                                         std::int64_t number_max) const = 0;

  // The highest serial of a template; 0 when there is none.
  [[nodiscard]] virtual std::int64_t TemplatesSerial() const = 0;
  // All templates, by serial.
  [[nodiscard]] virtual std::vector<TemplateRow> ListTemplates() const = 0;

  [[nodiscard]] virtual std::optional<StoredAnswer> FindAnswer(std::string_view person_id,
                                                               std::string_view request_id) const = 0;
};

// The same, written. Inserts say false, and change nothing, when the key exists; updates say false, and
// change nothing, when the row is not as expected.
class DirectoryWrites : public virtual DirectoryReads {
 public:
  [[nodiscard]] virtual bool InsertPerson(const PersonRow& person) = 0;
  // Replaces the row if its version is `person.version` - 1.
  [[nodiscard]] virtual bool UpdatePerson(const PersonRow& person) = 0;

  [[nodiscard]] virtual bool InsertDevice(const DeviceRow& device) = 0;
  // Sets the state if it is `expected_state`.
  [[nodiscard]] virtual bool UpdateDeviceState(std::string_view device_id, int expected_state, int state) = 0;
  virtual void PutDeviceSession(std::string_view device_id, std::int64_t last_session_at_us) = 0;
  virtual void PutRestoreShown(std::string_view device_id, std::string_view restore_id) = 0;

  // False too when the person has a live relation with the dossier.
  [[nodiscard]] virtual bool InsertRelation(const RelationRow& relation) = 0;
  // Ends the relation if it is live.
  [[nodiscard]] virtual bool EndRelation(std::string_view relation_id, std::int64_t until_us) = 0;

  [[nodiscard]] virtual bool InsertHandover(const HandoverRow& handover) = 0;
  // Sets the state if it is `expected_state`.
  [[nodiscard]] virtual bool UpdateHandoverState(std::string_view handover_id, int expected_state,
                                                 int state) = 0;

  [[nodiscard]] virtual bool InsertTeam(const TeamRow& team) = 0;
  [[nodiscard]] virtual bool InsertStatement(const StatementRow& statement) = 0;
  // False too when the template id and version exist together.
  [[nodiscard]] virtual bool InsertTemplate(const TemplateRow& row) = 0;
  [[nodiscard]] virtual bool InsertAnswer(const StoredAnswer& answer) = 0;
};

}  // namespace brug::storage
