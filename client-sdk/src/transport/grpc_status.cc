#include "client-sdk/src/transport/grpc_status.h"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "proto/rules/wording.h"

namespace brug::sdk {

namespace {

// The codes of https://grpc.github.io/grpc/core/md_doc_statuscodes.html that are told apart.
constexpr int kGrpcOk = 0;
constexpr int kGrpcCancelled = 1;
constexpr int kGrpcDeadlineExceeded = 4;
constexpr int kGrpcUnimplemented = 12;
constexpr int kGrpcUnavailable = 14;
constexpr int kGrpcUnauthenticated = 16;

constexpr std::string_view kErrorDomain = "brug.v1";

CallCode ToCode(int grpc_code) {
  switch (grpc_code) {
    case kGrpcOk:
      return CallCode::kOk;
    case kGrpcCancelled:
    case kGrpcUnavailable:
      return CallCode::kUnavailable;
    case kGrpcDeadlineExceeded:
      return CallCode::kDeadlineExceeded;
    case kGrpcUnimplemented:
      return CallCode::kUnimplemented;
    case kGrpcUnauthenticated:
      return CallCode::kUnauthenticated;
    default:
      return CallCode::kRefused;
  }
}

void ReadErrorInfo(const google::rpc::ErrorInfo& info, CallStatus& status) {
  if (info.domain() != kErrorDomain) return;
  status.reason = rules::ReasonFromName(info.reason());
  status.metadata.insert(info.metadata().begin(), info.metadata().end());
}

void ReadRetryInfo(const google::rpc::RetryInfo& info, CallStatus& status) {
  const auto& delay = info.retry_delay();
  status.retry_after_ms = delay.seconds() * 1000 + delay.nanos() / 1'000'000;
}

void ReadDetail(const google::protobuf::Any& detail, CallStatus& status) {
  google::rpc::ErrorInfo info;
  google::rpc::RetryInfo retry;
  google::rpc::BadRequest bad_request;
  google::rpc::LocalizedMessage localised;
  if (detail.UnpackTo(&info)) {
    ReadErrorInfo(info, status);
  } else if (detail.UnpackTo(&retry)) {
    ReadRetryInfo(retry, status);
  } else if (detail.UnpackTo(&bad_request)) {
    if (bad_request.field_violations_size() > 0) status.field = bad_request.field_violations(0).field();
  } else if (detail.UnpackTo(&localised)) {
    status.message = localised.message();
  }
}

}  // namespace

CallStatus ReadStatus(int grpc_code, const std::string& details) {
  CallStatus status;
  status.code = ToCode(grpc_code);
  google::rpc::Status rich;
  if (status.ok() || !rich.ParseFromString(details)) return status;
  for (const auto& detail : rich.details()) ReadDetail(detail, status);
  return status;
}

}  // namespace brug::sdk
