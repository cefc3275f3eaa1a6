#include "service/storage_sqlite/data_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "service/storage_sqlite/files.h"
#include "service/storage_sqlite/restore.h"

namespace brug::storage {
namespace {

constexpr std::size_t kOrganisationIdBytesMax = 64;

platform::Failure Unavailable(std::string log_detail) {
  return {.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE,
          .retry_delay_ms = 5'000,
          .log_detail = std::move(log_detail)};
}

platform::Result<void> MakeFolderDurably(const std::string& path) {
  if (auto made = MakeFolder(path); !made.ok()) return made;
  return SyncFolder(ParentOf(path));
}

// Who holds the lock, as they wrote it there.
std::string HolderOf(int lock) {
  char text[32] = {};
  const ssize_t bytes = ::pread(lock, text, sizeof text - 1, 0);
  return bytes > 0 ? "process " + std::string(text, text + bytes) : "another process";
}

bool WriteHolder(int lock) {
  const std::string text = std::to_string(::getpid());
  return ::ftruncate(lock, 0) == 0 && ::pwrite(lock, text.data(), text.size(), 0) == std::ssize(text);
}

bool IsOfAFileName(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

}  // namespace

platform::Result<std::unique_ptr<DataDirectory>> DataDirectory::Open(const std::string& path) {
  if (auto made = MakeFolderDurably(path); !made.ok()) return made.failure();
  const std::string lock_path = path + "/lock";
  const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return SystemFailure(lock_path, "cannot open the lock");
  std::unique_ptr<DataDirectory> directory(new DataDirectory(path, lock));
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return SystemFailure(lock_path, "cannot take the lock");
    return Unavailable(path + ": in use by " + HolderOf(lock) + "; stop brugd first if that is who has it");
  }
  if (!WriteHolder(lock)) return SystemFailure(lock_path, "cannot write");
  if (auto finished = FinishRestore(path); !finished.ok()) return finished.failure();
  if (auto made = MakeFolderDurably(path + "/organisations"); !made.ok()) return made.failure();
  return directory;
}

DataDirectory::~DataDirectory() { ::close(lock_); }

platform::Result<std::string> DataDirectory::OrganisationPath(std::string_view organisation_id) const {
  if (organisation_id.empty() || organisation_id.size() > kOrganisationIdBytesMax ||
      !std::all_of(organisation_id.begin(), organisation_id.end(), IsOfAFileName)) {
    return platform::Failure{.reason = v1::ERROR_REASON_INTERNAL,
                             .log_detail = "an organisation id that makes no file name"};
  }
  return path_ + "/organisations/" + std::string(organisation_id) + ".db";
}

bool DataDirectory::HasOrganisationFiles() const {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(path_ + "/organisations", error), end;
       !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".db") return true;
  }
  return false;
}

platform::Result<void> DataDirectory::SyncNames() const {
  if (auto synced = SyncFolder(path_); !synced.ok()) return synced;
  return SyncFolder(path_ + "/organisations");
}

std::int64_t DataDirectory::FreeBytes() const { return FreeBytesIn(path_); }

}  // namespace brug::storage
