#include "service/domain/redemptions.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "proto/rules/voucher.h"
#include "service/domain/answers.h"
#include "service/domain/dossier_view.h"
#include "service/domain/ledger.h"
#include "service/domain/merchants.h"
#include "service/domain/offer_book.h"
#include "service/domain/paging.h"
#include "service/domain/restored_books.h"
#include "service/domain/statements.h"
#include "service/domain/voucher_book.h"
#include "service/domain/voucher_codes.h"

namespace brug::domain {
namespace {

using platform::Failure;
using platform::Result;

Failure NotValid() { return {.reason = v1::ERROR_REASON_VOUCHER_NOT_VALID}; }

std::optional<storage::VoucherRow> FindByToken(const Desk& desk, const std::string& text) {
  const VoucherToken token = ReadVoucherToken(*desk.keys, text).value_or(VoucherToken());
  auto row = desk.transaction.FindVoucher(token.voucher_id);
  const bool current =
      row && row->code_number == token.code_number && row->amount_cents == token.amount_cents;
  return current ? std::move(row) : std::nullopt;
}

// The voucher that the caller may take now, after the same look-ups whatever is wrong with it.
std::optional<storage::VoucherRow> FindSpendable(const Desk& desk, const v1::RedeemVoucherRequest& request) {
  auto row = request.has_token() ? FindByToken(desk, request.token())
                                 : desk.transaction.FindVoucherByCode(CodeHmac(*desk.keys, request.code()));
  const auto agreements = desk.transaction.AgreementsOf(desk.caller.person_id);
  const bool agreed =
      row && std::any_of(agreements.begin(), agreements.end(), [&](const storage::AgreementRow& agreement) {
        return agreement.scheme_id == row->scheme_id && agreement.takes_vouchers;
      });
  const bool spendable =
      agreed && row->state == v1::VOUCHER_STATE_OPEN && ToMicroseconds(desk.now) < row->expires_at_us;
  return spendable ? std::move(row) : std::nullopt;
}

v1::Redemption RedemptionOf(const storage::RedemptionRow& row) {
  v1::Redemption redemption;
  redemption.set_redemption_id(row.redemption_id);
  redemption.set_voucher_id(row.voucher_id);
  redemption.set_amount_cents(row.amount_cents);
  *redemption.mutable_redeemed_at() = rules::ToTimestamp(FromMicroseconds(row.redeemed_at_us));
  redemption.set_undone(row.undone_at_us != 0);
  *redemption.mutable_undo_until() =
      rules::ToTimestamp(FromMicroseconds(row.redeemed_at_us) + rules::kUndoWithin);
  return redemption;
}

// The client's statement, and the merchant's, which is answered.
Result<v1::Statement> StateToBoth(Desk& desk, const OpenedVoucher& voucher,
                                  const v1::StatementContent& content) {
  auto to_client = MakeStatementAbout(desk, voucher.writer.access(), voucher.row.beneficiary_id, content);
  if (!to_client.ok()) return to_client;
  return MakeStatementAbout(desk, voucher.writer.access(), desk.caller.person_id, content);
}

// Books what is spent.
Result<storage::RedemptionRow> Book(Desk& desk, const storage::VoucherRow& voucher,
                                    std::int64_t amount_cents) {
  storage::RedemptionRow redemption{.redemption_id = crypto::NewUuidV4(desk.surroundings.random),
                                    .voucher_id = voucher.voucher_id,
                                    .scheme_id = voucher.scheme_id,
                                    .merchant_id = desk.caller.person_id,
                                    .amount_cents = amount_cents,
                                    .redeemed_at_us = ToMicroseconds(desk.now)};
  auto posted = Post(desk, {.scheme_id = voucher.scheme_id,
                            .from = std::string(kOutstandingAccount),
                            .to = RedeemedAccount(desk.caller.person_id),
                            .amount_cents = amount_cents,
                            .subject_id = redemption.redemption_id});
  if (!posted.ok()) return posted.failure();
  redemption.transfer_id = posted->transfer_id;
  if (!desk.transaction.InsertRedemption(redemption)) {
    return Failure{.log_detail = "two redemptions took one id"};
  }
  return redemption;
}

Result<void> Redeem(Desk& desk, const v1::RedeemVoucherRequest& request, OpenedVoucher& voucher,
                    v1::RedeemVoucherResponse& response) {
  const std::int64_t amount_cents =
      request.amount_cents() == 0 ? voucher.row.remaining_cents : request.amount_cents();
  auto redeemed = rules::RedeemVoucher(voucher.writer.view(), voucher.row.voucher_id, amount_cents,
                                       voucher.writer.ServiceOccasion());
  if (const auto* violation = std::get_if<rules::Violation>(&redeemed)) {
    // What cannot be read is no wrong code.
    if (auto undamaged = CheckUndamaged(voucher.writer.view()); !undamaged.ok()) return undamaged;
    return Refused(*violation);
  }
  auto redemption = Book(desk, voucher.row, amount_cents);
  if (!redemption.ok()) return redemption.failure();
  voucher.row.statements_count += 1;
  // The log of the dossier does not say where: that is the client's own, and the ledger's.
  auto updated =
      UpdateVoucher(desk, voucher, {std::get<rules::Change>(std::move(redeemed)), v1::ROLE_UNSPECIFIED});
  if (!updated.ok()) return updated;
  *response.mutable_redemption() = RedemptionOf(*redemption);
  response.set_remaining_cents(voucher.row.remaining_cents);
  v1::StatementContent content;
  v1::RedemptionStatement& statement = *content.mutable_redemption();
  statement.set_voucher_id(voucher.row.voucher_id);
  statement.set_voucher_number(voucher.row.statements_count);
  *statement.mutable_redemption() = response.redemption();
  statement.set_remaining_cents(voucher.row.remaining_cents);
  statement.set_merchant_id(desk.caller.person_id);
  statement.set_merchant_display_name(MerchantName(desk.transaction, *desk.keys, desk.caller.person_id));
  statement.set_request_id(request.request_id());
  statement.set_scheme_id(voucher.row.scheme_id);
  auto own = StateToBoth(desk, voucher, content);
  if (!own.ok()) return own.failure();
  *response.mutable_statement() = *std::move(own);
  return {};
}

// Takes the posting back. What was lent to the voucher after a restore is paid back with it, and what came
// back of a cancelled one goes on to the budget.
Result<void> Unbook(Desk& desk, const storage::VoucherRow& voucher, std::int64_t lent_cents,
                    storage::RedemptionRow& redemption) {
  const auto reversed = Post(desk, {.scheme_id = redemption.scheme_id,
                                    .from = RedeemedAccount(redemption.merchant_id),
                                    .to = std::string(kOutstandingAccount),
                                    .amount_cents = redemption.amount_cents,
                                    .subject_id = redemption.redemption_id,
                                    .reverses_id = redemption.transfer_id});
  if (!reversed.ok()) return reversed.failure();
  auto moved_on = MoveOn(desk, voucher, kRestoredAccount, lent_cents);
  if (moved_on.ok() && voucher.state == v1::VOUCHER_STATE_CANCELLED) {
    moved_on = MoveOn(desk, voucher, kBudgetAccount, redemption.amount_cents - lent_cents);
  }
  if (!moved_on.ok()) return moved_on;
  redemption.undone_at_us = ToMicroseconds(desk.now);
  if (!desk.transaction.UndoRedemption(redemption.redemption_id, redemption.undone_at_us)) {
    return Failure{.reason = v1::ERROR_REASON_WRONG_STATE, .field = "redemption_id"};
  }
  return {};
}

// By so much less can be spent.
void LeaveOut(std::int64_t cents, v1::Voucher& voucher) {
  voucher.set_remaining_cents(voucher.remaining_cents() - cents);
  if (voucher.remaining_cents() == 0) voucher.set_state(v1::VOUCHER_STATE_REDEEMED);
}

Result<void> Undo(Desk& desk, const std::string& request_id, storage::RedemptionRow& redemption,
                  v1::UndoRedemptionResponse& response) {
  auto row = desk.transaction.FindVoucher(redemption.voucher_id);
  if (!row) return Failure{.log_detail = "a redemption of a voucher that does not exist"};
  auto voucher = OpenVoucher(desk, *std::move(row));
  if (!voucher.ok()) return voucher.failure();
  auto undone = rules::UndoRedemption(voucher->writer.view(), voucher->row.voucher_id,
                                      redemption.amount_cents, voucher->writer.ServiceOccasion());
  if (const auto* violation = std::get_if<rules::Violation>(&undone)) return Refused(*violation);
  auto& change = std::get<rules::Change>(undone);
  const std::int64_t lent_cents =
      std::min(redemption.amount_cents, BorrowedFrom(desk.transaction, voucher->row, kRestoredAccount));
  for (v1::Record& record : change.records) LeaveOut(lent_cents, *record.mutable_voucher());
  if (auto unbooked = Unbook(desk, voucher->row, lent_cents, redemption); !unbooked.ok()) return unbooked;
  voucher->row.statements_count += 1;
  auto updated = UpdateVoucher(desk, *voucher, {std::move(change), v1::ROLE_UNSPECIFIED});
  if (!updated.ok()) return updated;
  *response.mutable_redemption() = RedemptionOf(redemption);
  v1::StatementContent content;
  v1::UndoStatement& statement = *content.mutable_undo();
  statement.set_voucher_id(voucher->row.voucher_id);
  statement.set_voucher_number(voucher->row.statements_count);
  *statement.mutable_redemption() = response.redemption();
  statement.set_remaining_cents(voucher->row.remaining_cents);
  statement.set_merchant_id(desk.caller.person_id);
  statement.set_request_id(request_id);
  *statement.mutable_expires_at() = rules::ToTimestamp(FromMicroseconds(voucher->row.expires_at_us));
  auto own = StateToBoth(desk, *voucher, content);
  if (!own.ok()) return own.failure();
  *response.mutable_statement() = *std::move(own);
  return {};
}

}  // namespace

Result<v1::RedeemVoucherResponse> RedeemVoucher(Desk& desk, const v1::RedeemVoucherRequest& request) {
  if (request.key_case() == v1::RedeemVoucherRequest::KEY_NOT_SET) {
    return Failure{.reason = v1::ERROR_REASON_MISSING, .field = "code"};
  }
  if (request.amount_cents() < 0) {
    return Failure{.reason = v1::ERROR_REASON_OUT_OF_RANGE, .field = "amount_cents"};
  }
  v1::RedeemVoucherResponse response;
  const auto answered = AnswerOnce(desk, {"RedeemVoucher", request.request_id(), request}, response,
                                   [&](Answer& answer) -> Result<void> {
                                     if (auto released = CheckReleased(desk.transaction); !released.ok()) {
                                       return released;
                                     }
                                     auto row = FindSpendable(desk, request);
                                     if (!row) return NotValid();
                                     answer.UnderDossierKey(row->dossier_id);
                                     auto voucher = OpenVoucher(desk, *std::move(row));
                                     if (!voucher.ok()) return voucher.failure();
                                     return Redeem(desk, request, *voucher, response);
                                   });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<v1::UndoRedemptionResponse> UndoRedemption(Desk& desk, const v1::UndoRedemptionRequest& request) {
  auto redemption = desk.transaction.FindRedemption(request.redemption_id());
  if (!redemption || redemption->merchant_id != desk.caller.person_id) {
    return Failure{.reason = v1::ERROR_REASON_NOT_FOUND, .field = "redemption_id"};
  }
  v1::UndoRedemptionResponse response;
  const auto answered = AnswerOnce(
      desk, {"UndoRedemption", request.request_id(), request}, response, [&](Answer& answer) -> Result<void> {
        const auto voucher = desk.transaction.FindVoucher(redemption->voucher_id);
        if (voucher) answer.UnderDossierKey(voucher->dossier_id);
        if (auto released = CheckReleased(desk.transaction); !released.ok()) return released;
        if (redemption->undone_at_us != 0) {
          return Failure{.reason = v1::ERROR_REASON_WRONG_STATE, .field = "redemption_id"};
        }
        if (FromMicroseconds(redemption->redeemed_at_us) + rules::kUndoWithin <= desk.now) {
          return Failure{.reason = v1::ERROR_REASON_TOO_LATE, .field = "redemption_id"};
        }
        return Undo(desk, request.request_id(), *redemption, response);
      });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<v1::ListRedemptionsResponse> ListRedemptions(const ReadingDesk& desk,
                                                    const v1::ListRedemptionsRequest& request) {
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.failure();
  const auto zone = desk.surroundings.zones.FindZone(kMerchantTimeZone).value_or(rules::Zone());
  const auto day =
      request.has_day() ? rules::ToDay(request.day()) : std::optional(rules::LocalDay(zone, desk.now));
  if (!day) return Failure{.reason = v1::ERROR_REASON_NO_SUCH_DAY, .field = "day"};
  const auto begin_of = [&](rules::Day any) {
    return ToMicroseconds(rules::InstantAt(zone, any, v1::TimeOfDay()));
  };
  const auto rows = desk.snapshot.RedemptionsOf(desk.caller.person_id, begin_of(*day),
                                                begin_of(*day + std::chrono::days(1)));
  v1::ListRedemptionsResponse response;
  for (const storage::RedemptionRow& row : rows) {
    if (row.undone_at_us == 0) response.set_total_cents(response.total_cents() + row.amount_cents);
  }
  for (const storage::RedemptionRow& row :
       PageFrom(rows, *page_size, request.page_token(), response.mutable_next_page_token())) {
    *response.add_redemptions() = RedemptionOf(row);
  }
  return response;
}

}  // namespace brug::domain
