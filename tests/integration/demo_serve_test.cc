#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"
#include "tests/tidy/command.h"

// deploy/demo --serve: a service that goes on by itself, and an end to it that ends nothing else.
namespace brug {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kScripts = BRUG_SOURCE_DIR "/deploy/demo.d";

class DemoServe : public ::testing::Test {
 protected:
  // Whatever a test left running, of this folder alone.
  ~DemoServe() override { (void)Serve("--stop"); }

  // In a shell of its own, with nothing of ours in its environment but what a sanitizer is told.
  tidy::CommandResult Shell(const std::string& command) {
    return tidy::RunCommand("cd '" + folder_.path() + "' && env -i HOME='" + folder_.path() +
                            "' PATH=/usr/bin:/bin ${ASAN_OPTIONS:+\"ASAN_OPTIONS=$ASAN_OPTIONS\"}"
                            " ${LSAN_OPTIONS:+\"LSAN_OPTIONS=$LSAN_OPTIONS\"}"
                            " ${TSAN_OPTIONS:+\"TSAN_OPTIONS=$TSAN_OPTIONS\"} bash -c '" +
                            command + "' 2>&1");
  }
  tidy::CommandResult Serve(const std::string& arguments) {
    return Shell("BRUG_BIN=" BRUG_BIN_DIR " " + kScripts + "/serve --folder " + demo() + " " + arguments);
  }
  // Keeps `command` in place of brugd, in a folder as `serve` makes it; gives the exit code last.
  tidy::CommandResult Keep(const std::string& hours, const std::string& command, const std::string& then) {
    return Shell("mkdir " + demo() + "; touch " + demo() + "/made-by-deploy-demo; " + kScripts + "/keep " +
                 demo() + " " + hours + " " + command + " & until [ -s " + demo() + "/keeper ] || [ ! -e " +
                 demo() + " ]; do :; done; " + then + "; wait $!; echo ended with $?");
  }
  [[nodiscard]] std::string demo() const { return folder_.path() + "/demo"; }
  [[nodiscard]] bool is_there() const { return std::filesystem::exists(demo()); }

 private:
  TemporaryFolder folder_;
};

// Lines that begin with `begin`, without the remark behind them.
std::vector<std::string> CommandsIn(const std::string& output, const std::string& begin) {
  std::vector<std::string> commands;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("  " + begin)) continue;
    const std::string command = line.substr(2, line.find("  #") - 2);
    commands.push_back(command.substr(0, command.find_last_not_of(' ') + 1));
  }
  return commands;
}

TEST_F(DemoServe, GoesOnInTheBackgroundAndEveryCommandItPrintsWorks) {
  const auto first = Serve("--hours 1");
  ASSERT_EQ(first.exit_code, 0) << first.output;
  const auto exports = CommandsIn(first.output, "export ");
  ASSERT_EQ(exports.size(), 1u) << first.output;
  const auto commands = CommandsIn(first.output, "brug");
  EXPECT_GE(commands.size(), 8u);
  for (std::string command : commands) {
    if (command.ends_with(" watch")) command += " --timeout 0";
    const auto result = Shell(exports.front() + "; " + command);
    EXPECT_EQ(result.exit_code, 0) << command << "\n" << result.output;
  }
  EXPECT_THAT(Shell(exports.front() + "; brug --home " + demo() + "/mentor1 caseload").output,
              HasSubstr("stil;"))
      << "among twenty people there is somebody of whom nothing was heard for two weeks";

  const auto again = Serve("");
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.output, HasSubstr("already"));
  EXPECT_EQ(CommandsIn(again.output, "brug"), commands);

  // Brackets, so that the search does not find itself.
  const std::string processes =
      "grep -la [d]ata_directory=" + demo() + " /proc/[0-9]*/cmdline 2>/dev/null || true";
  EXPECT_THAT(Shell(processes).output, HasSubstr("/proc/"));
  const auto ends = CommandsIn(first.output, "/");
  ASSERT_EQ(ends.size(), 1u) << first.output;
  EXPECT_EQ(Shell(ends.front()).exit_code, 0);
  EXPECT_FALSE(is_there());
  EXPECT_NE(Shell(exports.front() + "; brugctl --socket " + demo() + "/admin.sock status").exit_code, 0);
  EXPECT_EQ(Shell(processes).output, "");
}

TEST_F(DemoServe, EndsByItselfAndTakesItsFolderAlong) {
  EXPECT_THAT(Keep("0.0001", "sleep 1000", "true").output, HasSubstr("ended with 0"));
  EXPECT_FALSE(is_there());
}

TEST_F(DemoServe, StoppedItsServiceIsGoneBeforeItsFolder) {
  EXPECT_THAT(Keep("1", "sleep 1000", kScripts + "/serve --stop --folder " + demo()).output,
              AllOf(HasSubstr("Stopped."), HasSubstr("ended with 0")));
  EXPECT_FALSE(is_there());
}

TEST_F(DemoServe, AServiceThatEndsByItselfLeavesItsLogUntilTheNextStop) {
  EXPECT_THAT(Keep("1", "bash -c \"echo said why; exit 7\"", "true").output, HasSubstr("ended with 1"));
  EXPECT_THAT(Shell("cat " + demo() + "/brugd.log").output,
              AllOf(HasSubstr("said why"), HasSubstr("with 7")));
  EXPECT_THAT(Serve("--stop").output, StartsWith("Nothing is being served"));
  EXPECT_FALSE(is_there());
}

TEST_F(DemoServe, AProcessThatHappensToHaveTheNumberIsLeftAlone) {
  const auto result = Shell("mkdir " + demo() + " && touch " + demo() +
                            "/made-by-deploy-demo; sleep 1000 & echo $! >" + demo() + "/keeper; " + kScripts +
                            "/serve --stop --folder " + demo() + "; kill $! && echo was alive");
  EXPECT_THAT(result.output, AllOf(StartsWith("Nothing is being served"), HasSubstr("was alive")));
}

TEST_F(DemoServe, AFolderThatItDidNotMakeIsLeftAlone) {
  ASSERT_EQ(Shell("mkdir " + demo() + " && touch " + demo() + "/mine").exit_code, 0);
  EXPECT_THAT(Serve("").output, AllOf(HasSubstr(demo()), HasSubstr("--folder")));
  EXPECT_EQ(Serve("").exit_code, 1);
  EXPECT_EQ(Serve("--stop").exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(demo() + "/mine"));
}

TEST_F(DemoServe, HoursThatAreNoneAreRefused) {
  for (const std::string hours : {"0", "0.0", "zero", "-1", "1h", "10000000"}) {
    const auto refusal = Serve("--hours " + hours);
    EXPECT_EQ(refusal.exit_code, 2) << hours;
    EXPECT_THAT(refusal.output, AllOf(HasSubstr("--hours"), HasSubstr(hours)));
    EXPECT_FALSE(is_there());
  }
}

}  // namespace
}  // namespace brug
