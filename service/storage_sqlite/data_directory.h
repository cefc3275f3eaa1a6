#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "service/storage/registry.h"

namespace brug::storage {

// The folder that everything is kept in, and the lock that says whose it is now:
//
//   lock  registry.db  keys.db  organisations/ID.db  ends.journal  backups.log
//
// At most one of these exists for a folder, in all processes together. The folders have mode 0700, the files
// 0600.
class DataDirectory {
 public:
  // Makes the folders when they do not exist, takes the lock, and finishes a restore that was interrupted. A
  // folder that another one holds is refused,
  // the log detail says by which process.
  static platform::Result<std::unique_ptr<DataDirectory>> Open(const std::string& path);
  ~DataDirectory();
  DataDirectory(const DataDirectory&) = delete;
  DataDirectory& operator=(const DataDirectory&) = delete;

  [[nodiscard]] std::string LockPath() const { return path_ + "/lock"; }
  [[nodiscard]] std::string RegistryPath() const { return path_ + "/registry.db"; }
  [[nodiscard]] std::string KeysPath() const { return path_ + "/keys.db"; }
  [[nodiscard]] std::string EndJournalPath() const { return path_ + "/ends.journal"; }
  [[nodiscard]] std::string BackupLogPath() const { return path_ + "/backups.log"; }
  // The id makes a file name: refused unless it is 1 to 64 small letters, digits and hyphens.
  [[nodiscard]] platform::Result<std::string> OrganisationPath(std::string_view organisation_id) const;
  // Whether there is the file of any organisation.
  [[nodiscard]] bool HasOrganisationFiles() const;

  // Makes sure that the names of new files survive loss of power.
  [[nodiscard]] platform::Result<void> SyncNames() const;
  // Bytes free for this user; 0 when that is not known.
  [[nodiscard]] std::int64_t FreeBytes() const;

 private:
  DataDirectory(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::string path_;
  // The file descriptor that holds the lock.
  int lock_;
};

}  // namespace brug::storage
