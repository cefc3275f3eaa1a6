#pragma once

#include <cstdlib>
#include <string>

namespace brug::test {

// How often a test does something: `every_day`, or what the environment says for a long run.
inline int CountFrom(const char* variable, int every_day) {
  const char* said = std::getenv(variable);
  return said == nullptr ? every_day : std::stoi(said);
}

}  // namespace brug::test
