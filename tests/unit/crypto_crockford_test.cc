#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "proto/crypto/crockford.h"
#include "tests/unit/crypto_seeded_random.h"

namespace brug::crypto {
namespace {

using namespace std::literals;

constexpr std::string_view kSymbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::string_view kCheckSymbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U";

std::string CodeOfSeed(std::uint64_t seed, std::size_t symbols) {
  SeededRandom random(seed);
  return NewCode(random, symbols);
}

// One of the ways in which people write a code down.
std::string Sloppily(const std::string& code) {
  std::string typed;
  for (const char symbol : code) {
    const int manner = *rc::gen::inRange(0, 4);
    if (manner == 1)
      typed += *rc::gen::elementOf(std::vector<std::string>{" ", "-", "\u2013", "\u00a0", "  "});
    if (symbol == '0' && manner > 1) {
      typed += *rc::gen::elementOf("0oO"s);
    } else if (symbol == '1' && manner > 1) {
      typed += *rc::gen::elementOf("1iIlL"s);
    } else {
      typed += manner == 2 ? static_cast<char>(std::tolower(symbol)) : symbol;
    }
  }
  return typed;
}

TEST(Code, UsesEverySymbolAboutEquallyOften) {
  constexpr int kDrawn = 32'000;
  std::map<char, int> counts;
  for (const char symbol : CodeOfSeed(1, kDrawn)) ++counts[symbol];
  EXPECT_EQ(counts.size(), kSymbols.size());
  for (const auto& [symbol, count] : counts) {
    EXPECT_NE(kSymbols.find(symbol), std::string_view::npos) << symbol;
    EXPECT_NEAR(count, 1000, 160) << symbol;  // five standard deviations
  }
}

TEST(Code, IsShownInGroupsOfFive) {
  EXPECT_EQ(GroupCode("ABCDE12345"), "ABCDE-12345");
  EXPECT_EQ(GroupCode("ABCDE12345ABCDE1"), "ABCDE-12345-ABCDE-1");
  EXPECT_EQ(GroupCode("ABCD"), "ABCD");
  EXPECT_EQ(GroupCode(""), "");
}

TEST(Code, IsReadTheWayPeopleWrite) {
  EXPECT_EQ(NormaliseCode("abcde-12345"), "ABCDE12345");
  EXPECT_EQ(NormaliseCode(" AB CDE\u00a0\u2013 1234 5 "), "ABCDE12345");
  EXPECT_EQ(NormaliseCode("oO0-iIlL1"), "00011111");
}

TEST(Code, WithAnyOtherCharacterIsRefused) {
  for (const std::string_view typed :
       {""sv, "-"sv, "  "sv, "U"sv, "ABCDu"sv, "ABC*"sv, "ABC_D"sv, "ABC\tD"sv, "ABC\n"sv, "AB\0C"sv,
        "caf\u00e9"sv, "ABC\xe2\x80"sv, "\uff21\uff22"sv}) {
    EXPECT_FALSE(NormaliseCode(typed).has_value()) << typed;
  }
}

TEST(Code, LongerThanAPersonTypesIsRefused) {
  EXPECT_TRUE(NormaliseCode(std::string(kTypedCodeBytesMax, 'A')).has_value());
  EXPECT_FALSE(NormaliseCode(std::string(kTypedCodeBytesMax + 1, 'A')).has_value());
  EXPECT_FALSE(NormaliseCheckedCode(std::string(kTypedCodeBytesMax + 1, '0')).has_value());
}

RC_GTEST_PROP(Code, ComesBackHoweverItIsTyped, (std::uint64_t seed)) {
  const std::string code = CodeOfSeed(seed, *rc::gen::inRange<std::size_t>(1, 25));
  RC_ASSERT(NormaliseCode(Sloppily(code)) == code);
  RC_ASSERT(NormaliseCode(GroupCode(code)) == code);
  RC_ASSERT(NormaliseCheckedCode(Sloppily(code + CheckSymbol(code))) == code);
}

TEST(CheckSymbol, IsTheValueModulo37) {
  EXPECT_EQ(CheckSymbol("16J"), 'D');  // 1234 = 33 * 37 + 13
  EXPECT_EQ(CheckSymbol("0"), '0');
  EXPECT_EQ(CheckSymbol("Z"), 'Z');
  EXPECT_EQ(CheckSymbol("10"), '*');  // 32
  EXPECT_EQ(CheckSymbol("11"), '~');
  EXPECT_EQ(CheckSymbol("12"), '$');
  EXPECT_EQ(CheckSymbol("13"), '=');
  EXPECT_EQ(CheckSymbol("14"), 'U');  // 36
  EXPECT_EQ(CheckSymbol("15"), '0');
}

TEST(CheckSymbol, IsReadInLowerCaseToo) { EXPECT_EQ(NormaliseCheckedCode("i4-u"), "14"); }

TEST(CheckSymbol, FindsEveryWrongSymbol) {
  const std::string code = CodeOfSeed(1, 16);
  const std::string checked = code + CheckSymbol(code);
  ASSERT_EQ(NormaliseCheckedCode(checked), code);
  for (std::size_t at = 0; at < checked.size(); ++at) {
    for (const char symbol : at == code.size() ? kCheckSymbols : kSymbols) {
      if (symbol == checked[at]) continue;
      std::string wrong = checked;
      wrong[at] = symbol;
      EXPECT_FALSE(NormaliseCheckedCode(wrong).has_value()) << wrong;
    }
  }
}

RC_GTEST_PROP(CheckSymbol, FindsEverySwapOfNeighbours, (std::uint64_t seed)) {
  const std::string code = CodeOfSeed(seed, 16);
  const auto at = *rc::gen::inRange<std::size_t>(0, code.size() - 1);
  RC_PRE(code[at] != code[at + 1]);
  std::string wrong = code + CheckSymbol(code);
  std::swap(wrong[at], wrong[at + 1]);
  RC_ASSERT(!NormaliseCheckedCode(wrong).has_value());
}

TEST(CheckSymbol, OfNothingIsNoCode) {
  for (const std::string_view typed : {""sv, "-"sv, "0"sv, "*"sv, "*0"sv, "1U4"sv}) {
    EXPECT_FALSE(NormaliseCheckedCode(typed).has_value()) << typed;
  }
}

TEST(CheckSymbolDeathTest, IsForNormalisedCodesAlone) {
  EXPECT_DEATH((void)CheckSymbol("abc"), "normalised");
  EXPECT_DEATH((void)CheckSymbol(""), "normalised");
}

}  // namespace
}  // namespace brug::crypto
