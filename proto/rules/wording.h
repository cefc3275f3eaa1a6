#pragma once

#include <string>
#include <string_view>

#include "proto/rules/violation.h"

namespace brug::rules {

// What a person is told about an error, in plain words: what is wrong and what to do. B1, never blaming.
// `language` is a BCP 47 tag or an Accept-Language list; what is not Dutch or English gets Dutch.
[[nodiscard]] std::string Say(const Violation& violation, std::string_view language);

// The language that Say() answers in: "nl" or "en".
[[nodiscard]] std::string_view LanguageOf(std::string_view language);

// The name of a reason as ErrorInfo carries it, without its prefix: "IN_THE_FUTURE"; and back (UNSPECIFIED
// when unknown).
[[nodiscard]] std::string ReasonName(v1::ErrorReason reason);
[[nodiscard]] v1::ErrorReason ReasonFromName(std::string_view name);

}  // namespace brug::rules
