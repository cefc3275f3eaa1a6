#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <cstring>
#include <new>

#include "proto/crypto/bytes.h"

namespace {

// The block that the next deletion of is looked at, and what it held then.
const void* g_watched = nullptr;
unsigned char g_last_seen[8] = {};

}  // namespace

// The whole program's, so that a test can see what freed memory held the moment before.
[[gnu::noinline]] void* operator new(std::size_t size) {
  if (void* const block = std::malloc(size == 0 ? 1 : size)) return block;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* block) noexcept {
  if (block != nullptr && block == g_watched) {
    std::memcpy(g_last_seen, block, sizeof g_last_seen);
    g_watched = nullptr;
  }
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept { operator delete(block); }

namespace brug::crypto {
namespace {

using namespace std::literals;

constexpr std::string_view kSecret = "geheim!!"sv;

// What the memory of `secret` held when it was freed by `free`.
template <typename Free>
Bytes LastSeen(SecretBytes& secret, Free free) {
  std::memset(g_last_seen, '?', sizeof g_last_seen);
  g_watched = secret.view().data();
  free();
  EXPECT_EQ(g_watched, nullptr) << "the memory was not freed";
  g_watched = nullptr;
  return Bytes(reinterpret_cast<const char*>(g_last_seen), sizeof g_last_seen);
}

TEST(SecretBytes, AreOverwrittenBeforeTheirMemoryIsFreed) {
  auto secret = std::make_unique<SecretBytes>(SecretBytes::CopyOf(kSecret));
  EXPECT_EQ(LastSeen(*secret, [&] { secret.reset(); }), Bytes(8, '\0'));
}

TEST(SecretBytes, AreOverwrittenWhenAnotherValueIsAssigned) {
  SecretBytes secret = SecretBytes::CopyOf(kSecret);
  EXPECT_EQ(LastSeen(secret, [&] { secret = SecretBytes::CopyOf("other"); }), Bytes(8, '\0'));
  EXPECT_EQ(secret.view(), "other");
}

TEST(SecretBytes, MovingLeavesTheSourceEmpty) {
  SecretBytes source = SecretBytes::CopyOf(kSecret);
  SecretBytes moved(std::move(source));
  EXPECT_TRUE(source.empty());  // NOLINT(bugprone-use-after-move): what it promises
  SecretBytes assigned;
  assigned = std::move(moved);
  EXPECT_TRUE(moved.empty());  // NOLINT(bugprone-use-after-move): what it promises
  EXPECT_EQ(assigned.view(), kSecret);
}

TEST(SecretBytes, AssigningToItselfKeepsTheValue) {
  SecretBytes secret = SecretBytes::CopyOf(kSecret);
  SecretBytes& same = secret;
  secret = std::move(same);
  EXPECT_EQ(secret.view(), kSecret);
}

TEST(SecretBytes, CloneIsASeparateCopy) {
  SecretBytes secret = SecretBytes::CopyOf(kSecret);
  const SecretBytes clone = secret.Clone();
  secret.mutable_span()[0] = 'G';
  EXPECT_EQ(clone.view(), kSecret);
  EXPECT_EQ(secret.view(), "Geheim!!");
}

TEST(SecretBytes, StartAsZeros) { EXPECT_EQ(SecretBytes(3).view(), "\0\0\0"sv); }

TEST(SecretBytes, CannotBeCopiedByAccident) {
  EXPECT_FALSE(std::is_copy_constructible_v<SecretBytes>);
  EXPECT_FALSE(std::is_copy_assignable_v<SecretBytes>);
}

TEST(WipeAndClear, OverwritesTheBuffer) {
  Bytes bytes(100, 'x');
  const char* const buffer = bytes.data();
  WipeAndClear(bytes);
  EXPECT_TRUE(bytes.empty());
  EXPECT_EQ(Bytes(buffer + 1, 99), Bytes(99, '\0'));
}

TEST(Hex, WritesLowerCase) { EXPECT_EQ(HexEncode("\x00\x7f\xab\xff"sv), "007fabff"); }

TEST(Hex, RefusesEveryOtherSpelling) {
  for (const std::string_view text :
       {"0"sv, "0g"sv, "g0"sv, "AB"sv, " 00"sv, "0x00"sv, "00\0"sv, "\xff\xff"sv}) {
    EXPECT_FALSE(HexDecode(text).has_value()) << text;
  }
}

TEST(Base64Url, GivesTheExamplesOfRfc4648WithoutPadding) {
  EXPECT_EQ(Base64UrlEncode(""), "");
  EXPECT_EQ(Base64UrlEncode("f"), "Zg");
  EXPECT_EQ(Base64UrlEncode("fo"), "Zm8");
  EXPECT_EQ(Base64UrlEncode("foo"), "Zm9v");
  EXPECT_EQ(Base64UrlEncode("foob"), "Zm9vYg");
  EXPECT_EQ(Base64UrlEncode("fooba"), "Zm9vYmE");
  EXPECT_EQ(Base64UrlEncode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(Base64UrlEncode("\xfb\xff\xfe"sv), "-__-");
}

TEST(Base64Url, RefusesEveryOtherSpelling) {
  for (const std::string_view text : {"Z"sv, "A"sv, "Zm9vA"sv, "Zg=="sv, "Zm9vY"sv, "+__+"sv, "-//-"sv,
                                      "Zm 9v"sv, "Zm9v\n"sv, "Zm9\0"sv, "Zh"sv, "Zm9"sv}) {
    EXPECT_FALSE(Base64UrlDecode(text).has_value()) << text;
  }
}

TEST(Base64, GivesTheExamplesOfRfc4648) {
  EXPECT_EQ(Base64Encode(""), "");
  EXPECT_EQ(Base64Encode("f"), "Zg==");
  EXPECT_EQ(Base64Encode("fo"), "Zm8=");
  EXPECT_EQ(Base64Encode("foo"), "Zm9v");
  EXPECT_EQ(Base64Encode("\xfb\xff\xfe"sv), "+//+");
}

RC_GTEST_PROP(TextForms, GiveBackWhatWasWritten, (const Bytes& bytes)) {
  RC_ASSERT(HexDecode(HexEncode(bytes)) == bytes);
  RC_ASSERT(Base64UrlDecode(Base64UrlEncode(bytes)) == bytes);
}

RC_GTEST_PROP(TextForms, HaveOneTextForEachValue, ()) {
  const auto hex = *rc::gen::container<std::string>(rc::gen::elementOf("0123456789abcdefABCDEF"s));
  const auto base64 = *rc::gen::container<std::string>(rc::gen::elementOf("ABCQgwxyz019-_=+/"s));
  if (const auto bytes = HexDecode(hex)) RC_ASSERT(HexEncode(*bytes) == hex);
  if (const auto bytes = Base64UrlDecode(base64)) RC_ASSERT(Base64UrlEncode(*bytes) == base64);
}

}  // namespace
}  // namespace brug::crypto
