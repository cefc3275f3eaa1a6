#include "proto/rules/offer.h"

#include <algorithm>
#include <array>
#include <string>
#include <tuple>
#include <utility>

#include "proto/rules/goal.h"

namespace brug::rules {
namespace {

using Frozen = std::vector<v1::FrozenStep>;
using StepIds = google::protobuf::RepeatedPtrField<std::string>;

constexpr std::array kOfferMoves = {
    std::pair{v1::OFFER_STATE_DRAFT, v1::OFFER_STATE_PROMISE_ASKED},
    std::pair{v1::OFFER_STATE_DRAFT, v1::OFFER_STATE_PROMISED},
    std::pair{v1::OFFER_STATE_DRAFT, v1::OFFER_STATE_DISCARDED},
    std::pair{v1::OFFER_STATE_PROMISE_ASKED, v1::OFFER_STATE_PROMISED},
    std::pair{v1::OFFER_STATE_PROMISE_ASKED, v1::OFFER_STATE_DRAFT},
    std::pair{v1::OFFER_STATE_PROMISED, v1::OFFER_STATE_REQUESTED},
    std::pair{v1::OFFER_STATE_PROMISED, v1::OFFER_STATE_ISSUED},
    std::pair{v1::OFFER_STATE_PROMISED, v1::OFFER_STATE_LAPSED},
    std::pair{v1::OFFER_STATE_REQUESTED, v1::OFFER_STATE_ISSUED},
    std::pair{v1::OFFER_STATE_REQUESTED, v1::OFFER_STATE_PROMISED},
};

constexpr std::array kVoucherMoves = {
    std::pair{v1::VOUCHER_STATE_OPEN, v1::VOUCHER_STATE_OPEN},
    std::pair{v1::VOUCHER_STATE_OPEN, v1::VOUCHER_STATE_REDEEMED},
    std::pair{v1::VOUCHER_STATE_OPEN, v1::VOUCHER_STATE_EXPIRED},
    std::pair{v1::VOUCHER_STATE_OPEN, v1::VOUCHER_STATE_CANCELLED},
    std::pair{v1::VOUCHER_STATE_REDEEMED, v1::VOUCHER_STATE_OPEN},
    std::pair{v1::VOUCHER_STATE_EXPIRED, v1::VOUCHER_STATE_OPEN},
    std::pair{v1::VOUCHER_STATE_CANCELLED, v1::VOUCHER_STATE_CANCELLED},
};

// ---- How far an offer has come

bool CountsOn(const v1::Offer& offer, const v1::Date& date) {
  const auto day = ToDay(date);
  return day && (!offer.has_ends_on() || day <= ToDay(offer.ends_on()));
}

// When the ticks of a step that count were recorded: one a day at most.
std::vector<Instant> DoneTimes(const DossierReader& dossier, const v1::Offer& offer,
                               const std::string& step_id) {
  std::vector<Instant> times;
  for (const v1::Record& child : dossier.ChildrenOf(step_id)) {
    if (!child.has_tick() || child.tick().state() != v1::TICK_STATE_DONE) continue;
    if (CountsOn(offer, child.tick().date())) times.push_back(ToInstant(child.tick().recorded_at()));
  }
  return times;
}

// When each frozen step that was done was first done.
std::vector<Instant> FirstTimes(const DossierReader& dossier, const v1::Offer& offer) {
  std::vector<Instant> times;
  for (const v1::FrozenStep& frozen : offer.steps()) {
    const std::vector<Instant> done = DoneTimes(dossier, offer, frozen.step_id());
    if (!done.empty()) times.push_back(*std::ranges::min_element(done));
  }
  return times;
}

v1::OfferProgress Counted(std::vector<Instant> times, int needed) {
  const int done = std::min(static_cast<int>(times.size()), needed);
  v1::OfferProgress progress;
  progress.set_done_count(done);
  progress.set_needed_count(needed);
  progress.set_earned(needed > 0 && done == needed);
  if (!progress.earned()) return progress;
  std::ranges::sort(times);
  *progress.mutable_earned_at() = ToTimestamp(times[static_cast<std::size_t>(needed) - 1]);
  return progress;
}

// `since`: when it was written down; null where that was not kept.
v1::OfferProgress AllOrNothing(bool earned, const google::protobuf::Timestamp* since) {
  v1::OfferProgress progress;
  progress.set_done_count(earned ? 1 : 0);
  progress.set_needed_count(1);
  progress.set_earned(earned);
  if (earned && since != nullptr) *progress.mutable_earned_at() = *since;
  return progress;
}

v1::OfferProgress OfMilestone(const DossierReader& dossier, const v1::Offer& offer) {
  const std::string& milestone_id = offer.condition().milestone_reached().milestone_id();
  const v1::Record record = dossier.Find(milestone_id).value_or(v1::Record());
  const v1::Milestone& milestone = record.milestone();
  const bool reached = milestone.has_reached_on() && CountsOn(offer, milestone.reached_on());
  return AllOrNothing(reached, milestone.has_reached_at() ? &milestone.reached_at() : nullptr);
}

v1::OfferProgress OfGoal(const DossierReader& dossier, const v1::Offer& offer) {
  const v1::Record record = dossier.Find(offer.goal_id()).value_or(v1::Record());
  const v1::Goal& goal = record.goal();
  return AllOrNothing(CountsAsAchieved(goal), goal.has_achieved_at() ? &goal.achieved_at() : nullptr);
}

// ---- What it asks for

v1::FrozenStep Freeze(const v1::Record& step) {
  v1::FrozenStep frozen;
  frozen.set_step_id(step.record_id());
  *frozen.mutable_step() = step.step();
  return frozen;
}

// Why this record is no part of the goal's plan; nothing when it is one.
template <class Content>
std::optional<v1::ErrorReason> WhyNotOf(std::string_view goal_id, const Content& content) {
  if (content.goal_id() != goal_id) return v1::ERROR_REASON_NOT_FOUND;
  if (content.drafted_by_mentor()) return v1::ERROR_REASON_WRONG_STATE;
  return std::nullopt;
}

std::variant<Frozen, Violation> FreezePlan(const DossierReader& dossier, std::string_view goal_id,
                                           const std::string& path) {
  std::vector<v1::Record> steps = dossier.ChildrenOf(goal_id);
  std::erase_if(
      steps, [](const v1::Record& child) { return !child.has_step() || child.step().drafted_by_mentor(); });
  if (steps.empty()) return Violation{v1::ERROR_REASON_NO_STEPS, path};
  std::ranges::sort(steps, [](const v1::Record& a, const v1::Record& b) {
    return std::tie(a.step().rank(), a.record_id()) < std::tie(b.step().rank(), b.record_id());
  });
  Frozen frozen;
  std::ranges::transform(steps, std::back_inserter(frozen), Freeze);
  return frozen;
}

// Absent and deleted records, and those of another kind, have an empty step: of no goal.
std::variant<v1::FrozenStep, Violation> FreezeStep(const DossierReader& dossier, std::string_view goal_id,
                                                   const std::string& step_id, const std::string& path) {
  const v1::Record record = dossier.Find(step_id).value_or(v1::Record());
  if (const auto reason = WhyNotOf(goal_id, record.step())) return Violation{*reason, path};
  return Freeze(record);
}

std::variant<Frozen, Violation> FreezeNamed(const DossierReader& dossier, std::string_view goal_id,
                                            const StepIds& step_ids, const std::string& path) {
  if (step_ids.empty()) return FreezePlan(dossier, goal_id, path);
  Frozen frozen;
  for (int i = 0; i < step_ids.size(); ++i) {
    auto step = FreezeStep(dossier, goal_id, step_ids[i], path + "[" + std::to_string(i) + "]");
    if (auto* refused = std::get_if<Violation>(&step)) return *refused;
    frozen.push_back(std::get<v1::FrozenStep>(std::move(step)));
  }
  return frozen;
}

std::variant<Frozen, Violation> FreezeSome(const DossierReader& dossier, std::string_view goal_id,
                                           const v1::SomeSteps& some) {
  auto frozen = FreezeNamed(dossier, goal_id, some.step_ids(), "condition.some_steps.step_ids");
  const auto* steps = std::get_if<Frozen>(&frozen);
  if (steps == nullptr || static_cast<std::size_t>(some.steps_count()) <= steps->size()) return frozen;
  return Violation{v1::ERROR_REASON_OUT_OF_RANGE, "condition.some_steps.steps_count"};
}

std::variant<Frozen, Violation> FreezeOne(const DossierReader& dossier, std::string_view goal_id,
                                          const v1::StepTicked& ticked) {
  auto step = FreezeStep(dossier, goal_id, ticked.step_id(), "condition.step_ticked.step_id");
  if (auto* refused = std::get_if<Violation>(&step)) return *refused;
  return Frozen{std::get<v1::FrozenStep>(std::move(step))};
}

std::variant<Frozen, Violation> CheckMilestone(const DossierReader& dossier, std::string_view goal_id,
                                               const v1::MilestoneReached& reached) {
  const v1::Record record = dossier.Find(reached.milestone_id()).value_or(v1::Record());
  if (const auto reason = WhyNotOf(goal_id, record.milestone())) {
    return Violation{*reason, "condition.milestone_reached.milestone_id"};
  }
  return Frozen();
}

// ---- What a dossier has promised

std::vector<v1::Offer> OpenOffers(const DossierReader& dossier) {
  std::vector<v1::Offer> offers;
  for (v1::Record& record : dossier.ChildrenOf(kOffers)) {
    if (IsOpen(record.offer())) offers.push_back(std::move(*record.mutable_offer()));
  }
  return offers;
}

}  // namespace

v1::OfferProgress Progress(const DossierReader& dossier, const v1::Offer& offer) {
  switch (offer.condition().kind_case()) {
    case v1::OfferCondition::kAllSteps:
      return Counted(FirstTimes(dossier, offer), offer.steps_size());
    case v1::OfferCondition::kSomeSteps:
      return Counted(FirstTimes(dossier, offer), offer.condition().some_steps().steps_count());
    case v1::OfferCondition::kStepTicked:
      return Counted(DoneTimes(dossier, offer, offer.condition().step_ticked().step_id()),
                     offer.condition().step_ticked().days_count());
    case v1::OfferCondition::kMilestoneReached:
      return OfMilestone(dossier, offer);
    case v1::OfferCondition::kGoalAchieved:
      return OfGoal(dossier, offer);
    case v1::OfferCondition::KIND_NOT_SET:
      break;
  }
  return {};
}

std::variant<std::vector<v1::FrozenStep>, Violation> FreezeSteps(const DossierReader& dossier,
                                                                 std::string_view goal_id,
                                                                 const v1::OfferCondition& condition) {
  const auto goal = dossier.Find(goal_id);
  if (!goal || !goal->has_goal()) return Violation{v1::ERROR_REASON_NOT_FOUND, "goal_id"};
  switch (condition.kind_case()) {
    case v1::OfferCondition::kSomeSteps:
      return FreezeSome(dossier, goal_id, condition.some_steps());
    case v1::OfferCondition::kStepTicked:
      return FreezeOne(dossier, goal_id, condition.step_ticked());
    case v1::OfferCondition::kMilestoneReached:
      return CheckMilestone(dossier, goal_id, condition.milestone_reached());
    case v1::OfferCondition::kGoalAchieved:
      return Frozen();
    case v1::OfferCondition::kAllSteps:
    case v1::OfferCondition::KIND_NOT_SET:
      break;
  }
  return FreezeNamed(dossier, goal_id, condition.all_steps().step_ids(), "condition.all_steps.step_ids");
}

bool MayFollow(v1::OfferState from, v1::OfferState to) {
  return std::ranges::find(kOfferMoves, std::pair{from, to}) != kOfferMoves.end();
}

bool MayFollow(v1::VoucherState from, v1::VoucherState to) {
  return std::ranges::find(kVoucherMoves, std::pair{from, to}) != kVoucherMoves.end();
}

bool IsOpen(const v1::Offer& offer) {
  return offer.state() == v1::OFFER_STATE_PROMISED || offer.state() == v1::OFFER_STATE_REQUESTED;
}

std::optional<v1::Step> FindFrozenStep(const DossierReader& dossier, std::string_view step_id) {
  std::optional<v1::Step> earliest;
  for (const v1::Offer& offer : OpenOffers(dossier)) {
    for (const v1::FrozenStep& frozen : offer.steps()) {
      if (frozen.step_id() != step_id) continue;
      if (!earliest || ToDay(frozen.step().begins_on()) < ToDay(earliest->begins_on())) {
        earliest = frozen.step();
      }
    }
  }
  return earliest;
}

bool IsPromised(const DossierReader& dossier, const v1::Record& goal_or_milestone) {
  const std::string& record_id = goal_or_milestone.record_id();
  return std::ranges::any_of(OpenOffers(dossier), [&](const v1::Offer& offer) {
    const v1::OfferCondition& condition = offer.condition();
    if (condition.milestone_reached().milestone_id() == record_id) return true;
    return offer.goal_id() == record_id &&
           (condition.has_milestone_reached() || condition.has_goal_achieved());
  });
}

}  // namespace brug::rules
