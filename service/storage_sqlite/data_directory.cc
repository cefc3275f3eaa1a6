#include "service/storage_sqlite/data_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace brug::storage {
namespace {

constexpr std::size_t kOrganisationIdBytesMax = 64;

platform::Failure Unavailable(std::string log_detail) {
  return {.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE,
          .retry_delay_ms = 5'000,
          .log_detail = std::move(log_detail)};
}

platform::Failure SystemFailure(const std::string& path, const char* what) {
  return Unavailable(path + ": " + what + ": " + std::generic_category().message(errno));
}

platform::Result<void> MakeFolder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return SystemFailure(path, "cannot make the folder");
}

platform::Result<void> SyncFolder(const std::string& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return SystemFailure(path, "cannot open the folder");
  platform::Result<void> synced;
  if (::fsync(folder) != 0) synced = SystemFailure(path, "cannot sync the folder");
  ::close(folder);
  return synced;
}

std::string ParentOf(const std::string& path) {
  const auto slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
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
  for (const std::string& folder : {path, path + "/organisations"}) {
    if (auto made = MakeFolder(folder); !made.ok()) return made.failure();
    if (auto synced = SyncFolder(ParentOf(folder)); !synced.ok()) return synced.failure();
  }
  const std::string lock_path = path + "/lock";
  const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return SystemFailure(lock_path, "cannot open the lock");
  std::unique_ptr<DataDirectory> directory(new DataDirectory(path, lock));
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return SystemFailure(lock_path, "cannot take the lock");
    return Unavailable(path + ": in use by " + HolderOf(lock));
  }
  if (!WriteHolder(lock)) return SystemFailure(lock_path, "cannot write");
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

platform::Result<void> DataDirectory::SyncNames() const {
  if (auto synced = SyncFolder(path_); !synced.ok()) return synced;
  return SyncFolder(path_ + "/organisations");
}

std::int64_t DataDirectory::FreeBytes() const {
  struct statvfs state = {};
  if (::statvfs(path_.c_str(), &state) != 0) return 0;
  return static_cast<std::int64_t>(state.f_bavail) * static_cast<std::int64_t>(state.f_frsize);
}

}  // namespace brug::storage
