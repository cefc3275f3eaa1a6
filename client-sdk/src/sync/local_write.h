#pragma once

#include "client-sdk/src/sync/core.h"
#include "client-sdk/src/sync/holdings.h"

namespace brug::sdk {

// Accepts a mutation into the outbox and the view: on disk (fsync) before it returns, or not at all. As
// Core::Accept.
[[nodiscard]] Result<Accepted> AcceptMutation(Holdings& holdings, std::string_view dossier_id,
                                              v1::Mutation mutation);

}  // namespace brug::sdk
