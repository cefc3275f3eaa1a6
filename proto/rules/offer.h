#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "brug/v1/offer.pb.h"
#include "brug/v1/reward_service.pb.h"
#include "brug/v1/voucher.pb.h"
#include "proto/rules/apply.h"
#include "proto/rules/dossier_reader.h"
#include "proto/rules/violation.h"

// Rewards: what an offer asks for, how far it has come, and its record in a dossier, which the service alone
// writes. Who may do what, and the money, are the service's matter. Pure; safe from any thread.
namespace brug::rules {

// How far the offer has come in what `dossier` shows, alike on a device and at the service. It looks at the
// frozen steps and never at the plan: steps added, changed or deleted since the promise change nothing.
//
// Only DONE ticks count, those from before the promise too, on days up to `ends_on`. A milestone counts when
// it was reached by `ends_on`; a goal when it is achieved, also when it was parked or stopped after that, and
// whatever the day, for as long as the offer is open. `earned_at` is when the last of what it asks for was
// written down: a tick, the day of a milestone, that the goal is reached; absent for a milestone or goal that
// was reached before that was kept. `done_count` never exceeds `needed_count`.
// A condition of a kind that this version does not know is never earned. Cost: the ticks of the frozen steps.
[[nodiscard]] v1::OfferProgress Progress(const DossierReader& dossier, const v1::Offer& offer);

// The steps that `condition` asks for of the goal as it is now, in the order of the plan when it names none,
// else in its own; none for a milestone or goal. No kind is all steps. A mentor's draft that the client has
// not made theirs is no step of the goal yet. `condition` must have passed CheckDraft (scheme.h).
//
// Refused, with the field from the offer as "condition.all_steps.step_ids[2]": NOT_FOUND for a goal, step or
// milestone that is not there, is deleted, or is another goal's; WRONG_STATE for a named step that is a
// mentor's draft; NO_STEPS when the goal has none; OUT_OF_RANGE for more steps than there are.
[[nodiscard]] std::variant<std::vector<v1::FrozenStep>, Violation> FreezeSteps(
    const DossierReader& dossier, std::string_view goal_id, const v1::OfferCondition& condition);

// Whether an offer or voucher in `from` may come to be in `to`: the one table of each. A voucher stays OPEN
// while it is spent in parts or gets another code, and CANCELLED when a redemption of it is undone.
[[nodiscard]] bool MayFollow(v1::OfferState from, v1::OfferState to);
[[nodiscard]] bool MayFollow(v1::VoucherState from, v1::VoucherState to);

// Whether the client can still get its voucher: PROMISED or REQUESTED. Its frozen steps can be ticked though
// deleted, and its goal or milestone stays.
[[nodiscard]] bool IsOpen(const v1::Offer& offer);

// The offer that a draft is, in DRAFT, for staff alone: no record. An absent condition becomes all steps.
[[nodiscard]] v1::Offer OfferOf(const v1::OfferDraft& draft);

// What a promise is made of.
struct Promise {
  std::string offer_id;
  // In DRAFT or PROMISE_ASKED, as OfferOf() made it.
  v1::Offer drafted;
  std::string promised_by_display_name;
};

// The record of a promised offer, with its steps frozen. Also tells, its Change thrown away, whether a
// promise can be asked for now. Refused: WRONG_STATE with "offer_id" when it is not a draft; ALREADY_EXISTS
// with "offer_id"; NOT_FOUND with "goal_id"; NOT_PLANNED with "goal_id" for a goal that was never formulated;
// IN_THE_PAST with "ends_on" when that was before `occasion.today`; and as FreezeSteps().
[[nodiscard]] std::variant<Change, Violation> PromiseOffer(const DossierReader& dossier,
                                                           const Promise& promise, const Occasion& occasion);

// Of what follows only `occasion`'s time and revision are looked at, and for the voucher its author. Each is
// refused, with "offer_id": NOT_FOUND when the dossier has no such offer; WRONG_STATE as MayFollow() says.

// PROMISED to REQUESTED: a second person is to look. Writes `earned_at` as Progress() says it, or
// `occasion.at` where that is not known. Takes away the words of an earlier refusal. Refused: NOT_EARNED.
[[nodiscard]] std::variant<Change, Violation> RequestVoucher(const DossierReader& dossier,
                                                             std::string_view offer_id,
                                                             const Occasion& occasion);

struct Refusal {
  std::string_view offer_id;
  // Checked by the caller: CheckText(words, {kWordsBytesMax, true}).
  std::string words;
};
// REQUESTED back to PROMISED, with the words of the second person; `earned_at` goes.
[[nodiscard]] std::variant<Change, Violation> RefuseVoucher(const DossierReader& dossier,
                                                            const Refusal& refusal, const Occasion& occasion);

struct Issue {
  std::string_view offer_id;
  // Derived from the offer's id: the service knows how.
  std::string voucher_id;
  // As of the scheme.
  int voucher_days = 0;
  bool in_parts = false;
};
// PROMISED or REQUESTED to ISSUED, and the record of the voucher: OPEN, code number 1, until `occasion.at` +
// `voucher_days`. Two records, the offer first. `earned_at` stays as RequestVoucher() wrote it, else it is
// written in the same way. Refused: NOT_EARNED; ALREADY_EXISTS with "voucher_id".
[[nodiscard]] std::variant<Change, Violation> IssueVoucher(const DossierReader& dossier, const Issue& issue,
                                                           const Occasion& occasion);

// PROMISED to LAPSED. What is earned does not lapse at its end date, since it was promised: refused with
// WRONG_STATE. The client may decline it all the same.
[[nodiscard]] std::variant<Change, Violation> LapseOffer(const DossierReader& dossier,
                                                         std::string_view offer_id, v1::LapseReason reason,
                                                         const Occasion& occasion);

// The step as the dossier's open offers froze it, the one that begins earliest if there are several; nothing
// when none asks for it. Cost: the offers of the dossier.
[[nodiscard]] std::optional<v1::Step> FindFrozenStep(const DossierReader& dossier, std::string_view step_id);

// Whether an open offer is earned by this goal or milestone itself, so that it cannot be deleted. Of a goal
// also: by a milestone of it. Cost: the offers of the dossier.
[[nodiscard]] bool IsPromised(const DossierReader& dossier, const v1::Record& goal_or_milestone);

}  // namespace brug::rules
