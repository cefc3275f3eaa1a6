#include <brug/client.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/support/people.h"

// What a client, a mentor and a team lead do with the SDK, each call once against a real service: what one
// wrote, the other reads.
namespace brug::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

Instant Now() { return std::chrono::time_point_cast<Instant::duration>(std::chrono::system_clock::now()); }

class ClientCalls : public testing::Test {
 protected:
  void SetUp() override {
    auto& service = neighbourhood_.service();
    const std::string organisation = service.CreateOrganisation("Gemeente Alphen");
    const std::string team = service.CreateTeam(organisation, "Wijkteam Oost");
    const auto enrol = [&](const std::string& name, v1::Role role) {
      const auto staff = service.RegisterStaff(
          {.organisation_id = organisation, .display_name = name, .roles = {role}, .team_id = team});
      return neighbourhood_.Enrol(name, staff.activation_code);
    };
    noor_ = enrol("Noor", v1::ROLE_MENTOR);
    bram_ = enrol("Bram", v1::ROLE_MENTOR);
    lead_ = enrol("Lotte", v1::ROLE_TEAM_LEAD);
    registered_ = Must(noor_->RegisterClient({.display_name = "Samira"}));
    samira_ = neighbourhood_.Enrol("Samira", registered_.activation_code.code);
    Must(noor_->SyncNow());
  }

  // First one's writes, then they are the other's to read.
  void Exchange(Client& from, Client& to) {
    Must(from.SyncNow());
    Must(to.SyncNow());
  }

  Dossier Mine() { return Must(samira_->OwnDossier()); }
  Dossier At(Client& mentor) { return Must(mentor.OpenDossier(registered_.dossier_id)); }
  std::string Housing() { return Must(Mine().Template()).pillars[0].domains[0].domain_id; }
  std::string CreateGoal(const std::string& title) {
    return Must(Mine().CreateGoal({.domain_id = Housing(), .title = title, .why = {}, .target_date = {}}));
  }
  std::string CreateStep(const std::string& goal_id, const std::string& title) {
    NewStep step;
    step.goal_id = goal_id;
    step.title = title;
    step.recurrence = EveryDays{.days = 1};
    step.reminder = TimeOfDay{.hour = 9, .minute = 30};
    return Must(Mine().CreateStep(step));
  }

  Neighbourhood neighbourhood_;
  std::optional<Client> noor_;
  std::optional<Client> bram_;
  std::optional<Client> lead_;
  std::optional<Client> samira_;
  RegisteredClient registered_;
};

TEST_F(ClientCalls, TheProfileIsTheClientsAndTheReplyTimeIsAgreed) {
  Dossier::ProfileChanges changes;
  changes.display_name = "Sam";
  changes.talk_time = TalkTime::kAfternoon;
  Must(Mine().ReviseProfile(changes));
  Exchange(*samira_, *noor_);
  Dossier::ProfileChanges agreed;
  agreed.reply_within_hours = 24;
  Must(At(*noor_).ReviseProfile(agreed));
  EXPECT_EQ(ReasonOf(At(*noor_).ReviseProfile(changes)), "NOT_YOURS");
  Exchange(*noor_, *samira_);

  const auto profile = Must(Mine().Profile());
  EXPECT_EQ(profile.content.display_name, "Sam");
  EXPECT_EQ(profile.content.talk_time, TalkTime::kAfternoon);
  EXPECT_EQ(profile.content.reply_within_hours, 24);
  EXPECT_FALSE(profile.pending);
  EXPECT_EQ(samira_->WhoAmI()->dossier_id, registered_.dossier_id);
}

TEST_F(ClientCalls, AnAssessmentIsScoredDrawnAndSeenFromBothSides) {
  const auto bridge = Must(Mine().Template());
  EXPECT_EQ(ReasonOf(Mine().DrawBridge()), "NOT_FOUND");
  Assessment assessment;
  assessment.answers = {{.domain_id = Housing(), .level = 3, .words = "het lekt"}};
  assessment.most_urgent_domain_id = Housing();
  const std::string first = Must(Mine().HandInAssessment(assessment));
  assessment.answers[0].level = 5;
  const std::string second = Must(Mine().HandInAssessment(assessment));
  Exchange(*samira_, *noor_);

  EXPECT_EQ(Must(Mine().Score(first)), 50.0);
  EXPECT_EQ(Must(Mine().Score()), 100.0);
  EXPECT_THAT(Must(Mine().DrawBridge({.then_assessment_id = first, .large_print = true})), HasSubstr("<svg"));
  EXPECT_THAT(Must(Mine().DrawBridgeText({.colour = true})), HasSubstr("\x1b["));
  EXPECT_THAT(Must(Mine().DrawBridgeText()), Not(HasSubstr("\x1b[")));
  EXPECT_EQ(Mine().DrawBridge({.then_assessment_id = "nergens"}).error().field, "then_assessment_id");

  Must(At(*noor_).AddAssessmentView({.assessment_id = second,
                                     .answers = {{.domain_id = Housing(), .level = 4, .words = {}}},
                                     .words = "Bijna!"}));
  Exchange(*noor_, *samira_);
  const auto views = Must(Mine().AssessmentViews(second));
  ASSERT_THAT(views, SizeIs(1));
  EXPECT_EQ(views[0].content.words, "Bijna!");
  EXPECT_EQ(views[0].created_by.role, Role::kMentor);
  EXPECT_EQ(Must(Mine().Assessments())[0].id, second);
  EXPECT_EQ(Must(Mine().Template(first)).version, bridge.version);
}

TEST_F(ClientCalls, AGoalGoesWhereTheClientWantsIt) {
  const std::string goal_id = CreateGoal("Ik houd mijn huis");
  EXPECT_EQ(ReasonOf(Mine().FormulatePlan(goal_id)), "NO_STEPS");
  CreateStep(goal_id, "Post openen");
  const auto state = [&] { return Must(Mine().FindGoal(goal_id)).content.state; };
  Must(Mine().FormulatePlan(goal_id));
  Must(Mine().ParkGoal(goal_id));
  EXPECT_EQ(state(), GoalState::kParked);
  Must(Mine().TakeUpGoal(goal_id));
  EXPECT_EQ(state(), GoalState::kFormulated);
  Must(Mine().AchieveGoal(goal_id));
  EXPECT_EQ(state(), GoalState::kAchieved);
  Must(Mine().TakeUpGoal(goal_id));
  Must(Mine().StopGoal(goal_id));
  EXPECT_EQ(state(), GoalState::kStopped);
  GoalChanges changes;
  changes.why = "voor de kinderen";
  changes.target_date = AddDays(Must(Mine().TodaysDate()), 100);
  Must(Mine().ReviseGoal(goal_id, changes));
  Exchange(*samira_, *noor_);
  const Goal seen = Must(At(*noor_).FindGoal(goal_id)).content;
  EXPECT_EQ(seen.state, GoalState::kStopped);
  EXPECT_EQ(seen.why, "voor de kinderen");
  EXPECT_EQ(seen.title, "Ik houd mijn huis");
  Must(Mine().DeleteGoal(goal_id));
  EXPECT_THAT(Must(Mine().Goals()), IsEmpty());
  EXPECT_THAT(Must(Mine().Steps(goal_id)), IsEmpty());
}

TEST_F(ClientCalls, MilestonesAndStepsCanBeMovedChangedAndDeleted) {
  const std::string goal_id = CreateGoal("Ik houd mijn huis");
  const std::string one = Must(Mine().CreateMilestone({.goal_id = goal_id, .title = "een"}));
  const std::string two = Must(Mine().CreateMilestone({.goal_id = goal_id, .title = "twee"}));
  Must(Mine().MoveMilestone(two, {}));
  MilestoneChanges reached;
  reached.reached_on = Must(Mine().TodaysDate());
  Must(Mine().ReviseMilestone(one, reached));
  const std::string first = CreateStep(goal_id, "eerst");
  const std::string then = CreateStep(goal_id, "dan");
  Must(Mine().MoveStep(first, {.after_id = then}));
  Exchange(*samira_, *noor_);

  const auto milestones = Must(At(*noor_).Milestones(goal_id));
  ASSERT_THAT(milestones, SizeIs(2));
  EXPECT_EQ(milestones[0].content.title, "twee");
  EXPECT_TRUE(milestones[1].content.reached_on.has_value());
  EXPECT_EQ(Must(At(*noor_).Steps(goal_id))[0].content.title, "dan");
  Must(Mine().DeleteMilestone(one));
  Must(Mine().DeleteStep(then));
  EXPECT_THAT(Must(Mine().Milestones(goal_id)), SizeIs(1));
  EXPECT_THAT(Must(Mine().Steps(goal_id)), SizeIs(1));
  EXPECT_EQ(ReasonOf(Mine().FindStep(then)), "NOT_FOUND");
}

TEST_F(ClientCalls, APauseSilencesRemindersAndTakesStepsOffTheDay) {
  const std::string goal_id = CreateGoal("Ik houd mijn huis");
  const std::string step_id = CreateStep(goal_id, "Post openen");
  EXPECT_THAT(Must(Mine().Today()), IsEmpty());
  EXPECT_FALSE(Must(Mine().NextReminder(Now())).has_value());
  Must(Mine().FormulatePlan(goal_id));
  EXPECT_THAT(Must(Mine().Today()), SizeIs(1));
  const auto reminder = Must(Mine().NextReminder(Now()));
  ASSERT_TRUE(reminder.has_value());
  EXPECT_EQ(reminder->step.id, step_id);

  const Date today = Must(Mine().TodaysDate());
  const std::string pause_id = Must(Mine().BeginPause({.step_id = {}, .from = today, .until = {}}));

  EXPECT_THAT(Must(Mine().Today()), IsEmpty());
  EXPECT_FALSE(Must(Mine().NextReminder(Now())).has_value());
  EXPECT_THAT(Must(Mine().Pauses()), SizeIs(1));
  Must(Mine().EndPause(pause_id, AddDays(today, -1)));
  EXPECT_THAT(Must(Mine().Today()), SizeIs(1));
  Must(samira_->SyncNow());
  EXPECT_THAT(Must(samira_->Rejected()), IsEmpty());
}

TEST_F(ClientCalls, ADayOfNoCalendarIsRefused) {
  EXPECT_EQ(ReasonOf(Mine().Today(Date{.year = 2026, .month = 2, .day = 30})), "NO_SUCH_DAY");
}

TEST_F(ClientCalls, WordsGoBackAndForth) {
  const std::string goal_id = CreateGoal("Ik houd mijn huis");
  Exchange(*samira_, *noor_);
  const std::string suggestion_id = Must(At(*noor_).SuggestWords(
      {.target_id = goal_id, .field = SuggestedField::kTitle, .words = "Thuis blijven"}));
  Must(At(*noor_).GiveAppreciation(
      {.kind = AppreciationKind::kCertificate, .words = "Wat een moed", .about_id = goal_id}));
  Must(At(*noor_).SendMessage("Hoe gaat het?"));
  Exchange(*noor_, *samira_);

  Must(Mine().LeaveSuggestion(suggestion_id));
  Must(Mine().SendMessage("Goed!"));
  EXPECT_EQ(Must(Mine().Appreciations())[0].content.kind, AppreciationKind::kCertificate);
  Exchange(*samira_, *noor_);

  EXPECT_EQ(Must(At(*noor_).FindGoal(goal_id)).content.title, "Ik houd mijn huis");
  EXPECT_EQ(Must(At(*noor_).Suggestions(goal_id))[0].content.state, SuggestionState::kLeft);
  const auto messages = Must(At(*noor_).Messages());
  ASSERT_THAT(messages, SizeIs(2));
  EXPECT_EQ(messages[0].created_by.role, Role::kMentor);
  EXPECT_EQ(messages[1].content.words, "Goed!");
  EXPECT_EQ(Must(noor_->Caseload())[0].messages_waiting, 1);
}

TEST_F(ClientCalls, AnAppointmentIsProposedAnsweredAndCancelled) {
  const std::string id = Must(Mine().ProposeAppointment({.at = Now() + std::chrono::hours(48),
                                                         .minutes = 30,
                                                         .kind = ContactKind::kPhone,
                                                         .place = {},
                                                         .words = "Bellen"}));
  EXPECT_EQ(ReasonOf(Mine().AnswerAppointment(id, AppointmentAnswer::kAccept)), "NOT_YOURS");
  Exchange(*samira_, *noor_);
  EXPECT_EQ(Must(noor_->Caseload())[0].appointments_waiting, 1);
  Must(At(*noor_).AnswerAppointment(id, AppointmentAnswer::kAccept));
  Exchange(*noor_, *samira_);
  EXPECT_EQ(Must(Mine().Appointments())[0].content.state, AppointmentState::kAccepted);
  Must(Mine().AnswerAppointment(id, AppointmentAnswer::kCancel));
  EXPECT_EQ(Must(Mine().Appointments())[0].content.state, AppointmentState::kCancelled);
}

TEST_F(ClientCalls, ContactsAreListedNewestFirstUpToACount) {
  for (const int hours_ago : {30, 3, 10}) {
    Must(At(*noor_).RecordContact({.kind = ContactKind::kPhone,
                                   .at = Now() - std::chrono::hours(hours_ago),
                                   .minutes = hours_ago,
                                   .words = {},
                                   .handover_id = {}}));
  }
  const auto minutes = [](const std::vector<CaseloadContact>& contacts) {
    std::vector<int> all;
    for (const auto& contact : contacts) all.push_back(contact.contact.minutes);
    return all;
  };
  EXPECT_THAT(minutes(Must(noor_->ListContacts())), ElementsAre(3, 10, 30));
  EXPECT_THAT(minutes(Must(noor_->ListContacts(2))), ElementsAre(3, 10));
  EXPECT_EQ(Must(At(*noor_).Contacts())[0].content.minutes, 3);
}

TEST_F(ClientCalls, AWarmHandoverEndsWithTheNewMentorAlone) {
  const auto colleagues = Must(noor_->ListColleagues());
  const auto bram = std::find_if(colleagues.begin(), colleagues.end(),
                                 [](const StaffMember& member) { return member.display_name == "Bram"; });
  ASSERT_NE(bram, colleagues.end());
  const std::string handover_id =
      Must(At(*noor_).ProposeHandover({.to_person_id = bram->person_id, .words = "Ik ga met verlof"}));
  Exchange(*noor_, *samira_);
  const auto waiting = Must(bram_->ListHandovers());
  ASSERT_THAT(waiting, SizeIs(1));
  EXPECT_EQ(waiting[0].client_display_name, "Samira");
  EXPECT_EQ(Must(bram_->AnswerHandover(handover_id, true)), HandoverState::kAccepted);
  Must(samira_->SyncNow());
  Must(Mine().AnswerHandover(handover_id, true));
  Exchange(*samira_, *bram_);
  EXPECT_EQ(Must(At(*bram_).Handovers())[0].content.state, HandoverState::kToMeet);
  Must(At(*bram_).RecordContact({.kind = ContactKind::kMeeting,
                                 .at = Now() - std::chrono::minutes(1),
                                 .minutes = 60,
                                 .words = {},
                                 .handover_id = handover_id}));
  Exchange(*bram_, *noor_);

  EXPECT_THAT(Must(noor_->DossierIds()), IsEmpty());
  EXPECT_NE(ReasonOf(noor_->OpenDossier(registered_.dossier_id)), "ok");
  EXPECT_THAT(Must(bram_->Caseload()), SizeIs(1));
  Must(samira_->SyncNow());
  const auto relations = Must(Mine().Relations());
  ASSERT_THAT(relations, SizeIs(2));
  EXPECT_EQ(relations[0].content.display_name, "Bram");
  EXPECT_TRUE(relations[1].content.until.has_value());
}

TEST_F(ClientCalls, ATeamLeadSeesTotalsAndAssigns) {
  const Team team = Must(lead_->GetTeam());
  EXPECT_EQ(team.display_name, "Wijkteam Oost");
  ASSERT_THAT(team.members, SizeIs(2));
  EXPECT_EQ(team.members[0].mentor.display_name, "Bram");
  EXPECT_THAT(team.members[1].dossier_ids, ElementsAre(registered_.dossier_id));
  EXPECT_EQ(ReasonOf(noor_->GetTeam()), "NOT_ALLOWED");

  EXPECT_EQ(Must(lead_->AssignDossiers({.dossier_ids = {registered_.dossier_id},
                                        .to_person_id = team.members[0].mentor.person_id,
                                        .words = "Noor is ziek"})),
            1);

  Must(bram_->SyncNow());
  Must(noor_->SyncNow());
  EXPECT_THAT(Must(bram_->DossierIds()), ElementsAre(registered_.dossier_id));
  EXPECT_THAT(Must(noor_->DossierIds()), IsEmpty());
}

TEST_F(ClientCalls, AListLongerThanAPageComesWhole) {
  constexpr int kMore = 201;
  auto& service = neighbourhood_.service();
  for (int i = 0; i < kMore; ++i) {
    (void)service.RegisterStaff({.organisation_id = noor_->WhoAmI()->organisation_id,
                                 .display_name = "Collega " + std::to_string(i)});
  }
  std::set<std::string> ids;
  for (const auto& colleague : Must(noor_->ListColleagues())) ids.insert(colleague.person_id);
  EXPECT_GE(ids.size(), kMore);
}

TEST_F(ClientCalls, ARequestThatIsRepeatedWithItsIdIsDoneOnce) {
  const Client::NewClient client{.display_name = "Jan", .request_id = "0b7dc2f1-3a62-4b0a-9a1d-8f6f0e1f2a3b"};
  const auto first = Must(noor_->RegisterClient(client));
  const auto again = Must(noor_->RegisterClient(client));
  EXPECT_EQ(first.dossier_id, again.dossier_id);
  Must(noor_->SyncNow());
  EXPECT_THAT(Must(noor_->DossierIds()), SizeIs(2));
}

}  // namespace
}  // namespace brug::test
