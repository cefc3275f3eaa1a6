#pragma once

#include "proto/rules/date.h"

namespace brug::sdk {

// What time the device thinks it is. It may be wrong and may jump; nothing between people is decided by it.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual rules::Instant Now() const = 0;
};

// The device's own clock. Thread safety: any number of threads.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] rules::Instant Now() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
};

}  // namespace brug::sdk
