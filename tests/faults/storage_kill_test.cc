// A process that is killed while it writes loses nothing of what it acknowledged.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <random>
#include <string>

#include "service/storage_sqlite/sqlite_storage.h"
#include "tests/faults/storage_history.h"
#include "tests/support/temporary_folder.h"

namespace brug::storage {
namespace {

constexpr char kOrganisation[] = "0192d5a0-7c1e-7000-8000-000000000001";
constexpr int kKills = 25;

// What the child tells before and after each batch.
struct Message {
  std::int64_t batch = 0;
  bool acknowledged = false;
};

std::unique_ptr<SqliteStorage> Open(const std::string& folder) {
  // Short logs, so that kills hit checkpoints too.
  return *SqliteStorage::Open({.data_directory = folder, .log_pages_max = 30});
}

[[noreturn]] void WriteUntilKilled(const std::string& folder, std::int64_t batch, int pipe) {
  const auto tell = [pipe](const Message& message) {
    if (::write(pipe, &message, sizeof message) != sizeof message) ::_exit(2);
  };
  auto storage = Open(folder);
  OrganisationStore& store = **storage->OpenOrganisation(kOrganisation);
  for (;; ++batch) {
    tell({.batch = batch, .acknowledged = false});
    if (!StorageHistory::WriteBatch(store, batch).ok()) ::_exit(3);
    tell({.batch = batch, .acknowledged = true});
  }
}

// Reads messages until `messages_count` of them came, kills, and answers the last one that was told.
Message KillAfter(pid_t child, int pipe, int messages_count, int spins) {
  Message last;
  for (int i = 0; i < messages_count; ++i) EXPECT_EQ(::read(pipe, &last, sizeof last), ssize_t{sizeof last});
  for (std::atomic<int> spun = 0; spun < spins; ++spun) {
  }
  ::kill(child, SIGKILL);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "it ended by itself, with status " << status;
  for (Message message; ::read(pipe, &message, sizeof message) == sizeof message;) last = message;
  return last;
}

TEST(StorageKill, EveryAcknowledgedBatchIsThereAndNoneIsHalfThere) {
  const unsigned seed = std::random_device()();
  std::printf("seed %u\n", seed);
  std::minstd_rand random(seed);
  const TemporaryFolder folder;
  std::int64_t next = 1;
  int while_writing = 0;
  for (int kill = 0; kill < kKills; ++kill) {
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(pipe[0]);
      WriteUntilKilled(folder.path(), next, pipe[1]);
    }
    ::close(pipe[1]);
    // The last message read says that a batch begins; half of the kills come at once, half somewhat later.
    const int messages_count = 1 + 2 * static_cast<int>(random() % 30);
    const int spins = static_cast<int>(random() % (kill % 2 == 0 ? 2'000 : 200'000));
    const Message last = KillAfter(child, pipe[0], messages_count, spins);
    ::close(pipe[0]);
    const std::int64_t acknowledged = last.acknowledged ? last.batch : last.batch - 1;
    while_writing += last.acknowledged ? 0 : 1;

    auto storage = Open(folder.path());
    std::string wrong;
    const auto newest = StorageHistory::NewestBatch(**storage->OpenOrganisation(kOrganisation), &wrong);
    ASSERT_TRUE(newest.has_value()) << wrong << ", kill " << kill;
    ASSERT_GE(*newest, acknowledged) << "an acknowledged batch was lost, kill " << kill;
    ASSERT_LE(*newest, last.batch) << "kill " << kill;
    next = *newest + 1;
  }
  std::printf("%d of %d kills came while a batch was being written; %lld batches are there\n", while_writing,
              kKills, static_cast<long long>(next - 1));
  EXPECT_GT(while_writing, 0);
}

}  // namespace
}  // namespace brug::storage
