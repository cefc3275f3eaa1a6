#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proto/crypto/random.h"
#include "service/domain/keys.h"

namespace brug::domain {

// Seals what concerns staff and the organisation itself: names, device names, answers to staff. `place` says
// where it belongs, as "person/ID"; sealed bytes that are moved elsewhere do not open.
[[nodiscard]] std::string SealForOrganisation(const OrganisationKeys& keys, std::string_view place,
                                              std::string_view plain, crypto::RandomSource& random);
[[nodiscard]] std::optional<std::string> OpenForOrganisation(const OrganisationKeys& keys,
                                                             std::string_view place, std::string_view sealed);

}  // namespace brug::domain
