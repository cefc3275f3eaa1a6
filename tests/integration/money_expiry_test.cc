#include <gtest/gtest.h>

#include <chrono>

#include "proto/rules/date.h"
#include "tests/support/reward_town.h"

// What the service does by itself when a day has passed, over the wire: brugd is started again with a clock
// that is ahead (tests/support/later_clock.cc).
namespace brug::test {
namespace {

using Reward = v1::RewardService::Stub;

v1::Scheme ForADay() {
  v1::Scheme scheme = RewardTown::WideScheme();
  scheme.set_voucher_days(1);
  return scheme;
}

class MoneyExpiry : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!RunningService::CanBeAhead()) {
      GTEST_SKIP() << "another clock cannot be loaded before the sanitizer";
    }
  }

  // The service runs on, so much later, and has done the job.
  void LetPass(std::chrono::seconds time, const std::string& job) {
    EXPECT_EQ(service_.Stop(), 0);
    service_.StartAhead(time);
    service_.AwaitLog("\"" + job + "\"");
    for (RawDevice* device : {town_.manager.device.get(), town_.merchant.device.get(), home_.phone.get()}) {
      grpc::Status opened = device->OpenSession();
      for (int i = 0; i < 5 && opened.error_code() == grpc::StatusCode::UNAVAILABLE; ++i)
        opened = device->OpenSession();
      ASSERT_TRUE(opened.ok()) << opened.error_message();
    }
  }
  template <typename Request, typename Response>
  static std::string ReasonOf(const RawDevice& device,
                              grpc::Status (Reward::*method)(grpc::ClientContext*, const Request&, Response*),
                              const Request& request) {
    Response response;
    return ErrorOf(device.Call(device.reward(), method, request, &response)).reason;
  }

  RunningService service_;
  RewardTown town_{service_, {.scheme = ForADay()}};
  RewardTown::Home home_ = town_.NewEarner();
};

TEST_F(MoneyExpiry, WhatIsLeftOfAVoucherGoesBackToTheBudgetByAPosting) {
  const std::string voucher = town_.Given(home_, 10'000);
  const std::string code = RewardTown::CodeOf(home_, voucher).code();
  RawDevice& shop = *town_.merchant.device;
  shop.Must(shop.reward(), &Reward::RedeemVoucher, RedeemCode(code, 2'500));
  const auto before = town_.Balances();
  const auto posted = town_.VerifyLedger().transfers_count();
  ASSERT_EQ(before.outstanding_cents(), 7'500);

  LetPass(std::chrono::hours(25), "expire_vouchers");
  const auto after = town_.Balances();
  EXPECT_EQ(after.outstanding_cents(), 0);
  EXPECT_EQ(after.budget_cents(), before.budget_cents() + 7'500);
  EXPECT_EQ(after.redeemed_cents(), 2'500);
  const auto verified = town_.VerifyLedger();
  EXPECT_EQ(verified.transfers_count(), posted + 1);
  EXPECT_EQ(verified.findings_count(), 0) << verified.DebugString();
  EXPECT_EQ(ReasonOf(shop, &Reward::RedeemVoucher, RedeemCode(code, 100)), "VOUCHER_NOT_VALID");
  v1::GetVoucherCodeRequest show;
  show.set_voucher_id(voucher);
  EXPECT_EQ(ReasonOf(*home_.phone, &Reward::GetVoucherCode, show), "WRONG_STATE");
}

TEST_F(MoneyExpiry, WhatWasNotEarnedByItsEndDateIsReservedNoLonger) {
  auto dreamer = town_.NewClient();
  town_.Formulate(dreamer);
  auto draft = town_.DraftRequest(dreamer, 10'000);
  const rules::Day tomorrow =
      std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()) + std::chrono::days(1);
  *draft.mutable_draft()->mutable_ends_on() = rules::ToDate(tomorrow);
  RawDevice& mentor = *town_.mentor.device;
  town_.Promise(mentor, mentor.Must(mentor.reward(), &Reward::DraftOffer, draft).offer().offer_id());
  const auto before = town_.Balances();
  ASSERT_EQ(before.reserved_cents(), 10'000);

  // Its last day, and the week in which ticks may still arrive.
  LetPass(std::chrono::days(10), "lapse_offers");
  const auto after = town_.Balances();
  EXPECT_EQ(after.reserved_cents(), 0);
  EXPECT_EQ(after.budget_cents(), before.budget_cents() + 10'000);
  EXPECT_EQ(town_.VerifyLedger().findings_count(), 0);
}

}  // namespace
}  // namespace brug::test
