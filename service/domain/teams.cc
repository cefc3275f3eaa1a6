#include "service/domain/teams.h"

#include <algorithm>
#include <tuple>

#include "service/domain/organisation_records.h"
#include "service/domain/paging.h"
#include "service/domain/relations.h"

namespace brug::domain {
namespace {

v1::Team TeamOf(const OrganisationKeys& keys, const storage::TeamRow& row) {
  v1::Team team;
  team.set_team_id(row.team_id);
  team.set_display_name(OpenForOrganisation(keys, "team/" + row.team_id, row.sealed_name).value_or(""));
  return team;
}

}  // namespace

storage::TeamRow SealTeam(const Desk& desk, const v1::Team& team) {
  return {.team_id = team.team_id(),
          .sealed_name = SealForOrganisation(*desk.keys, "team/" + team.team_id(), team.display_name(),
                                             desk.surroundings.random)};
}

std::vector<v1::Team> AllTeams(const storage::DirectoryReads& directory, const OrganisationKeys& keys) {
  std::vector<v1::Team> teams;
  storage::PageOf page{.after = "", .rows_max = kPageSizeMax};
  while (true) {
    const auto rows = directory.ListTeams(page);
    for (const storage::TeamRow& row : rows) teams.push_back(TeamOf(keys, row));
    if (static_cast<std::int64_t>(rows.size()) < page.rows_max) break;
    page.after = rows.back().team_id;
  }
  std::sort(teams.begin(), teams.end(), [](const v1::Team& a, const v1::Team& b) {
    return std::tie(a.display_name(), a.team_id()) < std::tie(b.display_name(), b.team_id());
  });
  return teams;
}

std::string TeamName(const storage::DirectoryReads& directory, const OrganisationKeys& keys,
                     const std::string& team_id) {
  const auto row = directory.FindTeam(team_id);
  return row ? TeamOf(keys, *row).display_name() : "";
}

std::vector<storage::PersonRow> AllStaffRows(const storage::DirectoryReads& directory) {
  std::vector<storage::PersonRow> staff;
  storage::PageOf page{.after = "", .rows_max = kPageSizeMax};
  while (true) {
    auto rows = directory.ListStaff(page);
    const bool more = static_cast<std::int64_t>(rows.size()) == page.rows_max;
    if (more) page.after = rows.back().person_id;
    std::move(rows.begin(), rows.end(), std::back_inserter(staff));
    if (!more) return staff;
  }
}

std::vector<v1::StaffMember> AllStaff(const storage::DirectoryReads& directory,
                                      const OrganisationKeys& keys) {
  std::vector<v1::StaffMember> staff;
  for (const storage::PersonRow& row : AllStaffRows(directory)) staff.push_back(StaffMemberOf(keys, row));
  std::sort(staff.begin(), staff.end(), [](const v1::StaffMember& a, const v1::StaffMember& b) {
    return std::tie(a.display_name(), a.person_id()) < std::tie(b.display_name(), b.person_id());
  });
  return staff;
}

}  // namespace brug::domain
