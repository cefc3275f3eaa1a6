#pragma once

#include <string>
#include <vector>

#include "brug/v1/admin_service.pb.h"
#include "service/domain/desk.h"

// Teams and staff of one organisation, read whole: an organisation has some tens of each.
namespace brug::domain {

[[nodiscard]] storage::TeamRow SealTeam(const Desk& desk, const v1::Team& team);
// By name.
[[nodiscard]] std::vector<v1::Team> AllTeams(const storage::DirectoryReads& directory,
                                             const OrganisationKeys& keys);
// The name of the team; empty when there is no such team.
[[nodiscard]] std::string TeamName(const storage::DirectoryReads& directory, const OrganisationKeys& keys,
                                   const std::string& team_id);

// Everyone who works or worked here, by person id.
[[nodiscard]] std::vector<storage::PersonRow> AllStaffRows(const storage::DirectoryReads& directory);
// The same, opened, by name.
[[nodiscard]] std::vector<v1::StaffMember> AllStaff(const storage::DirectoryReads& directory,
                                                    const OrganisationKeys& keys);

}  // namespace brug::domain
