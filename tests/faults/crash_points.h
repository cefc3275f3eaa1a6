#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "tests/simulation/simulated_disk.h"

namespace brug {

// What was found after a crash.
enum class Found {
  kAll,         // all that was acknowledged, nothing half, and it goes on
  kLost,        // something that was acknowledged is not there
  kHalf,        // something is there in part, or twice
  kNotOpened,   // the files do not open
  kNotGoingOn,  // they open, and then something fails
  kDied,        // the process ended by itself
};
inline constexpr std::size_t kFoundCount = 6;

// Crashes a run at the operations of a disk: at each write, sync, truncation and deletion.
//
// Right before the operation the process is copied (fork). In the copy the power goes at that very operation:
// the run there notices by crashed(), brings the power back, looks at what is left, and ends with End(). The
// original waits for that, and then the operation takes place as if nothing had been. So one run is crashed
// at every place of that same run.
//
//   crashes = (operations since the beginning - first) / every, and each of them was judged
//
// The process has one thread. What it holds outside the disk (locks on real files) the original holds on.
class CrashPoints {
 public:
  struct Options {
    // The place of the first crash, and how many operations lie between two.
    std::int64_t first = 0;
    std::int64_t every = 1;
    // What is left of writes that were not synced: none of them, or any of them, each whole or in part.
    bool unsynced_may_stay = false;
    // Whether what is found is told where it is anything but kAll.
    bool tells = true;
  };
  CrashPoints(simulation::SimulatedDisk& disk, const Options& options);
  ~CrashPoints();
  CrashPoints(const CrashPoints&) = delete;
  CrashPoints& operator=(const CrashPoints&) = delete;

  // ---- In the copy

  [[nodiscard]] bool crashed() const { return crashed_; }
  // Brings the power back. Nobody may have a file open.
  void PowerOn();
  [[noreturn]] void End(Found found, const std::string& what) const;

  // ---- In the original

  [[nodiscard]] std::int64_t operations() const { return operations_; }
  [[nodiscard]] std::int64_t crashes() const { return crashes_; }
  [[nodiscard]] std::int64_t Count(Found found) const { return counts_.at(static_cast<std::size_t>(found)); }
  // Crashes after which anything but kAll was found.
  [[nodiscard]] std::int64_t bad() const { return crashes_ - Count(Found::kAll); }
  // One line with all counts.
  [[nodiscard]] std::string Summary() const;

 private:
  void BeforeOperation();
  Found Crash();

  simulation::SimulatedDisk& disk_;
  const Options options_;
  bool crashed_ = false;
  std::int64_t operations_ = 0;
  std::int64_t crashes_ = 0;
  std::array<std::int64_t, kFoundCount> counts_ = {};
};

}  // namespace brug
