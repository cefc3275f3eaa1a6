#include <brug/client.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <vector>

#include "tests/support/people.h"

// 21 of document "sync": devices that return together are let in at a pace.
namespace brug::test {
namespace {

constexpr int kDevices = 24;

TEST(ReturningDevices, AllGetInThoughTheServiceTakesOneCallAtATime) {
  Neighbourhood neighbourhood({.flags = {"--calls_at_once_max=1", "--returning_per_second_max=50"}});
  const std::string organisation = neighbourhood.service().CreateOrganisation("Gemeente Alphen");
  const auto staff =
      neighbourhood.service().RegisterStaff({.organisation_id = organisation, .display_name = "Noor"});
  Client mentor = neighbourhood.Enrol("mentor", staff.activation_code);
  std::vector<Client> clients;
  for (int i = 0; i < kDevices; ++i) {
    const std::string name = "phone" + std::to_string(i);
    const auto registered = Must(mentor.RegisterClient({.display_name = name}));
    clients.push_back(neighbourhood.Enrol(name, registered.activation_code.code));
    Must(Must(clients.back().OwnDossier()).SendMessage("ik ben er weer"));
  }

  std::vector<std::future<Result<void>>> syncs;
  for (Client& client : clients) {
    syncs.push_back(std::async(std::launch::async, [&client] {
      return client.SyncNow({.timeout = std::chrono::minutes(4), .keep_trying = true});
    }));
  }
  for (auto& sync : syncs) {
    const Result<void> result = sync.get();
    EXPECT_TRUE(result.ok()) << result.error().reason;
  }
  for (Client& client : clients) EXPECT_EQ(client.GetStatus().pending_count, 0);
  EXPECT_NE(neighbourhood.service().log().find("TOO_MANY_TRIES"), std::string::npos)
      << "else nobody had to wait, and nothing was shown";
}

// A device that watches hears of a change: it does so by its stream, or not at all until it asks again.
TEST(ReturningDevices, WhoWatchesTakesNoPlace) {
  Neighbourhood neighbourhood({.flags = {"--calls_at_once_max=1", "--returning_per_second_max=50"}});
  const std::string organisation = neighbourhood.service().CreateOrganisation("Gemeente Alphen");
  const auto staff =
      neighbourhood.service().RegisterStaff({.organisation_id = organisation, .display_name = "Noor"});
  Client mentor = neighbourhood.Enrol("mentor", staff.activation_code);
  const auto registered = Must(mentor.RegisterClient({.display_name = "phone"}));
  Client client = neighbourhood.Enrol("phone", registered.activation_code.code);
  std::promise<void> heard;
  std::atomic<bool> told = false;
  const Subscription subscription = mentor.Subscribe([&](const Change& change) {
    const auto& ids = change.dossier_ids;
    if (std::find(ids.begin(), ids.end(), registered.dossier_id) == ids.end()) return;
    if (!Must(Must(mentor.OpenDossier(registered.dossier_id)).Messages()).empty() && !told.exchange(true)) {
      heard.set_value();
    }
  });
  mentor.StartBackgroundSync();

  Must(Must(client.OwnDossier()).SendMessage("ik ben er weer"));
  const Result<void> synced = client.SyncNow({.timeout = std::chrono::minutes(4), .keep_trying = true});
  EXPECT_TRUE(synced.ok()) << synced.error().reason;
  heard.get_future().wait();
}

}  // namespace
}  // namespace brug::test
