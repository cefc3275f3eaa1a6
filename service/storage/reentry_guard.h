#pragma once

#include <cstdio>
#include <cstdlib>

namespace brug::storage {

// For adapters: while it lives, its thread is inside a Read or Write of `store`. A second one for the same
// store on the same thread is a programmer's mistake, which would wait for itself for ever, and ends the
// process.
class ReentryGuard {
 public:
  explicit ReentryGuard(const void* store) : store_(store), outer_(innermost_) {
    for (const ReentryGuard* guard = outer_; guard != nullptr; guard = guard->outer_) {
      if (guard->store_ == store) Refuse();
    }
    innermost_ = this;
  }
  ~ReentryGuard() { innermost_ = outer_; }
  ReentryGuard(const ReentryGuard&) = delete;
  ReentryGuard& operator=(const ReentryGuard&) = delete;

 private:
  [[noreturn]] static void Refuse() {
    std::fprintf(stderr, "a store was called from within its own Read or Write\n");
    std::abort();
  }

  inline static thread_local const ReentryGuard* innermost_ = nullptr;

  const void* store_;
  const ReentryGuard* outer_;
};

}  // namespace brug::storage
