#pragma once

#include <brug/client.h>

#include <memory>
#include <utility>

#include "client-sdk/src/api/engine.h"

namespace brug::sdk {

// A client on an engine of one's own making: for tests, and for the demonstration's half year of history.
struct ClientAccess {
  [[nodiscard]] static Client Make(std::unique_ptr<Engine> engine) { return Client(std::move(engine)); }
};

}  // namespace brug::sdk
