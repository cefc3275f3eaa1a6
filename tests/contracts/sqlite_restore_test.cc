// What SqliteStorage promises of a backup that is put back: RestoreBackup.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "service/storage_sqlite/database.h"
#include "tests/contracts/sqlite_backup.h"

namespace brug::storage {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

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
