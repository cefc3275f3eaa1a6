#include <brug/rewards.h>

#include "client-sdk/src/api/ask.h"
#include "client-sdk/src/api/convert.h"
#include "proto/crypto/crockford.h"
#include "proto/rules/euro.h"
#include "proto/rules/merchant_csv.h"

// What clients and merchants do with vouchers, and what every device keeps of them.
namespace brug {

namespace {

using sdk::Ask;
using sdk::AskAllPages;
using sdk::Method;
using std::chrono::milliseconds;

// Without its check symbol.
constexpr std::size_t kCodeSymbols = 16;

template <class Response, class Request>
Result<VoucherCode> AskCode(sdk::Engine& engine, Method method, std::string_view voucher_id,
                            milliseconds timeout) {
  Request request;
  request.set_voucher_id(std::string(voucher_id));
  auto response = Ask<Response>(engine, method, request, timeout);
  if (!response.ok()) return response.error();
  return sdk::FromProto(response->code());
}

template <class Request>
Request Read(const sdk::KeptRequest& request) {
  Request read;
  if (!read.ParseFromString(request.content)) return Request();
  return read;
}

void ReadRedeeming(const sdk::KeptRequest& kept, UnansweredRequest& result) {
  const auto request = Read<v1::RedeemVoucherRequest>(kept);
  result.amount_cents = request.amount_cents();
  result.redeeming = {
      .code = request.code(), .token = request.token(), .amount_cents = request.amount_cents()};
}

void ReadApproval(const sdk::KeptRequest& kept, UnansweredRequest& result) {
  const auto request = Read<v1::AnswerApprovalRequest>(kept);
  result.about_id = request.offer_id();
  result.approval = {.offer_id = request.offer_id(),
                     .state_seen = static_cast<OfferState>(request.state_seen()),
                     .yes = request.yes(),
                     .words = request.words()};
}

void ReadBudget(const sdk::KeptRequest& kept, UnansweredRequest& result) {
  const auto request = Read<v1::AddBudgetRequest>(kept);
  result.about_id = request.scheme_id();
  result.amount_cents = request.amount_cents();
}

UnansweredRequest ToUnanswered(const sdk::KeptRequest& kept) {
  UnansweredRequest result{.request_id = kept.request_id,
                           .what = kept.path.substr(kept.path.rfind('/') + 1),
                           .first_tried_at = kept.first_tried_at,
                           .about_id = {},
                           .amount_cents = 0,
                           .redeeming = {},
                           .approval = {}};
  const std::string& what = result.what;
  if (what == "RedeemVoucher") ReadRedeeming(kept, result);
  if (what == "AnswerApproval") ReadApproval(kept, result);
  if (what == "AddBudget") ReadBudget(kept, result);
  if (what == "SetAgreement") result.about_id = Read<v1::SetAgreementRequest>(kept).merchant_id();
  if (what == "DiscardOffer") result.about_id = Read<v1::DiscardOfferRequest>(kept).offer_id();
  if (what == "PromiseOffer") result.about_id = Read<v1::PromiseOfferRequest>(kept).offer_id();
  if (what == "RequestVoucher") result.about_id = Read<v1::RequestVoucherRequest>(kept).offer_id();
  if (what == "DeclineOffer") result.about_id = Read<v1::DeclineOfferRequest>(kept).offer_id();
  if (what == "ReplaceVoucherCode") result.about_id = Read<v1::ReplaceVoucherCodeRequest>(kept).voucher_id();
  if (what == "CancelVoucher") result.about_id = Read<v1::CancelVoucherRequest>(kept).voucher_id();
  if (what == "UndoRedemption") result.about_id = Read<v1::UndoRedemptionRequest>(kept).redemption_id();
  return result;
}

// In the one spelling, so that the same code typed in another way is the same request.
std::optional<std::string> SpellCode(const std::string& typed) {
  const auto code = crypto::NormaliseCheckedCode(typed);
  if (!code || code->size() != kCodeSymbols) return std::nullopt;
  return *code + crypto::CheckSymbol(*code);
}

}  // namespace

std::string FormatEuro(std::int64_t cents, std::string_view language) {
  return rules::EuroText(cents, language);
}

std::optional<std::int64_t> ParseEuro(std::string_view typed) { return rules::ParseEuro(typed); }

std::optional<std::string> ToCsv(const MerchantStatement& statement) {
  return rules::ToCsv(sdk::ToProto(statement));
}

// ---- Client

Result<std::vector<RewardRules>> Rewards::GetRules(Milliseconds timeout) {
  auto response = Ask<v1::GetRewardRulesResponse>(*engine_, Method::kGetRewardRules,
                                                  v1::GetRewardRulesRequest(), timeout);
  if (!response.ok()) return response.error();
  std::vector<RewardRules> rules;
  for (const auto& rule : response->rules()) {
    rules.push_back({.display_name = rule.display_name(), .words = rule.rules_words()});
  }
  return rules;
}

Result<void> Rewards::DeclineOffer(std::string_view offer_id, Milliseconds timeout) {
  v1::DeclineOfferRequest request;
  request.set_offer_id(std::string(offer_id));
  auto response = Ask<v1::DeclineOfferResponse>(*engine_, Method::kDeclineOffer, request, timeout);
  return response.ok() ? Result<void>() : Result<void>(response.error());
}

Result<VoucherCode> Rewards::FetchVoucherCode(std::string_view voucher_id, Milliseconds timeout) {
  return AskCode<v1::GetVoucherCodeResponse, v1::GetVoucherCodeRequest>(*engine_, Method::kGetVoucherCode,
                                                                        voucher_id, timeout);
}

Result<VoucherCode> Rewards::ReplaceVoucherCode(std::string_view voucher_id, Milliseconds timeout) {
  return AskCode<v1::ReplaceVoucherCodeResponse, v1::ReplaceVoucherCodeRequest>(
      *engine_, Method::kReplaceVoucherCode, voucher_id, timeout);
}

Result<void> Rewards::CancelVoucher(std::string_view voucher_id, Milliseconds timeout) {
  v1::CancelVoucherRequest request;
  request.set_voucher_id(std::string(voucher_id));
  auto response = Ask<v1::CancelVoucherResponse>(*engine_, Method::kCancelVoucher, request, timeout);
  return response.ok() ? Result<void>() : Result<void>(response.error());
}

// ---- Merchant

Result<Redeemed> Rewards::RedeemVoucher(const Redeeming& redeeming, Milliseconds timeout) {
  const std::string& language = engine_->language();
  if (redeeming.code.empty() == redeeming.token.empty()) {
    return sdk::LocalError(ErrorCode::kInvalid, "MISSING", language, "code");
  }
  v1::RedeemVoucherRequest request;
  request.set_amount_cents(redeeming.amount_cents);
  if (redeeming.code.empty()) {
    request.set_token(redeeming.token);
  } else {
    auto code = SpellCode(redeeming.code);
    if (!code) return sdk::LocalError(ErrorCode::kInvalid, "CODE_MISTYPED", language, "code");
    request.set_code(std::move(*code));
  }
  auto response = Ask<v1::RedeemVoucherResponse>(*engine_, Method::kRedeemVoucher, request, timeout);
  if (!response.ok()) return response.error();
  return Redeemed{.redemption = sdk::FromProto(response->redemption()),
                  .remaining_cents = response->remaining_cents()};
}

Result<Redemption> Rewards::UndoRedemption(std::string_view redemption_id, Milliseconds timeout) {
  v1::UndoRedemptionRequest request;
  request.set_redemption_id(std::string(redemption_id));
  auto response = Ask<v1::UndoRedemptionResponse>(*engine_, Method::kUndoRedemption, request, timeout);
  if (!response.ok()) return response.error();
  return sdk::FromProto(response->redemption());
}

Result<RedemptionDay> Rewards::ListRedemptions(std::optional<Date> day, Milliseconds timeout) {
  v1::ListRedemptionsRequest request;
  if (day) *request.mutable_day() = sdk::ToProto(*day);
  RedemptionDay result;
  auto done = AskAllPages<v1::ListRedemptionsResponse>(*engine_, Method::kListRedemptions, request, timeout,
                                                       [&](const v1::ListRedemptionsResponse& page) {
                                                         for (const auto& each : page.redemptions())
                                                           result.redemptions.push_back(sdk::FromProto(each));
                                                         result.total_cents = page.total_cents();
                                                       });
  if (!done.ok()) return done.error();
  return result;
}

Result<std::vector<Receipt>> Rewards::Receipts(std::size_t count_max) const {
  return engine_->WithCore([count_max](sdk::Core& core) -> Result<std::vector<Receipt>> {
    const auto statements = core.MoneyStatements(count_max);
    if (!statements.ok()) return statements.error();
    std::vector<Receipt> receipts;
    for (const auto& content : *statements) {
      auto receipt = sdk::ToReceipt(content, core.account()->person_id);
      if (receipt) receipts.push_back(std::move(*receipt));
    }
    return receipts;
  });
}

// ---- Anyone

Result<std::string> Rewards::GetVoucherKeys(std::string_view organisation_id, Milliseconds timeout) {
  v1::GetVoucherKeysRequest request;
  request.set_organisation_id(std::string(organisation_id));
  if (organisation_id.empty()) {
    request.set_organisation_id(engine_->WithCore(
        [](sdk::Core& core) { return core.account() ? core.account()->organisation_id : std::string(); }));
  }
  auto response = Ask<v1::GetVoucherKeysResponse>(*engine_, Method::kGetVoucherKeys, request, timeout);
  if (!response.ok()) return response.error();
  return response->jwks();
}

Result<std::vector<UnansweredRequest>> Rewards::Unanswered() const {
  return engine_->WithCore([](sdk::Core& core) -> Result<std::vector<UnansweredRequest>> {
    const auto kept = core.UnansweredRequests();
    if (!kept.ok()) return kept.error();
    std::vector<UnansweredRequest> requests;
    for (const auto& request : *kept) requests.push_back(ToUnanswered(request));
    return requests;
  });
}

Result<void> Rewards::ForgetUnanswered(std::string_view request_id) {
  return engine_->WithCore([request_id](sdk::Core& core) { return core.ForgetUnanswered(request_id); });
}

}  // namespace brug
