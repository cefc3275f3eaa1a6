#pragma once

#include <span>
#include <string_view>

#include "brug/v1/error.pb.h"

// What people read, apart from the code that chooses it. B1, at most 12 words a sentence, never blaming.
namespace brug::rules {

// One text in the languages of the screens.
struct Wording {
  std::string_view dutch;
  std::string_view english;
};

// What is wrong, and what to do.
struct ReasonWording {
  v1::ErrorReason reason;
  Wording text;
};

// What a person calls a field, by its last name in a path.
struct FieldWording {
  std::string_view field;
  Wording name;
};

[[nodiscard]] std::span<const ReasonWording> ReasonWordings();
[[nodiscard]] std::span<const FieldWording> FieldWordings();

}  // namespace brug::rules
