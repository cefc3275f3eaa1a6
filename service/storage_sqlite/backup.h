#pragma once

#include <functional>
#include <string>

#include "service/storage/backup_files.h"
#include "service/storage_sqlite/database_file.h"

namespace brug::storage {

// The databases that a backup copies.
struct BackupSources {
  DatabaseFile& registry;
  // The organisation's, opened if need be.
  std::function<platform::Result<DatabaseFile*>(const std::string& organisation_id)> organisation;
  DatabaseFile& keys;
};

// What Storage::BackUp promises, but for the log.
[[nodiscard]] platform::Result<BackupDone> WriteBackup(const BackupSources& sources,
                                                       const BackupOrder& order);

// The log of backups: one brug.v1.Backup as JSON a line, without its files, newest last.
[[nodiscard]] platform::Result<void> AppendToBackupLog(const std::string& path, v1::Backup backup);
// Newest first, at most 1,000. Lines that cannot be read are left out: the log decides nothing.
[[nodiscard]] platform::Result<std::vector<v1::Backup>> ReadBackupLog(const std::string& path);

// What Storage::RetireBackups promises. The backups of a schedule are those in the folder that have a name
// which the service gives (backup_names.h) and that are in the log as made. They go in the log's order, so
// that neither a clock that was ahead nor anybody's hand decides which is the oldest; what the log does not
// know stays.
[[nodiscard]] platform::Result<std::vector<std::string>> RemoveOldBackups(const std::string& log,
                                                                          const std::string& folder,
                                                                          std::int64_t kept_count);

}  // namespace brug::storage
