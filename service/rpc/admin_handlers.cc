#include "brug/v1/admin_service.grpc.pb.h"
#include "proto/rules/apply.h"
#include "service/domain/administration.h"
#include "service/rpc/call.h"
#include "service/rpc/services.h"
#include "service/rpc/version.h"

namespace brug::rpc {
namespace {

using platform::Result;

class AdminHandlers final : public v1::AdminService::CallbackService {
 public:
  AdminHandlers(Office& office, const platform::Configuration& configuration)
      : office_(office), data_directory_(configuration.data_directory), started_at_(office.Now()) {}

 private:
  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* CreateOrganisation(Context* context, const v1::CreateOrganisationRequest* request,
                              v1::CreateOrganisationResponse* response) override {
    return Apart("AdminService/CreateOrganisation", context, [this, request, response]() -> Result<void> {
      auto made = domain::CreateOrganisation(office_.surroundings(), *request, office_.Now());
      if (!made.ok()) return made.failure();
      *response = *std::move(made);
      auto opened = office_.Open(response->organisation().organisation_id());
      return opened.ok() ? Result<void>() : opened.failure();
    });
  }
  Reactor* ListOrganisations(Context* context, const v1::ListOrganisationsRequest* request,
                             v1::ListOrganisationsResponse* response) override {
    return Apart("AdminService/ListOrganisations", context, [this, request, response]() -> Result<void> {
      auto listed = domain::ListOrganisations(office_.surroundings(), *request);
      if (!listed.ok()) return listed.failure();
      *response = *std::move(listed);
      return {};
    });
  }
  Reactor* GetStatus(Context* context, const v1::GetStatusRequest*,
                     v1::GetStatusResponse* response) override {
    return Apart("AdminService/GetStatus", context, [this, response] { return FillStatus(*response); });
  }

  Reactor* CreateTeam(Context* context, const v1::CreateTeamRequest* request,
                      v1::CreateTeamResponse* response) override {
    return Within(WritingRpc{"AdminService/CreateTeam", domain::CreateTeam}, context, request, response);
  }
  Reactor* ListTeams(Context* context, const v1::ListTeamsRequest* request,
                     v1::ListTeamsResponse* response) override {
    return Within(ReadingRpc{"AdminService/ListTeams", domain::ListTeams}, context, request, response);
  }
  Reactor* RegisterStaff(Context* context, const v1::RegisterStaffRequest* request,
                         v1::RegisterStaffResponse* response) override {
    return Within(WritingRpc{"AdminService/RegisterStaff", domain::RegisterStaff}, context, request,
                  response);
  }
  Reactor* ListStaff(Context* context, const v1::ListStaffRequest* request,
                     v1::ListStaffResponse* response) override {
    return Within(ReadingRpc{"AdminService/ListStaff", domain::ListStaff}, context, request, response);
  }
  Reactor* UpdateStaff(Context* context, const v1::UpdateStaffRequest* request,
                       v1::UpdateStaffResponse* response) override {
    return Within(WritingRpc{"AdminService/UpdateStaff", domain::UpdateStaff}, context, request, response);
  }
  Reactor* CreateStaffActivationCode(Context* context, const v1::CreateStaffActivationCodeRequest* request,
                                     v1::CreateStaffActivationCodeResponse* response) override {
    return Within(WritingRpc{"AdminService/CreateStaffActivationCode", domain::CreateStaffActivationCode},
                  context, request, response);
  }
  Reactor* ListPersonDevices(Context* context, const v1::ListPersonDevicesRequest* request,
                             v1::ListPersonDevicesResponse* response) override {
    return Within(ReadingRpc{"AdminService/ListPersonDevices", domain::ListPersonDevices}, context, request,
                  response);
  }
  Reactor* RevokePersonDevice(Context* context, const v1::RevokePersonDeviceRequest* request,
                              v1::RevokePersonDeviceResponse* response) override {
    return Within(WritingRpc{"AdminService/RevokePersonDevice", domain::RevokePersonDevice}, context, request,
                  response);
  }
  Reactor* AddTemplate(Context* context, const v1::AddTemplateRequest* request,
                       v1::AddTemplateResponse* response) override {
    return Within(WritingRpc{"AdminService/AddTemplate", domain::AddTemplate}, context, request, response);
  }
  Reactor* ListTemplates(Context* context, const v1::ListTemplatesRequest* request,
                         v1::ListTemplatesResponse* response) override {
    return Within(ReadingRpc{"AdminService/ListTemplates", domain::ListTemplates}, context, request,
                  response);
  }

  // A call that belongs to no organisation.
  template <typename Body>
  Reactor* Apart(std::string_view name, Context* context, Body body) {
    Reactor* reactor = context->DefaultReactor();
    office_.readers().Post([this, facts = BeginCall(*context, name, office_), body, reactor] {
      auto admitted = office_.Admit();
      Finish(office_, facts, admitted.ok() ? body() : admitted, *reactor);
    });
    return reactor;
  }

  // A call within the organisation that it names.
  template <typename Rpc, typename Request, typename Response>
  Reactor* Within(const Rpc& rpc, Context* context, const Request* request, Response* response) {
    Reactor* reactor = context->DefaultReactor();
    const CallFacts facts = BeginCall(*context, rpc.name, office_);
    auto visitor = LetOperatorIn(office_, request->organisation_id());
    if (!visitor.ok()) {
      Finish(office_, facts, visitor.failure(), *reactor);
    } else if constexpr (std::is_same_v<Rpc, WritingRpc<Request, Response>>) {
      RunWriting(office_, rpc, facts, *visitor, request, response, reactor);
    } else {
      RunReading(office_, rpc, facts, *visitor, request, response, reactor);
    }
    return reactor;
  }

  Result<void> FillStatus(v1::GetStatusResponse& response) {
    storage::Storage& storage = office_.surroundings().storage;
    response.set_version(kVersion);
    *response.mutable_started_at() = rules::ToTimestamp(started_at_);
    const auto probed = storage.ProbeWrite();
    response.set_ready(probed.ok());
    // The operator may see a driver's text: nobody else reads this socket.
    if (!probed.ok()) response.set_not_ready_reason(probed.failure().log_detail);
    response.set_data_directory(data_directory_);
    response.set_free_bytes(storage.FreeBytes());
    response.set_schema_version(storage::kSchemaVersion);
    const auto rows = storage.registry().ListOrganisations();
    if (!rows.ok()) return rows.failure();
    for (const storage::OrganisationRow& row : *rows) {
      auto desk = office_.Open(row.organisation_id);
      if (!desk.ok()) return desk.failure();
      v1::Organisation organisation;
      organisation.set_organisation_id(row.organisation_id);
      organisation.set_display_name(row.display_name);
      const auto read = desk->store->Read([&](const storage::Snapshot& snapshot) {
        *response.add_organisations() = domain::TotalsOfOrganisation(snapshot, organisation);
      });
      if (!read.ok()) return read.failure();
    }
    return {};
  }

  Office& office_;
  const std::string data_directory_;
  const rules::Instant started_at_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAdminService(Office& office,
                                                const platform::Configuration& configuration) {
  return std::make_unique<AdminHandlers>(office, configuration);
}

}  // namespace brug::rpc
