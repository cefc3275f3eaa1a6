#pragma once

#include <algorithm>
#include <cstdint>

#include "proto/crypto/random.h"

namespace brug::sdk {

inline constexpr std::int64_t kRetryDelayMsFirst = 1'000;
inline constexpr std::int64_t kRetryDelayMsMax = 60'000;

// How long to wait before the next try: 1 s, each time half as long again, up to 60 s, of which a random half
// or more.
class Backoff {
 public:
  void Reset() { delay_ms_ = kRetryDelayMsFirst; }

  [[nodiscard]] std::int64_t Next(crypto::RandomSource& random) {
    const std::int64_t half = delay_ms_ / 2;
    const auto jitter =
        static_cast<std::int64_t>(crypto::RandomUint64(random) % static_cast<std::uint64_t>(half + 1));
    delay_ms_ = std::min(delay_ms_ + delay_ms_ / 2, kRetryDelayMsMax);
    return half + jitter;
  }

 private:
  std::int64_t delay_ms_ = kRetryDelayMsFirst;
};

}  // namespace brug::sdk
