#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "proto/crypto/crockford.h"
#include "proto/crypto/jws.h"
#include "proto/rules/voucher.h"
#include "service/domain/relations.h"
#include "service/domain/statements.h"
#include "service/domain/voucher_codes.h"
#include "tests/unit/money_market.h"

namespace brug::testing {
namespace {

using namespace std::chrono_literals;

class MoneyVouchers : public ::testing::Test {
 protected:
  template <typename Response>
  void Refuses(v1::ErrorReason reason, const std::function<platform::Result<Response>()>& attempt,
               const std::string& field) {
    const Books before = town.ReadBooks();
    const auto result = attempt();
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(v1::ErrorReason_Name(result.failure().reason), v1::ErrorReason_Name(reason))
        << result.failure().log_detail;
    EXPECT_EQ(result.failure().field, field);
    EXPECT_FALSE(result.failure().retry_delay_ms.has_value());
    EXPECT_TRUE(result.failure().metadata.empty());
    EXPECT_TRUE(town.ReadBooks() == before);
  }
  void NotValid(const TownDevice& by, const std::string& code, std::int64_t amount_cents = 0) {
    Refuses<v1::RedeemVoucherResponse>(
        v1::ERROR_REASON_VOUCHER_NOT_VALID, [&] { return town.Redeem(by, code, amount_cents); }, "");
  }
  void TokenNotValid(const std::string& token) {
    auto request = town.Fresh<v1::RedeemVoucherRequest>();
    request.set_token(token);
    Refuses<v1::RedeemVoucherResponse>(
        v1::ERROR_REASON_VOUCHER_NOT_VALID,
        [&] { return town.Do(town.merchant, domain::RedeemVoucher, request); }, "");
  }
  void OutOfRange(const std::string& code, std::int64_t amount_cents) {
    Refuses<v1::RedeemVoucherResponse>(
        v1::ERROR_REASON_OUT_OF_RANGE, [&] { return town.Redeem(town.merchant, code, amount_cents); },
        "amount_cents");
  }
  void BooksFit() {
    const auto report = town.Verify();
    for (const auto& finding : report.findings) ADD_FAILURE() << finding.rule << ": " << finding.words;
  }
  std::string CodeOf(const std::string& voucher) { return town.Code(town.samira.device, voucher)->code(); }
  v1::Voucher Record(const std::string& voucher) {
    return town.Everything(town.samira.device, town.samira.device.dossier_id).at(voucher).voucher();
  }

  Market town;
};

TEST_F(MoneyVouchers, AVoucherIsSpentOnce) {
  const std::string voucher = town.Give(town.samira, 4'000);
  const std::string code = CodeOf(voucher);
  EXPECT_EQ(code.size(), 17u);
  const auto spent = town.Redeem(town.merchant, crypto::GroupCode(code));
  ASSERT_TRUE(spent.ok());
  EXPECT_EQ(spent->redemption().amount_cents(), 4'000);
  EXPECT_EQ(spent->remaining_cents(), 0);
  EXPECT_EQ(town.Balances().redeemed_cents(), 4'000);
  EXPECT_EQ(Record(voucher).state(), v1::VOUCHER_STATE_REDEEMED);
  NotValid(town.merchant, code);
  EXPECT_EQ(town.Code(town.samira.device, voucher).failure().reason, v1::ERROR_REASON_WRONG_STATE);
  BooksFit();
}

TEST_F(MoneyVouchers, AVoucherIsSpentInPartsWhereTheSchemeSaysSo) {
  const std::string voucher = town.Give(town.samira, 4'000);
  const std::string code = CodeOf(voucher);
  EXPECT_EQ(town.Redeem(town.merchant, code, 1'500)->remaining_cents(), 2'500);
  for (const std::int64_t cents :
       {std::int64_t{2'501}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::max(),
        std::numeric_limits<std::int64_t>::min()}) {
    OutOfRange(code, cents);
  }
  EXPECT_EQ(town.Redeem(town.merchant, code, 2'500)->remaining_cents(), 0);
  v1::Scheme whole = Market::Usual();
  whole.set_in_parts(false);
  town.scheme = town.NewScheme(whole);
  town.merchant = town.NewMerchant({town.scheme});
  const std::string second = CodeOf(town.Give(town.samira, 4'000));
  OutOfRange(second, 3'999);
  EXPECT_TRUE(town.Redeem(town.merchant, second, 4'000).ok());
  BooksFit();
}

TEST_F(MoneyVouchers, EveryVoucherThatAShopMayNotTakeIsRefusedAlike) {
  const std::string voucher = town.Give(town.samira, 4'000);
  const std::string code = CodeOf(voucher);
  // It takes vouchers, of another scheme.
  TownDevice stranger = town.NewMerchant({town.NewScheme()}, "Stranger");
  NotValid(stranger, code);
  NotValid(stranger, code, 9'999);
  NotValid(town.merchant, "");
  NotValid(town.merchant, "not a code");
  const std::string unknown = std::string(16, '0');
  NotValid(town.merchant, unknown + crypto::CheckSymbol(unknown));
  NotValid(town.merchant, code.substr(0, 16));
  std::string mistyped = code;
  mistyped[3] = mistyped[3] == '7' ? '8' : '7';
  NotValid(town.merchant, mistyped);
  auto agreement = town.Fresh<v1::SetAgreementRequest>();
  agreement.set_merchant_id(town.merchant.person_id);
  agreement.set_scheme_id(town.scheme);
  ASSERT_TRUE(town.Do(town.manager, domain::SetAgreement, agreement).ok());
  NotValid(town.merchant, code);
  agreement = town.Fresh<v1::SetAgreementRequest>();
  agreement.set_merchant_id(town.merchant.person_id);
  agreement.set_scheme_id(town.scheme);
  agreement.set_takes_vouchers(true);
  ASSERT_TRUE(town.Do(town.manager, domain::SetAgreement, agreement).ok());
  // Expired by the clock, whether the job ran or not.
  town.clock.now += std::chrono::days(365);
  NotValid(town.merchant, code);
  EXPECT_EQ(town.Run(domain::ExpireVouchers).done_count, 1);
  NotValid(town.merchant, code);
  auto neither = town.Fresh<v1::RedeemVoucherRequest>();
  Refuses<v1::RedeemVoucherResponse>(
      v1::ERROR_REASON_MISSING, [&] { return town.Do(town.merchant, domain::RedeemVoucher, neither); },
      "code");
  BooksFit();
}

TEST_F(MoneyVouchers, ATokenIsSpentLikeItsCodeAndNoOtherTokenIs) {
  const std::string voucher = town.Give(town.samira, 4'000);
  const std::string token = town.Code(town.samira.device, voucher)->token();
  const auto& keys = *town.keys_of_organisation;
  const nlohmann::json right = {{"iss", town.organisation_id},
                                {"jti", voucher},
                                {"num", 1},
                                {"cents", 4'000},
                                {"cur", "EUR"},
                                {"iat", 1},
                                {"exp", 2}};
  const auto signed_by = [](const crypto::SigningKey& key, const nlohmann::json& payload,
                            std::string_view type = domain::kVoucherTokenType) {
    return *crypto::JwsSigner(key, type).Sign(payload.dump());
  };
  const auto with = [&](const char* name, const nlohmann::json& value) {
    nlohmann::json payload = right;
    payload[name] = value;
    return signed_by(keys.vouchers.back(), payload);
  };
  TokenNotValid("");
  TokenNotValid(token.substr(0, token.size() - 1));
  TokenNotValid(signed_by(crypto::SigningKey::Generate(town.random), right));
  TokenNotValid(signed_by(keys.session, right));
  TokenNotValid(signed_by(keys.vouchers.back(), right, "brug-session+jwt"));
  TokenNotValid(with("iss", town.NewId()));
  TokenNotValid(with("jti", town.NewId()));
  TokenNotValid(with("num", 2));
  TokenNotValid(with("num", "1"));
  TokenNotValid(with("cents", 4'001));
  TokenNotValid(with("cur", "USD"));
  TokenNotValid(signed_by(keys.vouchers.back(), nlohmann::json::array()));
  // A changed amount under the old signature.
  const auto dot = token.find('.'), last = token.rfind('.');
  const std::string forged = signed_by(keys.session, right);
  TokenNotValid(token.substr(0, dot) + forged.substr(forged.find('.'), forged.rfind('.') - forged.find('.')) +
                token.substr(last));
  auto request = town.Fresh<v1::RedeemVoucherRequest>();
  request.set_token(token);
  EXPECT_TRUE(town.Do(town.merchant, domain::RedeemVoucher, request).ok());
  TokenNotValid(token);
  BooksFit();
}

TEST_F(MoneyVouchers, AReplacedCodeVoidsTheOneBefore) {
  const std::string voucher = town.Give(town.samira, 4'000);
  const auto before = *town.Code(town.samira.device, voucher);
  auto replace = town.Fresh<v1::ReplaceVoucherCodeRequest>();
  replace.set_voucher_id(voucher);
  const auto replaced = town.Do(town.samira.device, domain::ReplaceVoucherCode, replace);
  ASSERT_TRUE(replaced.ok());
  EXPECT_EQ(replaced->code().code_number(), 2);
  EXPECT_EQ(Record(voucher).code_number(), 2);
  EXPECT_EQ(town.VoucherRow(voucher).code_number, 2);
  NotValid(town.merchant, before.code());
  TokenNotValid(before.token());
  EXPECT_EQ(town.Redeem(town.merchant, replaced->code().code(), 1'000)->remaining_cents(), 3'000);
  // The answer that was given is the answer that is repeated.
  EXPECT_EQ(town.Do(town.samira.device, domain::ReplaceVoucherCode, replace)->SerializeAsString(),
            replaced->SerializeAsString());
  BooksFit();
}

TEST_F(MoneyVouchers, ACancelledOneGoesBackToTheBudget) {
  const std::string voucher = town.Give(town.samira, 4'000);
  const std::string code = CodeOf(voucher);
  ASSERT_TRUE(town.Redeem(town.merchant, code, 1'000).ok());
  const std::int64_t budget = town.Balances().budget_cents();
  ASSERT_TRUE(town.Cancel(town.samira.device, voucher).ok());
  EXPECT_EQ(town.Balances().budget_cents(), budget + 3'000);
  EXPECT_EQ(town.Balances().outstanding_cents(), 0);
  NotValid(town.merchant, code);
  Refuses<v1::CancelVoucherResponse>(
      v1::ERROR_REASON_WRONG_STATE, [&] { return town.Cancel(town.samira.device, voucher); }, "voucher_id");
  auto replace = town.Fresh<v1::ReplaceVoucherCodeRequest>();
  replace.set_voucher_id(voucher);
  Refuses<v1::ReplaceVoucherCodeResponse>(
      v1::ERROR_REASON_WRONG_STATE,
      [&] { return town.Do(town.samira.device, domain::ReplaceVoucherCode, replace); }, "voucher_id");
  Refuses<v1::CancelVoucherResponse>(
      v1::ERROR_REASON_NOT_FOUND, [&] { return town.Cancel(town.samira.device, town.NewId()); },
      "voucher_id");
  BooksFit();
}

TEST_F(MoneyVouchers, AShopUndoesItsOwnWithinFifteenMinutes) {
  const std::string voucher = town.Give(town.samira, 4'000);
  const std::string code = CodeOf(voucher);
  const std::string redemption = town.Redeem(town.merchant, code)->redemption().redemption_id();
  TownDevice other = town.NewMerchant({town.scheme}, "Other");
  const auto undo = [&](const TownDevice& by, const std::string& id) {
    return [this, &by, id] { return town.Undo(by, id); };
  };
  Refuses<v1::UndoRedemptionResponse>(v1::ERROR_REASON_NOT_FOUND, undo(other, redemption), "redemption_id");
  Refuses<v1::UndoRedemptionResponse>(v1::ERROR_REASON_NOT_FOUND, undo(town.merchant, town.NewId()),
                                      "redemption_id");
  town.clock.now += 15min;
  Refuses<v1::UndoRedemptionResponse>(v1::ERROR_REASON_TOO_LATE, undo(town.merchant, redemption),
                                      "redemption_id");
  town.clock.now -= 1us;
  const auto undone = town.Undo(town.merchant, redemption);
  ASSERT_TRUE(undone.ok());
  EXPECT_TRUE(undone->redemption().undone());
  EXPECT_EQ(town.Balances().redeemed_cents(), 0);
  EXPECT_EQ(town.VoucherRow(voucher).remaining_cents, 4'000);
  Refuses<v1::UndoRedemptionResponse>(v1::ERROR_REASON_WRONG_STATE, undo(town.merchant, redemption),
                                      "redemption_id");
  EXPECT_TRUE(town.Redeem(town.merchant, code).ok());
  BooksFit();
}

TEST_F(MoneyVouchers, AnUndoOpensAnExpiredVoucherForAWeek) {
  const std::string voucher = town.Give(town.samira, 4'000);
  const std::string code = CodeOf(voucher);
  town.clock.now += std::chrono::days(365) - 1min;
  const std::string redemption = town.Redeem(town.merchant, code, 1'000)->redemption().redemption_id();
  town.clock.now += 2min;
  EXPECT_EQ(town.Run(domain::ExpireVouchers).done_count, 1);
  EXPECT_EQ(town.Balances().outstanding_cents(), 0);
  ASSERT_TRUE(town.Undo(town.merchant, redemption).ok());
  EXPECT_EQ(town.VoucherRow(voucher).state, v1::VOUCHER_STATE_OPEN);
  EXPECT_EQ(town.VoucherRow(voucher).remaining_cents, 1'000);
  EXPECT_EQ(town.VoucherRow(voucher).expires_at_us,
            domain::ToMicroseconds(town.clock.now + rules::kOpenedAgainFor));
  EXPECT_EQ(town.Balances().outstanding_cents(), 1'000);
  BooksFit();
  EXPECT_TRUE(town.Redeem(town.merchant, code, 400).ok());
  town.clock.now += std::chrono::days(7);
  NotValid(town.merchant, code);
  EXPECT_EQ(town.Run(domain::ExpireVouchers).done_count, 1);
  EXPECT_EQ(town.Balances().outstanding_cents(), 0);
  BooksFit();
}

TEST_F(MoneyVouchers, AnUndoOnACancelledVoucherGoesOnToTheBudget) {
  const std::string voucher = town.Give(town.samira, 4'000);
  const std::string code = CodeOf(voucher);
  const std::string redemption = town.Redeem(town.merchant, code, 1'000)->redemption().redemption_id();
  ASSERT_TRUE(town.Cancel(town.samira.device, voucher).ok());
  const std::int64_t budget = town.Balances().budget_cents();
  ASSERT_TRUE(town.Undo(town.merchant, redemption).ok());
  EXPECT_EQ(town.Balances().budget_cents(), budget + 1'000);
  EXPECT_EQ(town.Balances().outstanding_cents(), 0);
  EXPECT_EQ(town.VoucherRow(voucher).state, v1::VOUCHER_STATE_CANCELLED);
  NotValid(town.merchant, code);
  BooksFit();
}

TEST_F(MoneyVouchers, AMerchantsDayAndMonthAddUp) {
  const std::string code = CodeOf(town.Give(town.samira, 4'000));
  const std::string first = town.Redeem(town.merchant, code, 1'000)->redemption().redemption_id();
  ASSERT_TRUE(town.Redeem(town.merchant, code, 500).ok());
  ASSERT_TRUE(town.Undo(town.merchant, first).ok());
  auto day = town.Town::Ask(town.merchant, domain::ListRedemptions, v1::ListRedemptionsRequest());
  ASSERT_EQ(day->redemptions_size(), 2);
  EXPECT_EQ(day->total_cents(), 500);
  v1::GetMerchantStatementRequest month;
  month.set_merchant_id(town.merchant.person_id);
  month.set_scheme_id(town.scheme);
  month.set_year(2026);
  month.set_month(11);
  auto statement = town.Town::Ask(town.manager, domain::GetMerchantStatement, month);
  ASSERT_TRUE(statement.ok());
  EXPECT_EQ(statement->merchant_display_name(), "Shoes");
  EXPECT_EQ(statement->lines_size(), 3);
  EXPECT_EQ(statement->total_cents(), 500);
  EXPECT_EQ(statement->balance_cents(), 500);
  town.clock.now += std::chrono::days(30);
  ASSERT_TRUE(town.Redeem(town.merchant, code, 700).ok());
  EXPECT_EQ(town.Town::Ask(town.manager, domain::GetMerchantStatement, month)->balance_cents(), 500);
  month.set_month(12);
  statement = town.Town::Ask(town.manager, domain::GetMerchantStatement, month);
  EXPECT_EQ(statement->total_cents(), 700);
  EXPECT_EQ(statement->balance_cents(), 1'200);
  EXPECT_EQ(statement->balance_cents(), town.Balances().redeemed_cents());
  day = town.Town::Ask(town.merchant, domain::ListRedemptions, v1::ListRedemptionsRequest());
  EXPECT_EQ(day->total_cents(), 700);
  for (const int wrong : {0, 13}) {
    month.set_month(wrong);
    EXPECT_EQ(town.Town::Ask(town.manager, domain::GetMerchantStatement, month).failure().field, "month");
  }
  month.set_merchant_id(town.mentor.person_id);
  EXPECT_EQ(town.Town::Ask(town.manager, domain::GetMerchantStatement, month).failure().reason,
            v1::ERROR_REASON_NOT_FOUND);
}

TEST_F(MoneyVouchers, TheReportTellsTotalsAndTheTimeFromTickToVoucher) {
  town.TickAll(town.samira);
  const std::string offer = town.DraftId(town.samira, 2'000);
  ASSERT_TRUE(town.Promise(town.mentor, offer).ok());
  town.clock.now += 2h;
  ASSERT_TRUE(town.AskFor(town.mentor, offer).ok());
  ASSERT_TRUE(town.Promise(town.mentor, town.DraftId(town.samira, 4'000)).ok());
  town.clock.now += 1h;
  const auto reports = town.Town::Ask(town.manager, domain::ListSchemes, v1::ListSchemesRequest());
  ASSERT_EQ(reports->schemes_size(), 1);
  const v1::SchemeReport& report = reports->schemes(0);
  EXPECT_EQ(report.tick_to_voucher_seconds(), 7'200);
  EXPECT_EQ(report.longest_wait_seconds(), 3'600);
  EXPECT_EQ(report.vouchers_open_count(), 1);
  EXPECT_EQ(report.vouchers_issued_count(), 1);
  EXPECT_EQ(report.balances().outstanding_cents(), 2'000);
}

TEST_F(MoneyVouchers, WhoIsNoProgrammeManagerGetsTheSchemesWithoutTheMoney) {
  town.Give(town.samira, 4'000);
  const auto full = town.Town::Ask(town.manager, domain::ListSchemes, v1::ListSchemesRequest());
  ASSERT_EQ(full->schemes_size(), 1);
  v1::SchemeReport bare;
  *bare.mutable_scheme() = full->schemes(0).scheme();
  const TownDevice lead = town.Mentor("Bea", {v1::ROLE_TEAM_LEAD});
  for (const TownDevice* staff :
       std::initializer_list<const TownDevice*>{&town.mentor, &town.approver, &lead}) {
    const auto listed = town.Town::Ask(*staff, domain::ListSchemes, v1::ListSchemesRequest());
    ASSERT_EQ(listed->schemes_size(), 1);
    EXPECT_EQ(listed->schemes(0).SerializeAsString(), bare.SerializeAsString());
  }
}

TEST_F(MoneyVouchers, ARotatedKeyLeavesOldTokensValid) {
  const std::string voucher = town.Give(town.samira, 4'000);
  const std::string old_token = town.Code(town.samira.device, voucher)->token();
  v1::RotateVoucherKeyRequest rotate;
  rotate.set_request_id(town.NewId());
  const auto rotated = town.Administer(domain::RotateVoucherKey, rotate);
  ASSERT_TRUE(rotated.ok());
  EXPECT_EQ(town.Administer(domain::RotateVoucherKey, rotate)->key().key_id(), rotated->key().key_id());
  // A transaction that runs again from the start makes no other.
  ASSERT_TRUE(town.keys.RotateVoucherKey(*town.keys_of_organisation).ok());
  town.keys_of_organisation = *town.keys.Organisation(town.organisation_id);
  ASSERT_EQ(town.keys_of_organisation->vouchers.size(), 2u);
  EXPECT_EQ(town.keys_of_organisation->vouchers.back().PublicKey().KeyId(), rotated->key().key_id());
  v1::GetVoucherKeysRequest request;
  request.set_organisation_id(town.organisation_id);
  const auto published = domain::GetVoucherKeys(town.surroundings, request);
  const auto jwks = nlohmann::json::parse(published->jwks());
  ASSERT_EQ(jwks["keys"].size(), 2u);
  EXPECT_EQ(jwks["keys"][0]["kid"], rotated->key().key_id());
  for (const auto& key : jwks["keys"]) EXPECT_FALSE(key.contains("d"));
  const std::string new_token = town.Code(town.samira.device, voucher)->token();
  for (const std::string& token : {old_token, new_token}) {
    auto redeem = town.Fresh<v1::RedeemVoucherRequest>();
    redeem.set_token(token);
    redeem.set_amount_cents(1'000);
    EXPECT_TRUE(town.Do(town.merchant, domain::RedeemVoucher, redeem).ok());
  }
  // As after a restart: another ring over the same store finds both.
  request.set_organisation_id(town.NewId());
  EXPECT_EQ(domain::GetVoucherKeys(town.surroundings, request).failure().reason, v1::ERROR_REASON_NOT_FOUND);
}

TEST_F(MoneyVouchers, ARepeatedRedemptionSpendsOnceAndIsAnsweredAlike) {
  auto request = town.Fresh<v1::RedeemVoucherRequest>();
  request.set_code(CodeOf(town.Give(town.samira, 4'000)));
  request.set_amount_cents(1'000);
  const auto first = town.Do(town.merchant, domain::RedeemVoucher, request);
  const Books after = town.ReadBooks();
  const auto again = town.Do(town.merchant, domain::RedeemVoucher, request);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_TRUE(town.ReadBooks() == after);
  auto more = request;
  more.set_amount_cents(1'001);
  Refuses<v1::RedeemVoucherResponse>(
      v1::ERROR_REASON_REQUEST_ID_REUSED, [&] { return town.Do(town.merchant, domain::RedeemVoucher, more); },
      "request_id");
  // Another shop's request of the same id is another request.
  TownDevice other = town.NewMerchant({town.scheme}, "Other");
  EXPECT_EQ(town.Do(other, domain::RedeemVoucher, request)->remaining_cents(), 2'000);
}

TEST_F(MoneyVouchers, EveryStepIsStatedToThoseConcernedUnderTheVouchersNextNumber) {
  const std::string voucher = town.Give(town.samira, 4'000);
  const auto redeemed = town.Redeem(town.merchant, CodeOf(voucher), 1'000);
  const auto undone = town.Undo(town.merchant, redeemed->redemption().redemption_id());
  const auto cancelled = town.Cancel(town.samira.device, voucher);
  const auto kinds = [&](const TownDevice& device) {
    std::vector<std::pair<int, std::int64_t>> told;
    const auto synced = town.Sync(device, v1::SyncRequest());
    for (const v1::Statement& statement : synced->statements()) {
      v1::StatementContent content;
      EXPECT_TRUE(content.ParseFromString(statement.content()));
      EXPECT_TRUE(town.keys_of_organisation->statement.PublicKey().Verify(
          std::string(domain::kStatementPurpose) + '\0' + statement.content(), statement.signature()));
      if (content.has_promise()) told.emplace_back(content.kind_case(), content.promise().offer_number());
      if (content.has_issue()) told.emplace_back(content.kind_case(), content.issue().voucher_number());
      if (content.has_redemption()) {
        told.emplace_back(content.kind_case(), content.redemption().voucher_number());
      }
      if (content.has_undo()) told.emplace_back(content.kind_case(), content.undo().voucher_number());
      if (content.has_cancel()) told.emplace_back(content.kind_case(), content.cancel().voucher_number());
    }
    return told;
  };
  using Told = std::vector<std::pair<int, std::int64_t>>;
  using Content = v1::StatementContent;
  EXPECT_EQ(kinds(town.samira.device), (Told{{Content::kPromise, 1},
                                             {Content::kIssue, 1},
                                             {Content::kRedemption, 2},
                                             {Content::kUndo, 3},
                                             {Content::kCancel, 4}}));
  EXPECT_EQ(kinds(town.mentor), (Told{{Content::kPromise, 1}, {Content::kIssue, 1}}));
  EXPECT_EQ(kinds(town.merchant), (Told{{Content::kRedemption, 2}, {Content::kUndo, 3}}));
  EXPECT_EQ(kinds(town.approver), Told{});
  EXPECT_TRUE(undone->has_statement());
  EXPECT_TRUE(cancelled->has_statement());
}

TEST_F(MoneyVouchers, TheIdOfAVoucherDerivesFromItsOffer) {
  const std::string id = domain::VoucherIdOf("organisation", "offer");
  EXPECT_TRUE(crypto::IsUuid(id));
  EXPECT_EQ(id[14], '8');
  EXPECT_EQ(id, domain::VoucherIdOf("organisation", "offer"));
  const std::set<std::string> ids = {id, domain::VoucherIdOf("organisation", "offe"),
                                     domain::VoucherIdOf("organisatio", "noffer")};
  EXPECT_EQ(ids.size(), 3u);
}

TEST_F(MoneyVouchers, AVoucherAndARedemptionAreOnesOwnAlone) {
  const std::string voucher = town.Give(town.samira, 4'000);
  const std::string redemption =
      town.Redeem(town.merchant, CodeOf(voucher), 1'000)->redemption().redemption_id();
  TownDevice other_merchant = town.NewMerchant({town.scheme}, "Other");
  const auto read = town.store->Read([&](const storage::Snapshot& s) {
    const auto caller = [&](const TownDevice& device) {
      return *domain::Identify(s, *town.keys_of_organisation, town.ClaimsOf(device));
    };
    using enum domain::Relationship;
    EXPECT_EQ(domain::RelationshipWithVoucher(s, caller(town.samira.device), voucher), kOwn);
    EXPECT_EQ(domain::RelationshipWithVoucher(s, caller(town.mentor), voucher), kNone);
    EXPECT_EQ(domain::RelationshipWithVoucher(s, caller(town.samira.device), town.scheme), kNone);
    EXPECT_EQ(domain::RelationshipWithRedemption(s, caller(town.merchant), redemption), kOwn);
    EXPECT_EQ(domain::RelationshipWithRedemption(s, caller(other_merchant), redemption), kNone);
  });
  EXPECT_TRUE(read.ok());
}

}  // namespace
}  // namespace brug::testing
