#include "tests/faults/crash_points.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace brug {
namespace {

constexpr std::array<const char*, kFoundCount> kNames = {"all",        "lost",         "half",
                                                         "not opened", "not going on", "died"};

}  // namespace

CrashPoints::CrashPoints(simulation::SimulatedDisk& disk, const Options& options)
    : disk_(disk), options_(options) {
  disk_.BeforeEach([this] { BeforeOperation(); });
}

CrashPoints::~CrashPoints() { disk_.BeforeEach({}); }

void CrashPoints::PowerOn() {
  if (!options_.unsynced_may_stay) return disk_.PowerOnWithoutUnsynced();
  simulation::Dice chance(static_cast<std::uint64_t>(operations_));
  disk_.PowerOn(chance);
}

void CrashPoints::End(Found found, const std::string& what) const {
  if (found != Found::kAll && options_.tells) {
    std::fprintf(stderr, "crash at operation %lld: %s: %s\n", static_cast<long long>(operations_),
                 kNames.at(static_cast<std::size_t>(found)), what.c_str());
  }
  std::fflush(nullptr);
  ::_exit(static_cast<int>(found));
}

std::string CrashPoints::Summary() const {
  std::string line =
      std::to_string(crashes_) + " crashes at " + std::to_string(operations_) + " operations, found:";
  for (std::size_t i = 0; i < kFoundCount; ++i)
    line += std::string(i == 0 ? " " : ", ") + kNames.at(i) + " " + std::to_string(counts_.at(i));
  return line;
}

void CrashPoints::BeforeOperation() {
  if (crashed_) return;
  const std::int64_t number = operations_++;
  if (number < options_.first || (number - options_.first) % options_.every != 0) return;
  const Found found = Crash();
  if (crashed_) return;
  ++crashes_;
  ++counts_.at(static_cast<std::size_t>(found));
}

Found CrashPoints::Crash() {
  // What is buffered would be written twice.
  std::fflush(nullptr);
  const pid_t copy = ::fork();
  if (copy < 0) std::abort();
  if (copy == 0) {
    crashed_ = true;
    disk_.CutPower();
    return Found::kAll;
  }
  int status = 0;
  if (::waitpid(copy, &status, 0) != copy) std::abort();
  if (!WIFEXITED(status) || WEXITSTATUS(status) >= static_cast<int>(kFoundCount)) return Found::kDied;
  return static_cast<Found>(WEXITSTATUS(status));
}

}  // namespace brug
