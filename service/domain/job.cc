#include "service/domain/job.h"

namespace brug::domain {

std::optional<std::int64_t> RowsMaxOfNext(const JobDone& done, std::int64_t rows_max) {
  if (done.due_count < rows_max) return std::nullopt;
  return kJobRowsMax + done.skipped_count;
}

}  // namespace brug::domain
