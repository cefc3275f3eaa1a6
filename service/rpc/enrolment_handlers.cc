#include "brug/v1/enrolment_service.grpc.pb.h"
#include "proto/rules/apply.h"
#include "service/domain/enrolment.h"
#include "service/domain/sessions.h"
#include "service/rpc/call.h"
#include "service/rpc/services.h"

namespace brug::rpc {
namespace {

using platform::Failure;
using platform::Result;

// Requests that may name a person; the empty name is the caller.
template <typename Request>
domain::Relationship WithPerson(const storage::DirectoryReads& directory, const domain::Caller& caller,
                                const Request& request) {
  if (request.person_id().empty()) return domain::Relationship::kOwn;
  return domain::RelationshipWithPerson(directory, caller, request.person_id());
}

template <typename Request>
domain::Relationship WithDevice(const storage::DirectoryReads& directory, const domain::Caller& caller,
                                const Request& request) {
  return domain::RelationshipWithDevice(directory, caller, request.device_id());
}

class EnrolmentHandlers final : public v1::EnrolmentService::CallbackService {
 public:
  explicit EnrolmentHandlers(Office& office) : office_(office) {}

 private:
  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* CreateActivationCode(Context* context, const v1::CreateActivationCodeRequest* request,
                                v1::CreateActivationCodeResponse* response) override {
    return Handle(office_,
                  WritingRpc{"EnrolmentService/CreateActivationCode", domain::CreateActivationCode,
                             WithPerson<v1::CreateActivationCodeRequest>},
                  context, request, response);
  }

  Reactor* GetNonce(Context* context, const v1::GetNonceRequest*, v1::GetNonceResponse* response) override {
    Reactor* reactor = context->DefaultReactor();
    const CallFacts facts = BeginCall(*context, "EnrolmentService/GetNonce", office_);
    Finish(office_, facts, GiveNonce(facts, *response), *reactor);
    return reactor;
  }

  Reactor* Enrol(Context* context, const v1::EnrolRequest* request, v1::EnrolResponse* response) override {
    Reactor* reactor = context->DefaultReactor();
    const CallFacts facts = BeginCall(*context, "EnrolmentService/Enrol", office_);
    // Looking a code up reads the disk: not on the thread that gRPC lends.
    office_.readers().Post([this, facts, request, response, reactor] {
      const auto begun = BeginEnrolment(facts, request, response, reactor);
      if (!begun.ok()) Finish(office_, facts, begun, *reactor);
    });
    return reactor;
  }

  Reactor* AllowDevice(Context* context, const v1::AllowDeviceRequest* request,
                       v1::AllowDeviceResponse* response) override {
    return Handle(
        office_,
        WritingRpc{"EnrolmentService/AllowDevice", domain::AllowDevice, WithDevice<v1::AllowDeviceRequest>},
        context, request, response);
  }

  Reactor* OpenSession(Context* context, const v1::OpenSessionRequest* request,
                       v1::OpenSessionResponse* response) override {
    Reactor* reactor = context->DefaultReactor();
    const CallFacts facts = BeginCall(*context, "EnrolmentService/OpenSession", office_);
    const auto begun = BeginSession(facts, request, response, reactor);
    if (!begun.ok()) Finish(office_, facts, begun, *reactor);
    return reactor;
  }

  Reactor* ListDevices(Context* context, const v1::ListDevicesRequest* request,
                       v1::ListDevicesResponse* response) override {
    return Handle(
        office_,
        ReadingRpc{"EnrolmentService/ListDevices", domain::ListDevices, WithPerson<v1::ListDevicesRequest>},
        context, request, response);
  }

  Reactor* RevokeDevice(Context* context, const v1::RevokeDeviceRequest* request,
                        v1::RevokeDeviceResponse* response) override {
    return Handle(office_,
                  WritingRpc{"EnrolmentService/RevokeDevice", domain::RevokeDevice,
                             WithDevice<v1::RevokeDeviceRequest>},
                  context, request, response);
  }

  Result<void> GiveNonce(const CallFacts& facts, v1::GetNonceResponse& response) {
    auto admitted = office_.Admit();
    if (!admitted.ok()) return admitted;
    auto fresh = office_.nonces().Give(office_.surroundings().random, facts.begun);
    if (!fresh.ok()) return fresh.failure();
    response.set_nonce(fresh->nonce);
    *response.mutable_expires_at() = rules::ToTimestamp(fresh->expires_at);
    return {};
  }

  // Somebody who enrols has no session and names no organisation: the code leads to it.
  Result<void> BeginEnrolment(const CallFacts& facts, const v1::EnrolRequest* request,
                              v1::EnrolResponse* response, Reactor* reactor) {
    auto admitted = office_.Admit();
    if (!admitted.ok()) return admitted;
    if (auto rate = office_.wrong_codes().Check(facts.address, facts.begun); !rate.ok()) return rate;
    if (auto rate = office_.wrong_codes_of_all().Check("", facts.begun); !rate.ok()) return rate;
    auto claimed = domain::ClaimCode(office_.surroundings(), office_.nonces(), *request, facts.begun);
    if (!claimed.ok()) {
      if (claimed.failure().reason == v1::ERROR_REASON_CODE_NOT_VALID) {
        office_.wrong_codes().Count(facts.address, facts.begun);
        office_.wrong_codes_of_all().Count("", facts.begun);
      }
      return claimed.failure();
    }
    auto desk = office_.Open(claimed->organisation_id);
    if (!desk.ok()) return desk.failure();
    RunAs(*desk, facts, claimed->person_id, request, response, reactor,
          [claimed = *claimed](domain::Desk& at, const v1::EnrolRequest& what) {
            return domain::Enrol(at, claimed, what);
          });
    return {};
  }

  // The organisation that the request names is believed only as far as the device's signature goes.
  Result<void> BeginSession(const CallFacts& facts, const v1::OpenSessionRequest* request,
                            v1::OpenSessionResponse* response, Reactor* reactor) {
    auto admitted = office_.Admit();
    if (!admitted.ok()) return admitted;
    if (!office_.nonces().Take(request->nonce(), facts.begun)) {
      return Failure{.reason = v1::ERROR_REASON_PROOF_NOT_VALID, .field = "nonce"};
    }
    auto desk = office_.Open(request->organisation_id());
    if (!desk.ok()) {
      if (desk.failure().reason != v1::ERROR_REASON_NOT_ALLOWED) return desk.failure();
      return Failure{.reason = v1::ERROR_REASON_PROOF_NOT_VALID, .field = "signature"};
    }
    RunAs(*desk, facts, "", request, response, reactor, domain::OpenSession);
    return {};
  }

  // Runs an operation of somebody without a session, as the person or as nobody.
  template <typename Request, typename Response, typename Operation>
  void RunAs(const Office::Desk& at, const CallFacts& facts, const std::string& person_id,
             const Request* request, Response* response, Reactor* reactor, Operation operation) {
    Commit(office_, at, facts, response, reactor,
           [this, at, person_id, request, operation](storage::Transaction& transaction,
                                                     domain::Hints& hints) -> Result<Response> {
             Result<domain::Caller> caller = domain::Caller{.organisation_id = at.keys->organisation_id};
             if (!person_id.empty())
               caller = domain::CallerOf(transaction, *at.keys, {.person_id = person_id});
             if (!caller.ok()) return caller.failure();
             domain::Desk desk{office_.surroundings(), transaction, *caller, at.keys, office_.Now()};
             auto answered = operation(desk, *request);
             hints = std::move(desk.hints);
             return answered;
           });
  }

  Office& office_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeEnrolmentService(Office& office) {
  return std::make_unique<EnrolmentHandlers>(office);
}

}  // namespace brug::rpc
