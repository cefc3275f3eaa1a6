#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "proto/rules/score.h"
#include "tests/unit/bridge_samples.h"

namespace brug::rules {
namespace {

// Levels 0 to 5, one for each domain of the default Bridge.
rc::Gen<std::vector<int>> AnyLevels() {
  return rc::gen::container<std::vector<int>>(9, rc::gen::inRange(0, 6));
}

v1::Assessment AssessmentWith(const std::vector<int>& levels) {
  const auto ids = DomainIds(DefaultBridge());
  Levels answers;
  for (std::size_t i = 0; i < levels.size(); ++i) answers.emplace_back(ids[i], levels[i]);
  return AssessmentOf(answers);
}

TEST(Score, IsTheMeanOfLevelMinusOneInQuartersOfAHundred) {
  EXPECT_EQ(ScoreOf(AssessmentOf({{"housing", 1}})), Score{0});
  EXPECT_EQ(ScoreOf(AssessmentOf({{"housing", 5}})), Score{1000});
  EXPECT_EQ(ScoreOf(AssessmentOf({{"housing", 2}})), Score{250});
  EXPECT_EQ(ScoreOf(AssessmentOf({{"housing", 4}, {"family", 3}})), Score{625});
}

TEST(Score, IsRoundedHalfUpToOneDecimal) {
  // 100 * (1 + 1 + 0 + 0 + 0 + 0 + 0 + 0) / 4 / 8 = 6.25
  Levels levels = {{"a", 2}, {"b", 2}};
  for (const char* id : {"c", "d", "e", "f", "g", "h"}) levels.emplace_back(id, 1);
  EXPECT_EQ(ScoreOf(AssessmentOf(levels)), Score{63});
  // 100 * 1 / 4 / 3 = 8.33...
  EXPECT_EQ(ScoreOf(AssessmentOf({{"a", 2}, {"b", 1}, {"c", 1}})), Score{83});
}

TEST(Score, IsAbsentWithoutAnAnswer) {
  EXPECT_EQ(ScoreOf(AssessmentOf({})), std::nullopt);
  EXPECT_EQ(ScoreOf(AssessmentOf({{"housing", 0}, {"family", 6}, {"debts", -1}})), std::nullopt);
}

TEST(Score, CountsADomainOnce) {
  EXPECT_EQ(ScoreOf(AssessmentOf({{"housing", 5}, {"housing", 1}})), Score{1000});
  EXPECT_EQ(LevelOf(AssessmentOf({{"housing", 0}, {"housing", 3}}), "housing"), 3);
}

TEST(Score, IsWrittenWithOneDecimalAlways) {
  EXPECT_EQ(ScoreText(Score{625}, "nl"), "62,5");
  EXPECT_EQ(ScoreText(Score{625}, "en-GB"), "62.5");
  EXPECT_EQ(ScoreText(Score{0}, "nl"), "0,0");
  EXPECT_EQ(ScoreText(Score{1000}, "en"), "100.0");
}

RC_GTEST_PROP(Score, LiesBetweenZeroAndAHundredAndIsTheMean, ()) {
  const auto levels = *AnyLevels();
  const auto score = ScoreOf(AssessmentWith(levels));
  std::vector<int> answered;
  std::copy_if(levels.begin(), levels.end(), std::back_inserter(answered),
               [](int level) { return level > 0; });
  RC_ASSERT(score.has_value() == !answered.empty());
  if (answered.empty()) return;
  RC_ASSERT(score->tenths >= 0);
  RC_ASSERT(score->tenths <= 1000);
  const double mean =
      std::accumulate(answered.begin(), answered.end(), 0.0) / static_cast<double>(answered.size());
  RC_ASSERT(std::abs(score->tenths / 10.0 - 100 * (mean - 1) / 4) <= 0.05 + 1e-9);
}

RC_GTEST_PROP(Score, IsTheSameWhateverTheOrderOfTheAnswers, ()) {
  v1::Assessment assessment = AssessmentWith(*AnyLevels());
  const auto score = ScoreOf(assessment);
  const int swaps = *rc::gen::inRange(1, 20);
  for (int i = 0; i < swaps; ++i) {
    assessment.mutable_answers()->SwapElements(*rc::gen::inRange(0, 9), *rc::gen::inRange(0, 9));
  }
  RC_ASSERT((ScoreOf(assessment) == score));
}

RC_GTEST_PROP(Score, IsNotMovedByASkippedDomain, ()) {
  v1::Assessment assessment = AssessmentWith(*AnyLevels());
  const auto score = ScoreOf(assessment);
  v1::Answer* skipped = assessment.add_answers();
  skipped->set_domain_id("another");
  skipped->set_words("Liever niet.");
  RC_ASSERT((ScoreOf(assessment) == score));
}

RC_GTEST_PROP(Score, RisesWhenALevelRises, ()) {
  auto levels = *AnyLevels();
  const auto at = *rc::gen::inRange<std::size_t>(0, 9);
  levels[at] = *rc::gen::inRange(1, 5);
  const auto before = ScoreOf(AssessmentWith(levels));
  ++levels[at];
  RC_ASSERT((ScoreOf(AssessmentWith(levels)) > before));
}

TEST(PillarState, HangsOnTheLowestAnsweredDomain) {
  const auto states = PillarStates(
      DefaultBridge(),
      AssessmentOf({{"housing", 5}, {"family", 3}, {"health", 4}, {"network", 5}, {"debts", 4}}));
  ASSERT_EQ(states.size(), 5U);
  EXPECT_EQ(states[0].firmness, Firmness::kBuilding);
  EXPECT_EQ(states[0].lowest_level, 3);
  EXPECT_EQ(states[1].firmness, Firmness::kFirm);
  EXPECT_EQ(states[1].lowest_level, 4);
  EXPECT_EQ(states[2].firmness, Firmness::kFirm) << "skipping savings weakens nothing";
  EXPECT_EQ(states[2].answered, 1);
  EXPECT_EQ(states[2].domains, 2);
  EXPECT_EQ(states[3].firmness, Firmness::kOpen);
  EXPECT_EQ(states[3].lowest_level, 0);
  EXPECT_EQ(states[4].pillar_id, "employment_career");
}

TEST(CanWalk, OnlyWhenAllPillarsAreFirm) {
  std::vector<int> levels(9, 4);
  EXPECT_TRUE(CanWalk(PillarStates(DefaultBridge(), AssessmentWith(levels))));
  levels[6] = 3;
  EXPECT_FALSE(CanWalk(PillarStates(DefaultBridge(), AssessmentWith(levels))));
  levels[6] = 0;
  EXPECT_FALSE(CanWalk(PillarStates(DefaultBridge(), AssessmentWith(levels)))) << "a pillar nobody spoke of";
  EXPECT_FALSE(CanWalk({}));
}

RC_GTEST_PROP(PillarState, IsFirmExactlyWhenEveryAnsweredDomainIs, ()) {
  const v1::Assessment assessment = AssessmentWith(*AnyLevels());
  const auto states = PillarStates(DefaultBridge(), assessment);
  for (std::size_t i = 0; i < states.size(); ++i) {
    int answered = 0;
    int firm = 0;
    for (const v1::Domain& domain : DefaultBridge().pillars(static_cast<int>(i)).domains()) {
      const int level = LevelOf(assessment, domain.domain_id());
      answered += level > 0 ? 1 : 0;
      firm += level >= 4 ? 1 : 0;
    }
    RC_ASSERT(states[i].answered == answered);
    RC_ASSERT((states[i].firmness == Firmness::kFirm) == (answered > 0 && firm == answered));
    RC_ASSERT((states[i].firmness == Firmness::kOpen) == (answered == 0));
  }
}

TEST(ChangeBetween, TellsScoreAndDomainsThatWereAnsweredBothTimes) {
  const auto then = AssessmentOf({{"housing", 1}, {"family", 3}, {"debts", 2}});
  const auto now = AssessmentOf({{"debts", 2}, {"housing", 4}, {"savings", 5}});
  const auto change = ChangeBetween(then, now);
  ASSERT_TRUE(change);
  EXPECT_EQ(change->score_change_tenths, ScoreOf(now)->tenths - ScoreOf(then)->tenths);
  ASSERT_EQ(change->domains.size(), 2U);
  EXPECT_EQ(change->domains[0].domain_id, "debts");
  EXPECT_EQ(change->domains[0].then_level, 2);
  EXPECT_EQ(change->domains[0].now_level, 2);
  EXPECT_EQ(change->domains[1].domain_id, "housing");
  EXPECT_EQ(change->domains[1].then_level, 1);
  EXPECT_EQ(change->domains[1].now_level, 4);
}

TEST(ChangeBetween, NeverComparesVersionsOrWhatHasNoScore) {
  const auto then = AssessmentOf({{"housing", 1}});
  auto now = AssessmentOf({{"housing", 4}});
  EXPECT_TRUE(ChangeBetween(then, now));
  now.set_template_version(2);
  EXPECT_FALSE(ChangeBetween(then, now));
  now.set_template_version(1);
  now.set_template_id("alphen");
  EXPECT_FALSE(ChangeBetween(then, now));
  EXPECT_FALSE(ChangeBetween(then, AssessmentOf({})));
  EXPECT_FALSE(ChangeBetween(AssessmentOf({}), then));
}

RC_GTEST_PROP(ChangeBetween, IsTheOppositeTheOtherWayRound, ()) {
  const auto then = AssessmentWith(*AnyLevels());
  const auto now = AssessmentWith(*AnyLevels());
  const auto forth = ChangeBetween(then, now);
  const auto back = ChangeBetween(now, then);
  RC_ASSERT(forth.has_value() == back.has_value());
  if (!forth) return;
  RC_ASSERT(forth->score_change_tenths == -back->score_change_tenths);
  RC_ASSERT(forth->domains.size() == back->domains.size());
}

TEST(AimOf, IsTheLevelWantedOrNone) {
  auto assessment = AssessmentOf({});
  AddAim(assessment, "housing", 4);
  AddAim(assessment, "family", 9);
  EXPECT_EQ(AimOf(assessment, "housing"), 4);
  EXPECT_EQ(AimOf(assessment, "family"), 0);
  EXPECT_EQ(AimOf(assessment, "debts"), 0);
}

}  // namespace
}  // namespace brug::rules
