#pragma once

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

// The names that backups get which the service makes by itself: what tells them from those that somebody made
// and named by hand.
namespace brug::storage {

// "backup-20261122T031500.000000Z".
[[nodiscard]] inline std::string OwnBackupName(std::int64_t begun_at_us) {
  constexpr std::int64_t kSecondUs = 1'000'000;
  const std::time_t seconds = begun_at_us / kSecondUs;
  std::tm parts = {};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  const std::size_t size = std::strftime(text, sizeof text, "backup-%Y%m%dT%H%M%S", &parts);
  const std::string fraction = std::to_string(kSecondUs + begun_at_us % kSecondUs).substr(1);
  return std::string(text, size) + "." + fraction + "Z";
}

[[nodiscard]] inline bool IsOwnBackupName(std::string_view name) {
  constexpr std::string_view kForm = "backup-00000000T000000.000000Z";
  return name.size() == kForm.size() &&
         std::equal(name.begin(), name.end(), kForm.begin(), [](char character, char form) {
           return form == '0' ? character >= '0' && character <= '9' : character == form;
         });
}

}  // namespace brug::storage
