// The codes of vouchers: fetched by themselves, kept on the client's own devices alone, and forgotten in
// time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/sdk_till.h"

namespace brug::sdk {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

using Fate = ScriptedService::Fate;

const std::string kVoucher = Id(40);
const std::string kSecondVoucher = Id(41);

class VoucherCodes : public testing::TestWithParam<StorageAdapter> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(phone_.Enrol(kClientCode).ok());
    ASSERT_EQ(phone_.Sync(), std::nullopt);
  }

  // Its number, or 0 when it is not here.
  int Here(const std::string& voucher_id = kVoucher) {
    auto code = phone_.core().FindVoucherCode(kDossier, voucher_id);
    EXPECT_TRUE(code.ok()) << code.error().reason;
    return code->has_value() ? (*code)->code_number() : 0;
  }
  std::size_t Rows() { return phone_.storage().replica().ListVoucherCodes(kDossier)->size(); }
  void Sync() { ASSERT_EQ(phone_.Sync(), std::nullopt); }

  FakeClock clock_;
  ScriptedService service_{clock_};
  Till till_{service_};
  Phone phone_{service_, clock_, GetParam()};
};

TEST_P(VoucherCodes, ASyncThatShowsAVoucherBringsItsCodeBeforeItEnds) {
  till_.Put(kVoucher, v1::VOUCHER_STATE_OPEN);
  EXPECT_EQ(Here(), 0);
  phone_.notifies.clear();
  Sync();
  EXPECT_EQ(Here(), 1);
  const auto code = phone_.core().FindVoucherCode(kDossier, kVoucher).value().value();
  EXPECT_EQ(code.SerializeAsString(), Till::CodeOf(kVoucher, 1).SerializeAsString());
  const auto told = std::count_if(phone_.notifies.begin(), phone_.notifies.end(),
                                  [](const Notify& notify) { return !notify.dossier_ids.empty(); });
  EXPECT_EQ(told, 2) << "of the voucher and of its code: an app looks again";
  Sync();
  EXPECT_EQ(till_.codes_asked, 1) << "what is here is not fetched again";
}

TEST_P(VoucherCodes, ItIsThereInALaterProcessWithoutTheService) {
  till_.Put(kVoucher, v1::VOUCHER_STATE_OPEN);
  Sync();
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_EQ(Here(), 1);
  EXPECT_THAT(phone_.calls, IsEmpty());
}

TEST_P(VoucherCodes, AFetchThatFailsOnlyDelays) {
  till_.Put(kVoucher, v1::VOUCHER_STATE_OPEN);
  till_.Put(kSecondVoucher, v1::VOUCHER_STATE_OPEN);
  service_.other_fates = {Fate::kNotReached};
  Sync();
  EXPECT_EQ(phone_.core().Status().state, CoreState::kIdle);
  EXPECT_EQ(Here(), 0);
  EXPECT_EQ(till_.codes_asked, 0) << "nor is the next one asked for while there is no connection";
  Sync();
  EXPECT_EQ(Here(), 1);
  EXPECT_EQ(Here(kSecondVoucher), 1);
}

TEST_P(VoucherCodes, ARefusalOfOneDoesNotHoldBackTheOther) {
  till_.Put(kVoucher, v1::VOUCHER_STATE_OPEN);
  till_.Put(kSecondVoucher, v1::VOUCHER_STATE_OPEN);
  till_.distort_code = [](v1::GetVoucherCodeResponse& response) {
    if (response.code().voucher_id() == kVoucher) response.mutable_code()->clear_token();
  };
  Sync();
  EXPECT_EQ(Here(), 0);
  EXPECT_EQ(Here(kSecondVoucher), 1);
}

TEST_P(VoucherCodes, AReplacedCodeIsFetchedAnewAndAnOlderAnswerDoesNotTakeItsPlace) {
  till_.Put(kVoucher, v1::VOUCHER_STATE_OPEN, 1);
  Sync();
  till_.Put(kVoucher, v1::VOUCHER_STATE_OPEN, 2);
  Sync();
  EXPECT_EQ(Here(), 2);
  till_.codes[kVoucher] = Till::CodeOf(kVoucher, 1);
  v1::GetVoucherCodeRequest request;
  request.set_voucher_id(kVoucher);
  phone_.Do(RequestWanted{
      .request_id = 1, .method = Method::kGetVoucherCode, .request = request.SerializeAsString()});
  EXPECT_EQ(Here(), 2);
}

TEST_P(VoucherCodes, ACodeThatWasReplacedElsewhereIsNotShownWhileTheNewOneIsNotHere) {
  till_.Put(kVoucher, v1::VOUCHER_STATE_OPEN, 1);
  Sync();
  ASSERT_EQ(Here(), 1);
  till_.Put(kVoucher, v1::VOUCHER_STATE_OPEN, 2);
  service_.other_fates = {Fate::kNotReached};
  Sync();
  EXPECT_EQ(Here(), 0) << "it is void, and the shop would refuse it";
  Sync();
  EXPECT_EQ(Here(), 2);
}

TEST_P(VoucherCodes, ATokenOfBeforeTheVoucherWasOpenedAgainIsFetchedAnew) {
  constexpr std::int64_t kEnd = 1'800'000'000;
  const auto token = [this] {
    return phone_.core().FindVoucherCode(kDossier, kVoucher).value().value().token();
  };
  till_.Put(kVoucher, v1::VOUCHER_STATE_OPEN, 1, kEnd);
  Sync();
  Sync();
  EXPECT_EQ(till_.codes_asked, 1);
  // It expired, and an undo gave it a week: this phone saw neither.
  till_.Put(kVoucher, v1::VOUCHER_STATE_OPEN, 1, kEnd + 604'800);
  service_.other_fates = {Fate::kNotReached};
  Sync();
  EXPECT_EQ(token(), Till::TokenUntil(kEnd)) << "its code still holds";
  Sync();
  EXPECT_EQ(token(), Till::TokenUntil(kEnd + 604'800));
  Sync();
  EXPECT_EQ(till_.codes_asked, 2);
}

TEST_P(VoucherCodes, ReplacingOneKeepsTheNewOneAtOnce) {
  till_.Put(kVoucher, v1::VOUCHER_STATE_OPEN);
  Sync();
  v1::ReplaceVoucherCodeRequest request;
  request.set_voucher_id(kVoucher);
  phone_.Do(RequestWanted{
      .request_id = 1, .method = Method::kReplaceVoucherCode, .request = request.SerializeAsString()});
  EXPECT_EQ(Here(), 2);
  EXPECT_THAT(phone_.core().UnansweredRequests().value(), IsEmpty());
  Sync();
  EXPECT_EQ(Here(), 2);
  EXPECT_EQ(till_.codes_asked, 1) << "the sync finds it here";
}

TEST_P(VoucherCodes, TheCodeOfAVoucherThatCannotBeSpentAnyMoreIsForgotten) {
  for (const auto state :
       {v1::VOUCHER_STATE_REDEEMED, v1::VOUCHER_STATE_EXPIRED, v1::VOUCHER_STATE_CANCELLED}) {
    till_.Put(kVoucher, v1::VOUCHER_STATE_OPEN);
    till_.Put(kSecondVoucher, v1::VOUCHER_STATE_OPEN);
    Sync();
    ASSERT_EQ(Rows(), 2U);
    till_.Put(kVoucher, state);
    Sync();
    EXPECT_EQ(Here(), 0) << v1::VoucherState_Name(state);
    EXPECT_EQ(Here(kSecondVoucher), 1);
    EXPECT_EQ(Rows(), 1U);
  }
}

TEST_P(VoucherCodes, WhatIsUndoneIsFetchedAgain) {
  till_.Put(kVoucher, v1::VOUCHER_STATE_OPEN);
  Sync();
  till_.Put(kVoucher, v1::VOUCHER_STATE_REDEEMED);
  Sync();
  till_.Put(kVoucher, v1::VOUCHER_STATE_OPEN);
  Sync();
  EXPECT_EQ(Here(), 1);
}

TEST_P(VoucherCodes, AnAnswerThatCannotBeRightIsNotKept) {
  const std::vector<std::function<void(v1::VoucherCode&)>> wrongs = {
      [](v1::VoucherCode& code) { code.set_voucher_id(kSecondVoucher); },
      [](v1::VoucherCode& code) { code.mutable_code()->at(3) = 'Z'; },
      [](v1::VoucherCode& code) { code.clear_code(); }, [](v1::VoucherCode& code) { code.clear_token(); },
      [](v1::VoucherCode& code) { code.set_code_number(0); }};
  till_.Put(kVoucher, v1::VOUCHER_STATE_OPEN);
  for (const auto& wrong : wrongs) {
    till_.distort_code = [&wrong](v1::GetVoucherCodeResponse& response) { wrong(*response.mutable_code()); };
    Sync();
    EXPECT_EQ(Rows(), 0U);
  }
  till_.distort_code = {};
  Sync();
  EXPECT_EQ(Here(), 1);
}

TEST_P(VoucherCodes, ASyncThatIsAskedForMeanwhileFollows) {
  till_.Put(kVoucher, v1::VOUCHER_STATE_OPEN);
  phone_.Give(SyncWanted{});
  ASSERT_THAT(phone_.calls, SizeIs(1));
  const Call sync = phone_.calls.front();
  phone_.calls.clear();
  phone_.Give(service_.Take(sync));
  ASSERT_THAT(phone_.calls, SizeIs(1));
  EXPECT_EQ(phone_.calls[0].method, Method::kGetVoucherCode);
  const auto before = service_.requests.size();
  phone_.sync_ends.clear();
  phone_.Do(SyncWanted{});
  EXPECT_EQ(service_.requests.size(), before + 1);
  EXPECT_THAT(phone_.sync_ends, SizeIs(1));
  EXPECT_EQ(Here(), 1);
}

TEST_P(VoucherCodes, AWipeInTheMiddleOfAFetchEndsIt) {
  till_.Put(kVoucher, v1::VOUCHER_STATE_OPEN);
  Sync();
  service_.OrderWipe(kClient, phone_.core().account()->device_id);
  EXPECT_EQ(phone_.Sync()->reason, "WIPED");
  EXPECT_EQ(Rows(), 0U);
  EXPECT_EQ(phone_.core().FindVoucherCode(kDossier, kVoucher).error().reason, "WIPED");
}

TEST_P(VoucherCodes, AMentorsDeviceNeverAsks) {
  till_.Put(kVoucher, v1::VOUCHER_STATE_OPEN);
  service_.Grant(kMentor, kDossier, v1::ROLE_MENTOR);
  Phone mentor(service_, clock_, GetParam(), 11);
  ASSERT_TRUE(mentor.Enrol(kMentorCode).ok());
  ASSERT_EQ(mentor.Sync(), std::nullopt);
  ASSERT_TRUE(mentor.Find(kVoucher).has_value()) << "the voucher itself it sees";
  EXPECT_EQ(till_.codes_asked, 0);
}

INSTANTIATE_TEST_SUITE_P(Adapters, VoucherCodes, testing::Values(MemoryAdapter(), SqliteAdapter()),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace brug::sdk
