#include "service/storage_sqlite/database.h"

#include <cstdio>
#include <cstdlib>

namespace brug::storage {
namespace {

// What an error means to whoever asked: to try again, and when; or that the program itself is wrong.
platform::Failure FailureOf(int code, std::string log_detail) {
  const auto unavailable = [&](std::int64_t retry_delay_ms) {
    return platform::Failure{.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE,
                             .retry_delay_ms = retry_delay_ms,
                             .log_detail = std::move(log_detail)};
  };
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_INTERRUPT:
      return unavailable(100);
    case SQLITE_NOMEM:
      return unavailable(1'000);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_NOLFS:
      return unavailable(5'000);
    case SQLITE_FULL:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      // A person has to make room or bring back a backup.
      return unavailable(30'000);
    default:
      return {.reason = v1::ERROR_REASON_INTERNAL, .log_detail = std::move(log_detail)};
  }
}

// A path as SQLite's "file:" names want it.
std::string Escaped(std::string_view path) {
  std::string escaped;
  for (const char c : path) {
    if (c != '%' && c != '?' && c != '#' && c != '&') {
      escaped += c;
      continue;
    }
    char code[4];
    std::snprintf(code, sizeof code, "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
    escaped += code;
  }
  return escaped;
}

std::string NameOf(const Database::Options& options) {
  std::string name = "file:" + Escaped(options.path);
  if (!options.mode_as.empty()) name += "?modeof=" + Escaped(options.mode_as);
  return name;
}

int FlagsOf(const Database::Options& options) {
  constexpr int kAlways = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE;
  return kAlways | (options.access == Database::Access::kWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                                               : SQLITE_OPEN_READONLY);
}

// A null pointer would be bound as NULL, and an empty string_view may have one.
const char* NotNull(std::string_view bytes) { return bytes.data() == nullptr ? "" : bytes.data(); }

[[noreturn]] void Mistake(const char* what, const char* sql) {
  std::fprintf(stderr, "%s: %s\n", what, sql);
  std::abort();
}

}  // namespace

platform::Result<std::unique_ptr<Database>> Database::Open(const Options& options) {
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(NameOf(options).c_str(), &connection, FlagsOf(options),
                                   options.vfs.empty() ? nullptr : options.vfs.c_str());
  if (connection == nullptr) return FailureOf(SQLITE_NOMEM, options.path + ": out of memory");
  // Should there be no memory for the object, nobody else would close it.
  std::unique_ptr<sqlite3, decltype(&sqlite3_close)> closing(connection, sqlite3_close);
  std::unique_ptr<Database> database(new Database(options, connection));
  (void)closing.release();
  if (code != SQLITE_OK) {
    database->Fail(code);
    return database->failure();
  }
  database->Configure();
  if (database->failed()) return database->failure();
  return database;
}

Database::~Database() {
  for (const auto& [sql, statement] : prepared_) sqlite3_finalize(statement);
  if (sqlite3_close(connection_) != SQLITE_OK) Mistake("a statement outlives its connection", path().c_str());
}

void Database::Configure() {
  sqlite3_busy_timeout(connection_, options_.busy_ms_max);
  sqlite3_db_config(connection_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(connection_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  // Checkpoints are the writer's alone, and it asks for each of them: two connections at it can damage the
  // file.
  sqlite3_db_config(connection_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_wal_hook(
      connection_,
      [](void* database, sqlite3*, const char*, int pages) {
        static_cast<Database*>(database)->log_pages_ = pages;
        return SQLITE_OK;
      },
      this);
  RunScript(
      "PRAGMA foreign_keys = ON;"
      "PRAGMA cell_size_check = ON;"
      "PRAGMA temp_store = MEMORY;"
      "PRAGMA cache_size = -" +
      std::to_string(options_.cache_bytes_max / 1024) + ";");
  if (options_.access == Access::kWrite) RunScript("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;");
}

void Database::RunScript(const std::string& script) {
  if (failed()) return;
  Fail(sqlite3_exec(connection_, script.c_str(), nullptr, nullptr, nullptr));
}

void Database::Fail(int code) {
  if (code == SQLITE_OK || failed()) return;
  code_ = code;
  what_failed_ = path() + ": " + sqlite3_errmsg(connection_) + " (" + std::to_string(code) + ")";
}

platform::Failure Database::failure() const { return FailureOf(code_, what_failed_); }

void Database::Recover() {
  code_ = SQLITE_OK;
  what_failed_.clear();
  // SQLite answers an error here only for what had failed before; the transaction is over all the same.
  if (sqlite3_get_autocommit(connection_) == 0)
    sqlite3_exec(connection_, "ROLLBACK", nullptr, nullptr, nullptr);
  if (sqlite3_get_autocommit(connection_) == 0)
    Mistake("a transaction cannot be rolled back", path().c_str());
}

platform::Result<void> Database::Checkpoint(int mode, int busy_ms_max) {
  int pages = 0;
  sqlite3_busy_timeout(connection_, busy_ms_max);
  const int code = sqlite3_wal_checkpoint_v2(connection_, nullptr, mode, &pages, nullptr);
  sqlite3_busy_timeout(connection_, options_.busy_ms_max);
  if (code == SQLITE_OK) return {};
  return FailureOf(
      code, path() + ": checkpoint: " + sqlite3_errmsg(connection_) + " (" + std::to_string(code) + ")");
}

bool Database::CopyInto(Database& target, const std::function<bool()>& go_on) {
  constexpr int kPagesInAStep = 1'000;
  if (failed() || target.failed()) return false;
  sqlite3_backup* const copying = sqlite3_backup_init(target.connection_, "main", connection_, "main");
  if (copying == nullptr) {
    target.Fail(sqlite3_extended_errcode(target.connection_));
    return false;
  }
  int code = SQLITE_OK;
  while (code == SQLITE_OK && go_on()) code = sqlite3_backup_step(copying, kPagesInAStep);
  const int finished = sqlite3_backup_finish(copying);
  target.Fail(finished);
  return code == SQLITE_DONE && finished == SQLITE_OK;
}

Statement Database::Prepare(Sql sql) {
  if (failed()) return {this, nullptr};
  sqlite3_stmt*& prepared = prepared_[sql.text()];
  if (prepared == nullptr) {
    Fail(sqlite3_prepare_v3(connection_, sql.text(), -1, SQLITE_PREPARE_PERSISTENT, &prepared, nullptr));
  } else if (sqlite3_stmt_busy(prepared) != 0) {
    Mistake("a statement is started while it runs", sql.text());
  }
  return {this, prepared};
}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)) {}

Statement::~Statement() {
  // Answers the error of the last step once more.
  if (statement_ != nullptr) sqlite3_reset(statement_);
}

bool Statement::Step() {
  if (statement_ == nullptr || database_->failed()) return false;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_->Fail(code);
  return false;
}

void Statement::BindAt(int place, std::string_view text) {
  if (statement_ == nullptr) return;
  database_->Fail(
      sqlite3_bind_text64(statement_, place, NotNull(text), text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::BindAt(int place, Blob blob) {
  if (statement_ == nullptr) return;
  database_->Fail(
      sqlite3_bind_blob64(statement_, place, NotNull(blob.bytes), blob.bytes.size(), SQLITE_STATIC));
}

void Statement::BindAt(int place, std::int64_t number) {
  if (statement_ != nullptr) database_->Fail(sqlite3_bind_int64(statement_, place, number));
}

std::string Statement::Bytes(int column) const {
  const void* const bytes = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  // SQLite says null for no bytes; it never has to make the bytes of a TEXT or BLOB first, so memory cannot
  // fail.
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

std::int64_t Statement::Int64(int column) const { return sqlite3_column_int64(statement_, column); }
int Statement::Int(int column) const { return sqlite3_column_int(statement_, column); }
bool Statement::Bool(int column) const { return Int64(column) != 0; }
std::uint64_t Statement::Bits(int column) const { return static_cast<std::uint64_t>(Int64(column)); }

}  // namespace brug::storage
