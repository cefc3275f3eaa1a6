#include <gtest/gtest.h>

#include <set>

#include "tests/unit/money_market.h"

// Books that are longer than what is read at once.
namespace brug::testing {
namespace {

constexpr int kMany = 1'001;

class MoneyLongBooks : public ::testing::Test {
 protected:
  MoneyLongBooks() {
    const storage::Work work = [&](storage::Transaction& t) {
      number = t.FindScheme(town.scheme)->transfers_count;
      bool written = true;
      for (int i = 0; i < kMany; ++i) {
        written = written && t.InsertOffer(Row("asked", i, v1::OFFER_STATE_PROMISE_ASKED)) &&
                  t.InsertOffer(Row("promised", i, v1::OFFER_STATE_PROMISED)) && Post(t, "reserved", 1) &&
                  t.InsertOffer(Row("issued", i, v1::OFFER_STATE_ISSUED)) &&
                  t.InsertVoucher({.voucher_id = Named("voucher", i),
                                   .offer_id = Named("issued", i),
                                   .scheme_id = town.scheme,
                                   .dossier_id = town.samira.device.dossier_id,
                                   .beneficiary_id = town.samira.device.person_id,
                                   .state = v1::VOUCHER_STATE_OPEN,
                                   .amount_cents = 1,
                                   .remaining_cents = 1,
                                   .code_hmac = Named("code", i)});
      }
      return written && Post(t, "outstanding", kMany) &&
             t.AddPromised({town.scheme, town.samira.device.dossier_id, 2026, 2 * kMany}, 20'000);
    };
    EXPECT_TRUE(town.store->Write({&work, 1}).ok());
  }

  static std::string Named(const std::string& kind, int i) { return kind + " " + std::to_string(10'000 + i); }
  storage::OfferRow Row(const std::string& kind, int i, v1::OfferState state) const {
    return {.offer_id = Named(kind, i),
            .scheme_id = town.scheme,
            .dossier_id = town.samira.device.dossier_id,
            .beneficiary_id = town.samira.device.person_id,
            .state = state,
            .amount_cents = state == v1::OFFER_STATE_PROMISE_ASKED ? 0 : 1,
            .year = state == v1::OFFER_STATE_PROMISE_ASKED ? 0 : 2026,
            .asked_by = town.mentor.person_id,
            .since_us = domain::ToMicroseconds(town.clock.now) + i};
  }
  bool Post(storage::Transaction& t, const std::string& to, std::int64_t cents) {
    number += 1;
    return t.AppendTransfer({.transfer_id = Named("transfer", static_cast<int>(number)),
                             .scheme_id = town.scheme,
                             .number = number,
                             .from_account = "budget",
                             .to_account = to,
                             .amount_cents = cents});
  }
  // The rules that the books break when this is done to them.
  std::set<std::string> Broken(const std::function<bool(storage::Transaction&)>& spoil) {
    std::set<std::string> rules;
    const storage::Work work = [&](storage::Transaction& t) {
      EXPECT_TRUE(spoil(t));
      for (const auto& finding : domain::VerifyBooks(t).findings) rules.insert(finding.rule);
      return false;
    };
    EXPECT_TRUE(town.store->Write({&work, 1}).ok());
    return rules;
  }

  Market town;
  std::int64_t number = 0;
};

TEST_F(MoneyLongBooks, AreGoneThroughToTheLastRow) {
  const auto report = town.Verify();
  for (const auto& finding : report.findings) ADD_FAILURE() << finding.rule << ": " << finding.words;
  EXPECT_EQ(report.transfers_count, kMany + 2);
  EXPECT_EQ(report.offers_count, 3 * kMany);
  EXPECT_EQ(report.vouchers_count, kMany);
  // What is wrong with the last of them is found.
  EXPECT_TRUE(Broken([&](storage::Transaction& t) {
                auto row = *t.FindOffer(Named("promised", kMany - 1));
                row.amount_cents += 1;
                row.version += 1;
                return t.UpdateOffer(row);
              }).contains("L3"));
  EXPECT_TRUE(Broken([&](storage::Transaction& t) {
                auto row = *t.FindVoucher(Named("voucher", kMany - 1));
                row.remaining_cents = 0;
                row.version += 1;
                return t.UpdateVoucher(row);
              }).contains("L3"));
  EXPECT_TRUE(Broken([&](storage::Transaction& t) { return Post(t, "reserved", 1); }).contains("L3"));
}

TEST_F(MoneyLongBooks, AreReportedToTheLastRow) {
  const auto report = town.Town::Ask(town.manager, domain::ListSchemes, v1::ListSchemesRequest());
  ASSERT_EQ(report->schemes_size(), 1);
  EXPECT_EQ(report->schemes(0).offers_open_count(), kMany);
  EXPECT_EQ(report->schemes(0).vouchers_open_count(), kMany);
  EXPECT_EQ(report->schemes(0).balances().reserved_cents(), kMany);
}

TEST_F(MoneyLongBooks, WaitForTheSecondPersonToTheLastRow) {
  v1::ListApprovalsRequest request;
  request.set_page_size(1);
  // These rows were never sealed: that one is there shows by its not opening.
  request.set_page_token(std::to_string(kMany - 1));
  EXPECT_EQ(town.Town::Ask(town.approver, domain::ListApprovals, request).failure().reason,
            v1::ERROR_REASON_STORAGE_UNAVAILABLE);
  request.set_page_token(std::to_string(kMany));
  const auto beyond = town.Town::Ask(town.approver, domain::ListApprovals, request);
  ASSERT_TRUE(beyond.ok());
  EXPECT_EQ(beyond->offers_size(), 0);
}

}  // namespace
}  // namespace brug::testing
