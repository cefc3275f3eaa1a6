#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tests/simulation/simulated_service.h"

namespace brug::scenarios {

// A scenario file.
struct Script {
  struct Line {
    int number = 0;
    std::string words = {};
  };
  std::string path;
  // The first line, without its sign.
  std::string about;
  // Lines that are no remarks.
  std::vector<Line> lines;
  // "again for N from 0 to 20": it is played once for each, from the beginning.
  int n_from = 0;
  int n_to = 0;
};

// The line that does not hold.
struct Broken {
  int line = 0;
  std::string words;
};

// The file, or what is wrong with it.
[[nodiscard]] std::variant<Script, std::string> ReadScript(const std::string& path);
// Plays it in a folder of its own. Nothing when it holds; otherwise "FILE:LINE: 'the line': what was seen".
[[nodiscard]] std::optional<Broken> PlayScript(const Script& script, simulation::Adapter adapter,
                                               const std::string& folder);

}  // namespace brug::scenarios
