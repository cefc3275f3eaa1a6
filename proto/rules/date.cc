#include "proto/rules/date.h"

#include <charconv>
#include <cstdio>

namespace brug::rules {
namespace {

constexpr int kYearMin = 1900;
constexpr int kYearMax = 2199;

std::optional<int> Digits(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.front() == '-') return std::nullopt;
  return value;
}

}  // namespace

std::optional<Day> ToDay(const v1::Date& date) {
  if (date.year() < kYearMin || date.year() > kYearMax) return std::nullopt;
  if (date.month() < 1 || date.month() > 12 || date.day() < 1 || date.day() > 31) return std::nullopt;
  const std::chrono::year_month_day day{std::chrono::year(date.year()),
                                        std::chrono::month(static_cast<unsigned>(date.month())),
                                        std::chrono::day(static_cast<unsigned>(date.day()))};
  if (!day.ok()) return std::nullopt;
  return Day(day);
}

v1::Date ToDate(Day day) {
  const std::chrono::year_month_day parts(day);
  v1::Date date;
  date.set_year(static_cast<int>(parts.year()));
  date.set_month(static_cast<int>(static_cast<unsigned>(parts.month())));
  date.set_day(static_cast<int>(static_cast<unsigned>(parts.day())));
  return date;
}

std::string ToIso(Day day) {
  const v1::Date date = ToDate(day);
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", date.year(), date.month(), date.day());
  return text;
}

std::optional<Day> FromIso(std::string_view iso) {
  if (iso.size() != 10 || iso[4] != '-' || iso[7] != '-') return std::nullopt;
  const auto year = Digits(iso.substr(0, 4));
  const auto month = Digits(iso.substr(5, 2));
  const auto day = Digits(iso.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  v1::Date date;
  date.set_year(*year);
  date.set_month(*month);
  date.set_day(*day);
  return ToDay(date);
}

Day MondayOf(Day day) {
  const std::chrono::weekday weekday(day);
  return day - std::chrono::days(weekday.iso_encoding() - 1);
}

}  // namespace brug::rules
