#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/simulation/dice.h"

namespace brug::simulation {

// A disk of one machine, in memory, as SQLite sees it.
//
//   what a crash leaves of a file = what was synced + any of the writes since, each whole or in part
//
// Files are those under one folder of the process; the folder itself is a real one, for lock files are real.
// Thread safety: one thread for all disks together.
class SimulatedDisk {
 public:
  // Takes over all SQLite files under `folder`. The folder must be no other disk's, nor inside one.
  explicit SimulatedDisk(std::string folder);
  ~SimulatedDisk();
  SimulatedDisk(const SimulatedDisk&) = delete;
  SimulatedDisk& operator=(const SimulatedDisk&) = delete;

  // After so many more writes, syncs, truncations and deletions the power goes: that one and all after it
  // fail, until PowerOn(). 0 is the next one.
  void CutPowerAfter(std::int64_t operations);
  void KeepPower() { operations_left_ = -1; }
  // The power goes at once.
  void CutPower() { off_ = true; }
  [[nodiscard]] bool off() const { return off_; }
  // While it is full nothing can be written.
  void SetFull(bool full) { full_ = full; }
  // Zeroes in the place of a page in the middle of each file.
  void Damage();
  // What the crash left; nobody may have a file open. `chance` says what became of each write that was not
  // synced.
  void PowerOn(Dice& chance);
  // The same when the crash left nothing that was not synced.
  void PowerOnWithoutUnsynced();

  // Called before each write, sync, truncation and deletion; the power may be cut there, which is right
  // before that one takes place. None for an empty function.
  void BeforeEach(std::function<void()> look) { before_each_ = std::move(look); }
  // Syncs of the files for which this says true seem done and are not: for tests that are to find it.
  void LeaveOutSyncs(std::function<bool(std::string_view path)> left_out) { left_out_ = std::move(left_out); }

  // All files as they would be after a clean end now: to be put back later by Restore. Nobody may have a file
  // open at Restore.
  using Image = std::map<std::string, std::string>;
  [[nodiscard]] Image Copy() const;
  void Restore(const Image& image);
  // Whether any file holds these bytes.
  [[nodiscard]] bool Holds(std::string_view bytes) const;

  // Writes, syncs, truncations and deletions so far.
  [[nodiscard]] std::int64_t operations() const { return operations_; }
  [[nodiscard]] std::int64_t syncs() const { return syncs_; }
  // Writes that a crash dropped, or cut short.
  [[nodiscard]] std::int64_t writes_lost() const { return writes_lost_; }

  // ---- For the VFS

  struct Change {
    std::int64_t at = 0;
    std::string bytes = {};
    bool truncates = false;
  };
  struct File {
    std::string path;
    std::string now = {};      // as the process reads it
    std::string durable = {};  // as of the last sync
    std::vector<Change> unsynced = {};
    // Locks, as SQLite's own VFS would hold them for the connections of one process.
    int shared = 0;
    const void* reserved = nullptr;
    const void* exclusive = nullptr;
    // The log's index, shared by the connections.
    std::vector<std::unique_ptr<char[]>> index = {};
    int index_shared[8] = {};
    const void* index_exclusive[8] = {};
    int open_count = 0;
  };
  [[nodiscard]] static SimulatedDisk* Of(std::string_view path);
  [[nodiscard]] std::shared_ptr<File> Open(const std::string& path, bool create);
  [[nodiscard]] bool Exists(const std::string& path) const { return files_.contains(path); }
  // Whether the operation takes place.
  [[nodiscard]] bool Operate();
  [[nodiscard]] bool Sync(File& file);
  [[nodiscard]] bool full() const { return full_; }
  void Write(File& file, Change change);
  void Delete(const std::string& path) { files_.erase(path); }

 private:
  static void Apply(std::string& content, const Change& change);
  void ComeBack();

  const std::string folder_;
  std::map<std::string, std::shared_ptr<File>> files_;
  std::function<void()> before_each_;
  std::function<bool(std::string_view path)> left_out_;
  bool off_ = false;
  bool full_ = false;
  std::int64_t operations_left_ = -1;
  std::int64_t operations_ = 0;
  std::int64_t syncs_ = 0;
  std::int64_t writes_lost_ = 0;
};

// The VFS is SQLite's default from the first disk on; what is on no disk goes to SQLite's own.
inline constexpr char kSimulatedVfs[] = "simulated";

}  // namespace brug::simulation
