#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "tests/simulation/plants.h"
#include "tests/simulation/run.h"

namespace brug::simulation {
namespace {

// A folder of this process and test.
std::string OwnFolder() {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  const std::filesystem::path shared = "/dev/shm";
  const auto base = std::filesystem::exists(shared) ? shared : std::filesystem::temp_directory_path();
  return (base / ("brug-simulation-test-" + std::to_string(::getpid()) + "-" + test->name())).string();
}

Outcome Play(std::uint64_t seed, const std::string& plant = {}) {
  return simulation::Run(Draw(seed, {}), {.folder = OwnFolder(), .plant = plant});
}

TEST(Simulation, ASeedRunTwiceGivesTheSameTrace) {
  for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6}) {
    const Outcome first = Play(seed);
    EXPECT_GT(first.mutations, 0) << seed;
    EXPECT_EQ(first.trace_hash, Play(seed).trace_hash) << seed;
  }
  EXPECT_NE(Play(1).trace_hash, Play(2).trace_hash);
}

// A plan is played as it stands: what was left out does not happen.
TEST(Simulation, APlanWithoutStepsHasNoMutations) {
  Plan plan = Draw(1, {});
  plan.steps.clear();
  const Outcome outcome = simulation::Run(plan, {.folder = OwnFolder()});
  EXPECT_FALSE(outcome.violation) << outcome.violation->words;
  EXPECT_EQ(outcome.mutations, 0);
  EXPECT_EQ(outcome.faults, 0);
}

class Planted : public ::testing::TestWithParam<Plant> {};

TEST_P(Planted, IsFoundByTheInvariantThatItBreaks) {
  constexpr std::uint64_t kSeedsMax = 2'000;
  const Plant& plant = GetParam();
  for (std::uint64_t seed = 1; seed <= kSeedsMax; ++seed) {
    const Outcome planted = Play(seed, std::string(plant.name));
    // One that breaks more may be noticed by the rest of it first: then another seed shows it.
    if (!planted.violation || planted.violation->rule != plant.rule) continue;
    const Outcome clean = Play(seed);
    EXPECT_FALSE(clean.violation) << "seed " << seed << ": " << clean.violation->words;
    std::printf("%s: found by %s at seed %d\n", plant.name.data(), planted.violation->rule.c_str(),
                static_cast<int>(seed));
    return;
  }
  FAIL() << plant.name << " was not found";
}

INSTANTIATE_TEST_SUITE_P(Each, Planted, ::testing::ValuesIn(Plants().begin(), Plants().end()),
                         [](const auto& planted) {
                           std::string name;
                           bool upper = true;
                           for (const char c : planted.param.name) {
                             if (c != '-') name += upper ? static_cast<char>(std::toupper(c)) : c;
                             upper = c == '-';
                           }
                           return name;
                         });

// ---- The disk

class Disk : public ::testing::Test {
 protected:
  ~Disk() override { std::filesystem::remove_all(folder_); }

  sqlite3* Open() {
    sqlite3* connection = nullptr;
    EXPECT_EQ(sqlite3_open((folder_ + "/test.db").c_str(), &connection), SQLITE_OK);
    return connection;
  }
  static int Do(sqlite3* connection, const char* sql) {
    return sqlite3_exec(connection, sql, nullptr, nullptr, nullptr);
  }
  int Rows() {
    sqlite3* connection = Open();
    sqlite3_stmt* statement = nullptr;
    int rows = -1;
    if (sqlite3_prepare_v2(connection, "SELECT count(*) FROM t", -1, &statement, nullptr) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
      rows = sqlite3_column_int(statement, 0);
    }
    sqlite3_finalize(statement);
    sqlite3_close(connection);
    return rows;
  }

  const std::string folder_ = OwnFolder();
  SimulatedDisk disk_{folder_};
  Dice dice_{7};
};

TEST_F(Disk, KeepsInACrashWhatWasSyncedAndNothingElseForSure) {
  sqlite3* connection = Open();
  ASSERT_EQ(Do(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(a)"), SQLITE_OK);
  for (int i = 0; i < 20; ++i) ASSERT_EQ(Do(connection, "INSERT INTO t VALUES(1)"), SQLITE_OK);
  disk_.CutPower();
  sqlite3_close(connection);
  disk_.PowerOn(dice_);
  EXPECT_EQ(Rows(), 20);
}

TEST_F(Disk, LosesInACrashWhatWasNotSynced) {
  bool lost = false;
  for (int i = 0; i < 50 && !lost; ++i) {
    sqlite3* connection = Open();
    ASSERT_EQ(Do(connection,
                 "DROP TABLE IF EXISTS t; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                 "CREATE TABLE t(a); PRAGMA synchronous=OFF"),
              SQLITE_OK);
    for (int row = 0; row < 20; ++row) ASSERT_EQ(Do(connection, "INSERT INTO t VALUES(1)"), SQLITE_OK);
    disk_.CutPower();
    sqlite3_close(connection);
    disk_.PowerOn(dice_);
    lost = Rows() < 20;
  }
  EXPECT_TRUE(lost);
  EXPECT_GT(disk_.writes_lost(), 0);
}

TEST_F(Disk, FailsFromTheOperationOnAtWhichThePowerGoes) {
  sqlite3* connection = Open();
  ASSERT_EQ(Do(connection, "PRAGMA journal_mode=WAL; CREATE TABLE t(a)"), SQLITE_OK);
  disk_.CutPowerAfter(1);
  EXPECT_NE(Do(connection, "INSERT INTO t VALUES(1)"), SQLITE_OK);
  EXPECT_TRUE(disk_.off());
  EXPECT_NE(Do(connection, "INSERT INTO t VALUES(1)"), SQLITE_OK);
  sqlite3_close(connection);
  disk_.PowerOn(dice_);
  EXPECT_EQ(Rows(), 0);
}

TEST_F(Disk, IsAgainAsItWasCopied) {
  sqlite3* connection = Open();
  ASSERT_EQ(Do(connection, "CREATE TABLE t(a); INSERT INTO t VALUES(1)"), SQLITE_OK);
  const SimulatedDisk::Image image = disk_.Copy();
  ASSERT_EQ(Do(connection, "INSERT INTO t VALUES(2)"), SQLITE_OK);
  sqlite3_close(connection);
  EXPECT_EQ(Rows(), 2);
  disk_.Restore(image);
  EXPECT_EQ(Rows(), 1);
}

// Two connections see each other's locks, as those of SQLite's own files do.
TEST_F(Disk, LetsOneConnectionWriteAtATime) {
  sqlite3* first = Open();
  sqlite3* second = Open();
  ASSERT_EQ(Do(first, "PRAGMA journal_mode=WAL; CREATE TABLE t(a); BEGIN IMMEDIATE; INSERT INTO t VALUES(1)"),
            SQLITE_OK);
  EXPECT_EQ(Do(second, "BEGIN IMMEDIATE"), SQLITE_BUSY);
  ASSERT_EQ(Do(first, "COMMIT"), SQLITE_OK);
  EXPECT_EQ(Do(second, "BEGIN IMMEDIATE; INSERT INTO t VALUES(2); COMMIT"), SQLITE_OK);
  sqlite3_close(first);
  sqlite3_close(second);
  EXPECT_EQ(Rows(), 2);
}

}  // namespace
}  // namespace brug::simulation
