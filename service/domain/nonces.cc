#include "service/domain/nonces.h"

namespace brug::domain {
namespace {

constexpr std::size_t kNonceBytes = 32;

}  // namespace

platform::Result<Nonces::Fresh> Nonces::Give(crypto::RandomSource& random, rules::Instant now) {
  const Fresh fresh{.nonce = crypto::RandomBytes(random, kNonceBytes), .expires_at = now + kNonceLife};
  const std::lock_guard lock(mutex_);
  Forget(now);
  if (live_.size() >= kNoncesLiveMax) {
    return platform::Failure{.reason = v1::ERROR_REASON_TOO_MANY_TRIES,
                             .retry_delay_ms = std::chrono::milliseconds(kNonceLife).count()};
  }
  live_.emplace(fresh.nonce, fresh.expires_at);
  by_end_.emplace(fresh.expires_at, fresh.nonce);
  return fresh;
}

bool Nonces::Take(std::string_view nonce, rules::Instant now) {
  const std::lock_guard lock(mutex_);
  Forget(now);
  return live_.erase(std::string(nonce)) == 1;
}

void Nonces::Forget(rules::Instant now) {
  while (!by_end_.empty() && by_end_.begin()->first <= now) {
    live_.erase(by_end_.begin()->second);
    by_end_.erase(by_end_.begin());
  }
}

}  // namespace brug::domain
