#include "tests/support/town.h"

#include <gtest/gtest.h>

#include "service/domain/learn_again.h"

namespace brug::testing {

void SeededRandom::Fill(std::span<std::uint8_t> out) {
  for (std::uint8_t& byte : out) {
    // splitmix64 (Steele, Lea and Flood 2014).
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    byte = static_cast<std::uint8_t>(z ^ (z >> 31));
  }
}

Town::Town(std::unique_ptr<storage::Storage> kept, std::uint64_t seed)
    : random(seed),
      storage(std::move(kept)),
      keys(storage->keys(), master.Clone(), random),
      surroundings{clock, random, zones, *storage, keys} {
  v1::CreateOrganisationRequest request;
  request.set_request_id(NewId());
  request.set_display_name("Gemeente");
  auto made = domain::CreateOrganisation(surroundings, request, clock.now);
  organisation_id = made->organisation().organisation_id();
  keys_of_organisation = *keys.Organisation(organisation_id);
  store = *storage->OpenOrganisation(organisation_id);
}

TownDevice Town::Mentor(const std::string& name, std::vector<v1::Role> roles, const std::string& team_id) {
  v1::RegisterStaffRequest request;
  request.set_request_id(NewId());
  request.set_display_name(name);
  for (const v1::Role role : roles) request.add_roles(role);
  request.set_team_id(team_id);
  auto registered = Administer(domain::RegisterStaff, request);
  return *Enrol(registered->activation_code());
}

TownDevice Town::Client(TownDevice& mentor, const std::string& name) {
  v1::RegisterClientRequest request;
  request.set_request_id(NewId());
  request.set_display_name(name);
  auto registered = Do(mentor, domain::RegisterClient, request);
  return *Enrol(registered->activation_code());
}

platform::Result<TownDevice> Town::Enrol(const std::string& code) {
  TownDevice device{
      .person_id = {}, .device_id = {}, .dossier_id = {}, .key = crypto::SigningKey::Generate(random)};
  v1::EnrolRequest request;
  request.set_activation_code(code);
  request.set_public_key(device.key.PublicKey().spki_der());
  request.set_nonce(nonces.Give(random, clock.now)->nonce);
  request.set_device_name("phone");
  std::string plain = code;
  std::erase(plain, '-');
  request.set_signature(
      device.key.Sign(domain::ProofMessage("brug.v1.Enrol", {request.nonce(), request.public_key(), plain})));
  auto claimed = domain::ClaimCode(surroundings, nonces, request, clock.now);
  if (!claimed.ok()) return claimed.failure();
  platform::Result<v1::EnrolResponse> enrolled = platform::Failure{};
  const storage::Work work = [&](storage::Transaction& transaction) {
    auto caller = domain::CallerOf(transaction, *keys_of_organisation, {.person_id = claimed->person_id});
    domain::Desk desk{surroundings, transaction, *caller, keys_of_organisation, clock.now};
    enrolled = domain::Enrol(desk, *claimed, request);
    return enrolled.ok();
  };
  const auto written = store->Write({&work, 1});
  if (!written.ok()) return written.failure();
  if (!enrolled.ok()) return enrolled.failure();
  device.person_id = enrolled->device().person_id();
  device.device_id = enrolled->device().device_id();
  device.dossier_id = enrolled->dossier_id();
  return device;
}

platform::Result<v1::OpenSessionResponse> Town::OpenSession(const TownDevice& device,
                                                            const v1::Statement& enrolment,
                                                            const crypto::SigningKey& with_key) {
  v1::OpenSessionRequest request;
  request.set_device_id(device.device_id);
  request.set_organisation_id(organisation_id);
  request.set_nonce("nonce");
  request.set_signature(with_key.Sign(
      domain::ProofMessage("brug.v1.OpenSession", {"nonce", organisation_id, device.device_id})));
  *request.mutable_enrolment() = enrolment;
  request.set_public_key(with_key.PublicKey().spki_der());
  platform::Result<v1::OpenSessionResponse> opened = platform::Failure{};
  const storage::Work work = [&](storage::Transaction& transaction) {
    const domain::Caller nobody;
    domain::Desk desk{surroundings, transaction, nobody, keys_of_organisation, clock.now};
    opened = domain::OpenSession(desk, request);
    return opened.ok();
  };
  EXPECT_TRUE(store->Write({&work, 1}).ok());
  return opened;
}

v1::Mutation Town::Number(TownDevice& device, v1::Mutation mutation, const std::string& dossier_id) {
  const std::string& dossier = dossier_id.empty() ? device.dossier_id : dossier_id;
  mutation.set_mutation_id(crypto::NewUuidV7(
      random, std::chrono::floor<std::chrono::milliseconds>(clock.now).time_since_epoch().count()));
  mutation.set_dossier_id(dossier);
  mutation.set_epoch(device.epoch);
  mutation.set_sequence(++device.sequences[dossier]);
  *mutation.mutable_occurred_at() = rules::ToTimestamp(clock.now);
  return mutation;
}

platform::Result<v1::SyncResponse> Town::Sync(const TownDevice& device, const v1::SyncRequest& request) {
  v1::SyncResponse response;
  if (auto limits = domain::CheckLimits(request); !limits.ok()) return limits.failure();
  platform::Result<void> result;
  const storage::Work work = [&](storage::Transaction& transaction) {
    auto caller = domain::Identify(transaction, *keys_of_organisation, ClaimsOf(device));
    if (!caller.ok()) {
      result = caller.failure();
      return false;
    }
    domain::Desk desk{surroundings, transaction, *caller, keys_of_organisation, clock.now};
    result = domain::Push(desk, request, response);
    return result.ok();
  };
  if (auto written = store->Write({&work, 1}); !written.ok()) return written.failure();
  if (!result.ok()) return result.failure();
  const auto read = store->Read([&](const storage::Snapshot& snapshot) {
    auto caller = domain::Identify(snapshot, *keys_of_organisation, ClaimsOf(device));
    result =
        domain::Pull({surroundings, snapshot, *caller, keys_of_organisation, clock.now}, request, response);
  });
  if (!read.ok()) return read.failure();
  if (!result.ok()) return result.failure();
  return response;
}

v1::Outcome Town::Push(TownDevice& device, v1::Mutation mutation, const std::string& dossier_id) {
  v1::SyncRequest request;
  *request.add_mutations() = Number(device, std::move(mutation), dossier_id);
  return Sync(device, request)->outcomes(0);
}

std::map<std::string, v1::Record> Town::Everything(const TownDevice& device, const std::string& dossier_id,
                                                   int page_bytes_max) {
  std::map<std::string, v1::Record> records;
  std::map<std::string, std::string> cursors;
  std::int64_t statements_seen = 0;
  bool more = true;
  while (more) {
    v1::SyncRequest request;
    request.set_page_bytes_max(page_bytes_max);
    request.set_statements_seen(statements_seen);
    for (const auto& [dossier, cursor] : cursors) {
      request.add_cursors()->set_dossier_id(dossier);
      request.mutable_cursors(request.cursors_size() - 1)->set_cursor(cursor);
    }
    auto response = Sync(device, request);
    if (!response.ok()) return {};
    if (!response->statements().empty()) statements_seen = domain::NumberOf(*response->statements().rbegin());
    for (const v1::DossierPage& page : response->pages()) {
      cursors[page.dossier_id()] = page.cursor();
      if (page.dossier_id() != dossier_id) continue;
      if (page.snapshot()) records.clear();
      for (const v1::Record& record : page.records()) {
        if (record.deleted()) {
          records.erase(record.record_id());
        } else {
          records[record.record_id()] = record;
        }
      }
    }
    more = response->more();
  }
  return records;
}

domain::TokenClaims Town::ClaimsOf(const TownDevice& device) const {
  return {.organisation_id = organisation_id,
          .person_id = device.person_id,
          .device_id = device.device_id,
          .expires_at = clock.now + domain::kSessionLife};
}

}  // namespace brug::testing
