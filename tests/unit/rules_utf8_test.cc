#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "proto/rules/utf8.h"

namespace brug::rules {
namespace {

std::string Written(char32_t character) {
  std::string text;
  AppendCharacter(character, text);
  return text;
}

TEST(Utf8, IsWrittenAsRfc3629Says) {
  EXPECT_EQ(Written(U'A'), "A");
  EXPECT_EQ(Written(U'\0'), std::string(1, '\0'));
  EXPECT_EQ(Written(0x7F), "\x7F");
  EXPECT_EQ(Written(0x80), "\xC2\x80");
  EXPECT_EQ(Written(0x7FF), "\xDF\xBF");
  EXPECT_EQ(Written(0x800), "\xE0\xA0\x80");
  EXPECT_EQ(Written(0xFFFF), "\xEF\xBF\xBF");
  EXPECT_EQ(Written(0x10000), "\xF0\x90\x80\x80");
  EXPECT_EQ(Written(0x10FFFF), "\xF4\x8F\xBF\xBF");
}

TEST(Utf8, RefusesWhatIsNoCharacterAndLeavesItThere) {
  for (const std::string text :
       {"", "\x80", "\xC0\xBC", "\xC1\xBF", "\xC3", "\xC3(", "\xE0\x9F\xBF", "\xE2\x82", "\xED\xA0\x80",
        "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xFF"}) {
    std::string_view rest = text;
    EXPECT_EQ(TakeCharacter(rest), std::nullopt);
    EXPECT_EQ(rest, text);
  }
}

RC_GTEST_PROP(Utf8, ReadsBackWhatItWrites, ()) {
  const auto text = *rc::gen::container<std::u32string>(rc::gen::suchThat(
      rc::gen::inRange<char32_t>(0, 0x110000), [](char32_t c) { return c < 0xD800 || c > 0xDFFF; }));
  std::string written;
  for (const char32_t character : text) AppendCharacter(character, written);
  std::string_view rest = written;
  std::u32string read;
  while (const auto character = TakeCharacter(rest)) read += *character;
  RC_ASSERT(rest.empty());
  RC_ASSERT((read == text));
}

}  // namespace
}  // namespace brug::rules
