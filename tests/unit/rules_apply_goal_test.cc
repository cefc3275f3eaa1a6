#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "proto/rules/apply.h"
#include "proto/rules/limits.h"
#include "tests/support/dossier_story.h"

// Goals, milestones, steps, pauses, assessments and the profile.
namespace brug::rules {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kGoal = Id(1);
const std::string kStep = Id(11);
const std::string kMilestone = Id(21);

// A goal with one step, said to be the plan.
Story WithPlan() {
  Story story;
  story.Do(Client(), NewGoal(kGoal));
  story.Do(Client(), NewStep(kStep, kGoal));
  story.Do(Client(), Formulate(kGoal));
  return story;
}

TEST(Goal, BeginsAsADraftOfTheOneWhoMadeIt) {
  Story story;
  story.Do(Client(), NewGoal(kGoal));
  const v1::Record record = story.Get(kGoal);
  EXPECT_EQ(record.goal().state(), v1::GOAL_STATE_DRAFT);
  EXPECT_FALSE(record.goal().drafted_by_mentor());
  EXPECT_EQ(record.created_by().person_id(), Client().person_id());
  EXPECT_EQ(ToInstant(record.created_at()), story.now());
  EXPECT_EQ(record.revision(), story.revision());
}

TEST(Goal, IsForADomainThatTheBridgeHas) {
  Story story;
  v1::Mutation mutation = NewGoal(kGoal);
  mutation.mutable_create_goal()->mutable_goal()->set_domain_id("astronomy");
  EXPECT_EQ(story.Refused(Client(), mutation),
            (Violation{v1::ERROR_REASON_NOT_ON_THE_BRIDGE, "create_goal.goal.domain_id"}));
  story.Do(Client(), NewGoal(kGoal));
  v1::Mutation revise = NewMutation();
  revise.mutable_revise_goal()->set_goal_id(kGoal);
  revise.mutable_revise_goal()->mutable_goal()->set_domain_id("astronomy");
  revise.mutable_revise_goal()->mutable_update_mask()->add_paths("domain_id");
  EXPECT_EQ(story.Refused(Client(), revise),
            (Violation{v1::ERROR_REASON_NOT_ON_THE_BRIDGE, "revise_goal.goal.domain_id"}));
}

TEST(Goal, OfAnotherDossierIsNotFound) {
  Story story;
  EXPECT_EQ(story.Refused(Client(), RetitleGoal(kGoal, "x")),
            (Violation{v1::ERROR_REASON_NOT_FOUND, "revise_goal.goal_id"}));
  story.Do(Client(), Say(Id(5)));
  EXPECT_EQ(story.Refused(Client(), RetitleGoal(Id(5), "x")).reason, v1::ERROR_REASON_NOT_FOUND);
}

TEST(Goal, ListsHaveAnEnd) {
  Story story;
  for (std::size_t i = 0; i < kGoalsMax; ++i) story.Do(Client(), NewGoal(Id(1000 + static_cast<int>(i))));
  EXPECT_EQ(story.Refused(Client(), NewGoal(kGoal)),
            (Violation{v1::ERROR_REASON_TOO_MANY, "create_goal.goal"}));
  story.Do(Client(), Delete(Id(1000)));
  story.Do(Client(), NewGoal(kGoal));

  for (std::size_t i = 0; i < kStepsPerGoalMax; ++i) {
    story.Do(Client(), NewStep(Id(2000 + static_cast<int>(i)), kGoal));
  }
  EXPECT_EQ(story.Refused(Client(), NewStep(kStep, kGoal)),
            (Violation{v1::ERROR_REASON_TOO_MANY, "create_step.step"}));
  for (std::size_t i = 0; i < kMilestonesPerGoalMax; ++i) {
    story.Do(Client(), NewMilestone(Id(3000 + static_cast<int>(i)), kGoal));
  }
  EXPECT_EQ(story.Refused(Client(), NewMilestone(kMilestone, kGoal)),
            (Violation{v1::ERROR_REASON_TOO_MANY, "create_milestone.milestone"}));
}

TEST(Formulate, NeedsAStepThatIsThere) {
  Story story;
  story.Do(Client(), NewGoal(kGoal));
  const Violation no_steps{v1::ERROR_REASON_NO_STEPS, "formulate_plan.goal_id"};
  EXPECT_EQ(story.Refused(Client(), Formulate(kGoal)), no_steps);
  story.Do(Client(), NewMilestone(kMilestone, kGoal));
  EXPECT_EQ(story.Refused(Client(), Formulate(kGoal)), no_steps);
  story.Do(Client(), NewStep(kStep, kGoal));
  story.Do(Client(), Delete(kStep));
  EXPECT_EQ(story.Refused(Client(), Formulate(kGoal)), no_steps);
  story.Do(Client(), NewStep(Id(12), kGoal));
  story.Do(Client(), Formulate(kGoal));
  EXPECT_EQ(story.Get(kGoal).goal().state(), v1::GOAL_STATE_FORMULATED);
}

TEST(Formulate, StampsTheRevisionOfTheFirstTimeAlone) {
  Story story = WithPlan();
  const std::int64_t first = story.revision();
  EXPECT_EQ(story.Get(kGoal).goal().formulated_revision(), first);
  story.Do(Mentor(), NewStep(Id(12), kGoal));
  EXPECT_TRUE(story.Get(Id(12)).step().drafted_by_mentor());
  const Change again = story.Do(Client(), Formulate(kGoal));
  EXPECT_EQ(story.Get(kGoal).goal().formulated_revision(), first);
  EXPECT_FALSE(story.Get(Id(12)).step().drafted_by_mentor());
  // What was the client's own already is not touched.
  EXPECT_THAT(again.records, SizeIs(2));
}

TEST(Formulate, StampsNothingOnADeviceWhereItIsNotConfirmed) {
  Story story;
  story.Do(Client(), NewGoal(kGoal));
  story.Do(Client(), NewStep(kStep, kGoal));
  Occasion occasion = story.OccasionFor(Client());
  occasion.revision = 0;
  const auto outcome = Apply(story.dossier(), story.templates(), Formulate(kGoal), occasion);
  const v1::Record& goal = std::get<Change>(outcome).records.at(0);
  EXPECT_EQ(goal.goal().state(), v1::GOAL_STATE_FORMULATED);
  EXPECT_EQ(goal.goal().formulated_revision(), 0);
}

// From which state where, and to what it leads; UNSPECIFIED is WRONG_STATE.
struct Way {
  v1::GoalState from;
  v1::GoalState said;
  v1::GoalState to;
};

// Brings the goal of WithPlan() or a mere draft to a state.
void BringTo(Story& story, v1::GoalState state) {
  if (state == v1::GOAL_STATE_DRAFT) return;
  story.Do(Client(), NewStep(kStep, kGoal));
  story.Do(Client(), Formulate(kGoal));
  if (state != v1::GOAL_STATE_FORMULATED) story.Do(Client(), GoalTo(kGoal, state));
}

TEST(GoalState, HasTheseWaysAndNoOthers) {
  constexpr auto kNone = v1::GOAL_STATE_UNSPECIFIED;
  constexpr auto kDraft = v1::GOAL_STATE_DRAFT;
  constexpr auto kFormulated = v1::GOAL_STATE_FORMULATED;
  constexpr auto kAchieved = v1::GOAL_STATE_ACHIEVED;
  constexpr auto kParked = v1::GOAL_STATE_PARKED;
  constexpr auto kStopped = v1::GOAL_STATE_STOPPED;
  const std::vector<Way> ways = {{kDraft, kDraft, kDraft},
                                 {kDraft, kFormulated, kNone},
                                 {kDraft, kAchieved, kNone},
                                 {kDraft, kParked, kParked},
                                 {kDraft, kStopped, kStopped},
                                 {kFormulated, kDraft, kNone},
                                 {kFormulated, kFormulated, kFormulated},
                                 {kFormulated, kAchieved, kAchieved},
                                 {kFormulated, kParked, kParked},
                                 {kFormulated, kStopped, kStopped},
                                 {kAchieved, kDraft, kFormulated},
                                 {kAchieved, kFormulated, kFormulated},
                                 {kAchieved, kAchieved, kAchieved},
                                 {kAchieved, kParked, kParked},
                                 {kAchieved, kStopped, kStopped},
                                 {kParked, kDraft, kFormulated},
                                 {kParked, kFormulated, kFormulated},
                                 {kParked, kAchieved, kNone},
                                 {kParked, kParked, kParked},
                                 {kParked, kStopped, kStopped},
                                 {kStopped, kDraft, kFormulated},
                                 {kStopped, kFormulated, kFormulated},
                                 {kStopped, kAchieved, kNone},
                                 {kStopped, kParked, kNone},
                                 {kStopped, kStopped, kStopped}};
  ASSERT_THAT(ways, SizeIs(25));
  for (const Way& way : ways) {
    Story story;
    story.Do(Client(), NewGoal(kGoal));
    BringTo(story, way.from);
    ASSERT_EQ(story.Get(kGoal).goal().state(), way.from);
    const std::string what = v1::GoalState_Name(way.from) + " -> " + v1::GoalState_Name(way.said);
    if (way.to == kNone) {
      EXPECT_EQ(story.Refused(Client(), GoalTo(kGoal, way.said)),
                (Violation{v1::ERROR_REASON_WRONG_STATE, "change_goal_state.state"}))
          << what;
    } else {
      story.Do(Client(), GoalTo(kGoal, way.said));
      EXPECT_EQ(story.Get(kGoal).goal().state(), way.to) << what;
    }
  }
}

TEST(GoalState, GoesBackToWhatItWas) {
  Story story;
  story.Do(Client(), NewGoal(kGoal));
  for (const v1::GoalState rest : {v1::GOAL_STATE_PARKED, v1::GOAL_STATE_STOPPED}) {
    story.Do(Client(), GoalTo(kGoal, rest));
    EXPECT_EQ(story.Get(kGoal).goal().state_before_parking(), v1::GOAL_STATE_DRAFT);
    // A goal that never was a plan does not become one by resting: the gate of rewards hangs on that.
    story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_FORMULATED));
    EXPECT_EQ(story.Get(kGoal).goal().state(), v1::GOAL_STATE_DRAFT);
    EXPECT_EQ(story.Get(kGoal).goal().state_before_parking(), v1::GOAL_STATE_UNSPECIFIED);
  }
  story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_PARKED));
  story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_STOPPED));
  story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_DRAFT));
  EXPECT_EQ(story.Get(kGoal).goal().state(), v1::GOAL_STATE_DRAFT);
}

TEST(GoalState, AnAchievedGoalThatWasParkedIsAchievedAgain) {
  Story story = WithPlan();
  story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_ACHIEVED));
  story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_PARKED));
  story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_FORMULATED));
  EXPECT_EQ(story.Get(kGoal).goal().state(), v1::GOAL_STATE_ACHIEVED);
}

TEST(GoalState, SaysWhenItWasAchievedForAsLongAsItIs) {
  Story story = WithPlan();
  EXPECT_FALSE(story.Get(kGoal).goal().has_achieved_at());
  story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_ACHIEVED));
  const Instant achieved_at = story.now();
  story.MoveClock(std::chrono::seconds(3600));
  for (const v1::GoalState state :
       {v1::GOAL_STATE_PARKED, v1::GOAL_STATE_FORMULATED, v1::GOAL_STATE_PARKED, v1::GOAL_STATE_STOPPED}) {
    story.Do(Client(), GoalTo(kGoal, state));
    EXPECT_EQ(ToInstant(story.Get(kGoal).goal().achieved_at()), achieved_at) << state;
  }
  story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_FORMULATED));
  EXPECT_FALSE(story.Get(kGoal).goal().has_achieved_at()) << "taken up again";
  story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_ACHIEVED));
  EXPECT_EQ(ToInstant(story.Get(kGoal).goal().achieved_at()), story.now());
}

TEST(Milestone, SaysWhenItsDayWasFirstWritten) {
  const auto reached = [](const std::optional<Day>& day) {
    v1::Mutation mutation = NewMutation();
    v1::ReviseMilestone& intent = *mutation.mutable_revise_milestone();
    intent.set_milestone_id(kMilestone);
    intent.mutable_update_mask()->add_paths("reached_on");
    if (day) *intent.mutable_milestone()->mutable_reached_on() = ToDate(*day);
    return mutation;
  };
  Story story = WithPlan();
  story.Do(Client(), NewMilestone(kMilestone, kGoal));
  EXPECT_FALSE(story.Get(kMilestone).milestone().has_reached_at());
  story.Do(Client(), reached(kToday));
  const Instant reached_at = story.now();
  story.MoveClock(std::chrono::seconds(3600));
  story.Do(Client(), reached(kToday - std::chrono::days(2)));
  EXPECT_EQ(ToInstant(story.Get(kMilestone).milestone().reached_at()), reached_at);
  story.Do(Client(), reached(std::nullopt));
  EXPECT_FALSE(story.Get(kMilestone).milestone().has_reached_at());
}

TEST(GoalState, IsNotFormulatedWhileItRestsOrHasEnded) {
  for (const v1::GoalState state : {v1::GOAL_STATE_PARKED, v1::GOAL_STATE_STOPPED, v1::GOAL_STATE_ACHIEVED}) {
    Story story = WithPlan();
    story.Do(Client(), GoalTo(kGoal, state));
    EXPECT_EQ(story.Refused(Client(), Formulate(kGoal)),
              (Violation{v1::ERROR_REASON_WRONG_STATE, "formulate_plan.goal_id"}));
  }
}

TEST(GoalState, SaidTwiceChangesNothing) {
  Story story = WithPlan();
  story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_PARKED));
  EXPECT_THAT(story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_PARKED)).records, IsEmpty());
  EXPECT_EQ(story.Get(kGoal).goal().state_before_parking(), v1::GOAL_STATE_FORMULATED);
}

TEST(Step, StandsUnderAGoalAndAMilestoneOfThatGoal) {
  Story story;
  EXPECT_EQ(story.Refused(Client(), NewStep(kStep, kGoal)),
            (Violation{v1::ERROR_REASON_NOT_FOUND, "create_step.step.goal_id"}));
  EXPECT_EQ(story.Refused(Client(), NewMilestone(kMilestone, kGoal)),
            (Violation{v1::ERROR_REASON_NOT_FOUND, "create_milestone.milestone.goal_id"}));
  story.Do(Client(), NewGoal(kGoal));
  story.Do(Client(), NewGoal(Id(2)));
  story.Do(Client(), NewMilestone(kMilestone, Id(2)));
  v1::Mutation mutation = NewStep(kStep, kGoal);
  mutation.mutable_create_step()->mutable_step()->set_milestone_id(kMilestone);
  EXPECT_EQ(story.Refused(Client(), mutation),
            (Violation{v1::ERROR_REASON_NOT_FOUND, "create_step.step.milestone_id"}));
  story.Do(Client(), NewStep(kStep, kGoal));
  v1::Mutation revise = NewMutation();
  revise.mutable_revise_step()->set_step_id(kStep);
  revise.mutable_revise_step()->mutable_step()->set_milestone_id(kMilestone);
  revise.mutable_revise_step()->mutable_update_mask()->add_paths("milestone_id");
  EXPECT_EQ(story.Refused(Client(), revise),
            (Violation{v1::ERROR_REASON_NOT_FOUND, "revise_step.step.milestone_id"}));
}

TEST(Step, FieldsAreRevisedAndTakenAway) {
  Story story = WithPlan();
  v1::Mutation mutation = NewMutation();
  mutation.mutable_revise_step()->set_step_id(kStep);
  v1::Step& step = *mutation.mutable_revise_step()->mutable_step();
  step.set_confidence(0);
  step.mutable_if_then()->set_obstacle("I am tired");
  step.mutable_reminder()->set_hour(9);
  for (const char* field : {"confidence", "if_then", "reminder"}) {
    mutation.mutable_revise_step()->mutable_update_mask()->add_paths(field);
  }
  story.Do(Client(), mutation);
  EXPECT_TRUE(story.Get(kStep).step().has_confidence());
  EXPECT_EQ(story.Get(kStep).step().if_then().obstacle(), "I am tired");
  mutation.mutable_revise_step()->clear_step();
  mutation.clear_base();
  const Change change = story.Do(Client(), mutation);
  EXPECT_FALSE(story.Get(kStep).step().has_confidence());
  EXPECT_FALSE(story.Get(kStep).step().has_if_then());
  EXPECT_FALSE(story.Get(kStep).step().has_reminder());
  ASSERT_THAT(change.overwritten, SizeIs(1));
  EXPECT_EQ(change.overwritten[0].step().if_then().obstacle(), "I am tired");
}

TEST(Milestone, IsRevised) {
  Story story;
  story.Do(Client(), NewGoal(kGoal));
  story.Do(Client(), NewMilestone(kMilestone, kGoal));
  v1::Mutation mutation = NewMutation();
  mutation.mutable_revise_milestone()->set_milestone_id(kMilestone);
  *mutation.mutable_revise_milestone()->mutable_milestone()->mutable_reached_on() = ToDate(kToday);
  mutation.mutable_revise_milestone()->mutable_update_mask()->add_paths("reached_on");
  EXPECT_EQ(story.Refused(Mentor(), mutation),
            (Violation{v1::ERROR_REASON_NOT_YOURS, "revise_milestone.milestone.reached_on"}));
  story.Do(Client(), mutation);
  EXPECT_EQ(ToDay(story.Get(kMilestone).milestone().reached_on()), kToday);
}

TEST(Milestone, IsNotReachedOnADayThatHasNotCome) {
  Story story;
  story.Do(Client(), NewGoal(kGoal));
  v1::Mutation create = NewMilestone(kMilestone, kGoal);
  *create.mutable_create_milestone()->mutable_milestone()->mutable_reached_on() =
      ToDate(kToday + std::chrono::days(2));
  EXPECT_EQ(story.Refused(Client(), create),
            (Violation{v1::ERROR_REASON_IN_THE_FUTURE, "create_milestone.milestone.reached_on"}));
  story.Do(Client(), NewMilestone(kMilestone, kGoal));
  v1::Mutation revise = NewMutation();
  revise.mutable_revise_milestone()->set_milestone_id(kMilestone);
  *revise.mutable_revise_milestone()->mutable_milestone()->mutable_reached_on() =
      ToDate(kToday + std::chrono::days(2));
  revise.mutable_revise_milestone()->mutable_update_mask()->add_paths("reached_on");
  EXPECT_EQ(story.Refused(Client(), revise),
            (Violation{v1::ERROR_REASON_IN_THE_FUTURE, "revise_milestone.milestone.reached_on"}));
  *revise.mutable_revise_milestone()->mutable_milestone()->mutable_reached_on() =
      ToDate(kToday + std::chrono::days(1));
  story.Do(Client(), revise);
}

TEST(Pause, IsOfAStepThatIsThereOrOfAll) {
  Story story = WithPlan();
  story.Do(Client(), BeginPause(Id(31), kStep, kToday));
  story.Do(Client(), BeginPause(Id(32), "", kToday));
  EXPECT_EQ(ParentOf(story.Get(Id(31))), kStep);
  EXPECT_EQ(ParentOf(story.Get(Id(32))), kPauses);
  EXPECT_EQ(story.Refused(Client(), BeginPause(Id(33), Id(98), kToday)),
            (Violation{v1::ERROR_REASON_NOT_FOUND, "begin_pause.pause.step_id"}));
  story.Do(Client(), Delete(kStep));
  EXPECT_EQ(story.Refused(Client(), BeginPause(Id(33), kStep, kToday)).reason, v1::ERROR_REASON_DELETED);
}

TEST(Pause, EndsEarlierOrLaterThanItSaid) {
  Story story;
  const auto end = [](Day until) {
    v1::Mutation mutation = NewMutation();
    mutation.mutable_end_pause()->set_pause_id(Id(31));
    *mutation.mutable_end_pause()->mutable_until() = ToDate(until);
    return mutation;
  };
  EXPECT_EQ(story.Refused(Client(), end(kToday)),
            (Violation{v1::ERROR_REASON_NOT_FOUND, "end_pause.pause_id"}));
  story.Do(Client(), BeginPause(Id(31), "", kToday));
  for (const Day until :
       {kToday + std::chrono::days(3), kToday + std::chrono::days(9), kToday - std::chrono::days(1)}) {
    story.Do(Client(), end(until));
    EXPECT_EQ(ToDay(story.Get(Id(31)).pause().until()), until);
  }
}

TEST(Assessment, StaysAsItWasHandedIn) {
  Story story;
  const v1::Mutation mutation = Assess(Id(41));
  story.Do(Client(), mutation);
  EXPECT_EQ(story.Get(Id(41)).assessment().SerializeAsString(),
            mutation.hand_in_assessment().assessment().SerializeAsString());
}

TEST(Assessment, IsOnTheBridge) {
  Story story;
  const auto with = [&](const std::function<void(v1::Assessment&)>& spoil) {
    v1::Mutation mutation = Assess(Id(41));
    spoil(*mutation.mutable_hand_in_assessment()->mutable_assessment());
    return story.Refused(Client(), mutation);
  };
  const auto not_on_the_bridge = [](const std::string& field) {
    return Violation{v1::ERROR_REASON_NOT_ON_THE_BRIDGE, "hand_in_assessment.assessment." + field};
  };
  EXPECT_EQ(with([](auto& a) { a.set_template_id("other"); }), not_on_the_bridge("template_id"));
  EXPECT_EQ(with([](auto& a) { a.set_template_version(2); }), not_on_the_bridge("template_id"));
  EXPECT_EQ(with([](auto& a) { a.mutable_answers(0)->set_domain_id("astronomy"); }),
            not_on_the_bridge("answers[0].domain_id"));
  EXPECT_EQ(with([](auto& a) { a.mutable_aims(0)->set_domain_id("astronomy"); }),
            not_on_the_bridge("aims[0].domain_id"));
  EXPECT_EQ(with([](auto& a) { a.set_most_urgent_domain_id("astronomy"); }),
            not_on_the_bridge("most_urgent_domain_id"));
}

TEST(Assessment, IsNotOfADayThatHasNotCome) {
  Story story;
  v1::Mutation mutation = Assess(Id(41));
  v1::Assessment& assessment = *mutation.mutable_hand_in_assessment()->mutable_assessment();
  *assessment.mutable_date() = ToDate(kToday + std::chrono::days(2));
  EXPECT_EQ(story.Refused(Client(), mutation),
            (Violation{v1::ERROR_REASON_IN_THE_FUTURE, "hand_in_assessment.assessment.date"}));
  *assessment.mutable_date() = ToDate(kToday + std::chrono::days(1));
  story.Do(Client(), mutation);
}

TEST(Assessment, HasAMentorsViewBesideIt) {
  Story story;
  v1::Mutation mutation = NewMutation();
  mutation.mutable_add_assessment_view()->set_view_id(Id(42));
  v1::AssessmentView& view = *mutation.mutable_add_assessment_view()->mutable_view();
  view.set_assessment_id(Id(41));
  view.set_words("I see it a little brighter.");
  EXPECT_EQ(story.Refused(Mentor(), mutation),
            (Violation{v1::ERROR_REASON_NOT_FOUND, "add_assessment_view.view.assessment_id"}));
  story.Do(Client(), Assess(Id(41)));
  view.add_answers()->set_domain_id("astronomy");
  EXPECT_EQ(story.Refused(Mentor(), mutation),
            (Violation{v1::ERROR_REASON_NOT_ON_THE_BRIDGE, "add_assessment_view.view.answers[0].domain_id"}));
  view.mutable_answers(0)->set_domain_id("housing");
  story.Do(Mentor(), mutation);
  EXPECT_EQ(ParentOf(story.Get(Id(42))), Id(41));
  EXPECT_EQ(story.Get(Id(41)).revision(), story.revision() - 1);
}

TEST(Profile, TakesATimeZoneThatIsKnown) {
  Story story;
  const auto move_to = [](const char* zone) {
    v1::Mutation mutation = NewMutation();
    mutation.mutable_revise_profile()->mutable_profile()->set_time_zone(zone);
    mutation.mutable_revise_profile()->mutable_update_mask()->add_paths("time_zone");
    return mutation;
  };
  EXPECT_EQ(story.Refused(Client(), move_to("Europe/Atlantis")),
            (Violation{v1::ERROR_REASON_UNKNOWN_NAME, "revise_profile.profile.time_zone"}));
  story.Do(Client(), move_to("UTC"));
  EXPECT_EQ(story.Get(kProfileId).profile().time_zone(), "UTC");
  EXPECT_EQ(story.Get(kProfileId).profile().client_person_id(), Client().person_id());
}

TEST(Profile, TakesNoTimeZoneWhereNoneCanBeLookedUp) {
  const Story story;
  v1::Mutation mutation = NewMutation();
  mutation.mutable_revise_profile()->mutable_profile()->set_time_zone("UTC");
  mutation.mutable_revise_profile()->mutable_update_mask()->add_paths("time_zone");
  Occasion occasion = story.OccasionFor(Client());
  occasion.zones = nullptr;
  EXPECT_EQ(std::get<Violation>(Apply(story.dossier(), story.templates(), mutation, occasion)).reason,
            v1::ERROR_REASON_UNKNOWN_NAME);
}

TEST(Profile, IsNotMadeByRevisingIt) {
  const Story story;
  v1::Mutation mutation = NewMutation();
  mutation.mutable_revise_profile()->mutable_profile()->set_display_name("Noor");
  mutation.mutable_revise_profile()->mutable_update_mask()->add_paths("display_name");
  const auto outcome = Apply(MemoryDossier(), story.templates(), mutation, story.OccasionFor(Client()));
  EXPECT_EQ(std::get<Violation>(outcome), (Violation{v1::ERROR_REASON_NOT_FOUND, "revise_profile.profile"}));
}

TEST(Goal, IsRevisedToADomainThatTheBridgeHas) {
  Story story;
  story.Do(Client(), NewGoal(kGoal));
  v1::Mutation mutation = NewMutation();
  mutation.mutable_revise_goal()->set_goal_id(kGoal);
  mutation.mutable_revise_goal()->mutable_goal()->set_domain_id("health");
  mutation.mutable_revise_goal()->mutable_update_mask()->add_paths("domain_id");
  story.Do(Client(), mutation);
  EXPECT_EQ(story.Get(kGoal).goal().domain_id(), "health");
}

// An organisation whose templates are gone.
class NoBridge : public TemplateReader {
 public:
  [[nodiscard]] const v1::BridgeTemplate* FindTemplate(std::string_view, int) const override {
    return nullptr;
  }
  [[nodiscard]] bool HasDomain(std::string_view) const override { return false; }
};

TEST(Assessment, WithoutItsTemplateHasNoViewPutBesideIt) {
  Story story;
  story.Do(Client(), Assess(Id(41)));
  v1::Mutation mutation = NewMutation();
  mutation.mutable_add_assessment_view()->set_view_id(Id(42));
  mutation.mutable_add_assessment_view()->mutable_view()->set_assessment_id(Id(41));
  EXPECT_EQ(std::get<Violation>(Apply(story.dossier(), NoBridge(), mutation, story.OccasionFor(Mentor()))),
            (Violation{v1::ERROR_REASON_NOT_ON_THE_BRIDGE, "add_assessment_view.view.assessment_id"}));
}

TEST(Assessment, NeedNotSayWhatIsMostUrgent) {
  Story story;
  v1::Mutation mutation = Assess(Id(41));
  mutation.mutable_hand_in_assessment()->mutable_assessment()->clear_most_urgent_domain_id();
  mutation.mutable_hand_in_assessment()->mutable_assessment()->clear_answers();
  mutation.mutable_hand_in_assessment()->mutable_assessment()->clear_aims();
  story.Do(Client(), mutation);
}

}  // namespace
}  // namespace brug::rules
