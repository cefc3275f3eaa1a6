#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "proto/crypto/random.h"
#include "tests/unit/crypto_seeded_random.h"

namespace brug::crypto {
namespace {

using namespace std::literals;

constexpr std::int64_t kUuidV7EndUnixMs = std::int64_t{1} << 48;

TEST(Uuid, Version4IsTheExampleOfRfc9562) {
  // The version's and the variant's bits are set whatever was drawn.
  ScriptedRandom random(*HexDecode("919108f752d1f320dbacf847db4148a8"));
  EXPECT_EQ(NewUuidV4(random), "919108f7-52d1-4320-9bac-f847db4148a8");
}

TEST(Uuid, Version7IsTheExampleOfRfc9562) {
  ScriptedRandom random(*HexDecode("0000000000000cc318c4dc0c0c07398f"));
  EXPECT_EQ(NewUuidV7(random, 1645557742000), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

RC_GTEST_PROP(Uuid, Version7SortsByTime, (std::uint64_t seed)) {
  SeededRandom random(seed);
  const auto time = rc::gen::inRange<std::int64_t>(0, kUuidV7EndUnixMs);
  const std::int64_t one = *time;
  const std::int64_t other = *time;
  RC_PRE(one != other);
  RC_ASSERT((NewUuidV7(random, one) < NewUuidV7(random, other)) == (one < other));
}

RC_GTEST_PROP(Uuid, IsInCanonicalForm, (std::uint64_t seed)) {
  SeededRandom random(seed);
  RC_ASSERT(IsUuid(NewUuidV4(random)));
  RC_ASSERT(IsUuid(NewUuidV7(random, *rc::gen::inRange<std::int64_t>(0, kUuidV7EndUnixMs))));
}

TEST(Uuid, OtherFormsAreRefused) {
  ASSERT_TRUE(IsUuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
  for (const std::string_view text :
       {""sv, "017F22E2-79B0-7CC3-98C4-DC0C0C07398F"sv, "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}"sv,
        "017f22e279b07cc398c4dc0c0c07398f"sv, "017f22e2-79b0-7cc3-98c4-dc0c0c07398"sv,
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0"sv, "017f22e2-79b0-7cc3-98c4-dc0c0c07398g"sv,
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398:"sv, "017f22e2079b0-7cc3-98c4-dc0c0c07398f"sv,
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398\0"sv, "017f22e2-79b0-7cc3-98c4-dc0c0c07398/"sv}) {
    EXPECT_FALSE(IsUuid(text)) << text;
  }
}

TEST(UuidDeathTest, Version7HoldsNoTimeBefore1970OrAfter48Bits) {
  SeededRandom random(1);
  EXPECT_DEATH((void)NewUuidV7(random, -1), "time outside what a UUIDv7 holds");
  EXPECT_DEATH((void)NewUuidV7(random, kUuidV7EndUnixMs), "time outside what a UUIDv7 holds");
}

TEST(SystemRandom, NeverGivesTheSameTwice) {
  SystemRandom random;
  std::set<Bytes> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(RandomBytes(random, 16));
  EXPECT_EQ(seen.size(), 1000u);
}

TEST(RandomSource, FillsWhatWasAskedFor) {
  ScriptedRandom random(
      "\x01\x02\x03\x04\x05\x06\x07\x08"
      "ab"
      "cd");
  EXPECT_EQ(RandomUint64(random), 0x0102030405060708u);
  EXPECT_EQ(RandomBytes(random, 2), "ab");
  EXPECT_EQ(RandomSecret(random, 2).view(), "cd");
  EXPECT_EQ(random.drawn_bytes(), 12u);
}

}  // namespace
}  // namespace brug::crypto
