#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <set>

#include "tests/unit/money_market.h"

namespace brug::testing {
namespace {

// Books with one thing wrong in them: whatever is asked goes to the right ones, and is then spoilt.
class SpoiltBooks : public storage::MoneyReads {
 public:
  explicit SpoiltBooks(const storage::MoneyReads& right) : right_(right) {}

  std::optional<storage::SchemeRow> FindScheme(std::string_view id) const override {
    return right_.FindScheme(id);
  }
  std::vector<storage::SchemeRow> ListSchemes() const override {
    auto rows = right_.ListSchemes();
    for (auto& row : rows) row.transfers_count += missing_transfers;
    return rows;
  }
  std::vector<storage::AccountRow> AccountsOf(std::string_view scheme) const override {
    auto rows = right_.AccountsOf(scheme);
    for (auto& row : rows) {
      if (row.account == spoilt_account) row.balance_cents += 1;
    }
    return rows;
  }
  std::optional<storage::TransferRow> FindTransfer(std::string_view scheme,
                                                   std::string_view id) const override {
    return right_.FindTransfer(scheme, id);
  }
  std::vector<storage::TransferRow> TransfersAfter(std::string_view scheme, std::int64_t number,
                                                   std::int64_t rows_max) const override {
    auto rows = right_.TransfersAfter(scheme, number, rows_max);
    for (auto& row : rows) {
      if (spoil_transfer) spoil_transfer(row);
    }
    return rows;
  }
  std::vector<storage::TransferRow> TransfersOfAccount(std::string_view scheme, std::string_view account,
                                                       std::int64_t from, std::int64_t until) const override {
    return right_.TransfersOfAccount(scheme, account, from, until);
  }
  std::int64_t PromisedInYear(std::string_view scheme, std::string_view dossier,
                              std::int32_t year) const override {
    return right_.PromisedInYear(scheme, dossier, year) + (spoil_year ? 1 : 0);
  }
  std::optional<storage::OfferRow> FindOffer(std::string_view id) const override {
    return right_.FindOffer(id);
  }
  std::vector<storage::OfferRow> OffersOfDossier(std::string_view dossier) const override {
    return right_.OffersOfDossier(dossier);
  }
  std::vector<storage::OfferRow> OffersInState(int state, std::int64_t after_us, std::string_view after_id,
                                               std::int64_t rows_max) const override {
    auto rows = right_.OffersInState(state, after_us, after_id, rows_max);
    for (auto& row : rows) {
      if (spoil_offer) spoil_offer(row);
    }
    return rows;
  }
  std::vector<storage::OfferRow> OffersEnded(int state, std::int64_t at, std::int64_t max) const override {
    return right_.OffersEnded(state, at, max);
  }
  std::optional<storage::VoucherRow> FindVoucher(std::string_view id) const override {
    return right_.FindVoucher(id);
  }
  std::optional<storage::VoucherRow> FindVoucherByCode(std::string_view hmac) const override {
    return right_.FindVoucherByCode(hmac);
  }
  std::vector<storage::VoucherRow> VouchersExpired(int state, std::int64_t at,
                                                   std::int64_t max) const override {
    return right_.VouchersExpired(state, at, max);
  }
  std::vector<storage::VoucherRow> ListVouchers(const storage::PageOf& page) const override {
    auto rows = right_.ListVouchers(page);
    for (auto& row : rows) {
      if (spoil_voucher) spoil_voucher(row);
    }
    return rows;
  }
  storage::VoucherTotals TotalsOfVouchers(std::string_view scheme, int state) const override {
    return right_.TotalsOfVouchers(scheme, state);
  }
  std::optional<storage::RedemptionRow> FindRedemption(std::string_view id) const override {
    return right_.FindRedemption(id);
  }
  std::vector<storage::RedemptionRow> RedemptionsOf(std::string_view merchant, std::int64_t from,
                                                    std::int64_t until) const override {
    auto rows = right_.RedemptionsOf(merchant, from, until);
    for (auto& row : rows) row.amount_cents += redeemed_more;
    return rows;
  }
  std::vector<storage::AgreementRow> AgreementsOf(std::string_view merchant) const override {
    return right_.AgreementsOf(merchant);
  }

  std::string spoilt_account;
  std::int64_t missing_transfers = 0;
  std::int64_t redeemed_more = 0;
  bool spoil_year = false;
  std::function<void(storage::TransferRow&)> spoil_transfer;
  std::function<void(storage::OfferRow&)> spoil_offer;
  std::function<void(storage::VoucherRow&)> spoil_voucher;

 private:
  const storage::MoneyReads& right_;
};

class MoneyLedger : public ::testing::Test {
 protected:
  void SetUp() override {
    // One of everything: a promise, a lapse, a voucher spent in part with an undo, and an open second half.
    const std::string voucher = town.Give(town.samira, 4'000);
    const std::string code = town.Code(town.samira.device, voucher)->code();
    ASSERT_TRUE(town.Redeem(town.merchant, code, 1'000).ok());
    const auto undone = town.Redeem(town.merchant, code, 500);
    ASSERT_TRUE(town.Undo(town.merchant, undone->redemption().redemption_id()).ok());
    const std::string declined = town.DraftId(town.samira, 4'000);
    ASSERT_TRUE(town.Promise(town.mentor, declined).ok());
    ASSERT_TRUE(town.Answer(town.approver, declined, v1::OFFER_STATE_PROMISE_ASKED).ok());
    ASSERT_TRUE(town.Decline(town.samira.device, declined).ok());
    const std::string open = town.DraftId(town.samira, 4'000);
    ASSERT_TRUE(town.Promise(town.mentor, open).ok());
    ASSERT_TRUE(town.Answer(town.approver, open, v1::OFFER_STATE_PROMISE_ASKED).ok());
  }
  // The rules that books break which are spoilt so.
  std::set<std::string> Broken(const std::function<void(SpoiltBooks&)>& spoil) {
    std::set<std::string> rules;
    EXPECT_TRUE(town.store
                    ->Read([&](const storage::Snapshot& s) {
                      SpoiltBooks books(s);
                      spoil(books);
                      for (const auto& finding : domain::VerifyBooks(books).findings)
                        rules.insert(finding.rule);
                    })
                    .ok());
    return rules;
  }
  using Rules = std::set<std::string>;

  Market town;
};

TEST_F(MoneyLedger, RightBooksHaveNoFindings) {
  EXPECT_EQ(Broken([](SpoiltBooks&) {}), Rules{});
  const auto report = town.Verify();
  EXPECT_EQ(report.schemes_count, 1);
  EXPECT_EQ(report.transfers_count, 9);
  EXPECT_EQ(report.accounts_count, 5);
  EXPECT_EQ(report.offers_count, 3);
  EXPECT_EQ(report.vouchers_count, 1);
  EXPECT_EQ(report.redemptions_count, 2);
}

TEST_F(MoneyLedger, EverySpoiltBalanceIsFound) {
  for (const std::string& account :
       {std::string("budget"), std::string("reserved"), std::string("outstanding"), std::string("outside"),
        domain::RedeemedAccount(town.merchant.person_id)}) {
    EXPECT_TRUE(Broken([&](SpoiltBooks& books) { books.spoilt_account = account; }).contains("L4"))
        << account;
  }
}

TEST_F(MoneyLedger, EverySpoiltTransferIsFound) {
  const auto spoil = [&](std::int64_t number, const std::function<void(storage::TransferRow&)>& how) {
    return Broken([&](SpoiltBooks& books) {
      books.spoil_transfer = [&](storage::TransferRow& row) {
        if (row.number == number) how(row);
      };
    });
  };
  EXPECT_TRUE(spoil(2, [](auto& row) { row.amount_cents += 1; }).contains("L4"));
  EXPECT_TRUE(spoil(2, [](auto& row) { row.amount_cents = 0; }).contains("L1"));
  EXPECT_TRUE(spoil(2, [](auto& row) { row.amount_cents = -5; }).contains("L1"));
  EXPECT_TRUE(spoil(2, [](auto& row) { row.to_account = row.from_account; }).contains("L1"));
  EXPECT_TRUE(spoil(2, [](auto& row) { row.to_account = "nowhere"; }).contains("L1"));
  EXPECT_TRUE(spoil(2, [](auto& row) { row.to_account = "redeemed/"; }).contains("L1"));
  EXPECT_TRUE(spoil(9, [](auto& row) { row.number = 10; }).contains("L1"));
  EXPECT_TRUE(spoil(2, [](auto& row) { row.amount_cents = 1'000'000; }).contains("L2"));
  EXPECT_TRUE(spoil(2, [](auto& row) {
                row.amount_cents = std::numeric_limits<std::int64_t>::max();
                row.from_account = "outside";
              }).contains("L2"));
  // The sixth takes the fifth back.
  EXPECT_TRUE(spoil(6, [](auto& row) { row.reverses_id = "unknown"; }).contains("L1"));
  EXPECT_TRUE(spoil(5, [](auto& row) { row.amount_cents = 499; }).contains("L1"));
  EXPECT_TRUE(spoil(6, [](auto& row) { row.to_account = "budget"; }).contains("L1"));
  EXPECT_TRUE(spoil(6, [](auto& row) { row.from_account = "budget"; }).contains("L1"));
  EXPECT_TRUE(spoil(7, [](auto& row) { row.transfer_id = "twice"; }).empty());
  EXPECT_TRUE(spoil(2, [](auto& row) { row.from_account = "nowhere"; }).contains("L1"));
  EXPECT_TRUE(spoil(2, [](auto& row) { row.to_account = "redeemed/nobody"; }).contains("L4"));
  // More than an account can hold comes to it, and the transfers after it go on.
  EXPECT_TRUE(spoil(2, [](auto& row) {
                row.amount_cents = std::numeric_limits<std::int64_t>::max();
                row.from_account = "restored";
                row.to_account = "budget";
              }).contains("L2"));
  // The seventh takes back again what the sixth took back.
  storage::TransferRow sixth;
  EXPECT_TRUE(Broken([&](SpoiltBooks& books) {
                books.spoil_transfer = [&](storage::TransferRow& row) {
                  if (row.number == 6) sixth = row;
                  if (row.number != 7) return;
                  const std::string id = row.transfer_id;
                  row = sixth;
                  row.number = 7;
                  row.transfer_id = id;
                };
              }).contains("L1"));
  EXPECT_TRUE(Broken([](SpoiltBooks& books) {
                books.spoil_transfer = [](storage::TransferRow& row) { row.transfer_id = "twice"; };
              }).contains("L1"));
  EXPECT_TRUE(Broken([](SpoiltBooks& books) { books.missing_transfers = 1; }).contains("L1"));
}

TEST_F(MoneyLedger, EverySpoiltOfferVoucherAndRedemptionIsFound) {
  const auto offer = [&](v1::OfferState state, const std::function<void(storage::OfferRow&)>& how) {
    return Broken([&](SpoiltBooks& books) {
      books.spoil_offer = [&](storage::OfferRow& row) {
        if (row.state == state) how(row);
      };
    });
  };
  const auto voucher = [&](const std::function<void(storage::VoucherRow&)>& how) {
    return Broken([&](SpoiltBooks& books) { books.spoil_voucher = how; });
  };
  EXPECT_TRUE(offer(v1::OFFER_STATE_PROMISED, [](auto& row) { row.amount_cents += 1; }).contains("L3"));
  EXPECT_TRUE(offer(v1::OFFER_STATE_PROMISED, [](auto& row) { row.amount_cents += 1; }).contains("year"));
  EXPECT_TRUE(
      offer(v1::OFFER_STATE_PROMISED, [](auto& row) { row.answered_by = row.asked_by; }).contains("V3"));
  EXPECT_TRUE(offer(v1::OFFER_STATE_PROMISED, [](auto& row) {
                row.answered_by = row.beneficiary_id;
              }).contains("V3"));
  EXPECT_TRUE(offer(v1::OFFER_STATE_ISSUED, [](auto& row) {
                row.second_person = true;
                row.answered_by.clear();
              }).contains("V3"));
  EXPECT_TRUE(offer(v1::OFFER_STATE_ISSUED, [](auto& row) { row.offer_id = "another"; }).contains("V4"));
  EXPECT_TRUE(voucher([](auto& row) { row.remaining_cents += 1; }).contains("L3"));
  EXPECT_TRUE(voucher([](auto& row) { row.remaining_cents = -1; }).contains("L3"));
  EXPECT_TRUE(voucher([](auto& row) { row.amount_cents += 1; }).contains("V4"));
  EXPECT_TRUE(voucher([](auto& row) { row.remaining_cents = row.amount_cents + 1; }).contains("L3"));
  EXPECT_TRUE(voucher([](auto& row) { row.remaining_cents = 0; }).contains("L3"));
  EXPECT_TRUE(voucher([](auto& row) { row.state = v1::VOUCHER_STATE_EXPIRED; }).contains("L3"));
  EXPECT_TRUE(voucher([](auto& row) { row.offer_id = "another"; }).contains("V4"));
  EXPECT_TRUE(Broken([](SpoiltBooks& books) { books.redeemed_more = 1; }).contains("L3"));
  EXPECT_TRUE(Broken([](SpoiltBooks& books) { books.redeemed_more = 10'000; }).contains("L3"));
  EXPECT_TRUE(Broken([](SpoiltBooks& books) { books.spoil_year = true; }).contains("year"));
}

TEST_F(MoneyLedger, WhatDoesNotFitIsNotPosted) {
  const auto post = [&](domain::Posting posting) {
    platform::Result<storage::TransferRow> posted = platform::Failure{};
    const storage::Work work = [&](storage::Transaction& transaction) {
      const domain::Caller caller = domain::ServiceCaller(town.organisation_id);
      domain::Desk desk{town.surroundings, transaction, caller, town.keys_of_organisation, town.clock.now};
      if (posting.scheme_id.empty()) posting.scheme_id = town.scheme;
      posted = domain::Post(desk, posting);
      return posted.ok();
    };
    EXPECT_TRUE(town.store->Write({&work, 1}).ok());
    return posted;
  };
  const Books before = town.ReadBooks();
  EXPECT_EQ(post({.from = "budget", .to = "reserved", .amount_cents = 10'000'000}).failure().reason,
            v1::ERROR_REASON_OVER_BUDGET);
  EXPECT_EQ(
      post({.from = "outside", .to = "budget", .amount_cents = std::numeric_limits<std::int64_t>::max()})
          .failure()
          .reason,
      v1::ERROR_REASON_OUT_OF_RANGE);
  EXPECT_EQ(post({.from = "reserved", .to = "budget", .amount_cents = 4'001}).failure().reason,
            v1::ERROR_REASON_INTERNAL);
  EXPECT_EQ(post({.from = "reserved", .to = "reserved", .amount_cents = 1}).failure().reason,
            v1::ERROR_REASON_INTERNAL);
  EXPECT_EQ(post({.scheme_id = town.NewId(), .from = "outside", .to = "budget", .amount_cents = 1})
                .failure()
                .reason,
            v1::ERROR_REASON_INTERNAL);
  EXPECT_TRUE(town.ReadBooks() == before);
  EXPECT_TRUE(post({.from = "restored", .to = "budget", .amount_cents = 1}).ok());
  EXPECT_EQ(town.Balances().restored_cents(), -1);
  EXPECT_TRUE(town.Verify().findings.empty()) << "it may fall below zero";
}

TEST_F(MoneyLedger, TheOperatorIsToldWhatWasGoneThrough) {
  v1::VerifyLedgerRequest request;
  request.set_organisation_id(town.organisation_id);
  const auto verified = town.Town::Ask(town.manager, domain::VerifyLedger, request);
  EXPECT_EQ(verified->transfers_count(), 9);
  EXPECT_EQ(verified->findings_count(), 0);
}

}  // namespace
}  // namespace brug::testing
