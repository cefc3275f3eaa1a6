#pragma once

#include <atomic>
#include <cstdint>

namespace brug {

// Memory of which one allocation fails. Any thread.
struct FailingMemory {
  // The allocation with this number, counted from 1 since Reset(), fails; none when 0. Nothing is counted
  // then, nor while it is paused.
  std::atomic<std::int64_t> failing_allocation = 0;
  std::atomic<bool> paused = false;
  // Asked when one is to fail: when it says so, that one is left alone and the next fails in its place.
  std::atomic<bool (*)()> is_spared = nullptr;
  // Since Reset(), up to the one that failed.
  std::atomic<std::int64_t> allocations = 0;
  // Allocations that were made to fail since Reset().
  std::atomic<std::int64_t> failures = 0;

  // Counts an allocation, and says whether it is to fail.
  bool Fails() {
    if (failing_allocation == 0 || paused || failures > 0 || ++allocations < failing_allocation) return false;
    if (is_spared != nullptr && is_spared.load()()) return false;
    ++failures;
    return true;
  }
  void Reset() {
    failing_allocation = allocations = failures = 0;
    paused = false;
    is_spared = nullptr;
  }
};

// Whether Protocol Buffers, or the code it generates, is at work further up: it is not made to go on without
// memory. Costs a walk up the stack.
bool IsWithinProtobuf();

// What SQLite allocates. A program that uses this has SQLite's allocator in place before SQLite is used at
// all.
FailingMemory& SqliteMemory();
// What operator new allocates, in all of the program: it throws std::bad_alloc.
FailingMemory& NewMemory();
// A sanitizer has an operator new of its own, which is never made to fail.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kNewMemoryCanFail = false;
#else
inline constexpr bool kNewMemoryCanFail = true;
#endif

}  // namespace brug
