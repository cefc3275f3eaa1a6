#pragma once

#include <optional>
#include <string>

#include "brug/v1/reward_service.pb.h"

namespace brug::rules {

// A merchant's month as a table for a spreadsheet: RFC 4180 in UTF-8, a header, one row a line, and last a
// row "total". Columns: booked_at (UTC, ISO 8601 with microseconds), merchant, redemption_id, amount_eur
// ("12.50"). A text that a spreadsheet would take for a formula gets an apostrophe before it.
//
// Nothing when the lines do not add up to `total_cents`: a table that contradicts the ledger is not made.
// Pure; cost proportional to the lines.
[[nodiscard]] std::optional<std::string> ToCsv(const v1::GetMerchantStatementResponse& statement);

}  // namespace brug::rules
