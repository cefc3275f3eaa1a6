#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// How a line of a scenario is read: README.md says it for those who write them.
namespace brug::scenarios {

// Who and what there is by now: names that a sentence may use.
struct Cast {
  // By device: whose it is.
  std::map<std::string, std::string> owners = {};
  // By person: nothing more.
  std::map<std::string, bool> people = {};
};

// What a sentence says beside its fixed words, each in order.
struct Said {
  std::vector<std::string> texts = {};
  std::vector<std::string> devices = {};
  std::vector<std::string> people = {};
  // Reasons, kinds, and names of what is new.
  std::vector<std::string> words = {};
  std::vector<std::int64_t> numbers = {};
  std::vector<std::chrono::seconds> spans = {};
  // "today", "2026-03-29".
  std::vector<std::string> days = {};
  // "but that is refused: REASON"; empty when it is to go well.
  std::string refused = {};
  // "if the power lasts".
  bool if_the_power_lasts = false;
};

// The words of a pattern are fixed, but for `is/are` (either) and these in capitals:
//
//   DEVICE, NAME  what there is; NAME also she, he and they, for whose device was named before
//   SOMEBODY      a new name: it begins with a capital
//   WORD          a new word in small letters
//   KIND          one of Kinds()
//   TEXT          in quotes
//   NUMBER        1, 2, … or a, an, one to ten
//   SPAN          a number and seconds, minutes, hours, days or weeks
//   DAY           today, yesterday, tomorrow, or as 2026-03-29
//   TIME          as 01:30
//   REASON        in capitals, as DELETED
using Pattern = std::string_view;

[[nodiscard]] std::span<const std::string_view> Kinds();

struct Reading {
  std::size_t pattern = 0;
  Said said;
};
// Which of the patterns a line is, or what is wrong with it and what is possible there.
[[nodiscard]] std::variant<Reading, std::string> Read(std::string_view line,
                                                      const std::vector<Pattern>& patterns, const Cast& cast);

}  // namespace brug::scenarios
