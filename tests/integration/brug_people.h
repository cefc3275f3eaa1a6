#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/running_service.h"
#include "tests/support/temporary_folder.h"
#include "tests/tidy/command.h"

namespace brug::test {

using Json = nlohmann::json;

// People who type `brug`, each with a home of their own, and the service that they type to.
class BrugPeople : public testing::Test {
 protected:
  tidy::CommandResult Brug(const std::string& who, const std::string& words) {
    return tidy::RunCommand("cd '" + directory_.path() +
                            "' && env -u BRUG_HOME TZ=UTC '" BRUG_BIN_DIR "/brug' --home " + who +
                            " --language en " + words);
  }
  // What it answers to a program; it must be done.
  Json Do(const std::string& who, const std::string& words) {
    const auto result = Brug(who, words + " --json");
    EXPECT_EQ(result.exit_code, 0) << words << "\n" << result.output;
    auto answer = Json::parse(result.output, nullptr, false);
    EXPECT_TRUE(answer.is_object()) << words << "\n" << result.output;
    return answer;
  }
  std::string Read(const std::string& who, const std::string& words) {
    const auto result = Brug(who, words);
    EXPECT_EQ(result.exit_code, 0) << words << "\n" << result.output;
    return result.output;
  }
  void Enrol(const std::string& who, const std::string& code) {
    Do(who, "enrol " + code + " --server " + service_.address() + " --ca '" +
                service_.root_certificate_path() + "'");
  }

  RunningService service_;
  TemporaryFolder directory_;
};

}  // namespace brug::test
