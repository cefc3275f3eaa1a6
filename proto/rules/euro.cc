#include "proto/rules/euro.h"

#include <charconv>

#include "proto/rules/wording.h"

namespace brug::rules {
namespace {

constexpr std::string_view kEuroSign = "€";

// Without a sign: the least number has no counterpart above zero.
std::string Magnitude(std::int64_t cents, char point) {
  const std::uint64_t magnitude =
      cents < 0 ? 0 - static_cast<std::uint64_t>(cents) : static_cast<std::uint64_t>(cents);
  const std::string part = std::to_string(magnitude % 100);
  return std::to_string(magnitude / 100) + point + (part.size() < 2 ? "0" : "") + part;
}

std::string_view Trim(std::string_view text) {
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

// One digit or more, and nothing else.
std::optional<std::int64_t> Digits(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

}  // namespace

std::string EuroText(std::int64_t cents, std::string_view language) {
  const std::string sign = cents < 0 ? "-" : "";
  if (LanguageOf(language) == "en") return sign + std::string(kEuroSign) + Magnitude(cents, '.');
  return std::string(kEuroSign) + " " + sign + Magnitude(cents, ',');
}

std::string DecimalText(std::int64_t cents) { return (cents < 0 ? "-" : "") + Magnitude(cents, '.'); }

std::optional<std::int64_t> ParseEuro(std::string_view typed) {
  std::string_view text = Trim(typed);
  if (text.starts_with(kEuroSign)) text = Trim(text.substr(kEuroSign.size()));
  const auto point = text.find_first_of(",.");
  std::string part = "00";
  if (point != std::string_view::npos) part = text.substr(point + 1);
  if (part.size() == 1) part += '0';
  const auto whole = Digits(text.substr(0, point));
  const auto rest = Digits(part);
  std::int64_t cents = 0;
  if (!whole || !rest || part.size() != 2) return std::nullopt;
  if (__builtin_mul_overflow(*whole, 100, &cents) || __builtin_add_overflow(cents, *rest, &cents)) {
    return std::nullopt;
  }
  return cents;
}

}  // namespace brug::rules
