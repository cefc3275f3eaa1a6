#include "service/storage_sqlite/sqlite_storage.h"

#include <google/protobuf/util/time_util.h>

#include <utility>

#include "service/storage_sqlite/backup.h"

namespace brug::storage {

using google::protobuf::util::TimeUtil;

namespace {

// Among the service's own keys, though it is none.
constexpr std::string_view kJournalIdName = "journal";

}  // namespace

platform::Result<std::unique_ptr<SqliteStorage>> SqliteStorage::Open(Options options) {
  auto directory = DataDirectory::Open(options.data_directory);
  if (!directory.ok()) return directory.failure();
  std::unique_ptr<SqliteStorage> storage(new SqliteStorage(std::move(options), *std::move(directory)));
  if (auto opened = storage->OpenShared(); !opened.ok()) return opened.failure();
  return storage;
}

SqliteStorage::~SqliteStorage() {
  const auto closed = Close();
  if (!closed.ok() && options_.warn) options_.warn(closed.failure().log_detail);
}

platform::Result<OrganisationStore*> SqliteStorage::OpenOrganisation(std::string_view organisation_id) {
  auto organisation = Organisation(organisation_id);
  if (!organisation.ok()) return organisation.failure();
  return *organisation;
}

platform::Result<SqliteOrganisation*> SqliteStorage::Organisation(std::string_view organisation_id) {
  const std::lock_guard lock(mutex_);
  if (const auto found = organisations_.find(organisation_id); found != organisations_.end()) {
    return found->second.get();
  }
  auto path = directory_->OrganisationPath(organisation_id);
  if (!path.ok()) return path.failure();
  const auto known = registry_->HasOrganisation(organisation_id);
  if (!known.ok()) return known.failure();
  DatabaseFile::Options options = FileOptions(FileKind::kOrganisation, *std::move(path));
  options.made_before = *known;
  auto opened = SqliteOrganisation::Open(std::move(options), organisation_id, ends_.get());
  if (!opened.ok()) return opened.failure();
  if (auto synced = directory_->SyncNames(); !synced.ok()) return synced.failure();
  return organisations_.emplace(std::string(organisation_id), *std::move(opened)).first->second.get();
}

platform::Result<BackupDone> SqliteStorage::BackUp(const BackupOrder& order) {
  const auto organisation = [this](const std::string& id) -> platform::Result<DatabaseFile*> {
    auto opened = Organisation(id);
    if (!opened.ok()) return opened.failure();
    return &(*opened)->file();
  };
  v1::Backup tried;
  tried.set_backup_id(order.backup_id);
  tried.set_path(order.path);
  *tried.mutable_begun_at() = TimeUtil::MicrosecondsToTimestamp(order.now_us());
  auto done =
      WriteBackup({.registry = *registry_file_, .organisation = organisation, .keys = *keys_file_}, order);
  *tried.mutable_ended_at() = TimeUtil::MicrosecondsToTimestamp(order.now_us());
  if (!done.ok()) tried.set_problem(done.failure().log_detail);
  const auto logged = AppendToBackupLog(directory_->BackupLogPath(), done.ok() ? done->backup : tried);
  if (!logged.ok() && options_.warn) options_.warn(logged.failure().log_detail);
  return done;
}

platform::Result<std::vector<v1::Backup>> SqliteStorage::Backups() const {
  return ReadBackupLog(directory_->BackupLogPath());
}

platform::Result<std::vector<std::string>> SqliteStorage::RetireBackups(const std::string& folder,
                                                                        std::int64_t kept_count) {
  return RemoveOldBackups(directory_->BackupLogPath(), folder, kept_count);
}

platform::Result<void> SqliteStorage::Close() {
  const std::lock_guard lock(mutex_);
  platform::Result<void> all;
  const auto close = [&all](auto& file) {
    if (file == nullptr) return;
    auto closed = file->Close();
    if (all.ok()) all = std::move(closed);
    file.reset();
  };
  for (auto& [id, organisation] : organisations_) close(organisation);
  organisations_.clear();
  close(registry_file_);
  close(keys_file_);
  directory_.reset();
  return all;
}

platform::Result<void> SqliteStorage::OpenShared() {
  auto keys = DatabaseFile::Open(FileOptions(FileKind::kKeys, directory_->KeysPath()));
  if (!keys.ok()) return keys.failure();
  keys_file_ = *std::move(keys);
  keys_ = std::make_unique<SqliteKeyStore>(keys_file_.get());
  if (auto opened = OpenRegistry(); !opened.ok()) return opened;
  if (auto opened = OpenJournal(); !opened.ok()) return opened;
  return directory_->SyncNames();
}

// An organisation's key and file are made after the registry, so where there is one there was a registry.
platform::Result<void> SqliteStorage::OpenRegistry() {
  const auto has_keys = keys_->HasOrganisations();
  if (!has_keys.ok()) return has_keys.failure();
  DatabaseFile::Options options = FileOptions(FileKind::kRegistry, directory_->RegistryPath());
  options.made_before = *has_keys || directory_->HasOrganisationFiles();
  auto registry = DatabaseFile::Open(std::move(options));
  if (!registry.ok()) return registry.failure();
  registry_file_ = *std::move(registry);
  registry_ = std::make_unique<SqliteRegistry>(registry_file_.get());
  return {};
}

// The id is kept with the keys because both outlive every restore.
platform::Result<void> SqliteStorage::OpenJournal() {
  const auto known = keys_->Find("", kJournalIdName);
  if (!known.ok()) return known.failure();
  auto ends = EndJournalFile::Open(
      options_.end_journal_file.empty() ? directory_->EndJournalPath() : options_.end_journal_file,
      {.known_id = *known ? (*known)->wrapped : "", .new_id = options_.new_journal_id});
  if (!ends.ok()) return ends.failure();
  ends_ = *std::move(ends);
  if (*known || ends_->id().empty()) return {};
  const auto kept = keys_->InsertOrFind({"", std::string(kJournalIdName), ends_->id()});
  if (!kept.ok()) return kept.failure();
  return {};
}

DatabaseFile::Options SqliteStorage::FileOptions(FileKind kind, std::string path) const {
  return {.kind = kind,
          .path = std::move(path),
          .mode_as = directory_->LockPath(),
          .vfs = options_.vfs,
          .log_pages_max = options_.log_pages_max,
          .readers_wait_ms_max = options_.readers_wait_ms_max,
          .warn = options_.warn};
}

}  // namespace brug::storage
