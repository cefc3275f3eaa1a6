#pragma once

#include "client-sdk/src/sync/clock.h"
#include "proto/rules/date.h"
#include "service/platform/clock.h"

namespace brug::simulation {

// What time it really is in a simulation.
struct Time {
  // Saturday 21 November 2026, 12:00 UTC.
  rules::Instant now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + std::chrono::hours(12);
};

// A machine's clock: the time, and how far it is off.
class SkewedTime {
 public:
  explicit SkewedTime(const Time& time) : time_(time) {}
  [[nodiscard]] rules::Instant Read() const { return time_.now + skew; }

  std::chrono::microseconds skew{0};

 private:
  const Time& time_;
};

class ServiceClock final : public platform::Clock, public SkewedTime {
 public:
  using SkewedTime::SkewedTime;
  [[nodiscard]] rules::Instant Now() const override { return Read() + planted; }

  // What a planted fault adds, and whoever looks on does not.
  std::chrono::microseconds planted{0};
};

class DeviceClock final : public sdk::Clock, public SkewedTime {
 public:
  using SkewedTime::SkewedTime;
  [[nodiscard]] rules::Instant Now() const override { return Read(); }
};

}  // namespace brug::simulation
