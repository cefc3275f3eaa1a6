#include "tests/contracts/storage_adapters.h"

#include <span>

#include "service/storage_memory/memory_storage.h"
#include "service/storage_sqlite/sqlite_storage.h"
#include "tests/faults/fault_vfs.h"
#include "tests/support/temporary_folder.h"

namespace brug::storage {
namespace {

class MemoryUnderTest final : public AdapterUnderTest {
 public:
  Storage& storage() override { return *storage_; }
  void Reopen() override { storage_ = std::make_unique<MemoryStorage>(); }
  std::string forgets_because() const override { return "memory ends with its process"; }
  void FailReads(bool fail) override { storage_->faults().reads_fail = fail; }
  void FailWrites(bool fail) override { storage_->faults().commits_fail = fail; }

 private:
  std::unique_ptr<MemoryStorage> storage_ = std::make_unique<MemoryStorage>();
};

class SqliteUnderTest final : public AdapterUnderTest {
 public:
  SqliteUnderTest() {
    FaultVfs().Reset();
    Open();
  }
  ~SqliteUnderTest() override { FaultVfs().Reset(); }

  Storage& storage() override { return *storage_; }
  void Reopen() override {
    EXPECT_TRUE(storage_->Close().ok());
    storage_.reset();
    Open();
  }
  std::string forgets_because() const override { return ""; }
  void FailReads(bool fail) override { FaultVfs().reads_fail = fail; }
  void FailWrites(bool fail) override { FaultVfs().writes_fail = fail; }

 private:
  void Open() {
    storage_ = *SqliteStorage::Open(
        {.data_directory = folder_.path() + "/data", .vfs = kFaultVfs, .log_pages_max = 100});
  }

  TemporaryFolder folder_{TemporaryFolder::InMemory()};
  std::unique_ptr<SqliteStorage> storage_;
};

}  // namespace

std::vector<AdapterKind> AllAdapters() {
  return {{"Memory", [] { return std::make_unique<MemoryUnderTest>(); }},
          {"Sqlite", [] { return std::make_unique<SqliteUnderTest>(); }}};
}

std::string NameOf(const testing::TestParamInfo<AdapterKind>& info) { return info.param.name; }

OrganisationStore& StorageContract::Store(std::string_view organisation_id) {
  return **storage().OpenOrganisation(organisation_id);
}

bool StorageContract::Write(const Work& work, std::string_view organisation_id) {
  bool kept = false;
  const Work remembered = [&](Transaction& transaction) { return kept = work(transaction); };
  const auto done = Store(organisation_id).Write(std::span(&remembered, 1));
  EXPECT_TRUE(done.ok()) << done.failure().log_detail;
  return kept;
}

bool StorageContract::Try(const std::function<bool(Transaction&)>& change, std::string_view organisation_id) {
  bool took = false;
  Write(
      [&](Transaction& transaction) {
        took = change(transaction);
        return true;
      },
      organisation_id);
  return took;
}

}  // namespace brug::storage
