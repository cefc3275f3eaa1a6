#pragma once

#include <string>

#include "brug/v1/admin_service.pb.h"
#include "brug/v1/reward_service.pb.h"
#include "service/domain/desk.h"

// The keys that sign voucher tokens: the newest signs, all verify, so a voucher outlives the key it was
// signed with.
namespace brug::domain {

// For anyone: without a session, and so without a desk. NOT_FOUND for an organisation that does not exist.
[[nodiscard]] platform::Result<v1::GetVoucherKeysResponse> GetVoucherKeys(
    const Surroundings& surroundings, const v1::GetVoucherKeysRequest& request);

// The operator's: makes a key that signs from now on. A desk of another operation keeps signing with the key
// before it until it is done.
[[nodiscard]] platform::Result<v1::RotateVoucherKeyResponse> RotateVoucherKey(
    Desk& desk, const v1::RotateVoucherKeyRequest& request);
[[nodiscard]] platform::Result<v1::ListVoucherKeysResponse> ListVoucherKeys(
    const ReadingDesk& desk, const v1::ListVoucherKeysRequest& request);

// The operator's: goes through the books of one organisation.
[[nodiscard]] platform::Result<v1::VerifyLedgerResponse> VerifyLedger(const ReadingDesk& desk,
                                                                      const v1::VerifyLedgerRequest& request);

}  // namespace brug::domain
