#include "brug/v1/caseload_service.grpc.pb.h"
#include "service/domain/caseload.h"
#include "service/rpc/call.h"
#include "service/rpc/services.h"

namespace brug::rpc {
namespace {

using Contract = v1::CaseloadService;
// All of its methods, given bytes.
using RawService =
    RawMethods<Contract::Service, Contract::WithRawCallbackMethod_RegisterClient,
               Contract::WithRawCallbackMethod_ListCaseload, Contract::WithRawCallbackMethod_ListContacts,
               Contract::WithRawCallbackMethod_ListColleagues, Contract::WithRawCallbackMethod_ListHandovers,
               Contract::WithRawCallbackMethod_AnswerHandover, Contract::WithRawCallbackMethod_GetTeam,
               Contract::WithRawCallbackMethod_AssignDossiers>;

class CaseloadHandlers final : public RawService {
 public:
  explicit CaseloadHandlers(Office& office) : office_(office) {}

 private:
  using Bytes = grpc::ByteBuffer;
  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* RegisterClient(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kRegisterClient, context, sent, answer);
  }
  Reactor* ListCaseload(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kListCaseload, context, sent, answer);
  }
  Reactor* ListContacts(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kListContacts, context, sent, answer);
  }
  Reactor* ListColleagues(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kListColleagues, context, sent, answer);
  }
  Reactor* ListHandovers(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kListHandovers, context, sent, answer);
  }
  Reactor* AnswerHandover(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kAnswerHandover, context, sent, answer);
  }
  Reactor* GetTeam(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kGetTeam, context, sent, answer);
  }
  Reactor* AssignDossiers(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kAssignDossiers, context, sent, answer);
  }

  Office& office_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeCaseloadService(Office& office) {
  return std::make_unique<CaseloadHandlers>(office);
}

}  // namespace brug::rpc
