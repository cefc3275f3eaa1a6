#include "tests/scenarios/script.h"

#include <cstdio>
#include <fstream>
#include <memory>

#include "tests/scenarios/stage.h"

namespace brug::scenarios {
namespace {

std::string Trimmed(const std::string& text) {
  const std::size_t from = text.find_first_not_of(" \t\r");
  if (from == std::string::npos) return "";
  return text.substr(from, text.find_last_not_of(" \t\r") - from + 1);
}

// N stands for a number wherever it is a word of its own, in quotes too.
std::string WithNumber(const std::string& words, int n) {
  std::string with;
  const auto inside_word = [](char c) { return c != ' ' && c != '"' && c != ',' && c != '.'; };
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool begins = i == 0 || !inside_word(words[i - 1]);
    const bool ends = i + 1 == words.size() || !inside_word(words[i + 1]);
    with += words[i] == 'N' && begins && ends ? std::to_string(n) : std::string(1, words[i]);
  }
  return with;
}

std::optional<Broken> PlayOnce(const Script& script, simulation::Adapter adapter, const std::string& folder,
                               int n) {
  const auto stage = std::make_unique<Stage>(folder, adapter);
  const std::string which = script.n_to > script.n_from ? " (with N = " + std::to_string(n) + ")" : "";
  for (const Script::Line& line : script.lines) {
    const std::string words = WithNumber(line.words, n);
    if (const auto saw = stage->Play(words)) {
      return Broken{.line = line.number,
                    .words = script.path + ":" + std::to_string(line.number) + ": '" + words + "'" + which +
                             ": " + *saw};
    }
  }
  const int last = script.lines.empty() ? 0 : script.lines.back().number;
  if (const auto saw = stage->End()) {
    return Broken{.line = last,
                  .words = script.path + ":" + std::to_string(last) + ": at the end" + which + ": " + *saw};
  }
  return std::nullopt;
}

}  // namespace

std::variant<Script, std::string> ReadScript(const std::string& path) {
  std::ifstream file(path);
  if (!file) return path + ": it cannot be read";
  Script script{.path = path, .about = {}, .lines = {}};
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const std::string words = Trimmed(line);
    if (number == 1) {
      if (!words.starts_with("# "))
        return path + ":1: the first line says which case this is: '# hard case 1: …'";
      script.about = words.substr(2);
      continue;
    }
    if (words.empty() || words.starts_with("#")) continue;
    int from = 0, to = 0;
    if (std::sscanf(words.c_str(), "again for N from %d to %d", &from, &to) == 2) {
      script.n_from = from;
      script.n_to = to;
      continue;
    }
    script.lines.push_back({.number = number, .words = words});
  }
  if (script.lines.empty()) return path + ": nothing happens in it";
  return script;
}

std::optional<Broken> PlayScript(const Script& script, simulation::Adapter adapter,
                                 const std::string& folder) {
  for (int n = script.n_from; n <= script.n_to; ++n) {
    if (auto broken = PlayOnce(script, adapter, folder, n)) return broken;
  }
  return std::nullopt;
}

}  // namespace brug::scenarios
