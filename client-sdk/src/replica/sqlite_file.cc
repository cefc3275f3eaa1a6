#include "client-sdk/src/replica/sqlite_file.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "client-sdk/src/vault/error.h"
#include "client-sdk/src/vault/private_file.h"

namespace brug::sdk {
namespace {

// The schema makes what is missing, so a file of version 1 gets the tables that came after it.
constexpr std::int64_t kSchemaVersion = 4;

// locking_mode comes first: with it the log's index lives in memory and no file that another process could
// join exists.
constexpr const char* kSettings =
    "PRAGMA locking_mode=EXCLUSIVE;"
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=FULL;"
    "PRAGMA secure_delete=ON;"
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA trusted_schema=OFF;"
    "PRAGMA cell_size_check=ON;";

bool NoRoom(int system_error) {
  return system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
}

// `system_error` is errno as the failing call left it; SQLite itself tells only ENOSPC apart.
Error FromSqlite(sqlite3* database, int system_error) {
  switch (sqlite3_errcode(database) & 0xFF) {
    case SQLITE_FULL:
      return StorageFull();
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return NoRoom(system_error) ? StorageFull() : StorageFailed();
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_ERROR:
    case SQLITE_CONSTRAINT:
      return StorageDamaged();
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ReplicaInUse();
    default:
      return StorageFailed();
  }
}

}  // namespace

SqliteQuery::SqliteQuery(SqliteQuery&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      bound_(other.bound_) {}

SqliteQuery::~SqliteQuery() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

SqliteQuery& SqliteQuery::Bind(std::int64_t value) {
  Note(sqlite3_bind_int64(statement_, ++bound_, value));
  return *this;
}

SqliteQuery& SqliteQuery::BindText(std::string_view text) {
  Note(sqlite3_bind_text64(statement_, ++bound_, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

SqliteQuery& SqliteQuery::BindBytes(std::string_view bytes) {
  // A null pointer would be NULL, not an empty blob.
  Note(sqlite3_bind_blob64(statement_, ++bound_, bytes.empty() ? "" : bytes.data(), bytes.size(),
                           SQLITE_STATIC));
  return *this;
}

SqliteQuery& SqliteQuery::BindColumn(const SqliteQuery& other, int column) {
  Note(sqlite3_bind_value(statement_, ++bound_, sqlite3_column_value(other.statement_, column)));
  return *this;
}

void SqliteQuery::Note(int code) { bound_well_ = bound_well_ && code == SQLITE_OK; }

Result<bool> SqliteQuery::Next() {
  if (!bound_well_) return StorageFailed();
  errno = 0;
  const int code = sqlite3_step(statement_);
  const int system_error = errno;
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return FromSqlite(database_, system_error);
}

Result<void> SqliteQuery::Run() {
  auto row = Next();
  return row.ok() ? Result<void>() : Result<void>(row.error());
}

std::int64_t SqliteQuery::Int(int column) const { return sqlite3_column_int64(statement_, column); }

std::string SqliteQuery::Text(int column) const { return Blob(column); }

Bytes SqliteQuery::Blob(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return bytes == nullptr ? Bytes() : Bytes(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

// Holds the lock file of a replica. Closing it, or dying, gives it back.
class SqliteFile::Lock {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Lock>> Take(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return NoRoom(errno) ? StorageFull() : StorageFailed();
    std::unique_ptr<Lock> lock(new Lock(descriptor));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0)
      return errno == EWOULDBLOCK ? ReplicaInUse() : StorageFailed();
    return lock;
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  ~Lock() { ::close(descriptor_); }

 private:
  explicit Lock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

SqliteFile::SqliteFile(std::unique_ptr<Lock> lock) : lock_(std::move(lock)) {}

SqliteFile::~SqliteFile() {
  FinalizeStatements();
  sqlite3_close(database_);
}

Result<std::unique_ptr<SqliteFile>> SqliteFile::Open(const std::string& directory,
                                                     const std::string& schema) {
  auto made = MakePrivateDirectory(directory);
  if (!made.ok()) return made.error();
  auto lock = Lock::Take(directory + "/replica.lock");
  if (!lock.ok()) return lock.error();
  std::unique_ptr<SqliteFile> file(new SqliteFile(std::move(*lock)));
  auto connected = file->Connect(directory + "/replica.db");
  if (!connected.ok()) return connected.error();
  auto prepared = file->Prepare(schema);
  if (!prepared.ok()) return prepared.error();
  return file;
}

Result<std::unique_ptr<SqliteFile>> SqliteFile::OpenInMemory(const std::string& schema) {
  std::unique_ptr<SqliteFile> file(new SqliteFile(nullptr));
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(":memory:", &file->database_, kFlags, nullptr) != SQLITE_OK) return StorageFailed();
  auto prepared = file->Prepare(schema);
  if (!prepared.ok()) return prepared.error();
  return file;
}

Result<void> SqliteFile::Begin() {
  auto query = Use("BEGIN IMMEDIATE");
  return query.ok() ? query->Run() : Result<void>(query.error());
}

Result<void> SqliteFile::Commit() {
  auto query = Use("COMMIT");
  if (!query.ok()) return query.error();
  auto committed = query->Run();
  if (!committed.ok()) Rollback();
  return committed;
}

void SqliteFile::Rollback() {
  // Some errors have undone the transaction already; asking again would only be another error.
  if (sqlite3_get_autocommit(database_) == 0) sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
}

Result<void> SqliteFile::Scrub() { return Execute("PRAGMA wal_checkpoint(TRUNCATE)"); }

Result<SqliteQuery> SqliteFile::Use(const char* sql) {
  sqlite3_stmt*& statement = statements_[sql];
  errno = 0;
  if (statement == nullptr &&
      sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
    return FromSqlite(database_, errno);
  }
  return SqliteQuery(database_, statement);
}

Result<Bytes> SqliteFile::ReadBytes(std::int64_t at, std::int64_t size) const {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(database_, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (file == nullptr || file->pMethods == nullptr) return StorageFailed();
  Bytes bytes(static_cast<std::size_t>(size), '\0');
  const int code = file->pMethods->xRead(file, bytes.data(), static_cast<int>(size), at);
  if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return StorageFailed();
  return bytes;
}

Result<std::int64_t> SqliteFile::SizeBytes() const {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(database_, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  sqlite3_int64 size = 0;
  if (file == nullptr || file->pMethods == nullptr) return StorageFailed();
  if (file->pMethods->xFileSize(file, &size) != SQLITE_OK) return StorageFailed();
  return size;
}

Result<void> SqliteFile::ReplaceWith(SqliteFile& other) {
  FinalizeStatements();
  other.FinalizeStatements();
  errno = 0;
  sqlite3_backup* const copy = sqlite3_backup_init(database_, "main", other.database_, "main");
  if (copy == nullptr) return FromSqlite(database_, errno);
  const int copied = sqlite3_backup_step(copy, -1);
  const int finished = sqlite3_backup_finish(copy);
  if (finished != SQLITE_OK) return FromSqlite(database_, errno);
  if (copied != SQLITE_DONE) return StorageFailed();
  return ScrubIfThereIsRoom();
}

Result<void> SqliteFile::Connect(const std::string& path) {
  // SQLite would make the file readable for others; the log takes the mode of the database.
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return NoRoom(errno) ? StorageFull() : StorageFailed();
  ::close(descriptor);
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
  errno = 0;
  if (sqlite3_open_v2(path.c_str(), &database_, kFlags, nullptr) != SQLITE_OK) {
    return database_ == nullptr ? StorageFailed() : FromSqlite(database_, errno);
  }
  sqlite3_extended_result_codes(database_, 1);
  return {};
}

Result<void> SqliteFile::Prepare(const std::string& schema) {
  auto set = Execute(kSettings);
  if (!set.ok()) return set;
  auto version = ReadVersion();
  if (!version.ok()) return version.error();
  if (*version > kSchemaVersion) return ReplicaTooNew();
  if (*version == kSchemaVersion) return ScrubIfThereIsRoom();
  return Execute("BEGIN IMMEDIATE;" + schema + "PRAGMA user_version=" + std::to_string(kSchemaVersion) +
                 ";COMMIT;");
}

// What a process that was killed left in the log may be what it had just purged. On a full disk the log stays
// for now: what is kept can still be read.
Result<void> SqliteFile::ScrubIfThereIsRoom() {
  auto scrubbed = Scrub();
  if (!scrubbed.ok() && scrubbed.error().reason == StorageFull().reason) return {};
  return scrubbed;
}

Result<std::int64_t> SqliteFile::ReadVersion() {
  auto query = Use("PRAGMA user_version");
  if (!query.ok()) return query.error();
  auto row = query->Next();
  if (!row.ok()) return row.error();
  return query->Int(0);
}

void SqliteFile::FinalizeStatements() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  statements_.clear();
}

Result<void> SqliteFile::Execute(const std::string& sql) {
  errno = 0;
  if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  Error error = FromSqlite(database_, errno);
  Rollback();
  return error;
}

}  // namespace brug::sdk
