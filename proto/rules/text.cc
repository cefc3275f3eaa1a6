#include <algorithm>
#include <cstdint>

#include "proto/rules/utf8.h"
#include "proto/rules/validate.h"

namespace brug::rules {
namespace {

bool IsControl(char32_t c) { return c < 0x20 || (c >= 0x7F && c <= 0x9F); }

// Line breaks as the systems write them: LF, or CR LF.
bool IsLineBreakOrTab(char32_t c, std::string_view rest) {
  return c == '\n' || c == '\t' || (c == '\r' && !rest.empty() && rest.front() == '\n');
}

// Unicode's White_Space but for controls, and what shows nothing at all.
bool IsBlank(char32_t c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200D) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x2060 || c == 0x3000 || c == 0xFEFF;
}

bool IsLowerHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

}  // namespace

std::optional<v1::ErrorReason> CheckText(std::string_view text, TextLimit limit) {
  if (text.size() > limit.bytes_max) return v1::ERROR_REASON_TEXT_TOO_LONG;
  bool blank = true;
  while (!text.empty()) {
    const auto character = TakeCharacter(text);
    if (!character) return v1::ERROR_REASON_NOT_TEXT;
    if (IsControl(*character) && !IsLineBreakOrTab(*character, text)) return v1::ERROR_REASON_NOT_TEXT;
    blank = blank && IsBlank(*character);
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
