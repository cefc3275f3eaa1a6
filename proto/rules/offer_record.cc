#include "proto/rules/limits.h"
#include "proto/rules/offer.h"
#include "proto/rules/require.h"
#include "proto/rules/scene.h"

// What the service writes of offers.
namespace brug::rules {
namespace {

using Moved = std::variant<v1::Record, Violation>;

// The offer's record, moved on to `to`.
Moved MoveTo(v1::OfferState to, const DossierReader& dossier, std::string_view offer_id,
             const Occasion& occasion) {
  auto record = dossier.Find(offer_id);
  if (!record || !record->has_offer()) return Violation{v1::ERROR_REASON_NOT_FOUND, "offer_id"};
  if (!MayFollow(record->offer().state(), to)) return Violation{v1::ERROR_REASON_WRONG_STATE, "offer_id"};
  record->mutable_offer()->set_state(to);
  record->set_revision(occasion.revision);
  return *std::move(record);
}

// Writes when it was earned, unless that was written when the voucher was asked for. False when it is not.
bool WriteEarnedAt(const DossierReader& dossier, v1::Offer& offer, const Occasion& occasion) {
  const v1::OfferProgress progress = Progress(dossier, offer);
  if (!progress.earned() || offer.has_earned_at()) return progress.earned();
  *offer.mutable_earned_at() = progress.has_earned_at() ? progress.earned_at() : ToTimestamp(occasion.at);
  return true;
}

std::optional<Violation> CheckPromise(const DossierReader& dossier, const Promise& promise,
                                      const Occasion& occasion) {
  const v1::Offer& offer = promise.drafted;
  if (!MayFollow(offer.state(), v1::OFFER_STATE_PROMISED) || IsOpen(offer)) {
    return Violation{v1::ERROR_REASON_WRONG_STATE, "offer_id"};
  }
  if (dossier.Find(promise.offer_id)) return Violation{v1::ERROR_REASON_ALREADY_EXISTS, "offer_id"};
  const auto goal = dossier.Find(offer.goal_id());
  if (!goal || !goal->has_goal()) return Violation{v1::ERROR_REASON_NOT_FOUND, "goal_id"};
  if (goal->goal().formulated_revision() == 0) return Violation{v1::ERROR_REASON_NOT_PLANNED, "goal_id"};
  if (offer.has_ends_on() && ToDay(offer.ends_on()) < occasion.today) {
    return Violation{v1::ERROR_REASON_IN_THE_PAST, "ends_on"};
  }
  return std::nullopt;
}

v1::Record VoucherRecord(const v1::Offer& offer, const Issue& issue, const Occasion& occasion) {
  v1::Record record = NewRecord(issue.voucher_id, occasion);
  v1::Voucher& voucher = *record.mutable_voucher();
  voucher.set_offer_id(std::string(issue.offer_id));
  voucher.set_amount_cents(offer.amount_cents());
  voucher.set_remaining_cents(offer.amount_cents());
  voucher.set_state(v1::VOUCHER_STATE_OPEN);
  *voucher.mutable_issued_at() = ToTimestamp(occasion.at);
  *voucher.mutable_expires_at() = ToTimestamp(occasion.at + std::chrono::days(issue.voucher_days));
  voucher.set_in_parts(issue.in_parts);
  voucher.set_code_number(1);
  return record;
}

}  // namespace

v1::Offer OfferOf(const v1::OfferDraft& draft) {
  v1::Offer offer;
  offer.set_goal_id(draft.goal_id());
  offer.set_scheme_id(draft.scheme_id());
  offer.set_amount_cents(draft.amount_cents());
  offer.set_words(draft.words());
  *offer.mutable_condition() = draft.condition();
  if (!draft.has_condition()) offer.mutable_condition()->mutable_all_steps();
  if (draft.has_ends_on()) *offer.mutable_ends_on() = draft.ends_on();
  offer.set_state(v1::OFFER_STATE_DRAFT);
  return offer;
}

std::variant<Change, Violation> PromiseOffer(const DossierReader& dossier, const Promise& promise,
                                             const Occasion& occasion) {
  if (const auto wrong = CheckPromise(dossier, promise, occasion)) return *wrong;
  auto frozen = FreezeSteps(dossier, promise.drafted.goal_id(), promise.drafted.condition());
  if (auto* refused = std::get_if<Violation>(&frozen)) return *refused;
  v1::Record record = NewRecord(promise.offer_id, occasion);
  v1::Offer& offer = *record.mutable_offer();
  offer = promise.drafted;
  offer.clear_steps();
  for (v1::FrozenStep& step : std::get<std::vector<v1::FrozenStep>>(frozen)) {
    *offer.add_steps() = std::move(step);
  }
  offer.set_state(v1::OFFER_STATE_PROMISED);
  *offer.mutable_promised_at() = ToTimestamp(occasion.at);
  offer.set_promised_by_display_name(promise.promised_by_display_name);
  return Made(std::move(record));
}

std::variant<Change, Violation> RequestVoucher(const DossierReader& dossier, std::string_view offer_id,
                                               const Occasion& occasion) {
  auto moved = MoveTo(v1::OFFER_STATE_REQUESTED, dossier, offer_id, occasion);
  if (auto* refused = std::get_if<Violation>(&moved)) return *refused;
  v1::Offer& offer = *std::get<v1::Record>(moved).mutable_offer();
  if (!WriteEarnedAt(dossier, offer, occasion)) return Violation{v1::ERROR_REASON_NOT_EARNED, "offer_id"};
  offer.clear_refusal_words();
  return Made(std::get<v1::Record>(std::move(moved)));
}

std::variant<Change, Violation> RefuseVoucher(const DossierReader& dossier, const Refusal& refusal,
                                              const Occasion& occasion) {
  auto moved = MoveTo(v1::OFFER_STATE_PROMISED, dossier, refusal.offer_id, occasion);
  if (auto* refused = std::get_if<Violation>(&moved)) return *refused;
  v1::Offer& offer = *std::get<v1::Record>(moved).mutable_offer();
  offer.set_refusal_words(refusal.words);
  offer.clear_earned_at();
  return Made(std::get<v1::Record>(std::move(moved)));
}

std::variant<Change, Violation> IssueVoucher(const DossierReader& dossier, const Issue& issue,
                                             const Occasion& occasion) {
  auto moved = MoveTo(v1::OFFER_STATE_ISSUED, dossier, issue.offer_id, occasion);
  if (auto* refused = std::get_if<Violation>(&moved)) return *refused;
  auto& record = std::get<v1::Record>(moved);
  v1::Offer& offer = *record.mutable_offer();
  if (!WriteEarnedAt(dossier, offer, occasion)) return Violation{v1::ERROR_REASON_NOT_EARNED, "offer_id"};
  if (dossier.Find(issue.voucher_id)) return Violation{v1::ERROR_REASON_ALREADY_EXISTS, "voucher_id"};
  offer.clear_refusal_words();
  offer.set_voucher_id(issue.voucher_id);
  v1::Record voucher = VoucherRecord(offer, issue, occasion);
  Change change = Made(std::move(record));
  change.records.push_back(std::move(voucher));
  return change;
}

std::variant<Change, Violation> LapseOffer(const DossierReader& dossier, std::string_view offer_id,
                                           v1::LapseReason reason, const Occasion& occasion) {
  Require(reason != v1::LAPSE_REASON_UNSPECIFIED, "a lapse has a reason");
  auto moved = MoveTo(v1::OFFER_STATE_LAPSED, dossier, offer_id, occasion);
  if (auto* refused = std::get_if<Violation>(&moved)) return *refused;
  v1::Offer& offer = *std::get<v1::Record>(moved).mutable_offer();
  if (reason == v1::LAPSE_REASON_END_DATE && Progress(dossier, offer).earned()) {
    return Violation{v1::ERROR_REASON_WRONG_STATE, "offer_id"};
  }
  offer.set_lapse_reason(reason);
  return Made(std::get<v1::Record>(std::move(moved)));
}

}  // namespace brug::rules
