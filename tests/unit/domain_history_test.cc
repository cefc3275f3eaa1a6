#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "proto/rules/limits.h"
#include "service/domain/history.h"
#include "service/storage_memory/memory_storage.h"
#include "tests/support/town.h"

// What can be read of a dossier's past (document "sync", conflicts and case 9).
namespace brug::testing {
namespace {

class DomainHistory : public ::testing::Test {
 protected:
  Town town{std::make_unique<storage::MemoryStorage>()};
  TownDevice mentor = town.Mentor("Fatima");
  TownDevice client = town.Client(mentor);
  const std::string& dossier = client.dossier_id;

  std::string Goal(const std::string& title) {
    v1::Mutation mutation = NewGoal(town.NewId(), title);
    mutation.mutable_create_goal()->mutable_goal()->set_domain_id("housing");
    std::string id = mutation.create_goal().goal_id();
    EXPECT_TRUE(town.Push(client, mutation).has_applied());
    return id;
  }
  void Retitle(const std::string& goal, const std::string& title) {
    ASSERT_TRUE(town.Push(client, RetitleGoal(goal, title)).has_applied());
  }
  platform::Result<v1::ListHistoryResponse> Ask(v1::ListHistoryRequest request) {
    request.set_dossier_id(dossier);
    return town.Ask(client, domain::ListHistory, request);
  }
  // Everything that the request gives, page by page.
  std::vector<v1::LogEntry> All(v1::ListHistoryRequest request) {
    std::vector<v1::LogEntry> entries;
    do {
      const auto response = Ask(request);
      EXPECT_TRUE(response.ok());
      if (!response.ok()) return entries;
      entries.insert(entries.end(), response->entries().begin(), response->entries().end());
      request.set_page_token(response->next_page_token());
      ++pages;
    } while (!request.page_token().empty());
    return entries;
  }
  int pages = 0;
};

TEST_F(DomainHistory, ShowsWhatWasOverwrittenAndByWhomNewestFirst) {
  const std::string goal = Goal("rust");
  Retitle(goal, "rust in huis");
  Retitle(goal, "een rustig huis");
  ASSERT_TRUE(town.Push(client, Say(town.NewId(), "hallo")).has_applied());
  const auto entries = All({});
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].overwritten(0).goal().title(), "rust in huis");
  EXPECT_EQ(entries[1].overwritten(0).goal().title(), "rust");
  EXPECT_EQ(entries[0].author().person_id(), client.person_id);
  EXPECT_EQ(entries[0].author().role(), v1::ROLE_CLIENT);
  EXPECT_EQ(entries[0].mutation().revise_goal().goal_id(), goal);
}

TEST_F(DomainHistory, OfOneRecordShowsAllThatHappenedToIt) {
  const std::string goal = Goal("rust"), other = Goal("werk");
  Retitle(goal, "rust in huis");
  Retitle(other, "ander werk");
  v1::ListHistoryRequest request;
  request.set_record_id(goal);
  const auto entries = All(request);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_TRUE(entries[0].mutation().has_revise_goal());
  EXPECT_TRUE(entries[1].mutation().has_create_goal());
  request.set_record_id(town.NewId());
  EXPECT_TRUE(All(request).empty());
}

TEST_F(DomainHistory, ComesInPagesOfTheSizeAskedFor) {
  const std::string goal = Goal("0");
  for (int i = 1; i <= 5; ++i) Retitle(goal, std::to_string(i));
  v1::ListHistoryRequest request;
  request.set_page_size(2);
  const auto entries = All(request);
  ASSERT_EQ(entries.size(), 5U);
  EXPECT_EQ(pages, 3);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(entries[static_cast<std::size_t>(i)].overwritten(0).goal().title(), std::to_string(4 - i));
  }
  request.set_page_size(201);
  EXPECT_EQ(Ask(request).failure().field, "page_size");
}

TEST_F(DomainHistory, APageEndsAtItsBytesToo) {
  const std::string goal = Goal("rust");
  constexpr int kWordings = 150;
  for (int i = 0; i < kWordings; ++i) {
    v1::Mutation wording = RetitleGoal(goal, std::to_string(i));
    wording.mutable_revise_goal()->mutable_goal()->set_why(
        std::string(2'000, static_cast<char>('a' + i % 26)));
    wording.mutable_revise_goal()->mutable_update_mask()->add_paths("why");
    ASSERT_TRUE(town.Push(client, wording).has_applied());
  }
  v1::ListHistoryRequest request;
  request.set_page_size(200);
  const auto first = Ask(request);
  ASSERT_TRUE(first.ok());
  EXPECT_LE(first->ByteSizeLong(), rules::kPageBytesMax + 100);
  EXPECT_GT(first->ByteSizeLong(), rules::kPageBytesMax / 2) << "else nothing was shown";
  const auto entries = All(request);
  ASSERT_EQ(entries.size(), static_cast<std::size_t>(kWordings)) << "none twice, none left out";
  EXPECT_GT(pages, 1);
}

TEST_F(DomainHistory, ATokenThatIsMadeUpBeginsAtTheNewest) {
  const std::string goal = Goal("rust");
  Retitle(goal, "rust in huis");
  for (const char* token : {"x", "-4", "1x", "99999999999999999999"}) {
    v1::ListHistoryRequest request;
    request.set_page_token(token);
    EXPECT_EQ(All(request).size(), 1U) << token;
  }
}

TEST_F(DomainHistory, LooksAtSoManyEntriesACallAndGoesOnBehindThem) {
  const std::string goal = Goal("rust");
  Retitle(goal, "rust in huis");
  for (std::int64_t i = 0; i < domain::kHistoryLookedAtMax; ++i) {
    ASSERT_TRUE(town.Push(client, Say(town.NewId(), "hallo")).has_applied());
  }
  const auto first = Ask({});
  ASSERT_TRUE(first.ok());
  EXPECT_TRUE(first->entries().empty());
  EXPECT_NE(first->next_page_token(), "");
  EXPECT_EQ(All({}).size(), 1U);
}

TEST_F(DomainHistory, KeepsWhatWasRefusedAfterTheEndForTheClientAndThePresentMentor) {
  const std::string goal = Goal("rust");
  TownDevice next = town.Mentor("Bas");
  const std::string handover = town.NewId();
  ASSERT_TRUE(town.Push(mentor, ProposeHandover(handover, next.person_id), dossier).has_applied());
  v1::AnswerHandoverRequest yes;
  yes.set_request_id(town.NewId());
  yes.set_handover_id(handover);
  yes.set_accept(true);
  ASSERT_TRUE(town.Do(next, domain::AnswerHandover, yes).ok());
  ASSERT_TRUE(town.Push(client, AnswerHandover(handover, true)).has_applied());
  ASSERT_TRUE(town.Push(mentor, Talked(town.NewId(), handover), dossier).has_applied());
  const v1::Mutation late = Suggest(town.NewId(), goal, v1::SUGGESTED_FIELD_TITLE, "Wat ik nog wilde zeggen");
  ASSERT_TRUE(town.Push(mentor, late, dossier).has_received());

  v1::ListHistoryRequest request;
  request.set_dossier_id(dossier);
  for (const TownDevice* reader : {&client, &next}) {
    const auto history = town.Ask(*reader, domain::ListHistory, request);
    ASSERT_TRUE(history.ok());
    ASSERT_GT(history->entries_size(), 0);
    EXPECT_EQ(history->entries(0).refused(), v1::ERROR_REASON_ACCESS_ENDED);
    EXPECT_EQ(history->entries(0).author().person_id(), mentor.person_id);
    EXPECT_EQ(history->entries(0).mutation().suggest_words().suggestion().words(), "Wat ik nog wilde zeggen");
  }
}

}  // namespace
}  // namespace brug::testing
