#pragma once

#include <brug/result.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "client-sdk/src/vault/vault.h"

namespace brug::sdk {

// A request about money that no answer came to yet, sealed with its id.
struct UnansweredRow {
  Bytes name;                // kTokenBytes: the same for the same request, and tells nothing of it
  std::int64_t ordinal = 0;  // in the order in which they were added
  Bytes sealed;

  friend bool operator==(const UnansweredRow&, const UnansweredRow&) = default;
};

// What was asked and not answered: the id of a request outlives the process that made it.
//
//   a request was sent  =>  it is here, or it was answered, or the person forgot it
//
// Errors, transactions and threads as for Replica.
class Unanswered {
 public:
  virtual ~Unanswered() = default;

  [[nodiscard]] virtual Result<std::optional<UnansweredRow>> FindRequest(std::string_view name) const = 0;
  // By ordinal.
  [[nodiscard]] virtual Result<std::vector<UnansweredRow>> ListRequests() const = 0;
  // `name` and `ordinal` must be new: STORAGE_DAMAGED.
  virtual Result<void> AddRequest(const UnansweredRow& request) = 0;
  // One that is not there is fine.
  virtual Result<void> RemoveRequest(std::string_view name) = 0;
  virtual Result<void> PurgeAll() = 0;
};

}  // namespace brug::sdk
