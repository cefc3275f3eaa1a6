#include "proto/crypto/signature.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

#include <array>

#include "proto/crypto/hash.h"
#include "proto/crypto/key_access.h"
#include "proto/crypto/openssl.h"
#include "proto/crypto/pem.h"

namespace brug::crypto {
namespace {

constexpr std::size_t kScalarBytes = 32;
constexpr std::size_t kPointBytes = 1 + 2 * kScalarBytes;
// SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING { 0x04, ... } } up to the point (RFC 5480).
constexpr std::string_view kSpkiPrefix(
    "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42"
    "\x00",
    26);
constexpr std::size_t kSpkiBytes = kSpkiPrefix.size() + kPointBytes;
constexpr char kUncompressed = 4;
constexpr const char* kGroupName = "prime256v1";
constexpr const char* kPemLabel = "PRIVATE KEY";

using OwnedBignumContext = std::unique_ptr<BN_CTX, FreedBy<&BN_CTX_free>>;
using OwnedDigestContext = std::unique_ptr<EVP_MD_CTX, FreedBy<&EVP_MD_CTX_free>>;
using OwnedGroup = std::unique_ptr<EC_GROUP, FreedBy<&EC_GROUP_free>>;
using OwnedParamBuild = std::unique_ptr<OSSL_PARAM_BLD, FreedBy<&OSSL_PARAM_BLD_free>>;
using OwnedParams = std::unique_ptr<OSSL_PARAM, FreedBy<&OSSL_PARAM_free>>;
using OwnedPkcs8 = std::unique_ptr<PKCS8_PRIV_KEY_INFO, FreedBy<&PKCS8_PRIV_KEY_INFO_free>>;
using OwnedPoint = std::unique_ptr<EC_POINT, FreedBy<&EC_POINT_free>>;
using OwnedSignature = std::unique_ptr<ECDSA_SIG, FreedBy<&ECDSA_SIG_free>>;
using Point = std::array<unsigned char, kPointBytes>;

const EC_GROUP* P256() {
  static const EC_GROUP* const group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
  Demand(group != nullptr, "OpenSSL has no P-256");
  return group;
}

// A key from its uncompressed point, and its private scalar if there is one. Null if the point is off the
// curve.
OwnedKey MakeKey(std::string_view point, const BIGNUM* scalar) {
  const OwnedParamBuild build(OSSL_PARAM_BLD_new());
  Demand(
      build != nullptr &&
          OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, kGroupName, 0) == 1 &&
          OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                           point.size()) == 1 &&
          (scalar == nullptr || OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar) == 1),
      "no memory for a key's parameters");
  const OwnedParams params(OSSL_PARAM_BLD_to_param(build.get()));
  const OwnedKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  Demand(params != nullptr && context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1,
         "no memory for a key");
  EVP_PKEY* key = nullptr;
  const int selection = scalar == nullptr ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
  if (EVP_PKEY_fromdata(context.get(), &key, selection, params.get()) != 1) return nullptr;
  return OwnedKey(key);
}

bool IsPrivateScalar(const BIGNUM* scalar) {
  return !BN_is_zero(scalar) && BN_cmp(scalar, EC_GROUP_get0_order(P256())) < 0;
}

// `scalar` times the curve's generator.
Point PublicPoint(const BIGNUM* scalar) {
  const OwnedBignumContext context(BN_CTX_secure_new());
  const OwnedPoint point(EC_POINT_new(P256()));
  Point encoded;
  Demand(context != nullptr && point != nullptr &&
             EC_POINT_mul(P256(), point.get(), scalar, nullptr, nullptr, context.get()) == 1 &&
             EC_POINT_point2oct(P256(), point.get(), POINT_CONVERSION_UNCOMPRESSED, encoded.data(),
                                encoded.size(), context.get()) == encoded.size(),
         "multiplying a point failed");
  return encoded;
}

OwnedBignum NewSecretBignum() {
  OwnedBignum number(BN_secure_new());
  Demand(number != nullptr, "no memory for a number");
  BN_set_flags(number.get(), BN_FLG_CONSTTIME);
  return number;
}

// Null unless `key` is a P-256 pair whose halves belong together.
OwnedBignum CheckedScalar(EVP_PKEY* key) {
  if (!IsP256(key)) return nullptr;
  const OwnedKeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  Demand(context != nullptr, "no memory for a key");
  if (EVP_PKEY_check(context.get()) != 1) return nullptr;
  OwnedBignum scalar = NewSecretBignum();
  BIGNUM* out = scalar.get();
  Demand(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &out) == 1, "a checked key without its scalar");
  return scalar;
}

// r || s as the DER that OpenSSL reads.
Bytes DerOf(std::string_view signature) {
  const std::string_view r = signature.substr(0, kScalarBytes);
  const std::string_view s = signature.substr(kScalarBytes);
  const OwnedSignature parts(ECDSA_SIG_new());
  Demand(parts != nullptr && ECDSA_SIG_set0(parts.get(), BN_bin2bn(Data(r), kScalarBytes, nullptr),
                                            BN_bin2bn(Data(s), kScalarBytes, nullptr)) == 1,
         "no memory for a signature");
  Bytes der(static_cast<std::size_t>(i2d_ECDSA_SIG(parts.get(), nullptr)), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_ECDSA_SIG(parts.get(), &out);
  return der;
}

Bytes FixedSizeOf(std::string_view der) {
  const unsigned char* in = Data(der);
  const OwnedSignature parts(d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size())));
  Demand(parts != nullptr, "OpenSSL made a signature it cannot read");
  Bytes signature(kSignatureBytes, '\0');
  auto* const out = reinterpret_cast<unsigned char*>(signature.data());
  Demand(BN_bn2binpad(ECDSA_SIG_get0_r(parts.get()), out, kScalarBytes) == kScalarBytes &&
             BN_bn2binpad(ECDSA_SIG_get0_s(parts.get()), out + kScalarBytes, kScalarBytes) == kScalarBytes,
         "a signature longer than the curve's order");
  return signature;
}

// The members of RFC 7638 section 3.2 in its order.
std::string JwkMembers(const VerifyingKey& key) {
  return R"("crv":"P-256","kty":"EC","x":")" + Base64UrlEncode(key.x()) + R"(","y":")" +
         Base64UrlEncode(key.y()) + '"';
}

}  // namespace

VerifyingKey::VerifyingKey(std::shared_ptr<evp_pkey_st> key, Bytes spki_der)
    : key_(std::move(key)), spki_der_(std::move(spki_der)) {}

std::optional<VerifyingKey> VerifyingKey::FromSpkiDer(std::string_view der) {
  if (der.size() != kSpkiBytes || !der.starts_with(kSpkiPrefix) || der[kSpkiPrefix.size()] != kUncompressed) {
    return std::nullopt;
  }
  const ErrorScope errors;
  OwnedKey key = MakeKey(der.substr(kSpkiPrefix.size()), nullptr);
  if (key == nullptr) return std::nullopt;
  return VerifyingKey(std::move(key), Bytes(der));
}

std::optional<VerifyingKey> VerifyingKey::FromCoordinates(const Coordinates& point) {
  if (point.x.size() != kScalarBytes || point.y.size() != kScalarBytes) return std::nullopt;
  return FromSpkiDer(Bytes(kSpkiPrefix).append(1, kUncompressed).append(point.x).append(point.y));
}

bool VerifyingKey::Verify(std::string_view message, std::string_view signature) const {
  if (signature.size() != kSignatureBytes) return false;
  const ErrorScope errors;
  const Bytes der = DerOf(signature);
  const OwnedDigestContext context(EVP_MD_CTX_new());
  Demand(context != nullptr &&
             EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1,
         "ECDSA cannot start");
  return EVP_DigestVerify(context.get(), Data(der), der.size(), Data(message), message.size()) == 1;
}

std::string_view VerifyingKey::x() const {
  return std::string_view(spki_der_).substr(kSpkiPrefix.size() + 1, kScalarBytes);
}

std::string_view VerifyingKey::y() const {
  return std::string_view(spki_der_).substr(kSpkiPrefix.size() + 1 + kScalarBytes);
}

std::string VerifyingKey::KeyId() const { return Base64UrlEncode(Sha256('{' + JwkMembers(*this) + '}')); }

std::string VerifyingKey::ToJwk() const {
  return '{' + JwkMembers(*this) + R"(,"use":"sig","alg":"ES256","kid":")" + KeyId() + "\"}";
}

SigningKey::SigningKey(std::shared_ptr<evp_pkey_st> key, VerifyingKey public_key)
    : key_(std::move(key)), public_key_(std::move(public_key)) {}

SigningKey SigningKey::FromScalar(const bignum_st* scalar) {
  const Point point = PublicPoint(scalar);
  const std::string_view point_bytes(reinterpret_cast<const char*>(point.data()), point.size());
  OwnedKey key = MakeKey(point_bytes, scalar);
  std::optional<VerifyingKey> public_key = VerifyingKey::FromSpkiDer(Bytes(kSpkiPrefix).append(point_bytes));
  Demand(key != nullptr && public_key.has_value(), "a scalar in range gave no key");
  return SigningKey(std::move(key), *std::move(public_key));
}

SigningKey SigningKey::Generate(RandomSource& random) {
  const OwnedBignum scalar = NewSecretBignum();
  do {
    const SecretBytes drawn = RandomSecret(random, kScalarBytes);
    Demand(BN_bin2bn(Data(drawn.view()), kScalarBytes, scalar.get()) != nullptr, "no memory for a number");
  } while (!IsPrivateScalar(scalar.get()));
  return FromScalar(scalar.get());
}

std::optional<SigningKey> SigningKey::FromPkcs8Der(std::string_view der) {
  if (der.size() > kPkcs8BytesMax) return std::nullopt;
  const ErrorScope errors;
  const unsigned char* in = Data(der);
  const OwnedPkcs8 parsed(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &in, static_cast<long>(der.size())));
  if (parsed == nullptr || in != Data(der) + der.size()) return std::nullopt;
  const OwnedKey key(EVP_PKCS82PKEY(parsed.get()));
  if (key == nullptr) return std::nullopt;
  const OwnedBignum scalar = CheckedScalar(key.get());
  if (scalar == nullptr) return std::nullopt;
  // Made anew, so that a key written with spelled-out curve parameters is written back with the curve's name.
  return FromScalar(scalar.get());
}

std::optional<SigningKey> SigningKey::FromPkcs8Pem(std::string_view pem) {
  std::optional<Bytes> der = PemDecode(kPemLabel, pem);
  if (!der) return std::nullopt;
  std::optional<SigningKey> key = FromPkcs8Der(*der);
  WipeAndClear(*der);
  return key;
}

SecretBytes SigningKey::ToPkcs8Der() const {
  const OwnedPkcs8 parsed(EVP_PKEY2PKCS8(key_.get()));
  Demand(parsed != nullptr, "a key cannot be written");
  SecretBytes der(static_cast<std::size_t>(i2d_PKCS8_PRIV_KEY_INFO(parsed.get(), nullptr)));
  unsigned char* out = der.mutable_span().data();
  i2d_PKCS8_PRIV_KEY_INFO(parsed.get(), &out);
  return der;
}

SecretBytes SigningKey::ToPkcs8Pem() const {
  const SecretBytes der = ToPkcs8Der();
  std::string pem = PemEncode(kPemLabel, der.view());
  SecretBytes secret = SecretBytes::CopyOf(pem);
  WipeAndClear(pem);
  return secret;
}

Bytes SigningKey::Sign(std::string_view message) const {
  const OwnedDigestContext context(EVP_MD_CTX_new());
  Bytes der(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
  std::size_t size = der.size();
  Demand(context != nullptr &&
             EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
             EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(der.data()), &size, Data(message),
                            message.size()) == 1,
         "ECDSA failed");
  return FixedSizeOf(std::string_view(der).substr(0, size));
}

SecretBytes KeyAccess::Scalar(const SigningKey& key) {
  const OwnedBignum scalar = NewSecretBignum();
  BIGNUM* out = scalar.get();
  SecretBytes bytes(kScalarBytes);
  Demand(EVP_PKEY_get_bn_param(Handle(key), OSSL_PKEY_PARAM_PRIV_KEY, &out) == 1 &&
             BN_bn2binpad(scalar.get(), bytes.mutable_span().data(), kScalarBytes) == kScalarBytes,
         "a private key without its scalar");
  return bytes;
}

}  // namespace brug::crypto
