#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>

#include "proto/rules/apply.h"
#include "tests/support/dossier_story.h"

// A tick is a fact keyed by (step, date); and the times by which two of them are told apart.
namespace brug::rules {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using std::chrono::days;
using std::chrono::microseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kGoal = Id(1);
const std::string kStep = Id(11);

Story WithStep() {
  Story story;
  story.Do(Client(), NewGoal(kGoal));
  story.Do(Client(), NewStep(kStep, kGoal));
  return story;
}

TEST(Tick, SaysWhatHappened) {
  Story story = WithStep();
  v1::Mutation mutation = Tick(kStep, kToday, v1::TICK_STATE_TRIED);
  mutation.mutable_tick_step()->set_note("The line was busy.");
  *mutation.mutable_tick_step()->mutable_done_at() = ToTimestamp(kNow);
  story.Do(Client(), mutation);
  const v1::Tick tick = story.Get(kStep + "/2026-11-21").tick();
  EXPECT_EQ(tick.step_id(), kStep);
  EXPECT_EQ(ToDay(tick.date()), kToday);
  EXPECT_EQ(tick.state(), v1::TICK_STATE_TRIED);
  EXPECT_EQ(tick.note(), "The line was busy.");
  EXPECT_EQ(ToInstant(tick.done_at()), kNow);
  EXPECT_EQ(ToInstant(tick.recorded_at()), story.now());
  EXPECT_EQ(tick.mutation_id(), mutation.mutation_id());
}

TEST(Tick, IsForADayFromTheStepsFirstToTomorrow) {
  Story story = WithStep();
  EXPECT_EQ(story.Refused(Client(), Tick(kStep, kToday + days(2))),
            (Violation{v1::ERROR_REASON_IN_THE_FUTURE, "tick_step.date"}));
  EXPECT_EQ(story.Refused(Client(), Tick(kStep, kToday - days(11))),
            (Violation{v1::ERROR_REASON_BEFORE_THE_STEP, "tick_step.date"}));
  story.Do(Client(), Tick(kStep, kToday + days(1)));
  story.Do(Client(), Tick(kStep, kToday - days(10)));
}

TEST(Tick, IsOfAStepThatIsThere) {
  Story story = WithStep();
  EXPECT_EQ(story.Refused(Client(), Tick(Id(99), kToday)),
            (Violation{v1::ERROR_REASON_NOT_FOUND, "tick_step.step_id"}));
  EXPECT_EQ(story.Refused(Client(), Tick(kGoal, kToday)).reason, v1::ERROR_REASON_NOT_FOUND);
  story.Do(Client(), Delete(kStep));
  EXPECT_EQ(story.Refused(Client(), Tick(kStep, kToday)),
            (Violation{v1::ERROR_REASON_DELETED, "tick_step.step_id"}));
}

TEST(Tick, IsWelcomeInAPauseAndOfAGoalThatRests) {
  Story story = WithStep();
  story.Do(Client(), BeginPause(Id(31), "", kToday - days(1)));
  story.Do(Client(), GoalTo(kGoal, v1::GOAL_STATE_PARKED));
  story.Do(Client(), Tick(kStep, kToday));
}

TEST(Tick, TheLaterOneWinsWhateverItSays) {
  Story story = WithStep();
  story.Do(Client(), Tick(kStep, kToday, v1::TICK_STATE_DONE));
  const Change change = story.Do(Client(), Tick(kStep, kToday, v1::TICK_STATE_CLEARED));
  EXPECT_EQ(story.Get(TickId(kStep, kToday)).tick().state(), v1::TICK_STATE_CLEARED);
  ASSERT_THAT(change.overwritten, SizeIs(1));
  EXPECT_EQ(change.overwritten[0].tick().state(), v1::TICK_STATE_DONE);
}

TEST(Tick, AnOlderOneThatArrivesLaterChangesNothingAndIsKeptInTheHistory) {
  Story story = WithStep();
  story.Do(Client(), Tick(kStep, kToday, v1::TICK_STATE_TRIED));
  story.MoveClock(std::chrono::seconds(-60));
  v1::Mutation late = Tick(kStep, kToday, v1::TICK_STATE_DONE);
  late.mutable_tick_step()->set_note("From the tablet");
  const Change change = story.Do(Client(), late);
  EXPECT_THAT(change.records, IsEmpty());
  ASSERT_THAT(change.overwritten, SizeIs(1));
  EXPECT_EQ(change.overwritten[0].tick().note(), "From the tablet");
  EXPECT_EQ(story.Get(TickId(kStep, kToday)).tick().state(), v1::TICK_STATE_TRIED);
}

TEST(Tick, AtOneTimeDoneGoesBeforeTriedBeforeSkippedBeforeCleared) {
  const std::vector<v1::TickState> rising = {v1::TICK_STATE_CLEARED, v1::TICK_STATE_SKIPPED,
                                             v1::TICK_STATE_TRIED, v1::TICK_STATE_DONE};
  for (std::size_t a = 0; a < rising.size(); ++a) {
    for (std::size_t b = 0; b < rising.size(); ++b) {
      Story story = WithStep();
      story.Do(Client(), Tick(kStep, kToday, rising[a]));
      story.MoveClock(std::chrono::seconds(-1));
      story.Do(Client(), Tick(kStep, kToday, rising[b]));
      EXPECT_EQ(story.Get(TickId(kStep, kToday)).tick().state(), rising[std::max(a, b)]);
    }
  }
}

TEST(Tick, AtOneTimeOfOneStateTheGreaterMutationIdWins) {
  for (const bool greater_first : {true, false}) {
    Story story = WithStep();
    v1::Mutation greater = Tick(kStep, kToday);
    greater.set_mutation_id(Id(2));
    v1::Mutation smaller = Tick(kStep, kToday);
    smaller.set_mutation_id(Id(1));
    story.Do(Client(), greater_first ? greater : smaller);
    story.MoveClock(std::chrono::seconds(-1));
    story.Do(Client(), greater_first ? smaller : greater);
    EXPECT_EQ(story.Get(TickId(kStep, kToday)).tick().mutation_id(), Id(2));
  }
}

// One tick that somebody said, at some time.
struct Said {
  v1::Mutation mutation;
  Instant at;
};

rc::Gen<std::vector<Said>> SomeTicks() {
  return rc::gen::map(rc::gen::container<std::vector<std::tuple<int, int, int>>>(rc::gen::tuple(
                          rc::gen::inRange(0, 3), rc::gen::inRange(1, 5), rc::gen::inRange(0, 4))),
                      [](const std::vector<std::tuple<int, int, int>>& ticks) {
                        std::vector<Said> said;
                        for (const auto& [day, state, at] : ticks) {
                          v1::Mutation mutation =
                              Tick(kStep, kToday - days(day), static_cast<v1::TickState>(state));
                          mutation.mutable_tick_step()->set_note("tick " + std::to_string(said.size()));
                          said.push_back({mutation, kNow + microseconds(at)});
                        }
                        return said;
                      });
}

// What stays when ticks arrive in this order, and what went to the history.
struct Ending {
  std::map<std::string, std::string> stayed;
  std::multiset<std::string> overwritten;
  friend bool operator==(const Ending&, const Ending&) = default;
};

Ending Arrive(const std::vector<Said>& ticks) {
  Story story = WithStep();
  MemoryDossier dossier = story.dossier();
  Ending ending;
  for (const Said& said : ticks) {
    Occasion occasion = story.OccasionFor(Client());
    occasion.at = said.at;
    const auto outcome = Apply(dossier, story.templates(), said.mutation, occasion);
    const Change& change = std::get<Change>(outcome);
    dossier.Put(change);
    for (const v1::Record& record : change.overwritten) ending.overwritten.insert(record.SerializeAsString());
  }
  for (const auto& [id, record] : dossier.records()) {
    if (record.has_tick()) ending.stayed[id] = record.SerializeAsString();
  }
  return ending;
}

RC_GTEST_PROP(TickProperty, TicksCommute, ()) {
  std::vector<Said> ticks = *SomeTicks();
  const Ending one = Arrive(ticks);
  const auto keys =
      *rc::gen::container<std::vector<std::uint32_t>>(ticks.size(), rc::gen::arbitrary<std::uint32_t>());
  std::vector<std::size_t> order(ticks.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
  std::vector<Said> shuffled;
  shuffled.reserve(order.size());
  for (const std::size_t i : order) shuffled.push_back(ticks[i]);
  RC_TAG(ticks.size() > 3 ? "more than 3 ticks" : "few ticks");
  const Ending other = Arrive(shuffled);
  RC_ASSERT(one.stayed == other.stayed);
  // Nothing is lost in silence: each tick either stays or is in the history.
  RC_ASSERT(one.stayed.size() + one.overwritten.size() == ticks.size());
  RC_ASSERT(other.stayed.size() + other.overwritten.size() == ticks.size());
}

RC_GTEST_PROP(TickProperty, SayingOneTwiceIsOne, ()) {
  const std::vector<Said> ticks = *rc::gen::nonEmpty(SomeTicks());
  std::vector<Said> twice = ticks;
  twice.push_back(ticks[*rc::gen::inRange<std::size_t>(0, ticks.size())]);
  RC_ASSERT(Arrive(ticks).stayed == Arrive(twice).stayed);
}

TEST(Tick, TheSameMutationTwiceLeavesNoTraceTheSecondTime) {
  Story story = WithStep();
  const v1::Mutation mutation = Tick(kStep, kToday);
  story.Do(Client(), mutation);
  const Change again = story.Do(Client(), mutation);
  EXPECT_THAT(again.records, IsEmpty());
  EXPECT_THAT(again.overwritten, IsEmpty());
}

// Times.

Instant At(int us) { return kNow + microseconds(us); }

TEST(ClampTimes, LeavesThePastAsItWas) {
  EXPECT_THAT(ClampTimes({At(-30), At(-20), At(-20), At(-40), At(0)}, At(0)),
              ElementsAre(At(-30), At(-20), At(-20), At(-40), At(0)));
  EXPECT_THAT(ClampTimes({}, At(0)), IsEmpty());
}

TEST(ClampTimes, KeepsTheOrderOfWhatIsAhead) {
  EXPECT_THAT(ClampTimes({At(5), At(6), At(7)}, At(0)), ElementsAre(At(-2), At(-1), At(0)));
  // What comes later counts as later, though the clock went back in between.
  EXPECT_THAT(ClampTimes({At(9), At(5)}, At(0)), ElementsAre(At(-1), At(0)));
}

TEST(ClampTimes, MakesRoomForWhatIsAhead) {
  EXPECT_THAT(ClampTimes({At(-1), At(0), At(3)}, At(0)), ElementsAre(At(-2), At(-1), At(0)));
  EXPECT_THAT(ClampTimes({At(0), At(0), At(3)}, At(0)), ElementsAre(At(-1), At(-1), At(0)));
}

TEST(ClampTimes, CountsWhatIsOutOfRangeAsNow) {
  EXPECT_THAT(ClampTimes({Instant::min()}, At(0)), ElementsAre(At(0)));
  EXPECT_THAT(ClampTimes({Instant::max()}, At(0)), ElementsAre(At(0)));
  google::protobuf::Timestamp far;
  far.set_seconds(std::numeric_limits<std::int64_t>::max());
  EXPECT_THAT(ClampTimes({ToInstant(far), At(-5)}, At(0)), ElementsAre(At(0), At(-5)));
  far.set_seconds(std::numeric_limits<std::int64_t>::min());
  EXPECT_THAT(ClampTimes({ToInstant(far), At(-5)}, At(0)), ElementsAre(At(0), At(-5)));
  EXPECT_THAT(ClampTimes({std::chrono::sys_days(std::chrono::year(1899) / 12 / 31)}, At(0)),
              ElementsAre(At(0)));
}

RC_GTEST_PROP(ClampTimesProperty, NoneIsLateAndNoOrderIsLost, ()) {
  const auto offsets = *rc::gen::container<std::vector<int>>(rc::gen::inRange(-6, 7));
  std::vector<Instant> occurred_at;
  occurred_at.reserve(offsets.size());
  for (const int offset : offsets) occurred_at.push_back(At(offset));
  const std::vector<Instant> times = ClampTimes(occurred_at, At(0));
  RC_ASSERT(times.size() == occurred_at.size());
  for (std::size_t i = 0; i < times.size(); ++i) {
    RC_ASSERT(times[i] <= At(0));
    RC_ASSERT(times[i] <= occurred_at[i]);
    for (std::size_t j = i + 1; j < times.size(); ++j) {
      const bool both_ahead = occurred_at[i] > At(0) && occurred_at[j] > At(0);
      if (occurred_at[i] < occurred_at[j] || both_ahead) RC_ASSERT(times[i] < times[j]);
      if (!both_ahead && occurred_at[i] == occurred_at[j]) RC_ASSERT(times[i] == times[j]);
      if (!both_ahead && occurred_at[i] > occurred_at[j]) RC_ASSERT(times[i] > times[j]);
    }
  }
}

RC_GTEST_PROP(ClampTimesProperty, MovesNothingFurtherThanItMust, ()) {
  const auto offsets = *rc::gen::container<std::vector<int>>(rc::gen::inRange(-1000, 7));
  std::vector<Instant> occurred_at;
  occurred_at.reserve(offsets.size());
  for (const int offset : offsets) occurred_at.push_back(At(offset));
  const std::vector<Instant> times = ClampTimes(occurred_at, At(0));
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto moved = std::min(occurred_at[i], At(0)) - times[i];
    RC_ASSERT(moved >= microseconds(0));
    RC_ASSERT(moved < microseconds(std::max<std::size_t>(1, times.size())));
  }
}

RC_GTEST_PROP(InstantProperty, TimestampsKeepMicroseconds, ()) {
  const Instant instant(
      microseconds(*rc::gen::inRange<std::int64_t>(-2'000'000'000'000'000, 7'000'000'000'000'000)));
  RC_ASSERT(ToInstant(ToTimestamp(instant)) == instant);
  RC_ASSERT(ToTimestamp(instant).nanos() >= 0);
}

}  // namespace
}  // namespace brug::rules
