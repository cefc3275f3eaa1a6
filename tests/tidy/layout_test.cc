#include "tests/tidy/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/tidy/house.h"

namespace brug::tidy {
namespace {

using testing::ElementsAre;

// Each check is shown first a bad sample, which it must find, and then the house, in which it must find
// nothing. The samples are written in pieces where this file would otherwise be found itself.

TEST(Layout, TheTopHasNoStrangers) {
  EXPECT_THAT(StrangersAtTheTop({{"docs/a.md", ""}, {"proto/a.h", ""}, {"notes.txt", ""}}),
              ElementsAre("docs: the house has no such folder or file at its top",
                          "notes.txt: the house has no such folder or file at its top"));
  ExpectNone(StrangersAtTheTop(House()));
}

TEST(Layout, EveryFolderSaysWhatIsInIt) {
  EXPECT_THAT(FoldersWithoutReadme({{"proto/README.md", ""},
                                    {"proto/rules/README.md", ""},
                                    {"proto/rules/deep/a.h", ""},
                                    {"service/gate/a.h", ""}}),
              ElementsAre("service: has no README.md", "service/gate: has no README.md"));
  ExpectNone(FoldersWithoutReadme(House()));
}

TEST(Layout, FilesStayShort) {
  std::string long_text;
  for (int i = 0; i < 601; ++i) long_text += "\n";
  EXPECT_THAT(LongFiles({{"service/a.cc", long_text}, {"service/b.cc", long_text.substr(1)}}),
              ElementsAre("service/a.cc: has 601 lines, more than 600"));
  ExpectNone(LongFiles(House()));
}

TEST(Layout, NothingIsPutOff) {
  EXPECT_THAT(PostponedWork({{"a.cc",
                              "int a;\n// TO"
                              "DO: later\n"},
                             {"b.md",
                              "FIX"
                              "ME\n"},
                             {"c.md", "todos\n"}}),
              ElementsAre("a.cc:2: puts off what belongs now", "b.md:1: puts off what belongs now"));
  ExpectNone(PostponedWork(House()));
}

TEST(Layout, NamesTellWhatAThingIsFor) {
  EXPECT_THAT(EmptyNames({{"a.h",
                           "class Store"
                           "Impl {\nstruct Key"
                           "Manager;\nclass Simple {\n"},
                          {"service/domain/str"
                           "_utils.h",
                           ""},
                          {"service/domain/date.h", ""}}),
              ElementsAre("a.h:1: a name that does not tell what the thing is for",
                          "a.h:2: a name that does not tell what the thing is for",
                          "service/domain/str_utils.h: a name that does not tell what is in the file"));
  ExpectNone(EmptyNames(House()));
}

TEST(Layout, HeadersAreReadOnce) {
  EXPECT_THAT(HeadersWithoutPragmaOnce({{"a.h", "int a;\n"}, {"b.h", "#pragma once\n"}, {"c.cc", ""}}),
              ElementsAre("a.h: does not begin with #pragma once"));
  ExpectNone(HeadersWithoutPragmaOnce(House()));
}

TEST(Layout, TheOutsideWorldComesInFromOutside) {
  const std::string clock =
      "auto now = std::chrono::system_clock::no"
      "w();\n";
  const std::string wait =
      "std::this_thread::sleep_fo"
      "r(1s);\n";
  EXPECT_THAT(OutsideWorldWithin({{"service/domain/a.cc", clock},
                                  {"service/platform/a.cc", clock},
                                  {"proto/rules/a.cc",
                                   "\n\nstd::random_devic"
                                   "e seed;\n"},
                                  {"client-sdk/src/api/a.cc", wait}}),
              ElementsAre("service/domain/a.cc:1: reads what should come in from outside",
                          "proto/rules/a.cc:3: reads what should come in from outside",
                          "client-sdk/src/api/a.cc:1: sleeps instead of waiting for something"));
  ExpectNone(OutsideWorldWithin(House()));
}

TEST(Layout, LockFilesNameNoHost) {
  EXPECT_THAT(
      LockFilesWithHosts({{"tests/package-lock.json", "{\n  \"resolved\": \"https://host/a.tgz\"\n}\n"}}),
      ElementsAre("tests/package-lock.json:2: names the host of a package"));
  ExpectNone(LockFilesWithHosts(House()));
}

TEST(Layout, EveryPackageHasItsReason) {
  EXPECT_THAT(PackagesWithoutReason(
                  {{"deploy/packages", "# Why.\n\n[build] both\ng++  # compiles\ncmake\ng++  # again\n"}}),
              ElementsAre("deploy/packages:5: is no package with its reason: cmake",
                          "deploy/packages:6: g++ stands here twice"));
  ExpectNone(PackagesWithoutReason(House()));
}

TEST(Layout, TheWholeHouseIsRead) {
  EXPECT_THAT(HousePaths(),
              testing::IsSupersetOf({"CMakeLists.txt", "deploy/packages", "tests/package-lock.json",
                                     "tests/tidy/layout_test.cc", ".clang-format"}));
  EXPECT_THAT(HousePaths(), testing::Each(testing::Not(testing::StartsWith("build/"))));
}

}  // namespace
}  // namespace brug::tidy
