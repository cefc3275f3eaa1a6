#include "service/domain/ledger.h"

#include "brug/v1/voucher.pb.h"

namespace brug::domain {

using platform::Failure;
using platform::Result;

std::string RedeemedAccount(std::string_view merchant_id) {
  return std::string(kRedeemedAccounts) + std::string(merchant_id);
}

Result<storage::TransferRow> Post(Desk& desk, const Posting& posting) {
  const auto scheme = desk.transaction.FindScheme(posting.scheme_id);
  if (!scheme) return Failure{.log_detail = "a posting in a scheme that does not exist"};
  const storage::TransferRow transfer{.transfer_id = crypto::NewUuidV4(desk.surroundings.random),
                                      .scheme_id = posting.scheme_id,
                                      .number = scheme->transfers_count + 1,
                                      .at_us = ToMicroseconds(desk.now),
                                      .from_account = posting.from,
                                      .to_account = posting.to,
                                      .amount_cents = posting.amount_cents,
                                      .subject_id = posting.subject_id,
                                      .reverses_id = posting.reverses_id};
  if (desk.transaction.AppendTransfer(transfer)) return transfer;
  if (posting.from == kBudgetAccount) {
    return Failure{.reason = v1::ERROR_REASON_OVER_BUDGET, .field = "amount_cents"};
  }
  if (posting.from == kOutsideAccount) {
    return Failure{.reason = v1::ERROR_REASON_OUT_OF_RANGE, .field = "amount_cents"};
  }
  return Failure{.log_detail =
                     "the ledger did not take a posting from " + posting.from + " to " + posting.to};
}

v1::SchemeBalances BalancesOf(const storage::MoneyReads& money, std::string_view scheme_id) {
  v1::SchemeBalances balances;
  for (const storage::AccountRow& row : money.AccountsOf(scheme_id)) {
    if (row.account == kBudgetAccount) balances.set_budget_cents(row.balance_cents);
    if (row.account == kReservedAccount) balances.set_reserved_cents(row.balance_cents);
    if (row.account == kOutstandingAccount) balances.set_outstanding_cents(row.balance_cents);
    if (row.account == kRestoredAccount) balances.set_restored_cents(row.balance_cents);
    if (row.account == kOutsideAccount) balances.set_paid_in_cents(-row.balance_cents);
    // All redeemed money was paid in, so the sum fits where what was paid in does.
    if (row.account.starts_with(kRedeemedAccounts)) {
      balances.set_redeemed_cents(balances.redeemed_cents() + row.balance_cents);
    }
  }
  return balances;
}

std::int64_t BalanceOf(const storage::MoneyReads& money, std::string_view scheme_id,
                       std::string_view account) {
  for (const storage::AccountRow& row : money.AccountsOf(scheme_id)) {
    if (row.account == account) return row.balance_cents;
  }
  return 0;
}

}  // namespace brug::domain
