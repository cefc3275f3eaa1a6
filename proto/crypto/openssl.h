#pragma once

// For the sources of brug_crypto and brug_jws alone: what they share in calling OpenSSL.

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <cstddef>
#include <memory>
#include <string_view>

namespace brug::crypto {

// An assertion that stays in every build: says `what` on standard error and aborts. For programmers'
// mistakes, and for a library failing where only a lack of memory or a broken installation can make it.
void Demand(bool holds, const char* what);

template <auto Free>
struct FreedBy {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using OwnedBio = std::unique_ptr<BIO, FreedBy<&BIO_free_all>>;
using OwnedBignum = std::unique_ptr<BIGNUM, FreedBy<&BN_clear_free>>;
using OwnedKey = std::unique_ptr<EVP_PKEY, FreedBy<&EVP_PKEY_free>>;
using OwnedKeyContext = std::unique_ptr<EVP_PKEY_CTX, FreedBy<&EVP_PKEY_CTX_free>>;

// Takes back what the calls in its scope leave in the thread's error queue: gRPC's TLS shares that queue and
// would take an old error for its own.
class ErrorScope {
 public:
  ErrorScope() { ERR_set_mark(); }
  ~ErrorScope() { ERR_pop_to_mark(); }
  ErrorScope(const ErrorScope&) = delete;
  ErrorScope& operator=(const ErrorScope&) = delete;
};

inline const unsigned char* Data(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// A BIO that reads `bytes`, which must outlive it.
OwnedBio ReadingBio(std::string_view bytes);

// What was written to a memory BIO; valid until the BIO is written to or freed.
std::string_view Written(const OwnedBio& bio);

bool IsP256(const EVP_PKEY* key);

}  // namespace brug::crypto
