#include "service/domain/voucher_codes.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "proto/crypto/crockford.h"
#include "proto/crypto/hash.h"
#include "proto/crypto/jws.h"

namespace brug::domain {
namespace {

using platform::Failure;
using platform::Result;

constexpr std::string_view kCurrency = "EUR";
// 2025 begins: 31 bits of seconds from here on last until 2093.
constexpr std::int64_t kCodeNumbersFromUnixS = 1'735'689'600;
constexpr std::int64_t kMicrosecondsPerSecond = 1'000'000;

Place PlaceOf(const storage::VoucherRow& voucher) {
  return {"voucher code", voucher.voucher_id, voucher.code_number};
}

Result<std::string> SignToken(const OrganisationKeys& keys, const storage::VoucherRow& voucher) {
  const nlohmann::json payload = {{"iss", keys.organisation_id},
                                  {"jti", voucher.voucher_id},
                                  {"num", voucher.code_number},
                                  {"cents", voucher.amount_cents},
                                  {"cur", kCurrency},
                                  {"iat", voucher.issued_at_us / kMicrosecondsPerSecond},
                                  {"exp", voucher.expires_at_us / kMicrosecondsPerSecond}};
  auto token = crypto::JwsSigner(keys.vouchers.back(), kVoucherTokenType).Sign(payload.dump());
  if (!token) return Failure{.log_detail = "a voucher token is too long"};
  return *std::move(token);
}

std::optional<crypto::VerifyingKey> FindVoucherKey(const OrganisationKeys& keys, std::string_view key_id) {
  for (const crypto::SigningKey& key : keys.vouchers) {
    if (key.PublicKey().KeyId() == key_id) return key.PublicKey();
  }
  return std::nullopt;
}

std::string HmacOf(const OrganisationKeys& keys, std::string_view code) {
  return crypto::HmacSha256(keys.codes.bytes(), code);
}

}  // namespace

std::string VoucherIdOf(std::string_view organisation_id, std::string_view offer_id) {
  std::string named = "brug.v1.Voucher";
  named += '\0';
  named += organisation_id;
  named += '\0';
  named += offer_id;
  std::string bytes = crypto::Sha256(named).substr(0, 16);
  // RFC 9562 section 5.8: version 8, and the variant of all UUIDs.
  bytes[6] = static_cast<char>((static_cast<unsigned char>(bytes[6]) & 0x0f) | 0x80);
  bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3f) | 0x80);
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    const auto byte = static_cast<unsigned char>(bytes[i]);
    text += kHex[byte >> 4];
    text += kHex[byte & 0x0f];
  }
  return text;
}

void GiveNewCode(const Desk& desk, const DossierAccess& access, storage::VoucherRow& voucher) {
  const std::string code = crypto::NewCode(desk.surroundings.random, kVoucherCodeSymbols);
  voucher.code_number += 1;
  voucher.code_hmac = HmacOf(*desk.keys, code);
  voucher.sealed_code = SealForDossier(access, PlaceOf(voucher), code, desk.surroundings.random);
}

void GiveNewCodeAfterRestore(const Desk& desk, const DossierAccess& access, storage::VoucherRow& voucher) {
  const std::int64_t now_s = ToMicroseconds(desk.now) / kMicrosecondsPerSecond;
  voucher.code_number = std::max(voucher.code_number, now_s - kCodeNumbersFromUnixS);
  GiveNewCode(desk, access, voucher);
}

Result<v1::VoucherCode> CodeOf(const OrganisationKeys& keys, const DossierAccess& access,
                               const storage::VoucherRow& voucher) {
  const auto code = OpenForDossier(access, PlaceOf(voucher), voucher.sealed_code);
  if (!code) {
    return Failure{.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE,
                   .log_detail = "a voucher code does not open"};
  }
  auto token = SignToken(keys, voucher);
  if (!token.ok()) return token.failure();
  v1::VoucherCode message;
  message.set_voucher_id(voucher.voucher_id);
  message.set_code_number(static_cast<std::int32_t>(voucher.code_number));
  message.set_code(*code + crypto::CheckSymbol(*code));
  message.set_token(*std::move(token));
  return message;
}

std::string CodeHmac(const OrganisationKeys& keys, std::string_view typed) {
  const auto code = crypto::NormaliseCheckedCode(typed);
  const bool whole = code && code->size() == kVoucherCodeSymbols;
  return HmacOf(keys, whole ? *code : std::string());
}

std::optional<VoucherToken> ReadVoucherToken(const OrganisationKeys& keys, std::string_view token) {
  const auto checked = crypto::VerifyJws(
      token, kVoucherTokenType, [&](std::string_view key_id) { return FindVoucherKey(keys, key_id); });
  if (!checked.ok()) return std::nullopt;
  const auto payload = nlohmann::json::parse(checked.payload, nullptr, false);
  const auto is_text = [&](const char* name) { return payload.contains(name) && payload[name].is_string(); };
  const auto is_number = [&](const char* name) {
    return payload.contains(name) && payload[name].is_number_integer();
  };
  if (!payload.is_object() || !is_text("iss") || !is_text("jti") || !is_text("cur") || !is_number("num") ||
      !is_number("cents") || payload["iss"] != keys.organisation_id || payload["cur"] != kCurrency) {
    return std::nullopt;
  }
  return VoucherToken{.voucher_id = payload["jti"].get<std::string>(),
                      .code_number = payload["num"].get<std::int64_t>(),
                      .amount_cents = payload["cents"].get<std::int64_t>()};
}

}  // namespace brug::domain
