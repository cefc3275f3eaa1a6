// A request about money is never made twice by accident: its id outlives lost answers, time-outs and crashes.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <set>

#include "client-sdk/src/sync/purse.h"
#include "tests/unit/sdk_till.h"

namespace brug::sdk {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

using Fate = ScriptedService::Fate;

v1::RedeemVoucherRequest Spend(std::int64_t cents, const std::string& code = "7K2QXM4T9B0HJ3WRX") {
  v1::RedeemVoucherRequest request;
  request.set_code(code);
  request.set_amount_cents(cents);
  return request;
}

class Once : public testing::TestWithParam<StorageAdapter> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(phone_.Enrol(kMerchantCode).ok());
    ASSERT_EQ(phone_.Sync(), std::nullopt);
  }

  static RequestWanted Wanted(const v1::RedeemVoucherRequest& request, std::uint64_t number = 1) {
    return {.request_id = number, .method = Method::kRedeemVoucher, .request = request.SerializeAsString()};
  }

  // Asks, and gives the reason of the error; empty when all went well.
  std::string Ask(const v1::RedeemVoucherRequest& request) {
    phone_.replies.clear();
    phone_.Do(Wanted(request));
    EXPECT_THAT(phone_.replies, SizeIs(1));
    return phone_.replies.at(0).error ? phone_.replies[0].error->reason : std::string();
  }

  std::vector<KeptRequest> Unanswered() { return phone_.core().UnansweredRequests().value(); }
  std::size_t Different() const {
    return std::set(till_.request_ids.begin(), till_.request_ids.end()).size();
  }

  FakeClock clock_;
  ScriptedService service_{clock_};
  Till till_{service_};
  Phone phone_{service_, clock_, GetParam()};
};

TEST_P(Once, TheIdIsOnDiskBeforeAnythingIsSent) {
  service_.EndSessions();
  phone_.Give(Wanted(Spend(1'000)));
  EXPECT_THAT(till_.request_ids, IsEmpty());
  ASSERT_TRUE(phone_.Reopen().ok()) << "the process ends here";
  const auto kept = Unanswered();
  ASSERT_THAT(kept, SizeIs(1));
  EXPECT_EQ(kept[0].path, "/brug.v1.RewardService/RedeemVoucher");
  EXPECT_EQ(kept[0].content, Spend(1'000).SerializeAsString());
  EXPECT_EQ(kept[0].first_tried_at, clock_.now);
  EXPECT_EQ(kept[0].request_id.size(), 36U);
  EXPECT_EQ(Ask(Spend(1'000)), "");
  EXPECT_THAT(till_.request_ids, ElementsAre(kept[0].request_id));
}

TEST_P(Once, AfterALostAnswerTheSameContentIsTheSameRequest) {
  service_.other_fates = {Fate::kAnswerLost, Fate::kTimedOut, Fate::kNotReached};
  EXPECT_EQ(Ask(Spend(1'000)), "NO_CONNECTION");
  EXPECT_EQ(Ask(Spend(1'000)), "TIMED_OUT");
  EXPECT_EQ(Ask(Spend(1'000)), "NO_CONNECTION");
  EXPECT_THAT(Unanswered(), SizeIs(1));
  EXPECT_EQ(Ask(Spend(1'000)), "");
  EXPECT_THAT(till_.request_ids, SizeIs(3));
  EXPECT_EQ(Different(), 1U);
  EXPECT_THAT(till_.redeemed, SizeIs(1)) << "spent once";
  EXPECT_THAT(Unanswered(), IsEmpty());
}

TEST_P(Once, ACrashBetweenTheIdAndTheAnswerChangesNothingOfThat) {
  service_.other_fates = {Fate::kAnswerLost};
  EXPECT_EQ(Ask(Spend(1'000)), "NO_CONNECTION");
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_EQ(Ask(Spend(700)), "") << "other content is another request";
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_EQ(Ask(Spend(1'000)), "");
  ASSERT_THAT(till_.request_ids, SizeIs(3));
  EXPECT_EQ(till_.request_ids[0], till_.request_ids[2]);
  EXPECT_NE(till_.request_ids[0], till_.request_ids[1]);
  EXPECT_THAT(Unanswered(), IsEmpty());
}

TEST_P(Once, OnceAnsweredTheSameContentIsANewRequest) {
  EXPECT_EQ(Ask(Spend(1'000)), "");
  EXPECT_EQ(Ask(Spend(1'000)), "");
  EXPECT_EQ(Different(), 2U);
  EXPECT_THAT(till_.redeemed, SizeIs(2));
}

TEST_P(Once, AFinalRefusalEndsTheRequestAndAnyOtherDoesNot) {
  const std::vector<std::pair<v1::ErrorReason, bool>> refusals = {
      {v1::ERROR_REASON_VOUCHER_NOT_VALID, true},    {v1::ERROR_REASON_OUT_OF_RANGE, true},
      {v1::ERROR_REASON_NOT_ALLOWED, true},          {v1::ERROR_REASON_WRONG_STATE, true},
      {v1::ERROR_REASON_REQUEST_ID_REUSED, true},    {v1::ERROR_REASON_TOO_LATE, true},
      {v1::ERROR_REASON_OVER_BUDGET, true},          {v1::ERROR_REASON_INTERNAL, false},
      {v1::ERROR_REASON_STORAGE_UNAVAILABLE, false}, {v1::ERROR_REASON_STOPPING, false},
      {v1::ERROR_REASON_UNSPECIFIED, false},         {v1::ERROR_REASON_DEVICE_WAITING, false}};
  std::int64_t cents = 0;
  for (const auto& [reason, final] : refusals) {
    till_.refusal = reason;
    EXPECT_NE(Ask(Spend(++cents)), "");
    EXPECT_EQ(Unanswered().empty(), final) << v1::ErrorReason_Name(reason);
    for (const auto& kept : Unanswered()) ASSERT_TRUE(phone_.core().ForgetUnanswered(kept.request_id).ok());
  }
}

TEST_P(Once, ARefusalThatSaysWhenToComeBackDoesNotEndTheRequest) {
  till_.status = CallStatus{.code = CallCode::kRefused,
                            .reason = v1::ERROR_REASON_TOO_MANY_TRIES,
                            .metadata = {},
                            .field = {},
                            .message = {},
                            .retry_after_ms = 60'000};
  EXPECT_EQ(Ask(Spend(1)), "TOO_MANY_TRIES");
  EXPECT_THAT(Unanswered(), SizeIs(1));
}

TEST_P(Once, ASessionThatEndedIsRenewedAndTheIdStays) {
  service_.other_fates = {Fate::kSignInNeeded};
  EXPECT_EQ(Ask(Spend(1'000)), "");
  service_.other_fates = {Fate::kSignInNeeded, Fate::kSignInNeeded};
  EXPECT_EQ(Ask(Spend(700)), "SIGN_IN_NEEDED") << "once renewed is enough";
  EXPECT_THAT(Unanswered(), SizeIs(1));
}

TEST_P(Once, TheSameFromTwoPlacesAtOnceIsOneRequest) {
  phone_.replies.clear();
  phone_.Give(Wanted(Spend(1'000), 1));
  phone_.Give(Wanted(Spend(1'000), 2));
  phone_.AnswerAll();
  ASSERT_THAT(phone_.replies, SizeIs(2));
  EXPECT_EQ(phone_.replies[0].error, std::nullopt);
  EXPECT_EQ(phone_.replies[1].error, std::nullopt);
  EXPECT_EQ(phone_.replies[0].response, phone_.replies[1].response);
  EXPECT_THAT(till_.request_ids, SizeIs(2));
  EXPECT_EQ(Different(), 1U);
  EXPECT_THAT(till_.redeemed, SizeIs(1));
}

TEST_P(Once, ALateAnswerDoesNotEndALaterRequestOfTheSameContent) {
  phone_.Give(Wanted(Spend(1'000), 1));
  ASSERT_THAT(phone_.calls, SizeIs(1));
  const Call held = phone_.calls.front();
  phone_.calls.clear();
  const auto first = Unanswered();
  ASSERT_THAT(first, SizeIs(1));
  ASSERT_TRUE(phone_.core().ForgetUnanswered(first[0].request_id).ok());
  phone_.Give(Wanted(Spend(1'000), 2));
  phone_.calls.clear();
  const auto second = Unanswered();
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_NE(first[0].request_id, second[0].request_id);
  phone_.Give(service_.Take(held));
  ASSERT_THAT(Unanswered(), SizeIs(1)) << "the second one still waits";
  EXPECT_EQ(Unanswered()[0].request_id, second[0].request_id);
}

TEST_P(Once, WhatIsForgottenIsANewRequest) {
  service_.other_fates = {Fate::kAnswerLost};
  EXPECT_EQ(Ask(Spend(1'000)), "NO_CONNECTION");
  EXPECT_EQ(phone_.core().ForgetUnanswered(Id(1)).error().reason, "NOT_FOUND");
  ASSERT_TRUE(phone_.core().ForgetUnanswered(Unanswered().at(0).request_id).ok());
  EXPECT_THAT(Unanswered(), IsEmpty());
  EXPECT_EQ(Ask(Spend(1'000)), "");
  EXPECT_EQ(Different(), 2U);
}

TEST_P(Once, WhenTooManyWaitNoOtherIsMadeAndThoseThatWaitCanBe) {
  service_.other_fates = {Fate::kAnswerLost};
  EXPECT_EQ(Ask(Spend(1'000)), "NO_CONNECTION");
  for (std::size_t i = 1; i < Purse::kRequestsMax; ++i) {
    const auto number = static_cast<std::int64_t>(i + 1);
    ASSERT_TRUE(phone_.storage()
                    .unanswered()
                    .AddRequest({.name = std::to_string(i), .ordinal = number, .sealed = "x"})
                    .ok());
  }
  EXPECT_EQ(Ask(Spend(700)), "OUTBOX_FULL");
  EXPECT_THAT(till_.request_ids, SizeIs(1)) << "it was not sent";
  EXPECT_EQ(Ask(Spend(1'000)), "");
  EXPECT_EQ(Ask(Spend(700)), "") << "now there is room";
}

TEST_P(Once, AWipeLeavesNoRequest) {
  service_.other_fates = {Fate::kAnswerLost};
  EXPECT_EQ(Ask(Spend(1'000)), "NO_CONNECTION");
  service_.OrderWipe(kMerchant, phone_.core().account()->device_id);
  EXPECT_EQ(phone_.Sync()->reason, "WIPED");
  EXPECT_THAT(phone_.storage().unanswered().ListRequests().value(), IsEmpty());
  EXPECT_EQ(phone_.core().UnansweredRequests().error().reason, "WIPED");
}

// ---- What an answer brings

TEST_P(Once, AReceiptIsKeptWithTheAnswerAndOutlivesTheProcess) {
  EXPECT_EQ(Ask(Spend(1'000)), "");
  ASSERT_TRUE(phone_.Reopen().ok());
  const auto statements = phone_.core().MoneyStatements(9).value();
  ASSERT_THAT(statements, SizeIs(1));
  EXPECT_EQ(statements[0].redemption().redemption().amount_cents(), 1'000);
  EXPECT_EQ(statements[0].redemption().merchant_display_name(), "Schoenenhuis");
  ASSERT_EQ(phone_.Sync(), std::nullopt) << "which brings it again";
  EXPECT_THAT(phone_.core().MoneyStatements(9).value(), SizeIs(1));
}

TEST_P(Once, AReceiptDoesNotHideStatementsThatHaveNotComeYet) {
  service_.Grant(kMerchant, kOtherDossier, v1::ROLE_MENTOR);
  EXPECT_EQ(Ask(Spend(1'000)), "") << "its statement has a higher number than the grant's";
  EXPECT_THAT(phone_.core().Dossiers(), IsEmpty());
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_THAT(phone_.core().Dossiers(), SizeIs(1));
}

TEST_P(Once, AnAnswerWithAStatementOfAnotherKeyIsNoAnswer) {
  till_.distort = [](v1::RedeemVoucherResponse& response) {
    response.mutable_statement()->mutable_signature()->at(5) ^= 1;
  };
  EXPECT_EQ(Ask(Spend(1'000)), "STATEMENT_NOT_VALID");
  EXPECT_THAT(phone_.core().MoneyStatements(9).value(), IsEmpty());
  EXPECT_THAT(Unanswered(), SizeIs(1));
  till_.distort = {};
  EXPECT_EQ(Ask(Spend(1'000)), "");
  EXPECT_EQ(Different(), 1U);
}

TEST_P(Once, AnAnswerWithoutItsReceiptOrWithAnotherKindIsNoAnswer) {
  till_.distort = [](v1::RedeemVoucherResponse& response) { response.clear_statement(); };
  EXPECT_EQ(Ask(Spend(1'000)), "ANSWER_NOT_VALID");
  till_.distort = [this](v1::RedeemVoucherResponse& response) {
    v1::StatementContent content = service_.NextContent(kMerchant);
    content.mutable_grant()->set_dossier_id(kDossier);
    *response.mutable_statement() = service_.Sign(content);
  };
  EXPECT_EQ(Ask(Spend(1'000)), "ANSWER_NOT_VALID");
  EXPECT_THAT(phone_.core().Dossiers(), IsEmpty()) << "nothing is done on it";
  EXPECT_THAT(Unanswered(), SizeIs(1));
}

TEST_P(Once, AStatementAboutMoneyThatComesWithASyncIsKeptAndNothingElseIsDoneOnIt) {
  const auto before = service_.requests.size();
  v1::StatementContent content = service_.NextContent(kMerchant);
  content.mutable_undo()->set_voucher_id(Id(7));
  content.mutable_undo()->set_merchant_id(kMerchant);
  service_.Keep(content, service_.Sign(content));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(service_.requests.size(), before + 1);
  EXPECT_THAT(phone_.core().Dossiers(), IsEmpty());
  ASSERT_THAT(phone_.core().MoneyStatements(9).value(), SizeIs(1));
  EXPECT_TRUE(phone_.core().MoneyStatements(9).value()[0].has_undo());
  ASSERT_TRUE(phone_.Reopen().ok());
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(service_.requests.back().statements_seen(), content.number());
}

// A service that forgot a redemption does not know that it ever gave a receipt: it cannot ask for it.
TEST_P(Once, AReceiptThatOnlyAnAnswerBroughtIsShownAfterARestore) {
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  ASSERT_EQ(Ask(Spend(1'000)), "");
  service_.requests.clear();
  service_.distort = [](v1::SyncResponse& response) {
    response.clear_statements();
    response.set_restore_id("one");
  };
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  std::set<std::int64_t> shown;
  for (const v1::SyncRequest& request : service_.requests) {
    for (const v1::Statement& statement : request.statements()) {
      v1::StatementContent content;
      ASSERT_TRUE(content.ParseFromString(statement.content()));
      if (!content.has_redemption()) continue;
      EXPECT_GT(content.number(), request.statements_seen());
      shown.insert(content.number());
    }
  }
  EXPECT_THAT(shown, SizeIs(1));
}

// ---- Calls without an id

TEST_P(Once, ACallThatChangesNothingHasNoIdAndIsNotKept) {
  phone_.replies.clear();
  phone_.Do(RequestWanted{.request_id = 1, .method = Method::kListOffers, .request = "as it is"});
  EXPECT_EQ(phone_.replies.at(0).response, "answer to as it is");
  EXPECT_THAT(Unanswered(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Adapters, Once, testing::Values(MemoryAdapter(), SqliteAdapter()),
                         [](const auto& each) { return each.param.name; });

TEST(Keys, CanBeAskedForByADeviceThatIsNobodys) {
  FakeClock clock;
  ScriptedService service(clock);
  Phone phone(service, clock, MemoryAdapter());
  phone.Do(RequestWanted{.request_id = 1, .method = Method::kGetVoucherKeys, .request = "keys"});
  ASSERT_THAT(phone.replies, SizeIs(1));
  EXPECT_EQ(phone.replies[0].error, std::nullopt);
  ASSERT_THAT(service.other_calls, SizeIs(1));
  EXPECT_EQ(service.other_calls[0].access_token, "");
  EXPECT_EQ(service.sessions_opened, 0);
}

// ---- The contract

const google::protobuf::ServiceDescriptor* RewardService() {
  return v1::RedeemVoucherRequest::descriptor()->file()->FindServiceByName("RewardService");
}

TEST(RewardContract, EveryCallIsKnownAndThoseWithARequestIdAreMadeOnce) {
  std::map<std::string, Method> known;
  for (int i = 0; i <= static_cast<int>(kLastMethod); ++i) {
    known[PathOf(static_cast<Method>(i))] = static_cast<Method>(i);
  }
  ASSERT_NE(RewardService(), nullptr);
  for (int i = 0; i < RewardService()->method_count(); ++i) {
    const auto* rpc = RewardService()->method(i);
    const auto method = known.find("/brug.v1.RewardService/" + std::string(rpc->name()));
    ASSERT_NE(method, known.end()) << rpc->name();
    const auto* id = rpc->input_type()->FindFieldByName("request_id");
    EXPECT_EQ(id != nullptr, IsOnce(method->second)) << rpc->name();
    if (id == nullptr) continue;
    EXPECT_EQ(id->number(), 1) << rpc->name();
  }
}

}  // namespace
}  // namespace brug::sdk
