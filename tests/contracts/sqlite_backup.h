#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "service/storage_sqlite/backup_manifest.h"
#include "service/storage_sqlite/restore.h"
#include "service/storage_sqlite/sqlite_storage.h"
#include "tests/faults/fault_vfs.h"
#include "tests/support/temporary_folder.h"

namespace brug::storage {

namespace fs = std::filesystem;

inline const std::string kHere = "0192d5a0-7c1e-7000-8000-000000000001";
inline const std::string kThere = "0192d5a0-7c1e-7000-8000-000000000002";
inline const std::string kRestoreId = "5f0c7b1e-0000-4000-8000-000000000001";

inline std::string ContentOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void Spoil(const std::string& path, const std::function<void(std::string&)>& change) {
  std::string content = ContentOf(path);
  change(content);
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

inline platform::Result<void> WriteOne(OrganisationStore& store, const Work& work) {
  return store.Write(std::span(&work, 1));
}

// A service with two organisations, and a folder for its backups.
class SqliteBackup : public ::testing::Test {
 protected:
  SqliteBackup() {
    FaultVfs().Reset();
    fs::create_directory(Backups());
    storage_ = Open();
    AddOrganisation(kHere);
    AddOrganisation(kThere);
  }
  ~SqliteBackup() override { FaultVfs().Reset(); }

  std::string Data() const { return folder_.path() + "/data"; }
  std::string Backups() const { return folder_.path() + "/backups"; }
  std::string First() const { return Backups() + "/first"; }

  std::unique_ptr<SqliteStorage> Open() {
    return *SqliteStorage::Open({.data_directory = Data(), .vfs = kFaultVfs});
  }
  OrganisationStore& Store(const std::string& id) { return **storage_->OpenOrganisation(id); }
  void AddOrganisation(const std::string& id) {
    for (const char* name : {"organisation", "session", "statement", "voucher"})
      ASSERT_TRUE(storage_->keys().InsertOrFind({id, name, "wrapped " + id}).ok());
    ASSERT_TRUE(storage_->OpenOrganisation(id).ok());
    ASSERT_TRUE(storage_->registry().InsertOrganisation({.organisation_id = id}).value());
  }
  void PutHead(const std::string& organisation, const std::string& dossier, std::int64_t revision) {
    ASSERT_TRUE(storage_->keys().InsertOrFind({organisation, "dossier/" + dossier, "wrapped"}).ok());
    ASSERT_TRUE(WriteOne(Store(organisation), [&](Transaction& t) {
                  if (t.FindHead(dossier)) return t.UpdateHead(revision - 1, {dossier, revision});
                  return t.InsertHead({dossier, revision});
                }).ok());
  }
  std::int64_t RevisionOf(const std::string& organisation, const std::string& dossier) {
    std::int64_t revision = -1;
    EXPECT_TRUE(Store(organisation)
                    .Read([&](const Snapshot& s) {
                      const auto head = s.FindHead(dossier);
                      if (head) revision = head->revision;
                    })
                    .ok());
    return revision;
  }
  std::optional<RestoreRow> RestoreOf(const std::string& organisation) {
    std::optional<RestoreRow> restore;
    EXPECT_TRUE(Store(organisation).Read([&](const Snapshot& s) { restore = s.NewestRestore(); }).ok());
    return restore;
  }

  platform::Result<BackupDone> TryBackUp(const std::string& path) {
    return storage_->BackUp({.backup_id = "b",
                             .path = path,
                             .now_us = [this] { return ++now_us_; },
                             .go_on = [this] { return go_on_-- > 0; }});
  }
  BackupDone BackUp(const std::string& path) {
    auto done = TryBackUp(path);
    EXPECT_TRUE(done.ok()) << done.failure().log_detail;
    return *std::move(done);
  }
  void Close() {
    ASSERT_TRUE(storage_->Close().ok());
    storage_.reset();
  }
  platform::Result<RestoreDone> TryRestore(const std::string& backup, const std::string& keys = "") {
    return RestoreBackup({.backup = backup,
                          .data_directory = Data(),
                          .key_copy = keys,
                          .restore_id = kRestoreId,
                          .now_us = 5'000'000 * ++restores_});
  }
  static std::vector<std::string> OrganisationsIn(const std::string& keys) {
    std::vector<std::string> ids;
    const auto names = KeysIn(keys);
    for (const KeyName& key : *names) {
      if (key.name == "organisation") ids.push_back(key.organisation_id);
    }
    return ids;
  }
  // What lies beside the backups, and what is in the data directory that is no database.
  static std::vector<std::string> NamesIn(const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
    return names;
  }

  TemporaryFolder folder_{TemporaryFolder::InMemory()};
  std::unique_ptr<SqliteStorage> storage_;
  std::int64_t now_us_ = 1'000'000;
  int go_on_ = 1'000'000;
  int restores_ = 0;
};

}  // namespace brug::storage
