#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "client-sdk/src/sync/core.h"
#include "proto/crypto/signature.h"
#include "proto/zones/zones.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/simulated_clock.h"
#include "tests/simulation/simulated_disk.h"
#include "tests/simulation/watched_storage.h"

namespace brug::simulation {

// A device's secure hardware: outlives every crash, and is in no backup.
class SimulatedKeyStore final : public KeyStore {
 public:
  // Without power, which is that of `disk`, nothing changes.
  SimulatedKeyStore(std::uint64_t seed, const SimulatedDisk& disk) : disk_(disk), random_(seed) {}
  SimulatedKeyStore(const SimulatedKeyStore& other, const SimulatedDisk& disk);

  Result<std::string> Wrap(std::string_view key) override;
  Result<std::string> Unwrap(std::string_view wrapped) override;
  Result<std::string> PublicKey() override;
  Result<std::string> Sign(std::string_view message) override;
  Result<std::string> LoadNonce() override { return nonce_; }
  Result<void> StoreNonce(std::string_view nonce) override;
  Result<void> Destroy() override;

 private:
  void MakeKeys();

  const SimulatedDisk& disk_;
  Dice random_;
  std::string nonce_;
  std::optional<crypto::SealingKey> sealing_key_;
  std::shared_ptr<const crypto::SigningKey> device_key_;
};

// A mutation that the device accepted, as its person knows it.
struct AcceptedMutation {
  std::string mutation_id;
  std::string dossier_id;
  std::int64_t ordinal = 0;
  // By the time, not by the device's clock.
  rules::Instant at;
  bool dismissed = false;
};

// Somebody's device in this process: the real SDK core over its real SQLite adapter, on a disk and key store
// of its own. It does nothing by itself: whoever has it gives it events and carries out its effects.
//
// Thread safety: one thread.
class SimulatedDevice {
 public:
  struct Options {
    // A folder for the lock file; made when it is not there.
    std::string folder;
    std::uint64_t seed = 1;
    WatchedStorage::Decorate decorate = {};
  };
  SimulatedDevice(const Time& time, Options options);
  // One that has the files and the key store of another as they are now.
  SimulatedDevice(const SimulatedDevice& other, std::string folder, std::uint64_t seed);

  // ---- Its life

  // Begins the process; false when the power went meanwhile (then Crash() and again), or the storage says
  // `error`.
  [[nodiscard]] bool Start();
  [[nodiscard]] bool running() const { return core_ != nullptr; }
  // What the last Start that was false said; nothing when it was the power.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  // The process ends at once; the disk keeps what a crash leaves. Start() it again.
  void Crash(Dice& chance);
  // The process ends in good order.
  void Stop();
  [[nodiscard]] SimulatedDisk& disk() { return disk_; }
  [[nodiscard]] const std::string& folder() const { return options_.folder; }
  [[nodiscard]] DeviceClock& clock() { return clock_; }
  // Raised with each start: what was under way before is nobody's.
  [[nodiscard]] std::uint64_t incarnation() const { return incarnation_; }

  // ---- What it is told

  // Gives an event; the effects, none when the power went meanwhile.
  [[nodiscard]] sdk::Effects Give(const sdk::Event& event);
  // Accepts what the person means to do, and remembers it. Nothing when it was refused or the power went: the
  // reason is in `refused`.
  std::optional<sdk::Accepted> Accept(const std::string& dossier_id, v1::Mutation mutation);
  [[nodiscard]] const std::string& refused() const { return refused_; }
  // Dismisses what was refused.
  void DismissRejected();

  [[nodiscard]] sdk::Core& core() { return *core_; }
  [[nodiscard]] sdk::Storage& storage() { return *storage_; }
  // All that was ever accepted here, by mutation id.
  [[nodiscard]] const std::map<std::string, AcceptedMutation>& accepted() const { return accepted_; }
  // A phone that was put back knows nothing of what came after.
  void ForgetAcceptedAfter(rules::Instant at);

 private:
  const Options options_;
  const Time& time_;
  DeviceClock clock_;
  Dice random_;
  SimulatedDisk disk_;
  SimulatedKeyStore key_store_;
  zones::SystemZones zones_;
  std::uint64_t incarnation_ = 0;
  std::optional<Error> error_;
  std::string refused_;
  std::int64_t last_ordinal_ = 0;
  std::map<std::string, AcceptedMutation> accepted_;
  std::unique_ptr<sdk::Storage> storage_;
  std::unique_ptr<sdk::Core> core_;
};

}  // namespace brug::simulation
