#include "service/domain/offer_book.h"

#include <utility>
#include <variant>

#include "proto/rules/offer.h"
#include "proto/rules/scheme.h"
#include "service/domain/dossier_view.h"
#include "service/domain/schemes.h"

namespace brug::domain {
namespace {

using platform::Failure;
using platform::Result;

Place PlaceOf(const storage::OfferRow& row) { return {"offer", row.offer_id, row.version}; }

bool IsBeforePromise(const storage::OfferRow& row) {
  return row.state == v1::OFFER_STATE_DRAFT || row.state == v1::OFFER_STATE_PROMISE_ASKED ||
         row.state == v1::OFFER_STATE_DISCARDED;
}

// The offer itself: as the mentor drafted it, or as it was promised.
v1::Offer OfferIn(const OfferSight& sight, const storage::OfferRow& row, const v1::StaffOffer& kept) {
  if (!IsBeforePromise(row)) {
    if (const auto record = sight.dossier.Find(row.offer_id)) return record->offer();
  }
  v1::Offer offer = kept.offer();
  offer.set_state(static_cast<v1::OfferState>(row.state));
  return offer;
}

bool WillTakeSecondPerson(const OfferSight& sight, const storage::OfferRow& row, const v1::StaffOffer& kept) {
  const auto scheme = FindScheme(sight.snapshot, row.scheme_id);
  return scheme &&
         rules::NeedsSecondPerson(*scheme, YearOf(sight, row).promised_cents, kept.offer().amount_cents());
}

// What both see.
v1::StaffOffer Show(const OfferSight& sight, const storage::OfferRow& row, const v1::StaffOffer& kept) {
  v1::StaffOffer shown;
  shown.set_offer_id(row.offer_id);
  shown.set_dossier_id(row.dossier_id);
  *shown.mutable_offer() = OfferIn(sight, row, kept);
  if (!IsBeforePromise(row)) *shown.mutable_progress() = rules::Progress(sight.dossier, shown.offer());
  shown.set_milestone_title(row.state == v1::OFFER_STATE_PROMISE_ASKED
                                ? kept.milestone_title()
                                : MilestoneTitle(sight.dossier, shown.offer()));
  *shown.mutable_since() = rules::ToTimestamp(FromMicroseconds(row.since_us));
  shown.set_second_person(row.state == v1::OFFER_STATE_DRAFT ? WillTakeSecondPerson(sight, row, kept)
                                                             : row.second_person);
  shown.set_refusal_words(kept.refusal_words());
  return shown;
}

}  // namespace

Result<OpenedOffer> OpenOffer(Desk& desk, const std::string& offer_id) {
  auto row = desk.transaction.FindOffer(offer_id);
  if (!row) return Failure{.reason = v1::ERROR_REASON_NOT_FOUND, .field = "offer_id"};
  auto writer = DossierWriter::Open(desk, row->dossier_id);
  if (!writer.ok()) return writer.failure();
  if (!writer->has_value()) return Failure{.log_detail = "an offer of a dossier that does not exist"};
  auto kept = OpenKept((*writer)->access(), *row);
  if (!kept.ok()) return kept.failure();
  return OpenedOffer{*std::move(row), *std::move(kept), **std::move(writer)};
}

void SealOffer(const DossierAccess& access, const v1::StaffOffer& kept, crypto::RandomSource& random,
               storage::OfferRow& row) {
  row.sealed = SealForDossier(access, PlaceOf(row), Serialise(kept), random);
}

Result<v1::StaffOffer> OpenKept(const DossierAccess& access, const storage::OfferRow& row) {
  const auto plain = OpenForDossier(access, PlaceOf(row), row.sealed);
  v1::StaffOffer kept;
  if (!plain || !kept.ParseFromString(*plain)) {
    return Failure{.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE, .log_detail = "an offer does not open"};
  }
  return kept;
}

Result<void> UpdateOffer(Desk& desk, OpenedOffer& offer, v1::OfferState state) {
  if (offer.row.state != state) offer.row.since_us = ToMicroseconds(desk.now);
  offer.row.state = state;
  offer.row.version += 1;
  SealOffer(offer.writer.access(), offer.kept, desk.surroundings.random, offer.row);
  if (desk.transaction.UpdateOffer(offer.row)) return {};
  return Failure{.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE,
                 .retry_delay_ms = 1000,
                 .log_detail = "an offer changed during the operation"};
}

std::string MilestoneTitle(const SealedDossier& dossier, const v1::Offer& offer) {
  const auto milestone = dossier.Find(offer.condition().milestone_reached().milestone_id());
  return milestone ? milestone->milestone().title() : std::string();
}

v1::StaffOffer ShowToMentor(const OfferSight& sight, const storage::OfferRow& row,
                            const v1::StaffOffer& kept) {
  v1::StaffOffer shown = Show(sight, row, kept);
  shown.set_client_display_name(ClientName(sight.dossier));
  if (const auto goal = sight.dossier.Find(shown.offer().goal_id())) {
    shown.set_goal_title(goal->goal().title());
  }
  shown.set_waits_for_caller(row.state == v1::OFFER_STATE_DRAFT ||
                             (row.state == v1::OFFER_STATE_PROMISED && shown.progress().earned()));
  return shown;
}

v1::StaffOffer ShowToApprover(const OfferSight& sight, const storage::OfferRow& row,
                              const v1::StaffOffer& kept) {
  v1::StaffOffer shown = Show(sight, row, kept);
  v1::Offer& offer = *shown.mutable_offer();
  for (v1::FrozenStep& frozen : *offer.mutable_steps()) {
    const std::string title = frozen.step().title();
    frozen.mutable_step()->Clear();
    frozen.mutable_step()->set_title(title);
  }
  shown.set_waits_for_caller(row.state == v1::OFFER_STATE_PROMISE_ASKED ||
                             row.state == v1::OFFER_STATE_REQUESTED);
  return shown;
}

YearSoFar YearOf(const OfferSight& sight, const storage::OfferRow& row) {
  const rules::Day today = rules::LocalDay(ZoneOfDossier(sight.surroundings, sight.dossier), sight.now);
  const auto year = static_cast<int>(std::chrono::year_month_day(today).year());
  return {.year = year, .promised_cents = sight.snapshot.PromisedInYear(row.scheme_id, row.dossier_id, year)};
}

Failure Refused(const rules::Violation& violation) {
  return {.reason = violation.reason, .field = violation.field};
}

}  // namespace brug::domain
