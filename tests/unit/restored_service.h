#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "service/storage_memory/memory_storage.h"
#include "service/storage_sqlite/sqlite_storage.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/town.h"

namespace brug::testing {

struct Adapter {
  std::string name;
  std::function<std::unique_ptr<storage::Storage>(const std::string& directory)> make;
};

inline std::unique_ptr<storage::Storage> InMemory(const std::string&) {
  return std::make_unique<storage::MemoryStorage>();
}
inline std::unique_ptr<storage::Storage> InFiles(const std::string& directory) {
  return *storage::SqliteStorage::Open({.data_directory = directory});
}

// A service that was put back to a backup, and the one that went on from it and was lost. Towns of one seed
// are one town, so a restored one is another with the same beginning and other chances from there on.
class RestoredService : public ::testing::TestWithParam<Adapter> {
 protected:
  // What was there when the backup was made.
  struct Beginning {
    TownDevice mentor, client;
    std::string goal, step;
  };

  static Beginning Begin(Town& town) {
    TownDevice mentor = town.Mentor("Fatima");
    TownDevice client = town.Client(mentor);
    Beginning begun{std::move(mentor), std::move(client), town.NewId(), town.NewId()};
    v1::Mutation goal = NewGoal(begun.goal);
    goal.mutable_create_goal()->mutable_goal()->set_domain_id("housing");
    EXPECT_TRUE(town.Push(begun.client, goal).has_applied());
    EXPECT_TRUE(town.Push(begun.client, NewStep(begun.step, begun.goal)).has_applied());
    return begun;
  }

  void SetUp() override {
    town.random = SeededRandom(77);
    Note();
  }

  // As the operator's tool does after it put the files back.
  void Note(std::int64_t number = 1) {
    const storage::Work work = [number, this](storage::Transaction& transaction) {
      return transaction.InsertRestore({.number = number,
                                        .restore_id = "restore " + std::to_string(number),
                                        .restored_at_us = domain::ToMicroseconds(town.clock.now)});
    };
    ASSERT_TRUE(town.store->Write({&work, 1}).ok());
  }

  v1::Point PointOf(Town& where, const TownDevice& device) {
    const auto answered = where.Sync(device, {});
    for (const v1::DossierPage& page : answered->pages()) {
      if (page.dossier_id() == Dossier()) return page.point();
    }
    return {};
  }

  // Pushes to the service that was lost; the mutation as its device keeps it for the next time.
  v1::Mutation Lost(TownDevice& device, v1::Mutation mutation) {
    *mutation.mutable_base() = PointOf(lost, device);
    mutation = lost.Number(device, std::move(mutation), Dossier());
    v1::SyncRequest request;
    *request.add_mutations() = mutation;
    const v1::Outcome outcome = lost.Sync(device, request)->outcomes(0);
    EXPECT_TRUE(outcome.has_applied()) << outcome.ShortDebugString();
    *mutation.mutable_applied() = outcome.applied().point();
    *mutation.mutable_occurred_at() = outcome.applied().clamped_at();
    return mutation;
  }

  // Offers what is there, numbered anew from 1.
  std::vector<v1::Outcome> Offer(TownDevice& device, std::vector<v1::Mutation> mutations) {
    v1::SyncRequest request;
    const std::uint64_t epoch = ++epochs_;
    for (v1::Mutation& mutation : mutations) {
      mutation.set_epoch(epoch);
      mutation.set_sequence(request.mutations_size() + 1);
      *request.add_mutations() = std::move(mutation);
    }
    const auto response = town.Sync(device, request);
    EXPECT_TRUE(response.ok());
    device.epoch = epoch;
    device.sequences[Dossier()] = request.mutations_size();
    return {response->outcomes().begin(), response->outcomes().end()};
  }

  // A mentor gets access to the dossier beside the one who has it.
  static std::string GiveAccess(Town& where, TownDevice& mentor, TownDevice& client, const TownDevice& to) {
    std::string handover = where.NewId();
    EXPECT_TRUE(where.Push(mentor, ProposeHandover(handover, to.person_id), client.dossier_id).has_applied());
    v1::AnswerHandoverRequest yes;
    yes.set_request_id(where.NewId());
    yes.set_handover_id(handover);
    yes.set_accept(true);
    EXPECT_TRUE(where.Do(to, domain::AnswerHandover, yes).ok());
    EXPECT_TRUE(where.Push(client, AnswerHandover(handover, true)).has_applied());
    return handover;
  }

  const std::string& Dossier() const { return then.client.dossier_id; }
  std::string Title() { return town.Everything(now.client, Dossier()).at(now.goal).goal().title(); }
  int ReplyHours() {
    return town.Everything(now.client, Dossier())
        .at(std::string(rules::kProfileId))
        .profile()
        .reply_within_hours();
  }

  TemporaryFolder folder{TemporaryFolder::InMemory()};
  Town lost{GetParam().make(folder.path() + "/lost")};
  Beginning then = Begin(lost);
  Town town{GetParam().make(folder.path() + "/restored")};
  Beginning now = Begin(town);
  std::uint64_t epochs_ = 1000;
  std::string handover_;
};

// The fixture on both adapters.
inline const auto kRestoredAdapters =
    ::testing::Values(Adapter{"Memory", InMemory}, Adapter{"Sqlite", InFiles});
inline std::string NameOf(const ::testing::TestParamInfo<Adapter>& info) { return info.param.name; }

}  // namespace brug::testing
