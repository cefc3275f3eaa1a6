#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/rules/offer.h"
#include "tests/unit/rules_offers.h"

// What the service writes of offers: the records, and which state follows which.
namespace brug::rules {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using std::chrono::days;
using std::chrono::seconds;
using ::testing::SizeIs;

const Violation kNotFound{v1::ERROR_REASON_NOT_FOUND, "offer_id"};
const Violation kWrongState{v1::ERROR_REASON_WRONG_STATE, "offer_id"};
const Violation kNotEarned{v1::ERROR_REASON_NOT_EARNED, "offer_id"};

TEST(MayFollow, OfOffersIsThisTable) {
  // From a row to a column: draft, asked, promised, requested, issued, lapsed, discarded.
  const std::vector<std::string> table = {".11...1", "1.1....", "...111.", "..1.1..",
                                          ".......", ".......", "......."};
  for (int from = 0; from <= v1::OfferState_MAX; ++from) {
    for (int to = 0; to <= v1::OfferState_MAX; ++to) {
      const bool allowed = from > 0 && to > 0 &&
                           table[static_cast<std::size_t>(from - 1)][static_cast<std::size_t>(to - 1)] != '.';
      EXPECT_EQ(MayFollow(static_cast<v1::OfferState>(from), static_cast<v1::OfferState>(to)), allowed)
          << from << " to " << to;
    }
  }
}

TEST(MayFollow, OfVouchersIsThisTable) {
  // From a row to a column: open, redeemed, expired, cancelled.
  const std::vector<std::string> table = {"1111", "1...", "1...", "...1"};
  for (int from = 0; from <= v1::VoucherState_MAX; ++from) {
    for (int to = 0; to <= v1::VoucherState_MAX; ++to) {
      const bool allowed = from > 0 && to > 0 &&
                           table[static_cast<std::size_t>(from - 1)][static_cast<std::size_t>(to - 1)] != '.';
      EXPECT_EQ(MayFollow(static_cast<v1::VoucherState>(from), static_cast<v1::VoucherState>(to)), allowed)
          << from << " to " << to;
    }
  }
}

TEST(OfferOf, IsTheDraftAndAsksForAllStepsUnlessItSays) {
  v1::OfferDraft draft = DraftFor(OnDays(3));
  *draft.mutable_ends_on() = ToDate(kToday);
  const v1::Offer offer = OfferOf(draft);
  EXPECT_EQ(offer.goal_id(), kGoal);
  EXPECT_EQ(offer.scheme_id(), kScheme);
  EXPECT_EQ(offer.amount_cents(), 4000);
  EXPECT_EQ(offer.words(), "You are doing this.");
  EXPECT_EQ(offer.condition().step_ticked().days_count(), 3);
  EXPECT_EQ(ToDay(offer.ends_on()), kToday);
  EXPECT_EQ(offer.state(), v1::OFFER_STATE_DRAFT);
  draft.clear_condition();
  draft.clear_ends_on();
  EXPECT_TRUE(OfferOf(draft).condition().has_all_steps());
  EXPECT_FALSE(OfferOf(draft).has_ends_on());
}

TEST(PromiseOffer, WritesTheOfferWithItsStepsFrozen) {
  for (const auto state : {v1::OFFER_STATE_DRAFT, v1::OFFER_STATE_PROMISE_ASKED}) {
    Story story = WithPlan(2);
    Promise promise = PromiseOf(AllOf());
    promise.drafted.set_state(state);
    const Change change = Keep(story, PromiseOffer(story.dossier(), promise, Now(story)));
    ASSERT_THAT(change.records, SizeIs(1));
    EXPECT_EQ(change.records[0].record_id(), kOffer);
    EXPECT_EQ(change.records[0].revision(), story.revision());
    EXPECT_EQ(change.records[0].created_by().person_id(), Mentor().person_id());
    const v1::Offer offer = OfferIn(story);
    EXPECT_EQ(offer.state(), v1::OFFER_STATE_PROMISED);
    EXPECT_EQ(offer.amount_cents(), 4000);
    EXPECT_EQ(offer.steps_size(), 2);
    EXPECT_EQ(ToInstant(offer.promised_at()), story.now());
    EXPECT_EQ(offer.promised_by_display_name(), "Noor");
  }
}

TEST(PromiseOffer, IsOfADraftAlone) {
  Story story = WithPlan(1);
  for (int state = 0; state <= v1::OfferState_MAX; ++state) {
    if (state == v1::OFFER_STATE_DRAFT || state == v1::OFFER_STATE_PROMISE_ASKED) continue;
    Promise promise = PromiseOf(AllOf());
    promise.drafted.set_state(static_cast<v1::OfferState>(state));
    EXPECT_EQ(RefusalIn(PromiseOffer(story.dossier(), promise, Now(story))), kWrongState) << state;
  }
  Promised(story, AllOf());
  EXPECT_EQ(RefusalIn(PromiseOffer(story.dossier(), PromiseOf(AllOf()), Now(story))),
            (Violation{v1::ERROR_REASON_ALREADY_EXISTS, "offer_id"}));
}

TEST(PromiseOffer, WaitsForThePlan) {
  Story story = WithPlan(1);
  Promise promise = PromiseOf(AllOf());
  promise.drafted.set_goal_id(kOtherGoal);
  EXPECT_EQ(RefusalIn(PromiseOffer(story.dossier(), promise, Now(story))),
            (Violation{v1::ERROR_REASON_NOT_PLANNED, "goal_id"}));
  story.Do(Client(), GoalTo(kOtherGoal, v1::GOAL_STATE_PARKED));
  EXPECT_EQ(RefusalIn(PromiseOffer(story.dossier(), promise, Now(story))).reason,
            v1::ERROR_REASON_NOT_PLANNED);
  story.Do(Client(), GoalTo(kOtherGoal, v1::GOAL_STATE_DRAFT));
  story.Do(Client(), Formulate(kOtherGoal));
  Keep(story, PromiseOffer(story.dossier(), promise, Now(story)));
}

TEST(PromiseOffer, IsForAGoalThatIsThereAndStepsItHas) {
  Story story = WithPlan(1);
  Promise promise = PromiseOf(AllOf());
  for (const std::string& id : {Id(99), StepId(0)}) {
    promise.drafted.set_goal_id(id);
    EXPECT_EQ(RefusalIn(PromiseOffer(story.dossier(), promise, Now(story))),
              (Violation{v1::ERROR_REASON_NOT_FOUND, "goal_id"}));
  }
  story.Do(Client(), Delete(StepId(0)));
  EXPECT_EQ(RefusalIn(PromiseOffer(story.dossier(), PromiseOf(AllOf()), Now(story))).reason,
            v1::ERROR_REASON_NO_STEPS);
}

TEST(PromiseOffer, EndsTodayOrLater) {
  Story story = WithPlan(1);
  Promise promise = PromiseOf(AllOf());
  *promise.drafted.mutable_ends_on() = ToDate(kToday - days(1));
  EXPECT_EQ(RefusalIn(PromiseOffer(story.dossier(), promise, Now(story))),
            (Violation{v1::ERROR_REASON_IN_THE_PAST, "ends_on"}));
  *promise.drafted.mutable_ends_on() = ToDate(kToday);
  Keep(story, PromiseOffer(story.dossier(), promise, Now(story)));
}

// A step that is done, and an offer for it.
Story WithEarned() {
  Story story = WithPlan(1);
  Promised(story, AllOf());
  story.Do(Client(), Tick(StepId(0), kToday));
  return story;
}

TEST(RequestVoucher, WritesWhenItWasEarned) {
  Story story = WithEarned();
  const Instant earned_at = story.now();
  story.MoveClock(seconds(3600));
  const Change change = Keep(story, RequestVoucher(story.dossier(), kOffer, Now(story)));
  ASSERT_THAT(change.records, SizeIs(1));
  EXPECT_EQ(change.records[0].revision(), story.revision());
  EXPECT_EQ(OfferIn(story).state(), v1::OFFER_STATE_REQUESTED);
  EXPECT_EQ(ToInstant(OfferIn(story).earned_at()), earned_at);
  EXPECT_EQ(RefusalIn(RequestVoucher(story.dossier(), kOffer, Now(story))), kWrongState);
}

TEST(RequestVoucher, OfAGoalIsEarnedWhenTheClientSaidThatItIsReached) {
  Story story = WithPlan(1);
  Promised(story, Achieved());
  story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_ACHIEVED));
  const Instant achieved_at = story.now();
  story.MoveClock(seconds(3600));
  Keep(story, RequestVoucher(story.dossier(), kOffer, Now(story)));
  EXPECT_EQ(ToInstant(OfferIn(story).earned_at()), achieved_at);
}

TEST(RequestVoucher, OfAGoalOfWhichNoTimeWasKeptIsEarnedWhenItIsAskedFor) {
  Story story = WithPlan(1);
  Promised(story, Achieved());
  v1::Record goal = story.Get(kGoal);
  goal.mutable_goal()->set_state(v1::GOAL_STATE_ACHIEVED);
  story.Put({.records = {goal}});
  story.MoveClock(seconds(3600));
  Keep(story, RequestVoucher(story.dossier(), kOffer, Now(story)));
  EXPECT_EQ(ToInstant(OfferIn(story).earned_at()), story.now());
}

TEST(RequestVoucher, IsForWhatIsEarned) {
  Story story = WithPlan(1);
  Promised(story, AllOf());
  EXPECT_EQ(RefusalIn(RequestVoucher(story.dossier(), kOffer, Now(story))), kNotEarned);
  EXPECT_EQ(RefusalIn(RequestVoucher(story.dossier(), Id(99), Now(story))), kNotFound);
  EXPECT_EQ(RefusalIn(RequestVoucher(story.dossier(), kGoal, Now(story))), kNotFound);
}

TEST(RefuseVoucher, GoesBackToThePromiseWithWords) {
  Story story = WithEarned();
  EXPECT_EQ(RefusalIn(RefuseVoucher(story.dossier(), {kOffer, "Not yet."}, Now(story))), kWrongState);
  Keep(story, RequestVoucher(story.dossier(), kOffer, Now(story)));
  Keep(story, RefuseVoucher(story.dossier(), {kOffer, "Not yet."}, Now(story)));
  EXPECT_EQ(OfferIn(story).state(), v1::OFFER_STATE_PROMISED);
  EXPECT_EQ(OfferIn(story).refusal_words(), "Not yet.");
  EXPECT_FALSE(OfferIn(story).has_earned_at());
  Keep(story, RequestVoucher(story.dossier(), kOffer, Now(story)));
  EXPECT_EQ(OfferIn(story).refusal_words(), "");
  EXPECT_EQ(RefusalIn(RefuseVoucher(story.dossier(), {Id(99), ""}, Now(story))), kNotFound);
}

TEST(IssueVoucher, WritesTheVoucherBesideItsOffer) {
  for (const bool requested : {false, true}) {
    Story story = WithEarned();
    const Instant earned_at = story.now();
    if (requested) Keep(story, RequestVoucher(story.dossier(), kOffer, Now(story)));
    story.MoveClock(seconds(60));
    const Change change = Keep(story, IssueVoucher(story.dossier(), IssueOf(), Now(story)));
    ASSERT_THAT(change.records, SizeIs(2));
    EXPECT_EQ(change.records[0].record_id(), kOffer);
    EXPECT_EQ(change.records[1].record_id(), kVoucher);
    EXPECT_EQ(change.records[1].revision(), story.revision());
    EXPECT_EQ(OfferIn(story).state(), v1::OFFER_STATE_ISSUED);
    EXPECT_EQ(OfferIn(story).voucher_id(), kVoucher);
    EXPECT_EQ(ToInstant(OfferIn(story).earned_at()), earned_at);
    const v1::Voucher voucher = VoucherIn(story);
    EXPECT_EQ(voucher.offer_id(), kOffer);
    EXPECT_EQ(voucher.amount_cents(), 4000);
    EXPECT_EQ(voucher.remaining_cents(), 4000);
    EXPECT_EQ(voucher.state(), v1::VOUCHER_STATE_OPEN);
    EXPECT_EQ(ToInstant(voucher.issued_at()), story.now());
    EXPECT_EQ(ToInstant(voucher.expires_at()), story.now() + days(365));
    EXPECT_TRUE(voucher.in_parts());
    EXPECT_EQ(voucher.code_number(), 1);
  }
}

TEST(IssueVoucher, KeepsWhenItWasEarnedAsTheRequestSaidIt) {
  Story story = WithPlan(1);
  Promised(story, Achieved());
  story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_ACHIEVED));
  const Instant achieved_at = story.now();
  Keep(story, RequestVoucher(story.dossier(), kOffer, Now(story)));
  // Taken up and achieved again, while the second person looks.
  story.MoveClock(seconds(3600));
  story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_FORMULATED));
  story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_ACHIEVED));
  Keep(story, IssueVoucher(story.dossier(), IssueOf(), Now(story)));
  EXPECT_EQ(ToInstant(OfferIn(story).earned_at()), achieved_at);
}

TEST(IssueVoucher, IsOnceForWhatIsEarnedStill) {
  Story story = WithEarned();
  EXPECT_EQ(RefusalIn(IssueVoucher(story.dossier(), {.offer_id = kGoal, .voucher_id = kVoucher}, Now(story))),
            kNotFound);
  EXPECT_EQ(RefusalIn(IssueVoucher(story.dossier(), {.offer_id = kOffer, .voucher_id = kGoal}, Now(story))),
            (Violation{v1::ERROR_REASON_ALREADY_EXISTS, "voucher_id"}));
  Keep(story, RequestVoucher(story.dossier(), kOffer, Now(story)));
  story.Do(Client(), Tick(StepId(0), kToday, v1::TICK_STATE_CLEARED));
  EXPECT_EQ(RefusalIn(IssueVoucher(story.dossier(), IssueOf(), Now(story))), kNotEarned);
  story.Do(Client(), Tick(StepId(0), kToday));
  Keep(story, IssueVoucher(story.dossier(), IssueOf(), Now(story)));
  EXPECT_EQ(RefusalIn(IssueVoucher(story.dossier(), IssueOf(), Now(story))), kWrongState);
}

TEST(LapseOffer, SaysWhy) {
  for (const auto reason : {v1::LAPSE_REASON_CLIENT, v1::LAPSE_REASON_END_DATE}) {
    Story story = WithPlan(1);
    Promised(story, AllOf());
    Keep(story, LapseOffer(story.dossier(), kOffer, reason, Now(story)));
    EXPECT_EQ(OfferIn(story).state(), v1::OFFER_STATE_LAPSED);
    EXPECT_EQ(OfferIn(story).lapse_reason(), reason);
    EXPECT_EQ(RefusalIn(LapseOffer(story.dossier(), kOffer, reason, Now(story))), kWrongState);
    EXPECT_EQ(RefusalIn(LapseOffer(story.dossier(), Id(99), reason, Now(story))), kNotFound);
    EXPECT_DEATH((void)LapseOffer(story.dossier(), kOffer, v1::LAPSE_REASON_UNSPECIFIED, Now(story)),
                 "a lapse has a reason");
  }
}

TEST(LapseOffer, OfWhatIsEarnedIsTheClientsWishAlone) {
  Story story = WithEarned();
  EXPECT_EQ(RefusalIn(LapseOffer(story.dossier(), kOffer, v1::LAPSE_REASON_END_DATE, Now(story))),
            kWrongState);
  Keep(story, LapseOffer(story.dossier(), kOffer, v1::LAPSE_REASON_CLIENT, Now(story)));
}

// Each call on an offer in each state that a dossier can hold: what the table refuses leaves all as it was.
TEST(Offer, InAnyStateDoesWhatTheTableSays) {
  using Call = Written (*)(const Story&);
  const std::vector<std::pair<v1::OfferState, Call>> calls = {
      {v1::OFFER_STATE_REQUESTED, [](const Story& s) { return RequestVoucher(s.dossier(), kOffer, Now(s)); }},
      {v1::OFFER_STATE_PROMISED,
       [](const Story& s) {
         return RefuseVoucher(s.dossier(), {kOffer, "No"}, Now(s));
       }},
      {v1::OFFER_STATE_ISSUED, [](const Story& s) { return IssueVoucher(s.dossier(), IssueOf(), Now(s)); }},
      {v1::OFFER_STATE_LAPSED,
       [](const Story& s) { return LapseOffer(s.dossier(), kOffer, v1::LAPSE_REASON_CLIENT, Now(s)); }},
  };
  for (const int from : {v1::OFFER_STATE_PROMISED, v1::OFFER_STATE_REQUESTED, v1::OFFER_STATE_ISSUED,
                         v1::OFFER_STATE_LAPSED, v1::OFFER_STATE_DISCARDED, v1::OFFER_STATE_UNSPECIFIED}) {
    Story story = WithEarned();
    v1::Record record = story.Get(kOffer);
    record.mutable_offer()->set_state(static_cast<v1::OfferState>(from));
    story.Put({.records = {record}});
    for (const auto& [to, call] : calls) {
      const Written written = call(story);
      const bool allowed = MayFollow(static_cast<v1::OfferState>(from), to);
      EXPECT_EQ(std::holds_alternative<Change>(written), allowed) << from << " to " << to;
      if (!allowed) {
        EXPECT_EQ(RefusalIn(written), kWrongState) << from << " to " << to;
      }
    }
  }
}

TEST(Offer, AndItsVoucherAreTheServicesAlone) {
  Story story = WithVoucher();
  for (const std::string& id : {kOffer, kVoucher}) {
    for (const v1::Author& author : {Client(), Mentor()}) {
      EXPECT_EQ(story.Refused(author, Delete(id)),
                (Violation{v1::ERROR_REASON_NOT_FOUND, "delete_record.record_id"}));
      EXPECT_EQ(story.Refused(author, RetitleGoal(id, "Mine")).reason, v1::ERROR_REASON_NOT_FOUND);
      EXPECT_EQ(story.Refused(author, NewGoal(id)).reason, v1::ERROR_REASON_ALREADY_EXISTS);
    }
    EXPECT_EQ(story.Refused(Client(), Tick(id, kToday)).reason, v1::ERROR_REASON_NOT_FOUND);
  }
}

}  // namespace
}  // namespace brug::rules
