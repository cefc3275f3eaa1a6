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

using Contract = v1::EnrolmentService;
// All of its methods, given bytes.
using RawService =
    RawMethods<Contract::Service, Contract::WithRawCallbackMethod_CreateActivationCode,
               Contract::WithRawCallbackMethod_GetNonce, Contract::WithRawCallbackMethod_Enrol,
               Contract::WithRawCallbackMethod_AllowDevice, Contract::WithRawCallbackMethod_OpenSession,
               Contract::WithRawCallbackMethod_ListDevices, Contract::WithRawCallbackMethod_RevokeDevice>;

class EnrolmentHandlers final : public RawService {
 public:
  explicit EnrolmentHandlers(Office& office) : office_(office) {}

 private:
  using Bytes = grpc::ByteBuffer;
  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;
  using EnrolCall = Call<v1::EnrolRequest, v1::EnrolResponse>;
  using SessionCall = Call<v1::OpenSessionRequest, v1::OpenSessionResponse>;

  Reactor* CreateActivationCode(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kCreateActivationCode, context, sent, answer);
  }

  Reactor* GetNonce(Context* context, const Bytes* sent, Bytes* answer) override {
    const auto call = std::make_shared<Call<v1::GetNonceRequest, v1::GetNonceResponse>>(
        office_, *context, "EnrolmentService/GetNonce", *sent, *answer);
    call->End(GiveNonce(*call));
    return call->reactor();
  }

  Reactor* Enrol(Context* context, const Bytes* sent, Bytes* answer) override {
    const auto call =
        std::make_shared<EnrolCall>(office_, *context, "EnrolmentService/Enrol", *sent, *answer);
    // Looking a code up reads the disk: not on the thread that gRPC lends.
    office_.readers().Post([this, call] {
      const auto begun = BeginEnrolment(call);
      if (!begun.ok()) call->End(begun);
    });
    return call->reactor();
  }

  Reactor* AllowDevice(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kAllowDevice, context, sent, answer);
  }

  Reactor* OpenSession(Context* context, const Bytes* sent, Bytes* answer) override {
    const auto call =
        std::make_shared<SessionCall>(office_, *context, "EnrolmentService/OpenSession", *sent, *answer);
    const auto begun = BeginSession(call);
    if (!begun.ok()) call->End(begun);
    return call->reactor();
  }

  Reactor* ListDevices(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kListDevices, context, sent, answer);
  }

  Reactor* RevokeDevice(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kRevokeDevice, context, sent, answer);
  }

  Result<void> GiveNonce(Call<v1::GetNonceRequest, v1::GetNonceResponse>& call) {
    auto read = TakeOn(call);
    if (!read.ok()) return read;
    auto fresh = office_.nonces().Give(office_.surroundings().random, call.facts().begun);
    if (!fresh.ok()) return fresh.failure();
    call.response().set_nonce(fresh->nonce);
    *call.response().mutable_expires_at() = rules::ToTimestamp(fresh->expires_at);
    return {};
  }

  // Somebody who enrols has no session and names no organisation: the code leads to it.
  Result<void> BeginEnrolment(const std::shared_ptr<EnrolCall>& call) {
    const CallFacts& facts = call->facts();
    auto read = TakeOn(*call);
    if (!read.ok()) return read;
    if (auto rate = office_.wrong_codes().Check(facts.address, facts.begun); !rate.ok()) return rate;
    if (auto rate = office_.wrong_codes_of_all().Check("", facts.begun); !rate.ok()) return rate;
    auto claimed = domain::ClaimCode(office_.surroundings(), office_.nonces(), call->request(), facts.begun);
    if (!claimed.ok()) {
      if (claimed.failure().reason == v1::ERROR_REASON_CODE_NOT_VALID) {
        office_.wrong_codes().Count(facts.address, facts.begun);
        office_.wrong_codes_of_all().Count("", facts.begun);
      }
      return claimed.failure();
    }
    auto desk = office_.Open(claimed->organisation_id);
    if (!desk.ok()) return desk.failure();
    RunAs(*desk, claimed->person_id, call,
          [claimed = *claimed](domain::Desk& at, const v1::EnrolRequest& what) {
            return domain::Enrol(at, claimed, what);
          });
    return {};
  }

  // The organisation that the request names is believed only as far as the device's signature goes.
  Result<void> BeginSession(const std::shared_ptr<SessionCall>& call) {
    auto read = TakeOn(*call);
    if (!read.ok()) return read;
    if (!office_.nonces().Take(call->request().nonce(), call->facts().begun)) {
      return Failure{.reason = v1::ERROR_REASON_PROOF_NOT_VALID, .field = "nonce"};
    }
    auto desk = office_.Open(call->request().organisation_id());
    if (!desk.ok()) {
      if (desk.failure().reason != v1::ERROR_REASON_NOT_ALLOWED) return desk.failure();
      return Failure{.reason = v1::ERROR_REASON_PROOF_NOT_VALID, .field = "signature"};
    }
    RunAs(*desk, "", call, domain::OpenSession);
    return {};
  }

  // Runs an operation of somebody without a session, as the person or as nobody.
  template <typename Request, typename Response, typename Operation>
  void RunAs(const Office::Desk& at, const std::string& person_id, const SharedCall<Request, Response>& call,
             Operation operation) {
    Commit(call, at,
           [this, at, person_id, call = call.get(), operation](storage::Transaction& transaction,
                                                               domain::Hints& hints) -> Result<Response> {
             Result<domain::Caller> caller = domain::Caller{.organisation_id = at.keys->organisation_id};
             if (!person_id.empty())
               caller = domain::CallerOf(transaction, *at.keys, {.person_id = person_id});
             if (!caller.ok()) return caller.failure();
             domain::Desk desk{office_.surroundings(), transaction, *caller, at.keys, office_.Now()};
             auto answered = operation(desk, call->request());
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
