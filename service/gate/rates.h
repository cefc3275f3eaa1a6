#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>

#include "proto/rules/date.h"
#include "service/platform/result.h"

namespace brug::gate {

// Keys that one limiter remembers at once. The memory is bounded: beyond, a new key is refused until a minute
// has passed.
inline constexpr std::size_t kRateKeysMax = 500'000;

// How often something may happen for one key (an address, a device) within one minute. Minutes are those of
// the clock, so a key has at most twice its number in any sixty seconds.
//
// Thread safety: any number of threads.
class MinuteRate {
 public:
  explicit MinuteRate(std::int64_t per_minute_max) : per_minute_max_(per_minute_max) {}

  // TOO_MANY_TRIES, with the time to wait, when the key has used up its number. Counts nothing.
  [[nodiscard]] platform::Result<void> Check(const std::string& key, rules::Instant now);
  void Count(const std::string& key, rules::Instant now);
  // Both.
  [[nodiscard]] platform::Result<void> Take(const std::string& key, rules::Instant now);

 private:
  void Turn(rules::Instant now);
  [[nodiscard]] platform::Result<void> CheckLocked(const std::string& key, rules::Instant now) const;

  const std::int64_t per_minute_max_;
  std::mutex mutex_;
  std::chrono::sys_time<std::chrono::minutes> minute_{};
  std::unordered_map<std::string, std::int64_t> counts_;
};

}  // namespace brug::gate
