#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "brug/v1/reward_service.pb.h"
#include "service/domain/desk.h"

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

// What a job did with the rows that were due.
struct JobDone {
  // Rows that were looked at, at most as many as the job was told to.
  std::int64_t due_count = 0;
  std::int64_t done_count = 0;
  // Rows of which the dossier cannot be read: they stay as they are, and the operator should hear of them.
  std::int64_t skipped_count = 0;
};

// Of one job in one transaction: calls wait no longer than for so many, and for those that cannot be read.
inline constexpr std::int64_t kJobRowsMax = 100;

// How many rows a job should take next that took `rows_max`; nothing when no others are due. What was skipped
// comes first again, and holds nobody back.
[[nodiscard]] std::optional<std::int64_t> RowsMaxOfNext(const JobDone& done, std::int64_t rows_max);

// Lapses promised offers whose end date has passed by kLapseGrace and that were not earned by then, at most
// `rows_max`: the grace is for ticks that were made in time on a device without signal. One that was earned
// in time no longer has an end. Run as ServiceCaller(). A failure: nothing of it may stay, and the job may be
// run again.
[[nodiscard]] platform::Result<JobDone> LapseOffers(Desk& desk, std::int64_t rows_max);
inline constexpr std::chrono::days kLapseGrace{7};

// The service itself as a caller: no person, no device.
[[nodiscard]] Caller ServiceCaller(const std::string& organisation_id);

}  // namespace brug::domain
