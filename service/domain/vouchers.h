#pragma once

#include "brug/v1/reward_service.pb.h"
#include "service/domain/desk.h"
#include "service/domain/offers.h"

// The client's operations of RewardService about vouchers; reward_service.proto says what each does. That the
// voucher is the caller's own has been checked (gate/authority.h); one that does not exist is NOT_FOUND.
namespace brug::domain {

[[nodiscard]] platform::Result<v1::GetVoucherCodeResponse> GetVoucherCode(
    const ReadingDesk& desk, const v1::GetVoucherCodeRequest& request);
[[nodiscard]] platform::Result<v1::ReplaceVoucherCodeResponse> ReplaceVoucherCode(
    Desk& desk, const v1::ReplaceVoucherCodeRequest& request);
[[nodiscard]] platform::Result<v1::CancelVoucherResponse> CancelVoucher(
    Desk& desk, const v1::CancelVoucherRequest& request);

// Posts what is left of vouchers whose time has passed back to the budget, at most `rows_max`. Run as
// ServiceCaller(); errors as of LapseOffers().
[[nodiscard]] platform::Result<JobDone> ExpireVouchers(Desk& desk, std::int64_t rows_max);

}  // namespace brug::domain
