#pragma once

#include <brug/client.h>

#include <cstdint>
#include <string>

#include "client-sdk/app/session.h"

// Offers, vouchers and money as a person types and reads them.
namespace brug::app {

// "€ 12,50" in the person's language.
[[nodiscard]] std::string SayEuro(const Session& session, std::int64_t cents);
// The amount that was typed for `name`: "12,50", "12.50" or "12", above zero. Refuses anything else.
[[nodiscard]] std::int64_t EuroOf(const Session& session, const Arguments& arguments, std::string_view name);
// The same, or 0 when it was not typed.
[[nodiscard]] std::int64_t EuroIfTyped(const Session& session, const Arguments& arguments,
                                       std::string_view name);

// What an offer asks for: "alle 3 stappen". `milestone_title` may be empty when it is not known.
[[nodiscard]] std::string SayCondition(const Session& session, const Offer& offer,
                                       const std::string& milestone_title = {});
// The milestone that the offer asks for; empty when it asks for none, or it is not in the dossier.
[[nodiscard]] std::string MilestoneTitleOf(const Dossier& dossier, const Offer& offer);
// How a step of an offer is called, "b1.2": both counted from 0 in the lists of Dossier::Offers.
[[nodiscard]] std::string PlaceInOffers(std::size_t offer, std::size_t step);
// Where an offer stands, for who it was promised to.
[[nodiscard]] std::string SayOfferState(const Session& session, const Offer& offer);
// Where it stands, for staff.
[[nodiscard]] std::string SayStaffState(const Session& session, const StaffOffer& offer);
// An offer in a line, as staff see it: who, how much, for which goal, where it stands.
[[nodiscard]] std::string SayStaffOffer(const Session& session, const StaffOffer& offer);
[[nodiscard]] std::string SayVoucherState(const Session& session, const Voucher& voucher);
// "3 dagen", "2 uur", "5 minuten": the largest that fits.
[[nodiscard]] std::string SayDuration(const Session& session, std::chrono::seconds duration);

}  // namespace brug::app
