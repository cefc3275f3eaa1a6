#include <brug/client.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <future>
#include <iostream>
#include <mutex>
#include <vector>

#include "tests/support/counts.h"
#include "tests/support/dossier_story.h"
#include "tests/support/people.h"
#include "tests/support/raw_device.h"

// 15 of document "sync", with a whole caseload: the service ends again and again while a mentor's first sync
// goes on.
namespace brug::test {
namespace {

constexpr int kMutationsPerCall = 100;
constexpr int kRoundsMax = 10'000;

// The clients' phones write so many messages into each dossier.
void FillDossiers(RunningService& service, const std::string& organisation, Client& mentor, int dossiers,
                  int records) {
  for (int d = 0; d < dossiers; ++d) {
    const auto registered = Must(mentor.RegisterClient({.display_name = "Client " + std::to_string(d)}));
    RawDevice phone(service, organisation);
    ASSERT_TRUE(phone.Enrol(registered.activation_code.code).ok());
    for (int done = 0; done < records;) {
      v1::SyncRequest request;
      for (; done < records && request.mutations_size() < kMutationsPerCall; ++done) {
        *request.add_mutations() =
            phone.Number(testing::Say(phone.NewId(), std::to_string(done) + std::string(1'900, '.')),
                         registered.dossier_id);
      }
      const v1::SyncResponse response = phone.Must(phone.sync(), &v1::SyncService::Stub::Sync, request);
      for (const v1::Outcome& outcome : response.outcomes()) ASSERT_TRUE(outcome.has_applied());
    }
  }
}

// One sync of which the service ends as soon as something of it came. Says whether it was done all the same.
bool SyncUntilTheServiceEnds(Client& mentor, RunningService& service) {
  std::mutex mutex;
  std::condition_variable wake;
  bool came = false, ended = false;
  const auto note = [&](bool& what) {
    const std::lock_guard lock(mutex);
    what = true;
    wake.notify_all();
  };
  const Subscription subscription = mentor.Subscribe([&](const Change&) {
    const auto first_sync = mentor.GetStatus().first_sync;
    if (first_sync && first_sync->records_received > 0) note(came);
  });
  auto sync = std::async(std::launch::async, [&] {
    const Result<void> result = mentor.SyncNow();
    note(ended);
    return result.ok();
  });
  {
    std::unique_lock lock(mutex);
    wake.wait(lock, [&] { return came || ended; });
  }
  service.Kill();
  const bool done = sync.get();
  service.Start();
  return done;
}

TEST(FirstSyncOfACaseload, GoesOnWhereItWasAfterEachEndOfTheService) {
  const int dossiers = CountFrom("CASELOAD_DOSSIERS", 4);
  const int records = CountFrom("CASELOAD_RECORDS", 300);
  Neighbourhood neighbourhood({.flags = {"--device_calls_per_minute_max=1000000"}});
  RunningService& service = neighbourhood.service();
  const std::string organisation = service.CreateOrganisation("Gemeente Alphen");
  const auto staff = service.RegisterStaff({.organisation_id = organisation, .display_name = "Noor"});
  Client mentor = neighbourhood.Enrol("mentor", staff.activation_code);
  FillDossiers(service, organisation, mentor, dossiers, records);

  const auto begun = std::chrono::steady_clock::now();
  std::int64_t complete = 0;
  int ends = 0;
  while (!SyncUntilTheServiceEnds(mentor, service)) {
    ASSERT_LT(++ends, kRoundsMax);
    const auto first_sync = mentor.GetStatus().first_sync;
    if (!first_sync) continue;
    EXPECT_GE(first_sync->dossiers_complete, complete) << "what can be opened stays";
    complete = first_sync->dossiers_complete;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  const auto ids = Must(mentor.DossierIds());
  EXPECT_EQ(ids.size(), static_cast<std::size_t>(dossiers));
  for (const std::string& id : ids) {
    EXPECT_EQ(Must(Must(mentor.OpenDossier(id)).Messages()).size(), static_cast<std::size_t>(records));
  }
  EXPECT_EQ(mentor.GetStatus().mended_count, 0);
  EXPECT_GT(ends, 0) << "else nothing was cut off";
  std::cout << "first sync: " << dossiers << " dossiers of " << records << " records, cut off " << ends
            << " times, " << took.count() << " s\n";
}

}  // namespace
}  // namespace brug::test
