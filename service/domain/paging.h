#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "service/domain/desk.h"
#include "service/storage/directory.h"

namespace brug::domain {

inline constexpr std::int32_t kPageSizeMax = 200;
inline constexpr std::int32_t kPageSizeDefault = 50;

// How many rows a page has: what was asked for within 1 to `kPageSizeMax`, or the default for 0. OUT_OF_RANGE
// for others.
[[nodiscard]] platform::Result<std::int64_t> PageSize(std::int32_t asked);

// The part of `rows` that a page token points to, where the token is the place in a listing that was made
// anew: for lists that are short or whose order is computed. Sets `next_page_token` when rows are left. A
// token that is no number counts as the first page.
template <typename Row>
[[nodiscard]] std::vector<Row> PageFrom(const std::vector<Row>& rows, std::int64_t page_size,
                                        const std::string& page_token, std::string* next_page_token) {
  const std::int64_t size = static_cast<std::int64_t>(rows.size());
  const std::int64_t begin =
      std::min(size, std::max<std::int64_t>(0, std::strtoll(page_token.c_str(), nullptr, 10)));
  const std::int64_t end = std::min(size, begin + page_size);
  if (end < size) *next_page_token = std::to_string(end);
  return std::vector<Row>(rows.begin() + begin, rows.begin() + end);
}

}  // namespace brug::domain
