#pragma once

#include <atomic>
#include <cstdint>
#include <limits>

namespace brug {

// What goes wrong in the files of the SQLite VFS "faults", which is SQLite's own but for that. For all its
// files at once; any thread. A test sets what it wants and ends with Reset().
struct FileFaults {
  // Every read fails with SQLITE_IOERR_READ.
  std::atomic<bool> reads_fail = false;
  // Every write, sync and truncation fails, with SQLITE_IOERR_….
  std::atomic<bool> writes_fail = false;
  // Every sync fails with SQLITE_IOERR_FSYNC.
  std::atomic<bool> syncs_fail = false;
  // Every write and sync of a database itself fails, of its log none: what a checkpoint meets.
  std::atomic<bool> checkpoints_fail = false;
  // So many more bytes may be written; then SQLITE_FULL, as on a full disk.
  std::atomic<std::int64_t> bytes_left = std::numeric_limits<std::int64_t>::max();
  // The operation with this number, counted from 1, fails with SQLITE_IOERR; none when 0.
  std::atomic<std::int64_t> failing_operation = 0;
  // Every operation after that one fails too.
  std::atomic<bool> stays_broken = false;

  // Reads, writes, syncs, truncations, openings and deletions since Reset(), those that failed too.
  std::atomic<std::int64_t> operations = 0;
  std::atomic<std::int64_t> syncs = 0;
  // Operations that were made to fail since Reset().
  std::atomic<std::int64_t> failures = 0;

  void Reset();
};

// The faults of the VFS, which is registered with SQLite at the first call.
FileFaults& FaultVfs();
inline constexpr char kFaultVfs[] = "faults";

}  // namespace brug
