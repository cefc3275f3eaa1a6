#include "tests/integration/reward_commands.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <vector>

// Offers, vouchers and money as a client, a mentor, a second person, a shop and a programme manager type
// them.
namespace brug::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kEuro = "\u20ac";

TEST_F(RewardCommands, ARewardIsReadAsItGoesFromDraftToShop) {
  EXPECT_THAT(Read("client", "offers"), HasSubstr("There is no reward now."));
  EXPECT_THAT(Read("mentor", "offer"), HasSubstr("brug offer draft CLIENT GOAL AMOUNT"));
  Plan();
  EXPECT_THAT(Read("mentor", "offer draft Marieke 1 40.00 --words 'For new shoes'"),
              HasSubstr(std::string("Marieke, ") + kEuro + "40.00, Keep my home: being made"));
  const std::string offer = ShortId("mentor", "offer", 0);
  EXPECT_THAT(Read("mentor", "offer"), HasSubstr("You can promise this now: brug promise " + offer));
  EXPECT_THAT(Read("mentor", "promise " + offer), HasSubstr("A second person looks now."));
  EXPECT_THAT(Read("approver", "approve"),
              AllOf(HasSubstr(offer + "  " + kEuro + "40.00"), Not(HasSubstr("Marieke"))))
      << "a second person needs no name";
  EXPECT_EQ(Refusal("approver", "approve no " + offer + " ''"), "MISSING words");
  EXPECT_THAT(Read("approver", "approve no " + offer + " 'Which shoes?'"), HasSubstr("You said: not yet."));
  EXPECT_THAT(Read("mentor", "offer"), HasSubstr("Not yet: Which shoes?"));
  Do("mentor", "promise Marieke");
  Do("approver", "approve yes " + offer);
  EXPECT_THAT(Read("approver", "approve"), HasSubstr("Nothing waits for your yes."));
  Do("client", "sync");
  EXPECT_THAT(Read("client", "offers"),
              AllOf(HasSubstr(std::string("1  ") + kEuro + "40.00  Keep my home: promised; 0 of 2 done"),
                    HasSubstr("for all 2 steps"), HasSubstr("Noor: \"For new shoes\""),
                    HasSubstr("[ ] b1.1  Open the mail")));

  Do("client", "--offline tick 1.1");
  Do("client", "--offline tick 1.2");
  EXPECT_THAT(Read("client", "--offline offers"),
              AllOf(HasSubstr("earned; not yet confirmed"), HasSubstr("[x] b1.2  Call the landlord")));
  Do("client", "sync");
  EXPECT_THAT(Read("client", "offers"), AllOf(HasSubstr("earned"), Not(HasSubstr("not yet confirmed"))));
  EXPECT_THAT(Read("mentor", "offer"), HasSubstr("brug issue " + offer));
  Do("mentor", "issue " + offer);
  Do("approver", "approve yes " + offer);
  Do("client", "sync");
  EXPECT_THAT(Read("client", "offers"), HasSubstr("the voucher is there"));
  EXPECT_THAT(Read("client", "voucher"),
              AllOf(HasSubstr(std::string(kEuro) + "40.00 to spend, until "), HasSubstr("brug voucher 1")));
  const std::string code = Do("client", "--offline voucher 1")["code"];
  EXPECT_THAT(Read("client", "--offline voucher 1"), AllOf(HasSubstr(code), HasSubstr("\u2588")));
  EXPECT_THAT(Read("shop", "redeem '" + code + "' 15,50"),
              AllOf(HasSubstr("Paid with the voucher: "), HasSubstr(std::string(kEuro) + "24.50 is left"),
                    HasSubstr("brug undo ")));
  EXPECT_THAT(Read("shop", "day"), HasSubstr(std::string("Together: ") + kEuro + "15.50"));
  EXPECT_THAT(Read("manager", "scheme"), HasSubstr("Vouchers: 1 given, 1 still to spend."));
}

TEST_F(RewardCommands, StaffSeeTheSchemesAndNeedNameOneOnlyWhenThereAreSeveral) {
  for (const std::string who : {"mentor", "approver"}) {
    EXPECT_THAT(Read(who, "scheme"), AllOf(HasSubstr("Together"), HasSubstr(scheme_), Not(HasSubstr(kEuro))));
    const Json listed = Do(who, "scheme")["schemes"];
    ASSERT_EQ(listed.size(), 1u);
    EXPECT_EQ(listed[0].size(), 1u) << "the scheme and nothing of money";
  }
  Plan();
  EXPECT_EQ(Do("mentor", "offer draft Marieke 1 25")["offer"]["scheme_id"], scheme_) << "the only one";
  const std::string other = Do("manager", "scheme create Later 500")["scheme"]["scheme_id"];
  EXPECT_EQ(Refusal("mentor", "offer draft Marieke 1 25"), "MISSING --scheme");
  EXPECT_THAT(Brug("mentor", "offer draft Marieke 1 25 2>&1").output,
              AllOf(HasSubstr("Together  " + scheme_), HasSubstr("Later  " + other)));
  EXPECT_EQ(Do("mentor", "offer draft Marieke 1 25 --scheme Later")["offer"]["scheme_id"], other);
  EXPECT_EQ(Do("mentor", "offer draft Marieke 1 25 --scheme " + other)["offer"]["scheme_id"], other);
  EXPECT_EQ(Refusal("mentor", "offer draft Marieke 1 25 --scheme Sometime"), "NOT_FOUND --scheme");
  Do("manager", "scheme create Later 5");
  EXPECT_EQ(Refusal("mentor", "offer draft Marieke 1 25 --scheme Later"), "NOT_ONE --scheme");
}

TEST_F(RewardCommands, AListThatChangedMeanwhileNeverApprovesAnother) {
  Plan();
  Do("mentor", "offer draft Marieke 1 40");
  Do("mentor", "offer draft Marieke 1 50");
  // What waits for the mentor comes first, so the second is the first of the list by then.
  Do("mentor", "promise " + ShortId("mentor", "offer", 0));
  Do("mentor", "promise " + ShortId("mentor", "offer", 0));
  const std::string first = ShortId("approver", "approve", 0);
  const std::string second = ShortId("approver", "approve", 1);
  for (const std::string& which : {std::string("1"), first.substr(0, 7), first + "0"}) {
    EXPECT_EQ(Refusal("approver", "approve yes " + which), "NOT_FOUND OFFER") << which;
  }
  EXPECT_THAT(Read("approver", "approve"), AllOf(HasSubstr(first + "  "), HasSubstr(second + "  ")));
  Do("approver", "approve yes " + first);
  // The other one stands in its place now.
  EXPECT_EQ(ShortId("approver", "approve", 0), second);
  EXPECT_EQ(Refusal("approver", "approve yes " + first), "NOT_FOUND OFFER");
  EXPECT_EQ(Refusal("approver", "approve yes 1"), "NOT_FOUND OFFER");
  EXPECT_EQ(Do("approver", "approve")["offers"][0]["state"], "promise_asked");
  Do("approver", "approve yes " + second);
}

TEST_F(RewardCommands, ATokenOfAKeyOfAfterTheFileIsCheckedWithTheKeysOfTheService) {
  const auto [code, old_token] = GiveAVoucher();
  const auto keys = [this](const std::string& words) {
    return tidy::RunCommand("cd " + Quoted(directory_.path()) + " && '" BRUG_BIN_DIR "/brugctl' --socket " +
                            Quoted(service_.admin_socket()) + " voucher-keys " + words)
        .exit_code;
  };
  ASSERT_EQ(keys("publish >before.json"), 0);
  ASSERT_EQ(keys("rotate"), 0);
  // On the phone that was enrolled before.
  const std::string new_token = Do("client", "voucher 1 --replace")["token"];
  ASSERT_NE(new_token, old_token);

  EXPECT_EQ(Refusal("shop", "--offline verify " + Quoted(new_token) + " --keys before.json"),
            "TOKEN_KEY_UNKNOWN token");
  EXPECT_THAT(Brug("shop", "--offline verify " + Quoted(new_token) + " --keys before.json 2>&1").output,
              HasSubstr("Please fetch the keys again."));
  EXPECT_EQ(Refusal("shop", "--offline verify " + Quoted(new_token)), "MISSING --keys");
  EXPECT_EQ(Refusal("nobody", "verify " + Quoted(new_token)), "NOT_ENROLLED ");
  EXPECT_THAT(Read("shop", "verify " + Quoted(new_token) + " --keys before.json"),
              AllOf(HasSubstr("Genuine"), HasSubstr("The keys in before.json are older than this voucher.")));
  EXPECT_EQ(Do("shop", "verify " + Quoted(old_token) + " --keys before.json")["keys_fetched"], false);
  for (const std::string& token : {old_token, new_token}) {
    EXPECT_EQ(Do("shop", "verify " + Quoted(token))["keys_fetched"], true) << "of both keys";
  }
  EXPECT_EQ(Refusal("shop", "verify " + Quoted(new_token + "A")).substr(0, 6), "TOKEN_");
  service_.Stop();
  EXPECT_EQ(Refusal("shop", "verify " + Quoted(new_token) + " --keys before.json"),
            "TOKEN_KEY_UNKNOWN token");
  service_.Start();
  EXPECT_EQ(Do("shop", "redeem " + Quoted(new_token))["amount_cents"], 2'500);
}

TEST_F(RewardCommands, WhatIsTypedWrongAboutMoneyIsRefusedOnTheDeviceAndMovesNothing) {
  const auto [code, token] = GiveAVoucher();
  const Json before = Balances();
  for (const std::string amount :
       {"0", "0,00", "-5", "12,505", "1.000,00", "twelve", "1e3", "99999999999999999999"}) {
    EXPECT_EQ(Refusal("shop", "--offline redeem " + Quoted(code) + " " + amount), "OUT_OF_RANGE AMOUNT");
    EXPECT_EQ(Refusal("manager", "--offline budget Together " + amount), "OUT_OF_RANGE AMOUNT");
    EXPECT_EQ(Refusal("mentor", "--offline offer draft Marieke 1 " + amount), "OUT_OF_RANGE AMOUNT");
  }
  EXPECT_EQ(Refusal("manager", "budget Together 90000000000000000").substr(0, 12), "OUT_OF_RANGE");
  EXPECT_EQ(Refusal("shop", "redeem " + Quoted(code) + " 25,01"), "OUT_OF_RANGE amount_cents");
  EXPECT_EQ(Refusal("mentor", "offer draft Marieke 1 60,01"), "OUT_OF_RANGE draft.amount_cents");
  EXPECT_EQ(Refusal("mentor", "offer draft Marieke 1 19,99"), "OUT_OF_RANGE draft.amount_cents");
  EXPECT_EQ(Balances(), before);
}

TEST_F(RewardCommands, AMistypedCodeIsFoundWithoutTheService) {
  const auto [code, token] = GiveAVoucher();
  std::string symbols = code;
  symbols.erase(std::remove(symbols.begin(), symbols.end(), '-'), symbols.end());
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    std::string wrong = symbols;
    wrong[i] = wrong[i] == '7' ? '8' : '7';
    EXPECT_EQ(Refusal("shop", "--offline redeem " + Quoted(wrong)), "CODE_MISTYPED code") << i;
    if (i + 1 == symbols.size() || symbols[i] == symbols[i + 1]) continue;
    wrong = symbols;
    std::swap(wrong[i], wrong[i + 1]);
    EXPECT_EQ(Refusal("shop", "--offline redeem " + Quoted(wrong)), "CODE_MISTYPED code") << i;
  }
  std::string spoken = symbols;
  std::transform(spoken.begin(), spoken.end(), spoken.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  EXPECT_EQ(Do("shop", "redeem " + Quoted(" " + spoken))["amount_cents"], 2'500) << "case and spaces";
  EXPECT_EQ(Refusal("shop", "redeem " + Quoted(code)), "VOUCHER_NOT_VALID ") << "a second try";
  EXPECT_EQ(Refusal("shop", "redeem " + Quoted(token)), "VOUCHER_NOT_VALID ") << "alike by the QR";
}

TEST_F(RewardCommands, ThePictureIsReadByAnotherProgramAndVerifiedWithTheKeysAlone) {
  const auto [code, token] = GiveAVoucher();
  service_.Stop();
  EXPECT_THAT(Read("client", "voucher 1 --png qr.png"), HasSubstr("The picture is in qr.png."));
  service_.Start();
  const std::string path = directory_ / "qr.png";
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(tidy::RunCommand("zbarimg --nodbus --quiet --raw -Sbinary " + Quoted(path)).output, token);
  EXPECT_EQ(Refusal("client", "voucher 1 --png not/there/qr.png"), "STORAGE_FAILED --png");

  EXPECT_EQ(tidy::RunCommand("cd " + Quoted(directory_.path()) + " && '" BRUG_BIN_DIR "/brugctl' --socket " +
                             Quoted(service_.admin_socket()) + " voucher-keys publish >keys.json")
                .exit_code,
            0);
  EXPECT_THAT(Read("nobody", "--offline verify " + Quoted(token) + " --keys keys.json"),
              AllOf(HasSubstr(std::string("Genuine: a voucher of ") + kEuro + "25.00"),
                    HasSubstr("does not say that the voucher is unspent")));
  std::ofstream(directory_ / "none.json") << "{\"keys\":[]}";
  EXPECT_EQ(Refusal("nobody", "verify " + Quoted(token) + " --keys none.json").substr(0, 17),
            "TOKEN_KEY_UNKNOWN");
  EXPECT_EQ(Refusal("nobody", "verify " + Quoted(token) + " --keys not.json"), "NOT_FOUND --keys");
  EXPECT_EQ(Refusal("nobody", "verify a.b.c --keys keys.json").substr(0, 15), "TOKEN_MALFORMED");
}

TEST_F(RewardCommands, ACodeIsReplacedAVoucherGivenBackAndAnOfferDeclined) {
  const auto [code, token] = GiveAVoucher();
  const auto replaced = Do("client", "voucher 1 --replace");
  EXPECT_EQ(replaced["code_number"], 2);
  EXPECT_EQ(Refusal("shop", "redeem " + Quoted(code)), "VOUCHER_NOT_VALID ");
  EXPECT_EQ(Refusal("client", "voucher --cancel"), "MISSING WHICH");
  EXPECT_EQ(Refusal("client", "voucher 1 --cancel --replace"), "OUT_OF_RANGE --replace");
  EXPECT_EQ(Refusal("client", "voucher 2"), "NOT_FOUND WHICH");
  Do("client", "voucher 1 --cancel");
  EXPECT_THAT(Read("client", "voucher"), HasSubstr("1  given back"));
  EXPECT_EQ(Balances()["budget_cents"], 100'000);

  Do("mentor", "offer draft Marieke 1 20 --days 3 --step 1.1");
  Do("mentor", "offer draft Marieke 1 21 --achieved");
  EXPECT_EQ(Refusal("mentor", "offer discard Marieke"), "NOT_ONE OFFER") << "she has several";
  EXPECT_THAT(Read("mentor", "offer discard " + ShortId("mentor", "offer", 0)), HasSubstr("Thrown away."));
  EXPECT_EQ(Refusal("mentor", "offer draft Marieke 1 20 --days 3"), "MISSING --step");
  EXPECT_EQ(Refusal("mentor", "offer draft Marieke 1 20 --days 3 --achieved"), "OUT_OF_RANGE --achieved");
  const std::string offer = Do("mentor", "offer --client Marieke")["offers"][0]["offer_id"];
  Do("mentor", "promise " + offer);
  Do("approver", "approve yes " + offer);
  Do("client", "sync");
  Do("client", "offers --decline 1");
  EXPECT_EQ(Balances()["reserved_cents"], 0);
}

TEST_F(RewardCommands, AShopTakesAMistakeBackAndItsMonthAddsUp) {
  const auto [code, token] = GiveAVoucher();
  const auto first = Do("shop", "redeem " + Quoted(token) + " 10");
  EXPECT_EQ(first["remaining_cents"], 1'500);
  EXPECT_THAT(Read("shop", "undo 1"),
              HasSubstr(std::string("The voucher can be spent again: ") + kEuro + "25.00"));
  EXPECT_EQ(Refusal("shop", "undo 2"), "NOT_FOUND WHICH");
  Do("shop", "redeem " + Quoted(code) + " 7,50");
  EXPECT_EQ(Do("shop", "day")["total_cents"], 750);
  service_.Stop();
  EXPECT_EQ(Do("shop", "--offline day --receipts")["receipts"].size(), 3u) << "proof without the service";
  service_.Start();

  const std::string month = first["redeemed_at"].get<std::string>().substr(0, 7);
  const auto statement = Do("manager", "statement Shoes Together " + month + " --csv month.csv");
  EXPECT_EQ(statement["total_cents"], 750);
  EXPECT_EQ(statement["lines"].size(), 3u);
  EXPECT_THAT(InFile("month.csv"), AllOf(HasSubstr("-10.00"), HasSubstr("7.50")));
  EXPECT_EQ(Refusal("manager", "statement Shoes Together 2026-13"), "OUT_OF_RANGE MONTH");
  EXPECT_EQ(Refusal("manager", "statement Bread Together 2026-11"), "NOT_FOUND MERCHANT");
  EXPECT_EQ(Do("manager", "budget Together 12,50")["balances"]["paid_in_cents"], 101'250);
  Do("manager", "merchant agreement Shoes Together --end");
  EXPECT_EQ(Refusal("shop", "redeem " + Quoted(code)), "VOUCHER_NOT_VALID ") << "no agreement";
}

TEST_F(RewardCommands, EachCommandSaysWhomItIsFor) {
  for (const auto& [command, who] :
       std::vector<std::pair<std::string, std::string>>{{"offers", "a client"},
                                                        {"voucher", "a client"},
                                                        {"rules", "a client"},
                                                        {"redeem 7K2QX", "a shop"},
                                                        {"day", "a shop"},
                                                        {"offer", "a mentor"},
                                                        {"issue 1", "a mentor"},
                                                        {"budget Together 5", "a programme manager"},
                                                        {"merchant", "a programme manager"}}) {
    const auto result = Brug("approver", command + " 2>&1");
    EXPECT_EQ(result.exit_code, 1) << command;
    EXPECT_THAT(result.output, HasSubstr("This is for " + who)) << command;
  }
  EXPECT_THAT(Brug("client", "scheme 2>&1").output, HasSubstr("This is for staff who work with rewards."));
  EXPECT_EQ(Refusal("mentor", "approve yes 1"), "NOT_ALLOWED ");
}

}  // namespace
}  // namespace brug::test
