// What a device does when memory runs out: nothing it acknowledged is lost.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <new>
#include <set>
#include <string>

#include "tests/faults/failing_memory.h"
#include "tests/faults/thinning.h"
#include "tests/unit/sdk_world.h"

namespace brug::sdk {
namespace {

class DeviceMemory : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(phone_.Enrol(kClientCode).ok());
    ASSERT_EQ(phone_.Sync(), std::nullopt);
  }
  ~DeviceMemory() override { Calm(); }

  static void Calm() {
    SqliteMemory().Reset();
    NewMemory().Reset();
  }

  // One round of a device's life: it begins, accepts and syncs.
  void Live(std::int64_t round) {
    const auto opened = phone_.Reopen();
    // What opens the files leaves the words to whoever knows the person's language.
    if (!opened.ok()) {
      EXPECT_EQ(opened.error().reason, "STORAGE_FAILED");
      return;
    }
    const int first = static_cast<int>(10'000 + 10 * round);
    for (int i = 0; i < 3; ++i) {
      const auto accepted = phone_.Accept(SendMessage(Id(first + i), "bericht"));
      if (accepted.ok()) {
        acknowledged_.insert(accepted->mutation_id);
      } else {
        ExpectClear(accepted.error());
      }
    }
    service_.Write(kDossier, MentorAuthor(), SendMessage(Id(first + 9), "van de begeleider"));
    const auto error = phone_.Sync();
    if (error.has_value()) ExpectClear(*error);
  }

  static void ExpectClear(const Error& error) {
    EXPECT_EQ(error.reason, "STORAGE_FAILED");
    EXPECT_FALSE(error.message.empty());
  }

  void ExpectAllThere(std::int64_t number) {
    ASSERT_TRUE(phone_.Reopen().ok()) << "allocation " << number;
    ASSERT_EQ(phone_.Sync(), std::nullopt) << "allocation " << number;
    EXPECT_EQ(phone_.core().Status().pending, 0) << "allocation " << number;
    for (const std::string& id : acknowledged_) ASSERT_EQ(service_.effects[id], 1) << "allocation " << number;
    ASSERT_EQ(phone_.Records().size(), service_.Records(kDossier).size()) << "allocation " << number;
  }

  FakeClock clock_;
  ScriptedService service_{clock_};
  Phone phone_{service_, clock_, SqliteAdapter()};
  std::set<std::string> acknowledged_;
};

TEST_F(DeviceMemory, WhicheverAllocationOfSqliteFailsNothingAcknowledgedIsLost) {
  std::int64_t number = 0;
  std::int64_t runs = 0;
  for (bool hit = true; hit; ++runs) {
    number += EverySoMany(5);
    Calm();
    SqliteMemory().failing_allocation = number;
    Live(runs);
    hit = SqliteMemory().failures > 0;
    Calm();
    ExpectAllThere(number);
    if (HasFatalFailure()) return;
  }
  std::printf("%lld of %lld allocations failed\n", static_cast<long long>(runs - 1),
              static_cast<long long>(number));
  EXPECT_GT(number, 300);
}

}  // namespace
}  // namespace brug::sdk
