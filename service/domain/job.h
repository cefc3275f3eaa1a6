#pragma once

#include <cstdint>
#include <optional>

namespace brug::domain {

// What a job did with the rows that were due.
struct JobDone {
  // Rows that were looked at: fewer than the job was told to take when no others are due.
  std::int64_t due_count = 0;
  std::int64_t done_count = 0;
  // Rows of which the dossier cannot be read: they stay as they are, and the operator should hear of them.
  std::int64_t skipped_count = 0;
};

// Of one job in one transaction: calls wait no longer than for so many, and for those that cannot be read.
inline constexpr std::int64_t kJobRowsMax = 100;

// How many rows a job should take next that took `rows_max`; nothing when no others are due. What was skipped
// comes first again, and holds nobody back.
[[nodiscard]] std::optional<std::int64_t> RowsMaxOfNext(const JobDone& done, std::int64_t rows_max);

}  // namespace brug::domain
