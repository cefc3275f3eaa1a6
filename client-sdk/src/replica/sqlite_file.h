#pragma once

#include <brug/result.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "client-sdk/src/vault/transaction.h"
#include "client-sdk/src/vault/vault.h"

struct sqlite3;
struct sqlite3_stmt;

namespace brug::sdk {

// One use of a prepared statement: bound in order, stepped, and given back when it goes out of scope.
class SqliteQuery {
 public:
  SqliteQuery(sqlite3* database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
  SqliteQuery(SqliteQuery&& other) noexcept;
  SqliteQuery& operator=(SqliteQuery&&) = delete;
  ~SqliteQuery();

  // The next parameter. The bytes must stay where they are as long as the query.
  SqliteQuery& Bind(std::int64_t value);
  SqliteQuery& BindText(std::string_view text);
  SqliteQuery& BindBytes(std::string_view bytes);
  // What `other` has in that column of its present row.
  SqliteQuery& BindColumn(const SqliteQuery& other, int column);

  // Whether there is a row (true) or no more.
  [[nodiscard]] Result<bool> Next();
  // For a statement without rows.
  [[nodiscard]] Result<void> Run();

  [[nodiscard]] std::int64_t Int(int column) const;
  [[nodiscard]] std::string Text(int column) const;
  [[nodiscard]] Bytes Blob(int column) const;

 private:
  void Note(int code);

  sqlite3* database_;
  sqlite3_stmt* statement_;
  int bound_ = 0;
  bool bound_well_ = true;
};

// The one connection to `replica.db`: write-ahead log, synchronous=FULL, secure_delete, and a lock file of
// its own, since SQLite by itself lets a second process in. Thread safety: one thread.
class SqliteFile final : public Transactions {
 public:
  // `schema` makes the tables of version kSchemaVersion that are not there yet. Errors: as OpenSqliteStorage.
  [[nodiscard]] static Result<std::unique_ptr<SqliteFile>> Open(const std::string& directory,
                                                                const std::string& schema);

  // An empty one that leaves nothing behind.
  [[nodiscard]] static Result<std::unique_ptr<SqliteFile>> OpenInMemory(const std::string& schema);

  SqliteFile(const SqliteFile&) = delete;
  SqliteFile& operator=(const SqliteFile&) = delete;
  ~SqliteFile() override;

  Result<void> Begin() override;
  Result<void> Commit() override;
  void Rollback() override;
  Result<void> Scrub() override;

  // `sql` is a constant: its address names the prepared statement, which is kept. One use at a time.
  [[nodiscard]] Result<SqliteQuery> Use(const char* sql);

  // The bytes of the database itself, whatever they say; what the log holds is not in them. Zeros behind the
  // end. Errors: STORAGE_FAILED.
  [[nodiscard]] Result<Bytes> ReadBytes(std::int64_t at, std::int64_t size) const;
  [[nodiscard]] Result<std::int64_t> SizeBytes() const;
  // Makes this a copy of `other`, in one transaction that reads nothing of what was here but its header. No
  // query may be in use, and no transaction open.
  [[nodiscard]] Result<void> ReplaceWith(SqliteFile& other);

 private:
  class Lock;
  explicit SqliteFile(std::unique_ptr<Lock> lock);

  [[nodiscard]] Result<void> Connect(const std::string& path);
  [[nodiscard]] Result<void> Prepare(const std::string& schema);
  [[nodiscard]] Result<void> ScrubIfThereIsRoom();
  [[nodiscard]] Result<std::int64_t> ReadVersion();
  [[nodiscard]] Result<void> Execute(const std::string& sql);
  void FinalizeStatements();

  std::unique_ptr<Lock> lock_;
  sqlite3* database_ = nullptr;
  std::unordered_map<const char*, sqlite3_stmt*> statements_;
};

}  // namespace brug::sdk
