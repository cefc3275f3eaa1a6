#include "service/domain/voucher_book.h"

#include <limits>
#include <utility>

#include "service/domain/ledger.h"
#include "service/domain/offer_decisions.h"

namespace brug::domain {

using platform::Failure;
using platform::Result;

Result<OpenedVoucher> OpenVoucher(Desk& desk, storage::VoucherRow row) {
  auto writer = DossierWriter::Open(desk, row.dossier_id);
  if (!writer.ok()) return writer.failure();
  if (!writer->has_value()) return Failure{.log_detail = "a voucher of a dossier that does not exist"};
  return OpenedVoucher{std::move(row), **std::move(writer)};
}

Result<void> UpdateVoucher(Desk& desk, OpenedVoucher& voucher, const VoucherChange& what) {
  for (const v1::Record& record : what.change.records) {
    voucher.row.state = record.voucher().state();
    voucher.row.remaining_cents = record.voucher().remaining_cents();
    voucher.row.expires_at_us = ToMicroseconds(rules::ToInstant(record.voucher().expires_at()));
  }
  voucher.row.version += 1;
  if (!desk.transaction.UpdateVoucher(voucher.row)) {
    return Failure{.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE,
                   .retry_delay_ms = 1000,
                   .log_detail = "a voucher changed during the operation"};
  }
  if (what.change.records.empty()) return {};
  return CommitAs(desk, voucher.writer, what.change, what.role);
}

Result<void> MoveOn(Desk& desk, const storage::VoucherRow& voucher, std::string_view account,
                    std::int64_t amount_cents) {
  if (amount_cents == 0) return {};
  const auto posted = Post(desk, {.scheme_id = voucher.scheme_id,
                                  .from = std::string(kOutstandingAccount),
                                  .to = std::string(account),
                                  .amount_cents = amount_cents,
                                  .subject_id = voucher.voucher_id});
  if (!posted.ok()) return posted.failure();
  return {};
}

std::int64_t BorrowedFrom(const storage::MoneyReads& money, const storage::VoucherRow& voucher,
                          std::string_view account) {
  constexpr std::int64_t kEarliest = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kLatest = std::numeric_limits<std::int64_t>::max();
  std::int64_t borrowed_cents = 0;
  for (const storage::TransferRow& row :
       money.TransfersOfAccount(voucher.scheme_id, account, kEarliest, kLatest)) {
    if (row.from_account == account && row.to_account == kOutstandingAccount) {
      const auto redemption = money.FindRedemption(row.subject_id);
      if (redemption && redemption->voucher_id == voucher.voucher_id) borrowed_cents += row.amount_cents;
    }
    if (row.from_account == kOutstandingAccount && row.subject_id == voucher.voucher_id) {
      borrowed_cents -= row.amount_cents;
    }
  }
  return borrowed_cents;
}

}  // namespace brug::domain
