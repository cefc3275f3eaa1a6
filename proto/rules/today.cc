#include "proto/rules/today.h"

#include <algorithm>
#include <string>
#include <tuple>

#include "proto/rules/recur.h"

namespace brug::rules {
namespace {

using std::chrono::days;

// ---- Ticks

v1::TickState TickOn(const StepDays& step_days, Day day) {
  const auto tick = std::ranges::lower_bound(step_days.ticks, day, {}, &DayTick::day);
  return tick != step_days.ticks.end() && tick->day == day ? tick->state : v1::TICK_STATE_CLEARED;
}

bool SaysNothing(v1::TickState state) {
  return state == v1::TICK_STATE_CLEARED || state == v1::TICK_STATE_UNSPECIFIED;
}

bool IsDone(const DayTick& tick) { return tick.state == v1::TICK_STATE_DONE; }

bool IsDoneOrTried(const DayTick& tick) { return IsDone(tick) || tick.state == v1::TICK_STATE_TRIED; }

template <class Predicate>
int CountInWeek(const StepDays& step_days, Day day, Predicate counts) {
  const Day monday = MondayOf(day);
  return static_cast<int>(std::ranges::count_if(step_days.ticks, [&](const DayTick& tick) {
    return tick.day >= monday && tick.day < monday + days(7) && counts(tick);
  }));
}

// ---- What a day asks

bool Covers(const PauseDays& pause, Day day) {
  return day >= pause.from && (!pause.until || day <= *pause.until);
}

bool IsDoneOften(const StepDays& step_days, Day day) {
  const v1::Recurrence& recurrence = step_days.step.recurrence();
  if (recurrence.has_once()) return std::ranges::any_of(step_days.ticks, IsDone);
  if (recurrence.has_times_a_week()) {
    return CountTimesInWeek(step_days, day) >= recurrence.times_a_week().times();
  }
  return false;
}

bool IsExpected(const StepDays& step_days, Day day) {
  return FallsOn(step_days.step, day) && !IsPaused(step_days.pauses, day) && !IsDoneOften(step_days, day);
}

// Whether `day` lies behind the one day of a step for once, within its span, and the step was neither done
// nor skipped since. A skip is a choice: offering the step again would question it.
bool IsStillOpen(const StepDays& step_days, Day day) {
  if (!step_days.step.recurrence().once().has_date()) return false;
  const auto meant_for = NextOn(step_days.step, Day::min());
  const auto ends_on = ToDay(step_days.step.ends_on());
  if (!meant_for || day <= *meant_for || (ends_on && day > *ends_on)) return false;
  return std::ranges::none_of(step_days.ticks, [&](const DayTick& tick) {
    return IsDone(tick) || (tick.state == v1::TICK_STATE_SKIPPED && tick.day >= *meant_for);
  });
}

Due DueByKind(const StepDays& step_days, Day day) {
  const v1::Recurrence& recurrence = step_days.step.recurrence();
  if (recurrence.has_times_a_week()) {
    return {.reason = DueReason::kThisWeek,
            .times_this_week = CountTimesInWeek(step_days, day),
            .times_a_week = recurrence.times_a_week().times()};
  }
  const bool any_day = recurrence.has_once() && !recurrence.once().has_date();
  return {.reason = any_day ? DueReason::kAnyDay : DueReason::kThisDay};
}

// The first occurrence on or after `from` that is in no pause; nothing when there is none, or when a step for
// once is done. Pauses are passed in one go: one without an end would else cost a look at every day of the
// calendar.
std::optional<Day> NextAwake(const StepDays& step_days, Day from) {
  const v1::Step& step = step_days.step;
  if (step.recurrence().has_once() && IsDoneOften(step_days, from)) return std::nullopt;
  auto day = NextOn(step, from);
  while (day) {
    const auto pause =
        std::ranges::find_if(step_days.pauses, [&](const PauseDays& p) { return Covers(p, *day); });
    if (pause == step_days.pauses.end() || !pause->until) break;
    day = NextOn(step, *pause->until + days(1));
  }
  if (!day || IsPaused(step_days.pauses, *day)) return std::nullopt;
  return day;
}

// ---- A dossier

std::vector<PauseDays> PausesAmong(const std::vector<v1::Record>& records) {
  std::vector<PauseDays> pauses;
  for (const v1::Record& record : records) {
    if (!record.has_pause()) continue;
    if (const auto pause_days = ToPauseDays(record.pause())) pauses.push_back(*pause_days);
  }
  return pauses;
}

std::vector<DayTick> TicksAmong(const std::vector<v1::Record>& records) {
  std::vector<DayTick> ticks;
  for (const v1::Record& record : records) {
    const auto day = record.has_tick() ? ToDay(record.tick().date()) : std::nullopt;
    if (day) ticks.push_back({.day = *day, .state = record.tick().state()});
  }
  std::ranges::sort(ticks, {}, &DayTick::day);
  return ticks;
}

StepDays StepDaysOf(const v1::Record& step, const std::vector<v1::Record>& children,
                    const std::vector<PauseDays>& dossier_pauses) {
  StepDays step_days{.step = step.step(), .pauses = PausesAmong(children), .ticks = TicksAmong(children)};
  step_days.pauses.insert(step_days.pauses.end(), dossier_pauses.begin(), dossier_pauses.end());
  return step_days;
}

std::optional<v1::Record> TickAmong(const std::vector<v1::Record>& records, Day day) {
  const auto tick = std::ranges::find_if(records, [day](const v1::Record& record) {
    return record.has_tick() && ToDay(record.tick().date()) == day && !SaysNothing(record.tick().state());
  });
  if (tick == records.end()) return std::nullopt;
  return *tick;
}

bool ComesBefore(const v1::Record& a, const v1::Record& b) {
  const std::string& rank_a = a.has_goal() ? a.goal().rank() : a.step().rank();
  const std::string& rank_b = b.has_goal() ? b.goal().rank() : b.step().rank();
  return std::tie(rank_a, a.record_id()) < std::tie(rank_b, b.record_id());
}

std::vector<v1::Record> InOrder(std::vector<v1::Record> records, bool (v1::Record::*is_kind)() const) {
  std::erase_if(records, [is_kind](const v1::Record& record) { return !(record.*is_kind)(); });
  std::ranges::sort(records, ComesBefore);
  return records;
}

}  // namespace

std::optional<PauseDays> ToPauseDays(const v1::Pause& pause) {
  const auto from = ToDay(pause.from());
  const auto until = ToDay(pause.until());
  if (!from || (pause.has_until() && (!until || *until < *from))) return std::nullopt;
  return PauseDays{.from = *from, .until = until};
}

bool IsPaused(const std::vector<PauseDays>& pauses, Day day) {
  return std::ranges::any_of(pauses, [day](const PauseDays& pause) { return Covers(pause, day); });
}

DayState StateOf(const StepDays& step_days, Day day, Day today) {
  const v1::TickState tick = TickOn(step_days, day);
  if (tick == v1::TICK_STATE_DONE) return DayState::kDone;
  if (tick == v1::TICK_STATE_TRIED) return DayState::kTried;
  if (tick == v1::TICK_STATE_SKIPPED) return DayState::kSkipped;
  // A state that is newer than this version: something was said, but not what this version could show.
  if (!SaysNothing(tick)) return DayState::kUnknown;
  if (!IsExpected(step_days, day)) return DayState::kNotExpected;
  return day >= today ? DayState::kNotDone : DayState::kUnknown;
}

std::optional<Due> DueOn(const StepDays& step_days, Day day) {
  if (!SaysNothing(TickOn(step_days, day)) || IsPaused(step_days.pauses, day)) return std::nullopt;
  if (IsExpected(step_days, day)) return DueByKind(step_days, day);
  if (IsStillOpen(step_days, day)) return Due{.reason = DueReason::kStillOpen};
  return std::nullopt;
}

int CountDone(const StepDays& step_days) {
  return static_cast<int>(std::ranges::count_if(step_days.ticks, IsDone));
}

int CountDoneInWeek(const StepDays& step_days, Day day) { return CountInWeek(step_days, day, IsDone); }

int CountTimesInWeek(const StepDays& step_days, Day day) {
  return CountInWeek(step_days, day, IsDoneOrTried);
}

std::optional<Instant> NextReminder(const StepDays& step_days, const Zone& zone, Instant after) {
  const v1::Step& step = step_days.step;
  if (!step.has_reminder() || !IsTimeOfDay(step.reminder())) return std::nullopt;
  const Day today = LocalDay(zone, after);
  auto day = NextAwake(step_days, today);
  while (day) {
    if (StateOf(step_days, *day, today) == DayState::kNotDone && HasDay(zone, *day)) {
      const Instant sounds_at = InstantAt(zone, *day, step.reminder());
      if (sounds_at > after) return sounds_at;
    }
    day = NextAwake(step_days, *day + days(1));
  }
  return std::nullopt;
}

bool IsInPlan(const v1::Goal& goal, const v1::Step& step) {
  return goal.state() == v1::GOAL_STATE_FORMULATED && !step.drafted_by_mentor();
}

StepDays ReadStepDays(const DossierReader& dossier, const v1::Record& step) {
  return StepDaysOf(step, dossier.ChildrenOf(step.record_id()), PausesAmong(dossier.ChildrenOf(kPauses)));
}

std::vector<DayItem> ItemsOn(const DossierReader& dossier, Day day) {
  const std::vector<PauseDays> dossier_pauses = PausesAmong(dossier.ChildrenOf(kPauses));
  std::vector<DayItem> items;
  for (const v1::Record& goal : InOrder(dossier.ChildrenOf(kGoals), &v1::Record::has_goal)) {
    for (const v1::Record& step : InOrder(dossier.ChildrenOf(goal.record_id()), &v1::Record::has_step)) {
      const std::vector<v1::Record> children = dossier.ChildrenOf(step.record_id());
      const StepDays step_days = StepDaysOf(step, children, dossier_pauses);
      DayItem item{.goal = goal,
                   .step = step,
                   .due = IsInPlan(goal.goal(), step.step()) ? DueOn(step_days, day) : std::nullopt,
                   .tick = TickAmong(children, day),
                   .times_done = CountDone(step_days),
                   .times_this_week = CountTimesInWeek(step_days, day)};
      if (item.due || item.tick) items.push_back(std::move(item));
    }
  }
  return items;
}

}  // namespace brug::rules
