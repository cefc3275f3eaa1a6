#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "proto/crypto/random.h"

// Codes that people read aloud and type: Crockford's base 32 (https://www.crockford.com/base32.html), the
// symbols 0-9 and A-Z without I, L, O and U. Every symbol carries 5 bits.
// Thread safety: all functions here, any number of threads at once.
namespace brug::crypto {

inline constexpr std::size_t kTypedCodeBytesMax = 128;
inline constexpr std::size_t kCodeGroupSymbols = 5;

// `symbols` random symbols in upper case, each equally likely.
[[nodiscard]] std::string NewCode(RandomSource& random, std::size_t symbols);

// What a person typed, as NewCode wrote it: upper case; spaces and hyphens left out (also the long ones that
// keyboards make of them); o read as 0, i and l as 1. nullopt for any other character, for nothing at all,
// and for more than kTypedCodeBytesMax bytes. The number of symbols is the caller's to check.
[[nodiscard]] std::optional<std::string> NormaliseCode(std::string_view typed);

// In groups of five with hyphens between them, "ABCDE-12345"; the last group may be shorter.
[[nodiscard]] std::string GroupCode(std::string_view code);

// Crockford's check symbol of a normalised code: its value modulo 37, as one of the 32 symbols or *~$=U. It
// finds every single wrong symbol, and every swap of two neighbours in the code. `code` must be normalised;
// another is an assertion.
[[nodiscard]] char CheckSymbol(std::string_view code);

// As NormaliseCode for a code followed by its check symbol; gives the code without it. nullopt also when the
// check symbol is not the right one.
[[nodiscard]] std::optional<std::string> NormaliseCheckedCode(std::string_view typed);

}  // namespace brug::crypto
