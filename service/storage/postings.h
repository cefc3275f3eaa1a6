#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "service/storage/money.h"

namespace brug::storage {

// For adapters: what a transfer must be by itself, whatever the ledger holds.
[[nodiscard]] inline bool IsPosting(const TransferRow& transfer) {
  return transfer.number > 0 && transfer.amount_cents > 0 && transfer.from_account != transfer.to_account;
}

// For adapters: balances or sums from `min` to `max`; none when `min` is above `max`.
struct CentsRange {
  std::int64_t min = 0;
  std::int64_t max = 0;
  [[nodiscard]] bool Has(std::int64_t cents) const { return min <= cents && cents <= max; }
};

// For adapters: the balances from which `amount_cents`, above zero, may leave the account.
[[nodiscard]] inline CentsRange MayPay(std::string_view account, std::int64_t amount_cents) {
  using Cents = std::numeric_limits<std::int64_t>;
  const bool may_fall_below_zero = account == "outside" || account == "restored";
  return {.min = (may_fall_below_zero ? Cents::min() : 0) + amount_cents, .max = Cents::max()};
}

// For adapters: the balances to which `amount_cents`, above zero, may be added.
[[nodiscard]] inline CentsRange MayReceive(std::int64_t amount_cents) {
  using Cents = std::numeric_limits<std::int64_t>;
  return {.min = Cents::min(), .max = Cents::max() - amount_cents};
}

// For adapters: the sums to which `cents`, which may be below zero, can be added so that from 0 to
// `cents_max` comes of it.
[[nodiscard]] inline CentsRange MayPromise(std::int64_t cents, std::int64_t cents_max) {
  using Cents = std::numeric_limits<std::int64_t>;
  // No sum that is kept is below zero, so neither is the room that is left for one.
  if (cents_max < 0 || cents == Cents::min()) return {.min = 0, .max = -1};
  const bool beyond = cents < 0 && cents_max > Cents::max() + cents;
  return {.min = cents < 0 ? -cents : 0, .max = beyond ? Cents::max() : cents_max - cents};
}

}  // namespace brug::storage
