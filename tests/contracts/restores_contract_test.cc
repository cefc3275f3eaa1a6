// The contract of service/storage/backups.h, as far as it is about restores.
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tests/contracts/storage_adapters.h"

namespace brug::storage {
namespace {

class Restores : public StorageContract {};

INSTANTIATE_TEST_SUITE_P(Adapters, Restores, testing::ValuesIn(AllAdapters()), NameOf);

TEST_P(Restores, ARestoreIsNotedOnceAndTheLastOneIsFound) {
  EXPECT_EQ(Get([](const Snapshot& s) { return s.NewestRestore(); }), std::nullopt);
  const RestoreRow first{.number = 1, .restored_at_us = 5, .released_at_us = 9};
  const RestoreRow second{.number = 2,
                          .restore_id = "id",
                          .backup_at_us = 3,
                          .restored_at_us = 4,
                          .ends_applied_at_us = 6,
                          .released_at_us = 7};
  EXPECT_FALSE(Try([&](Transaction& t) { return t.InsertRestore(second); }));
  EXPECT_TRUE(Try([&](Transaction& t) { return t.InsertRestore(first); }));
  EXPECT_TRUE(Try([&](Transaction& t) { return t.InsertRestore(second); }));
  EXPECT_FALSE(Try([](Transaction& t) { return t.InsertRestore({.number = 2, .restored_at_us = 7}); }));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.NewestRestore(); }), second);
}

TEST_P(Restores, ARestoreIsReleasedOnceAndItsEndsAreAppliedOnce) {
  EXPECT_FALSE(Try([](Transaction& t) { return t.MarkReleased(1, 3); })) << "there is none";
  EXPECT_FALSE(Try([](Transaction& t) { return t.MarkEndsApplied(1, 3); }));
  ASSERT_TRUE(Try([](Transaction& t) { return t.InsertRestore({.number = 1, .restored_at_us = 2}); }));
  EXPECT_TRUE(Try([](Transaction& t) { return t.MarkReleased(1, 3); }));
  EXPECT_FALSE(Try([](Transaction& t) { return t.MarkReleased(1, 4); }));
  EXPECT_TRUE(Try([](Transaction& t) { return t.MarkEndsApplied(1, 5); }));
  EXPECT_FALSE(Try([](Transaction& t) { return t.MarkEndsApplied(1, 6); }));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.NewestRestore(); }),
            (RestoreRow{.number = 1, .restored_at_us = 2, .ends_applied_at_us = 5, .released_at_us = 3}));
}

TEST_P(Restores, ARestoreMarksWhereEveryDossierIsAndSkipsNumbersOfStatements) {
  const std::string hmac(32, 'h');
  ASSERT_TRUE(Try([&](Transaction& t) {
    return t.InsertHead({.dossier_id = "d1", .revision = 5, .salt = 1}) &&
           t.InsertHead({.dossier_id = "d2", .revision = 0}) &&
           t.InsertPerson({.person_id = "p", .statements_count = 4}) &&
           t.InsertOffer({.offer_id = "o", .statements_count = 2}) &&
           t.InsertVoucher({.voucher_id = "v", .offer_id = "o", .code_hmac = hmac, .statements_count = 1});
  }));
  ASSERT_TRUE(Try([](Transaction& t) { return t.InsertRestore({.number = 1}); }));
  EXPECT_FALSE(Try([](Transaction& t) { return t.InsertRestore({.number = 1}); }))
      << "twice skips nothing more";
  const auto head = [this](const char* id) {
    return *Get([&](const Snapshot& s) { return s.FindHead(id); });
  };
  EXPECT_EQ(head("d1").restored_revision, 5);
  EXPECT_EQ(head("d2").restored_revision, 0);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindPerson("p"); })->statements_count,
            4 + kStatementsSkipped);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindOffer("o"); })->statements_count,
            2 + kStatementsSkipped);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindVoucher("v"); })->statements_count,
            1 + kStatementsSkipped);
  EXPECT_TRUE(Try([](Transaction& t) {
    return t.UpdateHead(5, {.dossier_id = "d1", .revision = 6, .salt = 2, .restored_revision = 0});
  }));
  EXPECT_EQ(head("d1").restored_revision, 5) << "a write moves the mark";
  EXPECT_TRUE(Try([](Transaction& t) { return t.InsertRestore({.number = 2}); }));
  EXPECT_EQ(head("d1").restored_revision, 6);
}

// The second begins where the first began, and gives none of the numbers that it gave.
TEST_P(Restores, TwoRestoresOfOneBackupSkipToDifferentNumbers) {
  ASSERT_TRUE(Try([](Transaction& t) { return t.InsertPerson({.person_id = "p", .statements_count = 4}); }));
  const auto restored = [&](std::int64_t restored_at_us) {
    std::int64_t count = 0;
    EXPECT_TRUE(Try([&](Transaction& t) {
      t.Attempt([&](Transaction& inner) {
        EXPECT_TRUE(inner.InsertRestore({.number = 1, .restored_at_us = restored_at_us}));
        count = inner.FindPerson("p")->statements_count;
        return false;
      });
      return true;
    }));
    return count;
  };
  const std::int64_t first = restored(1'800'000'000'000'000);
  EXPECT_GT(first, 4 + kStatementsSkipped);
  EXPECT_EQ(restored(1'800'000'060'000'000), first + 60);
}

}  // namespace
}  // namespace brug::storage
