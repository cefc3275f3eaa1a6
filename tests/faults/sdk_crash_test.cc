// The power goes at every write and sync of a run of a device: each mutation it acknowledged is in exactly
// one state, and takes effect once.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/faults/crash_points.h"
#include "tests/faults/thinning.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/sdk_world.h"

namespace brug::sdk {
namespace {

using simulation::SimulatedDisk;

constexpr int kOperations = 200;
// An operation of each kind comes again after so many.
constexpr int kRound = 8;
// The process ends and begins again after so many.
constexpr int kRestart = 40;

// One life of a device on a disk that loses what was not synced. Its key store and its service lose nothing.
class Life {
 public:
  explicit Life(const CrashPoints::Options& options) : crashes_(disk_, After(options)) {}

  // Accepts and syncs, all kinds in turns; the crashes come meanwhile.
  void Run(int operations) {
    for (number_ = 1; number_ <= operations; ++number_) {
      const bool done = Operate(number_);
      if (crashes_.crashed()) Judge();
      ASSERT_TRUE(done) << "operation " << number_;
    }
  }

  SimulatedDisk& disk() { return disk_; }
  const CrashPoints& crashes() const { return crashes_; }
  std::int64_t operations_before() const { return operations_before_; }

 private:
  // The crashes begin when the device is enrolled.
  CrashPoints::Options After(const CrashPoints::Options& options) {
    EXPECT_TRUE(phone_.Reopen().ok());
    EXPECT_TRUE(phone_.Enrol(kClientCode).ok());
    EXPECT_TRUE(Sync());
    operations_before_ = disk_.operations();
    return options;
  }

  bool Operate(int number) {
    if (number % kRestart == 0) return phone_.Reopen().ok();
    switch (number % kRound) {
      case 0:
        service_.Write(kDossier, MentorAuthor(), SendMessage(Id(50'000 + number), "van de begeleider"));
        return Sync();
      case 1:
        return Accept(CreateGoal(Id(number), "een doel"), Id(number));
      case 2:
        return Accept(CreateStep(Id(number), Id(number - 1), "een stap"), Id(number));
      case 3:
        return Accept(Tick(Id(number - 1), Saturday()), rules::TickId(Id(number - 1), Saturday()));
      case 4:
        return Accept(ReviseGoalTitle(Id(number - 3), "een ander doel"), Id(number - 3));
      default:
        return Accept(SendMessage(Id(number), std::string(900, 'a')), Id(number));
    }
  }

  bool Accept(v1::Mutation mutation, const std::string& record_id) {
    const auto accepted = phone_.Accept(std::move(mutation));
    if (!accepted.ok()) return false;
    acknowledged_.insert(accepted->mutation_id);
    records_.insert(record_id);
    return true;
  }

  // Call by call: a process that died makes no more of them.
  bool Sync() {
    phone_.sync_ends.clear();
    phone_.Give(SyncWanted{});
    while (!phone_.calls.empty() && !disk_.off()) {
      const Call call = phone_.calls.front();
      phone_.calls.pop_front();
      phone_.Give(service_.Take(call));
    }
    return phone_.sync_ends.size() == 1 && !phone_.sync_ends.front().error.has_value();
  }

  [[noreturn]] void Judge() {
    phone_.Close();
    crashes_.PowerOn();
    // The lock goes with the process that died, which here lives on.
    std::filesystem::remove(directory_ + "/replica.lock");
    const auto opened = phone_.Reopen();
    if (!opened.ok()) crashes_.End(Found::kNotOpened, opened.error().reason);
    JudgeStates();
    JudgeView();
    if (!Sync()) crashes_.End(Found::kNotGoingOn, "a sync");
    JudgeEffects();
    for (const int more : {1, 2}) {
      const std::string id = Id(90'000 + more);
      if (!Accept(SendMessage(id, "en verder"), id)) crashes_.End(Found::kNotGoingOn, "a message");
    }
    if (!Sync()) crashes_.End(Found::kNotGoingOn, "a second sync");
    JudgeEffects();
    if (phone_.core().Status().pending != 0) crashes_.End(Found::kNotGoingOn, "something stays pending");
    if (testing::Test::HasFailure())
      crashes_.End(Found::kHalf, "the service was asked what it should not be");
    crashes_.End(Found::kAll, {});
  }

  // S2: each is pending, in the ring or rejected, and in one of them alone.
  void JudgeStates() {
    std::vector<std::int64_t> ordinals;
    Outbox& outbox = phone_.storage().outbox();
    const auto pending = outbox.ListPending(kDossier);
    const auto ring = outbox.ListRing(kDossier, 100'000);
    const auto rejected = outbox.ListRejected();
    if (!pending.ok() || !ring.ok() || !rejected.ok()) crashes_.End(Found::kNotGoingOn, "the outbox");
    for (const auto& row : *pending) ordinals.push_back(row.ordinal);
    for (const auto& row : *ring) ordinals.push_back(row.ordinal);
    for (const auto& row : *rejected) ordinals.push_back(row.ordinal);
    const std::set<std::int64_t> different(ordinals.begin(), ordinals.end());
    const std::string there = std::to_string(ordinals.size()) + " of " + std::to_string(acknowledged_.size());
    if (different.size() != ordinals.size()) crashes_.End(Found::kHalf, "in two states: " + there);
    if (ordinals.size() < acknowledged_.size()) crashes_.End(Found::kLost, there);
    // The one that was being accepted may be there too.
    if (ordinals.size() > acknowledged_.size() + 1) crashes_.End(Found::kHalf, there);
  }

  // S1, before anything was asked of the service.
  void JudgeView() {
    const auto shown = phone_.Records();
    for (const std::string& id : records_) {
      if (!shown.contains(id)) crashes_.End(Found::kLost, "not shown: " + id);
    }
  }

  // S3 and S4.
  void JudgeEffects() {
    for (const std::string& id : acknowledged_) {
      const int effects = service_.effects[id];
      if (effects != 1) crashes_.End(effects == 0 ? Found::kLost : Found::kHalf, "effects of " + id);
    }
    const auto shown = phone_.Records();
    const auto there = service_.Records(kDossier);
    if (shown.size() != there.size()) crashes_.End(Found::kHalf, "the view has other records");
    for (const auto& [id, record] : there) {
      const auto found = shown.find(record.record_id());
      if (found == shown.end() || found->second.SerializeAsString() != record.SerializeAsString())
        crashes_.End(Found::kHalf, "the view has another " + id);
    }
  }

  const TemporaryFolder folder_{TemporaryFolder::InMemory()};
  const std::string directory_ = folder_ / "replica";
  FakeClock clock_;
  ScriptedService service_{clock_};
  MemoryKeyStore keys_{3};
  // Before the phone: from here on SQLite's files are on this disk.
  SimulatedDisk disk_{directory_};
  Phone phone_{service_, clock_, Phone::Files{.directory = directory_, .key_store = &keys_}, 7};
  std::int64_t operations_before_ = 0;
  int number_ = 0;
  std::set<std::string> acknowledged_;  // mutation ids
  std::set<std::string> records_;       // ids of the records they made or changed
  CrashPoints crashes_;
};

void ExpectAllKept(const CrashPoints::Options& options) {
  Life life(options);
  life.Run(kOperations);
  const CrashPoints& crashes = life.crashes();
  std::printf("%d operations, %lld syncs: %s\n", kOperations, static_cast<long long>(life.disk().syncs()),
              crashes.Summary().c_str());
  EXPECT_EQ(crashes.bad(), 0);
  EXPECT_EQ(crashes.operations(), life.disk().operations() - life.operations_before());
  EXPECT_EQ(crashes.crashes(), (crashes.operations() + options.every - 1) / options.every);
  EXPECT_GT(life.disk().syncs(), kOperations) << "a sync for each that was accepted, and those of syncs";
  EXPECT_GT(crashes.operations(), 5 * kOperations);
}

TEST(DeviceCrash, AtEveryWriteAndSyncNothingAcknowledgedIsLostWhenOnlyWhatWasSyncedStays) {
  ExpectAllKept({.every = EverySoMany(11)});
}

TEST(DeviceCrash, AtEveryWriteAndSyncNothingAcknowledgedIsLostWhicheverOtherWritesStay) {
  ExpectAllKept({.every = EverySoMany(13), .unsynced_may_stay = true});
}

// One sync of those whose path ends so is left out, the `number`th of the run.
void ExpectFound(const std::string& name, int number, int operations) {
  Life life({.every = 3, .tells = false});
  int left = number;
  int left_out = 0;
  life.disk().LeaveOutSyncs([&](std::string_view path) {
    if (!path.ends_with(name) || --left != 0) return false;
    ++left_out;
    return true;
  });
  life.Run(operations);
  std::printf("a sync of %s left out: %s\n", name.c_str(), life.crashes().Summary().c_str());
  EXPECT_EQ(left_out, 1);
  EXPECT_GT(life.crashes().bad(), 0) << "this test would not find a sync that is missing";
  EXPECT_GT(life.crashes().Count(Found::kAll), 0) << "before that sync nothing is wrong";
}

TEST(DeviceCrash, OneSyncOfTheLogThatIsLeftOutIsFound) { ExpectFound("replica.db-wal", 6, 16); }

// The one when the process begins again, after which the log begins anew.
TEST(DeviceCrash, OneSyncOfTheDatabaseThatIsLeftOutIsFound) { ExpectFound("replica.db", 1, kRestart + 4); }

}  // namespace
}  // namespace brug::sdk
