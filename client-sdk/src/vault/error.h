#pragma once

#include <brug/error.h>

#include <string>
#include <utility>

// The failures of what lies on the device. Their message is written where the person's language is known.
namespace brug::sdk {

[[nodiscard]] inline Error StorageError(std::string reason) {
  return Error{.code = ErrorCode::kStorage,
               .reason = std::move(reason),
               .field = {},
               .message = {},
               .retry_after_ms = {}};
}

[[nodiscard]] inline Error StorageDamaged() { return StorageError("STORAGE_DAMAGED"); }
[[nodiscard]] inline Error StorageFailed() { return StorageError("STORAGE_FAILED"); }
[[nodiscard]] inline Error StorageFull() { return StorageError("STORAGE_FULL"); }
[[nodiscard]] inline Error ReplicaInUse() { return StorageError("REPLICA_IN_USE"); }
[[nodiscard]] inline Error KeyStoreFailed() { return StorageError("KEY_STORE_FAILED"); }
// What the SDK makes of an error of the app's key store: only a full disk is told apart.
[[nodiscard]] inline Error FromKeyStore(const Error& error) {
  return error.reason == "STORAGE_FULL" ? StorageFull() : KeyStoreFailed();
}
[[nodiscard]] inline Error ReplicaTooNew() {
  return Error{.code = ErrorCode::kUpdateNeeded,
               .reason = "UPDATE_NEEDED",
               .field = {},
               .message = {},
               .retry_after_ms = {}};
}

}  // namespace brug::sdk
