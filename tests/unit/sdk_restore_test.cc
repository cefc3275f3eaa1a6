#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "tests/unit/sdk_world.h"

// What a device does when the service lost history (document "sync", cases 5, 6, 23, 24): it offers again
// what was applied, waits with what has no target yet, shows its statements, and ends in one state with
// everyone else.
namespace brug::sdk {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class Restored : public testing::TestWithParam<StorageAdapter> {
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

  // A goal, a step and a tick, all applied and shown.
  void LiveALittle() {
    goal_ = Must(CreateGoal(Id(1), "doel"));
    step_ = Must(CreateStep(Id(2), Id(1), "stap"));
    tick_ = Must(Tick(Id(2), Saturday()));
    ASSERT_EQ(phone_.Sync(), std::nullopt);
    ASSERT_EQ(RingSize(), 3U);
  }

  std::size_t RingSize() { return phone_.storage().outbox().ListRing(kDossier, 100).value().size(); }

  void ExpectAsTheService() {
    EXPECT_EQ(phone_.core().Status().pending, 0);
    const auto here = phone_.Records();
    for (const auto& [id, record] : service_.Records(kDossier)) {
      if (record.deleted()) continue;
      ASSERT_TRUE(here.contains(id)) << id;
      EXPECT_EQ(here.at(id).SerializeAsString(), record.SerializeAsString()) << id;
    }
  }

  // Of all calls since the last clear, in order.
  std::vector<v1::Mutation> PushedOf(const std::string& mutation_id) {
    std::vector<v1::Mutation> pushed;
    for (const v1::SyncRequest& request : service_.requests) {
      for (const v1::Mutation& mutation : request.mutations()) {
        if (mutation.mutation_id() == mutation_id) pushed.push_back(mutation);
      }
    }
    return pushed;
  }

  FakeClock clock_;
  ScriptedService service_{clock_};
  Phone phone_{service_, clock_, GetParam()};
  std::string goal_, step_, tick_;
};

TEST_P(Restored, WhatTheServiceForgotIsOfferedAgainWithItsIdsAndPointsAndNothingIsLost) {
  LiveALittle();
  const auto applied = service_.revision(kDossier);
  const rules::Instant then = clock_.now;
  clock_.now += std::chrono::hours(5);
  service_.RestoreTo(kDossier, 1);
  service_.requests.clear();
  EXPECT_EQ(phone_.Sync(), std::nullopt);

  ASSERT_THAT(PushedOf(goal_), SizeIs(1));
  EXPECT_EQ(PushedOf(goal_)[0].applied().revision(), applied - 2);
  EXPECT_NE(PushedOf(goal_)[0].applied().salt(), 0U);
  EXPECT_EQ(PushedOf(goal_)[0].sequence(), 1) << "a new epoch numbers from one";
  EXPECT_EQ(PushedOf(tick_)[0].applied().revision(), applied);
  EXPECT_LE(rules::ToInstant(PushedOf(tick_)[0].occurred_at()), then) << "with the time it counted as done";
  for (const std::string& id : {goal_, step_, tick_}) EXPECT_EQ(service_.effects[id], 1);
  ExpectAsTheService();
  EXPECT_TRUE(phone_.Find(rules::TickId(Id(2), Saturday())).has_value());
  EXPECT_EQ(RingSize(), 3U) << "and they are kept for the next time";
}

TEST_P(Restored, WhatIsOfferedAgainAndWhatIsNewGoTogetherInTheOrderTheyWereMade) {
  LiveALittle();
  const std::string later = Must(Tick(Id(2), Saturday() - std::chrono::days(1)));
  service_.RestoreTo(kDossier, 1);
  service_.requests.clear();
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  std::vector<std::string> order;
  for (const v1::Mutation& mutation : service_.requests.back().mutations())
    order.push_back(mutation.mutation_id());
  if (order.empty()) {
    for (const v1::Mutation& mutation : service_.requests[1].mutations())
      order.push_back(mutation.mutation_id());
  }
  EXPECT_THAT(order, ElementsAre(goal_, step_, tick_, later));
  EXPECT_FALSE(PushedOf(later).back().has_applied()) << "it was never applied";
  EXPECT_EQ(service_.effects[later], 1);
  ExpectAsTheService();
}

TEST_P(Restored, WhatTheServiceStillHasTakesEffectOnce) {
  LiveALittle();
  service_.RestoreTo(kDossier, service_.revision(kDossier) - 1);
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  for (const std::string& id : {goal_, step_, tick_}) EXPECT_EQ(service_.effects[id], 1);
  ExpectAsTheService();
}

TEST_P(Restored, APhoneThatIsKilledInBetweenGoesOnOffering) {
  LiveALittle();
  service_.RestoreTo(kDossier, 1);
  phone_.Give(SyncWanted{});
  const Call call = phone_.calls.front();
  phone_.calls.clear();
  phone_.Give(service_.Take(call));
  EXPECT_EQ(phone_.core().Status().pending, 3)
      << "pending again, in the transaction that brought the snapshot";
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_EQ(phone_.core().Status().pending, 3);
  EXPECT_TRUE(phone_.Find(Id(1)).has_value()) << "and shown";
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  ExpectAsTheService();
}

TEST_P(Restored, WhatHasNoTargetYetIsParkedAndHoldsNothingBack) {
  service_.Write(kDossier, MentorAuthor(), CreateGoal(Id(1), "van de begeleider"));
  service_.Write(kDossier, MentorAuthor(), CreateStep(Id(2), Id(1), "stap"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  const std::string tick = Must(Tick(Id(2), Saturday()));
  const std::string words = Must(SendMessage(Id(3), "gedaan"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  service_.RestoreTo(kDossier, 1);
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.core().Status().pending, 1);
  EXPECT_EQ(service_.effects[words], 1);
  EXPECT_EQ(phone_.core().Status().rejected, 0);

  ASSERT_EQ(phone_.Sync(), std::nullopt) << "once more at what the first answer brought";
  service_.requests.clear();
  for (int n = 0; n < 3; ++n) ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_THAT(PushedOf(tick), IsEmpty()) << "nothing new came, so nothing can have come back";
  ASSERT_TRUE(phone_.Reopen().ok());
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_THAT(PushedOf(tick), IsEmpty());

  // The mentor's phone has come back.
  service_.Write(kDossier, MentorAuthor(), CreateGoal(Id(1), "van de begeleider"));
  service_.Write(kDossier, MentorAuthor(), CreateStep(Id(2), Id(1), "stap"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(service_.effects[tick], 1);
  ExpectAsTheService();
}

TEST_P(Restored, WhatIsParkedForThirtyFiveDaysIsJudgedLikeAnyOtherAndComesBackWithAReason) {
  service_.Write(kDossier, MentorAuthor(), CreateGoal(Id(1), "van de begeleider"));
  service_.Write(kDossier, MentorAuthor(), CreateStep(Id(2), Id(1), "stap"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  const std::string tick = Must(Tick(Id(2), Saturday()));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  service_.RestoreTo(kDossier, 1);
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  clock_.now += std::chrono::days(34);
  service_.Write(kDossier, MentorAuthor(), SendMessage(Id(9), "iets nieuws"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.core().Status().pending, 1)
      << "it was offered in between, which does not begin the days anew";
  clock_.now += std::chrono::days(1);
  service_.requests.clear();
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  ASSERT_THAT(PushedOf(tick), SizeIs(1));
  EXPECT_FALSE(PushedOf(tick)[0].has_applied());
  EXPECT_FALSE(PushedOf(tick)[0].has_base());
  EXPECT_EQ(phone_.core().Status().pending, 0);
  const auto rejected = phone_.core().Rejected().value();
  ASSERT_THAT(rejected, SizeIs(1));
  EXPECT_EQ(rejected[0].error.reason, "NOT_FOUND");
  EXPECT_EQ(rejected[0].mutation.tick_step().step_id(), Id(2)) << "with its content";
}

TEST_P(Restored, AServiceThatForgetsWithoutEndIsNotFollowedWithoutEnd) {
  LiveALittle();
  service_.requests.clear();
  const auto forget = [this](v1::SyncResponse& response) {
    service_.RestoreTo(kDossier, 1);
    response.clear_outcomes();
  };
  service_.distort = forget;
  (void)phone_.Sync();
  EXPECT_LT(service_.requests.size(), 20U) << "one run offers once";
  service_.distort = nullptr;
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  ExpectAsTheService();

  for (int n = 0; n < 120; ++n) {
    service_.RestoreTo(kDossier, 1);
    (void)phone_.Sync();
  }
  service_.requests.clear();
  service_.RestoreTo(kDossier, 1);
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_THAT(PushedOf(goal_), IsEmpty()) << "tries are counted";
  EXPECT_EQ(RingSize(), 3U) << "and nothing was thrown away";
}

TEST_P(Restored, APageStagedBeforeTheRestoreIsDropped) {
  for (int n = 0; n < 4; ++n) service_.Write(kDossier, MentorAuthor(), SendMessage(Id(50 + n), "ervoor"));
  service_.page_records_max = 1;
  phone_.Give(SyncWanted{});
  const Call call = phone_.calls.front();
  phone_.calls.clear();
  phone_.Give(service_.Take(call));
  ASSERT_TRUE(phone_.Reopen().ok());
  service_.RestoreTo(kDossier, 1);
  service_.Write(kDossier, MentorAuthor(), SendMessage(Id(60), "erna"));
  service_.page_records_max = 1000;
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_FALSE(phone_.Find(Id(50)).has_value());
  EXPECT_TRUE(phone_.Find(Id(60)).has_value());
  ExpectAsTheService();
}

TEST_P(Restored, WhatWasBackedUpOfALostHistoryDoesNotEmptyTheRing) {
  service_.distort = [](v1::SyncResponse& response) {
    for (auto& page : *response.mutable_pages()) page.set_backed_up_revision(1000);
  };
  LiveALittle();
  service_.RestoreTo(kDossier, 1);
  service_.distort = nullptr;
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  clock_.now += std::chrono::days(36);
  service_.Write(kDossier, MentorAuthor(), SendMessage(Id(9), "nieuws"));
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(RingSize(), 3U) << "the new history has no backup yet";
}

TEST_P(Restored, AnAnswerOfAnotherHistoryDoesNotSettleWhatItsBaseDoesNotShow) {
  LiveALittle();
  const std::string words = Must(SendMessage(Id(3), "nieuw"));
  service_.RestoreTo(kDossier, 1);
  service_.ForgetNumbering();
  // The page that says so is left for the next answer.
  service_.distort = [](v1::SyncResponse& response) {
    response.clear_pages();
    response.set_more(true);
  };
  phone_.Give(SyncWanted{});
  for (int n = 0; n < 2 && !phone_.calls.empty(); ++n) {
    const Call call = phone_.calls.front();
    phone_.calls.pop_front();
    phone_.Give(service_.Take(call));
    EXPECT_EQ(phone_.core().Status().pending, 1)
        << "its revision is below the base, which is of another history";
    EXPECT_TRUE(phone_.Find(Id(3)).has_value());
  }
  service_.distort = nullptr;
  phone_.AnswerAll();
  EXPECT_EQ(service_.effects[words], 1);
  ExpectAsTheService();
}

// The service asks for statements from a number on until it has them.
class Showing : public Restored {};

TEST_P(Showing, StatementsAreShownInTheSameRunFromTheNumberOnThatTheServiceHas) {
  for (int n = 0; n < 4; ++n) service_.Grant(kClient, kDossier, v1::ROLE_CLIENT);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  service_.requests.clear();
  service_.distort = [this](v1::SyncResponse& response) {
    if (service_.requests.back().statements_size() > 0) return;
    response.set_show_statements(true);
    response.set_statements_known(3);
  };
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  ASSERT_THAT(service_.requests, SizeIs(2));
  std::vector<std::int64_t> numbers;
  for (const v1::Statement& statement : service_.requests[1].statements()) {
    v1::StatementContent content;
    ASSERT_TRUE(content.ParseFromString(statement.content()));
    numbers.push_back(content.number());
  }
  EXPECT_THAT(numbers, ElementsAre(4, 5, 6));
}

TEST_P(Showing, ManyStatementsAreShownInSeveralCallsAndOnesThatAreNotWantedOnce) {
  for (int n = 0; n < 450; ++n) service_.Grant(kClient, kDossier, v1::ROLE_CLIENT);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  service_.requests.clear();
  service_.distort = [this](v1::SyncResponse& response) {
    const auto& shown = service_.requests.back().statements();
    v1::StatementContent content;
    ASSERT_TRUE(shown.empty() || content.ParseFromString(shown.rbegin()->content()));
    response.set_show_statements(content.number() < 452);
    response.set_statements_known(content.number());
  };
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  std::vector<int> sizes;
  for (const v1::SyncRequest& request : service_.requests) sizes.push_back(request.statements_size());
  EXPECT_THAT(sizes, ElementsAre(0, 200, 200, 52));

  service_.requests.clear();
  service_.distort = [](v1::SyncResponse& response) {
    response.set_show_statements(true);
    response.set_statements_known(5);
  };
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_THAT(service_.requests, SizeIs(2)) << "shown in vain, they are not shown again in this run";
}

TEST_P(Showing, AllStatementsAreShownOnceForEachRestoreAlsoAfterACrashInBetween) {
  for (int n = 0; n < 250; ++n) service_.Grant(kClient, kDossier, v1::ROLE_CLIENT);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  const auto shown = [this] {
    service_.requests.clear();
    EXPECT_EQ(phone_.Sync(), std::nullopt);
    std::vector<int> sizes;
    for (const v1::SyncRequest& request : service_.requests) sizes.push_back(request.statements_size());
    return sizes;
  };
  service_.distort = [](v1::SyncResponse& response) { response.set_restore_id("one"); };
  EXPECT_THAT(shown(), ElementsAre(0, 200, 52));
  EXPECT_THAT(shown(), ElementsAre(0)) << "once";
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_THAT(shown(), ElementsAre(0)) << "it is kept that they were shown";

  service_.distort = [](v1::SyncResponse& response) { response.set_restore_id("two"); };
  phone_.Give(SyncWanted{});
  for (int n = 0; n < 2; ++n) {
    ASSERT_FALSE(phone_.calls.empty());
    const Call call = phone_.calls.front();
    phone_.calls.pop_front();
    phone_.Give(service_.Take(call));
  }
  phone_.calls.clear();
  ASSERT_TRUE(phone_.Reopen().ok()) << "killed when only a part was shown";
  EXPECT_THAT(shown(), ElementsAre(0, 200, 52));
  EXPECT_THAT(shown(), ElementsAre(0));
}

TEST_P(Showing, ADeviceThatIsRefusedShowsWhatMadeItItsPersons) {
  service_.EndSessions();
  CallStatus refusal;
  refusal.code = CallCode::kUnauthenticated;
  refusal.reason = v1::ERROR_REASON_PROOF_NOT_VALID;
  service_.session_refusals = {refusal};
  service_.session_requests.clear();
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  ASSERT_THAT(service_.session_requests, SizeIs(2));
  EXPECT_FALSE(service_.session_requests[0].has_enrolment()) << "not unless it is refused";
  v1::StatementContent content;
  ASSERT_TRUE(content.ParseFromString(service_.session_requests[1].enrolment().content()));
  EXPECT_EQ(content.enrolment().device_id(), phone_.core().account()->device_id);
  EXPECT_EQ(service_.session_requests[1].public_key(), *phone_.key_store.PublicKey());
}

INSTANTIATE_TEST_SUITE_P(Adapters, Restored, testing::Values(MemoryAdapter(), SqliteAdapter()),
                         [](const auto& adapter) { return adapter.param.name; });
INSTANTIATE_TEST_SUITE_P(Adapters, Showing, testing::Values(MemoryAdapter(), SqliteAdapter()),
                         [](const auto& adapter) { return adapter.param.name; });

// Case 23: the files of a phone are put back to another day than the service.
TEST(BothRestored, EndWithWhatEitherOfThemStillHad) {
  for (const bool service_is_older : {true, false}) {
    FakeClock clock;
    ScriptedService service{clock};
    Phone phone{service, clock, SqliteAdapter()};
    ASSERT_TRUE(phone.Enrol(kClientCode).ok());
    ASSERT_EQ(phone.Sync(), std::nullopt);
    const auto must = [&](v1::Mutation mutation) {
      return phone.Accept(std::move(mutation)).value().mutation_id;
    };
    const std::string goal = must(CreateGoal(Id(1), "doel"));
    ASSERT_EQ(phone.Sync(), std::nullopt);
    const std::string pending = must(CreateStep(Id(2), Id(1), "stap"));
    phone.Close();
    const std::string kept = phone.directory() + "-kept";
    std::filesystem::copy(phone.directory(), kept, std::filesystem::copy_options::recursive);
    ASSERT_TRUE(phone.Reopen().ok());
    ASSERT_EQ(phone.Sync(), std::nullopt);
    must(CreateGoal(Id(5), "een tweede doel"));
    ASSERT_EQ(phone.Sync(), std::nullopt);

    phone.Close();
    std::filesystem::remove_all(phone.directory());
    std::filesystem::copy(kept, phone.directory(), std::filesystem::copy_options::recursive);
    std::filesystem::remove_all(kept);
    service.RestoreTo(kDossier, service_is_older ? 1 : 3);
    ASSERT_TRUE(phone.Reopen().ok());
    ASSERT_EQ(phone.Sync(), std::nullopt);
    ASSERT_EQ(phone.Sync(), std::nullopt);
    EXPECT_EQ(phone.core().Status().pending, 0);
    EXPECT_EQ(service.effects[goal], 1);
    EXPECT_EQ(service.effects[pending], 1);
    for (const char* id : {"profile"}) EXPECT_TRUE(phone.Find(id).has_value());
    EXPECT_TRUE(phone.Find(Id(1)).has_value());
    EXPECT_TRUE(phone.Find(Id(2)).has_value());
  }
}

}  // namespace
}  // namespace brug::sdk
