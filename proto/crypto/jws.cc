#include "proto/crypto/jws.h"

#include <cjose/header.h>
#include <cjose/jwk.h>
#include <cjose/jws.h>

#include <utility>

#include "proto/crypto/key_access.h"
#include "proto/crypto/openssl.h"

namespace brug::crypto {
namespace {

constexpr std::size_t kNameBytesMax = 64;
constexpr const char* kTypAttribute = "typ";
constexpr std::string_view kTypSymbols = "abcdefghijklmnopqrstuvwxyz0123456789+.-";
constexpr std::string_view kBase64UrlSymbols =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using OwnedHeader = std::unique_ptr<cjose_header_t, FreedBy<&cjose_header_release>>;
using OwnedJwk = std::unique_ptr<cjose_jwk_t, FreedBy<&cjose_jwk_release>>;
using OwnedJws = std::unique_ptr<cjose_jws_t, FreedBy<&cjose_jws_release>>;

bool IsMadeOf(std::string_view text, std::string_view symbols) {
  return text.find_first_not_of(symbols) == std::string_view::npos;
}

bool IsName(std::string_view text, std::string_view symbols) {
  return !text.empty() && text.size() <= kNameBytesMax && IsMadeOf(text, symbols);
}

std::uint8_t* Octets(std::string_view bytes) {
  return reinterpret_cast<std::uint8_t*>(const_cast<char*>(bytes.data()));
}

// `scalar` is empty for a key that only verifies.
OwnedJwk MakeJwk(const VerifyingKey& key, std::string_view scalar) {
  const cjose_jwk_ec_keyspec spec = {.crv = CJOSE_JWK_EC_P_256,
                                     .d = scalar.empty() ? nullptr : Octets(scalar),
                                     .dlen = scalar.size(),
                                     .x = Octets(key.x()),
                                     .xlen = key.x().size(),
                                     .y = Octets(key.y()),
                                     .ylen = key.y().size()};
  OwnedJwk jwk(cjose_jwk_create_EC_spec(&spec, nullptr));
  Demand(jwk != nullptr, "libcjose refuses a valid key");
  return jwk;
}

OwnedHeader MakeHeader(const std::string& typ, const std::string& kid) {
  OwnedHeader header(cjose_header_new(nullptr));
  Demand(header != nullptr && cjose_header_set(header.get(), CJOSE_HDR_ALG, CJOSE_HDR_ALG_ES256, nullptr) &&
             cjose_header_set(header.get(), kTypAttribute, typ.c_str(), nullptr) &&
             cjose_header_set(header.get(), CJOSE_HDR_KID, kid.c_str(), nullptr),
         "no memory for a token's header");
  return header;
}

// The first segment of every token with this typ and kid. Neither holds a character that JSON escapes.
std::string HeaderSegment(std::string_view typ, std::string_view kid) {
  std::string json = R"({"alg":"ES256","typ":")";
  json.append(typ).append(R"(","kid":")").append(kid).append("\"}");
  return Base64UrlEncode(json);
}

struct Segments {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
};

// Where libcjose is lenient: it ends a segment at "=", ignores unused bits and takes signatures of any
// length, so that one signature would have many spellings.
std::optional<Segments> SplitStrictly(std::string_view token) {
  const std::size_t first_dot = token.find('.');
  if (first_dot == std::string_view::npos) return std::nullopt;
  const std::size_t second_dot = token.find('.', first_dot + 1);
  if (second_dot == std::string_view::npos) return std::nullopt;
  const Segments segments = {.header = token.substr(0, first_dot),
                             .payload = token.substr(first_dot + 1, second_dot - first_dot - 1),
                             .signature = token.substr(second_dot + 1)};
  const std::optional<Bytes> signature = Base64UrlDecode(segments.signature);
  if (!signature || signature->size() != kSignatureBytes) return std::nullopt;
  if (!IsMadeOf(segments.header, kBase64UrlSymbols) || !Base64UrlDecode(segments.payload))
    return std::nullopt;
  return segments;
}

std::string_view Attribute(cjose_header_t* header, const char* name) {
  const char* const value = cjose_header_get(header, name, nullptr);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

Bytes PayloadOf(const cjose_jws_t* jws) {
  std::uint8_t* data = nullptr;
  std::size_t size = 0;
  Demand(cjose_jws_get_plaintext(jws, &data, &size, nullptr), "libcjose lost a payload");
  return Bytes(reinterpret_cast<const char*>(data), size);
}

JwsOutcome Refused(JwsError error) { return {.error = error}; }

}  // namespace

struct JwsSigner::Key {
  OwnedJwk jwk;
};

JwsSigner::JwsSigner(const SigningKey& key, std::string_view typ)
    : key_(std::make_unique<Key>(Key{MakeJwk(key.PublicKey(), KeyAccess::Scalar(key).view())})),
      typ_(typ),
      kid_(key.PublicKey().KeyId()) {
  Demand(IsName(typ, kTypSymbols), "a typ is 1 to 64 of a-z, 0-9, '+', '.', '-'");
}

JwsSigner::JwsSigner(JwsSigner&&) noexcept = default;
JwsSigner& JwsSigner::operator=(JwsSigner&&) noexcept = default;
JwsSigner::~JwsSigner() = default;

std::optional<std::string> JwsSigner::Sign(std::string_view payload) const {
  Demand(!payload.empty(), "a token without a payload");
  if (payload.size() > kJwsBytesMax) return std::nullopt;
  const OwnedHeader header = MakeHeader(typ_, kid_);
  const OwnedJws jws(cjose_jws_sign(key_->jwk.get(), header.get(), Octets(payload), payload.size(), nullptr));
  const char* token = nullptr;
  Demand(jws != nullptr && cjose_jws_export(jws.get(), &token, nullptr), "libcjose cannot sign");
  std::string text(token);
  if (text.size() > kJwsBytesMax) return std::nullopt;
  return text;
}

JwsOutcome VerifyJws(std::string_view token, std::string_view typ, const JwsKeyLookup& lookup) {
  Demand(IsName(typ, kTypSymbols), "a typ is 1 to 64 of a-z, 0-9, '+', '.', '-'");
  if (token.size() > kJwsBytesMax) return Refused(JwsError::kTooLong);
  const ErrorScope errors;
  const std::optional<Segments> segments = SplitStrictly(token);
  if (!segments) return Refused(JwsError::kMalformed);
  const OwnedJws jws(cjose_jws_import(token.data(), token.size(), nullptr));
  if (jws == nullptr) return Refused(JwsError::kMalformed);

  const std::string kid(Attribute(cjose_jws_get_protected(jws.get()), CJOSE_HDR_KID));
  if (!IsName(kid, kBase64UrlSymbols) || segments->header != HeaderSegment(typ, kid)) {
    return Refused(JwsError::kHeader);
  }
  const std::optional<VerifyingKey> key = lookup(kid);
  if (!key) return Refused(JwsError::kUnknownKey);
  if (!cjose_jws_verify(jws.get(), MakeJwk(*key, {}).get(), nullptr)) return Refused(JwsError::kSignature);
  return {.payload = PayloadOf(jws.get()), .kid = kid};
}

}  // namespace brug::crypto
