#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

#include "brug/v1/caseload_service.grpc.pb.h"
#include "brug/v1/enrolment_service.grpc.pb.h"
#include "brug/v1/reward_service.grpc.pb.h"
#include "brug/v1/sync_service.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "proto/crypto/random.h"
#include "proto/crypto/signature.h"
#include "tests/support/running_service.h"

// A device that speaks the contract with stubs alone, without the SDK: what somebody would write in another
// language.
namespace brug::test {

// What an error says, read from its details.
struct RawError {
  grpc::StatusCode code = grpc::StatusCode::OK;
  std::string reason;
  std::string field;
  std::string words;
  bool retry_info = false;
  std::map<std::string, std::string> metadata;
};
[[nodiscard]] RawError ErrorOf(const grpc::Status& status);

[[nodiscard]] std::shared_ptr<grpc::Channel> ChannelTo(const RunningService& service,
                                                       grpc::ChannelArguments arguments = {});

class RawDevice {
 public:
  RawDevice(const RunningService& service, std::string organisation_id);

  // Takes a code and, when that went well, a session. The status is that of the last call made.
  grpc::Status Enrol(const std::string& code);
  grpc::Status OpenSession();

  // A context with the session's token and a deadline.
  [[nodiscard]] std::unique_ptr<grpc::ClientContext> Context() const;
  // One call: Call(caseload(), &CaseloadService::Stub::RegisterClient, request, &response).
  template <typename Stub, typename Method, typename Request, typename Response>
  grpc::Status Call(Stub& stub, Method method, const Request& request, Response* response) const {
    auto context = Context();
    return (stub.*method)(context.get(), request, response);
  }

  // The same for a call that must be answered: anything else throws std::runtime_error.
  template <typename Stub, typename Request, typename Response>
  Response Must(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                const Request& request) const {
    Response response;
    const grpc::Status status = Call(stub, method, request, &response);
    if (!status.ok()) throw std::runtime_error(Request::descriptor()->name() + ": " + Said(status));
    return response;
  }

  // Registers a client and gives the code; the device must be a mentor's.
  v1::RegisterClientResponse RegisterClient(const std::string& display_name);
  // Numbers a mutation of this device for the dossier.
  v1::Mutation Number(v1::Mutation mutation, const std::string& dossier_id);
  // The last number was used for nothing that the service has: the next mutation gets it again.
  void TakeBackNumber(const std::string& dossier_id) { --sequences_[dossier_id]; }
  // Pushes one mutation; the outcome.
  v1::Outcome Push(v1::Mutation mutation, const std::string& dossier_id);

  [[nodiscard]] v1::SyncService::Stub& sync() const { return *sync_; }
  [[nodiscard]] v1::EnrolmentService::Stub& enrolment() const { return *enrolment_; }
  [[nodiscard]] v1::CaseloadService::Stub& caseload() const { return *caseload_; }
  [[nodiscard]] v1::RewardService::Stub& reward() const { return *reward_; }

  [[nodiscard]] std::string NewId() { return crypto::NewUuidV4(random_); }
  [[nodiscard]] const v1::EnrolResponse& enrolled() const { return enrolled_; }

  std::string token;
  std::string language = "en";

 private:
  // The status in words, for whoever reads a failed test.
  [[nodiscard]] static std::string Said(const grpc::Status& status);

  std::string organisation_id_;
  crypto::SystemRandom random_;
  crypto::SigningKey key_;
  v1::EnrolResponse enrolled_;
  std::map<std::string, std::int64_t> sequences_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::SyncService::Stub> sync_;
  std::unique_ptr<v1::EnrolmentService::Stub> enrolment_;
  std::unique_ptr<v1::CaseloadService::Stub> caseload_;
  std::unique_ptr<v1::RewardService::Stub> reward_;
};

}  // namespace brug::test
