#include <set>

#include "client-sdk/src/api/convert.h"
#include "proto/crypto/crockford.h"
#include "proto/rules/offer.h"

namespace brug::sdk {

namespace {

// Both sides count alike: a value that this SDK does not know becomes the first one.
template <class Public>
Public FromCounted(int value, Public last) {
  return value >= 0 && value <= static_cast<int>(last) ? static_cast<Public>(value) : Public{};
}

static_assert(static_cast<int>(OfferState::kDiscarded) == v1::OFFER_STATE_DISCARDED);
static_assert(static_cast<int>(OfferState::kPromised) == v1::OFFER_STATE_PROMISED);
static_assert(static_cast<int>(LapseReason::kEndDate) == v1::LAPSE_REASON_END_DATE);
static_assert(static_cast<int>(VoucherState::kCancelled) == v1::VOUCHER_STATE_CANCELLED);
static_assert(static_cast<int>(RevealPolicy::kRulesKnown) == v1::REVEAL_POLICY_RULES_KNOWN);

template <class Strings>
std::vector<std::string> ToStrings(const Strings& strings) {
  return {strings.begin(), strings.end()};
}

OfferCondition ToCondition(const v1::OfferCondition& condition) {
  switch (condition.kind_case()) {
    case v1::OfferCondition::kAllSteps:
      return AllSteps{.step_ids = ToStrings(condition.all_steps().step_ids())};
    case v1::OfferCondition::kSomeSteps:
      return SomeSteps{.step_ids = ToStrings(condition.some_steps().step_ids()),
                       .steps_count = condition.some_steps().steps_count()};
    case v1::OfferCondition::kMilestoneReached:
      return MilestoneReached{.milestone_id = condition.milestone_reached().milestone_id()};
    case v1::OfferCondition::kStepTicked:
      return StepTicked{.step_id = condition.step_ticked().step_id(),
                        .days_count = condition.step_ticked().days_count()};
    case v1::OfferCondition::kGoalAchieved:
      return GoalAchieved{};
    case v1::OfferCondition::KIND_NOT_SET:
      break;
  }
  return std::monostate{};
}

struct ConditionWriter {
  v1::OfferCondition& condition;

  void operator()(const AllSteps& kind) const {
    auto& made = *condition.mutable_all_steps();
    for (const auto& id : kind.step_ids) made.add_step_ids(id);
  }
  void operator()(const SomeSteps& kind) const {
    auto& made = *condition.mutable_some_steps();
    for (const auto& id : kind.step_ids) made.add_step_ids(id);
    made.set_steps_count(kind.steps_count);
  }
  void operator()(const MilestoneReached& kind) const {
    condition.mutable_milestone_reached()->set_milestone_id(kind.milestone_id);
  }
  void operator()(const StepTicked& kind) const {
    condition.mutable_step_ticked()->set_step_id(kind.step_id);
    condition.mutable_step_ticked()->set_days_count(kind.days_count);
  }
  void operator()(const GoalAchieved&) const { condition.mutable_goal_achieved(); }
  void operator()(std::monostate) const {}
};

OfferProgress ToProgress(const v1::OfferProgress& progress) {
  OfferProgress result{.done_count = progress.done_count(),
                       .needed_count = progress.needed_count(),
                       .earned = progress.earned(),
                       .earned_confirmed = progress.earned(),
                       .earned_at = {}};
  if (progress.has_earned_at()) result.earned_at = FromProto(progress.earned_at());
  return result;
}

// On how many days of the offer's time the step was done.
int DoneDays(const rules::DossierReader& shown, const v1::Offer& offer, const std::string& step_id) {
  std::set<Date> days;
  for (const v1::Record& record : shown.ChildrenOf(step_id)) {
    if (!record.has_tick() || record.tick().state() != v1::TICK_STATE_DONE) continue;
    const Date day = FromProto(record.tick().date());
    if (!offer.has_ends_on() || day <= FromProto(offer.ends_on())) days.insert(day);
  }
  return static_cast<int>(days.size());
}

}  // namespace

Offer FromProto(const v1::Offer& offer) {
  Offer result{.goal_id = offer.goal_id(),
               .amount_cents = offer.amount_cents(),
               .words = offer.words(),
               .condition = ToCondition(offer.condition()),
               .steps = {},
               .ends_on = {},
               .state = FromCounted(offer.state(), OfferState::kDiscarded),
               .promised_at = {},
               .promised_by_display_name = offer.promised_by_display_name(),
               .refusal_words = offer.refusal_words(),
               .voucher_id = offer.voucher_id(),
               .lapse_reason = FromCounted(offer.lapse_reason(), LapseReason::kEndDate),
               .scheme_id = offer.scheme_id(),
               .progress = {}};
  for (const auto& frozen : offer.steps()) {
    result.steps.push_back(
        {.step_id = frozen.step_id(), .step = FromProto(frozen.step()), .done = false, .done_days = 0});
  }
  if (offer.has_ends_on()) result.ends_on = FromProto(offer.ends_on());
  if (offer.has_promised_at()) result.promised_at = FromProto(offer.promised_at());
  return result;
}

Offer FromDossier(const v1::Offer& offer, const rules::DossierReader& shown,
                  const rules::DossierReader& confirmed) {
  Offer result = FromProto(offer);
  result.progress = ToProgress(rules::Progress(shown, offer));
  result.progress.earned_confirmed = rules::Progress(confirmed, offer).earned();
  for (OfferStep& step : result.steps) {
    step.done_days = DoneDays(shown, offer, step.step_id);
    step.done = step.done_days > 0;
  }
  return result;
}

StaffOffer FromProto(const v1::StaffOffer& offer) {
  StaffOffer result{.offer_id = offer.offer_id(),
                    .dossier_id = offer.dossier_id(),
                    .client_display_name = offer.client_display_name(),
                    .goal_title = offer.goal_title(),
                    .milestone_title = offer.milestone_title(),
                    .offer = FromProto(offer.offer()),
                    .since = FromProto(offer.since()),
                    .waits_for_caller = offer.waits_for_caller(),
                    .second_person = offer.second_person(),
                    .refusal_words = offer.refusal_words()};
  if (offer.has_progress()) result.offer.progress = ToProgress(offer.progress());
  return result;
}

v1::OfferDraft ToProto(const OfferDraft& draft) {
  v1::OfferDraft result;
  result.set_goal_id(draft.goal_id);
  result.set_scheme_id(draft.scheme_id);
  result.set_amount_cents(draft.amount_cents);
  result.set_words(draft.words);
  std::visit(ConditionWriter{*result.mutable_condition()}, draft.condition);
  if (draft.ends_on) *result.mutable_ends_on() = ToProto(*draft.ends_on);
  return result;
}

Voucher FromProto(const v1::Voucher& voucher) {
  return {.offer_id = voucher.offer_id(),
          .amount_cents = voucher.amount_cents(),
          .remaining_cents = voucher.remaining_cents(),
          .state = FromCounted(voucher.state(), VoucherState::kCancelled),
          .issued_at = FromProto(voucher.issued_at()),
          .expires_at = FromProto(voucher.expires_at()),
          .in_parts = voucher.in_parts(),
          .code_number = voucher.code_number(),
          .code_here = false};
}

VoucherCode FromProto(const v1::VoucherCode& code) {
  return {.voucher_id = code.voucher_id(),
          .code_number = code.code_number(),
          .code = crypto::GroupCode(code.code()),
          .token = code.token()};
}

Redemption FromProto(const v1::Redemption& redemption) {
  return {.redemption_id = redemption.redemption_id(),
          .voucher_id = redemption.voucher_id(),
          .amount_cents = redemption.amount_cents(),
          .redeemed_at = FromProto(redemption.redeemed_at()),
          .undone = redemption.undone(),
          .undo_until = FromProto(redemption.undo_until())};
}

std::optional<Receipt> ToReceipt(const v1::StatementContent& content, std::string_view merchant_id) {
  const auto fill = [&content](const auto& said, bool undo, std::string name) {
    return Receipt{.statement_id = content.statement_id(),
                   .made_at = FromProto(content.made_at()),
                   .undo = undo,
                   .redemption = FromProto(said.redemption()),
                   .remaining_cents = said.remaining_cents(),
                   .merchant_display_name = std::move(name)};
  };
  if (content.has_redemption() && content.redemption().merchant_id() == merchant_id) {
    return fill(content.redemption(), false, content.redemption().merchant_display_name());
  }
  if (content.has_undo() && content.undo().merchant_id() == merchant_id) {
    return fill(content.undo(), true, {});
  }
  return std::nullopt;
}

Scheme FromProto(const v1::Scheme& scheme) {
  Scheme result{.scheme_id = scheme.scheme_id(),
                .display_name = scheme.display_name(),
                .amount_cents_min = scheme.amount_cents_min(),
                .amount_cents_max = scheme.amount_cents_max(),
                .client_year_cents_max = scheme.client_year_cents_max(),
                .four_eyes_above_cents = {},
                .voucher_days = scheme.voucher_days(),
                .in_parts = scheme.in_parts(),
                .reveal_policy = FromCounted(scheme.reveal_policy(), RevealPolicy::kRulesKnown),
                .own_mentor_may_approve = scheme.own_mentor_may_approve(),
                .rules_words = scheme.rules_words()};
  if (scheme.has_four_eyes_above_cents()) result.four_eyes_above_cents = scheme.four_eyes_above_cents();
  return result;
}

v1::Scheme ToProto(const Scheme& scheme) {
  v1::Scheme result;
  result.set_scheme_id(scheme.scheme_id);
  result.set_display_name(scheme.display_name);
  result.set_amount_cents_min(scheme.amount_cents_min);
  result.set_amount_cents_max(scheme.amount_cents_max);
  result.set_client_year_cents_max(scheme.client_year_cents_max);
  if (scheme.four_eyes_above_cents) result.set_four_eyes_above_cents(*scheme.four_eyes_above_cents);
  result.set_voucher_days(scheme.voucher_days);
  result.set_in_parts(scheme.in_parts);
  result.set_reveal_policy(static_cast<v1::RevealPolicy>(scheme.reveal_policy));
  result.set_own_mentor_may_approve(scheme.own_mentor_may_approve);
  result.set_rules_words(scheme.rules_words);
  return result;
}

SchemeBalances FromProto(const v1::SchemeBalances& balances) {
  return {.budget_cents = balances.budget_cents(),
          .reserved_cents = balances.reserved_cents(),
          .outstanding_cents = balances.outstanding_cents(),
          .redeemed_cents = balances.redeemed_cents(),
          .restored_cents = balances.restored_cents(),
          .paid_in_cents = balances.paid_in_cents()};
}

SchemeReport FromProto(const v1::SchemeReport& report) {
  SchemeReport result{.scheme = FromProto(report.scheme()),
                      .balances = {},
                      .offers_open_count = report.offers_open_count(),
                      .may_lapse_cents = report.may_lapse_cents(),
                      .vouchers_open_count = report.vouchers_open_count(),
                      .vouchers_issued_count = report.vouchers_issued_count(),
                      .tick_to_voucher = {},
                      .longest_wait = std::chrono::seconds(report.longest_wait_seconds())};
  if (report.has_balances()) result.balances = FromProto(report.balances());
  if (report.has_tick_to_voucher_seconds()) {
    result.tick_to_voucher = std::chrono::seconds(report.tick_to_voucher_seconds());
  }
  return result;
}

Merchant FromProto(const v1::Merchant& merchant) {
  return {.merchant_id = merchant.merchant_id(),
          .display_name = merchant.display_name(),
          .scheme_ids = ToStrings(merchant.scheme_ids())};
}

MerchantStatement FromProto(const v1::GetMerchantStatementResponse& statement) {
  MerchantStatement result{.merchant_display_name = statement.merchant_display_name(),
                           .lines = {},
                           .total_cents = statement.total_cents(),
                           .balance_cents = statement.balance_cents()};
  for (const auto& line : statement.lines()) {
    result.lines.push_back({.redemption_id = line.redemption_id(),
                            .booked_at = FromProto(line.booked_at()),
                            .amount_cents = line.amount_cents()});
  }
  return result;
}

v1::GetMerchantStatementResponse ToProto(const MerchantStatement& statement) {
  v1::GetMerchantStatementResponse result;
  result.set_merchant_display_name(statement.merchant_display_name);
  for (const auto& line : statement.lines) {
    auto& made = *result.add_lines();
    made.set_redemption_id(line.redemption_id);
    *made.mutable_booked_at() = ToProto(line.booked_at);
    made.set_amount_cents(line.amount_cents);
  }
  result.set_total_cents(statement.total_cents);
  result.set_balance_cents(statement.balance_cents);
  return result;
}

}  // namespace brug::sdk
