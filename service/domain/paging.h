#pragma once

#include <google/protobuf/repeated_field.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "proto/rules/limits.h"
#include "service/domain/desk.h"
#include "service/storage/directory.h"

namespace brug::domain {

inline constexpr std::int32_t kPageSizeMax = 200;
inline constexpr std::int32_t kPageSizeDefault = 50;

// How many rows a page has: what was asked for within 1 to `kPageSizeMax`, or the default for 0. OUT_OF_RANGE
// for others.
[[nodiscard]] platform::Result<std::int64_t> PageSize(std::int32_t asked);

// The place that a page token says, in a listing of `size` rows. One that is no number counts as the first.
[[nodiscard]] std::int64_t PlaceIn(const std::string& page_token, std::int64_t size);

// The part of `rows` that a page token points to, where the token is the place in a listing that was made
// anew: for lists that are short or whose order is computed. Sets `next_page_token` when rows are left.
template <typename Row>
[[nodiscard]] std::vector<Row> PageFrom(const std::vector<Row>& rows, std::int64_t page_size,
                                        const std::string& page_token, std::string* next_page_token) {
  const std::int64_t size = static_cast<std::int64_t>(rows.size());
  const std::int64_t begin = PlaceIn(page_token, size);
  const std::int64_t end = std::min(size, begin + page_size);
  if (end < size) *next_page_token = std::to_string(end);
  return std::vector<Row>(rows.begin() + begin, rows.begin() + end);
}

struct PageWanted {
  std::int64_t size = kPageSizeDefault;
  const std::string& token;
};
// The same, for items that may be large: `make(row)` gives each, and the page ends before the one with which
// it would have more than kPageBytesMax bytes. It always has one, which no limit of the contract lets be
// larger than a page.
template <typename Row, typename Item, typename Make>
[[nodiscard]] platform::Result<void> FillPage(const std::vector<Row>& rows, const PageWanted& wanted,
                                              google::protobuf::RepeatedPtrField<Item>& items,
                                              std::string* next_page_token, Make make) {
  std::size_t bytes = 0;
  for (const Row& row : PageFrom(rows, wanted.size, wanted.token, next_page_token)) {
    platform::Result<Item> item = make(row);
    if (!item.ok()) return item.failure();
    bytes += item->ByteSizeLong();
    if (bytes > rules::kPageBytesMax && !items.empty()) {
      const std::int64_t begin = PlaceIn(wanted.token, static_cast<std::int64_t>(rows.size()));
      *next_page_token = std::to_string(begin + items.size());
      return {};
    }
    *items.Add() = *std::move(item);
  }
  return {};
}

}  // namespace brug::domain
