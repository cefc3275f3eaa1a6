#include <brug/client.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <optional>
#include <set>
#include <thread>

#include "proto/crypto/certificate.h"
#include "tests/support/people.h"

// brug::Client as apps use it, against a real service over TLS.
namespace brug::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

// A port of loopback that takes connections and never says a word.
class SilentServer {
 public:
  SilentServer() : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(socket_, 16) != 0 ||
        getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("no silent server");
    }
    address_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ~SilentServer() { close(socket_); }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;

  [[nodiscard]] const std::string& address() const { return address_; }

 private:
  int socket_;
  std::string address_;
};

class ClientTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string organisation = service().CreateOrganisation("Gemeente Alphen");
    mentor_person_ = service().RegisterStaff({.organisation_id = organisation, .display_name = "Noor"});
  }

  RunningService& service() { return neighbourhood_.service(); }
  [[nodiscard]] ClientOptions OptionsFor(const std::string& device) const {
    return neighbourhood_.OptionsFor(device);
  }
  [[nodiscard]] Client Open(const std::string& device) const { return neighbourhood_.Open(device); }

  [[nodiscard]] Client OpenMentor() const {
    return neighbourhood_.Enrol("mentor", mentor_person_.activation_code);
  }

  // A client of that mentor on an enrolled device; both have synced.
  Client OpenClientOf(Client& mentor) {
    registered_ = Must(mentor.RegisterClient({.display_name = "Samira"}));
    Client client = neighbourhood_.Enrol("phone", registered_.activation_code.code);
    Must(mentor.SyncNow());
    return client;
  }

  Neighbourhood neighbourhood_;
  RunningService::Staff mentor_person_;
  RegisteredClient registered_;
};

std::set<std::string> WordsOf(const Dossier& dossier) {
  std::set<std::string> words;
  for (const auto& message : Must(dossier.Messages())) words.insert(message.content.words);
  return words;
}

// Plans one goal with one step that is for any day, and gives the step's id.
std::string PlanAStep(Dossier& dossier) {
  const std::string domain = Must(dossier.Template()).pillars[0].domains[0].domain_id;
  const std::string goal_id = Must(
      dossier.CreateGoal({.domain_id = domain, .title = "Ik houd mijn huis", .why = {}, .target_date = {}}));
  NewStep step;
  step.goal_id = goal_id;
  step.title = "Post openen";
  const std::string step_id = Must(dossier.CreateStep(step));
  Must(dossier.FormulatePlan(goal_id));
  return step_id;
}

TEST_F(ClientTest, AMentorSeesWhatTheirClientTicked) {
  Client mentor = OpenMentor();
  Client client = OpenClientOf(mentor);
  Dossier mine = Must(client.OwnDossier());
  const std::string step_id = PlanAStep(mine);
  Must(mine.Tick(
      {.step_id = step_id, .date = {}, .state = TickState::kTried, .note = "te druk", .done_at = {}}));
  EXPECT_TRUE(Must(mine.Today())[0].tick->pending);
  EXPECT_EQ(client.GetStatus().pending_count, 4);

  Must(client.SyncNow());

  EXPECT_FALSE(Must(mine.Today())[0].tick->pending);
  EXPECT_EQ(client.GetStatus().pending_count, 0);
  Must(mentor.SyncNow());
  const auto ticks = Must(Must(mentor.OpenDossier(registered_.dossier_id)).Ticks(step_id));
  ASSERT_THAT(ticks, SizeIs(1));
  EXPECT_EQ(ticks[0].content.state, TickState::kTried);
  EXPECT_EQ(ticks[0].content.note, "te druk");
  EXPECT_EQ(Must(mentor.Caseload())[0].ticks_this_week, 1);
}

TEST_F(ClientTest, ADirectoryIsOpenOnce) {
  Client first = Open("phone");
  EXPECT_EQ(ReasonOf(Client::Open(OptionsFor("phone"))), "REPLICA_IN_USE");
}

TEST_F(ClientTest, OptionsThatCannotWorkAreNamed) {
  const auto refused = [](const ClientOptions& options) { return Client::Open(options).error(); };
  auto options = OptionsFor("phone");
  options.key_store = nullptr;
  EXPECT_EQ(refused(options).field, "key_store");
  options = OptionsFor("phone");
  options.directory = "";
  EXPECT_EQ(refused(options).field, "directory");
  options = OptionsFor("phone");
  options.root_certificate_pem = "-----BEGIN NOTHING-----";
  EXPECT_EQ(refused(options).field, "root_certificate_pem");
  EXPECT_THAT(refused(options).message, testing::Not(IsEmpty()));
}

TEST_F(ClientTest, AWrongCodeIsRefusedInThePersonsLanguage) {
  auto options = OptionsFor("dutch");
  Client dutch = Must(Client::Open(options));
  options = OptionsFor("english");
  options.language = "en";
  Client english = Must(Client::Open(options));
  const Client::Enrolment wrong{.activation_code = "00000-00000", .device_name = "phone"};

  const auto in_dutch = dutch.Enrol(wrong);
  const auto in_english = english.Enrol(wrong);

  ASSERT_EQ(ReasonOf(in_dutch), "CODE_NOT_VALID");
  ASSERT_EQ(ReasonOf(in_english), "CODE_NOT_VALID");
  EXPECT_THAT(in_dutch.error().message, HasSubstr("vraag een nieuwe"));
  EXPECT_THAT(in_english.error().message, HasSubstr("ask"));
  EXPECT_FALSE(dutch.WhoAmI().has_value());
}

TEST_F(ClientTest, WhatNeedsAnEnrolledDeviceSaysSo) {
  Client client = Open("phone");
  EXPECT_EQ(ReasonOf(client.SyncNow()), "NOT_ENROLLED");
  EXPECT_EQ(ReasonOf(client.ListDevices()), "NOT_ENROLLED");
  EXPECT_EQ(ReasonOf(client.OwnDossier()), "NOT_FOUND");
  EXPECT_EQ(client.GetStatus().state, SyncState::kSignInNeeded);
}

TEST_F(ClientTest, WithoutAPinnedKeyNothingIsSaid) {
  auto options = OptionsFor("mentor");
  crypto::SystemRandom random;
  options.spki_pins = {crypto::SpkiPin(crypto::SigningKey::Generate(random).PublicKey().spki_der())};
  Client mentor = Must(Client::Open(options));

  EXPECT_EQ(
      ReasonOf(mentor.Enrol({.activation_code = mentor_person_.activation_code, .device_name = "laptop"})),
      "NO_CONNECTION");
}

TEST_F(ClientTest, AFurtherDeviceWaitsForAYesAndThenShowsTheSame) {
  Client mentor = OpenMentor();
  Client phone = OpenClientOf(mentor);
  Dossier on_phone = Must(phone.OwnDossier());
  const std::string step_id = PlanAStep(on_phone);
  Must(phone.SyncNow());
  const auto code = Must(phone.CreateActivationCode());
  Client tablet = Open("tablet");
  Must(tablet.Enrol({.activation_code = code.code, .device_name = "tablet"}));
  ASSERT_EQ(ReasonOf(tablet.SyncNow()), "DEVICE_WAITING");
  EXPECT_EQ(tablet.GetStatus().state, SyncState::kSignInNeeded);
  EXPECT_THAT(Must(tablet.DossierIds()), IsEmpty());

  const auto devices = Must(phone.ListDevices());
  ASSERT_THAT(devices, SizeIs(2));
  EXPECT_EQ(devices[0].state, DeviceState::kWaiting);
  EXPECT_TRUE(devices[1].is_this_device);
  EXPECT_EQ(Must(phone.AllowDevice(devices[0].device_id)).state, DeviceState::kLive);

  Must(tablet.SyncNow());
  Dossier on_tablet = Must(tablet.OwnDossier());
  Must(
      on_tablet.Tick({.step_id = step_id, .date = {}, .state = TickState::kDone, .note = {}, .done_at = {}}));
  Must(tablet.SyncNow());
  Must(phone.SyncNow());
  EXPECT_EQ(Must(on_phone.Goals()), Must(on_tablet.Goals()));
  EXPECT_EQ(Must(on_phone.Ticks(step_id)), Must(on_tablet.Ticks(step_id)));
  EXPECT_THAT(Must(on_phone.Ticks(step_id)), SizeIs(1));
}

TEST_F(ClientTest, ARevokedDeviceKeepsNothing) {
  Client mentor = OpenMentor();
  Client phone = OpenClientOf(mentor);
  ASSERT_THAT(Must(phone.DossierIds()), SizeIs(1));
  Must(mentor.RevokeDevice(phone.WhoAmI()->device_id));

  EXPECT_NE(ReasonOf(phone.SyncNow()), "ok");

  EXPECT_EQ(phone.GetStatus().state, SyncState::kAccessEnded);
  EXPECT_THAT(Must(phone.DossierIds()), IsEmpty());
  EXPECT_EQ(ReasonOf(phone.OpenDossier(registered_.dossier_id)), "WIPED");
}

TEST_F(ClientTest, AKilledServiceLosesNothingAndIsFoundAgain) {
  Client mentor = OpenMentor();
  Client client = OpenClientOf(mentor);
  Dossier mine = Must(client.OwnDossier());
  Must(mine.SendMessage("voor"));
  Must(client.SyncNow());

  service().Kill();
  Must(mine.SendMessage("tijdens"));
  EXPECT_EQ(ReasonOf(client.SyncNow()), "NO_CONNECTION");
  EXPECT_EQ(client.GetStatus().state, SyncState::kOffline);
  EXPECT_EQ(client.GetStatus().pending_count, 1);
  service().Start();

  Must(client.SyncNow());
  EXPECT_EQ(client.GetStatus().state, SyncState::kIdle);
  Must(mentor.SyncNow());
  EXPECT_THAT(WordsOf(Must(mentor.OpenDossier(registered_.dossier_id))),
              UnorderedElementsAre("voor", "tijdens"));
}

TEST_F(ClientTest, ASyncThatKeepsTryingFindsAServiceThatReturns) {
  Client mentor = OpenMentor();
  Client client = OpenClientOf(mentor);
  service().Kill();
  Must(Must(client.OwnDossier()).SendMessage("wacht op mij"));
  std::promise<void> offline;
  std::atomic<bool> told = false;
  const Subscription subscription = client.Subscribe([&](const Change& /*change*/) {
    if (client.GetStatus().state == SyncState::kOffline && !told.exchange(true)) offline.set_value();
  });
  auto synced = std::async(std::launch::async, [&client] { return client.SyncNow({.keep_trying = true}); });
  offline.get_future().wait();

  service().Start();

  Must(synced.get());
  EXPECT_EQ(client.GetStatus().pending_count, 0);
}

TEST_F(ClientTest, AServiceThatNeverAnswersIsNotWaitedForLongerThanAsked) {
  Client mentor = OpenMentor();
  const SilentServer silent;
  { Client closed = std::move(mentor); }
  auto options = OptionsFor("mentor");
  options.server = silent.address();
  mentor = Must(Client::Open(options));

  EXPECT_EQ(ReasonOf(mentor.SyncNow({.timeout = std::chrono::milliseconds(100)})), "TIMED_OUT");
  EXPECT_EQ(ReasonOf(mentor.ListColleagues(std::chrono::milliseconds(100))), "TIMED_OUT");
}

TEST_F(ClientTest, WithoutAServerEverythingButTheServiceWorks) {
  Client mentor = OpenMentor();
  { Client client = OpenClientOf(mentor); }
  auto options = OptionsFor("phone");
  options.server = "";
  Client offline = Must(Client::Open(options));

  Must(Must(offline.OwnDossier()).SendMessage("zonder bereik"));
  EXPECT_EQ(ReasonOf(offline.SyncNow()), "NO_CONNECTION");
  EXPECT_EQ(ReasonOf(offline.ListDevices()), "NO_CONNECTION");
  EXPECT_THAT(WordsOf(Must(offline.OwnDossier())), UnorderedElementsAre("zonder bereik"));
}

TEST_F(ClientTest, InTheBackgroundAChangeElsewhereIsHeard) {
  Client mentor = OpenMentor();
  Client client = OpenClientOf(mentor);
  std::promise<void> heard;
  std::atomic<bool> told = false;
  const Subscription subscription = mentor.Subscribe([&](const Change& change) {
    const auto& ids = change.dossier_ids;
    if (std::find(ids.begin(), ids.end(), registered_.dossier_id) == ids.end()) return;
    if (WordsOf(Must(mentor.OpenDossier(registered_.dossier_id))).contains("hallo") && !told.exchange(true)) {
      heard.set_value();
    }
  });
  mentor.StartBackgroundSync();
  client.StartBackgroundSync();

  Must(Must(client.OwnDossier()).SendMessage("hallo"));

  heard.get_future().wait();
}

TEST_F(ClientTest, AWriteOfOnesOwnIsToldWithoutAnyService) {
  Client mentor = OpenMentor();
  { const Client client = OpenClientOf(mentor); }
  auto options = OptionsFor("phone");
  options.server = "";
  Client offline = Must(Client::Open(options));
  std::promise<Change> heard;
  std::atomic<bool> told = false;
  const Subscription subscription = offline.Subscribe([&](const Change& change) {
    if (!told.exchange(true)) heard.set_value(change);
  });

  Must(Must(offline.OwnDossier()).SendMessage("hallo"));

  const Change change = heard.get_future().get();
  EXPECT_THAT(change.dossier_ids, UnorderedElementsAre(registered_.dossier_id));
  EXPECT_TRUE(change.status);
}

TEST_F(ClientTest, AfterItIsDestroyedASubscriptionHearsNothing) {
  Client mentor = OpenMentor();
  Client client = OpenClientOf(mentor);
  std::atomic<int> calls = 0;
  {
    const Subscription subscription = client.Subscribe([&calls](const Change& /*change*/) { ++calls; });
  }
  Must(Must(client.OwnDossier()).SendMessage("hallo"));
  Must(client.SyncNow());
  { Client closed = std::move(client); }
  EXPECT_EQ(calls, 0);
}

TEST_F(ClientTest, ManyThreadsMayUseOneClientAtOnce) {
  constexpr int kThreads = 8;
  constexpr int kMessagesEach = 10;
  Client mentor = OpenMentor();
  Client client = OpenClientOf(mentor);
  client.StartBackgroundSync();
  const Subscription subscription =
      client.Subscribe([&client](const Change& /*change*/) { (void)client.GetStatus(); });
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&client, thread] {
      Dossier mine = Must(client.OwnDossier());
      for (int i = 0; i < kMessagesEach; ++i) {
        Must(mine.SendMessage(std::to_string(thread) + "." + std::to_string(i)));
        (void)Must(mine.Messages());
        if (i % 4 == 0) Must(client.SyncNow());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  Must(client.SyncNow());

  EXPECT_EQ(client.GetStatus().pending_count, 0);
  EXPECT_THAT(Must(client.Rejected()), IsEmpty());
  Must(mentor.SyncNow());
  const auto messages = Must(Must(mentor.OpenDossier(registered_.dossier_id)).Messages());
  EXPECT_THAT(messages, SizeIs(kThreads * kMessagesEach));
  EXPECT_THAT(WordsOf(Must(mentor.OpenDossier(registered_.dossier_id))), SizeIs(kThreads * kMessagesEach));
}

TEST_F(ClientTest, ClosingWhileASyncGoesOnLosesNothing) {
  Client mentor = OpenMentor();
  {
    Client client = OpenClientOf(mentor);
    client.StartBackgroundSync();
    for (int i = 0; i < 20; ++i) Must(Must(client.OwnDossier()).SendMessage(std::to_string(i)));
  }
  Client again = Open("phone");
  EXPECT_THAT(WordsOf(Must(again.OwnDossier())), SizeIs(20));
  Must(again.SyncNow());
  Must(mentor.SyncNow());
  EXPECT_THAT(Must(Must(mentor.OpenDossier(registered_.dossier_id)).Messages()), SizeIs(20));
}

TEST_F(ClientTest, ItemsKeepTheOrderThatTheClientGaveThem) {
  Client mentor = OpenMentor();
  Client client = OpenClientOf(mentor);
  Dossier mine = Must(client.OwnDossier());
  const std::string domain = Must(mine.Template()).pillars[0].domains[0].domain_id;
  std::vector<std::string> ids;
  for (const char* title : {"een", "twee", "drie"}) {
    ids.push_back(Must(mine.CreateGoal({.domain_id = domain, .title = title, .why = {}, .target_date = {}})));
  }
  const auto titles = [](const Dossier& dossier) {
    std::vector<std::string> all;
    for (const auto& goal : Must(dossier.Goals())) all.push_back(goal.content.title);
    return all;
  };
  EXPECT_THAT(titles(mine), testing::ElementsAre("een", "twee", "drie"));
  Must(mine.MoveGoal(ids[2], {.after_id = ids[0]}));
  EXPECT_THAT(titles(mine), testing::ElementsAre("een", "drie", "twee"));
  Must(mine.MoveGoal(ids[1], {}));
  EXPECT_THAT(titles(mine), testing::ElementsAre("twee", "een", "drie"));
  EXPECT_EQ(mine.MoveGoal(ids[1], {.after_id = "nergens"}).error().field, "after_id");
  EXPECT_EQ(mine.MoveGoal(ids[1], {.after_id = ids[1]}).error().field, "after_id");
  Must(client.SyncNow());
  Must(mentor.SyncNow());
  EXPECT_THAT(titles(Must(mentor.OpenDossier(registered_.dossier_id))),
              testing::ElementsAre("twee", "een", "drie"));
}

TEST_F(ClientTest, AnEditWritesWhatItSetsAndNothingElse) {
  Client mentor = OpenMentor();
  Client client = OpenClientOf(mentor);
  Dossier mine = Must(client.OwnDossier());
  const std::string step_id = PlanAStep(mine);
  StepChanges changes;
  changes.minutes = 10;
  changes.confidence = 6;
  changes.ends_on = AddDays(Must(mine.TodaysDate()), 30);
  Must(mine.ReviseStep(step_id, changes));
  StepChanges back;
  back.ends_on = std::nullopt;
  Must(mine.ReviseStep(step_id, back));

  const Step step = Must(mine.FindStep(step_id)).content;
  EXPECT_EQ(step.title, "Post openen");
  EXPECT_EQ(step.minutes, 10);
  EXPECT_EQ(step.confidence, 6);
  EXPECT_EQ(step.ends_on, std::nullopt);
}

TEST_F(ClientTest, WhatTheServiceRefusesIsKeptWithItsReasonUntilItIsDismissed) {
  Client mentor = OpenMentor();
  Client phone = OpenClientOf(mentor);
  Dossier on_phone = Must(phone.OwnDossier());
  const std::string step_id = PlanAStep(on_phone);
  Must(phone.SyncNow());
  Must(mentor.SyncNow());
  // The client deletes the step while the mentor, offline, suggests words for it.
  Must(on_phone.DeleteStep(step_id));
  Must(phone.SyncNow());
  Dossier at_mentor = Must(mentor.OpenDossier(registered_.dossier_id));
  Must(at_mentor.SuggestWords(
      {.target_id = step_id, .field = SuggestedField::kTitle, .words = "Eerst koffie"}));

  Must(mentor.SyncNow());

  auto rejected = Must(mentor.Rejected());
  ASSERT_THAT(rejected, SizeIs(1));
  EXPECT_EQ(rejected[0].error.reason, "DELETED");
  EXPECT_THAT(rejected[0].error.message, testing::Not(IsEmpty()));
  EXPECT_EQ(rejected[0].kind, "suggest_words");
  EXPECT_THAT(rejected[0].words, UnorderedElementsAre("Eerst koffie"));
  EXPECT_EQ(mentor.GetStatus().rejected_count, 1);
  Must(mentor.DismissRejected(rejected[0].mutation_id));
  EXPECT_THAT(Must(mentor.Rejected()), IsEmpty());
  EXPECT_EQ(ReasonOf(mentor.DismissRejected(rejected[0].mutation_id)), "NOT_FOUND");
}

}  // namespace
}  // namespace brug::test
