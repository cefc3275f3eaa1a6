// The contract of service/storage/money.h: schemes, the ledger, and what was promised in a year.
#include "tests/contracts/money_contract.h"

namespace brug::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Ledger : public Money {};

INSTANTIATE_TEST_SUITE_P(Adapters, Ledger, testing::ValuesIn(AllAdapters()), NameOf);

TEST_P(Ledger, ASchemeIsInsertedOnceAndBeginsWithoutTransfers) {
  ExpectRefused([](Transaction& t) { return t.InsertScheme({.scheme_id = "s1", .transfers_count = 1}); });
  InsertScheme("s2");
  InsertScheme("s1");
  ExpectRefused([](Transaction& t) { return t.InsertScheme({.scheme_id = "s1", .content = "other"}); });
  const SchemeRow first = {.scheme_id = "s1", .content = std::string("a\0b", 3)};
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindScheme("s1"); }), first);
  EXPECT_THAT(All().schemes, ElementsAre(first, With(first, [](auto& row) { row.scheme_id = "s2"; })));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindScheme("s3"); }), std::nullopt);
}

TEST_P(Ledger, ATransferMovesItsAmountFromOneAccountToTheOtherAndTheSchemeCountsIt) {
  InsertScheme();
  const TransferRow paid_in = Transfer(1, "outside", "budget", 10'000);
  const TransferRow reserved = Transfer(2, "budget", "reserved", 2'500);
  ExpectAppended({paid_in, reserved});
  EXPECT_THAT(All().accounts,
              ElementsAre(AccountRow{"s1", "budget", 7'500}, AccountRow{"s1", "outside", -10'000},
                          AccountRow{"s1", "reserved", 2'500}));
  EXPECT_THAT(All().transfers, ElementsAre(paid_in, reserved));
  EXPECT_EQ(All().schemes.front().transfers_count, 2);
  const auto find = [&](std::string_view scheme_id, std::string_view transfer_id) {
    return Get([&](const Snapshot& s) { return s.FindTransfer(scheme_id, transfer_id); });
  };
  EXPECT_EQ(find("s1", "t2"), reserved);
  EXPECT_EQ(find("s1", "t3"), std::nullopt);
  EXPECT_EQ(find("s2", "t2"), std::nullopt);
}

TEST_P(Ledger, ATransferBelongsToASchemeThatIsThere) {
  ExpectNotAppended(Transfer(1, "outside", "budget", 1));
  InsertScheme("s2");
  ExpectNotAppended(Transfer(1, "outside", "budget", 1));
}

TEST_P(Ledger, ATransferHasTheNextNumberOfItsScheme) {
  InsertScheme();
  for (const std::int64_t number : {std::int64_t{0}, std::int64_t{2}, std::int64_t{-1}, kLeast, kMost}) {
    ExpectNotAppended(Transfer(number, "outside", "budget", 1));
  }
  ExpectAppended({Transfer(1, "outside", "budget", 1)});
  for (const std::int64_t number : {0, 1, 3}) {
    ExpectNotAppended(With(Transfer(number, "outside", "budget", 1), [](auto& t) { t.transfer_id = "new"; }));
  }
  InsertScheme("s2");
  ExpectAppended({With(Transfer(1, "outside", "budget", 1), [](auto& t) { t.scheme_id = "s2"; })});
  ExpectAppended({Transfer(2, "outside", "budget", 1)});
}

TEST_P(Ledger, ATransferIsAppendedOnce) {
  InsertScheme();
  ExpectAppended({Transfer(1, "outside", "budget", 5)});
  ExpectNotAppended(With(Transfer(2, "outside", "budget", 5), [](auto& t) { t.transfer_id = "t1"; }));
  EXPECT_EQ(All().transfers.size(), 1U);
}

TEST_P(Ledger, ATransferMovesMoreThanNothingBetweenTwoAccounts) {
  InsertScheme();
  ExpectNotAppended(Transfer(1, "outside", "budget", 0));
  ExpectNotAppended(Transfer(1, "outside", "budget", -1));
  ExpectNotAppended(Transfer(1, "outside", "budget", kLeast));
  ExpectNotAppended(Transfer(1, "outside", "outside", 1));
  ExpectAppended({Transfer(1, "outside", "budget", 1)});
  ExpectNotAppended(Transfer(2, "budget", "budget", 1));
}

TEST_P(Ledger, NoAccountFallsBelowZeroButTheOutsideAndWhatWasRestored) {
  InsertScheme();
  ExpectAppended({Transfer(1, "outside", "budget", 100)});
  std::int64_t number = 2;
  for (const char* account : {"reserved", "outstanding", "redeemed/shop", "restored/shop", "anything"}) {
    ExpectNotAppended(Transfer(number, account, "budget", 1));
    ExpectAppended({Transfer(number, "budget", account, 10)});
    ++number;
    ExpectNotAppended(Transfer(number, account, "budget", 11));
    ExpectAppended({Transfer(number, account, "budget", 10)});
    ++number;
  }
  ExpectNotAppended(Transfer(number, "budget", "reserved", 101));
  ExpectAppended(
      {Transfer(number, "restored", "reserved", 25), Transfer(number + 1, "restored", "reserved", 1)});
  EXPECT_THAT(All().accounts, testing::Contains(AccountRow{"s1", "restored", -26}));
}

TEST_P(Ledger, NoBalanceLeaves64Bits) {
  InsertScheme();
  ExpectAppended({Transfer(1, "outside", "budget", kMost)});
  ExpectNotAppended(Transfer(2, "restored", "budget", 1));
  ExpectNotAppended(Transfer(2, "restored", "budget", kMost));
  ExpectNotAppended(Transfer(2, "outside", "reserved", 2));
  ExpectAppended({Transfer(2, "outside", "reserved", 1)});
  ExpectNotAppended(Transfer(3, "outside", "reserved", 1));
  EXPECT_THAT(All().accounts,
              ElementsAre(AccountRow{"s1", "budget", kMost}, AccountRow{"s1", "outside", kLeast},
                          AccountRow{"s1", "reserved", 1}));
  ExpectAppended({Transfer(3, "budget", "outside", kMost)});
}

TEST_P(Ledger, ATransferThatIsRefusedHarmsNothingElseOfItsWork) {
  InsertScheme();
  ASSERT_TRUE(Try([](Transaction& t) {
    EXPECT_TRUE(t.AppendTransfer(Transfer(1, "outside", "budget", 100)));
    EXPECT_FALSE(t.AppendTransfer(Transfer(2, "reserved", "outstanding", 1)));
    EXPECT_EQ(t.AccountsOf("s1").size(), 2U);
    EXPECT_EQ(t.TransfersAfter("s1", 0, 9).size(), 1U);
    return t.AppendTransfer(Transfer(2, "budget", "reserved", 40));
  }));
  EXPECT_THAT(All().accounts, ElementsAre(AccountRow{"s1", "budget", 60}, AccountRow{"s1", "outside", -100},
                                          AccountRow{"s1", "reserved", 40}));
}

TEST_P(Ledger, TransfersComeByNumberAPageAtATime) {
  InsertScheme();
  std::vector<TransferRow> all;
  for (std::int64_t number = 1; number <= 12; ++number) {
    all.push_back(With(Transfer(number, "outside", "budget", number), [](auto& t) { t.at_us = -t.number; }));
  }
  ExpectAppended(all);
  const auto after = [&](std::int64_t number, std::int64_t rows_max) {
    return Get([&](const Snapshot& s) { return s.TransfersAfter("s1", number, rows_max); });
  };
  EXPECT_EQ(after(0, 99), all);
  EXPECT_THAT(after(8, 3), ElementsAre(all[8], all[9], all[10]));
  EXPECT_THAT(after(12, 3), IsEmpty());
  EXPECT_THAT(after(0, 0), IsEmpty());
  EXPECT_THAT(Get([](const Snapshot& s) { return s.TransfersAfter("s2", 0, 99); }), IsEmpty());
}

TEST_P(Ledger, TransfersOfAnAccountComeByNumberFromOneInstantToBeforeAnother) {
  InsertScheme();
  const auto at = [](std::int64_t at_us) { return [at_us](TransferRow& t) { t.at_us = at_us; }; };
  const TransferRow before = With(Transfer(1, "outside", "budget", 100), at(19));
  // A clock that was set back: the order is that of the numbers.
  const TransferRow last = With(Transfer(2, "budget", "reserved", 10), at(29));
  const TransferRow other = With(Transfer(3, "outside", "reserved", 10), at(25));
  const TransferRow first = With(Transfer(4, "reserved", "budget", 10), at(20));
  const TransferRow after = With(Transfer(5, "budget", "reserved", 10), at(30));
  ExpectAppended({before, last, other, first, after});
  const auto of = [&](std::string_view account, std::int64_t from_us, std::int64_t until_us) {
    return Get([&](const Snapshot& s) { return s.TransfersOfAccount("s1", account, from_us, until_us); });
  };
  EXPECT_THAT(of("budget", 20, 30), ElementsAre(last, first));
  EXPECT_THAT(of("budget", kLeast, kMost), ElementsAre(before, last, first, after));
  EXPECT_THAT(of("reserved", 20, 30), ElementsAre(last, other, first));
  EXPECT_THAT(of("outside", 20, 30), ElementsAre(other));
  EXPECT_THAT(of("budget", 30, 30), IsEmpty());
  EXPECT_THAT(of("nothing", kLeast, kMost), IsEmpty());
}

TEST_P(Ledger, WhatIsPromisedInAYearStaysFromZeroToTheMost) {
  EXPECT_EQ(Promised(), 0);
  EXPECT_FALSE(Promise(-1, 100));
  EXPECT_FALSE(Promise(101, 100));
  EXPECT_EQ(Promised(), 0);
  EXPECT_TRUE(Promise(60, 100));
  EXPECT_FALSE(Promise(41, 100));
  EXPECT_FALSE(Promise(-61, 100));
  EXPECT_EQ(Promised(), 60);
  EXPECT_TRUE(Promise(40, 100));
  EXPECT_EQ(Promised(), 100);
  EXPECT_EQ(Promised(2027), 0);
  EXPECT_TRUE(Promise(5, 100, 2027));
  EXPECT_TRUE(Promise(-100, 100));
  EXPECT_EQ(Promised(), 0);
  EXPECT_EQ(Promised(2027), 5);
}

TEST_P(Ledger, WhatIsPromisedMayBeGivenBackOnlyWithinTheMost) {
  ASSERT_TRUE(Promise(60, 100));
  EXPECT_FALSE(Promise(-10, 49)) << "50 is above 49";
  EXPECT_TRUE(Promise(-10, 50));
  EXPECT_FALSE(Promise(-50, -1));
  EXPECT_EQ(Promised(), 50);
}

TEST_P(Ledger, WhatIsPromisedNeverLeaves64Bits) {
  EXPECT_FALSE(Promise(kLeast, kMost));
  EXPECT_FALSE(Promise(kMost, kLeast));
  EXPECT_FALSE(Promise(1, kLeast));
  EXPECT_TRUE(Promise(kMost, kMost));
  EXPECT_FALSE(Promise(1, kMost));
  EXPECT_FALSE(Promise(kMost, kMost));
  EXPECT_FALSE(Promise(kLeast, kMost));
  EXPECT_EQ(Promised(), kMost);
  EXPECT_TRUE(Promise(-kMost, kMost));
  EXPECT_EQ(Promised(), 0);
}

TEST_P(Ledger, WhatIsPromisedIsCountedForEachSchemeAndClient) {
  ASSERT_TRUE(Promise(60, 100));
  const auto add = [&](std::string scheme_id, std::string dossier_id) {
    return Try([&](Transaction& t) {
      return t.AddPromised(
          {.scheme_id = scheme_id, .dossier_id = dossier_id, .year = 2026, .promised_cents = 99}, 100);
    });
  };
  EXPECT_TRUE(add("s2", "d1"));
  EXPECT_TRUE(add("s1", "d2"));
  EXPECT_FALSE(add("s1", "d1"));
  EXPECT_EQ(Promised(), 60);
}

}  // namespace
}  // namespace brug::storage
