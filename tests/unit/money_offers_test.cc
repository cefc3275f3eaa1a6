#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "service/domain/relations.h"
#include "service/domain/statements.h"
#include "tests/unit/money_market.h"

namespace brug::testing {
namespace {

using enum v1::OfferState;

class MoneyOffers : public ::testing::Test {
 protected:
  // What is tried is refused for this reason, and the books stay as they were.
  template <typename Response>
  void Refuses(v1::ErrorReason reason, const std::function<platform::Result<Response>()>& attempt,
               const std::string& field = "") {
    const Books before = town.ReadBooks();
    const auto result = attempt();
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(v1::ErrorReason_Name(result.failure().reason), v1::ErrorReason_Name(reason))
        << result.failure().field << " " << result.failure().log_detail;
    if (!field.empty()) {
      EXPECT_EQ(result.failure().field, field);
    }
    EXPECT_TRUE(town.ReadBooks() == before);
  }
  void RefusesPromise(v1::ErrorReason reason, const std::string& offer) {
    Refuses<v1::PromiseOfferResponse>(reason, [&] { return town.Promise(town.mentor, offer); });
  }
  void RefusesRequest(v1::ErrorReason reason, const std::string& offer) {
    Refuses<v1::RequestVoucherResponse>(reason, [&] { return town.AskFor(town.mentor, offer); });
  }
  void RefusesAnswer(v1::ErrorReason reason, const TownDevice& by, const std::string& offer,
                     v1::OfferState seen) {
    Refuses<v1::AnswerApprovalResponse>(reason, [&] { return town.Answer(by, offer, seen); });
  }
  void BooksFit() {
    const auto report = town.Verify();
    for (const auto& finding : report.findings) ADD_FAILURE() << finding.rule << ": " << finding.words;
  }

  Market town;
};

TEST_F(MoneyOffers, ASchemeBeginsWithItsBudgetAndItsDefaults) {
  const auto balances = town.Balances();
  EXPECT_EQ(balances.budget_cents(), 100'000);
  EXPECT_EQ(balances.paid_in_cents(), 100'000);
  auto request = town.Fresh<v1::CreateSchemeRequest>();
  request.mutable_scheme()->set_display_name("Defaults");
  const auto made = town.Do(town.manager, domain::CreateScheme, request);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->scheme().amount_cents_min(), 2'000);
  EXPECT_EQ(made->scheme().amount_cents_max(), 6'000);
  EXPECT_EQ(made->scheme().client_year_cents_max(), 72'000);
  EXPECT_EQ(made->scheme().four_eyes_above_cents(), 5'000);
  EXPECT_EQ(made->scheme().voucher_days(), 365);
  EXPECT_EQ(made->scheme().reveal_policy(), v1::REVEAL_POLICY_AFTER_PLAN);
  EXPECT_EQ(made->balances().budget_cents(), 0);
}

TEST_F(MoneyOffers, RefusesBudgetsOutOfRangeAndOfNoScheme) {
  const auto add = [&](const std::string& scheme, std::int64_t cents) {
    auto request = town.Fresh<v1::AddBudgetRequest>();
    request.set_scheme_id(scheme);
    request.set_amount_cents(cents);
    return town.Do(town.manager, domain::AddBudget, request);
  };
  for (const std::int64_t cents :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{10'000'000'001},
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    Refuses<v1::AddBudgetResponse>(v1::ERROR_REASON_OUT_OF_RANGE, [&] { return add(town.scheme, cents); });
  }
  Refuses<v1::AddBudgetResponse>(v1::ERROR_REASON_NOT_FOUND, [&] { return add(town.NewId(), 1); });
  EXPECT_EQ(add(town.scheme, 10'000'000'000)->balances().budget_cents(), 10'000'100'000);
  for (const std::int64_t cents : {std::int64_t{-1}, std::int64_t{10'000'000'001}}) {
    auto request = town.Fresh<v1::CreateSchemeRequest>();
    *request.mutable_scheme() = Market::Usual();
    request.set_budget_cents(cents);
    Refuses<v1::CreateSchemeResponse>(v1::ERROR_REASON_OUT_OF_RANGE,
                                      [&] { return town.Do(town.manager, domain::CreateScheme, request); });
  }
}

TEST_F(MoneyOffers, ASmallOneIsPromisedAndGivenByTheMentorAlone) {
  const std::string offer = town.DraftId(town.samira, 2'500);
  const auto promised = town.Promise(town.mentor, offer);
  ASSERT_TRUE(promised.ok());
  EXPECT_EQ(promised->offer().offer().state(), OFFER_STATE_PROMISED);
  EXPECT_EQ(promised->offer().offer().steps_size(), 2);
  EXPECT_TRUE(promised->has_statement());
  EXPECT_EQ(town.Balances().reserved_cents(), 2'500);
  RefusesRequest(v1::ERROR_REASON_NOT_EARNED, offer);
  town.TickAll(town.samira);
  const auto given = town.AskFor(town.mentor, offer);
  ASSERT_TRUE(given.ok());
  EXPECT_EQ(given->offer().offer().state(), OFFER_STATE_ISSUED);
  EXPECT_TRUE(given->has_statement());
  EXPECT_EQ(town.Balances().reserved_cents(), 0);
  EXPECT_EQ(town.Balances().outstanding_cents(), 2'500);
  RefusesRequest(v1::ERROR_REASON_WRONG_STATE, offer);
  RefusesPromise(v1::ERROR_REASON_WRONG_STATE, offer);
  BooksFit();
}

TEST_F(MoneyOffers, ALargeOneTakesASecondPersonTwice) {
  const std::string offer = town.DraftId(town.samira, 4'000);
  const auto asked = town.Promise(town.mentor, offer);
  ASSERT_TRUE(asked.ok());
  EXPECT_EQ(asked->offer().offer().state(), OFFER_STATE_PROMISE_ASKED);
  EXPECT_FALSE(asked->has_statement());
  EXPECT_EQ(town.Balances().reserved_cents(), 0);
  RefusesPromise(v1::ERROR_REASON_WRONG_STATE, offer);
  RefusesRequest(v1::ERROR_REASON_WRONG_STATE, offer);
  RefusesAnswer(v1::ERROR_REASON_WRONG_STATE, town.approver, offer, OFFER_STATE_REQUESTED);
  const auto yes = town.Answer(town.approver, offer, OFFER_STATE_PROMISE_ASKED);
  ASSERT_TRUE(yes.ok());
  EXPECT_EQ(yes->offer().offer().state(), OFFER_STATE_PROMISED);
  EXPECT_EQ(town.Balances().reserved_cents(), 4'000);
  town.TickAll(town.samira);
  EXPECT_EQ(town.AskFor(town.mentor, offer)->offer().offer().state(), OFFER_STATE_REQUESTED);
  EXPECT_EQ(town.Balances().reserved_cents(), 4'000);
  RefusesAnswer(v1::ERROR_REASON_WRONG_STATE, town.approver, offer, OFFER_STATE_PROMISE_ASKED);
  EXPECT_EQ(town.Answer(town.approver, offer, OFFER_STATE_REQUESTED)->offer().offer().state(),
            OFFER_STATE_ISSUED);
  EXPECT_EQ(town.Balances().outstanding_cents(), 4'000);
  EXPECT_EQ(town.OfferRow(offer).answered_by, town.approver.person_id);
  BooksFit();
}

TEST_F(MoneyOffers, ANoGoesBackWithItsWords) {
  const std::string offer = town.DraftId(town.samira, 4'000);
  ASSERT_TRUE(town.Promise(town.mentor, offer).ok());
  auto wordless = town.Fresh<v1::AnswerApprovalRequest>();
  wordless.set_offer_id(offer);
  wordless.set_state_seen(OFFER_STATE_PROMISE_ASKED);
  Refuses<v1::AnswerApprovalResponse>(
      v1::ERROR_REASON_MISSING, [&] { return town.Do(town.approver, domain::AnswerApproval, wordless); },
      "words");
  const auto no = town.Answer(town.approver, offer, OFFER_STATE_PROMISE_ASKED, false);
  EXPECT_EQ(no->offer().offer().state(), OFFER_STATE_DRAFT);
  EXPECT_EQ(no->offer().refusal_words(), "Let us look at it together first");
  EXPECT_EQ(town.Balances().reserved_cents(), 0);
  ASSERT_TRUE(town.Promise(town.mentor, offer).ok());
  ASSERT_TRUE(town.Answer(town.approver, offer, OFFER_STATE_PROMISE_ASKED).ok());
  town.TickAll(town.samira);
  ASSERT_TRUE(town.AskFor(town.mentor, offer).ok());
  const auto not_yet = town.Answer(town.approver, offer, OFFER_STATE_REQUESTED, false);
  EXPECT_EQ(not_yet->offer().offer().state(), OFFER_STATE_PROMISED);
  const auto record = town.Everything(town.samira.device, town.samira.device.dossier_id).at(offer);
  EXPECT_EQ(record.offer().refusal_words(), "Let us look at it together first");
  EXPECT_EQ(town.Balances().reserved_cents(), 4'000);
  ASSERT_TRUE(town.AskFor(town.mentor, offer).ok());
  EXPECT_TRUE(town.Answer(town.approver, offer, OFFER_STATE_REQUESTED).ok());
  BooksFit();
}

TEST_F(MoneyOffers, AYesIsToTheStepsThatWereShownAndToNoOthers) {
  const std::string offer = town.DraftId(town.samira, 4'000);
  ASSERT_TRUE(town.Promise(town.mentor, offer).ok());
  const auto listed = [&] {
    return town.Town::Ask(town.approver, domain::ListApprovals, v1::ListApprovalsRequest())->offers(0);
  };
  ASSERT_EQ(listed().offer().steps_size(), 2);
  const auto refused = [&] {
    Refuses<v1::AnswerApprovalResponse>(
        v1::ERROR_REASON_WRONG_STATE,
        [&] { return town.Answer(town.approver, offer, OFFER_STATE_PROMISE_ASKED); }, "offer.steps");
  };
  const auto retitle = [&](const char* title) {
    ASSERT_TRUE(town.Push(town.samira.device, RetitleStep(town.samira.steps[0], title)).has_applied());
  };
  retitle("Other words");
  refused();
  retitle("Open the mail");
  ASSERT_TRUE(town.Push(town.samira.device, Delete(town.samira.steps[1])).has_applied());
  EXPECT_EQ(listed().offer().steps_size(), 2) << "what was asked stays what is looked at";
  refused();
  const std::string other = town.NewId();
  ASSERT_TRUE(town.Push(town.samira.device, NewStep(other, town.samira.goal, "Another")).has_applied());
  refused();
  ASSERT_TRUE(town.Push(town.samira.device, Delete(other)).has_applied());
  ASSERT_TRUE(town.Answer(town.approver, offer, OFFER_STATE_PROMISE_ASKED, false).ok());
  ASSERT_TRUE(town.Promise(town.mentor, offer).ok());
  EXPECT_EQ(listed().offer().steps_size(), 1);
  EXPECT_TRUE(town.Answer(town.approver, offer, OFFER_STATE_PROMISE_ASKED).ok());
  EXPECT_EQ(town.Everything(town.samira.device, town.samira.device.dossier_id).at(offer).offer().steps_size(),
            1);
}

TEST_F(MoneyOffers, AYesIsToTheMilestoneThatWasShownAndToNoOther) {
  const std::string milestone = town.NewId();
  ASSERT_TRUE(town.Push(town.samira.device, NewMilestone(milestone, town.samira.goal)).has_applied());
  auto draft = town.Fresh<v1::DraftOfferRequest>();
  draft.set_dossier_id(town.samira.device.dossier_id);
  draft.mutable_draft()->set_goal_id(town.samira.goal);
  draft.mutable_draft()->set_scheme_id(town.scheme);
  draft.mutable_draft()->set_amount_cents(4'000);
  draft.mutable_draft()->mutable_condition()->mutable_milestone_reached()->set_milestone_id(milestone);
  const auto drafted = town.Do(town.mentor, domain::DraftOffer, draft);
  EXPECT_EQ(drafted->offer().milestone_title(), "The forms are in");
  const std::string offer = drafted->offer().offer_id();
  ASSERT_TRUE(town.Promise(town.mentor, offer).ok());
  auto revise = NewMutation();
  revise.mutable_revise_milestone()->set_milestone_id(milestone);
  revise.mutable_revise_milestone()->mutable_milestone()->set_title("I have looked at the forms");
  revise.mutable_revise_milestone()->mutable_update_mask()->add_paths("title");
  ASSERT_TRUE(town.Push(town.samira.device, revise).has_applied());
  const auto shown = town.Town::Ask(town.approver, domain::ListApprovals, v1::ListApprovalsRequest());
  EXPECT_EQ(shown->offers(0).milestone_title(), "The forms are in");
  Refuses<v1::AnswerApprovalResponse>(
      v1::ERROR_REASON_WRONG_STATE,
      [&] { return town.Answer(town.approver, offer, OFFER_STATE_PROMISE_ASKED); }, "offer.milestone_title");
  ASSERT_TRUE(town.Answer(town.approver, offer, OFFER_STATE_PROMISE_ASKED, false).ok());
  ASSERT_TRUE(town.Promise(town.mentor, offer).ok());
  const auto said = town.Answer(town.approver, offer, OFFER_STATE_PROMISE_ASKED);
  ASSERT_TRUE(said.ok());
  EXPECT_EQ(said->offer().milestone_title(), "I have looked at the forms");
}

TEST_F(MoneyOffers, OnlyAnotherPersonSaysYes) {
  TownDevice both = town.Mentor("Both", {v1::ROLE_MENTOR, v1::ROLE_APPROVER});
  auto planner = town.NewPlanner(both);
  const std::string offer = town.Draft(both, planner, 4'000)->offer().offer_id();
  RefusesAnswer(v1::ERROR_REASON_NOT_FOUND, both, offer, OFFER_STATE_DRAFT);
  ASSERT_TRUE(town.Promise(both, offer).ok());
  RefusesAnswer(v1::ERROR_REASON_SECOND_PERSON_NEEDED, both, offer, OFFER_STATE_PROMISE_ASKED);
  RefusesAnswer(v1::ERROR_REASON_NOT_FOUND, both, town.NewId(), OFFER_STATE_PROMISE_ASKED);
  EXPECT_TRUE(town.Answer(town.approver, offer, OFFER_STATE_PROMISE_ASKED).ok());
}

TEST_F(MoneyOffers, TheClientsOwnMentorSaysYesOnlyWhereTheSchemeAllowsIt) {
  for (const bool may : {false, true}) {
    v1::Scheme scheme = Market::Usual();
    scheme.set_own_mentor_may_approve(may);
    town.scheme = town.NewScheme(scheme);
    TownDevice both = town.Mentor("Both", {v1::ROLE_MENTOR, v1::ROLE_APPROVER});
    auto planner = town.NewPlanner(both);
    // During a handover two mentors walk beside the client: the other one asks.
    const storage::Work relate = [&](storage::Transaction& t) {
      return t.InsertRelation({.relation_id = town.NewId(),
                               .dossier_id = planner.device.dossier_id,
                               .person_id = town.mentor.person_id,
                               .from_us = 1});
    };
    ASSERT_TRUE(town.store->Write({&relate, 1}).ok());
    const std::string offer = town.DraftId(planner, 4'000);
    ASSERT_TRUE(town.Promise(town.mentor, offer).ok());
    const auto listed = town.Town::Ask(both, domain::ListApprovals, v1::ListApprovalsRequest());
    EXPECT_EQ(std::any_of(listed->offers().begin(), listed->offers().end(),
                          [&](const v1::StaffOffer& shown) { return shown.offer_id() == offer; }),
              may);
    if (may) {
      EXPECT_TRUE(town.Answer(both, offer, OFFER_STATE_PROMISE_ASKED).ok());
    } else {
      RefusesAnswer(v1::ERROR_REASON_SECOND_PERSON_NEEDED, both, offer, OFFER_STATE_PROMISE_ASKED);
    }
  }
}

TEST_F(MoneyOffers, TheSecondPersonSeesTitlesAndNothingElseOfTheDossier) {
  const std::string offer = town.DraftId(town.samira, 4'000);
  ASSERT_TRUE(town.Promise(town.mentor, offer).ok());
  const auto listed = town.Town::Ask(town.approver, domain::ListApprovals, v1::ListApprovalsRequest());
  ASSERT_EQ(listed->offers_size(), 1);
  const v1::StaffOffer& shown = listed->offers(0);
  EXPECT_TRUE(shown.client_display_name().empty());
  EXPECT_TRUE(shown.goal_title().empty());
  ASSERT_EQ(shown.offer().steps_size(), 2);
  v1::Step title;
  title.set_title("Open the mail");
  EXPECT_EQ(shown.offer().steps(0).step().SerializeAsString(), title.SerializeAsString());
  EXPECT_TRUE(shown.waits_for_caller());
  EXPECT_EQ(town.Town::Ask(town.mentor, domain::ListApprovals, v1::ListApprovalsRequest())->offers_size(), 0);
}

TEST_F(MoneyOffers, RefusesADraftThatDoesNotFit) {
  const auto refuses = [&](v1::ErrorReason reason, const std::function<void(v1::OfferDraft&)>& spoil) {
    auto request = town.Fresh<v1::DraftOfferRequest>();
    request.set_dossier_id(town.samira.device.dossier_id);
    request.mutable_draft()->set_goal_id(town.samira.goal);
    request.mutable_draft()->set_scheme_id(town.scheme);
    request.mutable_draft()->set_amount_cents(2'000);
    spoil(*request.mutable_draft());
    Refuses<v1::DraftOfferResponse>(reason,
                                    [&] { return town.Do(town.mentor, domain::DraftOffer, request); });
  };
  refuses(v1::ERROR_REASON_NOT_FOUND, [&](auto& draft) { draft.set_goal_id(town.NewId()); });
  refuses(v1::ERROR_REASON_NOT_FOUND, [&](auto& draft) { draft.set_goal_id(town.samira.steps[0]); });
  refuses(v1::ERROR_REASON_NOT_FOUND, [&](auto& draft) { draft.set_scheme_id(town.NewId()); });
  refuses(v1::ERROR_REASON_TEXT_TOO_LONG, [&](auto& draft) { draft.set_words(std::string(2'001, 'a')); });
  for (const std::int64_t cents :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{999}, std::int64_t{6'001},
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    refuses(v1::ERROR_REASON_OUT_OF_RANGE, [&](auto& draft) { draft.set_amount_cents(cents); });
  }
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(town.Draft(town.mentor, town.samira, 2'000).ok());
  refuses(v1::ERROR_REASON_TOO_MANY, [](auto&) {});
}

TEST_F(MoneyOffers, RefusesAPromiseThatCannotBeKept) {
  auto dreamer = town.NewPlanner(town.mentor, false);
  town.dossiers.push_back(dreamer.device.dossier_id);
  RefusesPromise(v1::ERROR_REASON_NOT_PLANNED, town.DraftId(dreamer, 2'000));
  RefusesPromise(v1::ERROR_REASON_NOT_FOUND, town.NewId());
  const std::string late = [&] {
    auto request = town.Fresh<v1::DraftOfferRequest>();
    request.set_dossier_id(town.samira.device.dossier_id);
    request.mutable_draft()->set_goal_id(town.samira.goal);
    request.mutable_draft()->set_scheme_id(town.scheme);
    request.mutable_draft()->set_amount_cents(2'000);
    *request.mutable_draft()->mutable_ends_on() = rules::ToDate(kToday - std::chrono::days(1));
    return town.Do(town.mentor, domain::DraftOffer, request)->offer().offer_id();
  }();
  RefusesPromise(v1::ERROR_REASON_IN_THE_PAST, late);
  const std::string usual = town.scheme;
  town.scheme = town.NewScheme(Market::Usual(), 1'999);
  RefusesPromise(v1::ERROR_REASON_OVER_BUDGET, town.DraftId(town.samira, 2'000));
  // With a second person the budget is looked at when it is asked, and again when it is promised.
  RefusesPromise(v1::ERROR_REASON_OVER_BUDGET, town.DraftId(town.samira, 4'000));
  town.scheme = town.NewScheme(Market::Usual(), 5'000);
  const std::string first = town.DraftId(town.samira, 4'000), second = town.DraftId(town.samira, 4'000);
  ASSERT_TRUE(town.Promise(town.mentor, first).ok());
  ASSERT_TRUE(town.Promise(town.mentor, second).ok());
  ASSERT_TRUE(town.Answer(town.approver, first, OFFER_STATE_PROMISE_ASKED).ok());
  RefusesAnswer(v1::ERROR_REASON_OVER_BUDGET, town.approver, second, OFFER_STATE_PROMISE_ASKED);
  BooksFit();
}

TEST_F(MoneyOffers, AYearHoldsSoMuchAndALapseGivesItBack) {
  v1::Scheme scheme = Market::Usual();
  scheme.set_client_year_cents_max(5'000);
  scheme.set_four_eyes_above_cents(5'000);
  town.scheme = town.NewScheme(scheme);
  const std::string first = town.DraftId(town.samira, 3'000), second = town.DraftId(town.samira, 2'001);
  ASSERT_TRUE(town.Promise(town.mentor, first).ok());
  RefusesPromise(v1::ERROR_REASON_OVER_YEAR, second);
  ASSERT_TRUE(town.Decline(town.samira.device, first).ok());
  EXPECT_EQ(town.Balances().reserved_cents(), 0);
  EXPECT_TRUE(town.Promise(town.mentor, second).ok());
  // Another client has a year of their own, and the next year is another.
  auto other = town.NewPlanner(town.mentor);
  EXPECT_TRUE(town.Promise(town.mentor, town.DraftId(other, 3'000)).ok());
  town.clock.now += std::chrono::days(60);
  EXPECT_TRUE(town.Promise(town.mentor, town.DraftId(town.samira, 3'000)).ok());
  BooksFit();
}

TEST_F(MoneyOffers, TheThresholdSumsOverClientAndYear) {
  ASSERT_EQ(town.Promise(town.mentor, town.DraftId(town.samira, 2'000))->offer().offer().state(),
            OFFER_STATE_PROMISED);
  EXPECT_EQ(town.Promise(town.mentor, town.DraftId(town.samira, 1'000))->offer().offer().state(),
            OFFER_STATE_PROMISED);
  EXPECT_EQ(town.Promise(town.mentor, town.DraftId(town.samira, 1'000))->offer().offer().state(),
            OFFER_STATE_PROMISE_ASKED);
}

TEST_F(MoneyOffers, OnlyTheClientsWishOrTheEndDateLetsAPromiseLapse) {
  const std::string offer = town.DraftId(town.samira, 2'500);
  Refuses<v1::DeclineOfferResponse>(v1::ERROR_REASON_NOT_FOUND,
                                    [&] { return town.Decline(town.samira.device, offer); });
  ASSERT_TRUE(town.Promise(town.mentor, offer).ok());
  auto discard = town.Fresh<v1::DiscardOfferRequest>();
  discard.set_offer_id(offer);
  Refuses<v1::DiscardOfferResponse>(v1::ERROR_REASON_WRONG_STATE,
                                    [&] { return town.Do(town.mentor, domain::DiscardOffer, discard); });
  ASSERT_TRUE(town.Push(town.samira.device, GoalTo(town.samira.goal, v1::GOAL_STATE_STOPPED)).has_applied());
  EXPECT_EQ(town.Balances().reserved_cents(), 2'500);
  town.clock.now += std::chrono::days(500);
  EXPECT_EQ(town.Run(domain::LapseOffers).done_count, 0);
  ASSERT_TRUE(town.Decline(town.samira.device, offer).ok());
  EXPECT_EQ(town.OfferRow(offer).state, OFFER_STATE_LAPSED);
  Refuses<v1::DeclineOfferResponse>(v1::ERROR_REASON_WRONG_STATE,
                                    [&] { return town.Decline(town.samira.device, offer); });
  BooksFit();
}

TEST_F(MoneyOffers, ADiscardedDraftIsGoneAndAnUnknownOneNotFound) {
  const std::string offer = town.DraftId(town.samira, 2'500);
  auto discard = town.Fresh<v1::DiscardOfferRequest>();
  discard.set_offer_id(offer);
  ASSERT_TRUE(town.Do(town.mentor, domain::DiscardOffer, discard).ok());
  RefusesPromise(v1::ERROR_REASON_WRONG_STATE, offer);
  EXPECT_EQ(town.Town::Ask(town.mentor, domain::ListOffers, v1::ListOffersRequest())->offers_size(), 0);
  discard = town.Fresh<v1::DiscardOfferRequest>();
  discard.set_offer_id(town.NewId());
  Refuses<v1::DiscardOfferResponse>(v1::ERROR_REASON_NOT_FOUND,
                                    [&] { return town.Do(town.mentor, domain::DiscardOffer, discard); });
}

TEST_F(MoneyOffers, AnEndDateLapsesWhatWasNotEarnedByThen) {
  const auto promise_until = [&](Market::Planner& planner) {
    auto request = town.Fresh<v1::DraftOfferRequest>();
    request.set_dossier_id(planner.device.dossier_id);
    request.mutable_draft()->set_goal_id(planner.goal);
    request.mutable_draft()->set_scheme_id(town.scheme);
    request.mutable_draft()->set_amount_cents(2'000);
    *request.mutable_draft()->mutable_ends_on() = rules::ToDate(kToday);
    std::string offer = town.Do(town.mentor, domain::DraftOffer, request)->offer().offer_id();
    EXPECT_TRUE(town.Promise(town.mentor, offer).ok());
    return offer;
  };
  auto other = town.NewPlanner(town.mentor);
  const std::string missed = promise_until(town.samira), earned = promise_until(other);
  town.clock.now += std::chrono::days(3);
  // Ticked in time on a device without signal: it arrives when the day is over.
  town.TickAll(other);
  EXPECT_EQ(town.Run(domain::LapseOffers).done_count, 0);
  EXPECT_EQ(town.OfferRow(missed).state, OFFER_STATE_PROMISED);
  town.clock.now += std::chrono::days(7);
  EXPECT_EQ(town.Run(domain::LapseOffers).done_count, 1);
  EXPECT_EQ(town.OfferRow(missed).state, OFFER_STATE_LAPSED);
  const auto records = town.Everything(town.samira.device, town.samira.device.dossier_id);
  EXPECT_EQ(records.at(missed).offer().lapse_reason(), v1::LAPSE_REASON_END_DATE);
  EXPECT_EQ(town.OfferRow(earned).state, OFFER_STATE_PROMISED);
  EXPECT_EQ(town.OfferRow(earned).ends_at_us, 0);
  EXPECT_EQ(town.Run(domain::LapseOffers).done_count, 0);
  EXPECT_TRUE(town.AskFor(town.mentor, earned).ok());
  BooksFit();
}

TEST_F(MoneyOffers, TheListPutsFirstWhatWaitsForTheMentor) {
  const std::string promised = town.DraftId(town.samira, 2'000);
  ASSERT_TRUE(town.Promise(town.mentor, promised).ok());
  town.clock.now += std::chrono::hours(1);
  const std::string draft = town.DraftId(town.samira, 4'000);
  auto listed = town.Town::Ask(town.mentor, domain::ListOffers, v1::ListOffersRequest());
  ASSERT_EQ(listed->offers_size(), 2);
  EXPECT_EQ(listed->offers(0).offer_id(), draft);
  EXPECT_TRUE(listed->offers(0).second_person());
  EXPECT_EQ(listed->offers(0).client_display_name(), "Samira");
  EXPECT_EQ(listed->offers(1).progress().needed_count(), 2);
  town.TickAll(town.samira);
  listed = town.Town::Ask(town.mentor, domain::ListOffers, v1::ListOffersRequest());
  EXPECT_EQ(listed->offers(0).offer_id(), promised);
  EXPECT_TRUE(listed->offers(0).waits_for_caller());
}

TEST_F(MoneyOffers, TheClientHearsOfTheRulesOnlyWhereTheSchemeSaysSo) {
  v1::Scheme known = Market::Usual();
  known.set_display_name("Known");
  known.set_reveal_policy(v1::REVEAL_POLICY_RULES_KNOWN);
  known.set_rules_words("Finish what you planned and there is something for it");
  town.NewScheme(known);
  const auto rules = town.Town::Ask(town.samira.device, domain::GetRewardRules, v1::GetRewardRulesRequest());
  ASSERT_EQ(rules->rules_size(), 1);
  EXPECT_EQ(rules->rules(0).display_name(), "Known");
}

TEST_F(MoneyOffers, ARepeatedRequestIsAnsweredAlikeAndActsOnce) {
  auto request = town.Fresh<v1::PromiseOfferRequest>();
  request.set_offer_id(town.DraftId(town.samira, 2'500));
  const auto first = town.Do(town.mentor, domain::PromiseOffer, request);
  const Books after = town.ReadBooks();
  const auto again = town.Do(town.mentor, domain::PromiseOffer, request);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_TRUE(town.ReadBooks() == after);
  auto other = request;
  other.set_offer_id(town.DraftId(town.samira, 2'000));
  Refuses<v1::PromiseOfferResponse>(v1::ERROR_REASON_REQUEST_ID_REUSED,
                                    [&] { return town.Do(town.mentor, domain::PromiseOffer, other); });
  // Another person's request of the same id is another request.
  auto theirs = town.Fresh<v1::DeclineOfferRequest>();
  theirs.set_request_id(request.request_id());
  theirs.set_offer_id(request.offer_id());
  EXPECT_TRUE(town.Do(town.samira.device, domain::DeclineOffer, theirs).ok());
  theirs.set_request_id("not an id");
  Refuses<v1::DeclineOfferResponse>(
      v1::ERROR_REASON_NOT_AN_ID, [&] { return town.Do(town.samira.device, domain::DeclineOffer, theirs); });
}

TEST_F(MoneyOffers, NobodyIsAnythingToAnOfferBeforeItIsTheirs) {
  const std::string offer = town.DraftId(town.samira, 2'500);
  const auto is = [&](const TownDevice& device, const std::string& offer_id) {
    domain::Relationship relationship{};
    EXPECT_TRUE(town.store
                    ->Read([&](const storage::Snapshot& s) {
                      const auto caller =
                          domain::Identify(s, *town.keys_of_organisation, town.ClaimsOf(device));
                      relationship = domain::RelationshipWithOffer(s, *caller, offer_id);
                    })
                    .ok());
    return relationship;
  };
  using enum domain::Relationship;
  TownDevice stranger = town.Mentor("Bas");
  EXPECT_EQ(is(town.mentor, offer), kLive);
  EXPECT_EQ(is(stranger, offer), kNone);
  EXPECT_EQ(is(town.samira.device, offer), kNone);
  EXPECT_EQ(is(town.mentor, town.NewId()), kNone);
  ASSERT_TRUE(town.Promise(town.mentor, offer).ok());
  EXPECT_EQ(is(town.samira.device, offer), kOwn);
  EXPECT_EQ(is(town.NewPlanner(town.mentor).device, offer), kNone);
}

}  // namespace
}  // namespace brug::testing
