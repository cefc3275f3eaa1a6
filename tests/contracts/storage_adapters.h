#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "service/storage/registry.h"

namespace brug::storage {

// A storage adapter under test, and what the contracts ask about that its ports do not reach.
class AdapterUnderTest {
 public:
  virtual ~AdapterUnderTest() = default;

  virtual Storage& storage() = 0;
  // Closes the storage and opens it again. OrganisationStores from before are gone.
  virtual void Reopen() = 0;
  // Empty when the adapter keeps what was committed beyond its closing; else the reason why it does not.
  virtual std::string forgets_because() const = 0;
  // While true, nothing can be read anew: what the adapter has at hand already may still be.
  virtual void FailReads(bool fail) = 0;
  // While true, nothing can be made durable.
  virtual void FailWrites(bool fail) = 0;
};

struct AdapterKind {
  std::string name;
  std::function<std::unique_ptr<AdapterUnderTest>()> make;
  friend void PrintTo(const AdapterKind& kind, std::ostream* out) { *out << kind.name; }
};

// Every adapter, as the parameters of a suite. `NameOf` gives their names.
std::vector<AdapterKind> AllAdapters();
std::string NameOf(const testing::TestParamInfo<AdapterKind>& info);

inline constexpr std::string_view kThisOrganisation = "0192d5a0-7c1e-7000-8000-000000000001";
inline constexpr std::string_view kOtherOrganisation = "0192d5a0-7c1e-7000-8000-000000000002";

// What the suites have in common: one adapter, and shorthand for one work and one read.
class StorageContract : public testing::TestWithParam<AdapterKind> {
 protected:
  Storage& storage() { return adapter_->storage(); }
  AdapterUnderTest& adapter() { return *adapter_; }
  OrganisationStore& Store(std::string_view organisation_id = kThisOrganisation);

  // Writes one work, which must be committed, and answers what it answered.
  bool Write(const Work& work, std::string_view organisation_id = kThisOrganisation);
  // Writes one work whose changes stay and answers what `change` said.
  bool Try(const std::function<bool(Transaction&)>& change,
           std::string_view organisation_id = kThisOrganisation);

  // What `read` finds in the newest commit.
  template <typename Read>
  auto Get(Read read, std::string_view organisation_id = kThisOrganisation) {
    std::invoke_result_t<Read, const Snapshot&> found{};
    const auto done = Store(organisation_id).Read([&](const Snapshot& snapshot) { found = read(snapshot); });
    EXPECT_TRUE(done.ok()) << done.failure().log_detail;
    return found;
  }

 private:
  std::unique_ptr<AdapterUnderTest> adapter_ = GetParam().make();
};

}  // namespace brug::storage
