#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "brug/v1/scheme.pb.h"
#include "service/domain/desk.h"
#include "service/storage/money.h"

// The ledger of a scheme: double entry, whole cents, append only. Every posting is an amount that leaves one
// account and reaches another; a correction is a posting that goes the other way.
namespace brug::domain {

inline constexpr std::string_view kBudgetAccount = "budget";
inline constexpr std::string_view kReservedAccount = "reserved";
inline constexpr std::string_view kOutstandingAccount = "outstanding";
inline constexpr std::string_view kRestoredAccount = "restored";
inline constexpr std::string_view kOutsideAccount = "outside";
// Followed by the merchant's id.
inline constexpr std::string_view kRedeemedAccounts = "redeemed/";

[[nodiscard]] std::string RedeemedAccount(std::string_view merchant_id);

// What is to be booked.
struct Posting {
  std::string scheme_id = {};
  std::string from = {};
  std::string to = {};
  std::int64_t amount_cents = 0;
  // The offer, voucher or redemption that it is for; empty for what is paid in.
  std::string subject_id = {};
  // The transfer that it takes back; empty for none.
  std::string reverses_id = {};
};

// Appends the posting as the scheme's next transfer and answers that transfer. OVER_BUDGET when the budget
// does not hold so much; OUT_OF_RANGE when a balance would leave 64 bits; whatever else does not fit is
// INTERNAL, and nothing of the operation may stay.
platform::Result<storage::TransferRow> Post(Desk& desk, const Posting& posting);

// What the ledger says of a scheme now.
[[nodiscard]] v1::SchemeBalances BalancesOf(const storage::MoneyReads& money, std::string_view scheme_id);
// 0 for an account that was never posted to.
[[nodiscard]] std::int64_t BalanceOf(const storage::MoneyReads& money, std::string_view scheme_id,
                                     std::string_view account);

// Something in the books that does not fit.
struct LedgerFinding {
  std::string scheme_id;
  // "L1" to "L4", "V4" (document "vouchers"), or "year" for what counts against a client's year.
  std::string rule;
  // What was expected and what is there: ids, accounts and amounts, and no story.
  std::string words;
};

// What was gone through, and what did not fit.
struct LedgerReport {
  std::int64_t schemes_count = 0;
  std::int64_t transfers_count = 0;
  std::int64_t accounts_count = 0;
  std::int64_t offers_count = 0;
  std::int64_t vouchers_count = 0;
  std::int64_t redemptions_count = 0;
  std::vector<LedgerFinding> findings;
};

// Rebuilds every balance from the first transfer on, and compares: L1 every transfer moves an amount above
// zero between two accounts, numbered without a gap, and takes back at most what it names; L2 budget,
// reserved, outstanding and redeemed are never below zero on the way; L3 reserved is the sum of the offers
// that are promised or requested, outstanding that of what is left of open vouchers, and redeemed that of
// the redemptions that stand; L4 the balances that are kept are those that come out. Cost: all rows of the
// organisation's money, once.
[[nodiscard]] LedgerReport VerifyBooks(const storage::MoneyReads& money);

}  // namespace brug::domain
