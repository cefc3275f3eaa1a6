#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "brug/v1/sync_service.pb.h"
#include "proto/crypto/random.h"
#include "proto/crypto/signature.h"
#include "service/domain/administration.h"
#include "service/domain/caseload.h"
#include "service/domain/enrolment.h"
#include "service/domain/nonces.h"
#include "service/domain/sessions.h"
#include "service/domain/sync.h"
#include "tests/support/dossier_story.h"

// The service's domain with people in it, in one process and one thread: real storage adapter, no wire. For
// tests of what only the service decides.
namespace brug::testing {

// Randomness that a seed repeats.
class SeededRandom final : public crypto::RandomSource {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void Fill(std::span<std::uint8_t> out) override;

 private:
  std::uint64_t state_;
};

class HeldClock final : public platform::Clock {
 public:
  [[nodiscard]] rules::Instant Now() const override { return now; }
  rules::Instant now = kNow;
};

// A device of somebody: what it keeps between calls.
struct TownDevice {
  std::string person_id;
  std::string device_id;
  std::string dossier_id;
  crypto::SigningKey key;
  std::uint64_t epoch = 1;
  std::map<std::string, std::int64_t> sequences = {};
  std::map<std::string, std::string> cursors = {};
  std::int64_t statements_seen = 0;
};

class Town {
 public:
  // Towns of one seed have the same ids and keys.
  explicit Town(std::unique_ptr<storage::Storage> storage, std::uint64_t seed = 1);

  // A mentor with a device; `roles` and team as the operator would give them.
  TownDevice Mentor(const std::string& name, std::vector<v1::Role> roles = {v1::ROLE_MENTOR},
                    const std::string& team_id = "");
  // A client of this mentor with a device.
  TownDevice Client(TownDevice& mentor, const std::string& name = "Samira");
  // Enrols a new key with a code; the failure's reason is in `enrolled.failure()`.
  platform::Result<TownDevice> Enrol(const std::string& code);

  // Runs an operation in a transaction, as the device's person, past the gate.
  template <typename Request, typename Response>
  platform::Result<Response> Do(const TownDevice& device,
                                platform::Result<Response> (*operation)(domain::Desk&, const Request&),
                                const Request& request) {
    platform::Result<Response> result = platform::Failure{};
    const storage::Work work = [&](storage::Transaction& transaction) {
      auto caller = domain::Identify(transaction, *keys_of_organisation, ClaimsOf(device));
      if (!caller.ok()) {
        result = caller.failure();
        return false;
      }
      domain::Desk desk{surroundings, transaction, *caller, keys_of_organisation, clock.now};
      result = operation(desk, request);
      return result.ok();
    };
    const auto written = store->Write({&work, 1});
    return written.ok() ? result : written.failure();
  }
  template <typename Request, typename Response>
  platform::Result<Response> Ask(const TownDevice& device,
                                 platform::Result<Response> (*operation)(const domain::ReadingDesk&,
                                                                         const Request&),
                                 const Request& request) {
    platform::Result<Response> result = platform::Failure{};
    const auto read = store->Read([&](const storage::Snapshot& snapshot) {
      auto caller = domain::Identify(snapshot, *keys_of_organisation, ClaimsOf(device));
      if (!caller.ok()) {
        result = caller.failure();
        return;
      }
      result = operation({surroundings, snapshot, *caller, keys_of_organisation, clock.now}, request);
    });
    return read.ok() ? result : read.failure();
  }
  // As the operator.
  template <typename Request, typename Response>
  platform::Result<Response> Administer(platform::Result<Response> (*operation)(domain::Desk&,
                                                                                const Request&),
                                        Request request) {
    request.set_organisation_id(organisation_id);
    platform::Result<Response> result = platform::Failure{};
    const storage::Work work = [&](storage::Transaction& transaction) {
      const domain::Caller caller = domain::OperatorOf(organisation_id);
      domain::Desk desk{surroundings, transaction, caller, keys_of_organisation, clock.now};
      result = operation(desk, request);
      return result.ok();
    };
    const auto written = store->Write({&work, 1});
    return written.ok() ? result : written.failure();
  }

  // Opens a session as a device with this key that shows what made it its person's.
  platform::Result<v1::OpenSessionResponse> OpenSession(const TownDevice& device,
                                                        const v1::Statement& enrolment,
                                                        const crypto::SigningKey& with_key);

  // Numbers the mutation for the device and dossier.
  v1::Mutation Number(TownDevice& device, v1::Mutation mutation, const std::string& dossier_id = "");
  // Pushes and pulls as it is; cursors and statements are not kept.
  platform::Result<v1::SyncResponse> Sync(const TownDevice& device, const v1::SyncRequest& request);
  // Numbers, pushes, and answers the one outcome.
  v1::Outcome Push(TownDevice& device, v1::Mutation mutation, const std::string& dossier_id = "");
  // Everything that the device may read of a dossier, by record id, fetched anew in pages of
  // `page_bytes_max`.
  std::map<std::string, v1::Record> Everything(const TownDevice& device, const std::string& dossier_id,
                                               int page_bytes_max = 0);

  domain::TokenClaims ClaimsOf(const TownDevice& device) const;
  std::string NewId() { return crypto::NewUuidV4(random); }

  HeldClock clock;
  SeededRandom random;
  TwoZones zones;
  domain::Nonces nonces;
  std::unique_ptr<storage::Storage> storage;
  // What is in the key file: another ring over the same key store opens with it.
  crypto::SealingKey master = crypto::SealingKey::Generate(random);
  domain::KeyRing keys;
  domain::Surroundings surroundings;
  std::string organisation_id;
  std::shared_ptr<const domain::OrganisationKeys> keys_of_organisation;
  storage::OrganisationStore* store = nullptr;
};

}  // namespace brug::testing
