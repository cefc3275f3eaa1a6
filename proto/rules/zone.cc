#include "proto/rules/zone.h"

#include <algorithm>
#include <utility>

#include "proto/rules/require.h"

namespace brug::rules {
namespace {

using Periods = std::vector<ZonePeriod>;

// What the wall clock shows, counted as if it were UTC.
using WallClock = Instant;

bool IsTimeline(const Periods& periods) {
  const auto far = [](const ZonePeriod& period) { return std::chrono::abs(period.offset) > kZoneOffsetMax; };
  const auto not_later = [](const ZonePeriod& a, const ZonePeriod& b) { return b.begin <= a.begin; };
  return !periods.empty() && std::ranges::none_of(periods, far) &&
         std::ranges::adjacent_find(periods, not_later) == periods.end();
}

Periods::const_iterator PeriodAt(const Periods& periods, Instant instant) {
  const auto next = std::ranges::upper_bound(periods, instant, {}, &ZonePeriod::begin);
  return next == periods.begin() ? next : std::prev(next);
}

WallClock WallClockAt(const Zone& zone, Instant instant) {
  return instant + PeriodAt(zone.periods(), instant)->offset;
}

Instant FirstShowing(const Periods& periods, WallClock wall) {
  auto period = PeriodAt(periods, wall - kZoneOffsetMax);
  while (std::next(period) != periods.end() && std::next(period)->begin + period->offset <= wall) ++period;
  const Instant showing = wall - period->offset;
  return period == periods.begin() ? showing : std::max(showing, period->begin);
}

}  // namespace

Zone::Zone() : Zone({{.begin = Instant{}, .offset = std::chrono::seconds(0)}}) {}

Zone::Zone(std::vector<ZonePeriod> periods)
    : periods_(std::make_shared<const std::vector<ZonePeriod>>(std::move(periods))) {
  Require(IsTimeline(*periods_), "the periods of a zone follow each other and stay near UTC");
}

Day LocalDay(const Zone& zone, Instant instant) {
  return std::chrono::floor<std::chrono::days>(WallClockAt(zone, instant));
}

v1::TimeOfDay LocalTime(const Zone& zone, Instant instant) {
  const WallClock wall = WallClockAt(zone, instant);
  const auto minutes =
      std::chrono::floor<std::chrono::minutes>(wall - std::chrono::floor<std::chrono::days>(wall));
  v1::TimeOfDay time;
  time.set_hour(static_cast<int>(minutes.count() / 60));
  time.set_minute(static_cast<int>(minutes.count() % 60));
  return time;
}

Instant InstantAt(const Zone& zone, Day day, const v1::TimeOfDay& time) {
  Require(IsTimeOfDay(time), "a time of day is 00:00 to 23:59");
  return FirstShowing(zone.periods(),
                      WallClock(day) + std::chrono::hours(time.hour()) + std::chrono::minutes(time.minute()));
}

bool HasDay(const Zone& zone, Day day) { return LocalDay(zone, FirstShowing(zone.periods(), day)) == day; }

bool IsTimeOfDay(const v1::TimeOfDay& time) {
  return time.hour() >= 0 && time.hour() <= 23 && time.minute() >= 0 && time.minute() <= 59;
}

}  // namespace brug::rules
