#include "client-sdk/src/api/convert.h"

namespace brug::sdk {

namespace {

GoalState FromProto(v1::GoalState state) {
  switch (state) {
    case v1::GOAL_STATE_DRAFT:
      return GoalState::kDraft;
    case v1::GOAL_STATE_FORMULATED:
      return GoalState::kFormulated;
    case v1::GOAL_STATE_ACHIEVED:
      return GoalState::kAchieved;
    case v1::GOAL_STATE_PARKED:
      return GoalState::kParked;
    case v1::GOAL_STATE_STOPPED:
      return GoalState::kStopped;
    default:
      return GoalState::kUnknown;
  }
}

TickState FromProto(v1::TickState state) {
  switch (state) {
    case v1::TICK_STATE_CLEARED:
      return TickState::kCleared;
    case v1::TICK_STATE_SKIPPED:
      return TickState::kSkipped;
    case v1::TICK_STATE_TRIED:
      return TickState::kTried;
    case v1::TICK_STATE_DONE:
      return TickState::kDone;
    default:
      return TickState::kUnknown;
  }
}

OnWeekdays FromProto(const v1::OnWeekdays& on_weekdays) {
  OnWeekdays result;
  for (const int weekday : on_weekdays.weekdays()) result.weekdays.push_back(static_cast<Weekday>(weekday));
  return result;
}

// Writes one kind of recurrence into the message.
struct RecurrenceWriter {
  v1::Recurrence& message;

  void operator()(const Once& once) const {
    auto* written = message.mutable_once();
    if (once.date) *written->mutable_date() = ToProto(*once.date);
  }
  void operator()(const OnWeekdays& on_weekdays) const {
    auto* written = message.mutable_on_weekdays();
    for (const Weekday weekday : on_weekdays.weekdays) {
      written->add_weekdays(static_cast<v1::Weekday>(weekday));
    }
  }
  void operator()(const TimesAWeek& times_a_week) const {
    message.mutable_times_a_week()->set_times(times_a_week.times);
  }
  void operator()(const EveryDays& every_days) const {
    message.mutable_every_days()->set_days(every_days.days);
  }
  void operator()(const MonthlyOn& monthly_on) const {
    message.mutable_monthly_on()->set_day(monthly_on.day);
  }
};

}  // namespace

Goal FromProto(const v1::Goal& goal) {
  Goal result{.domain_id = goal.domain_id(),
              .title = goal.title(),
              .why = goal.why(),
              .target_date = {},
              .state = FromProto(goal.state()),
              .drafted_by_mentor = goal.drafted_by_mentor()};
  if (goal.has_target_date()) result.target_date = FromProto(goal.target_date());
  return result;
}

Milestone FromProto(const v1::Milestone& milestone) {
  Milestone result{.goal_id = milestone.goal_id(),
                   .title = milestone.title(),
                   .reached_on = {},
                   .drafted_by_mentor = milestone.drafted_by_mentor()};
  if (milestone.has_reached_on()) result.reached_on = FromProto(milestone.reached_on());
  return result;
}

Step FromProto(const v1::Step& step) {
  Step result{.goal_id = step.goal_id(),
              .milestone_id = step.milestone_id(),
              .title = step.title(),
              .minutes = step.minutes(),
              .confidence = {},
              .if_then = {},
              .reminder = {},
              .recurrence = FromProto(step.recurrence()),
              .begins_on = FromProto(step.begins_on()),
              .ends_on = {},
              .drafted_by_mentor = step.drafted_by_mentor()};
  if (step.has_confidence()) result.confidence = step.confidence();
  if (step.has_if_then()) {
    result.if_then = {.obstacle = step.if_then().obstacle(), .response = step.if_then().response()};
  }
  if (step.has_reminder()) {
    result.reminder = {.hour = step.reminder().hour(), .minute = step.reminder().minute()};
  }
  if (step.has_ends_on()) result.ends_on = FromProto(step.ends_on());
  return result;
}

Recurrence FromProto(const v1::Recurrence& recurrence) {
  switch (recurrence.kind_case()) {
    case v1::Recurrence::kOnWeekdays:
      return FromProto(recurrence.on_weekdays());
    case v1::Recurrence::kTimesAWeek:
      return TimesAWeek{.times = recurrence.times_a_week().times()};
    case v1::Recurrence::kEveryDays:
      return EveryDays{.days = recurrence.every_days().days()};
    case v1::Recurrence::kMonthlyOn:
      return MonthlyOn{.day = recurrence.monthly_on().day()};
    case v1::Recurrence::kOnce:
    case v1::Recurrence::KIND_NOT_SET:
      break;
  }
  Once once;
  if (recurrence.once().has_date()) once.date = FromProto(recurrence.once().date());
  return once;
}

v1::Recurrence ToProto(const Recurrence& recurrence) {
  v1::Recurrence message;
  std::visit(RecurrenceWriter{message}, recurrence);
  return message;
}

v1::IfThenPlan ToProto(const IfThenPlan& plan) {
  v1::IfThenPlan result;
  result.set_obstacle(plan.obstacle);
  result.set_response(plan.response);
  return result;
}

v1::TimeOfDay ToProto(const TimeOfDay& time) {
  v1::TimeOfDay result;
  result.set_hour(time.hour);
  result.set_minute(time.minute);
  return result;
}

Pause FromProto(const v1::Pause& pause) {
  Pause result{.step_id = pause.step_id(), .from = FromProto(pause.from()), .until = {}};
  if (pause.has_until()) result.until = FromProto(pause.until());
  return result;
}

v1::Pause ToProto(const Pause& pause) {
  v1::Pause result;
  result.set_step_id(pause.step_id);
  *result.mutable_from() = ToProto(pause.from);
  if (pause.until) *result.mutable_until() = ToProto(*pause.until);
  return result;
}

Tick FromProto(const v1::Tick& tick) {
  Tick result{.step_id = tick.step_id(),
              .date = FromProto(tick.date()),
              .state = FromProto(tick.state()),
              .note = tick.note(),
              .done_at = {},
              .recorded_at = FromProto(tick.recorded_at())};
  if (tick.has_done_at()) result.done_at = FromProto(tick.done_at());
  return result;
}

v1::TickState ToProto(TickState state) {
  switch (state) {
    case TickState::kCleared:
      return v1::TICK_STATE_CLEARED;
    case TickState::kSkipped:
      return v1::TICK_STATE_SKIPPED;
    case TickState::kTried:
      return v1::TICK_STATE_TRIED;
    case TickState::kDone:
      return v1::TICK_STATE_DONE;
    case TickState::kUnknown:
      break;
  }
  return v1::TICK_STATE_UNSPECIFIED;
}

}  // namespace brug::sdk
