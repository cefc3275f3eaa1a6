#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "proto/rules/limits.h"
#include "tests/unit/money_market.h"

// The largest offers that the contract allows: each fits in a page, and no page or answer outgrows one.
namespace brug::testing {
namespace {

// As long as a text may be, told apart by `number`.
std::string LongText(std::size_t bytes, std::size_t number) {
  std::string text = std::to_string(number) + " ";
  text.resize(bytes, 'a');
  return text;
}

v1::Mutation LargestStep(const std::string& step_id, const std::string& goal_id,
                         const std::string& milestone_id, std::size_t number) {
  v1::Mutation mutation = NewStep(step_id, goal_id);
  v1::Step& step = *mutation.mutable_create_step()->mutable_step();
  step.set_milestone_id(milestone_id);
  step.set_title(LongText(rules::kTitleBytesMax, number));
  step.mutable_if_then()->set_obstacle(LongText(rules::kObstacleBytesMax, number));
  step.mutable_if_then()->set_response(LongText(rules::kObstacleBytesMax, number));
  step.mutable_recurrence()->Clear();
  for (const auto day : {v1::WEEKDAY_MONDAY, v1::WEEKDAY_TUESDAY, v1::WEEKDAY_WEDNESDAY, v1::WEEKDAY_THURSDAY,
                         v1::WEEKDAY_FRIDAY, v1::WEEKDAY_SATURDAY}) {
    step.mutable_recurrence()->mutable_on_weekdays()->add_weekdays(day);
  }
  step.set_minutes(60);
  step.set_confidence(7);
  return mutation;
}

class MoneyPages : public ::testing::Test {
 protected:
  // Promised by the mentor alone: who a second person is makes no difference to its size.
  MoneyPages() {
    v1::Scheme generous = Market::Usual();
    generous.set_client_year_cents_max(1'000'000);
    generous.set_four_eyes_above_cents(1'000'000);
    town.scheme = town.NewScheme(generous);
    const std::string milestone = town.NewId();
    EXPECT_TRUE(town.Push(town.samira.device, NewMilestone(milestone, town.samira.goal)).has_applied());
    for (std::size_t i = town.samira.steps.size(); i < rules::kStepsPerGoalMax; ++i) {
      const std::string step = town.NewId();
      EXPECT_TRUE(
          town.Push(town.samira.device, LargestStep(step, town.samira.goal, milestone, i)).has_applied());
      town.samira.steps.push_back(step);
    }
  }

  // Every step by name, and as many words as there can be.
  std::string DraftLargest() {
    auto request = town.Fresh<v1::DraftOfferRequest>();
    request.set_dossier_id(town.samira.device.dossier_id);
    v1::OfferDraft& draft = *request.mutable_draft();
    draft.set_goal_id(town.samira.goal);
    draft.set_scheme_id(town.scheme);
    draft.set_amount_cents(1'000);
    draft.set_words(LongText(rules::kWordsBytesMax, 0));
    for (const std::string& step : town.samira.steps) {
      draft.mutable_condition()->mutable_all_steps()->add_step_ids(step);
    }
    const auto drafted = town.Do(town.mentor, domain::DraftOffer, request);
    EXPECT_TRUE(drafted.ok()) << drafted.failure().field;
    return drafted->offer().offer_id();
  }
  std::set<std::string> PromiseLargest(int count) {
    std::set<std::string> offers;
    for (int i = 0; i < count; ++i) {
      const std::string offer = DraftLargest();
      EXPECT_TRUE(town.Promise(town.mentor, offer).ok());
      offers.insert(offer);
    }
    return offers;
  }
  // Page by page: each holds to the bytes, and every offer comes once.
  template <typename Operation, typename Request>
  std::multiset<std::string> PageThrough(const TownDevice& by, Operation operation, Request request,
                                         int& pages_count) {
    std::multiset<std::string> listed;
    pages_count = 0;
    do {
      const auto page = town.Town::Ask(by, operation, request);
      EXPECT_TRUE(page.ok());
      EXPECT_LE(page->ByteSizeLong(), rules::kPageBytesMax + kTokenBytes);
      EXPECT_GT(page->offers_size(), 0);
      for (const v1::StaffOffer& offer : page->offers()) listed.insert(offer.offer_id());
      request.set_page_token(page->next_page_token());
      ++pages_count;
    } while (!request.page_token().empty() && pages_count < 1'000);
    return listed;
  }

  // What a page has besides its offers: its token, and a tag and length for each.
  static constexpr std::size_t kTokenBytes = 2'000;
  Market town;
};

TEST_F(MoneyPages, TheLargestOfferFitsInAPageAndItsPromiseInAnAnswer) {
  const std::string offer = DraftLargest();
  const auto promised = town.Promise(town.mentor, offer);
  ASSERT_TRUE(promised.ok());
  ASSERT_EQ(promised->offer().offer().steps_size(), static_cast<int>(rules::kStepsPerGoalMax));
  EXPECT_GT(promised->offer().ByteSizeLong(), rules::kPageBytesMax / 2) << "a page holds one of these";
  EXPECT_LT(promised->offer().ByteSizeLong(), rules::kPageBytesMax);
  EXPECT_LT(promised->ByteSizeLong(), 1024u * 1024) << "with what the organisation signed";
}

TEST_F(MoneyPages, AMentorsListEndsAPageBeforeItIsTooLarge) {
  const std::set<std::string> offers = PromiseLargest(5);
  int pages_count = 0;
  const auto listed = PageThrough(town.mentor, domain::ListOffers, v1::ListOffersRequest(), pages_count);
  EXPECT_EQ(listed, std::multiset<std::string>(offers.begin(), offers.end()));
  EXPECT_EQ(pages_count, 5);
}

TEST_F(MoneyPages, ASecondPersonsListEndsAPageBeforeItIsTooLarge) {
  v1::Scheme careful = Market::Usual();
  careful.set_four_eyes_above_cents(0);
  town.scheme = town.NewScheme(careful);
  const std::set<std::string> offers = PromiseLargest(20);
  int pages_count = 0;
  const auto listed =
      PageThrough(town.approver, domain::ListApprovals, v1::ListApprovalsRequest(), pages_count);
  EXPECT_EQ(listed, std::multiset<std::string>(offers.begin(), offers.end()));
  EXPECT_GE(pages_count, 3);
}

TEST_F(MoneyPages, WhatTheOrganisationSignedComesInAnswersOfAPageToo) {
  PromiseLargest(4);
  for (const TownDevice* device : {&town.mentor, &town.samira.device}) {
    v1::SyncRequest request;
    std::multiset<std::string> promises;
    int answers_count = 0;
    bool more = true;
    while (more && ++answers_count < 100) {
      const auto answer = town.Sync(*device, request);
      ASSERT_TRUE(answer.ok());
      std::size_t bytes = 0;
      for (const v1::Statement& statement : answer->statements()) {
        v1::StatementContent content;
        ASSERT_TRUE(content.ParseFromString(statement.content()));
        if (content.has_promise()) promises.insert(content.promise().offer_id());
        bytes += statement.ByteSizeLong();
        request.set_statements_seen(content.number());
      }
      EXPECT_LE(bytes, rules::kPageBytesMax);
      more = answer->more();
    }
    EXPECT_EQ(promises.size(), 4u);
    EXPECT_GT(answers_count, 4);
  }
}

}  // namespace
}  // namespace brug::testing
