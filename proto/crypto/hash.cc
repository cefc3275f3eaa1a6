#include "proto/crypto/hash.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <vector>

#include "proto/crypto/hash_of_parts.h"
#include "proto/crypto/openssl.h"

namespace brug::crypto {
namespace {

using OwnedDigestContext = std::unique_ptr<EVP_MD_CTX, FreedBy<&EVP_MD_CTX_free>>;
using OwnedMacContext = std::unique_ptr<EVP_MAC_CTX, FreedBy<&EVP_MAC_CTX_free>>;
using OwnedKdfContext = std::unique_ptr<EVP_KDF_CTX, FreedBy<&EVP_KDF_CTX_free>>;

char kSha256Name[] = "SHA256";

unsigned char* Data(Bytes& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

// Algorithms are fetched once and kept: fetching costs more than hashing a short record.
const EVP_MD* FetchedSha256() {
  static const EVP_MD* const digest = EVP_MD_fetch(nullptr, kSha256Name, nullptr);
  Demand(digest != nullptr, "OpenSSL has no SHA-256");
  return digest;
}

EVP_MD_CTX* ThreadDigestContext() {
  thread_local const OwnedDigestContext context(EVP_MD_CTX_new());
  Demand(context != nullptr, "no memory for a digest");
  return context.get();
}

OwnedMacContext NewHmacContext() {
  static EVP_MAC* const hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  Demand(hmac != nullptr, "OpenSSL has no HMAC");
  OwnedMacContext context(EVP_MAC_CTX_new(hmac));
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, kSha256Name, 0),
                               OSSL_PARAM_construct_end()};
  Demand(context != nullptr && EVP_MAC_CTX_set_params(context.get(), params) == 1, "HMAC refused SHA-256");
  return context;
}

EVP_MAC_CTX* ThreadHmacContext() {
  thread_local const OwnedMacContext context = NewHmacContext();
  return context.get();
}

OSSL_PARAM OctetParam(const char* name, std::string_view bytes) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(bytes.data()), bytes.size());
}

// What is empty is left out: OpenSSL 3.0 refuses parameters without bytes.
std::vector<OSSL_PARAM> HkdfParams(const HkdfInput& input) {
  std::vector<OSSL_PARAM> params = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, kSha256Name, 0),
                                    OctetParam(OSSL_KDF_PARAM_KEY, input.input_key)};
  if (!input.salt.empty()) params.push_back(OctetParam(OSSL_KDF_PARAM_SALT, input.salt));
  if (!input.info.empty()) params.push_back(OctetParam(OSSL_KDF_PARAM_INFO, input.info));
  params.push_back(OSSL_PARAM_construct_end());
  return params;
}

}  // namespace

Bytes Sha256(std::string_view data) {
  EVP_MD_CTX* const context = ThreadDigestContext();
  Bytes hash(kSha256Bytes, '\0');
  Demand(EVP_DigestInit_ex2(context, FetchedSha256(), nullptr) == 1 &&
             EVP_DigestUpdate(context, data.data(), data.size()) == 1 &&
             EVP_DigestFinal_ex(context, Data(hash), nullptr) == 1,
         "SHA-256 failed");
  return hash;
}

struct Sha256OfParts::Context {
  OwnedDigestContext digest{EVP_MD_CTX_new()};
};

Sha256OfParts::Sha256OfParts() : context_(std::make_unique<Context>()) {
  Demand(context_->digest != nullptr &&
             EVP_DigestInit_ex2(context_->digest.get(), FetchedSha256(), nullptr) == 1,
         "SHA-256 cannot begin");
}

Sha256OfParts::~Sha256OfParts() = default;

void Sha256OfParts::Add(std::string_view part) {
  Demand(EVP_DigestUpdate(context_->digest.get(), part.data(), part.size()) == 1, "SHA-256 failed");
}

Bytes Sha256OfParts::Finish() && {
  Bytes hash(kSha256Bytes, '\0');
  Demand(EVP_DigestFinal_ex(context_->digest.get(), Data(hash), nullptr) == 1, "SHA-256 failed");
  return hash;
}

Bytes HmacSha256(std::string_view key, std::string_view data) {
  // A null key would mean "the key of the last call" to EVP_MAC_init.
  const std::string_view given_key = key.data() == nullptr ? std::string_view("") : key;
  EVP_MAC_CTX* const context = ThreadHmacContext();
  Bytes code(kSha256Bytes, '\0');
  std::size_t size = 0;
  Demand(EVP_MAC_init(context, crypto::Data(given_key), given_key.size(), nullptr) == 1 &&
             EVP_MAC_update(context, crypto::Data(data), data.size()) == 1 &&
             EVP_MAC_final(context, Data(code), &size, code.size()) == 1 && size == code.size(),
         "HMAC-SHA-256 failed");
  return code;
}

SecretBytes HkdfSha256(const HkdfInput& input, std::size_t size) {
  Demand(!input.input_key.empty(), "HKDF without a key");
  Demand(size > 0 && size <= 255 * kSha256Bytes, "HKDF gives 1 to 255 * 32 bytes");
  static EVP_KDF* const hkdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  Demand(hkdf != nullptr, "OpenSSL has no HKDF");
  const OwnedKdfContext context(EVP_KDF_CTX_new(hkdf));
  const std::vector<OSSL_PARAM> params = HkdfParams(input);
  SecretBytes output(size);
  Demand(context != nullptr &&
             EVP_KDF_derive(context.get(), output.mutable_span().data(), size, params.data()) == 1,
         "HKDF-SHA-256 failed");
  return output;
}

bool Equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace brug::crypto
