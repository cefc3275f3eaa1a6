#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "service/domain/administration.h"
#include "service/domain/journalled_ends.h"
#include "service/domain/offers.h"
#include "tests/unit/restored_service.h"

// Devices and people whom a restored service forgot (documents "sync", case 5, and "trust").
namespace brug::testing {
namespace {

using ::testing::IsEmpty;

class Forgotten : public RestoredService {
 protected:
  platform::Result<v1::OpenSessionResponse> OpenSession(const TownDevice& device,
                                                        const v1::Statement& enrolment,
                                                        const crypto::SigningKey& key) {
    return town.OpenSession(device, enrolment, key);
  }
  // As a restored service does before it serves anybody.
  void ApplyEnds() { ApplyEnds(town); }
  void ApplyEnds(Town& where) {
    const auto ends = lost.storage->ends().EndsOf(lost.organisation_id);
    ASSERT_TRUE(ends.ok());
    bool applied = false;
    const storage::Work work = [&](storage::Transaction& transaction) {
      const domain::Caller service = domain::ServiceCaller(where.organisation_id);
      domain::Desk desk{where.surroundings, transaction, service, where.keys_of_organisation,
                        where.clock.now};
      return applied = domain::ApplyJournalledEnds(desk, *ends).ok();
    };
    ASSERT_TRUE(where.store->Write({&work, 1}).ok());
    ASSERT_TRUE(applied);
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
  const v1::Profile profile = town.Everything(jan, dossier).at(std::string(rules::kProfileId)).profile();
  EXPECT_EQ(profile.client_person_id(), jan.person_id);
  EXPECT_EQ(profile.time_zone(), "Europe/Amsterdam") << "days are counted as in their app";
  EXPECT_EQ(profile.language(), "nl");
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

TEST_P(Forgotten, WhoComesBackGetsNoStatementOfANumberThatAnEarlierRestoreGave) {
  TownDevice jan = lost.Client(then.mentor, "Jan");
  TownDevice bas = lost.Mentor("Bas");
  ASSERT_TRUE(OpenSession(jan, EnrolmentOf(jan), jan.key).ok());
  ASSERT_TRUE(OpenSession(bas, EnrolmentOf(bas), bas.key).ok());
  const auto read = town.store->Read([&](const storage::Snapshot& snapshot) {
    const std::int64_t skipped = storage::StatementsSkippedBy(snapshot.NewestRestore().value());
    ASSERT_GT(skipped, storage::kStatementsSkipped);
    for (const TownDevice* device : {&jan, &bas})
      EXPECT_GE(snapshot.FindPerson(device->person_id)->statements_count, skipped);
  });
  ASSERT_TRUE(read.ok());
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

// Enrolled and revoked after the backup.
class Stolen : public Forgotten {
 protected:
  void SetUp() override {
    Forgotten::SetUp();
    v1::CreateActivationCodeRequest code;
    code.set_request_id(lost.NewId());
    code.set_person_id(then.client.person_id);
    const auto created = lost.Do(then.mentor, domain::CreateActivationCode, code);
    ASSERT_TRUE(created.ok());
    auto enrolled = lost.Enrol(created->activation_code());
    ASSERT_TRUE(enrolled.ok());
    stolen.emplace(*std::move(enrolled));
    v1::AllowDeviceRequest allow;
    allow.set_request_id(lost.NewId());
    allow.set_device_id(stolen->device_id);
    allow.set_allow(true);
    ASSERT_TRUE(lost.Do(then.client, domain::AllowDevice, allow).ok());
    const auto told = lost.Sync(*stolen, {});
    for (const v1::Statement& statement : told->statements()) {
      v1::StatementContent content;
      ASSERT_TRUE(content.ParseFromString(statement.content()));
      if (content.enrolment().device_id() == stolen->device_id) enrolment = statement;
    }
    v1::RevokeDeviceRequest revoke;
    revoke.set_request_id(lost.NewId());
    revoke.set_device_id(stolen->device_id);
    ASSERT_TRUE(lost.Do(then.client, domain::RevokeDevice, revoke).ok());
  }
  std::optional<TownDevice> stolen;
  v1::Statement enrolment;
};

TEST_P(Stolen, ADeviceThatAnotherOneShowsToBeRevokedIsNotLetIn) {
  v1::SyncRequest showing;
  *showing.mutable_statements() = lost.Sync(then.client, {})->statements();
  ASSERT_TRUE(town.Sync(now.client, showing).ok());
  EXPECT_EQ(OpenSession(*stolen, enrolment, stolen->key).failure().reason, v1::ERROR_REASON_DEVICE_REVOKED);
  EXPECT_FALSE(town.Sync(*stolen, {}).ok());
}

TEST_P(Stolen, ADeviceThatTheJournalRevokedGetsItsWipeOrderThoughNothingElseIsKnownOfIt) {
  ApplyEnds();
  const auto opened = OpenSession(*stolen, enrolment, stolen->key);
  EXPECT_EQ(opened.failure().reason, v1::ERROR_REASON_DEVICE_REVOKED);
  EXPECT_TRUE(opened.failure().metadata.contains("wipe_statement"));
  EXPECT_NE(OpenSession(*stolen, enrolment, then.mentor.key).failure().reason,
            v1::ERROR_REASON_DEVICE_REVOKED)
      << "its own key alone";
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

// A handover of which the restored service has one half, and what was shown to it before the other half came
// back.
class HandedOver : public Forgotten {
 protected:
  void SetUp() override {
    lost.random = SeededRandom(3);
    town.random = SeededRandom(3);
    bas_then.emplace(lost.Mentor("Bas"));
    bas_now.emplace(town.Mentor("Bas"));
    Forgotten::SetUp();
    handover_ = GiveAccess(lost, then.mentor, then.client, *bas_then);
  }
  void Propose() {
    ASSERT_TRUE(
        town.Push(now.mentor, ProposeHandover(handover_, bas_now->person_id), Dossier()).has_applied());
  }
  bool SaysYes() {
    v1::AnswerHandoverRequest yes;
    yes.set_request_id(town.NewId());
    yes.set_handover_id(handover_);
    yes.set_accept(true);
    return town.Do(*bas_now, domain::AnswerHandover, yes).ok();
  }
  void ShowGrant() {
    v1::SyncRequest showing;
    *showing.mutable_statements() = lost.Sync(*bas_then, {})->statements();
    ASSERT_TRUE(town.Sync(*bas_now, showing).ok());
    ASSERT_FALSE(town.Everything(*bas_now, Dossier()).empty());
  }
  // As the device of whoever made it offers it again.
  v1::Mutation Again(TownDevice& device, v1::Mutation mutation) {
    *mutation.mutable_applied() = PointOf(lost, then.mentor);
    return town.Number(device, std::move(mutation), Dossier());
  }
  void Complete() {
    ASSERT_TRUE(town.Push(*bas_now, Talked(town.NewId(), handover_), Dossier()).has_applied());
    EXPECT_THAT(town.Everything(now.mentor, Dossier()), IsEmpty());
    EXPECT_FALSE(town.Everything(*bas_now, Dossier()).empty());
  }
  std::optional<TownDevice> bas_then, bas_now;
};

TEST_P(HandedOver, TheClientsYesComesBackAfterTheGrantThatItLedTo) {
  Propose();
  ASSERT_TRUE(SaysYes());
  ShowGrant();
  EXPECT_TRUE(Offer(now.client, {Again(now.client, AnswerHandover(handover_, true))})[0].has_applied());
  Complete();
}

TEST_P(HandedOver, TheNewMentorsYesComesBackAfterTheGrantThatItLedTo) {
  Propose();
  ASSERT_TRUE(town.Push(now.client, AnswerHandover(handover_, true)).has_applied());
  ShowGrant();
  EXPECT_TRUE(SaysYes());
  Complete();
}

TEST_P(HandedOver, AllOfItComesBackAfterTheGrantThatItLedTo) {
  ShowGrant();
  EXPECT_TRUE(Offer(now.mentor, {Again(now.mentor, ProposeHandover(handover_, bas_now->person_id))})[0]
                  .has_applied());
  EXPECT_TRUE(Offer(now.client, {Again(now.client, AnswerHandover(handover_, true))})[0].has_applied());
  EXPECT_TRUE(SaysYes());
  Complete();
}

TEST_P(HandedOver, AnEndHoldsThoughTheClockWentBackBeforeIt) {
  lost.clock.now -= std::chrono::days(1);
  ASSERT_TRUE(lost.Push(then.mentor, Talked(lost.NewId(), handover_), Dossier()).has_applied());
  ASSERT_FALSE(town.Everything(now.mentor, Dossier()).empty());
  ApplyEnds();
  EXPECT_THAT(town.Everything(now.mentor, Dossier()), IsEmpty());
  const auto revision = PointOf(town, now.client).revision();
  ApplyEnds();
  EXPECT_EQ(PointOf(town, now.client).revision(), revision) << "once";
}

TEST_P(HandedOver, AnAccessThatBeganAgainAfterItsEndStaysThoughTheClockWentBackInBetween) {
  ASSERT_TRUE(lost.Push(then.mentor, Talked(lost.NewId(), handover_), Dossier()).has_applied());
  ASSERT_THAT(lost.Everything(then.mentor, Dossier()), IsEmpty());
  lost.clock.now -= std::chrono::days(1);
  GiveAccess(lost, *bas_then, then.client, then.mentor);
  ApplyEnds(lost);
  EXPECT_FALSE(lost.Everything(then.mentor, Dossier()).empty());
}

TEST_P(Forgotten, WhatAnEndedMentorHandsInOfADossierThatNobodyBroughtBackYetIsKept) {
  TownDevice jan = lost.Client(then.mentor, "Jan");
  const std::string dossier = jan.dossier_id;
  lost.random = SeededRandom(3);
  const TownDevice bas = lost.Mentor("Bas");
  const std::string handover = GiveAccess(lost, then.mentor, jan, bas);
  ASSERT_TRUE(lost.Push(then.mentor, Talked(lost.NewId(), handover), dossier).has_applied());
  ApplyEnds();
  v1::SyncRequest request;
  *request.add_mutations() = town.Number(now.mentor, Say(town.NewId(), "Van Jan"), dossier);
  *request.add_mutations() = town.Number(now.mentor, Say(town.NewId(), "Van Samira"), Dossier());
  const auto answered = town.Sync(now.mentor, request);
  ASSERT_TRUE(answered.ok()) << answered.failure().log_detail;
  EXPECT_TRUE(answered->outcomes(0).has_received());
  EXPECT_TRUE(answered->outcomes(1).has_applied());
  ASSERT_TRUE(OpenSession(jan, EnrolmentOf(jan), jan.key).ok());
  EXPECT_TRUE(town.Everything(jan, dossier).contains(std::string(rules::kProfileId)));
}

INSTANTIATE_TEST_SUITE_P(Adapters, HandedOver, kRestoredAdapters, NameOf);
INSTANTIATE_TEST_SUITE_P(Adapters, Forgotten, kRestoredAdapters, NameOf);
INSTANTIATE_TEST_SUITE_P(Adapters, Stolen, kRestoredAdapters, NameOf);
INSTANTIATE_TEST_SUITE_P(Adapters, CameAndLost, kRestoredAdapters, NameOf);

}  // namespace
}  // namespace brug::testing
