#include "service/storage_sqlite/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "proto/crypto/bytes.h"
#include "proto/crypto/hash_of_parts.h"

namespace brug::storage {
namespace {

using platform::Result;

constexpr std::int64_t kWholeBytesMax = 64 << 20;
constexpr std::size_t kBlockBytes = 256 * 1024;

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

// Gives `take` the file's bytes block by block, until it says false. By read(), for a page that cannot be
// read of a mapped file ends the process.
template <typename Take>
Result<void> ReadBlocks(const std::string& path, Take take) {
  const OpenFile file(path, O_RDONLY);
  if (!file.ok()) return SystemFailure(path, "cannot open");
  std::string buffer(kBlockBytes, '\0');
  while (true) {
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return SystemFailure(path, "cannot read");
    if (count == 0 || !take(std::string_view(buffer).substr(0, static_cast<std::size_t>(count)))) return {};
  }
}

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
  std::string content;
  auto read = ReadBlocks(path, [&](std::string_view block) {
    content += block;
    return std::ssize(content) <= kWholeBytesMax;
  });
  if (!read.ok()) return read.failure();
  if (std::ssize(content) <= kWholeBytesMax) return content;
  return platform::Failure{.log_detail = path + ": it is larger than 64 MiB"};
}

Result<void> WriteWhole(const std::string& path, std::string_view content) {
  return WriteWith(path, O_WRONLY | O_CREAT | O_TRUNC, content);
}

Result<void> AppendTo(const std::string& path, std::string_view content) {
  return WriteWith(path, O_WRONLY | O_CREAT | O_APPEND, content);
}

Result<void> CopyFile(const std::string& from, const std::string& to) {
  const OpenFile copy(to, O_WRONLY | O_CREAT | O_EXCL);
  if (!copy.ok()) return SystemFailure(to, "cannot open");
  Result<void> written;
  auto read = ReadBlocks(from, [&](std::string_view block) {
    if (!WriteAll(copy.get(), block)) written = SystemFailure(to, "cannot write");
    return written.ok();
  });
  if (!read.ok()) return read;
  if (!written.ok()) return written;
  if (::fsync(copy.get()) != 0) return SystemFailure(to, "cannot sync");
  return {};
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
  crypto::Sha256OfParts hash;
  auto read = ReadBlocks(path, [&](std::string_view block) {
    hash.Add(block);
    return true;
  });
  if (!read.ok()) return read.failure();
  return crypto::HexEncode(std::move(hash).Finish());
}

}  // namespace brug::storage
