#pragma once

#include <string_view>

#include "brug/v1/caseload_service.pb.h"
#include "service/domain/desk.h"

// The operations of CaseloadService; caseload_service.proto says what each does. That the caller may do it at
// all has been checked (gate/authority.h); what a team lead may assign to whom is decided here.
namespace brug::domain {

[[nodiscard]] platform::Result<v1::RegisterClientResponse> RegisterClient(
    Desk& desk, const v1::RegisterClientRequest& request);
[[nodiscard]] platform::Result<v1::ListCaseloadResponse> ListCaseload(const ReadingDesk& desk,
                                                                      const v1::ListCaseloadRequest& request);
[[nodiscard]] platform::Result<v1::ListContactsResponse> ListContacts(const ReadingDesk& desk,
                                                                      const v1::ListContactsRequest& request);
[[nodiscard]] platform::Result<v1::ListColleaguesResponse> ListColleagues(
    const ReadingDesk& desk, const v1::ListColleaguesRequest& request);
[[nodiscard]] platform::Result<v1::ListHandoversResponse> ListHandovers(
    const ReadingDesk& desk, const v1::ListHandoversRequest& request);
[[nodiscard]] platform::Result<v1::AnswerHandoverResponse> AnswerHandover(
    Desk& desk, const v1::AnswerHandoverRequest& request);
[[nodiscard]] platform::Result<v1::GetTeamResponse> GetTeam(const ReadingDesk& desk,
                                                            const v1::GetTeamRequest& request);
[[nodiscard]] platform::Result<v1::AssignDossiersResponse> AssignDossiers(
    Desk& desk, const v1::AssignDossiersRequest& request);

// The dossiers of one call of AssignDossiers.
inline constexpr int kAssignedDossiersMax = 100;

// Of a client of whom nothing else is known.
inline constexpr std::string_view kLanguageDefault = "nl";
inline constexpr std::string_view kTimeZoneDefault = "Europe/Amsterdam";

}  // namespace brug::domain
