#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "proto/rules/fields.h"
#include "proto/rules/limits.h"
#include "proto/rules/validate.h"
#include "tests/support/dossier_story.h"

namespace brug::rules {
namespace {

using testing::Id;

Violation Wrong(v1::ErrorReason reason, std::string field) { return {reason, std::move(field)}; }

// One right mutation of each kind.
std::vector<v1::Mutation> OneOfEachKind() {
  using namespace testing;  // NOLINT(google-build-using-namespace)
  std::vector<v1::Mutation> all = {NewGoal(Id(1)),
                                   RetitleGoal(Id(1), "Other"),
                                   GoalTo(Id(1), v1::GOAL_STATE_PARKED),
                                   Formulate(Id(1)),
                                   NewMilestone(Id(2), Id(1)),
                                   NewStep(Id(3), Id(1)),
                                   RetitleStep(Id(3), "Other"),
                                   Delete(Id(3)),
                                   Tick(Id(3), kToday),
                                   Suggest(Id(4), Id(3), v1::SUGGESTED_FIELD_TITLE, "Words"),
                                   AnswerSuggestion(Id(4), true),
                                   Say(Id(5)),
                                   Talked(Id(6)),
                                   ProposeHandover(Id(7), Id(8)),
                                   AnswerHandover(Id(7), true),
                                   Assess(Id(9)),
                                   BeginPause(Id(10), "", kToday)};
  v1::Mutation mutation = NewMutation();
  mutation.mutable_revise_profile()->mutable_profile()->set_display_name("N.");
  mutation.mutable_revise_profile()->mutable_update_mask()->add_paths("display_name");
  all.push_back(mutation);
  mutation = NewMutation();
  mutation.mutable_add_assessment_view()->set_view_id(Id(11));
  mutation.mutable_add_assessment_view()->mutable_view()->set_assessment_id(Id(9));
  all.push_back(mutation);
  mutation = NewMutation();
  mutation.mutable_revise_milestone()->set_milestone_id(Id(2));
  mutation.mutable_revise_milestone()->mutable_milestone()->set_title("Reached");
  mutation.mutable_revise_milestone()->mutable_update_mask()->add_paths("title");
  all.push_back(mutation);
  mutation = NewMutation();
  mutation.mutable_end_pause()->set_pause_id(Id(10));
  *mutation.mutable_end_pause()->mutable_until() = ToDate(kToday);
  all.push_back(mutation);
  mutation = NewMutation();
  mutation.mutable_give_appreciation()->set_appreciation_id(Id(12));
  mutation.mutable_give_appreciation()->mutable_appreciation()->set_kind(v1::APPRECIATION_KIND_MESSAGE);
  mutation.mutable_give_appreciation()->mutable_appreciation()->set_words(
      "You opened it. That took courage.");
  all.push_back(mutation);
  mutation = NewMutation();
  mutation.mutable_propose_appointment()->set_appointment_id(Id(13));
  v1::Appointment& appointment = *mutation.mutable_propose_appointment()->mutable_appointment();
  *appointment.mutable_at() = ToTimestamp(kNow);
  appointment.set_minutes(30);
  appointment.set_kind(v1::CONTACT_KIND_PHONE);
  all.push_back(mutation);
  mutation = NewMutation();
  mutation.mutable_answer_appointment()->set_appointment_id(Id(13));
  mutation.mutable_answer_appointment()->set_state(v1::APPOINTMENT_STATE_ACCEPTED);
  all.push_back(mutation);
  return all;
}

TEST(Validate, AcceptsARightMutationOfEveryKind) {
  std::set<int> kinds;
  for (const v1::Mutation& mutation : OneOfEachKind()) {
    EXPECT_EQ(Validate(mutation), std::nullopt) << mutation.DebugString();
    kinds.insert(mutation.intent_case());
  }
  EXPECT_EQ(static_cast<int>(kinds.size()),
            v1::Mutation::descriptor()->FindOneofByName("intent")->field_count());
}

TEST(Validate, LeavesAnAbsentIntentToOthers) { EXPECT_EQ(Validate(testing::NewMutation()), std::nullopt); }

// Walks every message that a mutation can carry.
void ForEachField(const google::protobuf::Descriptor& message,
                  const std::function<void(const google::protobuf::FieldDescriptor&)>& visit) {
  for (int i = 0; i < message.field_count(); ++i) {
    const auto& field = *message.field(i);
    if (&message == v1::Mutation::descriptor() && field.containing_oneof() != nullptr) {
      ForEachField(*field.message_type(), visit);
      continue;
    }
    visit(field);
    const FieldRule* rule = FindFieldRule(field);
    if (rule != nullptr && rule->form == Form::kPart) ForEachField(*field.message_type(), visit);
  }
}

TEST(Validate, HasARowForEveryFieldAMutationCanCarry) {
  int count = 0;
  ForEachField(*v1::Mutation::descriptor(), [&](const auto& field) {
    EXPECT_NE(FindFieldRule(field), nullptr) << field.full_name();
    ++count;
  });
  EXPECT_GT(count, 100);
}

TEST(Validate, HoldsEveryTextToALimit) {
  int texts = 0;
  ForEachField(*v1::Mutation::descriptor(), [&](const auto& field) {
    const FieldRule* rule = FindFieldRule(field);
    if (rule == nullptr || field.type() != google::protobuf::FieldDescriptor::TYPE_STRING) return;
    EXPECT_NE(rule->form, Form::kAny) << field.full_name();
    if (rule->form != Form::kText) return;
    EXPECT_GE(rule->max, 100) << field.full_name();
    EXPECT_LE(rule->max, static_cast<std::int64_t>(kLongWordsBytesMax)) << field.full_name();
    ++texts;
  });
  EXPECT_GE(texts, 20);
}

struct Case {
  std::string name;
  std::function<v1::Mutation()> make;
  Violation wrong;
};

class ValidateRefuses : public ::testing::TestWithParam<Case> {};

TEST_P(ValidateRefuses, WithReasonAndField) {
  const auto wrong = Validate(GetParam().make());
  ASSERT_TRUE(wrong.has_value());
  EXPECT_EQ(*wrong, GetParam().wrong);
}

// A mutation, and what is done to it to make it wrong.
Case After(std::string name, const v1::Mutation& mutation, const std::function<void(v1::Mutation&)>& spoil,
           Violation wrong) {
  return {std::move(name),
          [=] {
            v1::Mutation spoilt = mutation;
            spoil(spoilt);
            return spoilt;
          },
          std::move(wrong)};
}

v1::Mutation ReviseStep(const std::string& field) {
  v1::Mutation mutation = testing::NewMutation();
  mutation.mutable_revise_step()->set_step_id(Id(3));
  mutation.mutable_revise_step()->mutable_update_mask()->add_paths(field);
  return mutation;
}

std::vector<Case> EnvelopeCases() {
  const v1::Mutation tick = testing::Tick(Id(1), testing::kToday);
  return {
      After(
          "NoMutationId", tick, [](auto& m) { m.clear_mutation_id(); },
          Wrong(v1::ERROR_REASON_MISSING, "mutation_id")),
      After(
          "MutationIdInCapitals", tick,
          [](auto& m) { m.set_mutation_id("00000000-0000-7000-8000-00000000000A"); },
          Wrong(v1::ERROR_REASON_NOT_AN_ID, "mutation_id")),
      After(
          "DossierIdOfAnotherForm", tick, [](auto& m) { m.set_dossier_id("dossier"); },
          Wrong(v1::ERROR_REASON_NOT_AN_ID, "dossier_id")),
      After(
          "NoEpoch", tick, [](auto& m) { m.set_epoch(0); }, Wrong(v1::ERROR_REASON_MISSING, "epoch")),
      After(
          "NoSequence", tick, [](auto& m) { m.set_sequence(0); },
          Wrong(v1::ERROR_REASON_MISSING, "sequence")),
      After(
          "SequenceBelowOne", tick, [](auto& m) { m.set_sequence(-4); },
          Wrong(v1::ERROR_REASON_OUT_OF_RANGE, "sequence")),
      After(
          "BaseBeforeTheFirst", tick, [](auto& m) { m.mutable_base()->set_revision(-1); },
          Wrong(v1::ERROR_REASON_OUT_OF_RANGE, "base.revision")),
      After(
          "NoTime", tick, [](auto& m) { m.clear_occurred_at(); },
          Wrong(v1::ERROR_REASON_MISSING, "occurred_at")),
      After(
          "TooLarge", testing::Say(Id(1)),
          [](auto& m) { m.mutable_send_message()->set_words(std::string(kMutationBytesMax, 'a')); },
          Wrong(v1::ERROR_REASON_TOO_LARGE, "")),
  };
}

std::vector<Case> TextCases() {
  const v1::Mutation goal = testing::NewGoal(Id(1));
  const auto title = [](const char* text) {
    return [=](v1::Mutation& m) { m.mutable_create_goal()->mutable_goal()->set_title(text); };
  };
  return {
      After("NoTitle", goal, title(""), Wrong(v1::ERROR_REASON_MISSING, "create_goal.goal.title")),
      After("BlankTitle", goal, title(" \t\n "), Wrong(v1::ERROR_REASON_MISSING, "create_goal.goal.title")),
      After(
          "TitleTooLong", goal,
          [](auto& m) { m.mutable_create_goal()->mutable_goal()->set_title(std::string(301, 'a')); },
          Wrong(v1::ERROR_REASON_TEXT_TOO_LONG, "create_goal.goal.title")),
      After("TitleNotUtf8", goal, title("caf\xE9"),
            Wrong(v1::ERROR_REASON_NOT_TEXT, "create_goal.goal.title")),
      After("TitleWithABell", goal, title("ding\x07"),
            Wrong(v1::ERROR_REASON_NOT_TEXT, "create_goal.goal.title")),
      After(
          "RevisedTitleBlank", testing::RetitleGoal(Id(1), " "), [](auto&) {},
          Wrong(v1::ERROR_REASON_MISSING, "revise_goal.goal.title")),
      After(
          "SuggestedTitleLongerThanATitle",
          testing::Suggest(Id(1), Id(2), v1::SUGGESTED_FIELD_TITLE, std::string(301, 'a')), [](auto&) {},
          Wrong(v1::ERROR_REASON_TEXT_TOO_LONG, "suggest_words.suggestion.words")),
      After(
          "SuggestedObstacleLongerThanAnObstacle",
          testing::Suggest(Id(1), Id(2), v1::SUGGESTED_FIELD_OBSTACLE, std::string(501, 'a')), [](auto&) {},
          Wrong(v1::ERROR_REASON_TEXT_TOO_LONG, "suggest_words.suggestion.words")),
      After(
          "ObstacleTooLong", testing::NewStep(Id(1), Id(2)),
          [](auto& m) {
            m.mutable_create_step()->mutable_step()->mutable_if_then()->set_obstacle(std::string(501, 'a'));
          },
          Wrong(v1::ERROR_REASON_TEXT_TOO_LONG, "create_step.step.if_then.obstacle")),
      After(
          "NoteTooLong", testing::Tick(Id(1), testing::kToday),
          [](auto& m) { m.mutable_tick_step()->set_note(std::string(2001, 'a')); },
          Wrong(v1::ERROR_REASON_TEXT_TOO_LONG, "tick_step.note")),
  };
}

std::vector<Case> ValueCases() {
  const v1::Mutation step = testing::NewStep(Id(1), Id(2));
  const v1::Mutation tick = testing::Tick(Id(1), testing::kToday);
  const v1::Mutation assessment = testing::Assess(Id(1));
  const auto of_step = [](const std::function<void(v1::Step&)>& spoil) {
    return [=](v1::Mutation& m) { spoil(*m.mutable_create_step()->mutable_step()); };
  };
  const auto of_assessment = [](const std::function<void(v1::Assessment&)>& spoil) {
    return [=](v1::Mutation& m) { spoil(*m.mutable_hand_in_assessment()->mutable_assessment()); };
  };
  return {
      After(
          "DayThatNoCalendarHas", tick, [](auto& m) { m.mutable_tick_step()->mutable_date()->set_day(31); },
          Wrong(v1::ERROR_REASON_NO_SUCH_DAY, "tick_step.date")),
      After(
          "NoDay", tick, [](auto& m) { m.mutable_tick_step()->clear_date(); },
          Wrong(v1::ERROR_REASON_MISSING, "tick_step.date")),
      After(
          "NoTickState", tick, [](auto& m) { m.mutable_tick_step()->clear_state(); },
          Wrong(v1::ERROR_REASON_MISSING, "tick_step.state")),
      After(
          "TickStateThatDoesNotExist", tick,
          [](auto& m) { m.mutable_tick_step()->set_state(static_cast<v1::TickState>(9)); },
          Wrong(v1::ERROR_REASON_OUT_OF_RANGE, "tick_step.state")),
      After(
          "DoneAtBeyondTheCalendar", tick,
          [](auto& m) { m.mutable_tick_step()->mutable_done_at()->set_seconds(253'402'300'800); },
          Wrong(v1::ERROR_REASON_OUT_OF_RANGE, "tick_step.done_at")),
      After("NoRecurrence", step, of_step([](auto& s) { s.clear_recurrence(); }),
            Wrong(v1::ERROR_REASON_MISSING, "create_step.step.recurrence")),
      After("WeekdayThatDoesNotExist", step, of_step([](auto& s) {
              s.mutable_recurrence()->mutable_on_weekdays()->add_weekdays(static_cast<v1::Weekday>(8));
            }),
            Wrong(v1::ERROR_REASON_OUT_OF_RANGE, "create_step.step.recurrence.on_weekdays.weekdays[0]")),
      After("RecurrenceThatNeverFallsDue", step, of_step([](auto& s) {
              s.mutable_recurrence()->mutable_monthly_on()->set_day(5);
              *s.mutable_begins_on() = ToDate(std::chrono::year(2026) / 11 / 6);
              *s.mutable_ends_on() = ToDate(std::chrono::year(2026) / 12 / 4);
            }),
            Wrong(v1::ERROR_REASON_NEVER_DUE, "create_step.step.recurrence")),
      After("NoFirstDay", step, of_step([](auto& s) { s.clear_begins_on(); }),
            Wrong(v1::ERROR_REASON_MISSING, "create_step.step.begins_on")),
      After("LongerThanADay", step, of_step([](auto& s) { s.set_minutes(1441); }),
            Wrong(v1::ERROR_REASON_OUT_OF_RANGE, "create_step.step.minutes")),
      After("SurerThanSure", step, of_step([](auto& s) { s.set_confidence(11); }),
            Wrong(v1::ERROR_REASON_OUT_OF_RANGE, "create_step.step.confidence")),
      After("HourThatNoClockHas", step, of_step([](auto& s) { s.mutable_reminder()->set_hour(24); }),
            Wrong(v1::ERROR_REASON_OUT_OF_RANGE, "create_step.step.reminder.hour")),
      After("MilestoneIdOfAnotherForm", step, of_step([](auto& s) { s.set_milestone_id("m"); }),
            Wrong(v1::ERROR_REASON_NOT_AN_ID, "create_step.step.milestone_id")),
      After("RankOfAnotherForm", step, of_step([](auto& s) { s.set_rank("first!"); }),
            Wrong(v1::ERROR_REASON_NOT_AN_ID, "create_step.step.rank")),
      After("LevelThatDoesNotExist", assessment,
            of_assessment([](auto& a) { a.mutable_answers(0)->set_level(6); }),
            Wrong(v1::ERROR_REASON_NOT_ON_THE_BRIDGE, "hand_in_assessment.assessment.answers[0].level")),
      After("LevelBelowTheFirst", assessment,
            of_assessment([](auto& a) { a.mutable_answers(0)->set_level(-1); }),
            Wrong(v1::ERROR_REASON_NOT_ON_THE_BRIDGE, "hand_in_assessment.assessment.answers[0].level")),
      After("AimAboveTheLast", assessment, of_assessment([](auto& a) { a.mutable_aims(0)->set_level(6); }),
            Wrong(v1::ERROR_REASON_NOT_ON_THE_BRIDGE, "hand_in_assessment.assessment.aims[0].level")),
      After("AimWithoutALevel", assessment, of_assessment([](auto& a) { a.mutable_aims(0)->clear_level(); }),
            Wrong(v1::ERROR_REASON_MISSING, "hand_in_assessment.assessment.aims[0].level")),
      After("ADomainAnsweredTwice", assessment,
            of_assessment([](auto& a) { *a.add_answers() = a.answers(0); }),
            Wrong(v1::ERROR_REASON_ALREADY_EXISTS, "hand_in_assessment.assessment.answers[1].domain_id")),
      After("ADomainAimedAtTwice", assessment, of_assessment([](auto& a) { *a.add_aims() = a.aims(0); }),
            Wrong(v1::ERROR_REASON_ALREADY_EXISTS, "hand_in_assessment.assessment.aims[1].domain_id")),
      After(
          "GoalStateThatDoesNotExist", testing::GoalTo(Id(1), static_cast<v1::GoalState>(77)), [](auto&) {},
          Wrong(v1::ERROR_REASON_OUT_OF_RANGE, "change_goal_state.state")),
      After(
          "PauseThatEndsBeforeItBegins", testing::BeginPause(Id(1), "", testing::kToday),
          [](auto& m) {
            *m.mutable_begin_pause()->mutable_pause()->mutable_until() =
                ToDate(testing::kToday - std::chrono::days(1));
          },
          Wrong(v1::ERROR_REASON_OUT_OF_RANGE, "begin_pause.pause.until")),
      After(
          "TalkOfNoTime", testing::Talked(Id(1)),
          [](auto& m) { m.mutable_record_contact()->mutable_contact()->set_minutes(0); },
          Wrong(v1::ERROR_REASON_MISSING, "record_contact.contact.minutes")),
  };
}

std::vector<Case> MaskCases() {
  const v1::Mutation goal = testing::NewGoal(Id(1));
  const auto profile = [](const char* field, const std::function<void(v1::Profile&)>& set) {
    v1::Mutation mutation = testing::NewMutation();
    mutation.mutable_revise_profile()->mutable_update_mask()->add_paths(field);
    set(*mutation.mutable_revise_profile()->mutable_profile());
    return mutation;
  };
  return {
      After(
          "NoMask", testing::RetitleGoal(Id(1), "x"),
          [](auto& m) { m.mutable_revise_goal()->clear_update_mask(); },
          Wrong(v1::ERROR_REASON_MISSING, "revise_goal.update_mask")),
      After(
          "EmptyMask", testing::RetitleGoal(Id(1), "x"),
          [](auto& m) { m.mutable_revise_goal()->mutable_update_mask()->clear_paths(); },
          Wrong(v1::ERROR_REASON_MISSING, "revise_goal.update_mask")),
      After(
          "FieldThatDoesNotExist", ReviseStep("colour"), [](auto&) {},
          Wrong(v1::ERROR_REASON_NOT_WRITABLE, "revise_step.update_mask")),
      After(
          "FieldWithinAField", ReviseStep("if_then.obstacle"), [](auto&) {},
          Wrong(v1::ERROR_REASON_NOT_WRITABLE, "revise_step.update_mask")),
      After(
          "FieldThatNeverChanges", ReviseStep("goal_id"), [](auto&) {},
          Wrong(v1::ERROR_REASON_NOT_WRITABLE, "revise_step.update_mask")),
      After(
          "FieldThatTheRulesKeep", ReviseStep("drafted_by_mentor"), [](auto&) {},
          Wrong(v1::ERROR_REASON_NOT_WRITABLE, "revise_step.update_mask")),
      After(
          "NeededFieldRevisedAway", ReviseStep("begins_on"), [](auto&) {},
          Wrong(v1::ERROR_REASON_MISSING, "revise_step.step.begins_on")),
      After(
          "RecurrenceRevisedToNothing", ReviseStep("recurrence"), [](auto&) {},
          Wrong(v1::ERROR_REASON_MISSING, "revise_step.step.recurrence")),
      After(
          "RecurrenceRevisedOutOfRange", ReviseStep("recurrence"),
          [](auto& m) {
            m.mutable_revise_step()->mutable_step()->mutable_recurrence()->mutable_times_a_week()->set_times(
                8);
          },
          Wrong(v1::ERROR_REASON_OUT_OF_RANGE, "revise_step.step.recurrence.times_a_week.times")),
      After(
          "StateSetByWhoMakesAGoal", goal,
          [](auto& m) { m.mutable_create_goal()->mutable_goal()->set_state(v1::GOAL_STATE_FORMULATED); },
          Wrong(v1::ERROR_REASON_NOT_WRITABLE, "create_goal.goal.state")),
      After(
          "RevisionSetByWhoMakesAGoal", goal,
          [](auto& m) { m.mutable_create_goal()->mutable_goal()->set_formulated_revision(3); },
          Wrong(v1::ERROR_REASON_NOT_WRITABLE, "create_goal.goal.formulated_revision")),
      After(
          "StateSetByWhoSuggests", testing::Suggest(Id(1), Id(2), v1::SUGGESTED_FIELD_TITLE, "x"),
          [](auto& m) {
            m.mutable_suggest_words()->mutable_suggestion()->set_state(v1::SUGGESTION_STATE_TAKEN);
          },
          Wrong(v1::ERROR_REASON_NOT_WRITABLE, "suggest_words.suggestion.state")),
      After(
          "AnotherClient", profile("client_person_id", [](auto& p) { p.set_client_person_id(Id(5)); }),
          [](auto&) {}, Wrong(v1::ERROR_REASON_NOT_WRITABLE, "revise_profile.update_mask")),
      After(
          "LanguageNobodySpeaks", profile("language", [](auto& p) { p.set_language("tlh"); }), [](auto&) {},
          Wrong(v1::ERROR_REASON_UNKNOWN_NAME, "revise_profile.profile.language")),
      After(
          "TimeZoneOfAnotherForm", profile("time_zone", [](auto& p) { p.set_time_zone("../etc/passwd"); }),
          [](auto&) {}, Wrong(v1::ERROR_REASON_UNKNOWN_NAME, "revise_profile.profile.time_zone")),
      After(
          "ReplyInMoreThanTwoWeeks",
          profile("reply_within_hours", [](auto& p) { p.set_reply_within_hours(337); }), [](auto&) {},
          Wrong(v1::ERROR_REASON_OUT_OF_RANGE, "revise_profile.profile.reply_within_hours")),
  };
}

std::string NameOfCase(const ::testing::TestParamInfo<Case>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Envelope, ValidateRefuses, ::testing::ValuesIn(EnvelopeCases()), NameOfCase);
INSTANTIATE_TEST_SUITE_P(Text, ValidateRefuses, ::testing::ValuesIn(TextCases()), NameOfCase);
INSTANTIATE_TEST_SUITE_P(Value, ValidateRefuses, ::testing::ValuesIn(ValueCases()), NameOfCase);
INSTANTIATE_TEST_SUITE_P(Mask, ValidateRefuses, ::testing::ValuesIn(MaskCases()), NameOfCase);

TEST(Validate, LooksAtNothingThatTheMaskLeavesOut) {
  v1::Mutation mutation = testing::RetitleGoal(Id(1), "Fine");
  mutation.mutable_revise_goal()->mutable_goal()->set_why(std::string(3000, 'a'));
  mutation.mutable_revise_goal()->mutable_goal()->set_state(v1::GOAL_STATE_ACHIEVED);
  EXPECT_EQ(Validate(mutation), std::nullopt);
}

TEST(Validate, LetsAFieldBeRevisedToNothingWhenItMayBeEmpty) {
  v1::Mutation mutation = ReviseStep("ends_on");
  EXPECT_EQ(Validate(mutation), std::nullopt);
  mutation.mutable_revise_step()->mutable_update_mask()->add_paths("if_then");
  mutation.mutable_revise_step()->mutable_update_mask()->add_paths("confidence");
  EXPECT_EQ(Validate(mutation), std::nullopt);
}

TEST(CheckText, KnowsUtf8) {
  const TextLimit limit{100, true};
  for (const std::string_view right :
       {"a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x8F\xA0", "a\nb\tc", "a\r\nb"}) {
    EXPECT_EQ(CheckText(right, limit), std::nullopt) << right;
  }
  // Too long a form, a surrogate, beyond the last character, cut off, a lone continuation, controls.
  for (const std::string_view wrong :
       {std::string_view("\xC0\xAF"), std::string_view("\xE0\x80\xAF"), std::string_view("\xED\xA0\x80"),
        std::string_view("\xF4\x90\x80\x80"), std::string_view("\xE2\x82"), std::string_view("a\x80"),
        std::string_view("\xFF"), std::string_view("a\0b", 3), std::string_view("a\x7F"),
        std::string_view("\xC2\x85"), std::string_view("a\rb"), std::string_view("a\r")}) {
    EXPECT_EQ(CheckText(wrong, limit), v1::ERROR_REASON_NOT_TEXT) << wrong;
  }
}

TEST(CheckText, CountsBytesAndAcceptsTheLastOne) {
  EXPECT_EQ(CheckText("\xE2\x82\xAC", {3, true}), std::nullopt);
  EXPECT_EQ(CheckText("\xE2\x82\xAC", {2, true}), v1::ERROR_REASON_TEXT_TOO_LONG);
  EXPECT_EQ(CheckText("", {0, false}), std::nullopt);
  EXPECT_EQ(CheckText("", {0, true}), v1::ERROR_REASON_MISSING);
}

TEST(CheckText, SeesThatOnlyWhiteSpaceIsNothing) {
  for (const std::string_view blank :
       {" ", "\t\n", "\r\n", "\xC2\xA0", "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x8B", "\xE2\x80\xA8",
        "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE2\x81\xA0", "\xE3\x80\x80", "\xEF\xBB\xBF"}) {
    EXPECT_EQ(CheckText(blank, {10, true}), v1::ERROR_REASON_MISSING);
    EXPECT_EQ(CheckText(blank, {10, false}), std::nullopt);
  }
}

TEST(IsUuid, TakesLowerCaseCanonicalFormAlone) {
  EXPECT_TRUE(IsUuid("0192f3a4-5b6c-7d8e-9f01-23456789abcd"));
  for (const std::string_view wrong :
       {"", "0192f3a4-5b6c-7d8e-9f01-23456789abc", "0192f3a4-5b6c-7d8e-9f01-23456789abcde",
        "0192F3A4-5b6c-7d8e-9f01-23456789abcd", "0192f3a45b6c-7d8e-9f01-23456789abcd-", "profile",
        "g192f3a4-5b6c-7d8e-9f01-23456789abcd", "{192f3a4-5b6c-7d8e-9f01-23456789abc}"}) {
    EXPECT_FALSE(IsUuid(wrong)) << wrong;
  }
}

v1::Mutation ReviseProfile(const char* field, const std::string& value) {
  v1::Mutation mutation = testing::NewMutation();
  v1::Profile& profile = *mutation.mutable_revise_profile()->mutable_profile();
  profile.GetReflection()->SetString(&profile, v1::Profile::descriptor()->FindFieldByName(field), value);
  mutation.mutable_revise_profile()->mutable_update_mask()->add_paths(field);
  return mutation;
}

TEST(Validate, TakesTheLanguagesOfTheScreensWhateverTheirRegion) {
  for (const char* right : {"nl", "en", "nl-BE", "en-GB", "en-Latn-001"}) {
    EXPECT_EQ(Validate(ReviseProfile("language", right)), std::nullopt) << right;
  }
  for (const char* wrong : {"NL", "fr", "nl-", "nl--BE", "en-GB-", "en_GB", "en-G B", "english",
                            "nl-abcdefgh-abcdefgh-abcdefgh-abcdefgh-abcdefgh"}) {
    EXPECT_EQ(Validate(ReviseProfile("language", wrong)),
              (Violation{v1::ERROR_REASON_UNKNOWN_NAME, "revise_profile.profile.language"}))
        << wrong;
  }
}

TEST(Validate, TakesTheFormOfATimeZone) {
  for (const char* right :
       {"Europe/Amsterdam", "UTC", "Etc/GMT+5", "America/Argentina/Buenos_Aires", "Etc/GMT-14"}) {
    EXPECT_EQ(Validate(ReviseProfile("time_zone", right)), std::nullopt) << right;
  }
  for (const std::string& wrong :
       {std::string("../UTC"), std::string("Europe Amsterdam"), std::string("a:b"), std::string("[x]"),
        std::string("a@b"), std::string("{"), std::string(101, 'a')}) {
    EXPECT_EQ(Validate(ReviseProfile("time_zone", wrong)),
              (Violation{v1::ERROR_REASON_UNKNOWN_NAME, "revise_profile.profile.time_zone"}))
        << wrong;
  }
}

TEST(Validate, TakesTheFormOfADomain) {
  v1::Mutation mutation = testing::NewGoal(Id(1));
  v1::Goal& goal = *mutation.mutable_create_goal()->mutable_goal();
  for (const char* right : {"housing", "income_from_work", "step-2"}) {
    goal.set_domain_id(right);
    EXPECT_EQ(Validate(mutation), std::nullopt) << right;
  }
  for (const std::string& wrong : {std::string("Housing"), std::string("a b"), std::string("a/b"),
                                   std::string("{a}"), std::string(41, 'a')}) {
    goal.set_domain_id(wrong);
    EXPECT_EQ(Validate(mutation), (Violation{v1::ERROR_REASON_NOT_AN_ID, "create_goal.goal.domain_id"}))
        << wrong;
  }
}

TEST(Validate, TakesMomentsThatAreMoments) {
  struct Row {
    std::int64_t seconds;
    std::int32_t nanos;
    bool right;
  };
  const std::vector<Row> rows = {{-62'135'596'800, 0, true},
                                 {-62'135'596'801, 0, false},
                                 {253'402'300'799, 0, true},
                                 {253'402'300'800, 0, false},
                                 {0, 999'999'999, true},
                                 {0, 1'000'000'000, false},
                                 {0, -1, false}};
  for (const Row& row : rows) {
    v1::Mutation mutation = testing::Tick(Id(1), testing::kToday);
    mutation.mutable_tick_step()->mutable_done_at()->set_seconds(row.seconds);
    mutation.mutable_tick_step()->mutable_done_at()->set_nanos(row.nanos);
    EXPECT_EQ(!Validate(mutation).has_value(), row.right) << row.seconds << " " << row.nanos;
  }
}

TEST(ValidateDeath, AnIntentThatNobodyAppliesIsAProgrammersMistake) {
  const testing::Story story;
  const v1::Mutation nothing = testing::NewMutation();
  EXPECT_DEATH(static_cast<void>(
                   Apply(story.dossier(), story.templates(), nothing, story.OccasionFor(testing::Client()))),
               "every intent its row");
}

}  // namespace
}  // namespace brug::rules
