#include <gtest/gtest.h>

#include <algorithm>

#include "proto/rules/limits.h"
#include "service/domain/activation.h"
#include "service/storage_memory/memory_storage.h"
#include "tests/support/town.h"

namespace brug::testing {
namespace {

class DomainSync : public ::testing::Test {
 protected:
  Town town{std::make_unique<storage::MemoryStorage>()};
  TownDevice mentor = town.Mentor("Fatima");
  TownDevice client = town.Client(mentor);
  const std::string& dossier = client.dossier_id;

  std::string GoalWithStep() {
    const std::string goal = town.NewId(), step = town.NewId();
    EXPECT_TRUE(town.Push(client, WithDomain(NewGoal(goal))).has_applied());
    EXPECT_TRUE(town.Push(client, NewStep(step, goal)).has_applied());
    return step;
  }
  static v1::Mutation WithDomain(v1::Mutation mutation) {
    mutation.mutable_create_goal()->mutable_goal()->set_domain_id("housing");
    return mutation;
  }
};

TEST_F(DomainSync, WhatTheClientPushesTheMentorReads) {
  const std::string step = GoalWithStep();
  EXPECT_TRUE(town.Push(client, Tick(step, kToday)).has_applied());
  const auto seen = town.Everything(mentor, dossier);
  EXPECT_EQ(seen.at(rules::TickId(step, kToday)).tick().state(), v1::TICK_STATE_DONE);
  EXPECT_EQ(seen.size(), town.Everything(client, dossier).size());
}

TEST_F(DomainSync, AMutationSentTwiceIsAppliedOnceAndAnsweredAlike) {
  v1::SyncRequest request;
  *request.add_mutations() = town.Number(client, WithDomain(NewGoal(town.NewId())));
  const auto first = town.Sync(client, request);
  const auto again = town.Sync(client, request);
  EXPECT_EQ(first->outcomes(0).SerializeAsString(), again->outcomes(0).SerializeAsString());
  EXPECT_EQ(first->pages(0).point().revision(), again->pages(0).point().revision());
}

TEST_F(DomainSync, AMutationOfferedAgainInANewEpochIsAppliedOnce) {
  v1::SyncRequest request;
  *request.add_mutations() = town.Number(client, WithDomain(NewGoal(town.NewId())));
  const auto first = town.Sync(client, request);
  request.mutable_mutations(0)->set_epoch(99);
  const auto again = town.Sync(client, request);
  EXPECT_EQ(first->outcomes(0).SerializeAsString(), again->outcomes(0).SerializeAsString());
}

TEST_F(DomainSync, AnIdThatAnotherPersonUsedIsRefused) {
  v1::SyncRequest request;
  *request.add_mutations() = town.Number(client, Say(town.NewId(), "van mij"));
  ASSERT_TRUE(town.Sync(client, request)->outcomes(0).has_applied());
  v1::Mutation other = town.Number(mentor, Say(town.NewId(), "van de begeleider"), dossier);
  other.set_mutation_id(request.mutations(0).mutation_id());
  v1::SyncRequest same_id;
  *same_id.add_mutations() = other;
  const auto refused = town.Sync(mentor, same_id);
  EXPECT_EQ(refused->outcomes(0).rejected().reason(), v1::ERROR_REASON_ALREADY_EXISTS);
  EXPECT_EQ(refused->outcomes(0).rejected().field(), "mutation_id");
}

TEST_F(DomainSync, AGapAndAnotherMutationUnderOneNumberAskForANewEpochAndChangeNothing) {
  GoalWithStep();
  const auto before = town.Everything(client, dossier);
  v1::SyncRequest gap;
  *gap.add_mutations() = town.Number(client, WithDomain(NewGoal(town.NewId())));
  gap.mutable_mutations(0)->set_sequence(9);
  *gap.add_mutations() = gap.mutations(0);
  gap.mutable_mutations(1)->set_mutation_id(town.NewId());
  const auto answered = town.Sync(client, gap);
  EXPECT_TRUE(answered->outcomes(0).has_new_epoch());
  EXPECT_TRUE(answered->outcomes(1).has_new_epoch());
  v1::SyncRequest reused = gap;
  reused.mutable_mutations(0)->set_sequence(1);
  EXPECT_TRUE(town.Sync(client, reused)->outcomes(0).has_new_epoch());
  EXPECT_EQ(before.size(), town.Everything(client, dossier).size());
}

TEST_F(DomainSync, ARefusedMutationHoldsNothingBack) {
  const std::string step = GoalWithStep();
  v1::SyncRequest request;
  *request.add_mutations() = town.Number(client, Tick(town.NewId(), kToday));
  *request.add_mutations() = town.Number(client, Tick(step, kToday));
  const auto answered = town.Sync(client, request);
  EXPECT_EQ(answered->outcomes(0).rejected().reason(), v1::ERROR_REASON_NOT_FOUND);
  EXPECT_TRUE(answered->outcomes(1).has_applied());
}

TEST_F(DomainSync, AnIntentOfTomorrowIsNotYet) {
  v1::Mutation unknown = town.Number(client, v1::Mutation());
  v1::SyncRequest request;
  *request.add_mutations() = unknown;
  *request.add_mutations() = town.Number(client, WithDomain(NewGoal(town.NewId())));
  const auto answered = town.Sync(client, request);
  EXPECT_TRUE(answered->outcomes(0).has_not_yet());
  EXPECT_TRUE(answered->outcomes(1).has_applied());
}

TEST_F(DomainSync, AClockThatIsAheadIsClampedAndFlagged) {
  v1::Mutation mutation = town.Number(client, WithDomain(NewGoal(town.NewId())));
  *mutation.mutable_occurred_at() = rules::ToTimestamp(town.clock.now + std::chrono::days(3650));
  v1::SyncRequest request;
  *request.add_mutations() = mutation;
  const v1::Applied applied = town.Sync(client, request)->outcomes(0).applied();
  EXPECT_TRUE(applied.clock_ahead());
  EXPECT_EQ(rules::ToInstant(applied.clamped_at()), town.clock.now);
}

TEST_F(DomainSync, AStrangerHearsTheSameOfADossierThatExistsAndOneThatDoesNot) {
  TownDevice other_mentor = town.Mentor("Bas");
  TownDevice other_client = town.Client(other_mentor, "Jan");
  const auto existing = town.Push(other_client, WithDomain(NewGoal(town.NewId())), dossier);
  const auto made_up = town.Push(other_client, WithDomain(NewGoal(town.NewId())), town.NewId());
  EXPECT_EQ(existing.rejected().SerializeAsString(), made_up.rejected().SerializeAsString());
  EXPECT_EQ(existing.rejected().reason(), v1::ERROR_REASON_NOT_ALLOWED);
  EXPECT_TRUE(town.Everything(other_client, dossier).empty());
  EXPECT_TRUE(town.Everything(other_mentor, dossier).empty());
}

TEST_F(DomainSync, SmallPagesBringTheSameAsOne) {
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(town.Push(client, Say(town.NewId(), std::string(1500, 'a' + i % 26))).has_applied());
  }
  const auto whole = town.Everything(client, dossier);
  const auto paged = town.Everything(client, dossier, static_cast<int>(rules::kPageBytesMin));
  ASSERT_EQ(whole.size(), paged.size());
  for (const auto& [id, record] : whole) {
    EXPECT_EQ(record.SerializeAsString(), paged.at(id).SerializeAsString()) << id;
  }
}

TEST_F(DomainSync, ACursorThatWasCutMadeUpOrBelongsElsewhereCountsAsNone) {
  const auto full = town.Sync(client, v1::SyncRequest());
  const std::string good = full->pages(0).cursor();
  const auto pages_for = [&](const TownDevice& device, const std::string& cursor) {
    v1::SyncRequest request;
    request.add_cursors()->set_dossier_id(dossier);
    request.mutable_cursors(0)->set_cursor(cursor);
    return town.Sync(device, request)->pages();
  };
  EXPECT_TRUE(pages_for(client, good).empty()) << "the cursor itself is good";
  std::string changed = good;
  changed[10] ^= 1;
  for (const std::string& bad :
       {good.substr(1), good.substr(0, 30), changed, std::string(), std::string(57, '\1')}) {
    ASSERT_EQ(pages_for(client, bad).size(), 1);
    EXPECT_TRUE(pages_for(client, bad)[0].snapshot());
  }
  ASSERT_EQ(pages_for(mentor, good).size(), 1);
  EXPECT_TRUE(pages_for(mentor, good)[0].snapshot()) << "a cursor of another device";
}

TEST_F(DomainSync, ACallOverItsLimitsIsRefusedWhole) {
  v1::SyncRequest many;
  for (std::size_t i = 0; i <= rules::kCallMutationsMax; ++i) many.add_mutations();
  EXPECT_EQ(town.Sync(client, many).failure().reason, v1::ERROR_REASON_TOO_LARGE);
  v1::SyncRequest heavy;
  for (int i = 0; i < 20; ++i) heavy.add_mutations()->set_mutation_id(std::string(15'000, 'x'));
  EXPECT_EQ(town.Sync(client, heavy).failure().field, "mutations");
}

// The old mentor proposes, the new one accepts, the client agrees, the three meet, and only then the old
// one's access ends.
TEST_F(DomainSync, AWarmHandoverEndsTheOldAccessWhenTheThreeHaveMet) {
  TownDevice next = town.Mentor("Bas");
  const std::string handover = town.NewId();
  EXPECT_TRUE(town.Push(mentor, ProposeHandover(handover, next.person_id), dossier).has_applied());
  EXPECT_TRUE(town.Everything(next, dossier).empty());
  v1::AnswerHandoverRequest yes;
  yes.set_request_id(town.NewId());
  yes.set_handover_id(handover);
  yes.set_accept(true);
  EXPECT_EQ(town.Do(next, domain::AnswerHandover, yes)->state(), v1::HANDOVER_STATE_ACCEPTED);
  EXPECT_TRUE(town.Everything(next, dossier).empty());
  EXPECT_TRUE(town.Push(client, AnswerHandover(handover, true)).has_applied());
  EXPECT_FALSE(town.Everything(next, dossier).empty());
  EXPECT_FALSE(town.Everything(mentor, dossier).empty());

  v1::SyncRequest meeting;
  *meeting.add_mutations() = town.Number(mentor, Talked(town.NewId(), handover), dossier);
  const auto met = town.Sync(mentor, meeting);
  EXPECT_TRUE(met->outcomes(0).has_applied());
  v1::StatementContent last;
  ASSERT_TRUE(last.ParseFromString(met->statements(met->statements_size() - 1).content()));
  EXPECT_EQ(last.end().dossier_id(), dossier);
  EXPECT_TRUE(town.Everything(mentor, dossier).empty());
  EXPECT_FALSE(town.Everything(next, dossier).empty());
}

TEST_F(DomainSync, WhatIsPendingAfterTheEndIsReceivedAndOnlyWordsFromBeforeItCount) {
  const std::string step = GoalWithStep();
  TownDevice next = town.Mentor("Bas");
  const std::string handover = town.NewId();
  const v1::Mutation early_word = town.Number(mentor, Say(town.NewId(), "Well done"), dossier);
  town.clock.now += std::chrono::hours(1);
  v1::AnswerHandoverRequest yes;
  yes.set_request_id(town.NewId());
  yes.set_handover_id(handover);
  yes.set_accept(true);
  // The word above is not sent yet, so the proposal goes in an epoch of its own.
  mentor.epoch = 2;
  mentor.sequences[dossier] = 0;
  ASSERT_TRUE(town.Push(mentor, ProposeHandover(handover, next.person_id), dossier).has_applied());
  ASSERT_TRUE(town.Do(next, domain::AnswerHandover, yes).ok());
  town.Push(client, AnswerHandover(handover, true));
  town.Push(mentor, Talked(town.NewId(), handover), dossier);
  town.clock.now += std::chrono::hours(1);

  v1::SyncRequest late;
  *late.add_mutations() = early_word;
  late.mutable_mutations(0)->set_epoch(3);
  late.mutable_mutations(0)->set_sequence(1);
  *late.add_mutations() =
      town.Number(mentor, Suggest(town.NewId(), step, v1::SUGGESTED_FIELD_TITLE, "Other words"), dossier);
  late.mutable_mutations(1)->set_epoch(3);
  late.mutable_mutations(1)->set_sequence(2);
  const auto answered = town.Sync(mentor, late);
  ASSERT_TRUE(answered.ok());
  EXPECT_TRUE(answered->outcomes(0).has_received());
  EXPECT_TRUE(answered->outcomes(1).has_received());
  EXPECT_TRUE(answered->pages().empty());
  const auto records = town.Everything(client, dossier);
  EXPECT_TRUE(records.contains(early_word.send_message().message_id()));
  for (const auto& [id, record] : records) EXPECT_FALSE(record.has_suggestion()) << id;

  // What no device would send is kept nowhere.
  const auto revision = town.Sync(client, v1::SyncRequest())->pages(0).point().revision();
  v1::SyncRequest formless;
  *formless.add_mutations() = town.Number(mentor, Say("geen id", std::string(20'000, 'x')), dossier);
  formless.mutable_mutations(0)->set_epoch(4);
  formless.mutable_mutations(0)->set_sequence(1);
  EXPECT_TRUE(town.Sync(mentor, formless)->outcomes(0).has_received());
  EXPECT_EQ(town.Sync(client, v1::SyncRequest())->pages(0).point().revision(), revision);
}

TEST_F(DomainSync, ARevokedDeviceIsRefusedAndAnotherOfThePersonIsNot) {
  v1::CreateActivationCodeRequest code;
  code.set_request_id(town.NewId());
  auto tablet = town.Enrol(town.Do(client, domain::CreateActivationCode, code)->activation_code());
  ASSERT_TRUE(tablet.ok());
  EXPECT_EQ(town.Sync(*tablet, {}).failure().reason, v1::ERROR_REASON_SIGN_IN_NEEDED) << "waits for a yes";
  v1::AllowDeviceRequest allow;
  allow.set_request_id(town.NewId());
  allow.set_device_id(tablet->device_id);
  allow.set_allow(true);
  ASSERT_TRUE(town.Do(client, domain::AllowDevice, allow).ok());
  EXPECT_TRUE(town.Sync(*tablet, {}).ok());
  v1::RevokeDeviceRequest revoke;
  revoke.set_request_id(town.NewId());
  revoke.set_device_id(tablet->device_id);
  ASSERT_TRUE(town.Do(client, domain::RevokeDevice, revoke).ok());
  EXPECT_EQ(town.Sync(*tablet, {}).failure().reason, v1::ERROR_REASON_DEVICE_REVOKED);
  EXPECT_TRUE(town.Sync(client, {}).ok());
}

TEST_F(DomainSync, AnActivationCodeBindsToTheFirstKeyAndDies) {
  v1::CreateActivationCodeRequest ask;
  ask.set_request_id(town.NewId());
  const std::string code = town.Do(client, domain::CreateActivationCode, ask)->activation_code();
  EXPECT_EQ(town.Enrol("00000-00000").failure().reason, v1::ERROR_REASON_CODE_NOT_VALID);
  EXPECT_TRUE(town.Enrol(code).ok());
  EXPECT_EQ(town.Enrol(code).failure().reason, v1::ERROR_REASON_CODE_NOT_VALID) << "another key";
  ask.set_request_id(town.NewId());
  const std::string old = town.Do(client, domain::CreateActivationCode, ask)->activation_code();
  town.clock.now += domain::kActivationCodeLife;
  EXPECT_EQ(town.Enrol(old).failure().reason, v1::ERROR_REASON_CODE_NOT_VALID) << "too old";
}

TEST_F(DomainSync, ARepeatedRequestGetsTheFirstAnswerAndOtherContentIsRefused) {
  v1::RegisterClientRequest request;
  request.set_request_id(town.NewId());
  request.set_display_name("Jan");
  const auto first = town.Do(mentor, domain::RegisterClient, request);
  const auto again = town.Do(mentor, domain::RegisterClient, request);
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  request.set_display_name("Piet");
  EXPECT_EQ(town.Do(mentor, domain::RegisterClient, request).failure().reason,
            v1::ERROR_REASON_REQUEST_ID_REUSED);
}

TEST_F(DomainSync, ATeamLeadReplacesAnAbsentMentorForManyAtOnceOrForNone) {
  v1::CreateTeamRequest team_request;
  team_request.set_request_id(town.NewId());
  team_request.set_display_name("North");
  const std::string team = town.Administer(domain::CreateTeam, team_request)->team().team_id();
  TownDevice lead = town.Mentor("Lead", {v1::ROLE_TEAM_LEAD}, team);
  TownDevice absent = town.Mentor("Absent", {v1::ROLE_MENTOR}, team);
  TownDevice present = town.Mentor("Present", {v1::ROLE_MENTOR}, team);
  TownDevice one = town.Client(absent, "One"), two = town.Client(absent, "Two");
  v1::AssignDossiersRequest request;
  request.set_request_id(town.NewId());
  request.set_to_person_id(present.person_id);
  request.add_dossier_ids(one.dossier_id);
  request.add_dossier_ids(two.dossier_id);
  request.add_dossier_ids(dossier);
  const auto refused = town.Do(lead, domain::AssignDossiers, request);
  EXPECT_EQ(refused.failure().field, "dossier_ids[2]");
  EXPECT_FALSE(town.Everything(absent, one.dossier_id).empty()) << "nothing was changed";
  request.mutable_dossier_ids()->RemoveLast();
  // Who left stays in sight until their clients have somebody else.
  v1::UpdateStaffRequest leaves;
  leaves.set_request_id(town.NewId());
  leaves.mutable_staff_member()->set_person_id(absent.person_id);
  leaves.mutable_staff_member()->set_display_name("Absent");
  leaves.mutable_staff_member()->add_roles(v1::ROLE_MENTOR);
  leaves.mutable_staff_member()->set_team_id(team);
  ASSERT_TRUE(town.Administer(domain::UpdateStaff, leaves).ok());
  const auto named = [&] {
    std::vector<std::string> names;
    const auto asked = town.Ask(lead, domain::GetTeam, v1::GetTeamRequest());
    for (const auto& member : asked->members()) names.push_back(member.mentor().display_name());
    return names;
  };
  EXPECT_EQ(named(), (std::vector<std::string>{"Absent", "Present"}));
  EXPECT_EQ(town.Do(lead, domain::AssignDossiers, request)->assigned_count(), 2);
  EXPECT_EQ(named(), std::vector<std::string>{"Present"});
  EXPECT_FALSE(town.Everything(present, one.dossier_id).empty());
  EXPECT_FALSE(town.Everything(present, two.dossier_id).empty());
  const auto records = town.Everything(one, one.dossier_id);
  EXPECT_TRUE(std::any_of(records.begin(), records.end(), [](const auto& entry) {
    return entry.second.handover().state() == v1::HANDOVER_STATE_REPLACED;
  })) << "the client can read what happened";
}

}  // namespace
}  // namespace brug::testing
