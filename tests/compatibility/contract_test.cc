// Whatever was on the wire at the end of an issue still is: buf breaking (proto/buf.yaml) against the
// contract as it was committed then.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/tidy/command.h"

namespace brug {
namespace {

namespace fs = std::filesystem;

// buf's exit code when it found something.
constexpr int kFound = 100;

// The contracts that are kept, as buf images: contract-issue-N.binpb.
std::vector<fs::path> KeptContracts() {
  std::vector<fs::path> kept;
  for (const auto& entry : fs::directory_iterator(BRUG_SOURCE_DIR "/tests/compatibility")) {
    if (entry.path().filename().string().starts_with("contract-")) kept.push_back(entry.path());
  }
  std::sort(kept.begin(), kept.end());
  return kept;
}

tidy::CommandResult Breaking(const fs::path& proto, const fs::path& against) {
  return tidy::RunCommand("'" BRUG_SOURCE_DIR "/tests/node_modules/.bin/buf' breaking '" + proto.string() +
                          "' --against '" + against.string() + "'");
}

TEST(KeptContract, NothingOfItWasTakenAwayOrGivenAnotherMeaning) {
  ASSERT_FALSE(KeptContracts().empty());
  for (const fs::path& contract : KeptContracts()) {
    const auto breaking = Breaking(BRUG_SOURCE_DIR "/proto", contract);
    EXPECT_EQ(breaking.exit_code, 0) << contract << "\n" << breaking.output;
  }
}

// The same contract with one line changed.
class ChangedContract : public ::testing::Test {
 protected:
  ChangedContract() {
    std::string pattern = ::testing::TempDir() + "changed_contract_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    fs::copy(BRUG_SOURCE_DIR "/proto", folder_, fs::copy_options::recursive);
  }
  ~ChangedContract() override { fs::remove_all(folder_); }

  void Replace(const std::string& file, const std::string& before, const std::string& after) const {
    std::ifstream in(folder_ / file);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto place = text.find(before);
    ASSERT_NE(place, std::string::npos) << before;
    text.replace(place, before.size(), after);
    std::ofstream(folder_ / file) << text;
  }
  tidy::CommandResult Check() const { return Breaking(folder_, KeptContracts().front()); }

 private:
  fs::path folder_;
};

TEST_F(ChangedContract, AFieldMore) {
  Replace("brug/v1/sync_service.proto", "int32 devices_waiting = 9;",
          "int32 devices_waiting = 9;\n  int32 one_more_number = 999;");
  const auto check = Check();
  EXPECT_EQ(check.exit_code, 0) << check.output;
}

TEST_F(ChangedContract, AFieldLessIsFound) {
  Replace("brug/v1/sync_service.proto", "int32 devices_waiting = 9;", "");
  const auto check = Check();
  EXPECT_EQ(check.exit_code, kFound);
  EXPECT_THAT(check.output, ::testing::HasSubstr("devices_waiting"));
}

TEST_F(ChangedContract, AnotherTypeOrNumberIsFound) {
  Replace("brug/v1/sync_service.proto", "int32 devices_waiting = 9;", "string devices_waiting = 9;");
  EXPECT_THAT(Check().output, ::testing::HasSubstr("changed type from \"int32\" to \"string\""));
  Replace("brug/v1/sync_service.proto", "string devices_waiting = 9;", "int32 devices_waiting = 99;");
  EXPECT_THAT(Check().output, ::testing::HasSubstr("field \"9\" with name \"devices_waiting\""));
}

}  // namespace
}  // namespace brug
