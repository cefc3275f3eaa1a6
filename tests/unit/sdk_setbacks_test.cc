#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sdk_world.h"

// What a device keeps and does when more than one thing goes wrong at once: clocks that are put right, a
// service that is put back twice, a relation that ends meanwhile, a key store that fails in the middle.
namespace brug::sdk {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using Fate = ScriptedService::Fate;

// Keeps everything but, when told so, a nonce.
class ForgetfulKeyStore final : public KeyStore {
 public:
  Result<std::string> Wrap(std::string_view key) override { return keys_.Wrap(key); }
  Result<std::string> Unwrap(std::string_view wrapped) override { return keys_.Unwrap(wrapped); }
  Result<std::string> PublicKey() override { return keys_.PublicKey(); }
  Result<std::string> Sign(std::string_view message) override { return keys_.Sign(message); }
  Result<std::string> LoadNonce() override { return keys_.LoadNonce(); }
  Result<void> StoreNonce(std::string_view nonce) override {
    return nonce_fails ? Result<void>(Error{}) : keys_.StoreNonce(nonce);
  }
  Result<void> Destroy() override { return keys_.Destroy(); }

  bool nonce_fails = false;

 private:
  MemoryKeyStore keys_{5};
};

class Setbacks : public testing::TestWithParam<StorageAdapter> {
 protected:
  void EnrolAs(const char* code) {
    ASSERT_TRUE(phone_.Enrol(code).ok());
    ASSERT_EQ(phone_.Sync(), std::nullopt);
    service_.requests.clear();
  }

  void EnrolMentor() {
    service_.Grant(kMentor, kDossier, v1::ROLE_MENTOR);
    EnrolAs(kMentorCode);
  }

  std::string Must(v1::Mutation mutation) {
    auto accepted = phone_.Accept(std::move(mutation));
    EXPECT_TRUE(accepted.ok()) << accepted.error().reason << " " << accepted.error().field;
    return accepted.ok() ? accepted->mutation_id : "";
  }

  // What the service says of the time is not what this device's clock says.
  void PutServiceClock(std::chrono::days behind) {
    service_.distort = [this, behind](v1::SyncResponse& response) {
      *response.mutable_server_time() = rules::ToTimestamp(clock_.now - behind);
    };
  }

  // A tick whose step only another device has.
  std::string ParkATick() {
    service_.Write(kDossier, MentorAuthor(), CreateGoal(Id(1), "van de begeleider"));
    service_.Write(kDossier, MentorAuthor(), CreateStep(Id(2), Id(1), "stap"));
    EXPECT_EQ(phone_.Sync(), std::nullopt);
    std::string tick = Must(Tick(Id(2), Saturday()));
    EXPECT_EQ(phone_.Sync(), std::nullopt);
    service_.RestoreTo(kDossier, 1);
    EXPECT_EQ(phone_.Sync(), std::nullopt);
    EXPECT_EQ(phone_.Sync(), std::nullopt);
    EXPECT_EQ(phone_.core().Status().pending, 1);
    service_.requests.clear();
    return tick;
  }

  void AnswerOne() {
    ASSERT_FALSE(phone_.calls.empty());
    const Call call = phone_.calls.front();
    phone_.calls.pop_front();
    phone_.Give(service_.Take(call));
  }

  std::vector<std::string> ReceivedIds() const {
    std::vector<std::string> ids;
    for (const v1::Mutation& mutation : service_.received) ids.push_back(mutation.mutation_id());
    return ids;
  }

  FakeClock clock_;
  ScriptedService service_{clock_};
  Phone phone_{service_, clock_, GetParam()};
};

// ---- How long something waits

TEST_P(Setbacks, AClockThatWasYearsAheadWhenItBeganToWaitKeepsNothingWaitingForYears) {
  EnrolAs(kClientCode);
  clock_.now += std::chrono::days(3650);
  PutServiceClock(std::chrono::days(3650));
  ParkATick();
  clock_.now -= std::chrono::days(3650);
  service_.distort = nullptr;
  clock_.now += std::chrono::days(34);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.core().Status().pending, 1);
  clock_.now += std::chrono::days(2);
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.core().Status().pending, 0);
  const auto rejected = phone_.core().Rejected().value();
  ASSERT_THAT(rejected, SizeIs(1));
  EXPECT_EQ(rejected[0].error.reason, "NOT_FOUND");
}

TEST_P(Setbacks, AClockThatJumpsAheadMakesNothingThatWaitsGiveUp) {
  EnrolAs(kClientCode);
  ParkATick();
  clock_.now += std::chrono::days(36);
  PutServiceClock(std::chrono::days(36));
  for (int n = 0; n < 2; ++n) ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.core().Status().pending, 1);
  EXPECT_THAT(phone_.core().Rejected().value(), IsEmpty());
}

TEST_P(Setbacks, AServiceClockThatWasAheadIsMadeUpForByOneMoreOffer) {
  EnrolAs(kClientCode);
  service_.distort = [this](v1::SyncResponse& response) {
    *response.mutable_server_time() = rules::ToTimestamp(clock_.now + std::chrono::days(3650));
  };
  const std::string tick = ParkATick();
  service_.distort = nullptr;
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  clock_.now += std::chrono::days(36);
  service_.requests.clear();
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.core().Status().pending, 0);
  ASSERT_THAT(phone_.core().Rejected().value(), SizeIs(1));
}

// ---- A service that is put back

TEST_P(Setbacks, AServiceThatIsPutBackTwiceInOneRunIsOfferedTheRingTwice) {
  EnrolAs(kClientCode);
  const std::string goal = Must(CreateGoal(Id(1), "doel"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  service_.RestoreTo(kDossier, 1);
  // The run has more to bring, and goes on.
  service_.distort = [](v1::SyncResponse& response) { response.set_more(true); };
  phone_.Give(SyncWanted{});
  AnswerOne();
  AnswerOne();
  ASSERT_EQ(service_.effects[goal], 1);
  service_.RestoreTo(kDossier, 1);
  ASSERT_EQ(service_.effects[goal], 0);
  service_.distort = nullptr;
  phone_.AnswerAll();
  EXPECT_EQ(service_.effects[goal], 1);
  EXPECT_EQ(phone_.core().Status().pending, 0);
  EXPECT_TRUE(phone_.Find(Id(1)).has_value());
}

TEST_P(Setbacks, ARestoreAfterTheEndTakesNothingOfWhatWasAppliedBeforeIt) {
  EnrolMentor();
  const std::string lost = Must(SendMessage(Id(1), "toegepast na de reservekopie"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  ASSERT_EQ(service_.effects[lost], 1);
  for (int i = 0; i < 250; ++i) Must(SendMessage(Id(100 + i), "onderweg"));
  service_.End(kMentor, kDossier);
  service_.sync_fates = {Fate::kFine, Fate::kNotReached};
  EXPECT_TRUE(phone_.Sync().has_value());
  ASSERT_GT(phone_.core().Status().pending, 0) << "the end is known, and a part is still to be handed in";
  service_.RestoreTo(kDossier, 1);
  service_.distort = [](v1::SyncResponse& response) { response.set_restore_id("one"); };
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_EQ(phone_.core().Status().pending, 0);
  EXPECT_THAT(ReceivedIds(), testing::Contains(lost));
  EXPECT_EQ(service_.received.size(), 251U);
}

// ---- A relation that ends

TEST_P(Setbacks, WhatWasRefusedAndNotPutAwayIsHandedInAtTheEnd) {
  EnrolMentor();
  const std::string refused = Must(SendMessage(Id(1), "een"));
  service_.Write(kDossier, ClientAuthor(), SendMessage(Id(1), "zelfde nummer"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  ASSERT_THAT(phone_.core().Rejected().value(), SizeIs(1));
  service_.End(kMentor, kDossier);
  service_.sync_fates = {Fate::kFine, Fate::kNotReached};
  EXPECT_TRUE(phone_.Sync().has_value());
  EXPECT_EQ(phone_.core().Status().pending, 1) << "until it is handed in it is here";
  ASSERT_TRUE(phone_.Reopen().ok());
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  ASSERT_THAT(service_.received, SizeIs(1));
  EXPECT_EQ(service_.received[0].mutation_id(), refused);
  EXPECT_EQ(service_.received[0].send_message().words(), "een");
  EXPECT_FALSE(service_.received[0].has_applied());
  EXPECT_EQ(phone_.core().Status().pending, 0);
  EXPECT_EQ(phone_.storage().outbox().LastOrdinal().value(), 0) << "and then it is purged";
}

TEST_P(Setbacks, WhatIsRefusedInTheAnswerThatBringsTheEndIsHandedInToo) {
  EnrolMentor();
  const std::string refused = Must(SendMessage(Id(1), "een"));
  service_.Write(kDossier, ClientAuthor(), SendMessage(Id(1), "zelfde nummer"));
  phone_.Give(SyncWanted{});
  const Call call = phone_.calls.front();
  phone_.calls.pop_front();
  bool first = true;
  service_.distort = [&](v1::SyncResponse& response) {
    if (!std::exchange(first, false)) return;
    service_.End(kMentor, kDossier);
    v1::StatementContent content = service_.NextContent(kMentor);
    content.mutable_end()->set_dossier_id(kDossier);
    *response.add_statements() = service_.Sign(content);
    response.clear_pages();
  };
  phone_.Give(service_.Take(call));
  phone_.AnswerAll();
  EXPECT_THAT(ReceivedIds(), testing::ElementsAre(refused));
  EXPECT_EQ(phone_.core().Status().pending, 0);
  EXPECT_THAT(phone_.core().Rejected().value(), IsEmpty());
}

TEST_P(Setbacks, AServiceThatKeepsNoRefusalsIsNotAskedWithoutEnd) {
  EnrolMentor();
  Must(SendMessage(Id(1), "een"));
  service_.Write(kDossier, ClientAuthor(), SendMessage(Id(1), "zelfde nummer"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  service_.End(kMentor, kDossier);
  service_.requests.clear();
  service_.distort = [](v1::SyncResponse& response) {
    for (auto& outcome : *response.mutable_outcomes())
      if (outcome.has_received()) outcome.mutable_rejected()->set_reason(v1::ERROR_REASON_NOT_ALLOWED);
  };
  EXPECT_EQ(phone_.Sync(), std::nullopt);
  EXPECT_LT(service_.requests.size(), 5U);
  EXPECT_EQ(phone_.core().Status().pending, 0);
  EXPECT_EQ(phone_.core().Status().rejected, 0);
}

// ---- Smaller ones

TEST_P(Setbacks, ANonceThatCannotBeStoredDoesNotUndoAnEnrolment) {
  const ScratchDirectory folder;
  ForgetfulKeyStore keys;
  Phone phone(service_, clock_, Phone::Files{.directory = folder.path(), .key_store = &keys}, 9);
  ASSERT_TRUE(phone.Reopen().ok());
  keys.nonce_fails = true;
  ASSERT_TRUE(phone.Enrol(kClientCode).ok());
  EXPECT_EQ(phone.core().account()->person_id, kClient);
  keys.nonce_fails = false;
  EXPECT_EQ(phone.Sync(), std::nullopt);
  ASSERT_TRUE(phone.Accept(CreateGoal(Id(1), "doel")).ok());
  ASSERT_TRUE(phone.Reopen().ok());
  EXPECT_EQ(phone.core().account()->person_id, kClient);
  EXPECT_EQ(phone.Sync(), std::nullopt);
  EXPECT_EQ(phone.core().Status().pending, 0);
}

TEST_P(Setbacks, AMarkThatIsTakenBackIsShownAsANewProcessWouldShowIt) {
  EnrolAs(kClientCode);
  Must(CreateGoal(Id(1), "doel"));
  Must(CreateStep(Id(2), Id(1), "stap"));
  ASSERT_EQ(phone_.Sync(), std::nullopt);
  clock_.now += std::chrono::hours(3);
  Must(Tick(Id(2), Saturday()));
  clock_.now -= std::chrono::hours(3);
  // It is applied, and the page that shows it does not come.
  service_.distort = [](v1::SyncResponse& response) {
    response.clear_pages();
    response.set_more(true);
  };
  service_.sync_fates = {Fate::kFine, Fate::kNotReached};
  EXPECT_TRUE(phone_.Sync().has_value());
  ASSERT_TRUE(phone_.Find(rules::TickId(Id(2), Saturday())).has_value());
  service_.sync_fates = {Fate::kNotReached};
  EXPECT_TRUE(phone_.Sync().has_value());
  const auto shown = phone_.Find(rules::TickId(Id(2), Saturday()));
  ASSERT_TRUE(phone_.Reopen().ok());
  const auto anew = phone_.Find(rules::TickId(Id(2), Saturday()));
  ASSERT_TRUE(shown.has_value() && anew.has_value());
  EXPECT_EQ(shown->SerializeAsString(), anew->SerializeAsString());
}

TEST_P(Setbacks, AServiceThatPutsOffTimeAndAgainIsAskedEverLater) {
  EnrolAs(kClientCode);
  Must(CreateGoal(Id(1), "doel"));
  service_.retry_later[kDossier] = 12;
  service_.distort = [](v1::SyncResponse& response) {
    for (auto& outcome : *response.mutable_outcomes())
      if (outcome.has_retry_later()) outcome.mutable_retry_later()->clear_delay();
  };
  phone_.timers.clear();
  phone_.Do(SyncWanted{.give_up_after_ms = 36'000'000});
  std::int64_t longest_ms = 0;
  for (int i = 0; i < 11; ++i) {
    const StartTimer retry = phone_.timers.back();
    longest_ms = std::max(longest_ms, retry.delay_ms);
    phone_.Do(TimerFired{.timer_id = retry.timer_id});
  }
  EXPECT_GT(longest_ms, 10'000);
}

TEST_P(Setbacks, NoServiceIsWaitedForMoreThanAnHour) {
  EnrolAs(kClientCode);
  service_.EndSessions();
  CallStatus refusal{.code = CallCode::kUnavailable};
  refusal.retry_after_ms = 400LL * 24 * 3'600'000;
  service_.session_refusals = {refusal};
  service_.sync_fates = {Fate::kSignInNeeded};
  phone_.timers.clear();
  phone_.Do(BackgroundWanted{.on = true});
  ASSERT_FALSE(phone_.timers.empty());
  std::int64_t longest_ms = 0;
  for (const StartTimer& timer : phone_.timers) longest_ms = std::max(longest_ms, timer.delay_ms);
  EXPECT_EQ(longest_ms, 3'600'000);
}

INSTANTIATE_TEST_SUITE_P(Adapters, Setbacks, testing::Values(MemoryAdapter(), SqliteAdapter()),
                         [](const auto& adapter) { return adapter.param.name; });

}  // namespace
}  // namespace brug::sdk
