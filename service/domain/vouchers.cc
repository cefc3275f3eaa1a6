#include "service/domain/vouchers.h"

#include <utility>
#include <variant>

#include "proto/rules/voucher.h"
#include "service/domain/answers.h"
#include "service/domain/dossier_view.h"
#include "service/domain/ledger.h"
#include "service/domain/offer_book.h"
#include "service/domain/restored_books.h"
#include "service/domain/statements.h"
#include "service/domain/voucher_book.h"
#include "service/domain/voucher_codes.h"

namespace brug::domain {
namespace {

using platform::Failure;
using platform::Result;

Failure NotFound() { return {.reason = v1::ERROR_REASON_NOT_FOUND, .field = "voucher_id"}; }

Result<OpenedVoucher> OpenOwn(Desk& desk, const std::string& voucher_id) {
  auto row = desk.transaction.FindVoucher(voucher_id);
  if (!row) return NotFound();
  return OpenVoucher(desk, *std::move(row));
}

// What is left of the voucher goes back to the budget.
Result<void> Return(Desk& desk, const storage::VoucherRow& row) {
  const auto posted = Post(desk, {.scheme_id = row.scheme_id,
                                  .from = std::string(kOutstandingAccount),
                                  .to = std::string(kBudgetAccount),
                                  .amount_cents = row.remaining_cents,
                                  .subject_id = row.voucher_id});
  if (!posted.ok()) return posted.failure();
  return {};
}

Result<void> GiveAnotherCode(Desk& desk, OpenedVoucher& voucher, v1::VoucherCode& code) {
  auto replaced = rules::ReplaceVoucherCode(voucher.writer.view(), voucher.row.voucher_id,
                                            voucher.writer.ServiceOccasion());
  if (const auto* violation = std::get_if<rules::Violation>(&replaced)) return Refused(*violation);
  GiveNewCode(desk, voucher.writer.access(), voucher.row);
  auto updated =
      UpdateVoucher(desk, voucher, {std::get<rules::Change>(std::move(replaced)), v1::ROLE_CLIENT});
  if (!updated.ok()) return updated;
  auto made = CodeOf(*desk.keys, voucher.writer.access(), voucher.row);
  if (!made.ok()) return made.failure();
  code = *std::move(made);
  return {};
}

Result<v1::Statement> Cancel(Desk& desk, OpenedVoucher& voucher, const std::string& request_id) {
  auto cancelled =
      rules::CancelVoucher(voucher.writer.view(), voucher.row.voucher_id, voucher.writer.ServiceOccasion());
  if (const auto* violation = std::get_if<rules::Violation>(&cancelled)) return Refused(*violation);
  const std::int64_t returned_cents = voucher.row.remaining_cents;
  if (auto returned = Return(desk, voucher.row); !returned.ok()) return returned.failure();
  voucher.row.statements_count += 1;
  auto updated =
      UpdateVoucher(desk, voucher, {std::get<rules::Change>(std::move(cancelled)), v1::ROLE_CLIENT});
  if (!updated.ok()) return updated.failure();
  v1::StatementContent content;
  v1::CancelStatement& statement = *content.mutable_cancel();
  statement.set_voucher_id(voucher.row.voucher_id);
  statement.set_voucher_number(voucher.row.statements_count);
  statement.set_returned_cents(returned_cents);
  statement.set_asked_by_person_id(desk.caller.person_id);
  statement.set_request_id(request_id);
  return MakeStatementAbout(desk, voucher.writer.access(), voucher.row.beneficiary_id, std::move(content));
}

// False, and nothing is written, when the dossier does not have the voucher as the books do.
Result<bool> Expire(Desk& desk, OpenedVoucher& voucher) {
  auto expired =
      rules::ExpireVoucher(voucher.writer.view(), voucher.row.voucher_id, voucher.writer.ServiceOccasion());
  if (std::holds_alternative<rules::Violation>(expired) || voucher.writer.view().damaged()) return false;
  if (auto returned = Return(desk, voucher.row); !returned.ok()) return returned.failure();
  auto updated =
      UpdateVoucher(desk, voucher, {std::get<rules::Change>(std::move(expired)), v1::ROLE_UNSPECIFIED});
  if (!updated.ok()) return updated.failure();
  return true;
}

}  // namespace

Result<v1::GetVoucherCodeResponse> GetVoucherCode(const ReadingDesk& desk,
                                                  const v1::GetVoucherCodeRequest& request) {
  const auto row = desk.snapshot.FindVoucher(request.voucher_id());
  if (!row) return NotFound();
  if (row->state != v1::VOUCHER_STATE_OPEN || row->expires_at_us <= ToMicroseconds(desk.now)) {
    return Failure{.reason = v1::ERROR_REASON_WRONG_STATE, .field = "voucher_id"};
  }
  auto dossier = OpenDossierView(desk, row->dossier_id);
  if (!dossier.ok()) return dossier.failure();
  auto code = CodeOf(*desk.keys, dossier->access(), *row);
  if (!code.ok()) return code.failure();
  v1::GetVoucherCodeResponse response;
  *response.mutable_code() = *std::move(code);
  return response;
}

Result<v1::ReplaceVoucherCodeResponse> ReplaceVoucherCode(Desk& desk,
                                                          const v1::ReplaceVoucherCodeRequest& request) {
  auto voucher = OpenOwn(desk, request.voucher_id());
  if (!voucher.ok()) return voucher.failure();
  v1::ReplaceVoucherCodeResponse response;
  const auto answered = AnswerOnce(desk, {"ReplaceVoucherCode", request.request_id(), request}, response,
                                   [&](Answer& answer) -> Result<void> {
                                     answer.UnderDossierKey(voucher->row.dossier_id);
                                     return GiveAnotherCode(desk, *voucher, *response.mutable_code());
                                   });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<v1::CancelVoucherResponse> CancelVoucher(Desk& desk, const v1::CancelVoucherRequest& request) {
  auto voucher = OpenOwn(desk, request.voucher_id());
  if (!voucher.ok()) return voucher.failure();
  v1::CancelVoucherResponse response;
  const auto answered = AnswerOnce(desk, {"CancelVoucher", request.request_id(), request}, response,
                                   [&](Answer& answer) -> Result<void> {
                                     answer.UnderDossierKey(voucher->row.dossier_id);
                                     if (auto released = CheckReleased(desk.transaction); !released.ok()) {
                                       return released;
                                     }
                                     auto statement = Cancel(desk, *voucher, request.request_id());
                                     if (!statement.ok()) return statement.failure();
                                     *response.mutable_statement() = *std::move(statement);
                                     return {};
                                   });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<JobDone> ExpireVouchers(Desk& desk, std::int64_t rows_max) {
  JobDone done;
  if (IsHeldBack(desk.transaction)) return done;
  const auto rows =
      desk.transaction.VouchersExpired(v1::VOUCHER_STATE_OPEN, ToMicroseconds(desk.now), rows_max);
  done.due_count = static_cast<std::int64_t>(rows.size());
  for (const storage::VoucherRow& row : rows) {
    auto voucher = OpenVoucher(desk, row);
    auto expired = voucher.ok() ? Expire(desk, *voucher) : Result<bool>(false);
    if (!expired.ok()) return expired.failure();
    (*expired ? done.done_count : done.skipped_count) += 1;
  }
  return done;
}

}  // namespace brug::domain
