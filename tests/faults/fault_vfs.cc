#include "tests/faults/fault_vfs.h"

#include <sqlite3.h>

#include <cstdlib>
#include <new>

namespace brug {
namespace {

FileFaults faults;
sqlite3_vfs* below = nullptr;

// A file of the VFS: what SQLite needs, and SQLite's own file right behind it.
struct FaultFile {
  sqlite3_file base;
  sqlite3_file* real;
  bool is_database;
};

sqlite3_file* Real(sqlite3_file* file) { return reinterpret_cast<FaultFile*>(file)->real; }

bool CheckpointFails(sqlite3_file* file) {
  return faults.checkpoints_fail && reinterpret_cast<FaultFile*>(file)->is_database;
}

// Counts an operation, and says whether it is to fail.
bool Fails(bool kind_fails) {
  const std::int64_t number = ++faults.operations;
  const std::int64_t failing = faults.failing_operation;
  const bool counted = failing != 0 && (faults.stays_broken ? number >= failing : number == failing);
  if (kind_fails || counted) ++faults.failures;
  return kind_fails || counted;
}

int Close(sqlite3_file* file) { return Real(file)->pMethods->xClose(Real(file)); }

int Read(sqlite3_file* file, void* to, int bytes, sqlite3_int64 at) {
  if (Fails(faults.reads_fail)) return SQLITE_IOERR_READ;
  return Real(file)->pMethods->xRead(Real(file), to, bytes, at);
}

int Write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 at) {
  if (Fails(faults.writes_fail || CheckpointFails(file))) return SQLITE_IOERR_WRITE;
  if (faults.bytes_left < bytes) {
    ++faults.failures;
    return SQLITE_FULL;
  }
  faults.bytes_left -= bytes;
  return Real(file)->pMethods->xWrite(Real(file), from, bytes, at);
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (Fails(faults.writes_fail)) return SQLITE_IOERR_TRUNCATE;
  return Real(file)->pMethods->xTruncate(Real(file), size);
}

int Sync(sqlite3_file* file, int flags) {
  ++faults.syncs;
  if (Fails(faults.writes_fail || faults.syncs_fail || CheckpointFails(file))) return SQLITE_IOERR_FSYNC;
  return Real(file)->pMethods->xSync(Real(file), flags);
}

int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  return Real(file)->pMethods->xFileSize(Real(file), size);
}
int Lock(sqlite3_file* file, int level) { return Real(file)->pMethods->xLock(Real(file), level); }
int Unlock(sqlite3_file* file, int level) { return Real(file)->pMethods->xUnlock(Real(file), level); }
int CheckReservedLock(sqlite3_file* file, int* held) {
  return Real(file)->pMethods->xCheckReservedLock(Real(file), held);
}
int FileControl(sqlite3_file* file, int operation, void* argument) {
  return Real(file)->pMethods->xFileControl(Real(file), operation, argument);
}
int SectorSize(sqlite3_file* file) { return Real(file)->pMethods->xSectorSize(Real(file)); }
int Characteristics(sqlite3_file* file) { return Real(file)->pMethods->xDeviceCharacteristics(Real(file)); }
int ShmMap(sqlite3_file* file, int page, int bytes, int extend, void volatile** memory) {
  return Real(file)->pMethods->xShmMap(Real(file), page, bytes, extend, memory);
}
int ShmLock(sqlite3_file* file, int offset, int n, int flags) {
  return Real(file)->pMethods->xShmLock(Real(file), offset, n, flags);
}
void ShmBarrier(sqlite3_file* file) { Real(file)->pMethods->xShmBarrier(Real(file)); }
int ShmUnmap(sqlite3_file* file, int delete_it) {
  return Real(file)->pMethods->xShmUnmap(Real(file), delete_it);
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

int Open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  auto* const made = reinterpret_cast<FaultFile*>(file);
  made->base.pMethods = nullptr;
  made->real = reinterpret_cast<sqlite3_file*>(made + 1);
  made->is_database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
  if (Fails(false)) return SQLITE_CANTOPEN;
  const int code = below->xOpen(below, name, made->real, flags, flags_out);
  if (made->real->pMethods != nullptr) made->base.pMethods = &kMethods;
  return code;
}

int Delete(sqlite3_vfs*, const char* name, int sync_folder) {
  if (Fails(faults.writes_fail)) return SQLITE_IOERR_DELETE;
  return below->xDelete(below, name, sync_folder);
}

// SQLite's own VFS looks only at its own pAppData and szOsFile, never at the pointer it is called with.
bool Register() {
  static sqlite3_vfs vfs;
  below = sqlite3_vfs_find(nullptr);
  vfs = *below;
  vfs.zName = kFaultVfs;
  vfs.szOsFile = static_cast<int>(sizeof(FaultFile)) + below->szOsFile;
  vfs.xOpen = Open;
  vfs.xDelete = Delete;
  return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK;
}

}  // namespace

void FileFaults::Reset() {
  reads_fail = writes_fail = syncs_fail = checkpoints_fail = stays_broken = false;
  bytes_left = std::numeric_limits<std::int64_t>::max();
  failing_operation = operations = syncs = failures = 0;
}

FileFaults& FaultVfs() {
  static const bool registered = Register();
  if (!registered) std::abort();
  return faults;
}

}  // namespace brug
