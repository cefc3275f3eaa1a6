// The contract of service/storage/organisation_store.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/contracts/storage_adapters.h"

namespace brug::storage {
namespace {

using testing::ElementsAre;

DossierHead Head(std::string dossier_id, std::int64_t revision = 0) {
  return {.dossier_id = std::move(dossier_id), .revision = revision};
}

Work Inserts(std::string dossier_id, bool stays = true) {
  return [dossier_id, stays](Transaction& t) { return t.InsertHead(Head(dossier_id)) && stays; };
}

class Transactions : public StorageContract {
 protected:
  bool Has(const std::string& dossier_id, std::string_view organisation_id = kThisOrganisation) {
    return Get([&](const Snapshot& s) { return s.FindHead(dossier_id); }, organisation_id).has_value();
  }

  platform::Result<void> WriteAll(const std::vector<Work>& works) { return Store().Write(works); }
};

INSTANTIATE_TEST_SUITE_P(Adapters, Transactions, testing::ValuesIn(AllAdapters()), NameOf);

TEST_P(Transactions, NoWorksAreNoTrouble) { EXPECT_TRUE(WriteAll({}).ok()); }

TEST_P(Transactions, EachWorkSeesWhatThoseBeforeItWrote) {
  std::vector<std::int64_t> seen;
  const Work counts = [&](Transaction& t) { return seen.push_back(t.CountDossiers()), true; };
  ASSERT_TRUE(
      WriteAll({counts, Inserts("d1"), counts, Inserts("d2", false), counts, Inserts("d3"), counts}).ok());
  EXPECT_THAT(seen, ElementsAre(0, 1, 1, 2));
}

TEST_P(Transactions, AWorkThatSaysFalseIsUndoneAlone) {
  ASSERT_TRUE(WriteAll({Inserts("d1"), Inserts("d2", false), Inserts("d3")}).ok());
  EXPECT_TRUE(Has("d1"));
  EXPECT_FALSE(Has("d2"));
  EXPECT_TRUE(Has("d3"));
}

TEST_P(Transactions, AnAttemptThatSaysFalseIsUndoneAloneAndMayHoldOthers) {
  const auto work = [](Transaction& t) {
    EXPECT_TRUE(t.Attempt(Inserts("d1")));
    EXPECT_FALSE(t.Attempt([](Transaction& inner) {
      return inner.InsertHead(Head("d2")) && inner.Attempt(Inserts("d3")) && !inner.FindHead("d3");
    }));
    EXPECT_FALSE(t.FindHead("d2"));
    EXPECT_TRUE(t.Attempt([](Transaction& inner) {
      return inner.InsertHead(Head("d4")) && !inner.Attempt(Inserts("d5", false));
    }));
    return t.InsertHead(Head("d6"));
  };
  ASSERT_TRUE(WriteAll({work}).ok());
  EXPECT_TRUE(Has("d1"));
  EXPECT_FALSE(Has("d2"));
  EXPECT_FALSE(Has("d3")) << "with the one that it was a part of";
  EXPECT_TRUE(Has("d4"));
  EXPECT_FALSE(Has("d5"));
  EXPECT_TRUE(Has("d6"));
}

TEST_P(Transactions, AnOnlyWorkThatSaysFalseIsUndone) {
  ASSERT_TRUE(WriteAll({Inserts("d1", false)}).ok());
  EXPECT_FALSE(Has("d1"));
  ASSERT_TRUE(WriteAll({Inserts("d1", true)}).ok());
  EXPECT_TRUE(Has("d1"));
}

TEST_P(Transactions, EveryKindOfChangeIsUndone) {
  Write([](Transaction& t) {
    t.PutRecord("d1", {.token = "t1", .parent_token = "p", .revision = 1, .sealed = "old"});
    t.PutProgress({.device_id = "x", .dossier_id = "d1", .epoch = 1, .sequence = 1, .mutation_id = "m"});
    return t.InsertHead(Head("d1", 1)) && t.InsertPerson({.person_id = "a", .staff = true}) &&
           t.InsertDevice({.device_id = "x", .person_id = "a", .state = 1}) &&
           t.InsertRelation({.relation_id = "r", .dossier_id = "d1", .person_id = "a", .from_us = 1}) &&
           t.InsertHandover({.handover_id = "h", .dossier_id = "d1", .to_person_id = "a", .state = 1});
  });
  struct Everything {
    std::optional<DossierHead> head;
    std::vector<SealedRecord> records, under;
    std::optional<SealedLogEntry> log;
    std::optional<StoredOutcome> outcome;
    std::optional<DeviceProgress> progress;
    std::vector<PersonRow> staff;
    std::vector<DeviceRow> devices;
    std::vector<RelationRow> relations;
    std::vector<HandoverRow> handovers;
    std::vector<TeamRow> teams;
    std::vector<StatementRow> statements;
    std::vector<TemplateRow> templates;
    std::optional<StoredAnswer> answer;
    bool operator==(const Everything&) const = default;
  };
  const auto everything = [](const Snapshot& s) {
    return Everything{s.FindHead("d1"),
                      s.RecordsAfter("d1", 0, 1 << 20),
                      s.RecordsUnder("d1", "p"),
                      s.FindLogEntry("d1", 2),
                      s.FindOutcome("m2"),
                      s.FindProgress("x", "d1"),
                      s.ListStaff({.rows_max = 9}),
                      s.DevicesOf("a"),
                      s.RelationsOfDossier("d1"),
                      s.HandoversTo("a"),
                      s.ListTeams({.rows_max = 9}),
                      s.StatementsFor("a", 0, 9),
                      s.ListTemplates(),
                      s.FindAnswer("a", "q")};
  };
  const Everything before = Get(everything);
  const auto change = [](Transaction& t) {
    t.PutRecord("d1", {.token = "t1", .parent_token = "q", .revision = 2, .sealed = "new"});
    t.PutRecord("d1", {.token = "t2", .parent_token = "p", .revision = 2, .sealed = "new"});
    t.PutProgress({.device_id = "x", .dossier_id = "d1", .epoch = 2, .sequence = 5, .mutation_id = "m2"});
    t.PutDeviceSession("x", 99);
    return t.UpdateHead(1, Head("d1", 2)) && t.AppendLogEntry("d1", {.revision = 2}) &&
           t.InsertOutcome({.mutation_id = "m2"}) && t.InsertPerson({.person_id = "b", .staff = true}) &&
           t.UpdatePerson({.person_id = "a", .staff = true, .active = false, .version = 2}) &&
           t.InsertDevice({.device_id = "y", .person_id = "a"}) && t.UpdateDeviceState("x", 1, 2) &&
           t.EndRelation("r", 9) && t.InsertHandover({.handover_id = "i", .to_person_id = "a"}) &&
           t.UpdateHandoverState("h", 1, 2) && t.InsertTeam({.team_id = "t"}) &&
           t.InsertStatement({.person_id = "a", .number = 1}) && t.InsertTemplate({.serial = 1}) &&
           t.InsertAnswer({.person_id = "a", .request_id = "q"});
  };
  bool changed = false;
  const Work undone = [&](Transaction& t) { return changed = change(t), false; };
  ASSERT_TRUE(WriteAll({undone}).ok());
  EXPECT_TRUE(changed);
  EXPECT_TRUE(Get(everything) == before);
  ASSERT_TRUE(WriteAll({Inserts("d8"), undone, Inserts("d9")}).ok());
  EXPECT_TRUE(changed) << "the first undoing left something behind";
  EXPECT_TRUE(Get(everything) == before);
  EXPECT_TRUE(Write(change));
  EXPECT_FALSE(Get(everything) == before);
}

TEST_P(Transactions, AWorkThatThrowsLeavesNothingAndTheStoreUsable) {
  const Work throws = [](Transaction& t) -> bool {
    EXPECT_TRUE(t.InsertHead(Head("d2")));
    throw std::runtime_error("a work broke");
  };
  EXPECT_THROW((void)WriteAll({Inserts("d1"), throws}), std::runtime_error);
  EXPECT_FALSE(Has("d1"));
  EXPECT_FALSE(Has("d2"));
  EXPECT_TRUE(WriteAll({Inserts("d1")}).ok());
  EXPECT_TRUE(Has("d1"));
}

TEST_P(Transactions, AReadThatThrowsLeavesTheStoreUsable) {
  EXPECT_THROW((void)Store().Read([](const Snapshot& s) {
    EXPECT_FALSE(s.FindHead("d1").has_value());
    throw std::runtime_error("a read broke");
  }),
               std::runtime_error);
  EXPECT_TRUE(WriteAll({Inserts("d1")}).ok());
  EXPECT_TRUE(Has("d1"));
}

TEST_P(Transactions, OrganisationsDoNotSeeEachOther) {
  ASSERT_TRUE(Try([](Transaction& t) { return t.InsertHead(Head("d1", 5)); }));
  EXPECT_FALSE(Has("d1", kOtherOrganisation));
  EXPECT_FALSE(Try([](Transaction& t) { return t.UpdateHead(5, Head("d1", 6)); }, kOtherOrganisation));
  EXPECT_TRUE(Try([](Transaction& t) { return t.InsertHead(Head("d1", 50)); }, kOtherOrganisation));
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindHead("d1"); })->revision, 5);
  EXPECT_EQ(Get([](const Snapshot& s) { return s.CountDossiers(); }, kOtherOrganisation), 1);
}

TEST_P(Transactions, AFailedReadPoisonsTheTransaction) {
  ASSERT_TRUE(WriteAll({Inserts("before")}).ok());
  adapter().Reopen();
  bool fails = true, found = true, failed = false, wrote = true;
  const Work reads = [&](Transaction& t) {
    adapter().FailReads(fails);
    found = t.FindLogEntry("d1", 1).has_value();
    failed = t.failed();
    wrote = t.InsertHead(Head("d2"));
    return true;
  };
  const auto done = WriteAll({Inserts("d1"), reads});
  adapter().FailReads(false);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.failure().reason, v1::ERROR_REASON_STORAGE_UNAVAILABLE);
  EXPECT_GT(done.failure().retry_delay_ms.value_or(0), 0);
  EXPECT_FALSE(done.failure().log_detail.empty());
  EXPECT_FALSE(found);
  EXPECT_TRUE(failed);
  EXPECT_FALSE(wrote);
  EXPECT_FALSE(Has("d1"));
  EXPECT_FALSE(Has("d2"));

  fails = false;
  ASSERT_TRUE(WriteAll({Inserts("d1"), reads}).ok()) << "the store is not usable any more";
  EXPECT_FALSE(failed);
  EXPECT_TRUE(wrote);
  EXPECT_TRUE(Has("d2"));
}

TEST_P(Transactions, AFailedReadPoisonsTheSnapshot) {
  ASSERT_TRUE(WriteAll({Inserts("d1")}).ok());
  adapter().Reopen();
  (void)Store();
  adapter().FailReads(true);
  bool failed = false;
  const auto done = Store().Read([&](const Snapshot& s) {
    EXPECT_FALSE(s.FindHead("d1").has_value());
    failed = s.failed();
  });
  adapter().FailReads(false);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.failure().reason, v1::ERROR_REASON_STORAGE_UNAVAILABLE);
  EXPECT_TRUE(failed);
  if (adapter().forgets_because().empty()) {
    EXPECT_TRUE(Has("d1"));
  }
}

TEST_P(Transactions, AFailedCommitLeavesNothingAndTheStoreUsable) {
  ASSERT_TRUE(WriteAll({Inserts("d0")}).ok());
  adapter().FailWrites(true);
  const auto done = WriteAll({Inserts("d1"), Inserts("d2")});
  adapter().FailWrites(false);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.failure().reason, v1::ERROR_REASON_STORAGE_UNAVAILABLE);
  EXPECT_GT(done.failure().retry_delay_ms.value_or(0), 0);
  EXPECT_FALSE(done.failure().log_detail.empty());
  EXPECT_TRUE(Has("d0"));
  EXPECT_FALSE(Has("d1"));
  EXPECT_FALSE(Has("d2"));
  ASSERT_TRUE(WriteAll({Inserts("d1"), Inserts("d2")}).ok());
  EXPECT_TRUE(Has("d1"));
}

TEST_P(Transactions, WhatWasCommittedOutlivesTheProcess) {
  if (!adapter().forgets_because().empty()) GTEST_SKIP() << adapter().forgets_because();
  ASSERT_TRUE(WriteAll({Inserts("d1"), Inserts("d2", false)}).ok());
  adapter().Reopen();
  EXPECT_TRUE(Has("d1"));
  EXPECT_FALSE(Has("d2"));
  EXPECT_FALSE(Has("d1", kOtherOrganisation));
}

TEST_P(Transactions, AReadSeesOneStateOfWholeCommits) {
  // Every commit raises both heads, in two works: a reader that saw part of one would see them differ.
  ASSERT_TRUE(WriteAll({Inserts("d1"), Inserts("d2")}).ok());
  constexpr std::int64_t kCommits = 300;
  constexpr int kReaders = 3;
  std::atomic<bool> written = false;
  std::atomic<int> torn = 0, reads = 0, backwards = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      std::int64_t last = 0;
      for (bool more = true; more;) {
        more = !written;
        const auto done = Store().Read([&](const Snapshot& s) {
          const std::int64_t first = s.FindHead("d1")->revision;
          const std::int64_t second = s.FindHead("d2")->revision;
          if (first != second || s.FindHead("d1")->revision != first) ++torn;
          if (first < last) ++backwards;
          last = first;
        });
        EXPECT_TRUE(done.ok());
        ++reads;
      }
      EXPECT_EQ(last, kCommits) << "a read did not see the newest commit";
    });
  }
  const auto raise = [](std::string dossier_id, std::int64_t revision) -> Work {
    return [=](Transaction& t) { return t.UpdateHead(revision - 1, Head(dossier_id, revision)); };
  };
  for (std::int64_t revision = 1; revision <= kCommits; ++revision) {
    ASSERT_TRUE(WriteAll({raise("d1", revision), raise("d2", revision)}).ok());
  }
  written = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(torn, 0);
  EXPECT_EQ(backwards, 0);
  EXPECT_GE(reads, kReaders);
}

// Lets `other` run on, until it is done or has had every chance: an adapter may make it wait for us.
void GiveWayTo(const std::atomic<bool>& other_is_done) {
  constexpr int kChances = 20'000;
  for (int i = 0; i < kChances && !other_is_done; ++i) std::this_thread::yield();
}

TEST_P(Transactions, AReaderWhoComesInTheMiddleOfAWriteSeesNothingOfIt) {
  ASSERT_TRUE(WriteAll({Inserts("d0")}).ok());
  std::atomic<bool> read = false;
  bool saw_first = true, saw_second = false;
  std::thread reader;
  const Work starts_reader = [&](Transaction&) {
    reader = std::thread([&] {
      const auto done = Store().Read([&](const Snapshot& s) {
        saw_first = s.FindHead("d1").has_value();
        saw_second = s.FindHead("d2").has_value();
      });
      EXPECT_TRUE(done.ok());
      read = true;
    });
    GiveWayTo(read);
    return true;
  };
  ASSERT_TRUE(WriteAll({Inserts("d1"), starts_reader, Inserts("d2")}).ok());
  reader.join();
  EXPECT_EQ(saw_first, saw_second);
  EXPECT_TRUE(Has("d1") && Has("d2"));
}

TEST_P(Transactions, AWriterWhoComesInTheMiddleOfAReadChangesNothingForIt) {
  ASSERT_TRUE(WriteAll({Inserts("d1")}).ok());
  std::atomic<bool> written = false;
  std::thread writer;
  const auto done = Store().Read([&](const Snapshot& s) {
    EXPECT_EQ(s.FindHead("d1")->revision, 0);
    writer = std::thread([&] {
      EXPECT_TRUE(WriteAll({[](Transaction& t) { return t.UpdateHead(0, Head("d1", 1)); }}).ok());
      written = true;
    });
    GiveWayTo(written);
    EXPECT_EQ(s.FindHead("d1")->revision, 0) << "the snapshot moved under its reader";
  });
  writer.join();
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(Get([](const Snapshot& s) { return s.FindHead("d1"); })->revision, 1);
}

using TransactionsDeathTest = Transactions;
INSTANTIATE_TEST_SUITE_P(Adapters, TransactionsDeathTest, testing::ValuesIn(AllAdapters()), NameOf);

TEST_P(TransactionsDeathTest, AStoreIsNotCalledFromWithinItsOwnReadOrWrite) {
  const auto read = [this] { return Store().Read([](const Snapshot&) {}); };
  const Work reads = [&](Transaction&) { return read().ok(); };
  EXPECT_DEATH((void)WriteAll({reads}), "from within its own Read or Write");
  EXPECT_DEATH((void)Store().Read([&](const Snapshot&) { (void)read(); }),
               "from within its own Read or Write");
  EXPECT_DEATH((void)Store().Read([&](const Snapshot&) { (void)WriteAll({}); }), "from within its own");
  OrganisationStore& other = Store(kOtherOrganisation);
  EXPECT_TRUE(
      Store().Read([&](const Snapshot&) { EXPECT_TRUE(other.Read([](const Snapshot&) {}).ok()); }).ok());
}

}  // namespace
}  // namespace brug::storage
