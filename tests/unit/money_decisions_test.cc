#include <gtest/gtest.h>

#include "proto/crypto/jws.h"
#include "service/domain/voucher_codes.h"
#include "tests/unit/money_market.h"

// Decisions at their edges: who is no longer concerned, what no longer counts, what is too late to show.
namespace brug::testing {
namespace {

class MoneyDecisions : public ::testing::Test {
 protected:
  void Change(const std::function<bool(storage::Transaction&)>& change) {
    const storage::Work work = [&](storage::Transaction& t) {
      EXPECT_TRUE(change(t));
      return true;
    };
    ASSERT_TRUE(town.store->Write({&work, 1}).ok());
  }

  Market town;
};

TEST_F(MoneyDecisions, AMentorOfBeforeIsToldNothingAndMayBeTheSecondPerson) {
  TownDevice before = town.Mentor("Before", {v1::ROLE_MENTOR, v1::ROLE_APPROVER});
  Change([&](storage::Transaction& t) {
    const std::string id = town.NewId();
    return t.InsertRelation({.relation_id = id,
                             .dossier_id = town.samira.device.dossier_id,
                             .person_id = before.person_id,
                             .from_us = 1}) &&
           t.EndRelation(id, 2);
  });
  const auto told = [&](const TownDevice& device) {
    std::int64_t count = 0;
    EXPECT_TRUE(town.store
                    ->Read([&](const storage::Snapshot& s) {
                      count = s.FindPerson(device.person_id)->statements_count;
                    })
                    .ok());
    return count;
  };
  const std::int64_t theirs = told(before), the_mentors = told(town.mentor);
  const std::string offer = town.DraftId(town.samira, 4'000);
  ASSERT_TRUE(town.Promise(town.mentor, offer).ok());
  ASSERT_TRUE(town.Answer(before, offer, v1::OFFER_STATE_PROMISE_ASKED).ok());
  EXPECT_EQ(told(before), theirs);
  EXPECT_EQ(told(town.mentor), the_mentors + 1);
}

TEST_F(MoneyDecisions, WhatWaitsForNobodyIsNotAnswered) {
  const std::string offer = town.DraftId(town.samira, 4'000);
  ASSERT_TRUE(town.Promise(town.mentor, offer).ok());
  ASSERT_TRUE(town.Answer(town.approver, offer, v1::OFFER_STATE_PROMISE_ASKED).ok());
  for (const bool yes : {false, true}) {
    EXPECT_EQ(town.Answer(town.approver, offer, v1::OFFER_STATE_PROMISED, yes).failure().reason,
              v1::ERROR_REASON_WRONG_STATE);
  }
}

TEST_F(MoneyDecisions, EveryOfferThatIsNotOverCountsAgainstTheMost) {
  const std::string asked = town.DraftId(town.samira, 4'000), promised = town.DraftId(town.samira, 1'000);
  const std::string over = town.DraftId(town.samira, 1'000);
  ASSERT_TRUE(town.Promise(town.mentor, promised).ok());
  ASSERT_TRUE(town.Promise(town.mentor, asked).ok());
  town.TickAll(town.samira);
  const std::string requested = town.DraftId(town.samira, 4'000);
  ASSERT_TRUE(town.Promise(town.mentor, requested).ok());
  ASSERT_TRUE(town.Answer(town.approver, requested, v1::OFFER_STATE_PROMISE_ASKED).ok());
  ASSERT_TRUE(town.AskFor(town.mentor, requested).ok());
  auto discard = town.Fresh<v1::DiscardOfferRequest>();
  discard.set_offer_id(over);
  ASSERT_TRUE(town.Do(town.mentor, domain::DiscardOffer, discard).ok());
  for (int i = 0; i < 47; ++i) ASSERT_TRUE(town.Draft(town.mentor, town.samira, 2'000).ok()) << i;
  EXPECT_EQ(town.Draft(town.mentor, town.samira, 2'000).failure().reason, v1::ERROR_REASON_TOO_MANY);
}

TEST_F(MoneyDecisions, AGoalThatWasDeletedHasNoDrafts) {
  auto other = town.NewPlanner(town.mentor, false);
  ASSERT_TRUE(town.Push(other.device, Delete(other.goal)).has_applied());
  EXPECT_EQ(town.Draft(town.mentor, other, 2'000).failure().field, "draft.goal_id");
}

TEST_F(MoneyDecisions, ASchemeThatDoesNotFitIsNotMade) {
  auto request = town.Fresh<v1::CreateSchemeRequest>();
  request.set_budget_cents(1);
  const auto made = town.Do(town.manager, domain::CreateScheme, request);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.failure().field, "scheme.display_name");
  EXPECT_EQ(town.ReadBooks().schemes.size(), 1U);
}

TEST_F(MoneyDecisions, ACodeIsShownUntilTheVoucherExpiresAndNotUntilTheJobRuns) {
  const std::string voucher = town.Give(town.samira, 4'000);
  town.clock.now += std::chrono::days(365) - std::chrono::microseconds(1);
  EXPECT_TRUE(town.Code(town.samira.device, voucher).ok());
  town.clock.now += std::chrono::microseconds(1);
  EXPECT_EQ(town.VoucherRow(voucher).state, v1::VOUCHER_STATE_OPEN);
  EXPECT_EQ(town.Code(town.samira.device, voucher).failure().reason, v1::ERROR_REASON_WRONG_STATE);
}

TEST_F(MoneyDecisions, ATokenThatSaysANumberWhereATextBelongsIsNotValid) {
  auto request = town.Fresh<v1::RedeemVoucherRequest>();
  request.set_token(*crypto::JwsSigner(town.keys_of_organisation->vouchers.back(), domain::kVoucherTokenType)
                         .Sign(R"({"iss":5,"jti":"x","num":1,"cents":4000,"cur":"EUR"})"));
  EXPECT_EQ(town.Do(town.merchant, domain::RedeemVoucher, request).failure().reason,
            v1::ERROR_REASON_VOUCHER_NOT_VALID);
}

TEST_F(MoneyDecisions, AShopOfTwoSchemesIsOwedByEachItsOwn) {
  const std::string first = town.scheme, second = town.NewScheme();
  town.merchant = town.NewMerchant({first, second});
  auto other = town.NewPlanner(town.mentor);
  const auto spend = [&](Market::Planner& planner, std::int64_t cents) {
    const std::string code = town.Code(planner.device, town.Give(planner, 4'000))->code();
    ASSERT_TRUE(town.Redeem(town.merchant, code, cents).ok());
  };
  spend(town.samira, 1'000);
  town.scheme = second;
  spend(other, 300);
  EXPECT_EQ(town.Balances().redeemed_cents(), 300);
  const auto report = town.Verify();
  for (const auto& finding : report.findings) ADD_FAILURE() << finding.rule << ": " << finding.words;
  EXPECT_EQ(report.redemptions_count, 2);
}

}  // namespace
}  // namespace brug::testing
