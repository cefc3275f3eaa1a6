#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "proto/crypto/bytes.h"

// Thread safety: all functions here, any number of threads at once.
namespace brug::crypto {

inline constexpr std::size_t kPemBytesMax = std::size_t{1} << 20;

// RFC 7468: `der` between BEGIN and END lines with `label`, as "CERTIFICATE". Empty content is an assertion.
// Do not use it for private keys: `SigningKey::ToPkcs8Pem` overwrites what it leaves behind.
[[nodiscard]] std::string PemEncode(std::string_view label, std::string_view der);

// The content of the first block with exactly that label; blocks with others, and text around them, are
// passed over. nullopt if there is none, or if a block is damaged or encrypted.
[[nodiscard]] std::optional<Bytes> PemDecode(std::string_view label, std::string_view pem);

}  // namespace brug::crypto
