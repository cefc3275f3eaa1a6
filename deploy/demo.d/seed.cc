#include <brug/client.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "client-sdk/src/api/client_access.h"
#include "client-sdk/src/transport/grpc_transport.h"
#include "deploy/demo.d/lives.h"
#include "proto/zones/zones.h"

// brug-seed: half a year of history for deploy/demo --serve, lived through the SDK by real devices on a clock
// of their own.
//
//   brug-seed FOLDER SERVER CA_FILE CODE...
//
// Each CODE enrols a mentor, each mentor registers clients, each client's phone writes what happened and
// syncs. The homes it leaves in FOLDER (mentor1, phone1, ...) are homes of brug.
namespace brug::demo {
namespace {

constexpr int kClientsPerMentor = 20;
constexpr int kDaysBack = 182;

// A clock that is put to the moment of which is told.
class StoryClock final : public sdk::Clock {
 public:
  explicit StoryClock(std::shared_ptr<std::atomic<std::int64_t>> shift_us) : shift_us_(std::move(shift_us)) {}
  [[nodiscard]] rules::Instant Now() const override {
    return sdk::SystemClock().Now() + std::chrono::microseconds(shift_us_->load());
  }

 private:
  std::shared_ptr<std::atomic<std::int64_t>> shift_us_;
};

[[noreturn]] void Stop(const Error& error) {
  std::fprintf(stderr, "brug-seed: %s %s: %s\n", error.reason.c_str(), error.field.c_str(),
               error.message.c_str());
  std::exit(1);
}

template <class T>
T Must(Result<T> result) {
  if (!result.ok()) Stop(result.error());
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

struct Place {
  std::filesystem::path folder;
  std::string server;
  std::string ca_file;
  std::string ca_pem;
};

// One device with its home, and the clock it believes.
class Device {
 public:
  Device(const Place& place, const std::string& home)
      : shift_us_(std::make_shared<std::atomic<std::int64_t>>(0)), client_(Open(place, place.folder / home)) {
    std::ofstream(place.folder / home / "brug.json")
        << "{\"server\": \"" << place.server << "\", \"ca_file\": \"" << place.ca_file
        << "\", \"language\": \"nl\"}\n";
  }

  Client& client() { return client_; }
  // Days ago, at about that hour.
  void GoTo(int days_ago, int hour, int minute) {
    const auto now = sdk::SystemClock().Now();
    const auto day = std::chrono::floor<std::chrono::days>(now) - std::chrono::days(days_ago);
    const auto wanted = day + std::chrono::hours(hour) + std::chrono::minutes(minute);
    shift_us_->store(std::min<std::int64_t>(0, std::chrono::microseconds(wanted - now).count()));
  }
  void ReturnToNow() { shift_us_->store(0); }
  [[nodiscard]] Instant Now() const {
    return sdk::SystemClock().Now() + std::chrono::microseconds(shift_us_->load());
  }
  void Sync() {
    ReturnToNow();
    Must(client_.SyncNow({.timeout = std::chrono::minutes(2), .keep_trying = true}));
  }

 private:
  Client Open(const Place& place, const std::filesystem::path& home) {
    std::filesystem::create_directories(home);
    sdk::EngineParts parts;
    parts.key_store = std::make_shared<FileKeyStore>((home / "keys").string());
    parts.clock = std::make_unique<StoryClock>(shift_us_);
    parts.random = std::make_unique<crypto::SystemRandom>();
    parts.zones = std::make_unique<zones::SystemZones>();
    parts.transport = Must(sdk::MakeGrpcTransport({.server = place.server,
                                                   .root_certificate_pem = place.ca_pem,
                                                   .spki_pins = {},
                                                   .server_name = {},
                                                   .language = "nl"}));
    parts.storage = Must(sdk::OpenSqliteStorage((home / "replica").string()));
    return sdk::ClientAccess::Make(Must(sdk::Engine::Start(std::move(parts))));
  }

  std::shared_ptr<std::atomic<std::int64_t>> shift_us_;
  Client client_;
};

using Chance = std::mt19937;

int Draw(Chance& chance, int least, int most) {
  return std::uniform_int_distribution<int>(least, most)(chance);
}

// What of a client's way differs from another's.
struct Way {
  int begins_days_ago;
  int active_percent;
  int quiet_days;  // nothing happened for so long; 0 for a client who is busy
};

Way DrawWay(Chance& chance) {
  return {.begins_days_ago = Draw(chance, 60, kDaysBack),
          .active_percent = Draw(chance, 15, 70),
          .quiet_days = Draw(chance, 0, 4) == 0 ? Draw(chance, 15, 40) : 0};
}

Assessment DrawAssessment(Chance& chance, const BridgeTemplate& bridge, const Assessment* earlier,
                          int urgent) {
  Assessment assessment;
  std::size_t place = 0;
  for (const auto& pillar : bridge.pillars) {
    for (const auto& domain : pillar.domains) {
      const int before = earlier == nullptr ? Draw(chance, 1, 3) : earlier->answers[place].level;
      const int level = earlier == nullptr ? before : std::min(5, before + (Draw(chance, 0, 2) == 0 ? 1 : 0));
      assessment.answers.push_back({.domain_id = domain.domain_id, .level = level, .words = {}});
      ++place;
    }
  }
  const auto& life = kLives[static_cast<std::size_t>(urgent)];
  assessment.most_urgent_domain_id = life.domain_id;
  assessment.words = life.words;
  assessment.aims.push_back({.domain_id = life.domain_id, .level = 4, .by = {}, .words = {}});
  return assessment;
}

Recurrence DrawRecurrence(Chance& chance) {
  switch (Draw(chance, 0, 3)) {
    case 0:
      return EveryDays{Draw(chance, 2, 5)};
    case 1:
      return TimesAWeek{Draw(chance, 1, 3)};
    case 2:
      return OnWeekdays{{Weekday::kMonday, Weekday::kThursday}};
    default:
      return OnWeekdays{{static_cast<Weekday>(Draw(chance, 1, 5))}};
  }
}

void SetGoals(Chance& chance, Dossier& dossier, int life_place) {
  const int goals = Draw(chance, 1, 2);
  for (int g = 0; g < goals; ++g) {
    const Life& life = kLives[static_cast<std::size_t>(life_place + g) % kLives.size()];
    const auto goal = Must(dossier.CreateGoal(
        {.domain_id = life.domain_id, .title = life.goal, .why = life.why, .target_date = {}}));
    for (const char* title : life.steps) {
      NewStep step{.goal_id = goal};
      step.title = title;
      step.minutes = 5 * Draw(chance, 1, 6);
      step.confidence = Draw(chance, 6, 10);
      step.if_then = IfThenPlan{.obstacle = "ik moe ben", .response = "doe ik het morgen na het ontbijt"};
      step.recurrence = DrawRecurrence(chance);
      (void)Must(dossier.CreateStep(step));
    }
    Must(dossier.FormulatePlan(goal));
  }
}

void LiveADay(Chance& chance, Device& phone, Dossier& dossier, const Way& way, int days_ago) {
  phone.GoTo(days_ago, Draw(chance, 7, 20), Draw(chance, 0, 59));
  for (const auto& item : Must(dossier.Today())) {
    if (item.tick || Draw(chance, 1, 100) > way.active_percent) continue;
    const int luck = Draw(chance, 1, 10);
    const auto state = luck <= 7 ? TickState::kDone : luck <= 9 ? TickState::kTried : TickState::kSkipped;
    Must(dossier.Tick({.step_id = item.step.id, .date = {}, .state = state, .note = {}, .done_at = {}}));
  }
  if (Draw(chance, 1, 30) == 1) {
    (void)Must(
        dossier.SendMessage(kMessages[static_cast<std::size_t>(Draw(chance, 0, kMessages.size() - 1))]));
  }
}

void LiveAWay(Chance& chance, Device& phone, const Way& way, int client) {
  auto dossier = Must(phone.client().OwnDossier());
  const int life = client % static_cast<int>(kLives.size());
  phone.GoTo(way.begins_days_ago, 10, Draw(chance, 0, 59));
  const auto bridge = Must(dossier.Template());
  const Assessment first = DrawAssessment(chance, bridge, nullptr, life);
  (void)Must(dossier.HandInAssessment(first));
  phone.GoTo(way.begins_days_ago - 1, 11, 0);
  SetGoals(chance, dossier, life);
  const int halfway = way.begins_days_ago / 2;
  for (int day = way.begins_days_ago - 1; day > way.quiet_days; --day) {
    LiveADay(chance, phone, dossier, way, day);
    if (day == halfway) (void)Must(dossier.HandInAssessment(DrawAssessment(chance, bridge, &first, life)));
  }
  phone.Sync();
}

// The mentor's side of the same half year: talks, answers, appreciation.
void AccompanyClient(Chance& chance, Device& mentor, const std::string& dossier_id, const Way& way) {
  auto dossier = Must(mentor.client().OpenDossier(dossier_id));
  for (int day = way.begins_days_ago; day > way.quiet_days; day -= Draw(chance, 12, 24)) {
    mentor.GoTo(day, Draw(chance, 9, 16), Draw(chance, 0, 59));
    const auto& talk = kTalks[static_cast<std::size_t>(Draw(chance, 0, kTalks.size() - 1))];
    (void)Must(dossier.RecordContact({.kind = static_cast<ContactKind>(Draw(chance, 1, 4)),
                                      .at = mentor.Now(),
                                      .minutes = 5 * Draw(chance, 3, 15),
                                      .words = talk,
                                      .handover_id = {}}));
    if (Draw(chance, 0, 2) == 0) {
      const auto& praise = kPraise[static_cast<std::size_t>(Draw(chance, 0, kPraise.size() - 1))];
      (void)Must(
          dossier.GiveAppreciation({.kind = AppreciationKind::kMessage, .words = praise, .about_id = {}}));
    }
    if (Draw(chance, 0, 1) == 0)
      (void)Must(
          dossier.SendMessage(kAnswers[static_cast<std::size_t>(Draw(chance, 0, kAnswers.size() - 1))]));
  }
}

void LiveWithMentor(const Place& place, int number, const std::string& code) {
  // The same lives each time.
  Chance chance(static_cast<unsigned>(2026 + number));
  Device mentor(place, "mentor" + std::to_string(number));
  (void)Must(mentor.client().Enrol({.activation_code = code, .device_name = "laptop"}));
  std::vector<std::pair<std::string, Way>> ways;
  for (int i = 0; i < kClientsPerMentor; ++i) {
    const int client = (number - 1) * kClientsPerMentor + i;
    const auto registered = Must(mentor.client().RegisterClient({.display_name = NameOf(client)}));
    Device phone(place, "phone" + std::to_string(client + 1));
    (void)Must(phone.client().Enrol(
        {.activation_code = registered.activation_code.code, .device_name = "telefoon"}));
    phone.Sync();
    ways.emplace_back(registered.dossier_id, DrawWay(chance));
    LiveAWay(chance, phone, ways.back().second, client);
  }
  mentor.Sync();
  for (const auto& [dossier_id, way] : ways) AccompanyClient(chance, mentor, dossier_id, way);
  mentor.Sync();
  const Status status = mentor.client().GetStatus();
  std::printf("   mentor %d: %d clients, %lld refused\n", number, kClientsPerMentor,
              static_cast<long long>(status.rejected_count));
  std::fflush(stdout);
  if (status.rejected_count > 0) Stop(Must(mentor.client().Rejected()).front().error);
}

int Main(const std::vector<std::string>& arguments) {
  if (arguments.size() < 4) {
    std::fputs("brug-seed FOLDER SERVER CA_FILE CODE...\n", stderr);
    return 2;
  }
  Place place{.folder = arguments[0], .server = arguments[1], .ca_file = arguments[2], .ca_pem = {}};
  std::ifstream file(place.ca_file);
  place.ca_pem.assign(std::istreambuf_iterator<char>(file), {});
  for (std::size_t i = 3; i < arguments.size(); ++i)
    LiveWithMentor(place, static_cast<int>(i) - 2, arguments[i]);
  return 0;
}

}  // namespace
}  // namespace brug::demo

int main(int argc, char** argv) { return brug::demo::Main(std::vector<std::string>(argv + 1, argv + argc)); }
