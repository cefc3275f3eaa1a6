#include "service/domain/enrolment.h"

#include <algorithm>

#include "proto/crypto/bytes.h"
#include "proto/crypto/crockford.h"
#include "proto/crypto/hash.h"
#include "proto/rules/apply.h"
#include "proto/rules/limits.h"
#include "proto/rules/validate.h"
#include "service/domain/activation.h"
#include "service/domain/answers.h"
#include "service/domain/dossier_writer.h"
#include "service/domain/learn_again.h"
#include "service/domain/organisation_records.h"
#include "service/domain/paging.h"
#include "service/domain/relations.h"
#include "service/domain/sessions.h"
#include "service/domain/statements.h"

namespace brug::domain {
namespace {

using platform::Failure;
using platform::Result;

constexpr std::string_view kEnrolPurpose = "brug.v1.Enrol";
constexpr std::string_view kSessionPurpose = "brug.v1.OpenSession";

Failure CodeNotValid() { return {.reason = v1::ERROR_REASON_CODE_NOT_VALID, .field = "activation_code"}; }
Failure ProofNotValid() { return {.reason = v1::ERROR_REASON_PROOF_NOT_VALID, .field = "signature"}; }
Failure NotAllowed(std::string field) {
  return {.reason = v1::ERROR_REASON_NOT_ALLOWED, .field = std::move(field)};
}

bool HasLiveDevice(const storage::DirectoryReads& directory, const std::string& person_id) {
  const auto devices = directory.DevicesOf(person_id);
  return std::any_of(devices.begin(), devices.end(),
                     [](const storage::DeviceRow& device) { return device.state == v1::DEVICE_STATE_LIVE; });
}

// What follows when a device becomes live: its enrolment, signed.
Result<v1::Statement> StateEnrolment(Desk& desk, const storage::DeviceRow& device,
                                     const std::vector<v1::Role>& roles) {
  v1::StatementContent content;
  content.mutable_enrolment()->set_device_id(device.device_id);
  content.mutable_enrolment()->set_public_key_sha256(crypto::Sha256(device.public_key));
  for (const v1::Role role : roles) content.mutable_enrolment()->add_roles(role);
  const auto person = desk.transaction.FindPerson(device.person_id);
  if (person) content.mutable_enrolment()->set_dossier_id(person->dossier_id);
  return MakeStatement(desk, device.person_id, std::move(content));
}

// The statement that made the device live; nothing while it waits.
std::optional<v1::Statement> EnrolmentOf(const storage::DirectoryReads& directory,
                                         const storage::DeviceRow& device) {
  std::int64_t after = 0;
  constexpr std::int64_t kRowsMax = 200;
  while (true) {
    const auto rows = directory.StatementsFor(device.person_id, after, kRowsMax);
    for (const storage::StatementRow& row : rows) {
      v1::Statement statement;
      v1::StatementContent content;
      if (statement.ParseFromString(row.statement) && content.ParseFromString(statement.content()) &&
          content.enrolment().device_id() == device.device_id) {
        return statement;
      }
      after = row.number;
    }
    if (static_cast<std::int64_t>(rows.size()) < kRowsMax) return std::nullopt;
  }
}

Result<std::string> DisplayNameOf(Desk& desk, const storage::PersonRow& person) {
  if (person.staff) return StaffMemberOf(*desk.keys, person).display_name();
  auto writer = DossierWriter::Open(desk, person.dossier_id);
  if (!writer.ok()) return writer.failure();
  if (!writer->has_value()) return Failure{.log_detail = "a client without a dossier"};
  const auto profile = (*writer)->view().Find(rules::kProfileId);
  return profile ? profile->profile().display_name() : std::string();
}

Result<std::string> OrganisationName(const Desk& desk) {
  auto organisations = desk.surroundings.storage.registry().ListOrganisations();
  if (!organisations.ok()) return organisations.failure();
  for (const storage::OrganisationRow& row : *organisations) {
    if (row.organisation_id == desk.keys->organisation_id) return row.display_name;
  }
  return Failure{.log_detail = "an organisation that is not registered"};
}

// The device that the request brings, as it is or as it becomes.
Result<storage::DeviceRow> FindOrInsertDevice(Desk& desk, const Claimed& claimed,
                                              const v1::EnrolRequest& request) {
  if (auto device = desk.transaction.FindDevice(claimed.device_id)) return *std::move(device);
  const bool live = !HasLiveDevice(desk.transaction, claimed.person_id);
  storage::DeviceRow device{
      .device_id = claimed.device_id,
      .person_id = claimed.person_id,
      .public_key = request.public_key(),
      .state = live ? v1::DEVICE_STATE_LIVE : v1::DEVICE_STATE_WAITING,
      .sealed_name = SealForOrganisation(*desk.keys, "device/" + claimed.device_id, request.device_name(),
                                         desk.surroundings.random),
      .enrolled_at_us = ToMicroseconds(desk.now)};
  if (!desk.transaction.InsertDevice(device)) return Failure{.log_detail = "two devices took one id"};
  if (live) {
    const auto statement = StateEnrolment(desk, device, desk.caller.roles);
    if (!statement.ok()) return statement.failure();
  }
  desk.hints.people.insert(claimed.person_id);
  return device;
}

std::optional<crypto::VerifyingKey> KeyOf(const OrganisationKeys& keys, const storage::DeviceRow& device,
                                          const v1::OpenSessionRequest& request) {
  if (!device.public_key.empty()) return crypto::VerifyingKey::FromSpkiDer(device.public_key);
  return crypto::VerifyingKey::FromSpkiDer(KeyShownFor(keys, request));
}

}  // namespace

Result<Claimed> ClaimCode(const Surroundings& surroundings, Nonces& nonces, const v1::EnrolRequest& request,
                          rules::Instant now) {
  if (const auto reason = rules::CheckText(request.device_name(), {rules::kNameBytesMax, true})) {
    return Failure{.reason = *reason, .field = "device_name"};
  }
  const auto code = crypto::NormaliseCode(request.activation_code());
  const auto key = crypto::VerifyingKey::FromSpkiDer(request.public_key());
  if (!key) return Failure{.reason = v1::ERROR_REASON_PROOF_NOT_VALID, .field = "public_key"};
  const std::string proof =
      ProofMessage(kEnrolPurpose, {request.nonce(), request.public_key(), code.value_or(std::string())});
  if (!nonces.Take(request.nonce(), now))
    return Failure{.reason = v1::ERROR_REASON_PROOF_NOT_VALID, .field = "nonce"};
  if (!code || code->size() != kActivationCodeSymbols) return CodeNotValid();
  if (!key->Verify(proof, request.signature())) return ProofNotValid();

  storage::Registry& registry = surroundings.storage.registry();
  const std::string code_hmac = ActivationCodeHmac(surroundings.keys, *code);
  const std::string key_sha256 = crypto::Sha256(request.public_key());
  auto row = registry.FindCode(code_hmac);
  if (!row.ok()) return row.failure();
  if (!row->has_value() || FromMicroseconds((*row)->expires_at_us) <= now) return CodeNotValid();
  if ((*row)->bound_key_sha256.empty()) {
    const auto bound = registry.BindCode(code_hmac, key_sha256, crypto::NewUuidV4(surroundings.random));
    if (!bound.ok()) return bound.failure();
    row = registry.FindCode(code_hmac);
    if (!row.ok()) return row.failure();
    if (!row->has_value()) return CodeNotValid();
  }
  if ((*row)->bound_key_sha256 != key_sha256) return CodeNotValid();
  return Claimed{.organisation_id = (*row)->organisation_id,
                 .person_id = (*row)->person_id,
                 .device_id = (*row)->device_id};
}

Result<v1::EnrolResponse> Enrol(Desk& desk, const Claimed& claimed, const v1::EnrolRequest& request) {
  const auto person = desk.transaction.FindPerson(claimed.person_id);
  if (!person || !person->active) return CodeNotValid();
  auto device = FindOrInsertDevice(desk, claimed, request);
  if (!device.ok()) return device.failure();
  auto display_name = DisplayNameOf(desk, *person);
  if (!display_name.ok()) return display_name.failure();
  auto organisation_name = OrganisationName(desk);
  if (!organisation_name.ok()) return organisation_name.failure();

  v1::EnrolResponse response;
  *response.mutable_device() = DeviceOf(*desk.keys, *device);
  response.set_organisation_id(desk.keys->organisation_id);
  response.set_organisation_name(*organisation_name);
  response.set_display_name(*display_name);
  for (const v1::Role role : desk.caller.roles) response.add_roles(role);
  for (v1::OrganisationKey& key : PublicKeys(*desk.keys)) *response.add_organisation_keys() = std::move(key);
  if (auto statement = EnrolmentOf(desk.transaction, *device))
    *response.mutable_statement() = *std::move(statement);
  response.set_dossier_id(person->dossier_id);
  return response;
}

Result<v1::OpenSessionResponse> OpenSession(Desk& desk, const v1::OpenSessionRequest& request) {
  if (auto learned = LearnDeviceAgain(desk, request); !learned.ok()) return learned.failure();
  const auto device = desk.transaction.FindDevice(request.device_id());
  const auto key = device ? KeyOf(*desk.keys, *device, request) : std::nullopt;
  const std::string proof =
      ProofMessage(kSessionPurpose, {request.nonce(), request.organisation_id(), request.device_id()});
  if (!key || !key->Verify(proof, request.signature())) return ProofNotValid();
  if (device->state == v1::DEVICE_STATE_REVOKED) {
    const v1::Statement wipe =
        MakeWipeOrder(desk.surroundings, *desk.keys, device->person_id, device->device_id, desk.now);
    return Failure{.reason = v1::ERROR_REASON_DEVICE_REVOKED,
                   .metadata = {{"wipe_statement", crypto::Base64UrlEncode(wipe.SerializeAsString())}}};
  }
  if (device->state == v1::DEVICE_STATE_WAITING) return Failure{.reason = v1::ERROR_REASON_DEVICE_WAITING};
  const TokenClaims claims{.organisation_id = desk.keys->organisation_id,
                           .person_id = device->person_id,
                           .device_id = device->device_id,
                           .expires_at = desk.now + kSessionLife};
  const auto caller = Identify(desk.transaction, *desk.keys, claims);
  if (!caller.ok()) return caller.failure();
  desk.transaction.PutDeviceSession(device->device_id, ToMicroseconds(desk.now));
  v1::OpenSessionResponse response;
  response.set_access_token(WriteToken(*desk.keys, claims, desk.now));
  *response.mutable_expires_at() = rules::ToTimestamp(claims.expires_at);
  *response.mutable_server_time() = rules::ToTimestamp(desk.now);
  return response;
}

Result<v1::CreateActivationCodeResponse> CreateActivationCode(
    Desk& desk, const v1::CreateActivationCodeRequest& request) {
  const std::string person_id = request.person_id().empty() ? desk.caller.person_id : request.person_id();
  v1::CreateActivationCodeResponse response;
  const auto answered = AnswerOnce(
      desk, {"CreateActivationCode", request.request_id(), request}, response, [&](Answer&) -> Result<void> {
        auto code = MakeActivationCode(desk.surroundings, desk.keys->organisation_id, person_id, desk.now);
        if (!code.ok()) return code.failure();
        response.set_activation_code(code->text);
        *response.mutable_expires_at() = rules::ToTimestamp(code->expires_at);
        return {};
      });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<v1::AllowDeviceResponse> AllowDevice(Desk& desk, const v1::AllowDeviceRequest& request) {
  const auto device = desk.transaction.FindDevice(request.device_id());
  if (!device) return NotAllowed("device_id");
  v1::AllowDeviceResponse response;
  const auto answered = AnswerOnce(
      desk, {"AllowDevice", request.request_id(), request}, response, [&](Answer&) -> Result<void> {
        const int state = request.allow() ? v1::DEVICE_STATE_LIVE : v1::DEVICE_STATE_REVOKED;
        if (!desk.transaction.UpdateDeviceState(device->device_id, v1::DEVICE_STATE_WAITING, state)) {
          return Failure{.reason = v1::ERROR_REASON_WRONG_STATE, .field = "device_id"};
        }
        if (request.allow()) {
          const auto statement = StateEnrolment(desk, *device, desk.caller.roles);
          if (!statement.ok()) return statement.failure();
        }
        desk.hints.people.insert(device->person_id);
        *response.mutable_device() = DeviceOf(*desk.keys, *device);
        response.mutable_device()->set_state(static_cast<v1::DeviceState>(state));
        return {};
      });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<v1::ListDevicesResponse> ListDevices(const ReadingDesk& desk, const v1::ListDevicesRequest& request) {
  const std::string person_id = request.person_id().empty() ? desk.caller.person_id : request.person_id();
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.failure();
  v1::ListDevicesResponse response;
  auto rows = desk.snapshot.DevicesOf(person_id);
  std::reverse(rows.begin(), rows.end());
  for (const auto& row :
       PageFrom(rows, *page_size, request.page_token(), response.mutable_next_page_token())) {
    *response.add_devices() = DeviceOf(*desk.keys, row);
  }
  return response;
}

Result<v1::RevokeDeviceResponse> RevokeDevice(Desk& desk, const v1::RevokeDeviceRequest& request) {
  const auto row = desk.transaction.FindDevice(request.device_id());
  if (!row) return NotAllowed("device_id");
  v1::RevokeDeviceResponse response;
  const auto answered = AnswerOnce(desk, {"RevokeDevice", request.request_id(), request}, response,
                                   [&](Answer&) -> Result<void> {
                                     auto device = Revoke(desk, *row);
                                     if (!device.ok()) return device.failure();
                                     *response.mutable_device() = *std::move(device);
                                     return {};
                                   });
  if (!answered.ok()) return answered.failure();
  return response;
}

std::string ProofMessage(std::string_view purpose, std::initializer_list<std::string_view> parts) {
  std::string message(purpose);
  message += '\0';
  for (const std::string_view part : parts) {
    for (int shift = 24; shift >= 0; shift -= 8) message += static_cast<char>(part.size() >> shift);
    message += part;
  }
  return message;
}

v1::Device DeviceOf(const OrganisationKeys& keys, const storage::DeviceRow& row) {
  v1::Device device;
  device.set_device_id(row.device_id);
  device.set_person_id(row.person_id);
  device.set_display_name(OpenForOrganisation(keys, "device/" + row.device_id, row.sealed_name).value_or(""));
  device.set_state(static_cast<v1::DeviceState>(row.state));
  *device.mutable_enrolled_at() = rules::ToTimestamp(FromMicroseconds(row.enrolled_at_us));
  if (row.last_session_at_us != 0) {
    *device.mutable_last_session_at() = rules::ToTimestamp(FromMicroseconds(row.last_session_at_us));
  }
  return device;
}

Result<v1::Device> Revoke(Desk& desk, const storage::DeviceRow& row) {
  v1::Device device = DeviceOf(*desk.keys, row);
  device.set_state(v1::DEVICE_STATE_REVOKED);
  if (row.state == v1::DEVICE_STATE_REVOKED) return device;
  if (!desk.transaction.UpdateDeviceState(row.device_id, row.state, v1::DEVICE_STATE_REVOKED)) {
    return Failure{.log_detail = "a device changed its state during the operation"};
  }
  v1::StatementContent wipe;
  wipe.mutable_wipe()->set_device_id(row.device_id);
  const auto statement = MakeStatement(desk, row.person_id, std::move(wipe));
  if (!statement.ok()) return statement.failure();
  return device;
}

}  // namespace brug::domain
