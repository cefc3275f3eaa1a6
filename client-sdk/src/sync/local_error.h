#pragma once

#include <brug/error.h>

#include <string_view>

namespace brug::sdk {

// An error that begins on the device, with its message in the person's language: what is wrong and what to
// do.
[[nodiscard]] Error LocalError(ErrorCode code, std::string_view reason, std::string_view language,
                               std::string_view field = {});

// The same error, with a message when it has none.
[[nodiscard]] Error WithMessage(Error error, std::string_view language);

// STORAGE_DAMAGED, where the rest was saved and so many mutations could not be read.
[[nodiscard]] Error SomeUnreadable(std::int64_t count, std::string_view language);

}  // namespace brug::sdk
