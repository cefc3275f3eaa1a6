#pragma once

#include <grpcpp/support/status.h>

#include <string>

#include "brug/v1/admin_service.pb.h"

// What brugctl prints for a person; --json prints the answer itself.
namespace brug::ctl {

[[nodiscard]] std::string Say(const v1::CreateOrganisationResponse& response);
[[nodiscard]] std::string Say(const v1::ListOrganisationsResponse& response);
[[nodiscard]] std::string Say(const v1::CreateTeamResponse& response);
[[nodiscard]] std::string Say(const v1::ListTeamsResponse& response);
[[nodiscard]] std::string Say(const v1::RegisterStaffResponse& response);
[[nodiscard]] std::string Say(const v1::ListStaffResponse& response);
[[nodiscard]] std::string Say(const v1::UpdateStaffResponse& response);
[[nodiscard]] std::string Say(const v1::CreateStaffActivationCodeResponse& response);
[[nodiscard]] std::string Say(const v1::ListPersonDevicesResponse& response);
[[nodiscard]] std::string Say(const v1::RevokePersonDeviceResponse& response);
[[nodiscard]] std::string Say(const v1::AddTemplateResponse& response);
[[nodiscard]] std::string Say(const v1::ListTemplatesResponse& response);
[[nodiscard]] std::string Say(const v1::VerifyLedgerResponse& response);
std::string Say(const v1::ListVoucherKeysResponse& response);
std::string Say(const v1::RotateVoucherKeyResponse& response);
std::string Say(const v1::ReleaseRestoreResponse& response);
// A line for `status`; empty once it is released.
[[nodiscard]] std::string SayHeldBack(const v1::Organisation& organisation,
                                      const v1::ReleaseRestoreResponse& restore);
[[nodiscard]] std::string Say(const v1::CreateBackupResponse& response);
[[nodiscard]] std::string Say(const v1::ListBackupsResponse& response);
std::string Say(const v1::GetStatusResponse& response);

// What went wrong, as one sentence of the service's with the reason and the field behind it.
struct Fault {
  std::string reason;
  std::string field;
  std::string message;
};
[[nodiscard]] Fault FaultOf(const grpc::Status& status, const std::string& socket);

}  // namespace brug::ctl
