#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <variant>

#include "brug/v1/voucher.pb.h"
#include "proto/rules/apply.h"
#include "proto/rules/dossier_reader.h"
#include "proto/rules/violation.h"

// The record of a voucher as it is spent and comes to its end; the service alone writes it, and
// IssueVoucher() (offer.h) makes it. What the ledger posts is the service's matter. Pure; safe from any
// thread.
//
// Invariants of every record that leaves here: remaining_cents is from 0 to amount_cents, above 0 in OPEN and
// 0 in REDEEMED, EXPIRED and CANCELLED. Only `occasion`'s time and revision are looked at.
namespace brug::rules {

// So long a merchant can undo a redemption; the caller looks at it.
inline constexpr std::chrono::minutes kUndoWithin{15};
// So long a voucher can be spent after an undo, at least: nobody pays for the shop's mistake with their time.
inline constexpr std::chrono::days kOpenedAgainFor{7};

// Whether it can be spent at `at`: OPEN, and not expired, whether the job has posted that or not.
[[nodiscard]] bool IsSpendable(const v1::Voucher& voucher, Instant at);

// Spends `amount_cents`; what is left 0 is REDEEMED. Refused: VOUCHER_NOT_VALID without a field when it is
// not there or not IsSpendable(); OUT_OF_RANGE with "amount_cents" for less than 1, more than is left, or a
// part of one that cannot be spent in parts.
[[nodiscard]] std::variant<Change, Violation> RedeemVoucher(const DossierReader& dossier,
                                                            std::string_view voucher_id,
                                                            std::int64_t amount_cents,
                                                            const Occasion& occasion);

// Gives back what was spent: OPEN again, for kOpenedAgainFor from `occasion.at` at least. On
// a CANCELLED one nothing of the record changes (an empty Change): the money goes on to the budget. Refused:
// NOT_FOUND with "voucher_id"; OUT_OF_RANGE with "amount_cents" for less than 1 or more than was spent.
[[nodiscard]] std::variant<Change, Violation> UndoRedemption(const DossierReader& dossier,
                                                             std::string_view voucher_id,
                                                             std::int64_t amount_cents,
                                                             const Occasion& occasion);

// Refused, with "voucher_id": NOT_FOUND; WRONG_STATE.

// OPEN to EXPIRED with nothing left, from `expires_at` on.
[[nodiscard]] std::variant<Change, Violation> ExpireVoucher(const DossierReader& dossier,
                                                            std::string_view voucher_id,
                                                            const Occasion& occasion);

// IsSpendable() to CANCELLED with nothing left, because the client wishes it.
[[nodiscard]] std::variant<Change, Violation> CancelVoucher(const DossierReader& dossier,
                                                            std::string_view voucher_id,
                                                            const Occasion& occasion);

// The next code_number of one that IsSpendable().
[[nodiscard]] std::variant<Change, Violation> ReplaceVoucherCode(const DossierReader& dossier,
                                                                 std::string_view voucher_id,
                                                                 const Occasion& occasion);

}  // namespace brug::rules
