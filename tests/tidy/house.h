#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/tidy/source_tree.h"

// The repository that these tests were built from.
namespace brug::tidy {

inline const std::vector<SourceFile>& House() {
  static const std::vector<SourceFile> house = ReadSourceTree(BRUG_SOURCE_DIR);
  return house;
}

inline std::vector<std::string> HousePaths() {
  std::vector<std::string> paths;
  for (const SourceFile& file : House()) paths.push_back(file.path);
  return paths;
}

// Fails the test once for each finding, so that each stands on a line of its own.
inline void ExpectNone(const Findings& findings) {
  for (const std::string& finding : findings) ADD_FAILURE() << finding;
}

}  // namespace brug::tidy
