#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <iostream>
#include <set>
#include <thread>

#include "tests/support/counts.h"
#include "tests/support/reward_town.h"

// Many at once, over the wire, each on a connection of its own: every cent is spent once. The limits on calls
// and wrong codes are set out of the way, for these tests only.
//
// Long runs (deploy/test --long races): MONEY_RACE_VOUCHERS=10000 MONEY_RACE_ROUNDS=1000.
namespace brug::test {
namespace {

using Reward = v1::RewardService::Stub;

constexpr int kShops = 64;
constexpr int kIssuers = 32;
constexpr int kConnections = 8;
constexpr std::int64_t kCents = 100;

// Runs `act` in so many threads that begin together.
template <typename Act>
void AtOnce(int threads_count, const Act& act) {
  std::barrier begin(threads_count);
  std::vector<std::thread> threads;
  for (int i = 0; i < threads_count; ++i) {
    threads.emplace_back([&, i] {
      begin.arrive_and_wait();
      act(i);
    });
  }
  for (auto& thread : threads) thread.join();
}

// A session ends after ten minutes, and a long run does not.
void SignInAgain(RawDevice& device) {
  const auto opened = device.OpenSession();
  EXPECT_TRUE(opened.ok()) << opened.error_message();
}

class MoneyRaces : public ::testing::Test {
 protected:
  RunningService service_{
      {.flags = {"--wrong_vouchers_per_hour_max=1000000000", "--wrong_vouchers_burst_per_hour=1000000000",
                 "--device_calls_per_minute_max=1000000000"}}};
};

TEST_F(MoneyRaces, AHundredVouchersWantedBySixtyFourShopsArePaidOnceEach) {
  RewardTown town(service_, {.budget_cents = 10'000'000'000});
  const int vouchers_count = CountFrom("MONEY_RACE_VOUCHERS", 100);
  constexpr int kMakers = 8;
  std::vector<std::vector<v1::VoucherCode>> made(kMakers);
  std::vector<RewardTown::Staff> makers;
  for (int i = 0; i < kMakers; ++i) makers.push_back(town.NewStaff({v1::ROLE_MENTOR}));
  AtOnce(kMakers, [&](int maker) {
    RawDevice& mentor = *makers[maker].device;
    RewardTown::Home home;
    for (int i = 0; maker + i * kMakers < vouchers_count; ++i) {
      if (i % 100 == 0) {
        SignInAgain(mentor);
        home = town.NewEarner(mentor);
      }
      made[maker].push_back(RewardTown::CodeOf(home, town.Given(mentor, home, kCents)));
    }
  });
  std::vector<v1::VoucherCode> codes;
  for (const auto& some : made) codes.insert(codes.end(), some.begin(), some.end());
  SignInAgain(*town.manager.device);
  ASSERT_EQ(codes.size(), static_cast<std::size_t>(vouchers_count));
  ASSERT_EQ(town.Balances().outstanding_cents(), vouchers_count * kCents);

  std::vector<RewardTown::Staff> shops;
  for (int i = 0; i < kShops; ++i) shops.push_back(town.NewMerchant());
  std::vector<std::vector<std::string>> spent(kShops);
  std::atomic<int> refused = 0;
  AtOnce(kShops, [&](int shop) {
    RawDevice& device = *shops[shop].device;
    for (std::size_t i = 0; i < codes.size(); ++i) {
      if (i % 100 == 99) SignInAgain(device);
      const auto request = (i + shop) % 2 == 0 ? RedeemCode(codes[i].code()) : RedeemToken(codes[i].token());
      v1::RedeemVoucherResponse response;
      const auto status = device.Call(device.reward(), &Reward::RedeemVoucher, request, &response);
      if (status.ok()) {
        EXPECT_EQ(response.redemption().amount_cents(), kCents);
        spent[shop].push_back(response.redemption().voucher_id());
      } else {
        EXPECT_EQ(ErrorOf(status).reason, "VOUCHER_NOT_VALID") << status.error_message();
        ++refused;
      }
    }
  });
  std::multiset<std::string> all;
  for (const auto& some : spent) all.insert(some.begin(), some.end());
  EXPECT_EQ(all.size(), codes.size());
  for (const auto& code : codes) EXPECT_EQ(all.count(code.voucher_id()), 1U);
  EXPECT_EQ(refused, (kShops - 1) * vouchers_count);
  SignInAgain(*town.manager.device);
  EXPECT_EQ(town.Balances().outstanding_cents(), 0);
  EXPECT_EQ(town.Balances().redeemed_cents(), vouchers_count * kCents);
  const auto verified = town.VerifyLedger();
  EXPECT_EQ(verified.findings_count(), 0) << verified.DebugString();
  EXPECT_EQ(verified.redemptions_count(), vouchers_count);
  std::cout << "races: " << kShops << " shops, " << vouchers_count << " vouchers, " << all.size()
            << " redemptions, " << refused << " refusals\n";
}

TEST_F(MoneyRaces, ThirtyTwoIssuersPromiseNotACentMoreThanThereIs) {
  RewardTown town(service_, {.budget_cents = 0});
  const int rounds = CountFrom("MONEY_RACE_ROUNDS", 10);
  std::vector<RewardTown::Staff> issuers;
  std::vector<RewardTown::Home> homes(kIssuers);
  std::vector<std::string> drafts(kIssuers);
  for (int i = 0; i < kIssuers; ++i) {
    issuers.push_back(town.NewStaff({v1::ROLE_MENTOR}));
    homes[i] = town.NewEarner(*issuers[i].device);
  }
  std::atomic<int> given = 0, refused = 0;
  for (int round = 0; round < rounds; ++round) {
    if (round % 10 == 9) {
      SignInAgain(*town.manager.device);
      for (const auto& issuer : issuers) SignInAgain(*issuer.device);
    }
    auto add = Fresh<v1::AddBudgetRequest>();
    add.set_scheme_id(town.scheme_id);
    // For half of them, and for one too few by a cent.
    add.set_amount_cents(kIssuers / 2 * kCents + kCents - 1);
    town.manager.device->Must(town.manager.device->reward(), &Reward::AddBudget, add);
    const std::int64_t fit = town.Balances().budget_cents() / kCents;
    std::atomic<std::int64_t> promised = 0;
    AtOnce(kIssuers, [&](int issuer) {
      RawDevice& mentor = *issuers[issuer].device;
      // What was refused in the round before is tried again.
      if (drafts[issuer].empty()) drafts[issuer] = town.Draft(mentor, homes[issuer], kCents);
      auto promise = Fresh<v1::PromiseOfferRequest>();
      promise.set_offer_id(drafts[issuer]);
      v1::PromiseOfferResponse response;
      const auto status = mentor.Call(mentor.reward(), &Reward::PromiseOffer, promise, &response);
      if (!status.ok()) {
        EXPECT_EQ(ErrorOf(status).reason, "OVER_BUDGET") << status.error_message();
        ++refused;
        return;
      }
      ++promised;
      auto ask = Fresh<v1::RequestVoucherRequest>();
      ask.set_offer_id(drafts[issuer]);
      given += mentor.Must(mentor.reward(), &Reward::RequestVoucher, ask).offer().offer().state() ==
                       v1::OFFER_STATE_ISSUED
                   ? 1
                   : 0;
      drafts[issuer].clear();
    });
    EXPECT_EQ(promised, std::min<std::int64_t>(fit, kIssuers));
    const auto balances = town.Balances();
    EXPECT_GE(balances.budget_cents(), 0);
    EXPECT_EQ(balances.reserved_cents(), 0);
    EXPECT_EQ(balances.outstanding_cents(), given * kCents);
    EXPECT_EQ(balances.budget_cents() + balances.outstanding_cents(), balances.paid_in_cents());
  }
  EXPECT_GT(refused, 0);
  EXPECT_EQ(town.VerifyLedger().findings_count(), 0);
  std::cout << "races: " << kIssuers << " issuers, " << rounds << " rounds, " << given << " vouchers, "
            << refused << " refusals\n";
}

class SameRequestAtOnce : public MoneyRaces {
 protected:
  // The same request by connections that are all this device's. What each of them heard, which is the same.
  template <typename Request, typename Response>
  Response Send(const RawDevice& device,
                grpc::Status (Reward::*method)(grpc::ClientContext*, const Request&, Response*),
                const Request& request) {
    std::vector<std::unique_ptr<RawDevice>> connections;
    for (int i = 0; i < kConnections; ++i) {
      connections.push_back(std::make_unique<RawDevice>(service_, town_.organisation_id));
      connections.back()->token = device.token;
    }
    std::vector<Response> responses(kConnections);
    AtOnce(kConnections, [&](int i) {
      const auto status = connections[i]->Call(connections[i]->reward(), method, request, &responses[i]);
      EXPECT_TRUE(status.ok()) << Request::descriptor()->name() << ": " << status.error_message() << " "
                               << ErrorOf(status).reason;
    });
    for (const Response& response : responses)
      EXPECT_EQ(response.SerializeAsString(), responses[0].SerializeAsString());
    return responses[0];
  }

  RewardTown town_{service_};
};

TEST_F(SameRequestAtOnce, ActsOnceAndEveryoneHearsTheSame) {
  const auto home = town_.NewEarner();
  const RawDevice& manager = *town_.manager.device;
  const RawDevice& mentor = *town_.mentor.device;
  const RawDevice& shop = *town_.merchant.device;
  const std::int64_t budget = town_.Balances().budget_cents();
  auto add = Fresh<v1::AddBudgetRequest>();
  add.set_scheme_id(town_.scheme_id);
  add.set_amount_cents(1'000);
  Send(manager, &Reward::AddBudget, add);
  EXPECT_EQ(town_.Balances().budget_cents(), budget + 1'000);
  auto create = Fresh<v1::CreateSchemeRequest>();
  *create.mutable_scheme() = RewardTown::WideScheme();
  Send(manager, &Reward::CreateScheme, create);
  EXPECT_EQ(town_.VerifyLedger().schemes_count(), 2);
  auto another = Fresh<v1::RegisterMerchantRequest>();
  another.set_display_name("Another");
  Send(manager, &Reward::RegisterMerchant, another);
  EXPECT_EQ(manager.Must(manager.reward(), &Reward::ListMerchants, {}).merchants_size(), 2);

  const std::string offer_id =
      Send(mentor, &Reward::DraftOffer, town_.DraftRequest(home, 1'000)).offer().offer_id();
  EXPECT_EQ(mentor.Must(mentor.reward(), &Reward::ListOffers, {}).offers_size(), 1);
  auto promise = Fresh<v1::PromiseOfferRequest>();
  promise.set_offer_id(offer_id);
  Send(mentor, &Reward::PromiseOffer, promise);
  EXPECT_EQ(town_.Balances().reserved_cents(), 1'000);
  auto ask = Fresh<v1::RequestVoucherRequest>();
  ask.set_offer_id(offer_id);
  const std::string voucher_id = Send(mentor, &Reward::RequestVoucher, ask).offer().offer().voucher_id();
  EXPECT_EQ(town_.Balances().outstanding_cents(), 1'000);
  auto replace = Fresh<v1::ReplaceVoucherCodeRequest>();
  replace.set_voucher_id(voucher_id);
  const auto code = Send(*home.phone, &Reward::ReplaceVoucherCode, replace).code();
  EXPECT_EQ(code.code_number(), 2);

  const auto redeemed = Send(shop, &Reward::RedeemVoucher, RedeemCode(code.code(), 300));
  EXPECT_EQ(redeemed.remaining_cents(), 700);
  EXPECT_EQ(town_.Balances().redeemed_cents(), 300);
  auto undo = Fresh<v1::UndoRedemptionRequest>();
  undo.set_redemption_id(redeemed.redemption().redemption_id());
  Send(shop, &Reward::UndoRedemption, undo);
  EXPECT_EQ(town_.Balances().redeemed_cents(), 0);
  auto cancel = Fresh<v1::CancelVoucherRequest>();
  cancel.set_voucher_id(voucher_id);
  Send(*home.phone, &Reward::CancelVoucher, cancel);
  EXPECT_EQ(town_.Balances().outstanding_cents(), 0);
  auto decline = Fresh<v1::DeclineOfferRequest>();
  decline.set_offer_id(town_.Promised(*town_.mentor.device, home, 1'000));
  Send(*home.phone, &Reward::DeclineOffer, decline);
  EXPECT_EQ(town_.Balances().budget_cents(), budget + 1'000);
  EXPECT_EQ(town_.VerifyLedger().findings_count(), 0);
}

}  // namespace
}  // namespace brug::test
