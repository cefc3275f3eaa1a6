#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Places in lists that people order themselves, as keys that are compared byte by byte, lowest first. To move
// an item is to write its own key: the neighbours keep theirs. Pure; safe from any thread.
namespace brug::rules {

inline constexpr std::size_t kRankBytesMax = 64;
// A rank ends in so many characters of lower-case hexadecimal: 32 random bits, so that two devices that put
// an item in the same place at the same time make different keys.
inline constexpr std::size_t kRankRandomBytes = 8;

// 8 to 64 of 0-9, A-Z and a-z, the last 8 of them 0-9 and a-f.
[[nodiscard]] bool IsRank(std::string_view rank);

// A rank between two neighbours: below < rank < above. An empty neighbour is an open end. `random` is 32
// fresh random bits.
//
// Nothing when there is no room left for a key of kRankBytesMax bytes, and when the neighbours are equal, in
// the wrong order or no ranks. The caller then gives all items of that list new ranks, in order, each
// RankBetween(the one before,
// "", random). A list grows by millions of items at either open end; one and the same gap takes at least 250
// one after another.
[[nodiscard]] std::optional<std::string> RankBetween(std::string_view below, std::string_view above,
                                                     std::uint32_t random);

}  // namespace brug::rules
