#include "client-sdk/src/outbox/sqlite_unanswered.h"

namespace brug::sdk {

const char* const kSqliteUnansweredSchema = R"(
CREATE TABLE IF NOT EXISTS unanswered (
  ordinal INTEGER PRIMARY KEY,
  name BLOB NOT NULL UNIQUE,
  sealed BLOB NOT NULL);
)";

namespace {

UnansweredRow ReadRequest(const SqliteQuery& query) {
  return UnansweredRow{.name = query.Blob(0), .ordinal = query.Int(1), .sealed = query.Blob(2)};
}

}  // namespace

Result<std::optional<UnansweredRow>> SqliteUnanswered::FindRequest(std::string_view name) const {
  auto query = file_.Use("SELECT name, ordinal, sealed FROM unanswered WHERE name = ?");
  if (!query.ok()) return query.error();
  auto row = query->BindBytes(name).Next();
  if (!row.ok()) return row.error();
  return *row ? std::optional<UnansweredRow>(ReadRequest(*query)) : std::nullopt;
}

Result<std::vector<UnansweredRow>> SqliteUnanswered::ListRequests() const {
  auto query = file_.Use("SELECT name, ordinal, sealed FROM unanswered ORDER BY ordinal");
  if (!query.ok()) return query.error();
  std::vector<UnansweredRow> rows;
  for (;;) {
    auto row = query->Next();
    if (!row.ok()) return row.error();
    if (!*row) return rows;
    rows.push_back(ReadRequest(*query));
  }
}

Result<void> SqliteUnanswered::AddRequest(const UnansweredRow& request) {
  auto query = file_.Use("INSERT INTO unanswered (name, ordinal, sealed) VALUES (?, ?, ?)");
  if (!query.ok()) return query.error();
  return query->BindBytes(request.name).Bind(request.ordinal).BindBytes(request.sealed).Run();
}

Result<void> SqliteUnanswered::RemoveRequest(std::string_view name) {
  auto query = file_.Use("DELETE FROM unanswered WHERE name = ?");
  if (!query.ok()) return query.error();
  return query->BindBytes(name).Run();
}

Result<void> SqliteUnanswered::PurgeAll() {
  auto query = file_.Use("DELETE FROM unanswered");
  return query.ok() ? query->Run() : Result<void>(query.error());
}

}  // namespace brug::sdk
