#pragma once

#include <set>
#include <string>
#include <vector>

#include "tests/tidy/source_tree.h"

// Every CTest test carries the label of the folder it stands in, so that a part of the suite can be run by
// name.
namespace brug::tidy {

struct ListedTest {
  std::string name;
  // The folder of tests/ that it was registered in; empty when it was registered elsewhere.
  std::string folder;
  std::set<std::string> labels;
};

// Reads what `ctest --show-only=json-v1` prints for the build in `binary_dir`. Leaves out the placeholders
// that stand for programs not built yet. Throws nlohmann::json::exception for what is not such a list.
[[nodiscard]] std::vector<ListedTest> ParseTestList(const std::string& json, const std::string& binary_dir);

[[nodiscard]] Findings TestsWithoutTheirLabel(const std::vector<ListedTest>& tests);

// Two tests of one name cannot be told apart in a report.
[[nodiscard]] Findings TestsOfOneName(const std::vector<ListedTest>& tests);

}  // namespace brug::tidy
