#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace brug {

// What kind of thing went wrong, and with that what helps. `Error::reason` says it exactly.
enum class ErrorCode {
  kInvalid,       // what was given is not right; `field` says where. Change it and try again.
  kNotFound,      // what it is about is not there
  kConflict,      // it is not in a state in which this can be done
  kNotAllowed,    // it belongs to somebody else, or the access has ended
  kSignInNeeded,  // the device is not enrolled, waits for a yes, or its session was refused
  kUnavailable,  // no connection, or the service is busy: try again later, after `retry_after_ms` where it is
                 // set
  kLimit,        // a limit was reached (OUTBOX_FULL, TOO_MANY_TRIES, ...)
  kStorage,      // the disk is full, or the replica is damaged, in use or cannot be read
  kUpdateNeeded,  // the replica or the service is newer than this program
  kInternal,      // the service or this library broke in a way that it did not expect
};

// An expected failure. Nothing was changed or lost by the call that gave it.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  // For programs, UPPER_SNAKE: a reason of the contract (brug.v1.ErrorReason without its prefix, as
  // "IN_THE_FUTURE"), or one of the SDK's own: NO_CONNECTION, TIMED_OUT, NOT_ENROLLED, ALREADY_ENROLLED,
  // WIPED, OUTBOX_FULL, REPLICA_IN_USE, STORAGE_FULL, STORAGE_FAILED, STORAGE_DAMAGED, KEY_STORE_FAILED,
  // UPDATE_NEEDED, STATEMENT_NOT_VALID, ANSWER_NOT_VALID, CODE_MISTYPED, CODE_NOT_HERE, and those of
  // <brug/voucher_token.h>.
  std::string reason;
  // A path, as "tick_step.date"; empty when no single field is to blame.
  std::string field;
  // What to tell the person, in their language: what is wrong and what to do.
  std::string message;
  // How long to wait before trying again, in milliseconds, where the service said so.
  std::optional<std::int64_t> retry_after_ms;

  friend bool operator==(const Error&, const Error&) = default;
};

}  // namespace brug
