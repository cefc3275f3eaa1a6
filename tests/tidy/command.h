#pragma once

#include <string>

namespace brug::tidy {

struct CommandResult {
  // As a shell counts it; -1 when the command did not end by itself.
  int exit_code = -1;
  // Standard output and standard error as they came.
  std::string output;
};

// Runs `command` in a shell without standard input and waits for its end.
[[nodiscard]] CommandResult RunCommand(const std::string& command);

}  // namespace brug::tidy
