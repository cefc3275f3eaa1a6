#pragma once

#include <cstdint>
#include <iterator>
#include <optional>
#include <type_traits>
#include <vector>

namespace brug::storage {

template <typename Row>
std::optional<Row> CopyOf(const Row* row) {
  return row == nullptr ? std::nullopt : std::optional<Row>(*row);
}

template <typename Range>
auto CopiesOf(const Range& range) {
  std::vector<std::remove_cvref_t<decltype(*range.first->second)>> rows;
  for (auto it = range.first; it != range.second; ++it) rows.push_back(*it->second);
  return rows;
}

// The rows of a table by key, from `it` on, as long as `belongs` and at most `rows_max`.
template <typename Iterator, typename Belongs>
auto PageFrom(Iterator it, Iterator end, std::int64_t rows_max, Belongs belongs) {
  std::vector<std::remove_cvref_t<decltype(it->second)>> rows;
  for (; it != end && belongs(it->second) && std::ssize(rows) < rows_max; ++it) rows.push_back(it->second);
  return rows;
}

}  // namespace brug::storage
