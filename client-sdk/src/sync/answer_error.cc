#include "client-sdk/src/sync/answer_error.h"

#include <utility>

#include "proto/rules/wording.h"

namespace brug::sdk {
namespace {

ErrorCode CodeOf(v1::ErrorReason reason) {
  switch (reason) {
    case v1::ERROR_REASON_MISSING:
    case v1::ERROR_REASON_OUT_OF_RANGE:
    case v1::ERROR_REASON_TEXT_TOO_LONG:
    case v1::ERROR_REASON_NOT_TEXT:
    case v1::ERROR_REASON_NOT_AN_ID:
    case v1::ERROR_REASON_NO_SUCH_DAY:
    case v1::ERROR_REASON_IN_THE_FUTURE:
    case v1::ERROR_REASON_BEFORE_THE_STEP:
    case v1::ERROR_REASON_NEVER_DUE:
    case v1::ERROR_REASON_NOT_WRITABLE:
    case v1::ERROR_REASON_NOT_ON_THE_BRIDGE:
    case v1::ERROR_REASON_UNKNOWN_NAME:
    case v1::ERROR_REASON_CODE_NOT_VALID:
    case v1::ERROR_REASON_IN_THE_PAST:
      return ErrorCode::kInvalid;
    case v1::ERROR_REASON_NOT_FOUND:
    case v1::ERROR_REASON_DELETED:
      return ErrorCode::kNotFound;
    case v1::ERROR_REASON_ALREADY_EXISTS:
    case v1::ERROR_REASON_WRONG_STATE:
    case v1::ERROR_REASON_NO_STEPS:
    case v1::ERROR_REASON_REQUEST_ID_REUSED:
    case v1::ERROR_REASON_NOT_PLANNED:
    case v1::ERROR_REASON_NOT_EARNED:
    case v1::ERROR_REASON_OVER_BUDGET:
    case v1::ERROR_REASON_OVER_YEAR:
    case v1::ERROR_REASON_VOUCHER_NOT_VALID:
    case v1::ERROR_REASON_TOO_LATE:
    case v1::ERROR_REASON_PROMISED:
      return ErrorCode::kConflict;
    case v1::ERROR_REASON_NOT_YOURS:
    case v1::ERROR_REASON_NOT_ALLOWED:
    case v1::ERROR_REASON_ACCESS_ENDED:
    case v1::ERROR_REASON_SECOND_PERSON_NEEDED:
      return ErrorCode::kNotAllowed;
    case v1::ERROR_REASON_SIGN_IN_NEEDED:
    case v1::ERROR_REASON_PROOF_NOT_VALID:
    case v1::ERROR_REASON_DEVICE_WAITING:
    case v1::ERROR_REASON_DEVICE_REVOKED:
      return ErrorCode::kSignInNeeded;
    case v1::ERROR_REASON_TOO_MANY:
    case v1::ERROR_REASON_TOO_LARGE:
    case v1::ERROR_REASON_TOO_MANY_TRIES:
      return ErrorCode::kLimit;
    case v1::ERROR_REASON_STORAGE_UNAVAILABLE:
    case v1::ERROR_REASON_STOPPING:
      return ErrorCode::kUnavailable;
    default:
      return ErrorCode::kInternal;
  }
}

Error Named(ErrorCode code, std::string reason) {
  return Error{.code = code, .reason = std::move(reason), .field = {}, .message = {}, .retry_after_ms = {}};
}

Error WithoutDetails(const CallStatus& status) {
  switch (status.code) {
    case CallCode::kDeadlineExceeded:
      return Named(ErrorCode::kUnavailable, "TIMED_OUT");
    case CallCode::kUnimplemented:
      return UpdateNeeded();
    case CallCode::kUnauthenticated:
      return FromReason(status.reason == v1::ERROR_REASON_UNSPECIFIED ? v1::ERROR_REASON_SIGN_IN_NEEDED
                                                                      : status.reason);
    case CallCode::kUnavailable: {
      Error error = status.reason == v1::ERROR_REASON_UNSPECIFIED
                        ? Named(ErrorCode::kUnavailable, "NO_CONNECTION")
                        : FromReason(status.reason);
      error.code = ErrorCode::kUnavailable;
      return error;
    }
    case CallCode::kOk:
    case CallCode::kRefused:
      break;
  }
  return FromReason(status.reason);
}

}  // namespace

Error FromReason(v1::ErrorReason reason, std::string field) {
  if (reason == v1::ERROR_REASON_UNSPECIFIED || !v1::ErrorReason_IsValid(reason))
    reason = v1::ERROR_REASON_INTERNAL;
  Error error = Named(CodeOf(reason), rules::ReasonName(reason));
  error.field = std::move(field);
  return error;
}

Error FromViolation(const rules::Violation& violation) {
  return FromReason(violation.reason, violation.field);
}

Error FromStatus(const CallStatus& status) {
  Error error = WithoutDetails(status);
  error.field = status.field;
  error.message = status.message;
  error.retry_after_ms = status.retry_after_ms;
  return error;
}

bool IsFinal(const CallStatus& status) {
  if (status.code != CallCode::kRefused || status.retry_after_ms.has_value()) return false;
  if (status.reason == v1::ERROR_REASON_UNSPECIFIED) return false;
  switch (CodeOf(status.reason)) {
    case ErrorCode::kInternal:
    case ErrorCode::kUnavailable:
    case ErrorCode::kSignInNeeded:
      return false;
    default:
      return true;
  }
}

Error UpdateNeeded() { return Named(ErrorCode::kUpdateNeeded, "UPDATE_NEEDED"); }

Error AnswerNotValid() { return Named(ErrorCode::kInternal, "ANSWER_NOT_VALID"); }

}  // namespace brug::sdk
