#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/money_market.h"

// V1: until the promise no byte of an offer reaches the client.
namespace brug::testing {
namespace {

constexpr std::string_view kCanary = "canary-7f3a-shoes-for-the-little-one";

class MoneyGate : public ::testing::TestWithParam<v1::RevealPolicy> {
 protected:
  MoneyGate() {
    v1::Scheme scheme = Market::Usual();
    scheme.set_reveal_policy(GetParam());
    scheme.set_rules_words("Finish what you planned and there is something for it");
    town.scheme = town.NewScheme(scheme);
    town.merchant = town.NewMerchant({town.scheme});
    town.people.push_back(town.merchant.person_id);
  }
  std::string DraftWithCanary() {
    auto request = town.Fresh<v1::DraftOfferRequest>();
    request.set_dossier_id(town.samira.device.dossier_id);
    request.mutable_draft()->set_goal_id(town.samira.goal);
    request.mutable_draft()->set_scheme_id(town.scheme);
    request.mutable_draft()->set_amount_cents(4'321);
    request.mutable_draft()->set_words(std::string(kCanary));
    return town.Do(town.mentor, domain::DraftOffer, request)->offer().offer_id();
  }
  // Everything that a device of the client can get by syncing from nothing, as bytes.
  std::string Received(const TownDevice& device) {
    const auto response = town.Sync(device, v1::SyncRequest());
    EXPECT_FALSE(response->more());
    return response->SerializeAsString();
  }
  bool Finds(const std::string& bytes, std::string_view what) {
    return bytes.find(what) != std::string::npos;
  }
  std::string DumpOfStore() {
    std::string dump;
    const Books books = town.ReadBooks();
    for (const auto& row : books.offers) dump += row.sealed;
    EXPECT_TRUE(town.store
                    ->Read([&](const storage::Snapshot& s) {
                      for (const std::string& person : town.people) {
                        for (const auto& row : s.StatementsFor(person, 0, 1'000)) dump += row.statement;
                      }
                      for (const auto& row : s.RecordsAfter(town.samira.device.dossier_id, 0, 100'000'000)) {
                        dump += row.sealed;
                      }
                    })
                    .ok());
    return dump;
  }

  Market town;
};

INSTANTIATE_TEST_SUITE_P(Policies, MoneyGate,
                         ::testing::Values(v1::REVEAL_POLICY_AFTER_PLAN, v1::REVEAL_POLICY_RULES_KNOWN),
                         [](const auto& policy) { return v1::RevealPolicy_Name(policy.param); });

TEST_P(MoneyGate, TheRulesAreKnownFromTheFirstDayWhereTheSchemeSaysSoAndNoAmountIs) {
  const std::string offer = DraftWithCanary();
  const auto rules = town.Town::Ask(town.samira.device, domain::GetRewardRules, v1::GetRewardRulesRequest());
  ASSERT_TRUE(rules.ok());
  EXPECT_EQ(rules->rules_size(), GetParam() == v1::REVEAL_POLICY_RULES_KNOWN ? 1 : 0);
  for (const std::string_view trace : {kCanary, std::string_view(offer), std::string_view(town.scheme)}) {
    EXPECT_FALSE(Finds(rules->SerializeAsString(), trace));
  }
}

TEST_P(MoneyGate, NothingOfADraftReachesTheClientAndNoRevisionMoves) {
  const auto before = town.ReadBooks();
  const std::string received_before = Received(town.samira.device);
  const std::string offer = DraftWithCanary();
  // Asked for and refused: still no byte.
  ASSERT_TRUE(town.Promise(town.mentor, offer).ok());
  ASSERT_TRUE(town.Answer(town.approver, offer, v1::OFFER_STATE_PROMISE_ASKED, false).ok());
  const auto after = town.ReadBooks();
  EXPECT_EQ(after.heads, before.heads);
  EXPECT_EQ(after.statements, before.statements);
  EXPECT_EQ(after.transfers, before.transfers);
  const std::string received = Received(town.samira.device);
  EXPECT_EQ(received.size(), received_before.size());
  for (const std::string_view trace : {kCanary, std::string_view(offer), std::string_view(town.scheme)}) {
    EXPECT_FALSE(Finds(received, trace));
  }
  EXPECT_EQ(town.Everything(town.samira.device, town.samira.device.dossier_id).count(offer), 0u);
  // The mentor's devices hold the same bytes as the client's, so nothing is in theirs either.
  EXPECT_FALSE(Finds(Received(town.mentor), kCanary));
}

TEST_P(MoneyGate, TheClientCannotTellADraftFromNothing) {
  const std::string offer = DraftWithCanary();
  const auto of_draft = town.Decline(town.samira.device, offer);
  const auto of_nothing = town.Decline(town.samira.device, town.NewId());
  EXPECT_EQ(of_draft.failure().reason, of_nothing.failure().reason);
  EXPECT_EQ(of_draft.failure().field, of_nothing.failure().field);
}

TEST_P(MoneyGate, TheSearchFindsWhatIsPromised) {
  const std::string offer = DraftWithCanary();
  ASSERT_TRUE(town.Promise(town.mentor, offer).ok());
  ASSERT_TRUE(town.Answer(town.approver, offer, v1::OFFER_STATE_PROMISE_ASKED).ok());
  const std::string received = Received(town.samira.device);
  EXPECT_TRUE(Finds(received, kCanary));
  EXPECT_TRUE(Finds(received, offer));
}

TEST_P(MoneyGate, NoCodeIsInTheDossierOrWithTheMentor) {
  const std::string voucher = town.Give(town.samira, 4'000);
  const std::string code = town.Code(town.samira.device, voucher)->code();
  ASSERT_TRUE(town.Redeem(town.merchant, code, 1'000).ok());
  for (const TownDevice* device : {&town.samira.device, &town.mentor}) {
    const std::string received = Received(*device);
    EXPECT_TRUE(Finds(received, voucher));
    EXPECT_FALSE(Finds(received, std::string_view(code).substr(0, 16)));
  }
  // Where it was spent is told to the client, by a statement, and not to the mentor.
  EXPECT_TRUE(Finds(Received(town.samira.device), town.merchant.person_id));
  EXPECT_FALSE(Finds(Received(town.mentor), town.merchant.person_id));
}

TEST_P(MoneyGate, AMentorWhoNoLongerWalksAlongGetsNoStatementThatTellsOfThePlan) {
  v1::CreateTeamRequest create;
  create.set_request_id(town.NewId());
  create.set_display_name("North");
  const std::string team = town.Administer(domain::CreateTeam, create)->team().team_id();
  const TownDevice heir = town.Mentor("Noor", {v1::ROLE_MENTOR}, team);
  const TownDevice lead = town.Mentor("Ineke", {v1::ROLE_TEAM_LEAD}, team);
  v1::UpdateStaffRequest joins;
  joins.set_request_id(town.NewId());
  joins.mutable_staff_member()->set_person_id(town.mentor.person_id);
  joins.mutable_staff_member()->set_display_name("Mentor");
  joins.mutable_staff_member()->add_roles(v1::ROLE_MENTOR);
  joins.mutable_staff_member()->set_team_id(team);
  joins.mutable_staff_member()->set_active(true);
  ASSERT_TRUE(town.Administer(domain::UpdateStaff, joins).ok());
  v1::Scheme generous = Market::Usual();
  generous.set_client_year_cents_max(1'000'000);
  generous.set_four_eyes_above_cents(1'000'000);
  town.scheme = town.NewScheme(generous, 1'000'000);
  // Each gives two statements, together more than one answer holds.
  for (int i = 0; i < 101; ++i) town.Give(town.samira, 1'000);
  const auto told = [&](auto has) {
    const auto response = town.Sync(town.mentor, v1::SyncRequest());
    return std::count_if(response->statements().begin(), response->statements().end(), [&](const auto& each) {
      v1::StatementContent content;
      EXPECT_TRUE(content.ParseFromString(each.content()));
      return has(content);
    });
  };
  const auto of_plan = [](const v1::StatementContent& c) { return c.has_promise() || c.has_issue(); };
  ASSERT_GT(told(of_plan), 100);
  v1::AssignDossiersRequest request;
  request.set_request_id(town.NewId());
  request.set_to_person_id(heir.person_id);
  request.add_dossier_ids(town.samira.device.dossier_id);
  ASSERT_TRUE(town.Do(lead, domain::AssignDossiers, request).ok());
  EXPECT_EQ(told(of_plan), 0);
  EXPECT_EQ(told([](const v1::StatementContent& c) { return c.has_end(); }), 1) << "what comes after is told";
}

TEST_P(MoneyGate, WhatIsKeptOfADraftAndOfItsStatementsIsSealed) {
  const std::string offer = DraftWithCanary();
  EXPECT_FALSE(Finds(DumpOfStore(), kCanary));
  ASSERT_TRUE(town.Promise(town.mentor, offer).ok());
  ASSERT_TRUE(town.Answer(town.approver, offer, v1::OFFER_STATE_PROMISE_ASKED).ok());
  EXPECT_FALSE(Finds(DumpOfStore(), kCanary));
}

}  // namespace
}  // namespace brug::testing
