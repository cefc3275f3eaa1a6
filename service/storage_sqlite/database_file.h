#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "service/storage_sqlite/database.h"
#include "service/storage_sqlite/schema.h"

namespace brug::storage {

// A database that was made before has nothing in it any more. Who asks has to wait until a person brought
// back a backup.
platform::Failure ContentsLost(const std::string& path);

// One SQLite file and its connections: one that writes and checkpoints, and as many that read as were ever
// needed at once.
//
// SQLite before 3.51.3 can damage a file on which two connections write or checkpoint at once; that nobody
// else does is what the lock on the data directory is for.
class DatabaseFile {
 public:
  struct Options {
    FileKind kind = FileKind::kOrganisation;
    std::string path = {};
    // Whether it was made before: then a file that is missing or empty is refused, for what it held is lost.
    bool made_before = false;
    std::string mode_as = {};
    std::string vfs = {};
    std::int64_t writer_cache_bytes_max = 32 << 20;
    std::int64_t reader_cache_bytes_max = 2 << 20;
    // Connections for reading that are kept open while nobody uses them.
    std::size_t idle_readers_max = 4;
    // After so many more pages in the write-ahead log a commit moves them into the file. From eight times as
    // many on it also waits for readers, so that an unbroken row of them cannot let the log grow without end.
    std::int64_t log_pages_max = 4'000;
    // How long a commit waits for readers then.
    int readers_wait_ms_max = 100;
    // How long a statement waits for another process's lock.
    int busy_ms_max = 2'000;
    // For what went wrong and lost nothing: a checkpoint that has to be done again.
    std::function<void(std::string_view)> warn = {};
  };

  // Opens the file, makes it when it is new, and brings it up to date.
  static platform::Result<std::unique_ptr<DatabaseFile>> Open(Options options);
  ~DatabaseFile();
  DatabaseFile(const DatabaseFile&) = delete;
  DatabaseFile& operator=(const DatabaseFile&) = delete;

  // Runs `write` in a transaction and commits it, durably, when that says true and nothing failed. One at a
  // time.
  platform::Result<void> Write(const std::function<bool(Database&)>& write);
  // Runs `read` on the state of the newest commit. Any number at once.
  platform::Result<void> Read(const std::function<void(Database&)>& read);

  // Copies the file as it is after the newest commit into a new file at `path`, which is durable and whole by
  // itself. Nobody waits for it. `go_on` as in BackupOrder. On a failure something may be at `path`.
  platform::Result<void> CopyTo(const std::string& path, const std::function<bool()>& go_on);

  // Moves the write-ahead log into the file, which then is whole by itself. Nothing else may be called any
  // more. After a failure nothing is lost either: the log is still there for the next opening.
  platform::Result<void> Close();

 private:
  DatabaseFile(Options options, std::unique_ptr<Database> writer)
      : options_(std::move(options)), writer_(std::move(writer)) {}

  platform::Result<std::unique_ptr<Database>> LeaseReader();
  void ReturnReader(std::unique_ptr<Database> reader);
  void CheckpointWhenDue();
  void Warn(const platform::Failure& failure) const;

  Options options_;
  std::mutex write_mutex_;
  std::unique_ptr<Database> writer_;
  // How long the write-ahead log was at the last checkpoint.
  std::int64_t log_pages_checkpointed_ = 0;
  std::mutex readers_mutex_;
  std::vector<std::unique_ptr<Database>> idle_readers_;
};

}  // namespace brug::storage
