#include "client-sdk/app/reward_phrases.h"

#include "client-sdk/app/phrases.h"

namespace brug::app {
namespace {

struct ConditionWords {
  const Session& session;
  const Offer& offer;
  const std::string& milestone_title;

  // A draft names no steps when it means all that the goal will have.
  [[nodiscard]] std::string CountOf(const std::vector<std::string>& ids) const {
    return std::to_string(offer.steps.empty() ? ids.size() : offer.steps.size());
  }

  std::string operator()(const AllSteps& all) const {
    if (all.step_ids.empty() && offer.steps.empty()) return session.Say(Word::kAsksAllOfTheGoal);
    return session.Say(Word::kAsksAllSteps, {CountOf(all.step_ids)});
  }
  std::string operator()(const SomeSteps& some) const {
    if (some.step_ids.empty() && offer.steps.empty())
      return session.Say(Word::kAsksSomeOfTheGoal, {std::to_string(some.steps_count)});
    return session.Say(Word::kAsksSomeSteps, {std::to_string(some.steps_count), CountOf(some.step_ids)});
  }
  std::string operator()(const MilestoneReached&) const {
    if (milestone_title.empty()) return session.Say(Word::kAsksMilestone);
    return session.Say(Word::kAsksThisMilestone, {milestone_title});
  }
  std::string operator()(const StepTicked& ticked) const {
    return session.Say(Word::kAsksDays, {std::to_string(ticked.days_count)});
  }
  std::string operator()(const GoalAchieved&) const { return session.Say(Word::kAsksGoal); }
  std::string operator()(const std::monostate&) const { return session.Say(Word::kUnknown); }
};

std::string SayEarned(const Session& session, const OfferProgress& progress) {
  if (!progress.earned)
    return session.Say(Word::kSoFar,
                       {std::to_string(progress.done_count), std::to_string(progress.needed_count)});
  return session.Say(progress.earned_confirmed ? Word::kEarned : Word::kEarnedNotConfirmed);
}

// As it is now: a tick may have been taken back since the voucher was asked for.
std::string SayAsked(const Session& session, const OfferProgress& progress) {
  return session.Say(Word::kVoucherAsked,
                     {std::to_string(progress.done_count), std::to_string(progress.needed_count),
                      session.Say(progress.earned ? Word::kEarned : Word::kNotEarnedYet)});
}

}  // namespace

std::string SayEuro(const Session& session, std::int64_t cents) {
  return FormatEuro(cents, session.language() == Language::kEnglish ? "en" : "nl");
}

std::int64_t EuroOf(const Session& session, const Arguments& arguments, std::string_view name) {
  const std::string typed = arguments.Text(name);
  const auto cents = ParseEuro(typed);
  if (!cents) session.Refuse("OUT_OF_RANGE", name, session.Say(Word::kNoSuchAmount, {typed}));
  if (*cents == 0) session.Refuse("OUT_OF_RANGE", name, session.Say(Word::kAmountAboveZero));
  return *cents;
}

std::int64_t EuroIfTyped(const Session& session, const Arguments& arguments, std::string_view name) {
  return arguments.Has(name) ? EuroOf(session, arguments, name) : 0;
}

std::string SayCondition(const Session& session, const Offer& offer, const std::string& milestone_title) {
  return std::visit(ConditionWords{session, offer, milestone_title}, offer.condition);
}

std::string MilestoneTitleOf(const Dossier& dossier, const Offer& offer) {
  const auto* reached = std::get_if<MilestoneReached>(&offer.condition);
  if (reached == nullptr) return {};
  const auto milestones = dossier.Milestones(offer.goal_id);
  if (!milestones.ok()) return {};
  for (const auto& milestone : *milestones) {
    if (milestone.id == reached->milestone_id) return milestone.content.title;
  }
  return {};
}

std::string PlaceInOffers(std::size_t offer, std::size_t step) {
  return "b" + std::to_string(offer + 1) + "." + std::to_string(step + 1);
}

std::string SayOfferState(const Session& session, const Offer& offer) {
  switch (offer.state) {
    case OfferState::kPromised:
      return SayEarned(session, offer.progress);
    case OfferState::kRequested:
      return session.Say(Word::kOfferRequested);
    case OfferState::kIssued:
      return session.Say(Word::kOfferIssued);
    case OfferState::kLapsed:
      return session.Say(offer.lapse_reason == LapseReason::kClient ? Word::kYouDeclined : Word::kOfferEnded);
    default:
      return session.Say(Word::kUnknown);
  }
}

std::string SayStaffState(const Session& session, const StaffOffer& offer) {
  switch (offer.offer.state) {
    case OfferState::kDraft:
      return session.Say(Word::kOfferDraft);
    case OfferState::kPromiseAsked:
      return session.Say(Word::kOfferPromiseAsked);
    case OfferState::kDiscarded:
      return session.Say(Word::kOfferDiscarded);
    case OfferState::kRequested:
      return SayAsked(session, offer.offer.progress);
    case OfferState::kLapsed:
      return session.Say(offer.offer.lapse_reason == LapseReason::kClient ? Word::kOfferDeclined
                                                                          : Word::kOfferEnded);
    default:
      return SayOfferState(session, offer.offer);
  }
}

std::string SayStaffOffer(const Session& session, const StaffOffer& offer) {
  std::string text = offer.client_display_name;
  for (const std::string& part : {SayEuro(session, offer.offer.amount_cents), offer.goal_title}) {
    if (!text.empty() && !part.empty()) text += ", ";
    text += part;
  }
  return text + ": " + SayStaffState(session, offer);
}

std::string SayVoucherState(const Session& session, const Voucher& voucher) {
  constexpr Word kWords[] = {Word::kUnknown, Word::kVoucherOpen, Word::kVoucherRedeemed,
                             Word::kVoucherExpired, Word::kVoucherCancelled};
  if (voucher.state == VoucherState::kOpen)
    return session.Say(Word::kVoucherOpen,
                       {SayEuro(session, voucher.remaining_cents), SayMoment(session, voucher.expires_at)});
  return session.Say(kWords[static_cast<std::size_t>(voucher.state)]);
}

std::string SayDuration(const Session& session, std::chrono::seconds duration) {
  using std::chrono::days;
  using std::chrono::hours;
  using std::chrono::minutes;
  if (duration >= days(2)) return session.Say(Word::kDays, {std::to_string(duration / days(1))});
  if (duration >= hours(2)) return session.Say(Word::kHours, {std::to_string(duration / hours(1))});
  return session.Say(Word::kMinutes, {std::to_string(duration / minutes(1))});
}

}  // namespace brug::app
