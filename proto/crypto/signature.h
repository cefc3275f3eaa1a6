#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "proto/crypto/bytes.h"
#include "proto/crypto/random.h"

// OpenSSL's key and number, named here so that no OpenSSL header is needed.
struct evp_pkey_st;
struct bignum_st;

namespace brug::crypto {

// r || s, 32 bytes each, big-endian: the form of JWS (RFC 7518 section 3.4) and of WebCrypto. Android and iOS
// give DER; their bindings convert.
inline constexpr std::size_t kSignatureBytes = 64;
inline constexpr std::size_t kPkcs8BytesMax = 4096;

// The public half of a P-256 key; always a point on the curve. A value: cheap to copy, never changes.
// Thread safety: any number of threads.
class VerifyingKey {
 public:
  // SubjectPublicKeyInfo (RFC 5480) for a named curve P-256 with an uncompressed point: always 91 bytes, so
  // one key has one form. nullopt for any other key type, curve, form or length, and for a point off the
  // curve.
  [[nodiscard]] static std::optional<VerifyingKey> FromSpkiDer(std::string_view der);

  // The same from the coordinates of its point, as a JWK has them: 32 bytes each, big-endian.
  struct Coordinates {
    std::string_view x;
    std::string_view y;
  };
  [[nodiscard]] static std::optional<VerifyingKey> FromCoordinates(const Coordinates& point);

  // Whether `signature` (r || s) was made over `message` (hashed here with SHA-256) by the private half.
  // Anything malformed is simply false. About 70 microseconds.
  // A signature is no identifier: (r, n - s) verifies where (r, s) does.
  [[nodiscard]] bool Verify(std::string_view message, std::string_view signature) const;

  [[nodiscard]] const Bytes& spki_der() const { return spki_der_; }
  // The point's coordinates, 32 bytes each, big-endian; valid as long as this object.
  [[nodiscard]] std::string_view x() const;
  [[nodiscard]] std::string_view y() const;

  // The RFC 7638 thumbprint of the key as a JWK, SHA-256, base64url: 43 characters. Used as `kid`.
  [[nodiscard]] std::string KeyId() const;
  // The key as a JWK (RFC 7517) with its `kid`, for a published key set.
  [[nodiscard]] std::string ToJwk() const;

  friend bool operator==(const VerifyingKey& a, const VerifyingKey& b) { return a.spki_der_ == b.spki_der_; }

 private:
  friend class SigningKey;
  friend struct KeyAccess;
  VerifyingKey(std::shared_ptr<evp_pkey_st> key, Bytes spki_der);

  std::shared_ptr<evp_pkey_st> key_;
  Bytes spki_der_;
};

// A P-256 private key that signs with ECDSA and SHA-256 (FIPS 186-4). Movable, not copyable; a key that was
// moved from may only be destroyed or assigned to.
// Thread safety: const calls from any number of threads.
class SigningKey {
 public:
  // The private scalar is drawn from `random`, so the same random bytes give the same key.
  [[nodiscard]] static SigningKey Generate(RandomSource& random);
  // PKCS#8 (RFC 5208), unencrypted, with nothing after it. nullopt for anything but a valid P-256 key.
  [[nodiscard]] static std::optional<SigningKey> FromPkcs8Der(std::string_view der);
  // The first "PRIVATE KEY" block of `pem`; never asks for a passphrase.
  [[nodiscard]] static std::optional<SigningKey> FromPkcs8Pem(std::string_view pem);

  SigningKey(SigningKey&&) noexcept = default;
  SigningKey& operator=(SigningKey&&) noexcept = default;
  SigningKey(const SigningKey&) = delete;
  SigningKey& operator=(const SigningKey&) = delete;

  [[nodiscard]] SecretBytes ToPkcs8Der() const;
  [[nodiscard]] SecretBytes ToPkcs8Pem() const;
  [[nodiscard]] const VerifyingKey& PublicKey() const { return public_key_; }

  // r || s, 64 bytes, over `message` hashed here with SHA-256. About 30 microseconds. Two signatures of one
  // message differ: part of the randomness is OpenSSL's own (OpenSSL 3.0 has no RFC 6979), so nothing that
  // must be repeatable may contain a signature.
  [[nodiscard]] Bytes Sign(std::string_view message) const;

 private:
  friend struct KeyAccess;
  SigningKey(std::shared_ptr<evp_pkey_st> key, VerifyingKey public_key);
  static SigningKey FromScalar(const bignum_st* scalar);

  std::shared_ptr<evp_pkey_st> key_;
  VerifyingKey public_key_;
};

}  // namespace brug::crypto
