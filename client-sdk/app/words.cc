#include "client-sdk/app/words.h"

#include <array>
#include <cstddef>

namespace brug::app {
namespace {

struct Entry {
  std::string_view nl;
  std::string_view en;
};

constexpr Entry kCatalogue[] = {
#define BRUG_WORD(name, nl, en) {nl, en},
#include "client-sdk/app/words.def"
#undef BRUG_WORD
};

}  // namespace

Language LanguageOf(std::string_view tag) {
  return tag == "en" || tag.starts_with("en-") || tag.starts_with("en_") ? Language::kEnglish
                                                                         : Language::kDutch;
}

std::string Say(Language language, Word word, std::initializer_list<std::string_view> values) {
  const Entry& entry = kCatalogue[static_cast<std::size_t>(word)];
  const std::string_view text = language == Language::kEnglish ? entry.en : entry.nl;
  std::string said;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool place = text[i] == '{' && i + 2 < text.size() && text[i + 2] == '}';
    const std::size_t which = place ? static_cast<std::size_t>(text[i + 1] - '0') : values.size();
    if (which < values.size()) {
      said += values.begin()[which];
      i += 2;
    } else {
      said += text[i];
    }
  }
  return said;
}

}  // namespace brug::app
