#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

#include "proto/crypto/digest.h"
#include "proto/rules/canonical.h"
#include "proto/rules/limits.h"
#include "service/domain/compaction.h"
#include "service/domain/offers.h"
#include "service/storage_memory/memory_storage.h"
#include "tests/support/town.h"

// Digests of dossiers, and what is left of their past (document "sync", drift and cases 13 and 14).
namespace brug::testing {
namespace {

constexpr std::int64_t kRowsMax = 1000;

class DomainPast : public ::testing::Test {
 protected:
  Town town{std::make_unique<storage::MemoryStorage>()};
  TownDevice mentor = town.Mentor("Fatima");
  TownDevice client = town.Client(mentor);
  const std::string& dossier = client.dossier_id;

  std::string Goal() {
    v1::Mutation mutation = NewGoal(town.NewId());
    mutation.mutable_create_goal()->mutable_goal()->set_domain_id("housing");
    std::string id = mutation.create_goal().goal_id();
    EXPECT_TRUE(town.Push(client, mutation).has_applied());
    return id;
  }
  void SayMuch(int times) {
    for (int i = 0; i < times; ++i) {
      ASSERT_TRUE(town.Push(client, Say(town.NewId(), std::string(1500, 'w'))).has_applied());
    }
  }

  storage::DossierHead Head() {
    storage::DossierHead head;
    EXPECT_TRUE(store().Read([&](const storage::Snapshot& s) { head = *s.FindHead(dossier); }).ok());
    return head;
  }
  bool HasEntry(std::int64_t revision) {
    bool has = false;
    EXPECT_TRUE(
        store()
            .Read([&](const storage::Snapshot& s) { has = s.FindLogEntry(dossier, revision).has_value(); })
            .ok());
    return has;
  }
  std::int64_t CountRecords() {
    std::size_t count = 0;
    EXPECT_TRUE(
        store()
            .Read([&](const storage::Snapshot& s) { count = s.RecordsAfter(dossier, 0, 1 << 30).size(); })
            .ok());
    return static_cast<std::int64_t>(count);
  }
  std::size_t CountDue() {
    std::size_t count = 0;
    EXPECT_TRUE(store()
                    .Read([&](const storage::Snapshot& s) {
                      count =
                          s.HeadsDueForCompaction(domain::ToMicroseconds(town.clock.now), kRowsMax).size();
                    })
                    .ok());
    return count;
  }
  storage::OrganisationStore& store() { return *town.store; }

  domain::JobDone Compact(std::int64_t rows_max = kRowsMax) {
    domain::JobDone done;
    const storage::Work work = [&](storage::Transaction& transaction) {
      const domain::Caller caller = domain::ServiceCaller(town.organisation_id);
      domain::Desk desk{town.surroundings, transaction, caller, town.keys_of_organisation, town.clock.now};
      const auto result = domain::CompactDossiers(desk, rows_max);
      EXPECT_TRUE(result.ok());
      if (result.ok()) done = *result;
      return result.ok();
    };
    EXPECT_TRUE(store().Write({&work, 1}).ok());
    return done;
  }

  // One call of the client's device with this cursor; empty for none.
  v1::SyncResponse Fetch(const std::string& cursor, int page_bytes_max = 0) {
    v1::SyncRequest request;
    request.set_page_bytes_max(page_bytes_max);
    if (!cursor.empty()) {
      request.add_cursors()->set_dossier_id(dossier);
      request.mutable_cursors(0)->set_cursor(cursor);
    }
    const auto response = town.Sync(client, request);
    EXPECT_TRUE(response.ok());
    return response.ok() ? *response : v1::SyncResponse();
  }
  std::string WholeCursor() {
    const v1::SyncResponse response = Fetch("");
    EXPECT_TRUE(response.pages(0).last());
    return response.pages(0).cursor();
  }
  std::string DigestOfEverything() {
    crypto::SetDigest digest;
    for (const auto& [id, record] : town.Everything(client, dossier)) digest.Add(*rules::DigestEntry(record));
    return digest.bytes();
  }
};

TEST_F(DomainPast, TheLastPageCarriesTheDigestOverTheLiveRecords) {
  const std::string empty = Fetch("").pages(0).digest();
  EXPECT_EQ(empty, DigestOfEverything());
  const std::string goal = Goal(), doomed = Goal();
  const std::string goals = Fetch("").pages(0).digest();
  EXPECT_EQ(goals, DigestOfEverything());
  EXPECT_NE(goals, empty);
  ASSERT_TRUE(town.Push(client, RetitleGoal(goal, "anders")).has_applied());
  ASSERT_TRUE(town.Push(client, Delete(doomed)).has_applied());
  EXPECT_FALSE(town.Everything(client, dossier).contains(doomed));
  EXPECT_EQ(Fetch("").pages(0).digest(), DigestOfEverything());
}

TEST_F(DomainPast, TheDigestIsOfThePointThatThePageLeadsTo) {
  const std::string before = WholeCursor();
  Goal();
  const v1::SyncResponse changes = Fetch(before);
  ASSERT_EQ(changes.pages_size(), 1);
  EXPECT_FALSE(changes.pages(0).snapshot());
  EXPECT_EQ(changes.pages(0).digest(), DigestOfEverything());
  EXPECT_EQ(changes.pages(0).point().revision(), Head().revision);
}

TEST_F(DomainPast, ADigestThatDoesNotOpenStopsNobodyAndIsMadeAnewByTheNextMutation) {
  Goal();
  const storage::Work spoil = [&](storage::Transaction& transaction) {
    storage::DossierHead head = *transaction.FindHead(dossier);
    head.sealed_digest.back() ^= 1;
    return transaction.UpdateHead(head.revision, head);
  };
  ASSERT_TRUE(store().Write({&spoil, 1}).ok());
  EXPECT_EQ(Fetch("").pages(0).digest(), "") << "it is not known";
  Goal();
  const std::string digest = Fetch("").pages(0).digest();
  EXPECT_EQ(digest, DigestOfEverything());
  EXPECT_NE(digest, "");
}

TEST_F(DomainPast, APageBeforeTheLastCarriesNoDigest) {
  SayMuch(10);
  const v1::SyncResponse first = Fetch("", static_cast<int>(rules::kPageBytesMin));
  EXPECT_FALSE(first.pages(0).last());
  EXPECT_EQ(first.pages(0).digest(), "");
}

TEST_F(DomainPast, ADossierFromBeforeDigestsGetsItsOwnWithItsNextChange) {
  Goal();
  const storage::Work forget = [&](storage::Transaction& transaction) {
    storage::DossierHead head = *transaction.FindHead(dossier);
    head.sealed_digest.clear();
    return transaction.UpdateHead(head.revision, head);
  };
  ASSERT_TRUE(store().Write({&forget, 1}).ok());
  EXPECT_EQ(Fetch("").pages(0).digest(), "");
  Goal();
  EXPECT_EQ(Fetch("").pages(0).digest(), DigestOfEverything());
}

TEST_F(DomainPast, WhatIsYoungerThanADeviceMayBeAwayStays) {
  const std::string doomed = Goal();
  ASSERT_TRUE(town.Push(client, Delete(doomed)).has_applied());
  const std::int64_t records = CountRecords();
  town.clock.now += domain::kOfflineMax - std::chrono::hours(1);
  Goal();
  EXPECT_EQ(Compact().done_count, 0) << "it is not due at all";
  town.clock.now += std::chrono::minutes(59);
  Compact();
  EXPECT_EQ(Head().compacted_revision, 0);
  EXPECT_EQ(CountRecords(), records + 1);
  EXPECT_TRUE(HasEntry(1));
}

TEST_F(DomainPast, TheFloorIsTheNewestEntryThatIsOldEnoughAndNoneThatIsADayYounger) {
  static_assert(domain::kOfflineMax == std::chrono::days(400));
  Goal();
  const std::int64_t old = Head().revision;
  town.clock.now += std::chrono::hours(23);
  Goal();
  town.clock.now += domain::kOfflineMax - std::chrono::hours(22);
  Compact();
  EXPECT_EQ(Head().compacted_revision, old);
  EXPECT_TRUE(HasEntry(old + 1));
}

TEST_F(DomainPast, WhatIsOlderGoesButForWhatIsLiveAndTheNewestOldEntry) {
  const std::string kept = Goal(), doomed = Goal();
  ASSERT_TRUE(town.Push(client, Delete(doomed)).has_applied());
  const std::int64_t old = Head().revision;
  town.clock.now += domain::kOfflineMax + std::chrono::hours(1);
  const std::string young = Goal();
  const std::int64_t records = CountRecords();
  const auto everything = town.Everything(client, dossier);
  const std::string digest = Fetch("").pages(0).digest();
  EXPECT_GT(Compact().done_count, 0);

  EXPECT_EQ(Head().compacted_revision, old);
  EXPECT_EQ(CountRecords(), records - 1) << "the tombstone";
  EXPECT_FALSE(HasEntry(1));
  EXPECT_FALSE(HasEntry(old - 1));
  EXPECT_TRUE(HasEntry(old));
  EXPECT_TRUE(HasEntry(old + 1));
  const auto left = town.Everything(client, dossier);
  EXPECT_EQ(left.size(), everything.size());
  EXPECT_TRUE(left.contains(kept) && left.contains(young));
  EXPECT_EQ(Fetch("").pages(0).digest(), digest);
  EXPECT_EQ(digest, DigestOfEverything());

  EXPECT_EQ(Compact().done_count, 0) << "not due again yet";
  town.clock.now += domain::kCompactionInterval;
  Compact();
  EXPECT_EQ(Head().compacted_revision, old) << "the younger entry is not old enough";
}

TEST_F(DomainPast, ManyDossiersAreCompactedOverSeveralRuns) {
  for (int i = 0; i < 3; ++i) (void)town.Client(mentor, "Jan");
  town.clock.now += domain::kOfflineMax + std::chrono::hours(1);
  EXPECT_EQ(CountDue(), 4);
  EXPECT_GE(Compact(1).done_count, 1);
  EXPECT_EQ(CountDue(), 3);
  EXPECT_NE(domain::RowsMaxOfNext(Compact(2), 2), std::nullopt) << "else the job stops with work left";
  EXPECT_LT(CountDue(), 3);
  EXPECT_EQ(domain::RowsMaxOfNext(Compact(), kRowsMax), std::nullopt) << "else the job never stops";
  EXPECT_EQ(CountDue(), 0);
  EXPECT_EQ(Compact().done_count, 0);
}

TEST_F(DomainPast, ADossierThatCannotBeCompactedHoldsNoOtherBack) {
  const std::string keyless = "00000000-0000-4000-8000-000000000001";
  const storage::Work insert = [&](storage::Transaction& transaction) {
    const std::int64_t now_us = domain::ToMicroseconds(town.clock.now);
    return transaction.InsertHead({.dossier_id = keyless, .revision = 2}) &&
           transaction.AppendLogEntry(keyless, {.revision = 1, .appended_at_us = now_us}) &&
           transaction.AppendLogEntry(keyless, {.revision = 2, .appended_at_us = now_us});
  };
  ASSERT_TRUE(store().Write({&insert, 1}).ok());
  Goal();
  town.clock.now += domain::kOfflineMax + std::chrono::hours(1);
  const std::int64_t due = static_cast<std::int64_t>(CountDue());
  EXPECT_EQ(Compact(1).skipped_count, 1) << "it is the first";
  EXPECT_EQ(CountDue(), static_cast<std::size_t>(due - 1)) << "and comes first no more";
  EXPECT_EQ(Compact().skipped_count, 0);
  EXPECT_EQ(Head().compacted_revision, Head().revision);
  EXPECT_EQ(CountDue(), 0U);
  std::int64_t compacted = -1;
  EXPECT_TRUE(store()
                  .Read([&](const storage::Snapshot& s) {
                    compacted = s.FindHead(keyless)->compacted_revision;
                    EXPECT_TRUE(s.FindLogEntry(keyless, 1).has_value());
                  })
                  .ok());
  EXPECT_EQ(compacted, 0) << "nothing of it was kept";
  town.clock.now += domain::kCompactionRetry;
  EXPECT_EQ(Compact().skipped_count, 1) << "it is tried again";
}

TEST_F(DomainPast, ALongPastIsCompactedOverSeveralTransactions) {
  for (int i = 0; i < 3 * domain::kJobRowsMax; ++i) {
    ASSERT_TRUE(town.Push(client, Say(town.NewId(), "hallo")).has_applied());
  }
  town.clock.now += domain::kOfflineMax + std::chrono::hours(1);
  int runs = 0;
  std::optional<std::int64_t> rows_max = domain::kJobRowsMax;
  while (rows_max && runs < 100) {
    const std::int64_t before = Head().compacted_revision;
    rows_max = domain::RowsMaxOfNext(Compact(*rows_max), *rows_max);
    EXPECT_LE(Head().compacted_revision - before, domain::kJobRowsMax);
    ++runs;
  }
  EXPECT_GT(runs, 3);
  EXPECT_EQ(Head().compacted_revision, Head().revision);
  EXPECT_FALSE(HasEntry(Head().revision - 1));
  EXPECT_EQ(CountDue(), 0U);
}

TEST_F(DomainPast, EntriesOfWhichNobodyKnowsTheirTimeGoOnlyWithAnOldOneBehindThem) {
  town.clock.now = rules::Instant(std::chrono::microseconds(0));
  Goal();
  const std::int64_t unknown = Head().revision;
  town.clock.now = kNow + domain::kOfflineMax + std::chrono::hours(1);
  Compact();
  EXPECT_LT(Head().compacted_revision, unknown);
  Goal();
  const std::int64_t known = Head().revision;
  town.clock.now += domain::kOfflineMax + domain::kCompactionInterval;
  Compact();
  EXPECT_EQ(Head().compacted_revision, known);
}

// 13
TEST_F(DomainPast, ACursorFromBeforeTheCompactionBeginsAnew) {
  const std::string doomed = Goal();
  const std::string old_cursor = WholeCursor();
  ASSERT_TRUE(town.Push(client, Delete(doomed)).has_applied());
  const std::string cursor_at_the_floor = WholeCursor();
  town.clock.now += domain::kOfflineMax + std::chrono::hours(1);
  Goal();
  EXPECT_FALSE(Fetch(old_cursor).pages(0).snapshot()) << "before the compaction it is good";
  Compact();

  const v1::SyncResponse anew = Fetch(old_cursor);
  ASSERT_EQ(anew.pages_size(), 1);
  EXPECT_TRUE(anew.pages(0).snapshot());
  for (const v1::Record& record : anew.pages(0).records()) EXPECT_NE(record.record_id(), doomed);
  const v1::SyncResponse goes_on = Fetch(cursor_at_the_floor);
  ASSERT_EQ(goes_on.pages_size(), 1);
  EXPECT_FALSE(goes_on.pages(0).snapshot());
  EXPECT_EQ(goes_on.pages(0).records_size(), 1);
}

TEST_F(DomainPast, ADossierThatIsAllOldIsFetchedInSmallPages) {
  SayMuch(20);
  const auto whole = town.Everything(client, dossier);
  town.clock.now += domain::kOfflineMax + std::chrono::hours(1);
  Compact();
  ASSERT_EQ(Head().compacted_revision, Head().revision);
  EXPECT_EQ(town.Everything(client, dossier, static_cast<int>(rules::kPageBytesMin)).size(), whole.size());
}

// 14
TEST_F(DomainPast, AFirstSyncThatACompactionOvertookBeginsAnew) {
  const std::string doomed = Goal();
  SayMuch(20);
  const v1::SyncResponse first = Fetch("", static_cast<int>(rules::kPageBytesMin));
  ASSERT_FALSE(first.pages(0).last());
  const bool delivered = std::any_of(first.pages(0).records().begin(), first.pages(0).records().end(),
                                     [&](const v1::Record& record) { return record.record_id() == doomed; });
  ASSERT_TRUE(delivered) << "else nothing is shown below";
  ASSERT_TRUE(town.Push(client, Delete(doomed)).has_applied());
  EXPECT_FALSE(Fetch(first.pages(0).cursor()).pages(0).snapshot()) << "before the compaction it goes on";
  town.clock.now += domain::kOfflineMax + std::chrono::hours(1);
  Compact();
  const v1::SyncResponse next = Fetch(first.pages(0).cursor());
  ASSERT_EQ(next.pages_size(), 1);
  EXPECT_TRUE(next.pages(0).snapshot()) << "else the device keeps what was deleted";
}

// 14
TEST_F(DomainPast, AFirstSyncGoesOnWhereACompactionTookNothingThatItNeeds) {
  SayMuch(10);
  const std::string doomed = Goal();
  ASSERT_TRUE(town.Push(client, Delete(doomed)).has_applied());
  town.clock.now += domain::kOfflineMax + std::chrono::hours(1);
  SayMuch(10);
  const v1::SyncResponse first = Fetch("", static_cast<int>(rules::kPageBytesMin));
  ASSERT_FALSE(first.pages(0).last());
  Compact();
  ASSERT_GT(Head().compacted_revision, first.pages(0).records().rbegin()->revision());
  const v1::SyncResponse next = Fetch(first.pages(0).cursor());
  EXPECT_FALSE(next.pages(0).snapshot());
  EXPECT_TRUE(next.pages(0).last());
  EXPECT_EQ(next.pages(0).digest(), DigestOfEverything());
}

TEST_F(DomainPast, AWayOfChangesThatACompactionOvertookBeginsAnew) {
  const std::string doomed = Goal();
  const std::string whole = WholeCursor();
  SayMuch(10);
  ASSERT_TRUE(town.Push(client, Delete(doomed)).has_applied());
  SayMuch(10);
  const v1::SyncResponse first = Fetch(whole, static_cast<int>(rules::kPageBytesMin));
  ASSERT_FALSE(first.pages(0).last());
  town.clock.now += domain::kOfflineMax + std::chrono::hours(1);
  Compact();
  EXPECT_TRUE(Fetch(first.pages(0).cursor()).pages(0).snapshot());
}

TEST_F(DomainPast, ADriftIsHeardOfDossiersThatTheCallerMayReadEachOnce) {
  const TownDevice other = town.Client(mentor, "Jan");
  v1::SyncRequest request;
  for (const std::string& id : {dossier, other.dossier_id, dossier, town.NewId()}) {
    request.add_drifts()->set_dossier_id(id);
  }
  const auto heard = [&](const TownDevice& device) {
    std::vector<std::string> ids;
    EXPECT_TRUE(
        store()
            .Read([&](const storage::Snapshot& snapshot) {
              const auto caller =
                  domain::Identify(snapshot, *town.keys_of_organisation, town.ClaimsOf(device));
              for (const v1::DriftReport& drift : domain::DriftsOf(
                       {town.surroundings, snapshot, *caller, town.keys_of_organisation, town.clock.now},
                       request)) {
                ids.push_back(drift.dossier_id());
              }
            })
            .ok());
    return ids;
  };
  EXPECT_EQ(heard(client), std::vector<std::string>{dossier});
  EXPECT_EQ(heard(mentor), (std::vector<std::string>{dossier, other.dossier_id}));
}

}  // namespace
}  // namespace brug::testing
