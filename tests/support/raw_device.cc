#include "tests/support/raw_device.h"

#include <algorithm>
#include <chrono>

#include "google/rpc/status.pb.h"
#include "proto/rules/apply.h"

namespace brug::test {
namespace {

constexpr std::chrono::seconds kDeadline{20};

// enrolment_service.proto says what is signed.
std::string Proof(std::string_view purpose, std::initializer_list<std::string_view> parts) {
  std::string message(purpose);
  message += '\0';
  for (const std::string_view part : parts) {
    for (int shift = 24; shift >= 0; shift -= 8) message += static_cast<char>(part.size() >> shift);
    message += part;
  }
  return message;
}

// Not shared with the other devices of this process; after a restart of the service it comes back soon.
grpc::ChannelArguments OwnConnection() {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  return arguments;
}

rules::Instant Now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

}  // namespace

RawError ErrorOf(const grpc::Status& status) {
  RawError error{.code = status.error_code()};
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return error;
  for (const google::protobuf::Any& detail : details.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest request;
    google::rpc::LocalizedMessage message;
    if (detail.UnpackTo(&info)) {
      error.reason = info.reason();
      error.metadata.insert(info.metadata().begin(), info.metadata().end());
    } else if (detail.UnpackTo(&request)) {
      error.field = request.field_violations(0).field();
    } else if (detail.UnpackTo(&message)) {
      error.words = message.message();
    } else {
      error.retry_info = error.retry_info || detail.Is<google::rpc::RetryInfo>();
    }
  }
  return error;
}

std::shared_ptr<grpc::Channel> ChannelTo(const RunningService& service, grpc::ChannelArguments arguments) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = service.root_certificate_pem();
  return grpc::CreateCustomChannel(service.address(), grpc::SslCredentials(options), arguments);
}

RawDevice::RawDevice(const RunningService& service, std::string organisation_id)
    : organisation_id_(std::move(organisation_id)),
      key_(crypto::SigningKey::Generate(random_)),
      channel_(ChannelTo(service, OwnConnection())),
      sync_(v1::SyncService::NewStub(channel_)),
      enrolment_(v1::EnrolmentService::NewStub(channel_)),
      caseload_(v1::CaseloadService::NewStub(channel_)),
      reward_(v1::RewardService::NewStub(channel_)) {}

std::string RawDevice::Said(const grpc::Status& status) {
  const RawError error = ErrorOf(status);
  return status.error_message() + " (" + error.reason + " " + error.field + ")";
}

grpc::Status RawDevice::Enrol(const std::string& code) {
  v1::GetNonceResponse nonce;
  if (auto status = Call(*enrolment_, &v1::EnrolmentService::Stub::GetNonce, v1::GetNonceRequest(), &nonce);
      !status.ok()) {
    return status;
  }
  std::string plain = code;
  std::erase(plain, '-');
  v1::EnrolRequest request;
  request.set_activation_code(code);
  request.set_public_key(key_.PublicKey().spki_der());
  request.set_nonce(nonce.nonce());
  request.set_device_name("phone");
  request.set_signature(key_.Sign(Proof("brug.v1.Enrol", {request.nonce(), request.public_key(), plain})));
  if (auto status = Call(*enrolment_, &v1::EnrolmentService::Stub::Enrol, request, &enrolled_);
      !status.ok()) {
    return status;
  }
  organisation_id_ = enrolled_.organisation_id();
  return OpenSession();
}

grpc::Status RawDevice::OpenSession() {
  v1::GetNonceResponse nonce;
  if (auto status = Call(*enrolment_, &v1::EnrolmentService::Stub::GetNonce, v1::GetNonceRequest(), &nonce);
      !status.ok()) {
    return status;
  }
  v1::OpenSessionRequest request;
  request.set_device_id(enrolled_.device().device_id());
  request.set_organisation_id(organisation_id_);
  request.set_nonce(nonce.nonce());
  request.set_signature(key_.Sign(
      Proof("brug.v1.OpenSession", {request.nonce(), request.organisation_id(), request.device_id()})));
  v1::OpenSessionResponse response;
  auto status = Call(*enrolment_, &v1::EnrolmentService::Stub::OpenSession, request, &response);
  token = response.access_token();
  return status;
}

std::unique_ptr<grpc::ClientContext> RawDevice::Context() const {
  auto context = std::make_unique<grpc::ClientContext>();
  if (!token.empty()) context->AddMetadata("authorization", "Bearer " + token);
  context->AddMetadata("accept-language", language);
  // After a restart of the service the channel comes back by itself within its back-off.
  context->set_wait_for_ready(true);
  context->set_deadline(std::chrono::system_clock::now() + kDeadline);
  return context;
}

v1::RegisterClientResponse RawDevice::RegisterClient(const std::string& display_name) {
  v1::RegisterClientRequest request;
  request.set_request_id(NewId());
  request.set_display_name(display_name);
  v1::RegisterClientResponse response;
  const auto status = Call(*caseload_, &v1::CaseloadService::Stub::RegisterClient, request, &response);
  if (!status.ok()) throw std::runtime_error("RegisterClient: " + status.error_message());
  return response;
}

v1::Mutation RawDevice::Number(v1::Mutation mutation, const std::string& dossier_id) {
  const auto now = Now();
  mutation.set_mutation_id(crypto::NewUuidV7(
      random_, std::chrono::floor<std::chrono::milliseconds>(now).time_since_epoch().count()));
  mutation.set_dossier_id(dossier_id);
  mutation.set_epoch(1);
  mutation.set_sequence(++sequences_[dossier_id]);
  *mutation.mutable_occurred_at() = rules::ToTimestamp(now);
  return mutation;
}

v1::Outcome RawDevice::Push(v1::Mutation mutation, const std::string& dossier_id) {
  v1::SyncRequest request;
  *request.add_mutations() = Number(std::move(mutation), dossier_id);
  v1::SyncResponse response;
  const auto status = Call(*sync_, &v1::SyncService::Stub::Sync, request, &response);
  if (!status.ok()) throw std::runtime_error("Sync: " + status.error_message());
  return response.outcomes(0);
}

}  // namespace brug::test
