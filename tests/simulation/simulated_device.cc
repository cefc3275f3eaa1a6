#include "tests/simulation/simulated_device.h"

#include <filesystem>
#include <utility>

#include "proto/crypto/seal.h"

namespace brug::simulation {

SimulatedKeyStore::SimulatedKeyStore(const SimulatedKeyStore& other, const SimulatedDisk& disk)
    : disk_(disk), random_(other.random_), nonce_(other.nonce_), device_key_(other.device_key_) {
  if (other.sealing_key_) sealing_key_ = other.sealing_key_->Clone();
}

Result<std::string> SimulatedKeyStore::Wrap(std::string_view key) {
  MakeKeys();
  return sealing_key_->Seal(key, "wrap", random_);
}

Result<std::string> SimulatedKeyStore::Unwrap(std::string_view wrapped) {
  MakeKeys();
  auto key = sealing_key_->Open(wrapped, "wrap");
  if (!key.has_value()) return Error{};
  return *key;
}

Result<std::string> SimulatedKeyStore::PublicKey() {
  MakeKeys();
  return device_key_->PublicKey().spki_der();
}

Result<std::string> SimulatedKeyStore::Sign(std::string_view message) {
  MakeKeys();
  return device_key_->Sign(message);
}

Result<void> SimulatedKeyStore::StoreNonce(std::string_view nonce) {
  if (disk_.off()) return Error{};
  nonce_ = std::string(nonce);
  return {};
}

Result<void> SimulatedKeyStore::Destroy() {
  if (disk_.off()) return Error{};
  sealing_key_.reset();
  device_key_.reset();
  nonce_.clear();
  return {};
}

void SimulatedKeyStore::MakeKeys() {
  if (!sealing_key_) sealing_key_ = crypto::SealingKey::Generate(random_);
  if (!device_key_)
    device_key_ = std::make_shared<const crypto::SigningKey>(crypto::SigningKey::Generate(random_));
}

SimulatedDevice::SimulatedDevice(const Time& time, Options options)
    : options_(std::move(options)),
      time_(time),
      clock_(time),
      random_(options_.seed),
      disk_(options_.folder),
      key_store_(options_.seed + 1, disk_) {
  std::filesystem::create_directories(options_.folder);
}

SimulatedDevice::SimulatedDevice(const SimulatedDevice& other, std::string folder, std::uint64_t seed)
    : options_({.folder = std::move(folder), .seed = seed, .decorate = other.options_.decorate}),
      time_(other.time_),
      clock_(other.time_),
      random_(seed),
      disk_(options_.folder),
      key_store_(other.key_store_, disk_) {
  std::filesystem::create_directories(options_.folder);
  SimulatedDisk::Image image;
  for (auto& [path, content] : other.disk_.Copy()) {
    image[options_.folder + path.substr(other.options_.folder.size())] = content;
  }
  disk_.Restore(image);
}

bool SimulatedDevice::Start() {
  error_.reset();
  ++incarnation_;
  auto storage = sdk::OpenSqliteStorage(options_.folder);
  if (!storage.ok()) {
    if (!disk_.off()) error_ = storage.error();
    return false;
  }
  storage_ = std::make_unique<WatchedStorage>(
      std::move(*storage), [this](const sdk::PendingRow& row) { last_ordinal_ = row.ordinal; },
      options_.decorate);
  auto core = sdk::Core::Open({.language = "nl"}, {.clock = &clock_,
                                                   .random = &random_,
                                                   .key_store = &key_store_,
                                                   .storage = storage_.get(),
                                                   .zones = &zones_});
  if (!core.ok() || disk_.off()) {
    if (!disk_.off()) error_ = core.error();
    storage_.reset();
    return false;
  }
  core_ = std::move(*core);
  return true;
}

void SimulatedDevice::Crash(Dice& chance) {
  disk_.CutPower();
  Stop();
  disk_.PowerOn(chance);
}

void SimulatedDevice::Stop() {
  core_.reset();
  storage_.reset();
}

sdk::Effects SimulatedDevice::Give(const sdk::Event& event) {
  sdk::Effects effects = core_->Step(event);
  if (disk_.off()) return {};
  return effects;
}

std::optional<sdk::Accepted> SimulatedDevice::Accept(const std::string& dossier_id, v1::Mutation mutation) {
  refused_.clear();
  auto accepted = core_->Accept(dossier_id, std::move(mutation));
  if (!accepted.ok()) {
    refused_ = disk_.off() ? "power" : accepted.error().reason;
    return std::nullopt;
  }
  // Given back means kept, also when the power goes at this very moment.
  accepted_[accepted->mutation_id] = {.mutation_id = accepted->mutation_id,
                                      .dossier_id = dossier_id,
                                      .ordinal = last_ordinal_,
                                      .at = clock_.Now() - clock_.skew};
  return *std::move(accepted);
}

void SimulatedDevice::DismissRejected() {
  auto rejected = core_->Rejected();
  if (!rejected.ok()) return;
  for (const sdk::RejectedMutation& refusal : *rejected) {
    const auto known = accepted_.find(refusal.mutation.mutation_id());
    // Before it is tried: the power may go after it was done.
    if (known != accepted_.end()) known->second.dismissed = true;
    if (!core_->DismissRejected(refusal.mutation.mutation_id()).ok()) return;
  }
}

void SimulatedDevice::ForgetAcceptedAfter(rules::Instant at) {
  std::erase_if(accepted_, [&](const auto& entry) { return entry.second.at > at; });
}

}  // namespace brug::simulation
