#include <algorithm>
#include <cstdint>

#include "proto/rules/validate.h"

namespace brug::rules {
namespace {

constexpr char32_t kNotUtf8 = 0xFFFFFFFF;

struct Sequence {
  std::size_t bytes;
  char32_t least;
  char32_t first_bits;
};

// What the first byte of a character says about it; no bytes when none begins so.
Sequence SequenceOf(unsigned char first) {
  if (first < 0x80) return {1, 0, first};
  if (first >= 0xC0 && first < 0xE0) return {2, 0x80, first & 0x1FU};
  if (first >= 0xE0 && first < 0xF0) return {3, 0x800, first & 0x0FU};
  if (first >= 0xF0 && first < 0xF8) return {4, 0x10000, first & 0x07U};
  return {0, 0, 0};
}

// Takes one character off `text`: the shortest form only, no surrogates, nothing above U+10FFFF.
char32_t TakeCharacter(std::string_view& text) {
  const Sequence sequence = SequenceOf(static_cast<unsigned char>(text.front()));
  if (sequence.bytes == 0 || sequence.bytes > text.size()) return kNotUtf8;
  char32_t character = sequence.first_bits;
  for (std::size_t i = 1; i < sequence.bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0U) != 0x80) return kNotUtf8;
    character = (character << 6U) | (next & 0x3FU);
  }
  if (character < sequence.least || character > 0x10FFFF) return kNotUtf8;
  if (character >= 0xD800 && character <= 0xDFFF) return kNotUtf8;
  text.remove_prefix(sequence.bytes);
  return character;
}

bool IsControl(char32_t c) { return c < 0x20 || (c >= 0x7F && c <= 0x9F); }

// Line breaks as the systems write them: LF, or CR LF.
bool IsLineBreakOrTab(char32_t c, std::string_view rest) {
  return c == '\n' || c == '\t' || (c == '\r' && !rest.empty() && rest.front() == '\n');
}

// Unicode's White_Space, and what shows nothing at all.
bool IsBlank(char32_t c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200D) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x2060 || c == 0x3000 || c == 0xFEFF;
}

bool IsLowerHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

}  // namespace

std::optional<v1::ErrorReason> CheckText(std::string_view text, TextLimit limit) {
  if (text.size() > limit.bytes_max) return v1::ERROR_REASON_TEXT_TOO_LONG;
  bool blank = true;
  while (!text.empty()) {
    const char32_t character = TakeCharacter(text);
    if (character == kNotUtf8) return v1::ERROR_REASON_NOT_TEXT;
    if (IsControl(character) && !IsLineBreakOrTab(character, text)) return v1::ERROR_REASON_NOT_TEXT;
    blank = blank && IsBlank(character);
  }
  if (limit.needed && blank) return v1::ERROR_REASON_MISSING;
  return std::nullopt;
}

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !IsLowerHex(text[i])) return false;
  }
  return true;
}

}  // namespace brug::rules
