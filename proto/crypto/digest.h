#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "proto/crypto/bytes.h"

namespace brug::crypto {

// A digest of a set of entries that does not depend on their order, and that entries can be added to and
// removed from one by one.
//
//   digest of {a, b, …} = h(a) + h(b) + …   with h = SHA-256 as four 64-bit numbers, each sum modulo 2^64
//
// It tells two sets apart that differ by mistake; it is no proof against someone who may choose the entries.
// Cost of a change: one SHA-256 of the entry. Thread safety: const calls from any number of threads.
class SetDigest {
 public:
  // Of no entries.
  SetDigest() = default;
  // As bytes() gave it; nothing for anything else than 32 bytes.
  [[nodiscard]] static std::optional<SetDigest> FromBytes(std::string_view bytes);

  void Add(std::string_view entry);
  // One that was added before.
  void Remove(std::string_view entry);

  // 32 bytes.
  [[nodiscard]] Bytes bytes() const;

  friend bool operator==(const SetDigest&, const SetDigest&) = default;

 private:
  std::array<std::uint64_t, 4> sums_ = {};
};

}  // namespace brug::crypto
