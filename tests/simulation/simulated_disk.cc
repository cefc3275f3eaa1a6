#include "tests/simulation/simulated_disk.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace brug::simulation {
namespace {

constexpr int kIndexLocks = 8;

std::map<std::string, SimulatedDisk*, std::less<>>& Disks() {
  static std::map<std::string, SimulatedDisk*, std::less<>> disks;
  return disks;
}

sqlite3_vfs* below = nullptr;

// An open file of the VFS: what SQLite needs, and what it stands for.
struct OpenFile {
  sqlite3_file base;
  SimulatedDisk* disk;
  std::shared_ptr<SimulatedDisk::File>* file;
  int lock;
  int index_held_shared;     // bits
  int index_held_exclusive;  // bits
};

OpenFile& Of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }
SimulatedDisk::File& Content(sqlite3_file* file) { return **Of(file).file; }

int Unlock(sqlite3_file* file, int level);

void DropIndexLocks(OpenFile& open) {
  SimulatedDisk::File& content = **open.file;
  for (int i = 0; i < kIndexLocks; ++i) {
    if ((open.index_held_shared >> i & 1) != 0) --content.index_shared[i];
    if ((open.index_held_exclusive >> i & 1) != 0) content.index_exclusive[i] = nullptr;
  }
  open.index_held_shared = open.index_held_exclusive = 0;
}

int Close(sqlite3_file* file) {
  Unlock(file, SQLITE_LOCK_NONE);
  OpenFile& open = Of(file);
  DropIndexLocks(open);
  --(*open.file)->open_count;
  delete open.file;
  open.file = nullptr;
  return SQLITE_OK;
}

int Read(sqlite3_file* file, void* to, int bytes, sqlite3_int64 at) {
  if (Of(file).disk->off()) return SQLITE_IOERR_READ;
  const std::string& now = Content(file).now;
  const auto from = static_cast<std::size_t>(at);
  const auto wanted = static_cast<std::size_t>(bytes);
  const std::size_t there = from >= now.size() ? 0 : std::min(wanted, now.size() - from);
  if (there > 0) std::memcpy(to, now.data() + from, there);
  if (there == wanted) return SQLITE_OK;
  std::memset(static_cast<char*>(to) + there, 0, wanted - there);
  return SQLITE_IOERR_SHORT_READ;
}

int Write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 at) {
  OpenFile& open = Of(file);
  if (!open.disk->Operate()) return SQLITE_IOERR_WRITE;
  if (open.disk->full()) return SQLITE_FULL;
  open.disk->Write(**open.file,
                   {.at = at, .bytes = {static_cast<const char*>(from), static_cast<std::size_t>(bytes)}});
  return SQLITE_OK;
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  OpenFile& open = Of(file);
  if (!open.disk->Operate()) return SQLITE_IOERR_TRUNCATE;
  open.disk->Write(**open.file, {.at = size, .truncates = true});
  return SQLITE_OK;
}

int Sync(sqlite3_file* file, int) {
  OpenFile& open = Of(file);
  if (!open.disk->Operate() || !open.disk->Sync(**open.file)) return SQLITE_IOERR_FSYNC;
  return SQLITE_OK;
}

int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(Content(file).now.size());
  return SQLITE_OK;
}

// As SQLite's own: shared by any number, reserved by one beside them, exclusive by one alone.
int Lock(sqlite3_file* file, int level) {
  OpenFile& open = Of(file);
  SimulatedDisk::File& content = **open.file;
  if (open.lock >= level) return SQLITE_OK;
  const auto others = [&](const void* holder) { return holder != nullptr && holder != file; };
  if (others(content.exclusive)) return SQLITE_BUSY;
  if (open.lock == SQLITE_LOCK_NONE) ++content.shared;
  open.lock = std::max(open.lock, SQLITE_LOCK_SHARED);
  if (level >= SQLITE_LOCK_RESERVED) {
    if (others(content.reserved)) return SQLITE_BUSY;
    content.reserved = file;
    open.lock = SQLITE_LOCK_RESERVED;
  }
  if (level == SQLITE_LOCK_EXCLUSIVE) {
    if (content.shared > 1) return SQLITE_BUSY;
    content.exclusive = file;
    open.lock = SQLITE_LOCK_EXCLUSIVE;
  }
  return SQLITE_OK;
}

int Unlock(sqlite3_file* file, int level) {
  OpenFile& open = Of(file);
  SimulatedDisk::File& content = **open.file;
  if (open.lock <= level) return SQLITE_OK;
  if (content.exclusive == file) content.exclusive = nullptr;
  if (content.reserved == file) content.reserved = nullptr;
  if (level == SQLITE_LOCK_NONE) --content.shared;
  open.lock = level;
  return SQLITE_OK;
}

int CheckReservedLock(sqlite3_file* file, int* held) {
  *held = Content(file).reserved != nullptr ? 1 : 0;
  return SQLITE_OK;
}

int FileControl(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int SectorSize(sqlite3_file*) { return 4096; }
int Characteristics(sqlite3_file*) { return SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN; }

int ShmMap(sqlite3_file* file, int page, int bytes, int extend, void volatile** memory) {
  auto& index = Content(file).index;
  while (extend != 0 && std::cmp_less_equal(index.size(), page)) {
    index.push_back(std::make_unique<char[]>(static_cast<std::size_t>(bytes)));
  }
  *memory = std::cmp_less(page, index.size()) ? index[static_cast<std::size_t>(page)].get() : nullptr;
  return SQLITE_OK;
}

bool MayLock(const OpenFile& open, int i, bool exclusive) {
  const SimulatedDisk::File& content = **open.file;
  if (content.index_exclusive[i] != nullptr && content.index_exclusive[i] != &open) return false;
  const int own = open.index_held_shared >> i & 1;
  return !exclusive || content.index_shared[i] == own;
}

int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
  OpenFile& open = Of(file);
  SimulatedDisk::File& content = **open.file;
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  if ((flags & SQLITE_SHM_LOCK) != 0) {
    for (int i = offset; i < offset + count; ++i) {
      if (!MayLock(open, i, exclusive)) return SQLITE_BUSY;
    }
  }
  for (int i = offset; i < offset + count; ++i) {
    const int bit = 1 << i;
    if ((flags & SQLITE_SHM_LOCK) == 0) {
      if (exclusive && content.index_exclusive[i] == &open) content.index_exclusive[i] = nullptr;
      if (!exclusive && (open.index_held_shared & bit) != 0) --content.index_shared[i];
      (exclusive ? open.index_held_exclusive : open.index_held_shared) &= ~bit;
    } else if (exclusive) {
      content.index_exclusive[i] = &open;
      open.index_held_exclusive |= bit;
    } else if ((open.index_held_shared & bit) == 0) {
      ++content.index_shared[i];
      open.index_held_shared |= bit;
    }
  }
  return SQLITE_OK;
}

void ShmBarrier(sqlite3_file*) {}

int ShmUnmap(sqlite3_file* file, int delete_it) {
  DropIndexLocks(Of(file));
  if (delete_it != 0) Content(file).index.clear();
  return SQLITE_OK;
}

constexpr sqlite3_io_methods kMethods = {2,
                                         Close,
                                         Read,
                                         Write,
                                         Truncate,
                                         Sync,
                                         FileSize,
                                         Lock,
                                         Unlock,
                                         CheckReservedLock,
                                         FileControl,
                                         SectorSize,
                                         Characteristics,
                                         ShmMap,
                                         ShmLock,
                                         ShmBarrier,
                                         ShmUnmap,
                                         nullptr,
                                         nullptr};

int OpenVfs(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  SimulatedDisk* const disk = name == nullptr ? nullptr : SimulatedDisk::Of(name);
  if (disk == nullptr) return below->xOpen(below, name, file, flags, flags_out);
  file->pMethods = nullptr;
  if (disk->off()) return SQLITE_CANTOPEN;
  auto content = disk->Open(name, (flags & SQLITE_OPEN_CREATE) != 0 || (flags & SQLITE_OPEN_READWRITE) != 0);
  if (content == nullptr) return SQLITE_CANTOPEN;
  OpenFile& open = Of(file);
  open.disk = disk;
  open.lock = SQLITE_LOCK_NONE;
  open.index_held_shared = open.index_held_exclusive = 0;
  ++content->open_count;
  open.file = new std::shared_ptr<SimulatedDisk::File>(std::move(content));
  open.base.pMethods = &kMethods;
  if (flags_out != nullptr) *flags_out = flags;
  return SQLITE_OK;
}

int DeleteVfs(sqlite3_vfs*, const char* name, int sync_folder) {
  SimulatedDisk* const disk = SimulatedDisk::Of(name);
  if (disk == nullptr) return below->xDelete(below, name, sync_folder);
  if (!disk->Operate()) return SQLITE_IOERR_DELETE;
  if (!disk->Exists(name)) return SQLITE_IOERR_DELETE_NOENT;
  disk->Delete(name);
  return SQLITE_OK;
}

int AccessVfs(sqlite3_vfs*, const char* name, int flags, int* result) {
  const SimulatedDisk* const disk = SimulatedDisk::Of(name);
  if (disk == nullptr) return below->xAccess(below, name, flags, result);
  *result = disk->Exists(name) ? 1 : 0;
  return SQLITE_OK;
}

// SQLite draws the salts of its logs from here, once for the process.
int RandomnessVfs(sqlite3_vfs*, int bytes, char* out) {
  Dice dice(1);
  dice.Fill({reinterpret_cast<std::uint8_t*>(out), static_cast<std::size_t>(bytes)});
  return bytes;
}

// SQLite's own VFS looks only at its own pAppData and szOsFile, never at the pointer it is called with.
void Register() {
  static sqlite3_vfs vfs;
  if (below != nullptr) return;
  below = sqlite3_vfs_find(nullptr);
  vfs = *below;
  vfs.zName = kSimulatedVfs;
  vfs.szOsFile = std::max(static_cast<int>(sizeof(OpenFile)), below->szOsFile);
  vfs.xOpen = OpenVfs;
  vfs.xDelete = DeleteVfs;
  vfs.xAccess = AccessVfs;
  vfs.xRandomness = RandomnessVfs;
  if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK) std::abort();
}

}  // namespace

SimulatedDisk::SimulatedDisk(std::string folder) : folder_(std::move(folder)) {
  Register();
  Disks()[folder_ + "/"] = this;
}

SimulatedDisk::~SimulatedDisk() { Disks().erase(folder_ + "/"); }

void SimulatedDisk::CutPowerAfter(std::int64_t operations) { operations_left_ = operations; }

void SimulatedDisk::PowerOn(Dice& chance) {
  for (auto& [path, file] : files_) {
    // Half of the time a cache that kept its order; half of the time one that did not.
    const bool in_order = chance.OneIn(2);
    const std::uint64_t kept = chance.Below(file->unsynced.size() + 1);
    std::uint64_t number = 0;
    for (Change& change : file->unsynced) {
      const bool whole = in_order ? number < kept : chance.OneIn(2);
      const bool torn = !whole && !change.truncates && (!in_order || number == kept) && chance.OneIn(2);
      if (!whole) ++writes_lost_;
      // A sector of 512 bytes is written or not.
      if (torn) change.bytes.resize(chance.Below(change.bytes.size() / 512 + 1) * 512);
      if (whole || torn) Apply(file->durable, change);
      ++number;
    }
  }
  ComeBack();
}

void SimulatedDisk::PowerOnWithoutUnsynced() {
  for (auto& [path, file] : files_) writes_lost_ += static_cast<std::int64_t>(file->unsynced.size());
  ComeBack();
}

void SimulatedDisk::ComeBack() {
  for (auto& [path, file] : files_) {
    if (file->open_count != 0) std::abort();
    file->unsynced.clear();
    file->now = file->durable;
    file->index.clear();
  }
  off_ = false;
  operations_left_ = -1;
}

SimulatedDisk::Image SimulatedDisk::Copy() const {
  Image image;
  for (const auto& [path, file] : files_) image[path] = file->now;
  return image;
}

void SimulatedDisk::Restore(const Image& image) {
  files_.clear();
  for (const auto& [path, content] : image) {
    files_[path] = std::make_shared<File>(File{.path = path, .now = content, .durable = content});
  }
  off_ = false;
  operations_left_ = -1;
}

bool SimulatedDisk::Holds(std::string_view bytes) const {
  return std::any_of(files_.begin(), files_.end(),
                     [&](const auto& entry) { return entry.second->now.find(bytes) != std::string::npos; });
}

SimulatedDisk* SimulatedDisk::Of(std::string_view path) {
  auto& disks = Disks();
  auto at = disks.upper_bound(path);
  if (at == disks.begin()) return nullptr;
  --at;
  return path.starts_with(at->first) ? at->second : nullptr;
}

std::shared_ptr<SimulatedDisk::File> SimulatedDisk::Open(const std::string& path, bool create) {
  const auto found = files_.find(path);
  if (found != files_.end()) return found->second;
  if (!create) return nullptr;
  return files_[path] = std::make_shared<File>(File{.path = path});
}

void SimulatedDisk::Damage() {
  constexpr std::size_t kPageBytes = 4096;
  for (auto& [path, file] : files_) {
    const std::size_t page = file->now.size() / kPageBytes / 2 * kPageBytes;
    for (std::string* content : {&file->now, &file->durable}) {
      if (page + kPageBytes <= content->size()) content->replace(page, kPageBytes, kPageBytes, '\0');
    }
  }
}

bool SimulatedDisk::Operate() {
  if (before_each_ && !off_) before_each_();
  if (off_) return false;
  ++operations_;
  if (operations_left_ < 0) return true;
  off_ = operations_left_-- == 0;
  return !off_;
}

bool SimulatedDisk::Sync(File& file) {
  ++syncs_;
  if (left_out_ && left_out_(file.path)) return true;
  for (const Change& change : file.unsynced) Apply(file.durable, change);
  file.unsynced.clear();
  return true;
}

void SimulatedDisk::Write(File& file, Change change) {
  Apply(file.now, change);
  file.unsynced.push_back(std::move(change));
}

void SimulatedDisk::Apply(std::string& content, const Change& change) {
  const auto at = static_cast<std::size_t>(change.at);
  if (change.truncates) {
    if (at < content.size()) content.resize(at);
    return;
  }
  if (content.size() < at + change.bytes.size()) content.resize(at + change.bytes.size());
  std::memcpy(content.data() + at, change.bytes.data(), change.bytes.size());
}

}  // namespace brug::simulation
