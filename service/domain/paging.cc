#include "service/domain/paging.h"

namespace brug::domain {

platform::Result<std::int64_t> PageSize(std::int32_t asked) {
  if (asked < 0 || asked > kPageSizeMax) {
    return platform::Failure{.reason = v1::ERROR_REASON_OUT_OF_RANGE, .field = "page_size"};
  }
  return static_cast<std::int64_t>(asked == 0 ? kPageSizeDefault : asked);
}

}  // namespace brug::domain
