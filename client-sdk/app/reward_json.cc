#include "client-sdk/app/reward_json.h"

#include "client-sdk/app/json.h"

namespace brug::app {
namespace {

constexpr std::string_view kOfferStates[] = {"unknown",   "draft",  "promise_asked", "promised",
                                             "requested", "issued", "lapsed",        "discarded"};
constexpr std::string_view kLapseReasons[] = {"none", "client", "end_date"};
constexpr std::string_view kVoucherStates[] = {"unknown", "open", "redeemed", "expired", "cancelled"};
constexpr std::string_view kRevealPolicies[] = {"unknown", "after_plan", "rules_known"};

template <std::size_t N, class E>
std::string_view In(const std::string_view (&names)[N], E value) {
  const auto place = static_cast<std::size_t>(value);
  return place < N ? names[place] : "unknown";
}

struct ConditionToJson {
  Json operator()(const AllSteps& all) const { return {{"kind", "all_steps"}, {"step_ids", all.step_ids}}; }
  Json operator()(const SomeSteps& some) const {
    return {{"kind", "some_steps"}, {"step_ids", some.step_ids}, {"steps_count", some.steps_count}};
  }
  Json operator()(const MilestoneReached& reached) const {
    return {{"kind", "milestone_reached"}, {"milestone_id", reached.milestone_id}};
  }
  Json operator()(const StepTicked& ticked) const {
    return {{"kind", "step_ticked"}, {"step_id", ticked.step_id}, {"days_count", ticked.days_count}};
  }
  Json operator()(const GoalAchieved&) const { return {{"kind", "goal_achieved"}}; }
  Json operator()(const std::monostate&) const { return {{"kind", "unknown"}}; }
};

Json ProgressToJson(const OfferProgress& progress) {
  return {{"done_count", progress.done_count},
          {"needed_count", progress.needed_count},
          {"earned", progress.earned},
          {"earned_confirmed", progress.earned_confirmed},
          {"earned_at", ToJson(progress.earned_at)}};
}

Json SchemeToJson(const Scheme& scheme) {
  Json four_eyes = nullptr;
  if (scheme.four_eyes_above_cents) four_eyes = *scheme.four_eyes_above_cents;
  return {{"scheme_id", scheme.scheme_id},
          {"display_name", scheme.display_name},
          {"amount_cents_min", scheme.amount_cents_min},
          {"amount_cents_max", scheme.amount_cents_max},
          {"client_year_cents_max", scheme.client_year_cents_max},
          {"four_eyes_above_cents", four_eyes},
          {"voucher_days", scheme.voucher_days},
          {"in_parts", scheme.in_parts},
          {"reveal_policy", In(kRevealPolicies, scheme.reveal_policy)},
          {"own_mentor_may_approve", scheme.own_mentor_may_approve},
          {"rules_words", scheme.rules_words}};
}

}  // namespace

Json ToJson(const Offer& offer) {
  Json steps = Json::array();
  for (const OfferStep& step : offer.steps) {
    steps.push_back({{"step_id", step.step_id},
                     {"title", step.step.title},
                     {"done", step.done},
                     {"done_days", step.done_days}});
  }
  return {{"goal_id", offer.goal_id},
          {"amount_cents", offer.amount_cents},
          {"words", offer.words},
          {"condition", std::visit(ConditionToJson{}, offer.condition)},
          {"steps", steps},
          {"ends_on", ToJson(offer.ends_on)},
          {"state", In(kOfferStates, offer.state)},
          {"promised_at", ToJson(offer.promised_at)},
          {"promised_by_display_name", offer.promised_by_display_name},
          {"refusal_words", offer.refusal_words},
          {"voucher_id", offer.voucher_id},
          {"lapse_reason", In(kLapseReasons, offer.lapse_reason)},
          {"scheme_id", offer.scheme_id},
          {"progress", ProgressToJson(offer.progress)}};
}
Json ToJson(const StaffOffer& offer) {
  Json json = {{"offer_id", offer.offer_id},
               {"dossier_id", offer.dossier_id},
               {"client_display_name", offer.client_display_name},
               {"goal_title", offer.goal_title},
               {"milestone_title", offer.milestone_title},
               {"since", ToJson(offer.since)},
               {"waits_for_caller", offer.waits_for_caller},
               {"second_person", offer.second_person}};
  json.update(ToJson(offer.offer));
  // Which of the steps were done, staff are not told: `progress` says how far it is.
  for (Json& step : json["steps"]) {
    step.erase("done");
    step.erase("done_days");
  }
  // Of the promise while it is a draft, of the voucher afterwards.
  if (!offer.refusal_words.empty()) json["refusal_words"] = offer.refusal_words;
  return json;
}
Json ToJson(const Voucher& voucher) {
  return {{"offer_id", voucher.offer_id},
          {"amount_cents", voucher.amount_cents},
          {"remaining_cents", voucher.remaining_cents},
          {"state", In(kVoucherStates, voucher.state)},
          {"issued_at", ToJson(voucher.issued_at)},
          {"expires_at", ToJson(voucher.expires_at)},
          {"in_parts", voucher.in_parts},
          {"code_number", voucher.code_number}};
}
Json ToJson(const VoucherCode& code) {
  return {{"voucher_id", code.voucher_id},
          {"code_number", code.code_number},
          {"code", code.code},
          {"token", code.token}};
}
Json ToJson(const VoucherToken& token) {
  return {{"organisation_id", token.organisation_id},
          {"voucher_id", token.voucher_id},
          {"code_number", token.code_number},
          {"amount_cents", token.amount_cents},
          {"issued_at", ToJson(token.issued_at)},
          {"expires_at", ToJson(token.expires_at)},
          {"key_id", token.key_id}};
}
Json ToJson(const Redemption& redemption) {
  return {{"redemption_id", redemption.redemption_id},
          {"voucher_id", redemption.voucher_id},
          {"amount_cents", redemption.amount_cents},
          {"redeemed_at", ToJson(redemption.redeemed_at)},
          {"undone", redemption.undone},
          {"undo_until", ToJson(redemption.undo_until)}};
}
Json ToJson(const RedemptionDay& day) {
  return {{"redemptions", ToJson(day.redemptions)}, {"total_cents", day.total_cents}};
}
Json ToJson(const Receipt& receipt) {
  return {{"statement_id", receipt.statement_id},
          {"made_at", ToJson(receipt.made_at)},
          {"undo", receipt.undo},
          {"redemption", ToJson(receipt.redemption)},
          {"remaining_cents", receipt.remaining_cents},
          {"merchant_display_name", receipt.merchant_display_name}};
}
Json ToJson(const SchemeBalances& balances) {
  return {{"budget_cents", balances.budget_cents},           {"reserved_cents", balances.reserved_cents},
          {"outstanding_cents", balances.outstanding_cents}, {"redeemed_cents", balances.redeemed_cents},
          {"restored_cents", balances.restored_cents},       {"paid_in_cents", balances.paid_in_cents}};
}
Json ToJson(const SchemeReport& report) {
  if (!report.balances) return {{"scheme", SchemeToJson(report.scheme)}};
  Json tick_to_voucher = nullptr;
  if (report.tick_to_voucher) tick_to_voucher = report.tick_to_voucher->count();
  return {{"scheme", SchemeToJson(report.scheme)},
          {"balances", ToJson(*report.balances)},
          {"offers_open_count", report.offers_open_count},
          {"may_lapse_cents", report.may_lapse_cents},
          {"vouchers_open_count", report.vouchers_open_count},
          {"vouchers_issued_count", report.vouchers_issued_count},
          {"tick_to_voucher_s", tick_to_voucher},
          {"longest_wait_s", report.longest_wait.count()}};
}
Json ToJson(const Merchant& merchant) {
  return {{"merchant_id", merchant.merchant_id},
          {"display_name", merchant.display_name},
          {"scheme_ids", merchant.scheme_ids}};
}
Json ToJson(const MerchantStatement& statement) {
  Json lines = Json::array();
  for (const MerchantStatementLine& line : statement.lines) {
    lines.push_back({{"redemption_id", line.redemption_id},
                     {"booked_at", ToJson(line.booked_at)},
                     {"amount_cents", line.amount_cents}});
  }
  return {{"merchant_display_name", statement.merchant_display_name},
          {"lines", lines},
          {"total_cents", statement.total_cents},
          {"balance_cents", statement.balance_cents}};
}
Json ToJson(const RewardRules& rules) {
  return {{"display_name", rules.display_name}, {"words", rules.words}};
}
Json ToJson(const UnansweredRequest& request) {
  return {{"request_id", request.request_id},
          {"what", request.what},
          {"first_tried_at", ToJson(request.first_tried_at)},
          {"about_id", request.about_id},
          {"amount_cents", request.amount_cents}};
}

}  // namespace brug::app
