#include <brug/voucher_token.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "client-sdk/src/vouchers/voucher_error.h"
#include "proto/crypto/jws.h"

namespace brug {
namespace {

using nlohmann::json;

constexpr std::string_view kTyp = "brug-voucher+jwt";
constexpr std::size_t kKeySetBytesMax = 64 * 1024;
// Year 2199, as everywhere in Brug: nothing overflows.
constexpr std::int64_t kUnixSecondsMax = 7'258'118'399;

using Keys = std::map<std::string, crypto::VerifyingKey, std::less<>>;

json Parse(std::string_view text) { return json::parse(text, nullptr, /*allow_exceptions=*/false); }

std::optional<std::string> TextOf(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::optional<std::int64_t> NumberOf(const json& object, const char* name, std::int64_t max) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  if (found->is_number_unsigned() && found->get<std::uint64_t>() > static_cast<std::uint64_t>(max)) {
    return std::nullopt;
  }
  const auto number = found->get<std::int64_t>();
  if (number < 0 || number > max) return std::nullopt;
  return number;
}

// ---- The key set

// A P-256 key; nothing for one of another kind, which a set may hold beside ours.
std::optional<crypto::VerifyingKey> KeyOf(const json& jwk) {
  if (TextOf(jwk, "kty") != "EC" || TextOf(jwk, "crv") != "P-256") return std::nullopt;
  const auto x = TextOf(jwk, "x");
  const auto y = TextOf(jwk, "y");
  if (!x || !y) return std::nullopt;
  const auto x_bytes = crypto::Base64UrlDecode(*x);
  const auto y_bytes = crypto::Base64UrlDecode(*y);
  if (!x_bytes || !y_bytes) return std::nullopt;
  return crypto::VerifyingKey::FromCoordinates({.x = *x_bytes, .y = *y_bytes});
}

// By thumbprint, whatever the set calls them. Nothing when it is no key set.
std::optional<Keys> ReadKeys(std::string_view jwks) {
  if (jwks.size() > kKeySetBytesMax) return std::nullopt;
  const json set = Parse(jwks);
  if (!set.is_object() || !set.contains("keys") || !set["keys"].is_array()) return std::nullopt;
  Keys keys;
  for (const json& jwk : set["keys"]) {
    if (!jwk.is_object()) return std::nullopt;
    if (auto key = KeyOf(jwk)) {
      std::string key_id = key->KeyId();
      keys.emplace(std::move(key_id), std::move(*key));
    }
  }
  return keys;
}

// ---- The token

bool IsNone(std::string algorithm) {
  std::transform(algorithm.begin(), algorithm.end(), algorithm.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return algorithm == "none";
}

// What is wrong with what the header says of itself; nothing when it may be a voucher's. Whether it really is
// one is for VerifyJws to say.
std::optional<std::string_view> WrongHeader(std::string_view token) {
  const auto bytes = crypto::Base64UrlDecode(token.substr(0, std::min(token.find('.'), token.size())));
  if (!bytes) return "TOKEN_MALFORMED";
  const json header = Parse(*bytes);
  if (!header.is_object()) return "TOKEN_MALFORMED";
  const auto algorithm = TextOf(header, "alg");
  if (!algorithm) return "TOKEN_MALFORMED";
  if (IsNone(*algorithm)) return "TOKEN_NOT_SIGNED";
  if (*algorithm != "ES256") return "TOKEN_ALGORITHM";
  if (TextOf(header, "typ") != kTyp) return "TOKEN_OF_ANOTHER_KIND";
  return std::nullopt;
}

std::string_view ReasonOf(crypto::JwsError error) {
  switch (error) {
    case crypto::JwsError::kUnknownKey:
      return "TOKEN_KEY_UNKNOWN";
    case crypto::JwsError::kSignature:
      return "TOKEN_CHANGED";
    default:
      return "TOKEN_MALFORMED";
  }
}

Instant AtSecond(std::int64_t seconds) { return Instant(std::chrono::seconds(seconds)); }

std::optional<VoucherToken> ReadPayload(const crypto::JwsOutcome& outcome) {
  const json payload = Parse(outcome.payload);
  if (!payload.is_object() || TextOf(payload, "cur") != "EUR") return std::nullopt;
  const auto organisation = TextOf(payload, "iss");
  const auto voucher = TextOf(payload, "jti");
  const auto code_number = NumberOf(payload, "num", std::numeric_limits<int>::max());
  const auto cents = NumberOf(payload, "cents", std::numeric_limits<std::int64_t>::max());
  const auto issued = NumberOf(payload, "iat", kUnixSecondsMax);
  const auto expires = NumberOf(payload, "exp", kUnixSecondsMax);
  if (!organisation || !voucher || !code_number || !cents || !issued || !expires) return std::nullopt;
  return VoucherToken{.organisation_id = *organisation,
                      .voucher_id = *voucher,
                      .code_number = static_cast<int>(*code_number),
                      .amount_cents = *cents,
                      .issued_at = AtSecond(*issued),
                      .expires_at = AtSecond(*expires),
                      .key_id = outcome.kid};
}

}  // namespace

Result<VoucherToken> VerifyVoucherToken(const TokenToCheck& check) {
  const auto refuse = [&check](std::string_view reason, std::string_view field = "token") {
    return sdk::VoucherError(reason, field, check.language);
  };
  const auto keys = ReadKeys(check.jwks);
  if (!keys) return refuse("KEYS_NOT_VALID", "jwks");
  if (check.token.size() > crypto::kJwsBytesMax) return refuse("TOKEN_MALFORMED");
  if (const auto wrong = WrongHeader(check.token)) return refuse(*wrong);
  const auto outcome = crypto::VerifyJws(
      check.token, kTyp, [&keys](std::string_view kid) -> std::optional<crypto::VerifyingKey> {
        const auto key = keys->find(kid);
        return key == keys->end() ? std::nullopt : std::optional(key->second);
      });
  if (!outcome.ok()) return refuse(ReasonOf(outcome.error));
  auto token = ReadPayload(outcome);
  if (!token) return refuse("TOKEN_MALFORMED");
  if (check.now >= token->expires_at) return refuse("TOKEN_EXPIRED");
  return std::move(*token);
}

}  // namespace brug
