#pragma once

#include <string>

#include "client-sdk/src/transport/call.h"

namespace brug::sdk {

// How a call ended, from what gRPC says of it: the numeric code, and the serialised google.rpc.Status of the
// trailer "grpc-status-details-bin" (empty when there is none; what cannot be read of it is left out).
[[nodiscard]] CallStatus ReadStatus(int grpc_code, const std::string& details);

}  // namespace brug::sdk
