#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "proto/rules/offer.h"
#include "proto/rules/overlay.h"
#include "tests/unit/rules_offers.h"

// What an offer asks for, how far it has come, and which of its states follows which.
namespace brug::rules {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using std::chrono::days;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// ---- Freezing

std::variant<std::vector<v1::FrozenStep>, Violation> Freeze(const Story& story,
                                                            const v1::OfferCondition& condition,
                                                            const std::string& goal_id = kGoal) {
  return FreezeSteps(story.dossier(), goal_id, condition);
}

std::vector<std::string> FrozenIds(const Story& story, const v1::OfferCondition& condition) {
  std::vector<std::string> ids;
  const auto frozen = Freeze(story, condition);
  if (const auto* refused = std::get_if<Violation>(&frozen)) return {v1::ErrorReason_Name(refused->reason)};
  for (const auto& step : std::get<std::vector<v1::FrozenStep>>(frozen)) ids.push_back(step.step_id());
  return ids;
}

Violation WhyNotFrozen(const Story& story, const v1::OfferCondition& condition) {
  const auto frozen = Freeze(story, condition);
  const auto* refused = std::get_if<Violation>(&frozen);
  return refused == nullptr ? Violation{} : *refused;
}

v1::Mutation WithRank(v1::Mutation mutation, const std::string& rank) {
  mutation.mutable_create_step()->mutable_step()->set_rank(rank);
  return mutation;
}

TEST(FreezeSteps, OfAllAreThoseOfThePlanInItsOrder) {
  Story story = WithPlan(2);
  story.Do(Client(), WithRank(NewStep(StepId(2), kGoal), "A00000000"));
  EXPECT_THAT(FrozenIds(story, AllOf()), ElementsAre(StepId(2), StepId(0), StepId(1)));
  EXPECT_THAT(FrozenIds(story, v1::OfferCondition()), ElementsAre(StepId(2), StepId(0), StepId(1)));
  EXPECT_THAT(FrozenIds(story, SomeOf(1)), ElementsAre(StepId(2), StepId(0), StepId(1)));
}

TEST(FreezeSteps, KeepsTheStepAsItIs) {
  const Story story = WithPlan(1);
  const auto frozen = std::get<std::vector<v1::FrozenStep>>(Freeze(story, OnDays(3)));
  ASSERT_THAT(frozen, SizeIs(1));
  EXPECT_EQ(frozen[0].step_id(), StepId(0));
  EXPECT_EQ(frozen[0].step().SerializeAsString(), story.Get(StepId(0)).step().SerializeAsString());
}

TEST(FreezeSteps, OfNamedOnesAreTheseAlone) {
  const Story story = WithPlan(3);
  EXPECT_THAT(FrozenIds(story, AllOf({StepId(2), StepId(0)})), ElementsAre(StepId(2), StepId(0)));
  EXPECT_THAT(FrozenIds(story, SomeOf(2, {StepId(1), StepId(2)})), ElementsAre(StepId(1), StepId(2)));
  EXPECT_THAT(FrozenIds(story, Reached()), IsEmpty());
  EXPECT_THAT(FrozenIds(story, Achieved()), IsEmpty());
}

TEST(FreezeSteps, NeedsStepsOfThisGoalThatAreThere) {
  Story story = WithPlan(3);
  story.Do(Client(), Delete(StepId(2)));
  for (const std::string& id : {Id(10), Id(99), StepId(2), kMilestone, kGoal}) {
    EXPECT_EQ(WhyNotFrozen(story, AllOf({StepId(0), id})),
              (Violation{v1::ERROR_REASON_NOT_FOUND, "condition.all_steps.step_ids[1]"}));
    EXPECT_EQ(WhyNotFrozen(story, SomeOf(1, {id})),
              (Violation{v1::ERROR_REASON_NOT_FOUND, "condition.some_steps.step_ids[0]"}));
    EXPECT_EQ(WhyNotFrozen(story, OnDays(1, id)),
              (Violation{v1::ERROR_REASON_NOT_FOUND, "condition.step_ticked.step_id"}));
  }
}

TEST(FreezeSteps, NeedsAMilestoneOfThisGoalThatIsThere) {
  Story story = WithPlan(1);
  story.Do(Client(), NewMilestone(Id(6), kOtherGoal));
  story.Do(Client(), NewMilestone(Id(7), kGoal));
  story.Do(Client(), Delete(Id(7)));
  story.Do(Mentor(), NewMilestone(Id(8), kGoal));
  const std::string field = "condition.milestone_reached.milestone_id";
  for (const std::string& id : {Id(6), Id(7), Id(99), StepId(0)}) {
    EXPECT_EQ(WhyNotFrozen(story, Reached(id)), (Violation{v1::ERROR_REASON_NOT_FOUND, field}));
  }
  EXPECT_EQ(WhyNotFrozen(story, Reached(Id(8))), (Violation{v1::ERROR_REASON_WRONG_STATE, field}));
}

TEST(FreezeSteps, LeavesOutWhatAMentorDraftedAndNobodyMadeTheirs) {
  Story story = WithPlan(1);
  story.Do(Mentor(), NewStep(StepId(1), kGoal));
  EXPECT_THAT(FrozenIds(story, AllOf()), ElementsAre(StepId(0)));
  EXPECT_EQ(WhyNotFrozen(story, OnDays(1, StepId(1))),
            (Violation{v1::ERROR_REASON_WRONG_STATE, "condition.step_ticked.step_id"}));
}

TEST(FreezeSteps, RefusesAGoalWithoutStepsAndMoreThanThereAre) {
  Story story = WithPlan(1);
  EXPECT_EQ(WhyNotFrozen(story, SomeOf(2)),
            (Violation{v1::ERROR_REASON_OUT_OF_RANGE, "condition.some_steps.steps_count"}));
  story.Do(Client(), Delete(StepId(0)));
  EXPECT_EQ(WhyNotFrozen(story, AllOf()),
            (Violation{v1::ERROR_REASON_NO_STEPS, "condition.all_steps.step_ids"}));
  EXPECT_EQ(WhyNotFrozen(story, SomeOf(1)),
            (Violation{v1::ERROR_REASON_NO_STEPS, "condition.some_steps.step_ids"}));
}

TEST(FreezeSteps, IsOfAGoalThatIsThere) {
  Story story = WithPlan(1);
  const Violation not_found{v1::ERROR_REASON_NOT_FOUND, "goal_id"};
  EXPECT_EQ(std::get<Violation>(Freeze(story, AllOf(), Id(99))), not_found);
  EXPECT_EQ(std::get<Violation>(Freeze(story, Achieved(), StepId(0))), not_found);
  story.Do(Client(), Delete(kGoal));
  EXPECT_EQ(std::get<Violation>(Freeze(story, Achieved())), not_found);
}

// ---- Progress

void ExpectProgress(const Story& story, int done, int needed) {
  const v1::OfferProgress progress = ProgressIn(story);
  EXPECT_EQ(progress.done_count(), done);
  EXPECT_EQ(progress.needed_count(), needed);
  EXPECT_EQ(progress.earned(), done == needed);
}

TEST(Progress, OfAllStepsCountsThoseThatWereDoneOnce) {
  Story story = WithPlan(3);
  Promised(story, AllOf());
  ExpectProgress(story, 0, 3);
  story.Do(Client(), Tick(StepId(0), kToday));
  story.Do(Client(), Tick(StepId(0), kToday - days(1)));
  ExpectProgress(story, 1, 3);
  story.Do(Client(), Tick(StepId(1), kToday));
  story.Do(Client(), Tick(StepId(2), kToday - days(3)));
  const Instant last = story.now();
  ExpectProgress(story, 3, 3);
  EXPECT_EQ(ToInstant(ProgressIn(story).earned_at()), last);
  story.Do(Client(), Tick(StepId(1), kToday - days(1)));
  EXPECT_EQ(ToInstant(ProgressIn(story).earned_at()), last);
}

TEST(Progress, OfSomeStepsIsEarnedByTheFirstOfThem) {
  Story story = WithPlan(3);
  Promised(story, SomeOf(2));
  story.Do(Client(), Tick(StepId(2), kToday));
  ExpectProgress(story, 1, 2);
  EXPECT_FALSE(ProgressIn(story).has_earned_at());
  story.Do(Client(), Tick(StepId(0), kToday));
  const Instant second = story.now();
  story.Do(Client(), Tick(StepId(1), kToday));
  ExpectProgress(story, 2, 2);
  EXPECT_EQ(ToInstant(ProgressIn(story).earned_at()), second);
}

TEST(Progress, OfOneStepCountsDays) {
  Story story = WithPlan(2);
  Promised(story, OnDays(3));
  story.Do(Client(), Tick(StepId(0), kToday));
  story.Do(Client(), Tick(StepId(0), kToday - days(2)));
  story.Do(Client(), Tick(StepId(0), kToday - days(2)));
  story.Do(Client(), Tick(StepId(1), kToday - days(4)));
  ExpectProgress(story, 2, 3);
  story.Do(Client(), Tick(StepId(0), kToday - days(6)));
  const Instant third = story.now();
  story.Do(Client(), Tick(StepId(0), kToday - days(7)));
  ExpectProgress(story, 3, 3);
  EXPECT_EQ(ToInstant(ProgressIn(story).earned_at()), third);
}

TEST(Progress, OfAMilestoneOrGoalIsAllOrNothing) {
  Story story = WithPlan(1);
  Promised(story, Reached());
  Promised(story, Achieved(), Id(82));
  ExpectProgress(story, 0, 1);
  v1::Mutation reached = NewMutation();
  reached.mutable_revise_milestone()->set_milestone_id(kMilestone);
  *reached.mutable_revise_milestone()->mutable_milestone()->mutable_reached_on() = ToDate(kToday);
  reached.mutable_revise_milestone()->mutable_update_mask()->add_paths("reached_on");
  story.Do(Client(), reached);
  ExpectProgress(story, 1, 1);
  const Instant reached_at = story.now();
  EXPECT_FALSE(ProgressIn(story, Id(82)).earned());
  EXPECT_FALSE(ProgressIn(story, Id(82)).has_earned_at());
  story.MoveClock(seconds(3600));
  story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_ACHIEVED));
  const Instant achieved_at = story.now();
  story.MoveClock(seconds(3600));
  EXPECT_TRUE(ProgressIn(story, Id(82)).earned());
  EXPECT_EQ(ToInstant(ProgressIn(story, Id(82)).earned_at()), achieved_at);
  EXPECT_EQ(ToInstant(ProgressIn(story).earned_at()), reached_at);
}

TEST(Progress, OfAMilestoneOrGoalFromBeforeItsTimeWasKeptHasNone) {
  Story story = WithPlan(1);
  Promised(story, Reached());
  Promised(story, Achieved(), Id(82));
  v1::Record milestone = story.Get(kMilestone);
  *milestone.mutable_milestone()->mutable_reached_on() = ToDate(kToday);
  v1::Record goal = story.Get(kGoal);
  goal.mutable_goal()->set_state(v1::GOAL_STATE_ACHIEVED);
  story.Put({.records = {milestone, goal}});
  for (const std::string& offer_id : {std::string(kOffer), Id(82)}) {
    EXPECT_TRUE(ProgressIn(story, offer_id).earned());
    EXPECT_FALSE(ProgressIn(story, offer_id).has_earned_at());
  }
}

TEST(Progress, OfAnAchievedGoalStaysWhenItIsParkedOrStopped) {
  Story story = WithPlan(1);
  Promised(story, Achieved());
  story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_PARKED));
  EXPECT_FALSE(ProgressIn(story).earned());
  story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_FORMULATED));
  story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_ACHIEVED));
  story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_PARKED));
  EXPECT_TRUE(ProgressIn(story).earned());
  story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_STOPPED));
  EXPECT_TRUE(ProgressIn(story).earned());
  story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_FORMULATED));
  EXPECT_FALSE(ProgressIn(story).earned());
}

TEST(Progress, CountsOnlyWhatWasDone) {
  Story story = WithPlan(1);
  Promised(story, AllOf());
  for (const auto state : {v1::TICK_STATE_SKIPPED, v1::TICK_STATE_TRIED, v1::TICK_STATE_CLEARED}) {
    story.Do(Client(), Tick(StepId(0), kToday, state));
    ExpectProgress(story, 0, 1);
  }
  story.Do(Client(), Tick(StepId(0), kToday));
  ExpectProgress(story, 1, 1);
  story.Do(Client(), Tick(StepId(0), kToday, v1::TICK_STATE_CLEARED));
  ExpectProgress(story, 0, 1);
}

TEST(Progress, PassesOverWhatIsNoTickOfADay) {
  Story story = WithPlan(1);
  Promised(story, AllOf());
  story.Do(Client(), BeginPause(Id(31), StepId(0), kToday));
  v1::Record nowhere;
  nowhere.set_record_id(Id(32));
  nowhere.mutable_tick()->set_step_id(StepId(0));
  nowhere.mutable_tick()->set_state(v1::TICK_STATE_DONE);
  story.Put({.records = {nowhere}});
  ExpectProgress(story, 0, 1);
}

TEST(Progress, CountsTicksFromBeforeThePromise) {
  Story story = WithPlan(2);
  story.Do(Client(), Tick(StepId(0), kToday - days(5)));
  Promised(story, AllOf());
  ExpectProgress(story, 1, 2);
}

TEST(Progress, CountsWhatWasDoneByTheLastDay) {
  Story story = WithPlan(1);
  Promise promise = PromiseOf(OnDays(1));
  *promise.drafted.mutable_ends_on() = ToDate(kToday);
  Keep(story, PromiseOffer(story.dossier(), promise, Now(story)));
  story.Do(Client(), Tick(StepId(0), kToday + days(1)));
  ExpectProgress(story, 0, 1);
  story.Do(Client(), Tick(StepId(0), kToday));
  ExpectProgress(story, 1, 1);
}

TEST(Progress, OfAMilestoneLooksAtItsDay) {
  Story story = WithPlan(1);
  Promise promise = PromiseOf(Reached());
  *promise.drafted.mutable_ends_on() = ToDate(kToday);
  Keep(story, PromiseOffer(story.dossier(), promise, Now(story)));
  v1::Record milestone = story.Get(kMilestone);
  *milestone.mutable_milestone()->mutable_reached_on() = ToDate(kToday + days(1));
  story.Put({.records = {milestone}});
  EXPECT_FALSE(ProgressIn(story).earned());
  *milestone.mutable_milestone()->mutable_reached_on() = ToDate(kToday);
  story.Put({.records = {milestone}});
  EXPECT_TRUE(ProgressIn(story).earned());
}

TEST(Progress, OfWhatThisVersionDoesNotKnowOrWithoutStepsIsNotEarned) {
  Story story = WithPlan(1);
  Promised(story, AllOf());
  v1::Offer offer = OfferIn(story);
  offer.clear_steps();
  EXPECT_FALSE(Progress(story.dossier(), offer).earned());
  offer = OfferIn(story);
  offer.mutable_condition()->clear_kind();
  EXPECT_EQ(Progress(story.dossier(), offer).SerializeAsString(), v1::OfferProgress().SerializeAsString());
  *offer.mutable_condition() = Reached(Id(99));
  EXPECT_FALSE(Progress(story.dossier(), offer).earned());
  *offer.mutable_condition() = Achieved();
  offer.set_goal_id(Id(99));
  EXPECT_FALSE(Progress(story.dossier(), offer).earned());
}

TEST(Progress, OnADeviceShowsWhatIsNotConfirmedYet) {
  Story story = WithPlan(1);
  Promised(story, AllOf());
  Overlay view(story.dossier());
  const Occasion occasion{.author = Client(), .at = story.now(), .today = kToday};
  view.Put(std::get<Change>(Apply(view, story.templates(), Tick(StepId(0), kToday), occasion)));
  EXPECT_TRUE(Progress(view, OfferIn(story)).earned());
  EXPECT_FALSE(Progress(story.dossier(), OfferIn(story)).earned());
}

// ---- Frozen steps can be ticked

TEST(FrozenStep, CanBeTickedThoughItWasDeleted) {
  Story story = WithPlan(2);
  Promised(story, AllOf({StepId(0)}));
  story.Do(Client(), Delete(StepId(0)));
  story.Do(Client(), Delete(StepId(1)));
  story.Do(Client(), Tick(StepId(0), kToday));
  ExpectProgress(story, 1, 1);
  EXPECT_EQ(story.Refused(Client(), Tick(StepId(1), kToday)),
            (Violation{v1::ERROR_REASON_DELETED, "tick_step.step_id"}));
}

TEST(FrozenStep, CanBeTickedThoughItsGoalWasDeleted) {
  Story story = WithPlan(1);
  Promised(story, OnDays(1));
  story.Do(Client(), Delete(kGoal));
  story.Do(Client(), Tick(StepId(0), kToday));
  ExpectProgress(story, 1, 1);
}

TEST(FrozenStep, KeepsItsDays) {
  Story story = WithPlan(1);
  Promised(story, AllOf());
  story.Do(Client(), Delete(StepId(0)));
  EXPECT_EQ(story.Refused(Client(), Tick(StepId(0), kToday - days(11))),
            (Violation{v1::ERROR_REASON_BEFORE_THE_STEP, "tick_step.date"}));
  EXPECT_EQ(story.Refused(Client(), Tick(StepId(0), kToday + days(2))),
            (Violation{v1::ERROR_REASON_IN_THE_FUTURE, "tick_step.date"}));
  story.Do(Client(), Tick(StepId(0), kToday - days(10)));
  story.Do(Client(), Tick(StepId(0), kToday + days(1)));
}

TEST(FrozenStep, CanBeTickedAsPromisedThoughItBeginsLaterNow) {
  Story story = WithPlan(1);
  const auto begin_later = [] {
    v1::Mutation later = NewMutation();
    later.mutable_revise_step()->set_step_id(StepId(0));
    *later.mutable_revise_step()->mutable_step()->mutable_begins_on() = ToDate(kToday);
    later.mutable_revise_step()->mutable_update_mask()->add_paths("begins_on");
    return later;
  };
  Promised(story, AllOf());
  story.Do(Client(), begin_later());
  story.Do(Client(), Tick(StepId(0), kToday - days(10)));
  EXPECT_EQ(story.Refused(Client(), Tick(StepId(0), kToday - days(11))),
            (Violation{v1::ERROR_REASON_BEFORE_THE_STEP, "tick_step.date"}));
  // Promised again, as it is now: of two promises the earlier day.
  Promised(story, AllOf(), Id(82));
  Promised(story, AllOf(), Id(80));
  EXPECT_EQ(ToDay(FindFrozenStep(story.dossier(), StepId(0))->begins_on()), kToday - days(10));
}

TEST(FrozenStep, IsFrozenForAsLongAsTheOfferIsOpen) {
  for (const auto state : {v1::OFFER_STATE_PROMISED, v1::OFFER_STATE_REQUESTED, v1::OFFER_STATE_ISSUED,
                           v1::OFFER_STATE_LAPSED}) {
    Story story = WithPlan(1);
    Promised(story, AllOf());
    v1::Record offer = story.Get(kOffer);
    offer.mutable_offer()->set_state(state);
    story.Put({.records = {offer}});
    story.Do(Client(), Delete(StepId(0)));
    const auto outcome = story.Try(Client(), Tick(StepId(0), kToday));
    const bool open = state == v1::OFFER_STATE_PROMISED || state == v1::OFFER_STATE_REQUESTED;
    EXPECT_EQ(std::holds_alternative<Change>(outcome), open) << state;
    EXPECT_EQ(IsOpen(offer.offer()), open);
    EXPECT_EQ(FindFrozenStep(story.dossier(), StepId(0)).has_value(), open);
  }
}

// ---- What a promise hangs on stays

TEST(DeleteRecord, LeavesTheGoalOrMilestoneThatAnOpenOfferHangsOn) {
  const Violation promised{v1::ERROR_REASON_PROMISED, "delete_record.record_id"};
  Story story = WithPlan(1);
  story.Do(Client(), NewMilestone(Id(6), kGoal));
  Promised(story, Reached());
  EXPECT_EQ(story.Refused(Client(), Delete(kMilestone)), promised);
  EXPECT_EQ(story.Refused(Client(), Delete(kGoal)), promised);
  story.Do(Client(), Delete(Id(6)));
  story.Do(Client(), Delete(kOtherGoal));
  Keep(story, LapseOffer(story.dossier(), kOffer, v1::LAPSE_REASON_CLIENT, Now(story)));
  Promised(story, Achieved(), Id(82));
  story.Do(Client(), Delete(kMilestone));
  EXPECT_EQ(story.Refused(Client(), Delete(kGoal)), promised);
  EXPECT_EQ(story.Refused(Mentor(), Delete(kGoal)).reason, v1::ERROR_REASON_NOT_YOURS);
  Keep(story, LapseOffer(story.dossier(), Id(82), v1::LAPSE_REASON_CLIENT, Now(story)));
  story.Do(Client(), Delete(kGoal));
}

TEST(DeleteRecord, TakesGoalsWhoseOffersHangOnSteps) {
  Story story = WithPlan(1);
  Promised(story, AllOf());
  story.Do(Client(), Delete(kMilestone));
  story.Do(Client(), Delete(kGoal));
}

}  // namespace
}  // namespace brug::rules
