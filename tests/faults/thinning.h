#pragma once

#include <cstdint>
#include <cstdlib>

namespace brug {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr std::int64_t kSanitizerThins = 8;
#else
inline constexpr std::int64_t kSanitizerThins = 1;
#endif

// A loop over places where something can fail takes every so manieth of them: `everyday` in an ordinary run,
// that times kSanitizerThins under a sanitizer, and every single one with BRUG_FAULTS=all, which is what
// `deploy/test --long faults` sets.
inline std::int64_t EverySoMany(std::int64_t everyday, std::int64_t sanitizer_thins = kSanitizerThins) {
  const char* const faults = std::getenv("BRUG_FAULTS");
  if (faults != nullptr && *faults != '\0') return 1;
  return everyday * sanitizer_thins;
}

// The same for a loop that is short, under a sanitizer too.
inline std::int64_t EveryFew(std::int64_t everyday) { return EverySoMany(everyday, 1); }

}  // namespace brug
