#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client-sdk/src/replica/base_reader.h"
#include "client-sdk/src/sync/holdings.h"
#include "tests/unit/sdk_world.h"

// Hard case 18 of document "sync", the other way round: a service that is newer than this program. What the
// program does not know it keeps as it came, and its own next version shows it.
namespace brug::sdk {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Field 999, a text.
const std::string kOfTomorrow("\xBA\x3E\x05nieuw", 8);

// What a program notes that knows one kind of record less.
const std::string kFewerKinds =
    std::to_string(v1::Record::descriptor()->FindOneofByName("content")->field_count() - 1);

class NewerService : public testing::TestWithParam<StorageAdapter> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(phone_.Enrol(kClientCode).ok());
    ASSERT_EQ(phone_.Sync(), std::nullopt);
  }

  std::string Must(v1::Mutation mutation) {
    auto accepted = phone_.Accept(std::move(mutation));
    EXPECT_TRUE(accepted.ok()) << accepted.error().reason << " " << accepted.error().field;
    return accepted.ok() ? accepted->mutation_id : "";
  }

  // The first outcome of each answer is from now on one that has the number 999 in the contract of tomorrow.
  void AnswerInAWayOfTomorrow() {
    service_.distort = [](v1::SyncResponse& response) {
      if (response.outcomes_size() == 0) return;
      v1::Outcome& first = *response.mutable_outcomes(0);
      first.clear_result();
      first.MergeFromString(kOfTomorrow);
    };
  }

  Holdings OpenHoldings() {
    return Holdings({.clock = &clock_,
                     .random = &random_,
                     .key_store = &phone_.key_store,
                     .storage = &phone_.storage(),
                     .zones = nullptr},
                    "nl");
  }

  std::vector<std::string> Listed(std::string_view group) {
    std::vector<std::string> ids;
    for (const v1::Record& record : (*phone_.core().ViewOf(kDossier))->ChildrenOf(group))
      ids.push_back(record.record_id());
    return ids;
  }

  FakeClock clock_;
  crypto::SeededRandom random_{5};
  ScriptedService service_{clock_};
  Phone phone_{service_, clock_, GetParam()};
};

TEST_P(NewerService, AFieldOfTomorrowOutlivesAnEditMadeHere) {
  v1::Mutation written = CreateGoal(Id(1), "doel");
  written.mutable_create_goal()->mutable_goal()->MergeFromString(kOfTomorrow);
  service_.Write(kDossier, ClientAuthor(), written);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  Must(ReviseGoalTitle(Id(1), "ander doel"));
  const auto has_field = [&] {
    return phone_.Find(Id(1))->goal().SerializeAsString().ends_with(kOfTomorrow);
  };
  EXPECT_TRUE(has_field()) << "while the edit is pending";
  ASSERT_TRUE(phone_.Reopen().ok());
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_TRUE(has_field());
  EXPECT_EQ(phone_.Find(Id(1))->goal().title(), "ander doel");
  EXPECT_EQ(phone_.Find(Id(1))->SerializeAsString(),
            service_.Records(kDossier).at(Id(1)).SerializeAsString());
  EXPECT_EQ(phone_.core().Status().drifts, 0);
}

TEST_P(NewerService, AKindOfTomorrowIsKeptAsItCameAndDisturbsNothing) {
  v1::Record record;
  record.set_record_id(Id(10));
  record.MergeFromString(kOfTomorrow);
  service_.WriteRecord(kDossier, record);
  Must(CreateGoal(Id(1), "doel"));
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.core().Status().state, CoreState::kIdle);
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_EQ(phone_.Find(Id(10))->SerializeAsString(),
            service_.Records(kDossier).at(Id(10)).SerializeAsString());
  EXPECT_EQ(phone_.core().Status().drifts, 0);
}

// An older program kept a record that it could not list: here a message.
TEST_P(NewerService, AKindThatAnOlderProgramKeptIsListedOnceTheProgramKnowsIt) {
  service_.Write(kDossier, MentorAuthor(), SendMessage(Id(10), "bericht"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  {
    Holdings holdings = OpenHoldings();
    ASSERT_TRUE(holdings.Load().ok());
    RecordRow row = SealRecord(*phone_.Find(Id(10)), *holdings.Find(kDossier)->key, random_);
    row.parent_token.clear();
    Replica& replica = phone_.storage().replica();
    ASSERT_TRUE(replica.PutRecord(kDossier, row).ok());
    ASSERT_TRUE(replica.WriteNote(Note::kKindsKnown, kFewerKinds).ok());
  }
  ASSERT_THAT(Listed(rules::kMessages), IsEmpty()) << "as the older program showed it";
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_THAT(Listed(rules::kMessages), ElementsAre(Id(10)));
  const auto known = phone_.storage().replica().ReadNote(Note::kKindsKnown);
  EXPECT_NE(*known, kFewerKinds) << "so that the next opening does not look again";
  service_.requests.clear();
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(service_.requests.back().cursors_size(), 1) << "nothing has to be fetched anew";
}

TEST_P(NewerService, WhatAnOlderProgramHadStagedIsFetchedOnceMore) {
  service_.page_records_max = 1;
  for (int i = 0; i < 5; ++i) service_.Write(kDossier, MentorAuthor(), SendMessage(Id(10 + i), "bericht"));
  service_.distort = [this](v1::SyncResponse& response) {
    if (response.pages_size() > 0) service_.sync_fates = {ScriptedService::Fate::kNotReached};
  };
  EXPECT_TRUE(phone_.Sync().has_value());
  const auto staged = [&] {
    return !phone_.storage().replica().ListDossiers()->front().staged_cursor.empty();
  };
  ASSERT_TRUE(staged());
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_TRUE(staged()) << "the same program goes on where it was";
  ASSERT_TRUE(phone_.storage().replica().WriteNote(Note::kKindsKnown, kFewerKinds).ok());
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_FALSE(staged());
  service_.distort = nullptr;
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(Listed(rules::kMessages).size(), 5U);
  EXPECT_EQ(phone_.core().Status().drifts, 0);
}

TEST_P(NewerService, AnOutcomeOfTomorrowWaitsForTheNextProgramAndHoldsNothingBack) {
  const std::string id = Must(SendMessage(Id(3), "bericht"));
  Must(CreateGoal(Id(1), "doel"));
  AnswerInAWayOfTomorrow();
  service_.requests.clear();
  const auto error = phone_.Sync();
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->reason, "UPDATE_NEEDED");
  EXPECT_EQ(phone_.core().Status().state, CoreState::kUpdateNeeded);
  EXPECT_EQ(service_.requests.size(), 1U) << "not asked again in the same sync";
  EXPECT_EQ(phone_.core().Status().pending, 1);
  EXPECT_TRUE(phone_.Find(Id(3)).has_value()) << "still shown";
  EXPECT_GT(phone_.Find(Id(1))->revision(), 0);

  ASSERT_TRUE(phone_.Reopen().ok());
  Must(CreateStep(Id(2), Id(1), "stap"));
  service_.distort = nullptr;
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.core().Status().state, CoreState::kIdle);
  EXPECT_EQ(phone_.core().Status().pending, 0);
  EXPECT_EQ(service_.effects[id], 1);
}

TEST_P(NewerService, AReasonOfTomorrowIsKeptWithWhatItRefused) {
  const auto of_tomorrow = static_cast<v1::ErrorReason>(999);
  Must(SendMessage(Id(3), "bericht"));
  service_.distort = [&](v1::SyncResponse& response) {
    for (v1::Outcome& outcome : *response.mutable_outcomes())
      outcome.mutable_rejected()->set_reason(of_tomorrow);
    response.clear_pages();
  };
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  ASSERT_TRUE(phone_.Reopen().ok());
  const auto rejected = phone_.core().Rejected();
  ASSERT_EQ(rejected->size(), 1U);
  EXPECT_EQ(rejected->front().mutation.send_message().words(), "bericht");
  EXPECT_EQ(rejected->front().error.reason, "INTERNAL");
  EXPECT_FALSE(rejected->front().error.message.empty());

  Holdings holdings = OpenHoldings();
  ASSERT_TRUE(holdings.Load().ok());
  const auto rows = phone_.storage().outbox().ListRejected();
  const auto outcome = Holdings::OpenOutcome(*holdings.Find(kDossier)->key, rows->front().sealed_outcome,
                                             rows->front().ordinal);
  EXPECT_EQ(outcome->rejected().reason(), of_tomorrow) << "for the program that knows it";
}

TEST_P(NewerService, AStatementOfTomorrowIsKeptAndThoseBehindItAreHeard) {
  v1::StatementContent content = service_.NextContent(kClient);
  content.MergeFromString(kOfTomorrow);
  service_.Keep(content, service_.Sign(content));
  service_.End(kClient, kDossier);
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_THAT(phone_.core().Dossiers(), IsEmpty()) << "by the end behind it";
  bool kept = false;
  for (const StatementRow& row : *phone_.storage().replica().ListStatements())
    kept = kept || row.number == content.number();
  EXPECT_TRUE(kept);
}

INSTANTIATE_TEST_SUITE_P(Adapters, NewerService, testing::Values(MemoryAdapter(), SqliteAdapter()),
                         [](const auto& adapter) { return adapter.param.name; });

}  // namespace
}  // namespace brug::sdk
