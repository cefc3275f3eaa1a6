// What a device does when memory runs out: nothing it acknowledged is lost.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <deque>
#include <memory>
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
  void SetUp() override { BeginAnew(); }
  ~DeviceMemory() override { Calm(); }

  // Every so many rounds, or the service's history grows without end.
  void BeginAnew() {
    acknowledged_.clear();
    refused_.clear();
    world_ = std::make_unique<World>();
    ASSERT_TRUE(world_->phone.Enrol(kClientCode).ok());
    ASSERT_EQ(world_->phone.Sync(), std::nullopt);
  }

  static void Calm() {
    SqliteMemory().Reset();
    NewMemory().Reset();
  }

  // One round of a device's life: it begins, accepts and syncs.
  void Live(std::int64_t round) {
    const auto opened = world_->phone.Reopen();
    // What opens the files leaves the words to whoever knows the person's language.
    if (!opened.ok()) {
      EXPECT_EQ(opened.error().reason, "STORAGE_FAILED");
      return;
    }
    const int first = static_cast<int>(10'000 + 10 * round);
    for (int i = 0; i < 3; ++i) {
      const auto accepted = world_->phone.Accept(SendMessage(Id(first + i), "bericht"));
      if (accepted.ok()) {
        acknowledged_.insert(accepted->mutation_id);
      } else {
        ExpectClear(accepted.error());
      }
    }
    world_->service.Write(kDossier, MentorAuthor(), SendMessage(Id(first + 9), "van de begeleider"));
    const auto error = world_->phone.Sync();
    if (error.has_value()) ExpectClear(*error);
  }

  static void ExpectClear(const Error& error) {
    EXPECT_EQ(error.reason, "STORAGE_FAILED");
    EXPECT_FALSE(error.message.empty());
  }

  void ExpectAllThere(std::int64_t number) {
    ASSERT_TRUE(world_->phone.Reopen().ok()) << "allocation " << number;
    ASSERT_EQ(world_->phone.Sync(), std::nullopt) << "allocation " << number;
    EXPECT_EQ(world_->phone.core().Status().pending, 0) << "allocation " << number;
    for (const std::string& id : acknowledged_)
      ASSERT_EQ(world_->service.effects[id], 1) << "allocation " << number;
    const auto records = world_->service.Records(kDossier);
    for (const std::string& id : refused_) ASSERT_FALSE(records.contains(id)) << "allocation " << number;
    ASSERT_EQ(world_->phone.Records().size(), world_->service.Records(kDossier).size())
        << "allocation " << number;
  }

  // The same round, of which only what the SDK itself allocates is counted: not the test's service, nor what
  // the test keeps.
  void LiveOnOurCode(std::int64_t round) {
    FailingMemory& memory = NewMemory();
    memory.is_spared = IsWithinProtobuf;
    try {
      const auto opened = world_->phone.Reopen();
      memory.paused = true;
      ASSERT_TRUE(opened.ok());
    } catch (const std::bad_alloc&) {
      ++thrown_;
      return;
    }
    const int first = static_cast<int>(100'000 + 10 * round);
    for (int i = 0; i < 3; ++i) {
      v1::Mutation mutation = SendMessage(Id(first + i), "bericht");
      memory.paused = false;
      auto accepted = world_->phone.core().Accept(kDossier, std::move(mutation));
      memory.paused = true;
      if (accepted.ok()) {
        acknowledged_.insert(accepted->mutation_id);
        // What it gives is whole.
        ASSERT_EQ(accepted->records.size(), 1U);
      } else {
        ExpectClear(accepted.error());
        refused_.insert(Id(first + i));
        ++told_;
      }
    }
    world_->service.Write(kDossier, MentorAuthor(), SendMessage(Id(first + 9), "van de begeleider"));
    SyncOnOurCode();
    memory.paused = false;
    auto view = world_->phone.core().ViewOf(kDossier);
    memory.paused = true;
    if (!view.ok()) ExpectClear(view.error());
    if (!view.ok()) ++told_;
  }

  void SyncOnOurCode() {
    std::deque<Call> calls;
    int ended = 0;
    const auto step = [&](const Event& event) {
      NewMemory().paused = false;
      Effects effects = world_->phone.core().Step(event);
      NewMemory().paused = true;
      for (Effect& effect : effects) {
        if (auto* call = std::get_if<Call>(&effect)) calls.push_back(std::move(*call));
        const auto* end = std::get_if<SyncEnded>(&effect);
        if (end == nullptr) continue;
        ++ended;
        if (end->error.has_value()) ExpectClear(*end->error);
        if (end->error.has_value()) ++told_;
      }
    };
    step(SyncWanted{});
    while (!calls.empty()) {
      const Call call = std::move(calls.front());
      calls.pop_front();
      step(world_->service.Take(call));
    }
    EXPECT_EQ(ended, 1) << "every sync that is asked for is answered once";
  }

  std::int64_t told_ = 0;
  std::int64_t thrown_ = 0;
  static constexpr std::int64_t kRoundsInOneWorld = 30;
  struct World {
    FakeClock clock;
    ScriptedService service{clock};
    Phone phone{service, clock, SqliteAdapter()};
  };
  std::unique_ptr<World> world_;
  std::set<std::string> acknowledged_;
  std::set<std::string> refused_;  // records that were never to be
};

TEST_F(DeviceMemory, WhicheverAllocationOfSqliteFailsNothingAcknowledgedIsLost) {
  std::int64_t number = 0;
  std::int64_t runs = 0;
  for (bool hit = true; hit; ++runs) {
    number += EverySoMany(5);
    Calm();
    if (runs % kRoundsInOneWorld == 0) BeginAnew();
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

// What cannot even begin throws to the caller, brug::Client, and nothing is changed.
TEST_F(DeviceMemory, WhicheverAllocationOfOurCodeFailsItIsToldAndNothingAcknowledgedIsLost) {
  if (!kNewMemoryCanFail) GTEST_SKIP() << "a sanitizer has an operator new of its own";
  (void)IsWithinProtobuf();  // the first walk loads a library
  std::int64_t number = 0;
  std::int64_t runs = 0;
  for (bool hit = true; hit; ++runs) {
    Calm();
    if (runs % kRoundsInOneWorld == 0) BeginAnew();
    NewMemory().failing_allocation = number + EverySoMany(5);
    LiveOnOurCode(runs);
    if (HasFatalFailure()) return;
    hit = NewMemory().failures > 0;
    number = NewMemory().allocations;
    Calm();
    ExpectAllThere(number);
    if (HasFatalFailure()) return;
  }
  std::printf("%lld of %lld allocations failed; %lld times it was told, %lld times at the start\n",
              static_cast<long long>(runs - 1), static_cast<long long>(number), static_cast<long long>(told_),
              static_cast<long long>(thrown_));
  EXPECT_GT(number, 300);
  EXPECT_GT(told_, 0);
  EXPECT_GT(thrown_, 0);
}

}  // namespace
}  // namespace brug::sdk
