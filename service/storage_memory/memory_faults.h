#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "service/storage/registry.h"

namespace brug::storage {

// What a test lets go wrong in memory, where nothing goes wrong by itself. Any thread may set it.
struct MemoryFaults {
  // Every read answers nothing and fails.
  std::atomic<bool> reads_fail = false;
  // Every commit fails.
  std::atomic<bool> commits_fail = false;
};

inline platform::Failure MemoryFailure(std::string log_detail) {
  constexpr std::int64_t kRetryDelayMs = 100;
  return {.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE,
          .retry_delay_ms = kRetryDelayMs,
          .log_detail = std::move(log_detail)};
}

}  // namespace brug::storage
