#include <gtest/gtest.h>

#include <set>

#include "tests/unit/money_market.h"

// Shops and lists: who takes vouchers, what they are owed, and long lists a page at a time.
namespace brug::testing {
namespace {

using platform::Result;

class MoneyShops : public ::testing::Test {
 protected:
  template <typename Response>
  static void Refused(const Result<Response>& result, v1::ErrorReason reason, const std::string& field) {
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(v1::ErrorReason_Name(result.failure().reason), v1::ErrorReason_Name(reason));
    EXPECT_EQ(result.failure().field, field);
  }
  Result<v1::RegisterMerchantResponse> Register(const std::string& name,
                                                const std::vector<std::string>& scheme_ids) {
    auto request = town.Fresh<v1::RegisterMerchantRequest>();
    request.set_display_name(name);
    for (const std::string& scheme_id : scheme_ids) request.add_scheme_ids(scheme_id);
    return town.Do(town.manager, domain::RegisterMerchant, request);
  }
  Result<v1::SetAgreementResponse> Agree(const std::string& merchant_id, const std::string& scheme_id,
                                         bool takes_vouchers = true) {
    auto request = town.Fresh<v1::SetAgreementRequest>();
    request.set_merchant_id(merchant_id);
    request.set_scheme_id(scheme_id);
    request.set_takes_vouchers(takes_vouchers);
    return town.Do(town.manager, domain::SetAgreement, request);
  }
  v1::ListMerchantsResponse Merchants() {
    return *town.Town::Ask(town.manager, domain::ListMerchants, v1::ListMerchantsRequest());
  }
  v1::GetMerchantStatementRequest November() {
    v1::GetMerchantStatementRequest month;
    month.set_merchant_id(town.merchant.person_id);
    month.set_scheme_id(town.scheme);
    month.set_year(2026);
    month.set_month(11);
    return month;
  }
  Result<v1::GetMerchantStatementResponse> Statement(const v1::GetMerchantStatementRequest& month) {
    return town.Town::Ask(town.manager, domain::GetMerchantStatement, month);
  }

  Market town;
};

TEST_F(MoneyShops, RefusesAShopWithoutANameOrWithASchemeThatIsNotThere) {
  const auto staff = Merchants().merchants_size();
  Refused(Register("", {town.scheme}), v1::ERROR_REASON_MISSING, "display_name");
  Refused(Register(std::string(1'000, 'a'), {}), v1::ERROR_REASON_TEXT_TOO_LONG, "display_name");
  Refused(Register("Shop", {town.scheme, town.NewId()}), v1::ERROR_REASON_NOT_FOUND, "scheme_ids[1]");
  Refused(Register("Shop", std::vector<std::string>(101, town.scheme)), v1::ERROR_REASON_TOO_MANY,
          "scheme_ids");
  EXPECT_EQ(Merchants().merchants_size(), staff);
  EXPECT_TRUE(Register("Shop", std::vector<std::string>(100, town.scheme)).ok());
  EXPECT_EQ(Merchants().merchants_size(), staff + 1);
}

TEST_F(MoneyShops, AnAgreementIsBetweenAShopAndAScheme) {
  Refused(Agree(town.NewId(), town.scheme), v1::ERROR_REASON_NOT_FOUND, "merchant_id");
  Refused(Agree(town.mentor.person_id, town.scheme), v1::ERROR_REASON_NOT_FOUND, "merchant_id");
  Refused(Agree(town.samira.device.person_id, town.scheme), v1::ERROR_REASON_NOT_FOUND, "merchant_id");
  Refused(Agree(town.merchant.person_id, town.NewId()), v1::ERROR_REASON_NOT_FOUND, "scheme_id");
  EXPECT_EQ(Agree(town.merchant.person_id, town.scheme, false)->merchant().scheme_ids_size(), 0);
  ASSERT_EQ(Merchants().merchants_size(), 1);
  EXPECT_EQ(Merchants().merchants(0).scheme_ids_size(), 0);
  EXPECT_EQ(Agree(town.merchant.person_id, town.scheme)->merchant().scheme_ids(0), town.scheme);
}

TEST_F(MoneyShops, AShopThatStoppedIsNotListedAndKeepsItsStatements) {
  const std::string voucher = town.Give(town.samira, 4'000);
  ASSERT_TRUE(town.Redeem(town.merchant, town.Code(town.samira.device, voucher)->code(), 1'000).ok());
  const storage::Work stop = [&](storage::Transaction& t) {
    auto row = *t.FindPerson(town.merchant.person_id);
    row.active = false;
    row.version += 1;
    return t.UpdatePerson(row);
  };
  ASSERT_TRUE(town.store->Write({&stop, 1}).ok());
  EXPECT_EQ(Merchants().merchants_size(), 0);
  EXPECT_EQ(Statement(November())->total_cents(), 1'000);
  Refused(Agree(town.merchant.person_id, town.scheme), v1::ERROR_REASON_NOT_FOUND, "merchant_id");
}

TEST_F(MoneyShops, AStatementIsOfAShopASchemeAndAMonth) {
  const auto refused = [&](const std::string& field, v1::ErrorReason reason, auto spoil) {
    auto month = November();
    spoil(month);
    Refused(Statement(month), reason, field);
  };
  refused("merchant_id", v1::ERROR_REASON_NOT_FOUND, [&](auto& m) { m.set_merchant_id(town.NewId()); });
  refused("merchant_id", v1::ERROR_REASON_NOT_FOUND,
          [&](auto& m) { m.set_merchant_id(town.samira.device.person_id); });
  refused("scheme_id", v1::ERROR_REASON_NOT_FOUND, [&](auto& m) { m.set_scheme_id(town.NewId()); });
  refused("year", v1::ERROR_REASON_OUT_OF_RANGE, [](auto& m) { m.set_year(100'000); });
  EXPECT_EQ(Statement(November())->lines_size(), 0);
}

TEST_F(MoneyShops, AShopsDayIsItsOwnDayAPageAtATime) {
  const std::string code = town.Code(town.samira.device, town.Give(town.samira, 4'000))->code();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(town.Redeem(town.merchant, code, 500).ok());
  v1::ListRedemptionsRequest request;
  request.set_page_size(2);
  const auto first = town.Town::Ask(town.merchant, domain::ListRedemptions, request);
  EXPECT_EQ(first->redemptions_size(), 2);
  EXPECT_EQ(first->total_cents(), 1'500) << "of the day, not of the page";
  request.set_page_token(first->next_page_token());
  const auto second = town.Town::Ask(town.merchant, domain::ListRedemptions, request);
  EXPECT_EQ(second->redemptions_size(), 1);
  EXPECT_TRUE(second->next_page_token().empty());
  *request.mutable_day() = rules::ToDate(kToday - std::chrono::days(1));
  EXPECT_EQ(town.Town::Ask(town.merchant, domain::ListRedemptions, request)->redemptions_size(), 0);
  request.mutable_day()->set_month(13);
  Refused(town.Town::Ask(town.merchant, domain::ListRedemptions, request), v1::ERROR_REASON_NO_SUCH_DAY,
          "day");
  request.Clear();
  request.set_page_size(201);
  Refused(town.Town::Ask(town.merchant, domain::ListRedemptions, request), v1::ERROR_REASON_OUT_OF_RANGE,
          "page_size");
}

TEST_F(MoneyShops, TheListsOfOffersAndApprovalsComeAPageAtATime) {
  std::set<std::string> drafted;
  for (int i = 0; i < 3; ++i) {
    drafted.insert(town.DraftId(town.samira, 4'000));
    town.clock.now += std::chrono::minutes(1);
  }
  for (const std::string& offer : drafted) ASSERT_TRUE(town.Promise(town.mentor, offer).ok());
  const auto pages = [&](const TownDevice& device, auto question, auto request) {
    std::multiset<std::string> listed;
    request.set_page_size(2);
    int count = 0;
    do {
      const auto page = town.Town::Ask(device, question, request);
      EXPECT_TRUE(page.ok());
      for (const v1::StaffOffer& offer : page->offers()) listed.insert(offer.offer_id());
      request.set_page_token(page->next_page_token());
      ++count;
    } while (!request.page_token().empty());
    EXPECT_EQ(count, 2);
    EXPECT_EQ(listed, std::multiset<std::string>(drafted.begin(), drafted.end()));
    for (const int wrong : {-1, 201}) {
      request.set_page_size(wrong);
      Refused(town.Town::Ask(device, question, request), v1::ERROR_REASON_OUT_OF_RANGE, "page_size");
    }
  };
  pages(town.mentor, domain::ListOffers, v1::ListOffersRequest());
  pages(town.approver, domain::ListApprovals, v1::ListApprovalsRequest());
}

TEST_F(MoneyShops, OffersAreListedOfOneDossierWhereOneIsNamed) {
  auto other = town.NewPlanner(town.mentor);
  const std::string hers = town.DraftId(town.samira, 2'000), his = town.DraftId(other, 2'000);
  v1::ListOffersRequest request;
  EXPECT_EQ(town.Town::Ask(town.mentor, domain::ListOffers, request)->offers_size(), 2);
  request.set_dossier_id(other.device.dossier_id);
  const auto listed = town.Town::Ask(town.mentor, domain::ListOffers, request);
  ASSERT_EQ(listed->offers_size(), 1);
  EXPECT_EQ(listed->offers(0).offer_id(), his);
}

TEST_F(MoneyShops, TheReportForetellsWhatMayLapseInNinetyDays) {
  const auto promise_until = [&](std::int64_t amount_cents, int days) {
    auto request = town.Fresh<v1::DraftOfferRequest>();
    request.set_dossier_id(town.samira.device.dossier_id);
    request.mutable_draft()->set_goal_id(town.samira.goal);
    request.mutable_draft()->set_scheme_id(town.scheme);
    request.mutable_draft()->set_amount_cents(amount_cents);
    *request.mutable_draft()->mutable_ends_on() = rules::ToDate(kToday + std::chrono::days(days));
    const std::string offer = town.Do(town.mentor, domain::DraftOffer, request)->offer().offer_id();
    ASSERT_TRUE(town.Promise(town.mentor, offer).ok());
  };
  promise_until(1'000, 30);
  promise_until(1'100, 120);
  // Without promises at all.
  town.NewScheme();
  const auto report = town.Town::Ask(town.manager, domain::ListSchemes, v1::ListSchemesRequest());
  ASSERT_EQ(report->schemes_size(), 2);
  std::multiset<std::int64_t> lapsing = {report->schemes(0).may_lapse_cents(),
                                         report->schemes(1).may_lapse_cents()};
  EXPECT_EQ(lapsing, (std::multiset<std::int64_t>{0, 1'000}));
  EXPECT_EQ(report->schemes(0).offers_open_count() + report->schemes(1).offers_open_count(), 2);
}

}  // namespace
}  // namespace brug::testing
