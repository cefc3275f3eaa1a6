#include "service/storage_sqlite/files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "proto/crypto/bytes.h"
#include "proto/crypto/hash.h"

namespace brug::storage {
namespace {

using platform::Result;

constexpr std::int64_t kWholeBytesMax = 64 << 20;

// A file that is open; closed with it.
class OpenFile {
 public:
  OpenFile(const std::string& path, int flags) : file_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~OpenFile() {
    if (file_ >= 0) ::close(file_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  [[nodiscard]] bool ok() const { return file_ >= 0; }
  [[nodiscard]] int get() const { return file_; }

 private:
  int file_;
};

bool WriteAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

Result<void> WriteWith(const std::string& path, int flags, std::string_view content) {
  const OpenFile file(path, flags);
  if (!file.ok()) return SystemFailure(path, "cannot open");
  if (!WriteAll(file.get(), content)) return SystemFailure(path, "cannot write");
  if (::fsync(file.get()) != 0) return SystemFailure(path, "cannot sync");
  return {};
}

// A file's bytes, without reading them all at once.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path) {
    const OpenFile file(path, O_RDONLY);
    struct stat state = {};
    if (!file.ok() || ::fstat(file.get(), &state) != 0) return;
    bytes_ = static_cast<std::size_t>(state.st_size);
    ok_ = bytes_ == 0;
    if (ok_) return;
    data_ = ::mmap(nullptr, bytes_, PROT_READ, MAP_PRIVATE, file.get(), 0);
    ok_ = data_ != MAP_FAILED;
  }
  ~MappedFile() {
    if (ok_ && bytes_ > 0) ::munmap(data_, bytes_);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::string_view view() const { return {static_cast<const char*>(data_), bytes_}; }

 private:
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
  bool ok_ = false;
};

}  // namespace

platform::Failure SystemFailure(const std::string& path, std::string_view what) {
  return {.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE,
          .retry_delay_ms = 5'000,
          .log_detail = path + ": " + std::string(what) + ": " + std::generic_category().message(errno)};
}

std::string ParentOf(const std::string& path) {
  const auto slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool Exists(const std::string& path) {
  struct stat state = {};
  return ::lstat(path.c_str(), &state) == 0;
}

std::int64_t BytesOf(const std::string& path) {
  struct stat state = {};
  return ::stat(path.c_str(), &state) == 0 ? state.st_size : 0;
}

std::int64_t FreeBytesIn(const std::string& folder) {
  struct statvfs state = {};
  if (::statvfs(folder.c_str(), &state) != 0) return 0;
  return static_cast<std::int64_t>(state.f_bavail) * static_cast<std::int64_t>(state.f_frsize);
}

Result<void> MakeFolder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return SystemFailure(path, "cannot make the folder");
}

Result<void> SyncFolder(const std::string& path) {
  const OpenFile folder(path, O_RDONLY | O_DIRECTORY);
  if (!folder.ok()) return SystemFailure(path, "cannot open the folder");
  if (::fsync(folder.get()) != 0) return SystemFailure(path, "cannot sync the folder");
  return {};
}

Result<void> SyncFile(const std::string& path) {
  const OpenFile file(path, O_RDONLY);
  if (!file.ok()) return SystemFailure(path, "cannot open");
  if (::fsync(file.get()) != 0) return SystemFailure(path, "cannot sync");
  return {};
}

Result<std::string> ReadWhole(const std::string& path) {
  const OpenFile file(path, O_RDONLY);
  if (!file.ok()) return SystemFailure(path, "cannot open");
  std::string content;
  char buffer[65'536];
  while (true) {
    const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return SystemFailure(path, "cannot read");
    if (count == 0) return content;
    content.append(buffer, static_cast<std::size_t>(count));
    if (std::ssize(content) <= kWholeBytesMax) continue;
    return platform::Failure{.log_detail = path + ": it is larger than 64 MiB"};
  }
}

Result<void> WriteWhole(const std::string& path, std::string_view content) {
  return WriteWith(path, O_WRONLY | O_CREAT | O_TRUNC, content);
}

Result<void> AppendTo(const std::string& path, std::string_view content) {
  return WriteWith(path, O_WRONLY | O_CREAT | O_APPEND, content);
}

Result<void> CopyFile(const std::string& from, const std::string& to) {
  const MappedFile content(from);
  if (!content.ok()) return SystemFailure(from, "cannot read");
  return WriteWith(to, O_WRONLY | O_CREAT | O_EXCL, content.view());
}

Result<void> RemoveAll(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (!error) return {};
  errno = error.value();
  return SystemFailure(path, "cannot remove");
}

Result<void> Rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) return {};
  return SystemFailure(to, "cannot get its name");
}

Result<void> RenameToNew(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  if (errno != EINVAL && errno != ENOSYS) return SystemFailure(to, "cannot get its name");
  // A file system that cannot promise it: look first.
  if (!Exists(to)) return Rename(from, to);
  errno = EEXIST;
  return SystemFailure(to, "cannot get its name");
}

Result<std::string> Sha256Of(const std::string& path) {
  const MappedFile content(path);
  if (!content.ok()) return SystemFailure(path, "cannot read");
  return crypto::HexEncode(crypto::Sha256(content.view()));
}

}  // namespace brug::storage
