#include "proto/rules/rank.h"

#include <algorithm>
#include <array>

namespace brug::rules {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr int kBase = static_cast<int>(kDigits.size());
constexpr std::size_t kStemBytesMax = kRankBytesMax - kRankRandomBytes;

// The stem of a list's first item, and how many digits count on from one open end: 62^4 is 14 million.
constexpr std::string_view kMiddle = "V000";
constexpr std::size_t kCountingDigits = kMiddle.size();

int ValueOf(char digit) { return static_cast<int>(kDigits.find(digit)); }

char DigitOf(int value) { return kDigits[static_cast<std::size_t>(value)]; }

// The counting digits of `rank` as a number moved by `step`; nothing beyond either end.
std::optional<std::string> Counted(std::string_view rank, int step) {
  int number = 0;
  for (std::size_t i = 0; i < kCountingDigits; ++i) number = number * kBase + ValueOf(rank[i]);
  number += step;
  std::string stem(kCountingDigits, '0');
  for (std::size_t i = kCountingDigits; i-- > 0; number /= kBase) {
    if (number < 0) return std::nullopt;
    stem[i] = DigitOf(number % kBase);
  }
  if (number != 0) return std::nullopt;
  return stem;
}

// A stem whose every continuation lies strictly between, digit by digit: it follows what both neighbours
// share, then the lower one where their digits are next to each other, and ends at the first digit that fits
// between. It never ends in the lowest digit: nothing but random bits would fit below it.
std::optional<std::string> StemBetween(std::string_view below, std::string_view above) {
  std::string stem;
  bool on_below = !below.empty();
  bool on_above = !above.empty();
  while (stem.size() < kStemBytesMax) {
    const std::size_t i = stem.size();
    on_below = on_below && i < below.size();
    if (on_above && i == above.size()) return std::nullopt;
    const int low = on_below ? ValueOf(below[i]) : 0;
    const int high = on_above ? ValueOf(above[i]) : kBase;
    if (high - low > 1) {
      stem.push_back(DigitOf(low + (high - low + 1) / 2));
      return stem;
    }
    stem.push_back(DigitOf(low));
    on_above = on_above && low == high;
  }
  return std::nullopt;
}

std::optional<std::string> Stem(std::string_view below, std::string_view above) {
  if (below.empty() && above.empty()) return std::string(kMiddle);
  std::optional<std::string> counted;
  if (above.empty()) counted = Counted(below, +1);
  if (below.empty()) counted = Counted(above, -1);
  return counted ? counted : StemBetween(below, above);
}

std::string HexOf(std::uint32_t random) {
  std::string hex(kRankRandomBytes, '0');
  for (std::size_t i = hex.size(); i-- > 0; random >>= 4) hex[i] = kHexDigits[random & 15U];
  return hex;
}

bool IsBound(std::string_view rank) { return rank.empty() || IsRank(rank); }

}  // namespace

bool IsRank(std::string_view rank) {
  if (rank.size() < kRankRandomBytes || rank.size() > kRankBytesMax) return false;
  const std::string_view random = rank.substr(rank.size() - kRankRandomBytes);
  return rank.find_first_not_of(kDigits) == std::string_view::npos &&
         random.find_first_not_of(kHexDigits) == std::string_view::npos;
}

std::optional<std::string> RankBetween(std::string_view below, std::string_view above, std::uint32_t random) {
  if (!IsBound(below) || !IsBound(above)) return std::nullopt;
  if (!below.empty() && !above.empty() && below >= above) return std::nullopt;
  auto stem = Stem(below, above);
  if (!stem) return std::nullopt;
  return *stem + HexOf(random);
}

}  // namespace brug::rules
