#pragma once

#include "brug/v1/admin_service.pb.h"
#include "brug/v1/backup.pb.h"
#include "service/domain/desk.h"

// The operations of AdminService that belong to one organisation, as the operator; admin_service.proto says
// what each does.
namespace brug::domain {

// Makes the organisation: its row, its keys, its store with the default Bridge template. Outside any desk,
// since it brings the organisation about. The organisation's id is derived from the request_id, so a repeated
// request finds what the first one made, wherever that was interrupted.
[[nodiscard]] platform::Result<v1::CreateOrganisationResponse> CreateOrganisation(
    const Surroundings& surroundings, const v1::CreateOrganisationRequest& request, rules::Instant now);
[[nodiscard]] platform::Result<v1::ListOrganisationsResponse> ListOrganisations(
    const Surroundings& surroundings, const v1::ListOrganisationsRequest& request);

[[nodiscard]] platform::Result<v1::CreateTeamResponse> CreateTeam(Desk& desk,
                                                                  const v1::CreateTeamRequest& request);
[[nodiscard]] platform::Result<v1::ListTeamsResponse> ListTeams(const ReadingDesk& desk,
                                                                const v1::ListTeamsRequest& request);
[[nodiscard]] platform::Result<v1::RegisterStaffResponse> RegisterStaff(
    Desk& desk, const v1::RegisterStaffRequest& request);
[[nodiscard]] platform::Result<v1::ListStaffResponse> ListStaff(const ReadingDesk& desk,
                                                                const v1::ListStaffRequest& request);
[[nodiscard]] platform::Result<v1::UpdateStaffResponse> UpdateStaff(Desk& desk,
                                                                    const v1::UpdateStaffRequest& request);
[[nodiscard]] platform::Result<v1::CreateStaffActivationCodeResponse> CreateStaffActivationCode(
    Desk& desk, const v1::CreateStaffActivationCodeRequest& request);
[[nodiscard]] platform::Result<v1::ListPersonDevicesResponse> ListPersonDevices(
    const ReadingDesk& desk, const v1::ListPersonDevicesRequest& request);
[[nodiscard]] platform::Result<v1::RevokePersonDeviceResponse> RevokePersonDevice(
    Desk& desk, const v1::RevokePersonDeviceRequest& request);
[[nodiscard]] platform::Result<v1::AddTemplateResponse> AddTemplate(Desk& desk,
                                                                    const v1::AddTemplateRequest& request);
[[nodiscard]] platform::Result<v1::ListTemplatesResponse> ListTemplates(
    const ReadingDesk& desk, const v1::ListTemplatesRequest& request);
// What one organisation has, for the operator's status.
[[nodiscard]] v1::OrganisationTotals TotalsOfOrganisation(const storage::Snapshot& snapshot,
                                                          const v1::Organisation& organisation);

// The operator as a caller: the admin socket is their identity.
[[nodiscard]] Caller OperatorOf(const std::string& organisation_id);

// Gives a member of staff the state and the roles that the journal of ends has; whom the service forgot it
// knows again, without a name.
[[nodiscard]] platform::Result<void> SetWhatStaffMayDo(Desk& desk, const v1::JournalledStaff& staff);

}  // namespace brug::domain
