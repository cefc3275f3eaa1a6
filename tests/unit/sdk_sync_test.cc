#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/rules/limits.h"
#include "tests/unit/sdk_world.h"

// The exchange of document "sync": outcomes, pages and what becomes of a mutation. S1 to S7 are its
// invariants.
namespace brug::sdk {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Fate = ScriptedService::Fate;

class Sync : public testing::TestWithParam<StorageAdapter> {
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

  // S4, for this device: nothing pending, and the view is the service's records, byte for byte.
  void ExpectSettled() {
    EXPECT_EQ(phone_.core().Status().pending, 0);
    const auto here = phone_.Records();
    std::map<std::string, v1::Record> there;
    for (const auto& [id, record] : service_.Records(kDossier)) {
      if (!record.deleted()) there[id] = record;
    }
    ASSERT_EQ(here.size(), there.size());
    for (const auto& [id, record] : there) {
      EXPECT_EQ(here.at(id).SerializeAsString(), record.SerializeAsString()) << id;
    }
  }

  FakeClock clock_;
  ScriptedService service_{clock_};
  Phone phone_{service_, clock_, GetParam()};
};

TEST_P(Sync, AnAcceptedMutationIsShownAtOnceAsUnconfirmedAndThenAsConfirmed) {
  Must(CreateGoal(Id(1), "Ik wil rust in huis"));
  ASSERT_TRUE(phone_.Find(Id(1)).has_value());
  EXPECT_EQ(phone_.Find(Id(1))->revision(), 0);
  EXPECT_EQ(phone_.core().Status().pending, 1);

  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.Find(Id(1))->revision(), 2);
  EXPECT_EQ(phone_.Find(Id(1))->goal().title(), "Ik wil rust in huis");
  ExpectSettled();
  EXPECT_EQ(phone_.core().Status().state, CoreState::kIdle);
}

TEST_P(Sync, WhatIsPendingIsThereAfterTheProcessEnded) {
  Must(CreateGoal(Id(1), "doel"));
  Must(CreateStep(Id(2), Id(1), "stap"));
  Must(Tick(Id(2), Saturday()));
  const auto before = phone_.Records();
  const auto oldest = phone_.core().Status().oldest_pending_at;
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_EQ(phone_.core().Status().pending, 3);
  EXPECT_EQ(phone_.core().Status().oldest_pending_at, oldest);
  const auto after = phone_.Records();
  ASSERT_EQ(after.size(), before.size());
  for (const auto& [id, record] : before)
    EXPECT_EQ(after.at(id).SerializeAsString(), record.SerializeAsString());
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  ExpectSettled();
}

TEST_P(Sync, ALostAnswerTakesEffectOnceAndIsHealedByTheRetry) {
  const std::string id = Must(CreateGoal(Id(1), "doel"));
  service_.sync_fates = {Fate::kAnswerLost};
  const auto error = phone_.Sync();
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->reason, "NO_CONNECTION");
  EXPECT_EQ(phone_.core().Status().state, CoreState::kOffline);
  EXPECT_EQ(phone_.core().Status().pending, 1);
  EXPECT_EQ(phone_.Find(Id(1))->revision(), 0);

  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(service_.effects[id], 1);
  ExpectSettled();
}

TEST_P(Sync, ACallThatIsNeverAnsweredInTimeIsNotTriedAgainByItself) {
  Must(CreateGoal(Id(1), "doel"));
  service_.sync_fates = {Fate::kTimedOut};
  const auto error = phone_.Sync(60'000);
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->reason, "TIMED_OUT");
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  ExpectSettled();
}

TEST_P(Sync, AnAnswerThatComesTwiceCountsOnce) {
  Must(CreateGoal(Id(1), "doel"));
  phone_.Give(SyncWanted{});
  ASSERT_EQ(phone_.calls.size(), 1U);
  const Answer answer = service_.Take(phone_.calls.front());
  phone_.calls.clear();
  phone_.Do(answer);
  phone_.Do(answer);
  ExpectSettled();
  EXPECT_EQ(phone_.sync_ends.size(), 2U) << "one in SetUp, one here";
}

TEST_P(Sync, ManyMutationsGoInCallsOfAtMostTwoHundred) {
  Must(CreateGoal(Id(1), "doel"));
  for (int i = 0; i < 449; ++i) Must(SendMessage(Id(100 + i), "bericht"));
  service_.requests.clear();
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  std::vector<int> sizes;
  for (const auto& request : service_.requests) sizes.push_back(request.mutations_size());
  EXPECT_THAT(sizes, ElementsAre(200, 200, 50));
  ExpectSettled();
}

TEST_P(Sync, ACallHoldsAtMostSoManyBytesOfMutations) {
  for (int i = 0; i < 160; ++i) Must(SendMessage(Id(100 + i), std::string(rules::kWordsBytesMax, 'a')));
  service_.requests.clear();
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(service_.requests.size(), 2U);
  for (const auto& request : service_.requests) {
    std::size_t bytes = 0;
    for (const auto& mutation : request.mutations()) bytes += mutation.ByteSizeLong();
    EXPECT_LE(bytes, rules::kCallMutationBytesMax);
  }
  ExpectSettled();
}

TEST_P(Sync, ASyncWithoutNewsTakesOneCallAndPushesNothing) {
  service_.requests.clear();
  phone_.notifies.clear();
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  ASSERT_EQ(service_.requests.size(), 1U);
  EXPECT_EQ(service_.requests[0].mutations_size(), 0);
  EXPECT_EQ(service_.requests[0].cursors_size(), 1);
  for (const auto& notify : phone_.notifies) EXPECT_THAT(notify.dossier_ids, IsEmpty());
}

TEST_P(Sync, PagesAreShownOnlyTogetherWithTheLastOneEvenAcrossAnEndOfTheProcess) {
  for (int i = 0; i < 7; ++i)
    service_.Write(kDossier, MentorAuthor(), SendMessage(Id(10 + i), "van de begeleider"));
  service_.page_records_max = 2;
  // The process ends after the second page; the rest comes to the next one.
  phone_.Give(SyncWanted{});
  for (int page = 0; page < 2; ++page) {
    const Call call = phone_.calls.front();
    phone_.calls.clear();
    phone_.Give(service_.Take(call));
    EXPECT_EQ(phone_.Records().size(), 1U) << "only the profile";
  }
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_EQ(phone_.Records().size(), 1U);
  service_.requests.clear();
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(service_.requests.size(), 2U) << "4 of 7 had been staged, 3 are left";
  EXPECT_EQ(phone_.Records().size(), 8U);
  ExpectSettled();
}

TEST_P(Sync, APageThatNeverArrivesChangesNothing) {
  for (int i = 0; i < 4; ++i) service_.Write(kDossier, MentorAuthor(), SendMessage(Id(10 + i), "bericht"));
  service_.page_records_max = 2;
  service_.sync_fates = {Fate::kFine, Fate::kNotReached};
  EXPECT_TRUE(phone_.Sync().has_value());
  EXPECT_EQ(phone_.Records().size(), 1U);
  EXPECT_EQ(phone_.core().Dossiers()[0].point.revision(), 1);
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  ExpectSettled();
}

TEST_P(Sync, ASnapshotReplacesWhatWasThereWhenItsLastPageComes) {
  for (int i = 0; i < 4; ++i) service_.Write(kDossier, MentorAuthor(), SendMessage(Id(10 + i), "bericht"));
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.Records().size(), 5U);
  // History is lost: another one follows, in several pages.
  service_.RestoreTo(kDossier, 1);
  for (int i = 0; i < 3; ++i) service_.Write(kDossier, MentorAuthor(), SendMessage(Id(50 + i), "daarna"));
  service_.page_records_max = 2;
  service_.sync_fates = {Fate::kFine, Fate::kNotReached};
  EXPECT_TRUE(phone_.Sync().has_value());
  EXPECT_EQ(phone_.Records().size(), 5U) << "the old history is shown until the new one is whole";
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  ExpectSettled();
  EXPECT_FALSE(phone_.Find(Id(10)).has_value());
  EXPECT_TRUE(phone_.Find(Id(50)).has_value());
}

TEST_P(Sync, ASnapshotOfOnePageReplacesWhatWasThere) {
  for (int i = 0; i < 4; ++i) service_.Write(kDossier, MentorAuthor(), SendMessage(Id(10 + i), "bericht"));
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  service_.RestoreTo(kDossier, 1);
  service_.Write(kDossier, MentorAuthor(), SendMessage(Id(50), "daarna"));
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  ExpectSettled();
  EXPECT_EQ(phone_.Records().size(), 2U);
}

TEST_P(Sync, AnAppliedMutationStaysPendingUntilItsRecordsAreRevealed) {
  const std::string id = Must(CreateGoal(Id(1), "doel"));
  service_.distort = [](v1::SyncResponse& response) {
    response.clear_pages();
    response.set_more(true);
  };
  phone_.Give(SyncWanted{});
  Call call = phone_.calls.front();
  phone_.calls.clear();
  phone_.Give(service_.Take(call));
  EXPECT_EQ(phone_.core().Status().pending, 1);
  EXPECT_EQ(phone_.Find(Id(1))->revision(), 0) << "view = base + pending";
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_EQ(phone_.core().Status().pending, 1);
  EXPECT_TRUE(phone_.Find(Id(1)).has_value());

  service_.distort = nullptr;
  service_.requests.clear();
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(service_.requests.size(), 1U) << "what was left over goes with the first call";
  EXPECT_EQ(service_.effects[id], 1);
  ExpectSettled();
}

TEST_P(Sync, ARejectedMutationKeepsItsContentUntilItIsDismissed) {
  // The phone's day is ahead of the service's: the phone may accept what the service must refuse.
  Must(CreateGoal(Id(1), "doel"));
  Must(CreateStep(Id(2), Id(1), "stap"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  clock_.now += std::chrono::days(5);
  const std::string id =
      Must(Tick(Id(2), Saturday() + std::chrono::days(5), v1::TICK_STATE_DONE, "het lukte"));
  EXPECT_TRUE(phone_.Find(rules::TickId(Id(2), Saturday() + std::chrono::days(5))).has_value());
  clock_.now -= std::chrono::days(5);
  phone_.notifies.clear();
  EXPECT_EQ(phone_.Sync(), std::nullopt);

  EXPECT_FALSE(phone_.Find(rules::TickId(Id(2), Saturday() + std::chrono::days(5))).has_value());
  EXPECT_TRUE(std::any_of(phone_.notifies.begin(), phone_.notifies.end(),
                          [](const Notify& n) { return n.rejected; }));
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_EQ(phone_.core().Status().rejected, 1);
  auto rejected = phone_.core().Rejected();
  ASSERT_TRUE(rejected.ok());
  ASSERT_EQ(rejected->size(), 1U);
  EXPECT_EQ((*rejected)[0].mutation.mutation_id(), id);
  EXPECT_EQ((*rejected)[0].mutation.tick_step().note(), "het lukte");
  EXPECT_EQ((*rejected)[0].error.reason, "IN_THE_FUTURE");
  EXPECT_EQ((*rejected)[0].error.field, "tick_step.date");
  EXPECT_FALSE((*rejected)[0].error.message.empty());

  EXPECT_EQ(phone_.core().DismissRejected(Id(99)).error().reason, "NOT_FOUND");
  EXPECT_TRUE(phone_.core().DismissRejected(id).ok());
  EXPECT_THAT(phone_.core().Rejected().value(), IsEmpty());
  EXPECT_EQ(phone_.core().Status().rejected, 0);
  ExpectSettled();
}

TEST_P(Sync, WhatDependsOnARefusedMutationIsRefusedAndTheRestGoesThrough) {
  Must(CreateGoal(Id(1), "doel"));
  Must(CreateStep(Id(2), Id(1), "hangt eraan"));
  Must(SendMessage(Id(3), "staat op zichzelf"));
  // Another device took the id of the goal first, and deleted it.
  service_.Write(kDossier, ClientAuthor(), CreateGoal(Id(1), "van de tablet"));
  v1::Mutation deleted;
  deleted.mutable_delete_record()->set_record_id(Id(1));
  service_.Write(kDossier, ClientAuthor(), deleted);
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.core().Rejected()->size(), 2U);
  EXPECT_TRUE(phone_.Find(Id(3)).has_value());
  ExpectSettled();
}

TEST_P(Sync, AKindThatTheServiceDoesNotKnowYetIsQueuedAgainAndHoldsNothingBack) {
  service_.unknown_kinds = {v1::Mutation::kSendMessage};
  const std::string id = Must(SendMessage(Id(3), "later"));
  Must(CreateGoal(Id(1), "doel"));
  service_.requests.clear();
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(service_.requests.size(), 1U) << "not asked again in the same sync";
  EXPECT_EQ(phone_.core().Status().pending, 1);
  EXPECT_EQ(phone_.Find(Id(1))->revision(), 2);
  EXPECT_TRUE(phone_.Find(Id(3)).has_value()) << "still shown";

  ASSERT_TRUE(phone_.Reopen().ok());
  Must(CreateStep(Id(2), Id(1), "stap"));
  service_.unknown_kinds.clear();
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(service_.effects[id], 1);
  ExpectSettled();
}

TEST_P(Sync, ANewEpochNumbersFromOneAndKeepsTheIds) {
  Must(CreateGoal(Id(1), "doel"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  const std::uint64_t epoch = service_.requests.back().mutations_size() > 0
                                  ? service_.requests.back().mutations(0).epoch()
                                  : service_.requests[service_.requests.size() - 1].mutations(0).epoch();
  const std::string step = Must(CreateStep(Id(2), Id(1), "stap"));
  const std::string tick = Must(Tick(Id(2), Saturday()));
  service_.ForgetNumbering();
  service_.requests.clear();
  EXPECT_EQ(phone_.Sync(), std::nullopt);

  ASSERT_EQ(service_.requests.size(), 2U);
  const auto& pushed = service_.requests[1].mutations();
  ASSERT_EQ(pushed.size(), 2);
  EXPECT_EQ(pushed[0].mutation_id(), step);
  EXPECT_EQ(pushed[1].mutation_id(), tick);
  EXPECT_EQ(pushed[0].sequence(), 1);
  EXPECT_EQ(pushed[1].sequence(), 2);
  EXPECT_NE(pushed[0].epoch(), epoch);
  EXPECT_NE(pushed[0].epoch(), 0U);
  EXPECT_EQ(service_.effects[tick], 1);
  ExpectSettled();
}

TEST_P(Sync, ARestoredPhoneBeginsANewEpochAndNothingCountsTwice) {
  const std::string id = Must(CreateGoal(Id(1), "doel"));
  service_.sync_fates = {Fate::kAnswerLost};
  EXPECT_TRUE(phone_.Sync().has_value());
  const std::uint64_t epoch = service_.requests.back().mutations(0).epoch();
  phone_.key_store.nonce = "of another opening";
  ASSERT_TRUE(phone_.Reopen().ok());
  Must(CreateStep(Id(2), Id(1), "stap"));
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_NE(service_.requests.back().mutations(0).epoch(), epoch);
  EXPECT_EQ(service_.effects[id], 1);
  ExpectSettled();
}

TEST_P(Sync, AnOrdinaryReopeningKeepsTheEpoch) {
  Must(CreateGoal(Id(1), "doel"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  const std::uint64_t epoch = service_.requests.back().mutations(0).epoch();
  ASSERT_TRUE(phone_.Reopen().ok());
  Must(CreateStep(Id(2), Id(1), "stap"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(service_.requests.back().mutations(0).epoch(), epoch);
  EXPECT_EQ(service_.requests.back().mutations(0).sequence(), 2);
}

TEST_P(Sync, ADossierThatIsPutOffHoldsNoOtherBackAndIsTriedAgainAfterItsDelay) {
  service_.Grant(kClient, kOtherDossier, v1::ROLE_CLIENT);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  Must(SendMessage(Id(1), "wacht"));
  ASSERT_TRUE(phone_.Accept(SendMessage(Id(2), "gaat door"), kOtherDossier).ok());
  service_.retry_later[kDossier] = 1;
  phone_.timers.clear();
  phone_.sync_ends.clear();
  phone_.Do(SyncWanted{.give_up_after_ms = 60'000});
  EXPECT_THAT(phone_.sync_ends, IsEmpty());
  EXPECT_EQ(phone_.Find(Id(2), kOtherDossier)->revision(), 2);
  EXPECT_EQ(phone_.Find(Id(1))->revision(), 0);
  ASSERT_EQ(phone_.timers.size(), 2U);
  EXPECT_GE(phone_.timers[1].delay_ms, 7'000);
  phone_.Do(TimerFired{.timer_id = phone_.timers[1].timer_id});
  ASSERT_EQ(phone_.sync_ends.size(), 1U);
  EXPECT_EQ(phone_.sync_ends[0].error, std::nullopt);
  ExpectSettled();
}

// Hard case 24: cut off between the outcome and the last page, and then a restored service.
TEST_P(Sync, WhatTheServiceForgotIsPushedAgainWhenItWasNotShownYet) {
  const std::string id = Must(CreateGoal(Id(1), "doel"));
  service_.distort = [](v1::SyncResponse& response) {
    response.clear_pages();
    response.set_more(true);
  };
  phone_.Give(SyncWanted{});
  const Call call = phone_.calls.front();
  phone_.calls.clear();
  phone_.Give(service_.Take(call));
  service_.distort = nullptr;
  service_.RestoreTo(kDossier, 1);
  for (int i = 0; i < 3; ++i)
    service_.Write(kDossier, MentorAuthor(), SendMessage(Id(60 + i), "na het herstel"));
  phone_.AnswerAll();
  EXPECT_EQ(service_.effects[id], 1);
  ExpectSettled();
}

TEST_P(Sync, WhatTheServiceForgotIsPushedAgainAlsoByTheNextProcess) {
  const std::string id = Must(CreateGoal(Id(1), "doel"));
  for (int i = 0; i < 3; ++i) service_.Write(kDossier, MentorAuthor(), SendMessage(Id(50 + i), "ervoor"));
  service_.page_records_max = 1;
  phone_.Give(SyncWanted{});
  const Call call = phone_.calls.front();
  phone_.calls.clear();
  phone_.Give(service_.Take(call));
  service_.RestoreTo(kDossier, 1);
  for (int i = 0; i < 5; ++i)
    service_.Write(kDossier, MentorAuthor(), SendMessage(Id(60 + i), "na het herstel"));
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(service_.effects[id], 1);
  ExpectSettled();
}

TEST_P(Sync, AnOutcomeThatIsKnownToBeRevealedSettlesAtOnce) {
  const std::string id = Must(CreateGoal(Id(1), "doel"));
  // The outcome is lost, and the page comes without it.
  service_.distort = [](v1::SyncResponse& response) { response.clear_outcomes(); };
  phone_.Give(SyncWanted{});
  const Call call = phone_.calls.front();
  phone_.calls.clear();
  phone_.Give(service_.Take(call));
  EXPECT_EQ(phone_.core().Status().pending, 1);
  EXPECT_EQ(phone_.Find(Id(1))->revision(), 2)
      << "the base has it, the pending one does not apply to it again";
  service_.distort = nullptr;
  phone_.AnswerAll();
  EXPECT_EQ(service_.effects[id], 1);
  ExpectSettled();
}

TEST_P(Sync, AServiceThatPromisesMoreAndBringsNothingIsNotAskedForEver) {
  service_.distort = [](v1::SyncResponse& response) { response.set_more(true); };
  service_.requests.clear();
  const auto error = phone_.Sync();
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->reason, "ANSWER_NOT_VALID");
  EXPECT_LT(service_.requests.size(), 6U);
}

TEST_P(Sync, AnAnswerThatIsNoMessageChangesNothing) {
  Must(CreateGoal(Id(1), "doel"));
  phone_.sync_ends.clear();
  phone_.Give(SyncWanted{});
  Answer answer;
  answer.call_id = phone_.calls.front().call_id;
  answer.response = "\xFF\xFF no message";
  phone_.calls.clear();
  phone_.Do(answer);
  ASSERT_EQ(phone_.sync_ends.size(), 1U);
  EXPECT_EQ(phone_.sync_ends[0].error->reason, "ANSWER_NOT_VALID");
  EXPECT_EQ(phone_.core().Status().pending, 1);
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  ExpectSettled();
}

TEST_P(Sync, UnknownFieldsAndKindsSurviveInTheReplica) {
  std::string unknown;
  service_.Write(kDossier, MentorAuthor(), SendMessage(Id(10), "bericht"));
  service_.distort = [&](v1::SyncResponse& response) {
    for (auto& page : *response.mutable_pages()) {
      for (auto& record : *page.mutable_records()) {
        if (record.record_id() != Id(10)) continue;
        // Field 999, a text.
        record.MergeFromString(std::string("\xBA\x3E\x05nieuw", 8));
        unknown = record.SerializeAsString();
      }
    }
  };
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  ASSERT_FALSE(unknown.empty());
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_EQ(phone_.Find(Id(10))->SerializeAsString(), unknown);
}

TEST_P(Sync, TwoDevicesOfOnePersonShowTheSameBytes) {
  Phone tablet(service_, clock_, GetParam(), 21);
  ASSERT_TRUE(tablet.Enrol(kClientCode).ok());
  ASSERT_EQ(tablet.Sync(), std::nullopt);
  Must(CreateGoal(Id(1), "doel"));
  Must(CreateStep(Id(2), Id(1), "stap"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  ASSERT_EQ(tablet.Sync(), std::nullopt);
  ASSERT_TRUE(tablet.Accept(Tick(Id(2), Saturday(), v1::TICK_STATE_TRIED)).ok());
  clock_.now += std::chrono::minutes(1);
  Must(Tick(Id(2), Saturday(), v1::TICK_STATE_DONE));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  ASSERT_EQ(tablet.Sync(), std::nullopt);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  ExpectSettled();
  const auto here = phone_.Records();
  const auto there = tablet.Records();
  ASSERT_EQ(here.size(), there.size());
  for (const auto& [id, record] : here)
    EXPECT_EQ(there.at(id).SerializeAsString(), record.SerializeAsString());
}

TEST_P(Sync, TemplatesComeOnceAndStay) {
  EXPECT_EQ(phone_.core().ListTemplates().size(), 1U);
  ASSERT_TRUE(phone_.Reopen().ok());
  ASSERT_EQ(phone_.core().ListTemplates().size(), 1U);
  EXPECT_NE(phone_.core().Templates().FindTemplate("small", 1), nullptr);
  EXPECT_EQ(phone_.core().Templates().FindTemplate("small", 2), nullptr);
  service_.requests.clear();
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(service_.requests[0].templates_seen(), 3);
}

TEST_P(Sync, AppliedMutationsStayInTheRingForThirtyFiveDaysAndUntilTheyAreBackedUp) {
  Must(CreateGoal(Id(1), "doel"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  const auto ring = [&] { return phone_.storage().outbox().ListRing(kDossier, 10).value().size(); };
  const auto news = [&](int id, std::int64_t backed_up) {
    service_.Write(kDossier, MentorAuthor(), SendMessage(Id(id), "nieuws"));
    service_.distort = [backed_up](v1::SyncResponse& response) {
      for (auto& page : *response.mutable_pages()) page.set_backed_up_revision(backed_up);
    };
    ASSERT_EQ(phone_.Sync(), std::nullopt);
  };
  EXPECT_EQ(ring(), 1U);
  news(10, 0);
  clock_.now += std::chrono::days(36);
  news(11, 1);
  EXPECT_EQ(ring(), 1U) << "old, but not backed up";
  Must(SendMessage(Id(2), "jong"));
  news(12, 99);
  EXPECT_EQ(ring(), 1U) << "the old one is backed up and gone, the young one is backed up and stays";
  clock_.now += std::chrono::days(36);
  news(13, 1);
  EXPECT_EQ(ring(), 0U) << "old, and an earlier answer said that it is backed up";
}

INSTANTIATE_TEST_SUITE_P(Adapters, Sync, testing::Values(MemoryAdapter(), SqliteAdapter()),
                         [](const auto& adapter) { return adapter.param.name; });

}  // namespace
}  // namespace brug::sdk
