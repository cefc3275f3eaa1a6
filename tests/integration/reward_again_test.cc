#include <brug/client.h>
#include <gmock/gmock.h>

#include <cctype>
#include <memory>

#include "tests/integration/reward_commands.h"

// Commands about money that had no answer: what is typed again happens once, and nothing else happens
// instead.
namespace brug::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class RewardsAgain : public RewardCommands {
 protected:
  // Types it while the service is away; what the person reads.
  std::string TypeUnanswered(const std::string& who, const std::string& words) {
    service_.Stop();
    const auto result = Brug(who, words + " 2>&1");
    service_.Start();
    EXPECT_EQ(result.exit_code, 1) << words << "\n" << result.output;
    return result.output;
  }
  // The same where the service did it and its answer was lost: another process of the same device had it.
  void TypeWithLostAnswer(const std::string& who, const std::string& words) {
    TypeUnanswered(who, words);
    CopyHome(who);
    Do("elsewhere", words);
  }
  // The device as it is now, to "elsewhere".
  void CopyHome(const std::string& who) {
    const auto copied =
        tidy::RunCommand("cd " + Quoted(directory_.path()) + " && cp -a " + who + " elsewhere");
    ASSERT_EQ(copied.exit_code, 0) << copied.output;
  }
  // The device of a home as another app would open it.
  Client Sdk(const std::string& who) {
    const std::string home = directory_ / who;
    return std::move(Client::Open({.directory = home + "/replica",
                                   .server = service_.address(),
                                   .root_certificate_pem = service_.root_certificate_pem(),
                                   .spki_pins = {},
                                   .server_name = {},
                                   .language = "en",
                                   .key_store = std::make_shared<FileKeyStore>(home + "/keys")}))
        .value();
  }
  std::string OfferId(std::size_t place) { return Do("mentor", "offer")["offers"].at(place)["offer_id"]; }
  std::string StateOf(const std::string& offer_id) {
    const Json answer = Do("mentor", "offer");
    for (const auto& offer : answer["offers"]) {
      if (offer["offer_id"] == offer_id) return offer["state"];
    }
    return "not there";
  }
};

std::string Short(const std::string& id) { return id.substr(0, 8); }

TEST_F(RewardsAgain, WhatIsTypedAgainIsTheSameOfferAndANumberOrNameIsNotTakenMeanwhile) {
  Plan();
  Do("mentor", "offer draft Marieke 1 20");
  Do("mentor", "offer draft Marieke 1 21");
  const std::string offer = OfferId(0);
  const std::string other = OfferId(1);
  const std::string command = "brug promise " + Short(offer);
  EXPECT_THAT(TypeUnanswered("mentor", "promise " + offer),
              HasSubstr("It may have worked. Type later: " + command));
  EXPECT_THAT(Read("mentor", "--offline status"), HasSubstr("    " + command + "  "));
  EXPECT_EQ(Do("mentor", "--offline status")["unanswered"][0]["command"], command);
  for (const std::string which : {"1", "2", "Marieke"}) {
    EXPECT_EQ(Refusal("mentor", "promise " + which), "UNANSWERED OFFER") << which;
  }
  EXPECT_THAT(Brug("mentor", "promise 1 2>&1").output, HasSubstr("First type: " + command));
  EXPECT_EQ(Refusal("mentor", "issue 1"), "NOT_FOUND OFFER") << "of another kind";
  EXPECT_EQ(StateOf(other), "draft");
  Do("mentor", "promise " + Short(offer));
  EXPECT_EQ(StateOf(offer), "promised");
  EXPECT_EQ(StateOf(other), "draft");
  EXPECT_EQ(Do("mentor", "status")["unanswered"].size(), 0u);
}

TEST_F(RewardsAgain, ADraftThatIsInNoListAnyMoreIsFoundAllTheSame) {
  Plan();
  Do("mentor", "offer draft Marieke 1 20");
  const std::string draft = OfferId(0);
  Do("mentor", "offer draft Marieke 1 21");
  TypeWithLostAnswer("mentor", "offer discard " + draft);
  EXPECT_THAT(Read("mentor", "--offline status"), HasSubstr("brug offer discard " + Short(draft)));
  EXPECT_EQ(Refusal("mentor", "offer discard Marieke"), "UNANSWERED OFFER") << "only the other is left";
  EXPECT_THAT(Read("mentor", "offer discard " + Short(draft)), HasSubstr("Thrown away."));
  EXPECT_EQ(OfferId(0) == draft ? StateOf(OfferId(1)) : StateOf(OfferId(0)), "draft");
  EXPECT_EQ(Do("mentor", "status")["unanswered"].size(), 0u);
}

TEST_F(RewardsAgain, ASecondPersonsAnswerIsRepeatedAsItWas) {
  Plan();
  Do("mentor", "offer draft Marieke 1 40");
  const std::string offer = OfferId(0);
  Do("mentor", "promise " + offer);
  service_.Stop();
  EXPECT_FALSE(Sdk("approver")
                   .Rewards()
                   .AnswerApproval({.offer_id = offer,
                                    .state_seen = OfferState::kPromiseAsked,
                                    .yes = false,
                                    .words = "Why 'these'?"})
                   .ok());
  service_.Start();
  CopyHome("approver");
  const std::string no = "approve no " + Short(offer) + " 'Why '\\''these'\\''?'";
  EXPECT_EQ(Do("approver", "--offline status")["unanswered"][0]["command"], "brug " + no);
  EXPECT_EQ(Refusal("approver", "approve no 1 Later"), "UNANSWERED OFFER");
  Do("elsewhere", no);
  EXPECT_EQ(Refusal("approver", "approve yes " + Short(offer)), "NOT_FOUND OFFER") << "another answer";
  EXPECT_THAT(Read("approver", no), HasSubstr("You said: not yet."));
  EXPECT_EQ(Do("approver", "status")["unanswered"].size(), 0u);
  EXPECT_EQ(StateOf(offer), "draft");
}

TEST_F(RewardsAgain, ARepeatedPromiseTellsWhatIsTrueNow) {
  Plan();
  Do("mentor", "offer draft Marieke 1 40");
  const std::string offer = OfferId(0);
  TypeWithLostAnswer("mentor", "promise " + offer);
  Do("approver", "approve no " + Short(offer) + " 'Which shoes?'");
  const auto told = Do("mentor", "promise " + Short(offer));
  EXPECT_EQ(told["offer"]["state"], "draft") << "the stored answer says promise_asked";
  EXPECT_EQ(told["offer"]["refusal_words"], "Which shoes?");
  EXPECT_EQ(StateOf(offer), "draft") << "and nothing was asked anew";
}

TEST_F(RewardsAgain, AVoucherIsNamedByItsIdWhileItsCodeOrItsEndWaits) {
  GiveAVoucher();
  const std::string voucher = Do("client", "voucher")["vouchers"][0]["id"];
  EXPECT_THAT(Read("client", "voucher 1"), HasSubstr("brug voucher " + Short(voucher) + " --replace"));
  EXPECT_THAT(TypeUnanswered("client", "voucher 1 --replace"),
              HasSubstr("brug voucher " + Short(voucher) + " --replace"));
  EXPECT_EQ(Refusal("client", "voucher 1 --replace"), "UNANSWERED WHICH");
  EXPECT_EQ(Do("client", "--offline voucher 1")["code_number"], 1) << "looking is no request";
  EXPECT_EQ(Do("client", "voucher " + Short(voucher) + " --replace")["code_number"], 2);
  EXPECT_THAT(TypeUnanswered("client", "voucher 1 --cancel"),
              HasSubstr("brug voucher " + Short(voucher) + " --cancel"));
  EXPECT_EQ(Refusal("client", "voucher 1 --cancel"), "UNANSWERED WHICH");
  Do("client", "voucher " + Short(voucher) + " --cancel");
  EXPECT_THAT(Read("client", "voucher"), AllOf(HasSubstr("given back"), Not(HasSubstr("Show its code"))));
}

TEST_F(RewardsAgain, OnePurchaseIsNotBookedTwiceByTypingItInAnotherWay) {
  const auto [code, token] = GiveAVoucher();
  TypeWithLostAnswer("shop", "redeem " + Quoted(code) + " 10");
  EXPECT_THAT(Read("shop", "--offline status"),
              HasSubstr(std::string("brug redeem --again  ") + "\u20ac10.00"));
  for (const std::string& other : {Quoted(token) + " 10", Quoted(code) + " 10,01", Quoted(code)}) {
    EXPECT_EQ(Refusal("shop", "redeem " + other), "UNANSWERED CODE") << other;
  }
  EXPECT_EQ(Refusal("shop", "redeem " + Quoted(code) + " 10 --again"), "OUT_OF_RANGE CODE");
  EXPECT_EQ(Do("shop", "redeem --again")["remaining_cents"], 1'500);
  EXPECT_EQ(Do("shop", "day")["redemptions"].size(), 1u) << "once";
  EXPECT_EQ(Refusal("shop", "redeem --again"), "NOT_FOUND --again");

  // Another purchase, the clerk says.
  TypeUnanswered("shop", "redeem " + Quoted(code) + " 5");
  EXPECT_EQ(Do("shop", "redeem " + Quoted(token) + " 2 --new")["remaining_cents"], 1'300);
  EXPECT_EQ(Refusal("shop", "redeem " + Quoted(code) + " 5 --new"), "UNANSWERED --new")
      << "it would be the one that waits, and no other";
  std::string spoken = code;
  for (char& each : spoken) each = each == '-' ? ' ' : static_cast<char>(std::tolower(each));
  EXPECT_EQ(Do("shop", "redeem " + Quoted(spoken) + " 5")["remaining_cents"], 800) << "the same code";
  EXPECT_EQ(Do("shop", "status")["unanswered"].size(), 0u);
}

TEST_F(RewardsAgain, AMistakeIsTakenBackByTheIdThatWasPrinted) {
  const auto [code, token] = GiveAVoucher();
  const std::string first = Do("shop", "redeem " + Quoted(code) + " 10")["redemption_id"];
  const std::string second = Do("shop", "redeem " + Quoted(code) + " 5")["redemption_id"];
  EXPECT_THAT(Read("shop", "day"), AllOf(HasSubstr(Short(first)), HasSubstr(Short(second))));
  EXPECT_THAT(TypeUnanswered("shop", "undo " + Short(first)), HasSubstr("brug undo " + Short(first)));
  EXPECT_EQ(Refusal("shop", "undo 1"), "UNANSWERED WHICH");
  EXPECT_EQ(Do("shop", "undo " + Short(first))["remaining_cents"], 2'000);
  EXPECT_EQ(Do("shop", "undo " + second)["remaining_cents"], 2'500) << "a whole id needs no list";
  EXPECT_EQ(Refusal("shop", "undo 01234567"), "NOT_FOUND WHICH");
}

TEST_F(RewardsAgain, OfAVoucherThatWasGivenBackNothingIsSpendableAfterAnUndo) {
  const auto [code, token] = GiveAVoucher();
  const std::string redeemed = Do("shop", "redeem " + Quoted(code) + " 10")["redemption_id"];
  Do("client", "sync");
  Do("client", "voucher 1 --cancel");
  EXPECT_THAT(Read("shop", "undo " + Short(redeemed)),
              AllOf(HasSubstr("Taken back: "), Not(HasSubstr("can be spent again"))));
  EXPECT_EQ(Balances()["budget_cents"], 100'000);
}

TEST_F(RewardsAgain, ABudgetIsPaidInOnce) {
  service_.Stop();
  EXPECT_FALSE(Sdk("manager").Rewards().AddBudget(scheme_, 50'000).ok());
  service_.Start();
  const std::string command = "budget " + scheme_ + " '\u20ac500.00'";
  EXPECT_EQ(Do("manager", "--offline status")["unanswered"][0]["command"], "brug " + command);
  for (const std::string which : {"1", "Together"}) {
    EXPECT_EQ(Refusal("manager", "budget " + which + " 500"), "UNANSWERED SCHEME") << which;
  }
  CopyHome("manager");
  Do("elsewhere", command);
  Do("manager", command);
  EXPECT_EQ(Balances()["budget_cents"], 150'000);
  EXPECT_EQ(Do("manager", "status")["unanswered"].size(), 0u);
}

TEST_F(RewardsAgain, AnAgreementIsNotChangedForAnotherShopMeanwhile) {
  const std::string shop = Do("manager", "merchant")["merchants"][0]["merchant_id"];
  service_.Stop();
  EXPECT_FALSE(Sdk("manager")
                   .Rewards()
                   .SetAgreement({.merchant_id = shop, .scheme_id = scheme_, .takes_vouchers = false})
                   .ok());
  service_.Start();
  EXPECT_EQ(Refusal("manager", "merchant agreement 1 Together --end"), "UNANSWERED MERCHANT");
  Do("manager", "merchant agreement " + Short(shop) + " Together --end");
  EXPECT_EQ(Do("manager", "status")["unanswered"].size(), 0u);
  EXPECT_EQ(Do("manager", "merchant")["merchants"][0]["scheme_ids"].size(), 0u);
}

TEST_F(RewardsAgain, OfWhatIsMadeNewItIsSaidWhatToType) {
  EXPECT_THAT(TypeUnanswered("manager", "scheme create Summer 200"),
              HasSubstr("It may have worked. Type later: brug scheme create ..."));
  CopyHome("manager");
  Do("elsewhere", "scheme create Summer 200");
  Do("manager", "scheme create Summer 200");
  EXPECT_EQ(Do("manager", "scheme")["schemes"].size(), 2u);
  EXPECT_EQ(Do("manager", "status")["unanswered"].size(), 0u);
}

}  // namespace
}  // namespace brug::test
