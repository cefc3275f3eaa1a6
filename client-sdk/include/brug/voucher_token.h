#pragma once

#include <brug/civil.h>
#include <brug/result.h>

#include <cstdint>
#include <string>

// Checking a voucher's QR without signal. In a library of its own, Brug::vouchers, for most apps do without.
namespace brug {

// What a voucher's token says.
struct VoucherToken {
  std::string organisation_id;
  std::string voucher_id;
  int code_number = 0;            // which of the codes that the voucher has had
  std::int64_t amount_cents = 0;  // what the voucher was given for, not what is left
  Instant issued_at;
  Instant expires_at;
  std::string key_id;  // of the key that signed it

  friend bool operator==(const VoucherToken&, const VoucherToken&) = default;
};

struct TokenToCheck {
  std::string token;            // what the QR says
  std::string jwks;             // the organisation's key set: Rewards::GetVoucherKeys, or `brugctl`
  Instant now;                  // for the expiry
  std::string language = "nl";  // of the error's message
};

// What a token says, if a key of the set signed it and its time has not passed.
//
// What that proves: the organisation of this key set gave such a voucher for this amount, until this day.
// What it does not prove: that it is unspent, that it was not cancelled, that its code was not replaced, that
// this shop may take it, or that who shows it is whose it is; a copy of a QR is as genuine as the QR. Only
// Rewards::RedeemVoucher says that it can be spent, and by saying so spends it. A key set is as trustworthy
// as the way it came: get it over TLS, and anew now and then, for new keys come.
//
// Errors, all with code kInvalid: TOKEN_MALFORMED (no token of this form, or longer than 8 KiB),
// TOKEN_NOT_SIGNED (algorithm "none"), TOKEN_ALGORITHM (another algorithm than ES256), TOKEN_OF_ANOTHER_KIND
// (no voucher), TOKEN_KEY_UNKNOWN (not signed by a key of the set: of another organisation, or the
// organisation has a newer key by now. Fetch the set with Rewards::GetVoucherKeys and check once more),
// TOKEN_CHANGED (the signature is not that
// of its content), TOKEN_EXPIRED; KEYS_NOT_VALID (the key set cannot be read).
// Pure; safe from any thread. Some 0.2 ms.
[[nodiscard]] Result<VoucherToken> VerifyVoucherToken(const TokenToCheck& check);

}  // namespace brug
