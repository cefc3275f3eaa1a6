// The drill: an older backup is put back under live devices, and nothing that any device held is lost.
#include <brug/client.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>

#include "tests/support/people.h"
#include "tests/support/temporary_folder.h"
#include "tests/tidy/command.h"

namespace brug::test {
namespace {

using testing::IsSupersetOf;

class RestoreDrill : public testing::Test {
 protected:
  RestoreDrill() {
    organisation_ = service().CreateOrganisation("Gemeente Alphen");
    staff_ = service().RegisterStaff({.organisation_id = organisation_, .display_name = "Noor"});
  }

  RunningService& service() { return neighbourhood_.service(); }
  void Brugctl(const std::string& arguments) {
    const auto done = tidy::RunCommand(std::string(BRUG_BIN_DIR) + "/brugctl --socket '" +
                                       service().admin_socket() + "' " + arguments + " 2>&1");
    ASSERT_EQ(done.exit_code, 0) << done.output;
  }
  std::string backup() const { return directory_ / "backup"; }
  void BackUp() { Brugctl("backup '" + backup() + "'"); }
  void RestoreAfterAKill() {
    service().Kill();
    Brugctl("restore '" + backup() + "' --data '" + service().data_directory() + "'");
    service().Start();
  }

  static void SendWords(Dossier& dossier, const std::string& words) { Must(dossier.SendMessage(words)); }
  static std::set<std::string> WordsOf(const Dossier& dossier) {
    std::set<std::string> words;
    for (const auto& message : Must(dossier.Messages())) words.insert(message.content.words);
    return words;
  }
  // Until nothing waits on any of them any more, and each has what the others brought.
  static void SyncAll(std::initializer_list<Client*> devices) {
    for (int round = 0; round < 4; ++round) {
      for (Client* device : devices) Must(device->SyncNow({.keep_trying = true}));
    }
  }

  Neighbourhood neighbourhood_;
  TemporaryFolder directory_;
  std::string organisation_;
  RunningService::Staff staff_;
};

TEST_F(RestoreDrill, AnOlderBackupUnderLiveDevicesLosesNothingThatAnyOfThemHeld) {
  Client mentor = neighbourhood_.Enrol("mentor", staff_.activation_code);
  const auto registered = Must(mentor.RegisterClient({.display_name = "Samira"}));
  Client phone = neighbourhood_.Enrol("phone", registered.activation_code.code);
  Dossier mine = Must(phone.OwnDossier());
  SendWords(mine, "before the backup");
  SyncAll({&phone, &mentor});
  BackUp();

  std::set<std::string> held = {"before the backup"};
  for (int i = 0; i < 20; ++i) {
    held.insert("after it " + std::to_string(i));
    SendWords(mine, "after it " + std::to_string(i));
    if (i % 3 == 0) Must(phone.SyncNow());
  }
  SyncAll({&phone, &mentor});
  Dossier theirs = Must(mentor.OpenDossier(registered.dossier_id));
  SendWords(theirs, "from the mentor");
  held.insert("from the mentor");
  SyncAll({&mentor, &phone});
  SendWords(mine, "not sent yet");
  held.insert("not sent yet");
  ASSERT_THAT(WordsOf(mine), IsSupersetOf(held));

  RestoreAfterAKill();
  SyncAll({&phone, &mentor, &phone});

  EXPECT_EQ(WordsOf(mine), held);
  EXPECT_EQ(WordsOf(theirs), held);
  EXPECT_EQ(phone.GetStatus().pending_count, 0);
  EXPECT_EQ(mentor.GetStatus().pending_count, 0);
}

// Money in the drill: 1,000 euro, vouchers in parts, no second person below 100 euro.
class MoneyDrill : public RestoreDrill {
 protected:
  MoneyDrill() {
    mentor_.emplace(neighbourhood_.Enrol("mentor", staff_.activation_code));
    const auto manager = service().RegisterStaff({.organisation_id = organisation_,
                                                  .display_name = "Milan",
                                                  .roles = {v1::ROLE_PROGRAMME_MANAGER},
                                                  .team_id = {}});
    manager_.emplace(neighbourhood_.Enrol("manager", manager.activation_code));
    const auto registered = Must(mentor_->RegisterClient({.display_name = "Samira"}));
    dossier_id_ = registered.dossier_id;
    phone_.emplace(neighbourhood_.Enrol("phone", registered.activation_code.code));
    NewScheme scheme;
    scheme.scheme.display_name = "Samen sparen";
    scheme.scheme.amount_cents_min = 100;
    scheme.scheme.four_eyes_above_cents = 10'000;
    scheme.scheme.in_parts = true;
    scheme.budget_cents = 100'000;
    scheme_id_ = Must(manager_->Rewards().CreateScheme(scheme)).scheme.scheme_id;
    const auto shop = Must(
        manager_->Rewards().RegisterMerchant({.display_name = "Schoenenhuis", .scheme_ids = {scheme_id_}}));
    shop_.emplace(neighbourhood_.Enrol("shop", shop.activation_code.code));
    PlanAndDoIt();
  }

  void PlanAndDoIt() {
    Dossier mine = Must(phone_->OwnDossier());
    const std::string domain = Must(mine.Template()).pillars[0].domains[0].domain_id;
    goal_id_ = Must(
        mine.CreateGoal({.domain_id = domain, .title = "Ik houd mijn huis", .why = {}, .target_date = {}}));
    NewStep step;
    step.goal_id = goal_id_;
    step.title = "Post openen";
    const std::string step_id = Must(mine.CreateStep(step));
    Must(mine.FormulatePlan(goal_id_));
    Must(mine.Tick({.step_id = step_id, .date = {}, .state = TickState::kDone, .note = {}, .done_at = {}}));
    SyncAll({&*phone_, &*mentor_});
  }

  std::string Promise(std::int64_t cents) {
    OfferDraft draft;
    draft.goal_id = goal_id_;
    draft.scheme_id = scheme_id_;
    draft.amount_cents = cents;
    draft.words = "Voor nieuwe schoenen";
    std::string offer_id = Must(mentor_->Rewards().DraftOffer(dossier_id_, draft)).offer_id;
    EXPECT_EQ(Must(mentor_->Rewards().PromiseOffer(offer_id)).offer.state, OfferState::kPromised);
    return offer_id;
  }
  // The code of the voucher that is given for the offer.
  std::string Give(const std::string& offer_id) {
    EXPECT_EQ(Must(mentor_->Rewards().RequestVoucher(offer_id)).offer.state, OfferState::kIssued);
    SyncAll({&*phone_});
    return CodeOf(offer_id);
  }
  std::string CodeOf(const std::string& offer_id) {
    Dossier mine = Must(phone_->OwnDossier());
    for (const auto& voucher : Must(mine.Vouchers())) {
      if (voucher.content.offer_id == offer_id) return Must(mine.ShowVoucherCode(voucher.id)).code;
    }
    ADD_FAILURE() << "no voucher came for the offer";
    return {};
  }
  Result<Redeemed> Spend(const std::string& code, std::int64_t cents,
                         std::chrono::milliseconds timeout = std::chrono::seconds(20)) {
    return shop_->Rewards().RedeemVoucher({.code = code, .token = {}, .amount_cents = cents}, timeout);
  }
  SchemeBalances Balances() { return Must(manager_->Rewards().ListSchemes()).at(0).balances.value(); }

  std::string dossier_id_, scheme_id_, goal_id_;
  std::optional<Client> mentor_, manager_, phone_, shop_;
};

TEST_F(MoneyDrill, NoVoucherPaysTwiceAndNoPromiseIsBroken) {
  const std::string before = Give(Promise(2'000));
  SyncAll({&*shop_, &*mentor_, &*manager_});
  BackUp();

  // The shop has receipts that only an answer brought: it never synced after them.
  ASSERT_TRUE(Spend(before, 0).ok());
  const std::string later = Promise(3'000);
  ASSERT_EQ(Must(Spend(Give(later), 1'000)).remaining_cents, 2'000);
  const std::string promised = Promise(1'500);
  SyncAll({&*phone_, &*mentor_});
  const auto held = Must(Must(phone_->OwnDossier()).Offers());

  RestoreAfterAKill();
  SyncAll({&*manager_});
  EXPECT_EQ(Balances().redeemed_cents, 0) << "the service forgot it";
  EXPECT_FALSE(Spend(before, 0, std::chrono::seconds(2)).ok()) << "it is not released";
  SyncAll({&*phone_, &*mentor_, &*shop_, &*phone_});
  Brugctl("restored show");
  Brugctl("restored release");

  EXPECT_EQ(ReasonOf(Spend(before, 0)), "VOUCHER_NOT_VALID");
  // The service that was lost knew its code; this one gave it another, which the phone has fetched.
  EXPECT_FALSE(Spend(CodeOf(later), 2'001).ok()) << "a part of it was spent";
  EXPECT_EQ(Must(Spend(CodeOf(later), 2'000)).remaining_cents, 0);
  const auto offers = Must(Must(phone_->OwnDossier()).Offers());
  ASSERT_EQ(offers.size(), held.size());
  for (std::size_t i = 0; i < held.size(); ++i) {
    EXPECT_EQ(offers[i].id, held[i].id);
    EXPECT_EQ(offers[i].content.amount_cents, held[i].content.amount_cents);
    EXPECT_EQ(offers[i].content.state, held[i].content.state);
  }
  EXPECT_EQ(Must(Spend(Give(promised), 0)).redemption.amount_cents, 1'500);
  const auto balances = Balances();
  EXPECT_EQ(balances.redeemed_cents, 2'000 + 3'000 + 1'500);
  EXPECT_EQ(balances.outstanding_cents, 0);
  EXPECT_EQ(balances.reserved_cents, 0);
  EXPECT_EQ(balances.budget_cents, 100'000 - 6'500);
  Brugctl("ledger verify");
}

}  // namespace
}  // namespace brug::test
