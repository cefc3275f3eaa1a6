#include <brug/civil.h>

#include <cstdio>
#include <cstdlib>

#include "client-sdk/src/api/convert.h"
#include "proto/rules/date.h"

namespace brug {

namespace {

rules::Day DayOf(const Date& date) {
  const auto day = rules::ToDay(sdk::ToProto(date));
  if (!day) {
    std::fputs("brug::Date: a day that no calendar has\n", stderr);
    std::abort();
  }
  return *day;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool Exists(const Date& date) { return rules::ToDay(sdk::ToProto(date)).has_value(); }

std::string FormatDate(const Date& date) {
  char text[sizeof("-2147483648-12-31") + 16];
  std::snprintf(text, sizeof(text), "%04d-%02d-%02d", date.year, date.month, date.day);
  return text;
}

std::optional<Date> ParseDate(std::string_view text) {
  const auto day = rules::FromIso(text);
  if (!day) return std::nullopt;
  return sdk::FromProto(rules::ToDate(*day));
}

std::string FormatTimeOfDay(const TimeOfDay& time) {
  char text[sizeof("-2147483648:-2147483648")];
  std::snprintf(text, sizeof(text), "%02d:%02d", time.hour, time.minute);
  return text;
}

std::optional<TimeOfDay> ParseTimeOfDay(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon < 1 || colon > 2 || text.size() != colon + 3)
    return std::nullopt;
  int hour = 0;
  for (const char c : text.substr(0, colon)) {
    if (!IsDigit(c)) return std::nullopt;
    hour = 10 * hour + (c - '0');
  }
  if (!IsDigit(text[colon + 1]) || !IsDigit(text[colon + 2])) return std::nullopt;
  const int minute = 10 * (text[colon + 1] - '0') + (text[colon + 2] - '0');
  if (hour > 23 || minute > 59) return std::nullopt;
  return TimeOfDay{.hour = hour, .minute = minute};
}

Date AddDays(const Date& date, int days) {
  return sdk::FromProto(rules::ToDate(DayOf(date) + std::chrono::days(days)));
}

int DaysBetween(const Date& from, const Date& to) {
  return static_cast<int>((DayOf(to) - DayOf(from)).count());
}

Weekday WeekdayOf(const Date& date) {
  return static_cast<Weekday>(std::chrono::weekday(DayOf(date)).iso_encoding());
}

}  // namespace brug
