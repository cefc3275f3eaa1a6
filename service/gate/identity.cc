#include "service/gate/identity.h"

namespace brug::gate {
namespace {

constexpr std::string_view kScheme = "Bearer ";

}  // namespace

platform::Result<domain::TokenClaims> Identity::Read(std::string_view authorization, rules::Instant now) {
  if (!authorization.starts_with(kScheme))
    return platform::Failure{.reason = v1::ERROR_REASON_SIGN_IN_NEEDED};
  const std::string token(authorization.substr(kScheme.size()));
  {
    const std::lock_guard lock(mutex_);
    const auto known = checked_.find(token);
    if (known != checked_.end()) {
      if (now < known->second.expires_at + domain::kClockTolerance) return known->second;
      checked_.erase(known);
    }
  }
  auto claims = domain::ReadToken(keys_, token, now);
  if (!claims.ok()) return claims;
  const std::lock_guard lock(mutex_);
  if (checked_.size() >= kTokensRememberedMax) checked_.clear();
  checked_.emplace(token, *claims);
  return claims;
}

}  // namespace brug::gate
