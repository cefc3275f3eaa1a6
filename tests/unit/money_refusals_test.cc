#include <gtest/gtest.h>

#include <limits>

#include "proto/crypto/crockford.h"
#include "proto/crypto/jws.h"
#include "service/domain/voucher_codes.h"
#include "tests/support/watched_transaction.h"
#include "tests/unit/money_market.h"

// What a stranger could learn from a refusal: nothing from what it says, and nothing from how much work it
// was. And what a repeated request gets, however late.
namespace brug::testing {
namespace {

using platform::Failure;

class MoneyRefusals : public ::testing::Test {
 protected:
  // What one try to redeem took, and what it said.
  struct Tried {
    Failure failure;
    Watch watch;
  };

  Tried Try(const TownDevice& by, const v1::RedeemVoucherRequest& request) {
    Tried tried;
    const storage::Work work = [&](storage::Transaction& transaction) {
      const auto caller = domain::Identify(transaction, *town.keys_of_organisation, town.ClaimsOf(by));
      WatchedTransaction watched(transaction, tried.watch);
      domain::Desk desk{town.surroundings, watched, *caller, town.keys_of_organisation, town.clock.now};
      const auto redeemed = domain::RedeemVoucher(desk, request);
      EXPECT_FALSE(redeemed.ok());
      if (!redeemed.ok()) tried.failure = redeemed.failure();
      return false;
    };
    EXPECT_TRUE(town.store->Write({&work, 1}).ok());
    return tried;
  }
  Tried TryCode(const std::string& code, std::int64_t amount_cents = 0) {
    auto request = town.Fresh<v1::RedeemVoucherRequest>();
    request.set_code(code);
    request.set_amount_cents(amount_cents);
    return Try(town.merchant, request);
  }
  Tried TryToken(const std::string& token) {
    auto request = town.Fresh<v1::RedeemVoucherRequest>();
    request.set_token(token);
    return Try(town.merchant, request);
  }
  v1::VoucherCode NewVoucher() {
    planners.push_back(std::make_unique<Market::Planner>(town.NewPlanner(town.mentor)));
    ids.push_back(town.Give(*planners.back(), 4'000));
    return *town.Code(planners.back()->device, ids.back());
  }
  const TownDevice& Owner() { return planners.back()->device; }
  static std::string OtherLastSymbol(std::string code) {
    code.back() = code.back() == '0' ? '1' : '0';
    return code;
  }

  Market town;
  std::vector<std::unique_ptr<Market::Planner>> planners;
  std::vector<std::string> ids;
};

TEST_F(MoneyRefusals, EveryCodeThatIsNotValidTakesTheSameWorkAndSaysTheSame) {
  std::vector<std::pair<std::string, v1::VoucherCode>> kinds;
  const auto add = [&](const std::string& kind) {
    kinds.emplace_back(kind, NewVoucher());
    return kinds.back().second;
  };
  const auto spent = add("spent");
  ASSERT_TRUE(town.Redeem(town.merchant, spent.code()).ok());
  add("cancelled");
  ASSERT_TRUE(town.Cancel(Owner(), ids.back()).ok());
  add("replaced");
  auto replace = town.Fresh<v1::ReplaceVoucherCodeRequest>();
  replace.set_voucher_id(ids.back());
  ASSERT_TRUE(town.Do(Owner(), domain::ReplaceVoucherCode, replace).ok());
  const std::string usual = town.scheme;
  v1::Scheme brief = Market::Usual();
  brief.set_voucher_days(1);
  town.scheme = town.NewScheme(brief);
  add("of a scheme without an agreement");
  town.scheme = usual;
  Market elsewhere(99);
  const std::string abroad = elsewhere.Give(elsewhere.samira, 4'000);
  kinds.emplace_back("of another organisation", *elsewhere.Code(elsewhere.samira.device, abroad));
  add("expired");
  town.clock.now += std::chrono::days(365);

  const std::string nobodys = crypto::NewCode(town.random, 16);
  const Tried unknown = TryCode(nobodys + crypto::CheckSymbol(nobodys));
  EXPECT_EQ(unknown.failure.reason, v1::ERROR_REASON_VOUCHER_NOT_VALID);
  EXPECT_EQ(std::ranges::count(unknown.watch.reads, "FindVoucherByCode"), 1);
  const auto alike = [&](const std::string& kind, const Tried& tried, const Tried& as) {
    EXPECT_EQ(tried.failure.reason, as.failure.reason) << kind;
    EXPECT_EQ(tried.failure.field, as.failure.field) << kind;
    EXPECT_EQ(tried.failure.metadata, as.failure.metadata) << kind;
    EXPECT_FALSE(tried.failure.retry_delay_ms.has_value()) << kind;
    EXPECT_TRUE(tried.failure.log_detail.empty()) << kind;
    EXPECT_EQ(tried.watch.reads, as.watch.reads) << kind;
    EXPECT_TRUE(tried.watch.writes.empty()) << kind;
    // Where the code is looked up at all, it is by an HMAC, whatever was typed.
    ASSERT_EQ(tried.watch.code_hmacs.size(), as.watch.code_hmacs.size()) << kind;
    for (const std::string& hmac : tried.watch.code_hmacs) EXPECT_EQ(hmac.size(), 32U) << kind;
  };
  EXPECT_EQ(unknown.watch.code_hmacs.size(), 1U);
  alike("empty", TryCode(""), unknown);
  alike("not a code", TryCode("not a code"), unknown);
  alike("too short", TryCode(nobodys), unknown);
  for (const auto& [kind, code] : kinds) {
    alike(kind, TryCode(code.code()), unknown);
    alike(kind + ", for more than there was", TryCode(code.code(), 9'999), unknown);
    alike(kind + ", mistyped", TryCode(OtherLastSymbol(code.code())), unknown);
  }
  const Tried garbage = TryToken("x");
  EXPECT_EQ(garbage.failure.reason, v1::ERROR_REASON_VOUCHER_NOT_VALID);
  EXPECT_EQ(std::ranges::count(garbage.watch.reads, "FindVoucher"), 1);
  for (const auto& [kind, code] : kinds) alike(kind + ", by its token", TryToken(code.token()), garbage);
  EXPECT_EQ(kinds.size(), 6U);
}

TEST_F(MoneyRefusals, TheOneItIsForIsNoSecondPersonEither) {
  const std::string offer = town.DraftId(town.samira, 4'000);
  ASSERT_TRUE(town.Promise(town.mentor, offer).ok());
  const auto answered = town.Answer(town.samira.device, offer, v1::OFFER_STATE_PROMISE_ASKED);
  ASSERT_FALSE(answered.ok());
  EXPECT_EQ(answered.failure().reason, v1::ERROR_REASON_SECOND_PERSON_NEEDED);
}

TEST_F(MoneyRefusals, ARequestIsAnsweredAlikeForMoreThanAYear) {
  auto budget = town.Fresh<v1::AddBudgetRequest>();
  budget.set_scheme_id(town.scheme);
  budget.set_amount_cents(7);
  auto promise = town.Fresh<v1::PromiseOfferRequest>();
  promise.set_offer_id(town.DraftId(town.samira, 2'500));
  const auto paid = town.Do(town.manager, domain::AddBudget, budget);
  const auto promised = town.Do(town.mentor, domain::PromiseOffer, promise);
  ASSERT_TRUE(promised.ok());
  const Books after = town.ReadBooks();
  town.clock.now += std::chrono::days(399);
  EXPECT_EQ(town.Do(town.manager, domain::AddBudget, budget)->SerializeAsString(), paid->SerializeAsString());
  EXPECT_EQ(town.Do(town.mentor, domain::PromiseOffer, promise)->SerializeAsString(),
            promised->SerializeAsString());
  auto other = budget;
  other.set_amount_cents(8);
  EXPECT_EQ(town.Do(town.manager, domain::AddBudget, other).failure().reason,
            v1::ERROR_REASON_REQUEST_ID_REUSED);
  // And beyond: a promise of at least so long is not broken on the day after.
  town.clock.now += std::chrono::days(400);
  EXPECT_EQ(town.Do(town.manager, domain::AddBudget, budget)->SerializeAsString(), paid->SerializeAsString());
  // The year that is read is that of the clock.
  town.clock.now -= std::chrono::days(799);
  EXPECT_TRUE(town.ReadBooks() == after);
}

TEST_F(MoneyRefusals, AVoucherOutlivesItsKeyAndARestart) {
  const auto before = NewVoucher();
  for (int i = 0; i < 2; ++i) {
    v1::RotateVoucherKeyRequest rotate;
    rotate.set_request_id(town.NewId());
    ASSERT_TRUE(town.Administer(domain::RotateVoucherKey, rotate).ok());
    town.keys_of_organisation = *town.keys.Organisation(town.organisation_id);
  }
  // Another ring over the same key store, as after a restart.
  domain::KeyRing ring(town.storage->keys(), town.master.Clone(), town.random);
  town.keys_of_organisation = *ring.Organisation(town.organisation_id);
  ASSERT_EQ(town.keys_of_organisation->vouchers.size(), 3U);
  const auto listed = town.Town::Ask(town.manager, domain::ListVoucherKeys, v1::ListVoucherKeysRequest());
  ASSERT_EQ(listed->keys_size(), 3);
  EXPECT_EQ(listed->keys(0).key_id(), town.keys_of_organisation->vouchers.back().PublicKey().KeyId());
  const auto again = *town.Code(Owner(), ids.back());
  EXPECT_EQ(again.code(), before.code());
  EXPECT_NE(again.token(), before.token());
  for (const auto& code : {before, again}) {
    auto request = town.Fresh<v1::RedeemVoucherRequest>();
    request.set_token(code.token());
    request.set_amount_cents(1'000);
    EXPECT_TRUE(town.Do(town.merchant, domain::RedeemVoucher, request).ok());
  }
  EXPECT_EQ(town.Balances().redeemed_cents(), 2'000);
}

TEST_F(MoneyRefusals, ATokenMissesNothingOfWhatItMustSay) {
  const auto code = NewVoucher();
  const auto payload = [&](const std::string& text) {
    return *crypto::JwsSigner(town.keys_of_organisation->vouchers.back(), domain::kVoucherTokenType)
                .Sign(text);
  };
  const std::string iss = R"("iss":")" + town.organisation_id + R"(",)",
                    jti = R"("jti":")" + ids.back() + R"(",)";
  EXPECT_EQ(TryToken(payload("{" + iss + jti + R"("num":1,"cents":4000})")).failure.reason,
            v1::ERROR_REASON_VOUCHER_NOT_VALID);
  EXPECT_EQ(TryToken(payload("{" + iss + jti + R"("num":1,"cur":"EUR"})")).failure.reason,
            v1::ERROR_REASON_VOUCHER_NOT_VALID);
  EXPECT_EQ(TryToken(payload("{" + iss + jti + R"("cents":4000,"cur":"EUR"})")).failure.reason,
            v1::ERROR_REASON_VOUCHER_NOT_VALID);
  EXPECT_EQ(TryToken(payload("{" + iss + R"("num":1,"cents":4000,"cur":"EUR"})")).failure.reason,
            v1::ERROR_REASON_VOUCHER_NOT_VALID);
  EXPECT_EQ(TryToken(payload("{" + jti + R"("num":1,"cents":4000,"cur":"EUR"})")).failure.reason,
            v1::ERROR_REASON_VOUCHER_NOT_VALID);
  EXPECT_EQ(TryToken(payload("not json")).failure.reason, v1::ERROR_REASON_VOUCHER_NOT_VALID);
}

}  // namespace
}  // namespace brug::testing
