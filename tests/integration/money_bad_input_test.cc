#include <gtest/gtest.h>
#include <sqlite3.h>

#include <iostream>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "proto/crypto/bytes.h"
#include "proto/crypto/crockford.h"
#include "proto/crypto/jws.h"
#include "proto/rules/limits.h"
#include "tests/support/dossier_story.h"
#include "tests/support/reward_town.h"

// Bad input about money, over the wire: one clear error each, alike where a stranger could learn from it, and
// the books as they were.
namespace brug::test {
namespace {

using Reward = v1::RewardService::Stub;
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

class MoneyBadInput : public ::testing::Test {
 protected:
  template <typename Request, typename Response>
  static RawError Try(const RawDevice& device,
                      grpc::Status (Reward::*method)(grpc::ClientContext*, const Request&, Response*),
                      const Request& request) {
    Response response;
    return ErrorOf(device.Call(device.reward(), method, request, &response));
  }

  // One error with this reason and field, in words, and nothing booked.
  template <typename Request, typename Response>
  static void ExpectRefused(RewardTown& town, const RawDevice& device,
                            grpc::Status (Reward::*method)(grpc::ClientContext*, const Request&, Response*),
                            const Request& request, const std::string& reason,
                            const std::string& field = "") {
    SCOPED_TRACE(request.ShortDebugString());
    const std::string before = town.Books();
    const RawError error = Try(device, method, request);
    EXPECT_EQ(error.reason, reason);
    EXPECT_EQ(error.field, field);
    EXPECT_FALSE(error.words.empty());
    EXPECT_EQ(town.Books(), before);
  }

  static v1::PromiseOfferRequest PromiseOf(const std::string& offer_id) {
    auto request = Fresh<v1::PromiseOfferRequest>();
    request.set_offer_id(offer_id);
    return request;
  }

  static v1::AnswerApprovalRequest YesTo(const std::string& offer_id) {
    auto request = Fresh<v1::AnswerApprovalRequest>();
    request.set_offer_id(offer_id);
    request.set_state_seen(v1::OFFER_STATE_PROMISE_ASKED);
    request.set_yes(true);
    return request;
  }

  // Lets a voucher's time pass, as nobody waits a day for a test. The record in the dossier is sealed and
  // keeps its day, so that the job does not post it: what is asked here is what redeeming looks at by itself.
  void Expire(const std::string& voucher_id) {
    ASSERT_EQ(service_.Stop(), 0);
    const std::string path = service_.data_directory() + "/organisations/" + town_.organisation_id + ".db";
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK) << path;
    const std::string change =
        "UPDATE vouchers SET expires_at_us = issued_at_us + 1 WHERE voucher_id = '" + voucher_id + "'";
    EXPECT_EQ(sqlite3_exec(database, change.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    EXPECT_EQ(sqlite3_changes(database), 1);
    sqlite3_close(database);
    service_.Start();
    ASSERT_TRUE(town_.manager.device->OpenSession().ok());
    ASSERT_TRUE(town_.merchant.device->OpenSession().ok());
  }

  RunningService service_{
      {.flags = {"--wrong_vouchers_per_hour_max=100000", "--wrong_codes_per_minute_max=100000",
                 "--device_calls_per_minute_max=100000"}}};
  RewardTown town_{service_};
};

// A JWS of these parts, signed by nobody or as given.
std::string Joined(const std::string& header, const std::string& payload, const std::string& signature) {
  return crypto::Base64UrlEncode(header) + "." + crypto::Base64UrlEncode(payload) + "." + signature;
}

struct Parts {
  std::string header, payload, signature;
};

Parts PartsOf(const std::string& token) {
  const auto first = token.find('.');
  const auto second = token.rfind('.');
  return {crypto::Base64UrlDecode(token.substr(0, first)).value(),
          crypto::Base64UrlDecode(token.substr(first + 1, second - first - 1)).value(),
          token.substr(second + 1)};
}

// Tokens that look like `token` and are not ours.
std::map<std::string, std::string> ForgedFrom(const std::string& token) {
  const Parts parts = PartsOf(token);
  std::map<std::string, std::string> forged;
  const auto with_algorithm = [&](const std::string& algorithm) {
    auto header = nlohmann::ordered_json::parse(parts.header);
    header["alg"] = algorithm;
    return header.dump();
  };
  for (const char* algorithm : {"HS256", "RS256", "ES384", "ES256K"}) {
    forged[std::string("token of ") + algorithm] =
        Joined(with_algorithm(algorithm), parts.payload, parts.signature);
  }
  forged["token of none, signed"] = Joined(with_algorithm("none"), parts.payload, parts.signature);
  forged["token of none"] = Joined(with_algorithm("none"), parts.payload, "");
  auto payload = nlohmann::ordered_json::parse(parts.payload);
  payload["cents"] = payload["cents"].get<std::int64_t>() + 1;
  forged["token of a changed amount"] = Joined(parts.header, payload.dump(), parts.signature);
  crypto::SystemRandom random;
  const auto stranger = crypto::SigningKey::Generate(random);
  const crypto::JwsSigner signer(stranger, "brug-voucher+jwt");
  forged["token of an unknown key"] = signer.Sign(parts.payload).value();
  auto header = nlohmann::ordered_json::parse(parts.header);
  const Parts other = PartsOf(forged["token of an unknown key"]);
  forged["token of an unknown key under our key's name"] =
      Joined(header.dump(), parts.payload, other.signature);
  header["typ"] = "brug-session+jwt";
  forged["token of another purpose"] = Joined(header.dump(), parts.payload, parts.signature);
  forged["token cut off"] = token.substr(0, token.size() - 1);
  forged["token without a signature"] = token.substr(0, token.rfind('.') + 1);
  forged["no token at all"] = "abc";
  forged["a token that is empty"] = "";
  return forged;
}

TEST_F(MoneyBadInput, WhateverIsWrongWithAVoucherAMerchantHearsTheSame) {
  const auto home = town_.NewEarner();
  const auto open = RewardTown::CodeOf(home, town_.Given(home, 1'000));
  std::map<std::string, v1::RedeemVoucherRequest> bad;
  for (const auto& [what, token] : ForgedFrom(open.token())) bad[what] = RedeemToken(token);

  std::string other_symbol = open.code();
  other_symbol[3] = other_symbol[3] == 'A' ? 'B' : 'A';
  bad["one symbol wrong"] = RedeemCode(other_symbol);
  bad["too short"] = RedeemCode(open.code().substr(1));
  bad["no code at all"] = RedeemCode("?");
  bad["a code that is empty"] = RedeemCode("");
  crypto::SystemRandom random;
  const std::string never = crypto::NewCode(random, 16);
  bad["a code that nobody has"] = RedeemCode(never + crypto::CheckSymbol(never));

  const auto spent = RewardTown::CodeOf(home, town_.Given(home, 1'000));
  RawDevice& shop = *town_.merchant.device;
  shop.Must(shop.reward(), &Reward::RedeemVoucher, RedeemCode(spent.code()));
  bad["spent, its code"] = RedeemCode(spent.code());
  bad["spent, its token"] = RedeemToken(spent.token());

  const std::string cancelled_id = town_.Given(home, 1'000);
  const auto cancelled = RewardTown::CodeOf(home, cancelled_id);
  auto cancel = Fresh<v1::CancelVoucherRequest>();
  cancel.set_voucher_id(cancelled_id);
  home.phone->Must(home.phone->reward(), &Reward::CancelVoucher, cancel);
  bad["cancelled, its code"] = RedeemCode(cancelled.code());
  bad["cancelled, its token"] = RedeemToken(cancelled.token());

  const std::string replaced_id = town_.Given(home, 1'000);
  const auto leaked = RewardTown::CodeOf(home, replaced_id);
  auto replace = Fresh<v1::ReplaceVoucherCodeRequest>();
  replace.set_voucher_id(replaced_id);
  home.phone->Must(home.phone->reward(), &Reward::ReplaceVoucherCode, replace);
  bad["replaced, its code"] = RedeemCode(leaked.code());
  bad["replaced, its token"] = RedeemToken(leaked.token());

  RewardTown elsewhere(service_);
  const auto there = elsewhere.NewEarner();
  const auto foreign = RewardTown::CodeOf(there, elsewhere.Given(there, 1'000));
  bad["of another organisation, its code"] = RedeemCode(foreign.code());
  bad["of another organisation, its token"] = RedeemToken(foreign.token());

  const std::string expired_id = town_.Given(home, 1'000);
  const auto expired = RewardTown::CodeOf(home, expired_id);
  Expire(expired_id);
  bad["expired, its code"] = RedeemCode(expired.code());
  bad["expired, its token"] = RedeemToken(expired.token());
  const RawError first = Try(shop, &Reward::RedeemVoucher, bad["expired, its code"]);

  const auto without = town_.NewMerchant(false);
  const std::string before = town_.Books();
  const std::string before_there = elsewhere.Books();
  const auto expect_as_first = [&](const RawDevice& device, const v1::RedeemVoucherRequest& request) {
    const RawError error = Try(device, &Reward::RedeemVoucher, request);
    EXPECT_EQ(error.code, first.code);
    EXPECT_EQ(error.reason, "VOUCHER_NOT_VALID");
    EXPECT_EQ(error.field, first.field);
    EXPECT_EQ(error.words, first.words);
    EXPECT_EQ(error.metadata, first.metadata);
    EXPECT_FALSE(error.retry_info);
  };
  for (auto& [what, request] : bad) {
    SCOPED_TRACE(what);
    expect_as_first(shop, request);
    // An amount tells nothing more.
    request.set_request_id(shop.NewId());
    request.set_amount_cents(kMost);
    expect_as_first(shop, request);
  }
  for (const auto& request : {RedeemCode(open.code()), RedeemToken(open.token())}) {
    SCOPED_TRACE("offered by a shop without an agreement");
    expect_as_first(*without.device, request);
  }
  EXPECT_EQ(town_.Books(), before);
  EXPECT_EQ(elsewhere.Books(), before_there);
  // None of it spoilt the voucher that it was made from.
  EXPECT_EQ(Try(shop, &Reward::RedeemVoucher, RedeemToken(open.token())).reason, "");
  std::cout << "vouchers that are not valid: " << bad.size() << " kinds, and two without an agreement\n";
}

TEST_F(MoneyBadInput, AMistypedCodeIsFoundWithoutAskingTheService) {
  const auto home = town_.NewEarner();
  const std::string code = RewardTown::CodeOf(home, town_.Given(home, 1'000)).code();
  ASSERT_EQ(code.size(), 17U);
  for (std::size_t i = 0; i < code.size(); ++i) {
    for (const char symbol : std::string("0123456789ABCDEFGHJKMNPQRSTVWXYZ")) {
      std::string wrong = code;
      wrong[i] = symbol;
      EXPECT_EQ(crypto::NormaliseCheckedCode(wrong).has_value(), symbol == code[i]) << i << symbol;
    }
  }
  for (std::size_t i = 0; i + 2 < code.size(); ++i) {
    std::string swapped = code;
    std::swap(swapped[i], swapped[i + 1]);
    EXPECT_EQ(crypto::NormaliseCheckedCode(swapped).has_value(), swapped == code) << i;
  }
}

TEST_F(MoneyBadInput, AmountsThatCannotBeAreNamed) {
  v1::Scheme scheme = RewardTown::WideScheme();
  scheme.set_amount_cents_min(2'000);
  scheme.set_amount_cents_max(6'000);
  scheme.set_in_parts(false);
  RewardTown town(service_, {.scheme = scheme});
  const auto home = town.NewEarner();
  for (const std::int64_t cents : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1'999},
                                   std::int64_t{6'001}, rules::kOfferCentsMax + 1, kMost, kLeast}) {
    ExpectRefused(town, *town.mentor.device, &Reward::DraftOffer, town.DraftRequest(home, cents),
                  "OUT_OF_RANGE", "draft.amount_cents");
  }
  for (const std::int64_t cents :
       {std::int64_t{0}, std::int64_t{-1}, rules::kPaidInCentsMax + 1, kMost, kLeast}) {
    auto add = Fresh<v1::AddBudgetRequest>();
    add.set_scheme_id(town.scheme_id);
    add.set_amount_cents(cents);
    ExpectRefused(town, *town.manager.device, &Reward::AddBudget, add, "OUT_OF_RANGE", "amount_cents");
    if (cents == 0) continue;
    auto create = Fresh<v1::CreateSchemeRequest>();
    *create.mutable_scheme() = scheme;
    create.set_budget_cents(cents);
    ExpectRefused(town, *town.manager.device, &Reward::CreateScheme, create, "OUT_OF_RANGE", "budget_cents");
  }
  const auto code = RewardTown::CodeOf(home, town.Given(home, 4'000));
  for (const std::int64_t cents :
       {std::int64_t{-1}, std::int64_t{1}, std::int64_t{3'999}, std::int64_t{4'001}, kMost, kLeast}) {
    ExpectRefused(town, *town.merchant.device, &Reward::RedeemVoucher, RedeemCode(code.code(), cents),
                  "OUT_OF_RANGE", "amount_cents");
  }
}

TEST_F(MoneyBadInput, APromiseNeedsAPlanMoneyAYearAndADayToCome) {
  v1::Scheme scheme = RewardTown::WideScheme();
  scheme.set_client_year_cents_max(6'000);
  RewardTown town(service_, {.scheme = scheme, .budget_cents = 8'000});
  RawDevice& mentor = *town.mentor.device;
  auto home = town.NewClient();
  const std::string early = town.Draft(home, 4'000);
  ExpectRefused(town, mentor, &Reward::PromiseOffer, PromiseOf(early), "NOT_PLANNED", "goal_id");
  town.Formulate(home);
  auto ended = town.DraftRequest(home, 4'000);
  *ended.mutable_draft()->mutable_ends_on() = rules::ToDate(testing::kToday - std::chrono::days(30));
  const auto drafted = mentor.Must(mentor.reward(), &Reward::DraftOffer, ended);
  ExpectRefused(town, mentor, &Reward::PromiseOffer, PromiseOf(drafted.offer().offer_id()), "IN_THE_PAST",
                "ends_on");
  EXPECT_EQ(town.Promise(mentor, early), v1::OFFER_STATE_PROMISED);
  ExpectRefused(town, mentor, &Reward::PromiseOffer, PromiseOf(town.Draft(home, 2'001)), "OVER_YEAR",
                "offer_id");
  auto another = town.NewEarner();
  ExpectRefused(town, mentor, &Reward::PromiseOffer, PromiseOf(town.Draft(another, 4'001)), "OVER_BUDGET",
                "offer_id");
}

TEST_F(MoneyBadInput, APromiseIsNeitherLoweredNorWithdrawn) {
  RawDevice& mentor = *town_.mentor.device;
  auto home = town_.NewClient();
  town_.Formulate(home);
  const std::string offer_id = town_.Promised(mentor, home, 4'000);
  // Promising again, or throwing it away as if it were a draft, is all that staff could try.
  ExpectRefused(town_, mentor, &Reward::PromiseOffer, PromiseOf(offer_id), "WRONG_STATE", "offer_id");
  auto discard = Fresh<v1::DiscardOfferRequest>();
  discard.set_offer_id(offer_id);
  ExpectRefused(town_, mentor, &Reward::DiscardOffer, discard, "WRONG_STATE", "offer_id");
  auto decline = Fresh<v1::DeclineOfferRequest>();
  decline.set_offer_id(offer_id);
  ExpectRefused(town_, mentor, &Reward::DeclineOffer, decline, "NOT_ALLOWED");
  // Nor can a device write over it.
  const v1::Outcome outcome = home.phone->Push(testing::Delete(offer_id), home.dossier_id);
  EXPECT_TRUE(outcome.has_rejected()) << outcome.DebugString();
  auto ask = Fresh<v1::RequestVoucherRequest>();
  ask.set_offer_id(offer_id);
  ExpectRefused(town_, mentor, &Reward::RequestVoucher, ask, "NOT_EARNED", "offer_id");
  EXPECT_EQ(town_.Balances().reserved_cents(), 4'000);
  town_.Tick(home);
  mentor.Must(mentor.reward(), &Reward::RequestVoucher, ask);
  auto twice = Fresh<v1::RequestVoucherRequest>();
  twice.set_offer_id(offer_id);
  ExpectRefused(town_, mentor, &Reward::RequestVoucher, twice, "WRONG_STATE", "offer_id");
}

TEST_F(MoneyBadInput, TheSecondPersonIsSomebodyElseAndNotTheClientsOwnMentor) {
  v1::Scheme scheme = RewardTown::WideScheme();
  scheme.set_four_eyes_above_cents(3'000);
  RewardTown town(service_, {.scheme = scheme, .mentor_roles = {v1::ROLE_MENTOR, v1::ROLE_APPROVER}});
  auto home = town.NewEarner();
  RawDevice& mentor = *town.mentor.device;
  const std::string offer_id = town.Draft(home, 4'000);
  ASSERT_EQ(town.Promise(mentor, offer_id), v1::OFFER_STATE_PROMISE_ASKED);
  ExpectRefused(town, mentor, &Reward::AnswerApproval, YesTo(offer_id), "SECOND_PERSON_NEEDED", "offer_id");
  ExpectRefused(town, *home.phone, &Reward::AnswerApproval, YesTo(offer_id), "NOT_ALLOWED");
  auto elsewhere = RewardTown(service_);
  ExpectRefused(town, *elsewhere.approver.device, &Reward::AnswerApproval, YesTo(offer_id), "NOT_FOUND",
                "offer_id");
  auto stale = YesTo(offer_id);
  stale.set_state_seen(v1::OFFER_STATE_REQUESTED);
  ExpectRefused(town, *town.approver.device, &Reward::AnswerApproval, stale, "WRONG_STATE", "offer_id");
  auto wordless = YesTo(offer_id);
  wordless.set_yes(false);
  ExpectRefused(town, *town.approver.device, &Reward::AnswerApproval, wordless, "MISSING", "words");
  // She who walks beside the client now, and did not ask.
  const auto heir = town.NewStaff({v1::ROLE_MENTOR, v1::ROLE_APPROVER});
  const auto lead = town.NewStaff({v1::ROLE_TEAM_LEAD});
  auto assign = Fresh<v1::AssignDossiersRequest>();
  assign.set_to_person_id(heir.person_id);
  assign.add_dossier_ids(home.dossier_id);
  lead.device->Must(lead.device->caseload(), &v1::CaseloadService::Stub::AssignDossiers, assign);
  ExpectRefused(town, *heir.device, &Reward::AnswerApproval, YesTo(offer_id), "SECOND_PERSON_NEEDED",
                "offer_id");
  EXPECT_EQ(Try(*town.approver.device, &Reward::AnswerApproval, YesTo(offer_id)).reason, "");
}

TEST_F(MoneyBadInput, OnlyTheShopThatSpentItUndoesItAndOnce) {
  const auto home = town_.NewEarner();
  const auto code = RewardTown::CodeOf(home, town_.Given(home, 1'000));
  RawDevice& shop = *town_.merchant.device;
  const auto redeemed = shop.Must(shop.reward(), &Reward::RedeemVoucher, RedeemCode(code.code()));
  auto undo = Fresh<v1::UndoRedemptionRequest>();
  undo.set_redemption_id(redeemed.redemption().redemption_id());
  const auto other = town_.NewMerchant();
  auto unknown = Fresh<v1::UndoRedemptionRequest>();
  unknown.set_redemption_id(shop.NewId());
  const RawError of_another = Try(*other.device, &Reward::UndoRedemption, undo);
  const RawError of_nobody = Try(*other.device, &Reward::UndoRedemption, unknown);
  EXPECT_FALSE(of_another.reason.empty());
  EXPECT_EQ(of_another.reason, of_nobody.reason);
  EXPECT_EQ(of_another.words, of_nobody.words);
  EXPECT_EQ(of_another.field, of_nobody.field);
  shop.Must(shop.reward(), &Reward::UndoRedemption, undo);
  undo.set_request_id(shop.NewId());
  ExpectRefused(town_, shop, &Reward::UndoRedemption, undo, "WRONG_STATE", "redemption_id");
}

}  // namespace
}  // namespace brug::test
