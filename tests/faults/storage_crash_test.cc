// The power goes at every write and sync of a run of the service's storage: nothing acknowledged is lost.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "service/storage_sqlite/sqlite_storage.h"
#include "tests/faults/crash_points.h"
#include "tests/faults/storage_history.h"
#include "tests/faults/thinning.h"
#include "tests/support/temporary_folder.h"

namespace brug::storage {
namespace {

using simulation::SimulatedDisk;

constexpr char kOrganisation[] = "0192d5a0-7c1e-7000-8000-000000000001";
// A batch is a mutation in each of three dossiers, and as many works that are undone.
constexpr std::int64_t kBatches = 67;
constexpr std::int64_t kMutations = kBatches * StorageHistory::kDossiers;
static_assert(kMutations >= 200);
// After a crash the run goes on for so many.
constexpr std::int64_t kBatchesAfter = 3;

// One life of a service's storage on a disk that loses what was not synced.
class Life {
 public:
  explicit Life(const CrashPoints::Options& options) : crashes_(disk_, options) {}

  // Opens, writes batch after batch, and closes; the crashes come meanwhile.
  void Run(std::int64_t batches) {
    bool open = Open();
    if (crashes_.crashed()) Judge();
    ASSERT_TRUE(open);
    while (acknowledged_ < batches) {
      const bool written = StorageHistory::WriteBatch(*store_, acknowledged_ + 1).ok();
      // Given back means kept, also when the power went at the checkpoint that followed.
      if (written) ++acknowledged_;
      if (crashes_.crashed()) Judge();
      ASSERT_TRUE(written);
    }
    const bool closed = storage_->Close().ok();
    if (crashes_.crashed()) Judge();
    ASSERT_TRUE(closed);
  }

  SimulatedDisk& disk() { return disk_; }
  const CrashPoints& crashes() const { return crashes_; }

 private:
  // A log that is short, so that crashes come in checkpoints too.
  bool Open() {
    auto storage = SqliteStorage::Open(
        {.data_directory = data_, .vfs = simulation::kSimulatedVfs, .log_pages_max = 300});
    if (!storage.ok()) return Fails(storage.failure());
    storage_ = *std::move(storage);
    auto store = storage_->OpenOrganisation(kOrganisation);
    if (!store.ok()) return Fails(store.failure());
    store_ = *store;
    return true;
  }

  bool Fails(const platform::Failure& failure) {
    wrong_ = failure.log_detail;
    return false;
  }

  [[noreturn]] void Judge() {
    storage_.reset();
    crashes_.PowerOn();
    // The lock goes with the process that died, which here lives on.
    std::filesystem::remove(data_ + "/lock");
    if (!Open()) crashes_.End(Found::kNotOpened, wrong_);
    const auto newest = StorageHistory::NewestBatch(*store_, &wrong_);
    if (!newest.has_value()) crashes_.End(Found::kHalf, wrong_);
    const std::string there = std::to_string(*newest) + " of " + std::to_string(acknowledged_);
    if (*newest < acknowledged_) crashes_.End(Found::kLost, there);
    if (*newest > acknowledged_ + 1) crashes_.End(Found::kHalf, there);
    for (std::int64_t i = 1; i <= kBatchesAfter; ++i) {
      if (!StorageHistory::WriteBatch(*store_, *newest + i).ok()) crashes_.End(Found::kNotGoingOn, "a batch");
    }
    if (!storage_->Close().ok()) crashes_.End(Found::kNotGoingOn, "closing");
    crashes_.End(Found::kAll, {});
  }

  const TemporaryFolder folder_{TemporaryFolder::InMemory()};
  const std::string data_ = folder_ / "data";
  SimulatedDisk disk_{data_};
  CrashPoints crashes_;
  std::unique_ptr<SqliteStorage> storage_;
  OrganisationStore* store_ = nullptr;
  std::int64_t acknowledged_ = 0;
  std::string wrong_;
};

void ExpectAllKept(const CrashPoints::Options& options) {
  Life life(options);
  life.Run(kBatches);
  const CrashPoints& crashes = life.crashes();
  std::printf("%lld mutations, %lld syncs: %s\n", static_cast<long long>(kMutations),
              static_cast<long long>(life.disk().syncs()), crashes.Summary().c_str());
  EXPECT_EQ(crashes.bad(), 0);
  EXPECT_EQ(crashes.operations(), life.disk().operations()) << "an operation that no crash could come at";
  EXPECT_EQ(crashes.crashes(), (crashes.operations() + options.every - 1) / options.every);
  EXPECT_GT(life.disk().syncs(), kBatches) << "a sync a batch, and those of checkpoints";
  EXPECT_GT(crashes.operations(), 50 * kBatches);
}

TEST(StorageCrash, AtEveryWriteAndSyncNothingAcknowledgedIsLostWhenOnlyWhatWasSyncedStays) {
  ExpectAllKept({.every = EverySoMany(37)});
}

TEST(StorageCrash, AtEveryWriteAndSyncNothingAcknowledgedIsLostWhicheverOtherWritesStay) {
  ExpectAllKept({.every = EverySoMany(41), .unsynced_may_stay = true});
}

// One sync of those whose path ends so is left out, the `number`th of the run.
void ExpectFound(const std::string& name, std::int64_t number) {
  Life life({.every = 5, .tells = false});
  std::int64_t left = number;
  std::int64_t left_out = 0;
  life.disk().LeaveOutSyncs([&](std::string_view path) {
    if (!path.ends_with(name) || --left != 0) return false;
    ++left_out;
    return true;
  });
  life.Run(15);
  std::printf("a sync of %s left out: %s\n", name.c_str(), life.crashes().Summary().c_str());
  EXPECT_EQ(left_out, 1);
  EXPECT_GT(life.crashes().bad(), 0) << "this test would not find a sync that is missing";
  EXPECT_GT(life.crashes().Count(Found::kAll), 0) << "before that sync nothing is wrong";
}

TEST(StorageCrash, OneSyncOfTheLogThatIsLeftOutIsFound) {
  ExpectFound(std::string(kOrganisation) + ".db-wal", 12);
}

TEST(StorageCrash, OneSyncOfTheDatabaseThatIsLeftOutIsFound) {
  ExpectFound(std::string(kOrganisation) + ".db", 2);
}

}  // namespace
}  // namespace brug::storage
