#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <ctime>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "proto/rules/zone.h"
#include "proto/zones/zones.h"
#include "tests/unit/rules_steps.h"

namespace brug::rules {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;

v1::TimeOfDay TimeOf(int hour, int minute) {
  v1::TimeOfDay time;
  time.set_hour(hour);
  time.set_minute(minute);
  return time;
}

Zone ZoneOf(const char* name) { return zones::LoadZone(name).value(); }

// "2026-03-29 01:00" of UTC.
std::string Text(Instant instant) {
  const Day day = std::chrono::floor<days>(instant);
  const auto minute = std::chrono::floor<minutes>(instant - day).count();
  char text[32];
  std::snprintf(text, sizeof text, "%s %02d:%02d", ToIso(day).c_str(), static_cast<int>(minute / 60),
                static_cast<int>(minute % 60));
  return text;
}

std::string When(const Zone& zone, const char* day, int hour, int minute) {
  return Text(InstantAt(zone, DayOf(day), TimeOf(hour, minute)));
}

// "2026-03-29 03:00" of the zone.
std::string Shown(const Zone& zone, Instant instant) {
  const v1::TimeOfDay time = LocalTime(zone, instant);
  return Text(Instant(LocalDay(zone, instant)) + std::chrono::hours(time.hour()) + minutes(time.minute()));
}

// The C library's own reading of tzdata: what it says that UTC + offset is at `instant`.
class CLibraryZone {
 public:
  explicit CLibraryZone(const std::string& name) {
    setenv("TZ", (":" + name).c_str(), 1);
    tzset();
  }
  ~CLibraryZone() {
    unsetenv("TZ");
    tzset();
  }
  [[nodiscard]] seconds OffsetAt(Instant instant) const {
    const std::time_t time = std::chrono::floor<seconds>(instant).time_since_epoch().count();
    std::tm local{};
    localtime_r(&time, &local);
    return seconds(local.tm_gmtoff);
  }
};

// A zone of up to six changes, at least 4 days apart: of up to 3 hours, or now and then of more than a day,
// which puts the clock over a whole day.
rc::Gen<Zone> AnyZone() {
  return rc::gen::exec([] {
    std::vector<ZonePeriod> periods;
    Instant begin = Instant(DayOf("2026-01-01"));
    const int count = *AnyInt(1, 7);
    for (int i = 0; i < count; ++i) {
      const int side = i % 2 == 0 ? -1 : 1;
      const int far_minutes = *rc::gen::weightedElement<int>({{1, 0}, {1, side * 24 * 60}});
      periods.push_back({.begin = begin, .offset = minutes(*AnyInt(-90, 91) + far_minutes)});
      begin += minutes(*AnyInt(4 * 24 * 60, 30 * 24 * 60));
    }
    return Zone(periods);
  });
}

// Within two days of one of the zone's changes.
Instant AnyMinute(const Zone& zone) {
  const ZonePeriod period = *rc::gen::elementOf(zone.periods());
  return period.begin + minutes(*AnyInt(-2 * 24 * 60, 2 * 24 * 60));
}

TEST(Zone, IsUtcWhenNothingIsSaid) {
  EXPECT_EQ(When(Zone(), "2026-11-21", 9, 30), "2026-11-21 09:30");
  EXPECT_EQ(LocalDay(Zone(), Instant(DayOf("1969-12-31")) + 23h), DayOf("1969-12-31"));
}

TEST(Zone, TheFirstPeriodHoldsBeforeItTooAndTheLastForEver) {
  const Zone zone({{.begin = Instant(DayOf("2026-01-01")), .offset = 1h},
                   {.begin = Instant(DayOf("2026-02-01")), .offset = 2h}});
  EXPECT_EQ(When(zone, "1900-01-01", 0, 0), "1899-12-31 23:00");
  EXPECT_EQ(When(zone, "2199-12-31", 0, 0), "2199-12-30 22:00");
  EXPECT_EQ(LocalDay(zone, Instant(DayOf("2199-12-31")) - 2h), DayOf("2199-12-31"));
}

TEST(ZoneDeathTest, RefusesPeriodsThatAreNoTimeline) {
  const Instant new_year(DayOf("2026-01-01"));
  EXPECT_DEATH(Zone(std::vector<ZonePeriod>{}), "periods of a zone");
  EXPECT_DEATH(Zone({{.begin = new_year, .offset = 0h}, {.begin = new_year, .offset = 1h}}),
               "periods of a zone");
  EXPECT_DEATH(Zone({{.begin = new_year, .offset = 26h + 1s}}), "periods of a zone");
  EXPECT_DEATH((void)InstantAt(Zone(), DayOf("2026-01-01"), TimeOf(24, 0)), "time of day");
}

TEST(Zone, ATimeOfDayIsWithinOneDay) {
  for (const auto& [hour, minute] : {std::pair(0, 0), std::pair(23, 59)})
    EXPECT_TRUE(IsTimeOfDay(TimeOf(hour, minute)));
  for (const auto& [hour, minute] :
       {std::pair(24, 0), std::pair(-1, 0), std::pair(0, 60), std::pair(0, -1)}) {
    EXPECT_FALSE(IsTimeOfDay(TimeOf(hour, minute)));
  }
}

TEST(Zone, AmsterdamSkipsAnHourInMarch) {
  const Zone zone = ZoneOf("Europe/Amsterdam");
  EXPECT_EQ(When(zone, "2026-03-29", 1, 59), "2026-03-29 00:59");
  for (const int minute : {0, 30, 59}) EXPECT_EQ(When(zone, "2026-03-29", 2, minute), "2026-03-29 01:00");
  EXPECT_EQ(When(zone, "2026-03-29", 3, 0), "2026-03-29 01:00");
  EXPECT_EQ(When(zone, "2026-03-29", 3, 1), "2026-03-29 01:01");
  EXPECT_EQ(Shown(zone, InstantAt(zone, DayOf("2026-03-29"), TimeOf(2, 30))), "2026-03-29 03:00");
  EXPECT_EQ(LocalDay(zone, Instant(DayOf("2026-03-29")) + 21h + 59min), DayOf("2026-03-29"));
  EXPECT_EQ(LocalDay(zone, Instant(DayOf("2026-03-29")) + 22h), DayOf("2026-03-30"));
}

TEST(Zone, AmsterdamHasAnHourTwiceInOctoberAndTheEarlierCounts) {
  const Zone zone = ZoneOf("Europe/Amsterdam");
  EXPECT_EQ(When(zone, "2026-10-25", 2, 0), "2026-10-25 00:00");
  EXPECT_EQ(When(zone, "2026-10-25", 2, 30), "2026-10-25 00:30");
  EXPECT_EQ(When(zone, "2026-10-25", 2, 59), "2026-10-25 00:59");
  EXPECT_EQ(When(zone, "2026-10-25", 3, 0), "2026-10-25 02:00");
  EXPECT_EQ(Shown(zone, Instant(DayOf("2026-10-25")) + 30min), "2026-10-25 02:30");
  EXPECT_EQ(Shown(zone, Instant(DayOf("2026-10-25")) + 1h + 30min), "2026-10-25 02:30");
}

TEST(Zone, SaoPauloLostItsMidnightOnceAYearAndDoesSoNoMore) {
  const Zone zone = ZoneOf("America/Sao_Paulo");
  // Midnight of 4 November 2018 did not come; the day began at one.
  EXPECT_EQ(When(zone, "2018-11-04", 0, 0), "2018-11-04 03:00");
  EXPECT_EQ(When(zone, "2018-11-04", 0, 30), "2018-11-04 03:00");
  EXPECT_EQ(Shown(zone, InstantAt(zone, DayOf("2018-11-04"), TimeOf(0, 0))), "2018-11-04 01:00");
  EXPECT_TRUE(HasDay(zone, DayOf("2018-11-04")));
  // The last hour of 17 February 2018 came twice.
  EXPECT_EQ(When(zone, "2018-02-17", 23, 30), "2018-02-18 01:30");
  EXPECT_EQ(LocalDay(zone, Instant(DayOf("2018-02-18")) + 2h + 30min), DayOf("2018-02-17"));
  EXPECT_EQ(When(zone, "2018-02-18", 0, 0), "2018-02-18 03:00");
  // Since 2019 neither.
  EXPECT_EQ(When(zone, "2026-11-01", 0, 0), "2026-11-01 03:00");
  EXPECT_EQ(When(zone, "2026-02-15", 0, 0), "2026-02-15 03:00");
}

TEST(Zone, ApiaSkippedADay) {
  const Zone zone = ZoneOf("Pacific/Apia");
  EXPECT_TRUE(HasDay(zone, DayOf("2011-12-29")));
  EXPECT_FALSE(HasDay(zone, DayOf("2011-12-30")));
  EXPECT_TRUE(HasDay(zone, DayOf("2011-12-31")));
  EXPECT_EQ(LocalDay(zone, Instant(DayOf("2011-12-30")) + 9h + 59min), DayOf("2011-12-29"));
  EXPECT_EQ(LocalDay(zone, Instant(DayOf("2011-12-30")) + 10h), DayOf("2011-12-31"));
  EXPECT_EQ(When(zone, "2011-12-30", 9, 0), "2011-12-30 10:00");
  EXPECT_EQ(When(zone, "2011-12-31", 0, 0), "2011-12-30 10:00");
}

RC_GTEST_PROP(Zone, AWallClockShowsATimeFromTheFirstInstantAtWhichItShowsThatOrLater, ()) {
  const Zone zone = *AnyZone();
  const Day day = LocalDay(zone, AnyMinute(zone));
  const v1::TimeOfDay time = TimeOf(*AnyInt(0, 24), *AnyInt(0, 60));
  const auto wall = Instant(day) + std::chrono::hours(time.hour()) + minutes(time.minute());
  const auto shows_it = [&](Instant instant) {
    const v1::TimeOfDay shown = LocalTime(zone, instant);
    return Instant(LocalDay(zone, instant)) + std::chrono::hours(shown.hour()) + minutes(shown.minute()) >=
           wall;
  };
  Instant first = wall - 30h;
  while (!shows_it(first)) first += 1min;
  RC_ASSERT(InstantAt(zone, day, time) == first);
}

RC_GTEST_PROP(Zone, WhatTheClockShowsLeadsBackToThatInstantOrAnEarlierOneThatShowsTheSame, ()) {
  const Zone zone = *AnyZone();
  const Instant instant = AnyMinute(zone);
  const Instant back = InstantAt(zone, LocalDay(zone, instant), LocalTime(zone, instant));
  RC_ASSERT(back <= instant);
  RC_ASSERT(Shown(zone, back) == Shown(zone, instant));
}

RC_GTEST_PROP(Zone, ADayIsMissingJustWhenNoMinuteOfItCame, ()) {
  const Zone zone = *AnyZone();
  int missing = 0;
  for (const ZonePeriod& period : zone.periods()) {
    std::set<Day> came;
    for (Instant at = period.begin - days(5); at < period.begin + days(5); at += 1min)
      came.insert(LocalDay(zone, at));
    for (int i = -2; i <= 2; ++i) {
      const Day day = std::chrono::floor<days>(period.begin) + days(i);
      RC_ASSERT(HasDay(zone, day) == came.contains(day));
      missing += came.contains(day) ? 0 : 1;
    }
  }
  RC_CLASSIFY(missing > 0, "missing");
}

TEST(LoadZone, KnowsIanaNamesAndNothingElse) {
  for (const char* name :
       {"Europe/Amsterdam", "UTC", "Etc/GMT+5", "America/Argentina/Buenos_Aires", "Asia/Kolkata"}) {
    EXPECT_TRUE(zones::LoadZone(name).has_value()) << name;
  }
  for (const char* name : {"",
                           "Europe",
                           "Europe/Nowhere",
                           "europe/amsterdam",
                           "/usr/share/zoneinfo/Europe/Amsterdam",
                           "../zoneinfo/UTC",
                           "Europe/../UTC",
                           "./UTC",
                           "posix/UTC",
                           "right/UTC",
                           "localtime",
                           "posixrules",
                           "Factory",
                           "Fixed/UTC+01:00:00",
                           "file:UTC",
                           "UTC ",
                           "Europe/Amsterdam\n",
                           "zone.tab",
                           "tzdata.zi",
                           "CET-1CEST,M3.5.0,M10.5.0/3"}) {
    EXPECT_FALSE(zones::LoadZone(name).has_value()) << name;
  }
  EXPECT_FALSE(zones::LoadZone(std::string_view("UTC\0", 4)).has_value());
  EXPECT_FALSE(zones::LoadZone(std::string(5000, 'A')).has_value());
}

TEST(LoadZone, AgreesWithTheCLibraryAtEveryChangeFrom1970To2199) {
  const std::vector<const char*> names = {
      "Europe/Amsterdam",  "Europe/Dublin",    "Europe/London",       "America/New_York", "America/Sao_Paulo",
      "America/Nuuk",      "America/St_Johns", "Africa/Casablanca",   "Africa/Cairo",     "Asia/Gaza",
      "Asia/Jerusalem",    "Asia/Kathmandu",   "Australia/Lord_Howe", "Pacific/Apia",     "Pacific/Chatham",
      "Pacific/Kwajalein", "Antarctica/Troll", "America/Curacao",     "Asia/Tehran",      "UTC"};
  int changes = 0;
  for (const char* name : names) {
    const Zone zone = ZoneOf(name);
    const CLibraryZone c_library(name);
    const auto& periods = zone.periods();
    EXPECT_EQ(periods.front().begin, Instant{}) << name;
    for (std::size_t i = 0; i < periods.size(); ++i) {
      ASSERT_EQ(c_library.OffsetAt(periods[i].begin), periods[i].offset)
          << name << " " << Text(periods[i].begin);
      if (i == 0) continue;
      ASSERT_EQ(c_library.OffsetAt(periods[i].begin - 1s), periods[i - 1].offset)
          << name << " " << Text(periods[i].begin);
      ++changes;
    }
  }
  EXPECT_GT(changes, 3'000);
}

TEST(LoadZone, MissesNoChangeThatTheCLibrarySees) {
  for (const char* name : {"Europe/Amsterdam", "America/Nuuk", "Africa/Casablanca", "Australia/Lord_Howe"}) {
    const Zone zone = ZoneOf(name);
    const CLibraryZone c_library(name);
    auto period = zone.periods().begin();
    for (Instant at = Instant(DayOf("1970-01-01")); at < Instant(DayOf("2199-12-31")); at += 6h) {
      while (std::next(period) != zone.periods().end() && std::next(period)->begin <= at) ++period;
      ASSERT_EQ(c_library.OffsetAt(at), period->offset) << name << " " << Text(at);
    }
  }
}

TEST(LoadZone, SummerTimeGoesOnAfter2037) {
  const Zone zone = ZoneOf("Europe/Amsterdam");
  EXPECT_EQ(When(zone, "2038-07-01", 9, 0), "2038-07-01 07:00");
  EXPECT_EQ(When(zone, "2199-07-01", 9, 0), "2199-07-01 07:00");
  EXPECT_EQ(When(zone, "2199-12-01", 9, 0), "2199-12-01 08:00");
}

TEST(LoadZone, AnswersManyThreadsAlike) {
  std::vector<std::thread> threads;
  std::vector<std::size_t> sizes(8);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    threads.emplace_back([&sizes, i] {
      const zones::SystemZones zones;
      for (const char* name : {"Europe/Lisbon", "Europe/Madrid", "Europe/Paris"}) {
        sizes[i] += zones.FindZone(name)->periods().size();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::size_t size : sizes) EXPECT_EQ(size, sizes.front());
  EXPECT_GT(sizes.front(), 1'000U);
}

}  // namespace
}  // namespace brug::rules
