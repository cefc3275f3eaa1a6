#include "client-sdk/src/sync/asking.h"

#include <utility>

#include "client-sdk/src/sync/answer_error.h"
#include "client-sdk/src/sync/statement_check.h"
#include "proto/crypto/crockford.h"

namespace brug::sdk {
namespace {

// Field 1 of every request that has an id, in front: a message's bytes may come in any order.
std::string WithRequestId(const std::string& request_id, const std::string& content) {
  constexpr char kField1AsText = 0x0A;
  return std::string(1, kField1AsText) + static_cast<char>(request_id.size()) + request_id + content;
}

// What an answer brings that is to be kept.
struct Brought {
  std::optional<v1::Statement> statement;
  std::optional<v1::VoucherCode> code;
};

template <class Response>
std::optional<Brought> ReadPlain(const std::string& bytes) {
  return Response().ParseFromString(bytes) ? std::optional<Brought>(Brought{}) : std::nullopt;
}

template <class Response>
std::optional<Brought> ReadStatement(const std::string& bytes) {
  Response response;
  if (!response.ParseFromString(bytes)) return std::nullopt;
  Brought brought;
  if (response.has_statement()) brought.statement = std::move(*response.mutable_statement());
  return brought;
}

// A call that is always answered with a statement.
template <class Response>
std::optional<Brought> ReadReceipt(const std::string& bytes) {
  auto brought = ReadStatement<Response>(bytes);
  return brought && brought->statement ? brought : std::nullopt;
}

bool IsRight(const v1::VoucherCode& code) {
  return !code.voucher_id().empty() && code.code_number() > 0 && !code.token().empty() &&
         crypto::NormaliseCheckedCode(code.code()).has_value();
}

template <class Request, class Response>
std::optional<Brought> ReadCode(const std::string& request_bytes, const std::string& bytes) {
  Request request;
  Response response;
  if (!request.ParseFromString(request_bytes) || !response.ParseFromString(bytes)) return std::nullopt;
  if (!IsRight(response.code()) || response.code().voucher_id() != request.voucher_id()) return std::nullopt;
  Brought brought;
  brought.code = std::move(*response.mutable_code());
  return brought;
}

// Nothing for an answer that is not right.
std::optional<Brought> ReadBrought(Method method, const std::string& request, const std::string& response) {
  switch (method) {
    case Method::kCreateScheme:
      return ReadPlain<v1::CreateSchemeResponse>(response);
    case Method::kAddBudget:
      return ReadPlain<v1::AddBudgetResponse>(response);
    case Method::kRegisterMerchant:
      return ReadPlain<v1::RegisterMerchantResponse>(response);
    case Method::kSetAgreement:
      return ReadPlain<v1::SetAgreementResponse>(response);
    case Method::kDraftOffer:
      return ReadPlain<v1::DraftOfferResponse>(response);
    case Method::kDiscardOffer:
      return ReadPlain<v1::DiscardOfferResponse>(response);
    case Method::kDeclineOffer:
      return ReadPlain<v1::DeclineOfferResponse>(response);
    case Method::kPromiseOffer:
      return ReadStatement<v1::PromiseOfferResponse>(response);
    case Method::kRequestVoucher:
      return ReadStatement<v1::RequestVoucherResponse>(response);
    case Method::kAnswerApproval:
      return ReadStatement<v1::AnswerApprovalResponse>(response);
    case Method::kCancelVoucher:
      return ReadReceipt<v1::CancelVoucherResponse>(response);
    case Method::kRedeemVoucher:
      return ReadReceipt<v1::RedeemVoucherResponse>(response);
    case Method::kUndoRedemption:
      return ReadReceipt<v1::UndoRedemptionResponse>(response);
    case Method::kGetVoucherCode:
      return ReadCode<v1::GetVoucherCodeRequest, v1::GetVoucherCodeResponse>(request, response);
    case Method::kReplaceVoucherCode:
      return ReadCode<v1::ReplaceVoucherCodeRequest, v1::ReplaceVoucherCodeResponse>(request, response);
    default:
      return Brought{};
  }
}

}  // namespace

void Asking::Ask(Method method, const std::string& content, Done done) {
  auto question = std::make_shared<Question>(
      Question{.method = method, .request = content, .kept = {}, .done = std::move(done)});
  if (IsOnce(method)) {
    auto kept = purse_.Remember(method, content);
    if (!kept.ok()) return question->done(kept.error());
    question->kept = std::move(*kept);
    question->request = WithRequestId(question->kept->request_id, content);
  }
  if (!IsForAnyone(method)) return Make(question, /*renewed=*/false);
  outside_.MakeCall(method, {}, question->request,
                    [this, asked = Asked(question)](const Answer& answer) { Take(asked, true, answer); });
}

void Asking::Make(const Asked& asked, bool renewed) {
  session_.Ensure([this, asked, renewed](const std::optional<Failure>& failure) {
    if (failure.has_value()) return asked->done(failure->error);
    outside_.MakeCall(asked->method, session_.token(), asked->request,
                      [this, asked, renewed](const Answer& answer) { Take(asked, renewed, answer); });
  });
}

void Asking::Take(const Asked& asked, bool renewed, const Answer& answer) {
  if (answer.status.ok()) {
    auto kept = Keep(*asked, answer.response);
    if (!kept.ok()) return asked->done(kept.error());
    if (asked->kept.has_value()) Settle(*asked->kept);
    return asked->done(answer.response);
  }
  const Failure why = FailureOf(answer.status);
  if (why.sign_in && !IsForAnyone(asked->method)) {
    session_.Forget();
    if (!renewed) return Make(asked, /*renewed=*/true);
  }
  if (asked->kept.has_value() && IsFinal(answer.status)) Settle(*asked->kept);
  asked->done(why.error);
}

// Until all of it is on disk the request counts as not answered: asking again brings the same answer.
Result<void> Asking::Keep(const Question& asked, const std::string& response) {
  const auto brought = ReadBrought(asked.method, asked.request, response);
  if (!brought.has_value()) return AnswerNotValid();
  if (!brought->statement && !brought->code) return {};
  auto transaction = Transaction::Begin(holdings_.ports().storage->transactions());
  if (!transaction.ok()) return transaction.error();
  if (brought->statement) {
    auto content = CheckStatement(*brought->statement, holdings_.account());
    if (!content.ok()) return content.error();
    if (!IsAboutMoney(*content)) return AnswerNotValid();
    auto kept = holdings_.KeepMoneyStatement(*content, *brought->statement);
    if (!kept.ok()) return kept;
  }
  const Holding* own = brought->code ? holdings_.FindOwn() : nullptr;
  if (own != nullptr) {
    auto kept = purse_.KeepCode(*own, *brought->code);
    if (!kept.ok()) return kept;
  }
  return transaction->Commit();
}

// When the disk refuses, the request stays: the same content then repeats it, which changes nothing.
void Asking::Settle(const KeptRequest& kept) {
  auto transaction = Transaction::Begin(holdings_.ports().storage->transactions());
  if (!transaction.ok()) return;
  if (purse_.Forget(kept).ok()) (void)transaction->Commit();
}

}  // namespace brug::sdk
