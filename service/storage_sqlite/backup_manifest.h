#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "brug/v1/backup.pb.h"
#include "service/storage/backup_files.h"
#include "service/storage_sqlite/schema.h"

// A backup as it lies on a disk:
//
//   PARENT/
//     brug-keys.db       the wrapped keys: one copy for all backups here, as of the newest
//     BACKUP/
//       manifest.json    a brug.v1.Backup
//       registry.db
//       organisations/ID.db
namespace brug::storage {

inline constexpr std::string_view kManifestName = "manifest.json";
inline constexpr std::string_view kRegistryName = "registry.db";
inline constexpr std::string_view kOrganisationsName = "organisations";
inline constexpr std::string_view kKeyCopyName = "brug-keys.db";

// Where the copy of the wrapped keys lies that belongs to the backup at `path`.
[[nodiscard]] std::string KeyCopyOf(const std::string& path);

[[nodiscard]] platform::Result<void> WriteManifest(const std::string& folder, const v1::Backup& backup);
// Refuses what is no manifest, and one that names files which no backup has. Anybody may have written it.
[[nodiscard]] platform::Result<v1::Backup> ReadManifest(const std::string& folder);

// What a copy of a database says of itself.
struct CopyFacts {
  std::int64_t schema_version = 0;
  // The registry's.
  std::vector<std::string> organisation_ids;
  // An organisation's.
  std::int64_t dossiers_count = 0;
  std::int64_t revisions_count = 0;
  std::int64_t revision_max = 0;
  std::vector<ReachedRevision> reached;
};
struct CopyToRead {
  std::string path;
  FileKind kind = FileKind::kOrganisation;
  // The organisation that it has to be of; for FileKind::kOrganisation.
  std::string organisation_id = {};
};
// Reads all of it: SQLite's integrity check, kind, version, organisation. A failure's log detail says what is
// wrong with which file.
[[nodiscard]] platform::Result<CopyFacts> ReadCopy(const CopyToRead& copy);

// Every file of the backup is there, with the size and hash that its manifest says, and can be read.
[[nodiscard]] platform::Result<void> VerifyBackup(const std::string& folder, const v1::Backup& backup);

// What a wrapped key is of (registry.h: WrappedKeyRow).
struct KeyName {
  std::string organisation_id;
  std::string name;
  friend auto operator<=>(const KeyName&, const KeyName&) = default;
};
// All keys that the file of wrapped keys has, in order.
[[nodiscard]] platform::Result<std::vector<KeyName>> KeysIn(const std::string& path);
// All keys without which something in the copy of an organisation's database could not be read, in order.
[[nodiscard]] platform::Result<std::vector<KeyName>> KeysNeededBy(const CopyToRead& copy);

}  // namespace brug::storage
