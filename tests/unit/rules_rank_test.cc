#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "proto/rules/rank.h"

namespace brug::rules {
namespace {

std::string Between(const std::string& below, const std::string& above, std::uint32_t random = 0x1234abcd) {
  return RankBetween(below, above, random).value_or("none");
}

// How many items fit, one after another, each next to the one before, until there is no room; at most
// `count_max`.
enum class Side { kBelowTheLast, kAboveTheLast, kInTurns };
enum class Bits { kLowest, kHighest, kScattered };

std::uint32_t Draw(Bits bits, int count) {
  if (bits == Bits::kScattered) return static_cast<std::uint32_t>(count) * 2654435761U;
  return bits == Bits::kLowest ? 0 : 0xffffffff;
}

int CountThatFit(Side side, Bits bits, int count_max) {
  std::string below = Between("", "", Draw(bits, 1));
  std::string above = Between(below, "", Draw(bits, 2));
  for (int count = 0; count < count_max; ++count) {
    const auto rank = RankBetween(below, above, Draw(bits, count));
    if (!rank) return count;
    EXPECT_LT(below, *rank);
    EXPECT_LT(*rank, above);
    const bool move_above = side == Side::kBelowTheLast || (side == Side::kInTurns && count % 2 == 0);
    (move_above ? above : below) = *rank;
  }
  return count_max;
}

rc::Gen<std::string> Digits(const char* alphabet) {
  return rc::gen::container<std::string>(rc::gen::elementOf(std::string(alphabet)));
}

// Ranks of at most 40 bytes, often with runs of the lowest and highest digits.
rc::Gen<std::string> AnyRank() {
  const auto stem = rc::gen::oneOf(Digits("0z"), Digits("01Vz"), Digits("0123456789ABCXYZabcxyz"));
  return rc::gen::map(
      rc::gen::pair(stem, rc::gen::container<std::string>(8, rc::gen::element('0', '1', '9', 'a', 'f'))),
      [](const auto& parts) { return parts.first.substr(0, 32) + parts.second; });
}

TEST(Rank, IsDigitsAndLettersThatEndInEightOfHexadecimal) {
  for (const char* rank : {"00000000", "V0001234abcd", "zzzzffffffff", "azAZ0900000000"}) {
    EXPECT_TRUE(IsRank(rank)) << rank;
  }
  for (const char* other : {"", "V", "0000000", "V0001234ABCD", "V0001234abcg", "V-001234abcd",
                            "V 001234abcd", "V\u00e91234abcd"}) {
    EXPECT_FALSE(IsRank(other)) << other;
  }
  EXPECT_TRUE(IsRank(std::string(64, 'a')));
  EXPECT_FALSE(IsRank(std::string(65, 'a')));
  EXPECT_FALSE(
      IsRank(std::string("V000\0"
                         "1234abcd",
                         13)));
}

TEST(Rank, EndsInTheRandomBits) {
  EXPECT_EQ(Between("", "", 0), "V00000000000");
  EXPECT_EQ(Between("", "", 0x1234abcd), "V0001234abcd");
  EXPECT_EQ(Between("", "", 0xffffffff), "V000ffffffff");
}

TEST(Rank, CountsOnAtAnOpenEnd) {
  EXPECT_EQ(Between("V000ffffffff", ""), "V0011234abcd");
  EXPECT_EQ(Between("V00zffffffff", ""), "V0101234abcd");
  EXPECT_EQ(Between("", "V000ffffffff"), "Uzzz1234abcd");
}

TEST(Rank, GoesOnBehindTheLastCountAndBeforeTheFirst) {
  EXPECT_EQ(Between("zzzzffffffff", ""), "zzzzq1234abcd");
  EXPECT_EQ(Between("", "0000ffffffff"), "0000L1234abcd");
}

TEST(Rank, FitsBetweenNeighboursThatDifferInTheirRandomBitsAlone) {
  EXPECT_EQ(Between("V00000000001", "V00000000002"), "V00000000001V1234abcd");
}

TEST(Rank, IsNothingWhereNothingFits) {
  const std::pair<std::string, std::string> cases[] = {
      {"V0001234abcd", "V0001234abcd"},  // equal
      {"V0011234abcd", "V0001234abcd"},  // in the wrong order
      {"V000", "V0011234abcd"},          // no rank
      {"V0001234abcd", "not a rank"},    // no rank
      {"", "00000000"},                  // the lowest of all
      {"V0001234abcd", "V0001234abcd000000000000"},
      {std::string(63, 'z') + "e", std::string(63, 'z') + "f"},
      {std::string(55, 'z') + "aaaaaaaae", std::string(55, 'z') + "aaaaaaaaf"},
  };
  for (const auto& [below, above] : cases) {
    EXPECT_FALSE(RankBetween(below, above, 0)) << below << " .. " << above;
  }
}

TEST(Rank, ListsGrowByThousandsAtEitherEndWithoutLongerKeys) {
  std::string first = Between("", "");
  std::string last = first;
  for (int i = 0; i < 20'000; ++i) {
    const auto before = RankBetween("", first, 0xffffffff);
    const auto after = RankBetween(last, "", 0);
    ASSERT_TRUE(before && after);
    ASSERT_LT(*before, first);
    ASSERT_LT(last, *after);
    ASSERT_EQ(before->size(), 12U);
    ASSERT_EQ(after->size(), 12U);
    first = *before;
    last = *after;
  }
}

TEST(Rank, OneGapTakesHundredsAndThenSaysThatItIsFull) {
  for (const Side side : {Side::kBelowTheLast, Side::kAboveTheLast, Side::kInTurns}) {
    for (const Bits bits : {Bits::kLowest, Bits::kHighest, Bits::kScattered}) {
      const int count = CountThatFit(side, bits, 10'000);
      EXPECT_GE(count, 200) << static_cast<int>(side) << " " << static_cast<int>(bits);
      EXPECT_LT(count, 10'000) << static_cast<int>(side) << " " << static_cast<int>(bits);
    }
  }
}

RC_GTEST_PROP(Rank, LiesStrictlyBetweenAnyTwoNeighbours, ()) {
  auto below = *rc::gen::oneOf(rc::gen::just(std::string()), AnyRank());
  auto above =
      *rc::gen::oneOf(rc::gen::just(std::string()), AnyRank(),
                      rc::gen::map(AnyRank(), [&](const std::string& rank) { return below + rank; }));
  if (!above.empty() && above < below) std::swap(below, above);
  const auto random = *rc::gen::oneOf(rc::gen::arbitrary<std::uint32_t>(), rc::gen::element(0U, 0xffffffffU));

  const auto rank = RankBetween(below, above, random);
  const bool no_room = !above.empty() && above.starts_with(below) &&
                       above.find_first_not_of('0', below.size()) == std::string::npos;
  RC_CLASSIFY(no_room, "no room");
  if (no_room) {
    RC_ASSERT_FALSE(rank.has_value());
  } else if (below.size() < 55 && above.size() < 55) {
    RC_ASSERT(rank.has_value());
  }
  if (!rank) return;
  RC_ASSERT(IsRank(*rank));
  RC_ASSERT(below < *rank);
  RC_ASSERT(above.empty() || *rank < above);
}

RC_GTEST_PROP(Rank, KeepsOrderOverThousandsOfInsertsAnywhere, ()) {
  std::vector<std::string> list;
  const auto seed = *rc::gen::arbitrary<std::uint32_t>();
  std::uint64_t state = seed;
  const auto draw = [&state] {
    return static_cast<std::uint32_t>((state = state * 6364136223846793005U + 1) >> 32);
  };
  for (int i = 0; i < 2'000; ++i) {
    const std::size_t place = draw() % (list.size() + 1);
    const std::string below = place == 0 ? "" : list[place - 1];
    const std::string above = place == list.size() ? "" : list[place];
    const auto rank = RankBetween(below, above, draw());
    RC_ASSERT(rank.has_value());
    RC_ASSERT(IsRank(*rank));
    RC_ASSERT(below < *rank);
    RC_ASSERT(above.empty() || *rank < above);
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(place), *rank);
  }
}

RC_GTEST_PROP(Rank, TwoDevicesPutTwoItemsInOnePlaceAndAThirdStillFitsBetween, ()) {
  const std::string below = *AnyRank();
  const auto random = *rc::gen::arbitrary<std::uint32_t>();
  const auto other = *rc::gen::distinctFrom(random);
  const auto mine = RankBetween(below, "", random);
  const auto yours = RankBetween(below, "", other);
  RC_ASSERT(mine && yours && *mine != *yours);
  const auto third = RankBetween(std::min(*mine, *yours), std::max(*mine, *yours), 0);
  RC_ASSERT(third.has_value());
}

}  // namespace
}  // namespace brug::rules
