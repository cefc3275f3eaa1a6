#include "proto/rules/recur.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

namespace brug::rules {
namespace {

using std::chrono::days;

constexpr Day kLastDay{std::chrono::year(2199) / std::chrono::December / 31};
constexpr int kTimesAWeekMax = 7;
constexpr int kEveryDaysMax = 366;
constexpr int kMonthDayMax = 31;

struct Span {
  Day first;
  Day last;
};

std::optional<Span> SpanOf(const v1::Step& step) {
  const auto first = ToDay(step.begins_on());
  const auto last = step.has_ends_on() ? ToDay(step.ends_on()) : kLastDay;
  if (!first || !last || *last < *first) return std::nullopt;
  return Span{*first, *last};
}

std::optional<Violation> OutOfRange(std::int32_t value, std::int32_t max, const char* field) {
  if (value >= 1 && value <= max) return std::nullopt;
  return Violation{v1::ERROR_REASON_OUT_OF_RANGE, field};
}

std::optional<Violation> CheckWeekdays(const v1::OnWeekdays& on) {
  constexpr const char* kField = "recurrence.on_weekdays.weekdays";
  if (on.weekdays().empty()) return Violation{v1::ERROR_REASON_MISSING, kField};
  std::array<bool, v1::Weekday_ARRAYSIZE> seen{};
  for (int i = 0; i < on.weekdays_size(); ++i) {
    const int weekday = on.weekdays(i);
    if (weekday < v1::WEEKDAY_MONDAY || weekday > v1::WEEKDAY_SUNDAY || seen[weekday]) {
      return Violation{v1::ERROR_REASON_OUT_OF_RANGE, kField + ("[" + std::to_string(i) + "]")};
    }
    seen[weekday] = true;
  }
  return std::nullopt;
}

std::optional<Violation> CheckKind(const v1::Recurrence& recurrence) {
  switch (recurrence.kind_case()) {
    case v1::Recurrence::kOnce:
      if (!recurrence.once().has_date() || ToDay(recurrence.once().date())) return std::nullopt;
      return Violation{v1::ERROR_REASON_NO_SUCH_DAY, "recurrence.once.date"};
    case v1::Recurrence::kOnWeekdays:
      return CheckWeekdays(recurrence.on_weekdays());
    case v1::Recurrence::kTimesAWeek:
      return OutOfRange(recurrence.times_a_week().times(), kTimesAWeekMax, "recurrence.times_a_week.times");
    case v1::Recurrence::kEveryDays:
      return OutOfRange(recurrence.every_days().days(), kEveryDaysMax, "recurrence.every_days.days");
    case v1::Recurrence::kMonthlyOn:
      return OutOfRange(recurrence.monthly_on().day(), kMonthDayMax, "recurrence.monthly_on.day");
    case v1::Recurrence::KIND_NOT_SET:
      break;
  }
  return Violation{v1::ERROR_REASON_MISSING, "recurrence"};
}

std::optional<Violation> CheckDays(const v1::Step& step) {
  if (!step.has_begins_on()) return Violation{v1::ERROR_REASON_MISSING, "begins_on"};
  const auto first = ToDay(step.begins_on());
  if (!first) return Violation{v1::ERROR_REASON_NO_SUCH_DAY, "begins_on"};
  if (!step.has_ends_on()) return std::nullopt;
  const auto last = ToDay(step.ends_on());
  if (!last) return Violation{v1::ERROR_REASON_NO_SUCH_DAY, "ends_on"};
  if (*last < *first) return Violation{v1::ERROR_REASON_NEVER_DUE, "ends_on"};
  return std::nullopt;
}

// Each of these gives the first day of one kind that CheckKind() lets pass, on or after `from`, whatever the
// span.

std::optional<Day> NextOnce(const v1::Once& once, Day from) {
  if (!once.has_date()) return from;
  const auto date = ToDay(once.date());
  return date && *date >= from ? date : std::nullopt;
}

Day NextWeekday(const v1::OnWeekdays& on, Day from) {
  const auto is_chosen = [&on](Day day) {
    const auto weekday = static_cast<int>(std::chrono::weekday(day).iso_encoding());
    return std::ranges::find(on.weekdays(), weekday) != on.weekdays().end();
  };
  while (!is_chosen(from)) from += days(1);
  return from;
}

Day NextEveryDays(const v1::EveryDays& every, Day first, Day from) {
  const auto since = (from - first).count() % every.days();
  return since == 0 ? from : from + days(every.days() - since);
}

Day InMonth(std::chrono::year_month month, int day) {
  const auto last = std::chrono::year_month_day_last(month / std::chrono::last).day();
  return Day(month / std::min(std::chrono::day(static_cast<unsigned>(day)), last));
}

Day NextMonthly(const v1::MonthlyOn& monthly, Day from) {
  const std::chrono::year_month_day parts(from);
  const std::chrono::year_month month = parts.year() / parts.month();
  const Day this_month = InMonth(month, monthly.day());
  return this_month >= from ? this_month : InMonth(month + std::chrono::months(1), monthly.day());
}

std::optional<Day> NextOfKind(const v1::Recurrence& recurrence, Day first, Day from) {
  switch (recurrence.kind_case()) {
    case v1::Recurrence::kOnce:
      return NextOnce(recurrence.once(), from);
    case v1::Recurrence::kOnWeekdays:
      return NextWeekday(recurrence.on_weekdays(), from);
    case v1::Recurrence::kTimesAWeek:
      return from;
    case v1::Recurrence::kEveryDays:
      return NextEveryDays(recurrence.every_days(), first, from);
    case v1::Recurrence::kMonthlyOn:
      return NextMonthly(recurrence.monthly_on(), from);
    case v1::Recurrence::KIND_NOT_SET:
      break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Violation> CheckRecurrence(const v1::Step& step) {
  if (auto violation = CheckKind(step.recurrence())) return violation;
  if (auto violation = CheckDays(step)) return violation;
  if (NextOn(step, *ToDay(step.begins_on()))) return std::nullopt;
  return Violation{v1::ERROR_REASON_NEVER_DUE,
                   step.recurrence().has_once() ? "recurrence.once.date" : "recurrence"};
}

bool FallsOn(const v1::Step& step, Day day) { return NextOn(step, day) == day; }

std::optional<Day> NextOn(const v1::Step& step, Day from) {
  const auto span = SpanOf(step);
  if (!span || CheckKind(step.recurrence())) return std::nullopt;
  const auto next = NextOfKind(step.recurrence(), span->first, std::max(from, span->first));
  return next && *next <= span->last ? next : std::nullopt;
}

}  // namespace brug::rules
