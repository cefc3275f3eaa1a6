#pragma once

#include <optional>
#include <string_view>

#include "proto/rules/zone.h"

// Time zones as the machine knows them: the one place that reads its tzdata.
namespace brug::zones {

// The zone of that IANA name ("Europe/Amsterdam", "UTC"), its changes from 1970 to 2199, at the offset of
// 1970 before that. Nothing for a name that the machine's tzdata does not have; names are case-sensitive.
// Nothing else names a zone: no path, no "posix/" or "right/" copy, no "localtime".
//
// Thread safety: any number of threads at once. Cost: one small file at the first call for a name, then a
// look-up. What was read is kept as long as the process lives: newer tzdata counts after a restart.
[[nodiscard]] std::optional<rules::Zone> LoadZone(std::string_view iana_name);

// LoadZone() as a port.
class SystemZones final : public rules::ZoneReader {
 public:
  [[nodiscard]] std::optional<rules::Zone> FindZone(std::string_view iana_name) const override {
    return LoadZone(iana_name);
  }
};

}  // namespace brug::zones
