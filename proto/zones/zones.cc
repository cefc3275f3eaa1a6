#include "proto/zones/zones.h"

#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

namespace brug::zones {
namespace {

using rules::Instant;
using rules::Zone;
using rules::ZonePeriod;

constexpr std::size_t kNameBytesMax = 64;

class Zones {
 public:
  std::optional<Zone> Find(std::string_view name);

 private:
  std::shared_mutex mutex_;
  std::map<std::string, Zone, std::less<>> read_;
};

bool IsNameCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '+' || c == '/';
}

// Abseil also takes paths, "localtime" and names of its own such as "Fixed/UTC+01:00:00". A dot or colon is
// in all that could leave the folder of the zones; the rest are files in it that name no zone of IANA's.
bool IsIanaName(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax || name.front() == '/') return false;
  if (!std::ranges::all_of(name, IsNameCharacter)) return false;
  if (name.starts_with("posix/") || name.starts_with("right/")) return false;
  return name != "localtime" && name != "posixrules" && name != "Factory";
}

Instant ToInstant(absl::Time time) { return Instant(std::chrono::microseconds(absl::ToUnixMicros(time))); }

std::chrono::seconds OffsetAt(const absl::TimeZone& zone, absl::Time time) {
  return std::chrono::seconds(zone.At(time).offset);
}

std::vector<ZonePeriod> PeriodsOf(const absl::TimeZone& zone) {
  const absl::Time end = absl::FromCivil(absl::CivilYear(2200), absl::UTCTimeZone());
  absl::Time begin = absl::UnixEpoch();
  std::vector<ZonePeriod> periods = {{.begin = ToInstant(begin), .offset = OffsetAt(zone, begin)}};
  absl::TimeZone::CivilTransition transition;
  while (zone.NextTransition(begin, &transition)) {
    // `from` is what the clock shows at that instant by the offset that ends there.
    begin = absl::FromCivil(transition.from, absl::FixedTimeZone(zone.At(begin).offset));
    if (begin >= end) break;
    const std::chrono::seconds offset = OffsetAt(zone, begin);
    if (offset != periods.back().offset) periods.push_back({.begin = ToInstant(begin), .offset = offset});
  }
  return periods;
}

std::optional<Zone> Read(const std::string& name) {
  absl::TimeZone zone;
  if (!IsIanaName(name) || !absl::LoadTimeZone(name, &zone)) return std::nullopt;
  return Zone(PeriodsOf(zone));
}

std::optional<Zone> Zones::Find(std::string_view name) {
  {
    const std::shared_lock lock(mutex_);
    if (const auto known = read_.find(name); known != read_.end()) return known->second;
  }
  auto zone = Read(std::string(name));
  if (!zone) return std::nullopt;
  const std::unique_lock lock(mutex_);
  return read_.try_emplace(std::string(name), *std::move(zone)).first->second;
}

}  // namespace

std::optional<Zone> LoadZone(std::string_view iana_name) {
  static Zones zones;
  return zones.Find(iana_name);
}

}  // namespace brug::zones
