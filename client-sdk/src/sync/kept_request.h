#pragma once

#include "client-sdk/src/outbox/unanswered.h"
#include "client-sdk/src/sync/core.h"
#include "client-sdk/src/vault/vault.h"

namespace brug::sdk {

// A request about money as its row keeps it, under the replica key and bound to its name.
[[nodiscard]] Bytes SealRequest(const Vault& vault, const KeptRequest& request, crypto::RandomSource& random);
// Error: STORAGE_DAMAGED.
[[nodiscard]] Result<KeptRequest> OpenRequest(const Vault& vault, const UnansweredRow& row);

}  // namespace brug::sdk
