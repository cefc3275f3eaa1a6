#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/support/dossier_story.h"
#include "tests/support/raw_bytes.h"
#include "tests/support/raw_device.h"

// What brugd writes while it serves: its own lines, and those of the libraries in it.
namespace brug::test {
namespace {

// Words that a person wrote.
const std::string kStory = "Zwaluwstraat";

TEST(Log, EveryLineIsAJsonObjectAndNoneHoldsWhatWasSent) {
  RunningService service({.flags = {"--log_level=debug"}});
  const std::string organisation = service.CreateOrganisation("Gemeente " + kStory);
  RawDevice mentor(service, organisation);
  ASSERT_TRUE(mentor
                  .Enrol(service.RegisterStaff({.organisation_id = organisation, .display_name = kStory})
                             .activation_code)
                  .ok());
  const auto registered = mentor.RegisterClient("Samira " + kStory);
  RawDevice client(service, organisation);
  ASSERT_TRUE(client.Enrol(registered.activation_code()).ok());
  ASSERT_TRUE(client.Push(testing::Say(client.NewId(), kStory), registered.dossier_id()).has_applied());
  v1::SyncResponse synced;
  ASSERT_TRUE(client.Call(client.sync(), &v1::SyncService::Stub::Sync, v1::SyncRequest(), &synced).ok());
  ASSERT_NE(synced.ShortDebugString().find(kStory), std::string::npos) << "the story is in the service";

  // A text that is not UTF-8, of which Protocol Buffers writes; garbage; and a handshake that fails, of which
  // gRPC writes.
  const auto channel = ChannelTo(service);
  const std::string text = kStory + "\xff";
  const std::string message = "\x12" + std::string(1, static_cast<char>(text.size())) + text;
  EXPECT_EQ(ErrorOf(SendBytes(channel, *mentor.Context(), "/brug.v1.CaseloadService/RegisterClient", message))
                .reason,
            "NOT_TEXT");
  EXPECT_EQ(
      ErrorOf(SendBytes(channel, *mentor.Context(), "/brug.v1.SyncService/Sync", "\x0b" + kStory)).reason,
      "MALFORMED");
  EXPECT_NE(std::system(("openssl s_client -tls1_2 -servername " + kStory + " -connect " + service.address() +
                         " </dev/null >/dev/null 2>&1")
                            .c_str()),
            0);
  EXPECT_EQ(service.Stop(), 0);

  std::set<std::string> libraries;
  std::istringstream lines(service.log());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const auto said = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    ASSERT_TRUE(said.is_object()) << line;
    EXPECT_TRUE(said.contains("time") && said.contains("level") && said.contains("event")) << line;
    EXPECT_EQ(line.find(kStory), std::string::npos) << line;
    if (said.value("event", "") == "library") {
      libraries.insert(said.value("library", ""));
      EXPECT_NE(said.value("file", ""), "") << line;
      EXPECT_GT(said.value("line", 0), 0) << line;
    }
  }
  EXPECT_GT(count, 10);
  EXPECT_EQ(libraries, (std::set<std::string>{"grpc", "protobuf"}));
}

TEST(Log, SaysWhatADeviceFoundOfADossierThatItMayRead) {
  RunningService service;
  const std::string organisation = service.CreateOrganisation("Gemeente Alphen");
  RawDevice mentor(service, organisation);
  ASSERT_TRUE(mentor
                  .Enrol(service.RegisterStaff({.organisation_id = organisation, .display_name = "Noor"})
                             .activation_code)
                  .ok());
  const std::string dossier = mentor.RegisterClient("Samira").dossier_id();
  const std::string elsewhere = mentor.NewId();
  v1::SyncRequest request;
  for (const std::string& id : {dossier, elsewhere}) {
    v1::DriftReport& drift = *request.add_drifts();
    drift.set_dossier_id(id);
    drift.mutable_point()->set_revision(7);
  }
  (void)mentor.Must(mentor.sync(), &v1::SyncService::Stub::Sync, request);
  EXPECT_EQ(service.Stop(), 0);
  int found = 0;
  std::istringstream lines(service.log());
  for (std::string line; std::getline(lines, line);) {
    const auto said = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (said.value("event", "") != "drift_reported") continue;
    ++found;
    EXPECT_EQ(said.value("level", ""), "error");
    EXPECT_EQ(said.value("organisation_id", ""), organisation);
    EXPECT_EQ(said.value("dossier_id", ""), dossier);
    EXPECT_EQ(said.value("revision", 0), 7);
  }
  EXPECT_EQ(found, 1);
}

}  // namespace
}  // namespace brug::test
