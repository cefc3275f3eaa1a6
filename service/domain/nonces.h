#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "proto/crypto/random.h"
#include "proto/rules/date.h"
#include "service/platform/result.h"

namespace brug::domain {

inline constexpr std::chrono::minutes kNonceLife{2};
// Nonces that live at one time; more are refused with TOO_MANY_TRIES until some have died.
inline constexpr std::size_t kNoncesLiveMax = 200'000;

// Fresh values to sign. Each is good for one proof within its life, and only in the process that gave it.
//
// Thread safety: any number of threads.
class Nonces {
 public:
  struct Fresh {
    std::string nonce;
    rules::Instant expires_at;
  };
  // 32 random bytes.
  [[nodiscard]] platform::Result<Fresh> Give(crypto::RandomSource& random, rules::Instant now);
  // Whether the nonce was given, lives, and was not taken before. Takes it.
  [[nodiscard]] bool Take(std::string_view nonce, rules::Instant now);

 private:
  void Forget(rules::Instant now);

  std::mutex mutex_;
  std::unordered_map<std::string, rules::Instant> live_;
  // The same, in the order in which they die.
  std::multimap<rules::Instant, std::string> by_end_;
};

}  // namespace brug::domain
