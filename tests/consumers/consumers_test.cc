#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <string>

#include "tests/support/running_service.h"
#include "tests/support/temporary_folder.h"
#include "tests/tidy/command.h"

// Brug as strangers use it: built outside the house, from nothing but what is installed or exported, then run
// against a real service.
namespace brug::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace fs = std::filesystem;

// What the house itself is built with; a sanitizer must be in the whole program.
const std::string kCmake = BRUG_CMAKE;
const std::string kFlags = BRUG_CONSUMER_FLAGS;
const std::string kSource = BRUG_SOURCE_DIR;
const std::string kBinary = BRUG_BINARY_DIR;

std::string Quoted(const std::string& word) { return "'" + word + "'"; }

// Runs a command that must go well, and gives its output.
std::string Must(const std::string& command) {
  const auto result = tidy::RunCommand(command);
  EXPECT_EQ(result.exit_code, 0) << command << "\n" << result.output;
  return result.output;
}

// Files under `directory` that name `text`. Not the program itself: with a sanitizer or for a debugger a
// library carries the names of its own sources into it.
std::string FilesThatName(const std::string& text, const std::string& directory) {
  return tidy::RunCommand("grep -rlF --exclude=consumer -- " + Quoted(text) + " " + Quoted(directory)).output;
}

class Consumers : public testing::Test {
 protected:
  void SetUp() override {
    fs::copy(kSource + "/tests/consumers/program", directory_ / "program");
    fs::copy(kSource + "/tests/consumers/" + Project(), directory_ / Project());
  }

  // The folder of tests/consumers that the test's name stands for.
  static std::string Project() {
    static const std::map<std::string, std::string> kProjects = {
        {"FindPackageFindsAnInstalledBrug", "find_package"},
        {"FetchContentBuildsTheSdkAlone", "fetch_content"},
        {"PkgConfigFindsAnInstalledBrug", "pkg_config"}};
    return kProjects.at(testing::UnitTest::GetInstance()->current_test_info()->name());
  }

  void Install() {
    Must(kCmake + " --install " + Quoted(kBinary) + " --component SDK --prefix " + Quoted(Prefix()));
    // It may be moved: nothing in it knows where it came from.
    EXPECT_THAT(FilesThatName(kSource, Prefix() + "/lib/cmake"), IsEmpty());
    EXPECT_THAT(FilesThatName(kSource, Prefix() + "/lib/pkgconfig"), IsEmpty());
  }

  [[nodiscard]] std::string Prefix() const { return directory_ / "prefix"; }
  [[nodiscard]] std::string Build() const { return directory_ / "build"; }

  // Configures and builds the project with CMake.
  void BuildWithCmake(const std::string& definitions) {
    const std::string ccache = "CCACHE_BASEDIR=" + Quoted(directory_.path()) + " CCACHE_NOHASHDIR=1 ";
    Must(ccache + kCmake + " -G Ninja -S " + Quoted(directory_ / Project()) + " -B " + Quoted(Build()) +
         " -DCMAKE_CXX_FLAGS=" + Quoted(kFlags) + " " BRUG_CONSUMER_DEFINITIONS " " + definitions);
    Must(ccache + kCmake + " --build " + Quoted(Build()));
  }

  // Nothing of the house was read: no file of the build names it. (The house's own build does, so the search
  // can find.)
  void ExpectTheHouseWasOutOfReach() {
    ASSERT_THAT(FilesThatName(kSource, kBinary + "/CMakeCache.txt"), Not(IsEmpty()));
    EXPECT_THAT(FilesThatName(kSource, Build()), IsEmpty());
  }

  void ExpectItSyncs(const std::string& program) {
    RunningService service;
    const std::string organisation = service.CreateOrganisation("Alphen");
    const auto mentor = service.RegisterStaff({.organisation_id = organisation, .display_name = "Noor"});
    const std::string output =
        Must(Quoted(program) + " " + service.address() + " " + Quoted(service.root_certificate_path()) + " " +
             Quoted(directory_ / "device") + " " + mentor.activation_code);
    EXPECT_THAT(output, HasSubstr("synced as Noor, 5 pillars"));
  }

  static void ExpectItDraws(const std::string& program) {
    EXPECT_THAT(Must(Quoted(program)), HasSubstr("TOKEN_MALFORMED"));
  }

  TemporaryFolder directory_;
};

TEST_F(Consumers, FindPackageFindsAnInstalledBrug) {
  Install();
  BuildWithCmake("-DCMAKE_PREFIX_PATH=" + Quoted(Prefix()));
  ExpectTheHouseWasOutOfReach();
  ExpectItSyncs(Build() + "/consumer");
  ExpectItDraws(Build() + "/voucher_consumer");
}

TEST_F(Consumers, PkgConfigFindsAnInstalledBrug) {
  Install();
  fs::rename(directory_ / Project(), Build());
  Must("PKG_CONFIG_PATH=" + Quoted(Prefix() + "/lib/pkgconfig") + " CXXFLAGS=" + Quoted(kFlags + " -MD") +
       " " + Quoted(Build() + "/build"));
  ASSERT_TRUE(fs::exists(Build() + "/consumer.d"));
  ExpectTheHouseWasOutOfReach();
  ExpectItSyncs(Build() + "/consumer");
  ExpectItDraws(Build() + "/voucher_consumer");
}

TEST_F(Consumers, FetchContentBuildsTheSdkAlone) {
  // What an embedder needs of the house, and nothing else of it.
  const std::string exported = directory_ / "exported";
  fs::create_directory(exported);
  fs::copy(kSource + "/CMakeLists.txt", exported);
  for (const char* part : {"/proto", "/client-sdk"}) {
    fs::copy(kSource + part, exported + part, fs::copy_options::recursive);
  }
  BuildWithCmake("-DBRUG_SOURCE=" + Quoted(exported));
  ExpectTheHouseWasOutOfReach();
  EXPECT_TRUE(fs::exists(Build() + "/_deps/brug-build/proto/libbrug_messages.a"));
  EXPECT_FALSE(fs::exists(Build() + "/_deps/brug-build/proto/libbrug_stubs.a"));
  EXPECT_FALSE(fs::exists(Build() + "/_deps/brug-build/client-sdk/samples"));
  EXPECT_FALSE(fs::exists(Build() + "/_deps/brug-build/client-sdk/src/vouchers")) << "only when asked for";
  ExpectItSyncs(Build() + "/consumer");
}

}  // namespace
}  // namespace brug::test
