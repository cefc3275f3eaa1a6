#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "brug/v1/civil.pb.h"
#include "proto/rules/date.h"

// Time zones as data: which day and what time it is for a person, and when a wall clock shows a time. Pure;
// safe from any thread. Where zones come from is the caller's matter: ZoneReader.
namespace brug::rules {

// From `begin` until the next period begins, local time = UTC + `offset`.
struct ZonePeriod {
  Instant begin;
  std::chrono::seconds offset;

  friend bool operator==(const ZonePeriod&, const ZonePeriod&) = default;
};

// No zone is further from UTC than this.
inline constexpr std::chrono::hours kZoneOffsetMax{26};

// One time zone. Periods are sorted, each begins later than the one before, and together they cover all time:
// the first also holds for whatever was before it, the last for whatever comes after. Cheap to copy; never
// changes.
class Zone {
 public:
  // UTC.
  Zone();
  // `periods` as the invariant says, at least one, each offset at most kZoneOffsetMax either way: anything
  // else is a programmer's mistake.
  explicit Zone(std::vector<ZonePeriod> periods);

  [[nodiscard]] const std::vector<ZonePeriod>& periods() const { return *periods_; }

 private:
  std::shared_ptr<const std::vector<ZonePeriod>> periods_;
};

// Looks up time zones by their IANA name, as "Europe/Amsterdam"; nothing for a name it does not know.
class ZoneReader {
 public:
  virtual ~ZoneReader() = default;
  [[nodiscard]] virtual std::optional<Zone> FindZone(std::string_view iana_name) const = 0;
};

// The day that it is in `zone` at `instant`.
[[nodiscard]] Day LocalDay(const Zone& zone, Instant instant);

// What the wall clock of `zone` shows at `instant`; seconds are left out.
[[nodiscard]] v1::TimeOfDay LocalTime(const Zone& zone, Instant instant);

// When the wall clock of `zone` shows `time` on `day`: the first instant at which it shows that or something
// later.
//   - A time that comes twice, because the clock goes back: the earlier of the two.
//   - A time that never comes, because the clock goes forward: the first instant after the gap.
//   - A day that never comes (Pacific/Apia had no 30 December 2011): so too; LocalDay() of the answer is then
//   later.
// `time` must be one: IsTimeOfDay().
[[nodiscard]] Instant InstantAt(const Zone& zone, Day day, const v1::TimeOfDay& time);

// Whether `zone` has `day` at all; false only where the clock was moved over a whole day.
[[nodiscard]] bool HasDay(const Zone& zone, Day day);

// Hour 0 to 23 and minute 0 to 59.
[[nodiscard]] bool IsTimeOfDay(const v1::TimeOfDay& time);

}  // namespace brug::rules
