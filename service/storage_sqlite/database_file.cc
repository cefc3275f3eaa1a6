#include "service/storage_sqlite/database_file.h"

#include <utility>

namespace brug::storage {
namespace {

// However `write` or `read` ends, by an exception too, the connection is free of a transaction afterwards.
class Recovery {
 public:
  explicit Recovery(Database* database) : database_(database) {}
  ~Recovery() { database_->Recover(); }
  Recovery(const Recovery&) = delete;
  Recovery& operator=(const Recovery&) = delete;

 private:
  Database* database_;
};

Database::Options WriterOf(const DatabaseFile::Options& options) {
  return {.path = options.path,
          .access = Database::Access::kWrite,
          .mode_as = options.mode_as,
          .vfs = options.vfs,
          .cache_bytes_max = options.writer_cache_bytes_max,
          .busy_ms_max = options.busy_ms_max};
}

Database::Options ReaderOf(const DatabaseFile::Options& options) {
  return {.path = options.path,
          .access = Database::Access::kRead,
          .vfs = options.vfs,
          .cache_bytes_max = options.reader_cache_bytes_max,
          .busy_ms_max = options.busy_ms_max};
}

}  // namespace

platform::Failure ContentsLost(const std::string& path) {
  return {.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE,
          .retry_delay_ms = 30'000,
          .log_detail = path + ": the database is missing or empty, and was not: bring back a backup"};
}

platform::Result<std::unique_ptr<DatabaseFile>> DatabaseFile::Open(Options options) {
  auto writer = Database::Open(WriterOf(options));
  if (!writer.ok()) return writer.failure();
  if (options.made_before) {
    const auto version = VersionOf(**writer, options.kind);
    if (!version.ok()) return version.failure();
    if (*version == 0) return ContentsLost(options.path);
  }
  if (auto ready = BringUpToDate(**writer, options.kind); !ready.ok()) return ready.failure();
  return std::unique_ptr<DatabaseFile>(new DatabaseFile(std::move(options), *std::move(writer)));
}

DatabaseFile::~DatabaseFile() {
  const auto closed = Close();
  if (!closed.ok()) Warn(closed.failure());
}

platform::Result<void> DatabaseFile::Write(const std::function<bool(Database&)>& write) {
  const std::lock_guard lock(write_mutex_);
  const Recovery recovery(writer_.get());
  writer_->Run("BEGIN IMMEDIATE");
  const bool kept = !writer_->failed() && write(*writer_);
  if (kept) writer_->Run("COMMIT");
  if (writer_->failed()) return writer_->failure();
  if (kept) CheckpointWhenDue();
  return {};
}

platform::Result<void> DatabaseFile::Read(const std::function<void(Database&)>& read) {
  auto leased = LeaseReader();
  if (!leased.ok()) return leased.failure();
  std::unique_ptr<Database> reader = *std::move(leased);
  reader->Run("BEGIN");
  read(*reader);
  // A connection that failed is closed rather than used again: what it remembers of the file may be wrong.
  if (reader->failed()) return reader->failure();
  reader->Run("COMMIT");
  if (reader->failed()) return reader->failure();
  ReturnReader(std::move(reader));
  return {};
}

platform::Result<void> DatabaseFile::CopyTo(const std::string& path, const std::function<bool()>& go_on) {
  auto target = Database::Open({.path = path,
                                .access = Database::Access::kWrite,
                                .mode_as = options_.mode_as,
                                .vfs = options_.vfs,
                                .cache_bytes_max = options_.reader_cache_bytes_max});
  if (!target.ok()) return target.failure();
  bool copied = false;
  const auto read = Read([&](Database& source) {
    // The first statement is what fixes the state that is copied: all later steps see this one.
    if (source.One([](const Statement& row) { return row.Int64(0); }, "PRAGMA schema_version"))
      copied = source.CopyInto(**target, go_on);
  });
  if (!read.ok()) return read.failure();
  // The copy says of itself that it has a write-ahead log; without one it is a single file.
  if (copied) (*target)->RunScript("PRAGMA journal_mode = DELETE");
  if ((*target)->failed()) return (*target)->failure();
  if (!copied)
    return platform::Failure{.reason = v1::ERROR_REASON_STOPPING,
                             .log_detail = "brugd is stopping: try again when it runs"};
  return {};
}

platform::Result<void> DatabaseFile::Close() {
  const std::lock_guard lock(write_mutex_);
  if (writer_ == nullptr) return {};
  const std::unique_ptr<Database> writer = std::move(writer_);
  {
    const std::lock_guard readers_lock(readers_mutex_);
    idle_readers_.clear();
  }
  auto done = writer->Checkpoint(SQLITE_CHECKPOINT_TRUNCATE, options_.busy_ms_max);
  if (done.ok()) writer->RemoveLogWhenClosed();
  return done;
}

platform::Result<std::unique_ptr<Database>> DatabaseFile::LeaseReader() {
  {
    const std::lock_guard lock(readers_mutex_);
    if (!idle_readers_.empty()) {
      std::unique_ptr<Database> reader = std::move(idle_readers_.back());
      idle_readers_.pop_back();
      return reader;
    }
  }
  return Database::Open(ReaderOf(options_));
}

void DatabaseFile::ReturnReader(std::unique_ptr<Database> reader) {
  const std::lock_guard lock(readers_mutex_);
  if (idle_readers_.size() < options_.idle_readers_max) idle_readers_.push_back(std::move(reader));
}

void DatabaseFile::CheckpointWhenDue() {
  const std::int64_t pages = writer_->log_pages();
  // The log starts anew by itself once all of it is in the file and nobody reads from it.
  if (pages < log_pages_checkpointed_) log_pages_checkpointed_ = 0;
  if (pages - log_pages_checkpointed_ < options_.log_pages_max) return;
  log_pages_checkpointed_ = pages;
  const auto done = pages < 8 * options_.log_pages_max
                        ? writer_->Checkpoint(SQLITE_CHECKPOINT_PASSIVE, 0)
                        : writer_->Checkpoint(SQLITE_CHECKPOINT_RESTART, options_.readers_wait_ms_max);
  if (!done.ok()) Warn(done.failure());
}

void DatabaseFile::Warn(const platform::Failure& failure) const {
  if (options_.warn) options_.warn(failure.log_detail);
}

}  // namespace brug::storage
