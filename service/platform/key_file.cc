#include "service/platform/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "proto/crypto/bytes.h"

namespace brug::platform {
namespace {

constexpr std::streamoff kFileBytesMax = 1024 * 1024;

Failure Fault(const std::string& path, const std::string& what) { return {.log_detail = path + ": " + what}; }

}  // namespace

Result<void> MakeKeyFile(const std::string& path, crypto::RandomSource& random) {
  const crypto::SealingKey key = crypto::SealingKey::Generate(random);
  return WriteNewFile(path, crypto::HexEncode(key.bytes()) + "\n", 0600);
}

Result<crypto::SealingKey> ReadKeyFile(const std::string& path) {
  struct stat facts {};
  if (stat(path.c_str(), &facts) != 0) {
    return Fault(path, std::string(std::strerror(errno)) + "; make one with brugd --make-key-file=" + path);
  }
  if ((facts.st_mode & 077) != 0)
    return Fault(path, "others than its owner may read it; run chmod 600 on it");
  auto text = ReadSmallFile(path);
  if (!text.ok()) return text.failure();
  if (text->ends_with('\n')) text->pop_back();
  const auto bytes = crypto::HexDecode(*text);
  auto key = bytes ? crypto::SealingKey::FromBytes(*bytes) : std::nullopt;
  if (!key) return Fault(path, "this is no key file: it needs 64 small hexadecimal digits on one line");
  return *std::move(key);
}

Result<std::string> ReadSmallFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Fault(path, std::strerror(errno));
  file.seekg(0, std::ios::end);
  if (file.tellg() > kFileBytesMax) return Fault(path, "it is larger than 1 MiB");
  file.seekg(0);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

Result<void> WriteNewFile(const std::string& path, const std::string& content, unsigned mode) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0)
    return Fault(path, errno == EEXIST ? "it exists already and is left as it is" : std::strerror(errno));
  const bool written =
      write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size()) && fsync(file) == 0;
  const int error = errno;
  if (close(file) != 0 || !written) return Fault(path, std::strerror(error));
  return {};
}

}  // namespace brug::platform
