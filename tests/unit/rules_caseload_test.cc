#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <functional>

#include "proto/rules/apply.h"
#include "proto/rules/caseload.h"
#include "tests/support/dossier_story.h"

namespace brug::rules {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using std::chrono::days;
using std::chrono::hours;
using ::testing::ElementsAre;

const std::string kGoal = Id(1);
const std::string kStep = Id(11);

v1::CaseloadEntry In(const Story& story, days later = days(0)) {
  return Summarise(story.dossier(), Zone(), story.now() + later);
}

Story WithStep() {
  Story story;
  story.Do(Client(), NewGoal(kGoal));
  story.Do(Client(), NewStep(kStep, kGoal));
  return story;
}

v1::Mutation Propose(int number) {
  v1::Mutation mutation = NewMutation();
  mutation.mutable_propose_appointment()->set_appointment_id(Id(number));
  v1::Appointment& appointment = *mutation.mutable_propose_appointment()->mutable_appointment();
  *appointment.mutable_at() = ToTimestamp(kNow);
  appointment.set_minutes(30);
  appointment.set_kind(v1::CONTACT_KIND_PHONE);
  return mutation;
}

TEST(Caseload, OfANewDossierHasNothingYet) {
  const v1::CaseloadEntry entry = In(Story());
  EXPECT_EQ(entry.display_name(), "Noor");
  EXPECT_FALSE(entry.has_last_contact_at());
  EXPECT_FALSE(entry.has_last_tick_on());
  EXPECT_EQ(entry.ticks_this_week(), 0);
  EXPECT_EQ(entry.messages_waiting(), 0);
  EXPECT_FALSE(entry.quiet());
  EXPECT_FALSE(entry.paused());
}

TEST(Caseload, CountsWhatWasDoneOrTriedThisWeek) {
  // Saturday; the week began on Monday the 16th.
  Story story = WithStep();
  story.Do(Client(), Tick(kStep, kToday, v1::TICK_STATE_TRIED));
  story.Do(Client(), Tick(kStep, kToday - days(5), v1::TICK_STATE_DONE));
  story.Do(Client(), Tick(kStep, kToday - days(6), v1::TICK_STATE_DONE));
  story.Do(Client(), Tick(kStep, kToday - days(1), v1::TICK_STATE_SKIPPED));
  story.Do(Client(), Tick(kStep, kToday - days(2), v1::TICK_STATE_CLEARED));
  story.Do(Client(), Tick(kStep, kToday + days(1), v1::TICK_STATE_SKIPPED));
  const v1::CaseloadEntry entry = In(story);
  EXPECT_EQ(entry.ticks_this_week(), 2);
  EXPECT_EQ(ToDay(entry.last_tick_on()), kToday);
}

TEST(Caseload, KnowsTheLastTalk) {
  Story story;
  v1::Mutation earlier = Talked(Id(101));
  *earlier.mutable_record_contact()->mutable_contact()->mutable_at() = ToTimestamp(kNow - days(9));
  story.Do(Mentor(), Talked(Id(102)));
  story.Do(Mentor(), earlier);
  EXPECT_EQ(ToInstant(In(story).last_contact_at()), kNow);
}

TEST(Caseload, MessagesWaitUntilAMentorSaysSomething) {
  Story story;
  story.Do(Client(), Say(Id(91)));
  story.Do(Client(), Say(Id(92)));
  EXPECT_EQ(In(story).messages_waiting(), 2);
  story.Do(Mentor(), Say(Id(93)));
  EXPECT_EQ(In(story).messages_waiting(), 0);
  story.Do(Client(), Say(Id(94)));
  EXPECT_EQ(In(story).messages_waiting(), 1);
  v1::Mutation talk = Talked(Id(101));
  *talk.mutable_record_contact()->mutable_contact()->mutable_at() = ToTimestamp(story.now());
  story.Do(Mentor(), talk);
  EXPECT_EQ(In(story).messages_waiting(), 0);
}

TEST(Caseload, AppointmentsWaitThatTheClientProposed) {
  Story story;
  story.Do(Mentor(), Propose(61));
  story.Do(Client(), Propose(62));
  EXPECT_EQ(In(story).appointments_waiting(), 1);
  v1::Mutation answer = NewMutation();
  answer.mutable_answer_appointment()->set_appointment_id(Id(62));
  answer.mutable_answer_appointment()->set_state(v1::APPOINTMENT_STATE_DECLINED);
  story.Do(Mentor(), answer);
  EXPECT_EQ(In(story).appointments_waiting(), 0);
}

TEST(Caseload, IsQuietAfterFourteenDaysWithoutASign) {
  const Story story;
  EXPECT_FALSE(In(story, days(13)).quiet());
  EXPECT_TRUE(In(story, days(14)).quiet());
}

TEST(Caseload, ASignOfEitherIsASign) {
  const std::vector<std::function<void(Story&)>> signs = {
      [](Story& story) { story.Do(Client(), Say(Id(91))); },
      [](Story& story) { story.Do(Mentor(), Say(Id(91))); },
      [](Story& story) { story.Do(Client(), Tick(kStep, kToday, v1::TICK_STATE_SKIPPED)); },
      // A late tick: of ten days ago, said now.
      [](Story& story) { story.Do(Client(), Tick(kStep, kToday - days(10))); },
      [](Story& story) {
        v1::Mutation talk = Talked(Id(101));
        *talk.mutable_record_contact()->mutable_contact()->mutable_at() = ToTimestamp(story.now());
        story.Do(Mentor(), talk);
      },
      [](Story& story) {
        v1::Mutation mutation = NewMutation();
        mutation.mutable_give_appreciation()->set_appreciation_id(Id(81));
        mutation.mutable_give_appreciation()->mutable_appreciation()->set_kind(v1::APPRECIATION_KIND_MESSAGE);
        mutation.mutable_give_appreciation()->mutable_appreciation()->set_words("Well done.");
        story.Do(Mentor(), mutation);
      }};
  for (const auto& sign : signs) {
    Story story = WithStep();
    story.MoveClock(hours(24) * 10);
    EXPECT_TRUE(In(story, days(4)).quiet());
    sign(story);
    EXPECT_FALSE(In(story, days(4)).quiet());
    EXPECT_TRUE(In(story, days(14)).quiet());
  }
}

// A dossier that is opened late, for somebody whom the mentor has known for longer.
TEST(Caseload, OpeningADossierIsNoSignOfAnybody) {
  Story story;
  v1::Mutation talk = Talked(Id(101));
  *talk.mutable_record_contact()->mutable_contact()->mutable_at() = ToTimestamp(kNow - days(14));
  story.Do(Mentor(), talk);
  EXPECT_TRUE(In(story).quiet());
  v1::Mutation later = Talked(Id(102));
  *later.mutable_record_contact()->mutable_contact()->mutable_at() = ToTimestamp(kNow - days(13));
  story.Do(Mentor(), later);
  EXPECT_FALSE(In(story).quiet());
}

TEST(Caseload, APausedDossierIsNotQuiet) {
  Story story;
  v1::Mutation pause = BeginPause(Id(31), "", kToday);
  *pause.mutable_begin_pause()->mutable_pause()->mutable_until() = ToDate(kToday + days(20));
  story.Do(Client(), pause);
  EXPECT_TRUE(In(story).paused());
  EXPECT_TRUE(In(story, days(20)).paused());
  EXPECT_FALSE(In(story, days(20)).quiet());
  EXPECT_FALSE(In(story, days(21)).paused());
  EXPECT_TRUE(In(story, days(21)).quiet());
}

TEST(Caseload, OfADossierThatHasNotComeYetSaysNothing) {
  const v1::CaseloadEntry entry = Summarise(MemoryDossier(), Zone(), kNow);
  EXPECT_EQ(entry.SerializeAsString(), "");
}

TEST(Caseload, LeavesOutWhatIsNoTickOrNoDay) {
  Story story = WithStep();
  story.Do(Client(), NewMilestone(Id(21), kGoal));
  story.Do(Client(), BeginPause(Id(31), kStep, kToday));
  v1::Record odd = story.Get(kProfileId);
  odd.set_record_id(kStep + "/of a newer version");
  odd.mutable_tick()->set_step_id(kStep);
  odd.mutable_tick()->set_state(v1::TICK_STATE_DONE);
  Change change;
  change.records.push_back(odd);
  story.Put(change);
  EXPECT_EQ(In(story).ticks_this_week(), 0);
  EXPECT_FALSE(In(story).has_last_tick_on());
}

TEST(Caseload, APauseThatNeverWasIsNoPause) {
  Story story;
  story.Do(Client(), BeginPause(Id(31), "", kToday));
  v1::Mutation end = NewMutation();
  end.mutable_end_pause()->set_pause_id(Id(31));
  *end.mutable_end_pause()->mutable_until() = ToDate(kToday - days(1));
  story.Do(Client(), end);
  EXPECT_FALSE(In(story).paused());
}

TEST(Caseload, OneStepThatRestsIsNoPauseOfAll) {
  Story story = WithStep();
  story.Do(Client(), BeginPause(Id(31), kStep, kToday));
  EXPECT_FALSE(In(story).paused());
}

v1::CaseloadEntry Entry(const std::string& id, int messages, int appointments, bool quiet,
                        int contact_days_ago) {
  v1::CaseloadEntry entry;
  entry.set_dossier_id(id);
  entry.set_messages_waiting(messages);
  entry.set_appointments_waiting(appointments);
  entry.set_quiet(quiet);
  if (contact_days_ago >= 0) *entry.mutable_last_contact_at() = ToTimestamp(kNow - days(contact_days_ago));
  return entry;
}

TEST(Attention, WhatWaitsThenQuietThenTheLongestWithoutATalk) {
  std::vector<v1::CaseloadEntry> entries = {Entry("f", 0, 0, false, 1), Entry("e", 0, 0, false, 1),
                                            Entry("d", 0, 0, false, 9), Entry("c", 0, 0, false, -1),
                                            Entry("b", 0, 0, true, 1),  Entry("a", 0, 1, false, 1),
                                            Entry("0", 3, 0, true, 2)};
  std::sort(entries.begin(), entries.end(), NeedsAttentionBefore);
  std::vector<std::string> order;
  order.reserve(entries.size());
  for (const v1::CaseloadEntry& entry : entries) order.push_back(entry.dossier_id());
  EXPECT_THAT(order, ElementsAre("0", "a", "b", "c", "d", "e", "f"));
}

TEST(Attention, APausedDossierDoesNotCountAsQuiet) {
  v1::CaseloadEntry paused = Entry("a", 0, 0, true, 1);
  paused.set_paused(true);
  EXPECT_FALSE(NeedsAttentionBefore(paused, Entry("b", 0, 0, false, 2)));
}

RC_GTEST_PROP(AttentionProperty, IsAStrictWeakOrder, ()) {
  const auto some = [] {
    v1::CaseloadEntry entry =
        Entry(std::string(1, static_cast<char>('a' + *rc::gen::inRange(0, 2))), *rc::gen::inRange(0, 2),
              *rc::gen::inRange(0, 2), *rc::gen::arbitrary<bool>(), *rc::gen::inRange(-1, 2));
    entry.set_paused(*rc::gen::arbitrary<bool>());
    return entry;
  };
  const auto a = some();
  const auto b = some();
  const auto c = some();
  RC_ASSERT(!NeedsAttentionBefore(a, a));
  RC_ASSERT(!(NeedsAttentionBefore(a, b) && NeedsAttentionBefore(b, a)));
  if (NeedsAttentionBefore(a, b) && NeedsAttentionBefore(b, c)) RC_ASSERT(NeedsAttentionBefore(a, c));
  // Not told apart is the same for all three, too.
  const auto alike = [](const auto& x, const auto& y) {
    return !NeedsAttentionBefore(x, y) && !NeedsAttentionBefore(y, x);
  };
  if (alike(a, b) && alike(b, c)) RC_ASSERT(alike(a, c));
}

}  // namespace
}  // namespace brug::rules
