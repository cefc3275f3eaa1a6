#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "tests/support/dossier_story.h"
#include "tests/support/raw_device.h"

// SIGTERM while calls are in flight: what was accepted is finished and answered, the rest is told to come
// back.
namespace brug::test {
namespace {

constexpr int kWriters = 8;

// What one client wrote until the service was gone.
struct Written {
  std::set<std::string> acknowledged;
  std::set<std::string> unanswered;
};

// Without waiting for a service that is not there.
grpc::Status Push(RawDevice& client, const v1::SyncRequest& request, v1::SyncResponse* response) {
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + client.token);
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  return client.sync().Sync(&context, request, response);
}

Written WriteUntilRefused(RawDevice& client, const std::string& dossier_id, std::atomic<int>& acknowledged) {
  Written written;
  while (true) {
    const std::string message_id = client.NewId();
    v1::SyncRequest request;
    *request.add_mutations() = client.Number(testing::Say(message_id), dossier_id);
    v1::SyncResponse response;
    const grpc::Status status = Push(client, request, &response);
    if (!status.ok()) {
      const RawError error = ErrorOf(status);
      // CANCELLED, which a device takes for the same, is said by gRPC to a call that it never handed over.
      EXPECT_TRUE(error.code == grpc::StatusCode::UNAVAILABLE || error.code == grpc::StatusCode::CANCELLED)
          << error.code << " " << status.error_message();
      EXPECT_TRUE(error.reason.empty() || (error.reason == "STOPPING" && error.retry_info)) << error.reason;
      written.unanswered.insert(message_id);
      return written;
    }
    EXPECT_TRUE(response.outcomes(0).has_applied());
    written.acknowledged.insert(message_id);
    ++acknowledged;
  }
}

TEST(Stop, CallsInFlightAreFinishedOrToldToComeBackAndNothingAcknowledgedIsLost) {
  RunningService service{{.flags = {"--device_calls_per_minute_max=100000"}}};
  const std::string organisation = service.CreateOrganisation("Gemeente");
  RawDevice mentor(service, organisation);
  ASSERT_TRUE(mentor
                  .Enrol(service.RegisterStaff({.organisation_id = organisation, .display_name = "Noor"})
                             .activation_code)
                  .ok());
  std::vector<std::unique_ptr<RawDevice>> clients;
  std::vector<std::string> dossiers;
  for (int i = 0; i < kWriters; ++i) {
    const auto registered = mentor.RegisterClient("Client");
    clients.push_back(std::make_unique<RawDevice>(service, organisation));
    ASSERT_TRUE(clients.back()->Enrol(registered.activation_code()).ok());
    dossiers.push_back(registered.dossier_id());
  }

  std::atomic<int> acknowledged = 0;
  std::vector<Written> written(kWriters);
  std::vector<std::thread> writers;
  for (std::size_t i = 0; i < kWriters; ++i) {
    writers.emplace_back([&, i] { written[i] = WriteUntilRefused(*clients[i], dossiers[i], acknowledged); });
  }
  while (acknowledged < 5 * kWriters) std::this_thread::yield();
  // Each writer has a call in flight whenever it is not between two.
  EXPECT_EQ(service.Stop(), 0);
  for (std::thread& writer : writers) writer.join();

  service.Start();
  int done_without_answer = 0;
  for (std::size_t i = 0; i < kWriters; ++i) {
    ASSERT_TRUE(clients[i]->OpenSession().ok());
    v1::SyncResponse response;
    ASSERT_TRUE(clients[i]
                    ->Call(clients[i]->sync(), &v1::SyncService::Stub::Sync, v1::SyncRequest(), &response)
                    .ok());
    std::set<std::string> kept;
    for (const auto& page : response.pages()) {
      for (const v1::Record& record : page.records()) kept.insert(record.record_id());
    }
    for (const std::string& id : written[i].acknowledged) EXPECT_TRUE(kept.contains(id)) << id;
    for (const std::string& id : written[i].unanswered) done_without_answer += kept.contains(id) ? 1 : 0;
  }
  EXPECT_EQ(done_without_answer, 0) << "what was accepted is answered";
}

}  // namespace
}  // namespace brug::test
