#include "client-sdk/src/replica/replica.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contracts/storage_of_device.h"

namespace brug::sdk {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr const char* kAnna = "0b8f6a3e-7c1d-4e5f-8a9b-000000000001";
constexpr const char* kBas = "0b8f6a3e-7c1d-4e5f-8a9b-000000000002";

Bytes Token(char letter) { return Bytes(kTokenBytes, letter); }

RecordRow Record(char token, std::int64_t revision, char parent = '\0') {
  return RecordRow{.token = Token(token),
                   .parent_token = parent == '\0' ? Bytes() : Token(parent),
                   .revision = revision,
                   .sealed = Bytes("sealed\0bytes", 12) + token};
}

DossierRow Dossier(const std::string& id) {
  DossierRow row;
  row.dossier_id = id;
  row.sealed_key = Bytes("key\0of ", 7) + id;
  return row;
}

class ReplicaContract : public testing::TestWithParam<StorageAdapter> {
 protected:
  void SetUp() override {
    Put(Dossier(kAnna));
    Put(Dossier(kBas));
  }

  Replica& replica() { return storage_->replica(); }
  Transactions& transactions() { return storage_->transactions(); }
  void Put(const DossierRow& row) { ASSERT_TRUE(replica().PutDossier(row).ok()); }
  void Put(const char* dossier, const RecordRow& row) { ASSERT_TRUE(replica().PutRecord(dossier, row).ok()); }
  void Stage(const char* dossier, const RecordRow& row) {
    ASSERT_TRUE(replica().StageRecord(dossier, row).ok());
  }
  std::optional<RecordRow> Find(const char* dossier, char token) {
    return replica().FindRecord({.dossier_id = dossier, .token = Token(token)}).value();
  }
  std::vector<RecordRow> Children(const char* dossier, char parent) {
    return replica().ListChildren({.dossier_id = dossier, .token = Token(parent)}).value();
  }

  ScratchDirectory directory_;
  std::unique_ptr<Storage> storage_ = GetParam().open(directory_.path()).value();
};

TEST_P(ReplicaContract, ANoteIsEmptyUntilItIsWrittenAndThenWhatWasWrittenLast) {
  EXPECT_EQ(replica().ReadNote(Note::kNonce).value(), "");
  ASSERT_TRUE(replica().WriteNote(Note::kNonce, std::string_view("a\0b", 3)).ok());
  ASSERT_TRUE(replica().WriteNote(Note::kAccount, "other").ok());
  EXPECT_EQ(replica().ReadNote(Note::kNonce).value(), Bytes("a\0b", 3));
  ASSERT_TRUE(replica().WriteNote(Note::kNonce, "").ok());
  EXPECT_EQ(replica().ReadNote(Note::kNonce).value(), "");
  EXPECT_EQ(replica().ReadNote(Note::kAccount).value(), "other");
}

TEST_P(ReplicaContract, ADossierComesBackWithEveryField) {
  DossierRow row = Dossier(kAnna);
  row.cursor = Bytes("cur\0sor", 7);
  row.revision = 7;
  row.salt = 0xFFFFFFFFFFFFFFFEULL;
  row.staged_cursor = "next";
  row.staged_snapshot = true;
  row.backed_up_revision = 5;
  row.ended = true;
  row.sealed_digest = Bytes("di\0gest", 7);
  row.sealed_staged_digest = "staged digest";
  row.drifts_count = 2;
  row.drift_revision = 6;
  row.drift_salt = 0xFFFFFFFFFFFFFFFDULL;
  row.fetch_anew = true;
  row.fetched_anew_at_us = 1'760'000'000'000'000;
  Put(row);
  EXPECT_THAT(replica().ListDossiers().value(), ElementsAre(row, Dossier(kBas)));
}

TEST_P(ReplicaContract, WritingADossierAnewKeepsItsRecords) {
  Put(kAnna, Record('a', 1));
  DossierRow row = Dossier(kAnna);
  row.revision = 3;
  Put(row);
  EXPECT_EQ(Find(kAnna, 'a'), Record('a', 1));
}

TEST_P(ReplicaContract, ARecordIsFoundInItsOwnDossierAlone) {
  Put(kAnna, Record('a', 1));
  EXPECT_EQ(Find(kAnna, 'a'), Record('a', 1));
  EXPECT_EQ(Find(kAnna, 'b'), std::nullopt);
  EXPECT_EQ(Find(kBas, 'a'), std::nullopt);
}

TEST_P(ReplicaContract, ARecordOfTheSameTokenReplacesTheOneBefore) {
  Put(kAnna, Record('a', 1, 'p'));
  Put(kAnna, Record('a', 2, 'q'));
  EXPECT_EQ(Find(kAnna, 'a'), Record('a', 2, 'q'));
  EXPECT_THAT(Children(kAnna, 'p'), IsEmpty());
  EXPECT_THAT(Children(kAnna, 'q'), ElementsAre(Record('a', 2, 'q')));
  EXPECT_EQ(replica().CountRecords(kAnna).value(), 1);
}

TEST_P(ReplicaContract, ChildrenComeByTokenFromTheirOwnDossierAlone) {
  Put(kAnna, Record('c', 1, 'p'));
  Put(kAnna, Record('a', 2, 'p'));
  Put(kAnna, Record('b', 3, 'q'));
  Put(kAnna, Record('d', 3));
  Put(kBas, Record('e', 4, 'p'));
  EXPECT_THAT(Children(kAnna, 'p'), ElementsAre(Record('a', 2, 'p'), Record('c', 1, 'p')));
  EXPECT_THAT(Children(kAnna, 'z'), IsEmpty());
}

TEST_P(ReplicaContract, ARecordOfADossierThatIsNotThereIsRefused) {
  EXPECT_FALSE(replica().PutRecord("nobody", Record('a', 1)).ok());
  EXPECT_FALSE(replica().StageRecord("nobody", Record('a', 1)).ok());
}

TEST_P(ReplicaContract, StagedRecordsAreSeenByNobodyUntilTheyAreRevealed) {
  Put(kAnna, Record('a', 1, 'p'));
  Stage(kAnna, Record('a', 2, 'p'));
  Stage(kAnna, Record('b', 3, 'p'));
  Stage(kBas, Record('c', 4, 'p'));
  EXPECT_THAT(Children(kAnna, 'p'), ElementsAre(Record('a', 1, 'p')));
  EXPECT_EQ(Find(kAnna, 'b'), std::nullopt);

  ASSERT_TRUE(replica().RevealStaged(kAnna).ok());
  EXPECT_THAT(Children(kAnna, 'p'), ElementsAre(Record('a', 2, 'p'), Record('b', 3, 'p')));
  EXPECT_EQ(Find(kBas, 'c'), std::nullopt);

  Put(kAnna, Record('a', 9, 'p'));
  ASSERT_TRUE(replica().RevealStaged(kAnna).ok());
  EXPECT_EQ(Find(kAnna, 'a'), Record('a', 9, 'p')) << "what was revealed is not staged any more";
}

TEST_P(ReplicaContract, AStagedRecordIsFoundOnTheStageOfItsOwnDossierAlone) {
  Put(kAnna, Record('a', 1));
  Stage(kAnna, Record('b', 2, 'p'));
  Stage(kAnna, Record('b', 3, 'p'));
  const auto staged = [this](const char* dossier, char token) {
    return replica().FindStaged({.dossier_id = dossier, .token = Token(token)}).value();
  };
  EXPECT_EQ(staged(kAnna, 'b'), Record('b', 3, 'p'));
  EXPECT_EQ(staged(kAnna, 'a'), std::nullopt) << "it is revealed";
  EXPECT_EQ(staged(kBas, 'b'), std::nullopt);
}

TEST_P(ReplicaContract, WhatIsDroppedFromTheStageIsNeverRevealed) {
  Stage(kAnna, Record('a', 1));
  Stage(kBas, Record('b', 1));
  ASSERT_TRUE(replica().DropStaged(kAnna).ok());
  ASSERT_TRUE(replica().RevealStaged(kAnna).ok());
  ASSERT_TRUE(replica().RevealStaged(kBas).ok());
  EXPECT_EQ(Find(kAnna, 'a'), std::nullopt);
  EXPECT_EQ(Find(kBas, 'b'), Record('b', 1));
}

TEST_P(ReplicaContract, ClearingRecordsLeavesTheDossierTheStageAndTheOthers) {
  Put(kAnna, Record('a', 1));
  Stage(kAnna, Record('b', 2));
  Put(kBas, Record('c', 3));
  ASSERT_TRUE(replica().ClearRecords(kAnna).ok());
  EXPECT_EQ(replica().CountRecords(kAnna).value(), 0);
  EXPECT_EQ(Find(kBas, 'c'), Record('c', 3));
  ASSERT_TRUE(replica().RevealStaged(kAnna).ok());
  EXPECT_EQ(Find(kAnna, 'b'), Record('b', 2));
}

TEST_P(ReplicaContract, APurgedDossierLeavesNothingAndTheOthersAlone) {
  Put(kAnna, Record('a', 1, 'p'));
  Stage(kAnna, Record('b', 2));
  Put(kBas, Record('c', 3));
  ASSERT_TRUE(replica().PurgeDossier(kAnna).ok());
  ASSERT_TRUE(replica().PurgeDossier(kAnna).ok());
  EXPECT_THAT(replica().ListDossiers().value(), ElementsAre(Dossier(kBas)));

  Put(Dossier(kAnna));
  EXPECT_THAT(replica().ListDossiers().value(), ElementsAre(Dossier(kAnna), Dossier(kBas)));
  ASSERT_TRUE(replica().RevealStaged(kAnna).ok());
  EXPECT_EQ(replica().CountRecords(kAnna).value(), 0);
  EXPECT_THAT(Children(kAnna, 'p'), IsEmpty());
  EXPECT_EQ(Find(kBas, 'c'), Record('c', 3));
}

TEST_P(ReplicaContract, StatementsComeByNumberAndOneOfTheSameNumberReplaces) {
  ASSERT_TRUE(replica().PutStatement({.number = 2, .sealed = "two"}).ok());
  ASSERT_TRUE(replica().PutStatement({.number = 1, .sealed = "one"}).ok());
  ASSERT_TRUE(replica().PutStatement({.number = 2, .sealed = "two again"}).ok());
  EXPECT_THAT(replica().ListStatements().value(),
              ElementsAre(StatementRow{.number = 1, .sealed = "one"},
                          StatementRow{.number = 2, .sealed = "two again"}));
}

TEST_P(ReplicaContract, TemplatesAreReplacedAsAWholeAndKeepTheirOrder) {
  ASSERT_TRUE(replica().ReplaceTemplates({"b", "a", "c"}).ok());
  EXPECT_THAT(replica().ListTemplates().value(), ElementsAre("b", "a", "c"));
  ASSERT_TRUE(replica().ReplaceTemplates({"d"}).ok());
  EXPECT_THAT(replica().ListTemplates().value(), ElementsAre("d"));
}

TEST_P(ReplicaContract, PurgingAllLeavesNothing) {
  Put(kAnna, Record('a', 1));
  Stage(kAnna, Record('b', 1));
  ASSERT_TRUE(replica().WriteNote(Note::kNonce, "n").ok());
  ASSERT_TRUE(replica().PutStatement({.number = 1, .sealed = "one"}).ok());
  ASSERT_TRUE(replica().ReplaceTemplates({"t"}).ok());
  ASSERT_TRUE(replica().PurgeAll().ok());
  EXPECT_THAT(replica().ListDossiers().value(), IsEmpty());
  EXPECT_THAT(replica().ListStatements().value(), IsEmpty());
  EXPECT_THAT(replica().ListTemplates().value(), IsEmpty());
  EXPECT_EQ(replica().ReadNote(Note::kNonce).value(), "");
}

TEST_P(ReplicaContract, AnUndoneTransactionChangesNothing) {
  Put(kAnna, Record('a', 1));
  {
    auto transaction = Transaction::Begin(transactions());
    ASSERT_TRUE(transaction.ok());
    Put(kAnna, Record('a', 2));
    Put(kAnna, Record('b', 2));
    ASSERT_TRUE(replica().PurgeDossier(kBas).ok());
  }
  EXPECT_EQ(Find(kAnna, 'a'), Record('a', 1));
  EXPECT_EQ(Find(kAnna, 'b'), std::nullopt);
  EXPECT_THAT(replica().ListDossiers().value(), ElementsAre(Dossier(kAnna), Dossier(kBas)));
}

TEST_P(ReplicaContract, ACommittedTransactionChangesReplicaAndOutboxTogether) {
  {
    auto transaction = Transaction::Begin(transactions());
    ASSERT_TRUE(transaction.ok());
    Put(kAnna, Record('a', 2));
    ASSERT_TRUE(storage_->outbox()
                    .Append({.ordinal = 1, .dossier_id = kAnna, .sequence = 1, .sealed_mutation = "m"})
                    .ok());
    ASSERT_TRUE(transaction->Commit().ok());
  }
  EXPECT_EQ(Find(kAnna, 'a'), Record('a', 2));
  EXPECT_EQ(storage_->outbox().ListPending(kAnna).value().size(), 1U);
  EXPECT_TRUE(transactions().Scrub().ok());
  EXPECT_EQ(Find(kAnna, 'a'), Record('a', 2));
}

INSTANTIATE_TEST_SUITE_P(Adapters, ReplicaContract, testing::Values(MemoryAdapter(), SqliteAdapter()),
                         [](const auto& adapter) { return adapter.param.name; });

}  // namespace
}  // namespace brug::sdk
