#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "proto/crypto/bytes.h"
#include "proto/crypto/random.h"

namespace brug::crypto {

inline constexpr std::size_t kSealingKeyBytes = 32;
// What sealing adds: a format byte, a nonce of 12 bytes, a tag of 16.
inline constexpr std::size_t kSealOverheadBytes = 1 + 12 + 16;
inline constexpr std::size_t kSealPlaintextBytesMax = std::size_t{1} << 30;

// An AES-256-GCM key (NIST SP 800-38D). Sealed bytes are
//
//   0x01 || nonce (12 random bytes) || ciphertext (as long as the plaintext) || tag (16 bytes)
//
// and `Open(Seal(p, a), a) == p`; with any bit of sealed bytes or associated data changed, or under another
// key, `Open` gives nullopt and not one byte of plaintext.
//
// The associated data says where the bytes belong (organisation, dossier, record, revision), so that sealed
// bytes moved elsewhere do not open. It is not stored. Parts of it must be joined without ambiguity.
//
// How much one key may seal: nonces are random, so SP 800-38D section 8.3 allows 2^32 (4.3 billion) calls of
// `Seal` a key; up to there two nonces coincide with a probability below 2^-32, and a coincidence would let
// those two plaintexts be compared and tags be forged. A dossier of 10,000 mutations stays under 2^15 calls.
// An organisation's key that only wraps dossier keys stays under 2^21 for a million dossiers. Nothing counts
// the calls; a key that could seal more must be renewed by whoever holds it.
//
// Thread safety: const calls from any number of threads.
// Cost: about a microsecond and one allocation for a record of some hundred bytes.
class SealingKey {
 public:
  static SealingKey Generate(RandomSource& random);
  // nullopt unless `bytes` is 32 bytes.
  [[nodiscard]] static std::optional<SealingKey> FromBytes(std::string_view bytes);

  SealingKey(SealingKey&&) noexcept = default;
  SealingKey& operator=(SealingKey&&) noexcept = default;

  [[nodiscard]] SealingKey Clone() const;
  // The key itself; valid as long as this object.
  [[nodiscard]] std::string_view bytes() const { return key_.view(); }

  // `plaintext` and `associated_data` of at most kSealPlaintextBytesMax; more is an assertion.
  [[nodiscard]] Bytes Seal(std::string_view plaintext, std::string_view associated_data,
                           RandomSource& random) const;
  // nullopt: cut, changed, of another format, under another key or with other associated data. Which of these
  // cannot be known. Not worth a retry.
  [[nodiscard]] std::optional<Bytes> Open(std::string_view sealed, std::string_view associated_data) const;

  // Key wrapping is sealing a key.
  [[nodiscard]] Bytes Wrap(const SealingKey& inner, std::string_view associated_data,
                           RandomSource& random) const;
  [[nodiscard]] std::optional<SealingKey> Unwrap(std::string_view wrapped,
                                                 std::string_view associated_data) const;

 private:
  explicit SealingKey(SecretBytes key) : key_(std::move(key)) {}

  SecretBytes key_;
};

// HKDF-SHA256 (RFC 5869) without salt: an independent key for each `info`, the same one each time. `info`
// names the use, as "brug/1 activation code". For sealing, or with `.bytes()` for HmacSha256.
[[nodiscard]] SealingKey DeriveKey(const SealingKey& key, std::string_view info);

}  // namespace brug::crypto
