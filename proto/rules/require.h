#pragma once

#include <cstdio>
#include <cstdlib>

namespace brug::rules {

// For what only a programmer's mistake can break. Stays in every build.
inline void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "brug rules: broken promise: %s\n", what);
  std::abort();
}

}  // namespace brug::rules
