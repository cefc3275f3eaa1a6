// The contract of service/storage/dossiers.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "tests/contracts/storage_adapters.h"

namespace brug::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kHighSalt = 0xfedc'ba98'7654'3210;

// 16 bytes as hashes have them: a zero, a high one, and last the one that tells them apart.
std::string TokenOf(unsigned char last) {
  std::string token("\0\xff\x80 token------", 15);
  token.push_back(static_cast<char>(last));
  return token;
}

SealedRecord Record(unsigned char token, std::int64_t revision, std::string sealed = "sealed",
                    std::string parent_token = "parent") {
  return {.token = TokenOf(token),
          .parent_token = parent_token,
          .revision = revision,
          .sealed = std::move(sealed)};
}

class Dossiers : public StorageContract {
 protected:
  void Put(const std::vector<SealedRecord>& records, std::string_view dossier_id = "d1") {
    Write([&](Transaction& transaction) {
      for (const SealedRecord& record : records) transaction.PutRecord(dossier_id, record);
      return true;
    });
  }

  std::vector<SealedRecord> After(std::int64_t revision, std::int64_t bytes_max,
                                  std::string_view dossier_id = "d1") {
    return Get([&](const Snapshot& s) { return s.RecordsAfter(dossier_id, revision, bytes_max); });
  }
};

INSTANTIATE_TEST_SUITE_P(Adapters, Dossiers, testing::ValuesIn(AllAdapters()), NameOf);

TEST_P(Dossiers, NothingIsFoundWhereNothingIs) {
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindHead("d1"); }), std::nullopt);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.CountDossiers(); }), 0);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindRecord("d1", TokenOf(1)); }), std::nullopt);
  EXPECT_THAT(Get([](const Snapshot& s) { return s.RecordsUnder("d1", "parent"); }), IsEmpty());
  EXPECT_THAT(After(0, 1 << 20), IsEmpty());
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindLogEntry("d1", 1); }), std::nullopt);
  EXPECT_THAT(Get([](const Snapshot& s) { return s.LogEntriesBefore("d1", 9, 9); }), IsEmpty());
  EXPECT_THAT(Get([](const Snapshot& s) { return s.HeadsDueForCompaction(9, 9); }), IsEmpty());
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindOutcome("m1"); }), std::nullopt);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindProgress("p1", "d1"); }), std::nullopt);
}

TEST_P(Dossiers, AHeadIsInsertedOnce) {
  const DossierHead first{.dossier_id = "d1", .revision = 0, .salt = kHighSalt, .rights_version = 3};
  const DossierHead second{.dossier_id = "d1", .revision = 9, .salt = 1, .rights_version = 4};
  EXPECT_TRUE(Try([&](Transaction& t) { return t.InsertHead(first); }));
  EXPECT_FALSE(Try([&](Transaction& t) { return t.InsertHead(second); }));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindHead("d1"); }), first);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.CountDossiers(); }), 1);
  EXPECT_TRUE(Try([&](Transaction& t) { return t.InsertHead({.dossier_id = "d2"}); }));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.CountDossiers(); }), 2);
}

TEST_P(Dossiers, AHeadKeepsItsDigestAndWhatACompactionSaidWhenItMoves) {
  const std::string digest("\0digest\xff", 8);
  ASSERT_TRUE(Try([&](Transaction& t) {
    return t.InsertHead({.dossier_id = "d1", .revision = 5, .sealed_digest = digest});
  }));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindHead("d1"); })->sealed_digest, digest);
  ASSERT_TRUE(Try([](Transaction& t) {
    return t.UpdateCompaction({.dossier_id = "d1", .to_revision = 3, .due_us = 77});
  }));
  ASSERT_TRUE(Try([](Transaction& t) {
    return t.UpdateHead(5, {.dossier_id = "d1", .revision = 6, .sealed_digest = "next"});
  }));
  const DossierHead expected{.dossier_id = "d1",
                             .revision = 6,
                             .sealed_digest = "next",
                             .compacted_revision = 3,
                             .compaction_due_us = 77};
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindHead("d1"); }), expected);
}

TEST_P(Dossiers, ACompactionIsNotedOnceAndNeverGoesBackOrBeyondTheHead) {
  const auto note = [this](Compaction compaction) {
    return Try([&](Transaction& t) { return t.UpdateCompaction(compaction); });
  };
  EXPECT_FALSE(note({.dossier_id = "d1"})) << "there is no such dossier";
  ASSERT_TRUE(Try([](Transaction& t) { return t.InsertHead({.dossier_id = "d1", .revision = 5}); }));
  ASSERT_TRUE(Try([](Transaction& t) { return t.InsertHead({.dossier_id = "d2", .revision = 5}); }));
  EXPECT_FALSE(note({.dossier_id = "d1", .from_revision = 1, .to_revision = 3})) << "it is at 0";
  EXPECT_FALSE(note({.dossier_id = "d1", .to_revision = 6})) << "beyond the head";
  EXPECT_TRUE(note({.dossier_id = "d1", .to_revision = 3, .due_us = 9}));
  EXPECT_FALSE(note({.dossier_id = "d1", .to_revision = 3, .due_us = 10})) << "again";
  EXPECT_FALSE(note({.dossier_id = "d1", .from_revision = 3, .to_revision = 2})) << "back";
  EXPECT_TRUE(note({.dossier_id = "d1", .from_revision = 3, .to_revision = 3, .due_us = 11}));
  const auto head = Get([](const Snapshot& s) { return s.FindHead("d1"); });
  EXPECT_EQ(head->compacted_revision, 3);
  EXPECT_EQ(head->compaction_due_us, 11);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindHead("d2"); })->compacted_revision, 0);
}

TEST_P(Dossiers, TheDossiersDueForCompactionComeOldestFirst) {
  const auto head = [](std::string id, std::int64_t due_us) {
    return DossierHead{.dossier_id = std::move(id), .compaction_due_us = due_us};
  };
  const DossierHead a = head("a", 30), b = head("b", -1), c = head("c", 30), d = head("d", 31);
  for (const DossierHead& each : {a, b, c, d}) {
    ASSERT_TRUE(Try([&](Transaction& t) { return t.InsertHead(each); }));
  }
  const auto due = [this](std::int64_t at_us, std::int64_t rows_max) {
    return Get([&](const Snapshot& s) { return s.HeadsDueForCompaction(at_us, rows_max); });
  };
  EXPECT_THAT(due(30, 9), ElementsAre(b, a, c));
  EXPECT_THAT(due(30, 2), ElementsAre(b, a));
  EXPECT_THAT(due(-2, 9), IsEmpty());
  EXPECT_THAT(due(std::numeric_limits<std::int64_t>::max(), 9), ElementsAre(b, a, c, d));
}

TEST_P(Dossiers, AHeadMovesOnlyFromTheRevisionExpected) {
  const DossierHead moved{.dossier_id = "d1", .revision = 6, .salt = kHighSalt, .rights_version = 1};
  EXPECT_FALSE(Try([&](Transaction& t) { return t.UpdateHead(5, moved); })) << "there is no such dossier";
  ASSERT_TRUE(Try([](Transaction& t) { return t.InsertHead({.dossier_id = "d1", .revision = 5}); }));
  ASSERT_TRUE(Try([](Transaction& t) { return t.InsertHead({.dossier_id = "d2", .revision = 5}); }));

  EXPECT_FALSE(Try([&](Transaction& t) { return t.UpdateHead(4, moved); }));
  EXPECT_FALSE(Try([&](Transaction& t) { return t.UpdateHead(6, moved); }));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindHead("d1"); })->revision, 5);

  EXPECT_TRUE(Try([&](Transaction& t) { return t.UpdateHead(5, moved); }));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindHead("d1"); }), moved);
  EXPECT_FALSE(Try([&](Transaction& t) { return t.UpdateHead(5, moved); })) << "the same move again";
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindHead("d2"); })->revision, 5) << "another dossier moved";
}

TEST_P(Dossiers, ARecordIsReplacedByItsToken) {
  Put({Record(1, 1, "first"), Record(2, 2, "other")});
  const SealedRecord again = Record(1, 3, std::string("\0new\xff", 5), "");
  Put({again});
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindRecord("d1", TokenOf(1)); }), again);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindRecord("d1", TokenOf(2)); }), Record(2, 2, "other"));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindRecord("d2", TokenOf(1)); }), std::nullopt);
  EXPECT_THAT(After(0, 1 << 20), ElementsAre(Record(2, 2, "other"), again))
      << "the revision it had is still found";
  EXPECT_THAT(Get([](const Snapshot& s) { return s.RecordsUnder("d1", "parent"); }),
              ElementsAre(Record(2, 2, "other")));
}

TEST_P(Dossiers, ARecordMayBeEmptyOrLarge) {
  const SealedRecord empty = Record(1, 1, "");
  const SealedRecord large = Record(2, 2, std::string(300'000, '\xa5'));
  Put({empty, large});
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindRecord("d1", TokenOf(1)); }), empty);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindRecord("d1", TokenOf(2)); }), large);
}

TEST_P(Dossiers, RecordsUnderAParentComeByTokenAsBytes) {
  const auto under = [](unsigned char token) { return Record(token, 300 - token, "r", TokenOf(77)); };
  Put({under(0xff), under(0x00), under(0x80), under(0x7f), Record(5, 5, "r", TokenOf(78))});
  Put({Record(6, 6, "r", TokenOf(77))}, "d2");
  EXPECT_THAT(Get([](const Snapshot& s) { return s.RecordsUnder("d1", TokenOf(77)); }),
              ElementsAre(under(0x00), under(0x7f), under(0x80), under(0xff)));
}

TEST_P(Dossiers, RecordsAfterComeByRevisionThenTokenTombstonesToo) {
  const SealedRecord tombstone = Record(9, 3, "t", "");
  Put({Record(3, 4), Record(2, 2), tombstone, Record(0xff, 2), Record(1, 9)});
  Put({Record(4, 5)}, "d2");
  EXPECT_THAT(After(0, 1 << 20),
              ElementsAre(Record(2, 2), Record(0xff, 2), tombstone, Record(3, 4), Record(1, 9)));
  EXPECT_THAT(After(2, 1 << 20), ElementsAre(tombstone, Record(3, 4), Record(1, 9)));
  EXPECT_THAT(After(9, 1 << 20), IsEmpty());
  EXPECT_THAT(After(std::numeric_limits<std::int64_t>::max(), 1 << 20), IsEmpty());
}

TEST_P(Dossiers, APageOfRecordsEndsWithinItsBytesAndNeverWithinARevision) {
  const std::string ten(10, 'x');
  const SealedRecord a = Record(1, 1, ten), b1 = Record(2, 2, ten), b2 = Record(3, 2, ten),
                     c = Record(4, 3, ten);
  Put({a, b1, b2, c});
  EXPECT_THAT(After(0, 40), ElementsAre(a, b1, b2, c));
  EXPECT_THAT(After(0, 39), ElementsAre(a, b1, b2));
  EXPECT_THAT(After(0, 30), ElementsAre(a, b1, b2));
  EXPECT_THAT(After(0, 29), ElementsAre(a)) << "revision 2 was cut in two, or the page is too large";
  EXPECT_THAT(After(0, 10), ElementsAre(a));
  EXPECT_THAT(After(0, 1), ElementsAre(a)) << "the first revision comes whole however large";
  EXPECT_THAT(After(1, 1), ElementsAre(b1, b2)) << "the first revision comes whole however large";
  EXPECT_THAT(After(1, 0), ElementsAre(b1, b2));
}

TEST_P(Dossiers, ALogEntryIsAppendedOnce) {
  const SealedLogEntry entry{
      .revision = 7, .salt = kHighSalt, .appended_at_us = 12, .sealed = std::string("\0log", 4)};
  EXPECT_TRUE(Try([&](Transaction& t) { return t.AppendLogEntry("d1", entry); }));
  EXPECT_FALSE(Try(
      [&](Transaction& t) { return t.AppendLogEntry("d1", {.revision = 7, .salt = 1, .sealed = "other"}); }));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindLogEntry("d1", 7); }), entry);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindLogEntry("d1", 6); }), std::nullopt);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindLogEntry("d2", 7); }), std::nullopt);
  EXPECT_TRUE(Try([&](Transaction& t) { return t.AppendLogEntry("d2", entry); }));
}

TEST_P(Dossiers, LogEntriesComeNewestFirstFromTheirOwnDossier) {
  const auto entry = [](std::int64_t revision) {
    return SealedLogEntry{.revision = revision, .appended_at_us = 100 - revision, .sealed = "e"};
  };
  for (const std::int64_t revision : {1, 2, 3, 10}) {
    ASSERT_TRUE(Try([&](Transaction& t) { return t.AppendLogEntry("d2", entry(revision)); }));
  }
  ASSERT_TRUE(Try([&](Transaction& t) { return t.AppendLogEntry("d1", entry(1)); }));
  const auto before = [this](std::int64_t revision, std::int64_t rows_max) {
    return Get([&](const Snapshot& s) { return s.LogEntriesBefore("d2", revision, rows_max); });
  };
  EXPECT_THAT(before(10, 9), ElementsAre(entry(3), entry(2), entry(1)));
  EXPECT_THAT(before(std::numeric_limits<std::int64_t>::max(), 2), ElementsAre(entry(10), entry(3)));
  EXPECT_THAT(before(1, 9), IsEmpty());
}

TEST_P(Dossiers, TheLogIsErasedBelowARevisionInOneDossier) {
  for (const std::int64_t revision : {1, 2, 3}) {
    for (const char* id : {"d1", "d2"}) {
      ASSERT_TRUE(Try([&](Transaction& t) { return t.AppendLogEntry(id, {.revision = revision}); }));
    }
  }
  const auto erase = [this](std::int64_t revision) {
    std::int64_t count = 0;
    Write([&](Transaction& t) { return count = t.EraseLogBefore("d1", revision), true; });
    return count;
  };
  const auto has = [this](const char* id, std::int64_t revision) {
    return Get([&](const Snapshot& s) { return s.FindLogEntry(id, revision); }).has_value();
  };
  EXPECT_EQ(erase(3), 2);
  EXPECT_EQ(erase(3), 0) << "again";
  EXPECT_FALSE(has("d1", 2));
  EXPECT_TRUE(has("d1", 3));
  EXPECT_TRUE(has("d2", 1));
}

TEST_P(Dossiers, ARecordIsErasedOnlyAtItsRevision) {
  Put({Record(1, 4), Record(2, 4)});
  Put({Record(1, 4)}, "d2");
  const auto erase = [this](std::int64_t revision) {
    return Try([&](Transaction& t) { return t.EraseRecord("d1", TokenOf(1), revision); });
  };
  EXPECT_FALSE(erase(3));
  EXPECT_TRUE(erase(4));
  EXPECT_FALSE(erase(4)) << "again";
  EXPECT_THAT(After(0, 1 << 20), ElementsAre(Record(2, 4)));
  EXPECT_THAT(After(0, 1 << 20, "d2"), ElementsAre(Record(1, 4)));
  EXPECT_THAT(Get([](const Snapshot& s) { return s.RecordsUnder("d1", "parent"); }),
              ElementsAre(Record(2, 4)));
}

TEST_P(Dossiers, AMutationHasOneOutcome) {
  const StoredOutcome outcome{.mutation_id = "m1",
                              .dossier_id = "d1",
                              .device_id = "p1",
                              .stored_at_us = 1'760'000'000'000'000,
                              .sealed = std::string("\0o", 2)};
  EXPECT_TRUE(Try([&](Transaction& t) { return t.InsertOutcome(outcome); }));
  EXPECT_FALSE(Try([](Transaction& t) {
    return t.InsertOutcome({.mutation_id = "m1", .dossier_id = "d2", .device_id = "p2"});
  })) << "the same mutation, offered to another dossier";
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindOutcome("m1"); }), outcome);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindOutcome("m2"); }), std::nullopt);
}

TEST_P(Dossiers, ProgressIsKeptPerDeviceAndDossier) {
  const DeviceProgress first{
      .device_id = "p1", .dossier_id = "d1", .epoch = kHighSalt, .sequence = 1, .mutation_id = "m1"};
  const DeviceProgress later{
      .device_id = "p1", .dossier_id = "d1", .epoch = 5, .sequence = 12, .mutation_id = "m2"};
  const DeviceProgress elsewhere{
      .device_id = "p1", .dossier_id = "d2", .epoch = 6, .sequence = 2, .mutation_id = "m3"};
  const auto put = [this](const DeviceProgress& progress) {
    Write([&](Transaction& t) { return t.PutProgress(progress), true; });
  };
  put(first);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindProgress("p1", "d1"); }), first);
  put(elsewhere);
  put(later);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindProgress("p1", "d1"); }), later);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindProgress("p1", "d2"); }), elsewhere);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindProgress("p2", "d1"); }), std::nullopt);
}

}  // namespace
}  // namespace brug::storage
