#pragma once

#include "brug/v1/enrolment_service.pb.h"
#include "service/domain/desk.h"
#include "service/domain/nonces.h"

// How devices become known. The operations of EnrolmentService; enrolment_service.proto says what each does.
// That the caller may do it to this person or device at all has been checked (gate/authority.h).
namespace brug::domain {

// What stands in a request of somebody without a session, checked before anything is looked up.
struct Claimed {
  std::string organisation_id;
  std::string person_id;
  std::string device_id;
};

// First half of Enrol, across organisations: checks the proof, finds the code and binds it to the key.
// CODE_NOT_VALID for every code that is not right, whatever is wrong with it; PROOF_NOT_VALID. Run again it
// answers the same.
[[nodiscard]] platform::Result<Claimed> ClaimCode(const Surroundings& surroundings, Nonces& nonces,
                                                  const v1::EnrolRequest& request, rules::Instant now);
// Second half, within the organisation; the desk's caller is the person that the code is for. Run again it
// answers the same.
[[nodiscard]] platform::Result<v1::EnrolResponse> Enrol(Desk& desk, const Claimed& claimed,
                                                        const v1::EnrolRequest& request);

// Checks the proof of an OpenSessionRequest within the organisation that it names; the caller has taken its
// nonce. PROOF_NOT_VALID for a device that does not exist as for a wrong signature; DEVICE_WAITING;
// DEVICE_REVOKED with the signed wipe order in the metadata "wipe_statement" (base64url).
[[nodiscard]] platform::Result<v1::OpenSessionResponse> OpenSession(Desk& desk,
                                                                    const v1::OpenSessionRequest& request);

[[nodiscard]] platform::Result<v1::CreateActivationCodeResponse> CreateActivationCode(
    Desk& desk, const v1::CreateActivationCodeRequest& request);
[[nodiscard]] platform::Result<v1::AllowDeviceResponse> AllowDevice(Desk& desk,
                                                                    const v1::AllowDeviceRequest& request);
[[nodiscard]] platform::Result<v1::ListDevicesResponse> ListDevices(const ReadingDesk& desk,
                                                                    const v1::ListDevicesRequest& request);
[[nodiscard]] platform::Result<v1::RevokeDeviceResponse> RevokeDevice(Desk& desk,
                                                                      const v1::RevokeDeviceRequest& request);

// The bytes that a device signs: the purpose, a zero byte, and each part preceded by its length.
[[nodiscard]] std::string ProofMessage(std::string_view purpose,
                                       std::initializer_list<std::string_view> parts);

// A device as its row says. Shared with the operator's listing.
[[nodiscard]] v1::Device DeviceOf(const OrganisationKeys& keys, const storage::DeviceRow& row);
// Revokes a device of any state. WRONG_STATE is never an answer: revoking twice is revoking.
[[nodiscard]] platform::Result<v1::Device> Revoke(Desk& desk, const storage::DeviceRow& row);

}  // namespace brug::domain
