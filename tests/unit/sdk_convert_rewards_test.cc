#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "client-sdk/src/api/convert.h"
#include "tests/support/memory_dossier.h"

// Offers and vouchers as apps see them.
namespace brug::sdk {
namespace {

using ::testing::HasSubstr;

v1::Offer OfferOfTwoSteps() {
  v1::Offer offer;
  offer.set_goal_id("goal");
  offer.set_amount_cents(4'000);
  offer.mutable_condition()->mutable_all_steps();
  for (const char* id : {"s1", "s2"}) {
    v1::FrozenStep& frozen = *offer.add_steps();
    frozen.set_step_id(id);
    frozen.mutable_step()->set_title(std::string("stap ") + id);
    offer.mutable_condition()->mutable_all_steps()->add_step_ids(id);
  }
  offer.set_state(v1::OFFER_STATE_PROMISED);
  return offer;
}

v1::Record TickOf(const std::string& step_id, int day, v1::TickState state = v1::TICK_STATE_DONE) {
  v1::Record record;
  record.set_record_id(step_id + "/2026-11-" + std::to_string(day));
  record.mutable_tick()->set_step_id(step_id);
  *record.mutable_tick()->mutable_date() = ToProto(Date{.year = 2026, .month = 11, .day = day});
  record.mutable_tick()->set_state(state);
  *record.mutable_tick()->mutable_recorded_at() = ToProto(Instant(std::chrono::hours(500'000 + day)));
  return record;
}

std::string AnyWords() { return *rc::gen::container<std::string>(rc::gen::inRange<char>(' ', 127)); }

TEST(SdkRewards, AnOfferIsEarnedByWhatIsShownAndConfirmedByWhatTheServiceHas) {
  const v1::Offer offer = OfferOfTwoSteps();
  brug::testing::MemoryDossier confirmed;
  confirmed.Put(TickOf("s1", 20));
  confirmed.Put(TickOf("s2", 20, v1::TICK_STATE_TRIED));
  brug::testing::MemoryDossier shown = confirmed;
  const Offer before = FromDossier(offer, shown, confirmed);
  EXPECT_FALSE(before.progress.earned);
  EXPECT_EQ(before.progress.done_count, 1);
  EXPECT_EQ(before.progress.needed_count, 2);
  EXPECT_TRUE(before.steps[0].done);
  EXPECT_FALSE(before.steps[1].done) << "tried is not done";
  shown.Put(TickOf("s2", 21));
  const Offer pending = FromDossier(offer, shown, confirmed);
  EXPECT_TRUE(pending.progress.earned);
  EXPECT_FALSE(pending.progress.earned_confirmed);
  EXPECT_EQ(pending.progress.earned_at, Instant(std::chrono::hours(500'021)));
  EXPECT_TRUE(FromDossier(offer, shown, shown).progress.earned_confirmed);
}

TEST(SdkRewards, OnlyDaysUpToTheLastOneCount) {
  v1::Offer offer = OfferOfTwoSteps();
  *offer.mutable_ends_on() = ToProto(Date{.year = 2026, .month = 11, .day = 21});
  brug::testing::MemoryDossier shown;
  for (const int day : {20, 21, 22}) shown.Put(TickOf("s1", day));
  const Offer seen = FromDossier(offer, shown, shown);
  EXPECT_EQ(seen.steps[0].done_days, 2);
  EXPECT_EQ(seen.ends_on, (Date{.year = 2026, .month = 11, .day = 21}));
}

TEST(SdkRewards, AnOfferOfANewerKindIsNeverEarned) {
  v1::Offer offer = OfferOfTwoSteps();
  offer.clear_condition();
  brug::testing::MemoryDossier shown;
  shown.Put(TickOf("s1", 20));
  shown.Put(TickOf("s2", 20));
  const Offer seen = FromDossier(offer, shown, shown);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(seen.condition));
  EXPECT_FALSE(seen.progress.earned);
  offer.set_state(static_cast<v1::OfferState>(99));
  EXPECT_EQ(FromProto(offer).state, OfferState::kUnknown);
}

TEST(SdkRewards, EveryConditionOfADraftIsWrittenAndReadAsItIs) {
  const std::vector<OfferCondition> conditions = {AllSteps{},
                                                  AllSteps{.step_ids = {"a", "b"}},
                                                  SomeSteps{.step_ids = {"a", "b"}, .steps_count = 1},
                                                  MilestoneReached{.milestone_id = "m"},
                                                  StepTicked{.step_id = "a", .days_count = 5},
                                                  GoalAchieved{}};
  for (const auto& condition : conditions) {
    OfferDraft draft;
    draft.goal_id = "goal";
    draft.scheme_id = "scheme";
    draft.amount_cents = 4'000;
    draft.words = "woorden";
    draft.condition = condition;
    draft.ends_on = Date{.year = 2027, .month = 1, .day = 31};
    const v1::OfferDraft written = ToProto(draft);
    EXPECT_EQ(written.amount_cents(), 4'000);
    EXPECT_EQ(written.words(), "woorden");
    v1::Offer offer;
    *offer.mutable_condition() = written.condition();
    *offer.mutable_ends_on() = written.ends_on();
    EXPECT_EQ(FromProto(offer).condition, condition);
    EXPECT_EQ(FromProto(offer).ends_on, draft.ends_on);
  }
}

RC_GTEST_PROP(SdkRewards, ASchemeComesBackAsItWas, ()) {
  v1::Scheme scheme;
  scheme.set_scheme_id(AnyWords());
  scheme.set_display_name(AnyWords());
  scheme.set_amount_cents_min(*rc::gen::arbitrary<std::int64_t>());
  scheme.set_amount_cents_max(*rc::gen::arbitrary<std::int64_t>());
  scheme.set_client_year_cents_max(*rc::gen::arbitrary<std::int64_t>());
  if (*rc::gen::arbitrary<bool>()) scheme.set_four_eyes_above_cents(*rc::gen::arbitrary<std::int64_t>());
  scheme.set_voucher_days(*rc::gen::arbitrary<int>());
  scheme.set_in_parts(*rc::gen::arbitrary<bool>());
  scheme.set_reveal_policy(static_cast<v1::RevealPolicy>(*rc::gen::inRange(0, 3)));
  scheme.set_own_mentor_may_approve(*rc::gen::arbitrary<bool>());
  scheme.set_rules_words(AnyWords());
  RC_ASSERT(ToProto(FromProto(scheme)).SerializeAsString() == scheme.SerializeAsString());
}

TEST(SdkRewards, AReceiptIsOfThisShopAlone) {
  v1::StatementContent content;
  content.set_statement_id("statement");
  content.mutable_redemption()->set_merchant_id("shop");
  content.mutable_redemption()->set_merchant_display_name("Schoenenhuis");
  content.mutable_redemption()->set_remaining_cents(500);
  content.mutable_redemption()->mutable_redemption()->set_amount_cents(1'000);
  const auto receipt = ToReceipt(content, "shop");
  ASSERT_TRUE(receipt.has_value());
  EXPECT_EQ(receipt->redemption.amount_cents, 1'000);
  EXPECT_EQ(receipt->remaining_cents, 500);
  EXPECT_FALSE(receipt->undo);
  EXPECT_FALSE(ToReceipt(content, "client").has_value()) << "who is told of it, too";
  content.mutable_undo()->set_merchant_id("shop");
  EXPECT_TRUE(ToReceipt(content, "shop")->undo);
  content.mutable_promise();
  EXPECT_FALSE(ToReceipt(content, "shop").has_value());
}

TEST(SdkRewards, ACodeIsShownInGroups) {
  v1::VoucherCode code;
  code.set_code("7K2QXM4T9B0HJ3WRX");
  EXPECT_EQ(FromProto(code).code, "7K2QX-M4T9B-0HJ3W-RX");
}

TEST(SdkRewards, AmountsAreReadAndWrittenAsPeopleDo) {
  EXPECT_EQ(FormatEuro(1'250, "nl"), "€ 12,50");
  EXPECT_EQ(FormatEuro(1'250, "en"), "€12.50");
  EXPECT_EQ(ParseEuro("12,50"), 1'250);
  EXPECT_EQ(ParseEuro("-1"), std::nullopt);
}

TEST(SdkRewards, AMonthThatDoesNotAddUpIsNoTable) {
  MerchantStatement month{.merchant_display_name = "Schoenenhuis",
                          .lines = {{.redemption_id = "r1", .booked_at = {}, .amount_cents = 1'000},
                                    {.redemption_id = "r1", .booked_at = {}, .amount_cents = -1'000},
                                    {.redemption_id = "r2", .booked_at = {}, .amount_cents = 250}},
                          .total_cents = 250,
                          .balance_cents = 250};
  const auto table = ToCsv(month);
  ASSERT_TRUE(table.has_value());
  EXPECT_THAT(*table, HasSubstr("-10.00"));
  month.total_cents = 251;
  EXPECT_EQ(ToCsv(month), std::nullopt);
}

}  // namespace
}  // namespace brug::sdk
