#pragma once

#include <brug/error.h>

#include <string_view>

namespace brug::sdk {

// An error of what Brug::vouchers does, with its message in Dutch or English. `reason` is one of those that
// the public headers name.
[[nodiscard]] Error VoucherError(std::string_view reason, std::string_view field, std::string_view language);

}  // namespace brug::sdk
