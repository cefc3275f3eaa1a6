#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "client-sdk/src/replica/sqlite_file.h"

namespace brug::sdk {

// A value as an SQLite file holds it.
struct LeafValue {
  enum class Kind { kNull, kInteger, kText, kBlob, kReal };
  Kind kind = Kind::kNull;
  std::int64_t integer = 0;
  Bytes bytes;  // of a text or a blob
};

// A row of a table with row ids.
struct LeafRow {
  std::int64_t rowid = 0;
  std::vector<LeafValue> values;  // the column that is the row id is NULL here
};

// Gives every row whose own pages can be made out, table after table mixed, without the trees that lead to
// them: what is behind a damaged page is found all the same. (SQLite's own recovery is an extension that
// Debian does not build.)
//
// A page is believed by its form alone: whoever takes the rows checks what they hold. With secure_delete no
// row that was deleted is left anywhere. The log must have been taken into the database (Scrub). Cost: reads
// the file once. Errors: as Transactions.
[[nodiscard]] Result<void> ForEachLeafRow(SqliteFile& file, const std::function<void(const LeafRow&)>& take);

}  // namespace brug::sdk
