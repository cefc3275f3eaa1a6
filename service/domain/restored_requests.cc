#include "service/domain/restored_requests.h"

#include <optional>
#include <string>
#include <utility>

#include "brug/v1/reward_service.pb.h"
#include "service/domain/answers.h"
#include "service/domain/restored_books.h"
#include "service/domain/statements.h"

namespace brug::domain {
namespace {

using platform::Result;

// Who asked for what a statement says, by which request.
ForgottenRequest AskedFor(const Desk& desk, const v1::StatementContent& content) {
  const auto dossier_of = [&desk](const std::string& voucher_id) {
    const auto voucher = desk.transaction.FindVoucher(voucher_id);
    return voucher ? voucher->dossier_id : std::string();
  };
  if (content.has_promise()) {
    const v1::PromiseStatement& promise = content.promise();
    return {promise.second_person() ? "AnswerApproval" : "PromiseOffer", promise.asked_by_person_id(),
            promise.request_id(), promise.dossier_id()};
  }
  if (content.has_issue()) {
    const v1::IssueStatement& issue = content.issue();
    const auto offer = desk.transaction.FindOffer(issue.voucher().offer_id());
    return {offer && offer->second_person ? "AnswerApproval" : "RequestVoucher", issue.asked_by_person_id(),
            issue.request_id(), issue.dossier_id()};
  }
  if (content.has_cancel()) {
    const v1::CancelStatement& cancel = content.cancel();
    return {"CancelVoucher", cancel.asked_by_person_id(), cancel.request_id(),
            dossier_of(cancel.voucher_id())};
  }
  if (content.has_redemption()) {
    const v1::RedemptionStatement& redemption = content.redemption();
    return {"RedeemVoucher", redemption.merchant_id(), redemption.request_id(),
            dossier_of(redemption.voucher_id())};
  }
  const v1::UndoStatement& undo = content.undo();
  return {"UndoRedemption", undo.merchant_id(), undo.request_id(), dossier_of(undo.voucher_id())};
}

// The answer as it was, with the statement that is the asker's own; without one where they would not have got
// one.
std::string AnswerTo(const v1::StatementContent& content, const std::optional<v1::Statement>& own) {
  if (content.has_cancel()) {
    v1::CancelVoucherResponse response;
    if (own) *response.mutable_statement() = *own;
    return Serialise(response);
  }
  if (content.has_redemption()) {
    v1::RedeemVoucherResponse response;
    *response.mutable_redemption() = content.redemption().redemption();
    response.set_remaining_cents(content.redemption().remaining_cents());
    if (own) *response.mutable_statement() = *own;
    return Serialise(response);
  }
  if (content.has_undo()) {
    v1::UndoRedemptionResponse response;
    *response.mutable_redemption() = content.undo().redemption();
    if (own) *response.mutable_statement() = *own;
    return Serialise(response);
  }
  // The three answers about offers have the same form.
  v1::PromiseOfferResponse response;
  v1::StaffOffer& offer = *response.mutable_offer();
  offer.set_offer_id(content.has_promise() ? content.promise().offer_id()
                                           : content.issue().voucher().offer_id());
  offer.set_dossier_id(content.has_promise() ? content.promise().dossier_id() : content.issue().dossier_id());
  if (own) *response.mutable_statement() = *own;
  return Serialise(response);
}

}  // namespace

Result<void> UseRequestId(Desk& desk, const v1::StatementContent& content, const v1::Statement& statement) {
  const ForgottenRequest asked = AskedFor(desk, content);
  if (asked.dossier_id.empty() || !IsBooked(desk.transaction, content) ||
      desk.transaction.FindAnswer(asked.person_id, asked.request_id))
    return {};
  std::optional<v1::Statement> own;
  if (content.person_id() == asked.person_id) {
    own = statement;
  } else if (desk.transaction.FindPerson(asked.person_id) && asked.rpc != "AnswerApproval") {
    auto keys = desk.surroundings.keys.Dossier(*desk.keys, asked.dossier_id);
    if (!keys.ok()) return keys.failure();
    auto made = MakeStatementAbout(desk, {desk.keys->organisation_id, asked.dossier_id, *keys},
                                   asked.person_id, content);
    if (!made.ok()) return made.failure();
    own = *std::move(made);
  }
  return KeepAnswer(desk, asked, AnswerTo(content, own));
}

}  // namespace brug::domain
