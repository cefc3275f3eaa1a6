// What the SQLite storage does when files and memory fail: a clear error, nothing acknowledged lost, nothing
// half done.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <new>
#include <string>

#include "service/storage_sqlite/sqlite_storage.h"
#include "tests/faults/failing_memory.h"
#include "tests/faults/fault_vfs.h"
#include "tests/faults/storage_history.h"
#include "tests/faults/thinning.h"
#include "tests/support/temporary_folder.h"

namespace brug::storage {
namespace {

constexpr char kOrganisation[] = "0192d5a0-7c1e-7000-8000-000000000001";
constexpr std::int64_t kBatches = 12;

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
void WriteAndRead(const TemporaryFolder& folder, Told& told) {
  auto storage = Open(folder);
  if (!storage.ok()) return Note(storage.failure(), told);
  auto store = (*storage)->OpenOrganisation(kOrganisation);
  if (!store.ok()) return Note(store.failure(), told);
  for (std::int64_t number = 1; number <= kBatches; ++number) {
    auto written = StorageHistory::WriteBatch(**store, number);
    if (!written.ok()) {
      Note(written.failure(), told);
      std::string wrong;
      const auto newest = StorageHistory::NewestBatch(**store, &wrong);
      if (newest.has_value() && *newest != number - 1) told.wrong += "a refused batch is there; ";
      written = StorageHistory::WriteBatch(**store, number);
    }
    if (!written.ok()) return Note(written.failure(), told);
    told.acknowledged = number;
    const auto read = (*store)->Read([](const Snapshot& s) { (void)s.FindHead("dossier-0"); });
    if (!read.ok()) Note(read.failure(), told);
  }
  if (auto closed = (*storage)->Close(); !closed.ok()) Note(closed.failure(), told);
}

Told WriteAndRead(const TemporaryFolder& folder) {
  Told told;
  WriteAndRead(folder, told);
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
    SqliteMemory().Reset();
    NewMemory().Reset();
  }

  // Lets operation after operation fail, one a run, until a run has fewer than that.
  static void FailEachOperation(bool stays_broken) {
    std::int64_t number = 0, runs = 0, refused = 0;
    for (bool hit = true; hit; ++runs) {
      const TemporaryFolder folder(TemporaryFolder::InMemory());
      Calm();
      number += EverySoMany(1);
      FaultVfs().failing_operation = number;
      FaultVfs().stays_broken = stays_broken;
      const Told told = WriteAndRead(folder);
      hit = FaultVfs().failures > 0;
      refused += told.refused > 0 ? 1 : 0;
      Calm();
      ExpectKept(folder, told, number);
      if (HasFatalFailure()) return;
      EXPECT_TRUE(hit || told.acknowledged == kBatches) << "where nothing fails all of it is done";
    }
    std::printf("%lld of %lld operations failed, %lld of them refused something\n",
                static_cast<long long>(runs - 1), static_cast<long long>(number),
                static_cast<long long>(refused));
    EXPECT_GT(number, 200);
    EXPECT_GT(refused, runs / 3);
  }
};

TEST_F(StorageFaults, AnyOneFileOperationMayFail) { FailEachOperation(false); }

TEST_F(StorageFaults, AllFileOperationsMayFailFromAnyOneOn) { FailEachOperation(true); }

// The allocations of a run are tens of thousands: the steps between those that fail grow with their number,
// unless all are asked for.
std::int64_t Next(std::int64_t number) { return number + EverySoMany(1 + number / 200); }

TEST_F(StorageFaults, AnyOneAllocationOfSqliteMayFail) {
  std::int64_t number = 0, runs = 0, refused = 0;
  for (bool hit = true; hit; ++runs) {
    const TemporaryFolder folder(TemporaryFolder::InMemory());
    Calm();
    number = Next(number);
    SqliteMemory().failing_allocation = number;
    const Told told = WriteAndRead(folder);
    hit = SqliteMemory().failures > 0;
    refused += told.refused > 0 ? 1 : 0;
    Calm();
    ExpectKept(folder, told, number);
    if (HasFatalFailure()) return;
    EXPECT_TRUE(hit || told.acknowledged == kBatches) << "where nothing fails all of it is done";
  }
  std::printf("%lld of %lld allocations failed, %lld of them refused something\n",
              static_cast<long long>(runs - 1), static_cast<long long>(number),
              static_cast<long long>(refused));
  EXPECT_GT(number, 500);
  EXPECT_GT(refused, runs / 4);
}

TEST_F(StorageFaults, AnyOneAllocationOfOurCodeMayFail) {
  if (!kNewMemoryCanFail) GTEST_SKIP() << "a sanitizer has an operator new of its own";
  std::int64_t number = 0, runs = 0, thrown = 0;
  for (bool hit = true; hit; ++runs) {
    const TemporaryFolder folder(TemporaryFolder::InMemory());
    Calm();
    number = Next(number);
    Told told;
    NewMemory().failing_allocation = number;
    try {
      WriteAndRead(folder, told);
    } catch (const std::bad_alloc&) {
      ++thrown;
    }
    hit = NewMemory().failures > 0;
    Calm();
    ExpectKept(folder, told, number);
    if (HasFatalFailure()) return;
    EXPECT_TRUE(hit || told.acknowledged == kBatches) << "where nothing fails all of it is done";
  }
  std::printf("%lld of %lld allocations failed, %lld of them were thrown to the caller\n",
              static_cast<long long>(runs - 1), static_cast<long long>(number),
              static_cast<long long>(thrown));
  EXPECT_GT(number, 500);
  EXPECT_EQ(thrown, runs - 1) << "one was taken for something else";
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

TEST_F(StorageFaults, ADiskThatBecameReadOnlyRefusesClearlyAndIsStillRead) {
  const TemporaryFolder folder(TemporaryFolder::InMemory());
  auto storage = Open(folder);
  ASSERT_TRUE(storage.ok());
  OrganisationStore& store = **(*storage)->OpenOrganisation(kOrganisation);
  for (std::int64_t number = 1; number <= 5; ++number)
    ASSERT_TRUE(StorageHistory::WriteBatch(store, number).ok());
  FaultVfs().writes_fail = true;
  const auto written = StorageHistory::WriteBatch(store, 6);
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.failure().reason, v1::ERROR_REASON_STORAGE_UNAVAILABLE);
  EXPECT_GE(written.failure().retry_delay_ms.value_or(0), 1'000);
  EXPECT_FALSE((*storage)->ProbeWrite().ok()) << "readiness would not notice";
  std::string wrong;
  EXPECT_EQ(StorageHistory::NewestBatch(store, &wrong), 5) << wrong;
  EXPECT_FALSE((*storage)->Close().ok());

  FaultVfs().Reset();
  auto again = Open(folder);
  ASSERT_TRUE(again.ok());
  OrganisationStore& after = **(*again)->OpenOrganisation(kOrganisation);
  EXPECT_EQ(StorageHistory::NewestBatch(after, &wrong), 5) << wrong;
  EXPECT_TRUE(StorageHistory::WriteBatch(after, 6).ok());
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
