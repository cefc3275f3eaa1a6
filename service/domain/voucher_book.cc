#include "service/domain/voucher_book.h"

#include <utility>

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

}  // namespace brug::domain
