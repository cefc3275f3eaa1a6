#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "brug/v1/civil.pb.h"

// Days of the calendar: between brug.v1.Date, std::chrono and text. Pure; safe from any thread.
namespace brug::rules {

// A day as std::chrono counts it: the form in which the rules compute.
using Day = std::chrono::sys_days;

// An instant, in microseconds since the Unix epoch. Stored and compared at this precision.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

// The day that `date` names; nothing when no calendar has it or the year is not within 1900 to 2199.
[[nodiscard]] std::optional<Day> ToDay(const v1::Date& date);

// The message that names `day`.
[[nodiscard]] v1::Date ToDate(Day day);

// ISO 8601: "2026-11-21". `FromIso` takes nothing else.
[[nodiscard]] std::string ToIso(Day day);
[[nodiscard]] std::optional<Day> FromIso(std::string_view iso);

// The Monday of the week that `day` is in.
[[nodiscard]] Day MondayOf(Day day);

}  // namespace brug::rules
