#include "service/domain/desk.h"

#include <algorithm>

namespace brug::domain {

bool Caller::Has(v1::Role role) const { return std::find(roles.begin(), roles.end(), role) != roles.end(); }

void Hints::PassOver(const std::string& id, const platform::Failure& why) {
  passed_over[id] = v1::ErrorReason_Name(why.reason) + " " + why.log_detail;
}

std::int64_t ToMicroseconds(rules::Instant instant) { return instant.time_since_epoch().count(); }

rules::Instant FromMicroseconds(std::int64_t us) { return rules::Instant(std::chrono::microseconds(us)); }

}  // namespace brug::domain
