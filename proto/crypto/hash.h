#pragma once

#include <cstddef>
#include <string_view>

#include "proto/crypto/bytes.h"

// Thread safety: all functions here, any number of threads at once. They cannot fail.
namespace brug::crypto {

inline constexpr std::size_t kSha256Bytes = 32;

// FIPS 180-4. 32 bytes.
[[nodiscard]] Bytes Sha256(std::string_view data);

// RFC 2104 with SHA-256. 32 bytes. A key longer than 64 bytes counts as its hash; use 32 random bytes.
[[nodiscard]] Bytes HmacSha256(std::string_view key, std::string_view data);

// RFC 5869 with SHA-256: `size` bytes (at most 255 * 32) from `input_key`, which is not
// empty; `salt` and `info` may be.
struct HkdfInput {
  std::string_view input_key;
  std::string_view salt = {};
  std::string_view info = {};
};
[[nodiscard]] SecretBytes HkdfSha256(const HkdfInput& input, std::size_t size);

// Whether two secrets are equal, in a time that depends on their lengths alone.
[[nodiscard]] bool Equal(std::string_view a, std::string_view b);

}  // namespace brug::crypto
