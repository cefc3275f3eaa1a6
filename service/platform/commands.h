#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace brug::platform {

// What brugd does besides serving, and then ends: --help, --example-config, --make-key-file=PATH,
// --make-demo-authority=DIR. Nothing when the arguments ask for none of them; else the exit code.
[[nodiscard]] std::optional<int> RunCommand(const std::vector<std::string>& arguments, std::ostream& out,
                                            std::ostream& err);

}  // namespace brug::platform
