#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "proto/rules/limits.h"
#include "service/domain/learn_again.h"
#include "tests/unit/restored_service.h"

// What a restored service does (document "sync", cases 5, 23, 24).
namespace brug::testing {
namespace {

using ::testing::IsEmpty;

v1::Mutation ReplyWithin(int hours) {
  v1::Mutation mutation;
  mutation.mutable_revise_profile()->mutable_profile()->set_reply_within_hours(hours);
  mutation.mutable_revise_profile()->mutable_update_mask()->add_paths("reply_within_hours");
  return mutation;
}

TEST_P(RestoredService, WhatWasLostComesBackUnderItsIdOnce) {
  const v1::Mutation words = Lost(then.client, Say(lost.NewId(), "verloren"));
  const auto offered = Offer(now.client, {words});
  ASSERT_TRUE(offered[0].has_applied());
  EXPECT_EQ(offered[0].mutation_id(), words.mutation_id());
  EXPECT_EQ(rules::ToInstant(offered[0].applied().clamped_at()), rules::ToInstant(words.occurred_at()));
  const auto again = Offer(now.client, {words});
  EXPECT_EQ(again[0].SerializeAsString(), offered[0].SerializeAsString());
  EXPECT_TRUE(town.Everything(now.client, Dossier()).contains(words.send_message().message_id()));
}

TEST_P(RestoredService, OfOneLostHistoryTheHigherRevisionWinsInWhateverOrderTheyComeBack) {
  const v1::Mutation first = Lost(then.client, RetitleGoal(then.goal, "Eerst"));
  const v1::Mutation second = Lost(then.client, RetitleGoal(then.goal, "Daarna"));
  EXPECT_TRUE(Offer(now.client, {second})[0].has_applied());
  EXPECT_TRUE(Offer(now.client, {first})[0].has_applied()) << "accepted, and kept in the history alone";
  EXPECT_EQ(Title(), "Daarna");
  const v1::Mutation third = Lost(then.client, RetitleGoal(then.goal, "Het laatst"));
  EXPECT_TRUE(Offer(now.client, {third})[0].has_applied());
  EXPECT_EQ(Title(), "Het laatst");
}

TEST_P(RestoredService, WhatWasDoneSinceTheRestoreWinsOverWhatIsOfferedAgain) {
  const v1::Mutation old = Lost(then.client, RetitleGoal(then.goal, "Van voor het herstel"));
  v1::Mutation fresh = RetitleGoal(now.goal, "Van daarna");
  *fresh.mutable_base() = PointOf(town, now.client);
  ASSERT_TRUE(Offer(now.client, {town.Number(now.client, fresh)})[0].has_applied());
  EXPECT_TRUE(Offer(now.client, {old})[0].has_applied());
  EXPECT_EQ(Title(), "Van daarna");
}

TEST_P(RestoredService, WhatIsOfferedAgainWinsOverWhatWasThereBeforeTheBackup) {
  const v1::Mutation mentors = Lost(then.mentor, ReplyWithin(48));
  EXPECT_TRUE(Offer(now.mentor, {mentors})[0].has_applied());
  EXPECT_EQ(ReplyHours(), 48);
}

TEST_P(RestoredService, ABaseThatIsNotInTheLogCountsAsTheRestorePoint) {
  // Made on lost history, and never pushed.
  v1::Mutation pending = ReplyWithin(48);
  Lost(then.client, Say(lost.NewId(), "verloren"));
  *pending.mutable_base() = PointOf(lost, then.mentor);
  // Since the restore the client wrote the same field.
  ASSERT_TRUE(town.Push(now.client, ReplyWithin(12)).has_applied());
  for (int n = 0; n < 5; ++n) ASSERT_TRUE(town.Push(now.client, Say(town.NewId())).has_applied());
  EXPECT_TRUE(Offer(now.mentor, {town.Number(now.mentor, pending, Dossier())})[0].has_applied());
  EXPECT_EQ(ReplyHours(), 12) << "the client's, after the restore point, though below the lost base";
}

TEST_P(RestoredService, WhatABaseOfLostHistoryShowedIsNotWrittenAfterIt) {
  const v1::Mutation clients = Lost(then.client, ReplyWithin(12));
  v1::Mutation pending = ReplyWithin(48);
  *pending.mutable_base() = PointOf(lost, then.mentor);
  ASSERT_TRUE(Offer(now.client, {clients})[0].has_applied());
  EXPECT_TRUE(Offer(now.mentor, {town.Number(now.mentor, pending, Dossier())})[0].has_applied());
  EXPECT_EQ(ReplyHours(), 48) << "the mentor had seen the client's twelve hours before the restore";
}

TEST_P(RestoredService, WhatHasNoTargetYetIsParkedHoldsNothingBackAndAppliesWhenItCameBack) {
  const std::string other = lost.NewId();
  v1::Mutation goal = NewGoal(other);
  goal.mutable_create_goal()->mutable_goal()->set_domain_id("housing");
  goal = Lost(then.mentor, goal);
  const v1::Mutation title = Lost(then.client, RetitleGoal(other, "Van mij"));
  const v1::Mutation words = Lost(then.client, Say(lost.NewId(), "verloren"));
  auto offered = Offer(now.client, {title, words});
  EXPECT_TRUE(offered[0].has_parked()) << offered[0].ShortDebugString();
  EXPECT_TRUE(offered[1].has_applied());
  EXPECT_TRUE(Offer(now.client, {title})[0].has_parked()) << "as often as it is asked";
  ASSERT_TRUE(Offer(now.mentor, {goal})[0].has_applied());
  EXPECT_TRUE(Offer(now.client, {title})[0].has_applied());
  EXPECT_EQ(town.Everything(now.client, Dossier()).at(other).goal().title(), "Van mij");
}

TEST_P(RestoredService, WhatWasMadeOnLostHistoryIsParkedTooAndWhatIsJudgedForGoodIsNot) {
  const std::string other = lost.NewId();
  v1::Mutation goal = NewGoal(other);
  goal.mutable_create_goal()->mutable_goal()->set_domain_id("housing");
  Lost(then.client, goal);
  v1::Mutation pending = RetitleGoal(other, "Nog niet gestuurd");
  *pending.mutable_base() = PointOf(lost, then.client);
  pending = town.Number(now.client, pending);
  EXPECT_TRUE(Offer(now.client, {pending})[0].has_parked());
  pending.clear_base();
  EXPECT_EQ(Offer(now.client, {pending})[0].rejected().reason(), v1::ERROR_REASON_NOT_FOUND)
      << "as a device pushes it after 35 days";
  const v1::Mutation gone = Lost(then.client, RetitleGoal(then.goal, "x"));
  ASSERT_TRUE(town.Push(now.client, Delete(now.goal)).has_applied());
  EXPECT_EQ(Offer(now.client, {gone})[0].rejected().reason(), v1::ERROR_REASON_DELETED);
}

TEST_P(RestoredService, ACursorOfLostHistoryBringsASnapshot) {
  Lost(then.client, Say(lost.NewId(), "verloren"));
  ASSERT_TRUE(town.Push(now.client, Say(town.NewId(), "daarna")).has_applied());
  const auto page = lost.Sync(then.client, {})->pages(0);
  v1::SyncRequest request;
  request.add_cursors()->set_dossier_id(Dossier());
  request.mutable_cursors(0)->set_cursor(page.cursor());
  const auto answered = town.Sync(now.client, request);
  ASSERT_EQ(answered->pages_size(), 1) << "the revision is the same, the salt is not";
  EXPECT_TRUE(answered->pages(0).snapshot());
}

// Case 24: a record that moved on before the first page was read is on none of the others of a service that
// was put back to before it moved.
TEST_P(RestoredService, APageReadFromLostHistoryIsNotContinued) {
  const auto fill = [](Town& where, Beginning& begun) {
    where.random = SeededRandom(5);
    for (int n = 0; n < 8; ++n)
      ASSERT_TRUE(where.Push(begun.client, Say(where.NewId(), std::string(1500, 'x'))).has_applied());
  };
  fill(lost, then);
  fill(town, now);
  Note(2);
  ASSERT_EQ(PointOf(lost, then.client).salt(), PointOf(town, now.client).salt()) << "one history so far";
  Lost(then.client, RetitleGoal(then.goal, "Verplaatst naar een latere bladzijde"));
  v1::SyncRequest request;
  request.set_page_bytes_max(static_cast<int>(rules::kPageBytesMin));
  const auto early = lost.Sync(then.client, request);
  ASSERT_FALSE(early->pages(0).last());
  for (const v1::Record& record : early->pages(0).records()) ASSERT_NE(record.record_id(), then.goal);
  request.add_cursors()->set_dossier_id(Dossier());
  request.mutable_cursors(0)->set_cursor(early->pages(0).cursor());
  EXPECT_FALSE(lost.Sync(then.client, request)->pages(0).snapshot()) << "there it goes on";
  EXPECT_TRUE(town.Sync(now.client, request)->pages(0).snapshot());
}

// S6, planted: a relation whose record is not there cannot be ended, which no caller can help.
TEST_P(RestoredService, WhatCannotBeDecidedByAMistakeOfOursIsParkedAloneAndUndoneWhole) {
  TownDevice jan = town.Client(now.mentor, "Jan");
  TownDevice bas = town.Mentor("Bas");
  const std::string handover = GiveAccess(town, now.mentor, now.client, bas);
  const storage::Work plant = [&](storage::Transaction& transaction) {
    for (const storage::RelationRow& relation : transaction.RelationsOfDossier(Dossier())) {
      if (relation.person_id != now.mentor.person_id) continue;
      return transaction.EndRelation(relation.relation_id, relation.from_us + 1) &&
             transaction.InsertRelation({.relation_id = town.NewId(),
                                         .dossier_id = Dossier(),
                                         .person_id = now.mentor.person_id,
                                         .from_us = relation.from_us + 2});
    }
    return false;
  };
  ASSERT_TRUE(town.store->Write({&plant, 1}).ok());
  const std::string before = town.NewId(), talk = town.NewId(), behind = town.NewId(), beside = town.NewId();
  v1::SyncRequest request;
  *request.add_mutations() = town.Number(now.mentor, Say(before), Dossier());
  *request.add_mutations() = town.Number(now.mentor, Talked(talk, handover), Dossier());
  *request.add_mutations() = town.Number(now.mentor, Say(behind), Dossier());
  *request.add_mutations() = town.Number(now.mentor, Say(beside), jan.dossier_id);
  const auto answered = town.Sync(now.mentor, request);
  ASSERT_TRUE(answered.ok()) << answered.failure().log_detail;
  EXPECT_TRUE(answered->outcomes(0).has_applied());
  EXPECT_TRUE(answered->outcomes(1).has_parked()) << answered->outcomes(1).ShortDebugString();
  EXPECT_TRUE(answered->outcomes(2).has_applied());
  EXPECT_TRUE(answered->outcomes(3).has_applied());
  EXPECT_EQ(answered->outcomes(1).mutation_id(), request.mutations(1).mutation_id());
  const auto seen = town.Everything(now.mentor, Dossier());
  EXPECT_TRUE(seen.contains(before) && seen.contains(behind));
  EXPECT_FALSE(seen.contains(talk));
  EXPECT_EQ(seen.at(handover).handover().state(), v1::HANDOVER_STATE_TO_MEET);
  EXPECT_TRUE(town.Push(now.mentor, Say(town.NewId()), Dossier()).has_applied()) << "its numbers go on";
}

// ---- Statements

class Statements : public RestoredService {
 protected:
  void SetUp() override {
    lost.random = SeededRandom(3);
    town.random = SeededRandom(3);
    bas_then.emplace(lost.Mentor("Bas"));
    bas_now.emplace(town.Mentor("Bas"));
    RestoredService::SetUp();
    handover_ = GiveAccess(lost, then.mentor, then.client, *bas_then);
    const auto told = lost.Sync(*bas_then, {});
    for (const v1::Statement& statement : told->statements()) kept.push_back(statement);
    ASSERT_EQ(kept.size(), 2U) << "enrolment and grant";
  }

  v1::SyncRequest Seen(std::int64_t number) {
    v1::SyncRequest request;
    request.set_statements_seen(number);
    return request;
  }
  v1::SyncRequest Showing(const std::vector<v1::Statement>& statements) {
    v1::SyncRequest request = Seen(2);
    for (const v1::Statement& statement : statements) *request.add_statements() = statement;
    return request;
  }

  std::optional<TownDevice> bas_then, bas_now;
  std::vector<v1::Statement> kept;
};

TEST_P(Statements, AreAskedForWhenADeviceHasSeenOneThatTheServiceDoesNotHave) {
  auto answered = town.Sync(*bas_now, Seen(2));
  EXPECT_TRUE(answered->show_statements());
  EXPECT_EQ(answered->statements_known(), 1);
  EXPECT_FALSE(town.Sync(*bas_now, Seen(1))->show_statements());
  EXPECT_FALSE(town.Sync(*bas_now, Seen(0))->show_statements());
  EXPECT_FALSE(lost.Sync(*bas_then, Seen(2))->show_statements());
}

TEST_P(Statements, AreShownUnaskedForByWhoeverHearsOfTheRestore) {
  EXPECT_EQ(lost.Sync(*bas_then, Seen(0))->restore_id(), "");
  EXPECT_EQ(town.Sync(*bas_now, Seen(0))->restore_id(), "restore 1");
  // Of a device that has seen none of it by a sync.
  v1::SyncRequest showing = Seen(0);
  *showing.add_statements() = kept[1];
  ASSERT_TRUE(town.Sync(*bas_now, showing).ok());
  EXPECT_FALSE(town.Everything(*bas_now, Dossier()).empty());
  Note(2);
  EXPECT_EQ(town.Sync(*bas_now, Seen(2))->restore_id(), "restore 2");
}

TEST_P(Statements, AGrantThatIsShownGivesTheAccessBackOnce) {
  EXPECT_THAT(town.Everything(*bas_now, Dossier()), IsEmpty());
  auto answered = town.Sync(*bas_now, Showing({kept[1]}));
  ASSERT_TRUE(answered.ok());
  EXPECT_FALSE(answered->show_statements());
  EXPECT_FALSE(town.Everything(*bas_now, Dossier()).empty());
  EXPECT_FALSE(town.Sync(*bas_now, Seen(2))->show_statements());
  const auto revision = PointOf(town, *bas_now).revision();
  ASSERT_TRUE(town.Sync(*bas_now, Showing({kept[0], kept[1]})).ok());
  EXPECT_EQ(PointOf(town, *bas_now).revision(), revision) << "shown again it changes nothing";
  EXPECT_EQ(town.Sync(*bas_now, Seen(0))->statements_size(), 2) << "and other devices of the person get it";
}

TEST_P(Statements, WhatTheOrganisationDidNotSignForTheCallerIsNotBelieved) {
  const auto refused = [&](v1::Statement statement, const TownDevice& device) {
    const auto answered = town.Sync(device, Showing({std::move(statement)}));
    ASSERT_TRUE(answered.ok());
    EXPECT_THAT(town.Everything(device, Dossier()), IsEmpty());
  };
  v1::Statement forged = kept[1];
  v1::StatementContent content;
  ASSERT_TRUE(content.ParseFromString(forged.content()));
  content.set_number(3);
  forged.set_content(content.SerializeAsString());
  refused(forged, *bas_now);
  v1::Statement no_key = kept[1];
  no_key.set_key_id("another");
  refused(no_key, *bas_now);
  v1::Statement cut = kept[1];
  cut.mutable_signature()->pop_back();
  refused(cut, *bas_now);
  const TownDevice stranger = town.Mentor("Iemand anders");
  refused(kept[1], stranger);
  // The one that is right, so that all of the above could have been.
  ASSERT_TRUE(town.Sync(*bas_now, Showing({kept[1]})).ok());
  EXPECT_FALSE(town.Everything(*bas_now, Dossier()).empty());
}

TEST_P(Statements, WithoutARestoreNothingIsLearnedAndNothingIsAskedFor) {
  Town untouched{GetParam().make(folder.path() + "/untouched")};
  Begin(untouched);
  untouched.random = SeededRandom(3);
  const TownDevice bas = untouched.Mentor("Bas");
  EXPECT_FALSE(untouched.Sync(bas, Seen(2))->show_statements());
  ASSERT_TRUE(untouched.Sync(bas, Showing({kept[1]})).ok());
  EXPECT_THAT(untouched.Everything(bas, Dossier()), IsEmpty());
}

TEST_P(Statements, OfAGrantAndAnEndTheHigherNumberHoldsWhicheverComesFirst) {
  ASSERT_TRUE(lost.Push(then.mentor, Talked(lost.NewId(), handover_), Dossier()).has_applied());
  std::vector<v1::Statement> mentors;
  const auto told = lost.Sync(then.mentor, {});
  for (const v1::Statement& statement : told->statements()) mentors.push_back(statement);
  v1::StatementContent end;
  ASSERT_TRUE(end.ParseFromString(mentors.back().content()));
  ASSERT_TRUE(end.has_end());
  ASSERT_FALSE(town.Everything(now.mentor, Dossier()).empty());
  ASSERT_TRUE(town.Sync(now.mentor, Showing({mentors.back()})).ok());
  EXPECT_THAT(town.Everything(now.mentor, Dossier()), IsEmpty());
  ASSERT_TRUE(town.Sync(now.mentor, Showing(mentors)).ok());
  EXPECT_THAT(town.Everything(now.mentor, Dossier()), IsEmpty()) << "the older grant does not bring it back";
}

TEST_P(Statements, NewOnesWaitUntilTheLostOnesWereShown) {
  GiveAccess(town, now.mentor, now.client, *bas_now);
  auto answered = town.Sync(*bas_now, Seen(2));
  EXPECT_TRUE(answered->show_statements());
  EXPECT_EQ(answered->statements_size(), 0);
  answered = town.Sync(*bas_now, Showing({kept[1]}));
  EXPECT_FALSE(answered->show_statements());
  ASSERT_EQ(answered->statements_size(), 1);
  v1::StatementContent content;
  ASSERT_TRUE(content.ParseFromString(answered->statements(0).content()));
  EXPECT_GT(content.number(), storage::kStatementsSkipped) << "no number is given twice";
}

TEST_P(Statements, OnesShownInVainDoNotKeepTheNewOnesBack) {
  GiveAccess(town, now.mentor, now.client, *bas_now);
  v1::Statement worthless = kept[1];
  worthless.mutable_signature()->pop_back();
  const auto answered = town.Sync(*bas_now, Showing({worthless}));
  EXPECT_TRUE(answered->show_statements());
  EXPECT_EQ(answered->statements_size(), 1);
}

TEST_P(Statements, WhatIsPushedBeforeTheyAreShownIsParkedAndNotRefused) {
  v1::SyncRequest request = Seen(2);
  *request.add_mutations() = town.Number(*bas_now, Say(town.NewId()), Dossier());
  EXPECT_TRUE(town.Sync(*bas_now, request)->outcomes(0).has_parked());
  request.set_statements_seen(1);
  EXPECT_EQ(town.Sync(*bas_now, request)->outcomes(0).rejected().reason(), v1::ERROR_REASON_NOT_ALLOWED);
}

TEST_P(Statements, MoreThanTwoHundredInOneCallAreRefusedWhole) {
  v1::SyncRequest request = Showing(std::vector<v1::Statement>(201, kept[1]));
  EXPECT_EQ(town.Sync(*bas_now, request).failure().field, "statements");
}

TEST_P(Statements, MoreThanTheirBytesInOneCallAreRefusedWholeUnlessItIsOneAlone) {
  v1::Statement large;
  large.set_content(std::string(domain::kStatementsShownBytesMax, 'x'));
  EXPECT_TRUE(town.Sync(*bas_now, Showing({large})).ok()) << "signed by nobody, and passed over";
  EXPECT_EQ(town.Sync(*bas_now, Showing({large, kept[1]})).failure().field, "statements");
}

INSTANTIATE_TEST_SUITE_P(Adapters, RestoredService, kRestoredAdapters, NameOf);
INSTANTIATE_TEST_SUITE_P(Adapters, Statements, kRestoredAdapters, NameOf);

}  // namespace
}  // namespace brug::testing
