#include "service/gate/rates.h"

namespace brug::gate {

platform::Result<void> MinuteRate::Check(const std::string& key, rules::Instant now) {
  const std::lock_guard lock(mutex_);
  Turn(now);
  return CheckLocked(key, now);
}

void MinuteRate::Count(const std::string& key, rules::Instant now) {
  const std::lock_guard lock(mutex_);
  Turn(now);
  if (counts_.size() < kRateKeysMax || counts_.contains(key)) ++counts_[key];
}

platform::Result<void> MinuteRate::Take(const std::string& key, rules::Instant now) {
  const std::lock_guard lock(mutex_);
  Turn(now);
  auto checked = CheckLocked(key, now);
  if (checked.ok()) ++counts_[key];
  return checked;
}

void MinuteRate::Turn(rules::Instant now) {
  const auto minute = std::chrono::floor<std::chrono::minutes>(now);
  if (minute == minute_) return;
  minute_ = minute;
  counts_.clear();
}

platform::Result<void> MinuteRate::CheckLocked(const std::string& key, rules::Instant now) const {
  const auto found = counts_.find(key);
  const bool full =
      found == counts_.end() ? counts_.size() >= kRateKeysMax : found->second >= per_minute_max_;
  if (!full) return {};
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(minute_ + std::chrono::minutes(1) - now);
  return platform::Failure{.reason = v1::ERROR_REASON_TOO_MANY_TRIES, .retry_delay_ms = wait.count()};
}

}  // namespace brug::gate
