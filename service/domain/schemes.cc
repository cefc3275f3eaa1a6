#include "service/domain/schemes.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>
#include <utility>
#include <variant>

#include "brug/v1/offer.pb.h"
#include "brug/v1/voucher.pb.h"
#include "proto/rules/limits.h"
#include "proto/rules/scheme.h"
#include "service/domain/answers.h"
#include "service/domain/ledger.h"
#include "service/domain/sealed_dossier.h"

namespace brug::domain {
namespace {

using platform::Failure;
using platform::Result;

constexpr std::chrono::days kForecast{90};
constexpr std::int64_t kRowsAtOnce = 1000;
constexpr std::int64_t kMicrosecondsPerSecond = 1'000'000;

Failure OutOfRange(std::string field) {
  return {.reason = v1::ERROR_REASON_OUT_OF_RANGE, .field = std::move(field)};
}

// The scheme as it will be kept.
Result<v1::Scheme> NewScheme(const v1::CreateSchemeRequest& request) {
  auto completed = rules::CompleteScheme(request.scheme());
  if (const auto* violation = std::get_if<rules::Violation>(&completed)) {
    return Failure{.reason = violation->reason, .field = violation->field};
  }
  if (request.budget_cents() < 0 || request.budget_cents() > rules::kPaidInCentsMax) {
    return OutOfRange("budget_cents");
  }
  return std::get<v1::Scheme>(std::move(completed));
}

Result<void> PayIn(Desk& desk, const std::string& scheme_id, std::int64_t amount_cents) {
  const auto posted = Post(desk, {.scheme_id = scheme_id,
                                  .from = std::string(kOutsideAccount),
                                  .to = std::string(kBudgetAccount),
                                  .amount_cents = amount_cents});
  if (!posted.ok()) return posted.failure();
  return {};
}

// What offers come to, by scheme.
struct OfferTotals {
  std::int32_t open_count = 0;
  std::int64_t may_lapse_cents = 0;
  std::int64_t longest_wait_us = 0;
};

class OfferTotalling {
 public:
  explicit OfferTotalling(const ReadingDesk& desk) : desk_(desk), now_us_(ToMicroseconds(desk.now)) {
    for (const int state :
         {v1::OFFER_STATE_PROMISE_ASKED, v1::OFFER_STATE_PROMISED, v1::OFFER_STATE_REQUESTED}) {
      CountState(state);
    }
  }
  [[nodiscard]] OfferTotals Of(const std::string& scheme_id) const {
    const auto found = totals_.find(scheme_id);
    return found == totals_.end() ? OfferTotals() : found->second;
  }

 private:
  void CountState(int state) {
    std::int64_t after_us = std::numeric_limits<std::int64_t>::min();
    std::string after_id;
    while (true) {
      const auto rows = desk_.snapshot.OffersInState(state, after_us, after_id, kRowsAtOnce);
      for (const storage::OfferRow& row : rows) Count(row);
      if (static_cast<std::int64_t>(rows.size()) < kRowsAtOnce) return;
      after_us = rows.back().since_us;
      after_id = rows.back().offer_id;
    }
  }

  void Count(const storage::OfferRow& row) {
    OfferTotals& totals = totals_[row.scheme_id];
    if (row.state != v1::OFFER_STATE_PROMISED) {
      totals.longest_wait_us = std::max(totals.longest_wait_us, now_us_ - row.since_us);
    }
    if (row.state == v1::OFFER_STATE_PROMISE_ASKED) return;
    totals.open_count += 1;
    const std::int64_t horizon_us = ToMicroseconds(desk_.now + kForecast);
    if (row.ends_at_us != 0 && row.ends_at_us <= horizon_us) totals.may_lapse_cents += row.amount_cents;
  }

  const ReadingDesk& desk_;
  const std::int64_t now_us_;
  std::map<std::string, OfferTotals> totals_;
};

Result<v1::Scheme> SchemeOf(const storage::SchemeRow& row) {
  v1::Scheme scheme;
  if (!scheme.ParseFromString(row.content)) return Failure{.log_detail = "a scheme cannot be read"};
  return scheme;
}

Result<std::vector<v1::Scheme>> AllSchemes(const storage::MoneyReads& money) {
  std::vector<v1::Scheme> schemes;
  for (const storage::SchemeRow& row : money.ListSchemes()) {
    auto scheme = SchemeOf(row);
    if (!scheme.ok()) return scheme.failure();
    schemes.push_back(*std::move(scheme));
  }
  std::sort(schemes.begin(), schemes.end(), [](const v1::Scheme& a, const v1::Scheme& b) {
    return std::tie(a.display_name(), a.scheme_id()) < std::tie(b.display_name(), b.scheme_id());
  });
  return schemes;
}

v1::SchemeReport ReportOf(const ReadingDesk& desk, const OfferTotals& offers, const v1::Scheme& scheme) {
  v1::SchemeReport report;
  *report.mutable_scheme() = scheme;
  *report.mutable_balances() = BalancesOf(desk.snapshot, scheme.scheme_id());
  report.set_offers_open_count(offers.open_count);
  report.set_may_lapse_cents(offers.may_lapse_cents);
  report.set_longest_wait_seconds(offers.longest_wait_us / kMicrosecondsPerSecond);
  const auto vouchers = desk.snapshot.TotalsOfVouchers(scheme.scheme_id(), v1::VOUCHER_STATE_OPEN);
  report.set_vouchers_open_count(static_cast<std::int32_t>(vouchers.open_count));
  report.set_vouchers_issued_count(static_cast<std::int32_t>(vouchers.issued_count));
  if (vouchers.earned_to_issued_us) {
    report.set_tick_to_voucher_seconds(*vouchers.earned_to_issued_us / kMicrosecondsPerSecond);
  }
  return report;
}

}  // namespace

Result<v1::CreateSchemeResponse> CreateScheme(Desk& desk, const v1::CreateSchemeRequest& request) {
  v1::CreateSchemeResponse response;
  const auto answered = AnswerOnce(
      desk, {"CreateScheme", request.request_id(), request}, response, [&](Answer&) -> Result<void> {
        auto scheme = NewScheme(request);
        if (!scheme.ok()) return scheme.failure();
        scheme->set_scheme_id(crypto::NewUuidV4(desk.surroundings.random));
        if (!desk.transaction.InsertScheme({.scheme_id = scheme->scheme_id(), .content = Serialise(*scheme)}))
          return Failure{.log_detail = "two schemes took one id"};
        if (request.budget_cents() > 0) {
          if (auto paid = PayIn(desk, scheme->scheme_id(), request.budget_cents()); !paid.ok()) return paid;
        }
        *response.mutable_scheme() = *scheme;
        *response.mutable_balances() = BalancesOf(desk.transaction, scheme->scheme_id());
        return {};
      });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<v1::AddBudgetResponse> AddBudget(Desk& desk, const v1::AddBudgetRequest& request) {
  v1::AddBudgetResponse response;
  const auto answered =
      AnswerOnce(desk, {"AddBudget", request.request_id(), request}, response, [&](Answer&) -> Result<void> {
        if (!desk.transaction.FindScheme(request.scheme_id())) {
          return Failure{.reason = v1::ERROR_REASON_NOT_FOUND, .field = "scheme_id"};
        }
        if (request.amount_cents() < 1 || request.amount_cents() > rules::kPaidInCentsMax) {
          return OutOfRange("amount_cents");
        }
        if (auto paid = PayIn(desk, request.scheme_id(), request.amount_cents()); !paid.ok()) return paid;
        *response.mutable_balances() = BalancesOf(desk.transaction, request.scheme_id());
        return {};
      });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<v1::ListSchemesResponse> ListSchemes(const ReadingDesk& desk, const v1::ListSchemesRequest&) {
  auto schemes = AllSchemes(desk.snapshot);
  if (!schemes.ok()) return schemes.failure();
  v1::ListSchemesResponse response;
  // What there is of money is for the programme manager alone to see.
  if (!desk.caller.Has(v1::ROLE_PROGRAMME_MANAGER)) {
    for (v1::Scheme& scheme : *schemes) *response.add_schemes()->mutable_scheme() = std::move(scheme);
    return response;
  }
  const OfferTotalling offers(desk);
  for (const v1::Scheme& scheme : *schemes) {
    *response.add_schemes() = ReportOf(desk, offers.Of(scheme.scheme_id()), scheme);
  }
  return response;
}

Result<v1::GetRewardRulesResponse> GetRewardRules(const ReadingDesk& desk, const v1::GetRewardRulesRequest&) {
  auto schemes = AllSchemes(desk.snapshot);
  if (!schemes.ok()) return schemes.failure();
  v1::GetRewardRulesResponse response;
  for (const v1::Scheme& scheme : *schemes) {
    if (scheme.reveal_policy() != v1::REVEAL_POLICY_RULES_KNOWN) continue;
    v1::RewardRules& rules = *response.add_rules();
    rules.set_display_name(scheme.display_name());
    rules.set_rules_words(scheme.rules_words());
  }
  return response;
}

std::optional<v1::Scheme> FindScheme(const storage::MoneyReads& money, std::string_view scheme_id) {
  const auto row = money.FindScheme(scheme_id);
  if (!row) return std::nullopt;
  auto scheme = SchemeOf(*row);
  return scheme.ok() ? std::optional(*std::move(scheme)) : std::nullopt;
}

}  // namespace brug::domain
