#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Money in words: whole cents of a euro, as people read and type them. Pure; safe from any thread.
namespace brug::rules {

// "€ 12,50" in Dutch, "€12.50" in English; below zero "€ -12,50" and "-€12.50". Always two decimals, and
// nothing between the thousands. `language` as in LanguageOf() (wording.h).
[[nodiscard]] std::string EuroText(std::int64_t cents, std::string_view language);

// What a person typed: "12", "12,5", "12,50" or "12.50", with or without "€" before it and spaces around.
// Nothing for anything else: a sign, thousands apart, three decimals, a half-typed "12,", or more than 64
// bits hold. Takes what EuroText() makes of an amount that is not below zero.
[[nodiscard]] std::optional<std::int64_t> ParseEuro(std::string_view typed);

// "-12.50": two decimals behind a dot, for machines.
[[nodiscard]] std::string DecimalText(std::int64_t cents);

}  // namespace brug::rules
