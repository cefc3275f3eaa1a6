#include "client-sdk/src/vault/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "client-sdk/src/vault/error.h"

namespace brug::sdk {
namespace {

constexpr std::size_t kFileBytesMax = 64 * 1024;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool ok() const { return number_ >= 0; }

 private:
  int number_;
};

Error FromErrno() {
  return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? StorageFull() : StorageFailed();
}

Result<void> WriteAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FromErrno();
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(descriptor) == 0 ? Result<void>() : FromErrno();
}

Result<void> SyncDirectoryOf(const std::string& path) {
  const Descriptor directory(
      ::open(std::filesystem::path(path).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.ok() || ::fsync(directory.number()) != 0) return FromErrno();
  return {};
}

}  // namespace

Result<void> MakePrivateDirectory(const std::string& directory) {
  std::error_code failure;
  const std::filesystem::path path(directory);
  if (std::filesystem::is_directory(path, failure)) return {};
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), failure);
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return FromErrno();
  if (!std::filesystem::is_directory(path, failure)) return StorageFailed();
  return {};
}

Result<std::optional<std::string>> ReadPrivateFile(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok()) {
    if (errno == ENOENT) return std::optional<std::string>();
    return StorageFailed();
  }
  std::string bytes;
  char block[4096];
  for (;;) {
    const ssize_t got = ::read(file.number(), block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return StorageFailed();
    if (got == 0) return std::optional<std::string>(std::move(bytes));
    bytes.append(block, static_cast<std::size_t>(got));
    if (bytes.size() > kFileBytesMax) return StorageDamaged();
  }
}

Result<void> WritePrivateFile(const std::string& path, std::string_view bytes) {
  const std::string fresh = path + ".new";
  {
    const Descriptor file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file.ok()) return FromErrno();
    auto written = WriteAll(file.number(), bytes);
    if (!written.ok()) {
      ::unlink(fresh.c_str());
      return written;
    }
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) return FromErrno();
  return SyncDirectoryOf(path);
}

Result<void> ShredPrivateFile(const std::string& path) {
  {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file.ok()) return errno == ENOENT ? Result<void>() : Result<void>(StorageFailed());
    struct stat about {};
    if (::fstat(file.number(), &about) != 0) return StorageFailed();
    auto written = WriteAll(file.number(), std::string(static_cast<std::size_t>(about.st_size), '\0'));
    if (!written.ok()) return written;
  }
  if (::unlink(path.c_str()) != 0) return FromErrno();
  return SyncDirectoryOf(path);
}

}  // namespace brug::sdk
