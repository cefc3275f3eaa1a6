#include "service/rpc/library_logs.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace brug::rpc {
namespace {

using platform::LogLevel;

// The libraries know functions only, and gRPC's threads may outlive a server. Both live as long as the
// process.
std::mutex& Mutex() {
  static auto* const mutex = new std::mutex();
  return *mutex;
}
platform::Log* there_is = nullptr;

void Write(LogLevel level, std::string_view library, const char* file, int line) {
  const std::string_view path(file == nullptr ? "" : file);
  const std::lock_guard lock(Mutex());
  if (there_is == nullptr) return;
  there_is->Write(level, "library",
                  {{"library", std::string(library)},
                   {"file", std::string(path.substr(path.rfind('/') + 1))},
                   {"line", static_cast<std::int64_t>(line)}});
}

void FromProtobuf(google::protobuf::LogLevel severity, const char* file, int line, const std::string&) {
  constexpr LogLevel kLevels[] = {LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError, LogLevel::kError};
  Write(kLevels[severity], "protobuf", file, line);
}

void FromGrpc(gpr_log_func_args* said) {
  constexpr LogLevel kLevels[] = {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kError};
  Write(kLevels[said->severity], "grpc", said->file, said->line);
}

void Set(platform::Log* log) {
  const std::lock_guard lock(Mutex());
  there_is = log;
}

}  // namespace

LibraryLogs::LibraryLogs(platform::Log& log) {
  Set(&log);
  google::protobuf::SetLogHandler(FromProtobuf);
  gpr_set_log_function(FromGrpc);
}

LibraryLogs::~LibraryLogs() { Set(nullptr); }

}  // namespace brug::rpc
