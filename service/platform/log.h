#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace brug::platform {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// One JSON object a line on standard error: time, level, event, and fields. Never a name, a story or a code:
// events and fields are written by programmers, from ids, numbers and reasons.
//
// Thread safety: any number of threads.
class Log {
 public:
  using Value = std::variant<std::string, std::int64_t, bool>;
  using Field = std::pair<std::string_view, Value>;

  // `level` is one of the setting log_level's.
  explicit Log(std::string_view level);
  ~Log();

  void Write(LogLevel level, std::string_view event, std::initializer_list<Field> fields = {});

 private:
  struct Sink;
  std::unique_ptr<Sink> sink_;
};

}  // namespace brug::platform
