#pragma once

#include <optional>
#include <string_view>

#include "brug/v1/mutation.pb.h"
#include "proto/rules/violation.h"

namespace brug::rules {

// Whether the form of `mutation` is right, whatever the dossier holds: ids, texts, ranges, dates that exist,
// a recurrence that can fall due, masks that name writable fields, fields that the rules keep unset. The
// first thing wrong, in field order, with its path from the mutation ("create_step.step.recurrence"). An
// absent intent is not this function's matter. Pure; cost proportional to the size of the mutation.
[[nodiscard]] std::optional<Violation> Validate(const v1::Mutation& mutation);

// One text: UTF-8, no control characters but line break and tab, at most `bytes_max` bytes, and at least one
// character that is not white space when `needed`.
struct TextLimit {
  std::size_t bytes_max = 0;
  bool needed = false;
};
[[nodiscard]] std::optional<v1::ErrorReason> CheckText(std::string_view text, TextLimit limit);

// A UUID in lower-case canonical form.
[[nodiscard]] bool IsUuid(std::string_view text);

}  // namespace brug::rules
