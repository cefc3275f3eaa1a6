#pragma once

#include <string>

#include "brug/v1/reward_service.pb.h"
#include "service/domain/desk.h"
#include "service/storage/organisation_store.h"

// The operations of RewardService about shops; reward_service.proto says what each does. That the caller may
// do it at all has been checked (gate/authority.h).
namespace brug::domain {

[[nodiscard]] platform::Result<v1::RegisterMerchantResponse> RegisterMerchant(
    Desk& desk, const v1::RegisterMerchantRequest& request);
[[nodiscard]] platform::Result<v1::SetAgreementResponse> SetAgreement(Desk& desk,
                                                                      const v1::SetAgreementRequest& request);
[[nodiscard]] platform::Result<v1::ListMerchantsResponse> ListMerchants(
    const ReadingDesk& desk, const v1::ListMerchantsRequest& request);
[[nodiscard]] platform::Result<v1::GetMerchantStatementResponse> GetMerchantStatement(
    const ReadingDesk& desk, const v1::GetMerchantStatementRequest& request);

// Days and months of merchants and programme managers are those of this zone.
inline constexpr std::string_view kMerchantTimeZone = "Europe/Amsterdam";

// What the shop is called; empty when there is no such shop.
[[nodiscard]] std::string MerchantName(const storage::DirectoryReads& directory, const OrganisationKeys& keys,
                                       const std::string& merchant_id);

}  // namespace brug::domain
