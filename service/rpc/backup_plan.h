#pragma once

#include <algorithm>
#include <cstdint>
#include <mutex>

namespace brug::rpc {

// When the next backup of a schedule is due.
//
//   due <= now + interval, whatever the clock did since the last one
//
// Thread safety: any number of threads.
class BackupPlan {
 public:
  // `last_us` is when the newest was begun; 0 when there is none.
  BackupPlan(std::int64_t interval_us, std::int64_t last_us)
      : interval_us_(interval_us), due_us_(last_us + interval_us) {}

  [[nodiscard]] bool IsDue(std::int64_t now_us) {
    const std::lock_guard lock(mutex_);
    // A clock that is put back must not keep the next one away.
    due_us_ = std::min(due_us_, now_us + interval_us_);
    return due_us_ <= now_us;
  }
  void Made(std::int64_t begun_us) { SetDue(begun_us + interval_us_); }
  // After one that could not be made the next try comes soon.
  void Failed(std::int64_t now_us) { SetDue(now_us + std::min(interval_us_, kRetryUs)); }

 private:
  static constexpr std::int64_t kRetryUs = 10LL * 60 * 1'000'000;

  void SetDue(std::int64_t due_us) {
    const std::lock_guard lock(mutex_);
    due_us_ = due_us;
  }

  const std::int64_t interval_us_;
  std::mutex mutex_;
  std::int64_t due_us_;
};

}  // namespace brug::rpc
