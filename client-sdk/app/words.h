#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace brug::app {

// Every text that the app itself says, by name; words.def is the catalogue.
enum class Word {
#define BRUG_WORD(name, nl, en) name,
#include "client-sdk/app/words.def"
#undef BRUG_WORD
};

// The languages of the catalogue.
enum class Language { kDutch, kEnglish };

// "en" and its regions are English; everything else is Dutch.
[[nodiscard]] Language LanguageOf(std::string_view tag);

// The text with {0}, {1}, ... replaced by `values`, in order. What has no value stays as it stands.
[[nodiscard]] std::string Say(Language language, Word word,
                              std::initializer_list<std::string_view> values = {});

}  // namespace brug::app
