#pragma once

#include <filesystem>
#include <string>

namespace brug::app {

// What the app remembers between two commands: brug.json in its home. Holds no secret.
struct Settings {
  std::string server;
  std::string ca_file;
  std::string language = "nl";
};

// What is remembered in `home`; the defaults when nothing is, or it cannot be read.
[[nodiscard]] Settings LoadSettings(const std::filesystem::path& home);
// Whether it was written.
[[nodiscard]] bool SaveSettings(const std::filesystem::path& home, const Settings& settings);

}  // namespace brug::app
