#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>

#include "proto/rules/date.h"
#include "service/platform/result.h"

namespace brug::gate {

// Wrong tries within any hour: each key (a merchant) is stopped by its own, and nobody by those of others. Of
// a group of keys (an organisation) it says when they become many, which stops nobody.
//
// Thread safety: any number of threads. Memory: what was tried wrongly within the last hour.
class WrongTries {
 public:
  struct Limits {
    // Of one key.
    std::int64_t per_hour_max = 10;
    // Of one group: so many are worth telling.
    std::int64_t burst_count = 100;
  };

  explicit WrongTries(Limits limits) : limits_(limits) {}

  // TOO_MANY_TRIES, with the time to wait, when the key had its number within the last hour. Counts nothing.
  [[nodiscard]] platform::Result<void> Check(const std::string& key, rules::Instant now);
  // Counts one. True when with it the group has its burst within the last hour, once for each such hour.
  [[nodiscard]] bool Count(const std::string& key, const std::string& group, rules::Instant now);

 private:
  using Tries = std::deque<rules::Instant>;
  struct Burst {
    Tries tries;
    rules::Instant told_at{};
  };

  static void Forget(Tries& tries, rules::Instant now);
  void ForgetAll(rules::Instant now);

  const Limits limits_;
  std::mutex mutex_;
  rules::Instant cleaned_at_{};
  std::unordered_map<std::string, Tries> tries_;
  std::unordered_map<std::string, Burst> bursts_;
};

}  // namespace brug::gate
