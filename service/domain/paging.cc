#include "service/domain/paging.h"

namespace brug::domain {

platform::Result<std::int64_t> PageSize(std::int32_t asked) {
  if (asked < 0 || asked > kPageSizeMax) {
    return platform::Failure{.reason = v1::ERROR_REASON_OUT_OF_RANGE, .field = "page_size"};
  }
  return static_cast<std::int64_t>(asked == 0 ? kPageSizeDefault : asked);
}

std::int64_t PlaceIn(const std::string& page_token, std::int64_t size) {
  return std::clamp<std::int64_t>(std::strtoll(page_token.c_str(), nullptr, 10), 0, size);
}

}  // namespace brug::domain
