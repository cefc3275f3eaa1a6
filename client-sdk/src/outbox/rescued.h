#pragma once

#include <cstdint>

namespace brug::sdk {

// What was saved of storage that is damaged.
struct Rescued {
  std::int64_t pending = 0;  // mutations that were not sent yet and are kept
  // Mutations and unanswered requests that are known to have been there and cannot be read; at least so many.
  std::int64_t unreadable = 0;

  friend bool operator==(const Rescued&, const Rescued&) = default;
};

}  // namespace brug::sdk
