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

// The reads of one snapshot or transaction: once one of them failed, all do. Not safe for two threads at
// once.
class MemoryReads {
 public:
  // `faults` outlives this.
  explicit MemoryReads(const MemoryFaults* faults) : faults_(faults) {}

  // Whether a read that begins now fails.
  [[nodiscard]] bool Fail() {
    if (faults_->reads_fail) failed_ = true;
    return failed_;
  }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  const MemoryFaults* faults_;
  bool failed_ = false;
};

inline platform::Failure MemoryFailure(std::string log_detail) {
  constexpr std::int64_t kRetryDelayMs = 100;
  return {.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE,
          .retry_delay_ms = kRetryDelayMs,
          .log_detail = std::move(log_detail)};
}

}  // namespace brug::storage
