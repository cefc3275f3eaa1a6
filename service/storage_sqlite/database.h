#pragma once

#include <sqlite3.h>

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "service/storage/organisation_store.h"

namespace brug::storage {

// The text of a statement: a literal, because a connection remembers what it prepared by the literal's
// address.
class Sql {
 public:
  consteval Sql(const char* text) : text_(text) {}  // NOLINT(google-explicit-constructor)
  [[nodiscard]] const char* text() const { return text_; }

 private:
  const char* text_;
};

// Bytes, to be bound as a BLOB; a plain string_view is bound as TEXT. Does not own them.
struct Blob {
  explicit Blob(std::string_view content) : bytes(content) {}
  std::string_view bytes;
};

// A prepared statement while it runs; ready for the next when it goes. Every error goes to the database it
// belongs to, and from then on each step says that there are no more rows.
class Statement {
 public:
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Whether there is a row, or a next one.
  [[nodiscard]] bool Step();

  // The columns of the row, from 0.
  [[nodiscard]] std::string Bytes(int column) const;
  [[nodiscard]] std::int64_t Int64(int column) const;
  [[nodiscard]] int Int(int column) const;
  [[nodiscard]] bool Bool(int column) const;
  // 64 bits that are stored as the signed number of the same bits, since databases have no unsigned ones.
  [[nodiscard]] std::uint64_t Bits(int column) const;

 private:
  friend class Database;
  Statement(class Database* database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}

  void BindAt(int place, std::string_view text);
  void BindAt(int place, Blob blob);
  void BindAt(int place, std::int64_t number);
  template <typename Number>
  requires std::is_integral_v<Number>
  void BindAt(int place, Number number) { BindAt(place, static_cast<std::int64_t>(number)); }

  class Database* database_;
  // Null when it could not be prepared.
  sqlite3_stmt* statement_;
};

// One connection to one SQLite file.
//
//   failed() = some statement has failed since the last Recover()
//
// While it has failed no statement runs: SQLite may have rolled the transaction back by itself, and what ran
// after that would be committed alone. Not safe for two threads at once; may pass from one to another.
class Database {
 public:
  enum class Access { kWrite, kRead };

  struct Options {
    std::string path = {};
    Access access = Access::kRead;
    // The file whose mode a new file gets.
    std::string mode_as = {};
    // The name of a VFS that is registered with SQLite; empty for SQLite's own.
    std::string vfs = {};
    std::int64_t cache_bytes_max = 0;
    int busy_ms_max = 0;
  };

  // Opens the file, and makes it when it is to be written and does not exist. Nothing of the file is changed,
  // and of what is wrong with its content most shows only at the first statement.
  static platform::Result<std::unique_ptr<Database>> Open(const Options& options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Starts a statement with the values bound in order. What is bound must live until the Statement is gone.
  template <typename... Values>
  [[nodiscard]] Statement Start(Sql sql, const Values&... values) {
    Statement statement = Prepare(sql);
    int place = 0;
    (statement.BindAt(++place, values), ...);
    return statement;
  }

  // Runs a statement that gives no rows; answers how many rows it changed, 0 when it fails.
  template <typename... Values>
  std::int64_t Run(Sql sql, const Values&... values) {
    Statement statement = Start(sql, values...);
    return statement.Step() || failed() ? 0 : ChangedRows();
  }

  // The first row as `map` reads it.
  template <typename Map, typename... Values>
  [[nodiscard]] auto One(Map map, Sql sql, const Values&... values) {
    using Row = std::invoke_result_t<Map, const Statement&>;
    Statement statement = Start(sql, values...);
    std::optional<Row> row;
    if (statement.Step()) row = map(std::as_const(statement));
    if (failed()) row.reset();
    return row;
  }

  // All rows as `map` reads them; none when one of them fails.
  template <typename Map, typename... Values>
  [[nodiscard]] auto All(Map map, Sql sql, const Values&... values) {
    using Row = std::invoke_result_t<Map, const Statement&>;
    Statement statement = Start(sql, values...);
    std::vector<Row> rows;
    while (statement.Step()) rows.push_back(map(std::as_const(statement)));
    if (failed()) rows.clear();
    return rows;
  }

  // Runs a script of statements that is not worth remembering.
  void RunScript(const std::string& script);

  [[nodiscard]] bool failed() const { return code_ != SQLITE_OK; }
  // Why: only after a statement failed.
  [[nodiscard]] platform::Failure failure() const;
  // Rolls back what is open and lets statements run again.
  void Recover();

  // Copies everything into `target`, which is empty, as it is in the transaction that this is in. `go_on` is
  // asked between steps: a false one ends it. Answers whether all of it is there; when not, `target` says
  // whether that failed.
  [[nodiscard]] bool CopyInto(Database& target, const std::function<bool()>& go_on);

  // What the write-ahead log held after the last commit, in pages.
  [[nodiscard]] std::int64_t log_pages() const { return log_pages_; }
  // Moves the log into the file; only ever on the one connection that writes. `mode` is one of
  // SQLITE_CHECKPOINT_*. Waits for readers at most `busy_ms_max`. A failure loses nothing: the log holds it
  // still.
  platform::Result<void> Checkpoint(int mode, int busy_ms_max);
  // Else the log stays beside the file, and belongs to it.
  void RemoveLogWhenClosed() { sqlite3_db_config(connection_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr); }

  [[nodiscard]] const std::string& path() const { return options_.path; }

 private:
  friend class Statement;
  Database(Options options, sqlite3* connection) : options_(std::move(options)), connection_(connection) {}

  [[nodiscard]] Statement Prepare(Sql sql);
  [[nodiscard]] std::int64_t ChangedRows() const { return sqlite3_changes64(connection_); }
  void Configure();
  // Remembers the first failure.
  void Fail(int code);

  Options options_;
  sqlite3* connection_;
  std::unordered_map<const char*, sqlite3_stmt*> prepared_;
  std::int64_t log_pages_ = 0;
  int code_ = SQLITE_OK;
  std::string what_failed_;
};

}  // namespace brug::storage
