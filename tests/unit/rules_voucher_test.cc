#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "proto/rules/voucher.h"
#include "tests/unit/rules_offers.h"
#include "tests/unit/rules_steps.h"

// A voucher's record, from its first day to its end.
namespace brug::rules {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using std::chrono::days;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t kInt64Min = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kInt64Max = std::numeric_limits<std::int64_t>::max();
const Violation kNotValid{v1::ERROR_REASON_VOUCHER_NOT_VALID, ""};
const Violation kAmount{v1::ERROR_REASON_OUT_OF_RANGE, "amount_cents"};
const Violation kNotFound{v1::ERROR_REASON_NOT_FOUND, "voucher_id"};
const Violation kWrongState{v1::ERROR_REASON_WRONG_STATE, "voucher_id"};

Written Redeem(const Story& story, std::int64_t cents, std::string_view id = kVoucher) {
  return RedeemVoucher(story.dossier(), id, cents, Now(story));
}
Written Undo(const Story& story, std::int64_t cents, std::string_view id = kVoucher) {
  return UndoRedemption(story.dossier(), id, cents, Now(story));
}
Written Expire(const Story& story, std::string_view id = kVoucher) {
  return ExpireVoucher(story.dossier(), id, Now(story));
}
Written Cancel(const Story& story, std::string_view id = kVoucher) {
  return CancelVoucher(story.dossier(), id, Now(story));
}
Written NewCode(const Story& story, std::string_view id = kVoucher) {
  return ReplaceVoucherCode(story.dossier(), id, Now(story));
}

// Its time has passed, to the microsecond.
void PassTime(Story& story) { story.MoveClock(days(365)); }

void ExpectVoucher(const Story& story, v1::VoucherState state, std::int64_t remaining_cents) {
  EXPECT_EQ(VoucherIn(story).state(), state);
  EXPECT_EQ(VoucherIn(story).remaining_cents(), remaining_cents);
  EXPECT_EQ(VoucherIn(story).amount_cents(), 4000);
  EXPECT_EQ(story.Get(kVoucher).revision(), story.revision());
}

TEST(RedeemVoucher, SpendsItInFullOrInParts) {
  Story story = WithVoucher();
  EXPECT_THAT(Keep(story, Redeem(story, 1500)).records, SizeIs(1));
  ExpectVoucher(story, v1::VOUCHER_STATE_OPEN, 2500);
  Keep(story, Redeem(story, 2499));
  ExpectVoucher(story, v1::VOUCHER_STATE_OPEN, 1);
  Keep(story, Redeem(story, 1));
  ExpectVoucher(story, v1::VOUCHER_STATE_REDEEMED, 0);
  EXPECT_EQ(RefusalIn(Redeem(story, 1)), kNotValid);
}

TEST(RedeemVoucher, TakesNoMoreThanIsLeftAndNothingBelowACent) {
  Story story = WithVoucher();
  Keep(story, Redeem(story, 1));
  for (const std::int64_t cents :
       {kInt64Min, std::int64_t{-1}, std::int64_t{0}, std::int64_t{4000}, kInt64Max}) {
    EXPECT_EQ(RefusalIn(Redeem(story, cents)), kAmount) << cents;
  }
  ExpectVoucher(story, v1::VOUCHER_STATE_OPEN, 3999);
}

TEST(RedeemVoucher, IsForTheWholeWhereTheSchemeSaysSo) {
  Story story = WithVoucher(false);
  EXPECT_EQ(RefusalIn(Redeem(story, 3999)), kAmount);
  EXPECT_EQ(RefusalIn(Redeem(story, 4001)), kAmount);
  Keep(story, Redeem(story, 4000));
  ExpectVoucher(story, v1::VOUCHER_STATE_REDEEMED, 0);
}

TEST(RedeemVoucher, EndsWhenItsTimeHasPassedPostedOrNot) {
  Story story = WithVoucher();
  story.MoveClock(days(365) - seconds(1));
  EXPECT_TRUE(std::holds_alternative<Change>(Redeem(story, 4000)));
  story.MoveClock(seconds(1));
  EXPECT_EQ(RefusalIn(Redeem(story, 4000)), kNotValid);
  Keep(story, Expire(story));
  EXPECT_EQ(RefusalIn(Redeem(story, 4000)), kNotValid);
}

TEST(RedeemVoucher, TellsAStrangerNothing) {
  Story story = WithVoucher();
  EXPECT_EQ(RefusalIn(Redeem(story, 1, Id(99))), kNotValid);
  EXPECT_EQ(RefusalIn(Redeem(story, 1, kOffer)), kNotValid);
  Keep(story, Cancel(story));
  EXPECT_EQ(RefusalIn(Redeem(story, kInt64Max)), kNotValid);
}

TEST(UndoRedemption, GivesBackWhatWasSpent) {
  Story story = WithVoucher();
  Keep(story, Redeem(story, 1500));
  Keep(story, Redeem(story, 2500));
  const auto expires_at = ToInstant(VoucherIn(story).expires_at());
  Keep(story, Undo(story, 1500));
  ExpectVoucher(story, v1::VOUCHER_STATE_OPEN, 1500);
  Keep(story, Undo(story, 2500));
  ExpectVoucher(story, v1::VOUCHER_STATE_OPEN, 4000);
  EXPECT_EQ(ToInstant(VoucherIn(story).expires_at()), expires_at);
}

TEST(UndoRedemption, GivesBackNoMoreThanWasSpent) {
  Story story = WithVoucher();
  Keep(story, Redeem(story, 1500));
  for (const std::int64_t cents :
       {kInt64Min, std::int64_t{-1}, std::int64_t{0}, std::int64_t{1501}, kInt64Max}) {
    EXPECT_EQ(RefusalIn(Undo(story, cents)), kAmount) << cents;
  }
  EXPECT_EQ(RefusalIn(Undo(story, 1, Id(99))), kNotFound);
  EXPECT_EQ(RefusalIn(Undo(story, 1, kGoal)), kNotFound);
}

TEST(UndoRedemption, OpensAnExpiredOneForSevenDaysFromThen) {
  Story story = WithVoucher();
  story.MoveClock(days(365) - minutes(5));
  Keep(story, Redeem(story, 1000));
  story.MoveClock(minutes(10));
  Keep(story, Expire(story));
  ExpectVoucher(story, v1::VOUCHER_STATE_EXPIRED, 0);
  Keep(story, Undo(story, 1000));
  ExpectVoucher(story, v1::VOUCHER_STATE_OPEN, 1000);
  EXPECT_EQ(ToInstant(VoucherIn(story).expires_at()), story.now() + days(7));
  Keep(story, Redeem(story, 1000));
}

TEST(UndoRedemption, LeavesSevenDaysAlsoJustBeforeItsTimePasses) {
  Story story = WithVoucher();
  story.MoveClock(days(358));
  Keep(story, Redeem(story, 1000));
  const auto expires_at = ToInstant(VoucherIn(story).expires_at());
  Keep(story, Undo(story, 1000));
  EXPECT_EQ(ToInstant(VoucherIn(story).expires_at()), expires_at) << "seven days were left";
  story.MoveClock(days(7) - minutes(10));
  Keep(story, Redeem(story, 1000));
  story.MoveClock(minutes(9));
  Keep(story, Undo(story, 1000));
  EXPECT_EQ(ToInstant(VoucherIn(story).expires_at()), story.now() + days(7));
}

TEST(UndoRedemption, OpensOneForSevenDaysWhoseTimePassedUnposted) {
  for (const std::int64_t cents : {4000, 1000}) {
    Story story = WithVoucher();
    story.MoveClock(days(365) - minutes(5));
    Keep(story, Redeem(story, cents));
    story.MoveClock(minutes(5));
    Keep(story, Undo(story, cents));
    ExpectVoucher(story, v1::VOUCHER_STATE_OPEN, 4000);
    EXPECT_EQ(ToInstant(VoucherIn(story).expires_at()), story.now() + days(7));
  }
}

TEST(UndoRedemption, LeavesACancelledOneAsItIs) {
  Story story = WithVoucher();
  Keep(story, Redeem(story, 1000));
  Keep(story, Cancel(story));
  EXPECT_THAT(Keep(story, Undo(story, 1000)).records, IsEmpty());
  EXPECT_EQ(VoucherIn(story).state(), v1::VOUCHER_STATE_CANCELLED);
  EXPECT_EQ(VoucherIn(story).remaining_cents(), 0);
}

TEST(ExpireVoucher, IsFromItsTimeOn) {
  Story story = WithVoucher();
  Keep(story, Redeem(story, 1000));
  story.MoveClock(days(365) - seconds(1));
  EXPECT_EQ(RefusalIn(Expire(story)), kWrongState);
  story.MoveClock(seconds(1));
  EXPECT_EQ(RefusalIn(Expire(story, kOffer)), kNotFound);
  Keep(story, Expire(story));
  ExpectVoucher(story, v1::VOUCHER_STATE_EXPIRED, 0);
}

TEST(CancelVoucher, TakesBackWhatIsLeft) {
  Story story = WithVoucher();
  Keep(story, Redeem(story, 1000));
  EXPECT_EQ(RefusalIn(Cancel(story, Id(99))), kNotFound);
  Keep(story, Cancel(story));
  ExpectVoucher(story, v1::VOUCHER_STATE_CANCELLED, 0);
  EXPECT_EQ(RefusalIn(Cancel(story)), kWrongState);
}

TEST(ReplaceVoucherCode, CountsCodesAndNothingElse) {
  Story story = WithVoucher();
  EXPECT_EQ(RefusalIn(NewCode(story, Id(99))), kNotFound);
  Keep(story, NewCode(story));
  EXPECT_EQ(VoucherIn(story).code_number(), 2);
  ExpectVoucher(story, v1::VOUCHER_STATE_OPEN, 4000);
}

TEST(Voucher, ThatCannotBeSpentIsNotCancelledAndGetsNoCode) {
  for (const bool posted : {false, true}) {
    Story story = WithVoucher();
    PassTime(story);
    if (posted) Keep(story, Expire(story));
    EXPECT_EQ(RefusalIn(Cancel(story)), kWrongState);
    EXPECT_EQ(RefusalIn(NewCode(story)), kWrongState);
    EXPECT_FALSE(IsSpendable(VoucherIn(story), story.now()));
  }
  Story story = WithVoucher();
  EXPECT_TRUE(IsSpendable(VoucherIn(story), story.now()));
  Keep(story, Redeem(story, 4000));
  PassTime(story);
  EXPECT_EQ(RefusalIn(Expire(story)), kWrongState);
  EXPECT_EQ(RefusalIn(Cancel(story)), kWrongState);
  EXPECT_EQ(RefusalIn(NewCode(story)), kWrongState);
}

// Whatever is done in whatever order: what is left and what was spent never come to more than was given, and
// the states follow the table.
RC_GTEST_PROP(Voucher, NeverHoldsMoreThanItWasGivenFor, ()) {
  Story story = WithVoucher(*rc::gen::arbitrary<bool>());
  std::vector<std::int64_t> standing;
  const auto deeds =
      *rc::gen::container<std::vector<std::pair<int, int>>>(rc::gen::pair(AnyInt(0, 8), AnyInt(0, 5000)));
  for (const auto& [deed, number] : deeds) {
    const v1::Voucher before = VoucherIn(story);
    Written written;
    if (deed <= 2) written = Redeem(story, deed == 0 ? before.remaining_cents() : number);
    if (deed == 3 || deed == 4) written = Undo(story, standing.empty() ? number : standing.back());
    if (deed == 5) written = Expire(story);
    if (deed == 6) written = number < 500 ? Cancel(story) : NewCode(story);
    if (deed == 7) story.MoveClock(days(number % 200));
    const auto* change = std::get_if<Change>(&written);
    if (change == nullptr) continue;
    story.Put(*change);
    const v1::Voucher after = VoucherIn(story);
    if (deed <= 2) standing.push_back(before.remaining_cents() - after.remaining_cents());
    if ((deed == 3 || deed == 4) && !standing.empty()) standing.pop_back();
    std::int64_t spent = 0;
    for (const std::int64_t cents : standing) spent += cents;
    RC_ASSERT(after.remaining_cents() >= 0);
    RC_ASSERT(after.remaining_cents() + spent <= after.amount_cents());
    RC_ASSERT((after.remaining_cents() > 0) == (after.state() == v1::VOUCHER_STATE_OPEN));
    RC_ASSERT(after.state() == before.state() || MayFollow(before.state(), after.state()));
    RC_ASSERT(after.amount_cents() == 4000);
    RC_ASSERT(after.expires_at().seconds() >= before.expires_at().seconds());
  }
}

}  // namespace
}  // namespace brug::rules
