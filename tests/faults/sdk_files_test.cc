// What lies on a device's disk, and what happens when that disk refuses.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/faults/fault_vfs.h"
#include "tests/unit/sdk_world.h"

namespace brug::sdk {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class Files : public testing::Test {
 protected:
  void Begin() {
    ASSERT_TRUE(phone_.Enrol(kClientCode).ok());
    ASSERT_EQ(phone_.Sync(), std::nullopt);
  }

  [[nodiscard]] std::string DatabasePath() const { return phone_.directory() + "/replica.db"; }

  // The bytes of every file in the folder, logs included.
  [[nodiscard]] std::string AllBytes() const {
    std::string bytes;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(phone_.directory())) {
      if (!entry.is_regular_file()) continue;
      std::stringstream content;
      content << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      bytes += content.str() + '\n';
    }
    return bytes;
  }

  // Which of `words` can be found on the disk as it is now.
  [[nodiscard]] std::vector<std::string> Found(const std::vector<std::string>& words) const {
    const std::string bytes = AllBytes();
    std::vector<std::string> found;
    for (const std::string& word : words) {
      if (bytes.find(word) != std::string::npos) found.push_back(word);
    }
    return found;
  }

  FakeClock clock_;
  ScriptedService service_{clock_};
  Phone phone_{service_, clock_, SqliteAdapter()};
};

// ---- What can be read

const std::vector<std::string> kCanaries = {
    "kanariedoel",        // a goal's title
    "kanariestap",        // a step's title
    "kanarienotitie",     // a tick's note
    "kanariebericht",     // a message of the mentor, from the service
    "kanarieweigering",   // refused content
    "2026-11-21",         // the date in a tick's id
    "Fatima",             // the client's name, in the profile and the account
    "mijn telefoon",      // the device's name
    "Gemeente Brugstad",  // the organisation's
    "housing",            // a domain, in the template and the goal
    "Europe/Amsterdam",   // a time zone
};

TEST_F(Files, NoWordNameOrDateCanBeReadInAnyFileAtAnyTime) {
  Begin();
  EXPECT_THAT(Found(kCanaries), IsEmpty());
  ASSERT_TRUE(phone_.Accept(CreateGoal(Id(1), "kanariedoel")).ok());
  ASSERT_TRUE(phone_.Accept(CreateStep(Id(2), Id(1), "kanariestap")).ok());
  const auto tick = phone_.Accept(Tick(Id(2), Saturday(), v1::TICK_STATE_DONE, "kanarienotitie"));
  ASSERT_TRUE(tick.ok());
  EXPECT_THAT(Found(kCanaries), IsEmpty()) << "pending";
  service_.Write(kDossier, MentorAuthor(), SendMessage(Id(10), "kanariebericht"));
  service_.Write(kDossier, MentorAuthor(), SendMessage(Id(11), "kanariebericht"));
  service_.page_records_max = 2;
  service_.sync_fates = {ScriptedService::Fate::kFine, ScriptedService::Fate::kNotReached};
  EXPECT_TRUE(phone_.Sync().has_value());
  EXPECT_THAT(Found(kCanaries), IsEmpty()) << "staged";
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_THAT(Found(kCanaries), IsEmpty()) << "revealed, and in the ring";
  ASSERT_TRUE(phone_.Accept(SendMessage(Id(20), "kanarieweigering")).ok());
  service_.Write(kDossier, MentorAuthor(), SendMessage(Id(20), "zelfde nummer"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  ASSERT_THAT(phone_.core().Rejected().value(), SizeIs(1));
  EXPECT_THAT(Found(kCanaries), IsEmpty()) << "rejected";
  EXPECT_THAT(Found({Id(1), Id(2), Id(10), tick->mutation_id}), IsEmpty())
      << "nor an id of a record or mutation";
  phone_.Close();
  EXPECT_THAT(Found(kCanaries), IsEmpty()) << "after an orderly end";
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_EQ(phone_.Find(Id(1))->goal().title(), "kanariedoel") << "they are all there";
  EXPECT_EQ(phone_.Find(rules::TickId(Id(2), Saturday()))->tick().note(), "kanarienotitie");
}

TEST_F(Files, TheSearchFindsWhatIsPlanted) {
  Begin();
  EXPECT_THAT(Found({"geplant"}), IsEmpty());
  // As a careless adapter would: an id and a sealed blob that are neither, through the same connection and
  // its log.
  ASSERT_TRUE(phone_.storage()
                  .outbox()
                  .Append({.ordinal = 999,
                           .dossier_id = "geplant-id",
                           .sequence = 1,
                           .sealed_mutation = "geplante woorden"})
                  .ok());
  EXPECT_THAT(Found({"geplant-id", "geplante woorden"}), SizeIs(2));
  ASSERT_TRUE(phone_.storage().replica().WriteNote(Note::kConfirmedAt, "geplante tijd").ok());
  EXPECT_THAT(Found({"geplante tijd"}), SizeIs(1));
}

TEST_F(Files, WhatIsPurgedIsOverwrittenAlsoInTheLog) {
  service_.Grant(kClient, kOtherDossier, v1::ROLE_CLIENT);
  Begin();
  ASSERT_TRUE(phone_.Accept(SendMessage(Id(1), "blijft niet"), kOtherDossier).ok());
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  ASSERT_TRUE(phone_.Accept(SendMessage(Id(2), "wordt ingeleverd"), kOtherDossier).ok());
  std::vector<std::string> sealed;
  for (const auto& row : phone_.storage().replica().ListDossiers().value()) {
    if (row.dossier_id == kOtherDossier) sealed.push_back(row.sealed_key);
  }
  for (const auto& row : phone_.storage().outbox().ListPending(kOtherDossier).value())
    sealed.push_back(row.sealed_mutation);
  for (const auto& row : phone_.storage().outbox().ListRing(kOtherDossier, 9).value())
    sealed.push_back(row.sealed_mutation);
  ASSERT_THAT(sealed, SizeIs(3));
  ASSERT_THAT(Found(sealed), SizeIs(3)) << "the search finds them while they are there";
  service_.End(kClient, kOtherDossier);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_THAT(Found(sealed), IsEmpty());
}

TEST_F(Files, AWipeLeavesNoByteOfWhatWasSealed) {
  Begin();
  ASSERT_TRUE(phone_.Accept(SendMessage(Id(1), "weg")).ok());
  std::vector<std::string> sealed = {
      phone_.storage().replica().ReadNote(Note::kWrappedKey).value(),
      phone_.storage().replica().ReadNote(Note::kAccount).value(),
      phone_.storage().outbox().ListPending(kDossier).value()[0].sealed_mutation};
  ASSERT_THAT(Found(sealed), SizeIs(3));
  service_.OrderWipe(kClient, phone_.core().account()->device_id);
  EXPECT_EQ(phone_.Sync()->reason, "WIPED");
  EXPECT_THAT(Found(sealed), IsEmpty());
}

TEST_F(Files, OnlyTheirOwnerCanReadThem) {
  Begin();
  ASSERT_TRUE(phone_.Accept(SendMessage(Id(1), "x")).ok());
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(phone_.directory())) {
    struct stat about {};
    ASSERT_EQ(::stat(entry.path().c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600U) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 3) << "database, log, lock";
}

TEST_F(Files, SealedBytesThatWereMovedToAnotherRowDoNotOpen) {
  Begin();
  service_.Write(kDossier, MentorAuthor(), SendMessage(Id(10), "een"));
  service_.Write(kDossier, MentorAuthor(), SendMessage(Id(11), "twee"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  phone_.Close();
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(DatabasePath().c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, "UPDATE records SET sealed = (SELECT max(sealed) FROM records)", nullptr,
                         nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(database);
  ASSERT_TRUE(phone_.Reopen().ok());
  auto view = phone_.core().ViewOf(kDossier);
  ASSERT_TRUE(view.ok());
  (*view)->ChildrenOf(rules::kMessages);
  const auto error = (*view)->TakeError();
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->reason, "STORAGE_DAMAGED");
  EXPECT_FALSE(error->message.empty());
  EXPECT_EQ((*view)->TakeError(), std::nullopt) << "told once";
}

// ---- What cannot be opened

TEST_F(Files, ASecondProcessIsToldThatTheReplicaIsInUse) {
  Begin();
  const auto second = OpenSqliteStorage(phone_.directory());
  ASSERT_FALSE(second.ok()) << "in this process";
  EXPECT_EQ(second.error().reason, "REPLICA_IN_USE");
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto other = OpenSqliteStorage(phone_.directory());
    ::_exit(!other.ok() && other.error().reason == "REPLICA_IN_USE" ? 0 : 1);
  }
  int status = 1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0) << "in another one";
  phone_.Close();
  EXPECT_TRUE(OpenSqliteStorage(phone_.directory()).ok());
}

// SQLite's own locks would keep it out too, as long as no setting of SQLite's changes.
TEST_F(Files, TheLockFileAloneKeepsASecondProcessOut) {
  Begin();
  phone_.Close();
  const int descriptor = ::open((phone_.directory() + "/replica.lock").c_str(), O_RDWR);
  ASSERT_GE(descriptor, 0);
  ASSERT_EQ(::flock(descriptor, LOCK_EX | LOCK_NB), 0) << "it is free while nobody has the replica open";
  EXPECT_EQ(OpenSqliteStorage(phone_.directory()).error().reason, "REPLICA_IN_USE");
  ::close(descriptor);
  ASSERT_TRUE(phone_.Reopen().ok());
}

TEST_F(Files, ADatabaseOfANewerVersionIsLeftAloneAndSaysSo) {
  Begin();
  phone_.Close();
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(DatabasePath().c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, "PRAGMA user_version=99", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
  const std::string before = AllBytes();
  const auto opened = phone_.Reopen();
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::kUpdateNeeded);
  EXPECT_EQ(AllBytes().size(), before.size());
}

TEST_F(Files, AFileThatIsNoDatabaseIsCalledDamaged) {
  phone_.Close();
  std::ofstream(DatabasePath(), std::ios::trunc) << std::string(8192, 'x');
  const auto opened = phone_.Reopen();
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().reason, "STORAGE_DAMAGED");
}

TEST_F(Files, ADamagedPageIsAnErrorAndNeverAWrongAnswer) {
  Begin();
  for (int i = 0; i < 60; ++i)
    service_.Write(kDossier, MentorAuthor(), SendMessage(Id(100 + i), std::string(300, 'a')));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  phone_.Close();
  {
    std::fstream file(DatabasePath(), std::ios::in | std::ios::out | std::ios::binary);
    const auto size = static_cast<std::int64_t>(std::filesystem::file_size(DatabasePath()));
    for (std::int64_t at = 4096 + 2000; at < size; at += 4096) {
      file.seekp(at);
      file.write("damage", 6);
    }
  }
  const auto opened = phone_.Reopen();
  if (!opened.ok()) {
    EXPECT_EQ(opened.error().reason, "STORAGE_DAMAGED");
    return;
  }
  auto view = phone_.core().ViewOf(kDossier);
  ASSERT_TRUE(view.ok());
  const auto messages = (*view)->ChildrenOf(rules::kMessages);
  const auto error = (*view)->TakeError();
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->reason, "STORAGE_DAMAGED");
  EXPECT_THAT(messages, IsEmpty());
}

TEST_F(Files, AFolderThatCannotBeMadeIsAnError) {
  const std::string in_the_way = phone_.directory() + "/file";
  std::ofstream(in_the_way) << "x";
  const auto opened = OpenSqliteStorage(in_the_way + "/replica");
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().reason, "STORAGE_FAILED");
}

// ---- A full disk, as the operating system tells of it

class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    former_ = ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, former_);
  }

 private:
  rlimit before_{};
  sighandler_t former_ = SIG_DFL;
};

TEST_F(Files, AFullDiskIsToldNothingIsLostAndItGoesOnWhenThereIsRoom) {
  Begin();
  std::set<std::string> accepted;
  {
    const FileSizeLimit limit(1024 * 1024);
    for (int i = 0; i < 2'000; ++i) {
      auto done = phone_.Accept(SendMessage(Id(100 + i), std::string(900, 'a')));
      if (done.ok()) {
        accepted.insert(Id(100 + i));
        continue;
      }
      EXPECT_EQ(done.error().reason, "STORAGE_FULL");
      EXPECT_FALSE(done.error().message.empty());
      EXPECT_FALSE(phone_.Find(Id(100 + i)).has_value()) << "what was refused is not shown";
      break;
    }
    ASSERT_LT(accepted.size(), 2'000U);
    ASSERT_GT(accepted.size(), 10U);
    EXPECT_EQ(phone_.core().Status().state, CoreState::kStorageFull);
    for (const std::string& id : accepted) EXPECT_TRUE(phone_.Find(id).has_value());
    const auto error = phone_.Sync();
    EXPECT_TRUE(!error.has_value() || error->reason == "STORAGE_FULL") << error->reason;
    EXPECT_TRUE(phone_.Reopen().ok()) << "what is there can be read on a full disk";
    for (const std::string& id : accepted) EXPECT_TRUE(phone_.Find(id).has_value());
  }
  EXPECT_TRUE(phone_.Accept(SendMessage(Id(1), "er is weer ruimte")).ok());
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.core().Status().pending, 0);
  EXPECT_EQ(phone_.core().Status().state, CoreState::kIdle);
  EXPECT_EQ(phone_.Records().size(), accepted.size() + 2);
}

// ---- The Nth operation fails, for all N

class Fault : public Files {
 protected:
  void SetUp() override {
    FaultVfs().Reset();
    phone_.Close();
    sqlite3_vfs_register(sqlite3_vfs_find(kFaultVfs), 1);
    ASSERT_TRUE(phone_.Reopen().ok());
    Begin();
  }
  void TearDown() override {
    FaultVfs().Reset();
    phone_.Close();
    sqlite3_vfs_register(sqlite3_vfs_find("unix"), 1);
  }

  static void ExpectClear(const Error& error) {
    const std::set<std::string> clear = {"STORAGE_FULL", "STORAGE_FAILED", "STORAGE_DAMAGED"};
    EXPECT_TRUE(clear.contains(error.reason)) << error.reason;
    EXPECT_FALSE(error.message.empty());
  }

  // One round of a device's life; gives the ids that were acknowledged.
  void Live(int round) {
    const auto accept = [&](v1::Mutation mutation) {
      auto done = phone_.Accept(std::move(mutation));
      if (done.ok()) {
        acknowledged_.insert(done->mutation_id);
      } else {
        ExpectClear(done.error());
      }
    };
    for (int i = 0; i < 3; ++i) accept(SendMessage(Id(10'000 + 10 * round + i), "bericht"));
    service_.Write(kDossier, MentorAuthor(), SendMessage(Id(500'000 + round), "van de begeleider"));
    const auto error = phone_.Sync();
    if (error.has_value()) ExpectClear(*error);
    accept(SendMessage(Id(10'000 + 10 * round + 9), "nog een"));
  }

  void ExpectAllThere(std::int64_t n) {
    ASSERT_EQ(phone_.Sync(), std::nullopt) << "operation " << n;
    EXPECT_EQ(phone_.core().Status().pending, 0) << "operation " << n;
    for (const std::string& id : acknowledged_) ASSERT_EQ(service_.effects[id], 1) << "operation " << n;
    ASSERT_EQ(phone_.Records().size(), service_.Records(kDossier).size()) << "operation " << n;
  }

  std::set<std::string> acknowledged_;
};

TEST_F(Fault, WhicheverOperationFailsNothingAcknowledgedIsLost) {
  FaultVfs().Reset();
  Live(0);
  const std::int64_t operations = FaultVfs().operations;
  ASSERT_GT(operations, 20);
  std::int64_t failures = 0;
  for (std::int64_t n = 1; n <= operations; ++n) {
    FaultVfs().Reset();
    FaultVfs().failing_operation = n;
    Live(static_cast<int>(n));
    failures += FaultVfs().failures;
    FaultVfs().Reset();
    ExpectAllThere(n);
  }
  std::printf("%lld operations, %lld failures\n", static_cast<long long>(operations),
              static_cast<long long>(failures));
  EXPECT_GE(failures, operations / 2);
}

TEST_F(Fault, WhereverTheDiskBreaksForGoodTheNextProcessFindsAllThatWasAcknowledged) {
  FaultVfs().Reset();
  Live(0);
  const std::int64_t operations = FaultVfs().operations;
  std::int64_t broken = 0;
  for (std::int64_t n = 1; n <= operations; ++n) {
    FaultVfs().Reset();
    FaultVfs().failing_operation = n;
    FaultVfs().stays_broken = true;
    Live(static_cast<int>(n));
    broken += FaultVfs().failures > 0 ? 1 : 0;
    phone_.Close();
    FaultVfs().Reset();
    ASSERT_TRUE(phone_.Reopen().ok()) << "operation " << n;
    ExpectAllThere(n);
  }
  EXPECT_EQ(broken, operations);
}

TEST_F(Fault, AProcessThatBeginsOnAFullDiskShowsAllThereIs) {
  ASSERT_TRUE(phone_.Accept(SendMessage(Id(1), "van voor de schijf vol was")).ok());
  phone_.Close();
  FaultVfs().bytes_left = 0;
  const auto opened = phone_.Reopen();
  ASSERT_TRUE(opened.ok()) << opened.error().reason;
  EXPECT_EQ(phone_.core().Status().state, CoreState::kStorageFull);
  EXPECT_EQ(phone_.core().Status().pending, 1);
  EXPECT_TRUE(phone_.Find(Id(1)).has_value());
  const auto refused = phone_.Accept(SendMessage(Id(2), "te vol"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "STORAGE_FULL");
  FaultVfs().Reset();
  EXPECT_TRUE(phone_.Accept(SendMessage(Id(3), "er is weer ruimte")).ok());
  ExpectAllThere(0);
  EXPECT_EQ(phone_.core().Status().state, CoreState::kIdle);
}

TEST_F(Fault, AWipeOnAFullDiskIsFinishedWhenThereIsRoomAndThePersonCanBeActivatedAgain) {
  ASSERT_TRUE(phone_.Accept(SendMessage(Id(1), "nooit verstuurd")).ok());
  service_.OrderWipe(kClient, phone_.core().account()->device_id);
  FaultVfs().bytes_left = 0;
  ASSERT_TRUE(phone_.Sync().has_value());
  EXPECT_EQ(phone_.core().Status().state, CoreState::kAccessEnded);
  const auto full = phone_.Reopen();
  ASSERT_TRUE(full.ok()) << full.error().reason;
  EXPECT_EQ(phone_.core().Status().state, CoreState::kAccessEnded);
  ASSERT_THAT(Found({kDossier}), SizeIs(1)) << "there was no room to delete it";
  FaultVfs().Reset();
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_EQ(phone_.core().Status().state, CoreState::kAccessEnded);
  EXPECT_EQ(phone_.key_store.nonce, "");
  EXPECT_THAT(Found({kDossier}), IsEmpty());
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_EQ(phone_.core().Status().state, CoreState::kAccessEnded);
  ASSERT_TRUE(phone_.Enrol(kMentorCode).ok());
  EXPECT_EQ(phone_.Sync(), std::nullopt);
}

TEST_F(Fault, NoCallIsMadeOfWhatAFailedTransactionLeftInMemory) {
  phone_.Do(BackgroundWanted{.on = true});
  ASSERT_TRUE(phone_.Accept(SendMessage(Id(1), "een")).ok());
  phone_.Give(LocalChange{});
  ASSERT_THAT(phone_.calls, SizeIs(1));
  const Answer answer = service_.Take(phone_.calls.front());
  phone_.calls.clear();
  FaultVfs().writes_fail = true;
  phone_.key_store.fails = true;
  phone_.timers.clear();
  phone_.Give(answer);
  EXPECT_TRUE(phone_.core().Status().last_error.has_value());
  ASSERT_FALSE(phone_.timers.empty()) << "it is tried again";
  for (int n = 0; n < 3; ++n) {
    service_.requests.clear();
    phone_.FireTimers();
    EXPECT_THAT(service_.requests, IsEmpty());
    EXPECT_FALSE(phone_.timers.empty());
  }
  FaultVfs().Reset();
  phone_.key_store.fails = false;
  phone_.FireTimers();
  EXPECT_THAT(service_.requests, testing::Not(IsEmpty()));
  EXPECT_EQ(phone_.core().Status().pending, 0);
}

TEST_F(Fault, HoweverLittleRoomIsLeftItIsCalledFull) {
  int full = 0;
  for (std::int64_t bytes = 0; bytes < 60'000; bytes += 1'111) {
    FaultVfs().Reset();
    FaultVfs().bytes_left = bytes;
    Live(static_cast<int>(bytes / 1'111));
    full += phone_.core().Status().state == CoreState::kStorageFull ? 1 : 0;
    FaultVfs().Reset();
    ExpectAllThere(bytes);
  }
  EXPECT_GT(full, 10);
}

}  // namespace
}  // namespace brug::sdk
