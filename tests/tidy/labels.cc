#include "tests/tidy/labels.h"

#include <nlohmann/json.hpp>

namespace brug::tidy {
namespace {

// "…/build/release/tests/unit/rules" -> "unit".
std::string FolderOf(const std::string& working_directory, const std::string& binary_dir) {
  const std::string prefix = binary_dir + "/tests/";
  if (!working_directory.starts_with(prefix)) return "";
  const std::string rest = working_directory.substr(prefix.size());
  return rest.substr(0, rest.find('/'));
}

}  // namespace

std::vector<ListedTest> ParseTestList(const std::string& json, const std::string& binary_dir) {
  std::vector<ListedTest> tests;
  const nlohmann::json list = nlohmann::json::parse(json);
  for (const nlohmann::json& entry : list.at("tests")) {
    ListedTest test{.name = entry.at("name"), .folder = "", .labels = {}};
    if (test.name.ends_with("_NOT_BUILT")) continue;
    for (const nlohmann::json& property : entry.at("properties")) {
      if (property.at("name") == "LABELS") test.labels = property.at("value").get<std::set<std::string>>();
      if (property.at("name") == "WORKING_DIRECTORY")
        test.folder = FolderOf(property.at("value"), binary_dir);
    }
    tests.push_back(std::move(test));
  }
  return tests;
}

Findings TestsWithoutTheirLabel(const std::vector<ListedTest>& tests) {
  Findings findings;
  for (const ListedTest& test : tests) {
    if (test.folder.empty()) {
      findings.push_back(test.name + ": was registered outside the folders of tests/");
    } else if (!test.labels.contains(test.folder)) {
      findings.push_back(test.name + ": lacks the label of its folder, " + test.folder);
    }
  }
  return findings;
}

Findings TestsOfOneName(const std::vector<ListedTest>& tests) {
  Findings findings;
  std::set<std::string> seen;
  for (const ListedTest& test : tests) {
    if (!seen.insert(test.name).second) findings.push_back(test.name + ": another test has this name");
  }
  return findings;
}

}  // namespace brug::tidy
