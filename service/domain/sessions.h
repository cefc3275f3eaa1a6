#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "service/domain/desk.h"

namespace brug::domain {

inline constexpr std::chrono::minutes kSessionLife{10};
// How far two clocks may differ.
inline constexpr std::chrono::seconds kClockTolerance{60};

// What an access token says.
struct TokenClaims {
  std::string organisation_id;
  std::string person_id;
  std::string device_id;
  rules::Instant expires_at;
};

// A JWS (ES256) under the organisation's session key.
[[nodiscard]] std::string WriteToken(const OrganisationKeys& keys, const TokenClaims& claims,
                                     rules::Instant now);

// The claims of a token that one of the organisations signed and that has not ended. SIGN_IN_NEEDED for every
// other one, whatever is wrong with it. Costs one signature check, about 100 microseconds: remember the
// claims while they last.
[[nodiscard]] platform::Result<TokenClaims> ReadToken(const KeyRing& keys, std::string_view token,
                                                      rules::Instant now);

// Who that is, as of now: the device is live, the person active, the roles those of today. DEVICE_REVOKED,
// SIGN_IN_NEEDED. Every call asks this in the snapshot or transaction that it works in.
[[nodiscard]] platform::Result<Caller> Identify(const storage::DirectoryReads& directory,
                                                const OrganisationKeys& keys, const TokenClaims& claims);

// The person of `claims` as a caller, with the roles of today, without asking after the device: for somebody
// who enrols. SIGN_IN_NEEDED when there is no such person or they are not active.
[[nodiscard]] platform::Result<Caller> CallerOf(const storage::DirectoryReads& directory,
                                                const OrganisationKeys& keys, const TokenClaims& claims);

}  // namespace brug::domain
