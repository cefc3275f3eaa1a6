#include <brug/client.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/running_service.h"
#include "tests/support/temporary_folder.h"
#include "tests/tidy/command.h"

// Every sample, as a process of its own against a real service. What it leaves behind is looked at with the
// SDK.
namespace brug::test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

std::string Quoted(const std::string& word) { return "'" + word + "'"; }

class Samples : public testing::Test {
 protected:
  void SetUp() override {
    organisation_ = service_.CreateOrganisation("Gemeente Alphen");
    const auto mentor = service_.RegisterStaff({.organisation_id = organisation_, .display_name = "Noor"});
    mentor_code_ = mentor.activation_code;
  }

  // Runs a sample on a device of its own; it must end with 0.
  std::string Run(const std::string& sample, const std::string& device, const std::string& more = {}) {
    const auto result = tidy::RunCommand(Quoted(BRUG_BIN_DIR "/samples/" + sample) + " " +
                                         service_.address() + " " + Quoted(service_.root_certificate_path()) +
                                         " " + Quoted(Directory(device)) + " " + more);
    EXPECT_EQ(result.exit_code, 0) << sample << "\n" << result.output;
    return result.output;
  }

  // Opens a device as an app does.
  Client Open(const std::string& device) {
    auto client = Client::Open({.directory = Directory(device),
                                .server = service_.address(),
                                .root_certificate_pem = service_.root_certificate_pem(),
                                .spki_pins = {},
                                .server_name = {},
                                .language = "en",
                                .key_store = std::make_shared<FileKeyStore>(Directory(device) + "-keys")});
    if (!client.ok()) throw std::runtime_error(client.error().reason);
    return std::move(client).value();
  }

  // A client with a phone of their own, made by the mentor.
  void EnrolClient() {
    Run("open_and_enrol", "mentor", mentor_code_);
    Client mentor = Open("mentor");
    const auto registered = mentor.RegisterClient({.display_name = "Samira"});
    ASSERT_TRUE(registered.ok()) << registered.error().reason;
    ASSERT_THAT(Run("open_and_enrol", "client", registered->activation_code.code),
                HasSubstr("This device belongs to Samira of Gemeente Alphen.\nDossiers on this device: 1\n"));
  }

  [[nodiscard]] std::string Directory(const std::string& device) const { return directory_ / device; }

  RunningService service_;
  TemporaryFolder directory_;
  std::string organisation_;
  std::string mentor_code_;
};

TEST_F(Samples, OpenAndEnrolMakesADeviceSomebodys) {
  EXPECT_THAT(Run("open_and_enrol", "mentor", mentor_code_),
              HasSubstr("This device belongs to Noor of Gemeente Alphen.\nDossiers on this device: 0\n"));
  EXPECT_TRUE(Open("mentor").WhoAmI()->Has(Role::kMentor));
}

TEST_F(Samples, HandInAnAssessmentIsConfirmedByTheService) {
  EnrolClient();
  const std::string output = Run("hand_in_an_assessment", "client");
  EXPECT_THAT(output, HasSubstr("Score: 25\n"));
  EXPECT_THAT(output, HasSubstr("Confirmed by the service.\n"));
  Client mentor = Open("mentor");
  ASSERT_TRUE(mentor.SyncNow().ok());
  const auto assessments = mentor.OpenDossier(mentor.DossierIds()->front())->Assessments();
  ASSERT_THAT(*assessments, SizeIs(1));
  EXPECT_THAT(assessments->front().content.answers, SizeIs(5));
}

TEST_F(Samples, PlanAGoalEndsInAPlan) {
  EnrolClient();
  const std::string output = Run("plan_a_goal", "client");
  EXPECT_THAT(output, HasSubstr("Refused: create_step.step.recurrence"));
  EXPECT_THAT(output, HasSubstr("- Open the mail, just one envelope\n- Call the landlord\n"));
  Client client = Open("client");
  const auto goals = client.OwnDossier()->Goals();
  ASSERT_THAT(*goals, SizeIs(1));
  EXPECT_EQ(goals->front().content.state, GoalState::kFormulated);
  EXPECT_FALSE(goals->front().pending);
}

TEST_F(Samples, TodayAndTickLeavesTicks) {
  EnrolClient();
  Run("plan_a_goal", "client");
  EXPECT_THAT(Run("today_and_tick", "client"), HasSubstr("Call the landlord: done 1 time(s)\n"));
  EXPECT_EQ(Open("client").GetStatus().pending_count, 0);
}

TEST_F(Samples, WorkOfflineLosesNothing) {
  EnrolClient();
  const std::string output = Run("work_offline", "client");
  EXPECT_THAT(output, HasSubstr("Without a signal: There is no connection."));
  EXPECT_THAT(output, HasSubstr("I sleep through the night: waiting to be sent: 1\n"));
  EXPECT_THAT(output, HasSubstr("I sleep through the night: confirmed\n"));
}

TEST_F(Samples, BackgroundSyncTellsOfTheConfirmation) {
  EnrolClient();
  EXPECT_THAT(Run("background_sync", "client"), HasSubstr("Confirmed: The landlord called back!\n"));
}

TEST_F(Samples, MentorsCaseloadShowsTheNewClient) {
  Run("open_and_enrol", "mentor", mentor_code_);
  const std::string output = Run("mentors_caseload", "mentor");
  EXPECT_THAT(output, HasSubstr("Code for the client's phone: "));
  EXPECT_THAT(output, HasSubstr("Samira: spoken to\n"));
}

TEST_F(Samples, AppreciateAndSuggestReachesTheClientWhoTakesTheWords) {
  EnrolClient();
  Run("plan_a_goal", "client");
  EXPECT_THAT(Run("appreciate_and_suggest", "mentor"), HasSubstr("Appreciated and suggested.\n"));

  Client client = Open("client");
  ASSERT_TRUE(client.SyncNow().ok());
  auto dossier = client.OwnDossier();
  EXPECT_THAT(*dossier->Appreciations(), SizeIs(1));
  const auto suggestions = dossier->Suggestions();
  ASSERT_THAT(*suggestions, SizeIs(1));
  ASSERT_TRUE(dossier->TakeSuggestion(suggestions->front().id).ok());
  EXPECT_EQ(dossier->FindStep(suggestions->front().content.target_id)->content.title,
            "Open one envelope, after coffee");
}

TEST_F(Samples, AVoucherIsShownByTheClientAndRedeemedByAShop) {
  EnrolClient();
  Run("plan_a_goal", "client");
  Run("today_and_tick", "client");
  EXPECT_THAT(Run("show_a_voucher", "client"), HasSubstr("There is no voucher to spend.\n"));
  const auto manager = service_.RegisterStaff({.organisation_id = organisation_,
                                               .display_name = "Milan",
                                               .roles = {v1::ROLE_PROGRAMME_MANAGER},
                                               .team_id = {}});
  Run("open_and_enrol", "manager", manager.activation_code);
  NewScheme scheme;
  scheme.scheme.display_name = "Samen sparen";
  scheme.scheme.in_parts = true;
  scheme.budget_cents = 100'000;
  Client office = Open("manager");
  const auto made = office.Rewards().CreateScheme(scheme);
  ASSERT_TRUE(made.ok()) << made.error().reason;
  const auto shop = office.Rewards().RegisterMerchant(
      {.display_name = "Schoenenhuis", .scheme_ids = {made->scheme.scheme_id}});
  ASSERT_TRUE(shop.ok()) << shop.error().reason;
  Run("open_and_enrol", "shop", shop->activation_code.code);

  Client mentor = Open("mentor");
  ASSERT_TRUE(mentor.SyncNow().ok());
  const auto dossier = mentor.OpenDossier(mentor.DossierIds()->front());
  OfferDraft draft;
  draft.goal_id = dossier->Goals()->front().id;
  draft.scheme_id = made->scheme.scheme_id;
  draft.amount_cents = 4'000;
  draft.condition = SomeSteps{.step_ids = {}, .steps_count = 1};
  const auto drafted = mentor.Rewards().DraftOffer(dossier->id(), draft);
  ASSERT_TRUE(drafted.ok()) << drafted.error().reason;
  ASSERT_TRUE(mentor.Rewards().PromiseOffer(drafted->offer_id).ok());
  ASSERT_TRUE(mentor.Rewards().RequestVoucher(drafted->offer_id).ok());

  const std::string shown = Run("show_a_voucher", "client", Quoted(Directory("qr.png")));
  EXPECT_THAT(shown, HasSubstr("\u20ac40.00: 1 of 1, earned\n"));
  EXPECT_THAT(shown, HasSubstr("To spend: \u20ac40.00\n"));
  const auto token =
      tidy::RunCommand("zbarimg --nodbus --quiet --raw -Sbinary " + Quoted(Directory("qr.png")));
  ASSERT_EQ(token.exit_code, 0) << token.output;
  const std::string redeemed = Run("redeem_a_voucher", "shop", Quoted(token.output) + " 1500");
  EXPECT_THAT(redeemed, HasSubstr("Genuine, given for \u20ac40.00.\n"));
  EXPECT_THAT(redeemed, HasSubstr("Spent: \u20ac15.00; left: \u20ac25.00\n"));
  EXPECT_THAT(redeemed, HasSubstr("Today: 1, \u20ac15.00\nReceipts on this device: 1\n"));
}

}  // namespace
}  // namespace brug::test
