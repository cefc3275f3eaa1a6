#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "proto/rules/limits.h"
#include "service/domain/administration.h"
#include "service/domain/journalled_ends.h"
#include "service/domain/learn_again.h"
#include "service/domain/offers.h"
#include "service/storage_memory/memory_storage.h"
#include "service/storage_sqlite/sqlite_storage.h"
#include "tests/faults/temporary_folder.h"
#include "tests/support/town.h"

// What a restored service does (document "sync", cases 5, 23, 24). Towns of one seed are one town, so a
// restored one is another with the same beginning and other chances from there on.
namespace brug::testing {
namespace {

using ::testing::IsEmpty;

struct Adapter {
  std::string name;
  std::function<std::unique_ptr<storage::Storage>(const std::string& directory)> make;
};

std::unique_ptr<storage::Storage> InMemory(const std::string&) {
  return std::make_unique<storage::MemoryStorage>();
}
std::unique_ptr<storage::Storage> InFiles(const std::string& directory) {
  return *storage::SqliteStorage::Open({.data_directory = directory});
}

v1::Mutation ReplyWithin(int hours) {
  v1::Mutation mutation;
  mutation.mutable_revise_profile()->mutable_profile()->set_reply_within_hours(hours);
  mutation.mutable_revise_profile()->mutable_update_mask()->add_paths("reply_within_hours");
  return mutation;
}

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
    const std::string handover = where.NewId();
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

// ---- Devices and people whom the service forgot

class Forgotten : public RestoredService {
 protected:
  platform::Result<v1::OpenSessionResponse> OpenSession(const TownDevice& device,
                                                        const v1::Statement& enrolment,
                                                        const crypto::SigningKey& key) {
    return town.OpenSession(device, enrolment, key);
  }
  v1::Statement EnrolmentOf(const TownDevice& device) { return lost.Sync(device, {})->statements(0); }
};

TEST_P(Forgotten, AClientAndTheMentorWhoHadThemComeBackWithTheirDossier) {
  TownDevice jan = lost.Client(then.mentor, "Jan");
  const std::string dossier = jan.dossier_id;
  v1::Mutation goal = NewGoal(lost.NewId());
  goal.mutable_create_goal()->mutable_goal()->set_domain_id("housing");
  goal = lost.Number(jan, goal);
  v1::SyncRequest request;
  *request.add_mutations() = goal;
  *goal.mutable_applied() = lost.Sync(jan, request)->outcomes(0).applied().point();

  EXPECT_FALSE(town.Sync(jan, {}).ok()) << "nobody knows Jan";
  ASSERT_TRUE(OpenSession(jan, EnrolmentOf(jan), jan.key).ok());
  ASSERT_TRUE(town.Sync(jan, {}).ok());
  request.clear_mutations();
  goal.set_epoch(9);
  goal.set_sequence(1);
  *request.add_mutations() = goal;
  EXPECT_TRUE(town.Sync(jan, request)->outcomes(0).has_applied());
  EXPECT_TRUE(town.Everything(jan, dossier).contains(goal.create_goal().goal_id()));

  EXPECT_THAT(town.Everything(now.mentor, dossier), IsEmpty());
  v1::SyncRequest showing;
  showing.set_statements_seen(3);
  const auto told = lost.Sync(then.mentor, {});
  for (const v1::Statement& statement : told->statements()) {
    *showing.add_statements() = statement;
  }
  ASSERT_TRUE(town.Sync(now.mentor, showing).ok());
  EXPECT_TRUE(town.Everything(now.mentor, dossier).contains(goal.create_goal().goal_id()));
}

TEST_P(Forgotten, ADeviceIsLetInByItsEnrolmentAndItsKeyAlone) {
  TownDevice jan = lost.Client(then.mentor, "Jan");
  const v1::Statement enrolment = EnrolmentOf(jan);
  const auto other_key = crypto::SigningKey::Generate(town.random);
  EXPECT_FALSE(OpenSession(jan, enrolment, other_key).ok());
  v1::Statement forged = enrolment;
  v1::StatementContent content;
  ASSERT_TRUE(content.ParseFromString(forged.content()));
  content.mutable_enrolment()->set_public_key_sha256("anything");
  forged.set_content(content.SerializeAsString());
  EXPECT_FALSE(OpenSession(jan, forged, jan.key).ok());
  EXPECT_FALSE(OpenSession(jan, {}, jan.key).ok());
  EXPECT_FALSE(town.Sync(jan, {}).ok()) << "and nothing of these attempts stayed";
  EXPECT_TRUE(OpenSession(jan, enrolment, jan.key).ok());
}

TEST_P(Forgotten, ARevokedDeviceIsNotLetInByIts) {
  v1::RevokeDeviceRequest revoke;
  revoke.set_request_id(town.NewId());
  revoke.set_device_id(now.client.device_id);
  ASSERT_TRUE(town.Do(now.mentor, domain::RevokeDevice, revoke).ok());
  EXPECT_EQ(OpenSession(then.client, EnrolmentOf(then.client), then.client.key).failure().reason,
            v1::ERROR_REASON_DEVICE_REVOKED);
}

// Enrolled and revoked after the backup; the journal of ends is lost with the rest.
TEST_P(Forgotten, ADeviceThatAnotherOneShowsToBeRevokedIsNotLetIn) {
  v1::CreateActivationCodeRequest code;
  code.set_request_id(lost.NewId());
  code.set_person_id(then.client.person_id);
  const auto created = lost.Do(then.mentor, domain::CreateActivationCode, code);
  ASSERT_TRUE(created.ok());
  auto stolen = lost.Enrol(created->activation_code());
  ASSERT_TRUE(stolen.ok());
  v1::AllowDeviceRequest allow;
  allow.set_request_id(lost.NewId());
  allow.set_device_id(stolen->device_id);
  allow.set_allow(true);
  ASSERT_TRUE(lost.Do(then.client, domain::AllowDevice, allow).ok());
  const auto told = lost.Sync(*stolen, {});
  v1::Statement enrolment;
  for (const v1::Statement& statement : told->statements()) {
    v1::StatementContent content;
    ASSERT_TRUE(content.ParseFromString(statement.content()));
    if (content.enrolment().device_id() == stolen->device_id) enrolment = statement;
  }
  v1::RevokeDeviceRequest revoke;
  revoke.set_request_id(lost.NewId());
  revoke.set_device_id(stolen->device_id);
  ASSERT_TRUE(lost.Do(then.client, domain::RevokeDevice, revoke).ok());

  v1::SyncRequest showing;
  *showing.mutable_statements() = lost.Sync(then.client, {})->statements();
  ASSERT_TRUE(town.Sync(now.client, showing).ok());
  EXPECT_EQ(OpenSession(*stolen, enrolment, stolen->key).failure().reason, v1::ERROR_REASON_DEVICE_REVOKED);
  EXPECT_FALSE(town.Sync(*stolen, {}).ok());
}

// Bas came after the backup, and lost the dossier and a role; his device has not heard of it.
class CameAndLost : public Forgotten {
 protected:
  void SetUp() override {
    Forgotten::SetUp();
    bas_.emplace(lost.Mentor("Bas", {v1::ROLE_MENTOR, v1::ROLE_TEAM_LEAD}));
    const std::string first = GiveAccess(lost, then.mentor, then.client, *bas_);
    ASSERT_TRUE(lost.Push(then.mentor, Talked(lost.NewId(), first), Dossier()).has_applied());
    const auto told = lost.Sync(*bas_, {});
    *showing.mutable_statements() = told->statements();
    ASSERT_EQ(showing.statements_size(), 2) << "enrolment and grant";
    const std::string second = GiveAccess(lost, *bas_, then.client, then.mentor);
    ASSERT_TRUE(lost.Push(*bas_, Talked(lost.NewId(), second), Dossier()).has_applied());
    ASSERT_THAT(lost.Everything(*bas_, Dossier()), IsEmpty());
    v1::UpdateStaffRequest update;
    update.set_request_id(lost.NewId());
    update.mutable_staff_member()->set_person_id(bas_->person_id);
    update.mutable_staff_member()->set_display_name("Bas");
    update.mutable_staff_member()->set_active(true);
    update.mutable_staff_member()->add_roles(v1::ROLE_MENTOR);
    ASSERT_TRUE(lost.Administer(domain::UpdateStaff, update).ok());
  }

  // As a restored service does before it serves anybody.
  void ApplyEnds() {
    const auto ends = lost.storage->ends().EndsOf(lost.organisation_id);
    ASSERT_TRUE(ends.ok());
    const storage::Work work = [&](storage::Transaction& transaction) {
      const domain::Caller service = domain::ServiceCaller(town.organisation_id);
      domain::Desk desk{town.surroundings, transaction, service, town.keys_of_organisation, town.clock.now};
      return domain::ApplyJournalledEnds(desk, *ends).ok();
    };
    ASSERT_TRUE(town.store->Write({&work, 1}).ok());
  }
  void ComeBack() {
    ASSERT_TRUE(OpenSession(*bas_, showing.statements(0), bas_->key).ok());
    ASSERT_TRUE(town.Sync(*bas_, showing).ok());
  }
  bool IsLead() {
    bool lead = false;
    const auto read = town.store->Read([&](const storage::Snapshot& snapshot) {
      const auto caller = domain::Identify(snapshot, *town.keys_of_organisation, town.ClaimsOf(*bas_));
      lead = caller.ok() && caller->Has(v1::ROLE_TEAM_LEAD);
    });
    EXPECT_TRUE(read.ok());
    return lead;
  }

  v1::SyncRequest showing;
  std::optional<TownDevice> bas_;
};

TEST_P(CameAndLost, WithoutTheJournalWhatIsShownWouldBringItBack) {
  ComeBack();
  EXPECT_FALSE(town.Everything(*bas_, Dossier()).empty());
  EXPECT_TRUE(IsLead());
}

TEST_P(CameAndLost, WhatIsJournalledHasEndedWhateverIsShown) {
  ApplyEnds();
  ApplyEnds();
  ComeBack();
  EXPECT_THAT(town.Everything(*bas_, Dossier()), IsEmpty());
  EXPECT_FALSE(IsLead());
}

const auto kAdapters = ::testing::Values(Adapter{"Memory", InMemory}, Adapter{"Sqlite", InFiles});
std::string NameOf(const ::testing::TestParamInfo<Adapter>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Adapters, RestoredService, kAdapters, NameOf);
INSTANTIATE_TEST_SUITE_P(Adapters, Statements, kAdapters, NameOf);
INSTANTIATE_TEST_SUITE_P(Adapters, Forgotten, kAdapters, NameOf);
INSTANTIATE_TEST_SUITE_P(Adapters, CameAndLost, kAdapters, NameOf);

}  // namespace
}  // namespace brug::testing
