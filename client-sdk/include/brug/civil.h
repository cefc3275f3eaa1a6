#pragma once

#include <chrono>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

// Days, times of day and instants, as plain values.
namespace brug {

// A moment in time, in microseconds since the Unix epoch.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

// A day on the calendar of a dossier's time zone. It names a day, not an instant. Years 1900 to 2199.
struct Date {
  int year = 0;
  int month = 0;  // 1 to 12
  int day = 0;    // 1 to 31

  friend auto operator<=>(const Date&, const Date&) = default;
};

// A time on the wall clock of a dossier's time zone.
struct TimeOfDay {
  int hour = 0;    // 0 to 23
  int minute = 0;  // 0 to 59

  friend auto operator<=>(const TimeOfDay&, const TimeOfDay&) = default;
};

// A day of the week; a week begins on Monday (ISO 8601).
enum class Weekday { kMonday = 1, kTuesday, kWednesday, kThursday, kFriday, kSaturday, kSunday };

// Whether some calendar has this day, within the years 1900 to 2199.
[[nodiscard]] bool Exists(const Date& date);

// ISO 8601, "2026-11-21"; `ParseDate` takes nothing else, and only days that exist.
[[nodiscard]] std::string FormatDate(const Date& date);
[[nodiscard]] std::optional<Date> ParseDate(std::string_view text);

// "09:30"; `ParseTimeOfDay` takes one or two digits for the hour.
[[nodiscard]] std::string FormatTimeOfDay(const TimeOfDay& time);
[[nodiscard]] std::optional<TimeOfDay> ParseTimeOfDay(std::string_view text);

// The day `days` later (or earlier, when negative). `date` must exist.
[[nodiscard]] Date AddDays(const Date& date, int days);
// Days from `from` to `to`; negative when `to` is earlier. Both must exist.
[[nodiscard]] int DaysBetween(const Date& from, const Date& to);
// The day of the week of a day that exists.
[[nodiscard]] Weekday WeekdayOf(const Date& date);

}  // namespace brug
