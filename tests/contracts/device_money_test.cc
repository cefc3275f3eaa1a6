// What a device's storage keeps of money: unanswered requests, codes of vouchers, signed statements.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "client-sdk/src/outbox/unanswered.h"
#include "client-sdk/src/replica/replica.h"
#include "tests/contracts/storage_of_device.h"

namespace brug::sdk {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kAnna = "0b8f6a3e-7c1d-4e5f-8a9b-000000000001";
constexpr const char* kBas = "0b8f6a3e-7c1d-4e5f-8a9b-000000000002";

UnansweredRow Request(std::int64_t ordinal, const std::string& name) {
  return {.name = Bytes("\0", 1) + name, .ordinal = ordinal, .sealed = Bytes("sealed\0", 7) + name};
}

VoucherCodeRow Code(const std::string& token, const std::string& sealed) {
  return {.token = Bytes("\0", 1) + token, .sealed = Bytes("\0", 1) + sealed};
}

class MoneyContract : public testing::TestWithParam<StorageAdapter> {
 protected:
  void SetUp() override {
    for (const char* id : {kAnna, kBas}) {
      DossierRow row;
      row.dossier_id = id;
      row.sealed_key = "key";
      ASSERT_TRUE(replica().PutDossier(row).ok());
    }
  }

  Unanswered& unanswered() { return storage_->unanswered(); }
  Replica& replica() { return storage_->replica(); }
  void Add(const UnansweredRow& row) { ASSERT_TRUE(unanswered().AddRequest(row).ok()); }
  void Put(const char* dossier, const VoucherCodeRow& row) {
    ASSERT_TRUE(replica().PutVoucherCode(dossier, row).ok());
  }

  ScratchDirectory directory_;
  std::unique_ptr<Storage> storage_ = GetParam().open(directory_.path()).value();
};

// ---- Unanswered requests

TEST_P(MoneyContract, ARequestIsFoundByItsNameUntilItIsRemoved) {
  EXPECT_THAT(unanswered().ListRequests().value(), IsEmpty());
  EXPECT_EQ(unanswered().FindRequest(Request(1, "a").name).value(), std::nullopt);
  Add(Request(2, "b"));
  Add(Request(1, "a"));
  EXPECT_EQ(unanswered().FindRequest(Request(1, "a").name).value(), Request(1, "a"));
  EXPECT_THAT(unanswered().ListRequests().value(), ElementsAre(Request(1, "a"), Request(2, "b")));
  ASSERT_TRUE(unanswered().RemoveRequest(Request(1, "a").name).ok());
  EXPECT_EQ(unanswered().FindRequest(Request(1, "a").name).value(), std::nullopt);
  EXPECT_THAT(unanswered().ListRequests().value(), ElementsAre(Request(2, "b")));
  EXPECT_TRUE(unanswered().RemoveRequest(Request(1, "a").name).ok()) << "one that is not there is fine";
}

TEST_P(MoneyContract, ASecondRequestOfOneNameOrOrdinalIsRefusedAndTheFirstStays) {
  Add(Request(1, "a"));
  EXPECT_EQ(unanswered().AddRequest(Request(2, "a")).error().reason, "STORAGE_DAMAGED");
  EXPECT_EQ(unanswered().AddRequest(Request(1, "b")).error().reason, "STORAGE_DAMAGED");
  EXPECT_THAT(unanswered().ListRequests().value(), ElementsAre(Request(1, "a")));
}

TEST_P(MoneyContract, WhatATransactionDidIsUndoneAltogether) {
  Add(Request(1, "a"));
  Put(kAnna, Code("x", "one"));
  ASSERT_TRUE(replica().PutMoneyStatement({.number = 1, .sealed = "one"}).ok());
  {
    auto transaction = Transaction::Begin(storage_->transactions());
    ASSERT_TRUE(transaction.ok());
    ASSERT_TRUE(unanswered().RemoveRequest(Request(1, "a").name).ok());
    Add(Request(2, "b"));
    Put(kAnna, Code("x", "two"));
    ASSERT_TRUE(replica().PutMoneyStatement({.number = 2, .sealed = "two"}).ok());
  }
  EXPECT_THAT(unanswered().ListRequests().value(), ElementsAre(Request(1, "a")));
  EXPECT_THAT(replica().ListVoucherCodes(kAnna).value(), ElementsAre(Code("x", "one")));
  EXPECT_EQ(replica().ListMoneyStatements(9)->size(), 1U);
}

TEST_P(MoneyContract, APurgeOfRequestsLeavesNone) {
  Add(Request(1, "a"));
  ASSERT_TRUE(unanswered().PurgeAll().ok());
  EXPECT_THAT(unanswered().ListRequests().value(), IsEmpty());
  Add(Request(1, "a"));
}

// ---- Codes

TEST_P(MoneyContract, ACodeBelongsToItsDossierAndALaterOneTakesItsPlace) {
  EXPECT_THAT(replica().ListVoucherCodes(kAnna).value(), IsEmpty());
  Put(kAnna, Code("y", "one"));
  Put(kAnna, Code("x", "two"));
  Put(kBas, Code("x", "three"));
  Put(kAnna, Code("y", "four"));
  EXPECT_THAT(replica().ListVoucherCodes(kAnna).value(), ElementsAre(Code("x", "two"), Code("y", "four")));
  EXPECT_THAT(replica().ListVoucherCodes(kBas).value(), ElementsAre(Code("x", "three")));
  const Bytes token = Code("x", "").token;
  ASSERT_TRUE(replica().RemoveVoucherCode({.dossier_id = kAnna, .token = token}).ok());
  EXPECT_THAT(replica().ListVoucherCodes(kAnna).value(), ElementsAre(Code("y", "four")));
  EXPECT_THAT(replica().ListVoucherCodes(kBas).value(), ElementsAre(Code("x", "three")));
  EXPECT_TRUE(replica().RemoveVoucherCode({.dossier_id = kAnna, .token = token}).ok());
}

TEST_P(MoneyContract, ACodeOfADossierThatIsNotThereIsRefused) {
  EXPECT_EQ(replica().PutVoucherCode("nobody's", Code("x", "one")).error().reason, "STORAGE_DAMAGED");
}

TEST_P(MoneyContract, CodesGoWithTheirDossier) {
  Put(kAnna, Code("x", "one"));
  Put(kBas, Code("x", "two"));
  ASSERT_TRUE(replica().PurgeDossier(kAnna).ok());
  DossierRow row;
  row.dossier_id = kAnna;
  row.sealed_key = "another key";
  ASSERT_TRUE(replica().PutDossier(row).ok());
  EXPECT_THAT(replica().ListVoucherCodes(kAnna).value(), IsEmpty());
  EXPECT_THAT(replica().ListVoucherCodes(kBas).value(), ElementsAre(Code("x", "two")));
}

TEST_P(MoneyContract, ASnapshotLeavesCodesAlone) {
  Put(kAnna, Code("x", "one"));
  ASSERT_TRUE(replica().ClearRecords(kAnna).ok());
  EXPECT_THAT(replica().ListVoucherCodes(kAnna).value(), ElementsAre(Code("x", "one")));
}

// ---- Statements about money

TEST_P(MoneyContract, StatementsAboutMoneyAreApartAndTheNewestComeFirst) {
  ASSERT_TRUE(replica().PutStatement({.number = 1, .sealed = "a grant"}).ok());
  for (const std::int64_t number : {4, 2, 3}) {
    ASSERT_TRUE(replica().PutMoneyStatement({.number = number, .sealed = std::to_string(number)}).ok());
  }
  ASSERT_TRUE(replica().PutMoneyStatement({.number = 3, .sealed = "again"}).ok());
  const StatementRow four{.number = 4, .sealed = "4"};
  const StatementRow three{.number = 3, .sealed = "again"};
  const StatementRow two{.number = 2, .sealed = "2"};
  EXPECT_THAT(replica().ListMoneyStatements(9).value(), ElementsAre(four, three, two));
  EXPECT_THAT(replica().ListMoneyStatements(2).value(), ElementsAre(four, three));
  EXPECT_THAT(replica().ListMoneyStatements(0).value(), IsEmpty());
  EXPECT_EQ(replica().ListStatements()->size(), 1U);
  ASSERT_TRUE(replica().RemoveMoneyStatement(3).ok());
  EXPECT_TRUE(replica().RemoveMoneyStatement(3).ok()) << "one that is not there is fine";
  EXPECT_THAT(replica().ListMoneyStatements(9).value(), ElementsAre(four, two));
}

TEST_P(MoneyContract, APurgeOfAllLeavesNothing) {
  Put(kAnna, Code("x", "one"));
  ASSERT_TRUE(replica().PutMoneyStatement({.number = 1, .sealed = "one"}).ok());
  ASSERT_TRUE(replica().PurgeAll().ok());
  EXPECT_THAT(replica().ListVoucherCodes(kAnna).value(), IsEmpty());
  EXPECT_THAT(replica().ListMoneyStatements(9).value(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Adapters, MoneyContract, testing::Values(MemoryAdapter(), SqliteAdapter()),
                         [](const auto& each) { return each.param.name; });

// ---- A file of an earlier version

TEST(MoneyStorage, AFileOfVersionOneGetsTheTablesThatCameAfterIt) {
  const ScratchDirectory directory;
  {
    auto storage = OpenSqliteStorage(directory.path());
    ASSERT_TRUE(storage.ok());
    ASSERT_TRUE((*storage)->replica().WriteNote(Note::kNonce, "stays").ok());
  }
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((directory.path() + "/replica.db").c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database,
                         "DROP TABLE unanswered; DROP TABLE voucher_codes; DROP TABLE money_statements;"
                         "PRAGMA user_version=1",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(database);
  auto storage = OpenSqliteStorage(directory.path());
  ASSERT_TRUE(storage.ok()) << storage.error().reason;
  EXPECT_EQ((*storage)->replica().ReadNote(Note::kNonce).value(), "stays");
  EXPECT_TRUE((*storage)->unanswered().AddRequest(Request(1, "a")).ok());
  EXPECT_TRUE((*storage)->replica().PutMoneyStatement({.number = 1, .sealed = "one"}).ok());
  EXPECT_THAT((*storage)->replica().ListVoucherCodes(kAnna).value(), IsEmpty());
}

}  // namespace
}  // namespace brug::sdk
