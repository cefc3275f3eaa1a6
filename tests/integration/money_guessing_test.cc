#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "proto/crypto/crockford.h"
#include "tests/support/reward_town.h"

// A merchant that guesses codes is stopped; nobody else notices. service/gate/wrong_tries.h has the
// arithmetic.
namespace brug::test {
namespace {

using Reward = v1::RewardService::Stub;

class MoneyGuessing : public ::testing::Test {
 protected:
  static RawError Redeem(const RawDevice& shop, const std::string& code, std::int64_t amount_cents = 0) {
    v1::RedeemVoucherResponse response;
    return ErrorOf(
        shop.Call(shop.reward(), &Reward::RedeemVoucher, RedeemCode(code, amount_cents), &response));
  }
  // Well formed, and nobody's.
  static std::string Guess() {
    crypto::SystemRandom random;
    const std::string code = crypto::NewCode(random, 16);
    return code + crypto::CheckSymbol(code);
  }
  static std::size_t Count(const std::string& text, std::string_view what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
    return count;
  }

  RunningService service_;
  RewardTown town_{service_};
  RewardTown::Home home_ = town_.NewEarner();
  std::string right_ = RewardTown::CodeOf(home_, town_.Given(home_, 10'000)).code();
};

TEST_F(MoneyGuessing, TheEleventhWrongCodeIsNotLookedAtAndOtherShopsGoOn) {
  RawDevice& guesser = *town_.merchant.device;
  const auto other = town_.NewMerchant();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Redeem(guesser, Guess()).reason, "VOUCHER_NOT_VALID");
  // A right one does not give the wrong ones back.
  EXPECT_EQ(Redeem(guesser, right_, 100).reason, "");
  for (int i = 0; i < 5; ++i) {
    v1::RedeemVoucherResponse response;
    EXPECT_EQ(
        ErrorOf(guesser.Call(guesser.reward(), &Reward::RedeemVoucher, RedeemToken("x"), &response)).reason,
        "VOUCHER_NOT_VALID")
        << "tokens count too";
    EXPECT_EQ(Redeem(*other.device, right_, 100).reason, "");
  }
  for (const std::string& code : {Guess(), right_}) {
    const RawError stopped = Redeem(guesser, code, 100);
    EXPECT_EQ(stopped.reason, "TOO_MANY_TRIES");
    EXPECT_TRUE(stopped.retry_info);
    EXPECT_FALSE(stopped.words.empty());
  }
  EXPECT_EQ(town_.Balances().redeemed_cents(), 600);
  EXPECT_EQ(Redeem(*other.device, right_, 100).reason, "");
  EXPECT_EQ(Redeem(*other.device, Guess()).reason, "VOUCHER_NOT_VALID");
  // What does not spend goes on for the guesser too.
  const auto day = guesser.Must(guesser.reward(), &Reward::ListRedemptions, {});
  EXPECT_EQ(day.total_cents(), 100);
  // A device of its own does not help: it is the merchant that is counted.
  RawDevice second(service_, town_.organisation_id);
  second.token = guesser.token;
  EXPECT_EQ(Redeem(second, right_, 100).reason, "TOO_MANY_TRIES");
}

TEST_F(MoneyGuessing, OfManyGuessesAtOnceTenAreLookedAt) {
  constexpr int kConnections = 8;
  constexpr int kGuesses = 10;
  std::atomic<int> wrong = 0, stopped = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kConnections; ++i) {
    threads.emplace_back([&] {
      RawDevice connection(service_, town_.organisation_id);
      connection.token = town_.merchant.device->token;
      for (int guess = 0; guess < kGuesses; ++guess) {
        const std::string reason = Redeem(connection, Guess()).reason;
        wrong += reason == "VOUCHER_NOT_VALID" ? 1 : 0;
        stopped += reason == "TOO_MANY_TRIES" ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 10);
  EXPECT_EQ(stopped, kConnections * kGuesses - 10);
}

TEST_F(MoneyGuessing, AHundredOverAnOrganisationAreToldToTheOperatorOnceAndStopNobodyElse) {
  constexpr std::string_view kTold = "\"voucher_codes_guessed\"";
  for (int shop = 0; shop < 11; ++shop) {
    const auto guesser = town_.NewMerchant();
    EXPECT_LE(Count(service_.log(), kTold), shop < 10 ? 0U : 1U);
    for (int i = 0; i < 10; ++i) EXPECT_EQ(Redeem(*guesser.device, Guess()).reason, "VOUCHER_NOT_VALID");
  }
  EXPECT_EQ(Redeem(*town_.merchant.device, right_, 100).reason, "");
  service_.Stop();
  EXPECT_EQ(Count(service_.log(), kTold), 1U);
  EXPECT_NE(service_.log().find(town_.organisation_id), std::string::npos);
}

}  // namespace
}  // namespace brug::test
