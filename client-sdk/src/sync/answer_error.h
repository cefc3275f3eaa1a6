#pragma once

#include <brug/error.h>

#include <string>

#include "brug/v1/error.pb.h"
#include "client-sdk/src/transport/call.h"
#include "proto/rules/violation.h"

// What the service and the rules refuse, as errors of the SDK; without a message, but where the service sent
// one.
namespace brug::sdk {

[[nodiscard]] Error FromReason(v1::ErrorReason reason, std::string field = {});
[[nodiscard]] Error FromViolation(const rules::Violation& violation);
// `status` is not ok.
[[nodiscard]] Error FromStatus(const CallStatus& status);
// Whether the service will say the same to that request however often it is asked. Not so for one that may
// have taken effect (it broke), or was not looked at (sign in first, come back later).
[[nodiscard]] bool IsFinal(const CallStatus& status);
// An answer that cannot be what the contract says.
[[nodiscard]] Error AnswerNotValid();
// The service speaks of what this program does not know.
[[nodiscard]] Error UpdateNeeded();

}  // namespace brug::sdk
