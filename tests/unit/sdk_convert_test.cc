#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "client-sdk/src/api/convert.h"
#include "client-sdk/src/api/rejected.h"

// Between the messages of the contract and the plain values of the SDK.
namespace brug::sdk {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Date AnyDate() {
  const int days = *rc::gen::inRange(0, 365 * 299);
  return AddDays({.year = 1900, .month = 1, .day = 1}, days);
}

std::optional<Date> MaybeDate() {
  return *rc::gen::arbitrary<bool>() ? std::optional(AnyDate()) : std::nullopt;
}

std::string AnyText() { return *rc::gen::string<std::string>(); }

Recurrence AnyRecurrence() {
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      return Once{.date = MaybeDate()};
    case 1: {
      OnWeekdays on_weekdays;
      for (const int day : *rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 8))) {
        on_weekdays.weekdays.push_back(static_cast<Weekday>(day));
      }
      return on_weekdays;
    }
    case 2:
      return TimesAWeek{.times = *rc::gen::arbitrary<int>()};
    case 3:
      return EveryDays{.days = *rc::gen::arbitrary<int>()};
    default:
      return MonthlyOn{.day = *rc::gen::arbitrary<int>()};
  }
}

brug::Answer AnyAnswer() {
  return {.domain_id = AnyText(), .level = *rc::gen::arbitrary<int>(), .words = AnyText()};
}

Instant AnyInstant() {
  return Instant(std::chrono::microseconds(*rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000'000)));
}

RC_GTEST_PROP(SdkCivil, ADayIsReadAsItWasWritten, ()) {
  const Date date = AnyDate();
  RC_ASSERT(ParseDate(FormatDate(date)) == date);
}

RC_GTEST_PROP(SdkCivil, AddingTheDaysBetweenLeadsThere, ()) {
  const Date from = AnyDate();
  const Date to = AnyDate();
  RC_ASSERT(AddDays(from, DaysBetween(from, to)) == to);
}

RC_GTEST_PROP(SdkCivil, ATimeIsReadAsItWasWritten, ()) {
  const TimeOfDay time{.hour = *rc::gen::inRange(0, 24), .minute = *rc::gen::inRange(0, 60)};
  RC_ASSERT(ParseTimeOfDay(FormatTimeOfDay(time)) == time);
}

TEST(SdkCivil, OnlyTimesAndDaysThatExistAreRead) {
  EXPECT_EQ(ParseTimeOfDay("9:05"), (TimeOfDay{.hour = 9, .minute = 5}));
  for (const char* text :
       {"", ":", "24:00", "12:60", "1:5", "123:00", "12:00 ", " 9:05", "-1:00", "a:00", "12:0b"}) {
    EXPECT_EQ(ParseTimeOfDay(text), std::nullopt) << text;
  }
  for (const char* text :
       {"", "2026-02-29", "2026-13-01", "2026-1-1", "1899-12-31", "2200-01-01", "2026-11-21 "}) {
    EXPECT_EQ(ParseDate(text), std::nullopt) << text;
  }
  EXPECT_TRUE(Exists({.year = 2028, .month = 2, .day = 29}));
  EXPECT_FALSE(Exists({.year = 2026, .month = 2, .day = 29}));
}

TEST(SdkCivil, TheWeekBeginsOnMonday) {
  EXPECT_EQ(WeekdayOf({.year = 2026, .month = 11, .day = 16}), Weekday::kMonday);
  EXPECT_EQ(WeekdayOf({.year = 2026, .month = 11, .day = 22}), Weekday::kSunday);
}

RC_GTEST_PROP(SdkConvert, ARecurrenceComesBackAsItWas, ()) {
  const Recurrence recurrence = AnyRecurrence();
  RC_ASSERT(FromProto(ToProto(recurrence)) == recurrence);
}

RC_GTEST_PROP(SdkConvert, AnAssessmentComesBackAsItWas, ()) {
  Assessment assessment{.template_id = AnyText(),
                        .template_version = *rc::gen::arbitrary<int>(),
                        .date = AnyDate(),
                        .answers = {AnyAnswer(), AnyAnswer()},
                        .most_urgent_domain_id = AnyText(),
                        .aims = {{.domain_id = AnyText(), .level = 3, .by = MaybeDate(), .words = AnyText()}},
                        .words = AnyText()};
  RC_ASSERT(FromProto(ToProto(assessment)) == assessment);
}

RC_GTEST_PROP(SdkConvert, WhatAMentorWritesComesBackAsItWas, ()) {
  const AssessmentView view{.assessment_id = AnyText(), .answers = {AnyAnswer()}, .words = AnyText()};
  RC_ASSERT(FromProto(ToProto(view)) == view);
  const Appreciation appreciation{.kind = static_cast<AppreciationKind>(*rc::gen::inRange(0, 3)),
                                  .words = AnyText(),
                                  .about_id = AnyText()};
  RC_ASSERT(FromProto(ToProto(appreciation)) == appreciation);
  const Contact contact{.kind = static_cast<ContactKind>(*rc::gen::inRange(0, 6)),
                        .at = AnyInstant(),
                        .minutes = *rc::gen::arbitrary<int>(),
                        .words = AnyText(),
                        .handover_id = AnyText()};
  RC_ASSERT(FromProto(ToProto(contact)) == contact);
  const Pause pause{.step_id = AnyText(), .from = AnyDate(), .until = MaybeDate()};
  RC_ASSERT(FromProto(ToProto(pause)) == pause);
}

TEST(SdkConvert, AStepIsShownWithAllThatItHas) {
  v1::Step step;
  step.set_goal_id("goal");
  step.set_milestone_id("milestone");
  step.set_title("Open the mail");
  step.set_minutes(10);
  step.set_confidence(0);
  step.mutable_if_then()->set_obstacle("tired");
  step.mutable_if_then()->set_response("after coffee");
  step.mutable_reminder()->set_hour(9);
  step.mutable_recurrence()->mutable_every_days()->set_days(2);
  *step.mutable_begins_on() = ToProto(Date{.year = 2026, .month = 11, .day = 21});
  *step.mutable_ends_on() = ToProto(Date{.year = 2027, .month = 1, .day = 1});
  step.set_drafted_by_mentor(true);

  EXPECT_EQ(FromProto(step), (Step{.goal_id = "goal",
                                   .milestone_id = "milestone",
                                   .title = "Open the mail",
                                   .minutes = 10,
                                   .confidence = 0,
                                   .if_then = IfThenPlan{.obstacle = "tired", .response = "after coffee"},
                                   .reminder = TimeOfDay{.hour = 9, .minute = 0},
                                   .recurrence = EveryDays{.days = 2},
                                   .begins_on = {.year = 2026, .month = 11, .day = 21},
                                   .ends_on = Date{.year = 2027, .month = 1, .day = 1},
                                   .drafted_by_mentor = true}));
}

TEST(SdkConvert, WhatAStepDoesNotHaveIsNotShown) {
  const Step step = FromProto(v1::Step());
  EXPECT_EQ(step.confidence, std::nullopt);
  EXPECT_EQ(step.if_then, std::nullopt);
  EXPECT_EQ(step.reminder, std::nullopt);
  EXPECT_EQ(step.ends_on, std::nullopt);
}

TEST(SdkConvert, ValuesNewerThanThisSdkAreUnknown) {
  v1::Contact contact;
  contact.set_kind(static_cast<v1::ContactKind>(99));
  EXPECT_EQ(FromProto(contact).kind, ContactKind::kUnknown);
  v1::Goal goal;
  goal.set_state(static_cast<v1::GoalState>(99));
  EXPECT_EQ(FromProto(goal).state, GoalState::kUnknown);
  EXPECT_EQ(FromProto(static_cast<v1::Role>(99)), Role::kUnknown);
  EXPECT_EQ(FromProto(static_cast<v1::HandoverState>(-1)), HandoverState::kUnknown);
}

TEST(SdkConvert, ARecordWithoutARevisionIsPending) {
  v1::Record record;
  record.set_record_id("id");
  EXPECT_TRUE(ToItem(record, 1).pending);
  record.set_revision(7);
  EXPECT_FALSE(ToItem(record, 1).pending);
}

TEST(SdkConvert, ATemplateIsReadInTheLanguageAskedForOrTheFirstThatItHas) {
  v1::BridgeTemplate bridge;
  bridge.add_languages("nl");
  bridge.add_languages("en");
  const auto text = [](v1::LocalisedText* localised, const char* dutch, const char* english) {
    auto* translation = localised->add_translations();
    translation->set_language("nl");
    translation->set_text(dutch);
    translation = localised->add_translations();
    translation->set_language("en");
    translation->set_text(english);
  };
  text(bridge.mutable_name(), "De Brug", "The Bridge");
  auto* domain = bridge.add_pillars()->add_domains();
  domain->set_domain_id("housing");
  text(domain->mutable_question(), "Hoe woon je?", "How do you live?");

  EXPECT_EQ(FromProto(bridge, "en-GB").name, "The Bridge");
  EXPECT_EQ(FromProto(bridge, "en-GB").language, "en");
  EXPECT_EQ(FromProto(bridge, "fr").language, "nl");
  const BridgeTemplate dutch = FromProto(bridge, "nl");
  ASSERT_NE(dutch.FindDomain("housing"), nullptr);
  EXPECT_EQ(dutch.FindDomain("housing")->question, "Hoe woon je?");
  EXPECT_EQ(dutch.FindDomain("garden"), nullptr);
}

TEST(SdkRejected, KeepsThePersonsWordsAndAllOfTheContent) {
  RejectedMutation rejected{.dossier_id = "dossier", .mutation = {}, .error = {}};
  rejected.mutation.set_mutation_id("mutation");
  rejected.error.reason = "DELETED";
  auto* create = rejected.mutation.mutable_create_step();
  create->set_step_id("step");
  create->mutable_step()->set_goal_id("goal");
  create->mutable_step()->set_title("Bel de verhuurder");
  create->mutable_step()->mutable_if_then()->set_obstacle("geen beltegoed");
  create->mutable_step()->set_rank("a00000000");

  const RejectedItem item = ToRejectedItem(rejected);

  EXPECT_EQ(item.mutation_id, "mutation");
  EXPECT_EQ(item.dossier_id, "dossier");
  EXPECT_EQ(item.kind, "create_step");
  EXPECT_EQ(item.record_id, "step");
  EXPECT_EQ(item.error.reason, "DELETED");
  EXPECT_THAT(item.words, ElementsAre("Bel de verhuurder", "geen beltegoed"));
  EXPECT_THAT(item.content_json, HasSubstr("\"obstacle\":\"geen beltegoed\""));
}

TEST(SdkRejected, AProfileIsNamedByItsRecord) {
  RejectedMutation rejected;
  rejected.mutation.mutable_revise_profile()->mutable_profile()->set_display_name("Sam");
  EXPECT_EQ(ToRejectedItem(rejected).record_id, "profile");
  EXPECT_THAT(ToRejectedItem(rejected).words, ElementsAre("Sam"));
}

TEST(SdkPlan, AnEditOfAnOptionalFieldCanSetItToNone) {
  StepChanges changes;
  EXPECT_FALSE(changes.ends_on.is_set());
  changes.ends_on = std::nullopt;
  EXPECT_TRUE(changes.ends_on.is_set());
  EXPECT_EQ(changes.ends_on.value(), std::nullopt);
}

}  // namespace
}  // namespace brug::sdk
