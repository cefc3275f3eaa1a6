#pragma once

#include <brug/client.h>

#include <memory>
#include <utility>

#include "client-sdk/src/api/engine.h"

namespace brug::sdk {

// For tests: a client on an engine of their own making.
struct ClientAccess {
  [[nodiscard]] static Client Make(std::unique_ptr<Engine> engine) { return Client(std::move(engine)); }
};

}  // namespace brug::sdk
