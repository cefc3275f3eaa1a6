#include <gtest/gtest.h>

#include "tests/support/reward_town.h"

// A repeated request is answered with the first answer, also after a restart, and only to whoever may still
// ask.
namespace brug::test {
namespace {

using Reward = v1::RewardService::Stub;

class MoneyOnce : public ::testing::Test {
 protected:
  template <typename Request, typename Response>
  static RawError Try(const RawDevice& device,
                      grpc::Status (Reward::*method)(grpc::ClientContext*, const Request&, Response*),
                      const Request& request) {
    Response response;
    return ErrorOf(device.Call(device.reward(), method, request, &response));
  }

  static v1::PromiseOfferRequest PromiseOf(const std::string& offer_id) {
    auto request = Fresh<v1::PromiseOfferRequest>();
    request.set_offer_id(offer_id);
    return request;
  }

  static void ComeBack(RawDevice& device) {
    grpc::Status opened = device.OpenSession();
    for (int i = 0; i < 5 && opened.error_code() == grpc::StatusCode::UNAVAILABLE; ++i)
      opened = device.OpenSession();
    ASSERT_TRUE(opened.ok()) << opened.error_message();
  }

  RunningService service_;
  RewardTown town_{service_};
};

TEST_F(MoneyOnce, TheAnswersAreTheSameAfterARestart) {
  const auto home = town_.NewEarner();
  RawDevice& mentor = *town_.mentor.device;
  RawDevice& shop = *town_.merchant.device;
  RawDevice& phone = *home.phone;
  const auto draft = town_.DraftRequest(home, 1'000);
  const auto drafted = mentor.Must(mentor.reward(), &Reward::DraftOffer, draft);
  const auto promise = PromiseOf(drafted.offer().offer_id());
  const auto promised = mentor.Must(mentor.reward(), &Reward::PromiseOffer, promise);
  auto ask = Fresh<v1::RequestVoucherRequest>();
  ask.set_offer_id(drafted.offer().offer_id());
  const auto given = mentor.Must(mentor.reward(), &Reward::RequestVoucher, ask);
  auto replace = Fresh<v1::ReplaceVoucherCodeRequest>();
  replace.set_voucher_id(given.offer().offer().voucher_id());
  const auto replaced = phone.Must(phone.reward(), &Reward::ReplaceVoucherCode, replace);
  const auto redeem = RedeemCode(replaced.code().code());
  const auto redeemed = shop.Must(shop.reward(), &Reward::RedeemVoucher, redeem);
  const std::string books = town_.Books();

  service_.Kill();
  service_.Start();
  for (RawDevice* device : {&mentor, &shop, &phone, town_.manager.device.get()}) ComeBack(*device);
  EXPECT_EQ(mentor.Must(mentor.reward(), &Reward::DraftOffer, draft).SerializeAsString(),
            drafted.SerializeAsString());
  EXPECT_EQ(mentor.Must(mentor.reward(), &Reward::PromiseOffer, promise).SerializeAsString(),
            promised.SerializeAsString());
  EXPECT_EQ(mentor.Must(mentor.reward(), &Reward::RequestVoucher, ask).SerializeAsString(),
            given.SerializeAsString());
  EXPECT_EQ(phone.Must(phone.reward(), &Reward::ReplaceVoucherCode, replace).SerializeAsString(),
            replaced.SerializeAsString());
  EXPECT_EQ(shop.Must(shop.reward(), &Reward::RedeemVoucher, redeem).SerializeAsString(),
            redeemed.SerializeAsString());
  EXPECT_EQ(town_.Books(), books);
}

TEST_F(MoneyOnce, AnIdThatWasUsedForOtherContentIsRefused) {
  const auto home = town_.NewEarner();
  RawDevice& shop = *town_.merchant.device;
  const auto code = RewardTown::CodeOf(home, town_.Given(home, 1'000));
  auto redeem = RedeemCode(code.code(), 100);
  shop.Must(shop.reward(), &Reward::RedeemVoucher, redeem);
  const std::string books = town_.Books();
  redeem.set_amount_cents(200);
  EXPECT_EQ(Try(shop, &Reward::RedeemVoucher, redeem).reason, "REQUEST_ID_REUSED");
  redeem.set_amount_cents(100);
  redeem.set_token(code.token());
  EXPECT_EQ(Try(shop, &Reward::RedeemVoucher, redeem).reason, "REQUEST_ID_REUSED");
  v1::AddBudgetRequest add;
  add.set_request_id(redeem.request_id());
  add.set_scheme_id(town_.scheme_id);
  add.set_amount_cents(1);
  // It belongs to its person: another one may have the same.
  EXPECT_EQ(town_.Books(), books);
  EXPECT_EQ(Try(*town_.manager.device, &Reward::AddBudget, add).reason, "");
  // Another call of the same person is other content.
  v1::SetAgreementRequest agree;
  agree.set_request_id(add.request_id());
  agree.set_merchant_id(town_.merchant.person_id);
  agree.set_scheme_id(town_.scheme_id);
  EXPECT_EQ(Try(*town_.manager.device, &Reward::SetAgreement, agree).reason, "REQUEST_ID_REUSED");
  for (const std::string bad : {"", "abc", "00000000"}) {
    redeem.set_request_id(bad);
    EXPECT_EQ(Try(shop, &Reward::RedeemVoucher, redeem).field, "request_id") << bad;
  }
}

TEST_F(MoneyOnce, WhatFailedIsNotKept) {
  auto home = town_.NewClient();
  town_.Formulate(home);
  RawDevice& mentor = *town_.mentor.device;
  auto ask = Fresh<v1::RequestVoucherRequest>();
  ask.set_offer_id(town_.Promised(mentor, home, 1'000));
  EXPECT_EQ(Try(mentor, &Reward::RequestVoucher, ask).reason, "NOT_EARNED");
  town_.Tick(home);
  EXPECT_EQ(Try(mentor, &Reward::RequestVoucher, ask).reason, "");
}

TEST_F(MoneyOnce, AMentorWhoNoLongerWalksAlongGetsTheRefusalAndNotTheAnswer) {
  const auto home = town_.NewEarner();
  RawDevice& mentor = *town_.mentor.device;
  const auto promise = PromiseOf(town_.Draft(home, 1'000));
  mentor.Must(mentor.reward(), &Reward::PromiseOffer, promise);
  EXPECT_EQ(Try(mentor, &Reward::PromiseOffer, promise).reason, "");
  const auto heir = town_.NewStaff({v1::ROLE_MENTOR});
  const auto lead = town_.NewStaff({v1::ROLE_TEAM_LEAD});
  auto assign = Fresh<v1::AssignDossiersRequest>();
  assign.set_to_person_id(heir.person_id);
  assign.add_dossier_ids(home.dossier_id);
  lead.device->Must(lead.device->caseload(), &v1::CaseloadService::Stub::AssignDossiers, assign);
  EXPECT_EQ(Try(mentor, &Reward::PromiseOffer, promise).reason, "NOT_ALLOWED");
}

TEST_F(MoneyOnce, ARevokedDeviceGetsTheRefusalAndNotTheAnswer) {
  const auto home = town_.NewEarner();
  RawDevice& shop = *town_.merchant.device;
  const auto redeem = RedeemCode(RewardTown::CodeOf(home, town_.Given(home, 1'000)).code());
  shop.Must(shop.reward(), &Reward::RedeemVoucher, redeem);
  EXPECT_EQ(Try(shop, &Reward::RedeemVoucher, redeem).reason, "");
  auto revoke = Fresh<v1::RevokeDeviceRequest>();
  revoke.set_device_id(shop.enrolled().device().device_id());
  shop.Must(shop.enrolment(), &v1::EnrolmentService::Stub::RevokeDevice, revoke);
  const RawError refused = Try(shop, &Reward::RedeemVoucher, redeem);
  EXPECT_TRUE(refused.reason == "DEVICE_REVOKED" || refused.reason == "SIGN_IN_NEEDED") << refused.reason;
}

}  // namespace
}  // namespace brug::test
