#include "service/domain/sessions.h"

#include <nlohmann/json.hpp>

#include "brug/v1/device.pb.h"
#include "proto/crypto/jws.h"
#include "service/domain/relations.h"

namespace brug::domain {
namespace {

using platform::Failure;
using platform::Result;

constexpr std::string_view kTokenType = "brug-session+jwt";
constexpr std::string_view kAudience = "brugd";

std::int64_t Seconds(rules::Instant instant) {
  return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

Failure SignInNeeded(std::string log_detail) {
  return {.reason = v1::ERROR_REASON_SIGN_IN_NEEDED, .log_detail = std::move(log_detail)};
}

}  // namespace

std::string WriteToken(const OrganisationKeys& keys, const TokenClaims& claims, rules::Instant now) {
  const nlohmann::json payload = {{"iss", claims.organisation_id}, {"aud", kAudience},
                                  {"sub", claims.person_id},       {"device_id", claims.device_id},
                                  {"iat", Seconds(now)},           {"exp", Seconds(claims.expires_at)}};
  // Ids and numbers alone: always far below the limit of a token.
  return crypto::JwsSigner(keys.session, kTokenType).Sign(payload.dump()).value();
}

Result<TokenClaims> ReadToken(const KeyRing& keys, std::string_view token, rules::Instant now) {
  std::shared_ptr<const OrganisationKeys> organisation;
  const auto checked = crypto::VerifyJws(token, kTokenType, [&](std::string_view kid) {
    organisation = keys.FindBySessionKey(kid);
    return organisation ? std::optional(organisation->session.PublicKey()) : std::nullopt;
  });
  if (!checked.ok()) return SignInNeeded("the token does not verify");
  const auto payload = nlohmann::json::parse(checked.payload, nullptr, false);
  if (!payload.is_object()) return SignInNeeded("the token's payload is not an object");
  const auto text = [&](const char* name) {
    return payload.contains(name) && payload[name].is_string() ? payload[name].get<std::string>()
                                                               : std::string();
  };
  const auto number = [&](const char* name) {
    return payload.contains(name) && payload[name].is_number_integer() ? payload[name].get<std::int64_t>()
                                                                       : 0;
  };
  TokenClaims claims{
      .organisation_id = text("iss"), .person_id = text("sub"), .device_id = text("device_id")};
  claims.expires_at = rules::Instant(std::chrono::seconds(number("exp")));
  if (claims.organisation_id != organisation->organisation_id || text("aud") != kAudience) {
    return SignInNeeded("the token is for somebody else");
  }
  if (claims.expires_at + kClockTolerance <= now) return SignInNeeded("the token has ended");
  if (number("iat") > Seconds(now + kClockTolerance)) return SignInNeeded("the token is of the future");
  return claims;
}

Result<Caller> Identify(const storage::DirectoryReads& directory, const OrganisationKeys& keys,
                        const TokenClaims& claims) {
  const auto device = directory.FindDevice(claims.device_id);
  if (!device || device->person_id != claims.person_id) return SignInNeeded("no such device");
  if (device->state == v1::DEVICE_STATE_REVOKED) {
    return Failure{.reason = v1::ERROR_REASON_DEVICE_REVOKED, .log_detail = "the device was revoked"};
  }
  if (device->state != v1::DEVICE_STATE_LIVE) return SignInNeeded("the device is not live");
  return CallerOf(directory, keys, claims);
}

Result<Caller> CallerOf(const storage::DirectoryReads& directory, const OrganisationKeys& keys,
                        const TokenClaims& claims) {
  const auto person = directory.FindPerson(claims.person_id);
  if (!person || !person->active) return SignInNeeded("the person is not active");
  Caller caller{.organisation_id = claims.organisation_id,
                .person_id = claims.person_id,
                .device_id = claims.device_id,
                .roles = {},
                .dossier_id = person->dossier_id,
                .language = {}};
  if (!person->staff) {
    caller.roles = {v1::ROLE_CLIENT};
  } else {
    const v1::StaffMember staff_member = StaffMemberOf(keys, *person);
    for (const int role : staff_member.roles()) caller.roles.push_back(static_cast<v1::Role>(role));
  }
  return caller;
}

}  // namespace brug::domain
