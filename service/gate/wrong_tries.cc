#include "service/gate/wrong_tries.h"

namespace brug::gate {
namespace {

constexpr std::chrono::hours kWindow{1};

}  // namespace

platform::Result<void> WrongTries::Check(const std::string& key, rules::Instant now) {
  const std::lock_guard lock(mutex_);
  const auto found = tries_.find(key);
  if (found == tries_.end()) return {};
  Forget(found->second, now);
  const auto& tries = found->second;
  if (static_cast<std::int64_t>(tries.size()) < limits_.per_hour_max) return {};
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(tries.front() + kWindow - now);
  return platform::Failure{.reason = v1::ERROR_REASON_TOO_MANY_TRIES, .retry_delay_ms = wait.count()};
}

bool WrongTries::Count(const std::string& key, const std::string& group, rules::Instant now) {
  const std::lock_guard lock(mutex_);
  ForgetAll(now);
  tries_[key].push_back(now);
  Burst& burst = bursts_[group];
  burst.tries.push_back(now);
  if (static_cast<std::int64_t>(burst.tries.size()) < limits_.burst_count) return false;
  // No more of them are needed to know it.
  burst.tries.pop_front();
  if (burst.told_at != rules::Instant{} && now - burst.told_at < kWindow) return false;
  burst.told_at = now;
  return true;
}

void WrongTries::Forget(Tries& tries, rules::Instant now) {
  while (!tries.empty() && now - tries.front() >= kWindow) tries.pop_front();
}

// Once an hour, so that a count costs the same however many keys there are.
void WrongTries::ForgetAll(rules::Instant now) {
  for (auto& [group, burst] : bursts_) Forget(burst.tries, now);
  if (now - cleaned_at_ < kWindow) return;
  cleaned_at_ = now;
  for (auto& [key, tries] : tries_) Forget(tries, now);
  std::erase_if(tries_, [](const auto& entry) { return entry.second.empty(); });
}

}  // namespace brug::gate
