#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/simulation/simulated_device.h"
#include "tests/simulation/simulated_service.h"
#include "tests/simulation/trace.h"

namespace brug::simulation {

// What befalls one call on its way; by itself a call takes a fraction of a second.
enum class Fate {
  kRequestLost,  // nothing was done; the device hears that nobody was reached
  kAnswerLost,   // it was done; the device hears that nobody was reached
  kNeverEnds,    // it was done, and there is no answer before the deadline
  kRepeated,     // the request arrives twice, the second time a while later
  kOvertaken,    // the device gives up, and the request arrives after those that came behind it
  kSlow,         // the answer takes half a minute
};
inline constexpr int kFateCount = 6;

// Somebody's device, and the line that it has.
struct Station {
  std::unique_ptr<SimulatedDevice> device;
  std::string person_id = {};
  std::string dossier_id = {};
  // Without a connection.
  bool cut_off = false;
  // Of the calls to come, one each; nothing for one that has no bad luck.
  std::deque<std::optional<Fate>> fates = {};
  // How long each call and each answer is on its way; drawn anew for each when nothing is said.
  std::optional<std::chrono::microseconds> latency = {};
  // After so many more effects the process ends, with what is behind undone; never when below 0.
  std::int64_t effects_left = -1;
  // The calls that no answer came to yet.
  std::set<std::uint64_t> open_calls = {};
  struct Watching {
    std::uint64_t watch_id = 0;
    std::string access_token = {};
    std::set<std::string> dossiers = {};
  };
  std::optional<Watching> watching = {};
  // What the core said to its app since somebody last looked.
  std::vector<sdk::SyncEnded> sync_ends = {};
  std::vector<sdk::Replied> replies = {};
};

// Who wants to know what happens. All of them do nothing unless overridden.
class Onlooker {
 public:
  virtual ~Onlooker() = default;
  // The service answered; the answer may not arrive.
  virtual void Answered(int /*station*/, const sdk::Call& /*call*/, const sdk::Answer& /*answer*/) {}
  // A commit of the service is durable.
  virtual void Committed(const domain::Hints& /*hints*/) {}
  // The device took an answer and is still running.
  virtual void Taken(int /*station*/, const sdk::Answer& /*answer*/) {}
  // The device accepted what its person meant to do.
  virtual void Accepted(int /*station*/, const std::string& /*dossier_id*/,
                        const sdk::Accepted& /*accepted*/) {}
  // Bad luck befell a call.
  virtual void Befell(Fate /*fate*/) {}
  // A process began again after it had ended, on purpose or not.
  virtual void DeviceStarted(int /*station*/) {}
  virtual void ServiceStarted() {}
};

// The service, the devices, the network between them and the time, in one process and on one thread:
//
//   what happens = a function of the seed and of what the world is told to do
//
// Nothing happens but in Advance() and in the functions that do something; nothing waits in real time.
class World {
 public:
  struct Options {
    // A folder of its own for lock files.
    std::string folder;
    std::uint64_t seed = 1;
    Adapter adapter = Adapter::kSqlite;
    // How faults are planted: before the service's storage, before each device's outbox, and on the way.
    SimulatedService::Decorate decorate_service = {};
    WatchedStorage::Decorate decorate_device = {};
    std::function<void(int station, sdk::Call&)> distort_request = {};
    std::function<void(int station, const sdk::Call&, sdk::Answer&)> distort_answer = {};
    // Whether fates are for syncs alone, and never for signing in.
    bool spoil_syncs_alone = false;
  };
  World(Options options, Onlooker& onlooker);
  ~World();

  // ---- People

  // A member of staff: their activation code.
  [[nodiscard]] std::string RegisterStaff(const std::string& name, const std::vector<v1::Role>& roles);
  // A new device; nobody's yet. Its number.
  int NewStation();
  // Enrols the device and waits for it; false when it did not come to that.
  bool Enrol(int station, const std::string& activation_code);

  // ---- What happens

  // Lets the time pass, and whatever falls within it happen.
  void Advance(std::chrono::microseconds by);
  // Starts whatever has ended: service and all devices.
  void StartAll();
  bool EnsureRunning(int station);
  // Gives the device an event, and carries out what follows.
  void Give(int station, const sdk::Event& event);
  // As SimulatedDevice::Accept; the world sees to it when the power goes.
  std::optional<sdk::Accepted> Accept(int station, const std::string& dossier_id, v1::Mutation mutation);
  // Makes a call for the app and waits up to a minute: the answer, or why there is none.
  [[nodiscard]] sdk::Replied Ask(int station, sdk::Method method, std::string request);
  // Syncs and waits up to `wait`; nothing when all went well.
  std::optional<Error> Sync(int station, std::chrono::microseconds wait = std::chrono::minutes(2));
  void CrashDevice(int station);
  void CrashService();
  // The jobs of the service, once.
  void RunJobs();
  // The person has read what was refused.
  void DismissRejected(int station);
  // As an orderly end of the process and a new beginning.
  void RestartDevice(int station);

  // What befalls the next call that is to be done once, whoever makes it.
  void SpoilNextRequest(Fate fate) { next_request_fate_ = fate; }
  // The device's files are put back; its key store is not.
  void RestoreDevice(int station, const SimulatedDisk::Image& image);
  // Another device that has all that this one has now, its key store too; it does not run yet. Its number.
  int CloneStation(int station);
  // The service is put back to a backup, and begins again.
  void RestoreService(const SimulatedService::Backup& backup);

  [[nodiscard]] Time& time() { return time_; }
  [[nodiscard]] SimulatedService& service() { return service_; }
  [[nodiscard]] Station& station(int number) { return *stations_[static_cast<std::size_t>(number)]; }
  [[nodiscard]] SimulatedDevice& device(int number) { return *station(number).device; }
  [[nodiscard]] int station_count() const { return static_cast<int>(stations_.size()); }
  [[nodiscard]] Trace& trace() { return trace_; }
  [[nodiscard]] Dice& chance() { return chance_; }
  [[nodiscard]] std::string NewId() { return crypto::NewUuidV4(chance_); }

 private:
  void At(rules::Instant at, std::function<void()> what);
  void In(std::chrono::microseconds delay, std::function<void()> what) {
    At(time_.now + delay, std::move(what));
  }
  // The same, unless the device's process has ended meanwhile.
  void InProcess(int station, std::chrono::microseconds delay, std::function<void()> what);
  [[nodiscard]] std::chrono::microseconds Latency();
  [[nodiscard]] std::chrono::microseconds LatencyOf(int station);

  void Carry(int station, sdk::Effects effects);
  void Send(int station, const sdk::Call& call);
  // The request reaches the service; the answer goes back unless it is not wanted.
  void Arrive(int station, const sdk::Call& call, bool answer_wanted, std::chrono::microseconds on_the_way);
  void Deliver(int station, const sdk::Answer& answer);
  void BeginWatch(int station, const sdk::StartWatch& watch);
  void EndWatch(int station);
  void Hint(const domain::Hints& hints);
  void NotePower(int station);
  void StartService();

  const Options options_;
  Onlooker& onlooker_;
  Time time_;
  Trace trace_;
  Dice chance_;
  SimulatedService service_;
  std::vector<std::unique_ptr<Station>> stations_;
  std::uint64_t events_made_ = 0;
  std::map<std::pair<rules::Instant, std::uint64_t>, std::function<void()>> events_;
  std::uint64_t last_request_id_ = 0;
  std::optional<Fate> next_request_fate_;
};

}  // namespace brug::simulation
