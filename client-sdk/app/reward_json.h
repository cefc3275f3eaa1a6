#pragma once

#include <brug/client.h>
#include <brug/voucher_token.h>

#include "client-sdk/app/command.h"

// Offers, vouchers and money as JSON for programs. Amounts are whole cents.
namespace brug::app {

[[nodiscard]] Json ToJson(const Offer& offer);
[[nodiscard]] Json ToJson(const StaffOffer& offer);
// Without `code_here`: that is about this device, and the rest is alike on all.
[[nodiscard]] Json ToJson(const Voucher& voucher);
[[nodiscard]] Json ToJson(const VoucherCode& code);
[[nodiscard]] Json ToJson(const VoucherToken& token);
[[nodiscard]] Json ToJson(const Redemption& redemption);
[[nodiscard]] Json ToJson(const RedemptionDay& day);
[[nodiscard]] Json ToJson(const Receipt& receipt);
[[nodiscard]] Json ToJson(const SchemeBalances& balances);
[[nodiscard]] Json ToJson(const SchemeReport& report);
[[nodiscard]] Json ToJson(const Merchant& merchant);
[[nodiscard]] Json ToJson(const MerchantStatement& statement);
[[nodiscard]] Json ToJson(const RewardRules& rules);
// Without the code or token: whoever has it can spend it.
[[nodiscard]] Json ToJson(const UnansweredRequest& request);

}  // namespace brug::app
