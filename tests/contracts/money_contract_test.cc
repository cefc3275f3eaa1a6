// The contract of service/storage/money.h: offers, vouchers, redemptions, agreements; and all of it in one
// transaction. The ledger: ledger_contract_test.cc.
#include "tests/contracts/money_contract.h"

#include "brug/v1/offer.pb.h"

namespace brug::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

INSTANTIATE_TEST_SUITE_P(Adapters, Money, testing::ValuesIn(AllAdapters()), NameOf);

TEST_P(Money, AnOfferIsInsertedOnceAndReplacedOnlyFromItsVersion) {
  const OfferRow first = Offer("o1");
  ASSERT_TRUE(Insert(first));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindOffer("o1"); }), first);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindOffer("o2"); }), std::nullopt);
  ExpectRefused(
      [](Transaction& t) { return t.InsertOffer(With(Offer("o1"), [](auto& o) { o.state = 9; })); });
  const OfferRow second = {.offer_id = "o1",
                           .scheme_id = "s2",
                           .dossier_id = "d2",
                           .beneficiary_id = "another",
                           .state = v1::OFFER_STATE_DRAFT,
                           .amount_cents = 6'000,
                           .year = 2027,
                           .second_person = false,
                           .asked_by = "a",
                           .answered_by = "b",
                           .since_us = 11,
                           .ends_at_us = 21,
                           .statements_count = 4,
                           .version = 2,
                           .sealed = "changed"};
  for (const std::int64_t version : {0, 1, 3}) {
    ExpectRefused(
        [&](Transaction& t) { return t.UpdateOffer(With(second, [&](auto& o) { o.version = version; })); });
  }
  ExpectRefused(
      [&](Transaction& t) { return t.UpdateOffer(With(second, [](auto& o) { o.offer_id = "o2"; })); });
  ASSERT_TRUE(Try([&](Transaction& t) { return t.UpdateOffer(second); }));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindOffer("o1"); }), second);
}

TEST_P(Money, NobodyAnswersWhatTheyAskedOrWhatTheyGetThemselves) {
  const auto answered = [](std::string offer_id, std::string asked_by, std::string answered_by) {
    return With(Offer(std::move(offer_id)), [&](auto& o) {
      o.asked_by = asked_by;
      o.answered_by = answered_by;
    });
  };
  ExpectRefused([&](Transaction& t) { return t.InsertOffer(answered("o1", "mentor", "mentor")); });
  ExpectRefused([&](Transaction& t) { return t.InsertOffer(answered("o1", "mentor", "client")); });
  ExpectRefused([&](Transaction& t) { return t.InsertOffer(answered("o1", "", "client")); });
  EXPECT_TRUE(Insert(answered("o1", "mentor", "")));
  EXPECT_TRUE(Insert(answered("o2", "", "")));
  EXPECT_TRUE(Insert(answered("o3", "mentor", "colleague")));
  const auto next = [&](std::string asked_by, std::string answered_by) {
    return With(answered("o1", std::move(asked_by), std::move(answered_by)), [](auto& o) { o.version = 2; });
  };
  const auto refused_for = [&](std::string asked_by, std::string answered_by, std::string beneficiary_id) {
    const OfferRow offer = With(next(std::move(asked_by), std::move(answered_by)),
                                [&](auto& o) { o.beneficiary_id = std::move(beneficiary_id); });
    ExpectRefused([&](Transaction& t) { return t.UpdateOffer(offer); });
  };
  refused_for("mentor", "mentor", "client");
  refused_for("mentor", "client", "client");
  // As the row becomes, and as it was.
  refused_for("colleague", "colleague", "client");
  refused_for("mentor", "colleague", "colleague");
  refused_for("colleague", "mentor", "client");
  refused_for("mentor", "client", "another");
  EXPECT_TRUE(Try([&](Transaction& t) { return t.UpdateOffer(next("mentor", "colleague")); }));
}

TEST_P(Money, WhatTakesASecondPersonIsNotGivenWithoutOne) {
  const auto offer = [](int state, bool second_person, std::string answered_by, std::int64_t version) {
    return With(Offer("o1"), [&](auto& o) {
      o.state = state;
      o.second_person = second_person;
      o.asked_by = "mentor";
      o.answered_by = answered_by;
      o.version = version;
    });
  };
  const auto refused = [&](int state, bool second_person, std::int64_t version) {
    ExpectRefused([&](Transaction& t) { return t.UpdateOffer(offer(state, second_person, "", version)); });
  };
  const auto taken = [&](int state, bool second_person, std::string answered_by, std::int64_t version) {
    return Try([&](Transaction& t) {
      return t.UpdateOffer(offer(state, second_person, std::move(answered_by), version));
    });
  };
  ASSERT_TRUE(Insert(offer(v1::OFFER_STATE_DRAFT, false, "", 1)));
  refused(v1::OFFER_STATE_PROMISED, true, 2);
  EXPECT_TRUE(taken(v1::OFFER_STATE_PROMISE_ASKED, true, "", 2));
  refused(v1::OFFER_STATE_PROMISED, true, 3);
  refused(v1::OFFER_STATE_PROMISED, false, 3);
  refused(v1::OFFER_STATE_PROMISE_ASKED, false, 3);
  EXPECT_TRUE(taken(v1::OFFER_STATE_DRAFT, false, "", 3)) << "it was refused";
  EXPECT_TRUE(taken(v1::OFFER_STATE_PROMISE_ASKED, true, "", 4));
  EXPECT_TRUE(taken(v1::OFFER_STATE_PROMISED, true, "colleague", 5));
  refused(v1::OFFER_STATE_ISSUED, true, 6);
  EXPECT_TRUE(taken(v1::OFFER_STATE_REQUESTED, true, "", 6));
  refused(v1::OFFER_STATE_ISSUED, true, 7);
  refused(v1::OFFER_STATE_ISSUED, false, 7);
  EXPECT_TRUE(taken(v1::OFFER_STATE_PROMISED, true, "", 7)) << "not earned yet, said the second person";
  EXPECT_TRUE(taken(v1::OFFER_STATE_REQUESTED, true, "", 8));
  EXPECT_TRUE(taken(v1::OFFER_STATE_ISSUED, true, "colleague", 9));
}

TEST_P(Money, OffersOfADossierComeByTheirTime) {
  const auto offer = [](std::string id, std::int64_t since_us, std::string dossier_id = "d1") {
    return With(Offer(std::move(id)), [&](auto& o) {
      o.since_us = since_us;
      o.dossier_id = dossier_id;
    });
  };
  const OfferRow late = offer("a", 9), early = offer("c", 3), same = offer("b", 3);
  for (const OfferRow& row : {late, early, same, offer("d", 1, "d2")}) ASSERT_TRUE(Insert(row));
  EXPECT_THAT(All().offers, ElementsAre(same, early, late));
}

TEST_P(Money, OffersInAStateComeByTheirTimeAPageAtATime) {
  const auto offer = [](std::string id, std::int64_t since_us, int state = 2) {
    return With(Offer(std::move(id)), [&](auto& o) {
      o.since_us = since_us;
      o.state = state;
    });
  };
  const OfferRow first = offer("c", 3), second = offer("a", 5), third = offer("b", 5), fourth = offer("d", 8);
  for (const OfferRow& row : {fourth, second, third, first, offer("e", 5, 1), offer("f", 5, 3)}) {
    ASSERT_TRUE(Insert(row));
  }
  const auto after = [&](std::int64_t us, std::string_view id, std::int64_t rows_max) {
    return Get([&](const Snapshot& s) { return s.OffersInState(2, us, id, rows_max); });
  };
  EXPECT_THAT(after(0, "", 99), ElementsAre(first, second, third, fourth));
  EXPECT_THAT(after(0, "", 2), ElementsAre(first, second));
  EXPECT_THAT(after(5, "a", 1), ElementsAre(third));
  EXPECT_THAT(after(5, "", 99), ElementsAre(second, third, fourth));
  EXPECT_THAT(after(5, "b", 99), ElementsAre(fourth));
  EXPECT_THAT(after(8, "d", 99), IsEmpty());
  EXPECT_THAT(after(0, "", 0), IsEmpty());
}

TEST_P(Money, OffersThatEndedComeByTheirEnd) {
  const auto offer = [](std::string id, std::int64_t ends_at_us, int state = 2) {
    return With(Offer(std::move(id)), [&](auto& o) {
      o.ends_at_us = ends_at_us;
      o.state = state;
    });
  };
  const OfferRow first = offer("c", 3), second = offer("a", 5), third = offer("b", 5);
  for (const OfferRow& row : {third, first, second, offer("later", 6), offer("never", 0), offer("x", 4, 1)}) {
    ASSERT_TRUE(Insert(row));
  }
  const auto ended = [&](std::int64_t at_us, std::int64_t rows_max) {
    return Get([&](const Snapshot& s) { return s.OffersEnded(2, at_us, rows_max); });
  };
  EXPECT_THAT(ended(5, 99), ElementsAre(first, second, third));
  EXPECT_THAT(ended(5, 2), ElementsAre(first, second));
  EXPECT_THAT(ended(4, 99), ElementsAre(first));
  EXPECT_THAT(ended(2, 99), IsEmpty());
  EXPECT_THAT(ended(kLeast, 99), IsEmpty());
}

TEST_P(Money, AVoucherIsInsertedOnceAndReplacedOnlyFromItsVersion) {
  const VoucherRow first = Voucher("v1");
  ASSERT_TRUE(Insert(first));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindVoucher("v1"); }), first);
  EXPECT_EQ(Get([&](const Snapshot& s) { return s.FindVoucherByCode(first.code_hmac); }), first);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindVoucher("v2"); }), std::nullopt);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindVoucherByCode("code of v2"); }), std::nullopt);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindVoucherByCode(""); }), std::nullopt);
  ExpectRefused([](Transaction& t) {
    return t.InsertVoucher(With(Voucher("v1"), [](auto& v) { v.offer_id = "new", v.code_hmac = "new"; }));
  });
  const VoucherRow second = {.voucher_id = "v1",
                             .offer_id = "another",
                             .scheme_id = "s2",
                             .dossier_id = "d2",
                             .beneficiary_id = "another",
                             .state = 3,
                             .amount_cents = 6'000,
                             .remaining_cents = 6'000,
                             .earned_at_us = 6,
                             .issued_at_us = 11,
                             .expires_at_us = 21,
                             .in_parts = false,
                             .code_number = 2,
                             .code_hmac = "replaced",
                             .sealed_code = "changed",
                             .statements_count = 3,
                             .version = 2};
  for (const std::int64_t version : {0, 1, 3}) {
    ExpectRefused(
        [&](Transaction& t) { return t.UpdateVoucher(With(second, [&](auto& v) { v.version = version; })); });
  }
  ExpectRefused(
      [&](Transaction& t) { return t.UpdateVoucher(With(second, [](auto& v) { v.voucher_id = "v2"; })); });
  ASSERT_TRUE(Try([&](Transaction& t) { return t.UpdateVoucher(second); }));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindVoucher("v1"); }), second);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindVoucherByCode("replaced"); }), second);
  EXPECT_EQ(Get([&](const Snapshot& s) { return s.FindVoucherByCode(first.code_hmac); }), std::nullopt);
}

TEST_P(Money, AnOfferAndACodeHaveOneVoucherEach) {
  ASSERT_TRUE(Insert(Voucher("v1")));
  const auto with_its_offer = [](VoucherRow& v) { v.offer_id = Voucher("v1").offer_id; };
  const auto with_its_code = [](VoucherRow& v) { v.code_hmac = Voucher("v1").code_hmac; };
  ExpectRefused([&](Transaction& t) { return t.InsertVoucher(With(Voucher("v2"), with_its_offer)); });
  ExpectRefused([&](Transaction& t) { return t.InsertVoucher(With(Voucher("v2"), with_its_code)); });
  ASSERT_TRUE(Insert(Voucher("v2")));
  const VoucherRow next = With(Voucher("v2"), [](auto& v) { v.version = 2; });
  ExpectRefused([&](Transaction& t) { return t.UpdateVoucher(With(next, with_its_offer)); });
  ExpectRefused([&](Transaction& t) { return t.UpdateVoucher(With(next, with_its_code)); });
  EXPECT_TRUE(Try([&](Transaction& t) { return t.UpdateVoucher(next); })) << "its own are no other's";
}

TEST_P(Money, WhatRemainsOfAVoucherIsFromNothingToItsAmount) {
  const auto remaining = [](std::int64_t cents) {
    return With(Voucher("v1"), [&](auto& v) { v.remaining_cents = cents; });
  };
  for (const std::int64_t cents : {std::int64_t{-1}, std::int64_t{2'501}, kLeast, kMost}) {
    ExpectRefused([&](Transaction& t) { return t.InsertVoucher(remaining(cents)); });
  }
  ASSERT_TRUE(Insert(remaining(2'500)));
  const auto next = [&](std::int64_t cents) {
    return With(remaining(cents), [](auto& v) { v.version = 2; });
  };
  ExpectRefused([&](Transaction& t) { return t.UpdateVoucher(next(-1)); });
  ExpectRefused([&](Transaction& t) { return t.UpdateVoucher(next(2'501)); });
  EXPECT_TRUE(Try([&](Transaction& t) { return t.UpdateVoucher(next(0)); }));
}

TEST_P(Money, VouchersThatExpireComeByTheirEnd) {
  const auto voucher = [](std::string id, std::int64_t expires_at_us, int state = 2) {
    return With(Voucher(std::move(id)), [&](auto& v) {
      v.expires_at_us = expires_at_us;
      v.state = state;
    });
  };
  const VoucherRow first = voucher("c", 3), second = voucher("a", 5), third = voucher("b", 5);
  for (const VoucherRow& row : {third, first, second, voucher("later", 6), voucher("x", 4, 1)}) {
    ASSERT_TRUE(Insert(row));
  }
  const auto expired = [&](std::int64_t at_us, std::int64_t rows_max) {
    return Get([&](const Snapshot& s) { return s.VouchersExpired(2, at_us, rows_max); });
  };
  EXPECT_THAT(expired(5, 99), ElementsAre(first, second, third));
  EXPECT_THAT(expired(5, 2), ElementsAre(first, second));
  EXPECT_THAT(expired(4, 99), ElementsAre(first));
  EXPECT_THAT(expired(2, 99), IsEmpty());
}

TEST_P(Money, VouchersAreListedByIdAPageAtATime) {
  for (const char* id : {"v3", "v1", "v2"}) ASSERT_TRUE(Insert(Voucher(id)));
  const auto page = [&](std::string after, std::int64_t rows_max) {
    return Get([&](const Snapshot& s) { return s.ListVouchers({.after = after, .rows_max = rows_max}); });
  };
  EXPECT_THAT(page("", 2), ElementsAre(Voucher("v1"), Voucher("v2")));
  EXPECT_THAT(page("v2", 2), ElementsAre(Voucher("v3")));
  EXPECT_THAT(page("v3", 2), IsEmpty());
}

TEST_P(Money, VouchersOfASchemeAreCountedAndTheMiddleOfTheirWaitIsTheLowerOne) {
  const auto totals = [&] { return Get([](const Snapshot& s) { return s.TotalsOfVouchers("s1", 1); }); };
  EXPECT_EQ(totals(), VoucherTotals());
  const auto insert = [&](std::string id, std::int64_t wait_us, int state, std::string scheme_id = "s1") {
    ASSERT_TRUE(Insert(With(Voucher(std::move(id)), [&](auto& v) {
      v.issued_at_us = v.earned_at_us + wait_us;
      v.state = state;
      v.scheme_id = scheme_id;
    })));
  };
  insert("v1", 70, 1);
  insert("v0", 1, 1, "s2");
  EXPECT_EQ(totals(), (VoucherTotals{1, 1, 2'000, 70}));
  insert("v2", 30, 2);
  EXPECT_EQ(totals(), (VoucherTotals{1, 2, 2'000, 30})) << "the lower one of two";
  insert("v3", 50, 1);
  EXPECT_EQ(totals(), (VoucherTotals{2, 3, 4'000, 50}));
  insert("v4", 50, 3);
  EXPECT_EQ(totals(), (VoucherTotals{2, 4, 4'000, 50}));
  for (const std::string id : {"v5", "v6", "v7"}) {
    ASSERT_TRUE(Insert(With(Voucher(id), [](auto& v) {
      v.scheme_id = "s1";
      v.state = 3;
      v.issued_at_us = 1;
      v.earned_at_us = 0;
    })));
  }
  EXPECT_EQ(totals(), (VoucherTotals{2, 7, 4'000, 50})) << "of these nobody knows how long they took";
}

TEST_P(Money, ARedemptionIsInsertedOnceAndUndoneOnce) {
  const RedemptionRow row = Redemption("r1", 10);
  ASSERT_TRUE(Insert(row));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindRedemption("r1"); }), row);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindRedemption("r2"); }), std::nullopt);
  ExpectRefused([](Transaction& t) { return t.InsertRedemption(Redemption("r1", 11)); });
  ExpectRefused([](Transaction& t) { return t.UndoRedemption("r2", 20); });
  ASSERT_TRUE(Try([](Transaction& t) { return t.UndoRedemption("r1", 20); }));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindRedemption("r1"); }),
            With(row, [](auto& r) { r.undone_at_us = 20; }));
  ExpectRefused([](Transaction& t) { return t.UndoRedemption("r1", 30); });
}

TEST_P(Money, RedemptionsOfAMerchantComeNewestFirst) {
  const RedemptionRow early = Redemption("b", 10), same = Redemption("a", 20), later = Redemption("c", 20);
  for (const RedemptionRow& row : {same, early, later, Redemption("before", 9), Redemption("after", 21),
                                   With(Redemption("x", 15), [](auto& r) { r.merchant_id = "other"; })}) {
    ASSERT_TRUE(Insert(row));
  }
  const auto of = [&](std::string_view merchant_id, std::int64_t from_us, std::int64_t until_us) {
    return Get([&](const Snapshot& s) { return s.RedemptionsOf(merchant_id, from_us, until_us); });
  };
  EXPECT_THAT(of("shop", 10, 21), ElementsAre(later, same, early));
  EXPECT_THAT(of("shop", 10, 20), ElementsAre(early));
  EXPECT_THAT(of("shop", 20, 20), IsEmpty());
  EXPECT_THAT(of("nobody", kLeast, kMost), IsEmpty());
}

TEST_P(Money, AnAgreementIsPutOverTheOneThatWasThere) {
  const auto put = [&](AgreementRow agreement) {
    Try([&](Transaction& t) { return t.PutAgreement(agreement), true; });
  };
  put({"shop", "s2", true});
  put({"shop", "s1", true});
  put({"other", "s1", false});
  put({"shop", "s2", false});
  EXPECT_THAT(All().agreements,
              ElementsAre(AgreementRow{"shop", "s1", true}, AgreementRow{"shop", "s2", false}));
  EXPECT_THAT(Get([](const Snapshot& s) { return s.AgreementsOf("other"); }),
              ElementsAre(AgreementRow{"other", "s1", false}));
}

// A scheme with one of each kind of row.
bool InsertOneOfEach(Transaction& t) {
  t.PutAgreement({"shop", "s1", true});
  return t.InsertScheme({.scheme_id = "s1"}) && t.AppendTransfer(Transfer(1, "outside", "budget", 9'000)) &&
         t.AddPromised({"s1", "d1", 2026, 2'500}, 9'000) && t.InsertOffer(Offer("o1")) &&
         t.InsertVoucher(Voucher("v1")) && t.InsertRedemption(Redemption("r1", 10));
}

// Every kind of change, to what InsertOneOfEach wrote and beside it.
bool ChangeOneOfEach(Transaction& t) {
  t.PutAgreement({"shop", "s1", false});
  t.PutAgreement({"shop", "s2", true});
  return t.InsertScheme({.scheme_id = "s2"}) && t.AppendTransfer(Transfer(2, "budget", "reserved", 100)) &&
         t.AddPromised({"s1", "d1", 2026, -500}, 9'000) && t.AddPromised({"s1", "d1", 2027, 500}, 9'000) &&
         t.InsertOffer(Offer("o2")) && t.UpdateOffer(With(Offer("o1"), [](auto& o) { o.version = 2; })) &&
         t.InsertVoucher(Voucher("v2")) &&
         t.UpdateVoucher(With(Voucher("v1"), [](auto& v) { v.version = 2, v.code_hmac = "new"; })) &&
         t.InsertRedemption(Redemption("r2", 11)) && t.UndoRedemption("r1", 20);
}

TEST_P(Money, OrganisationsDoNotSeeEachOthersMoney) {
  ASSERT_TRUE(Try(InsertOneOfEach));
  const Everything here = All();
  EXPECT_TRUE(All(kOtherOrganisation) == (Everything{.promised = {0, 0}}));
  EXPECT_FALSE(Try([](Transaction& t) { return t.AppendTransfer(Transfer(2, "budget", "reserved", 1)); },
                   kOtherOrganisation));
  EXPECT_FALSE(Try([](Transaction& t) { return t.UndoRedemption("r1", 20); }, kOtherOrganisation));
  ASSERT_TRUE(Try(InsertOneOfEach, kOtherOrganisation));
  ASSERT_TRUE(Try(ChangeOneOfEach, kOtherOrganisation));
  EXPECT_TRUE(All() == here);
}

TEST_P(Money, AWorkSeesWhatItWroteAndIsUndoneAloneWhenItSaysFalse) {
  const auto counts = [](const Snapshot& s) {
    return std::vector<std::size_t>{s.ListSchemes().size(),
                                    s.TransfersAfter("s1", 0, 9).size(),
                                    s.OffersOfDossier("d1").size(),
                                    s.ListVouchers({.rows_max = 9}).size(),
                                    s.RedemptionsOf("shop", 0, 99).size(),
                                    s.AgreementsOf("shop").size()};
  };
  std::vector<std::size_t> within, afterwards;
  bool changed = false;
  const std::vector<Work> works = {InsertOneOfEach,
                                   [&](Transaction& t) {
                                     changed = ChangeOneOfEach(t);
                                     within = counts(t);
                                     return false;
                                   },
                                   [&](Transaction& t) {
                                     afterwards = counts(t);
                                     return t.AppendTransfer(Transfer(2, "budget", "outstanding", 1));
                                   }};
  ASSERT_TRUE(Store().Write(works).ok());
  EXPECT_TRUE(changed);
  EXPECT_EQ(within, (std::vector<std::size_t>{2, 2, 2, 2, 2, 2}));
  EXPECT_EQ(afterwards, (std::vector<std::size_t>{1, 1, 1, 1, 1, 1}));
  EXPECT_THAT(All().accounts,
              ElementsAre(AccountRow{"s1", "budget", 8'999}, AccountRow{"s1", "outside", -9'000},
                          AccountRow{"s1", "outstanding", 1}));
  EXPECT_EQ(Promised(), 2'500);

  const Everything before = All();
  const Work alone = [](Transaction& t) {
    EXPECT_TRUE(t.InsertOffer(Offer("o2")) && t.UndoRedemption("r1", 20));
    return false;
  };
  ASSERT_TRUE(Store().Write(std::span(&alone, 1)).ok());
  EXPECT_TRUE(All() == before);
}

TEST_P(Money, WhatWasCommittedOutlivesTheProcess) {
  if (!adapter().forgets_because().empty()) GTEST_SKIP() << adapter().forgets_because();
  ASSERT_TRUE(Try(InsertOneOfEach));
  const Everything before = All();
  adapter().Reopen();
  EXPECT_TRUE(All() == before);
  EXPECT_EQ(before.vouchers.size(), 1U);
}

TEST_P(Money, AFailedReadOfMoneyAnswersNothingAndWritesNothing) {
  ASSERT_TRUE(Try(InsertOneOfEach));
  adapter().Reopen();
  bool wrote = true;
  const Work fails = [&](Transaction& t) {
    adapter().FailReads(true);
    EXPECT_EQ(t.FindOffer("o1"), std::nullopt);
    EXPECT_TRUE(t.failed());
    EXPECT_THAT(t.ListVouchers({.rows_max = 9}), IsEmpty());
    EXPECT_EQ(t.TotalsOfVouchers("s1", 1), VoucherTotals());
    EXPECT_EQ(t.PromisedInYear("s1", "d1", 2026), 0);
    EXPECT_EQ(t.FindScheme("s1"), std::nullopt);
    EXPECT_THAT(t.ListSchemes(), IsEmpty());
    EXPECT_THAT(t.AccountsOf("s1"), IsEmpty());
    EXPECT_EQ(t.FindTransfer("s1", "t1"), std::nullopt);
    EXPECT_THAT(t.TransfersAfter("s1", 0, 9), IsEmpty());
    EXPECT_THAT(t.TransfersOfAccount("s1", "budget", kLeast, kMost), IsEmpty());
    EXPECT_THAT(t.OffersOfDossier("d1"), IsEmpty());
    EXPECT_THAT(t.OffersInState(1, kLeast, "", 9), IsEmpty());
    EXPECT_THAT(t.OffersEnded(1, kMost, 9), IsEmpty());
    EXPECT_EQ(t.FindVoucher("v1"), std::nullopt);
    EXPECT_EQ(t.FindVoucherByCode(Voucher("v1").code_hmac), std::nullopt);
    EXPECT_THAT(t.VouchersExpired(1, kMost, 9), IsEmpty());
    EXPECT_EQ(t.FindRedemption("r1"), std::nullopt);
    EXPECT_THAT(t.RedemptionsOf("shop", kLeast, kMost), IsEmpty());
    EXPECT_THAT(t.AgreementsOf("shop"), IsEmpty());
    EXPECT_FALSE(t.UpdateOffer(With(Offer("o1"), [](auto& o) { o.version = 2; })));
    EXPECT_FALSE(t.UpdateVoucher(With(Voucher("v1"), [](auto& v) { v.version = 2; })));
    EXPECT_FALSE(t.UndoRedemption("r1", 20));
    wrote = t.InsertScheme({.scheme_id = "s9"}) || t.AppendTransfer(Transfer(2, "outside", "budget", 1)) ||
            t.AddPromised({"s1", "d1", 2028, 1}, 9) || t.InsertOffer(Offer("o9")) ||
            t.InsertVoucher(Voucher("v9")) || t.InsertRedemption(Redemption("r9", 1));
    t.PutAgreement({"shop", "s9", true});
    return true;
  };
  const auto done = Store().Write(std::span(&fails, 1));
  adapter().FailReads(false);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.failure().reason, v1::ERROR_REASON_STORAGE_UNAVAILABLE);
  EXPECT_FALSE(wrote);
  EXPECT_THAT(Get([](const Snapshot& s) { return s.AgreementsOf("shop"); }),
              testing::Not(testing::Contains(AgreementRow{"shop", "s9", true})));
}

}  // namespace
}  // namespace brug::storage
