#pragma once

#include <brug/civil.h>

#include <optional>
#include <string>
#include <vector>

// Who is who: the people, their devices, and what a device knows about its own person.
namespace brug {

// What a person may do.
enum class Role {
  kUnknown,  // a role newer than this SDK
  kClient,   // the person whose Bridge it is: owns one dossier
  kMentor,   // walks beside clients; has a caseload
  kTeamLead,
  kProgrammeManager,
  kApprover,
  kMerchant,
  kEvaluator,
  kOperator,
};

// Who did something, in which role. `person_id` is empty when the service itself did it.
struct Author {
  std::string person_id;
  Role role = Role::kUnknown;

  friend bool operator==(const Author&, const Author&) = default;
};

// One item of a dossier as it is shown now: what the service confirmed with what still waits on this device.
template <class T>
struct Item {
  // Unique in its dossier.
  std::string id;
  // Whether something in it is not confirmed by the service yet.
  bool pending = false;
  // Who made it, and when.
  Author created_by;
  Instant created_at;
  T content;

  friend bool operator==(const Item&, const Item&) = default;
};

// Where a device stands.
enum class DeviceState {
  kUnknown,
  kWaiting,  // for a yes on a live device of the same person; it can do nothing yet
  kLive,
  kRevoked,  // for good
};

// One phone, tablet or computer of one person.
struct Device {
  std::string device_id;
  std::string person_id;
  std::string display_name;  // what the person calls it
  DeviceState state = DeviceState::kUnknown;
  Instant enrolled_at;
  std::optional<Instant> last_session_at;
  bool is_this_device = false;
};

// Whose device this is, as enrolment told it.
struct Identity {
  std::string person_id;
  std::string display_name;
  std::vector<Role> roles;
  std::string organisation_id;
  std::string organisation_name;
  std::string device_id;
  std::string device_name;
  // The client's own dossier; empty for staff.
  std::string dossier_id;

  [[nodiscard]] bool Has(Role role) const;
};

// A code that makes a device somebody's. Shown once and kept by nobody.
struct ActivationCode {
  std::string code;    // as "7K2QX-M4T9B"
  Instant expires_at;  // 72 hours after it was made
};

// A member of staff.
struct StaffMember {
  std::string person_id;
  std::string display_name;
  std::vector<Role> roles;
  std::string team_id;  // empty for none
  bool active = true;
};

// One mentor of a team, with totals and no stories.
struct TeamMember {
  StaffMember mentor;
  std::vector<std::string> dossier_ids;  // of live relations
  int quiet_count = 0;
  int contacts_count = 0;  // of the last 28 days
};

struct Team {
  std::string team_id;
  std::string display_name;
  std::vector<TeamMember> members;  // by name
};

// What a mentor gets for a new client: the dossier and the code for the client's first device.
struct RegisteredClient {
  std::string person_id;
  std::string dossier_id;
  ActivationCode activation_code;
};

}  // namespace brug
