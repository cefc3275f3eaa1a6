#pragma once

#include <rapidcheck.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "brug/v1/step.pb.h"
#include "proto/rules/date.h"

// Steps for the tests of recurrence and of what is for today: by hand, and at random.
namespace brug::rules {

inline Day DayOf(std::string_view iso) { return FromIso(iso).value(); }

inline v1::Date DateOf(std::string_view iso) { return ToDate(DayOf(iso)); }

inline v1::Recurrence OnceAnyDay() {
  v1::Recurrence recurrence;
  recurrence.mutable_once();
  return recurrence;
}

inline v1::Recurrence OnceOn(std::string_view iso) {
  v1::Recurrence recurrence;
  *recurrence.mutable_once()->mutable_date() = DateOf(iso);
  return recurrence;
}

inline v1::Recurrence OnWeekdays(const std::vector<int>& weekdays) {
  v1::Recurrence recurrence;
  recurrence.mutable_on_weekdays();
  for (const int weekday : weekdays) {
    recurrence.mutable_on_weekdays()->add_weekdays(static_cast<v1::Weekday>(weekday));
  }
  return recurrence;
}

inline v1::Recurrence TimesAWeek(int times) {
  v1::Recurrence recurrence;
  recurrence.mutable_times_a_week()->set_times(times);
  return recurrence;
}

inline v1::Recurrence EveryDays(int days) {
  v1::Recurrence recurrence;
  recurrence.mutable_every_days()->set_days(days);
  return recurrence;
}

inline v1::Recurrence MonthlyOn(int day) {
  v1::Recurrence recurrence;
  recurrence.mutable_monthly_on()->set_day(day);
  return recurrence;
}

inline v1::Step StepFrom(std::string_view begins_on, const v1::Recurrence& recurrence,
                         std::string_view ends_on = "") {
  v1::Step step;
  *step.mutable_begins_on() = DateOf(begins_on);
  *step.mutable_recurrence() = recurrence;
  if (!ends_on.empty()) *step.mutable_ends_on() = DateOf(ends_on);
  return step;
}

// From `min` to below `end`, each equally likely, where RapidCheck would begin with the least alone.
inline rc::Gen<int> AnyInt(int min, int end) {
  return rc::gen::resize(rc::kNominalSize, rc::gen::inRange(min, end));
}

// A day of 2023 to 2029: three leap days are near.
inline rc::Gen<Day> AnyDay() {
  return rc::gen::map(AnyInt(0, 7 * 365 + 1),
                      [](int count) { return DayOf("2023-01-01") + std::chrono::days(count); });
}

inline rc::Gen<v1::Recurrence> AnyRecurrence() {
  const auto once = rc::gen::map(AnyDay(), [](Day day) { return OnceOn(ToIso(day)); });
  const auto weekdays =
      rc::gen::map(rc::gen::nonEmpty(rc::gen::unique<std::vector<int>>(AnyInt(1, 8))), OnWeekdays);
  return rc::gen::oneOf(rc::gen::just(OnceAnyDay()), once, weekdays, rc::gen::map(AnyInt(1, 8), TimesAWeek),
                        rc::gen::map(rc::gen::oneOf(AnyInt(1, 10), AnyInt(1, 367)), EveryDays),
                        rc::gen::map(AnyInt(1, 32), MonthlyOn));
}

// A step with that recurrence, whose form is right, but which may never fall due; about half of them end,
// some within days. A date that it is meant for mostly lies near.
inline rc::Gen<v1::Step> AnyStepThatIs(const rc::Gen<v1::Recurrence>& any_recurrence) {
  return rc::gen::exec([any_recurrence] {
    const Day begins_on = *AnyDay();
    v1::Step step = StepFrom(ToIso(begins_on), *any_recurrence);
    const int length = *rc::gen::oneOf(rc::gen::just(-1), AnyInt(0, 10), AnyInt(0, 800), rc::gen::just(-1));
    if (length >= 0) *step.mutable_ends_on() = ToDate(begins_on + std::chrono::days(length));
    if (step.recurrence().once().has_date() && *AnyInt(0, 4) > 0) {
      const Day near = begins_on + std::chrono::days(*AnyInt(0, 10));
      *step.mutable_recurrence()->mutable_once()->mutable_date() = ToDate(near);
    }
    return step;
  });
}

inline rc::Gen<v1::Step> AnyStep() { return AnyStepThatIs(AnyRecurrence()); }

inline rc::Gen<v1::Step> AnyStepForOnce() { return AnyStepThatIs(rc::gen::just(OnceOn("2026-01-01"))); }

}  // namespace brug::rules
