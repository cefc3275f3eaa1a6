#pragma once

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "proto/rules/offer.h"
#include "proto/rules/voucher.h"
#include "tests/support/dossier_story.h"

// A dossier in which rewards are promised, for the tests of offers and vouchers.
namespace brug::rules {

inline const std::string kGoal = testing::Id(1);
inline const std::string kOtherGoal = testing::Id(2);
inline const std::string kMilestone = testing::Id(5);
inline const std::string kOffer = testing::Id(81);
inline const std::string kVoucher = testing::Id(91);
inline const std::string kScheme = testing::Id(71);

// The id of a step of kGoal: 0, 1, 2, …
inline std::string StepId(int number) { return testing::Id(11 + number); }

// A formulated goal with a milestone and so many steps; and another goal with a step, which is no plan.
inline testing::Story WithPlan(int steps = 3) {
  testing::Story story;
  story.Do(testing::Client(), testing::NewGoal(kGoal));
  story.Do(testing::Client(), testing::NewGoal(kOtherGoal));
  story.Do(testing::Client(), testing::NewStep(testing::Id(10), kOtherGoal));
  story.Do(testing::Client(), testing::NewMilestone(kMilestone, kGoal));
  for (int i = 0; i < steps; ++i) story.Do(testing::Client(), testing::NewStep(StepId(i), kGoal));
  story.Do(testing::Client(), testing::Formulate(kGoal));
  return story;
}

inline v1::OfferCondition AllOf(const std::vector<std::string>& step_ids = {}) {
  v1::OfferCondition condition;
  condition.mutable_all_steps();
  for (const std::string& id : step_ids) condition.mutable_all_steps()->add_step_ids(id);
  return condition;
}

inline v1::OfferCondition SomeOf(int count, const std::vector<std::string>& step_ids = {}) {
  v1::OfferCondition condition;
  condition.mutable_some_steps()->set_steps_count(count);
  for (const std::string& id : step_ids) condition.mutable_some_steps()->add_step_ids(id);
  return condition;
}

inline v1::OfferCondition Reached(const std::string& milestone_id = kMilestone) {
  v1::OfferCondition condition;
  condition.mutable_milestone_reached()->set_milestone_id(milestone_id);
  return condition;
}

inline v1::OfferCondition OnDays(int days, const std::string& step_id = StepId(0)) {
  v1::OfferCondition condition;
  condition.mutable_step_ticked()->set_step_id(step_id);
  condition.mutable_step_ticked()->set_days_count(days);
  return condition;
}

inline v1::OfferCondition Achieved() {
  v1::OfferCondition condition;
  condition.mutable_goal_achieved();
  return condition;
}

// 40 euro for kGoal.
inline v1::OfferDraft DraftFor(const v1::OfferCondition& condition) {
  v1::OfferDraft draft;
  draft.set_goal_id(kGoal);
  draft.set_scheme_id(kScheme);
  draft.set_amount_cents(4000);
  draft.set_words("You are doing this.");
  *draft.mutable_condition() = condition;
  return draft;
}

inline Promise PromiseOf(const v1::OfferCondition& condition, const std::string& offer_id = kOffer) {
  return {.offer_id = offer_id, .drafted = OfferOf(DraftFor(condition)), .promised_by_display_name = "Noor"};
}

using Written = std::variant<Change, Violation>;

inline Violation RefusalIn(const Written& written) {
  const auto* refused = std::get_if<Violation>(&written);
  return refused == nullptr ? Violation{v1::ERROR_REASON_UNSPECIFIED, "not refused"} : *refused;
}

// What the service wrote becomes part of the story.
inline Change Keep(testing::Story& story, const Written& written) {
  if (std::holds_alternative<Violation>(written)) {
    ADD_FAILURE() << "refused: " << v1::ErrorReason_Name(RefusalIn(written).reason) << " at "
                  << RefusalIn(written).field;
    return {};
  }
  story.Put(std::get<Change>(written));
  return std::get<Change>(written);
}

// The occasion of something that the service writes for the mentor.
inline Occasion Now(const testing::Story& story) { return story.OccasionFor(testing::Mentor()); }

inline void Promised(testing::Story& story, const v1::OfferCondition& condition,
                     const std::string& offer_id = kOffer) {
  Keep(story, PromiseOffer(story.dossier(), PromiseOf(condition, offer_id), Now(story)));
}

inline v1::Offer OfferIn(const testing::Story& story, const std::string& offer_id = kOffer) {
  return story.Get(offer_id).offer();
}

inline v1::OfferProgress ProgressIn(const testing::Story& story, const std::string& offer_id = kOffer) {
  return Progress(story.dossier(), OfferIn(story, offer_id));
}

inline Issue IssueOf(bool in_parts = true) {
  return {.offer_id = kOffer, .voucher_id = kVoucher, .voucher_days = 365, .in_parts = in_parts};
}

// The offer is for the goal itself, which is achieved, and its voucher of 40 euro was given.
inline testing::Story WithVoucher(bool in_parts = true) {
  testing::Story story = WithPlan();
  Promised(story, Achieved());
  story.Do(testing::Client(), testing::GoalTo(kGoal, v1::GOAL_STATE_ACHIEVED));
  Keep(story, IssueVoucher(story.dossier(), IssueOf(in_parts), Now(story)));
  return story;
}

inline v1::Voucher VoucherIn(const testing::Story& story) { return story.Get(kVoucher).voucher(); }

}  // namespace brug::rules
