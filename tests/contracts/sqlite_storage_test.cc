// What SqliteStorage promises beyond the ports: whose the files are, what they look like, what a commit
// costs.
#include "service/storage_sqlite/sqlite_storage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <semaphore>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "service/storage_sqlite/database.h"
#include "tests/faults/fault_vfs.h"
#include "tests/support/temporary_folder.h"

namespace brug::storage {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kHere = "0192d5a0-7c1e-7000-8000-000000000001";
constexpr std::string_view kElsewhere = "0192d5a0-7c1e-7000-8000-000000000002";

std::string ContentOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

int ModeOf(const std::string& path) {
  struct stat state = {};
  EXPECT_EQ(::stat(path.c_str(), &state), 0) << path;
  return state.st_mode & 07777;
}

class SqliteStorageTest : public testing::Test {
 protected:
  SqliteStorageTest() { FaultVfs().Reset(); }
  ~SqliteStorageTest() override { FaultVfs().Reset(); }

  std::string Data() const { return folder_.path() + "/data"; }
  std::string FileOf(std::string_view organisation) const {
    return Data() + "/organisations/" + std::string(organisation) + ".db";
  }

  platform::Result<std::unique_ptr<SqliteStorage>> TryOpen() {
    return SqliteStorage::Open({.data_directory = Data(),
                                .vfs = kFaultVfs,
                                .log_pages_max = kLogPagesMax,
                                .warn = [this](std::string_view text) { warnings_.emplace_back(text); }});
  }
  std::unique_ptr<SqliteStorage> Open() { return *TryOpen(); }

  // Makes the folder, with one organisation in it, and closes it again.
  void MakeFiles() {
    const auto storage = Open();
    ASSERT_TRUE(storage->OpenOrganisation(kHere).ok());
    ASSERT_TRUE(storage->Close().ok());
  }

  // Runs a script on a file of the closed storage.
  static void Run(const std::string& path, const std::string& script) {
    auto database = *Database::Open({.path = path, .access = Database::Access::kWrite});
    database->RunScript(script);
    ASSERT_FALSE(database->failed()) << database->failure().log_detail;
    ASSERT_TRUE(database->Checkpoint(SQLITE_CHECKPOINT_TRUNCATE, 0).ok());
    database->RemoveLogWhenClosed();
  }

  static constexpr std::int64_t kLogPagesMax = 50;
  TemporaryFolder folder_{TemporaryFolder::InMemory()};
  std::vector<std::string> warnings_;
};

Work Inserts(std::string dossier_id) {
  return [dossier_id](Transaction& t) { return t.InsertHead({.dossier_id = dossier_id}); };
}

platform::Result<void> WriteOne(OrganisationStore& store, const Work& work) {
  return store.Write(std::span(&work, 1));
}

bool Has(OrganisationStore& store, std::string_view dossier_id) {
  bool has = false;
  const auto done = store.Read([&](const Snapshot& s) { has = s.FindHead(dossier_id).has_value(); });
  EXPECT_TRUE(done.ok()) << done.failure().log_detail;
  return has;
}

TEST_F(SqliteStorageTest, FilesAreForTheirOwnerAlone) {
  const mode_t mask = ::umask(0);
  const auto storage = Open();
  ASSERT_TRUE(WriteOne(**storage->OpenOrganisation(kHere), Inserts("d1")).ok());
  ::umask(mask);
  int files = 0;
  EXPECT_EQ(ModeOf(Data()), 0700);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(Data())) {
    EXPECT_EQ(ModeOf(entry.path()), entry.is_directory() ? 0700 : 0600) << entry.path();
    files += entry.is_regular_file() ? 1 : 0;
  }
  EXPECT_EQ(files, 11) << "the lock, the journal, and three databases with two companions each";
}

TEST_F(SqliteStorageTest, AClosedFileIsWholeByItself) {
  {
    const auto storage = Open();
    ASSERT_TRUE(WriteOne(**storage->OpenOrganisation(kHere), Inserts("d1")).ok());
    EXPECT_TRUE(std::filesystem::exists(FileOf(kHere) + "-wal"));
    ASSERT_TRUE(storage->Close().ok());
  }
  EXPECT_FALSE(std::filesystem::exists(FileOf(kHere) + "-wal"));
  EXPECT_FALSE(std::filesystem::exists(FileOf(kHere) + "-shm"));
  EXPECT_THAT(warnings_, IsEmpty());
  EXPECT_TRUE(Has(**Open()->OpenOrganisation(kHere), "d1"));
}

TEST_F(SqliteStorageTest, ASecondOpenerIsRefusedAndToldWhoIsFirst) {
  auto first = Open();
  const auto second = TryOpen();
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.failure().reason, v1::ERROR_REASON_STORAGE_UNAVAILABLE);
  EXPECT_EQ(second.failure().log_detail, Data() + ": in use by process " + std::to_string(::getpid()) +
                                             "; stop brugd first if that is who has it");
  EXPECT_TRUE(WriteOne(**first->OpenOrganisation(kHere), Inserts("d1")).ok()) << "the first one was harmed";
  first.reset();
  EXPECT_TRUE(TryOpen().ok());
}

TEST_F(SqliteStorageTest, AnotherProcessIsRefused) {
  const auto first = Open();
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(TryOpen().ok() ? 1 : 42);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 42);
}

TEST_F(SqliteStorageTest, ANewerVersionIsRefusedByNameOfBothAndLeftAsItIs) {
  MakeFiles();
  for (const std::string& path : {Data() + "/registry.db", Data() + "/keys.db", FileOf(kHere)}) {
    Run(path, "PRAGMA user_version = " + std::to_string(kSchemaVersion + 1));
    const std::string before = ContentOf(path);
    const auto refusal = [&]() -> platform::Failure {
      auto storage = TryOpen();
      if (!storage.ok()) return storage.failure();
      auto organisation = (*storage)->OpenOrganisation(kHere);
      return organisation.ok() ? platform::Failure{} : organisation.failure();
    }();
    EXPECT_THAT(refusal.log_detail, AllOf(StartsWith(path + ":"),
                                          HasSubstr("schema version " + std::to_string(kSchemaVersion + 1)),
                                          HasSubstr("versions up to " + std::to_string(kSchemaVersion))));
    EXPECT_EQ(refusal.retry_delay_ms, std::nullopt) << "trying again does not help";
    EXPECT_TRUE(ContentOf(path) == before) << path << " was changed";
    Run(path, "PRAGMA user_version = " + std::to_string(kSchemaVersion));
  }
  EXPECT_TRUE(Open()->OpenOrganisation(kHere).ok());
}

// What a file has: the text of everything in its schema, by name, and what SQLite is told about sizes.
std::vector<std::string> SchemaOf(const std::string& path) {
  auto database = *Database::Open({.path = path, .access = Database::Access::kRead});
  const auto text = [](const Statement& row) { return row.Bytes(0); };
  auto schema = database->All(
      text, "SELECT coalesce(sql, name) FROM sqlite_schema WHERE name <> 'sqlite_stat1' ORDER BY name");
  const auto sizes =
      database->All(text, "SELECT tbl || ' ' || idx || ' ' || stat FROM sqlite_stat1 ORDER BY tbl, idx");
  EXPECT_FALSE(database->failed()) << database->failure().log_detail;
  schema.insert(schema.end(), sizes.begin(), sizes.end());
  return schema;
}

// Makes of a file of today what it was in version 1.
constexpr char kBackToVersion1[] =
    "ALTER TABLE devices DROP COLUMN restore_shown;"
    "DROP INDEX dossiers_by_compaction;"
    "ALTER TABLE dossiers DROP COLUMN sealed_digest; ALTER TABLE dossiers DROP COLUMN compacted_revision;"
    "ALTER TABLE dossiers DROP COLUMN compaction_due_us;"
    "ALTER TABLE log_entries DROP COLUMN appended_at_us;"
    "DROP TABLE schemes; DROP TABLE accounts; DROP TABLE transfers; DROP TABLE client_years;"
    "DROP TABLE offers; DROP TABLE vouchers; DROP TABLE redemptions; DROP TABLE agreements;"
    "ALTER TABLE dossiers DROP COLUMN restored_revision; DROP TABLE restores; DROP TABLE backed_up;"
    "PRAGMA user_version = 1";

TEST_F(SqliteStorageTest, AFileOfVersion1IsBroughtUpToDateWithWhatItHolds) {
  {
    const auto storage = Open();
    ASSERT_TRUE(WriteOne(**storage->OpenOrganisation(kHere), Inserts("d1")).ok());
    ASSERT_TRUE(storage->registry().InsertOrganisation({.organisation_id = std::string(kHere)}).ok());
    ASSERT_TRUE(storage->Close().ok());
  }
  const auto fresh = SchemaOf(FileOf(kHere));
  Run(FileOf(kHere), kBackToVersion1);
  for (const char* file : {"/registry.db", "/keys.db"}) Run(Data() + file, "PRAGMA user_version = 1");
  EXPECT_THAT(SchemaOf(FileOf(kHere)), Not(testing::Contains(HasSubstr("vouchers"))));
  {
    const auto storage = Open();
    EXPECT_EQ(storage->registry().ListOrganisations()->size(), 1U);
    OrganisationStore& store = **storage->OpenOrganisation(kHere);
    EXPECT_TRUE(Has(store, "d1"));
    bool took = false;
    ASSERT_TRUE(WriteOne(store, [&](Transaction& t) {
                  return took = t.InsertScheme({.scheme_id = "s1"}) &&
                                t.AppendTransfer({.transfer_id = "t1",
                                                  .scheme_id = "s1",
                                                  .number = 1,
                                                  .from_account = "outside",
                                                  .to_account = "budget",
                                                  .amount_cents = 1});
                }).ok());
    EXPECT_TRUE(took);
    ASSERT_TRUE(storage->Close().ok());
  }
  EXPECT_EQ(SchemaOf(FileOf(kHere)), fresh);
  EXPECT_TRUE(Has(**Open()->OpenOrganisation(kHere), "d1"));
}

TEST_F(SqliteStorageTest, AMigrationThatCannotBeDoneLeavesTheFileAsItWas) {
  MakeFiles();
  Run(FileOf(kHere), kBackToVersion1);
  Run(FileOf(kHere), "CREATE TABLE agreements (in_the_way)");
  const auto before = SchemaOf(FileOf(kHere));
  EXPECT_FALSE(Open()->OpenOrganisation(kHere).ok());
  EXPECT_EQ(SchemaOf(FileOf(kHere)), before);
  Run(FileOf(kHere), "DROP TABLE agreements");
  EXPECT_TRUE(Open()->OpenOrganisation(kHere).ok()) << "it is of version 1 still";
}

// The second line: what the statements never let through, the tables would not take either.
TEST_F(SqliteStorageTest, TheTablesThemselvesRefuseMoneyThatCannotBe) {
  MakeFiles();
  auto database = *Database::Open({.path = FileOf(kHere), .access = Database::Access::kWrite});
  const auto refusal = [&](const std::string& insert) {
    database->RunScript(insert);
    std::string why = database->failed() ? database->failure().log_detail : "taken: " + insert;
    database->Recover();
    return why;
  };
  const std::string offer = "INSERT INTO offers VALUES ('o', 'o1', 's', 'd', 'client', 1, 1, 1, 1, 'mentor',";
  const std::string voucher = "INSERT INTO vouchers VALUES ('o', 'v', 'o', 's', 'd', 'client', 1, 5, ";
  const std::string voucher_end = ", 1, 1, 1, 1, 1, x'00', x'', 1, 1)";
  for (const std::string& insert :
       {std::string("INSERT INTO accounts VALUES ('o', 's', 'budget', -1)"),
        std::string("INSERT INTO transfers VALUES ('o', 's', 1, 't', 1, 'a', 'b', 0, '', '')"),
        std::string("INSERT INTO transfers VALUES ('o', 's', 1, 't', 1, 'a', 'a', 1, '', '')"),
        std::string("INSERT INTO client_years VALUES ('o', 's', 'd', 2026, -1)"),
        offer + "'mentor', 1, 1, 1, 1, x'')", offer + "'client', 1, 1, 1, 1, x'')",
        voucher + "-1" + voucher_end, voucher + "6" + voucher_end}) {
    EXPECT_THAT(refusal(insert), HasSubstr("CHECK constraint failed"));
  }
  EXPECT_THAT(refusal(voucher + "5" + voucher_end), StartsWith("taken")) << "for the sake of the rest";
  EXPECT_THAT(refusal("INSERT INTO accounts VALUES ('o', 's', 'restored', -1)"), StartsWith("taken"));
  EXPECT_THAT(refusal(offer + "'colleague', 1, 1, 1, 1, x'')"), StartsWith("taken"));
}

TEST_F(SqliteStorageTest, AFileThatDoesNotBelongThereIsRefused) {
  MakeFiles();
  const auto refusal_of = [this](const std::string& path) {
    auto storage = TryOpen();
    if (!storage.ok()) return storage.failure().log_detail;
    auto organisation = (*storage)->OpenOrganisation(kElsewhere);
    return organisation.ok() ? "opened " + path : organisation.failure().log_detail;
  };
  std::filesystem::copy_file(FileOf(kHere), FileOf(kElsewhere));
  EXPECT_THAT(refusal_of(FileOf(kElsewhere)), HasSubstr("is of organisation " + std::string(kHere)));

  std::filesystem::copy_file(Data() + "/keys.db", FileOf(kElsewhere),
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_THAT(refusal_of(FileOf(kElsewhere)), HasSubstr("not the Brug database that belongs here"));

  std::filesystem::remove(FileOf(kElsewhere));
  Run(FileOf(kElsewhere), "CREATE TABLE somebody_elses (a)");
  EXPECT_THAT(refusal_of(FileOf(kElsewhere)), HasSubstr("not the Brug database that belongs here"));

  std::ofstream(FileOf(kElsewhere)) << std::string(5'000, 'x');
  EXPECT_THAT(refusal_of(FileOf(kElsewhere)), HasSubstr("not a database"));
}

TEST_F(SqliteStorageTest, ADamagedPageFailsTheReadAndLiesToNobody) {
  {
    const auto storage = Open();
    OrganisationStore& store = **storage->OpenOrganisation(kHere);
    const Work fills = [](Transaction& t) {
      for (int i = 0; i < 500; ++i) {
        t.PutRecord(
            "d1", {.token = std::to_string(10'000 + i), .revision = i + 1, .sealed = std::string(500, 's')});
      }
      return true;
    };
    ASSERT_TRUE(WriteOne(store, fills).ok());
    ASSERT_TRUE(storage->Close().ok());
  }
  const auto pages = static_cast<std::int64_t>(std::filesystem::file_size(FileOf(kHere)) / 4096);
  {
    // Everything but the first pages, which hold the schema and the tables' roots.
    std::fstream file(FileOf(kHere), std::ios::binary | std::ios::in | std::ios::out);
    for (std::int64_t page = 40; page < pages; ++page) {
      file.seekp(page * 4096);
      file << std::string(4096, '\xdb');
    }
  }
  const auto storage = Open();
  std::vector<SealedRecord> records(1);
  const auto done = (*storage->OpenOrganisation(kHere))->Read([&](const Snapshot& s) {
    records = s.RecordsAfter("d1", 0, 1 << 30);
  });
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.failure().reason, v1::ERROR_REASON_STORAGE_UNAVAILABLE);
  EXPECT_THAT(done.failure().log_detail, HasSubstr("malformed"));
  EXPECT_THAT(records, IsEmpty());
}

TEST_F(SqliteStorageTest, AnOrganisationIdIsNeverAPath) {
  const auto storage = Open();
  for (const std::string_view id : {"", "..", "../registry", "a/b", "A", "a.b", "a b"}) {
    EXPECT_FALSE(storage->OpenOrganisation(id).ok()) << id;
  }
  EXPECT_FALSE(storage->OpenOrganisation(std::string(65, 'a')).ok());
  EXPECT_TRUE(storage->OpenOrganisation(std::string(64, 'a')).ok());
}

TEST_F(SqliteStorageTest, FreeBytesAreThoseOfTheDisk) { EXPECT_GT(Open()->FreeBytes(), 0); }

TEST_F(SqliteStorageTest, OneCommitIsOneSyncHoweverManyWorks) {
  const auto storage = Open();
  OrganisationStore& store = **storage->OpenOrganisation(kHere);
  ASSERT_TRUE(WriteOne(store, Inserts("first")).ok());
  std::vector<Work> works;
  for (int i = 0; i < 64; ++i) works.push_back(Inserts("d" + std::to_string(i)));
  FaultVfs().Reset();
  ASSERT_TRUE(store.Write(works).ok());
  EXPECT_EQ(FaultVfs().syncs, 1);
  EXPECT_TRUE(Has(store, "d63"));
}

TEST_F(SqliteStorageTest, NothingToWriteAndReadingWriteNothing) {
  const auto storage = Open();
  OrganisationStore& store = **storage->OpenOrganisation(kHere);
  ASSERT_TRUE(WriteOne(store, Inserts("d1")).ok());
  ASSERT_TRUE(Has(store, "d1"));
  FaultVfs().Reset();
  FaultVfs().writes_fail = true;
  EXPECT_TRUE(WriteOne(store, [](Transaction& t) { return t.FindHead("d1").has_value(); }).ok());
  EXPECT_TRUE(WriteOne(store, Inserts("d1")).ok()) << "the dossier was there: false, and nothing changed";
  EXPECT_TRUE(store.Write(std::vector<Work>{Inserts("d1"), Inserts("d1")}).ok());
  EXPECT_TRUE(Has(store, "d1"));
  EXPECT_EQ(FaultVfs().failures, 0);
}

TEST_F(SqliteStorageTest, TheLogIsMovedIntoTheFileAsItGrowsAndStaysShort) {
  const auto storage = Open();
  OrganisationStore& store = **storage->OpenOrganisation(kHere);
  for (int i = 0; i < 400; ++i) ASSERT_TRUE(WriteOne(store, Inserts("d" + std::to_string(i))).ok());
  constexpr std::int64_t kPageInLog = 4096 + 24;
  EXPECT_LT(std::filesystem::file_size(FileOf(kHere) + "-wal"), 2 * kLogPagesMax * kPageInLog);
  EXPECT_THAT(warnings_, IsEmpty());
}

// Two who read in turns: each ends a read only once the other has begun its next, so somebody always reads.
class UnbrokenReaders {
 public:
  explicit UnbrokenReaders(const OrganisationStore& store) {
    for (std::size_t me : {0, 1}) {
      threads_.emplace_back([this, &store, me] {
        if (me == 1) inside_[0].acquire();
        while (!stop_) {
          const auto done = store.Read([&](const Snapshot& s) {
            (void)s.FindHead("d0");
            inside_[me].release();
            inside_[1 - me].acquire();
          });
          EXPECT_TRUE(done.ok());
        }
        inside_[me].release();
      });
    }
  }
  ~UnbrokenReaders() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::atomic<bool> stop_ = false;
  std::counting_semaphore<> inside_[2] = {std::counting_semaphore<>(0), std::counting_semaphore<>(0)};
  std::vector<std::thread> threads_;
};

// A checkpoint may miss every moment at which SQLite could have its locks, and then says so and is tried
// again.
TEST_F(SqliteStorageTest, AnUnbrokenRowOfReadersDoesNotLetTheLogGrowWithoutEnd) {
  const auto storage = Open();
  OrganisationStore& store = **storage->OpenOrganisation(kHere);
  {
    const UnbrokenReaders readers(store);
    for (int i = 0; i < 6'000; ++i) ASSERT_TRUE(WriteOne(store, Inserts("d" + std::to_string(i))).ok());
  }
  constexpr std::int64_t kPageInLog = 4096 + 24;
  EXPECT_LT(std::filesystem::file_size(FileOf(kHere) + "-wal"), 24 * kLogPagesMax * kPageInLog);
  EXPECT_THAT(warnings_, Each(HasSubstr("checkpoint: database is locked")));
}

TEST_F(SqliteStorageTest, ACheckpointThatFailsLosesNothingAndIsTold) {
  const auto storage = Open();
  OrganisationStore& store = **storage->OpenOrganisation(kHere);
  FaultVfs().checkpoints_fail = true;
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(WriteOne(store, Inserts("d" + std::to_string(i))).ok());
  EXPECT_THAT(warnings_, AllOf(Not(IsEmpty()), Each(HasSubstr("checkpoint"))));
  FaultVfs().Reset();
  for (int i = 0; i < 200; ++i) EXPECT_TRUE(Has(store, "d" + std::to_string(i))) << i;
  EXPECT_TRUE(WriteOne(store, Inserts("after")).ok());
  EXPECT_TRUE(storage->Close().ok());
}

TEST_F(SqliteStorageTest, AVoidedCodeLeavesNoTraceInTheFile) {
  const std::string hmac = "the hash that must not stay behind";
  auto storage = Open();
  ASSERT_TRUE(
      storage->registry().InsertCode({.code_hmac = hmac, .organisation_id = "o", .person_id = "p"}).ok());
  ASSERT_TRUE(storage->Close().ok());
  EXPECT_THAT(ContentOf(Data() + "/registry.db"), HasSubstr(hmac)) << "the search would not find it";
  storage = nullptr;
  storage = Open();
  ASSERT_TRUE(
      storage->registry().InsertCode({.code_hmac = "next", .organisation_id = "o", .person_id = "p"}).ok());
  ASSERT_TRUE(storage->Close().ok());
  EXPECT_THAT(ContentOf(Data() + "/registry.db"), Not(HasSubstr(hmac)));
}

TEST_F(SqliteStorageTest, TheOrganisationIsFirstInEveryKey) {
  MakeFiles();
  std::vector<std::string> others;
  int keys = 0;
  for (const std::string& path : {Data() + "/registry.db", Data() + "/keys.db", FileOf(kHere)}) {
    auto database = *Database::Open({.path = path, .access = Database::Access::kRead});
    const auto firsts =
        database->All([](const Statement& row) { return std::pair(row.Bytes(0), row.Bytes(1)); },
                      "SELECT i.name, c.name FROM sqlite_schema AS t, pragma_index_list(t.name) AS i,"
                      " pragma_index_info(i.name) AS c WHERE t.type = 'table' AND c.seqno = 0");
    ASSERT_FALSE(database->failed()) << database->failure().log_detail;
    for (const auto& [index, column] : firsts) {
      ++keys;
      if (column != "organisation_id") others.push_back(index);
    }
  }
  EXPECT_EQ(keys, 52);
  EXPECT_THAT(others, testing::UnorderedElementsAre("sqlite_autoindex_activation_codes_1",
                                                    "sqlite_autoindex_probes_1"))
      << "the code leads to the organisation; the probe is nobody's";
}

TEST_F(SqliteStorageTest, AFileIsMadeForWhatItsKindIs) {
  const auto storage = Open();
  ASSERT_TRUE(storage->OpenOrganisation(kHere).ok());
  auto database = *Database::Open({.path = FileOf(kHere), .access = Database::Access::kRead});
  const auto text = [&](Sql sql) {
    return database->One([](const Statement& row) { return row.Bytes(0); }, sql);
  };
  EXPECT_EQ(text("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(text("PRAGMA application_id"), std::to_string(0x4272756f));
  EXPECT_EQ(text("PRAGMA user_version"), std::to_string(kSchemaVersion));
}

TEST(SqliteDatabase, TheConnectionThatWritesIsCareful) {
  const TemporaryFolder folder(TemporaryFolder::InMemory());
  auto database = *Database::Open({.path = folder.path() + "/a.db", .access = Database::Access::kWrite});
  const auto number = [&](Sql sql) {
    return database->One([](const Statement& row) { return row.Int64(0); }, sql);
  };
  EXPECT_EQ(number("PRAGMA synchronous"), 2);
  EXPECT_EQ(number("PRAGMA foreign_keys"), 1);
  EXPECT_EQ(number("PRAGMA secure_delete"), 1);
  EXPECT_EQ(number("PRAGMA cell_size_check"), 1);
  EXPECT_EQ(number("PRAGMA wal_autocheckpoint"), 0);
  EXPECT_EQ(number("PRAGMA trusted_schema"), 0);
}

TEST(SqliteDatabase, AfterAFailureNothingRunsUntilItRecovers) {
  const TemporaryFolder folder(TemporaryFolder::InMemory());
  auto database =
      *Database::Open({.path = folder.path() + "/a%b?c#d&e.db", .access = Database::Access::kWrite});
  database->RunScript("CREATE TABLE t (a INTEGER PRIMARY KEY); BEGIN; INSERT INTO t VALUES (1)");
  ASSERT_FALSE(database->failed());
  EXPECT_EQ(database->Run("INSERT INTO t VALUES (1)"), 0);
  EXPECT_TRUE(database->failed());
  EXPECT_EQ(database->failure().reason, v1::ERROR_REASON_INTERNAL);
  EXPECT_EQ(database->Run("INSERT INTO t VALUES (2)"), 0);
  EXPECT_EQ(database->Run("COMMIT"), 0);
  EXPECT_THAT(database->All([](const Statement& row) { return row.Int64(0); }, "SELECT a FROM t"), IsEmpty());
  database->Recover();
  EXPECT_FALSE(database->failed());
  EXPECT_THAT(database->All([](const Statement& row) { return row.Int64(0); }, "SELECT a FROM t"), IsEmpty());
  EXPECT_EQ(database->Run("INSERT INTO t VALUES (3)"), 1);
  EXPECT_THAT(database->All([](const Statement& row) { return row.Int64(0); }, "SELECT a FROM t"),
              ElementsAre(3));
  EXPECT_TRUE(std::filesystem::exists(folder.path() + "/a%b?c#d&e.db")) << "the name was taken apart";
}

}  // namespace
}  // namespace brug::storage
