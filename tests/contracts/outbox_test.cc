#include "client-sdk/src/outbox/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contracts/storage_of_device.h"

namespace brug::sdk {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

constexpr const char* kAnna = "0b8f6a3e-7c1d-4e5f-8a9b-000000000001";
constexpr const char* kBas = "0b8f6a3e-7c1d-4e5f-8a9b-000000000002";

PendingRow Pending(std::int64_t ordinal, const char* dossier, std::int64_t sequence) {
  return PendingRow{.ordinal = ordinal,
                    .dossier_id = dossier,
                    .sequence = sequence,
                    .sealed_mutation = Bytes("mutation\0", 9) + std::to_string(ordinal)};
}

class OutboxContract : public testing::TestWithParam<StorageAdapter> {
 protected:
  Outbox& outbox() { return storage_->outbox(); }
  void Append(const PendingRow& row) { ASSERT_TRUE(outbox().Append(row).ok()); }
  // One that was applied and shown.
  void Settle(std::int64_t ordinal, const char* dossier) {
    Append(Pending(ordinal, dossier, ordinal));
    ASSERT_TRUE(outbox().MarkApplied(ordinal, 10 + ordinal, "outcome").ok());
    ASSERT_EQ(outbox().SettleApplied(dossier, 10 + ordinal).value(), 1);
  }
  std::vector<std::int64_t> PendingOrdinals(const char* dossier) {
    return Ordinals(outbox().ListPending(dossier).value());
  }
  std::vector<std::int64_t> Pushable(const char* dossier, std::size_t count_max = 200) {
    return Ordinals(outbox().ListPushable(dossier, count_max).value());
  }
  template <typename Row>
  static std::vector<std::int64_t> Ordinals(const std::vector<Row>& rows) {
    std::vector<std::int64_t> ordinals;
    for (const Row& row : rows) ordinals.push_back(row.ordinal);
    return ordinals;
  }

  ScratchDirectory directory_;
  std::unique_ptr<Storage> storage_ = GetParam().open(directory_.path()).value();
};

TEST_P(OutboxContract, AnEmptyOneHasNothingPending) {
  EXPECT_EQ(outbox().LastOrdinal().value(), 0);
  EXPECT_THAT(outbox().ListPending(kAnna).value(), IsEmpty());
  EXPECT_THAT(outbox().PendingTotals().value(), IsEmpty());
  EXPECT_EQ(outbox().OldestPending().value(), std::nullopt);
  EXPECT_THAT(outbox().ListRejected().value(), IsEmpty());
}

TEST_P(OutboxContract, WhatIsPendingComesInOrderOfAcceptanceByDossier) {
  Append(Pending(2, kAnna, 2));
  Append(Pending(1, kAnna, 1));
  Append(Pending(3, kBas, 1));
  EXPECT_THAT(outbox().ListPending(kAnna).value(), ElementsAre(Pending(1, kAnna, 1), Pending(2, kAnna, 2)));
  EXPECT_THAT(PendingOrdinals(kBas), ElementsAre(3));
  EXPECT_EQ(outbox().OldestPending().value(), Pending(1, kAnna, 1));
  EXPECT_EQ(outbox().LastOrdinal().value(), 3);
}

TEST_P(OutboxContract, AnOrdinalIsNotGivenTwice) {
  Append(Pending(1, kAnna, 1));
  EXPECT_FALSE(outbox().Append(Pending(1, kBas, 1)).ok());
  EXPECT_THAT(PendingOrdinals(kAnna), ElementsAre(1));
}

TEST_P(OutboxContract, WhatIsPushedComesBySequenceAndOnlyWithANumberAndNotApplied) {
  Append(Pending(1, kAnna, 5));
  Append(Pending(2, kAnna, 2));
  Append(Pending(3, kAnna, 0));
  Append(Pending(4, kAnna, 3));
  Append(Pending(5, kBas, 1));
  ASSERT_TRUE(outbox().MarkApplied(4, 9, "outcome").ok());
  EXPECT_THAT(Pushable(kAnna), ElementsAre(2, 1));
  EXPECT_THAT(Pushable(kAnna, 1), ElementsAre(2));
  ASSERT_TRUE(outbox().SetSequence(3, 6).ok());
  ASSERT_TRUE(outbox().SetSequence(1, 0).ok());
  EXPECT_THAT(Pushable(kAnna), ElementsAre(2, 3));
}

TEST_P(OutboxContract, TotalsCountWhatIsPendingByDossier) {
  Append(Pending(1, kAnna, 5));
  Append(Pending(2, kAnna, 4));
  Append(Pending(3, kAnna, 0));
  Append(Pending(4, kBas, 7));
  ASSERT_TRUE(outbox().MarkApplied(1, 9, "outcome").ok());
  EXPECT_THAT(outbox().PendingTotals().value(),
              ElementsAre(PendingTotal{.dossier_id = kAnna,
                                       .count = 3,
                                       .bytes = 30,
                                       .sequence_last = 4,
                                       .unnumbered = 1,
                                       .applied = 1},
                          PendingTotal{.dossier_id = kBas, .count = 1, .bytes = 10, .sequence_last = 7}));
}

TEST_P(OutboxContract, AnAppliedMutationStaysPendingUntilItsRevisionIsRevealed) {
  for (std::int64_t ordinal = 1; ordinal <= 3; ++ordinal) Append(Pending(ordinal, kAnna, ordinal));
  Append(Pending(4, kBas, 1));
  ASSERT_TRUE(outbox().MarkApplied(1, 11, "first").ok());
  ASSERT_TRUE(outbox().MarkApplied(2, 12, "second").ok());
  ASSERT_TRUE(outbox().MarkApplied(4, 11, "other").ok());

  EXPECT_EQ(outbox().SettleApplied(kAnna, 11).value(), 1);
  EXPECT_THAT(PendingOrdinals(kAnna), ElementsAre(2, 3));
  EXPECT_THAT(PendingOrdinals(kBas), ElementsAre(4));
  EXPECT_THAT(outbox().ListRing(kAnna, 10).value(),
              ElementsAre(SettledRow{.ordinal = 1,
                                     .dossier_id = kAnna,
                                     .revision = 11,
                                     .sealed_mutation = Pending(1, kAnna, 1).sealed_mutation,
                                     .sealed_outcome = "first"}));
  EXPECT_EQ(outbox().SettleApplied(kAnna, 20).value(), 1);
  EXPECT_THAT(PendingOrdinals(kAnna), ElementsAre(3));
}

TEST_P(OutboxContract, MarksOfWhatWasAppliedCanBeTakenBack) {
  Append(Pending(1, kAnna, 1));
  Append(Pending(2, kBas, 1));
  ASSERT_TRUE(outbox().MarkApplied(1, 11, "outcome").ok());
  ASSERT_TRUE(outbox().MarkApplied(2, 11, "outcome").ok());
  ASSERT_TRUE(outbox().ClearApplied(kAnna).ok());
  PendingRow taken_back = Pending(1, kAnna, 1);
  taken_back.sealed_outcome = "outcome";
  EXPECT_THAT(outbox().ListPending(kAnna).value(), ElementsAre(taken_back)) << "the outcome stays";
  EXPECT_THAT(Pushable(kBas), IsEmpty());
}

TEST_P(OutboxContract, TheRingIsOfferedAgainWithItsOutcomesAndWithoutNumbers) {
  Settle(1, kAnna);
  Settle(2, kAnna);
  Settle(3, kBas);
  Append(Pending(4, kAnna, 4));
  EXPECT_EQ(outbox().OfferAgain(kAnna, 9).value(), 2);
  EXPECT_THAT(outbox().ListRing(kAnna, 9).value(), IsEmpty());
  EXPECT_EQ(outbox().ListRing(kBas, 9).value().size(), 1U);
  PendingRow offered = Pending(1, kAnna, 0);
  offered.sealed_outcome = "outcome";
  EXPECT_EQ(outbox().ListPending(kAnna).value().at(0), offered);
  EXPECT_THAT(PendingOrdinals(kAnna), ElementsAre(1, 2, 4));
  EXPECT_THAT(Pushable(kAnna), ElementsAre(4)) << "the others have no number yet";
  EXPECT_EQ(outbox().LastOrdinal().value(), 4);
  EXPECT_EQ(outbox().OfferAgain(kAnna, 9).value(), 0);
}

TEST_P(OutboxContract, WhatWasOfferedTooOftenStaysInTheRing) {
  Settle(1, kAnna);
  for (int n = 0; n < 2; ++n) {
    EXPECT_EQ(outbox().OfferAgain(kAnna, 2).value(), 1);
    ASSERT_TRUE(outbox().MarkApplied(1, 30, "again").ok());
    ASSERT_EQ(outbox().SettleApplied(kAnna, 30).value(), 1);
  }
  Settle(2, kAnna);
  EXPECT_EQ(outbox().OfferAgain(kAnna, 2).value(), 1);
  EXPECT_THAT(Ordinals(outbox().ListRing(kAnna, 9).value()), ElementsAre(1));
  EXPECT_THAT(PendingOrdinals(kAnna), ElementsAre(2));
}

TEST_P(OutboxContract, WhatIsParkedHasNoNumberAndKeepsTheTimeItWasFirstParked) {
  Append(Pending(1, kAnna, 1));
  Append(Pending(2, kAnna, 2));
  const std::uint64_t high_salt = 0xFFFFFFFFFFFFFFFFULL;
  EXPECT_THAT(outbox().ListParked(kAnna).value(), IsEmpty());
  ASSERT_TRUE(
      outbox().Park({.ordinal = 1, .dossier_id = kAnna, .parked_since_us = 5, .parked_revision = 3}).ok());
  const OfferNote again{.ordinal = 1,
                        .dossier_id = kAnna,
                        .parked_since_us = 9,
                        .parked_revision = 4,
                        .parked_salt = high_salt};
  ASSERT_TRUE(outbox().SetSequence(1, 7).ok());
  ASSERT_TRUE(outbox().Park(again).ok());
  OfferNote kept = again;
  kept.parked_since_us = 5;
  EXPECT_THAT(outbox().ListParked(kAnna).value(), ElementsAre(kept));
  EXPECT_THAT(outbox().ListParked(kBas).value(), IsEmpty());
  EXPECT_THAT(Pushable(kAnna), ElementsAre(2));
  EXPECT_THAT(PendingOrdinals(kAnna), ElementsAre(1, 2)) << "parked is pending";

  ASSERT_TRUE(outbox().MarkApplied(1, 30, "outcome").ok());
  ASSERT_EQ(outbox().SettleApplied(kAnna, 30).value(), 1);
  EXPECT_THAT(outbox().ListParked(kAnna).value(), IsEmpty());
  ASSERT_EQ(outbox().OfferAgain(kAnna, 9).value(), 1);
  EXPECT_THAT(outbox().ListParked(kAnna).value(), IsEmpty()) << "it begins to wait anew";
}

TEST_P(OutboxContract, NotesGoWithTheirMutation) {
  Append(Pending(1, kAnna, 1));
  Append(Pending(2, kAnna, 2));
  Append(Pending(3, kAnna, 3));
  for (std::int64_t ordinal = 1; ordinal <= 3; ++ordinal) {
    ASSERT_TRUE(outbox().Park({.ordinal = ordinal, .dossier_id = kAnna, .parked_since_us = 5}).ok());
  }
  ASSERT_TRUE(outbox().Reject(1, "why").ok());
  ASSERT_TRUE(outbox().Remove(2).ok());
  ASSERT_TRUE(outbox().MarkApplied(3, 30, "outcome").ok());
  ASSERT_EQ(outbox().SettleApplied(kAnna, 30).value(), 1);
  ASSERT_TRUE(outbox().RemoveFromRing(3).ok());
  ASSERT_TRUE(outbox().DismissRejected(1).ok());
  for (std::int64_t ordinal = 1; ordinal <= 3; ++ordinal) Append(Pending(ordinal, kAnna, ordinal));
  EXPECT_THAT(outbox().ListParked(kAnna).value(), IsEmpty()) << "others with the same ordinals";
  ASSERT_TRUE(outbox().Park({.ordinal = 1, .dossier_id = kAnna, .parked_since_us = 5}).ok());
  ASSERT_TRUE(outbox().PurgeDossier(kAnna).ok());
  Append(Pending(1, kAnna, 1));
  EXPECT_THAT(outbox().ListParked(kAnna).value(), IsEmpty());
  ASSERT_TRUE(outbox().Park({.ordinal = 1, .dossier_id = kAnna, .parked_since_us = 5}).ok());
  ASSERT_TRUE(outbox().PurgeAll().ok());
  Append(Pending(1, kAnna, 1));
  EXPECT_THAT(outbox().ListParked(kAnna).value(), IsEmpty());
}

TEST_P(OutboxContract, TheRingComesByRevisionAndLosesWhatIsRemoved) {
  for (std::int64_t ordinal = 1; ordinal <= 3; ++ordinal) {
    Append(Pending(ordinal, kAnna, ordinal));
    ASSERT_TRUE(outbox().MarkApplied(ordinal, 20 - ordinal, "outcome").ok());
  }
  ASSERT_EQ(outbox().SettleApplied(kAnna, 99).value(), 3);
  EXPECT_THAT(Ordinals(outbox().ListRing(kAnna, 10).value()), ElementsAre(3, 2, 1));
  EXPECT_THAT(Ordinals(outbox().ListRing(kAnna, 2).value()), ElementsAre(3, 2));
  ASSERT_TRUE(outbox().RemoveFromRing(3).ok());
  EXPECT_THAT(Ordinals(outbox().ListRing(kAnna, 10).value()), ElementsAre(2, 1));
  EXPECT_EQ(outbox().LastOrdinal().value(), 2);
}

TEST_P(OutboxContract, ARejectedMutationIsKeptWithItsContentUntilItIsDismissed) {
  Append(Pending(1, kAnna, 1));
  Append(Pending(2, kBas, 1));
  ASSERT_TRUE(outbox().Reject(1, "why").ok());
  ASSERT_TRUE(outbox().Reject(2, "why not").ok());
  EXPECT_THAT(PendingOrdinals(kAnna), IsEmpty());
  EXPECT_THAT(outbox().ListRejected().value(),
              ElementsAre(SettledRow{.ordinal = 1,
                                     .dossier_id = kAnna,
                                     .sealed_mutation = Pending(1, kAnna, 1).sealed_mutation,
                                     .sealed_outcome = "why"},
                          Field(&SettledRow::ordinal, 2)));
  ASSERT_TRUE(outbox().DismissRejected(1).ok());
  EXPECT_THAT(Ordinals(outbox().ListRejected().value()), ElementsAre(2));
}

TEST_P(OutboxContract, WhatWasHandedInIsForgotten) {
  Append(Pending(1, kAnna, 1));
  Append(Pending(2, kAnna, 2));
  ASSERT_TRUE(outbox().Remove(1).ok());
  EXPECT_THAT(PendingOrdinals(kAnna), ElementsAre(2));
}

TEST_P(OutboxContract, NumberingsAreKeptByDossier) {
  const Numbering anna{.dossier_id = kAnna, .epoch = 0xFFFFFFFFFFFFFFFFULL, .settled_sequence = 3};
  ASSERT_TRUE(outbox().PutNumbering({.dossier_id = kBas, .epoch = 5, .settled_sequence = 1}).ok());
  ASSERT_TRUE(outbox().PutNumbering({.dossier_id = kAnna, .epoch = 5, .settled_sequence = 1}).ok());
  ASSERT_TRUE(outbox().PutNumbering(anna).ok());
  EXPECT_THAT(outbox().ListNumberings().value(),
              ElementsAre(anna, Numbering{.dossier_id = kBas, .epoch = 5, .settled_sequence = 1}));
}

TEST_P(OutboxContract, APurgedDossierLeavesNothingAndTheOthersAlone) {
  for (const char* dossier : {kAnna, kBas}) {
    const std::int64_t first = dossier == kAnna ? 1 : 4;
    for (std::int64_t ordinal = first; ordinal < first + 3; ++ordinal)
      Append(Pending(ordinal, dossier, ordinal));
    ASSERT_TRUE(outbox().Reject(first, "why").ok());
    ASSERT_TRUE(outbox().MarkApplied(first + 1, 1, "outcome").ok());
    ASSERT_EQ(outbox().SettleApplied(dossier, 1).value(), 1);
    ASSERT_TRUE(outbox().PutNumbering({.dossier_id = dossier, .epoch = 1}).ok());
  }
  ASSERT_TRUE(outbox().PurgeDossier(kAnna).ok());
  EXPECT_THAT(PendingOrdinals(kAnna), IsEmpty());
  EXPECT_THAT(outbox().ListRing(kAnna, 9).value(), IsEmpty());
  EXPECT_THAT(Ordinals(outbox().ListRejected().value()), ElementsAre(4));
  EXPECT_THAT(PendingOrdinals(kBas), ElementsAre(6));
  EXPECT_EQ(outbox().ListRing(kBas, 9).value().size(), 1U);
  EXPECT_EQ(outbox().ListNumberings().value().size(), 1U);

  ASSERT_TRUE(outbox().PurgeAll().ok());
  EXPECT_THAT(outbox().ListRejected().value(), IsEmpty());
  EXPECT_THAT(outbox().ListNumberings().value(), IsEmpty());
  EXPECT_THAT(outbox().PendingTotals().value(), IsEmpty());
  EXPECT_EQ(outbox().LastOrdinal().value(), 0);
}

TEST_P(OutboxContract, AnUndoneTransactionChangesNothing) {
  Append(Pending(1, kAnna, 1));
  {
    auto transaction = Transaction::Begin(storage_->transactions());
    ASSERT_TRUE(transaction.ok());
    Append(Pending(2, kAnna, 2));
    ASSERT_TRUE(outbox().Reject(1, "why").ok());
  }
  EXPECT_THAT(outbox().ListPending(kAnna).value(), ElementsAre(Pending(1, kAnna, 1)));
  EXPECT_THAT(outbox().ListRejected().value(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Adapters, OutboxContract, testing::Values(MemoryAdapter(), SqliteAdapter()),
                         [](const auto& adapter) { return adapter.param.name; });

}  // namespace
}  // namespace brug::sdk
