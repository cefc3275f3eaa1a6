#include "proto/crypto/digest.h"

#include "proto/crypto/hash.h"

namespace brug::crypto {
namespace {

using Numbers = std::array<std::uint64_t, 4>;

Numbers ToNumbers(std::string_view bytes) {
  Numbers numbers = {};
  for (std::size_t i = 0; i < kSha256Bytes; ++i) {
    numbers[i / 8] = numbers[i / 8] << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return numbers;
}

}  // namespace

std::optional<SetDigest> SetDigest::FromBytes(std::string_view bytes) {
  if (bytes.size() != kSha256Bytes) return std::nullopt;
  SetDigest digest;
  digest.sums_ = ToNumbers(bytes);
  return digest;
}

void SetDigest::Add(std::string_view entry) {
  const Numbers hash = ToNumbers(Sha256(entry));
  for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] += hash[i];
}

void SetDigest::Remove(std::string_view entry) {
  const Numbers hash = ToNumbers(Sha256(entry));
  for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] -= hash[i];
}

Bytes SetDigest::bytes() const {
  Bytes bytes;
  for (const std::uint64_t sum : sums_) {
    for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(sum >> shift);
  }
  return bytes;
}

}  // namespace brug::crypto
