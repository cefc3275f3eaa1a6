#include "tests/tidy/labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/tidy/command.h"
#include "tests/tidy/house.h"

namespace brug::tidy {
namespace {

using testing::ElementsAre;

constexpr char kSample[] = R"({"tests": [
  {"name": "Good", "properties": [{"name": "LABELS", "value": ["unit", "money"]},
                                  {"name": "WORKING_DIRECTORY", "value": "/b/tests/unit/rules"}]},
  {"name": "Unlabelled", "properties": [{"name": "WORKING_DIRECTORY", "value": "/b/tests/unit"}]},
  {"name": "Mislabelled", "properties": [{"name": "LABELS", "value": ["money"]},
                                         {"name": "WORKING_DIRECTORY", "value": "/b/tests/contracts"}]},
  {"name": "Elsewhere", "properties": [{"name": "LABELS", "value": ["unit"]},
                                       {"name": "WORKING_DIRECTORY", "value": "/b/service"}]},
  {"name": "Good", "properties": [{"name": "LABELS", "value": ["tidy"]},
                                  {"name": "WORKING_DIRECTORY", "value": "/b/tests/tidy"}]},
  {"name": "later_NOT_BUILT", "properties": []}
]})";

const std::vector<ListedTest>& Suite() {
  static const std::vector<ListedTest> suite = ParseTestList(
      RunCommand("'" BRUG_CTEST "' --test-dir '" BRUG_BINARY_DIR "' --show-only=json-v1 2>/dev/null").output,
      BRUG_BINARY_DIR);
  return suite;
}

TEST(Labels, EveryTestHasTheLabelOfItsFolder) {
  EXPECT_THAT(TestsWithoutTheirLabel(ParseTestList(kSample, "/b")),
              ElementsAre("Unlabelled: lacks the label of its folder, unit",
                          "Mislabelled: lacks the label of its folder, contracts",
                          "Elsewhere: was registered outside the folders of tests/"));
  ExpectNone(TestsWithoutTheirLabel(Suite()));
}

TEST(Labels, EveryTestHasANameOfItsOwn) {
  EXPECT_THAT(TestsOfOneName(ParseTestList(kSample, "/b")), ElementsAre("Good: another test has this name"));
  ExpectNone(TestsOfOneName(Suite()));
}

TEST(Labels, TheWholeSuiteIsListed) {
  EXPECT_THAT(Suite(), testing::Contains(testing::Field(&ListedTest::name, "Labels.TheWholeSuiteIsListed")));
}

}  // namespace
}  // namespace brug::tidy
