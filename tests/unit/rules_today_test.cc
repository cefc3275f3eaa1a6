#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "proto/rules/recur.h"
#include "proto/rules/today.h"
#include "proto/zones/zones.h"
#include "tests/unit/rules_steps.h"

namespace brug::rules {

inline std::ostream& operator<<(std::ostream& out, DayState state) {
  static const char* kNames[] = {"done", "tried", "skipped", "not expected", "not done", "unknown"};
  return out << kNames[static_cast<int>(state)];
}

inline std::ostream& operator<<(std::ostream& out, const Due& due) {
  static const char* kNames[] = {"this day", "any day", "this week", "still open"};
  return out << kNames[static_cast<int>(due.reason)] << " " << due.times_this_week << "/" << due.times_a_week;
}

namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using testing::ElementsAre;
using testing::Optional;

// ---- By hand. 2026-11-16 is a Monday.

DayTick On(const char* day, v1::TickState state) { return {.day = DayOf(day), .state = state}; }
DayTick DoneOn(const char* day) { return On(day, v1::TICK_STATE_DONE); }

PauseDays PauseOf(const char* from, const char* until) {
  return {.from = DayOf(from), .until = DayOf(until)};
}

StepDays DaysOf(const v1::Step& step, std::vector<DayTick> ticks = {}, std::vector<PauseDays> pauses = {}) {
  return {.step = step, .pauses = std::move(pauses), .ticks = std::move(ticks)};
}

DayState State(const StepDays& step_days, const char* day, const char* today = "2026-11-18") {
  return StateOf(step_days, DayOf(day), DayOf(today));
}

std::optional<Due> DueOnDay(const StepDays& step_days, const char* day) {
  return DueOn(step_days, DayOf(day));
}

std::string Iso(std::optional<Instant> instant) {
  if (!instant) return "none";
  const Day day = std::chrono::floor<days>(*instant);
  const auto minutes = std::chrono::floor<std::chrono::minutes>(*instant - day).count();
  char text[32];
  std::snprintf(text, sizeof text, "%s %02d:%02d", ToIso(day).c_str(), static_cast<int>(minutes / 60),
                static_cast<int>(minutes % 60));
  return text;
}

v1::Step Reminded(v1::Step step, int hour, int minute) {
  step.mutable_reminder()->set_hour(hour);
  step.mutable_reminder()->set_minute(minute);
  return step;
}

// ---- At random

StepDays AnyStepDays(const rc::Gen<v1::Step>& any_step = AnyStep()) {
  StepDays step_days{.step = Reminded(*any_step, *AnyInt(0, 24), *AnyInt(0, 60)), .pauses = {}, .ticks = {}};
  const Day begins_on = *ToDay(step_days.step.begins_on());
  const auto soon = [&] { return begins_on + days(*AnyInt(-5, 40)); };
  std::map<Day, v1::TickState> ticks;
  for (int i = *AnyInt(0, 12); i > 0; --i) {
    ticks[soon()] = static_cast<v1::TickState>(
        *AnyInt(static_cast<int>(v1::TICK_STATE_CLEARED), static_cast<int>(v1::TICK_STATE_DONE) + 1));
  }
  for (const auto& [day, state] : ticks) step_days.ticks.push_back({.day = day, .state = state});
  for (int i = *AnyInt(0, 3); i > 0; --i) {
    const Day from = soon();
    const int length = *AnyInt(-1, 15);
    step_days.pauses.push_back(
        {.from = from, .until = length < 0 ? std::nullopt : std::optional(from + days(length))});
  }
  return step_days;
}

// The days that AnyStepDays() may say something of, and some around them.
std::vector<Day> DaysNear(const StepDays& step_days) {
  std::vector<Day> near;
  for (int i = -8; i < 60; ++i) near.push_back(*ToDay(step_days.step.begins_on()) + days(i));
  return near;
}

Day AnyDayNear(const StepDays& step_days) {
  return *ToDay(step_days.step.begins_on()) + days(*AnyInt(-8, 60));
}

v1::TickState TickThat(const StepDays& step_days, Day day) {
  for (const DayTick& tick : step_days.ticks) {
    if (tick.day == day) return tick.state;
  }
  return v1::TICK_STATE_CLEARED;
}

bool IsTicked(const StepDays& step_days, Day day) {
  return TickThat(step_days, day) != v1::TICK_STATE_CLEARED;
}

bool Rests(const StepDays& step_days, Day day) {
  for (const PauseDays& pause : step_days.pauses) {
    for (Day resting = pause.from; resting <= pause.until.value_or(day); resting += days(1)) {
      if (resting == day) return true;
    }
  }
  return false;
}

bool IsEnough(const StepDays& step_days, Day day) {
  if (step_days.step.recurrence().has_once()) return CountDone(step_days) > 0;
  if (!step_days.step.recurrence().has_times_a_week()) return false;
  int times = 0;
  for (int i = 0; i < 7; ++i) {
    const v1::TickState state = TickThat(step_days, MondayOf(day) + days(i));
    times += state == v1::TICK_STATE_DONE || state == v1::TICK_STATE_TRIED ? 1 : 0;
  }
  return times >= step_days.step.recurrence().times_a_week().times();
}

// ---- How a day looks

TEST(DayState, OfADailyStepIsWhatWasSaidAndUnknownWhereNothingWas) {
  const StepDays step_days =
      DaysOf(StepFrom("2026-11-12", EveryDays(1), "2026-11-20"),
             {DoneOn("2026-11-13"), On("2026-11-14", v1::TICK_STATE_TRIED),
              On("2026-11-15", v1::TICK_STATE_SKIPPED), On("2026-11-16", v1::TICK_STATE_CLEARED)});
  const std::pair<const char*, DayState> cases[] = {
      {"2026-11-11", DayState::kNotExpected}, {"2026-11-12", DayState::kUnknown},
      {"2026-11-13", DayState::kDone},        {"2026-11-14", DayState::kTried},
      {"2026-11-15", DayState::kSkipped},     {"2026-11-16", DayState::kUnknown},
      {"2026-11-17", DayState::kUnknown},     {"2026-11-18", DayState::kNotDone},
      {"2026-11-20", DayState::kNotDone},     {"2026-11-21", DayState::kNotExpected},
  };
  for (const auto& [day, state] : cases) EXPECT_EQ(State(step_days, day), state) << day;
}

TEST(DayState, OfAWeekThatHasItsTimesIsNotExpectedOnItsOtherDays) {
  const v1::Step step = StepFrom("2026-11-01", TimesAWeek(2));
  const StepDays step_days =
      DaysOf(step, {DoneOn("2026-11-09"), DoneOn("2026-11-17"), On("2026-11-19", v1::TICK_STATE_TRIED)});
  EXPECT_EQ(State(step_days, "2026-11-10"), DayState::kUnknown);      // one of two that week
  EXPECT_EQ(State(step_days, "2026-11-16"), DayState::kNotExpected);  // two of two
  EXPECT_EQ(State(step_days, "2026-11-22"), DayState::kNotExpected);
  EXPECT_EQ(State(step_days, "2026-11-23"), DayState::kNotDone);  // the next week
}

TEST(DayState, OfAStepForOnceIsNotExpectedOnceItIsDone) {
  EXPECT_EQ(State(DaysOf(StepFrom("2026-11-01", OnceAnyDay()), {DoneOn("2026-11-10")}), "2026-11-05"),
            DayState::kNotExpected);
  EXPECT_EQ(State(DaysOf(StepFrom("2026-11-01", OnceAnyDay()), {DoneOn("2026-11-10")}), "2026-11-18"),
            DayState::kNotExpected);
  EXPECT_EQ(State(DaysOf(StepFrom("2026-11-01", OnceOn("2026-11-12")), {DoneOn("2026-11-10")}), "2026-11-12"),
            DayState::kNotExpected);
  EXPECT_EQ(State(DaysOf(StepFrom("2026-11-01", OnceOn("2026-11-12"))), "2026-11-12"), DayState::kUnknown);
  EXPECT_EQ(State(DaysOf(StepFrom("2026-11-01", OnceOn("2026-11-12"))), "2026-11-13"),
            DayState::kNotExpected);
}

TEST(DayState, InAPauseIsNotExpectedButATickStillCounts) {
  const StepDays step_days = DaysOf(StepFrom("2026-11-01", EveryDays(1)), {DoneOn("2026-11-17")},
                                    {PauseOf("2026-11-16", "2026-11-19")});
  EXPECT_EQ(State(step_days, "2026-11-15"), DayState::kUnknown);
  EXPECT_EQ(State(step_days, "2026-11-16"), DayState::kNotExpected);
  EXPECT_EQ(State(step_days, "2026-11-17"), DayState::kDone);
  EXPECT_EQ(State(step_days, "2026-11-19"), DayState::kNotExpected);
  EXPECT_EQ(State(step_days, "2026-11-20"), DayState::kNotDone);
}

TEST(DayState, OfATickThatIsNewerThanThisVersionIsUnknownAndNothingIsOffered) {
  const StepDays step_days =
      DaysOf(StepFrom("2026-11-01", EveryDays(1)), {On("2026-11-18", static_cast<v1::TickState>(9))});
  EXPECT_EQ(State(step_days, "2026-11-18"), DayState::kUnknown);
  EXPECT_EQ(DueOnDay(step_days, "2026-11-18"), std::nullopt);
}

RC_GTEST_PROP(DayState, EveryDayIsInTheOneStateWhoseWordsFitIt, ()) {
  const StepDays step_days = AnyStepDays();
  const Day today = AnyDayNear(step_days);
  for (const Day day : DaysNear(step_days)) {
    const v1::TickState tick = TickThat(step_days, day);
    const bool ticked = IsTicked(step_days, day);
    const bool expected = FallsOn(step_days.step, day) && !Rests(step_days, day) && !IsEnough(step_days, day);
    const std::map<DayState, bool> fits = {
        {DayState::kDone, tick == v1::TICK_STATE_DONE},
        {DayState::kTried, tick == v1::TICK_STATE_TRIED},
        {DayState::kSkipped, tick == v1::TICK_STATE_SKIPPED},
        {DayState::kNotExpected, !ticked && !expected},
        {DayState::kNotDone, !ticked && expected && day >= today},
        {DayState::kUnknown, !ticked && expected && day < today},
    };
    RC_ASSERT(std::ranges::count_if(fits, [](const auto& fit) { return fit.second; }) == 1);
    RC_ASSERT(fits.at(StateOf(step_days, day, today)));
  }
}

// ---- What is offered

TEST(Due, SaysWhy) {
  EXPECT_THAT(DueOnDay(DaysOf(StepFrom("2026-11-01", EveryDays(1))), "2026-11-18"),
              Optional(Due{DueReason::kThisDay, 0, 0}));
  EXPECT_THAT(DueOnDay(DaysOf(StepFrom("2026-11-01", OnceOn("2026-11-18"))), "2026-11-18"),
              Optional(Due{DueReason::kThisDay, 0, 0}));
  EXPECT_THAT(DueOnDay(DaysOf(StepFrom("2026-11-01", OnceAnyDay())), "2026-11-18"),
              Optional(Due{DueReason::kAnyDay, 0, 0}));
  EXPECT_THAT(DueOnDay(DaysOf(StepFrom("2026-11-01", TimesAWeek(3))), "2026-11-18"),
              Optional(Due{DueReason::kThisWeek, 0, 3}));
  EXPECT_EQ(DueOnDay(DaysOf(StepFrom("2026-11-01", OnWeekdays({v1::WEEKDAY_MONDAY}))), "2026-11-18"),
            std::nullopt);
  EXPECT_EQ(DueOnDay(DaysOf(StepFrom("2026-11-19", EveryDays(1))), "2026-11-18"), std::nullopt);
}

TEST(Due, OnceWithoutADateStaysUntilItIsDone) {
  const v1::Step step = StepFrom("2026-11-01", OnceAnyDay());
  EXPECT_TRUE(DueOnDay(DaysOf(step), "2027-06-01"));
  for (const v1::TickState state : {v1::TICK_STATE_SKIPPED, v1::TICK_STATE_TRIED}) {
    const StepDays step_days = DaysOf(step, {On("2026-11-10", state)});
    EXPECT_FALSE(DueOnDay(step_days, "2026-11-10"));
    EXPECT_TRUE(DueOnDay(step_days, "2026-11-11"));
  }
  EXPECT_FALSE(DueOnDay(DaysOf(step, {DoneOn("2026-11-10")}), "2026-11-11"));
  EXPECT_TRUE(DueOnDay(DaysOf(step, {On("2026-11-10", v1::TICK_STATE_CLEARED)}), "2026-11-10"));
}

TEST(Due, OnceWithADateThatHasPassedIsStillOpenForWhoWantsIt) {
  const v1::Step step = StepFrom("2026-11-01", OnceOn("2026-11-10"), "2026-11-30");
  const Due still_open{DueReason::kStillOpen, 0, 0};
  EXPECT_EQ(DueOnDay(DaysOf(step), "2026-11-09"), std::nullopt);
  EXPECT_THAT(DueOnDay(DaysOf(step), "2026-11-10"), Optional(Due{DueReason::kThisDay, 0, 0}));
  EXPECT_THAT(DueOnDay(DaysOf(step), "2026-11-11"), Optional(still_open));
  EXPECT_EQ(State(DaysOf(step), "2026-11-18"), DayState::kNotExpected);
  EXPECT_THAT(DueOnDay(DaysOf(step), "2026-11-30"), Optional(still_open));
  EXPECT_EQ(DueOnDay(DaysOf(step), "2026-12-01"), std::nullopt);
  EXPECT_THAT(DueOnDay(DaysOf(step, {On("2026-11-10", v1::TICK_STATE_TRIED)}), "2026-11-11"),
              Optional(still_open));
  EXPECT_THAT(DueOnDay(DaysOf(step, {On("2026-11-09", v1::TICK_STATE_SKIPPED)}), "2026-11-11"),
              Optional(still_open));
  EXPECT_EQ(DueOnDay(DaysOf(step, {On("2026-11-10", v1::TICK_STATE_SKIPPED)}), "2026-11-11"), std::nullopt);
  EXPECT_EQ(DueOnDay(DaysOf(step, {DoneOn("2026-11-08")}), "2026-11-11"), std::nullopt);
  EXPECT_EQ(DueOnDay(DaysOf(step, {}, {PauseOf("2026-11-09", "2026-11-12")}), "2026-11-11"), std::nullopt);
  EXPECT_THAT(DueOnDay(DaysOf(step, {}, {PauseOf("2026-11-09", "2026-11-12")}), "2026-11-13"),
              Optional(still_open));
}

TEST(Due, TimesAWeekAreOfferedUntilTheWeekHasThem) {
  const v1::Step step = StepFrom("2026-11-01", TimesAWeek(3));
  std::vector<DayTick> ticks = {DoneOn("2026-11-15"), DoneOn("2026-11-16"),
                                On("2026-11-17", v1::TICK_STATE_TRIED),
                                On("2026-11-18", v1::TICK_STATE_SKIPPED)};
  EXPECT_EQ(DueOnDay(DaysOf(step, ticks), "2026-11-18"), std::nullopt);
  EXPECT_THAT(DueOnDay(DaysOf(step, ticks), "2026-11-19"), Optional(Due{DueReason::kThisWeek, 2, 3}));
  ticks.push_back(DoneOn("2026-11-19"));
  EXPECT_EQ(DueOnDay(DaysOf(step, ticks), "2026-11-20"), std::nullopt);
  EXPECT_THAT(DueOnDay(DaysOf(step, ticks), "2026-11-23"), Optional(Due{DueReason::kThisWeek, 0, 3}));
  // More than asked is welcome, and counts.
  ticks.push_back(DoneOn("2026-11-20"));
  EXPECT_EQ(State(DaysOf(step, ticks), "2026-11-20"), DayState::kDone);
  EXPECT_EQ(CountTimesInWeek(DaysOf(step, ticks), DayOf("2026-11-22")), 4);
}

RC_GTEST_PROP(Due, NothingIsOfferedOrRemindedOfInAPause, ()) {
  StepDays step_days = AnyStepDays();
  const Day from = AnyDayNear(step_days);
  const Day until = from + days(*AnyInt(0, 10));
  step_days.pauses.push_back({.from = from, .until = until});
  for (Day day = from; day <= until; day += days(1)) {
    RC_ASSERT_FALSE(DueOn(step_days, day).has_value());
    if (IsTicked(step_days, day)) continue;
    RC_ASSERT(StateOf(step_days, day, from) == DayState::kNotExpected);
  }
  const auto reminder = NextReminder(step_days, Zone(), Instant(from) - 1us);
  RC_CLASSIFY(reminder.has_value(), "sounds");
  RC_ASSERT(!reminder || LocalDay(Zone(), *reminder) > until);
}

RC_GTEST_PROP(Due, IsOfferedJustWhereADayIsNotDoneYet, ()) {
  const StepDays step_days = AnyStepDays();
  for (const Day day : DaysNear(step_days)) {
    const auto due = DueOn(step_days, day);
    const bool for_the_day = due && due->reason != DueReason::kStillOpen;
    RC_ASSERT(for_the_day == (StateOf(step_days, day, day) == DayState::kNotDone));
  }
}

RC_GTEST_PROP(Due, IsStillOpenJustWhereItsOneDayPassedAndItWasNeitherDoneNorSkippedSince, ()) {
  const StepDays step_days = AnyStepDays(AnyStepForOnce());
  const v1::Step& step = step_days.step;
  const Day date = *ToDay(step.recurrence().once().date());
  bool skipped_since = false;
  for (const DayTick& tick : step_days.ticks) {
    skipped_since = skipped_since || (tick.state == v1::TICK_STATE_SKIPPED && tick.day >= date);
  }
  int open_days = 0;
  for (const Day day : DaysNear(step_days)) {
    const bool passed =
        FallsOn(step, date) && day > date && (!step.has_ends_on() || day <= *ToDay(step.ends_on()));
    const bool open = passed && CountDone(step_days) == 0 && !skipped_since && !Rests(step_days, day) &&
                      !IsTicked(step_days, day);
    const auto due = DueOn(step_days, day);
    RC_ASSERT((due && due->reason == DueReason::kStillOpen) == open);
    open_days += open ? 1 : 0;
  }
  RC_CLASSIFY(open_days > 0, "still open");
}

RC_GTEST_PROP(Due, SayingAnythingOfADayAnswersThatDay, ()) {
  StepDays step_days = AnyStepDays();
  const Day day = AnyDayNear(step_days);
  std::erase_if(step_days.ticks, [&](const DayTick& tick) { return tick.day == day; });
  const auto state = *rc::gen::element(v1::TICK_STATE_DONE, v1::TICK_STATE_TRIED, v1::TICK_STATE_SKIPPED);
  const auto later =
      std::ranges::find_if(step_days.ticks, [&](const DayTick& tick) { return tick.day > day; });
  step_days.ticks.insert(later, {.day = day, .state = state});
  RC_ASSERT_FALSE(DueOn(step_days, day).has_value());
}

// ---- Counting

TEST(Count, CountsWhatWasDoneAndNothingElse) {
  const StepDays step_days =
      DaysOf(StepFrom("2026-11-01", EveryDays(1)),
             {DoneOn("2026-10-31"), DoneOn("2026-11-15"), DoneOn("2026-11-16"),
              On("2026-11-17", v1::TICK_STATE_TRIED), On("2026-11-18", v1::TICK_STATE_SKIPPED),
              On("2026-11-19", v1::TICK_STATE_CLEARED), DoneOn("2026-11-22"), DoneOn("2026-11-23")});
  EXPECT_EQ(CountDone(step_days), 5);
  EXPECT_EQ(CountDoneInWeek(step_days, DayOf("2026-11-16")), 2);
  EXPECT_EQ(CountDoneInWeek(step_days, DayOf("2026-11-22")), 2);
  EXPECT_EQ(CountDoneInWeek(step_days, DayOf("2026-11-23")), 1);
  EXPECT_EQ(CountTimesInWeek(step_days, DayOf("2026-11-18")), 3);
  EXPECT_EQ(CountDone(DaysOf(StepFrom("2026-11-01", EveryDays(1)))), 0);
}

RC_GTEST_PROP(Count, AGapBetweenDaysTakesNothingAway, ()) {
  StepDays step_days = AnyStepDays();
  const int done = CountDone(step_days);
  for (DayTick& tick : step_days.ticks) tick.day += days(365);
  RC_ASSERT(CountDone(step_days) == done);
}

// ---- Pauses

TEST(Pause, ThatEndsBeforeItBeginsNeverWas) {
  v1::Pause pause;
  EXPECT_EQ(ToPauseDays(pause), std::nullopt);
  *pause.mutable_from() = DateOf("2026-11-18");
  EXPECT_THAT(ToPauseDays(pause), Optional(PauseDays{DayOf("2026-11-18"), std::nullopt}));
  *pause.mutable_until() = DateOf("2026-11-18");
  EXPECT_THAT(ToPauseDays(pause), Optional(PauseOf("2026-11-18", "2026-11-18")));
  *pause.mutable_until() = DateOf("2026-11-17");
  EXPECT_EQ(ToPauseDays(pause), std::nullopt);
  pause.mutable_until()->set_month(13);
  EXPECT_EQ(ToPauseDays(pause), std::nullopt);
}

TEST(Pause, WithoutAnEndHoldsFromItsFirstDay) {
  const std::vector<PauseDays> pauses = {{.from = DayOf("2026-11-18"), .until = std::nullopt}};
  EXPECT_FALSE(IsPaused(pauses, DayOf("2026-11-17")));
  EXPECT_TRUE(IsPaused(pauses, DayOf("2026-11-18")));
  EXPECT_TRUE(IsPaused(pauses, DayOf("2199-12-31")));
  EXPECT_FALSE(IsPaused({}, DayOf("2026-11-18")));
}

// ---- Reminders

std::string Next(const StepDays& step_days, const char* zone_name, const char* day,
                 std::chrono::minutes since_midnight_utc) {
  return Iso(
      NextReminder(step_days, zones::LoadZone(zone_name).value(), Instant(DayOf(day)) + since_midnight_utc));
}

TEST(Reminder, SoundsAtTheStepsTimeOnTheNextDayThatIsNotDone) {
  const StepDays step_days = DaysOf(Reminded(StepFrom("2026-11-01", EveryDays(1)), 9, 30),
                                    {DoneOn("2026-11-19"), On("2026-11-20", v1::TICK_STATE_SKIPPED)},
                                    {PauseOf("2026-11-21", "2026-11-22")});
  EXPECT_EQ(Next(step_days, "Europe/Amsterdam", "2026-11-18", 8h + 29min), "2026-11-18 08:30");
  EXPECT_EQ(Next(step_days, "Europe/Amsterdam", "2026-11-18", 8h + 30min), "2026-11-23 08:30");
  EXPECT_EQ(Next(step_days, "Europe/Amsterdam", "2026-10-01", 0h), "2026-11-01 08:30");
}

TEST(Reminder, IsNoneWhereThereIsNothingToSay) {
  const v1::Step daily = Reminded(StepFrom("2026-11-01", EveryDays(1)), 9, 30);
  const auto none = [](const StepDays& step_days) {
    return Next(step_days, "UTC", "2026-11-18", 0h) == "none";
  };
  EXPECT_FALSE(none(DaysOf(daily)));
  EXPECT_TRUE(none(DaysOf(StepFrom("2026-11-01", EveryDays(1)))));
  EXPECT_TRUE(none(DaysOf(Reminded(StepFrom("2026-11-01", EveryDays(1)), 24, 0))));
  EXPECT_TRUE(none(DaysOf(daily, {}, {{.from = DayOf("2026-11-10"), .until = std::nullopt}})));
  EXPECT_TRUE(none(DaysOf(Reminded(StepFrom("2026-11-01", EveryDays(1), "2026-11-17"), 9, 30))));
  EXPECT_TRUE(none(DaysOf(Reminded(StepFrom("2026-11-01", OnceAnyDay()), 9, 30), {DoneOn("2026-11-02")})));
  // Still open, and quiet.
  EXPECT_TRUE(none(DaysOf(Reminded(StepFrom("2026-11-01", OnceOn("2026-11-10")), 9, 30))));
}

TEST(Reminder, OfTimesAWeekWaitsForTheNextWeekOnceThisOneHasThem) {
  const StepDays step_days =
      DaysOf(Reminded(StepFrom("2026-11-01", TimesAWeek(1)), 9, 0), {DoneOn("2026-11-17")});
  EXPECT_EQ(Next(step_days, "UTC", "2026-11-18", 0h), "2026-11-23 09:00");
}

TEST(Reminder, SoundsOnceOnTheDaysOnWhichTheClockMoves) {
  const StepDays early = DaysOf(Reminded(StepFrom("2026-01-01", EveryDays(1)), 2, 30));
  EXPECT_EQ(Next(early, "Europe/Amsterdam", "2026-03-28", 12h), "2026-03-29 01:00");
  EXPECT_EQ(Next(early, "Europe/Amsterdam", "2026-03-29", 1h), "2026-03-30 00:30");
  EXPECT_EQ(Next(early, "Europe/Amsterdam", "2026-10-25", 0h), "2026-10-25 00:30");
  EXPECT_EQ(Next(early, "Europe/Amsterdam", "2026-10-25", 30min), "2026-10-26 01:30");

  const StepDays night = DaysOf(Reminded(StepFrom("2018-01-01", EveryDays(1)), 23, 30));
  EXPECT_EQ(Next(night, "America/Sao_Paulo", "2018-02-17", 12h), "2018-02-18 01:30");
  EXPECT_EQ(Next(night, "America/Sao_Paulo", "2018-02-18", 1h + 30min), "2018-02-19 02:30");
  const StepDays midnight = DaysOf(Reminded(StepFrom("2018-01-01", EveryDays(1)), 0, 0));
  EXPECT_EQ(Next(midnight, "America/Sao_Paulo", "2018-11-03", 12h), "2018-11-04 03:00");
}

TEST(Reminder, DoesNotSoundForADayThatNeverCame) {
  const StepDays step_days = DaysOf(Reminded(StepFrom("2011-12-01", EveryDays(1)), 9, 0));
  EXPECT_EQ(Next(step_days, "Pacific/Apia", "2011-12-29", 12h),
            "2011-12-29 19:00");  // 29 December, 09:00 at UTC-10
  EXPECT_EQ(Next(step_days, "Pacific/Apia", "2011-12-29", 19h),
            "2011-12-30 19:00");  // 31 December, 09:00 at UTC+14
}

RC_GTEST_PROP(Reminder, IsTheFirstOfAllThatAreToCome, ()) {
  const StepDays step_days = AnyStepDays();
  static const char* kZones[] = {"Europe/Amsterdam", "UTC", "Pacific/Apia", "America/New_York"};
  const Zone zone = zones::LoadZone(kZones[*AnyInt(0, 4)]).value();
  const Instant after = Instant(AnyDayNear(step_days)) + std::chrono::minutes(*AnyInt(0, 24 * 60));
  const Day today = LocalDay(zone, after);

  std::optional<Instant> first;
  for (Day day = today; day < today + days(800) && !first; day += days(1)) {
    if (StateOf(step_days, day, today) != DayState::kNotDone) continue;
    const Instant at = InstantAt(zone, day, step_days.step.reminder());
    if (at > after) first = at;
  }
  const auto next = NextReminder(step_days, zone, after);
  RC_CLASSIFY(next.has_value(), "sounds");
  if (first) {
    RC_ASSERT(next == first);
  } else {
    RC_ASSERT(!next || LocalDay(zone, *next) >= today + days(800));
  }
}

// ---- A whole dossier

class Records final : public DossierReader {
 public:
  void Add(std::string_view parent, const v1::Record& record) { by_parent_.emplace(parent, record); }

  [[nodiscard]] std::optional<v1::Record> Find(std::string_view record_id) const override {
    for (const auto& [parent, record] : by_parent_) {
      if (record.record_id() == record_id) return record;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::vector<v1::Record> ChildrenOf(std::string_view parent) const override {
    std::vector<v1::Record> children;
    const auto [begin, end] = by_parent_.equal_range(parent);
    for (auto it = begin; it != end; ++it) children.push_back(it->second);
    return children;
  }

 private:
  std::multimap<std::string, v1::Record, std::less<>> by_parent_;
};

class ItemsTest : public testing::Test {
 protected:
  void AddGoal(const std::string& id, const std::string& rank,
               v1::GoalState state = v1::GOAL_STATE_FORMULATED) {
    v1::Record record;
    record.set_record_id(id);
    record.mutable_goal()->set_rank(rank);
    record.mutable_goal()->set_state(state);
    records_.Add(kGoals, record);
  }

  void AddStep(const std::string& goal_id, const std::string& id, const std::string& rank,
               v1::Step step = StepFrom("2026-11-01", EveryDays(1))) {
    v1::Record record;
    record.set_record_id(id);
    step.set_rank(rank);
    *record.mutable_step() = step;
    records_.Add(goal_id, record);
  }

  void AddTick(const std::string& step_id, const char* day, v1::TickState state) {
    v1::Record record;
    record.set_record_id(step_id + "/" + day);
    *record.mutable_tick()->mutable_date() = DateOf(day);
    record.mutable_tick()->set_state(state);
    records_.Add(step_id, record);
  }

  void AddPause(std::string_view parent, const char* from, const char* until) {
    v1::Record record;
    record.set_record_id("pause");
    *record.mutable_pause()->mutable_from() = DateOf(from);
    *record.mutable_pause()->mutable_until() = DateOf(until);
    records_.Add(parent, record);
  }

  [[nodiscard]] std::vector<std::string> StepsOn(const char* day) const {
    std::vector<std::string> ids;
    for (const DayItem& item : ItemsOn(records_, DayOf(day))) {
      ids.push_back(item.goal.record_id() + ":" + item.step.record_id() + (item.due ? "" : " ticked"));
    }
    return ids;
  }

  Records records_;
};

TEST_F(ItemsTest, AreInTheOrderOfGoalsAndSteps) {
  AddGoal("g1", "b");
  AddGoal("g2", "a");
  AddStep("g1", "s1", "m");
  AddStep("g1", "s2", "l");
  AddStep("g2", "s4", "same");
  AddStep("g2", "s3", "same");
  v1::Record milestone;
  milestone.mutable_milestone();
  records_.Add("g1", milestone);
  EXPECT_THAT(StepsOn("2026-11-18"), ElementsAre("g2:s3", "g2:s4", "g1:s2", "g1:s1"));
}

TEST_F(ItemsTest, AreTheStepsOfPlansAlone) {
  AddGoal("draft", "a", v1::GOAL_STATE_DRAFT);
  AddGoal("plan", "b");
  AddGoal("achieved", "c", v1::GOAL_STATE_ACHIEVED);
  AddGoal("parked", "d", v1::GOAL_STATE_PARKED);
  AddGoal("stopped", "e", v1::GOAL_STATE_STOPPED);
  for (const char* goal : {"draft", "plan", "achieved", "parked", "stopped"}) {
    AddStep(goal, std::string("step of ") + goal, "a");
  }
  v1::Step drafted = StepFrom("2026-11-01", EveryDays(1));
  drafted.set_drafted_by_mentor(true);
  AddStep("plan", "a mentor's draft", "b", drafted);
  EXPECT_THAT(StepsOn("2026-11-18"), ElementsAre("plan:step of plan"));

  AddTick("step of achieved", "2026-11-18", v1::TICK_STATE_DONE);
  EXPECT_THAT(StepsOn("2026-11-18"), ElementsAre("plan:step of plan", "achieved:step of achieved ticked"));
}

TEST_F(ItemsTest, ShowWhatWasSaidOfTheDayAndHowOftenItWasDone) {
  AddGoal("g", "a");
  AddStep("g", "s", "a", StepFrom("2026-11-01", TimesAWeek(3)));
  AddTick("s", "2026-11-18", v1::TICK_STATE_TRIED);
  AddTick("s", "2026-11-10", v1::TICK_STATE_DONE);
  AddTick("s", "2026-11-16", v1::TICK_STATE_DONE);
  AddTick("s", "2026-11-19", v1::TICK_STATE_CLEARED);
  const auto items = ItemsOn(records_, DayOf("2026-11-18"));
  ASSERT_EQ(items.size(), 1U);
  ASSERT_TRUE(items[0].tick);
  EXPECT_EQ(items[0].tick->record_id(), "s/2026-11-18");
  EXPECT_EQ(items[0].times_done, 2);
  EXPECT_EQ(items[0].times_this_week, 2);
  const auto tomorrow = ItemsOn(records_, DayOf("2026-11-19"));
  ASSERT_EQ(tomorrow.size(), 1U);
  EXPECT_FALSE(tomorrow[0].tick);
  EXPECT_THAT(tomorrow[0].due, Optional(Due{DueReason::kThisWeek, 2, 3}));
}

TEST_F(ItemsTest, RestWithAPauseOfTheStepOrOfTheDossier) {
  AddGoal("g", "a");
  AddStep("g", "s1", "a");
  AddStep("g", "s2", "b");
  AddPause("s1", "2026-11-17", "2026-11-18");
  AddPause(kPauses, "2026-11-18", "2026-11-19");
  EXPECT_THAT(StepsOn("2026-11-16"), ElementsAre("g:s1", "g:s2"));
  EXPECT_THAT(StepsOn("2026-11-17"), ElementsAre("g:s2"));
  EXPECT_THAT(StepsOn("2026-11-18"), ElementsAre());
  EXPECT_THAT(StepsOn("2026-11-19"), ElementsAre());
  EXPECT_THAT(StepsOn("2026-11-20"), ElementsAre("g:s1", "g:s2"));
  const auto step = records_.Find("s1");
  EXPECT_EQ(ReadStepDays(records_, *step).pauses.size(), 2U);
}

}  // namespace
}  // namespace brug::rules
