// A data directory in which a page is damaged, a file is missing, or a log was cut off: a clear failure or a
// whole earlier state, never a wrong answer, and nothing begins anew in silence.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>

#include "service/storage_sqlite/sqlite_storage.h"
#include "tests/faults/storage_history.h"
#include "tests/faults/thinning.h"
#include "tests/support/temporary_folder.h"

namespace brug::storage {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr char kOrganisation[] = "0192d5a0-7c1e-7000-8000-000000000001";
constexpr std::int64_t kBatches = 12;
constexpr std::int64_t kPageBytes = 4096;
constexpr std::int64_t kFrameBytes = 24 + kPageBytes;

using Files = std::map<std::string, std::string>;

class StorageDamage : public testing::Test {
 protected:
  // What was found: how many batches, or what the storage said.
  struct Outcome {
    std::optional<std::int64_t> batches = {};
    platform::Failure failure = {};
  };

  [[nodiscard]] std::string Data() const { return folder_ / "data"; }
  [[nodiscard]] static std::string OrganisationFile() {
    return "organisations/" + std::string(kOrganisation) + ".db";
  }
  platform::Result<std::unique_ptr<SqliteStorage>> Open() const {
    return SqliteStorage::Open({.data_directory = Data()});
  }

  // An organisation that the registry knows, with its batches. Answers the files before and after the end.
  void Fill() {
    auto opened = Open();
    ASSERT_TRUE(opened.ok());
    SqliteStorage& storage = **opened;
    OrganisationStore& store = **storage.OpenOrganisation(kOrganisation);
    ASSERT_TRUE(storage.registry().InsertOrganisation({.organisation_id = kOrganisation}).ok());
    ASSERT_TRUE(storage.keys().InsertOrFind({kOrganisation, "organisation", "wrapped"}).ok());
    for (std::int64_t number = 1; number <= kBatches; ++number)
      ASSERT_TRUE(StorageHistory::WriteBatch(store, number).ok());
    while_open_ = Read();
    ASSERT_TRUE(storage.Close().ok());
    closed_ = Read();
  }

  [[nodiscard]] Files Read() const {
    Files files;
    for (const auto& entry : fs::recursive_directory_iterator(Data())) {
      if (!entry.is_regular_file() || entry.path().extension() == ".db-shm") continue;
      std::stringstream content;
      content << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      files[fs::relative(entry.path(), Data())] = content.str();
    }
    return files;
  }

  // In place of all there is.
  void Put(const Files& files) const {
    fs::remove_all(Data());
    fs::create_directories(Data() + "/organisations");
    for (const auto& [name, content] : files) std::ofstream(Data() + "/" + name, std::ios::binary) << content;
  }

  // Opens what is there and reads all of it. Where a batch would be wrong, this says so as a failure of the
  // test.
  [[nodiscard]] Outcome Look() const {
    auto storage = Open();
    if (!storage.ok()) return {.failure = storage.failure()};
    const auto organisations = (*storage)->registry().ListOrganisations();
    if (!organisations.ok()) return {.failure = organisations.failure()};
    EXPECT_EQ(organisations->size(), 1U) << "the registry lies";
    const auto key = (*storage)->keys().Find(kOrganisation, "organisation");
    if (!key.ok()) return {.failure = key.failure()};
    EXPECT_TRUE(key->has_value() && (*key)->wrapped == "wrapped") << "the keys lie";
    auto store = (*storage)->OpenOrganisation(kOrganisation);
    if (!store.ok()) return {.failure = store.failure()};
    std::string wrong;
    const auto newest = StorageHistory::NewestBatch(**store, &wrong);
    if (newest.has_value()) return {.batches = newest};
    EXPECT_THAT(wrong, HasSubstr(".db: ")) << "a wrong answer";
    return {.failure = {.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE, .log_detail = wrong}};
  }

  void ExpectTold(const platform::Failure& failure, const std::string& what) {
    EXPECT_TRUE(failure.reason == v1::ERROR_REASON_STORAGE_UNAVAILABLE ||
                failure.reason == v1::ERROR_REASON_INTERNAL)
        << what;
    EXPECT_THAT(failure.log_detail, HasSubstr(".db")) << what << ": which file it is";
    ++told_;
  }

  // Harms one file and looks: the whole or a clear failure.
  void ExpectWholeOrTold(const std::string& name, std::string harmed, const std::string& what) {
    Files files = closed_;
    files[name] = std::move(harmed);
    Put(files);
    const Outcome found = Look();
    if (!found.batches.has_value()) return ExpectTold(found.failure, what);
    EXPECT_EQ(*found.batches, kBatches) << what;
    ++whole_;
  }

  const TemporaryFolder folder_{TemporaryFolder::InMemory()};
  Files while_open_;
  Files closed_;
  std::int64_t told_ = 0;
  std::int64_t whole_ = 0;
};

TEST_F(StorageDamage, WhicheverPageIsDamagedItIsToldOrNotNeeded) {
  Fill();
  for (const char* name : {"registry.db", "keys.db", "organisations"}) {
    const std::string file = name == std::string("organisations") ? OrganisationFile() : name;
    const std::string& whole = closed_.at(file);
    for (const char with : {'\0', '\xdb'}) {
      for (std::int64_t page = 0; page * kPageBytes < std::ssize(whole); page += EveryFew(3)) {
        std::string harmed = whole;
        harmed.replace(static_cast<std::size_t>(page * kPageBytes), kPageBytes, kPageBytes, with);
        ExpectWholeOrTold(file, harmed, file + ", page " + std::to_string(page));
      }
    }
  }
  std::printf("a damaged page: told %lld times, not needed %lld times\n", static_cast<long long>(told_),
              static_cast<long long>(whole_));
  EXPECT_GT(told_, 20);
}

TEST_F(StorageDamage, WhereverTheDatabaseEndsItIsTold) {
  Fill();
  const std::string& whole = closed_.at(OrganisationFile());
  for (std::int64_t page = 0; page * kPageBytes < std::ssize(whole); page += EveryFew(3)) {
    ExpectWholeOrTold(OrganisationFile(), whole.substr(0, static_cast<std::size_t>(page * kPageBytes)),
                      "cut off at page " + std::to_string(page));
  }
  std::printf("a database cut off: told %lld times, not needed %lld times\n", static_cast<long long>(told_),
              static_cast<long long>(whole_));
  EXPECT_GT(told_, whole_);
}

TEST_F(StorageDamage, WhereverTheLogEndsAWholeEarlierStateIsThereOrItIsTold) {
  Fill();
  const std::string log_name = OrganisationFile() + "-wal";
  const std::string& log = while_open_.at(log_name);
  ASSERT_GT(std::ssize(log), 100 * kFrameBytes) << "nothing of it is in the database yet";
  std::int64_t newest = 0;
  // In the middle of a frame as at its end.
  for (std::int64_t bytes = 0; bytes < std::ssize(log); bytes += EveryFew(7) * kFrameBytes / 2) {
    Files files = while_open_;
    files[log_name] = log.substr(0, static_cast<std::size_t>(bytes));
    Put(files);
    const Outcome found = Look();
    const std::string what = "the log's first " + std::to_string(bytes) + " bytes";
    if (!found.batches.has_value()) {
      EXPECT_EQ(newest, 0) << what;
      ExpectTold(found.failure, what);
      continue;
    }
    EXPECT_GE(*found.batches, newest) << what;
    newest = *found.batches;
    ++whole_;
    auto storage = Open();
    ASSERT_TRUE(storage.ok());
    EXPECT_TRUE(StorageHistory::WriteBatch(**(*storage)->OpenOrganisation(kOrganisation), newest + 1).ok())
        << what << ": it does not go on";
  }
  Put(while_open_);
  EXPECT_EQ(Look().batches, kBatches) << "the whole log";
  std::printf("a log cut off: told %lld times, a whole earlier state %lld times\n",
              static_cast<long long>(told_), static_cast<long long>(whole_));
  EXPECT_GT(told_, 0);
  EXPECT_GT(whole_, 20);
}

TEST_F(StorageDamage, ADatabaseThatIsGoneIsNotMadeAnew) {
  Fill();
  Files files = closed_;
  files.erase(OrganisationFile());
  for (const bool empty : {false, true}) {
    if (empty) files[OrganisationFile()] = "";
    Put(files);
    const Outcome found = Look();
    ASSERT_FALSE(found.batches.has_value());
    EXPECT_EQ(found.failure.reason, v1::ERROR_REASON_STORAGE_UNAVAILABLE);
    EXPECT_THAT(found.failure.log_detail, HasSubstr("missing or empty"));
    EXPECT_FALSE(Look().batches.has_value()) << "nor at a second try";
  }
  Put(closed_);
  EXPECT_EQ(Look().batches, kBatches);
}

// Another user than the owner, who may read all of it: to them it is a disk that cannot be written.
TEST_F(StorageDamage, AReadOnlyFolderIsToldAndLosesNothing) {
  Fill();
  Put(closed_);
  const auto set_modes = [&](mode_t folder, mode_t file) {
    for (const auto& entry : fs::recursive_directory_iterator(Data()))
      ASSERT_EQ(::chmod(entry.path().c_str(), entry.is_directory() ? folder : file), 0);
    ASSERT_EQ(::chmod(Data().c_str(), folder), 0);
  };
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
  set_modes(0555, 0444);
  const pid_t copy = ::fork();
  ASSERT_GE(copy, 0);
  if (copy == 0) {
    constexpr uid_t kNobody = 65'534;
    if (::geteuid() == 0 && ::seteuid(kNobody) != 0) ::_exit(2);
    const auto opened = Open();
    if (!opened.ok()) std::printf("told: %s\n", opened.failure().log_detail.c_str());
    std::fflush(nullptr);
    ::_exit(!opened.ok() && !opened.failure().log_detail.empty() ? 0 : 1);
  }
  int status = 1;
  ASSERT_EQ(::waitpid(copy, &status, 0), copy);
  ASSERT_TRUE(WIFEXITED(status));
  set_modes(0700, 0600);
  ASSERT_NE(WEXITSTATUS(status), 2) << "root may not become somebody else here";
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(Read(), closed_);
  EXPECT_EQ(Look().batches, kBatches);
}

}  // namespace
}  // namespace brug::storage
