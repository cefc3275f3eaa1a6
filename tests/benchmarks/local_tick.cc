#include <brug/client.h>
#include <sqlite3.h>

#include <chrono>
#include <stdexcept>

#include "tests/benchmarks/measure.h"
#include "tests/support/running_service.h"
#include "tests/support/temporary_folder.h"

namespace brug::bench {
namespace {

using Clock = std::chrono::steady_clock;

// What a tick costs on a device's disk: its mutation and the row around it, sealed.
constexpr int kTickBytes = 300;

template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.error().reason + ": " + result.error().message);
  return std::move(result).value();
}

// Raw SQLite, one row a commit, durable against loss of power.
class RawSqlite {
 public:
  explicit RawSqlite(const std::string& path) {
    if (sqlite3_open(path.c_str(), &database_) != SQLITE_OK) throw std::runtime_error("no raw database");
    sqlite3_exec(
        database_,
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, row BLOB)",
        nullptr, nullptr, nullptr);
    sqlite3_prepare_v2(database_, "INSERT INTO t (row) VALUES (randomblob(?))", -1, &insert_, nullptr);
  }
  ~RawSqlite() {
    sqlite3_finalize(insert_);
    sqlite3_close(database_);
  }
  void Commit() {
    sqlite3_bind_int(insert_, 1, kTickBytes);
    if (sqlite3_step(insert_) != SQLITE_DONE) throw std::runtime_error("the raw insert failed");
    sqlite3_reset(insert_);
  }

 private:
  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

// A client's device with a plan, and without signal from then on.
Client OfflineClient(const std::string& directory, std::string& step_id) {
  test::RunningService service;
  const std::string organisation = service.CreateOrganisation("Bench");
  const auto open = [&](const std::string& name) {
    return Must(
        Client::Open({.directory = directory + "/" + name,
                      .server = service.address(),
                      .root_certificate_pem = service.root_certificate_pem(),
                      .spki_pins = {},
                      .server_name = {},
                      .language = "en",
                      .key_store = std::make_shared<FileKeyStore>(directory + "/" + name + "-keys")}));
  };
  Client mentor = open("mentor");
  const auto staff = service.RegisterStaff({.organisation_id = organisation, .display_name = "Mentor"});
  Must(mentor.Enrol({.activation_code = staff.activation_code, .device_name = "laptop"}));
  Client::NewClient person;
  person.display_name = "Client";
  const RegisteredClient registered = Must(mentor.RegisterClient(person));
  Client client = open("client");
  Must(client.Enrol({.activation_code = registered.activation_code.code, .device_name = "phone"}));
  if (const auto synced = client.SyncNow(); !synced.ok()) throw std::runtime_error(synced.error().message);
  Dossier dossier = Must(client.OwnDossier());
  NewStep step;
  step.goal_id =
      Must(dossier.CreateGoal({.domain_id = "housing", .title = "Home", .why = {}, .target_date = {}}));
  step.title = "Open the mail";
  step.recurrence = EveryDays{1};
  step_id = Must(dossier.CreateStep(step));
  return client;
}

}  // namespace

// The outbox holds 10,000 mutations at most, so both sides do a fixed number a turn and the time is measured.
void MeasureLocalTick(const Effort& effort, const std::string& only) {
  if (!std::string("local_tick").starts_with(only)) return;
  constexpr int kTicksPerTurn = 400;
  const TemporaryFolder directory;
  std::string step_id;
  Client client = OfflineClient(directory.path(), step_id);
  Dossier dossier = Must(client.OwnDossier());
  RawSqlite raw(directory / "raw.db");
  bool done = false;
  const auto microseconds_each = [&](const auto& act) {
    const auto begun = Clock::now();
    for (int i = 0; i < kTicksPerTurn; ++i) act();
    return std::chrono::duration<double, std::micro>(Clock::now() - begun).count() / kTicksPerTurn;
  };
  const Pairs pairs = InTurns(
      effort.pairs_count,
      [&] {
        return microseconds_each([&] {
          done = !done;
          const auto ticked = dossier.Tick({.step_id = step_id,
                                            .date = {},
                                            .state = done ? TickState::kDone : TickState::kCleared,
                                            .note = {},
                                            .done_at = {}});
          if (!ticked.ok()) throw std::runtime_error(ticked.error().message);
        });
      },
      [&] { return microseconds_each([&] { raw.Commit(); }); });
  Print({.name = "local_tick",
         .value = pairs.a,
         .unit = "us, durable against power loss",
         .limit_name = "raw SQLite commit of the same bytes, synchronous=FULL",
         .limit = pairs.b,
         .ratio = pairs.ratio,
         .goal = 1.3,
         .ok = pairs.ratio <= 1.3});
}

}  // namespace brug::bench
