#include "brug/v1/caseload_service.grpc.pb.h"
#include "service/domain/caseload.h"
#include "service/rpc/call.h"
#include "service/rpc/services.h"

namespace brug::rpc {
namespace {

domain::Relationship WithDossier(const storage::DirectoryReads& directory, const domain::Caller& caller,
                                 const v1::ListContactsRequest& request) {
  if (request.dossier_id().empty()) return domain::Relationship::kUnasked;
  return domain::RelationshipWith(directory, caller, request.dossier_id());
}

domain::Relationship WithHandover(const storage::DirectoryReads& directory, const domain::Caller& caller,
                                  const v1::AnswerHandoverRequest& request) {
  return domain::RelationshipWithHandover(directory, caller, request.handover_id());
}

class CaseloadHandlers final : public v1::CaseloadService::CallbackService {
 public:
  explicit CaseloadHandlers(Office& office) : office_(office) {}

 private:
  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* RegisterClient(Context* context, const v1::RegisterClientRequest* request,
                          v1::RegisterClientResponse* response) override {
    return Handle(office_, WritingRpc{"CaseloadService/RegisterClient", domain::RegisterClient}, context,
                  request, response);
  }
  Reactor* ListCaseload(Context* context, const v1::ListCaseloadRequest* request,
                        v1::ListCaseloadResponse* response) override {
    return Handle(office_, ReadingRpc{"CaseloadService/ListCaseload", domain::ListCaseload}, context, request,
                  response);
  }
  Reactor* ListContacts(Context* context, const v1::ListContactsRequest* request,
                        v1::ListContactsResponse* response) override {
    return Handle(office_, ReadingRpc{"CaseloadService/ListContacts", domain::ListContacts, WithDossier},
                  context, request, response);
  }
  Reactor* ListColleagues(Context* context, const v1::ListColleaguesRequest* request,
                          v1::ListColleaguesResponse* response) override {
    return Handle(office_, ReadingRpc{"CaseloadService/ListColleagues", domain::ListColleagues}, context,
                  request, response);
  }
  Reactor* ListHandovers(Context* context, const v1::ListHandoversRequest* request,
                         v1::ListHandoversResponse* response) override {
    return Handle(office_, ReadingRpc{"CaseloadService/ListHandovers", domain::ListHandovers}, context,
                  request, response);
  }
  Reactor* AnswerHandover(Context* context, const v1::AnswerHandoverRequest* request,
                          v1::AnswerHandoverResponse* response) override {
    return Handle(office_, WritingRpc{"CaseloadService/AnswerHandover", domain::AnswerHandover, WithHandover},
                  context, request, response);
  }
  Reactor* GetTeam(Context* context, const v1::GetTeamRequest* request,
                   v1::GetTeamResponse* response) override {
    return Handle(office_, ReadingRpc{"CaseloadService/GetTeam", domain::GetTeam}, context, request,
                  response);
  }
  Reactor* AssignDossiers(Context* context, const v1::AssignDossiersRequest* request,
                          v1::AssignDossiersResponse* response) override {
    return Handle(office_, WritingRpc{"CaseloadService/AssignDossiers", domain::AssignDossiers}, context,
                  request, response);
  }

  Office& office_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeCaseloadService(Office& office) {
  return std::make_unique<CaseloadHandlers>(office);
}

}  // namespace brug::rpc
