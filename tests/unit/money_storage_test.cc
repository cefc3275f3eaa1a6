#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "service/domain/offer_book.h"
#include "service/domain/sealed_dossier.h"
#include "service/storage_memory/memory_storage.h"
#include "tests/support/watched_transaction.h"
#include "tests/unit/money_market.h"

// What the storage refuses, misses or has spoilt: whoever meets it is refused whole, and the books stay
// right.
namespace brug::testing {
namespace {

using platform::Failure;
using platform::Result;

// A key store that nothing can be had from.
class LockedKeys final : public storage::KeyStore {
 public:
  Result<storage::WrappedKeyRow> InsertOrFind(const storage::WrappedKeyRow&) override { return Locked(); }
  Result<std::optional<storage::WrappedKeyRow>> Find(std::string_view, std::string_view) const override {
    return Locked();
  }

 private:
  static Failure Locked() { return {.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE}; }
};

class MoneyStorage : public ::testing::Test {
 protected:
  // What somebody, or a job of the service, does or asks.
  struct Deed {
    std::string name;
    // Nobody: the service itself.
    const TownDevice* by = nullptr;
    rules::Instant at;
    std::function<Result<void>(domain::Desk&)> act;
    bool writes = true;
  };
  struct Ran {
    Result<void> result;
    // What is wrong with the books as they would be.
    std::vector<domain::LedgerFinding> findings = {};
  };

  void SetUp() override {
    AddSchemesAndShops();
    AddOffers();
    AddVouchers();
    AddJobs();
    AddQuestions();
  }

  template <typename Request, typename Response>
  void Add(const std::string& name, const TownDevice& by,
           Result<Response> (*operation)(domain::Desk&, const Request&), Request request) {
    request.set_request_id(town.NewId());
    const auto act = [operation, request](domain::Desk& desk) -> Result<void> {
      const auto done = operation(desk, request);
      return done.ok() ? Result<void>() : done.failure();
    };
    deeds.push_back({name, &by, town.clock.now, act});
  }
  template <typename Request, typename Response>
  void Add(const std::string& name, const TownDevice& by,
           Result<Response> (*question)(const domain::ReadingDesk&, const Request&), const Request& request) {
    const auto ask = [question, request](domain::Desk& desk) -> Result<void> {
      const auto answer =
          question({desk.surroundings, desk.transaction, desk.caller, desk.keys, desk.now}, request);
      return answer.ok() ? Result<void>() : answer.failure();
    };
    deeds.push_back({name, &by, town.clock.now, ask, false});
  }
  template <typename Request>
  static Request Offer(const std::string& offer_id) {
    Request request;
    request.set_offer_id(offer_id);
    return request;
  }
  template <typename Request>
  static Request Voucher(const std::string& voucher_id) {
    Request request;
    request.set_voucher_id(voucher_id);
    return request;
  }
  static v1::AnswerApprovalRequest Said(const std::string& offer_id, v1::OfferState seen, bool yes) {
    auto request = Offer<v1::AnswerApprovalRequest>(offer_id);
    request.set_state_seen(seen);
    request.set_yes(yes);
    request.set_words("Let us look at it together first");
    return request;
  }
  v1::DraftOfferRequest NewDraft(const Market::Planner& planner, std::int64_t amount_cents,
                                 bool ends = false) {
    v1::DraftOfferRequest request;
    request.set_dossier_id(planner.device.dossier_id);
    request.mutable_draft()->set_goal_id(planner.goal);
    request.mutable_draft()->set_scheme_id(town.scheme);
    request.mutable_draft()->set_amount_cents(amount_cents);
    if (ends) *request.mutable_draft()->mutable_ends_on() = rules::ToDate(kToday);
    return request;
  }
  // Of a client of its own: the sum of a year is nobody else's.
  Market::Planner& NewPlanner(bool ticked) {
    planners.push_back(std::make_unique<Market::Planner>(town.NewPlanner(town.mentor)));
    if (ticked) town.TickAll(*planners.back());
    return *planners.back();
  }
  std::string Promised(Market::Planner& planner, std::int64_t amount_cents, bool ends = false) {
    auto request = NewDraft(planner, amount_cents, ends);
    request.set_request_id(town.NewId());
    std::string offer = town.Do(town.mentor, domain::DraftOffer, request)->offer().offer_id();
    EXPECT_TRUE(town.Promise(town.mentor, offer).ok());
    if (town.OfferRow(offer).state == v1::OFFER_STATE_PROMISE_ASKED) {
      EXPECT_TRUE(town.Answer(town.approver, offer, v1::OFFER_STATE_PROMISE_ASKED).ok());
    }
    return offer;
  }

  void AddSchemesAndShops() {
    v1::CreateSchemeRequest scheme;
    *scheme.mutable_scheme() = Market::Usual();
    scheme.set_budget_cents(5);
    Add("CreateScheme", town.manager, domain::CreateScheme, scheme);
    v1::AddBudgetRequest budget;
    budget.set_scheme_id(town.scheme);
    budget.set_amount_cents(5);
    Add("AddBudget", town.manager, domain::AddBudget, budget);
    v1::RegisterMerchantRequest shop;
    shop.set_display_name("Another");
    shop.add_scheme_ids(town.scheme);
    Add("RegisterMerchant", town.manager, domain::RegisterMerchant, shop);
    v1::SetAgreementRequest agreement;
    agreement.set_merchant_id(town.merchant.person_id);
    agreement.set_scheme_id(town.scheme);
    Add("SetAgreement", town.manager, domain::SetAgreement, agreement);
  }
  void AddOffers() {
    Add("DraftOffer", town.mentor, domain::DraftOffer, NewDraft(NewPlanner(false), 2'000));
    Add("DiscardOffer", town.mentor, domain::DiscardOffer,
        Offer<v1::DiscardOfferRequest>(town.DraftId(NewPlanner(false), 2'000)));
    Add("PromiseOffer, a small one", town.mentor, domain::PromiseOffer,
        Offer<v1::PromiseOfferRequest>(town.DraftId(NewPlanner(false), 2'000)));
    Add("PromiseOffer, a large one", town.mentor, domain::PromiseOffer,
        Offer<v1::PromiseOfferRequest>(town.DraftId(NewPlanner(false), 4'000)));
    const std::string asked = town.DraftId(NewPlanner(false), 4'000);
    EXPECT_TRUE(town.Promise(town.mentor, asked).ok());
    Add("AnswerApproval, yes to a promise", town.approver, domain::AnswerApproval,
        Said(asked, v1::OFFER_STATE_PROMISE_ASKED, true));
    Add("AnswerApproval, no to a promise", town.approver, domain::AnswerApproval,
        Said(asked, v1::OFFER_STATE_PROMISE_ASKED, false));
    Add("RequestVoucher, a small one", town.mentor, domain::RequestVoucher,
        Offer<v1::RequestVoucherRequest>(Promised(NewPlanner(true), 2'000)));
    Add("RequestVoucher, a large one", town.mentor, domain::RequestVoucher,
        Offer<v1::RequestVoucherRequest>(Promised(NewPlanner(true), 4'000)));
    const std::string requested = Promised(NewPlanner(true), 4'000);
    EXPECT_TRUE(town.AskFor(town.mentor, requested).ok());
    Add("AnswerApproval, yes to a voucher", town.approver, domain::AnswerApproval,
        Said(requested, v1::OFFER_STATE_REQUESTED, true));
    Add("AnswerApproval, no to a voucher", town.approver, domain::AnswerApproval,
        Said(requested, v1::OFFER_STATE_REQUESTED, false));
    Market::Planner& other = NewPlanner(false);
    Add("DeclineOffer", other.device, domain::DeclineOffer,
        Offer<v1::DeclineOfferRequest>(Promised(other, 2'000)));
  }
  void AddVouchers() {
    Market::Planner& spender = NewPlanner(true);
    voucher = town.Give(spender, 4'000);
    Add("ReplaceVoucherCode", spender.device, domain::ReplaceVoucherCode,
        Voucher<v1::ReplaceVoucherCodeRequest>(voucher));
    Add("CancelVoucher", spender.device, domain::CancelVoucher, Voucher<v1::CancelVoucherRequest>(voucher));
    Add("GetVoucherCode", spender.device, domain::GetVoucherCode,
        Voucher<v1::GetVoucherCodeRequest>(voucher));
    v1::RedeemVoucherRequest redeem;
    redeem.set_code(town.Code(spender.device, voucher)->code());
    redeem.set_amount_cents(1'000);
    Add("RedeemVoucher, by code", town.merchant, domain::RedeemVoucher, redeem);
    redeem.set_token(town.Code(spender.device, voucher)->token());
    Add("RedeemVoucher, by token", town.merchant, domain::RedeemVoucher, redeem);
    for (const bool cancelled : {false, true}) {
      Market::Planner& other = NewPlanner(true);
      const std::string spent = town.Give(other, 4'000);
      const auto redeemed = town.Redeem(town.merchant, town.Code(other.device, spent)->code(), 1'000);
      if (cancelled) {
        EXPECT_TRUE(town.Cancel(other.device, spent).ok());
      }
      v1::UndoRedemptionRequest undo;
      undo.set_redemption_id(redeemed->redemption().redemption_id());
      Add(cancelled ? "UndoRedemption, of a cancelled one" : "UndoRedemption", town.merchant,
          domain::UndoRedemption, undo);
    }
  }
  void AddJob(const std::string& name, rules::Instant at,
              Result<domain::JobDone> (*job)(domain::Desk&, std::int64_t)) {
    const auto run = [this, job](domain::Desk& desk) -> Result<void> {
      const auto done = job(desk, 100);
      if (!done.ok()) return done.failure();
      job_done = *done;
      return {};
    };
    deeds.push_back({name, nullptr, at, run});
  }
  void AddJobs() {
    Promised(NewPlanner(false), 2'000, true);
    Promised(NewPlanner(true), 2'000, true);
    AddJob("LapseOffers", town.clock.now + std::chrono::days(10), domain::LapseOffers);
    AddJob("ExpireVouchers", town.clock.now + std::chrono::days(400), domain::ExpireVouchers);
  }
  void AddQuestions() {
    Add("ListSchemes", town.manager, domain::ListSchemes, v1::ListSchemesRequest());
    Add("ListMerchants", town.manager, domain::ListMerchants, v1::ListMerchantsRequest());
    Add("GetRewardRules", town.samira.device, domain::GetRewardRules, v1::GetRewardRulesRequest());
    Add("ListOffers", town.mentor, domain::ListOffers, v1::ListOffersRequest());
    Add("ListApprovals", town.approver, domain::ListApprovals, v1::ListApprovalsRequest());
    Add("ListRedemptions", town.merchant, domain::ListRedemptions, v1::ListRedemptionsRequest());
    v1::GetMerchantStatementRequest month;
    month.set_merchant_id(town.merchant.person_id);
    month.set_scheme_id(town.scheme);
    month.set_year(2026);
    month.set_month(11);
    Add("GetMerchantStatement", town.manager, domain::GetMerchantStatement, month);
  }

  // Nothing of it stays.
  Ran Run(const Deed& deed, Watch& watch, domain::KeyRing* ring = nullptr) {
    Ran ran;
    const domain::Surroundings surroundings{town.clock, town.random, town.zones, *town.storage,
                                            ring == nullptr ? town.keys : *ring};
    const storage::Work work = [&](storage::Transaction& transaction) {
      const domain::Caller caller =
          deed.by == nullptr
              ? domain::ServiceCaller(town.organisation_id)
              : *domain::Identify(transaction, *town.keys_of_organisation, town.ClaimsOf(*deed.by));
      WatchedTransaction watched(transaction, watch);
      domain::Desk desk{surroundings, watched, caller, town.keys_of_organisation, deed.at};
      ran.result = deed.act(desk);
      ran.findings = domain::VerifyBooks(transaction).findings;
      return false;
    };
    EXPECT_TRUE(town.store->Write({&work, 1}).ok());
    return ran;
  }
  Ran Run(const Deed& deed) {
    Watch watch;
    return Run(deed, watch);
  }
  void Change(const std::function<bool(storage::Transaction&)>& change) {
    const storage::Work work = [&](storage::Transaction& transaction) {
      EXPECT_TRUE(change(transaction));
      return true;
    };
    ASSERT_TRUE(town.store->Write({&work, 1}).ok());
  }
  domain::DossierAccess AccessTo(const std::string& dossier_id) {
    return {town.organisation_id, dossier_id, *town.keys.Dossier(*town.keys_of_organisation, dossier_id)};
  }
  // The record with this id, in whichever dossier it is.
  void Spoil(const std::string& record_id) {
    Change([&](storage::Transaction& t) {
      bool spoilt = false;
      for (const auto& planner : planners) {
        const std::string& dossier_id = planner->device.dossier_id;
        auto row = t.FindRecord(dossier_id, domain::RecordToken(AccessTo(dossier_id), record_id));
        if (!row) continue;
        row->sealed = "spoilt";
        t.PutRecord(dossier_id, *row);
        spoilt = true;
      }
      return spoilt;
    });
  }
  // One that the voucher was asked for, and one that was never promised: both due before all others.
  void MakeTwoPromisesThatTheDossiersDoNotHave() {
    Change([&](storage::Transaction& t) {
      auto rows = t.OffersInState(v1::OFFER_STATE_REQUESTED, 0, "", 1);
      const auto drafts = t.OffersInState(v1::OFFER_STATE_DRAFT, 0, "", 1);
      rows.insert(rows.end(), drafts.begin(), drafts.end());
      return rows.size() == 2 && std::ranges::all_of(rows, [&](storage::OfferRow& row) {
               const auto access = AccessTo(row.dossier_id);
               const auto kept = domain::OpenKept(access, row);
               row.state = v1::OFFER_STATE_PROMISED;
               row.ends_at_us = 1;
               row.version += 1;
               domain::SealOffer(access, *kept, town.random, row);
               return t.UpdateOffer(row);
             });
    });
  }
  const Deed& Named(const std::string& name) {
    const auto found = std::ranges::find(deeds, name, &Deed::name);
    EXPECT_NE(found, deeds.end()) << name;
    return *found;
  }
  // Those whose names are not among `others` are refused for this reason; how many they are.
  int RefusesAllBut(v1::ErrorReason reason, const std::set<std::string>& others) {
    int refused = 0;
    for (const Deed& deed : deeds) {
      job_done = {};
      const Ran ran = Run(deed);
      if (others.contains(deed.name)) {
        EXPECT_TRUE(ran.result.ok()) << deed.name << ": " << ran.result.failure().log_detail;
      } else if (deed.by == nullptr) {
        EXPECT_TRUE(ran.result.ok()) << deed.name;
        EXPECT_EQ(job_done.done_count, 0) << deed.name;
        EXPECT_GT(job_done.skipped_count, 0) << deed.name;
      } else {
        EXPECT_FALSE(ran.result.ok()) << deed.name;
        if (ran.result.ok()) continue;
        EXPECT_EQ(v1::ErrorReason_Name(ran.result.failure().reason), v1::ErrorReason_Name(reason))
            << deed.name << ": " << ran.result.failure().field << " " << ran.result.failure().log_detail;
        ++refused;
      }
    }
    return refused;
  }

  Market town;
  std::vector<std::unique_ptr<Market::Planner>> planners;
  std::vector<Deed> deeds;
  std::string voucher;
  domain::JobDone job_done;
};

TEST_F(MoneyStorage, EverythingGoesWellWhileNothingIsInTheWay) {
  EXPECT_EQ(deeds.size(), 31U);
  for (const Deed& deed : deeds) {
    Watch watch;
    const Ran ran = Run(deed, watch);
    EXPECT_TRUE(ran.result.ok()) << deed.name << ": " << ran.result.failure().field << " "
                                 << ran.result.failure().log_detail;
    for (const auto& finding : ran.findings) ADD_FAILURE() << deed.name << ": " << finding.words;
    EXPECT_EQ(!watch.writes.empty(), deed.writes) << deed.name;
  }
}

TEST_F(MoneyStorage, AWriteThatIsRefusedEndsTheOperationAndFailsIt) {
  // The port gives these no answer.
  const std::set<std::string> unanswered = {"PutRecord", "PutAgreement"};
  int refused = 0;
  for (const Deed& deed : deeds) {
    Watch all;
    (void)Run(deed, all);
    for (std::size_t i = 0; i < all.writes.size(); ++i) {
      if (unanswered.contains(all.writes[i])) continue;
      Watch watch{.refused_write = i};
      const Ran ran = Run(deed, watch);
      EXPECT_FALSE(ran.result.ok()) << deed.name << " without " << all.writes[i];
      EXPECT_EQ(watch.writes.size(), i + 1) << deed.name << " goes on after " << all.writes[i];
      ++refused;
    }
  }
  EXPECT_GT(refused, 100);
}

TEST_F(MoneyStorage, ARowThatIsMissedNeverMakesTheBooksWrong) {
  int missed = 0, failed = 0;
  for (const Deed& deed : deeds) {
    Watch all;
    (void)Run(deed, all);
    for (std::size_t i = 0; i < all.reads.size(); ++i) {
      Watch watch{.missed_read = i};
      const Ran ran = Run(deed, watch);
      ++missed;
      failed += ran.result.ok() ? 0 : 1;
      if (!ran.result.ok()) continue;
      for (const auto& finding : ran.findings) {
        ADD_FAILURE() << deed.name << " without " << all.reads[i] << ": " << finding.words;
      }
    }
  }
  EXPECT_GT(missed, 200);
  EXPECT_GT(failed, 100);
}

TEST_F(MoneyStorage, WithoutTheKeyOfADossierNothingIsWrittenAboutIt) {
  const std::set<std::string> of_no_dossier = {"CreateScheme",   "AddBudget",       "RegisterMerchant",
                                               "SetAgreement",   "ListSchemes",     "ListMerchants",
                                               "GetRewardRules", "ListRedemptions", "GetMerchantStatement"};
  LockedKeys locked;
  for (const Deed& deed : deeds) {
    domain::KeyRing ring(locked, town.master.Clone(), town.random);
    Watch watch;
    job_done = {};
    const Ran ran = Run(deed, watch, &ring);
    if (of_no_dossier.contains(deed.name)) {
      EXPECT_TRUE(ran.result.ok()) << deed.name;
      continue;
    }
    EXPECT_TRUE(watch.writes.empty()) << deed.name;
    if (deed.by == nullptr) {
      EXPECT_GT(job_done.skipped_count, 0) << deed.name;
      continue;
    }
    ASSERT_FALSE(ran.result.ok()) << deed.name;
    EXPECT_EQ(ran.result.failure().reason, v1::ERROR_REASON_STORAGE_UNAVAILABLE) << deed.name;
  }
}

TEST_F(MoneyStorage, AnOfferThatDoesNotOpenIsNeitherShownNorActedOn) {
  std::set<std::string> not_of_offers;
  for (const Deed& deed : deeds) {
    if (deed.name.find("Offer") == std::string::npos && deed.name.find("Approval") == std::string::npos &&
        !deed.name.starts_with("RequestVoucher")) {
      not_of_offers.insert(deed.name);
    }
  }
  not_of_offers.insert("DraftOffer");
  Change([&](storage::Transaction& t) {
    for (const auto& planner : planners) {
      for (storage::OfferRow row : t.OffersOfDossier(planner->device.dossier_id)) {
        row.sealed = "spoilt";
        row.version += 1;
        if (!t.UpdateOffer(row)) return false;
      }
    }
    return true;
  });
  EXPECT_EQ(RefusesAllBut(v1::ERROR_REASON_STORAGE_UNAVAILABLE, not_of_offers), 12);
}

TEST_F(MoneyStorage, WhatIsDecidedOnADamagedDossierIsNotCommitted) {
  // None of them reads the record that is damaged here, or changes a record at all.
  const std::set<std::string> elsewhere = {"CreateScheme",
                                           "AddBudget",
                                           "RegisterMerchant",
                                           "SetAgreement",
                                           "DiscardOffer",
                                           "GetVoucherCode",
                                           "UndoRedemption, of a cancelled one",
                                           "ListSchemes",
                                           "ListMerchants",
                                           "ListApprovals",
                                           "GetRewardRules",
                                           "ListRedemptions",
                                           "GetMerchantStatement"};
  Spoil(std::string(rules::kProfileId));
  EXPECT_EQ(RefusesAllBut(v1::ERROR_REASON_STORAGE_UNAVAILABLE, elsewhere), 16);
}

TEST_F(MoneyStorage, AVoucherThatDoesNotOpenIsNoWrongCode) {
  Spoil(voucher);
  EXPECT_EQ(Run(Named("RedeemVoucher, by code")).result.failure().reason,
            v1::ERROR_REASON_STORAGE_UNAVAILABLE);
}

TEST_F(MoneyStorage, AnOfferThatDoesNotOpenIsNotShownAsItWasAskedFor) {
  std::string requested;
  Change([&](storage::Transaction& t) {
    const auto rows = t.OffersInState(v1::OFFER_STATE_REQUESTED, 0, "", 1);
    if (!rows.empty()) requested = rows[0].offer_id;
    return !rows.empty();
  });
  Spoil(requested);
  EXPECT_EQ(Run(Named("ListApprovals")).result.failure().reason, v1::ERROR_REASON_STORAGE_UNAVAILABLE);
}

TEST_F(MoneyStorage, ACodeThatDoesNotOpenIsNotShown) {
  Change([&](storage::Transaction& t) {
    auto row = *t.FindVoucher(voucher);
    row.sealed_code = "spoilt";
    row.version += 1;
    return t.UpdateVoucher(row);
  });
  const Ran ran = Run(Named("GetVoucherCode"));
  ASSERT_FALSE(ran.result.ok());
  EXPECT_EQ(ran.result.failure().reason, v1::ERROR_REASON_STORAGE_UNAVAILABLE);
  // Another one can be given in its place.
  EXPECT_TRUE(Run(Named("ReplaceVoucherCode")).result.ok());
}

TEST_F(MoneyStorage, AJobLeavesAloneWhatTheDossierHasOtherwise) {
  const auto before = Run(Named("LapseOffers"));
  ASSERT_TRUE(before.result.ok());
  const auto due = job_done;
  MakeTwoPromisesThatTheDossiersDoNotHave();
  ASSERT_TRUE(Run(Named("LapseOffers")).result.ok());
  EXPECT_EQ(job_done.done_count, due.done_count);
  EXPECT_EQ(job_done.skipped_count, due.skipped_count + 2);
}

TEST_F(MoneyStorage, WhatAJobCannotReadHoldsNobodyBack) {
  town.clock.now += std::chrono::days(10);
  MakeTwoPromisesThatTheDossiersDoNotHave();
  const auto first = town.Run(domain::LapseOffers, 2);
  EXPECT_EQ(first.skipped_count, 2);
  EXPECT_EQ(first.done_count, 0);
  const auto rows_max = domain::RowsMaxOfNext(first, 2);
  ASSERT_EQ(rows_max, domain::kJobRowsMax + 2);
  const auto next = town.Run(domain::LapseOffers, *rows_max);
  EXPECT_GT(next.done_count, 0);
  EXPECT_EQ(domain::RowsMaxOfNext(next, *rows_max), std::nullopt);
}

TEST_F(MoneyStorage, WhatOpensAndIsNoOfferIsNotTakenForOne) {
  Change([&](storage::Transaction& t) {
    auto row = t.OffersInState(v1::OFFER_STATE_DRAFT, 0, "", 1).at(0);
    row.version += 1;
    row.sealed = domain::SealForDossier(AccessTo(row.dossier_id), {"offer", row.offer_id, row.version},
                                        "\xff", town.random);
    return t.UpdateOffer(row);
  });
  EXPECT_EQ(Run(Named("ListOffers")).result.failure().reason, v1::ERROR_REASON_STORAGE_UNAVAILABLE);
}

TEST_F(MoneyStorage, AShopWithoutACodeToBeginWithIsNotRegistered) {
  auto& faults = dynamic_cast<storage::MemoryStorage&>(*town.storage).faults();
  const Deed& usual = Named("RegisterMerchant");
  const auto act = [&](domain::Desk& desk) {
    faults.commits_fail = true;
    auto result = usual.act(desk);
    faults.commits_fail = false;
    return result;
  };
  const Ran ran = Run({"RegisterMerchant", usual.by, usual.at, act});
  ASSERT_FALSE(ran.result.ok());
  EXPECT_EQ(ran.result.failure().reason, v1::ERROR_REASON_STORAGE_UNAVAILABLE);
}

TEST_F(MoneyStorage, TheOperatorIsToldWhatIsWrong) {
  Change([&](storage::Transaction& t) {
    return t.InsertOffer({.offer_id = "without a voucher",
                          .scheme_id = town.scheme,
                          .dossier_id = town.samira.device.dossier_id,
                          .state = v1::OFFER_STATE_ISSUED});
  });
  const auto told = town.Town::Ask(town.manager, domain::VerifyLedger, v1::VerifyLedgerRequest());
  ASSERT_EQ(told->findings_size(), 1);
  EXPECT_EQ(told->findings_count(), 1);
  EXPECT_EQ(told->findings(0).rule(), "V4");
  EXPECT_NE(told->findings(0).words().find("without a voucher"), std::string::npos);
}

TEST_F(MoneyStorage, KeysThatCannotBeHadAreNotPublished) {
  LockedKeys locked;
  domain::KeyRing ring(locked, town.master.Clone(), town.random);
  const domain::Surroundings surroundings{town.clock, town.random, town.zones, *town.storage, ring};
  v1::GetVoucherKeysRequest request;
  request.set_organisation_id(town.organisation_id);
  EXPECT_EQ(domain::GetVoucherKeys(surroundings, request).failure().reason,
            v1::ERROR_REASON_STORAGE_UNAVAILABLE);
  auto& faults = dynamic_cast<storage::MemoryStorage&>(*town.storage).faults();
  faults.reads_fail = true;
  EXPECT_EQ(domain::GetVoucherKeys(town.surroundings, request).failure().reason,
            v1::ERROR_REASON_STORAGE_UNAVAILABLE);
  faults.reads_fail = false;
  EXPECT_TRUE(domain::GetVoucherKeys(town.surroundings, request).ok());
  v1::RotateVoucherKeyRequest rotate;
  rotate.set_organisation_id(town.organisation_id);
  rotate.set_request_id(town.NewId());
  const auto rotation = [&](domain::Desk& desk) -> Result<void> {
    const auto rotated = domain::RotateVoucherKey(desk, rotate);
    return rotated.ok() ? Result<void>() : rotated.failure();
  };
  Watch watch;
  const Ran ran = Run({"RotateVoucherKey", nullptr, town.clock.now, rotation}, watch, &ring);
  ASSERT_FALSE(ran.result.ok());
  EXPECT_EQ(ran.result.failure().reason, v1::ERROR_REASON_STORAGE_UNAVAILABLE);
  EXPECT_TRUE(watch.writes.empty());
}

TEST_F(MoneyStorage, ASchemeThatCannotBeReadIsNotTakenForAnother) {
  const std::string unreadable = town.NewId();
  Change(
      [&](storage::Transaction& t) { return t.InsertScheme({.scheme_id = unreadable, .content = "\xff"}); });
  for (const char* name : {"ListSchemes", "GetRewardRules"}) {
    const Ran ran = Run(Named(name));
    ASSERT_FALSE(ran.result.ok()) << name;
    EXPECT_EQ(ran.result.failure().reason, v1::ERROR_REASON_INTERNAL) << name;
  }
  town.scheme = unreadable;
  const auto drafted = town.Draft(town.mentor, town.samira, 2'000);
  ASSERT_FALSE(drafted.ok());
  EXPECT_EQ(drafted.failure().field, "draft.scheme_id");
}

}  // namespace
}  // namespace brug::testing
