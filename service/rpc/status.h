#pragma once

#include <grpcpp/support/status.h>

#include <string>
#include <string_view>

#include "service/platform/result.h"

namespace brug::rpc {

// The one place that makes a gRPC status of a failure: a code, and the details ErrorInfo (domain "brug.v1"),
// LocalizedMessage in the caller's language, BadRequest when a field is to blame, RetryInfo when trying again
// may help. A driver's text never reaches a caller.
[[nodiscard]] grpc::Status ToStatus(const platform::Failure& failure, std::string_view language);

}  // namespace brug::rpc
