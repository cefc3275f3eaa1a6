#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client-sdk/src/replica/base_reader.h"
#include "client-sdk/src/sync/holdings.h"
#include "tests/unit/sdk_world.h"

// Drift of document "sync": a device notices that its records are not those of the service, and mends it.
namespace brug::sdk {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Drift : public testing::TestWithParam<StorageAdapter> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(phone_.Enrol(kClientCode).ok());
    ASSERT_EQ(phone_.Sync(), std::nullopt);
    service_.requests.clear();
  }

  void WriteThere(v1::Mutation mutation) { service_.Write(kDossier, ClientAuthor(), std::move(mutation)); }
  // From the next answer on, so many times, the first page with records loses its last one.
  void LoseARecord(int times) {
    service_.distort = [this, times](v1::SyncResponse& response) mutable {
      for (v1::DossierPage& page : *response.mutable_pages()) {
        if (times == 0 || page.records().empty()) continue;
        --times;
        lost_ = page.records(page.records_size() - 1).record_id();
        page.mutable_records()->RemoveLast();
      }
    };
  }
  std::vector<std::int64_t> Reports() {
    std::vector<std::int64_t> revisions;
    for (const v1::SyncRequest& request : service_.requests) {
      for (const v1::DriftReport& drift : request.drifts()) {
        EXPECT_EQ(drift.dossier_id(), kDossier);
        EXPECT_NE(drift.point().salt(), 0U);
        revisions.push_back(drift.point().revision());
      }
    }
    return revisions;
  }
  void ExpectSameRecords() {
    const auto here = phone_.Records();
    std::size_t live = 0;
    for (const auto& [id, record] : service_.Records(kDossier)) {
      if (record.deleted()) continue;
      ++live;
      ASSERT_TRUE(here.contains(id)) << id;
      EXPECT_EQ(here.at(id).SerializeAsString(), record.SerializeAsString()) << id;
    }
    EXPECT_EQ(here.size(), live);
  }

  FakeClock clock_;
  ScriptedService service_{clock_};
  Phone phone_{service_, clock_, GetParam()};
  crypto::SeededRandom random_{99};
  std::string lost_;
};

TEST_P(Drift, WhatFitsIsNoDrift) {
  WriteThere(CreateGoal(Id(1), "doel"));
  WriteThere(CreateStep(Id(2), Id(1), "stap"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  WriteThere(ReviseGoalTitle(Id(1), "ander doel"));
  ASSERT_TRUE(phone_.Accept(Tick(Id(2), Saturday())).ok());
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.core().Status().drifts, 0);
  EXPECT_THAT(Reports(), IsEmpty());
}

TEST_P(Drift, ARecordThatGotLostIsFetchedAnewInTheSameSyncCountedAndReported) {
  WriteThere(CreateGoal(Id(1), "doel"));
  WriteThere(CreateGoal(Id(3), "nog een doel"));
  LoseARecord(1);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_NE(lost_, "");
  ExpectSameRecords();
  EXPECT_EQ(phone_.core().Status().drifts, 1);
  EXPECT_THAT(Reports(), ElementsAre(service_.revision(kDossier)));
  ASSERT_EQ(service_.requests.size(), 2U);
  EXPECT_THAT(service_.requests[1].cursors(), IsEmpty()) << "it asks for all of it";

  service_.requests.clear();
  WriteThere(ReviseGoalTitle(Id(1), "ander doel"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_THAT(Reports(), IsEmpty()) << "it was heard";
  EXPECT_EQ(phone_.core().Status().drifts, 1) << "from now on it fits";
}

TEST_P(Drift, WhatIsPendingIsThereAfterTheRepair) {
  WriteThere(CreateGoal(Id(1), "doel"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  service_.retry_later[kDossier] = 100;
  ASSERT_TRUE(phone_.Accept(ReviseGoalTitle(Id(1), "mijn doel")).ok());
  WriteThere(CreateGoal(Id(3), "nog een doel"));
  LoseARecord(1);
  (void)phone_.Sync();
  EXPECT_EQ(phone_.core().Status().drifts, 1);
  EXPECT_EQ(phone_.core().Status().pending, 1);
  EXPECT_EQ(phone_.Find(Id(1))->goal().title(), "mijn doel");
  EXPECT_TRUE(phone_.Find(Id(3)).has_value()) << "what was lost is here";
  service_.retry_later[kDossier] = 0;
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  ExpectSameRecords();
}

TEST_P(Drift, ARecordThatChangedOnTheDeviceIsNoticedWithItsNextChange) {
  WriteThere(CreateGoal(Id(1), "doel"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  Holdings holdings({.clock = &clock_,
                     .random = &random_,
                     .key_store = &phone_.key_store,
                     .storage = &phone_.storage(),
                     .zones = nullptr},
                    "nl");
  ASSERT_TRUE(holdings.Load().ok());
  v1::Record spoilt = *phone_.Find(Id(1));
  spoilt.mutable_goal()->set_title("iets heel anders");
  ASSERT_TRUE(phone_.storage()
                  .replica()
                  .PutRecord(kDossier, SealRecord(spoilt, *holdings.Find(kDossier)->key, random_))
                  .ok());
  WriteThere(ReviseGoalTitle(Id(1), "ander doel"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.core().Status().drifts, 1);
  ExpectSameRecords();
}

TEST_P(Drift, ADigestThatNeverFitsIsFetchedAnewOnceADayAndReportedEachTime) {
  service_.distort = [](v1::SyncResponse& response) {
    for (v1::DossierPage& page : *response.mutable_pages()) page.set_digest(std::string(32, 'x'));
  };
  const auto snapshots = [this](v1::Mutation mutation) {
    WriteThere(std::move(mutation));
    service_.requests.clear();
    EXPECT_EQ(phone_.Sync(), std::nullopt);
    int count = 0;
    for (const v1::SyncRequest& request : service_.requests) count += request.cursors().empty() ? 1 : 0;
    return count;
  };
  EXPECT_EQ(snapshots(CreateGoal(Id(1), "doel")), 1);
  EXPECT_EQ(phone_.core().Status().drifts, 2) << "the change, and the snapshot";
  EXPECT_EQ(snapshots(CreateGoal(Id(2), "doel")), 0);
  EXPECT_THAT(Reports(), ElementsAre(service_.revision(kDossier) - 1));
  clock_.now += std::chrono::hours(23);
  EXPECT_EQ(snapshots(CreateGoal(Id(3), "doel")), 0);
  clock_.now += std::chrono::hours(2);
  EXPECT_EQ(snapshots(CreateGoal(Id(4), "doel")), 1);
  ExpectSameRecords();
}

TEST_P(Drift, ARepairThatWasCutOffGoesOnInTheNextProcess) {
  WriteThere(CreateGoal(Id(1), "doel"));
  LoseARecord(1);
  service_.sync_fates = {ScriptedService::Fate::kFine, ScriptedService::Fate::kNotReached};
  ASSERT_NE(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.core().Status().drifts, 1);
  EXPECT_FALSE(phone_.Find(Id(1)).has_value()) << "else nothing is repaired below";
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_EQ(phone_.core().Status().drifts, 1);
  service_.requests.clear();
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_THAT(Reports(), ElementsAre(service_.revision(kDossier)));
  ExpectSameRecords();
}

// Between the drift and its repair the service loses history: the snapshot that was asked for is of another
// one.
TEST_P(Drift, ARepairFromARestoredServiceOffersAgainWhatWasApplied) {
  WriteThere(CreateGoal(Id(1), "doel"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  const auto backed_up = service_.revision(kDossier);
  ASSERT_TRUE(phone_.Accept(ReviseGoalTitle(Id(1), "mijn doel")).ok());
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  WriteThere(CreateGoal(Id(3), "nog een doel"));
  LoseARecord(1);
  service_.sync_fates = {ScriptedService::Fate::kFine, ScriptedService::Fate::kNotReached};
  ASSERT_NE(phone_.Sync(), std::nullopt);
  ASSERT_EQ(phone_.core().Status().drifts, 1) << "else nothing is repaired below";

  service_.RestoreTo(kDossier, backed_up);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.core().Status().pending, 0);
  EXPECT_EQ(service_.Records(kDossier).at(Id(1)).goal().title(), "mijn doel");
  ExpectSameRecords();
}

TEST_P(Drift, ADigestOverSeveralPagesFitsAlsoWhenARecordChangesBetweenThemAndTheProcessEnds) {
  for (int i = 0; i < 6; ++i) WriteThere(CreateGoal(Id(10 + i), "doel"));
  service_.page_records_max = 2;
  service_.sync_fates = {ScriptedService::Fate::kFine, ScriptedService::Fate::kFine,
                         ScriptedService::Fate::kNotReached};
  ASSERT_NE(phone_.Sync(), std::nullopt);
  // On the stage already, and revealed already.
  WriteThere(ReviseGoalTitle(Id(10), "ander doel"));
  ASSERT_TRUE(phone_.Reopen().ok());
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.core().Status().drifts, 0);
  ExpectSameRecords();

  // The same on the way of a snapshot.
  service_.RestoreTo(kDossier, service_.revision(kDossier) - 1);
  service_.sync_fates = {ScriptedService::Fate::kFine, ScriptedService::Fate::kNotReached};
  ASSERT_NE(phone_.Sync(), std::nullopt);
  WriteThere(ReviseGoalTitle(Id(10), "nog een ander doel"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.core().Status().drifts, 0);
  ExpectSameRecords();
}

TEST_P(Drift, AServiceWithoutDigestsIsComparedWithNothing) {
  service_.distort = [](v1::SyncResponse& response) {
    for (v1::DossierPage& page : *response.mutable_pages()) page.clear_digest();
  };
  WriteThere(CreateGoal(Id(1), "doel"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.core().Status().drifts, 0);
  service_.distort = nullptr;
  WriteThere(CreateGoal(Id(2), "doel"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.core().Status().drifts, 0) << "the device kept its own in the meantime";
}

INSTANTIATE_TEST_SUITE_P(Adapters, Drift, testing::Values(MemoryAdapter(), SqliteAdapter()),
                         [](const auto& adapter) { return adapter.param.name; });

}  // namespace
}  // namespace brug::sdk
