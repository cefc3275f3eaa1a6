// The contract keeps buf's STANDARD rules, and every element of it has a comment: proto/buf.yaml.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/tidy/command.h"

namespace brug::tidy {
namespace {

namespace fs = std::filesystem;

// Installed by deploy/test from tests/package-lock.json.
CommandResult Lint(const fs::path& folder) {
  return RunCommand("'" BRUG_SOURCE_DIR "/tests/node_modules/.bin/buf' lint '" + folder.string() + "'");
}

TEST(Buf, TheContractIsLintClean) {
  const CommandResult lint = Lint(BRUG_SOURCE_DIR "/proto");
  EXPECT_EQ(lint.exit_code, 0) << lint.output;
}

TEST(Buf, ABadContractIsRefused) {
  std::string pattern = testing::TempDir() + "bad_contract_XXXXXX";
  const fs::path folder = mkdtemp(pattern.data());
  fs::create_directories(folder / "brug/v1");
  fs::copy_file(BRUG_SOURCE_DIR "/proto/buf.yaml", folder / "buf.yaml");
  std::ofstream(folder / "brug/v1/bad.proto") << "syntax = \"proto3\";\n"
                                                 "package brug.v1;\n"
                                                 "message Goal { string whyItMatters = 1; }\n";
  const CommandResult lint = Lint(folder);
  fs::remove_all(folder);
  EXPECT_EQ(lint.exit_code, 100) << lint.output;
  EXPECT_THAT(lint.output, testing::HasSubstr("should be lower_snake_case"));
  EXPECT_THAT(lint.output, testing::HasSubstr("should have a non-empty comment"));
}

}  // namespace
}  // namespace brug::tidy
