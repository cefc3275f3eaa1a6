#include "tests/faults/failing_memory.h"

#include <sqlite3.h>

#include <cstdlib>
#include <new>

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

FailingMemory& SqliteMemory() { return sqlite_memory; }
FailingMemory& NewMemory() { return new_memory; }

}  // namespace brug

void* operator new(std::size_t bytes) {
  void* const memory = brug::NewMemory().Fails() ? nullptr : std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
