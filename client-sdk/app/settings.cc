#include "client-sdk/app/settings.h"

#include <fstream>
#include <nlohmann/json.hpp>

namespace brug::app {
namespace {

std::filesystem::path FileOf(const std::filesystem::path& home) { return home / "brug.json"; }

}  // namespace

Settings LoadSettings(const std::filesystem::path& home) {
  Settings settings;
  std::ifstream file(FileOf(home));
  const auto json = nlohmann::json::parse(file, nullptr, false);
  if (!json.is_object()) return settings;
  const auto read = [&](const char* name, std::string& value) {
    if (const auto found = json.find(name); found != json.end() && found->is_string()) value = *found;
  };
  read("server", settings.server);
  read("ca_file", settings.ca_file);
  read("language", settings.language);
  return settings;
}

bool SaveSettings(const std::filesystem::path& home, const Settings& settings) {
  std::error_code error;
  std::filesystem::create_directories(home, error);
  // Beside it first: a crash leaves the old one or the new one.
  const auto fresh = home / "brug.json.new";
  {
    std::ofstream file(fresh, std::ios::trunc);
    file << nlohmann::ordered_json{{"server", settings.server},
                                   {"ca_file", settings.ca_file},
                                   {"language", settings.language}}
                .dump(2)
         << "\n";
    if (!file.flush()) return false;
  }
  std::filesystem::rename(fresh, FileOf(home), error);
  return !error;
}

}  // namespace brug::app
