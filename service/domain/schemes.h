#pragma once

#include <optional>
#include <string_view>

#include "brug/v1/reward_service.pb.h"
#include "service/domain/desk.h"
#include "service/storage/money.h"

// The operations of RewardService about schemes; reward_service.proto says what each does. That the caller
// may do it at all has been checked (gate/authority.h).
namespace brug::domain {

[[nodiscard]] platform::Result<v1::CreateSchemeResponse> CreateScheme(Desk& desk,
                                                                      const v1::CreateSchemeRequest& request);
[[nodiscard]] platform::Result<v1::AddBudgetResponse> AddBudget(Desk& desk,
                                                                const v1::AddBudgetRequest& request);
[[nodiscard]] platform::Result<v1::ListSchemesResponse> ListSchemes(const ReadingDesk& desk,
                                                                    const v1::ListSchemesRequest& request);
[[nodiscard]] platform::Result<v1::GetRewardRulesResponse> GetRewardRules(
    const ReadingDesk& desk, const v1::GetRewardRulesRequest& request);

// The scheme; nothing when there is none, or when its row cannot be read.
[[nodiscard]] std::optional<v1::Scheme> FindScheme(const storage::MoneyReads& money,
                                                   std::string_view scheme_id);

}  // namespace brug::domain
