#include "service/storage_sqlite/backup.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>
#include <vector>

#include "service/storage/backup_names.h"
#include "service/storage/registry.h"
#include "service/storage_sqlite/backup_manifest.h"
#include "service/storage_sqlite/files.h"

namespace brug::storage {
namespace {

using google::protobuf::util::TimeUtil;
using platform::Failure;
using platform::Result;

constexpr std::size_t kLoggedMax = 1'000;
// How a name ends, behind a dot, of what has not got its own name yet or lost it already.
constexpr std::string_view kUnfinished = ".unfinished";

std::string NameOf(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

std::string Megabytes(std::int64_t bytes) { return std::to_string((bytes + 999'999) / 1'000'000) + " MB"; }

std::string UnfinishedNameOf(const std::string& path) {
  return ParentOf(path) + "/." + NameOf(path) + std::string(kUnfinished);
}

// What processes left in the folder that ended in the middle of a backup under a name of the service's own.
// Such names do not come again, so nothing else would ever remove it. What cannot be removed takes room and
// does no other harm: it keeps no new backup away.
void RemoveLeftBehind(const std::string& folder) {
  std::vector<std::string> left;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with('.') || !name.ends_with(kUnfinished)) continue;
    if (IsOwnBackupName(std::string_view(name).substr(1, name.size() - 1 - kUnfinished.size())))
      left.push_back(entry->path().string());
  }
  for (const std::string& path : left) (void)RemoveAll(path);
}

// The newest first, at most `count_max`.
Result<std::vector<v1::Backup>> ReadLog(const std::string& path, std::size_t count_max) {
  std::vector<v1::Backup> backups;
  if (!Exists(path)) return backups;
  auto text = ReadWhole(path);
  if (!text.ok()) return text.failure();
  std::string_view left = *text;
  while (!left.empty() && backups.size() < count_max) {
    const auto begin = left.find_last_of('\n') + 1;
    v1::Backup backup;
    const auto line = left.substr(begin);
    if (!line.empty() &&
        google::protobuf::util::JsonStringToMessage({line.data(), line.size()}, &backup).ok())
      backups.push_back(std::move(backup));
    left = left.substr(0, begin == 0 ? 0 : begin - 1);
  }
  return backups;
}

// A backup while it is made, under a name that no backup has. What is not finished is removed.
class UnfinishedBackup {
 public:
  UnfinishedBackup(const BackupSources& sources, const BackupOrder& order)
      : sources_(sources),
        order_(order),
        parent_(ParentOf(order.path)),
        folder_(UnfinishedNameOf(order.path)),
        key_copy_(UnfinishedNameOf(KeyCopyOf(order.path))) {}
  ~UnfinishedBackup() {
    if (!begun_) return;
    // What cannot be removed now the next backup of that name removes.
    (void)RemoveAll(folder_);
    (void)RemoveAll(key_copy_);
  }
  UnfinishedBackup(const UnfinishedBackup&) = delete;
  UnfinishedBackup& operator=(const UnfinishedBackup&) = delete;

  Result<BackupDone> Make() {
    done_.backup.set_backup_id(order_.backup_id);
    done_.backup.set_path(order_.path);
    done_.backup.set_schema_version(kSchemaVersion);
    *done_.backup.mutable_begun_at() = TimeUtil::MicrosecondsToTimestamp(order_.now_us());
    for (const auto step :
         {&UnfinishedBackup::Begin, &UnfinishedBackup::CopyRegistry, &UnfinishedBackup::CopyOrganisations,
          &UnfinishedBackup::CopyKeys, &UnfinishedBackup::Finish}) {
      if (auto stepped = (this->*step)(); !stepped.ok()) return Explained(stepped.failure());
    }
    return std::move(done_);
  }

 private:
  Result<void> Begin() {
    if (!order_.path.starts_with('/') || order_.path.ends_with('/'))
      return Failure{.log_detail = order_.path + ": name the folder to make by its path from the root"};
    if (!Exists(parent_)) return Failure{.log_detail = parent_ + ": there is no such folder; make it first"};
    if (Exists(order_.path))
      return Failure{.log_detail = order_.path + ": it exists already and is left as it is"};
    if (IsOwnBackupName(NameOf(order_.path))) RemoveLeftBehind(parent_);
    // Left by a process that ended in the middle.
    if (auto removed = RemoveAll(folder_); !removed.ok()) return removed;
    if (auto removed = RemoveAll(key_copy_); !removed.ok()) return removed;
    begun_ = true;
    if (auto made = MakeFolder(folder_); !made.ok()) return made;
    return MakeFolder(folder_ + "/" + std::string(kOrganisationsName));
  }

  Result<void> CopyRegistry() {
    auto facts = Copy(sources_.registry,
                      {.path = folder_ + "/" + std::string(kRegistryName), .kind = FileKind::kRegistry});
    if (!facts.ok()) return facts.failure();
    organisation_ids_ = std::move(facts->organisation_ids);
    return AddFile(std::string(kRegistryName), "", *facts);
  }

  Result<void> CopyOrganisations() {
    for (const std::string& id : organisation_ids_) {
      auto source = sources_.organisation(id);
      if (!source.ok()) return source.failure();
      const std::string name = std::string(kOrganisationsName) + "/" + id + ".db";
      auto facts = Copy(**source, {.path = folder_ + "/" + name, .organisation_id = id});
      if (!facts.ok()) return facts.failure();
      if (auto added = AddFile(name, id, *facts); !added.ok()) return added;
      if (!facts->reached.empty()) done_.reached[id] = std::move(facts->reached);
    }
    return {};
  }

  // After everything that they open. The copy that is there is replaced, so that a key which was destroyed
  // is in no copy beside the backups any more.
  Result<void> CopyKeys() {
    const std::string there = KeyCopyOf(order_.path);
    if (auto copied = sources_.keys.CopyTo(key_copy_, order_.go_on); !copied.ok()) return copied;
    auto facts = ReadCopy({.path = key_copy_, .kind = FileKind::kKeys});
    if (!facts.ok()) return facts.failure();
    if (Exists(there)) {
      if (auto checked = CheckKeysAreOurs(there); !checked.ok()) return checked;
    }
    if (auto synced = SyncFile(key_copy_); !synced.ok()) return synced;
    if (auto renamed = Rename(key_copy_, there); !renamed.ok()) return renamed;
    return SyncFolder(parent_);
  }

  // Two services that shared a folder would take each other's keys away, and one that lost keys the last copy
  // of them.
  Result<void> CheckKeysAreOurs(const std::string& there) {
    const auto before = KeysIn(there);
    if (!before.ok()) return before.failure();
    const auto now = KeysIn(key_copy_);
    if (!now.ok()) return now.failure();
    const auto missing = std::find_if(before->begin(), before->end(), [&](const KeyName& key) {
      return !std::binary_search(now->begin(), now->end(), key);
    });
    if (missing == before->end()) return {};
    return Failure{.log_detail = there + ": it has keys that this service has not, '" + missing->name +
                                 "' of organisation " + missing->organisation_id +
                                 " among them. If they are of another service, name another folder; if this "
                                 "one lost them, put them back with brugctl restore --keys " +
                                 there};
  }

  Result<void> Finish() {
    done_.backup.set_verified(true);
    *done_.backup.mutable_ended_at() = TimeUtil::MicrosecondsToTimestamp(order_.now_us());
    if (auto written = WriteManifest(folder_, done_.backup); !written.ok()) return written;
    for (const std::string& folder : {folder_ + "/" + std::string(kOrganisationsName), folder_}) {
      if (auto synced = SyncFolder(folder); !synced.ok()) return synced;
    }
    if (auto renamed = RenameToNew(folder_, order_.path); !renamed.ok()) return renamed;
    return SyncFolder(parent_);
  }

  // Copies a database, and reads the copy back.
  Result<CopyFacts> Copy(DatabaseFile& source, const CopyToRead& copy) {
    taken_at_us_ = order_.now_us();
    if (auto copied = source.CopyTo(copy.path, order_.go_on); !copied.ok()) return copied.failure();
    if (auto synced = SyncFile(copy.path); !synced.ok()) return synced.failure();
    return ReadCopy(copy);
  }

  Result<void> AddFile(const std::string& name, const std::string& organisation_id, const CopyFacts& facts) {
    const std::string path = folder_ + "/" + name;
    auto sha256 = Sha256Of(path);
    if (!sha256.ok()) return sha256.failure();
    v1::BackupFile& file = *done_.backup.add_files();
    file.set_name(name);
    file.set_file_bytes(BytesOf(path));
    file.set_sha256(*std::move(sha256));
    file.set_organisation_id(organisation_id);
    *file.mutable_taken_at() = TimeUtil::MicrosecondsToTimestamp(taken_at_us_);
    file.set_dossiers_count(facts.dossiers_count);
    file.set_revisions_count(facts.revisions_count);
    file.set_revision_max(facts.revision_max);
    done_.backup.set_total_bytes(done_.backup.total_bytes() + file.file_bytes());
    return {};
  }

  // What failed, with what the operator can do where that is known.
  Failure Explained(Failure failure) const {
    if (failure.reason != v1::ERROR_REASON_STORAGE_UNAVAILABLE) return failure;
    failure.log_detail += ". There is no backup at " + order_.path + ", and " +
                          Megabytes(FreeBytesIn(parent_)) + " are free in " + parent_ +
                          ": make room or name a folder on another disk, and try again";
    return failure;
  }

  const BackupSources& sources_;
  const BackupOrder& order_;
  const std::string parent_;
  const std::string folder_;
  const std::string key_copy_;
  bool begun_ = false;
  std::int64_t taken_at_us_ = 0;
  std::vector<std::string> organisation_ids_;
  BackupDone done_;
};

}  // namespace

Result<BackupDone> WriteBackup(const BackupSources& sources, const BackupOrder& order) {
  return UnfinishedBackup(sources, order).Make();
}

Result<void> AppendToBackupLog(const std::string& path, v1::Backup backup) {
  backup.clear_files();
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  if (!google::protobuf::util::MessageToJsonString(backup, &json, options).ok())
    return Failure{.log_detail = path + ": a backup cannot be written as JSON"};
  // Half a line that a full disk left behind stays a line of its own.
  return AppendTo(path, "\n" + json + "\n");
}

Result<std::vector<v1::Backup>> ReadBackupLog(const std::string& path) { return ReadLog(path, kLoggedMax); }

Result<std::vector<std::string>> RemoveOldBackups(const std::string& log, const std::string& folder,
                                                  std::int64_t kept_count) {
  const auto logged = ReadLog(log, std::numeric_limits<std::size_t>::max());
  if (!logged.ok()) return logged.failure();
  std::vector<std::string> backups;  // the newest first
  for (const v1::Backup& backup : *logged) {
    const std::string& path = backup.path();
    if (backup.problem().empty() && path == folder + "/" + NameOf(path) && IsOwnBackupName(NameOf(path)) &&
        Exists(path + "/" + std::string(kManifestName)))
      backups.push_back(path);
  }
  if (std::ssize(backups) <= kept_count) return std::vector<std::string>();
  backups.erase(backups.begin(), backups.begin() + kept_count);
  std::reverse(backups.begin(), backups.end());
  for (const std::string& path : backups) {
    // First the name, so that no half of a backup is ever taken for one.
    const std::string gone = UnfinishedNameOf(path);
    if (auto renamed = Rename(path, gone); !renamed.ok()) return renamed.failure();
    if (auto removed = RemoveAll(gone); !removed.ok()) return removed.failure();
  }
  return backups;
}

}  // namespace brug::storage
