// What SqliteStorage promises of backups: Storage::BackUp.
#include "tests/contracts/sqlite_backup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "proto/crypto/hash.h"
#include "service/storage/backup_names.h"
#include "service/storage_sqlite/database.h"
#include "service/storage_sqlite/files.h"

namespace brug::storage {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

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

}  // namespace
}  // namespace brug::storage
