#include "tests/unit/money_market.h"

#include <gtest/gtest.h>

#include <limits>

#include "service/storage_memory/memory_storage.h"

namespace brug::testing {

using platform::Result;

Market::Market(std::uint64_t seed) : Town(std::make_unique<storage::MemoryStorage>(), seed) {}

v1::Scheme Market::Usual() {
  v1::Scheme scheme;
  scheme.set_display_name("First steps");
  scheme.set_amount_cents_min(1'000);
  scheme.set_amount_cents_max(6'000);
  scheme.set_client_year_cents_max(20'000);
  scheme.set_four_eyes_above_cents(3'000);
  scheme.set_in_parts(true);
  return scheme;
}

std::string Market::NewScheme(v1::Scheme wanted, std::int64_t budget_cents) {
  auto request = Fresh<v1::CreateSchemeRequest>();
  *request.mutable_scheme() = std::move(wanted);
  request.set_budget_cents(budget_cents);
  return Do(manager, domain::CreateScheme, request)->scheme().scheme_id();
}

TownDevice Market::NewMerchant(const std::vector<std::string>& scheme_ids, const std::string& name) {
  auto request = Fresh<v1::RegisterMerchantRequest>();
  request.set_display_name(name);
  for (const std::string& scheme_id : scheme_ids) request.add_scheme_ids(scheme_id);
  return *Enrol(Do(manager, domain::RegisterMerchant, request)->activation_code());
}

Market::Planner Market::NewPlanner(TownDevice& of, bool formulated) {
  Planner planner{Client(of), NewId(), {NewId(), NewId()}};
  v1::Mutation goal = NewGoal(planner.goal);
  goal.mutable_create_goal()->mutable_goal()->set_domain_id("housing");
  EXPECT_TRUE(Push(planner.device, goal).has_applied());
  for (const std::string& step : planner.steps) {
    EXPECT_TRUE(Push(planner.device, NewStep(step, planner.goal)).has_applied());
  }
  if (formulated) {
    EXPECT_TRUE(Push(planner.device, Formulate(planner.goal)).has_applied());
  }
  return planner;
}

void Market::TickAll(Planner& planner) {
  for (const std::string& step : planner.steps) {
    EXPECT_TRUE(Push(planner.device, Tick(step, kToday)).has_applied());
  }
}

Result<v1::DraftOfferResponse> Market::Draft(const TownDevice& by, const Planner& planner,
                                             std::int64_t amount_cents) {
  auto request = Fresh<v1::DraftOfferRequest>();
  request.set_dossier_id(planner.device.dossier_id);
  request.mutable_draft()->set_goal_id(planner.goal);
  request.mutable_draft()->set_scheme_id(scheme);
  request.mutable_draft()->set_amount_cents(amount_cents);
  return Do(by, domain::DraftOffer, request);
}

std::string Market::DraftId(const Planner& planner, std::int64_t amount_cents) {
  return Draft(mentor, planner, amount_cents)->offer().offer_id();
}

Result<v1::PromiseOfferResponse> Market::Promise(const TownDevice& by, const std::string& offer_id) {
  auto request = Fresh<v1::PromiseOfferRequest>();
  request.set_offer_id(offer_id);
  return Do(by, domain::PromiseOffer, request);
}

Result<v1::AnswerApprovalResponse> Market::Answer(const TownDevice& by, const std::string& offer_id,
                                                  v1::OfferState seen, bool yes) {
  auto request = Fresh<v1::AnswerApprovalRequest>();
  request.set_offer_id(offer_id);
  request.set_state_seen(seen);
  request.set_yes(yes);
  if (!yes) request.set_words("Let us look at it together first");
  return Do(by, domain::AnswerApproval, request);
}

Result<v1::RequestVoucherResponse> Market::AskFor(const TownDevice& by, const std::string& offer_id) {
  auto request = Fresh<v1::RequestVoucherRequest>();
  request.set_offer_id(offer_id);
  return Do(by, domain::RequestVoucher, request);
}

Result<v1::DeclineOfferResponse> Market::Decline(const TownDevice& by, const std::string& offer_id) {
  auto request = Fresh<v1::DeclineOfferRequest>();
  request.set_offer_id(offer_id);
  return Do(by, domain::DeclineOffer, request);
}

Result<v1::VoucherCode> Market::Code(const TownDevice& by, const std::string& voucher_id) {
  v1::GetVoucherCodeRequest request;
  request.set_voucher_id(voucher_id);
  auto response = Town::Ask(by, domain::GetVoucherCode, request);
  if (!response.ok()) return response.failure();
  return response->code();
}

Result<v1::RedeemVoucherResponse> Market::Redeem(const TownDevice& by, const std::string& code,
                                                 std::int64_t amount_cents) {
  auto request = Fresh<v1::RedeemVoucherRequest>();
  request.set_code(code);
  request.set_amount_cents(amount_cents);
  return Do(by, domain::RedeemVoucher, request);
}

Result<v1::UndoRedemptionResponse> Market::Undo(const TownDevice& by, const std::string& redemption_id) {
  auto request = Fresh<v1::UndoRedemptionRequest>();
  request.set_redemption_id(redemption_id);
  return Do(by, domain::UndoRedemption, request);
}

Result<v1::CancelVoucherResponse> Market::Cancel(const TownDevice& by, const std::string& voucher_id) {
  auto request = Fresh<v1::CancelVoucherRequest>();
  request.set_voucher_id(voucher_id);
  return Do(by, domain::CancelVoucher, request);
}

std::string Market::Give(Planner& planner, std::int64_t amount_cents) {
  TickAll(planner);
  const std::string offer = DraftId(planner, amount_cents);
  if (Promise(mentor, offer)->offer().offer().state() == v1::OFFER_STATE_PROMISE_ASKED) {
    EXPECT_TRUE(Answer(approver, offer, v1::OFFER_STATE_PROMISE_ASKED).ok());
  }
  if (AskFor(mentor, offer)->offer().offer().state() == v1::OFFER_STATE_REQUESTED) {
    EXPECT_TRUE(Answer(approver, offer, v1::OFFER_STATE_REQUESTED).ok());
  }
  return Everything(planner.device, planner.device.dossier_id).at(offer).offer().voucher_id();
}

storage::VoucherRow Market::VoucherRow(const std::string& voucher_id) {
  std::optional<storage::VoucherRow> row;
  EXPECT_TRUE(store->Read([&](const storage::Snapshot& s) { row = s.FindVoucher(voucher_id); }).ok());
  return row.value_or(storage::VoucherRow());
}

storage::OfferRow Market::OfferRow(const std::string& offer_id) {
  std::optional<storage::OfferRow> row;
  EXPECT_TRUE(store->Read([&](const storage::Snapshot& s) { row = s.FindOffer(offer_id); }).ok());
  return row.value_or(storage::OfferRow());
}

v1::SchemeBalances Market::Balances() {
  v1::SchemeBalances balances;
  EXPECT_TRUE(
      store->Read([&](const storage::Snapshot& s) { balances = domain::BalancesOf(s, scheme); }).ok());
  return balances;
}

domain::JobDone Market::Run(Result<domain::JobDone> (*job)(domain::Desk&, std::int64_t),
                            std::int64_t rows_max) {
  Result<domain::JobDone> done = platform::Failure{};
  const storage::Work work = [&](storage::Transaction& transaction) {
    const domain::Caller caller = domain::ServiceCaller(organisation_id);
    domain::Desk desk{surroundings, transaction, caller, keys_of_organisation, clock.now};
    done = job(desk, rows_max);
    return done.ok();
  };
  EXPECT_TRUE(store->Write({&work, 1}).ok());
  EXPECT_TRUE(done.ok());
  return done.ok() ? *done : domain::JobDone();
}

Books Market::ReadBooks() {
  Books books;
  const auto add = [](auto& to, auto&& rows) { to.insert(to.end(), rows.begin(), rows.end()); };
  const auto year =
      static_cast<int>(std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(clock.now)).year());
  EXPECT_TRUE(store
                  ->Read([&](const storage::Snapshot& s) {
                    books.schemes = s.ListSchemes();
                    for (const storage::SchemeRow& row : books.schemes) {
                      add(books.accounts, s.AccountsOf(row.scheme_id));
                      add(books.transfers, s.TransfersAfter(row.scheme_id, 0, 1'000'000));
                      for (const std::string& dossier_id : dossiers) {
                        books.promised.push_back(s.PromisedInYear(row.scheme_id, dossier_id, year));
                      }
                    }
                    for (const std::string& dossier_id : dossiers) {
                      add(books.offers, s.OffersOfDossier(dossier_id));
                      books.heads.push_back(*s.FindHead(dossier_id));
                    }
                    books.vouchers = s.ListVouchers({.after = "", .rows_max = 1'000'000});
                    for (const std::string& person_id : people) {
                      add(books.redemptions,
                          s.RedemptionsOf(person_id, 0, std::numeric_limits<std::int64_t>::max()));
                      add(books.agreements, s.AgreementsOf(person_id));
                      books.statements.push_back(s.FindPerson(person_id)->statements_count);
                    }
                  })
                  .ok());
  return books;
}

domain::LedgerReport Market::Verify() {
  domain::LedgerReport report;
  EXPECT_TRUE(store->Read([&](const storage::Snapshot& s) { report = domain::VerifyBooks(s); }).ok());
  return report;
}

}  // namespace brug::testing
