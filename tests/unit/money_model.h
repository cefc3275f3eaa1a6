#pragma once

#include <cstdint>
#include <map>
#include <ostream>
#include <string>

#include "brug/v1/offer.pb.h"
#include "brug/v1/voucher.pb.h"
#include "proto/rules/date.h"

// What the model of the books has: offers, vouchers, redemptions and balances, and nothing that needs
// thought.
namespace brug::testing {

inline constexpr std::size_t kClients = 3, kMentors = 2, kApprovers = 2, kMerchants = 2, kSchemes = 2;
inline constexpr std::int64_t kBudgetCents = 40'000;
inline constexpr std::int64_t kYearCentsMax = 24'000;
inline constexpr std::int64_t kFourEyesAbove = 5'000;
inline constexpr std::int64_t kCentsMin = 1'000, kCentsMax = 4'000;

// One deed: what is done, and small numbers that say by whom, to what and how much.
struct Deed {
  int kind = 0;
  int item = 0;
  int other = 0;
};
inline constexpr int kKinds = 18;

inline void showValue(const Deed& deed, std::ostream& out) {
  out << "{" << deed.kind << "," << deed.item << "," << deed.other << "}";
}

struct ModelOffer {
  std::string id = {};
  std::size_t client = 0, scheme = 0;
  std::int64_t cents = 0;
  v1::OfferState state = v1::OFFER_STATE_DRAFT;
  bool second_person = false;
  int year = 0;
  std::string asked_by = {}, voucher_id = {};
};

struct ModelVoucher {
  std::string id = {}, code = {};
  std::size_t client = 0, scheme = 0;
  std::int64_t cents = 0, left = 0;
  v1::VoucherState state = v1::VOUCHER_STATE_OPEN;
  rules::Instant expires_at = {};
};

struct ModelRedemption {
  std::string id = {};
  std::size_t voucher = 0, merchant = 0;
  std::int64_t cents = 0;
  rules::Instant at = {};
  bool undone = false;
};

struct ModelBalances {
  std::int64_t budget = 0, reserved = 0, outstanding = 0, paid_in = 0;
  std::map<std::string, std::int64_t> redeemed = {};
};

// What happened in all sequences together, for whoever reads the last line.
struct Tally {
  std::int64_t done = 0, refused = 0, promises = 0, vouchers = 0, redemptions = 0, undone = 0, ended = 0;
};

}  // namespace brug::testing
