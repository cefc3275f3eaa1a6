#pragma once

#include "service/platform/result.h"
#include "service/rpc/office.h"

namespace brug::rpc {

// What a service does that was put back to an older backup, before it serves anybody: the journalled ends are
// applied again and open vouchers get other codes, organisation by organisation, once. Until the operator
// releases it, it stays marked as restored (storage::RestoreRow). To be called when all organisations are
// open.
[[nodiscard]] platform::Result<void> ApplyEndsAfterRestore(Office& office);

}  // namespace brug::rpc
