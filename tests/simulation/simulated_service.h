#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "client-sdk/src/sync/event.h"
#include "proto/zones/zones.h"
#include "service/domain/administration.h"
#include "service/domain/nonces.h"
#include "service/gate/admission.h"
#include "service/gate/identity.h"
#include "service/gate/rates.h"
#include "service/gate/wrong_tries.h"
#include "service/rpc/operations.h"
#include "service/storage_memory/memory_storage.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/simulated_clock.h"
#include "tests/simulation/simulated_disk.h"

namespace brug::simulation {

// Where the service keeps what it knows.
enum class Adapter { kSqlite, kMemory };

// The service in this process and on this thread: the real domain over a real storage adapter, called with
// what the SDK's core sends and answering what it takes. Only gRPC, threads and sockets are left out; which
// operation a call is and who may make it stands in service/rpc/operations.h.
//
// Thread safety: one thread.
class SimulatedService {
 public:
  // Puts another storage between the domain and the adapter: how faults are planted. Owned by the caller, who
  // keeps it as long as the service runs.
  using Decorate = std::function<std::unique_ptr<storage::Storage>(std::unique_ptr<storage::Storage>)>;
  struct Options {
    Adapter adapter = Adapter::kSqlite;
    // A folder for the lock files; made when it is not there.
    std::string folder;
    std::uint64_t seed = 1;
    Decorate decorate = {};
  };

  SimulatedService(const Time& time, Options options);
  ~SimulatedService();

  // ---- Its life

  // Begins the process; false when the power went meanwhile: then Crash() and again.
  [[nodiscard]] bool Start();
  [[nodiscard]] bool running() const { return process_ != nullptr; }
  // The process ends at once, and the disk keeps what a crash leaves. In memory nothing is lost.
  void Crash(Dice& chance);
  // Ends the process in good order.
  void Stop();
  [[nodiscard]] SimulatedDisk& disk() { return disk_; }

  // Everything but the keys, which have backups of their own.
  struct Backup {
    rules::Instant at = {};
    SimulatedDisk::Image files = {};
    std::shared_ptr<const storage::MemoryStorage::Copy> memory = {};
  };
  [[nodiscard]] Backup BackUp() const;
  // Devices may hear from now on that a backup of this moment has what these dossiers have.
  void TellBackedUp(const std::vector<std::string>& dossier_ids);
  // The service, which has stopped, is put back to that and begins again, as the operator's tool and brugd
  // do: that it was put back is noted before anybody is served.
  void PutBack(const Backup& backup);

  // Makes the one organisation. At the first start.
  void Found();
  [[nodiscard]] const std::string& organisation_id() const { return organisation_id_; }

  // ---- What is asked of it

  // The answer to a call; nothing when the power went before there was one. Calls `hints` after a commit.
  [[nodiscard]] std::optional<sdk::Answer> Take(const sdk::Call& call);
  // As the operator.
  template <typename Request, typename Response>
  platform::Result<Response> Administer(platform::Result<Response> (*operation)(domain::Desk&,
                                                                                const Request&),
                                        Request request) {
    request.set_organisation_id(organisation_id_);
    platform::Result<Response> result = platform::Failure{};
    const bool written = Write([&](domain::Desk& desk) {
      result = operation(desk, request);
      return result.ok();
    });
    return written || !result.ok() ? result : platform::Failure{.log_detail = "not written"};
  }
  // What a service does of its own accord, in one transaction; nothing of it stays when `work` says false.
  bool Write(const std::function<bool(domain::Desk&)>& work);
  // From now on calls are let in as brugd does it; each of them keeps its place for that long.
  void LetInAtAPace(const gate::Admission::Limits& limits, std::chrono::microseconds work);
  // As brugd runs its jobs.
  void RunJobs();
  // The dossiers that the person of an access token may watch; nothing when they may not.
  [[nodiscard]] std::optional<std::vector<std::string>> Watchable(const std::string& access_token);

  // ---- For whoever looks on

  // What is on the disk, without whatever decorates it. Not while the power is off.
  void Look(const std::function<void(const storage::Snapshot&)>& look) const;
  [[nodiscard]] std::shared_ptr<const domain::DossierKeys> KeysOf(const std::string& dossier_id);
  [[nodiscard]] const domain::OrganisationKeys& keys() const;
  [[nodiscard]] rules::Instant now() const { return clock_.Read(); }
  [[nodiscard]] ServiceClock& clock() { return clock_; }
  // What was committed, after the commit.
  std::function<void(const domain::Hints&)> on_hints = [](const domain::Hints&) {};

 private:
  struct Process;
  using Result = platform::Result<std::string>;

  [[nodiscard]] Result Dispatch(const sdk::Call& call);
  [[nodiscard]] Result Sync(const sdk::Call& call);
  [[nodiscard]] Result GetNonce(const sdk::Call& call);
  [[nodiscard]] Result Enrol(const sdk::Call& call);
  [[nodiscard]] Result OpenSession(const sdk::Call& call);
  [[nodiscard]] Result Redeem(const sdk::Call& call);
  [[nodiscard]] Result GetVoucherKeys(const sdk::Call& call);
  [[nodiscard]] platform::Result<rpc::Guest> LetIn(const sdk::Call& call);
  [[nodiscard]] platform::Result<void> TakePlace(const std::string& device_id);
  template <template <typename, typename> typename Rpc, typename Request, typename Response>
  [[nodiscard]] Result Run(const sdk::Call& call, const Rpc<Request, Response>& rpc);
  template <typename Request, typename Response>
  platform::Result<Response> InOrganisation(const rpc::WritingRpc<Request, Response>& rpc,
                                            const rpc::Guest& guest, const Request& request);
  template <typename Request, typename Response>
  platform::Result<Response> InOrganisation(const rpc::ReadingRpc<Request, Response>& rpc,
                                            const rpc::Guest& guest, const Request& request);
  template <typename Response>
  platform::Result<Response> Commit(
      const std::function<platform::Result<Response>(storage::Transaction&, domain::Hints&)>& body);

  const Options options_;
  ServiceClock clock_;
  Dice random_;
  crypto::SealingKey master_;
  zones::SystemZones zones_;
  SimulatedDisk disk_;
  // What the memory adapter keeps over a crash.
  std::unique_ptr<storage::Storage> kept_;
  storage::Storage* kept_adapter_ = nullptr;
  // The memory adapter; nothing with the other.
  storage::MemoryStorage* memory_ = nullptr;
  std::string organisation_id_;
  std::optional<gate::Admission> admission_;
  std::chrono::microseconds work_{0};
  // Those inside, and until when.
  std::deque<std::pair<rules::Instant, gate::Admission::Place>> places_;
  std::unique_ptr<Process> process_;
};

}  // namespace brug::simulation
