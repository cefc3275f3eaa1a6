#include "proto/rules/utf8.h"

#include <cstddef>

namespace brug::rules {
namespace {

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

char ContinuationByte(char32_t bits) { return static_cast<char>(0x80U | (bits & 0x3FU)); }

}  // namespace

std::optional<char32_t> TakeCharacter(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const Sequence sequence = SequenceOf(static_cast<unsigned char>(text.front()));
  if (sequence.bytes == 0 || sequence.bytes > text.size()) return std::nullopt;
  char32_t character = sequence.first_bits;
  for (std::size_t i = 1; i < sequence.bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0U) != 0x80) return std::nullopt;
    character = (character << 6U) | (next & 0x3FU);
  }
  if (character < sequence.least || character > 0x10FFFF) return std::nullopt;
  if (character >= 0xD800 && character <= 0xDFFF) return std::nullopt;
  text.remove_prefix(sequence.bytes);
  return character;
}

void AppendCharacter(char32_t character, std::string& text) {
  if (character < 0x80) {
    text += static_cast<char>(character);
    return;
  }
  if (character < 0x800) {
    text += static_cast<char>(0xC0U | (character >> 6U));
  } else if (character < 0x10000) {
    text += static_cast<char>(0xE0U | (character >> 12U));
    text += ContinuationByte(character >> 6U);
  } else {
    text += static_cast<char>(0xF0U | (character >> 18U));
    text += ContinuationByte(character >> 12U);
    text += ContinuationByte(character >> 6U);
  }
  text += ContinuationByte(character);
}

}  // namespace brug::rules
