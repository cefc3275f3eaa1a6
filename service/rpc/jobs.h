#pragma once

#include "service/rpc/office.h"

namespace brug::rpc {

// Begins what the service does by itself, for every organisation: lapses offers whose end date has passed and
// expires vouchers, in the writer's turn like any call. Returns at once; what fails is logged and is tried
// again the next time. Call it once a minute.
void BeginJobs(Office& office);

}  // namespace brug::rpc
