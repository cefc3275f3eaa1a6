// The two commands of the README, as far as they can be tried without installing or building anything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/tidy/command.h"

namespace brug::tidy {
namespace {

using testing::AllOf;
using testing::HasSubstr;

CommandResult InTheRoot(const std::string& command) {
  return RunCommand("cd '" BRUG_SOURCE_DIR "' && " + command);
}

// With everything of deploy/lib.sh at hand, as its users have it.
CommandResult WithLibrary(const std::string& script) {
  return InTheRoot("bash -c 'set -euo pipefail; . deploy/lib.sh; " + script + "'");
}

TEST(Deploy, EveryScriptIsWellFormed) {
  const CommandResult check = InTheRoot(
      "for f in deploy/demo deploy/test deploy/lib.sh deploy/demo.d/story deploy/demo.d/serve "
      "deploy/demo.d/keep deploy/demo.d/stage.sh deploy/demo.d/reward.sh deploy/demo.d/backup.sh .ci/run "
      "tests/tidy/coverage.sh; do "
      "bash -n $f || exit; "
      "done");
  EXPECT_EQ(check.exit_code, 0) << check.output;
}

TEST(Deploy, EachCommandSaysWhatItTakes) {
  EXPECT_THAT(InTheRoot("deploy/test --help").output, AllOf(HasSubstr("--preset"), HasSubstr("--long")));
  EXPECT_THAT(InTheRoot("deploy/demo --help").output,
              AllOf(HasSubstr("--serve"), HasSubstr("--stop"), HasSubstr("--hours"), HasSubstr("--folder")));
}

TEST(Deploy, WhatIsNotKnownIsRefusedByName) {
  for (const std::string command : {"deploy/test --fast", "deploy/test --long fast", "deploy/demo --fast"}) {
    const CommandResult refusal = InTheRoot(command);
    EXPECT_EQ(refusal.exit_code, 1) << command;
    EXPECT_THAT(refusal.output, HasSubstr("fast"));
  }
}

TEST(Deploy, OnlyMissingPackagesAreInstalled) {
  EXPECT_EQ(WithLibrary("missing_of bash no-such-package-1 libc6 no-such-package-2").output,
            "no-such-package-1\nno-such-package-2\n");
  EXPECT_EQ(WithLibrary("missing_of bash libc6").output, "");
}

TEST(Deploy, APackageSectionThatDoesNotExistIsAnError) {
  EXPECT_THAT(WithLibrary("packages_in build").output, HasSubstr("cmake\n"));
  EXPECT_EQ(WithLibrary("install_packages no-such-section").exit_code, 1);
}

}  // namespace
}  // namespace brug::tidy
