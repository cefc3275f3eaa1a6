#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/rules/apply.h"
#include "tests/support/dossier_story.h"

// The conflict table of document "sync", row by row.
namespace brug::rules {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kGoal = Id(1);
const std::string kOtherGoal = Id(2);
const std::string kStep = Id(11);
const std::string kSecondStep = Id(12);
const std::string kMilestone = Id(21);

v1::Mutation ReplyWithin(int hours) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_revise_profile()->mutable_profile()->set_reply_within_hours(hours);
  mutation.mutable_revise_profile()->mutable_update_mask()->add_paths("reply_within_hours");
  return mutation;
}

v1::Mutation Named(const std::string& name) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_revise_profile()->mutable_profile()->set_display_name(name);
  mutation.mutable_revise_profile()->mutable_update_mask()->add_paths("display_name");
  return mutation;
}

v1::Mutation Rewrite(const std::string& goal_id, const std::string& title, const std::string& why) {
  v1::Mutation mutation = RetitleGoal(goal_id, title);
  mutation.mutable_revise_goal()->mutable_goal()->set_why(why);
  mutation.mutable_revise_goal()->mutable_update_mask()->add_paths("why");
  return mutation;
}

// Text and field edits: who owns the words.

TEST(WhoseWords, AMentorCannotChangeTheClientsOwn) {
  Story story;
  story.Do(Client(), NewGoal(kGoal, "My own words"));
  EXPECT_EQ(story.Refused(Mentor(), RetitleGoal(kGoal, "Better words")),
            (Violation{v1::ERROR_REASON_NOT_YOURS, "revise_goal.goal.title"}));
  EXPECT_EQ(story.Get(kGoal).goal().title(), "My own words");
}

TEST(WhoseWords, AMentorsDraftIsMarkedAndTheMentorMayReviseIt) {
  Story story;
  story.Do(Mentor(), NewGoal(kGoal, "Drafted"));
  EXPECT_TRUE(story.Get(kGoal).goal().drafted_by_mentor());
  story.Do(Mentor(), RetitleGoal(kGoal, "Drafted again"));
  EXPECT_EQ(story.Get(kGoal).goal().title(), "Drafted again");
  EXPECT_TRUE(story.Get(kGoal).goal().drafted_by_mentor());
}

TEST(WhoseWords, AMentorRanksNoGoalNotEvenADraft) {
  Story story;
  story.Do(Mentor(), NewGoal(kGoal));
  v1::Mutation mutation = NewMutation();
  mutation.mutable_revise_goal()->set_goal_id(kGoal);
  mutation.mutable_revise_goal()->mutable_goal()->set_rank("a00000002");
  mutation.mutable_revise_goal()->mutable_update_mask()->add_paths("rank");
  EXPECT_EQ(story.Refused(Mentor(), mutation),
            (Violation{v1::ERROR_REASON_NOT_YOURS, "revise_goal.goal.rank"}));
  story.Do(Client(), mutation);
  EXPECT_EQ(story.Get(kGoal).goal().rank(), "a00000002");
}

TEST(WhoseWords, WhatTheClientRevisesBecomesTheClientsOwn) {
  Story story;
  story.Do(Mentor(), NewGoal(kGoal, "Drafted"));
  const std::int64_t seen = story.revision();
  story.Do(Client(), RetitleGoal(kGoal, "Mine"));
  EXPECT_FALSE(story.Get(kGoal).goal().drafted_by_mentor());
  // Ownership is checked as it is now: that the mentor wrote while it was still a draft does not matter.
  EXPECT_EQ(story.Refused(Mentor(), Seen(seen, RetitleGoal(kGoal, "Drafted again"))).reason,
            v1::ERROR_REASON_NOT_YOURS);
}

TEST(WhoseWords, FormulatingMakesGoalMilestonesAndStepsTheClientsOwn) {
  Story story;
  story.Do(Mentor(), NewGoal(kGoal));
  story.Do(Mentor(), NewMilestone(kMilestone, kGoal));
  story.Do(Mentor(), NewStep(kStep, kGoal));
  story.Do(Client(), Formulate(kGoal));
  EXPECT_FALSE(story.Get(kGoal).goal().drafted_by_mentor());
  EXPECT_FALSE(story.Get(kMilestone).milestone().drafted_by_mentor());
  EXPECT_FALSE(story.Get(kStep).step().drafted_by_mentor());
  EXPECT_EQ(story.Refused(Mentor(), RetitleStep(kStep, "x")).reason, v1::ERROR_REASON_NOT_YOURS);
}

TEST(WhoseWords, OfTheProfileAMentorWritesTheReplyTimeAlone) {
  Story story;
  story.Do(Mentor(), ReplyWithin(24));
  EXPECT_EQ(story.Get(kProfileId).profile().reply_within_hours(), 24);
  EXPECT_EQ(story.Refused(Mentor(), Named("N.")),
            (Violation{v1::ERROR_REASON_NOT_YOURS, "revise_profile.profile.display_name"}));
  story.Do(Client(), Named("Noortje"));
  EXPECT_EQ(story.Get(kProfileId).profile().display_name(), "Noortje");
}

// Text and field edits: two at once.

TEST(TwoEdits, AreDecidedFieldByField) {
  Story story;
  story.Do(Mentor(), NewGoal(kGoal, "Drafted"));
  const std::int64_t seen = story.revision();
  v1::Mutation why = NewMutation();
  why.mutable_revise_goal()->set_goal_id(kGoal);
  why.mutable_revise_goal()->mutable_goal()->set_why("Because the client said so");
  why.mutable_revise_goal()->mutable_update_mask()->add_paths("why");
  story.Do(Mentor(), Seen(seen, why));
  const Change change = story.Do(OtherMentor(), Seen(seen, RetitleGoal(kGoal, "Drafted anew")));
  EXPECT_EQ(story.Get(kGoal).goal().title(), "Drafted anew");
  EXPECT_EQ(story.Get(kGoal).goal().why(), "Because the client said so");
  ASSERT_THAT(change.overwritten, SizeIs(1));
  EXPECT_EQ(change.overwritten[0].goal().title(), "Drafted");
}

TEST(TwoEdits, TheClientWinsOverAMentorWhoArrivedFirst) {
  Story story;
  const std::int64_t seen = story.revision();
  story.Do(Mentor(), Seen(seen, ReplyWithin(48)));
  const Change change = story.Do(Client(), Seen(seen, ReplyWithin(24)));
  EXPECT_EQ(story.Get(kProfileId).profile().reply_within_hours(), 24);
  ASSERT_THAT(change.overwritten, SizeIs(1));
  EXPECT_EQ(change.overwritten[0].profile().reply_within_hours(), 48);
}

TEST(TwoEdits, TheClientWinsOverAMentorWhoArrivesLater) {
  Story story;
  const std::int64_t seen = story.revision();
  story.Do(Client(), Seen(seen, ReplyWithin(24)));
  const Change change = story.Do(Mentor(), Seen(seen, ReplyWithin(48)));
  EXPECT_EQ(story.Get(kProfileId).profile().reply_within_hours(), 24);
  EXPECT_THAT(change.records, IsEmpty());
  ASSERT_THAT(change.overwritten, SizeIs(1));
  EXPECT_EQ(change.overwritten[0].profile().reply_within_hours(), 48);
  EXPECT_EQ(change.overwritten[0].profile().display_name(), "");
  EXPECT_EQ(change.overwritten[0].created_by().person_id(), Mentor().person_id());
}

TEST(TwoEdits, AMentorWhoSawWhatTheClientWroteMayWriteAnew) {
  Story story;
  story.Do(Client(), ReplyWithin(24));
  story.Do(Mentor(), ReplyWithin(48));
  EXPECT_EQ(story.Get(kProfileId).profile().reply_within_hours(), 48);
}

TEST(TwoEdits, OfTwoMentorsTheLaterArrivalWins) {
  Story story;
  const std::int64_t seen = story.revision();
  story.Do(Mentor(), Seen(seen, ReplyWithin(48)));
  const Change change = story.Do(OtherMentor(), Seen(seen, ReplyWithin(72)));
  EXPECT_EQ(story.Get(kProfileId).profile().reply_within_hours(), 72);
  ASSERT_THAT(change.overwritten, SizeIs(1));
  EXPECT_EQ(change.overwritten[0].profile().reply_within_hours(), 48);
}

TEST(TwoEdits, OfOneAuthorNeverConflict) {
  Story story;
  story.Do(Client(), NewGoal(kGoal, "First"));
  const std::int64_t seen = story.revision();
  story.Do(Client(), Seen(seen, RetitleGoal(kGoal, "From the phone")));
  story.Do(Client(), Seen(seen, RetitleGoal(kGoal, "From the tablet")));
  EXPECT_EQ(story.Get(kGoal).goal().title(), "From the tablet");
}

TEST(TwoEdits, EveryOverwrittenWordOfTheClientIsKept) {
  Story story;
  story.Do(Client(), NewGoal(kGoal, "First"));
  const Change second = story.Do(Client(), RetitleGoal(kGoal, "Second"));
  const Change third = story.Do(Client(), RetitleGoal(kGoal, "Third"));
  ASSERT_THAT(second.overwritten, SizeIs(1));
  ASSERT_THAT(third.overwritten, SizeIs(1));
  EXPECT_EQ(second.overwritten[0].goal().title(), "First");
  EXPECT_EQ(third.overwritten[0].goal().title(), "Second");
}

TEST(TwoEdits, WritingTheSameOverwritesNothing) {
  Story story;
  story.Do(Client(), NewGoal(kGoal, "Same"));
  const Change change = story.Do(Client(), Rewrite(kGoal, "Same", "New here"));
  EXPECT_THAT(change.overwritten, IsEmpty());
  EXPECT_EQ(story.Get(kGoal).goal().why(), "New here");
}

TEST(TwoEdits, MarksSayWhoWroteWhatAndWhen) {
  Story story;
  story.Do(Client(), NewGoal(kGoal));
  EXPECT_THAT(story.Get(kGoal).marks(), IsEmpty());
  story.Do(Client(), Rewrite(kGoal, "Title", "Why"));
  const v1::Record record = story.Get(kGoal);
  ASSERT_THAT(record.marks(), SizeIs(2));
  EXPECT_EQ(record.marks(0).field(), "title");
  EXPECT_EQ(record.marks(1).field(), "why");
  EXPECT_EQ(record.marks(0).revision(), story.revision());
  EXPECT_EQ(record.marks(0).author().person_id(), Client().person_id());
  EXPECT_EQ(record.revision(), story.revision());
}

TEST(TwoEdits, TwoMovesOfOneItemFollowTheFieldRule) {
  Story story;
  story.Do(Mentor(), NewGoal(kGoal));
  story.Do(Mentor(), NewStep(kStep, kGoal));
  const auto move_to = [](const std::string& rank) {
    v1::Mutation mutation = NewMutation();
    mutation.mutable_revise_step()->set_step_id(kStep);
    mutation.mutable_revise_step()->mutable_step()->set_rank(rank);
    mutation.mutable_revise_step()->mutable_update_mask()->add_paths("rank");
    return mutation;
  };
  const std::int64_t seen = story.revision();
  story.Do(Mentor(), Seen(seen, move_to("a00000001")));
  const Change change = story.Do(Client(), Seen(seen, move_to("z00000001")));
  EXPECT_EQ(story.Get(kStep).step().rank(), "z00000001");
  ASSERT_THAT(change.overwritten, SizeIs(1));
  EXPECT_EQ(change.overwritten[0].step().rank(), "a00000001");
}

TEST(TwoEdits, ThatWereEachRightButNeverFallDueTogetherAreRefused) {
  Story story;
  story.Do(Client(), NewGoal(kGoal));
  story.Do(Client(), NewStep(kStep, kGoal));
  const std::int64_t seen = story.revision();
  v1::Mutation begin_later = NewMutation();
  begin_later.mutable_revise_step()->set_step_id(kStep);
  *begin_later.mutable_revise_step()->mutable_step()->mutable_begins_on() =
      ToDate(kToday + std::chrono::days(30));
  begin_later.mutable_revise_step()->mutable_update_mask()->add_paths("begins_on");
  v1::Mutation end_sooner = NewMutation();
  end_sooner.mutable_revise_step()->set_step_id(kStep);
  *end_sooner.mutable_revise_step()->mutable_step()->mutable_ends_on() = ToDate(kToday);
  end_sooner.mutable_revise_step()->mutable_update_mask()->add_paths("ends_on");
  story.Do(Client(), Seen(seen, begin_later));
  EXPECT_EQ(story.Refused(Client(), Seen(seen, end_sooner)),
            (Violation{v1::ERROR_REASON_NEVER_DUE, "revise_step.step.ends_on"}));
  EXPECT_FALSE(story.Get(kStep).step().has_ends_on());
}

// Delete against edit.

TEST(Delete, WinsOverAnEdit) {
  Story story;
  story.Do(Client(), NewGoal(kGoal));
  const std::int64_t seen = story.revision();
  story.Do(Client(), Delete(kGoal));
  EXPECT_EQ(story.Refused(Client(), Seen(seen, RetitleGoal(kGoal, "Too late"))),
            (Violation{v1::ERROR_REASON_DELETED, "revise_goal.goal_id"}));
  EXPECT_EQ(story.Refused(Client(), Seen(seen, Delete(kGoal))),
            (Violation{v1::ERROR_REASON_DELETED, "delete_record.record_id"}));
}

TEST(Delete, LeavesATombstoneAndKeepsWhatWasDeletedInTheHistory) {
  Story story;
  story.Do(Client(), NewGoal(kGoal, "To be deleted"));
  story.Do(Client(), RetitleGoal(kGoal, "Revised"));
  const Change change = story.Do(Client(), Delete(kGoal));
  const v1::Record tombstone = story.Get(kGoal);
  EXPECT_TRUE(tombstone.deleted());
  EXPECT_EQ(tombstone.content_case(), v1::Record::CONTENT_NOT_SET);
  EXPECT_THAT(tombstone.marks(), IsEmpty());
  EXPECT_EQ(tombstone.revision(), story.revision());
  ASSERT_THAT(change.overwritten, SizeIs(1));
  EXPECT_EQ(change.overwritten[0].goal().title(), "Revised");
}

TEST(Delete, OfAGoalTakesItsMilestonesAndStepsAndLeavesTicksAndOtherGoals) {
  Story story;
  story.Do(Client(), NewGoal(kGoal));
  story.Do(Client(), NewGoal(kOtherGoal));
  story.Do(Client(), NewMilestone(kMilestone, kGoal));
  story.Do(Client(), NewStep(kStep, kGoal));
  story.Do(Client(), NewStep(kSecondStep, kOtherGoal));
  story.Do(Client(), Tick(kStep, kToday));
  const Change change = story.Do(Client(), Delete(kGoal));
  EXPECT_THAT(change.records, SizeIs(3));
  EXPECT_THAT(change.overwritten, SizeIs(3));
  EXPECT_TRUE(story.Get(kMilestone).deleted());
  EXPECT_TRUE(story.Get(kStep).deleted());
  EXPECT_FALSE(story.Get(kSecondStep).deleted());
  EXPECT_EQ(story.Get(TickId(kStep, kToday)).tick().state(), v1::TICK_STATE_DONE);
  EXPECT_EQ(story.Refused(Client(), Tick(kStep, kToday)),
            (Violation{v1::ERROR_REASON_DELETED, "tick_step.step_id"}));
  EXPECT_EQ(story.Refused(Client(), NewStep(Id(13), kGoal)),
            (Violation{v1::ERROR_REASON_DELETED, "create_step.step.goal_id"}));
}

TEST(Delete, OfAMilestoneLeavesItsStepsWithTheGoal) {
  Story story;
  story.Do(Client(), NewGoal(kGoal));
  story.Do(Client(), NewMilestone(kMilestone, kGoal));
  v1::Mutation step = NewStep(kStep, kGoal);
  step.mutable_create_step()->mutable_step()->set_milestone_id(kMilestone);
  story.Do(Client(), step);
  const Change change = story.Do(Client(), Delete(kMilestone));
  EXPECT_FALSE(story.Get(kStep).deleted());
  EXPECT_EQ(story.Get(kStep).step().milestone_id(), "");
  EXPECT_THAT(change.overwritten, SizeIs(2));
  EXPECT_EQ(story.Refused(Client(),
                          [] {
                            v1::Mutation late = NewStep(kSecondStep, kGoal);
                            late.mutable_create_step()->mutable_step()->set_milestone_id(kMilestone);
                            return late;
                          }()),
            (Violation{v1::ERROR_REASON_DELETED, "create_step.step.milestone_id"}));
}

TEST(Delete, OfADraftIsTheMentorsToo) {
  Story story;
  story.Do(Mentor(), NewGoal(kGoal));
  story.Do(Mentor(), NewStep(kStep, kGoal));
  story.Do(Mentor(), Delete(kGoal));
  EXPECT_TRUE(story.Get(kGoal).deleted());
  EXPECT_TRUE(story.Get(kStep).deleted());
}

TEST(Delete, ByAMentorNeverTakesWhatIsTheClients) {
  Story story;
  story.Do(Mentor(), NewGoal(kGoal));
  story.Do(Client(), NewStep(kStep, kGoal));
  EXPECT_EQ(story.Refused(Mentor(), Delete(kStep)),
            (Violation{v1::ERROR_REASON_NOT_YOURS, "delete_record.record_id"}));
  // The goal is the mentor's draft, but a step under it is not.
  EXPECT_EQ(story.Refused(Mentor(), Delete(kGoal)).reason, v1::ERROR_REASON_NOT_YOURS);
  EXPECT_FALSE(story.Get(kGoal).deleted());
}

TEST(Delete, IsForGoalsMilestonesAndStepsAlone) {
  Story story;
  story.Do(Client(), Say(Id(31)));
  EXPECT_EQ(story.Refused(Client(), Delete(Id(31))).reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(story.Refused(Client(), Delete(Id(99))).reason, v1::ERROR_REASON_NOT_FOUND);
}

// Append only.

TEST(AppendOnly, NothingIsMadeTwiceUnderOneId) {
  Story story;
  story.Do(Client(), NewGoal(kGoal));
  story.Do(Client(), NewStep(kStep, kGoal));
  story.Do(Client(), Delete(kStep));
  EXPECT_EQ(story.Refused(Client(), NewGoal(kGoal)),
            (Violation{v1::ERROR_REASON_ALREADY_EXISTS, "create_goal.goal_id"}));
  EXPECT_EQ(story.Refused(Client(), NewStep(kStep, kGoal)).reason, v1::ERROR_REASON_ALREADY_EXISTS);
  EXPECT_EQ(story.Refused(Client(), NewMilestone(kGoal, kGoal)).reason, v1::ERROR_REASON_ALREADY_EXISTS);
  EXPECT_EQ(story.Refused(Client(), Assess(kGoal)).reason, v1::ERROR_REASON_ALREADY_EXISTS);
  EXPECT_EQ(story.Refused(Client(), Say(kGoal)).reason, v1::ERROR_REASON_ALREADY_EXISTS);
  EXPECT_EQ(story.Refused(Mentor(), Talked(kGoal)).reason, v1::ERROR_REASON_ALREADY_EXISTS);
  EXPECT_EQ(story.Refused(Client(), BeginPause(kGoal, "", kToday)).reason, v1::ERROR_REASON_ALREADY_EXISTS);
}

// Roles.

struct RoleCase {
  const char* intent;
  std::vector<v1::Role> may;
};

TEST(Roles, EveryIntentIsForClientOrMentorAsTheContractSays) {
  const std::vector<v1::Role> client = {v1::ROLE_CLIENT};
  const std::vector<v1::Role> mentor = {v1::ROLE_MENTOR};
  const std::vector<v1::Role> both = {v1::ROLE_CLIENT, v1::ROLE_MENTOR};
  const std::vector<RoleCase> cases = {
      {"revise_profile", both},     {"hand_in_assessment", client}, {"add_assessment_view", mentor},
      {"create_goal", both},        {"revise_goal", both},          {"change_goal_state", client},
      {"formulate_plan", client},   {"create_milestone", both},     {"revise_milestone", both},
      {"create_step", both},        {"revise_step", both},          {"delete_record", both},
      {"begin_pause", client},      {"end_pause", client},          {"tick_step", client},
      {"suggest_words", mentor},    {"answer_suggestion", client},  {"give_appreciation", mentor},
      {"send_message", both},       {"record_contact", mentor},     {"propose_appointment", both},
      {"answer_appointment", both}, {"propose_handover", mentor},   {"answer_handover", both}};
  ASSERT_EQ(static_cast<int>(cases.size()),
            v1::Mutation::descriptor()->FindOneofByName("intent")->field_count());

  const Story story;
  for (const RoleCase& row : cases) {
    v1::Mutation mutation = NewMutation();
    const auto* field = v1::Mutation::descriptor()->FindFieldByName(row.intent);
    ASSERT_NE(field, nullptr) << row.intent;
    mutation.GetReflection()->MutableMessage(&mutation, field);
    for (int role = v1::Role_MIN; role <= v1::Role_MAX; ++role) {
      const auto outcome = Apply(MemoryDossier(), story.templates(), mutation,
                                 story.OccasionFor(Someone(static_cast<v1::Role>(role))));
      const auto* refused = std::get_if<Violation>(&outcome);
      const bool not_yours = refused != nullptr && *refused == Violation{v1::ERROR_REASON_NOT_YOURS, ""};
      const bool may = std::count(row.may.begin(), row.may.end(), role) == 1;
      EXPECT_EQ(not_yours, !may) << row.intent << " by " << v1::Role_Name(role);
    }
  }
}

}  // namespace
}  // namespace brug::rules
