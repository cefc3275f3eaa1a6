#pragma once

#include <chrono>
#include <cstdint>

#include "brug/v1/reward_service.pb.h"
#include "service/domain/desk.h"
#include "service/domain/job.h"

// The operations of RewardService about offers; reward_service.proto says what each does. That the caller may
// do it at all has been checked (gate/authority.h); an offer that does not exist is NOT_FOUND.
namespace brug::domain {

[[nodiscard]] platform::Result<v1::DraftOfferResponse> DraftOffer(Desk& desk,
                                                                  const v1::DraftOfferRequest& request);
[[nodiscard]] platform::Result<v1::DiscardOfferResponse> DiscardOffer(Desk& desk,
                                                                      const v1::DiscardOfferRequest& request);
[[nodiscard]] platform::Result<v1::PromiseOfferResponse> PromiseOffer(Desk& desk,
                                                                      const v1::PromiseOfferRequest& request);
[[nodiscard]] platform::Result<v1::RequestVoucherResponse> RequestVoucher(
    Desk& desk, const v1::RequestVoucherRequest& request);
[[nodiscard]] platform::Result<v1::DeclineOfferResponse> DeclineOffer(Desk& desk,
                                                                      const v1::DeclineOfferRequest& request);
[[nodiscard]] platform::Result<v1::ListOffersResponse> ListOffers(const ReadingDesk& desk,
                                                                  const v1::ListOffersRequest& request);

// Lapses promised offers whose end date has passed by kLapseGrace and that were not earned by then, at most
// `rows_max`: the grace is for ticks that were made in time on a device without signal. One that was earned
// in time no longer has an end. Run as ServiceCaller(). A failure: nothing of it may stay, and the job may be
// run again.
[[nodiscard]] platform::Result<JobDone> LapseOffers(Desk& desk, std::int64_t rows_max);
inline constexpr std::chrono::days kLapseGrace{7};

// The service itself as a caller: no person, no device.
[[nodiscard]] Caller ServiceCaller(const std::string& organisation_id);

}  // namespace brug::domain
