#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/running_service.h"
#include "tests/tidy/command.h"

// The contract is usable without the SDK, from any language.
namespace brug::test {
namespace {

TEST(AnotherLanguage, AClientWrittenFromTheProtosAloneDoesTheMainJob) {
  RunningService service;
  const auto mentor = service.RegisterStaff(
      {.organisation_id = service.CreateOrganisation("Gemeente"), .display_name = "Fatima"});

  const auto ran = tidy::RunCommand("node '" BRUG_SOURCE_DIR "/tests/integration/another_language.mjs' " +
                                    service.address() + " '" + service.root_certificate_path() + "' " +
                                    mentor.activation_code + " 2>&1");

  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_THAT(ran.output, testing::EndsWith("what a client may not do is refused\n"));
}

}  // namespace
}  // namespace brug::test
