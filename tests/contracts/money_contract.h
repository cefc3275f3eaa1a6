#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "tests/contracts/storage_adapters.h"

// What the contracts of the money port have in common: a row of each kind, and one fixture.
namespace brug::storage {

inline constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
inline constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

inline TransferRow Transfer(std::int64_t number, std::string from, std::string to,
                            std::int64_t amount_cents) {
  return {.transfer_id = "t" + std::to_string(number),
          .scheme_id = "s1",
          .number = number,
          // Of any number, without leaving 64 bits.
          .at_us = 100 * (number % 1'000'000),
          .from_account = std::move(from),
          .to_account = std::move(to),
          .amount_cents = amount_cents,
          .subject_id = "subject",
          .reverses_id = "reversed"};
}

inline OfferRow Offer(std::string offer_id) {
  return {.offer_id = std::move(offer_id),
          .scheme_id = "s1",
          .dossier_id = "d1",
          .beneficiary_id = "client",
          .state = 1,
          .amount_cents = 2'500,
          .year = 2026,
          .second_person = true,
          .asked_by = "mentor",
          .answered_by = "colleague",
          .since_us = 10,
          .ends_at_us = 20,
          .statements_count = 3,
          .version = 1,
          .sealed = std::string("sealed\0offer", 12)};
}

inline VoucherRow Voucher(std::string voucher_id) {
  return {.voucher_id = voucher_id,
          .offer_id = "offer of " + voucher_id,
          .scheme_id = "s1",
          .dossier_id = "d1",
          .beneficiary_id = "client",
          .state = 1,
          .amount_cents = 2'500,
          .remaining_cents = 2'000,
          .earned_at_us = 5,
          .issued_at_us = 10,
          .expires_at_us = 20,
          .in_parts = true,
          .code_number = 1,
          .code_hmac = std::string("\0code of ", 9) + voucher_id,
          .sealed_code = std::string("sealed\0code", 11),
          .statements_count = 2,
          .version = 1};
}

inline RedemptionRow Redemption(std::string redemption_id, std::int64_t redeemed_at_us) {
  return {.redemption_id = std::move(redemption_id),
          .voucher_id = "v1",
          .scheme_id = "s1",
          .merchant_id = "shop",
          .amount_cents = 500,
          .redeemed_at_us = redeemed_at_us,
          .transfer_id = "t1"};
}

template <typename Row, typename Change>
Row With(Row row, Change change) {
  change(row);
  return row;
}

class Money : public StorageContract {
 protected:
  // Everything that the money port can tell about what the tests write.
  struct Everything {
    std::vector<SchemeRow> schemes;
    std::vector<AccountRow> accounts;
    std::vector<TransferRow> transfers;
    std::vector<std::int64_t> promised;
    std::vector<OfferRow> offers;
    std::vector<VoucherRow> vouchers;
    std::vector<RedemptionRow> redemptions;
    std::vector<AgreementRow> agreements;
    bool operator==(const Everything&) const = default;
  };

  Everything All(std::string_view organisation_id = kThisOrganisation) {
    return Get(
        [](const Snapshot& s) {
          return Everything{s.ListSchemes(),
                            s.AccountsOf("s1"),
                            s.TransfersAfter("s1", 0, 99),
                            {s.PromisedInYear("s1", "d1", 2026), s.PromisedInYear("s1", "d1", 2027)},
                            s.OffersOfDossier("d1"),
                            s.ListVouchers({.rows_max = 99}),
                            s.RedemptionsOf("shop", kLeast, kMost),
                            s.AgreementsOf("shop")};
        },
        organisation_id);
  }

  void ExpectRefused(const std::function<bool(Transaction&)>& change) {
    const Everything before = All();
    EXPECT_FALSE(Try(change));
    EXPECT_TRUE(All() == before) << "it was refused, and changed something";
  }

  void InsertScheme(std::string scheme_id = "s1") {
    ASSERT_TRUE(Try([&](Transaction& t) {
      return t.InsertScheme({.scheme_id = scheme_id, .content = std::string("a\0b", 3)});
    }));
  }

  bool Append(const TransferRow& transfer) {
    return Try([&](Transaction& t) { return t.AppendTransfer(transfer); });
  }
  void ExpectAppended(const std::vector<TransferRow>& transfers) {
    for (const TransferRow& transfer : transfers) ASSERT_TRUE(Append(transfer)) << transfer.number;
  }
  void ExpectNotAppended(const TransferRow& transfer) {
    ExpectRefused([&](Transaction& t) { return t.AppendTransfer(transfer); });
  }

  bool Promise(std::int64_t cents, std::int64_t cents_max, std::int32_t year = 2026) {
    return Try([&](Transaction& t) {
      return t.AddPromised({.scheme_id = "s1", .dossier_id = "d1", .year = year, .promised_cents = cents},
                           cents_max);
    });
  }
  std::int64_t Promised(std::int32_t year = 2026) {
    return Get([&](const Snapshot& s) { return s.PromisedInYear("s1", "d1", year); });
  }

  bool Insert(const OfferRow& offer) {
    return Try([&](Transaction& t) { return t.InsertOffer(offer); });
  }
  bool Insert(const VoucherRow& voucher) {
    return Try([&](Transaction& t) { return t.InsertVoucher(voucher); });
  }
  bool Insert(const RedemptionRow& redemption) {
    return Try([&](Transaction& t) { return t.InsertRedemption(redemption); });
  }
};

}  // namespace brug::storage
