#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "service/storage/registry.h"
#include "service/storage_sqlite/data_directory.h"
#include "service/storage_sqlite/database_file.h"
#include "service/storage_sqlite/end_journal_file.h"
#include "service/storage_sqlite/sqlite_organisation.h"
#include "service/storage_sqlite/sqlite_registry.h"

namespace brug::storage {

// Everything in SQLite files in one folder (data_directory.h), which this process has for itself.
class SqliteStorage final : public Storage {
 public:
  struct Options {
    std::string data_directory = {};
    // The journal of ends; empty for the one in the data directory.
    std::string end_journal_file = {};
    // The id of that journal if it has none yet, random; empty to leave it without. From then on the journal
    // with its id is demanded.
    std::string new_journal_id = {};
    // The name of a VFS that is registered with SQLite; empty for SQLite's own.
    std::string vfs = {};
    // See DatabaseFile::Options.
    std::int64_t log_pages_max = 4'000;
    int readers_wait_ms_max = 100;
    // For the log: what went wrong and lost nothing. Any thread; outlives this.
    std::function<void(std::string_view)> warn = {};
  };

  // Takes the folder, and opens the registry, the keys and the journal. Failures are those of
  // DataDirectory::Open, BringUpToDate and EndJournalFile::Open: in use by another process, a file from a
  // newer version, a damaged file; and a registry or journal that is gone though there was one.
  static platform::Result<std::unique_ptr<SqliteStorage>> Open(Options options);
  // Closes, and warns of what Close would have answered.
  ~SqliteStorage() override;

  Registry& registry() override { return *registry_; }
  KeyStore& keys() override { return *keys_; }
  EndJournal& ends() override { return *ends_; }
  platform::Result<OrganisationStore*> OpenOrganisation(std::string_view organisation_id) override;
  platform::Result<BackupDone> BackUp(const BackupOrder& order) override;
  platform::Result<std::vector<v1::Backup>> Backups() const override;
  platform::Result<std::vector<std::string>> RetireBackups(const std::string& folder,
                                                           std::int64_t kept_count) override;
  platform::Result<void> ProbeWrite() override { return registry_->ProbeWrite(); }
  std::int64_t FreeBytes() const override { return directory_->FreeBytes(); }

  // Brings every file into a state in which it is whole by itself, and lets go of the folder. Call it when
  // nobody uses this any more; nothing else may be called afterwards. Answers the first failure, which loses
  // nothing.
  platform::Result<void> Close();

 private:
  SqliteStorage(Options options, std::unique_ptr<DataDirectory> directory)
      : options_(std::move(options)), directory_(std::move(directory)) {}

  platform::Result<void> OpenShared();
  platform::Result<void> OpenRegistry();
  platform::Result<void> OpenJournal();
  platform::Result<SqliteOrganisation*> Organisation(std::string_view organisation_id);
  DatabaseFile::Options FileOptions(FileKind kind, std::string path) const;

  Options options_;
  std::unique_ptr<DataDirectory> directory_;
  std::unique_ptr<DatabaseFile> registry_file_;
  std::unique_ptr<DatabaseFile> keys_file_;
  std::unique_ptr<SqliteRegistry> registry_;
  std::unique_ptr<SqliteKeyStore> keys_;
  std::unique_ptr<EndJournalFile> ends_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<SqliteOrganisation>, std::less<>> organisations_;
};

}  // namespace brug::storage
