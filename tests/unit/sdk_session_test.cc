#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sdk_world.h"

// Enrolment, sessions, retries, the background, and what is refused at the door.
namespace brug::sdk {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Fate = ScriptedService::Fate;

class Enrolling : public testing::Test {
 protected:
  FakeClock clock_;
  ScriptedService service_{clock_};
  Phone phone_{service_, clock_, MemoryAdapter()};
};

class Online : public Enrolling {
 protected:
  void SetUp() override {
    ASSERT_TRUE(phone_.Enrol(kClientCode).ok());
    ASSERT_EQ(phone_.Sync(), std::nullopt);
    phone_.notifies.clear();
    phone_.sync_ends.clear();
    phone_.timers.clear();
    service_.requests.clear();
  }

  CallStatus Refusal(v1::ErrorReason reason) {
    return CallStatus{.code = CallCode::kRefused, .reason = reason};
  }
};

TEST_F(Enrolling, BeforeItNothingCanBeDoneAndItSaysSo) {
  EXPECT_EQ(phone_.core().account(), std::nullopt);
  EXPECT_EQ(phone_.core().Status().state, CoreState::kSignInNeeded);
  EXPECT_EQ(phone_.Accept(CreateGoal(Id(1), "doel")).error().reason, "NOT_ENROLLED");
  EXPECT_EQ(phone_.core().ViewOf(kDossier).error().reason, "NOT_ENROLLED");
  EXPECT_EQ(phone_.Sync()->reason, "NOT_ENROLLED");
  EXPECT_FALSE(phone_.Sync()->message.empty());
  phone_.Do(RequestWanted{.request_id = 5, .method = Method::kListDevices, .request = "r"});
  ASSERT_THAT(phone_.replies, SizeIs(1));
  EXPECT_EQ(phone_.replies[0].error->reason, "NOT_ENROLLED");
}

TEST_F(Enrolling, KeepsWhoseDeviceThisIsAlsoForTheNextProcess) {
  const auto response = phone_.Enrol("  7k2qx m4t9b ");
  ASSERT_TRUE(response.ok()) << response.error().reason;
  EXPECT_EQ(service_.enrolments.back().device_name(), "mijn telefoon");
  ASSERT_TRUE(phone_.Reopen().ok());
  const auto& account = phone_.core().account();
  ASSERT_TRUE(account.has_value());
  EXPECT_EQ(account->person_id, kClient);
  EXPECT_EQ(account->device_id, response->device().device_id());
  EXPECT_EQ(account->display_name, "Fatima");
  EXPECT_EQ(account->organisation_name, "Gemeente Brugstad");
  EXPECT_THAT(account->roles, ElementsAre(v1::ROLE_CLIENT));
  EXPECT_EQ(phone_.core().Status().state, CoreState::kIdle);
}

TEST_F(Enrolling, AClientCanBeginToWriteBeforeTheFirstSync) {
  ASSERT_TRUE(phone_.Enrol(kClientCode).ok());
  ASSERT_THAT(phone_.core().Dossiers(), SizeIs(1));
  EXPECT_FALSE(phone_.core().Dossiers()[0].complete);
  EXPECT_TRUE(phone_.Accept(SendMessage(Id(1), "hoi")).ok());
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_TRUE(phone_.core().Dossiers()[0].complete);
  EXPECT_EQ(phone_.Find(Id(1))->revision(), 2);
}

TEST_F(Enrolling, AWrongCodeChangesNothing) {
  EXPECT_EQ(phone_.Enrol("00000-00000").error().reason, "CODE_NOT_VALID");
  const auto unreadable = phone_.Enrol("wat is de code?");
  EXPECT_EQ(unreadable.error().reason, "CODE_NOT_VALID");
  EXPECT_EQ(unreadable.error().field, "activation_code");
  EXPECT_FALSE(unreadable.error().message.empty());
  EXPECT_EQ(phone_.core().account(), std::nullopt);
  EXPECT_TRUE(phone_.Enrol(kClientCode).ok());
}

TEST_F(Enrolling, ASecondTimeIsRefused) {
  ASSERT_TRUE(phone_.Enrol(kClientCode).ok());
  EXPECT_EQ(phone_.Enrol(kMentorCode).error().reason, "ALREADY_ENROLLED");
  EXPECT_EQ(phone_.core().account()->person_id, kClient);
}

TEST_F(Enrolling, AnAnswerThatTheOrganisationDidNotSignIsNotKept) {
  const std::vector<std::function<void(v1::EnrolResponse&)>> forgeries = {
      [](v1::EnrolResponse& r) { r.mutable_device()->set_device_id(Id(9)); },
      [](v1::EnrolResponse& r) { r.mutable_device()->set_person_id(kMentor); },
      [](v1::EnrolResponse& r) { r.set_organisation_id(Id(9)); },
      [](v1::EnrolResponse& r) { r.mutable_statement()->mutable_signature()->back() ^= 1; },
      [](v1::EnrolResponse& r) { r.clear_statement(); },
      [](v1::EnrolResponse& r) { r.clear_organisation_keys(); },
      [](v1::EnrolResponse& r) { r.mutable_organisation_keys(1)->set_purpose(v1::KEY_PURPOSE_SESSION); },
  };
  for (std::size_t i = 0; i < forgeries.size(); ++i) {
    service_.distort_enrolment = forgeries[i];
    const auto response = phone_.Enrol(kClientCode);
    ASSERT_FALSE(response.ok()) << "forgery " << i;
    EXPECT_EQ(response.error().reason, "ANSWER_NOT_VALID") << "forgery " << i;
    ASSERT_TRUE(phone_.Reopen().ok());
    EXPECT_EQ(phone_.core().account(), std::nullopt);
  }
}

TEST_F(Enrolling, AKeyStoreThatFailsIsNamedAndNothingIsKept) {
  phone_.key_store.fails = true;
  EXPECT_EQ(phone_.Enrol(kClientCode).error().reason, "KEY_STORE_FAILED");
  phone_.key_store.fails = false;
  ASSERT_TRUE(phone_.Enrol(kClientCode).ok());
  phone_.key_store.fails = true;
  EXPECT_EQ(phone_.Reopen().error().reason, "KEY_STORE_FAILED");
  phone_.key_store.fails = false;
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_TRUE(phone_.core().account().has_value());
}

TEST_F(Enrolling, ADeviceThatWaitsForAYesSaysSoUntilItIsGiven) {
  service_.device_waits = true;
  ASSERT_TRUE(phone_.Enrol(kClientCode).ok());
  service_.session_refusals = {
      CallStatus{.code = CallCode::kRefused, .reason = v1::ERROR_REASON_DEVICE_WAITING}};
  EXPECT_EQ(phone_.Sync()->reason, "DEVICE_WAITING");
  EXPECT_EQ(phone_.core().Status().state, CoreState::kSignInNeeded);
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.core().Status().state, CoreState::kIdle);
}

TEST_F(Online, ATokenThatEndedMidQueueIsReplacedOnceAndNothingIsLost) {
  ASSERT_TRUE(phone_.Accept(CreateGoal(Id(1), "doel")).ok());
  service_.EndSessions();
  const int sessions = service_.sessions_opened;
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(service_.sessions_opened, sessions + 1);
  EXPECT_EQ(phone_.core().Status().pending, 0);
}

TEST_F(Online, ASessionThatIsRefusedTwiceIsReportedAndNotTriedForEver) {
  ASSERT_TRUE(phone_.Accept(CreateGoal(Id(1), "doel")).ok());
  service_.sync_fates = {Fate::kSignInNeeded, Fate::kSignInNeeded, Fate::kSignInNeeded};
  const auto error = phone_.Sync(60'000);
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->reason, "SIGN_IN_NEEDED");
  EXPECT_EQ(phone_.core().Status().state, CoreState::kSignInNeeded);
  EXPECT_EQ(phone_.core().Status().pending, 1);
  EXPECT_EQ(service_.sync_fates.size(), 1U);
  service_.sync_fates.clear();
  EXPECT_EQ(phone_.Sync(), std::nullopt);
}

TEST_F(Online, AStaleNonceIsWorthAnotherProofOnce) {
  service_.EndSessions();
  service_.session_refusals = {Refusal(v1::ERROR_REASON_PROOF_NOT_VALID)};
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  service_.EndSessions();
  service_.session_refusals = {Refusal(v1::ERROR_REASON_PROOF_NOT_VALID),
                               Refusal(v1::ERROR_REASON_PROOF_NOT_VALID)};
  EXPECT_EQ(phone_.Sync()->reason, "PROOF_NOT_VALID");
}

TEST_F(Online, WithoutAConnectionItIsTriedAgainEverLaterUpToAMinute) {
  service_.sync_fates = std::deque<Fate>(14, Fate::kNotReached);
  phone_.Do(SyncWanted{.give_up_after_ms = 3'600'000});
  std::vector<std::int64_t> delays;
  for (int i = 0; i < 14; ++i) {
    const StartTimer retry = phone_.timers.back();
    delays.push_back(retry.delay_ms);
    EXPECT_THAT(phone_.sync_ends, IsEmpty());
    phone_.Do(TimerFired{.timer_id = retry.timer_id});
  }
  double full = 1000;
  for (const std::int64_t delay : delays) {
    EXPECT_GE(delay, static_cast<std::int64_t>(full / 2) - 20);
    EXPECT_LE(delay, static_cast<std::int64_t>(full) + 20);
    full = std::min(full * 1.5, 60'000.0);
  }
  ASSERT_THAT(phone_.sync_ends, SizeIs(1));
  EXPECT_EQ(phone_.sync_ends[0].error, std::nullopt);
}

TEST_F(Online, WhoGivesUpIsAnsweredWithTheLastError) {
  service_.sync_fates = std::deque<Fate>(3, Fate::kNotReached);
  phone_.Do(SyncWanted{.give_up_after_ms = 5'000});
  ASSERT_THAT(phone_.timers, SizeIs(2));
  EXPECT_EQ(phone_.timers[0].delay_ms, 5'000);
  phone_.Do(TimerFired{.timer_id = phone_.timers[0].timer_id});
  ASSERT_THAT(phone_.sync_ends, SizeIs(1));
  EXPECT_EQ(phone_.sync_ends[0].error->reason, "NO_CONNECTION");
  EXPECT_EQ(phone_.core().Status().state, CoreState::kOffline);
  phone_.Do(TimerFired{.timer_id = phone_.timers[1].timer_id});
  EXPECT_THAT(service_.requests, IsEmpty()) << "nobody wants it any more";
}

TEST_F(Online, WhoAsksWhileASyncRunsGetsAWholeOneThatBeganAfterwards) {
  phone_.Give(SyncWanted{});
  ASSERT_THAT(phone_.calls, SizeIs(1));
  const Answer answer = service_.Take(phone_.calls.front());
  phone_.calls.clear();
  // This happens after the first call was answered: the first sync does not bring it.
  service_.Write(kDossier, MentorAuthor(), SendMessage(Id(10), "net geschreven"));
  phone_.Give(SyncWanted{});
  EXPECT_THAT(phone_.calls, IsEmpty()) << "one call at a time";
  phone_.Do(answer);
  ASSERT_THAT(phone_.sync_ends, SizeIs(1));
  EXPECT_TRUE(phone_.Find(Id(10)).has_value());
}

TEST_F(Online, ACallForTheAppGoesThroughTheSessionAndIsAnsweredOnce) {
  service_.EndSessions();
  phone_.replies.clear();
  phone_.Do(RequestWanted{.request_id = 5, .method = Method::kListDevices, .request = "wie"});
  ASSERT_THAT(phone_.replies, SizeIs(1));
  EXPECT_EQ(phone_.replies[0].request_id, 5U);
  EXPECT_EQ(phone_.replies[0].error, std::nullopt);
  EXPECT_EQ(phone_.replies[0].response, "answer to wie");
  EXPECT_THAT(service_.other_calls, SizeIs(1));
}

TEST_F(Online, EveryCallHasADeadline) {
  service_.EndSessions();
  phone_.Give(SyncWanted{});
  int calls = 0;
  while (!phone_.calls.empty()) {
    const Call call = phone_.calls.front();
    phone_.calls.pop_front();
    EXPECT_GT(call.deadline_ms, 0);
    EXPECT_LE(call.deadline_ms, 30'000);
    ++calls;
    phone_.Give(service_.Take(call));
  }
  EXPECT_EQ(calls, 4) << "Sync refused, nonce, session, Sync";
}

TEST_F(Online, InTheBackgroundLocalChangesAndHintsBringASync) {
  phone_.Do(BackgroundWanted{.on = true});
  ASSERT_THAT(phone_.watches, SizeIs(1));
  const std::uint64_t watch = phone_.watches[0].watch_id;
  EXPECT_FALSE(phone_.watches[0].access_token.empty());
  service_.requests.clear();

  ASSERT_TRUE(phone_.Accept(CreateGoal(Id(1), "doel")).ok());
  phone_.Do(LocalChange{});
  EXPECT_THAT(service_.requests, SizeIs(1));
  EXPECT_EQ(phone_.core().Status().pending, 0);

  service_.Write(kDossier, MentorAuthor(), SendMessage(Id(10), "hoi"));
  phone_.Do(Hint{.watch_id = watch, .dossier_id = kDossier, .revision = 3});
  EXPECT_TRUE(phone_.Find(Id(10)).has_value());
  service_.requests.clear();
  phone_.Do(Hint{.watch_id = watch, .dossier_id = kDossier, .revision = 3});
  EXPECT_THAT(service_.requests, IsEmpty()) << "nothing new";
  phone_.Do(Hint{.watch_id = watch + 1, .dossier_id = {}, .revision = 0});
  EXPECT_THAT(service_.requests, IsEmpty()) << "of a stream that is no more";
  phone_.Do(Hint{.watch_id = watch, .dossier_id = {}, .revision = 0});
  EXPECT_THAT(service_.requests, SizeIs(1)) << "statements or devices changed";
}

TEST_F(Online, WithoutTheBackgroundALocalChangeWaits) {
  ASSERT_TRUE(phone_.Accept(CreateGoal(Id(1), "doel")).ok());
  phone_.Do(LocalChange{});
  EXPECT_THAT(service_.requests, IsEmpty());
}

TEST_F(Online, TheBackgroundPollsReopensItsStreamAndStops) {
  phone_.Do(BackgroundWanted{.on = true});
  ASSERT_FALSE(phone_.timers.empty());
  service_.requests.clear();
  phone_.FireTimers();
  EXPECT_THAT(service_.requests, SizeIs(1)) << "a poll";

  phone_.timers.clear();
  phone_.Do(WatchEnded{.watch_id = phone_.watches[0].watch_id, .status = {.code = CallCode::kUnavailable}});
  ASSERT_THAT(phone_.timers, SizeIs(1));
  EXPECT_LE(phone_.timers[0].delay_ms, 1'000);
  phone_.FireTimers();
  ASSERT_THAT(phone_.watches, SizeIs(2));

  phone_.Do(BackgroundWanted{.on = false});
  ASSERT_THAT(phone_.watches_stopped, SizeIs(1));
  EXPECT_EQ(phone_.watches_stopped[0].watch_id, phone_.watches[1].watch_id);
  service_.requests.clear();
  phone_.FireTimers();
  phone_.Do(LocalChange{});
  EXPECT_THAT(service_.requests, IsEmpty());
}

TEST_F(Online, AStreamIsOpenedAgainNoSoonerThanTheServiceAsks) {
  phone_.Do(BackgroundWanted{.on = true});
  const auto end_stream = [&](std::int64_t retry_after_ms) {
    phone_.timers.clear();
    phone_.Do(WatchEnded{.watch_id = phone_.watches.back().watch_id,
                         .status = {.code = CallCode::kUnavailable, .retry_after_ms = retry_after_ms}});
    return phone_.timers.size() == 1 ? phone_.timers[0].delay_ms : -1;
  };
  EXPECT_EQ(end_stream(45'000), 45'000);
  phone_.FireTimers();
  ASSERT_THAT(phone_.watches, SizeIs(2));
  EXPECT_EQ(end_stream(24 * 3'600'000), 5 * 60'000) << "nor is it believed for a day";
}

TEST_F(Online, AServiceThatSaysWhenToComeBackIsNotHurriedByLocalChanges) {
  phone_.Do(BackgroundWanted{.on = true});
  service_.requests.clear();
  service_.sync_fates = {Fate::kNotReached};
  ASSERT_TRUE(phone_.Accept(CreateGoal(Id(1), "doel")).ok());
  phone_.Do(LocalChange{});
  ASSERT_TRUE(phone_.Accept(SendMessage(Id(2), "nog iets")).ok());
  phone_.Do(LocalChange{});
  EXPECT_THAT(service_.requests, IsEmpty());
  phone_.Do(TimerFired{.timer_id = phone_.timers.back().timer_id});
  EXPECT_EQ(phone_.core().Status().pending, 0);
}

TEST_F(Online, TheStatusChangesAreTold) {
  const auto told = [&] {
    return std::any_of(phone_.notifies.begin(), phone_.notifies.end(),
                       [](const Notify& n) { return n.status; });
  };
  phone_.Give(SyncWanted{});
  EXPECT_TRUE(told());
  EXPECT_EQ(phone_.core().Status().state, CoreState::kSyncing);
  phone_.notifies.clear();
  phone_.AnswerAll();
  EXPECT_TRUE(told());
  EXPECT_EQ(phone_.core().Status().state, CoreState::kIdle);
  EXPECT_EQ(phone_.core().Status().confirmed_at, clock_.now);
}

TEST_F(Online, WhatTheRulesRefuseIsRefusedHereWithReasonFieldAndWords) {
  const auto wrong = phone_.Accept(Tick(Id(5), Saturday()));
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().reason, "NOT_FOUND");
  EXPECT_EQ(wrong.error().field, "tick_step.step_id");
  EXPECT_FALSE(wrong.error().message.empty());
  EXPECT_EQ(phone_.Accept(SendMessage(Id(1), "")).error().reason, "MISSING");
  EXPECT_EQ(phone_.Accept(SendMessage("geen id", "x")).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(phone_.Accept(v1::Mutation()).error().reason, "MISSING");
  EXPECT_EQ(phone_.Accept(SendMessage(Id(1), "x"), kOtherDossier).error().reason, "NOT_FOUND");
  EXPECT_EQ(phone_.core().Status().pending, 0);
}

// A date that the clock no longer allows was allowed when the person said it.
TEST_F(Online, WhatIsPendingStaysInTheViewWhenTheClockIsPutBack) {
  ASSERT_TRUE(phone_.Accept(CreateGoal(Id(1), "a place of our own")).ok());
  ASSERT_TRUE(phone_.Accept(CreateStep(Id(2), Id(1), "open the mail")).ok());
  ASSERT_TRUE(phone_.Accept(Tick(Id(2), Saturday())).ok());
  const std::string tick = rules::TickId(Id(2), Saturday());
  const auto shown = phone_.Find(tick);
  ASSERT_TRUE(shown.has_value());
  clock_.now -= std::chrono::days(400);
  ASSERT_TRUE(phone_.Reopen().ok());
  const auto shown_again = phone_.Find(tick);
  ASSERT_TRUE(shown_again.has_value());
  EXPECT_EQ(shown_again->SerializeAsString(), shown->SerializeAsString());
}

TEST_F(Online, ATickIsMadeLaterThanTheOneItReplacesWhateverTheClockDoes) {
  ASSERT_TRUE(phone_.Accept(CreateGoal(Id(1), "doel")).ok());
  ASSERT_TRUE(phone_.Accept(CreateStep(Id(2), Id(1), "stap")).ok());
  ASSERT_TRUE(phone_.Accept(Tick(Id(2), Saturday(), v1::TICK_STATE_DONE)).ok());
  clock_.now -= std::chrono::hours(2);
  ASSERT_TRUE(phone_.Accept(Tick(Id(2), Saturday(), v1::TICK_STATE_CLEARED)).ok());
  EXPECT_EQ(phone_.Find(rules::TickId(Id(2), Saturday()))->tick().state(), v1::TICK_STATE_CLEARED);
  clock_.now += std::chrono::hours(2);
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.Find(rules::TickId(Id(2), Saturday()))->tick().state(), v1::TICK_STATE_CLEARED);
}

TEST_F(Online, AFullOutboxIsToldAndDropsNothing) {
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(phone_.Accept(SendMessage(Id(100 + i), "b")).ok()) << i;
  const auto refused = phone_.Accept(SendMessage(Id(1), "een te veel"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kLimit);
  EXPECT_EQ(refused.error().reason, "OUTBOX_FULL");
  EXPECT_EQ(phone_.core().Status().pending, 10'000);
  EXPECT_EQ(phone_.Find(Id(1)), std::nullopt);
  // Room comes with the first answer.
  phone_.Give(SyncWanted{});
  const Call call = phone_.calls.front();
  phone_.calls.clear();
  phone_.Give(service_.Take(call));
  EXPECT_TRUE(phone_.Accept(SendMessage(Id(1), "nu wel")).ok());
}

TEST_F(Online, AnOutboxOfSoManyBytesIsFull) {
  int accepted = 0;
  for (; accepted < 10'000; ++accepted) {
    auto done = phone_.Accept(SendMessage(Id(100 + accepted), std::string(2'000, 'a')));
    if (done.ok()) continue;
    EXPECT_EQ(done.error().reason, "OUTBOX_FULL");
    break;
  }
  EXPECT_LT(accepted, 16 * 1024 * 1024 / 2'000);
  EXPECT_GT(accepted, 16 * 1024 * 1024 / 2'400);
}

}  // namespace
}  // namespace brug::sdk
