#include "tests/faults/failing_memory.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <sqlite3.h>

#include <array>
#include <cstdlib>
#include <new>
#include <string_view>

namespace brug {
namespace {

constinit FailingMemory sqlite_memory;
constinit FailingMemory new_memory;
sqlite3_mem_methods below = {};

[[maybe_unused]] const bool in_place = [] {
  sqlite3_config(SQLITE_CONFIG_GETMALLOC, &below);
  sqlite3_mem_methods methods = below;
  methods.xMalloc = [](int bytes) { return sqlite_memory.Fails() ? nullptr : below.xMalloc(bytes); };
  methods.xRealloc = [](void* old, int bytes) {
    return sqlite_memory.Fails() ? nullptr : below.xRealloc(old, bytes);
  };
  if (sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) != SQLITE_OK) std::abort();
  return true;
}();

}  // namespace

// A program that asks this is linked with ENABLE_EXPORTS, or its own functions have no names.
bool IsWithinProtobuf() {
  constexpr int kFramesMax = 100;
  std::array<void*, kFramesMax> frames = {};
  const int count = ::backtrace(frames.data(), kFramesMax);
  for (int i = 0; i < count; ++i) {
    Dl_info info = {};
    if (::dladdr(frames.at(static_cast<std::size_t>(i)), &info) == 0) continue;
    if (info.dli_fname != nullptr &&
        std::string_view(info.dli_fname).find("libprotobuf") != std::string_view::npos)
      return true;
    if (info.dli_sname == nullptr) continue;
    for (const std::string_view name :
         {"_ZN6google8protobuf", "_ZNK6google8protobuf", "_ZN4brug2v1", "_ZNK4brug2v1"})
      if (std::string_view(info.dli_sname).starts_with(name)) return true;
  }
  return false;
}

FailingMemory& SqliteMemory() { return sqlite_memory; }
FailingMemory& NewMemory() { return new_memory; }

}  // namespace brug

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
void* operator new(std::size_t bytes) {
  void* const memory = brug::NewMemory().Fails() ? nullptr : std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
#endif
