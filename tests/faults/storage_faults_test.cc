// What the SQLite storage does when files and memory fail: a clear error, nothing acknowledged lost, nothing
// half done.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "service/storage_sqlite/sqlite_storage.h"
#include "tests/faults/fault_vfs.h"
#include "tests/faults/storage_history.h"
#include "tests/support/temporary_folder.h"

namespace brug::storage {
namespace {

constexpr char kOrganisation[] = "0192d5a0-7c1e-7000-8000-000000000001";
constexpr std::int64_t kBatches = 12;

// SQLite's allocator, of which one allocation fails. Has to be in place before SQLite is used at all.
struct FailingMemory {
  std::atomic<std::int64_t> failing_allocation = 0;
  std::atomic<std::int64_t> allocations = 0;
  std::atomic<std::int64_t> failures = 0;
  sqlite3_mem_methods below = {};
} memory;

bool AllocationFails() {
  if (++memory.allocations != memory.failing_allocation) return false;
  ++memory.failures;
  return true;
}

[[maybe_unused]] const bool memory_is_ours = [] {
  sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory.below);
  sqlite3_mem_methods methods = memory.below;
  methods.xMalloc = [](int bytes) { return AllocationFails() ? nullptr : memory.below.xMalloc(bytes); };
  methods.xRealloc = [](void* old, int bytes) {
    return AllocationFails() ? nullptr : memory.below.xRealloc(old, bytes);
  };
  return sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK;
}();

platform::Result<std::unique_ptr<SqliteStorage>> Open(const TemporaryFolder& folder) {
  return SqliteStorage::Open(
      {.data_directory = folder.path() + "/data", .vfs = kFaultVfs, .log_pages_max = 20});
}

// What a run told to its caller.
struct Told {
  std::int64_t acknowledged = 0;
  std::int64_t refused = 0;
  std::string wrong;
};

void Note(const platform::Failure& failure, Told& told) {
  ++told.refused;
  if (failure.reason != v1::ERROR_REASON_STORAGE_UNAVAILABLE || failure.log_detail.empty() ||
      failure.retry_delay_ms.value_or(0) <= 0) {
    told.wrong += "an unclear error: " + failure.log_detail + "; ";
  }
}

// Opens, writes batches, each once more after a failure, reads in between, and closes.
Told WriteAndRead(const TemporaryFolder& folder) {
  Told told;
  auto storage = Open(folder);
  if (!storage.ok()) return Note(storage.failure(), told), told;
  auto store = (*storage)->OpenOrganisation(kOrganisation);
  if (!store.ok()) return Note(store.failure(), told), told;
  for (std::int64_t number = 1; number <= kBatches; ++number) {
    auto written = StorageHistory::WriteBatch(**store, number);
    if (!written.ok()) {
      Note(written.failure(), told);
      std::string wrong;
      const auto newest = StorageHistory::NewestBatch(**store, &wrong);
      if (newest.has_value() && *newest != number - 1) told.wrong += "a refused batch is there; ";
      written = StorageHistory::WriteBatch(**store, number);
    }
    if (!written.ok()) return Note(written.failure(), told), told;
    told.acknowledged = number;
    const auto read = (*store)->Read([](const Snapshot& s) { (void)s.FindHead("dossier-0"); });
    if (!read.ok()) Note(read.failure(), told);
  }
  if (auto closed = (*storage)->Close(); !closed.ok()) Note(closed.failure(), told);
  return told;
}

// What is there once nothing fails any more, and whether the storage works again.
void ExpectKept(const TemporaryFolder& folder, const Told& told, std::int64_t number) {
  EXPECT_EQ(told.wrong, "") << "fault " << number;
  auto storage = Open(folder);
  ASSERT_TRUE(storage.ok()) << "fault " << number << ": " << storage.failure().log_detail;
  auto store = (*storage)->OpenOrganisation(kOrganisation);
  ASSERT_TRUE(store.ok()) << "fault " << number << ": " << store.failure().log_detail;
  std::string wrong;
  const auto newest = StorageHistory::NewestBatch(**store, &wrong);
  ASSERT_TRUE(newest.has_value()) << "fault " << number << ": " << wrong;
  EXPECT_GE(*newest, told.acknowledged) << "fault " << number << " lost what was acknowledged";
  EXPECT_LE(*newest, told.acknowledged + 1) << "fault " << number;
  EXPECT_TRUE(StorageHistory::WriteBatch(**store, *newest + 1).ok()) << "fault " << number;
}

class StorageFaults : public testing::Test {
 protected:
  StorageFaults() { Calm(); }
  ~StorageFaults() override { Calm(); }

  static void Calm() {
    FaultVfs().Reset();
    memory.failing_allocation = 0;
    memory.failures = 0;
  }

  // Lets operation after operation fail, one a run, until a run has fewer than that.
  static void FailEachOperation(bool stays_broken) {
    std::int64_t number = 0, refused = 0;
    for (bool hit = true; hit;) {
      const TemporaryFolder folder(TemporaryFolder::InMemory());
      Calm();
      FaultVfs().failing_operation = ++number;
      FaultVfs().stays_broken = stays_broken;
      const Told told = WriteAndRead(folder);
      hit = FaultVfs().failures > 0;
      refused += told.refused > 0 ? 1 : 0;
      Calm();
      ExpectKept(folder, told, number);
      if (HasFatalFailure()) return;
    }
    std::printf("%lld operations failed, %lld of them refused something\n",
                static_cast<long long>(number - 1), static_cast<long long>(refused));
    EXPECT_GT(number, 200);
    EXPECT_GT(refused, number / 3);
  }
};

TEST_F(StorageFaults, AnyOneFileOperationMayFail) { FailEachOperation(false); }

TEST_F(StorageFaults, AllFileOperationsMayFailFromAnyOneOn) { FailEachOperation(true); }

TEST_F(StorageFaults, AnyOneAllocationMayFail) {
  ASSERT_TRUE(memory_is_ours);
  std::int64_t number = 0, refused = 0;
  // Not every one: steps grow by one every 200 allocations, so that the thousands of them stay affordable.
  for (bool hit = true; hit;) {
    const TemporaryFolder folder(TemporaryFolder::InMemory());
    Calm();
    number += 1 + number / 200;
    memory.failing_allocation = memory.allocations + number;
    const Told told = WriteAndRead(folder);
    hit = memory.failures > 0;
    refused += told.refused > 0 ? 1 : 0;
    Calm();
    ExpectKept(folder, told, number);
    if (HasFatalFailure()) return;
  }
  std::printf("allocations up to %lld failed, %lld refused something\n", static_cast<long long>(number),
              static_cast<long long>(refused));
  EXPECT_GT(number, 500);
  EXPECT_GT(refused, 100);
}

TEST_F(StorageFaults, AFullDiskRefusesClearlyKeepsReadingAndWritesAgainOnceThereIsRoom) {
  const TemporaryFolder folder(TemporaryFolder::InMemory());
  auto storage = Open(folder);
  ASSERT_TRUE(storage.ok());
  OrganisationStore& store = **(*storage)->OpenOrganisation(kOrganisation);
  FaultVfs().bytes_left = 900'000;
  std::int64_t acknowledged = 0;
  auto written = StorageHistory::WriteBatch(store, 1);
  while (written.ok()) written = StorageHistory::WriteBatch(store, ++acknowledged + 1);
  EXPECT_GT(acknowledged, 3);
  EXPECT_EQ(written.failure().reason, v1::ERROR_REASON_STORAGE_UNAVAILABLE);
  EXPECT_GE(written.failure().retry_delay_ms.value_or(0), 1'000);
  EXPECT_THAT(written.failure().log_detail, testing::HasSubstr("full"));
  EXPECT_FALSE((*storage)->ProbeWrite().ok()) << "readiness would not notice";
  EXPECT_FALSE((*storage)->registry().InsertOrganisation({.organisation_id = "o"}).ok());
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(StorageHistory::WriteBatch(store, acknowledged + 1).ok());

  std::string wrong;
  EXPECT_EQ(StorageHistory::NewestBatch(store, &wrong), acknowledged) << wrong;
  FaultVfs().Reset();
  EXPECT_TRUE((*storage)->ProbeWrite().ok());
  EXPECT_TRUE(StorageHistory::WriteBatch(store, acknowledged + 1).ok());
  EXPECT_EQ(StorageHistory::NewestBatch(store, &wrong), acknowledged + 1) << wrong;
  EXPECT_TRUE((*storage)->Close().ok());
}

TEST_F(StorageFaults, ABatchWhoseSyncFailsIsNotThere) {
  const TemporaryFolder folder(TemporaryFolder::InMemory());
  auto storage = Open(folder);
  ASSERT_TRUE(storage.ok());
  OrganisationStore& store = **(*storage)->OpenOrganisation(kOrganisation);
  ASSERT_TRUE(StorageHistory::WriteBatch(store, 1).ok());
  std::string wrong;
  FaultVfs().syncs_fail = true;
  EXPECT_FALSE(StorageHistory::WriteBatch(store, 2).ok());
  EXPECT_EQ(StorageHistory::NewestBatch(store, &wrong), 1) << wrong;
  FaultVfs().Reset();
  EXPECT_EQ(StorageHistory::NewestBatch(store, &wrong), 1) << wrong;
  EXPECT_TRUE(StorageHistory::WriteBatch(store, 2).ok());
}

}  // namespace
}  // namespace brug::storage
