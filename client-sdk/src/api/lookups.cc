#include <brug/bridge.h>
#include <brug/people.h>

#include <algorithm>

// What plain values can tell of themselves.
namespace brug {

bool Identity::Has(Role role) const { return std::find(roles.begin(), roles.end(), role) != roles.end(); }

const Domain* BridgeTemplate::FindDomain(std::string_view domain_id) const {
  for (const auto& pillar : pillars) {
    for (const auto& domain : pillar.domains) {
      if (domain.domain_id == domain_id) return &domain;
    }
  }
  return nullptr;
}

}  // namespace brug
