#pragma once

#include <string>

#include "brug/v1/reward_service.pb.h"
#include "service/domain/desk.h"
#include "service/domain/dossier_writer.h"
#include "service/storage/money.h"

// One offer from the row to what staff see of it. Of a draft, what it says stands in the row alone, sealed
// under the dossier's key; from the promise on the dossier has the offer, and the row what only staff may
// know.
namespace brug::domain {

// An offer that an operation works on.
struct OpenedOffer {
  storage::OfferRow row;
  v1::StaffOffer kept;
  DossierWriter writer;
};

// NOT_FOUND with `offer_id` when there is no such offer.
[[nodiscard]] platform::Result<OpenedOffer> OpenOffer(Desk& desk, const std::string& offer_id);

// Seals what is kept of the offer into the row.
void SealOffer(const DossierAccess& access, const v1::StaffOffer& kept, crypto::RandomSource& random,
               storage::OfferRow& row);
[[nodiscard]] platform::Result<v1::StaffOffer> OpenKept(const DossierAccess& access,
                                                        const storage::OfferRow& row);

// Writes the row in its next version, as of now when its state changed. STORAGE_UNAVAILABLE when it changed
// in the meantime: nothing of the operation may stay, and it may be tried again.
platform::Result<void> UpdateOffer(Desk& desk, OpenedOffer& offer, v1::OfferState state);

// What an offer is seen from.
struct OfferSight {
  const Surroundings& surroundings;
  const storage::Snapshot& snapshot;
  const SealedDossier& dossier;
  rules::Instant now;
};
// What the milestone is called now that the offer asks for; empty when it asks for something else.
[[nodiscard]] std::string MilestoneTitle(const SealedDossier& dossier, const v1::Offer& offer);
// The offer as the client's mentor sees it.
[[nodiscard]] v1::StaffOffer ShowToMentor(const OfferSight& sight, const storage::OfferRow& row,
                                          const v1::StaffOffer& kept);
// The offer as a second person sees it: nothing of the dossier but how far it came and the titles of its
// steps, before the promise those that would be frozen now.
[[nodiscard]] v1::StaffOffer ShowToApprover(const OfferSight& sight, const storage::OfferRow& row,
                                            const v1::StaffOffer& kept);

// What was promised to the client under the scheme in the calendar year that it is now in their time zone.
struct YearSoFar {
  std::int32_t year = 0;
  std::int64_t promised_cents = 0;
};
[[nodiscard]] YearSoFar YearOf(const OfferSight& sight, const storage::OfferRow& row);

// The violation as a failure.
[[nodiscard]] platform::Failure Refused(const rules::Violation& violation);

}  // namespace brug::domain
