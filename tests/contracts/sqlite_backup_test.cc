// What SqliteStorage promises of backups and restores: Storage::BackUp, RestoreBackup.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "proto/crypto/hash.h"
#include "service/storage/backup_names.h"
#include "service/storage_sqlite/backup_manifest.h"
#include "service/storage_sqlite/database.h"
#include "service/storage_sqlite/files.h"
#include "service/storage_sqlite/restore.h"
#include "service/storage_sqlite/sqlite_storage.h"
#include "tests/faults/fault_vfs.h"
#include "tests/support/temporary_folder.h"

namespace brug::storage {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using testing::UnorderedElementsAre;

const std::string kHere = "0192d5a0-7c1e-7000-8000-000000000001";
const std::string kThere = "0192d5a0-7c1e-7000-8000-000000000002";
const std::string kRestoreId = "5f0c7b1e-0000-4000-8000-000000000001";

std::string ContentOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void Spoil(const std::string& path, const std::function<void(std::string&)>& change) {
  std::string content = ContentOf(path);
  change(content);
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

platform::Result<void> WriteOne(OrganisationStore& store, const Work& work) {
  return store.Write(std::span(&work, 1));
}

class SqliteBackup : public testing::Test {
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

TEST_F(SqliteBackup, HasAllThatWasCommittedAsFilesThatAreWholeByThemselves) {
  PutHead(kHere, "d1", 3);
  PutHead(kHere, "d2", 4);
  const BackupDone done = BackUp(First());
  EXPECT_THAT(NamesIn(Backups()), UnorderedElementsAre("first", "brug-keys.db"));
  EXPECT_THAT(NamesIn(First()), UnorderedElementsAre("manifest.json", "registry.db", "organisations"));
  EXPECT_THAT(NamesIn(First() + "/organisations"), UnorderedElementsAre(kHere + ".db", kThere + ".db"));
  const auto manifest = ReadManifest(First());
  ASSERT_TRUE(manifest.ok()) << manifest.failure().log_detail;
  EXPECT_EQ(manifest->SerializeAsString(), done.backup.SerializeAsString());
  ASSERT_EQ(manifest->files_size(), 3);
  EXPECT_EQ(manifest->files(0).name(), "registry.db");
  const v1::BackupFile& here = manifest->files(1);
  EXPECT_EQ(here.organisation_id(), kHere);
  EXPECT_EQ(here.dossiers_count(), 2);
  EXPECT_EQ(here.revisions_count(), 7);
  EXPECT_EQ(here.revision_max(), 4);
  EXPECT_EQ(manifest->schema_version(), kSchemaVersion);
  EXPECT_TRUE(VerifyBackup(First(), *manifest).ok());
  for (const auto& entry : fs::recursive_directory_iterator(Backups())) {
    const auto mode = entry.status().permissions();
    EXPECT_EQ(mode & fs::perms(077), fs::perms::none) << entry.path() << " is for its owner alone";
  }
}

TEST_F(SqliteBackup, NoKeyIsInTheBackup) {
  BackUp(First());
  EXPECT_THAT(ContentOf(Backups() + "/brug-keys.db"), HasSubstr("wrapped " + kHere)) << "a search that finds";
  for (const auto& entry : fs::recursive_directory_iterator(First())) {
    if (!entry.is_regular_file()) continue;
    EXPECT_THAT(ContentOf(entry.path()), testing::Not(HasSubstr("wrapped"))) << entry.path();
  }
}

TEST_F(SqliteBackup, SaysWhatItReachesUntilThatIsKnown) {
  PutHead(kHere, "d1", 3);
  EXPECT_THAT(BackUp(First()).reached[kHere], ElementsAre(ReachedRevision{"d1", 3}));
  EXPECT_THAT(BackUp(Backups() + "/second").reached[kHere], ElementsAre(ReachedRevision{"d1", 3}));
  ASSERT_TRUE(WriteOne(Store(kHere), [](Transaction& t) {
                t.PutBackedUpRevision("d1", 3);
                return true;
              }).ok());
  EXPECT_THAT(BackUp(Backups() + "/third").reached, IsEmpty());
  PutHead(kHere, "d1", 4);
  EXPECT_THAT(BackUp(Backups() + "/fourth").reached[kHere], ElementsAre(ReachedRevision{"d1", 4}));
}

// Each dossier's head moves together with its log: a copy that has one without the other is of no commit.
TEST_F(SqliteBackup, EachCopyIsOfOneCommitWhileOthersWrite) {
  std::atomic<bool> stop = false;
  std::atomic<int> commits = 0;
  PutHead(kHere, "d1", 0);
  std::thread writer([&] {
    for (std::int64_t revision = 1; !stop; ++revision) {
      const auto written = WriteOne(Store(kHere), [&](Transaction& t) {
        return t.AppendLogEntry("d1", {.revision = revision, .sealed = std::string(3'000, 'x')}) &&
               t.UpdateHead(revision - 1, {"d1", revision});
      });
      EXPECT_TRUE(written.ok());
      ++commits;
    }
  });
  for (int i = 0; i < 5; ++i) {
    const int before = commits;
    while (commits < before + 20) std::this_thread::yield();
    const std::string path = Backups() + "/" + std::to_string(i);
    const auto done = TryBackUp(path);
    ASSERT_TRUE(done.ok()) << done.failure().log_detail;
    const auto copy = *Database::Open({.path = path + "/organisations/" + kHere + ".db"});
    const auto number = [](const Statement& row) { return row.Int64(0); };
    const auto head = copy->One(number, "SELECT revision FROM dossiers");
    EXPECT_EQ(head, copy->One(number, "SELECT count(*) FROM log_entries"));
    EXPECT_GT(head.value_or(0), 0);
    EXPECT_EQ(done->backup.files(1).revision_max(), head);
  }
  stop = true;
  writer.join();
}

TEST_F(SqliteBackup, AnOrganisationThatTheRegistryDoesNotKnowYetIsLeftOut) {
  ASSERT_TRUE(storage_->OpenOrganisation("half-made").ok());
  EXPECT_EQ(BackUp(First()).backup.files_size(), 3);
}

TEST_F(SqliteBackup, WhatCannotBeMadeLeavesNoNameAndIsInTheLog) {
  PutHead(kHere, "d1", 3);
  const auto expect_nothing = [&](const platform::Result<BackupDone>& tried, const std::string& words) {
    ASSERT_FALSE(tried.ok());
    EXPECT_THAT(tried.failure().log_detail, HasSubstr(words));
    EXPECT_THAT(NamesIn(Backups()), IsEmpty());
    ASSERT_FALSE(storage_->Backups()->empty());
    EXPECT_THAT(storage_->Backups()->front().problem(), HasSubstr(words));
  };
  FaultVfs().writes_fail = true;
  expect_nothing(TryBackUp(First()), "make room");
  FaultVfs().writes_fail = false;
  for (const int steps : {0, 1, 2, 3}) {
    go_on_ = steps;
    expect_nothing(TryBackUp(First()), "stopping");
  }
  go_on_ = 1'000'000;
  expect_nothing(TryBackUp(folder_.path() + "/nowhere/first"), "make it first");
  expect_nothing(TryBackUp("first"), "from the root");
  BackUp(First());
  EXPECT_EQ(storage_->Backups()->front().problem(), "");
  EXPECT_TRUE(storage_->Backups()->front().verified());
}

TEST_F(SqliteBackup, ANameThatIsTakenIsLeftAsItIs) {
  fs::create_directory(First());
  const auto tried = TryBackUp(First());
  ASSERT_FALSE(tried.ok());
  EXPECT_THAT(tried.failure().log_detail, HasSubstr("exists already"));
  EXPECT_THAT(NamesIn(First()), IsEmpty());
}

TEST_F(SqliteBackup, TheKeysBesideItAreReplacedButNotThoseOfAnotherService) {
  BackUp(First());
  AddOrganisation("third");
  BackUp(Backups() + "/second");
  EXPECT_THAT(OrganisationsIn(Backups() + "/brug-keys.db"), ElementsAre(kHere, kThere, "third"));

  Close();
  fs::remove_all(Data());
  storage_ = Open();
  AddOrganisation("elsewhere");
  const auto tried = TryBackUp(Backups() + "/another");
  ASSERT_FALSE(tried.ok());
  EXPECT_THAT(tried.failure().log_detail, HasSubstr("another service"));
  EXPECT_THAT(OrganisationsIn(Backups() + "/brug-keys.db"), ElementsAre(kHere, kThere, "third"));
}

TEST_F(SqliteBackup, TheKeysBesideItAreNotReplacedByOnesThatLackADossiers) {
  Close();
  const std::string old_keys = folder_.path() + "/old-keys.db";
  fs::copy(Data() + "/keys.db", old_keys);
  storage_ = Open();
  PutHead(kHere, "d1", 3);
  BackUp(First());
  const std::string beside = ContentOf(Backups() + "/brug-keys.db");
  Close();
  fs::copy(old_keys, Data() + "/keys.db", fs::copy_options::overwrite_existing);
  storage_ = Open();
  const auto tried = TryBackUp(Backups() + "/second");
  ASSERT_FALSE(tried.ok());
  EXPECT_THAT(tried.failure().log_detail, AllOf(HasSubstr("dossier/d1"), HasSubstr("--keys")));
  EXPECT_EQ(ContentOf(Backups() + "/brug-keys.db"), beside);
}

TEST_F(SqliteBackup, TheOldestOfTheScheduleGoAndNothingElseDoes) {
  std::vector<std::string> own;
  for (const std::int64_t second : {1, 2, 3}) own.push_back(OwnBackupName(second * 1'000'000));
  for (const std::string& name : own) BackUp(Backups() + "/" + name);
  BackUp(Backups() + "/backup-before-upgrade");
  fs::create_directory(Backups() + "/" + OwnBackupName(0));
  EXPECT_THAT(*storage_->RetireBackups(Backups(), 2), ElementsAre(Backups() + "/" + own[0]));
  EXPECT_THAT(*storage_->RetireBackups(Backups(), 2), IsEmpty());
  EXPECT_THAT(NamesIn(Backups()), UnorderedElementsAre(own[1], own[2], "backup-before-upgrade",
                                                       OwnBackupName(0), "brug-keys.db"));
}

// A clock that was ahead gave the older ones later names.
TEST_F(SqliteBackup, TheNewestIsTheOneThatWasMadeLastWhateverTheClockSaidThen) {
  std::vector<std::string> own;
  for (const std::int64_t second : {5'000, 6'000, 7, 8}) {
    own.push_back(Backups() + "/" + OwnBackupName(second * 1'000'000));
    BackUp(own.back());
  }
  EXPECT_THAT(*storage_->RetireBackups(Backups(), 2), ElementsAre(own[0], own[1]));
  EXPECT_TRUE(fs::exists(own[3])) << "devices may have been told that it reaches";
}

TEST_F(SqliteBackup, WhatTheLogDoesNotKnowStays) {
  const std::string foreign = Backups() + "/" + OwnBackupName(1'000'000);
  BackUp(First());
  fs::copy(First(), foreign, fs::copy_options::recursive);
  const std::string own = Backups() + "/" + OwnBackupName(2'000'000);
  BackUp(own);
  EXPECT_THAT(*storage_->RetireBackups(Backups(), 1), IsEmpty());
  EXPECT_TRUE(fs::exists(foreign));
}

// A kill in the middle leaves what nobody will ask for by name again.
TEST_F(SqliteBackup, OneOfTheScheduleRemovesWhatKilledOnesLeftInTheFolder) {
  const std::string killed = Backups() + "/." + OwnBackupName(1'000'000) + ".unfinished";
  const std::string by_hand = Backups() + "/.backup-before-upgrade.unfinished";
  for (const std::string& left : {killed, by_hand}) {
    fs::create_directory(left);
    std::ofstream(left + "/registry.db") << "half";
  }
  BackUp(First());
  EXPECT_TRUE(fs::exists(killed)) << "one by hand may lie anywhere, and cleans nothing up";
  BackUp(Backups() + "/" + OwnBackupName(2'000'000));
  EXPECT_FALSE(fs::exists(killed));
  EXPECT_TRUE(fs::exists(by_hand)) << "the next of its name removes it";
}

// A file that gives an error where it should give bytes, as a broken disk does.
TEST(Files, WhatCannotBeReadIsAFailureAndNoCopy) {
  const TemporaryFolder folder{TemporaryFolder::InMemory()};
  constexpr const char* kUnreadable = "/proc/self/mem";
  ASSERT_TRUE(Exists(kUnreadable));
  EXPECT_THAT(Sha256Of(kUnreadable).failure().log_detail, HasSubstr("cannot read"));
  EXPECT_THAT(CopyFile(kUnreadable, folder.path() + "/copy").failure().log_detail, HasSubstr("cannot read"));
  EXPECT_THAT(ReadWhole(kUnreadable).failure().log_detail, HasSubstr("cannot read"));
}

TEST(Files, ACopyOfManyBlocksIsWholeAndReplacesNothing) {
  const TemporaryFolder folder{TemporaryFolder::InMemory()};
  std::string content;
  for (int i = 0; content.size() < 1'000'000; ++i) content += std::to_string(i);
  const std::string from = folder.path() + "/from";
  const std::string to = folder.path() + "/to";
  std::ofstream(from, std::ios::binary) << content;
  ASSERT_TRUE(CopyFile(from, to).ok());
  EXPECT_TRUE(ContentOf(to) == content);
  EXPECT_EQ(*Sha256Of(from), crypto::HexEncode(crypto::Sha256(content)));
  EXPECT_FALSE(CopyFile(from, to).ok()) << "it is there already";
  EXPECT_TRUE(ContentOf(to) == content);
}

// ---- Restore

class SqliteRestore : public SqliteBackup {
 protected:
  // A backup at revision 3, and more since.
  SqliteRestore() {
    PutHead(kHere, "d1", 3);
    EXPECT_TRUE(storage_->registry().InsertCode({.code_hmac = "open", .organisation_id = kHere}).value());
    EXPECT_TRUE(storage_->registry().InsertCode({.code_hmac = "used", .organisation_id = kThere}).value());
    EXPECT_TRUE(storage_->registry().BindCode("used", "key", "device").value());
    BackUp(First());
    PutHead(kHere, "d1", 4);
    EXPECT_TRUE(WriteOne(Store(kHere), [](Transaction& t) {
                  t.JournalEnd("since");
                  return true;
                }).ok());
  }

  void ExpectRestored() {
    storage_ = Open();
    EXPECT_EQ(RevisionOf(kHere, "d1"), 3);
    EXPECT_EQ(storage_->registry().ListOrganisations()->size(), 2U);
    EXPECT_EQ(storage_->registry().FindCode("open").value(), std::nullopt) << "open codes are void";
    EXPECT_TRUE(storage_->registry().FindCode("used")->has_value());
    EXPECT_THAT(*storage_->ends().EndsOf(kHere), ElementsAre("since")) << "the journal stays";
    for (const std::string& id : {kHere, kThere}) {
      const auto restore = RestoreOf(id);
      ASSERT_TRUE(restore.has_value());
      EXPECT_EQ(restore->restore_id, kRestoreId);
      EXPECT_EQ(restore->restored_at_us, 5'000'000);
      EXPECT_GT(restore->backup_at_us, 1'000'000);
      EXPECT_EQ(restore->ends_applied_at_us, 0);
      EXPECT_EQ(restore->released_at_us, 0);
    }
  }
  void ExpectAsItWas() {
    storage_ = Open();
    EXPECT_EQ(RevisionOf(kHere, "d1"), 4);
    EXPECT_EQ(RestoreOf(kHere), std::nullopt);
    Close();
    EXPECT_FALSE(fs::exists(Data() + "/restoring"));
  }
};

TEST_F(SqliteRestore, BringsBackWhatTheBackupHasAndKeepsWhatWasThere) {
  Close();
  const auto done = TryRestore(First());
  ASSERT_TRUE(done.ok()) << done.failure().log_detail;
  EXPECT_EQ(done->keys_from, "");
  ExpectRestored();
  Close();
  EXPECT_FALSE(fs::exists(Data() + "/restoring"));
  const auto kept = *Database::Open({.path = done->replaced + "/organisations/" + kHere + ".db"});
  EXPECT_EQ(kept->One([](const Statement& row) { return row.Int64(0); }, "SELECT revision FROM dossiers"), 4);
}

TEST_F(SqliteRestore, TakesNoWriteAheadLogOfBeforeForItsOwn) {
  // As a kill leaves it: what was committed last stands in the log alone.
  const std::string copy = folder_.path() + "/killed";
  fs::copy(Data(), copy, fs::copy_options::recursive);
  Close();
  fs::remove_all(Data());
  fs::rename(copy, Data());
  ASSERT_TRUE(fs::exists(Data() + "/organisations/" + kHere + ".db-wal"));
  ASSERT_TRUE(fs::exists(Data() + "/registry.db-wal"));
  ASSERT_TRUE(TryRestore(First()).ok());
  ExpectRestored();
}

TEST_F(SqliteRestore, ASecondRestoreIsNumberedAfterTheFirst) {
  Close();
  ASSERT_TRUE(TryRestore(First()).ok());
  storage_ = Open();
  BackUp(Backups() + "/second");
  Close();
  ASSERT_TRUE(TryRestore(Backups() + "/second").ok());
  storage_ = Open();
  EXPECT_EQ(RestoreOf(kHere)->number, 2);
}

TEST_F(SqliteRestore, NeverSharesTheFolderWithARunningService) {
  const auto tried = TryRestore(First());
  ASSERT_FALSE(tried.ok());
  EXPECT_THAT(tried.failure().log_detail,
              AllOf(HasSubstr("in use by process " + std::to_string(::getpid())), HasSubstr("stop brugd")));
  PutHead(kHere, "d1", 5);
  EXPECT_EQ(RevisionOf(kHere, "d1"), 5);
}

TEST_F(SqliteRestore, WhatIsDamagedIsRefusedByNameAndChangesNothing) {
  Close();
  const std::string file = First() + "/organisations/" + kHere + ".db";
  const std::vector<std::pair<std::string, std::function<void()>>> damages = {
      {"SHA-256", [&] { Spoil(file, [](std::string& bytes) { bytes[bytes.size() / 2] ^= 1; }); }},
      {"size", [&] { Spoil(file, [](std::string& bytes) { bytes.resize(bytes.size() - 1); }); }},
      {kHere + ".db", [&] { fs::remove(file); }},
      {"no manifest", [&] { Spoil(First() + "/manifest.json", [](std::string& t) { t.resize(40); }); }},
      {"names a file", [&] {
         Spoil(First() + "/manifest.json",
               [](std::string& text) { text.replace(text.find("registry.db"), 11, "../registry"); });
       }}};
  const std::string good = folder_.path() + "/good";
  fs::copy(First(), good, fs::copy_options::recursive);
  for (const auto& [words, damage] : damages) {
    damage();
    const auto tried = TryRestore(First());
    ASSERT_FALSE(tried.ok()) << words;
    EXPECT_THAT(tried.failure().log_detail, AllOf(StartsWith(First()), HasSubstr(words)));
    ExpectAsItWas();
    fs::remove_all(First());
    fs::copy(good, First(), fs::copy_options::recursive);
  }
  EXPECT_TRUE(TryRestore(First()).ok());
}

TEST_F(SqliteRestore, TakesTheKeysBesideItWhereThereAreNone) {
  Close();
  fs::remove_all(Data());
  const auto done = TryRestore(First());
  ASSERT_TRUE(done.ok()) << done.failure().log_detail;
  EXPECT_EQ(done->keys_from, Backups() + "/brug-keys.db");
  storage_ = Open();
  EXPECT_EQ(RevisionOf(kHere, "d1"), 3);
  EXPECT_EQ(storage_->keys().Find(kHere, "organisation").value()->wrapped, "wrapped " + kHere);
}

TEST_F(SqliteRestore, IsRefusedWithoutTheKeysAndSaysWhichToName) {
  Close();
  fs::remove_all(Data());
  fs::rename(Backups() + "/brug-keys.db", folder_.path() + "/keys-elsewhere.db");
  const auto tried = TryRestore(First());
  ASSERT_FALSE(tried.ok());
  EXPECT_THAT(tried.failure().log_detail, HasSubstr("--keys"));
  EXPECT_TRUE(TryRestore(First(), folder_.path() + "/keys-elsewhere.db").ok());
}

TEST_F(SqliteRestore, TakesTheKeysBesideItWhereThoseThatAreThereLackADossiersOrTheOrganisations) {
  Close();
  const std::string keys = folder_.path() + "/keys.db";
  fs::copy(Data() + "/keys.db", keys);
  for (const char* missing : {"dossier/d1", "statement", "session", "voucher", "organisation"}) {
    {
      const auto database =
          *Database::Open({.path = Data() + "/keys.db", .access = Database::Access::kWrite});
      ASSERT_EQ(database->Run("DELETE FROM wrapped_keys WHERE organisation_id = ? AND name = ?", kHere,
                              std::string(missing)),
                1);
    }
    const auto done = TryRestore(First());
    ASSERT_TRUE(done.ok()) << done.failure().log_detail;
    EXPECT_EQ(done->keys_from, Backups() + "/brug-keys.db") << missing;
    EXPECT_TRUE(KeysIn(Data() + "/keys.db")->size() == KeysIn(keys)->size()) << missing;
  }
  const auto refused = TryRestore(First(), keys);
  EXPECT_TRUE(refused.ok());
  fs::remove(Data() + "/keys.db");
  fs::rename(Backups() + "/brug-keys.db", keys);
  {
    const auto database = *Database::Open({.path = keys, .access = Database::Access::kWrite});
    database->Run("DELETE FROM wrapped_keys WHERE name = 'dossier/d1'");
  }
  const auto tried = TryRestore(First(), keys);
  ASSERT_FALSE(tried.ok());
  EXPECT_THAT(tried.failure().log_detail, HasSubstr("dossier/d1"));
}

TEST_F(SqliteRestore, SaysWhetherThereIsAJournalOfEnds) {
  Close();
  EXPECT_TRUE(TryRestore(First())->has_journal);
  fs::remove(Data() + "/ends.journal");
  EXPECT_FALSE(TryRestore(First())->has_journal);
}

// On a new machine the keys say which journal it was: the disk with it may only have to be mounted.
TEST_F(SqliteRestore, AServiceThatHadAJournalDoesNotBeginWithoutIt) {
  Close();
  const std::string journal = folder_.path() + "/elsewhere/ends.journal";
  fs::create_directory(folder_.path() + "/elsewhere");
  const SqliteStorage::Options options{
      .data_directory = Data(), .end_journal_file = journal, .new_journal_id = "an id", .vfs = kFaultVfs};
  storage_ = *SqliteStorage::Open(options);
  BackUp(Backups() + "/second");
  Close();
  ASSERT_TRUE(SqliteStorage::Open(options).ok());
  fs::rename(journal, journal + ".unmounted");
  fs::remove_all(Data());
  ASSERT_TRUE(TryRestore(Backups() + "/second").ok());
  const auto opened = SqliteStorage::Open(options);
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.failure().log_detail, AllOf(HasSubstr(journal), HasSubstr("mount its disk")));
  EXPECT_FALSE(fs::exists(journal));
  fs::rename(journal + ".unmounted", journal);
  EXPECT_TRUE(SqliteStorage::Open(options).ok());
}

TEST_F(SqliteBackup, ARegistryThatIsGoneIsNotMadeAnewWhereThereAreOrganisations) {
  Close();
  const auto expect_refused = [&] {
    const auto opened = SqliteStorage::Open({.data_directory = Data(), .vfs = kFaultVfs});
    ASSERT_FALSE(opened.ok());
    EXPECT_THAT(opened.failure().log_detail, AllOf(HasSubstr("registry.db"), HasSubstr("missing or empty")));
  };
  fs::remove(Data() + "/registry.db");
  expect_refused();
  expect_refused();
  fs::rename(Data() + "/keys.db", folder_.path() + "/keys.db");
  expect_refused();
  fs::rename(folder_.path() + "/keys.db", Data() + "/keys.db");
  fs::remove_all(Data() + "/organisations");
  expect_refused();
}

// A crash between any two of the names that are exchanged: whoever opens the folder next finishes it.
TEST_F(SqliteRestore, AnExchangeThatWasInterruptedIsFinishedByTheNextOpening) {
  Close();
  const std::string before = folder_.path() + "/before";
  fs::copy(Data(), before, fs::copy_options::recursive);
  const auto done = TryRestore(First());
  ASSERT_TRUE(done.ok());
  const std::string replaced = fs::path(done->replaced).filename();
  // The steps, as renames back from the end: what is still to be done after each of them.
  const std::vector<std::vector<std::string>> undone = {
      {"registry.db", "organisations"}, {"organisations"}, {}};
  const std::string after = folder_.path() + "/after";
  fs::rename(Data(), after);
  for (const auto& names : undone) {
    for (const bool old_moved : {false, true}) {
      fs::remove_all(Data());
      fs::copy(after, Data(), fs::copy_options::recursive);
      fs::create_directory(Data() + "/restoring");
      std::ofstream(Data() + "/restoring/ready") << replaced;
      for (const std::string& name : names) {
        fs::rename(Data() + "/" + name, Data() + "/restoring/" + name);
        if (!old_moved) fs::rename(Data() + "/" + replaced + "/" + name, Data() + "/" + name);
      }
      ExpectRestored();
      Close();
      EXPECT_FALSE(fs::exists(Data() + "/restoring"));
      EXPECT_TRUE(fs::exists(Data() + "/" + replaced + "/registry.db"));
      EXPECT_TRUE(fs::exists(Data() + "/" + replaced + "/organisations"));
    }
  }
}

// What was there before cannot be moved into itself: the exchange stops half way, once it was decided.
TEST_F(SqliteRestore, WhatFailsAfterTheDecisionIsToldAsDecidedAndFinishedByTheNextOpening) {
  Close();
  fs::create_directory(Data() + "/replaced-19700101T000005Z-");
  fs::create_directory_symlink(Data() + "/organisations", Data() + "/a");
  const auto done = RestoreBackup(
      {.backup = First(), .data_directory = Data(), .restore_id = "/../a/b", .now_us = 5'000'000});
  ASSERT_TRUE(done.ok()) << done.failure().log_detail;
  EXPECT_THAT(done->unfinished, HasSubstr("organisations"));
  ASSERT_TRUE(fs::exists(Data() + "/restoring/ready")) << "else it did not stop where it should";

  fs::remove(Data() + "/a");
  fs::create_directories(Data() + "/a");
  storage_ = Open();
  EXPECT_EQ(RevisionOf(kHere, "d1"), 3);
  EXPECT_TRUE(RestoreOf(kHere).has_value());
  EXPECT_TRUE(fs::exists(Data() + "/a/b/organisations")) << "what was there before";
}

TEST_F(SqliteRestore, OneThatHadNotBegunToExchangeIsForgotten) {
  Close();
  fs::create_directory(Data() + "/restoring");
  fs::copy(First() + "/registry.db", Data() + "/restoring/registry.db");
  ExpectAsItWas();
}

}  // namespace
}  // namespace brug::storage
