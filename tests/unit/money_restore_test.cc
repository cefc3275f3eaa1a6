#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "brug/v1/device.pb.h"
#include "service/domain/restored_books.h"
#include "service/domain/statements.h"
#include "tests/unit/money_market.h"

// Money after a restore (document "vouchers"): two markets of one seed are one, until one of them lives on
// and is lost. What it did comes back with the statements that people's devices kept.
namespace brug::testing {
namespace {

using namespace std::chrono_literals;

class MoneyRestore : public ::testing::Test {
 protected:
  void SetUp() override {
    town.random = SeededRandom(77);
    Change([](storage::Transaction& t) {
      return t.InsertRestore({.number = 1, .restore_id = "restore 1", .restored_at_us = 1});
    });
  }

  void Change(const std::function<bool(storage::Transaction&)>& change) {
    const storage::Work work = change;
    ASSERT_TRUE(town.store->Write({&work, 1}).ok());
  }

  v1::ReleaseRestoreResponse Release(bool only_tell = false) {
    v1::ReleaseRestoreRequest request;
    request.set_request_id(town.NewId());
    request.set_only_tell(only_tell);
    return *town.Administer(domain::ReleaseRestore, request);
  }

  static std::set<std::string> NotHeard(const v1::ReleaseRestoreResponse& told) {
    std::set<std::string> shops;
    for (const v1::StaffMember& shop : told.merchants_not_heard()) shops.insert(shop.person_id());
    return shops;
  }

  // Everything that the lost service told this device, shown to the restored one.
  void Show(const TownDevice& device) {
    v1::SyncRequest request;
    const auto told = lost.Sync(device, {});
    ASSERT_TRUE(told.ok());
    *request.mutable_statements() = told->statements();
    request.set_restore_shown("restore 1");
    const auto answered = town.Sync(device, request);
    ASSERT_TRUE(answered.ok()) << answered.failure().log_detail;
    BooksFit();
  }

  void BooksFit() {
    const auto report = town.Verify();
    for (const auto& finding : report.findings) ADD_FAILURE() << finding.rule << ": " << finding.words;
  }

  std::string CodeIn(Market& where, const std::string& voucher) {
    return where.Code(where.samira.device, voucher)->code();
  }
  v1::Voucher Record(const std::string& voucher) {
    return town.Everything(town.samira.device, town.samira.device.dossier_id).at(voucher).voucher();
  }

  template <typename Response>
  void ComesBackLater(const platform::Result<Response>& result) {
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.failure().reason, v1::ERROR_REASON_STORAGE_UNAVAILABLE);
    EXPECT_GT(result.failure().retry_delay_ms.value_or(0), 0);
  }

  Market lost{1};
  Market town{1};
  // Another shop: the same in both.
  TownDevice books_then = lost.NewMerchant({lost.scheme}, "Books");
  TownDevice books = town.NewMerchant({town.scheme}, "Books");
};

TEST_F(MoneyRestore, UntilItIsReleasedNothingIsPromisedGivenSpentUndoneTakenBackOrExpired) {
  Release();
  const std::string asked = town.DraftId(town.samira, 4'000);
  ASSERT_TRUE(town.Promise(town.mentor, asked).ok());
  const std::string voucher = town.Give(town.samira, 2'000);
  const std::string draft = town.DraftId(town.samira, 1'000);
  const std::string earned = town.DraftId(town.samira, 1'000);
  ASSERT_TRUE(town.Promise(town.mentor, earned).ok());
  const auto spent = town.Redeem(town.merchant, CodeIn(town, voucher), 500);
  ASSERT_TRUE(spent.ok());
  Change([](storage::Transaction& t) { return t.InsertRestore({.number = 2, .restored_at_us = 2}); });

  const Books before = town.ReadBooks();
  ComesBackLater(town.Promise(town.mentor, draft));
  ComesBackLater(town.Answer(town.approver, asked, v1::OFFER_STATE_PROMISE_ASKED));
  ComesBackLater(town.AskFor(town.mentor, earned));
  ComesBackLater(town.Redeem(town.merchant, CodeIn(town, voucher), 500));
  ComesBackLater(town.Redeem(town.merchant, "no code at all"));
  ComesBackLater(town.Undo(town.merchant, spent->redemption().redemption_id()));
  ComesBackLater(town.Cancel(town.samira.device, voucher));
  town.clock.now += std::chrono::days(400);
  EXPECT_EQ(town.Run(domain::ExpireVouchers).done_count, 0);
  EXPECT_EQ(town.Run(domain::LapseOffers).done_count, 0);
  town.clock.now -= std::chrono::days(400);
  EXPECT_TRUE(town.ReadBooks() == before);

  EXPECT_FALSE(Release(true).has_released_at());
  ComesBackLater(town.Promise(town.mentor, draft));
  EXPECT_TRUE(Release().has_released_at());
  EXPECT_TRUE(town.Promise(town.mentor, draft).ok());
  EXPECT_TRUE(town.Answer(town.approver, asked, v1::OFFER_STATE_PROMISE_ASKED).ok());
  EXPECT_TRUE(town.Undo(town.merchant, spent->redemption().redemption_id()).ok());
  town.clock.now += std::chrono::days(400);
  EXPECT_EQ(town.Run(domain::ExpireVouchers).done_count, 1);
  BooksFit();
}

TEST_F(MoneyRestore, APromiseComesBackWithTheClientsStatementAloneAsItStood) {
  const std::string offer = lost.DraftId(lost.samira, 4'000);
  ASSERT_TRUE(lost.Promise(lost.mentor, offer).ok());
  ASSERT_TRUE(lost.Answer(lost.approver, offer, v1::OFFER_STATE_PROMISE_ASKED).ok());
  Show(town.samira.device);
  EXPECT_EQ(town.Balances().reserved_cents(), 4'000);
  EXPECT_EQ(town.Balances().restored_cents(), 0);
  const auto there = town.Everything(town.samira.device, town.samira.device.dossier_id).at(offer).offer();
  const auto was = lost.Everything(lost.samira.device, lost.samira.device.dossier_id).at(offer).offer();
  EXPECT_EQ(there.SerializeAsString(), was.SerializeAsString()) << "frozen steps too";
  EXPECT_TRUE(town.OfferRow(offer).second_person);
  const Books before = town.ReadBooks();
  Show(town.samira.device);
  Show(town.mentor);
  EXPECT_EQ(town.ReadBooks().transfers, before.transfers) << "said again it is the same promise";
  Release();
  town.TickAll(town.samira);
  EXPECT_EQ(town.AskFor(town.mentor, offer)->offer().offer().state(), v1::OFFER_STATE_REQUESTED);
}

// In whatever order people come back.
TEST_F(MoneyRestore, AVoucherThatWasSpentBeforeTheRestoreIsNotSpentAgain) {
  const std::string voucher = lost.Give(lost.samira, 2'000);
  const std::string code = CodeIn(lost, voucher);
  ASSERT_TRUE(lost.Redeem(lost.merchant, code, 500).ok());
  const auto second = lost.Redeem(lost.merchant, code, 300);
  ASSERT_TRUE(second.ok());
  ASSERT_TRUE(lost.Undo(lost.merchant, second->redemption().redemption_id()).ok());
  Show(town.merchant);
  EXPECT_EQ(town.Balances().redeemed_cents(), 0) << "the shop's receipts wait for the voucher";
  Show(town.samira.device);
  EXPECT_EQ(town.Balances().redeemed_cents(), 500);
  EXPECT_EQ(town.Balances().outstanding_cents(), 1'500);
  EXPECT_EQ(town.Balances().restored_cents(), 0);
  EXPECT_EQ(Record(voucher).remaining_cents(), 1'500);
  Show(town.merchant);
  Show(town.mentor);
  EXPECT_EQ(town.Balances().redeemed_cents(), 500);
  Release();
  EXPECT_FALSE(town.Redeem(town.merchant, code).ok()) << "the phone fetches the voucher's new code";
  EXPECT_TRUE(town.Redeem(town.merchant, CodeIn(town, voucher), 1'500).ok());
  EXPECT_FALSE(town.Redeem(town.merchant, CodeIn(lost, voucher), 1).ok());
  EXPECT_EQ(town.Balances().redeemed_cents(), 2'000);
  BooksFit();
}

TEST_F(MoneyRestore, TheMerchantsReceiptsAloneAreBookedWithTheVoucherWhicheverComesFirst) {
  const std::string voucher = lost.Give(lost.samira, 2'000);
  ASSERT_TRUE(lost.Redeem(lost.merchant, CodeIn(lost, voucher), 2'000).ok());
  // The mentor knows of the voucher, and the shop that it was spent.
  Show(town.mentor);
  EXPECT_EQ(town.Balances().outstanding_cents(), 2'000);
  Show(town.merchant);
  EXPECT_EQ(town.Balances().redeemed_cents(), 2'000);
  EXPECT_EQ(Record(voucher).state(), v1::VOUCHER_STATE_REDEEMED);
}

TEST_F(MoneyRestore, ARequestThatWasAnsweredBeforeTheRestoreIsNotDoneAgain) {
  const std::string voucher = lost.Give(lost.samira, 2'000);
  auto request = lost.Fresh<v1::RedeemVoucherRequest>();
  request.set_code(CodeIn(lost, voucher));
  request.set_amount_cents(500);
  const auto first = lost.Do(lost.merchant, domain::RedeemVoucher, request);
  ASSERT_TRUE(first.ok());
  // The shop never got the answer; the client's copy comes back first.
  Show(town.samira.device);
  const auto again = town.Do(town.merchant, domain::RedeemVoucher, request);
  ASSERT_TRUE(again.ok()) << "an answer that is known needs no release";
  EXPECT_EQ(again->redemption().redemption_id(), first->redemption().redemption_id());
  EXPECT_EQ(again->remaining_cents(), 1'500);
  v1::StatementContent receipt;
  ASSERT_TRUE(receipt.ParseFromString(again->statement().content()));
  EXPECT_EQ(receipt.person_id(), town.merchant.person_id) << "a receipt that the shop's device believes";
  EXPECT_EQ(town.Balances().redeemed_cents(), 500);
  v1::UndoRedemptionRequest other;
  other.set_request_id(request.request_id());
  other.set_redemption_id(first->redemption().redemption_id());
  EXPECT_EQ(town.Do(town.merchant, domain::UndoRedemption, other).failure().reason,
            v1::ERROR_REASON_REQUEST_ID_REUSED);
}

// What an undo says is left was true after what others did, who may not have come back yet.
TEST_F(MoneyRestore, WhatIsLeftOfAVoucherDoesNotHangOnWhichShopComesBackFirst) {
  const std::string voucher = lost.Give(lost.samira, 2'000);
  const std::string code = CodeIn(lost, voucher);
  const auto undone = lost.Redeem(lost.merchant, code, 500);
  ASSERT_TRUE(undone.ok());
  ASSERT_TRUE(lost.Redeem(books_then, code, 300).ok());
  ASSERT_TRUE(lost.Undo(lost.merchant, undone->redemption().redemption_id()).ok());
  Show(town.mentor);
  Show(town.merchant);
  Show(books);
  EXPECT_EQ(Record(voucher).remaining_cents(), 1'700);
  EXPECT_EQ(town.Balances().redeemed_cents(), 300);
  EXPECT_EQ(town.Balances().outstanding_cents(), 1'700);
  EXPECT_EQ(town.Balances().restored_cents(), 0);
}

// What one shop gives back pays for what the other took, as it did before the restore.
TEST_F(MoneyRestore, AnUndoPaysBackFirstWhatWasLentToTheVoucher) {
  const std::string voucher = lost.Give(lost.samira, 2'000);
  ASSERT_TRUE(lost.Redeem(lost.merchant, CodeIn(lost, voucher), 2'000).ok());
  Show(town.mentor);
  Release();
  const auto since = town.Redeem(books, CodeIn(town, voucher), 1'500);
  ASSERT_TRUE(since.ok());
  Show(town.merchant);
  EXPECT_EQ(town.Balances().restored_cents(), -1'500);
  ASSERT_TRUE(town.Undo(books, since->redemption().redemption_id()).ok());
  EXPECT_EQ(town.Balances().restored_cents(), 0);
  EXPECT_EQ(town.Balances().redeemed_cents(), 2'000);
  EXPECT_EQ(Record(voucher).state(), v1::VOUCHER_STATE_REDEEMED) << "it is not spent twice";
  BooksFit();
}

TEST_F(MoneyRestore, AVoucherThatWasTakenBackStaysSo) {
  const std::string voucher = lost.Give(lost.samira, 2'000);
  ASSERT_TRUE(lost.Redeem(lost.merchant, CodeIn(lost, voucher), 500).ok());
  ASSERT_TRUE(lost.Cancel(lost.samira.device, voucher).ok());
  const auto budget = town.Balances().budget_cents();
  Show(town.samira.device);
  EXPECT_EQ(Record(voucher).state(), v1::VOUCHER_STATE_CANCELLED);
  EXPECT_EQ(town.Balances().budget_cents(), budget - 500);
  EXPECT_EQ(town.Balances().outstanding_cents(), 0);
}

// By what has come back so far there is nothing left to take back.
TEST_F(MoneyRestore, AVoucherThatWasTakenBackIsSoBeforeTheUndoThatMadeItPossibleIsShown) {
  const std::string voucher = lost.Give(lost.samira, 2'000);
  const auto undone = lost.Redeem(lost.merchant, CodeIn(lost, voucher), 2'000);
  ASSERT_TRUE(lost.Undo(lost.merchant, undone->redemption().redemption_id()).ok());
  ASSERT_TRUE(lost.Cancel(lost.samira.device, voucher).ok());
  v1::SyncRequest request;
  *request.mutable_statements() = lost.Sync(lost.samira.device, {})->statements();
  auto& shown = *request.mutable_statements();
  const auto is_undo = [](const v1::Statement& statement) {
    v1::StatementContent content;
    return content.ParseFromString(statement.content()) && content.has_undo();
  };
  shown.erase(std::remove_if(shown.begin(), shown.end(), is_undo), shown.end());
  ASSERT_TRUE(town.Sync(town.samira.device, request).ok());
  EXPECT_EQ(town.Balances().redeemed_cents(), 2'000);
  EXPECT_EQ(Record(voucher).state(), v1::VOUCHER_STATE_CANCELLED);
  Show(town.merchant);
  EXPECT_EQ(Record(voucher).state(), v1::VOUCHER_STATE_CANCELLED);
  EXPECT_EQ(town.Balances().budget_cents(), lost.Balances().budget_cents());
}

TEST_F(MoneyRestore, AReceiptThatComesAfterTheVoucherWasSpentElsewhereIsPaidFromRestored) {
  const std::string voucher = lost.Give(lost.samira, 2'000);
  ASSERT_TRUE(lost.Redeem(lost.merchant, CodeIn(lost, voucher), 2'000).ok());
  Show(town.mentor);
  const auto told = Release();
  EXPECT_EQ(NotHeard(told), (std::set{town.merchant.person_id, books.person_id}));
  ASSERT_TRUE(town.Redeem(town.merchant, CodeIn(town, voucher), 2'000).ok());
  Show(town.merchant);
  EXPECT_EQ(town.Balances().redeemed_cents(), 4'000) << "both shops get their money";
  EXPECT_EQ(town.Balances().restored_cents(), -2'000);
  EXPECT_EQ(town.Balances().outstanding_cents(), 0);
  EXPECT_EQ(Release().shortage_cents(), 2'000);
}

TEST_F(MoneyRestore, APromiseThatTheBudgetDoesNotHoldAnyMoreIsKeptFromRestored) {
  const std::string offer = lost.DraftId(lost.samira, 3'000);
  ASSERT_TRUE(lost.Promise(lost.mentor, offer).ok());
  Change([this](storage::Transaction& t) {
    const auto scheme = t.FindScheme(town.scheme);
    return t.AppendTransfer({.transfer_id = "t",
                             .scheme_id = town.scheme,
                             .number = scheme->transfers_count + 1,
                             .from_account = "budget",
                             .to_account = "outside",
                             .amount_cents = 98'000});
  });
  Show(town.samira.device);
  EXPECT_EQ(town.Balances().reserved_cents(), 3'000);
  EXPECT_EQ(town.Balances().budget_cents(), 0);
  EXPECT_EQ(town.Balances().restored_cents(), -1'000);
}

// A client who came after the backup, with a mentor who has the promise too, under a scheme that is lost.
TEST_F(MoneyRestore, APromiseWaitsForWhoseItIsAndTakesItsSchemeWithIt) {
  lost.scheme = lost.NewScheme();
  Market::Planner jan = lost.NewPlanner(lost.mentor);
  const std::string voucher = lost.Give(jan, 2'000);
  const std::string waiting = lost.DraftId(jan, 1'000);
  ASSERT_TRUE(lost.Promise(lost.mentor, waiting).ok());
  town.scheme = lost.scheme;

  Show(town.mentor);
  EXPECT_EQ(town.Balances().outstanding_cents(), 0) << "nobody knows yet whose it is";
  const v1::Statement enrolment = lost.Sync(jan.device, {})->statements(0);
  ASSERT_TRUE(town.OpenSession(jan.device, enrolment, jan.device.key).ok());
  EXPECT_EQ(town.Balances().outstanding_cents(), 2'000)
      << "what the mentor showed was waiting for the client";
  EXPECT_EQ(town.Balances().reserved_cents(), 1'000);
  EXPECT_EQ(town.Balances().restored_cents(), -3'000) << "the lost scheme's budget is to be paid in again";
  EXPECT_EQ(town.VoucherRow(voucher).beneficiary_id, jan.device.person_id);
  Show(jan.device);
  EXPECT_EQ(town.Balances().outstanding_cents(), 2'000);
  Release();
  auto agreed = town.Fresh<v1::SetAgreementRequest>();
  agreed.set_merchant_id(town.merchant.person_id);
  agreed.set_scheme_id(town.scheme);
  agreed.set_takes_vouchers(true);
  ASSERT_TRUE(town.Do(town.manager, domain::SetAgreement, agreed).ok());
  EXPECT_TRUE(town.Redeem(town.merchant, town.Code(jan.device, voucher)->code(), 500).ok());
  BooksFit();
}

TEST_F(MoneyRestore, TheSecondPersonWhoNeverHeardOfTheirYesGetsTheAnswerWhenTheyRepeatIt) {
  const std::string offer = lost.DraftId(lost.samira, 4'000);
  ASSERT_TRUE(lost.Promise(lost.mentor, offer).ok());
  auto yes = lost.Fresh<v1::AnswerApprovalRequest>();
  yes.set_offer_id(offer);
  yes.set_state_seen(v1::OFFER_STATE_PROMISE_ASKED);
  yes.set_yes(true);
  ASSERT_TRUE(lost.Do(lost.approver, domain::AnswerApproval, yes).ok());
  Show(town.samira.device);
  const auto again = town.Do(town.approver, domain::AnswerApproval, yes);
  ASSERT_TRUE(again.ok()) << again.failure().log_detail;
  EXPECT_EQ(again->offer().offer_id(), offer);
  Release();
  EXPECT_EQ(town.Answer(town.approver, offer, v1::OFFER_STATE_PROMISE_ASKED).failure().reason,
            v1::ERROR_REASON_WRONG_STATE);
}

TEST_F(MoneyRestore, HowLongARestoredVoucherTookIsNotMadeUp) {
  const std::string voucher = lost.Give(lost.samira, 2'000);
  Show(town.mentor);
  ASSERT_EQ(town.VoucherRow(voucher).amount_cents, 2'000);
  EXPECT_EQ(town.VoucherRow(voucher).earned_at_us, 0);
  std::optional<std::int64_t> wait_us = 0;
  ASSERT_TRUE(town.store
                  ->Read([&](const storage::Snapshot& s) {
                    wait_us = s.TotalsOfVouchers(town.scheme, v1::VOUCHER_STATE_OPEN).earned_to_issued_us;
                  })
                  .ok());
  EXPECT_EQ(wait_us, std::nullopt);
}

// It leaked, and she replaced it: the backup has the one that leaked, and nobody the one in its place.
TEST_F(MoneyRestore, ACodeOfBeforeTheRestoreIsWorthNothingAndThePhoneGetsAnother) {
  const auto give = [](Market& where) {
    where.random = SeededRandom(80);
    return where.Give(where.samira, 2'000);
  };
  Release();
  const std::string voucher = give(town);
  ASSERT_EQ(give(lost), voucher);
  const auto leaked = town.Code(town.samira.device, voucher);
  Change([](storage::Transaction& t) { return t.InsertRestore({.number = 2, .restored_at_us = 2}); });
  const storage::Work renew = [&](storage::Transaction& transaction) {
    const domain::Caller service = domain::ServiceCaller(town.organisation_id);
    domain::Desk desk{town.surroundings, transaction, service, town.keys_of_organisation, town.clock.now};
    return domain::RenewCodes(desk).value() == 1;
  };
  ASSERT_TRUE(town.store->Write({&renew, 1}).ok());
  Release();
  EXPECT_EQ(town.Redeem(town.merchant, leaked->code(), 500).failure().reason,
            v1::ERROR_REASON_VOUCHER_NOT_VALID);
  auto by_token = town.Fresh<v1::RedeemVoucherRequest>();
  by_token.set_token(leaked->token());
  EXPECT_FALSE(town.Do(town.merchant, domain::RedeemVoucher, by_token).ok());
  const auto current = town.Code(town.samira.device, voucher);
  EXPECT_EQ(Record(voucher).code_number(), current->code_number())
      << "by which the phone sees that it has another";
  EXPECT_GT(current->code_number(), 1'000'000);
  EXPECT_TRUE(town.Redeem(town.merchant, current->code(), 500).ok());
}

// Whoever had replaced the code once has number 2 of it.
TEST_F(MoneyRestore, AVoucherThatComesBackHasACodeOfANumberThatNoPhoneHas) {
  const std::string voucher = lost.Give(lost.samira, 2'000);
  auto replace = lost.Fresh<v1::ReplaceVoucherCodeRequest>();
  replace.set_voucher_id(voucher);
  ASSERT_EQ(lost.Do(lost.samira.device, domain::ReplaceVoucherCode, replace)->code().code_number(), 2);
  Show(town.samira.device);
  EXPECT_GT(Record(voucher).code_number(), 1'000'000);
  EXPECT_EQ(Record(voucher).code_number(), town.Code(town.samira.device, voucher)->code_number());
}

// A phone keeps the code of the higher number: that of the later restore, though both began at one backup.
TEST_F(MoneyRestore, ALaterRestoreOfOneBackupGivesACodeOfAHigherNumber) {
  const std::string voucher = lost.Give(lost.samira, 2'000);
  Show(town.samira.device);
  Market again{1};
  again.NewMerchant({again.scheme}, "Books");
  again.random = SeededRandom(78);
  again.clock.now = town.clock.now + 60s;
  const storage::Work put_back = [](storage::Transaction& t) {
    return t.InsertRestore({.number = 1, .restore_id = "restore 1", .restored_at_us = 1});
  };
  ASSERT_TRUE(again.store->Write({&put_back, 1}).ok());
  v1::SyncRequest request;
  *request.mutable_statements() = lost.Sync(lost.samira.device, {})->statements();
  ASSERT_TRUE(again.Sync(again.samira.device, request).ok());
  const auto records = again.Everything(again.samira.device, again.samira.device.dossier_id);
  EXPECT_EQ(records.at(voucher).voucher().code_number(), Record(voucher).code_number() + 60);
}

// A device that only opened a session may still keep receipts, and so may another one of the same shop.
TEST_F(MoneyRestore, AShopIsHeardOnceEveryDeviceOfItHasShownWhatItKeeps) {
  const std::set both{town.merchant.person_id, books.person_id};
  EXPECT_EQ(NotHeard(Release(true)), both);
  Change([&](storage::Transaction& t) { return t.PutDeviceSession(books.device_id, 99), true; });
  v1::SyncRequest request;
  request.set_restore_shown("another restore");
  ASSERT_TRUE(town.Sync(books, request).ok());
  EXPECT_EQ(NotHeard(Release(true)), both);
  Show(books);
  EXPECT_EQ(NotHeard(Release(true)), std::set{town.merchant.person_id});
  Change([&](storage::Transaction& t) {
    return t.InsertDevice(
        {.device_id = "a second till", .person_id = books.person_id, .state = v1::DEVICE_STATE_LIVE});
  });
  EXPECT_EQ(NotHeard(Release(true)), both);
  Change([&](storage::Transaction& t) {
    return t.UpdateDeviceState("a second till", v1::DEVICE_STATE_LIVE, v1::DEVICE_STATE_REVOKED);
  });
  EXPECT_EQ(NotHeard(Release()), std::set{town.merchant.person_id});
}

TEST_F(MoneyRestore, TheReleaseCountsWhatIsStillWaiting) {
  const std::string voucher = lost.Give(lost.samira, 2'000);
  ASSERT_TRUE(lost.Redeem(lost.merchant, CodeIn(lost, voucher), 500).ok());
  ASSERT_TRUE(lost.Redeem(lost.merchant, CodeIn(lost, voucher), 300).ok());
  EXPECT_EQ(Release(true).statements_waiting(), 0);
  Show(town.merchant);
  EXPECT_EQ(Release(true).statements_waiting(), 2);
  Show(town.mentor);
  EXPECT_EQ(Release().statements_waiting(), 0);
}

// A second person was asked before the backup, and not needed any more when it was promised after it.
TEST_F(MoneyRestore, APromiseFollowsFromWhateverTheBackupHasOfIt) {
  const auto ask = [](Market& where) {
    where.random = SeededRandom(78);
    const std::string first = where.DraftId(where.samira, 2'000);
    EXPECT_TRUE(where.Promise(where.mentor, first).ok());
    const std::string second = where.DraftId(where.samira, 2'000);
    EXPECT_EQ(where.Promise(where.mentor, second)->offer().offer().state(), v1::OFFER_STATE_PROMISE_ASKED);
    return std::pair(first, second);
  };
  const auto [first, second] = ask(lost);
  Release();
  ASSERT_EQ(ask(town), std::pair(first, second));
  Change([](storage::Transaction& t) { return t.InsertRestore({.number = 2, .restored_at_us = 2}); });
  ASSERT_TRUE(lost.Answer(lost.approver, second, v1::OFFER_STATE_PROMISE_ASKED, false).ok());
  ASSERT_TRUE(lost.Decline(lost.samira.device, first).ok());
  ASSERT_TRUE(lost.Promise(lost.mentor, second).ok());
  ASSERT_FALSE(lost.OfferRow(second).second_person);
  Show(town.samira.device);
  EXPECT_EQ(town.OfferRow(second).state, v1::OFFER_STATE_PROMISED);
  EXPECT_FALSE(town.OfferRow(second).second_person);
}

TEST_F(MoneyRestore, AStatementThatCannotBeBookedHoldsNothingBack) {
  const auto draft = [](Market& where) {
    where.random = SeededRandom(79);
    return where.DraftId(where.samira, 1'000);
  };
  const std::string spoilt = draft(lost);
  ASSERT_EQ(draft(town), spoilt);
  ASSERT_TRUE(lost.Promise(lost.mentor, spoilt).ok());
  const std::string whole = lost.DraftId(lost.samira, 1'500);
  ASSERT_TRUE(lost.Promise(lost.mentor, whole).ok());
  Change([&](storage::Transaction& t) {
    auto row = *t.FindOffer(spoilt);
    row.sealed = "not what it was";
    row.version += 1;
    return t.UpdateOffer(row);
  });
  v1::SyncRequest request;
  *request.mutable_statements() = lost.Sync(lost.samira.device, {})->statements();
  *request.add_mutations() = town.Number(town.samira.device, Say(town.NewId()));
  const auto answered = town.Sync(town.samira.device, request);
  ASSERT_TRUE(answered.ok()) << answered.failure().log_detail;
  EXPECT_TRUE(answered->outcomes(0).has_applied());
  EXPECT_EQ(town.Balances().reserved_cents(), 1'500) << "the other promise alone";
  EXPECT_EQ(town.OfferRow(spoilt).state, v1::OFFER_STATE_DRAFT) << "and nothing of this one";
  BooksFit();
}

// The record of the voucher is damaged, which shows when the money has moved already.
TEST_F(MoneyRestore, AReceiptThatCannotBeBookedLeavesNothingOfItselfAndWaits) {
  const auto give = [](Market& where) {
    where.random = SeededRandom(81);
    return where.Give(where.samira, 2'000);
  };
  Release();
  const std::string voucher = give(lost);
  ASSERT_EQ(give(town), voucher);
  Change([](storage::Transaction& t) { return t.InsertRestore({.number = 2, .restored_at_us = 2}); });
  ASSERT_TRUE(lost.Redeem(lost.merchant, CodeIn(lost, voucher), 500).ok());
  Change([&](storage::Transaction& t) {
    const std::string& dossier_id = town.samira.device.dossier_id;
    const auto newest = t.FindHead(dossier_id)->revision;
    for (storage::SealedRecord& record : t.RecordsAfter(dossier_id, newest - 1, 1'000'000)) {
      record.sealed = "not what it was";
      t.PutRecord(dossier_id, record);
    }
    return true;
  });
  Show(town.merchant);
  EXPECT_EQ(town.Balances().redeemed_cents(), 0);
  EXPECT_EQ(town.Balances().outstanding_cents(), 2'000);
  EXPECT_EQ(Release(true).statements_waiting(), 1);
}

// Everything that was said, in any order: a statement at a time, each before or after any other.
class MoneyInAnyOrder : public MoneyRestore, public ::testing::WithParamInterface<int> {};

TEST_P(MoneyInAnyOrder, TheBooksEndAsTheyWere) {
  const std::string parts = lost.Give(lost.samira, 2'000);
  const auto undone = lost.Redeem(lost.merchant, CodeIn(lost, parts), 500);
  ASSERT_TRUE(lost.Redeem(books_then, CodeIn(lost, parts), 300).ok());
  ASSERT_TRUE(lost.Undo(lost.merchant, undone->redemption().redemption_id()).ok());
  const std::string twice = lost.Give(lost.samira, 1'000);
  const auto first = lost.Redeem(lost.merchant, CodeIn(lost, twice), 1'000);
  ASSERT_TRUE(lost.Undo(lost.merchant, first->redemption().redemption_id()).ok());
  ASSERT_TRUE(lost.Redeem(books_then, CodeIn(lost, twice), 1'000).ok());
  const std::string cancelled = lost.Give(lost.samira, 1'000);
  const auto back = lost.Redeem(books_then, CodeIn(lost, cancelled), 700);
  ASSERT_TRUE(lost.Redeem(lost.merchant, CodeIn(lost, cancelled), 100).ok());
  ASSERT_TRUE(lost.Cancel(lost.samira.device, cancelled).ok());
  ASSERT_TRUE(lost.Undo(books_then, back->redemption().redemption_id()).ok());

  std::vector<std::pair<const TownDevice*, v1::Statement>> said;
  for (const TownDevice* device : {&town.samira.device, &town.mentor, &town.merchant, &books}) {
    const auto told = lost.Sync(*device, {});
    for (const v1::Statement& statement : told->statements()) said.emplace_back(device, statement);
  }
  std::mt19937 order(static_cast<std::uint32_t>(GetParam()));
  std::shuffle(said.begin(), said.end(), order);
  for (const auto& [device, statement] : said) {
    v1::SyncRequest request;
    *request.add_statements() = statement;
    ASSERT_TRUE(town.Sync(*device, request).ok());
    BooksFit();
  }
  const auto now = town.Balances();
  EXPECT_EQ(now.SerializeAsString(), lost.Balances().SerializeAsString()) << now.ShortDebugString();
  for (const std::string& voucher : {parts, twice, cancelled}) {
    EXPECT_EQ(town.VoucherRow(voucher).state, lost.VoucherRow(voucher).state);
    EXPECT_EQ(town.VoucherRow(voucher).remaining_cents, lost.VoucherRow(voucher).remaining_cents);
  }
}

INSTANTIATE_TEST_SUITE_P(Orders, MoneyInAnyOrder, ::testing::Range(0, 24));

TEST_F(MoneyRestore, AStatementThatWasNotSignedBooksNothing) {
  const std::string offer = lost.DraftId(lost.samira, 3'000);
  ASSERT_TRUE(lost.Promise(lost.mentor, offer).ok());
  const auto told = lost.Sync(lost.samira.device, {});
  v1::SyncRequest request;
  *request.mutable_statements() = told->statements();
  for (v1::Statement& statement : *request.mutable_statements()) {
    v1::StatementContent content;
    ASSERT_TRUE(content.ParseFromString(statement.content()));
    if (!content.has_promise()) continue;
    content.mutable_promise()->mutable_offer()->set_amount_cents(6'000);
    statement.set_content(content.SerializeAsString());
  }
  ASSERT_TRUE(town.Sync(town.samira.device, request).ok());
  EXPECT_EQ(town.Balances().reserved_cents(), 0);
}

}  // namespace
}  // namespace brug::testing
