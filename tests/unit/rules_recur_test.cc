#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "proto/rules/recur.h"
#include "tests/unit/rules_steps.h"

namespace brug::rules {
namespace {

using std::chrono::days;
using testing::ElementsAre;

std::vector<std::string> FirstDays(const v1::Step& step, const char* from, int count) {
  std::vector<std::string> found;
  auto day = NextOn(step, DayOf(from));
  for (; day && static_cast<int>(found.size()) < count; day = NextOn(step, *day + days(1))) {
    found.push_back(ToIso(*day));
  }
  if (!day) found.push_back("no more");
  return found;
}

// What a day on the calendar must be, said without arithmetic on spans: the contract's words, one kind a
// line.
bool IsOccurrence(const v1::Step& step, Day day) {
  if (day < *ToDay(step.begins_on())) return false;
  if (step.has_ends_on() && day > *ToDay(step.ends_on())) return false;
  const v1::Date date = ToDate(day);
  const v1::Recurrence& recurrence = step.recurrence();
  if (recurrence.has_once()) {
    return !recurrence.once().has_date() || ToIso(*ToDay(recurrence.once().date())) == ToIso(day);
  }
  if (recurrence.has_on_weekdays()) {
    static const v1::Weekday kFromSunday[] = {
        v1::WEEKDAY_SUNDAY,   v1::WEEKDAY_MONDAY, v1::WEEKDAY_TUESDAY, v1::WEEKDAY_WEDNESDAY,
        v1::WEEKDAY_THURSDAY, v1::WEEKDAY_FRIDAY, v1::WEEKDAY_SATURDAY};
    const auto weekday = kFromSunday[std::chrono::weekday(day).c_encoding()];
    for (const int chosen : recurrence.on_weekdays().weekdays()) {
      if (chosen == weekday) return true;
    }
    return false;
  }
  if (recurrence.has_times_a_week()) return true;
  if (recurrence.has_every_days()) {
    Day count = *ToDay(step.begins_on());
    while (count < day) count += days(recurrence.every_days().days());
    return count == day;
  }
  const bool is_last_of_month = ToDate(day + days(1)).month() != date.month();
  return date.day() == recurrence.monthly_on().day() ||
         (is_last_of_month && date.day() < recurrence.monthly_on().day());
}

TEST(Recurrence, OnceWithADateFallsOnThatDateAlone) {
  EXPECT_THAT(FirstDays(StepFrom("2026-01-01", OnceOn("2026-03-05")), "2026-01-01", 3),
              ElementsAre("2026-03-05", "no more"));
  EXPECT_THAT(FirstDays(StepFrom("2026-01-01", OnceOn("2026-03-05")), "2026-03-06", 3),
              ElementsAre("no more"));
}

TEST(Recurrence, OnceWithoutADateFallsOnAnyDay) {
  EXPECT_THAT(FirstDays(StepFrom("2026-01-01", OnceAnyDay(), "2026-01-02"), "2025-12-01", 3),
              ElementsAre("2026-01-01", "2026-01-02", "no more"));
}

TEST(Recurrence, WeekdaysFallOnThoseDays) {
  const auto step = StepFrom("2026-11-19", OnWeekdays({v1::WEEKDAY_SUNDAY, v1::WEEKDAY_TUESDAY}));
  EXPECT_THAT(FirstDays(step, "2026-01-01", 4),
              ElementsAre("2026-11-22", "2026-11-24", "2026-11-29", "2026-12-01"));
}

TEST(Recurrence, TimesAWeekFallOnAnyDay) {
  EXPECT_THAT(FirstDays(StepFrom("2026-11-21", TimesAWeek(2)), "2026-01-01", 2),
              ElementsAre("2026-11-21", "2026-11-22"));
}

TEST(Recurrence, EveryDaysAreCountedFromTheDayTheStepBegins) {
  const auto step = StepFrom("2026-02-27", EveryDays(3));
  EXPECT_THAT(FirstDays(step, "2026-02-28", 3), ElementsAre("2026-03-02", "2026-03-05", "2026-03-08"));
  EXPECT_THAT(FirstDays(StepFrom("2026-02-27", EveryDays(366)), "2026-02-28", 1), ElementsAre("2027-02-28"));
}

TEST(Recurrence, MonthlyFallsOnTheLastDayOfAShorterMonth) {
  EXPECT_THAT(FirstDays(StepFrom("2027-12-15", MonthlyOn(31)), "2027-12-15", 5),
              ElementsAre("2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"));
  EXPECT_THAT(FirstDays(StepFrom("2027-01-30", MonthlyOn(29)), "2027-01-30", 2),
              ElementsAre("2027-02-28", "2027-03-29"));
  EXPECT_THAT(FirstDays(StepFrom("2100-02-01", MonthlyOn(30)), "2100-02-01", 1), ElementsAre("2100-02-28"));
  EXPECT_THAT(FirstDays(StepFrom("2000-02-01", MonthlyOn(30)), "2000-02-01", 1), ElementsAre("2000-02-29"));
}

TEST(Recurrence, EndsWithTheCalendar) {
  EXPECT_THAT(FirstDays(StepFrom("2199-12-30", EveryDays(1)), "2199-12-30", 5),
              ElementsAre("2199-12-30", "2199-12-31", "no more"));
  EXPECT_THAT(FirstDays(StepFrom("2199-12-30", MonthlyOn(1)), "2199-12-30", 5), ElementsAre("no more"));
}

struct Refusal {
  const char* name;
  v1::Step step;
  Violation violation;
};

std::vector<Refusal> Refusals() {
  v1::Step without_begin = StepFrom("2026-01-01", EveryDays(1));
  without_begin.clear_begins_on();
  v1::Step without_recurrence = StepFrom("2026-01-01", EveryDays(1));
  without_recurrence.clear_recurrence();
  v1::Step bad_begin = StepFrom("2026-01-01", EveryDays(1));
  bad_begin.mutable_begins_on()->set_day(32);
  v1::Step bad_end = StepFrom("2026-01-01", EveryDays(1), "2026-02-01");
  bad_end.mutable_ends_on()->set_day(29);
  v1::Recurrence bad_once = OnceOn("2026-01-01");
  bad_once.mutable_once()->mutable_date()->set_month(13);

  const std::string weekdays = "recurrence.on_weekdays.weekdays";
  return {
      {"no recurrence", without_recurrence, {v1::ERROR_REASON_MISSING, "recurrence"}},
      {"no kind", StepFrom("2026-01-01", {}), {v1::ERROR_REASON_MISSING, "recurrence"}},
      {"no weekday", StepFrom("2026-01-01", OnWeekdays({})), {v1::ERROR_REASON_MISSING, weekdays}},
      {"weekday not said",
       StepFrom("2026-01-01", OnWeekdays({1, 0})),
       {v1::ERROR_REASON_OUT_OF_RANGE, weekdays + "[1]"}},
      {"eighth weekday",
       StepFrom("2026-01-01", OnWeekdays({8})),
       {v1::ERROR_REASON_OUT_OF_RANGE, weekdays + "[0]"}},
      {"weekday below",
       StepFrom("2026-01-01", OnWeekdays({-1})),
       {v1::ERROR_REASON_OUT_OF_RANGE, weekdays + "[0]"}},
      {"weekday twice",
       StepFrom("2026-01-01", OnWeekdays({1, 2, 1})),
       {v1::ERROR_REASON_OUT_OF_RANGE, weekdays + "[2]"}},
      {"0 times",
       StepFrom("2026-01-01", TimesAWeek(0)),
       {v1::ERROR_REASON_OUT_OF_RANGE, "recurrence.times_a_week.times"}},
      {"8 times",
       StepFrom("2026-01-01", TimesAWeek(8)),
       {v1::ERROR_REASON_OUT_OF_RANGE, "recurrence.times_a_week.times"}},
      {"every 0",
       StepFrom("2026-01-01", EveryDays(0)),
       {v1::ERROR_REASON_OUT_OF_RANGE, "recurrence.every_days.days"}},
      {"every 367",
       StepFrom("2026-01-01", EveryDays(367)),
       {v1::ERROR_REASON_OUT_OF_RANGE, "recurrence.every_days.days"}},
      {"the 0th",
       StepFrom("2026-01-01", MonthlyOn(0)),
       {v1::ERROR_REASON_OUT_OF_RANGE, "recurrence.monthly_on.day"}},
      {"the 32nd",
       StepFrom("2026-01-01", MonthlyOn(32)),
       {v1::ERROR_REASON_OUT_OF_RANGE, "recurrence.monthly_on.day"}},
      {"no such date",
       StepFrom("2026-01-01", bad_once),
       {v1::ERROR_REASON_NO_SUCH_DAY, "recurrence.once.date"}},
      {"no begin", without_begin, {v1::ERROR_REASON_MISSING, "begins_on"}},
      {"no such begin", bad_begin, {v1::ERROR_REASON_NO_SUCH_DAY, "begins_on"}},
      {"no such end", bad_end, {v1::ERROR_REASON_NO_SUCH_DAY, "ends_on"}},
      {"ends before",
       StepFrom("2026-01-02", EveryDays(1), "2026-01-01"),
       {v1::ERROR_REASON_NEVER_DUE, "ends_on"}},
      {"date before",
       StepFrom("2026-01-02", OnceOn("2026-01-01")),
       {v1::ERROR_REASON_NEVER_DUE, "recurrence.once.date"}},
      {"date after",
       StepFrom("2026-01-02", OnceOn("2026-01-04"), "2026-01-03"),
       {v1::ERROR_REASON_NEVER_DUE, "recurrence.once.date"}},
      {"no Monday",
       StepFrom("2026-11-17", OnWeekdays({v1::WEEKDAY_MONDAY}), "2026-11-22"),
       {v1::ERROR_REASON_NEVER_DUE, "recurrence"}},
      {"no 1st",
       StepFrom("2026-11-02", MonthlyOn(1), "2026-11-30"),
       {v1::ERROR_REASON_NEVER_DUE, "recurrence"}},
  };
}

TEST(Recurrence, WhatIsWrongIsSaidWithItsPlace) {
  for (const Refusal& refusal : Refusals()) {
    const auto violation = CheckRecurrence(refusal.step);
    ASSERT_TRUE(violation) << refusal.name;
    EXPECT_EQ(v1::ErrorReason_Name(violation->reason), v1::ErrorReason_Name(refusal.violation.reason))
        << refusal.name;
    EXPECT_EQ(violation->field, refusal.violation.field) << refusal.name;
  }
}

TEST(Recurrence, WhatIsRefusedNeverFalls) {
  for (const Refusal& refusal : Refusals()) {
    EXPECT_EQ(NextOn(refusal.step, DayOf("1900-01-01")), std::nullopt) << refusal.name;
    EXPECT_FALSE(FallsOn(refusal.step, DayOf("2026-01-02"))) << refusal.name;
  }
}

TEST(Recurrence, TheWidestOfEachKindIsAccepted) {
  for (const v1::Recurrence& recurrence :
       {OnWeekdays({7, 6, 5, 4, 3, 2, 1}), TimesAWeek(1), TimesAWeek(7), EveryDays(1), EveryDays(366),
        MonthlyOn(1), MonthlyOn(31), OnceAnyDay(), OnceOn("2026-01-01")}) {
    EXPECT_EQ(CheckRecurrence(StepFrom("2026-01-01", recurrence, "2026-12-31")), std::nullopt)
        << recurrence.ShortDebugString();
  }
}

RC_GTEST_PROP(Recurrence, FallsOnTheDaysThatTheContractNames, ()) {
  const v1::Step step = *AnyStep();
  const Day day = *AnyDay();
  RC_PRE(!CheckRecurrence(step));
  RC_ASSERT(FallsOn(step, day) == IsOccurrence(step, day));
}

RC_GTEST_PROP(Recurrence, NextIsTheFirstDayThatItFallsOn, ()) {
  const v1::Step step = *AnyStep();
  const Day from = *AnyDay();
  const auto next = NextOn(step, from);
  for (Day day = from; day < from + days(1200); day += days(1)) {
    RC_ASSERT(FallsOn(step, day) == (next == day));
    if (next == day) return;
  }
  RC_ASSERT(!next.has_value() || *next >= from + days(1200));
}

RC_GTEST_PROP(Recurrence, IsRefusedJustWhenItHasNoOccurrence, ()) {
  const v1::Step step = *AnyStep();
  RC_PRE(step.has_ends_on());
  bool falls = false;
  for (Day day = *ToDay(step.begins_on()); day <= *ToDay(step.ends_on()); day += days(1)) {
    falls = falls || IsOccurrence(step, day);
  }
  const auto violation = CheckRecurrence(step);
  RC_CLASSIFY(!falls, "never due");
  RC_ASSERT(violation.has_value() == !falls);
  if (violation) RC_ASSERT(violation->reason == v1::ERROR_REASON_NEVER_DUE);
}

RC_GTEST_PROP(Recurrence, MonthlyFallsOnceInEveryMonth, ()) {
  const int monthly_on = *AnyInt(1, 32);
  const v1::Step step = StepFrom("1900-01-01", MonthlyOn(monthly_on));
  const auto month =
      std::chrono::year(*AnyInt(1900, 2200)) / std::chrono::month(static_cast<unsigned>(*AnyInt(1, 13)));
  int falls = 0;
  for (Day day{month / 1}; day <= Day(month / std::chrono::last); day += days(1))
    falls += FallsOn(step, day) ? 1 : 0;
  RC_ASSERT(falls == 1);
}

}  // namespace
}  // namespace brug::rules
