#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "brug/v1/goal.pb.h"
#include "brug/v1/record.pb.h"
#include "brug/v1/step.pb.h"
#include "proto/rules/date.h"
#include "proto/rules/dossier_reader.h"
#include "proto/rules/zone.h"

// What is for today, and how a day of a step looks. Counts what was done and nothing else: there are no
// streaks, nothing is ever late, and what nobody said is unknown, not failed. Pure; safe from any thread.
namespace brug::rules {

// The days on which a step rests, both included; without an end while none is known.
struct PauseDays {
  Day from;
  std::optional<Day> until;

  friend bool operator==(const PauseDays&, const PauseDays&) = default;
};

// The days of `pause`; nothing for one that never was: `until` before `from`, or not days.
[[nodiscard]] std::optional<PauseDays> ToPauseDays(const v1::Pause& pause);

[[nodiscard]] bool IsPaused(const std::vector<PauseDays>& pauses, Day day);

struct DayTick {
  Day day;
  v1::TickState state = v1::TICK_STATE_UNSPECIFIED;

  friend bool operator==(const DayTick&, const DayTick&) = default;
};

// One step with all that bears on its days.
struct StepDays {
  v1::Step step;
  // Its own pauses and those of the whole dossier, in any order.
  std::vector<PauseDays> pauses;
  // All its ticks: earliest day first, at most one a day.
  std::vector<DayTick> ticks;
};

// How one day of a step looks: always exactly one of these. A tick comes before all else, also on a day that
// nobody expected it or in a pause.
enum class DayState : std::uint8_t {
  kDone,
  // It did not work out, which counts too.
  kTried,
  // Left out on purpose, which is fine.
  kSkipped,
  // Nothing is asked of this day: no occurrence, a pause, or it was done often enough on other days (a step
  // for once on any other day, a step for some times a week on other days of that week).
  kNotExpected,
  // It is for this day, which still lasts or is still to come: not done yet.
  kNotDone,
  // It was for this day, which has passed, and nobody said what happened. A late tick is welcome.
  kUnknown,
};

[[nodiscard]] DayState StateOf(const StepDays& step_days, Day day, Day today);

// Why a step is offered on a day.
enum class DueReason : std::uint8_t {
  // Its recurrence falls on this day.
  kThisDay,
  // It is for once and any day will do; it is there until it is done.
  kAnyDay,
  // It is for some times a week, and this week there are fewer yet.
  kThisWeek,
  // It was meant for once on a day that has passed and was neither done nor skipped since: still open for who
  // wants it.
  // Offered quietly: it sounds no reminder, and is never called late.
  kStillOpen,
};

struct Due {
  DueReason reason = DueReason::kThisDay;
  // For kThisWeek "2 of 3 this week": times_this_week, times_a_week. Both 0 for other reasons.
  int times_this_week = 0;
  int times_a_week = 0;

  friend bool operator==(const Due&, const Due&) = default;
};

// Whether and why the step is offered on `day`. Nothing is offered in a pause, after something was said of
// that day (cleared is nothing said), or when it was done often enough. What is not offered can be ticked all
// the same.
//   DueOn(d) and its reason is not kStillOpen  <=>  StateOf(d, today = d) is kNotDone
[[nodiscard]] std::optional<Due> DueOn(const StepDays& step_days, Day day);

// How many days are done, ever.
[[nodiscard]] int CountDone(const StepDays& step_days);

// How many days of the week (Monday to Sunday) that `day` is in are done.
[[nodiscard]] int CountDoneInWeek(const StepDays& step_days, Day day);

// As CountDoneInWeek(), tried days too: what a step for some times a week is counted by.
[[nodiscard]] int CountTimesInWeek(const StepDays& step_days, Day day);

// The next reminder later than `after`; nothing when there is none to come. It sounds at the step's time in
// `zone` (see InstantAt() for daylight saving) on each day that StateOf() calls kNotDone as things are now,
// so not in a pause, not once something was said of the day, and not on a day that the zone does not have.
// Ask again after each tick or change.
[[nodiscard]] std::optional<Instant> NextReminder(const StepDays& step_days, const Zone& zone, Instant after);

// Whether the step is part of a plan: its goal is formulated, and it is the client's own, not a mentor's
// draft. Only steps of a plan are offered and reminded of.
[[nodiscard]] bool IsInPlan(const v1::Goal& goal, const v1::Step& step);

// The step of record `step`, which must hold one, with its pauses and ticks. Cost: its ticks and all pauses.
[[nodiscard]] StepDays ReadStepDays(const DossierReader& dossier, const v1::Record& step);

// One line of a day.
struct DayItem {
  v1::Record goal;
  v1::Record step;
  // Why it is offered; absent when something was said of the day.
  std::optional<Due> due;
  // What happened on that day; absent when nothing was said.
  std::optional<v1::Record> tick;
  int times_done = 0;
  // CountTimesInWeek() of the day.
  int times_this_week = 0;
};

// What is for `day`: the steps of plans that are offered on it, and those of any goal that something was said
// of, in the order of goals and steps. Cost: the goals, steps, pauses and ticks of the dossier.
[[nodiscard]] std::vector<DayItem> ItemsOn(const DossierReader& dossier, Day day);

}  // namespace brug::rules
