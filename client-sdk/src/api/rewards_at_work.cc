#include <brug/rewards.h>

#include "client-sdk/src/api/ask.h"
#include "client-sdk/src/api/convert.h"

// What staff do with rewards: programme managers, mentors and approvers.
namespace brug {

namespace {

using sdk::Ask;
using sdk::AskAllPages;
using sdk::Method;
using std::chrono::milliseconds;

// A call that names an offer and brings back how it stands.
template <class Response, class Request>
Result<StaffOffer> AskAboutOffer(sdk::Engine& engine, Method method, std::string_view offer_id,
                                 milliseconds timeout) {
  Request request;
  request.set_offer_id(std::string(offer_id));
  auto response = Ask<Response>(engine, method, request, timeout);
  if (!response.ok()) return response.error();
  return sdk::FromProto(response->offer());
}

template <class Response, class Request>
Result<std::vector<StaffOffer>> AskOffers(sdk::Engine& engine, Method method, const Request& request,
                                          milliseconds timeout) {
  std::vector<StaffOffer> offers;
  auto done = AskAllPages<Response>(engine, method, request, timeout, [&](const Response& page) {
    for (const auto& offer : page.offers()) offers.push_back(sdk::FromProto(offer));
  });
  if (!done.ok()) return done.error();
  return offers;
}

}  // namespace

// ---- Programme manager

Result<SchemeReport> Rewards::CreateScheme(const NewScheme& scheme, Milliseconds timeout) {
  v1::CreateSchemeRequest request;
  *request.mutable_scheme() = sdk::ToProto(scheme.scheme);
  request.set_budget_cents(scheme.budget_cents);
  auto response = Ask<v1::CreateSchemeResponse>(*engine_, Method::kCreateScheme, request, timeout);
  if (!response.ok()) return response.error();
  SchemeReport report;
  report.scheme = sdk::FromProto(response->scheme());
  report.balances = sdk::FromProto(response->balances());
  return report;
}

Result<SchemeBalances> Rewards::AddBudget(std::string_view scheme_id, std::int64_t amount_cents,
                                          Milliseconds timeout) {
  v1::AddBudgetRequest request;
  request.set_scheme_id(std::string(scheme_id));
  request.set_amount_cents(amount_cents);
  auto response = Ask<v1::AddBudgetResponse>(*engine_, Method::kAddBudget, request, timeout);
  if (!response.ok()) return response.error();
  return sdk::FromProto(response->balances());
}

Result<std::vector<SchemeReport>> Rewards::ListSchemes(Milliseconds timeout) {
  auto response =
      Ask<v1::ListSchemesResponse>(*engine_, Method::kListSchemes, v1::ListSchemesRequest(), timeout);
  if (!response.ok()) return response.error();
  std::vector<SchemeReport> schemes;
  for (const auto& scheme : response->schemes()) schemes.push_back(sdk::FromProto(scheme));
  return schemes;
}

Result<RegisteredMerchant> Rewards::RegisterMerchant(const NewMerchant& merchant, Milliseconds timeout) {
  v1::RegisterMerchantRequest request;
  request.set_display_name(merchant.display_name);
  for (const auto& id : merchant.scheme_ids) request.add_scheme_ids(id);
  auto response = Ask<v1::RegisterMerchantResponse>(*engine_, Method::kRegisterMerchant, request, timeout);
  if (!response.ok()) return response.error();
  return RegisteredMerchant{.merchant = sdk::FromProto(response->merchant()),
                            .activation_code = {.code = response->activation_code(),
                                                .expires_at = sdk::FromProto(response->expires_at())}};
}

Result<Merchant> Rewards::SetAgreement(const Agreement& agreement, Milliseconds timeout) {
  v1::SetAgreementRequest request;
  request.set_merchant_id(agreement.merchant_id);
  request.set_scheme_id(agreement.scheme_id);
  request.set_takes_vouchers(agreement.takes_vouchers);
  auto response = Ask<v1::SetAgreementResponse>(*engine_, Method::kSetAgreement, request, timeout);
  if (!response.ok()) return response.error();
  return sdk::FromProto(response->merchant());
}

Result<std::vector<Merchant>> Rewards::ListMerchants(Milliseconds timeout) {
  auto response =
      Ask<v1::ListMerchantsResponse>(*engine_, Method::kListMerchants, v1::ListMerchantsRequest(), timeout);
  if (!response.ok()) return response.error();
  std::vector<Merchant> merchants;
  for (const auto& merchant : response->merchants()) merchants.push_back(sdk::FromProto(merchant));
  return merchants;
}

Result<MerchantStatement> Rewards::GetMerchantStatement(const MerchantMonth& month, Milliseconds timeout) {
  v1::GetMerchantStatementRequest request;
  request.set_merchant_id(month.merchant_id);
  request.set_scheme_id(month.scheme_id);
  request.set_year(month.year);
  request.set_month(month.month);
  auto response =
      Ask<v1::GetMerchantStatementResponse>(*engine_, Method::kGetMerchantStatement, request, timeout);
  if (!response.ok()) return response.error();
  return sdk::FromProto(*response);
}

// ---- Mentor

Result<StaffOffer> Rewards::DraftOffer(std::string_view dossier_id, const OfferDraft& draft,
                                       Milliseconds timeout) {
  v1::DraftOfferRequest request;
  request.set_dossier_id(std::string(dossier_id));
  *request.mutable_draft() = sdk::ToProto(draft);
  auto response = Ask<v1::DraftOfferResponse>(*engine_, Method::kDraftOffer, request, timeout);
  if (!response.ok()) return response.error();
  return sdk::FromProto(response->offer());
}

Result<void> Rewards::DiscardOffer(std::string_view offer_id, Milliseconds timeout) {
  v1::DiscardOfferRequest request;
  request.set_offer_id(std::string(offer_id));
  auto response = Ask<v1::DiscardOfferResponse>(*engine_, Method::kDiscardOffer, request, timeout);
  return response.ok() ? Result<void>() : Result<void>(response.error());
}

Result<StaffOffer> Rewards::PromiseOffer(std::string_view offer_id, Milliseconds timeout) {
  return AskAboutOffer<v1::PromiseOfferResponse, v1::PromiseOfferRequest>(*engine_, Method::kPromiseOffer,
                                                                          offer_id, timeout);
}

Result<StaffOffer> Rewards::RequestVoucher(std::string_view offer_id, Milliseconds timeout) {
  return AskAboutOffer<v1::RequestVoucherResponse, v1::RequestVoucherRequest>(
      *engine_, Method::kRequestVoucher, offer_id, timeout);
}

Result<std::vector<StaffOffer>> Rewards::ListOffers(std::string_view dossier_id, Milliseconds timeout) {
  v1::ListOffersRequest request;
  request.set_dossier_id(std::string(dossier_id));
  return AskOffers<v1::ListOffersResponse>(*engine_, Method::kListOffers, request, timeout);
}

// ---- Approver

Result<std::vector<StaffOffer>> Rewards::ListApprovals(Milliseconds timeout) {
  return AskOffers<v1::ListApprovalsResponse>(*engine_, Method::kListApprovals, v1::ListApprovalsRequest(),
                                              timeout);
}

Result<StaffOffer> Rewards::AnswerApproval(const ApprovalAnswer& answer, Milliseconds timeout) {
  v1::AnswerApprovalRequest request;
  request.set_offer_id(answer.offer_id);
  request.set_state_seen(static_cast<v1::OfferState>(answer.state_seen));
  request.set_yes(answer.yes);
  request.set_words(answer.words);
  auto response = Ask<v1::AnswerApprovalResponse>(*engine_, Method::kAnswerApproval, request, timeout);
  if (!response.ok()) return response.error();
  return sdk::FromProto(response->offer());
}

}  // namespace brug
