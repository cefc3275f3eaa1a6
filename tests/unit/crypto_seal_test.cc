#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <atomic>
#include <set>

#include "proto/crypto/seal.h"
#include "tests/unit/crypto_seeded_random.h"
#include "tests/unit/crypto_threads.h"

namespace brug::crypto {
namespace {

constexpr std::string_view kText = "I want to sleep through the night again.";
constexpr std::string_view kPlace = "organisation/dossier/record/7";

SealingKey KeyOf(std::string_view hex) { return *SealingKey::FromBytes(*HexDecode(hex)); }

struct GcmExample {
  std::string_view key;
  std::string_view nonce;
  std::string_view plaintext;
  std::string_view associated_data;
  std::string_view ciphertext_and_tag;
};

// Test cases 13 to 16 of the GCM specification that NIST adopted (McGrew and Viega, appendix B).
constexpr std::string_view kZeroKey = "0000000000000000000000000000000000000000000000000000000000000000";
constexpr std::string_view kExampleKey = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
constexpr GcmExample kGcmExamples[] = {
    {kZeroKey, "000000000000000000000000", "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
    {kZeroKey, "000000000000000000000000", "00000000000000000000000000000000", "",
     "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
    {kExampleKey, "cafebabefacedbaddecaf888",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
     "",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6"
     "3"
     "93ba7a0abcc9f662898015adb094dac5d93471bdec1a502270e3cc6c"},
    {kExampleKey, "cafebabefacedbaddecaf888",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6"
     "3"
     "93ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"},
};

TEST(Seal, GivesTheExamplesOfGcm) {
  for (const GcmExample& example : kGcmExamples) {
    const SealingKey key = KeyOf(example.key);
    const Bytes plaintext = *HexDecode(example.plaintext);
    const Bytes associated_data = *HexDecode(example.associated_data);
    ScriptedRandom random(*HexDecode(example.nonce));
    const Bytes sealed = key.Seal(plaintext, associated_data, random);
    EXPECT_EQ(HexEncode(sealed), "01" + std::string(example.nonce) + std::string(example.ciphertext_and_tag));
    EXPECT_EQ(key.Open(sealed, associated_data), plaintext);
  }
}

RC_GTEST_PROP(Seal, OpensToWhatWasSealed,
              (const Bytes& plaintext, const Bytes& associated_data, std::uint64_t seed)) {
  SeededRandom random(seed);
  const SealingKey key = SealingKey::Generate(random);
  const Bytes sealed = key.Seal(plaintext, associated_data, random);
  RC_ASSERT(sealed.size() == plaintext.size() + kSealOverheadBytes);
  RC_ASSERT(key.Open(sealed, associated_data) == plaintext);
}

TEST(Seal, AnyChangedBitRefusesToOpen) {
  SeededRandom random(1);
  const SealingKey key = SealingKey::Generate(random);
  const Bytes sealed = key.Seal(kText, kPlace, random);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(key.Open(changed, kPlace).has_value()) << "bit " << bit;
  }
  ASSERT_TRUE(key.Open(sealed, kPlace).has_value());
}

TEST(Seal, AnyCutOrAdditionRefusesToOpen) {
  SeededRandom random(1);
  const SealingKey key = SealingKey::Generate(random);
  const Bytes sealed = key.Seal(kText, kPlace, random);
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_FALSE(key.Open(std::string_view(sealed).substr(0, size), kPlace).has_value()) << size;
    EXPECT_FALSE(key.Open(std::string_view(sealed).substr(sealed.size() - size), kPlace).has_value()) << size;
  }
  EXPECT_FALSE(key.Open(sealed + '\0', kPlace).has_value());
  EXPECT_FALSE(key.Open('\x01' + sealed, kPlace).has_value());
}

RC_GTEST_PROP(Seal, OtherAssociatedDataRefusesToOpen, (const Bytes& associated_data, const Bytes& other)) {
  RC_PRE(associated_data != other);
  SeededRandom random(1);
  const SealingKey key = SealingKey::Generate(random);
  RC_ASSERT(!key.Open(key.Seal(kText, associated_data, random), other).has_value());
}

RC_GTEST_PROP(Seal, BytesOfNoMeaningRefuseToOpen, (const Bytes& noise)) {
  SeededRandom random(1);
  const SealingKey key = SealingKey::Generate(random);
  RC_ASSERT(!key.Open(noise, kPlace).has_value());
  RC_ASSERT(!key.Open('\x01' + noise + Bytes(28, '\0'), kPlace).has_value());
}

TEST(Seal, AnotherKeyRefusesToOpen) {
  SeededRandom random(1);
  const SealingKey key = SealingKey::Generate(random);
  const SealingKey other = SealingKey::Generate(random);
  const Bytes sealed = key.Seal(kText, kPlace, random);
  EXPECT_FALSE(other.Open(sealed, kPlace).has_value());
  EXPECT_TRUE(key.Open(sealed, kPlace).has_value()) << "the thread's context kept the other key";
}

TEST(Seal, NeverGivesTheSameBytesTwice) {
  SystemRandom random;
  const SealingKey key = SealingKey::Generate(random);
  std::set<Bytes> nonces;
  for (int i = 0; i < 1000; ++i) nonces.insert(key.Seal(kText, kPlace, random).substr(1, 12));
  EXPECT_EQ(nonces.size(), 1000u);
}

TEST(SealingKey, IsOf32Bytes) {
  EXPECT_FALSE(SealingKey::FromBytes("").has_value());
  EXPECT_FALSE(SealingKey::FromBytes(Bytes(31, 'k')).has_value());
  EXPECT_FALSE(SealingKey::FromBytes(Bytes(33, 'k')).has_value());
  EXPECT_TRUE(SealingKey::FromBytes(Bytes(32, 'k')).has_value());
}

TEST(SealingKey, CloneOpensWhatItSealed) {
  SeededRandom random(1);
  const SealingKey key = SealingKey::Generate(random);
  EXPECT_EQ(key.Clone().Open(key.Seal(kText, kPlace, random), kPlace), kText);
}

TEST(SealingKey, WrappedKeyOpensWhatTheInnerSealed) {
  SeededRandom random(1);
  const SealingKey outer = SealingKey::Generate(random);
  const SealingKey inner = SealingKey::Generate(random);
  const Bytes wrapped = outer.Wrap(inner, kPlace, random);
  const std::optional<SealingKey> unwrapped = outer.Unwrap(wrapped, kPlace);
  ASSERT_TRUE(unwrapped.has_value());
  EXPECT_EQ(unwrapped->Open(inner.Seal(kText, kPlace, random), kPlace), kText);
}

TEST(SealingKey, UnwrapsNothingElse) {
  SeededRandom random(1);
  const SealingKey outer = SealingKey::Generate(random);
  const SealingKey inner = SealingKey::Generate(random);
  EXPECT_FALSE(outer.Unwrap(outer.Wrap(inner, kPlace, random), "elsewhere").has_value());
  EXPECT_FALSE(inner.Unwrap(outer.Wrap(inner, kPlace, random), kPlace).has_value());
  EXPECT_FALSE(outer.Unwrap(outer.Seal("not a key", kPlace, random), kPlace).has_value());
}

TEST(DeriveKey, IsHkdfWithoutSalt) {
  // RFC 5869 has no example with a key of 32 bytes; this one was computed by the Python package cryptography.
  EXPECT_EQ(HexEncode(DeriveKey(KeyOf(kExampleKey), "brug/1 activation code").bytes()),
            "d48a1de92329445fcaa6c8f9190062daa822423630b748d3db97ced401c9c832");
}

TEST(DeriveKey, EachUseAndEachKeyGivesItsOwn) {
  SeededRandom random(1);
  const SealingKey key = SealingKey::Generate(random);
  const SealingKey other = SealingKey::Generate(random);
  const std::set<Bytes> derived = {Bytes(DeriveKey(key, "a").bytes()), Bytes(DeriveKey(key, "b").bytes()),
                                   Bytes(DeriveKey(key, "").bytes()), Bytes(DeriveKey(other, "a").bytes()),
                                   Bytes(key.bytes())};
  EXPECT_EQ(derived.size(), 5u);
  EXPECT_EQ(DeriveKey(key, "a").bytes(), DeriveKey(key, "a").bytes());
}

// Sizes are looked at before bytes, so the views below may claim bytes that do not exist.
TEST(SealingKeyDeathTest, MoreThanTheLimitIsNotSealed) {
  SeededRandom random(1);
  const SealingKey key = SealingKey::Generate(random);
  const char byte = '\x01';
  const std::string_view too_much(&byte, kSealPlaintextBytesMax + 1);
  EXPECT_DEATH((void)key.Seal(too_much, kPlace, random), "too much to seal");
  EXPECT_DEATH((void)key.Seal(kText, too_much, random), "too much to seal");
  EXPECT_DEATH((void)key.Open(kText, too_much), "too much associated data");
}

TEST(SealingKey, MoreThanTheLimitDoesNotOpen) {
  SeededRandom random(1);
  const SealingKey key = SealingKey::Generate(random);
  const char byte = '\x01';
  EXPECT_FALSE(
      key.Open(std::string_view(&byte, kSealPlaintextBytesMax + kSealOverheadBytes + 1), kPlace).has_value());
}

TEST(SealingKeyDeathTest, AKeyThatWasMovedFromSealsAndOpensNothing) {
  SeededRandom random(1);
  SealingKey key = SealingKey::Generate(random);
  const SealingKey moved = std::move(key);
  // NOLINTBEGIN(bugprone-use-after-move, clang-analyzer-cplusplus.Move): what is asserted
  EXPECT_DEATH((void)key.Seal(kText, kPlace, random), "moved from");
  EXPECT_DEATH((void)key.Open(kText, kPlace), "moved from");
  // NOLINTEND(bugprone-use-after-move, clang-analyzer-cplusplus.Move)
}

TEST(SealingKey, ServesManyThreadsAtOnce) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 500;
  SystemRandom random;
  const SealingKey keys[] = {SealingKey::Generate(random), SealingKey::Generate(random)};
  std::atomic<int> opened = 0;
  AtOnce(kThreads, [&](int thread) {
    for (int round = 0; round < kRounds; ++round) {
      const Bytes text = std::to_string(thread) + "/" + std::to_string(round);
      const SealingKey& key = keys[round % 2];
      if (key.Open(key.Seal(text, kPlace, random), kPlace) == text) ++opened;
    }
  });
  EXPECT_EQ(opened, kThreads * kRounds);
}

}  // namespace
}  // namespace brug::crypto
