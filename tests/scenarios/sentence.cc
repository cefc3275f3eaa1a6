#include "tests/scenarios/sentence.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <set>

namespace brug::scenarios {
namespace {

constexpr std::array kKinds = {std::string_view("goal"),         std::string_view("step"),
                               std::string_view("milestone"),    std::string_view("message"),
                               std::string_view("talk"),         std::string_view("suggestion"),
                               std::string_view("appreciation"), std::string_view("assessment")};
constexpr std::array kNumberWords = {"zero", "one",   "two",   "three", "four", "five",
                                     "six",  "seven", "eight", "nine",  "ten"};
constexpr std::array kPronouns = {std::string_view("she"), std::string_view("he"), std::string_view("they")};

struct Token {
  std::string value;
  bool quoted = false;
};

// Words end at spaces, and lose the punctuation behind them; what stands in quotes is one token, as it is.
std::variant<std::vector<Token>, std::string> Split(std::string_view line) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < line.size();) {
    if (line[at] == ' ' || line[at] == '\t') {
      ++at;
    } else if (line[at] == '"') {
      const std::size_t end = line.find('"', at + 1);
      if (end == std::string_view::npos) return std::string("a quotation mark is not closed");
      tokens.push_back({.value = std::string(line.substr(at + 1, end - at - 1)), .quoted = true});
      at = end + 1;
    } else {
      const std::size_t end = std::min(line.find_first_of(" \t\"", at), line.size());
      std::string word(line.substr(at, end - at));
      while (!word.empty() && std::string_view(",.;:").find(word.back()) != std::string_view::npos) {
        word.pop_back();
      }
      if (!word.empty()) tokens.push_back({.value = word});
      at = end;
    }
  }
  return tokens;
}

std::vector<std::string_view> SplitAt(std::string_view pattern, char between) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at <= pattern.size();) {
    const std::size_t end = std::min(pattern.find(between, at), pattern.size());
    words.push_back(pattern.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

template <typename Each>
bool All(std::string_view word, Each each) {
  return !word.empty() &&
         std::all_of(word.begin(), word.end(), [&](char c) { return each(static_cast<unsigned char>(c)); });
}

std::optional<std::int64_t> NumberOf(const std::string& word) {
  if (word == "a" || word == "an" || word == "once") return 1;
  if (word == "never" || word == "no") return 0;
  if (word == "twice") return 2;
  for (std::size_t i = 0; i < kNumberWords.size(); ++i) {
    if (word == kNumberWords[i]) return static_cast<std::int64_t>(i);
  }
  if (!All(word, [](int c) { return std::isdigit(c) != 0; }) || word.size() > 9) return std::nullopt;
  return std::stoll(word);
}

std::optional<std::chrono::seconds> UnitOf(std::string unit) {
  if (unit.ends_with('s')) unit.pop_back();
  if (unit == "second") return std::chrono::seconds(1);
  if (unit == "minute") return std::chrono::minutes(1);
  if (unit == "hour") return std::chrono::hours(1);
  if (unit == "day") return std::chrono::hours(24);
  if (unit == "week") return std::chrono::hours(24 * 7);
  return std::nullopt;
}

bool IsDay(const std::string& word) {
  if (word == "today" || word == "yesterday" || word == "tomorrow") return true;
  return word.size() == 10 && word[4] == '-' && word[7] == '-' &&
         All(word, [](int c) { return c == '-' || std::isdigit(c) != 0; });
}

bool IsTime(const std::string& word) {
  return word.size() == 5 && word[2] == ':' &&
         All(word, [](int c) { return c == ':' || std::isdigit(c) != 0; });
}

template <typename Map>
std::string Names(const Map& map) {
  std::string names;
  for (const auto& [name, of] : map) names += (names.empty() ? "" : ", ") + name;
  return names.empty() ? "none yet" : names;
}

// One line held against one pattern.
class Match {
 public:
  Match(const std::vector<Token>& tokens, const Cast& cast) : tokens_(tokens), cast_(cast) {}

  // Whether the whole line is this pattern. Otherwise reached() says how far, and expected() what should
  // stand there.
  bool Try(Pattern pattern) {
    for (const std::string_view word : SplitAt(pattern, ' ')) {
      expected_ = std::string(word);
      if (at_ >= tokens_.size() || !TakeWord(word)) return false;
    }
    expected_ = "the end of the line";
    return at_ == tokens_.size();
  }

  [[nodiscard]] std::size_t reached() const { return at_; }
  [[nodiscard]] const std::string& expected() const { return expected_; }
  [[nodiscard]] Said& said() { return said_; }

 private:
  bool TakeWord(std::string_view word) {
    const Token& token = tokens_[at_];
    if (word == "TEXT") return token.quoted && Keep(said_.texts, token.value);
    if (token.quoted) return false;
    if (word == "DEVICE") return TakeDevice(token.value);
    if (word == "NAME") return TakeName(token.value);
    if (word == "NUMBER") return TakeNumber(token.value);
    if (word == "SPAN") return TakeSpan(token.value);
    if (word == "DAY") return IsDay(token.value) && Keep(said_.days, token.value);
    if (word == "TIME") return IsTime(token.value) && Keep(said_.words, token.value);
    if (word == "REASON") return IsReason(token.value) && Keep(said_.words, token.value);
    if (word == "KIND") return TakeKind(token.value);
    if (word == "SOMEBODY") {
      return std::isupper(static_cast<unsigned char>(token.value[0])) != 0 && Keep(said_.people, token.value);
    }
    if (word == "WORD") return IsNewWord(token.value) && Keep(said_.words, token.value);
    const auto either = SplitAt(word, '/');
    if (std::find(either.begin(), either.end(), token.value) == either.end()) return false;
    ++at_;
    return true;
  }

  bool Keep(std::vector<std::string>& kept, const std::string& value) {
    kept.push_back(value);
    ++at_;
    return true;
  }

  bool TakeDevice(const std::string& word) {
    expected_ = "DEVICE (" + Names(cast_.owners) + ")";
    return cast_.owners.contains(word) && Keep(said_.devices, word);
  }

  bool TakeName(const std::string& word) {
    expected_ = "NAME (" + Names(cast_.people) + ")";
    const bool pronoun = std::find(kPronouns.begin(), kPronouns.end(), word) != kPronouns.end();
    if (pronoun && !said_.devices.empty()) {
      return Keep(said_.people, cast_.owners.at(said_.devices.front()));
    }
    return cast_.people.contains(word) && Keep(said_.people, word);
  }

  bool TakeNumber(const std::string& word) {
    const auto number = NumberOf(word);
    if (!number) return false;
    said_.numbers.push_back(*number);
    ++at_;
    return true;
  }

  bool TakeSpan(const std::string& word) {
    const auto number = NumberOf(word);
    if (!number || at_ + 1 >= tokens_.size()) return false;
    const auto unit = UnitOf(tokens_[at_ + 1].value);
    if (!unit) return false;
    said_.spans.push_back(*number * *unit);
    at_ += 2;
    return true;
  }

  bool TakeKind(const std::string& word) {
    const std::string one = word.ends_with('s') ? word.substr(0, word.size() - 1) : word;
    return std::find(kKinds.begin(), kKinds.end(), one) != kKinds.end() && Keep(said_.words, one);
  }

  static bool IsReason(const std::string& word) {
    return All(word, [](int c) { return std::isupper(c) != 0 || c == '_'; });
  }
  static bool IsNewWord(const std::string& word) {
    return All(word, [](int c) { return std::islower(c) != 0 || c == '-'; });
  }

  const std::vector<Token>& tokens_;
  const Cast& cast_;
  std::size_t at_ = 0;
  std::string expected_;
  Said said_;
};

// Takes the last words off the line when they are these; the last of `words` may be any.
bool TakeOff(std::vector<Token>& tokens, const std::vector<std::string_view>& words) {
  if (tokens.size() <= words.size()) return false;
  const std::size_t from = tokens.size() - words.size();
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] != "REASON" && tokens[from + i].value != words[i]) return false;
  }
  tokens.resize(from);
  return true;
}

std::string Joined(const std::vector<Token>& tokens, std::size_t count) {
  std::string joined;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string& value = tokens[i].value;
    joined += (i == 0 ? "" : " ") + (tokens[i].quoted ? '"' + value + '"' : value);
  }
  return joined;
}

}  // namespace

std::span<const std::string_view> Kinds() { return kKinds; }

std::variant<Reading, std::string> Read(std::string_view line, const std::vector<Pattern>& patterns,
                                        const Cast& cast) {
  auto split = Split(line);
  if (const auto* problem = std::get_if<std::string>(&split)) return *problem;
  auto& tokens = std::get<std::vector<Token>>(split);
  Said ending;
  const std::string last = tokens.empty() ? "" : tokens.back().value;
  if (TakeOff(tokens, {"but", "that", "is", "refused", "REASON"})) ending.refused = last;
  ending.if_the_power_lasts = TakeOff(tokens, {"if", "the", "power", "lasts"});

  std::size_t furthest = 0;
  std::set<std::string> possible;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    Match match(tokens, cast);
    if (match.Try(patterns[i])) {
      Reading reading{.pattern = i, .said = std::move(match.said())};
      reading.said.refused = ending.refused;
      reading.said.if_the_power_lasts = ending.if_the_power_lasts;
      return reading;
    }
    if (match.reached() > furthest) possible.clear();
    furthest = std::max(furthest, match.reached());
    if (match.reached() == furthest) possible.insert(match.expected());
  }
  std::string problem = "this is no sentence that a scenario knows; ";
  problem += furthest == 0 ? "it can begin with" : "after '" + Joined(tokens, furthest) + "' there can come";
  for (const std::string& word : possible) problem += (word == *possible.begin() ? ": " : " | ") + word;
  return problem;
}

}  // namespace brug::scenarios
