#include <brug/client.h>
#include <brug/voucher_token.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>

#include "tests/support/people.h"

// A reward from draft to shop and back, with the SDK on every device and a real service over TLS.
namespace brug::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Instant Now() { return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()); }

class RewardsTest : public testing::Test {
 protected:
  void SetUp() override {
    organisation_ = service().CreateOrganisation("Gemeente Alphen");
    manager_.emplace(Staff("manager", "Milan", v1::ROLE_PROGRAMME_MANAGER));
    mentor_.emplace(Staff("mentor", "Noor", v1::ROLE_MENTOR));
    approver_.emplace(Staff("approver", "Ayse", v1::ROLE_APPROVER));
    const auto registered = Must(mentor_->RegisterClient({.display_name = "Samira"}));
    dossier_id_ = registered.dossier_id;
    client_.emplace(neighbourhood_.Enrol("phone", registered.activation_code.code));
    Must(mentor_->SyncNow());
    SetUpScheme();
  }

  RunningService& service() { return neighbourhood_.service(); }

  Client Staff(const std::string& device, const std::string& name, v1::Role role) {
    const auto staff = service().RegisterStaff(
        {.organisation_id = organisation_, .display_name = name, .roles = {role}, .team_id = {}});
    return neighbourhood_.Enrol(device, staff.activation_code);
  }

  // 1,000 euro, a second person above 30, in parts; and a shop that takes it.
  void SetUpScheme() {
    NewScheme scheme;
    scheme.scheme.display_name = "Samen sparen";
    scheme.scheme.four_eyes_above_cents = 3'000;
    scheme.scheme.in_parts = true;
    scheme.budget_cents = 100'000;
    const auto made = Must(manager_->Rewards().CreateScheme(scheme));
    EXPECT_EQ(made.balances.value().budget_cents, 100'000);
    EXPECT_EQ(made.scheme.amount_cents_max, 6'000) << "what was not said is filled in";
    scheme_id_ = made.scheme.scheme_id;
    const auto shop = Must(
        manager_->Rewards().RegisterMerchant({.display_name = "Schoenenhuis", .scheme_ids = {scheme_id_}}));
    merchant_id_ = shop.merchant.merchant_id;
    shop_.emplace(neighbourhood_.Enrol("shop", shop.activation_code.code));
  }

  // A goal with one step for any day, as draft; synced to both.
  void PlanAGoal() {
    Dossier mine = Must(client_->OwnDossier());
    const std::string domain = Must(mine.Template()).pillars[0].domains[0].domain_id;
    goal_id_ = Must(
        mine.CreateGoal({.domain_id = domain, .title = "Ik houd mijn huis", .why = {}, .target_date = {}}));
    NewStep step;
    step.goal_id = goal_id_;
    step.title = "Post openen";
    step_id_ = Must(mine.CreateStep(step));
    Sync();
  }

  void Sync() {
    Must(client_->SyncNow());
    Must(mentor_->SyncNow());
  }

  // Of `cents` for all steps of the goal.
  std::string Draft(std::int64_t cents) {
    OfferDraft draft;
    draft.goal_id = goal_id_;
    draft.scheme_id = scheme_id_;
    draft.amount_cents = cents;
    draft.words = "Voor nieuwe schoenen";
    const auto made = Must(mentor_->Rewards().DraftOffer(dossier_id_, draft));
    EXPECT_EQ(made.offer.state, OfferState::kDraft);
    return made.offer_id;
  }

  // A voucher of 25 euro in the client's hands, promised and given by the mentor alone; its id.
  std::string GiveAVoucher() {
    PlanAGoal();
    Dossier mine = Must(client_->OwnDossier());
    Must(mine.FormulatePlan(goal_id_));
    Sync();
    const std::string offer_id = Draft(2'500);
    EXPECT_EQ(Must(mentor_->Rewards().PromiseOffer(offer_id)).offer.state, OfferState::kPromised);
    Must(mine.Tick({.step_id = step_id_, .date = {}, .state = TickState::kDone, .note = {}, .done_at = {}}));
    Sync();
    EXPECT_EQ(Must(mentor_->Rewards().RequestVoucher(offer_id)).offer.state, OfferState::kIssued);
    Sync();
    return Must(mine.Vouchers()).at(0).id;
  }

  SchemeBalances Balances() { return Must(manager_->Rewards().ListSchemes()).at(0).balances.value(); }

  Neighbourhood neighbourhood_;
  std::string organisation_;
  std::string scheme_id_;
  std::string merchant_id_;
  std::string dossier_id_;
  std::string goal_id_;
  std::string step_id_;
  std::optional<Client> manager_;
  std::optional<Client> mentor_;
  std::optional<Client> approver_;
  std::optional<Client> client_;
  std::optional<Client> shop_;
};

TEST_F(RewardsTest, ARewardGoesFromDraftToShopAndBack) {
  PlanAGoal();
  const std::string offer_id = Draft(4'000);
  EXPECT_EQ(ReasonOf(mentor_->Rewards().PromiseOffer(offer_id)), "NOT_PLANNED");
  Dossier mine = Must(client_->OwnDossier());
  Must(mine.FormulatePlan(goal_id_));
  Sync();
  EXPECT_THAT(Must(mine.Offers()), IsEmpty()) << "a draft is not for the client";

  // Above the threshold a second person says yes.
  const auto asked = Must(mentor_->Rewards().PromiseOffer(offer_id));
  EXPECT_EQ(asked.offer.state, OfferState::kPromiseAsked);
  EXPECT_TRUE(asked.second_person);
  const auto waiting = Must(approver_->Rewards().ListApprovals());
  ASSERT_THAT(waiting, SizeIs(1));
  const auto promised = Must(approver_->Rewards().AnswerApproval(
      {.offer_id = waiting[0].offer_id, .state_seen = OfferState::kPromiseAsked, .yes = true, .words = {}}));
  EXPECT_EQ(promised.offer.state, OfferState::kPromised);
  EXPECT_EQ(Balances().reserved_cents, 4'000);

  // The client earns it, first without signal.
  Must(client_->SyncNow());
  auto offers = Must(mine.Offers());
  ASSERT_THAT(offers, SizeIs(1));
  EXPECT_EQ(offers[0].id, offer_id);
  EXPECT_EQ(offers[0].content.amount_cents, 4'000);
  EXPECT_EQ(offers[0].content.words, "Voor nieuwe schoenen");
  EXPECT_EQ(offers[0].content.promised_by_display_name, "Noor");
  ASSERT_THAT(offers[0].content.steps, SizeIs(1));
  EXPECT_EQ(offers[0].content.steps[0].step.title, "Post openen");
  EXPECT_FALSE(offers[0].content.progress.earned);
  Must(mine.Tick({.step_id = step_id_, .date = {}, .state = TickState::kDone, .note = {}, .done_at = {}}));
  offers = Must(mine.Offers());
  EXPECT_TRUE(offers[0].content.steps[0].done);
  EXPECT_TRUE(offers[0].content.progress.earned);
  EXPECT_FALSE(offers[0].content.progress.earned_confirmed);
  EXPECT_EQ(ReasonOf(mentor_->Rewards().RequestVoucher(offer_id)), "NOT_EARNED");
  Sync();
  EXPECT_TRUE(Must(mine.Offers())[0].content.progress.earned_confirmed);

  // The voucher, confirmed by the second person.
  ASSERT_TRUE(Must(mentor_->Rewards().ListOffers()).at(0).waits_for_caller);
  EXPECT_EQ(Must(mentor_->Rewards().RequestVoucher(offer_id)).offer.state, OfferState::kRequested);
  const auto issued = Must(approver_->Rewards().AnswerApproval(
      {.offer_id = offer_id, .state_seen = OfferState::kRequested, .yes = true, .words = {}}));
  EXPECT_EQ(issued.offer.state, OfferState::kIssued);
  Must(client_->SyncNow());
  const auto vouchers = Must(mine.Vouchers());
  ASSERT_THAT(vouchers, SizeIs(1));
  EXPECT_EQ(vouchers[0].content.state, VoucherState::kOpen);
  EXPECT_EQ(vouchers[0].content.remaining_cents, 4'000);
  EXPECT_TRUE(vouchers[0].content.code_here);
  Must(mentor_->SyncNow());
  const auto theirs = Must(Must(mentor_->OpenDossier(dossier_id_)).Vouchers());
  ASSERT_THAT(theirs, SizeIs(1));
  EXPECT_FALSE(theirs[0].content.code_here) << "the mentor never has the code";

  // Shown by another process without a service.
  client_.reset();
  service().Stop();
  client_.emplace(neighbourhood_.Open("phone"));
  const auto code = Must(Must(client_->OwnDossier()).ShowVoucherCode(vouchers[0].id));
  service().Start();

  // Genuine, says the shop without asking; then it spends it, in two parts.
  const std::string keys = Must(shop_->Rewards().GetVoucherKeys());
  const auto token = Must(VerifyVoucherToken({.token = code.token, .jwks = keys, .now = Now()}));
  EXPECT_EQ(token.organisation_id, organisation_);
  EXPECT_EQ(token.voucher_id, vouchers[0].id);
  EXPECT_EQ(token.amount_cents, 4'000);
  EXPECT_EQ(token.expires_at, std::chrono::floor<std::chrono::seconds>(vouchers[0].content.expires_at));
  const auto first =
      Must(shop_->Rewards().RedeemVoucher({.code = {}, .token = code.token, .amount_cents = 1'500}));
  EXPECT_EQ(first.remaining_cents, 2'500);
  std::string typed = code.code;
  typed[0] = typed[0] == '7' ? '8' : '7';
  EXPECT_EQ(ReasonOf(shop_->Rewards().RedeemVoucher({.code = typed, .token = {}, .amount_cents = 0})),
            "CODE_MISTYPED");
  const auto rest = Must(shop_->Rewards().RedeemVoucher({.code = code.code, .token = {}, .amount_cents = 0}));
  EXPECT_EQ(rest.redemption.amount_cents, 2'500);
  EXPECT_EQ(rest.remaining_cents, 0);
  EXPECT_EQ(ReasonOf(shop_->Rewards().RedeemVoucher({.code = code.code, .token = {}, .amount_cents = 0})),
            "VOUCHER_NOT_VALID")
      << "a second try";

  // A mistake, undone: the phone has its code again.
  Must(client_->SyncNow());
  EXPECT_EQ(Must(Must(client_->OwnDossier()).Vouchers())[0].content.state, VoucherState::kRedeemed);
  EXPECT_EQ(ReasonOf(Must(client_->OwnDossier()).ShowVoucherCode(vouchers[0].id)), "WRONG_STATE");
  EXPECT_TRUE(Must(shop_->Rewards().UndoRedemption(rest.redemption.redemption_id)).undone);
  Must(client_->SyncNow());
  const auto reopened = Must(Must(client_->OwnDossier()).Vouchers());
  EXPECT_EQ(reopened[0].content.remaining_cents, 2'500);
  EXPECT_EQ(Must(Must(client_->OwnDossier()).ShowVoucherCode(vouchers[0].id)).code, code.code);

  // The shop's day and proof, and the manager's books.
  const auto day = Must(shop_->Rewards().ListRedemptions());
  ASSERT_THAT(day.redemptions, SizeIs(2));
  EXPECT_TRUE(day.redemptions[0].undone);
  EXPECT_EQ(day.total_cents, 1'500);
  const auto receipts = Must(shop_->Rewards().Receipts());
  ASSERT_THAT(receipts, SizeIs(3));
  EXPECT_TRUE(receipts[0].undo);
  EXPECT_EQ(receipts[2].merchant_display_name, "Schoenenhuis");
  EXPECT_THAT(Must(shop_->Rewards().Unanswered()), IsEmpty());
  const auto balances = Balances();
  EXPECT_EQ(balances.redeemed_cents, 1'500);
  EXPECT_EQ(balances.outstanding_cents, 2'500);
  EXPECT_EQ(balances.reserved_cents, 0);
  EXPECT_EQ(balances.paid_in_cents, 100'000);
}

TEST_F(RewardsTest, TheMentorAloneGivesWhatIsBelowTheThresholdAndTheClientReplacesItsCode) {
  const std::string voucher_id = GiveAVoucher();
  Dossier mine = Must(client_->OwnDossier());
  const auto seen = Must(mine.ShowVoucherCode(voucher_id));
  const auto replaced = Must(client_->Rewards().ReplaceVoucherCode(voucher_id));
  EXPECT_EQ(replaced.code_number, 2);
  EXPECT_NE(replaced.code, seen.code);
  EXPECT_EQ(Must(mine.ShowVoucherCode(voucher_id)).code, replaced.code) << "here at once";
  EXPECT_EQ(ReasonOf(shop_->Rewards().RedeemVoucher({.code = seen.code, .token = {}, .amount_cents = 0})),
            "VOUCHER_NOT_VALID");
  EXPECT_EQ(ReasonOf(shop_->Rewards().RedeemVoucher({.code = {}, .token = seen.token, .amount_cents = 0})),
            "VOUCHER_NOT_VALID");
  EXPECT_TRUE(shop_->Rewards().RedeemVoucher({.code = replaced.code, .token = {}, .amount_cents = 0}).ok());
  EXPECT_EQ(ReasonOf(client_->Rewards().FetchVoucherCode(voucher_id)), "WRONG_STATE") << "it is spent";
}

TEST_F(RewardsTest, ARedemptionWithoutAnAnswerIsTheSameRequestInALaterProcess) {
  const std::string voucher_id = GiveAVoucher();
  const auto code = Must(Must(client_->OwnDossier()).ShowVoucherCode(voucher_id));
  // The service is gone while the shop asks: whether it was spent, nobody can tell.
  service().Stop();
  const Redeeming ten{.code = code.code, .token = {}, .amount_cents = 1'000};
  EXPECT_FALSE(shop_->Rewards().RedeemVoucher(ten, std::chrono::seconds(2)).ok());
  ASSERT_THAT(Must(shop_->Rewards().Unanswered()), SizeIs(1));
  EXPECT_EQ(Must(shop_->Rewards().Unanswered())[0].what, "RedeemVoucher");
  shop_.reset();
  service().Start();
  shop_.emplace(neighbourhood_.Open("shop"));
  const auto redeemed = Must(shop_->Rewards().RedeemVoucher(ten));
  EXPECT_EQ(redeemed.remaining_cents, 1'500);
  EXPECT_THAT(Must(shop_->Rewards().Unanswered()), IsEmpty());
  EXPECT_THAT(Must(shop_->Rewards().ListRedemptions()).redemptions, SizeIs(1));
  // Answered, the same words are another redemption.
  EXPECT_EQ(Must(shop_->Rewards().RedeemVoucher(ten)).remaining_cents, 500);
  EXPECT_THAT(Must(shop_->Rewards().Receipts()), SizeIs(2));
  EXPECT_EQ(Balances().redeemed_cents, 2'000);
}

TEST_F(RewardsTest, TheClientDeclinesAnOfferAndGivesAVoucherBack) {
  const std::string voucher_id = GiveAVoucher();
  Must(client_->Rewards().CancelVoucher(voucher_id));
  Must(client_->SyncNow());
  Dossier mine = Must(client_->OwnDossier());
  EXPECT_EQ(Must(mine.Vouchers())[0].content.state, VoucherState::kCancelled);
  EXPECT_EQ(Balances().budget_cents, 100'000);
  const std::string offer_id = Draft(2'000);
  // With what was promised before this year it is above the threshold.
  EXPECT_EQ(Must(mentor_->Rewards().PromiseOffer(offer_id)).offer.state, OfferState::kPromiseAsked);
  Must(approver_->Rewards().AnswerApproval(
      {.offer_id = offer_id, .state_seen = OfferState::kPromiseAsked, .yes = true, .words = {}}));
  Must(client_->SyncNow());
  EXPECT_EQ(Must(mine.Offers()).at(0).id, offer_id) << "open ones first";
  Must(client_->Rewards().DeclineOffer(offer_id));
  Must(client_->SyncNow());
  const auto offers = Must(mine.Offers());
  ASSERT_THAT(offers, SizeIs(2));
  EXPECT_EQ(offers[0].content.lapse_reason, LapseReason::kClient);
  EXPECT_EQ(Balances().reserved_cents, 0);
}

TEST_F(RewardsTest, AMonthOfAShopIsATableThatAddsUp) {
  const std::string voucher_id = GiveAVoucher();
  const auto code = Must(Must(client_->OwnDossier()).ShowVoucherCode(voucher_id));
  const auto redeemed =
      Must(shop_->Rewards().RedeemVoucher({.code = code.code, .token = {}, .amount_cents = 1'000}));
  const std::chrono::year_month_day day(
      std::chrono::floor<std::chrono::days>(redeemed.redemption.redeemed_at));
  const auto month = Must(manager_->Rewards().GetMerchantStatement(
      {.merchant_id = merchant_id_,
       .scheme_id = scheme_id_,
       .year = static_cast<int>(day.year()),
       .month = static_cast<int>(static_cast<unsigned>(day.month()))}));
  EXPECT_EQ(month.total_cents, 1'000);
  EXPECT_EQ(month.balance_cents, 1'000);
  EXPECT_THAT(ToCsv(month).value_or(""), HasSubstr("10.00"));
  EXPECT_THAT(Must(manager_->Rewards().ListMerchants()).at(0).scheme_ids, ElementsAre(scheme_id_));
  Must(manager_->Rewards().SetAgreement(
      {.merchant_id = merchant_id_, .scheme_id = scheme_id_, .takes_vouchers = false}));
  EXPECT_EQ(ReasonOf(shop_->Rewards().RedeemVoucher({.code = code.code, .token = {}, .amount_cents = 0})),
            "VOUCHER_NOT_VALID");
}

TEST_F(RewardsTest, AMentorAndASecondPersonFindTheSchemesWithoutTheMoney) {
  for (Client* staff : {&*mentor_, &*approver_}) {
    const auto schemes = Must(staff->Rewards().ListSchemes());
    ASSERT_THAT(schemes, SizeIs(1));
    EXPECT_EQ(schemes[0].scheme.scheme_id, scheme_id_);
    EXPECT_FALSE(schemes[0].scheme.display_name.empty());
    EXPECT_FALSE(schemes[0].balances.has_value());
  }
  EXPECT_TRUE(Must(manager_->Rewards().ListSchemes()).at(0).balances.has_value());
  for (Client* other : {&*client_, &*shop_}) {
    EXPECT_EQ(ReasonOf(other->Rewards().ListSchemes()), "NOT_ALLOWED");
  }
}

TEST_F(RewardsTest, TheKeySetNeedsNoEnrolment) {
  Client nobody = neighbourhood_.Open("nobody");
  EXPECT_THAT(Must(nobody.Rewards().GetVoucherKeys(organisation_)), HasSubstr("\"keys\""));
  EXPECT_EQ(ReasonOf(nobody.Rewards().ListRedemptions()), "NOT_ENROLLED");
  EXPECT_EQ(ReasonOf(nobody.Rewards().Receipts()), "NOT_ENROLLED");
}

}  // namespace
}  // namespace brug::test
