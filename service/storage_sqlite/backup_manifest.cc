#include "service/storage_sqlite/backup_manifest.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <set>
#include <utility>

#include "service/storage/registry.h"
#include "service/storage_sqlite/files.h"

namespace brug::storage {
namespace {

using platform::Failure;
using platform::Result;

std::string TextOf(const Statement& row) { return row.Bytes(0); }

Failure Wrong(const std::string& path, const std::string& what) { return {.log_detail = path + ": " + what}; }

// Whether a manifest may name the file: what a backup has, and nothing that leads out of its folder.
bool IsOfABackup(const v1::BackupFile& file) {
  if (file.organisation_id().empty()) return file.name() == kRegistryName;
  const bool is_id = file.organisation_id().size() <= 64 &&
                     std::all_of(file.organisation_id().begin(), file.organisation_id().end(), [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
                     });
  return is_id && file.name() == std::string(kOrganisationsName) + "/" + file.organisation_id() + ".db";
}

Result<void> CheckManifest(const std::string& path, const v1::Backup& backup) {
  if (!backup.problem().empty() || !backup.verified()) return Wrong(path, "this backup was never completed");
  std::set<std::string> names;
  for (const v1::BackupFile& file : backup.files()) {
    if (!IsOfABackup(file) || !names.insert(file.name()).second)
      return Wrong(path, "it names a file that no backup has: '" + file.name() + "'");
  }
  if (!names.contains(std::string(kRegistryName))) return Wrong(path, "it names no registry");
  if (backup.schema_version() > kSchemaVersion) {
    return Wrong(path, "the backup has schema version " + std::to_string(backup.schema_version()) +
                           ", this program knows versions up to " + std::to_string(kSchemaVersion) +
                           ": use the newer program");
  }
  return {};
}

Result<void> CheckIntegrity(Database& database) {
  const auto found = database.All(TextOf, "PRAGMA integrity_check(5)");
  if (database.failed()) return database.failure();
  if (found.size() == 1 && found.front() == "ok") return {};
  return Wrong(database.path(), "it is damaged: " + (found.empty() ? "no answer" : found.front()));
}

CopyFacts OrganisationFacts(Database& database, std::int64_t schema_version) {
  CopyFacts facts{.schema_version = schema_version};
  (void)database.One(
      [&](const Statement& row) {
        facts.dossiers_count = row.Int64(0);
        facts.revisions_count = row.Int64(1);
        facts.revision_max = row.Int64(2);
        return true;
      },
      "SELECT count(*), coalesce(sum(revision), 0), coalesce(max(revision), 0) FROM dossiers");
  constexpr std::int64_t kFirstWithBackedUp = 4;
  if (schema_version < kFirstWithBackedUp) return facts;
  facts.reached = database.All(
      [](const Statement& row) {
        return ReachedRevision{.dossier_id = row.Bytes(0), .revision = row.Int64(1)};
      },
      "SELECT d.dossier_id, d.revision FROM dossiers d LEFT JOIN backed_up b"
      " ON b.organisation_id = d.organisation_id AND b.dossier_id = d.dossier_id"
      " WHERE d.revision <> coalesce(b.revision, 0)");
  return facts;
}

Result<CopyFacts> FactsOf(Database& database, const CopyToRead& copy) {
  const auto version = VersionOf(database, copy.kind);
  if (!version.ok()) return version.failure();
  if (*version == 0) return Wrong(copy.path, "it is empty");
  if (auto checked = CheckIntegrity(database); !checked.ok()) return checked.failure();
  CopyFacts facts{.schema_version = *version};
  if (copy.kind == FileKind::kRegistry) {
    facts.organisation_ids =
        database.All(TextOf, "SELECT organisation_id FROM organisations ORDER BY organisation_id");
  }
  if (copy.kind == FileKind::kOrganisation) {
    const auto owner = database.One(TextOf, "SELECT organisation_id FROM organisation");
    if (!database.failed() && owner != copy.organisation_id)
      return Wrong(copy.path, "it is of organisation " + owner.value_or("none"));
    facts = OrganisationFacts(database, *version);
  }
  if (database.failed()) return database.failure();
  return facts;
}

}  // namespace

std::string KeyCopyOf(const std::string& path) { return ParentOf(path) + "/" + std::string(kKeyCopyName); }

Result<void> WriteManifest(const std::string& folder, const v1::Backup& backup) {
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = true;
  const std::string path = folder + "/" + std::string(kManifestName);
  if (!google::protobuf::util::MessageToJsonString(backup, &json, options).ok())
    return Wrong(path, "the manifest cannot be written as JSON");
  return WriteWhole(path, json);
}

Result<v1::Backup> ReadManifest(const std::string& folder) {
  const std::string path = folder + "/" + std::string(kManifestName);
  if (!Exists(path))
    return Wrong(folder, "there is no backup: no " + std::string(kManifestName) + " is in it");
  auto json = ReadWhole(path);
  if (!json.ok()) return json.failure();
  v1::Backup backup;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  if (!google::protobuf::util::JsonStringToMessage(*json, &backup, options).ok())
    return Wrong(path, "this is no manifest of a backup");
  if (auto checked = CheckManifest(path, backup); !checked.ok()) return checked.failure();
  return backup;
}

Result<CopyFacts> ReadCopy(const CopyToRead& copy) {
  constexpr std::int64_t kCacheBytesMax = 8 << 20;
  auto database = Database::Open(
      {.path = copy.path, .access = Database::Access::kRead, .cache_bytes_max = kCacheBytesMax});
  if (!database.ok()) return database.failure();
  return FactsOf(**database, copy);
}

Result<void> VerifyBackup(const std::string& folder, const v1::Backup& backup) {
  for (const v1::BackupFile& file : backup.files()) {
    const std::string path = folder + "/" + file.name();
    if (!Exists(path)) return Wrong(path, "it is not there");
    if (BytesOf(path) != file.file_bytes()) return Wrong(path, "it has not the size that the manifest says");
    const auto sha256 = Sha256Of(path);
    if (!sha256.ok()) return sha256.failure();
    if (*sha256 != file.sha256()) return Wrong(path, "its SHA-256 is not the one that the manifest says");
    const bool registry = file.organisation_id().empty();
    const auto facts = ReadCopy({.path = path,
                                 .kind = registry ? FileKind::kRegistry : FileKind::kOrganisation,
                                 .organisation_id = file.organisation_id()});
    if (!facts.ok()) return facts.failure();
    for (const std::string& id : facts->organisation_ids) {
      const auto named =
          std::any_of(backup.files().begin(), backup.files().end(),
                      [&](const v1::BackupFile& other) { return other.organisation_id() == id; });
      if (!named) return Wrong(path, "it knows organisation " + id + ", which the backup has no file of");
    }
  }
  return {};
}

Result<std::vector<KeyName>> KeysIn(const std::string& path) {
  auto database = Database::Open({.path = path, .access = Database::Access::kRead});
  if (!database.ok()) return database.failure();
  const auto version = VersionOf(**database, FileKind::kKeys);
  if (!version.ok()) return version.failure();
  if (*version == 0) return std::vector<KeyName>();
  auto names = (*database)->All(
      [](const Statement& row) {
        return KeyName{row.Bytes(0), row.Bytes(1)};
      },
      "SELECT organisation_id, name FROM wrapped_keys");
  if ((*database)->failed()) return (*database)->failure();
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::vector<KeyName>> KeysNeededBy(const CopyToRead& copy) {
  auto database = Database::Open({.path = copy.path, .access = Database::Access::kRead});
  if (!database.ok()) return database.failure();
  const auto dossier_ids = (*database)->All(TextOf, "SELECT dossier_id FROM dossiers");
  if ((*database)->failed()) return (*database)->failure();
  std::vector<KeyName> names;
  for (const char* name : {"organisation", "session", "statement", "voucher"})
    names.push_back({copy.organisation_id, name});
  for (const std::string& id : dossier_ids) names.push_back({copy.organisation_id, "dossier/" + id});
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace brug::storage
