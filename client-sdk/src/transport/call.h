#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "brug/v1/error.pb.h"
#include "client-sdk/src/transport/method.h"

namespace brug::sdk {

// How a call ended, as far as the core needs to tell.
enum class CallCode {
  kOk,
  kUnavailable,  // not reached, or the service said UNAVAILABLE: the one code that is tried again by itself
  kDeadlineExceeded,  // no answer in time; whether it took effect is unknown
  kUnauthenticated,
  kUnimplemented,  // the service does not know the RPC: one of the two is too old
  kRefused,        // every other code: `reason` says why
};

struct CallStatus {
  CallCode code = CallCode::kOk;
  // From google.rpc.ErrorInfo; UNSPECIFIED when there was none.
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  // From google.rpc.ErrorInfo.metadata, as they came.
  std::map<std::string, std::string> metadata;
  // From google.rpc.BadRequest: the first field.
  std::string field;
  // From google.rpc.LocalizedMessage; empty when there was none.
  std::string message;
  // From google.rpc.RetryInfo.
  std::optional<std::int64_t> retry_after_ms;

  [[nodiscard]] bool ok() const { return code == CallCode::kOk; }
};

}  // namespace brug::sdk
