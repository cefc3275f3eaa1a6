#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "proto/rules/limits.h"
#include "proto/rules/scheme.h"
#include "tests/unit/rules_offers.h"

// What a programme manager may decide, and a mentor may draft.
namespace brug::rules {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

constexpr std::int64_t kInt64Min = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kInt64Max = std::numeric_limits<std::int64_t>::max();

v1::Scheme Named() {
  v1::Scheme scheme;
  scheme.set_display_name("Eerste stappen");
  return scheme;
}

v1::Scheme Completed(const v1::Scheme& scheme) {
  const auto outcome = CompleteScheme(scheme);
  if (const auto* refused = std::get_if<Violation>(&outcome)) {
    ADD_FAILURE() << v1::ErrorReason_Name(refused->reason) << " at " << refused->field;
    return {};
  }
  return std::get<v1::Scheme>(outcome);
}

Violation WhyNot(const v1::Scheme& scheme) {
  const auto outcome = CompleteScheme(scheme);
  const auto* refused = std::get_if<Violation>(&outcome);
  return refused == nullptr ? Violation{} : *refused;
}

template <class Set>
Violation WhyNotWith(Set set) {
  v1::Scheme scheme = Named();
  set(scheme);
  return WhyNot(scheme);
}

Violation OutOfRange(const std::string& field) { return {v1::ERROR_REASON_OUT_OF_RANGE, field}; }

TEST(CompleteScheme, FillsInWhatWasNotSaid) {
  const v1::Scheme scheme = Completed(Named());
  EXPECT_EQ(scheme.amount_cents_min(), 2000);
  EXPECT_EQ(scheme.amount_cents_max(), 6000);
  EXPECT_EQ(scheme.client_year_cents_max(), 72'000);
  EXPECT_EQ(scheme.four_eyes_above_cents(), 5000);
  EXPECT_EQ(scheme.voucher_days(), 365);
  EXPECT_EQ(scheme.reveal_policy(), v1::REVEAL_POLICY_AFTER_PLAN);
  EXPECT_FALSE(scheme.in_parts());
  EXPECT_FALSE(scheme.own_mentor_may_approve());
  EXPECT_EQ(scheme.display_name(), "Eerste stappen");
}

TEST(CompleteScheme, KeepsWhatWasSaid) {
  v1::Scheme said = Named();
  said.set_amount_cents_min(1);
  said.set_amount_cents_max(1'000'000);
  said.set_client_year_cents_max(10'000'000'000);
  said.set_four_eyes_above_cents(0);
  said.set_voucher_days(1830);
  said.set_in_parts(true);
  said.set_reveal_policy(v1::REVEAL_POLICY_RULES_KNOWN);
  said.set_own_mentor_may_approve(true);
  said.set_rules_words("Je verdient iets als 3 stappen gedaan zijn. De kleur van je plan is aan jou.");
  EXPECT_EQ(Completed(said).SerializeAsString(), said.SerializeAsString());
  said.clear_client_year_cents_max();
  EXPECT_EQ(Completed(said).client_year_cents_max(), 12'000'000);
}

TEST(CompleteScheme, WhatClientsKnowBeforeAPromiseIsSaidAndNamesNoAmount) {
  const auto known = [](auto& s) {
    s.set_reveal_policy(v1::REVEAL_POLICY_RULES_KNOWN);
    s.set_rules_words("Wie de stappen doet, krijgt iets.");
  };
  EXPECT_EQ(WhyNotWith([&](auto& s) {
              known(s);
              s.set_display_name("Beloning 40 euro");
            }),
            OutOfRange("scheme.display_name"));
  EXPECT_EQ(WhyNotWith([&](auto& s) {
              known(s);
              s.clear_rules_words();
            }),
            (Violation{v1::ERROR_REASON_MISSING, "scheme.rules_words"}));
  v1::Scheme unknown = Named();
  unknown.set_display_name("Beloning 40 euro");
  EXPECT_EQ(Completed(unknown).display_name(), "Beloning 40 euro") << "which no client reads";
}

TEST(CompleteScheme, RefusesEachFieldByItsName) {
  EXPECT_EQ(WhyNotWith([](auto& s) { s.set_scheme_id(kScheme); }),
            (Violation{v1::ERROR_REASON_NOT_WRITABLE, "scheme.scheme_id"}));
  EXPECT_EQ(WhyNotWith([](auto& s) { s.set_display_name(" "); }),
            (Violation{v1::ERROR_REASON_MISSING, "scheme.display_name"}));
  EXPECT_EQ(WhyNotWith([](auto& s) { s.set_display_name(std::string(101, 'a')); }),
            (Violation{v1::ERROR_REASON_TEXT_TOO_LONG, "scheme.display_name"}));
  EXPECT_EQ(WhyNotWith([](auto& s) { s.set_display_name("\x01"); }),
            (Violation{v1::ERROR_REASON_NOT_TEXT, "scheme.display_name"}));
  for (const std::int64_t cents : {kInt64Min, std::int64_t{-1}, std::int64_t{1'000'001}, kInt64Max}) {
    EXPECT_EQ(WhyNotWith([=](auto& s) { s.set_amount_cents_min(cents); }),
              OutOfRange("scheme.amount_cents_min"));
    EXPECT_EQ(WhyNotWith([=](auto& s) { s.set_amount_cents_max(cents); }),
              OutOfRange("scheme.amount_cents_max"));
  }
  EXPECT_EQ(WhyNotWith([](auto& s) { s.set_amount_cents_max(1999); }), OutOfRange("scheme.amount_cents_max"));
  EXPECT_EQ(WhyNotWith([](auto& s) { s.set_amount_cents_min(6001); }), OutOfRange("scheme.amount_cents_max"));
  for (const std::int64_t cents :
       {kInt64Min, std::int64_t{-1}, std::int64_t{1999}, std::int64_t{10'000'000'001}, kInt64Max}) {
    EXPECT_EQ(WhyNotWith([=](auto& s) { s.set_client_year_cents_max(cents); }),
              OutOfRange("scheme.client_year_cents_max"));
  }
  for (const std::int64_t cents : {kInt64Min, std::int64_t{-1}, std::int64_t{10'000'000'001}, kInt64Max}) {
    EXPECT_EQ(WhyNotWith([=](auto& s) { s.set_four_eyes_above_cents(cents); }),
              OutOfRange("scheme.four_eyes_above_cents"));
  }
  for (const int days_count : {-1, 1831, std::numeric_limits<int>::max(), std::numeric_limits<int>::min()}) {
    EXPECT_EQ(WhyNotWith([=](auto& s) { s.set_voucher_days(days_count); }),
              OutOfRange("scheme.voucher_days"));
  }
  for (const int policy : {-1, 3}) {
    EXPECT_EQ(WhyNotWith([=](auto& s) { s.set_reveal_policy(static_cast<v1::RevealPolicy>(policy)); }),
              OutOfRange("scheme.reveal_policy"));
  }
  EXPECT_EQ(WhyNotWith([](auto& s) { s.set_rules_words(std::string(2001, 'a')); }),
            (Violation{v1::ERROR_REASON_TEXT_TOO_LONG, "scheme.rules_words"}));
}

TEST(CompleteScheme, RefusesRulesThatNameAnAmount) {
  for (const char* words :
       {"€ 40", "40 euro.", "{euro}", "[euro]", "EUR40", "40Euro's", "Tot 50 cent", "euros"}) {
    EXPECT_EQ(WhyNotWith([=](auto& s) { s.set_rules_words(words); }), OutOfRange("scheme.rules_words"))
        << words;
  }
  for (const char* words : {"", "Kleur en geur", "Het centrum", "De neuroloog", "Europa", "3 stappen"}) {
    EXPECT_EQ(WhyNotWith([=](auto& s) { s.set_rules_words(words); }), Violation{}) << words;
  }
}

RC_GTEST_PROP(CompleteScheme, HoldsItsInvariantsForAnyNumbers, (std::int64_t a, std::int64_t b)) {
  v1::Scheme scheme = Named();
  const std::int64_t some[] = {a, b, a % 2'000'000, b % 20'000'000'000, 0, 1, kInt64Min, kInt64Max};
  const auto pick = [&] { return some[*rc::gen::inRange(0, 8)]; };
  scheme.set_amount_cents_min(pick());
  scheme.set_amount_cents_max(pick());
  scheme.set_client_year_cents_max(pick());
  if (*rc::gen::arbitrary<bool>()) scheme.set_four_eyes_above_cents(pick());
  scheme.set_voucher_days(static_cast<std::int32_t>(pick() % 5000));
  const auto outcome = CompleteScheme(scheme);
  if (const auto* completed = std::get_if<v1::Scheme>(&outcome)) {
    RC_ASSERT(completed->amount_cents_min() >= 1);
    RC_ASSERT(completed->amount_cents_min() <= completed->amount_cents_max());
    RC_ASSERT(completed->amount_cents_max() <= kOfferCentsMax);
    RC_ASSERT(completed->client_year_cents_max() >= completed->amount_cents_min());
    RC_ASSERT(completed->four_eyes_above_cents() >= 0);
    RC_ASSERT(completed->voucher_days() >= 1 && completed->voucher_days() <= kVoucherDaysMax);
    // Complete is complete.
    RC_ASSERT(Completed(*completed).SerializeAsString() == completed->SerializeAsString());
  } else {
    RC_ASSERT(std::get<Violation>(outcome).reason == v1::ERROR_REASON_OUT_OF_RANGE);
  }
}

// ---- Drafts

template <class Set>
std::optional<Violation> WhyNoDraft(const v1::OfferCondition& condition, Set set) {
  v1::OfferDraft draft = DraftFor(condition);
  set(draft);
  return CheckDraft(draft);
}

std::optional<Violation> WhyNoDraft(const v1::OfferCondition& condition) {
  return CheckDraft(DraftFor(condition));
}

Violation In(v1::ErrorReason reason, const std::string& field) { return {reason, "draft." + field}; }

TEST(CheckDraft, TakesEveryKind) {
  std::vector<std::string> many;
  for (int i = 0; i < 200; ++i) many.push_back(Id(100 + i));
  for (const auto& condition : {AllOf(), AllOf(many), SomeOf(1), SomeOf(200), SomeOf(200, many), Reached(),
                                OnDays(1), OnDays(366), Achieved()}) {
    EXPECT_EQ(WhyNoDraft(condition), std::nullopt);
  }
  EXPECT_EQ(WhyNoDraft(AllOf(),
                       [](auto& d) {
                         d.clear_condition();
                         d.clear_words();
                         *d.mutable_ends_on() = ToDate(kToday);
                       }),
            std::nullopt);
}

TEST(CheckDraft, RefusesEachFieldByItsName) {
  EXPECT_EQ(WhyNoDraft(AllOf(), [](auto& d) { d.clear_goal_id(); }), In(v1::ERROR_REASON_MISSING, "goal_id"));
  EXPECT_EQ(WhyNoDraft(AllOf(), [](auto& d) { d.set_goal_id("x"); }),
            In(v1::ERROR_REASON_NOT_AN_ID, "goal_id"));
  EXPECT_EQ(WhyNoDraft(AllOf(), [](auto& d) { d.clear_scheme_id(); }),
            In(v1::ERROR_REASON_MISSING, "scheme_id"));
  EXPECT_EQ(WhyNoDraft(AllOf(), [](auto& d) { d.set_scheme_id("x"); }),
            In(v1::ERROR_REASON_NOT_AN_ID, "scheme_id"));
  for (const std::int64_t cents :
       {kInt64Min, std::int64_t{-1}, std::int64_t{0}, std::int64_t{1'000'001}, kInt64Max}) {
    EXPECT_EQ(WhyNoDraft(AllOf(), [=](auto& d) { d.set_amount_cents(cents); }),
              In(v1::ERROR_REASON_OUT_OF_RANGE, "amount_cents"));
  }
  EXPECT_EQ(WhyNoDraft(AllOf(), [](auto& d) { d.set_words(std::string(2001, 'a')); }),
            In(v1::ERROR_REASON_TEXT_TOO_LONG, "words"));
  EXPECT_EQ(WhyNoDraft(AllOf(), [](auto& d) { d.set_words("\xff"); }),
            In(v1::ERROR_REASON_NOT_TEXT, "words"));
  EXPECT_EQ(WhyNoDraft(v1::OfferCondition()), In(v1::ERROR_REASON_MISSING, "condition"));
  EXPECT_EQ(WhyNoDraft(AllOf(), [](auto& d) { d.mutable_ends_on()->set_day(31); }),
            In(v1::ERROR_REASON_NO_SUCH_DAY, "ends_on"));
}

TEST(CheckDraft, RefusesStepsThatAreNoneOrTwiceOrTooMany) {
  std::vector<std::string> many;
  for (int i = 0; i < 201; ++i) many.push_back(Id(100 + i));
  const auto each = [&](auto condition, const std::string& kind) {
    const std::string path = "condition." + kind + ".step_ids";
    EXPECT_EQ(WhyNoDraft(condition(many)), In(v1::ERROR_REASON_TOO_MANY, path));
    EXPECT_EQ(WhyNoDraft(condition({Id(1), "x"})), In(v1::ERROR_REASON_NOT_AN_ID, path + "[1]"));
    EXPECT_EQ(WhyNoDraft(condition({""})), In(v1::ERROR_REASON_MISSING, path + "[0]"));
    EXPECT_EQ(WhyNoDraft(condition({Id(1), Id(2), Id(1)})),
              In(v1::ERROR_REASON_ALREADY_EXISTS, path + "[2]"));
  };
  each([](const std::vector<std::string>& ids) { return AllOf(ids); }, "all_steps");
  each([](const std::vector<std::string>& ids) { return SomeOf(1, ids); }, "some_steps");
}

TEST(CheckDraft, RefusesCountsThatCannotBe) {
  for (const int count : {std::numeric_limits<int>::min(), -1, 0, 201, std::numeric_limits<int>::max()}) {
    EXPECT_EQ(WhyNoDraft(SomeOf(count)),
              In(v1::ERROR_REASON_OUT_OF_RANGE, "condition.some_steps.steps_count"));
  }
  EXPECT_EQ(WhyNoDraft(SomeOf(3, {Id(1), Id(2)})),
            In(v1::ERROR_REASON_OUT_OF_RANGE, "condition.some_steps.steps_count"));
  for (const int count : {std::numeric_limits<int>::min(), -1, 0, 367, std::numeric_limits<int>::max()}) {
    EXPECT_EQ(WhyNoDraft(OnDays(count)),
              In(v1::ERROR_REASON_OUT_OF_RANGE, "condition.step_ticked.days_count"));
  }
  EXPECT_EQ(WhyNoDraft(OnDays(1, "")), In(v1::ERROR_REASON_MISSING, "condition.step_ticked.step_id"));
  EXPECT_EQ(WhyNoDraft(Reached("x")),
            In(v1::ERROR_REASON_NOT_AN_ID, "condition.milestone_reached.milestone_id"));
}

TEST(CheckAmount, IsWhatTheSchemeAllows) {
  const v1::Scheme scheme = Completed(Named());
  v1::OfferDraft draft = DraftFor(AllOf());
  for (const std::int64_t cents : {2000, 4000, 6000}) {
    draft.set_amount_cents(cents);
    EXPECT_EQ(CheckAmount(draft, scheme), std::nullopt) << cents;
  }
  for (const std::int64_t cents :
       {kInt64Min, std::int64_t{0}, std::int64_t{1999}, std::int64_t{6001}, kInt64Max}) {
    draft.set_amount_cents(cents);
    EXPECT_EQ(CheckAmount(draft, scheme), In(v1::ERROR_REASON_OUT_OF_RANGE, "amount_cents")) << cents;
  }
}

TEST(Scheme, CountsAYearAndTheThresholdByWhatTheyComeToTogether) {
  const v1::Scheme scheme = Completed(Named());
  EXPECT_FALSE(NeedsSecondPerson(scheme, 0, 5000));
  EXPECT_FALSE(NeedsSecondPerson(scheme, 1000, 4000));
  EXPECT_TRUE(NeedsSecondPerson(scheme, 1000, 4001));
  EXPECT_TRUE(NeedsSecondPerson(scheme, 5000, 1));
  EXPECT_FALSE(IsOverYear(scheme, 68'000, 4000));
  EXPECT_TRUE(IsOverYear(scheme, 68'001, 4000));
  EXPECT_TRUE(IsOverYear(scheme, kInt64Max, 1));
  EXPECT_TRUE(IsOverYear(scheme, kInt64Max, kInt64Max));
  EXPECT_FALSE(IsOverYear(scheme, kInt64Min, kInt64Min));
  EXPECT_TRUE(NeedsSecondPerson(scheme, 1, kInt64Max));
}

}  // namespace
}  // namespace brug::rules
