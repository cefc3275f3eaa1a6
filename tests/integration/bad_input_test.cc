#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>

#include "tests/support/dossier_story.h"
#include "tests/support/raw_device.h"

// Bad input over the wire: one clear error each, and nothing changed.
namespace brug::test {
namespace {

using testing::Say;

class BadInput : public ::testing::Test {
 protected:
  BadInput() {
    const auto staff = service_.RegisterStaff({.organisation_id = organisation_, .display_name = "Fatima"});
    EXPECT_TRUE(mentor_.Enrol(staff.activation_code).ok());
    const auto registered = mentor_.RegisterClient("Samira");
    dossier_ = registered.dossier_id();
    EXPECT_TRUE(client_.Enrol(registered.activation_code()).ok());
    goal_ = client_.NewId();
    step_ = client_.NewId();
    EXPECT_TRUE(client_.Push(Goal(goal_), dossier_).has_applied());
    EXPECT_TRUE(client_.Push(testing::NewStep(step_, goal_), dossier_).has_applied());
  }

  static v1::Mutation Goal(const std::string& goal_id) {
    v1::Mutation mutation = testing::NewGoal(goal_id);
    mutation.mutable_create_goal()->mutable_goal()->set_domain_id("housing");
    return mutation;
  }

  // The revision that a client's dossier is at.
  static std::int64_t RevisionFor(RawDevice& device) {
    v1::SyncResponse response;
    EXPECT_TRUE(device.Call(device.sync(), &v1::SyncService::Stub::Sync, v1::SyncRequest(), &response).ok());
    return response.pages(0).point().revision();
  }
  std::int64_t Revision() { return RevisionFor(client_); }

  int DevicesOf(const std::string& person_id) {
    v1::ListPersonDevicesRequest request;
    request.set_organisation_id(organisation_);
    request.set_person_id(person_id);
    v1::ListPersonDevicesResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(service_.admin().ListPersonDevices(&context, request, &response).ok());
    return response.devices_size();
  }

  void ExpectRejected(v1::Mutation mutation, v1::ErrorReason reason, const std::string& field) {
    const std::int64_t before = Revision();
    const v1::Outcome outcome = client_.Push(std::move(mutation), dossier_);
    EXPECT_EQ(v1::ErrorReason_Name(outcome.rejected().reason()), v1::ErrorReason_Name(reason));
    EXPECT_EQ(outcome.rejected().field(), field);
    EXPECT_EQ(Revision(), before);
  }

  static rules::Day Today() {
    return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  }

  RunningService service_{{.flags = {"--wrong_codes_per_minute_max=3"}}};
  std::string organisation_ = service_.CreateOrganisation("Gemeente");
  RawDevice mentor_{service_, organisation_};
  RawDevice client_{service_, organisation_};
  std::string dossier_, goal_, step_;
};

TEST_F(BadInput, WrongAndUsedCodesSoundAlikeAndGuessingIsStopped) {
  const auto used = mentor_.RegisterClient("Jan");
  EXPECT_TRUE(RawDevice(service_, "").Enrol(used.activation_code()).ok());
  RawDevice guesser(service_, "");
  const RawError wrong = ErrorOf(guesser.Enrol("00000-00000"));
  const RawError spent = ErrorOf(guesser.Enrol(used.activation_code()));
  EXPECT_EQ(wrong.reason, "CODE_NOT_VALID");
  EXPECT_EQ(wrong.reason, spent.reason);
  EXPECT_EQ(wrong.words, spent.words);
  EXPECT_FALSE(wrong.words.empty());
  EXPECT_EQ(ErrorOf(guesser.Enrol("abc")).reason, "CODE_NOT_VALID") << "too short";
  const RawError stopped = ErrorOf(guesser.Enrol("00000-00001"));
  EXPECT_EQ(stopped.reason, "TOO_MANY_TRIES");
  EXPECT_TRUE(stopped.retry_info);
  EXPECT_EQ(DevicesOf(used.person_id()), 1);
}

TEST_F(BadInput, AnExpiredCodeSoundsAsAWrongOneAndMakesNoDevice) {
  const auto registered = mentor_.RegisterClient("Jan");
  ASSERT_EQ(service_.Stop(), 0);
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((service_.data_directory() + "/registry.db").c_str(), &database), SQLITE_OK);
  // A microsecond ago.
  const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  ASSERT_EQ(sqlite3_exec(database,
                         ("UPDATE activation_codes SET expires_at_us = " +
                          std::to_string(now.time_since_epoch().count() - 1) + " WHERE person_id = '" +
                          registered.person_id() + "'")
                             .c_str(),
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  EXPECT_EQ(sqlite3_changes(database), 1);
  sqlite3_close(database);
  service_.Start();
  RawDevice late(service_, "");
  const RawError expired = ErrorOf(late.Enrol(registered.activation_code()));
  const RawError wrong = ErrorOf(late.Enrol("00000-00000"));
  EXPECT_EQ(expired.code, grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(expired.reason, "CODE_NOT_VALID");
  EXPECT_EQ(expired.field, wrong.field);
  EXPECT_EQ(expired.words, wrong.words);
  EXPECT_EQ(DevicesOf(registered.person_id()), 0);
}

TEST_F(BadInput, ATickNeedsAStepThatExistsAndADayThatHasComeAndIsNotBeforeTheStep) {
  ExpectRejected(testing::Tick(client_.NewId(), Today()), v1::ERROR_REASON_NOT_FOUND, "tick_step.step_id");
  ExpectRejected(testing::Tick(step_, Today() + std::chrono::days(3)), v1::ERROR_REASON_IN_THE_FUTURE,
                 "tick_step.date");
  ExpectRejected(testing::Tick(step_, testing::kToday - std::chrono::days(400)),
                 v1::ERROR_REASON_BEFORE_THE_STEP, "tick_step.date");
  v1::Mutation no_such_day = testing::Tick(step_, Today());
  no_such_day.mutable_tick_step()->mutable_date()->set_month(13);
  ExpectRejected(no_such_day, v1::ERROR_REASON_NO_SUCH_DAY, "tick_step.date");
  v1::Mutation no_such_state = testing::Tick(step_, Today());
  no_such_state.mutable_tick_step()->set_state(static_cast<v1::TickState>(99));
  ExpectRejected(no_such_state, v1::ERROR_REASON_OUT_OF_RANGE, "tick_step.state");
}

TEST_F(BadInput, LevelsWeekdaysAndRecurrencesThatDoNotExistAreNamed) {
  v1::Mutation assess;
  assess.mutable_hand_in_assessment()->set_assessment_id(client_.NewId());
  auto& assessment = *assess.mutable_hand_in_assessment()->mutable_assessment();
  assessment.set_template_id("brug");
  assessment.set_template_version(1);
  *assessment.mutable_date() = rules::ToDate(Today());
  assessment.add_answers()->set_domain_id("housing");
  assessment.mutable_answers(0)->set_level(6);
  ExpectRejected(assess, v1::ERROR_REASON_NOT_ON_THE_BRIDGE,
                 "hand_in_assessment.assessment.answers[0].level");
  v1::Mutation weekday = testing::NewStep(client_.NewId(), goal_);
  weekday.mutable_create_step()->mutable_step()->mutable_recurrence()->mutable_on_weekdays()->add_weekdays(
      static_cast<v1::Weekday>(8));
  ExpectRejected(weekday, v1::ERROR_REASON_OUT_OF_RANGE,
                 "create_step.step.recurrence.on_weekdays.weekdays[0]");
  v1::Mutation never = testing::NewStep(client_.NewId(), goal_);
  auto& step = *never.mutable_create_step()->mutable_step();
  *step.mutable_recurrence()->mutable_once()->mutable_date() = rules::ToDate(Today());
  *step.mutable_begins_on() = rules::ToDate(Today() + std::chrono::days(7));
  ExpectRejected(never, v1::ERROR_REASON_NEVER_DUE, "create_step.step.recurrence.once.date");
}

TEST_F(BadInput, TextOverItsLimitIsNamed) {
  ExpectRejected(testing::RetitleGoal(goal_, std::string(301, 'x')), v1::ERROR_REASON_TEXT_TOO_LONG,
                 "revise_goal.goal.title");
  ExpectRejected(testing::RetitleGoal(goal_, "bell \a"), v1::ERROR_REASON_NOT_TEXT, "revise_goal.goal.title");
}

TEST_F(BadInput, AMutationOfAnothersDossierIsRefusedAsIfThereWereNone) {
  const auto other = mentor_.RegisterClient("Jan");
  RawDevice jan(service_, organisation_);
  ASSERT_TRUE(jan.Enrol(other.activation_code()).ok());
  const std::int64_t before = RevisionFor(jan);
  const v1::Outcome anothers = client_.Push(Goal(client_.NewId()), other.dossier_id());
  EXPECT_EQ(v1::ErrorReason_Name(anothers.rejected().reason()), "ERROR_REASON_NOT_ALLOWED");
  EXPECT_EQ(anothers.rejected().field(), "dossier_id");
  const v1::Outcome nobodys = client_.Push(Goal(client_.NewId()), client_.NewId());
  EXPECT_EQ(nobodys.rejected().ShortDebugString(), anothers.rejected().ShortDebugString());
  EXPECT_EQ(RevisionFor(jan), before);
}

TEST_F(BadInput, ACursorThatWasCutMadeUpOrIsAnothersCountsAsNone) {
  const auto other = mentor_.RegisterClient("Jan");
  RawDevice jan(service_, organisation_);
  ASSERT_TRUE(jan.Enrol(other.activation_code()).ok());
  const auto sync = [](RawDevice& device, const std::string& dossier_id, const std::string& cursor) {
    v1::SyncRequest request;
    v1::DossierCursor& named = *request.add_cursors();
    named.set_dossier_id(dossier_id);
    named.set_cursor(cursor);
    return device.Must(device.sync(), &v1::SyncService::Stub::Sync, request);
  };
  const auto cursor_of = [&](RawDevice& device, const std::string& dossier_id) {
    const v1::SyncResponse response = sync(device, dossier_id, "");
    for (const v1::DossierPage& page : response.pages()) {
      if (page.dossier_id() == dossier_id) return page.cursor();
    }
    return std::string();
  };
  const std::string good = cursor_of(client_, dossier_);
  ASSERT_FALSE(good.empty());
  ASSERT_EQ(sync(client_, dossier_, good).pages_size(), 0) << "a good one brings what is new alone";

  std::string turned = good;
  turned.back() = static_cast<char>(turned.back() ^ 1);
  const std::map<std::string, std::string> bad = {
      {"cut", good.substr(0, good.size() - 1)},
      {"cut in two", good.substr(good.size() / 2)},
      {"with one bit turned", turned},
      {"longer", good + "x"},
      {"made up", std::string(good.size(), 'x')},
      {"of one byte", "x"},
      {"of another dossier", cursor_of(jan, other.dossier_id())},
      {"of the mentor's device", cursor_of(mentor_, dossier_)},
  };
  for (const auto& [name, cursor] : bad) {
    ASSERT_FALSE(cursor.empty()) << name;
    const v1::SyncResponse response = sync(client_, dossier_, cursor);
    ASSERT_EQ(response.pages_size(), 1) << name;
    EXPECT_EQ(response.pages(0).dossier_id(), dossier_) << name;
    EXPECT_TRUE(response.pages(0).snapshot()) << name;
    EXPECT_TRUE(response.pages(0).last()) << name;
    EXPECT_GE(response.pages(0).records_size(), 3) << name << ": the profile, the goal and the step";
  }
  // Naming somebody else's dossier, with a cursor of theirs, brings what is one's own and nothing more.
  const v1::SyncResponse response = sync(client_, other.dossier_id(), cursor_of(jan, other.dossier_id()));
  ASSERT_EQ(response.pages_size(), 1);
  EXPECT_EQ(response.pages(0).dossier_id(), dossier_);
}

TEST_F(BadInput, ACallOverItsLimitsIsRefusedWholeWithTheLimits) {
  const std::int64_t before = Revision();
  const auto push = [&](int count, const v1::Mutation& mutation) {
    v1::SyncRequest request;
    for (int i = 0; i < count; ++i) *request.add_mutations() = mutation;
    v1::SyncResponse response;
    return ErrorOf(client_.Call(client_.sync(), &v1::SyncService::Stub::Sync, request, &response));
  };
  const auto expect_refused = [&](const RawError& error) {
    EXPECT_EQ(error.code, grpc::StatusCode::RESOURCE_EXHAUSTED);
    EXPECT_EQ(error.reason, "TOO_LARGE");
    EXPECT_EQ(error.field, "mutations");
    EXPECT_EQ(error.metadata.at("call_mutations_max"), "200");
    EXPECT_EQ(error.metadata.at("call_mutations_bytes_max"), "262144");
    EXPECT_EQ(Revision(), before);
  };
  v1::Mutation short_one;
  short_one.set_mutation_id(client_.NewId());
  expect_refused(push(201, short_one));
  expect_refused(push(10'000, short_one));
  expect_refused(push(199, Say(client_.NewId(), std::string(1'400, 'x'))));

  v1::SyncRequest request;
  for (int i = 0; i < 200; ++i)
    *request.add_mutations() = client_.Number(Say(client_.NewId(), std::string(1'000, 'x')), dossier_);
  const v1::SyncResponse response = client_.Must(client_.sync(), &v1::SyncService::Stub::Sync, request);
  ASSERT_EQ(response.outcomes_size(), 200) << "what is at the limit is taken, under the numbers that follow";
  for (const v1::Outcome& outcome : response.outcomes()) EXPECT_TRUE(outcome.has_applied());
}

TEST_F(BadInput, AGapARepeatOrAnUnknownKindHoldsNothingBack) {
  const v1::Mutation said = client_.Number(Say(client_.NewId(), "first"), dossier_);
  const auto push = [&](const v1::Mutation& mutation) {
    v1::SyncRequest request;
    *request.add_mutations() = mutation;
    return client_.Must(client_.sync(), &v1::SyncService::Stub::Sync, request).outcomes(0);
  };
  const v1::Outcome first = push(said);
  ASSERT_TRUE(first.has_applied());
  EXPECT_EQ(push(said).SerializeAsString(), first.SerializeAsString()) << "said twice, it is answered twice";
  v1::Mutation repeat = client_.Number(Say(client_.NewId(), "another of that number"), dossier_);
  client_.TakeBackNumber(dossier_);
  repeat.set_sequence(said.sequence());
  EXPECT_TRUE(push(repeat).has_new_epoch());
  v1::Mutation gap = repeat;
  gap.set_sequence(said.sequence() + 2);
  EXPECT_TRUE(push(gap).has_new_epoch());

  v1::Mutation of_tomorrow = client_.Number(v1::Mutation(), dossier_);
  // Field 999, a text.
  of_tomorrow.MergeFromString(std::string("\xBA\x3E\x05nieuw", 8));
  EXPECT_TRUE(push(of_tomorrow).has_not_yet());
  const v1::Outcome behind = client_.Push(Say(client_.NewId(), "behind it"), dossier_);
  EXPECT_TRUE(behind.has_applied()) << behind.ShortDebugString();
}

TEST_F(BadInput, AClockTenYearsOffIsClampedAndFlagged) {
  const auto at = [&](std::chrono::hours off) {
    v1::Mutation mutation = client_.Number(Say(client_.NewId()), dossier_);
    mutation.mutable_occurred_at()->set_seconds(mutation.occurred_at().seconds() +
                                                std::chrono::seconds(off).count());
    v1::SyncRequest request;
    *request.add_mutations() = mutation;
    return client_.Must(client_.sync(), &v1::SyncService::Stub::Sync, request);
  };
  constexpr std::chrono::hours kTenYears(24 * 3'652);
  const v1::SyncResponse ahead = at(kTenYears);
  ASSERT_TRUE(ahead.outcomes(0).has_applied());
  EXPECT_TRUE(ahead.outcomes(0).applied().clock_ahead());
  EXPECT_LE(ahead.outcomes(0).applied().clamped_at().seconds(), ahead.server_time().seconds() + 1);
  const v1::SyncResponse behind = at(-kTenYears);
  ASSERT_TRUE(behind.outcomes(0).has_applied());
  EXPECT_FALSE(behind.outcomes(0).applied().clock_ahead());
}

TEST_F(BadInput, TheErrorSpeaksTheCallersLanguage) {
  v1::RegisterClientRequest request;
  request.set_request_id(mentor_.NewId());
  v1::RegisterClientResponse response;
  mentor_.language = "nl";
  const RawError dutch = ErrorOf(
      mentor_.Call(mentor_.caseload(), &v1::CaseloadService::Stub::RegisterClient, request, &response));
  mentor_.language = "en";
  const RawError english = ErrorOf(
      mentor_.Call(mentor_.caseload(), &v1::CaseloadService::Stub::RegisterClient, request, &response));
  EXPECT_EQ(dutch.reason, "MISSING");
  EXPECT_EQ(dutch.field, "display_name");
  EXPECT_EQ(english.reason, "MISSING");
  EXPECT_NE(dutch.words, english.words);
}

TEST_F(BadInput, WhatWasAnsweredIsThereAfterASigkill) {
  const std::string message = client_.NewId();
  EXPECT_TRUE(client_.Push(Say(message, "I called them"), dossier_).has_applied());
  const std::int64_t revision = Revision();
  service_.Kill();
  service_.Start();
  grpc::Status opened = client_.OpenSession();
  // The connection of before is found dead by the first call that uses it.
  for (int i = 0; i < 5 && opened.error_code() == grpc::StatusCode::UNAVAILABLE; ++i)
    opened = client_.OpenSession();
  ASSERT_TRUE(opened.ok()) << opened.error_message();
  EXPECT_EQ(Revision(), revision);
}

// A watch tells of dossiers that came after it began, and of none whose relation has ended.
TEST_F(BadInput, AWatchFollowsTheRightsOfToday) {
  auto context = mentor_.Context();
  auto stream = mentor_.sync().Watch(context.get(), v1::WatchRequest());
  v1::WatchResponse hint;
  ASSERT_TRUE(stream->Read(&hint));
  EXPECT_EQ(hint.dossier_id(), "");
  const auto registered = mentor_.RegisterClient("Jan");
  RawDevice jan(service_, organisation_);
  ASSERT_TRUE(jan.Enrol(registered.activation_code()).ok());
  // The grant makes the stream look again; until it has, a change of the new dossier may go unsaid.
  bool told = false;
  for (int i = 0; i < 200 && !told; ++i) {
    EXPECT_TRUE(jan.Push(Say(jan.NewId()), registered.dossier_id()).has_applied());
    EXPECT_TRUE(client_.Push(Say(client_.NewId()), dossier_).has_applied());
    while (stream->Read(&hint) && hint.dossier_id() != dossier_)
      told = told || hint.dossier_id() == registered.dossier_id();
  }
  EXPECT_TRUE(told);
  context->TryCancel();
  stream->Finish();
}

TEST_F(BadInput, AnOrderlyStopEndsWithZero) { EXPECT_EQ(service_.Stop(), 0); }

}  // namespace
}  // namespace brug::test
