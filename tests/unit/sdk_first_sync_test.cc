#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sdk_world.h"

// 15 of document "sync": a first sync that is cut off goes on where it was.
namespace brug::sdk {
namespace {

using Fate = ScriptedService::Fate;

constexpr int kMessages = 17;

class FirstSync : public testing::TestWithParam<StorageAdapter> {
 protected:
  // A service with a mentor of two dossiers, in pages of three records.
  static void Furnish(ScriptedService& service) {
    for (const char* dossier : {kDossier, kOtherDossier}) {
      service.Grant(kMentor, dossier, v1::ROLE_MENTOR);
      for (int i = 0; i < kMessages; ++i) {
        service.Write(dossier, ClientAuthor(), SendMessage(Id(100 + i), "bericht"));
      }
    }
    service.page_records_max = 3;
  }
  static std::int64_t Complete(Phone& phone) { return phone.core().Status().dossiers_complete; }
};

TEST_P(FirstSync, CutOffAtAnyCallGoesOnWhereItWasInAnotherProcessAndFetchesNoPageTwice) {
  std::size_t whole = 0;
  for (std::size_t cut = 0; cut == 0 || cut < whole; ++cut) {
    FakeClock clock;
    ScriptedService service(clock);
    Furnish(service);
    Phone phone(service, clock, GetParam());
    ASSERT_TRUE(phone.Enrol(kMentorCode).ok());
    if (cut > 0) {
      service.sync_fates.assign(cut, Fate::kFine);
      service.sync_fates.push_back(Fate::kNotReached);
      ASSERT_NE(phone.Sync(), std::nullopt);
      EXPECT_EQ(Complete(phone), 0) << cut;
      ASSERT_TRUE(phone.Reopen().ok());
    }
    service.requests.clear();
    ASSERT_EQ(phone.Sync(), std::nullopt) << cut;
    if (cut == 0) whole = service.requests.size();
    EXPECT_EQ(service.requests.size(), whole - cut) << cut;
    EXPECT_EQ(Complete(phone), 2);
    EXPECT_EQ(phone.core().Status().drifts, 0);
    for (const char* dossier : {kDossier, kOtherDossier}) {
      EXPECT_EQ(phone.Records(dossier).size(), kMessages + 1U) << cut;
    }
  }
  EXPECT_EQ(whole, 6U) << "18 records in pages of 3";
}

TEST_P(FirstSync, ShowsHowFarItIs) {
  FakeClock clock;
  ScriptedService service(clock);
  Furnish(service);
  Phone phone(service, clock, GetParam());
  ASSERT_TRUE(phone.Enrol(kMentorCode).ok());
  phone.Give(SyncWanted{});
  std::int64_t received = 0;
  while (!phone.calls.empty()) {
    const Call call = phone.calls.front();
    phone.calls.pop_front();
    phone.Give(service.Take(call));
    const CoreStatus status = phone.core().Status();
    EXPECT_GE(status.records_received, received);
    received = status.records_received;
    EXPECT_EQ(status.dossiers_total, received > 0 ? 2 : status.dossiers_total);
  }
  EXPECT_EQ(received, 2 * (kMessages + 1));
  EXPECT_EQ(Complete(phone), 2);
}

// 14
TEST_P(FirstSync, ThatBeginsAnewHalfWayKeepsNothingOfWhatWasDeletedMeanwhile) {
  FakeClock clock;
  ScriptedService service(clock);
  Furnish(service);
  Phone phone(service, clock, GetParam());
  ASSERT_TRUE(phone.Enrol(kMentorCode).ok());
  service.sync_fates = {Fate::kFine, Fate::kFine, Fate::kNotReached};
  ASSERT_NE(phone.Sync(), std::nullopt);
  // To the device a compaction and a lost history are one: its page token counts as none.
  service.RestoreTo(kDossier, 2);
  ASSERT_EQ(phone.Sync(), std::nullopt);
  EXPECT_EQ(phone.Records(kDossier).size(), 2U);
  EXPECT_EQ(phone.Records(kOtherDossier).size(), kMessages + 1U);
  EXPECT_EQ(phone.core().Status().drifts, 0);
}

INSTANTIATE_TEST_SUITE_P(Adapters, FirstSync, testing::Values(MemoryAdapter(), SqliteAdapter()),
                         [](const auto& adapter) { return adapter.param.name; });

}  // namespace
}  // namespace brug::sdk
