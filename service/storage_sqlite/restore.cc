#include "service/storage_sqlite/restore.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <memory>
#include <utility>
#include <vector>

#include "service/storage_sqlite/backup_manifest.h"
#include "service/storage_sqlite/data_directory.h"
#include "service/storage_sqlite/database_file.h"
#include "service/storage_sqlite/files.h"
#include "service/storage_sqlite/sqlite_backups.h"

namespace brug::storage {
namespace {

using platform::Failure;
using platform::Result;

// Where a restore is made ready, and the file in it that says that it is: its content is the folder for what
// was there before.
constexpr std::string_view kStaging = "restoring";
constexpr std::string_view kReady = "ready";
constexpr std::string_view kKeysName = "keys.db";

std::string StagingIn(const std::string& data_directory) {
  return data_directory + "/" + std::string(kStaging);
}

// "20261122T031500Z".
std::string Stamp(std::int64_t at_us) {
  const std::time_t seconds = at_us / 1'000'000;
  std::tm parts = {};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  const std::size_t size = std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &parts);
  return {text, size};
}

class Restore {
 public:
  explicit Restore(const RestoreOrder& order) : order_(order), staging_(StagingIn(order.data_directory)) {}

  Result<RestoreDone> Run() {
    for (const auto step : {&Restore::ReadBackup, &Restore::TakeDirectory, &Restore::CopyFiles,
                            &Restore::ChooseKeys, &Restore::MarkRestored, &Restore::Exchange}) {
      auto stepped = (this->*step)();
      if (stepped.ok()) continue;
      if (directory_) (void)RemoveAll(staging_);
      return stepped.failure();
    }
    return std::move(done_);
  }

 private:
  Result<void> ReadBackup() {
    auto backup = ReadManifest(order_.backup);
    if (!backup.ok()) return backup.failure();
    done_.backup = *std::move(backup);
    return {};
  }

  Result<void> TakeDirectory() {
    auto directory = DataDirectory::Open(order_.data_directory);
    if (!directory.ok()) return directory.failure();
    directory_ = *std::move(directory);
    if (auto made = MakeFolder(staging_); !made.ok()) return made;
    return MakeFolder(staging_ + "/" + std::string(kOrganisationsName));
  }

  Result<void> CopyFiles() {
    for (const v1::BackupFile& file : done_.backup.files()) {
      auto copied = CopyFile(order_.backup + "/" + file.name(), staging_ + "/" + file.name());
      if (!copied.ok()) return copied;
    }
    // What is checked is what will be used; named is what the operator has.
    auto verified = VerifyBackup(staging_, done_.backup);
    if (verified.ok()) return {};
    Failure failure = verified.failure();
    if (failure.log_detail.starts_with(staging_)) {
      failure.log_detail.replace(0, staging_.size(), order_.backup);
      failure.log_detail += ". Nothing was put back: take another backup";
    }
    return failure;
  }

  Result<void> ChooseKeys() {
    if (!order_.key_copy.empty()) return TakeKeys(order_.key_copy);
    const std::string here = directory_->KeysPath();
    if (Exists(here) && HasAllKeys(here).ok()) return {};
    if (auto taken = TakeKeys(KeyCopyOf(order_.backup)); !taken.ok()) {
      return Failure{
          .log_detail = "the wrapped keys are missing: neither " + here + " nor " + KeyCopyOf(order_.backup) +
                        " has those of all organisations and dossiers in the backup; name a file that "
                        "has, with --keys"};
    }
    return {};
  }

  Result<void> TakeKeys(const std::string& from) {
    if (!Exists(from)) return Failure{.log_detail = from + ": there is no such file"};
    if (auto checked = HasAllKeys(from); !checked.ok()) return checked;
    done_.keys_from = from;
    return CopyFile(from, staging_ + "/" + std::string(kKeysName));
  }

  Result<void> HasAllKeys(const std::string& path) {
    const auto keys = KeysIn(path);
    if (!keys.ok()) return keys.failure();
    for (const v1::BackupFile& file : done_.backup.files()) {
      if (file.organisation_id().empty()) continue;
      const auto needed =
          KeysNeededBy({.path = staging_ + "/" + file.name(), .organisation_id = file.organisation_id()});
      if (!needed.ok()) return needed.failure();
      for (const KeyName& key : *needed) {
        if (std::binary_search(keys->begin(), keys->end(), key)) continue;
        return Failure{.log_detail = path + ": it has not the key '" + key.name + "' of organisation " +
                                     key.organisation_id};
      }
    }
    return {};
  }

  // What an open activation code leads to may be forgotten, and somebody may have used it since.
  Result<void> MarkRestored() {
    auto registry =
        WriteTo({.kind = FileKind::kRegistry, .path = staging_ + "/" + std::string(kRegistryName)},
                [](Database& database) {
                  database.Run("DELETE FROM activation_codes WHERE length(bound_key_sha256) = 0");
                  return true;
                });
    if (!registry.ok()) return registry;
    for (const v1::BackupFile& file : done_.backup.files()) {
      if (file.organisation_id().empty()) continue;
      auto marked = WriteTo({.kind = FileKind::kOrganisation, .path = staging_ + "/" + file.name()},
                            [&](Database& database) { return Mark(database, file.organisation_id()); });
      if (!marked.ok()) return marked;
    }
    return {};
  }

  bool Mark(Database& database, const std::string& organisation_id) const {
    SqliteBackupWrites backups(&database, organisation_id);
    const auto newest = backups.NewestRestore();
    return backups.InsertRestore(
        {.number = newest ? newest->number + 1 : 1,
         .restore_id = order_.restore_id,
         .backup_at_us = google::protobuf::util::TimeUtil::TimestampToMicroseconds(done_.backup.begun_at()),
         .restored_at_us = order_.now_us});
  }

  static Result<void> WriteTo(DatabaseFile::Options options, const std::function<bool(Database&)>& write) {
    const std::string path = options.path;
    auto file = DatabaseFile::Open(std::move(options));
    if (!file.ok()) return file.failure();
    bool kept = false;
    auto written = (*file)->Write([&](Database& database) { return kept = write(database); });
    if (!written.ok()) return written;
    if (!kept) return Failure{.log_detail = path + ": it could not be marked as restored"};
    return (*file)->Close();
  }

  Result<void> Exchange() {
    done_.has_journal = Exists(directory_->EndJournalPath());
    const std::string name = "replaced-" + Stamp(order_.now_us) + "-" + order_.restore_id.substr(0, 8);
    done_.replaced = order_.data_directory + "/" + name;
    if (Exists(done_.replaced)) return Failure{.log_detail = done_.replaced + ": it is there already"};
    for (const std::string& folder :
         {staging_ + "/" + std::string(kOrganisationsName), staging_, order_.data_directory}) {
      if (auto synced = SyncFolder(folder); !synced.ok()) return synced;
    }
    // Made before the decision, for it may fail.
    if (auto made = MakeFolder(done_.replaced); !made.ok()) return made;
    // The name of the file is what decides: it is there whole, or it is not there.
    const std::string ready = staging_ + "/" + std::string(kReady);
    auto decided = WriteWhole(ready + ".new", name);
    if (decided.ok()) decided = Rename(ready + ".new", ready);
    if (!decided.ok()) {
      (void)RemoveAll(done_.replaced);  // It is empty.
      return decided;
    }
    Finish();
    return {};
  }

  // From here on whoever opens the folder next finishes what is left.
  void Finish() {
    auto finished = SyncFolder(staging_);
    if (finished.ok()) finished = FinishRestore(order_.data_directory);
    if (!finished.ok()) done_.unfinished = finished.failure().log_detail;
  }

  const RestoreOrder& order_;
  const std::string staging_;
  std::unique_ptr<DataDirectory> directory_;
  RestoreDone done_;
};

// Gives way for what is staged under this name, if anything is, and gives it the name. May be run again.
Result<void> ExchangeOne(const std::string& data_directory, const std::string& replaced,
                         const std::string& name) {
  const std::string staged = StagingIn(data_directory) + "/" + name;
  if (!Exists(staged)) return {};
  // First the write-ahead log, which must never meet another database.
  for (const char* suffix : {"-wal", "-shm", ""}) {
    const std::string here = data_directory + "/" + name + suffix;
    if (!Exists(here)) continue;
    if (auto moved = Rename(here, replaced + "/" + name + suffix); !moved.ok()) return moved;
  }
  return Rename(staged, data_directory + "/" + name);
}

}  // namespace

Result<RestoreDone> RestoreBackup(const RestoreOrder& order) { return Restore(order).Run(); }

Result<void> FinishRestore(const std::string& data_directory) {
  const std::string staging = StagingIn(data_directory);
  const std::string ready = staging + "/" + std::string(kReady);
  if (!Exists(staging)) return {};
  if (!Exists(ready)) return RemoveAll(staging);
  auto name = ReadWhole(ready);
  if (!name.ok()) return name.failure();
  const std::string replaced = data_directory + "/" + *name;
  if (auto made = MakeFolder(replaced); !made.ok()) return made;
  for (const std::string_view one : {kRegistryName, kOrganisationsName, kKeysName}) {
    if (auto done = ExchangeOne(data_directory, replaced, std::string(one)); !done.ok()) return done;
  }
  for (const std::string& folder : {replaced, data_directory}) {
    if (auto synced = SyncFolder(folder); !synced.ok()) return synced;
  }
  if (auto removed = RemoveAll(staging); !removed.ok()) return removed;
  return SyncFolder(data_directory);
}

}  // namespace brug::storage
