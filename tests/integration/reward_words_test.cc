#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "tests/integration/reward_commands.h"

// What people read of rewards is what is so: to judge by, to tick, to pay a shop by.
namespace brug::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class RewardWords : public RewardCommands {
 protected:
  // The operator writes down that a shop leaves.
  void Leave(const std::string& person_id, const std::string& name) {
    v1::UpdateStaffRequest request;
    request.set_request_id("01234567-89ab-4cde-8f01-23456789abcd");
    request.set_organisation_id(organisation_);
    request.mutable_staff_member()->set_person_id(person_id);
    request.mutable_staff_member()->set_display_name(name);
    request.mutable_staff_member()->add_roles(v1::ROLE_MERCHANT);
    v1::UpdateStaffResponse response;
    grpc::ClientContext context;
    const auto status = service_.admin().UpdateStaff(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }
};

TEST_F(RewardWords, WhoJudgesWhetherItWasEarnedReadsHowFarItIsNow) {
  Plan();
  Do("mentor", "offer draft Marieke 1 40");
  const std::string offer = ShortId("mentor", "offer", 0);
  Do("mentor", "promise " + offer);
  Do("approver", "approve yes " + offer);
  Do("client", "sync");
  Do("client", "tick 1.1");
  Do("client", "tick 1.2");
  Do("mentor", "issue " + offer);
  EXPECT_THAT(Read("approver", "approve"), AllOf(HasSubstr("the voucher was asked for; 2 of 2 done: earned"),
                                                 HasSubstr("- Open the mail"), Not(HasSubstr("[ ]"))));
  const Json step = Do("approver", "approve")["offers"][0]["steps"][0];
  EXPECT_FALSE(step.contains("done")) << "nobody told";
  EXPECT_FALSE(step.contains("done_days"));
  Do("client", "tick 1.2 --clear");
  EXPECT_THAT(Read("approver", "approve"),
              HasSubstr("the voucher was asked for; 1 of 2 done: not earned yet"));
}

TEST_F(RewardWords, AMilestoneIsNamed) {
  Plan();
  Do("client", "milestone add 1 'All letters opened'");
  Do("mentor", "sync");
  Do("mentor", "offer draft Marieke 1 25 --milestone 1.m1");
  EXPECT_THAT(Read("mentor", "offer"), HasSubstr("for the milestone: All letters opened"));
  Do("mentor", "promise Marieke");
  Do("client", "sync");
  EXPECT_THAT(Read("client", "offers"), HasSubstr("for the milestone: All letters opened"));
}

TEST_F(RewardWords, ASecondPersonReadsWhatTheMilestoneIs) {
  Plan();
  Do("client", "milestone add 1 'All letters opened'");
  Do("mentor", "sync");
  Do("mentor", "offer draft Marieke 1 40 --milestone 1.m1");
  Do("mentor", "promise Marieke");
  EXPECT_THAT(Read("approver", "approve"), HasSubstr("for the milestone: All letters opened"));
}

TEST_F(RewardWords, ASecondPersonWhoseMilestoneWasRewordedReadsWhatToDo) {
  Plan();
  Do("client", "milestone add 1 'All letters opened'");
  Do("mentor", "sync");
  Do("mentor", "offer draft Marieke 1 40 --milestone 1.m1");
  Do("mentor", "promise Marieke");
  const std::string offer = ShortId("approver", "approve", 0);
  Do("client", "milestone edit 1.m1 --title 'All letters answered'");
  EXPECT_EQ(Refusal("approver", "approve yes " + offer), "WRONG_STATE OFFER");
  EXPECT_THAT(Brug("approver", "approve yes " + offer + " 2>&1").output,
              HasSubstr("What this plan asks for has changed meanwhile. Say not yet"));
  Do("approver", "approve no " + offer + " 'It changed'");
}

TEST_F(RewardWords, ADeletedStepOfAPromiseIsShownAndTickedByItsNumberOrId) {
  Plan();
  Do("mentor", "offer draft Marieke 1 25");
  Do("mentor", "promise Marieke");
  Do("client", "sync");
  const std::string id = Do("client", "offers")["offers"][0]["steps"][1]["step_id"];
  Do("client", "step delete 1.2");
  EXPECT_EQ(Refusal("client", "tick 1.2"), "NOT_FOUND step");
  EXPECT_THAT(Read("client", "offers"), HasSubstr("[ ] b1.2  Call the landlord"));
  EXPECT_THAT(Read("client", "today"), AllOf(HasSubstr("b1.2"), HasSubstr("Call the landlord"),
                                             HasSubstr("part of your reward"), Not(HasSubstr("b1.1"))));
  Do("client", "tick b1.2 --tried");
  EXPECT_EQ(Do("client", "today")["reward_steps"][0]["tick"], "tried");
  EXPECT_THAT(Read("client", "tick " + id), HasSubstr("Well done: Call the landlord"));
  EXPECT_EQ(Do("client", "today")["reward_steps"][0]["tick"], "done");
  EXPECT_EQ(Refusal("client", "tick b1.3"), "NOT_FOUND step");
  EXPECT_EQ(Refusal("client", "tick b2.1"), "NOT_FOUND step");
  Do("client", "tick b1.1");
  EXPECT_EQ(Do("mentor", "issue Marieke")["offer"]["state"], "issued") << "all of it was earned";
}

TEST_F(RewardWords, WhatSheDidNotWantIsSaidInHerWords) {
  Plan();
  Do("mentor", "offer draft Marieke 1 25");
  Do("mentor", "promise Marieke");
  Do("client", "sync");
  Do("client", "offers --decline 1");
  Do("client", "sync");
  EXPECT_THAT(Read("client", "offers"), HasSubstr("you did not want this one"));
  EXPECT_THAT(Read("mentor", "offer"), HasSubstr("not wanted"));
}

TEST_F(RewardWords, AShopThatLeftIsStillSettled) {
  const auto [code, token] = GiveAVoucher();
  const auto redeemed = Do("shop", "redeem " + Quoted(code) + " 10");
  const std::string month = redeemed["redeemed_at"].get<std::string>().substr(0, 7);
  const std::string shop = Do("manager", "merchant")["merchants"][0]["merchant_id"];
  Leave(shop, "Shoes");
  EXPECT_EQ(Do("manager", "merchant")["merchants"].size(), 0u);
  EXPECT_EQ(Refusal("manager", "statement Shoes Together " + month), "NOT_FOUND MERCHANT");
  EXPECT_EQ(Do("manager", "statement " + shop + " Together " + month)["total_cents"], 1'000);
  EXPECT_EQ(
      Refusal("manager", "statement 01234567-89ab-cdef-0123-456789abcdef Together " + month).substr(0, 9),
      "NOT_FOUND");
}

TEST_F(RewardWords, APictureInTheFileOfAnotherIsForItsOwnerAlone) {
  GiveAVoucher();
  const std::string path = directory_ / "qr.png";
  std::ofstream(path) << "an old picture, longer than nothing";
  std::filesystem::permissions(path, std::filesystem::perms::all);
  Do("client", "voucher 1 --png qr.png");
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace
}  // namespace brug::test
