#include "service/rpc/status.h"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "proto/rules/wording.h"

namespace brug::rpc {
namespace {

grpc::StatusCode CodeOf(v1::ErrorReason reason) {
  switch (reason) {
    case v1::ERROR_REASON_NOT_FOUND:
    case v1::ERROR_REASON_DELETED:
      return grpc::StatusCode::NOT_FOUND;
    case v1::ERROR_REASON_ALREADY_EXISTS:
    case v1::ERROR_REASON_REQUEST_ID_REUSED:
      return grpc::StatusCode::ALREADY_EXISTS;
    case v1::ERROR_REASON_WRONG_STATE:
    case v1::ERROR_REASON_NO_STEPS:
    case v1::ERROR_REASON_DEVICE_WAITING:
    case v1::ERROR_REASON_NOT_PLANNED:
    case v1::ERROR_REASON_NOT_EARNED:
    case v1::ERROR_REASON_OVER_BUDGET:
    case v1::ERROR_REASON_OVER_YEAR:
    case v1::ERROR_REASON_TOO_LATE:
    case v1::ERROR_REASON_PROMISED:
      return grpc::StatusCode::FAILED_PRECONDITION;
    case v1::ERROR_REASON_NOT_ALLOWED:
    case v1::ERROR_REASON_NOT_YOURS:
    case v1::ERROR_REASON_ACCESS_ENDED:
    case v1::ERROR_REASON_CODE_NOT_VALID:
    case v1::ERROR_REASON_DEVICE_REVOKED:
    case v1::ERROR_REASON_SECOND_PERSON_NEEDED:
    case v1::ERROR_REASON_VOUCHER_NOT_VALID:
      return grpc::StatusCode::PERMISSION_DENIED;
    case v1::ERROR_REASON_SIGN_IN_NEEDED:
    case v1::ERROR_REASON_PROOF_NOT_VALID:
      return grpc::StatusCode::UNAUTHENTICATED;
    case v1::ERROR_REASON_TOO_MANY_TRIES:
    case v1::ERROR_REASON_TOO_LARGE:
      return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case v1::ERROR_REASON_COMPRESSED:
      return grpc::StatusCode::UNIMPLEMENTED;
    case v1::ERROR_REASON_STORAGE_UNAVAILABLE:
    case v1::ERROR_REASON_STOPPING:
      return grpc::StatusCode::UNAVAILABLE;
    case v1::ERROR_REASON_INTERNAL:
    case v1::ERROR_REASON_UNSPECIFIED:
      return grpc::StatusCode::INTERNAL;
    default:
      return grpc::StatusCode::INVALID_ARGUMENT;
  }
}

}  // namespace

grpc::Status ToStatus(const platform::Failure& failure, std::string_view language) {
  const std::string reason = rules::ReasonName(failure.reason);
  const std::string words = rules::Say({failure.reason, failure.field}, language);
  google::rpc::Status status;
  status.set_code(CodeOf(failure.reason));
  status.set_message(failure.field.empty() ? reason : reason + ": " + failure.field);
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("brug.v1");
  for (const auto& [name, value] : failure.metadata) (*info.mutable_metadata())[name] = value;
  status.add_details()->PackFrom(info);
  google::rpc::LocalizedMessage message;
  message.set_locale(std::string(rules::LanguageOf(language)));
  message.set_message(words);
  status.add_details()->PackFrom(message);
  if (!failure.field.empty()) {
    google::rpc::BadRequest request;
    request.add_field_violations()->set_field(failure.field);
    request.mutable_field_violations(0)->set_description(words);
    status.add_details()->PackFrom(request);
  }
  if (failure.retry_delay_ms) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(*failure.retry_delay_ms / 1000);
    retry.mutable_retry_delay()->set_nanos(static_cast<int>(*failure.retry_delay_ms % 1000 * 1'000'000));
    status.add_details()->PackFrom(retry);
  }
  return {CodeOf(failure.reason), status.message(), status.SerializeAsString()};
}

}  // namespace brug::rpc
