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

INSTANTIATE_TEST_SUITE_P(Adapters, Forgotten, kRestoredAdapters, NameOf);
INSTANTIATE_TEST_SUITE_P(Adapters, Stolen, kRestoredAdapters, NameOf);
INSTANTIATE_TEST_SUITE_P(Adapters, CameAndLost, kRestoredAdapters, NameOf);

}  // namespace
}  // namespace brug::testing
