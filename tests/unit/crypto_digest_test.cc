#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "proto/crypto/digest.h"
#include "proto/crypto/hash.h"

namespace brug::crypto {
namespace {

SetDigest Of(const std::vector<std::string>& entries) {
  SetDigest digest;
  for (const std::string& entry : entries) digest.Add(entry);
  return digest;
}

TEST(SetDigest, OfNothingIsZeroAndOfOneEntryIsItsHash) {
  EXPECT_EQ(SetDigest().bytes(), std::string(32, '\0'));
  EXPECT_EQ(Of({"a record"}).bytes(), Sha256("a record"));
}

// Both numbers were added by hand, with the carry dropped at 64 bits.
TEST(SetDigest, AddsFourNumbersOf64BitsEachByItself) {
  auto ones = SetDigest::FromBytes(std::string(32, '\xff'));
  ASSERT_TRUE(ones.has_value());
  const std::string hash = Sha256("x");
  ones->Add("x");
  const std::string sum = ones->bytes();
  for (std::size_t at : {7U, 15U, 23U, 31U}) {
    EXPECT_EQ(static_cast<unsigned char>(sum[at]), static_cast<unsigned char>(hash[at] - 1)) << at;
  }
}

TEST(SetDigest, ReadsBackWhatItWroteAndNothingElse) {
  const SetDigest digest = Of({"a", "b"});
  EXPECT_EQ(SetDigest::FromBytes(digest.bytes()), digest);
  EXPECT_EQ(SetDigest::FromBytes(digest.bytes().substr(1)), std::nullopt);
  EXPECT_EQ(SetDigest::FromBytes(""), std::nullopt);
}

TEST(SetDigest, CountsHowOftenAnEntryIsThere) { EXPECT_NE(Of({"a", "a", "b"}), Of({"b"})); }

RC_GTEST_PROP(SetDigestProperty, DoesNotDependOnTheOrder, (std::vector<std::string> entries)) {
  const SetDigest digest = Of(entries);
  std::reverse(entries.begin(), entries.end());
  RC_ASSERT(Of(entries) == digest);
}

RC_GTEST_PROP(SetDigestProperty, RemovingTakesBackAdding,
              (const std::vector<std::string>& entries, const std::string& one)) {
  SetDigest digest = Of(entries);
  digest.Add(one);
  RC_ASSERT(digest != Of(entries));
  digest.Remove(one);
  RC_ASSERT(digest == Of(entries));
}

}  // namespace
}  // namespace brug::crypto
