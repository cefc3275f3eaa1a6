#pragma once

#include <brug/result.h>

#include <string>

#include "client-sdk/src/outbox/rescued.h"
#include "client-sdk/src/replica/sqlite_file.h"

namespace brug::sdk {

// Makes a damaged replica anew, in one transaction, from what can still be read of it:
//
//   pending, rejected, ring, offer notes, unanswered requests, dossiers with their keys: each row by itself,
//     found page by page (ForEachLeafRow), so that a row is lost only with a page that it lies on
//   statements, templates, voucher codes, other notes: from both ends up to what is damaged
//   records, what is staged, cursors, numberings, the nonce: not kept; the service has the records
//
// What was not whole and the service can send again is marked so that it does. Nothing is changed where the
// keys cannot be read. Cost: reads the file once; what is kept is in memory meanwhile. Errors: as
// Transactions.
[[nodiscard]] Result<Rescued> RescueSqlite(SqliteFile& damaged, const std::string& schema);

}  // namespace brug::sdk
