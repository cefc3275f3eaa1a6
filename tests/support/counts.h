#pragma once

#include <cstdlib>
#include <string>

namespace brug::test {

// How often a test does something: `every_day`, or what the environment says for a long run. Not a variable
// that begins with BRUG_: those are settings of brugd, which refuses one it does not know.
inline int CountFrom(const char* variable, int every_day) {
  const char* said = std::getenv(variable);
  return said == nullptr ? every_day : std::stoi(said);
}

}  // namespace brug::test
