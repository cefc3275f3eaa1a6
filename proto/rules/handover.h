#pragma once

#include <string>
#include <variant>

#include "proto/rules/scene.h"

namespace brug::rules {

// The handover as it is once the three have met. Refused: NOT_FOUND, DELETED; NOT_YOURS for a mentor it does
// not concern; WRONG_STATE before both said yes. Blames "contact.handover_id".
[[nodiscard]] std::variant<v1::Record, Violation> CompleteHandover(const Scene& scene,
                                                                   const std::string& handover_id);

}  // namespace brug::rules
