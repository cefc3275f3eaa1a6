#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/crypto/bytes.h"
#include "proto/crypto/random.h"
#include "proto/crypto/signature.h"

// X.509 certificates (RFC 5280): enough to make a demonstration's own, and to look at an operator's.
// Thread safety: all functions and const calls here, any number of threads at once.
namespace brug::crypto {

// In the years 1970 to 9999. RFC 5280 counts the last second as valid, OpenSSL's verification does not.
struct Validity {
  std::int64_t not_before_unix_s = 0;
  std::int64_t not_after_unix_s = 0;
};

// The names and addresses that a server is called by. At least one of the two kinds.
struct ServerNames {
  std::vector<std::string> dns_names = {};     // ASCII, at most 253 bytes each
  std::vector<std::string> ip_addresses = {};  // as text, IPv4 or IPv6
};

// A certificate authority for demonstrations and tests: an ECDSA P-256 key with a certificate it signed
// itself, which may sign servers and nothing below itself (path length 0).
class CertificateAuthority {
 public:
  // `common_name`: 1 to 64 bytes. A longer or empty one, or a validity that ends before it begins, is an
  // assertion.
  [[nodiscard]] static CertificateAuthority Create(std::string_view common_name, const Validity& validity,
                                                   RandomSource& random);

  // A certificate for a server that holds the private half of `server_key`. nullopt if there is no name, or
  // one is not a name or address. A `validity` that ends before it begins is an assertion.
  [[nodiscard]] std::optional<std::string> IssuePem(const VerifyingKey& server_key, const ServerNames& names,
                                                    const Validity& validity, RandomSource& random) const;

  // What clients trust.
  [[nodiscard]] const std::string& certificate_pem() const { return certificate_pem_; }
  [[nodiscard]] const SigningKey& key() const { return key_; }

 private:
  CertificateAuthority(SigningKey key, std::string certificate_pem);

  SigningKey key_;
  std::string certificate_pem_;
};

enum class KeyType { kEcdsaP256, kEcdsaOther, kRsa, kOther };

struct CertificateFacts {
  KeyType key_type = KeyType::kOther;
  std::string spki_pin;  // as SpkiPin
  Validity validity;
};

// The first certificate in `pem` (in a chain, the server's own). Reads, does not verify. nullopt if there is
// none or it is damaged.
[[nodiscard]] std::optional<CertificateFacts> ReadCertificate(std::string_view pem);

// Base64 of the SHA-256 of a SubjectPublicKeyInfo (RFC 7469 section 2.4): 44 characters.
[[nodiscard]] std::string SpkiPin(std::string_view spki_der);

}  // namespace brug::crypto
