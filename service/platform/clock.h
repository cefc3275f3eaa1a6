#pragma once

#include <chrono>

namespace brug::platform {

// Where the time comes from. Safe from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  // The instant, in microseconds since the Unix epoch. May jump: order between people never hangs on it
  // alone.
  [[nodiscard]] virtual std::chrono::sys_time<std::chrono::microseconds> Now() const = 0;
};

// The machine's clock.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::sys_time<std::chrono::microseconds> Now() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
};

}  // namespace brug::platform
