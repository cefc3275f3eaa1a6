#pragma once

#include <brug/status.h>

#include "client-sdk/src/sync/core.h"

namespace brug::sdk {

// A refused mutation as the app shows it, with all of its content.
[[nodiscard]] RejectedItem ToRejectedItem(const RejectedMutation& rejected);

}  // namespace brug::sdk
