#pragma once

#include "brug/v1/reward_service.pb.h"
#include "service/domain/desk.h"

// The merchant's operations of RewardService; reward_service.proto says what each does. That the caller is a
// merchant has been checked (gate/authority.h). A redemption of another merchant is NOT_FOUND, as one that
// does not exist.
namespace brug::domain {

// Whatever is wrong with the voucher is VOUCHER_NOT_VALID after the same look-ups. Every such answer counts
// as a wrong try.
[[nodiscard]] platform::Result<v1::RedeemVoucherResponse> RedeemVoucher(
    Desk& desk, const v1::RedeemVoucherRequest& request);
[[nodiscard]] platform::Result<v1::UndoRedemptionResponse> UndoRedemption(
    Desk& desk, const v1::UndoRedemptionRequest& request);
[[nodiscard]] platform::Result<v1::ListRedemptionsResponse> ListRedemptions(
    const ReadingDesk& desk, const v1::ListRedemptionsRequest& request);

}  // namespace brug::domain
