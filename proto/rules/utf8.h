#pragma once

#include <optional>
#include <string>
#include <string_view>

// UTF-8, character by character: the shortest form only, no surrogates, nothing above U+10FFFF. Pure; safe
// from any thread.
namespace brug::rules {

// Takes one character off the front of `text`; nothing, with `text` as it was, when it does not begin with
// one.
[[nodiscard]] std::optional<char32_t> TakeCharacter(std::string_view& text);

// Puts a character that TakeCharacter can return behind `text`.
void AppendCharacter(char32_t character, std::string& text);

}  // namespace brug::rules
