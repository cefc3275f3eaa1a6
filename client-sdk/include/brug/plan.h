#pragma once

#include <brug/civil.h>
#include <brug/people.h>

#include <concepts>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

// Goals, milestones, steps and ticks. Texts are limited in UTF-8 bytes and kept exactly as typed.
namespace brug {

// A field of a change: left as it is, or set to a new value. `changes.target_date = std::nullopt` sets it to
// none.
template <class T>
class Edit {
 public:
  // Leaves the field as it is.
  Edit() = default;

  template <class U>
  requires std::convertible_to<U, T> &&(!std::same_as<std::remove_cvref_t<U>, Edit>)Edit(U&& value)
      : value_(std::forward<U>(value)), is_set_(true) {}

  [[nodiscard]] bool is_set() const { return is_set_; }
  // The new value. Only when it is set.
  [[nodiscard]] const T& value() const { return value_; }

 private:
  T value_{};
  bool is_set_ = false;
};

// Where a goal stands. draft -> formulated -> achieved; from any of them parked (and back) or stopped.
enum class GoalState { kUnknown, kDraft, kFormulated, kAchieved, kParked, kStopped };

// A goal in the client's words.
struct Goal {
  std::string domain_id;
  std::string title;  // 1 to 300 bytes
  std::string why;    // at most 2,000 bytes
  std::optional<Date> target_date;
  GoalState state = GoalState::kDraft;
  // Whether a mentor wrote it because the client asked, and the client has not made it theirs yet.
  bool drafted_by_mentor = false;

  friend bool operator==(const Goal&, const Goal&) = default;
};

// What it takes to make a goal. It comes last among the goals; MoveGoal puts it elsewhere.
struct NewGoal {
  std::string domain_id;
  std::string title;
  std::string why;
  std::optional<Date> target_date;
};

struct GoalChanges {
  Edit<std::string> domain_id;
  Edit<std::string> title;
  Edit<std::string> why;
  Edit<std::optional<Date>> target_date;
};

// A named point on the way to a goal.
struct Milestone {
  std::string goal_id;
  std::string title;  // 1 to 300 bytes
  std::optional<Date> reached_on;
  bool drafted_by_mentor = false;

  friend bool operator==(const Milestone&, const Milestone&) = default;
};

struct NewMilestone {
  std::string goal_id;
  std::string title;
};

struct MilestoneChanges {
  Edit<std::string> title;
  Edit<std::optional<Date>> reached_on;
};

// Once; without a date it is there every day until it is done.
struct Once {
  std::optional<Date> date;
  friend bool operator==(const Once&, const Once&) = default;
};

// On one to seven different days of the week.
struct OnWeekdays {
  std::vector<Weekday> weekdays;
  friend bool operator==(const OnWeekdays&, const OnWeekdays&) = default;
};

// 1 to 7 times a week, on days that the client chooses as they come.
struct TimesAWeek {
  int times = 1;
  friend bool operator==(const TimesAWeek&, const TimesAWeek&) = default;
};

// Every 1 (each day) to 366 days, counted from the day the step begins.
struct EveryDays {
  int days = 1;
  friend bool operator==(const EveryDays&, const EveryDays&) = default;
};

// Monthly on the 1st to 31st; in a shorter month on its last day.
struct MonthlyOn {
  int day = 1;
  friend bool operator==(const MonthlyOn&, const MonthlyOn&) = default;
};

// When a step comes back.
using Recurrence = std::variant<Once, OnWeekdays, TimesAWeek, EveryDays, MonthlyOn>;

// "If OBSTACLE, then RESPONSE"; each at most 500 bytes.
struct IfThenPlan {
  std::string obstacle;
  std::string response;

  friend bool operator==(const IfThenPlan&, const IfThenPlan&) = default;
};

// A step, small enough for one day.
struct Step {
  std::string goal_id;
  std::string milestone_id;  // empty for none
  std::string title;         // 1 to 300 bytes
  int minutes = 0;           // 1 to 1,440; 0 when not said
  // How sure the client is that it will work, 0 to 10. Under 7, offer to split it.
  std::optional<int> confidence;
  std::optional<IfThenPlan> if_then;
  std::optional<TimeOfDay> reminder;
  Recurrence recurrence;
  Date begins_on;
  std::optional<Date> ends_on;  // the last day it can fall due
  bool drafted_by_mentor = false;

  friend bool operator==(const Step&, const Step&) = default;
};

// What it takes to make a step. It comes last among the steps of its goal.
struct NewStep {
  std::string goal_id;
  std::string milestone_id;
  std::string title;
  int minutes = 0;
  std::optional<int> confidence;
  std::optional<IfThenPlan> if_then;
  std::optional<TimeOfDay> reminder;
  Recurrence recurrence;
  // None for the dossier's today.
  std::optional<Date> begins_on;
  std::optional<Date> ends_on;
};

struct StepChanges {
  Edit<std::string> milestone_id;
  Edit<std::string> title;
  Edit<int> minutes;
  Edit<std::optional<int>> confidence;
  Edit<std::optional<IfThenPlan>> if_then;
  Edit<std::optional<TimeOfDay>> reminder;
  Edit<Recurrence> recurrence;
  Edit<Date> begins_on;
  Edit<std::optional<Date>> ends_on;
};

// A place in a list that people order themselves: directly behind the item `after_id`; empty for the first
// place.
struct Place {
  std::string after_id;
};

// A time in which nothing is due and no reminder sounds.
struct Pause {
  std::string step_id;  // empty: all steps of the dossier
  Date from;
  std::optional<Date> until;  // last day; none while no end is known

  friend bool operator==(const Pause&, const Pause&) = default;
};

// What happened with a step on a day. Every one of them is fine.
enum class TickState { kUnknown, kCleared, kSkipped, kTried, kDone };

// What happened with one step on one day: a fact keyed by (step, date), so ticking twice is one tick.
struct Tick {
  std::string step_id;
  Date date;
  TickState state = TickState::kDone;
  std::string note;  // at most 2,000 bytes
  std::optional<Instant> done_at;
  Instant recorded_at;

  friend bool operator==(const Tick&, const Tick&) = default;
};

// A tick to be made.
struct NewTick {
  std::string step_id;
  // From the day the step begins to tomorrow; none for the dossier's today. Late is welcome.
  std::optional<Date> date;
  TickState state = TickState::kDone;
  std::string note;
  std::optional<Instant> done_at;
};

// Why a step is offered on a day. Nothing is ever late.
enum class DueReason {
  kThisDay,    // it falls on this day
  kAnyDay,     // once, on any day: it is there until it is done
  kThisWeek,   // some times a week, and this week there are fewer yet
  kStillOpen,  // it was meant for an earlier day and is still there for who wants it; show it quietly
};

// One line of a day: a step that is offered on that day, or of which something was said.
struct DayItem {
  Item<Step> step;
  std::string goal_title;
  // None when something was said of the day: then there is a tick.
  std::optional<DueReason> due;
  std::optional<Item<Tick>> tick;
  // How many days it was done, ever. There are no streaks.
  int times_done = 0;
  // For a step of some times a week, "2 of 3 this week": days done or tried, and how often it is meant. Else
  // 0.
  int times_this_week = 0;
  int times_a_week = 0;
};

// When to remind of a step.
struct Reminder {
  Instant at;
  Item<Step> step;
};

}  // namespace brug
