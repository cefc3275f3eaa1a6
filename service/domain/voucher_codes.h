#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "brug/v1/reward_service.pb.h"
#include "service/domain/desk.h"
#include "service/domain/sealed_dossier.h"
#include "service/storage/money.h"

// What a voucher is spent with: a code that a person can type, and the same as a signed token for a QR. At
// rest there is a keyed hash of the code to look it up by, and the code sealed under the dossier's key.
namespace brug::domain {

inline constexpr std::size_t kVoucherCodeSymbols = 16;

// The one voucher that an offer can lead to: a UUID made from a hash of both ids.
[[nodiscard]] std::string VoucherIdOf(std::string_view organisation_id, std::string_view offer_id);

// Gives the voucher a new code: its next number, hash and sealed bytes. The caller writes the row.
void GiveNewCode(const Desk& desk, const DossierAccess& access, storage::VoucherRow& voucher);

// The same for a voucher whose newer codes a restore may have made the service forget: its number goes with
// the time, and so is above theirs, and above the one that it got after an earlier restore of the same
// backup.
void GiveNewCodeAfterRestore(const Desk& desk, const DossierAccess& access, storage::VoucherRow& voucher);

// The code and token of the voucher, for the client's own devices alone. A failure when the code does not
// open.
[[nodiscard]] platform::Result<v1::VoucherCode> CodeOf(const OrganisationKeys& keys,
                                                       const DossierAccess& access,
                                                       const storage::VoucherRow& voucher);

// What a code is looked up by; of a text that is no code, one that no voucher has. 32 bytes.
[[nodiscard]] std::string CodeHmac(const OrganisationKeys& keys, std::string_view typed);

// What a token says that the organisation signed.
struct VoucherToken {
  std::string voucher_id;
  std::int64_t code_number = 0;
  std::int64_t amount_cents = 0;
};
// Nothing for a token that any of the organisation's voucher keys did not sign, or of another organisation.
// Its times are not looked at: what the books say of the voucher holds.
[[nodiscard]] std::optional<VoucherToken> ReadVoucherToken(const OrganisationKeys& keys,
                                                           std::string_view token);

inline constexpr std::string_view kVoucherTokenType = "brug-voucher+jwt";

}  // namespace brug::domain
