#include "brug/v1/admin_service.grpc.pb.h"
#include "proto/rules/apply.h"
#include "service/domain/administration.h"
#include "service/domain/paging.h"
#include "service/domain/restored_books.h"
#include "service/domain/voucher_keys.h"
#include "service/rpc/call.h"
#include "service/rpc/services.h"
#include "service/rpc/version.h"

namespace brug::rpc {
namespace {

using platform::Result;

using Contract = v1::AdminService;
// All of its methods, given bytes.
using RawService = RawMethods<
    Contract::Service, Contract::WithRawCallbackMethod_CreateOrganisation,
    Contract::WithRawCallbackMethod_ListOrganisations, Contract::WithRawCallbackMethod_CreateTeam,
    Contract::WithRawCallbackMethod_ListTeams, Contract::WithRawCallbackMethod_RegisterStaff,
    Contract::WithRawCallbackMethod_ListStaff, Contract::WithRawCallbackMethod_UpdateStaff,
    Contract::WithRawCallbackMethod_CreateStaffActivationCode,
    Contract::WithRawCallbackMethod_ListPersonDevices, Contract::WithRawCallbackMethod_RevokePersonDevice,
    Contract::WithRawCallbackMethod_AddTemplate, Contract::WithRawCallbackMethod_ListTemplates,
    Contract::WithRawCallbackMethod_CreateBackup, Contract::WithRawCallbackMethod_ListBackups,
    Contract::WithRawCallbackMethod_GetStatus, Contract::WithRawCallbackMethod_VerifyLedger,
    Contract::WithRawCallbackMethod_RotateVoucherKey, Contract::WithRawCallbackMethod_ListVoucherKeys,
    Contract::WithRawCallbackMethod_ReleaseRestore>;

class AdminHandlers final : public RawService {
 public:
  AdminHandlers(Office& office, const platform::Configuration& configuration, Backups& backups)
      : office_(office),
        backups_(backups),
        data_directory_(configuration.data_directory),
        started_at_(office.Now()) {}

 private:
  using Bytes = grpc::ByteBuffer;
  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* CreateOrganisation(Context* context, const Bytes* sent, Bytes* answer) override {
    return Apart<v1::CreateOrganisationRequest, v1::CreateOrganisationResponse>(
        office_, "AdminService/CreateOrganisation", context, sent, answer,
        [this](const auto& request) -> Result<v1::CreateOrganisationResponse> {
          auto made = domain::CreateOrganisation(office_.surroundings(), request, office_.Now());
          if (!made.ok()) return made;
          auto opened = office_.Open(made->organisation().organisation_id());
          if (!opened.ok()) return opened.failure();
          return made;
        });
  }
  Reactor* ListOrganisations(Context* context, const Bytes* sent, Bytes* answer) override {
    return Apart<v1::ListOrganisationsRequest, v1::ListOrganisationsResponse>(
        office_, "AdminService/ListOrganisations", context, sent, answer,
        [this](const auto& request) { return domain::ListOrganisations(office_.surroundings(), request); });
  }
  Reactor* CreateBackup(Context* context, const Bytes* sent, Bytes* answer) override {
    const auto call = std::make_shared<Call<v1::CreateBackupRequest, v1::CreateBackupResponse>>(
        office_, *context, "AdminService/CreateBackup", *sent, *answer);
    const auto read = TakeOn(*call);
    if (!read.ok()) {
      call->End(read);
      return call->reactor();
    }
    backups_.Make(call->request().path(), [call](v1::Backup backup) {
      *call->response().mutable_backup() = std::move(backup);
      call->End({});
    });
    return call->reactor();
  }
  Reactor* ListBackups(Context* context, const Bytes* sent, Bytes* answer) override {
    return Apart<v1::ListBackupsRequest, v1::ListBackupsResponse>(
        office_, "AdminService/ListBackups", context, sent, answer,
        [this](const auto& request) { return ListedBackups(request); });
  }
  Reactor* GetStatus(Context* context, const Bytes* sent, Bytes* answer) override {
    return Apart<v1::GetStatusRequest, v1::GetStatusResponse>(
        office_, "AdminService/GetStatus", context, sent, answer, [this](const auto&) { return Status(); });
  }

  Reactor* CreateTeam(Context* context, const Bytes* sent, Bytes* answer) override {
    return Within(WritingRpc{"AdminService/CreateTeam", domain::CreateTeam}, context, sent, answer);
  }
  Reactor* ListTeams(Context* context, const Bytes* sent, Bytes* answer) override {
    return Within(ReadingRpc{"AdminService/ListTeams", domain::ListTeams}, context, sent, answer);
  }
  Reactor* RegisterStaff(Context* context, const Bytes* sent, Bytes* answer) override {
    return Within(WritingRpc{"AdminService/RegisterStaff", domain::RegisterStaff}, context, sent, answer);
  }
  Reactor* ListStaff(Context* context, const Bytes* sent, Bytes* answer) override {
    return Within(ReadingRpc{"AdminService/ListStaff", domain::ListStaff}, context, sent, answer);
  }
  Reactor* UpdateStaff(Context* context, const Bytes* sent, Bytes* answer) override {
    return Within(WritingRpc{"AdminService/UpdateStaff", domain::UpdateStaff}, context, sent, answer);
  }
  Reactor* CreateStaffActivationCode(Context* context, const Bytes* sent, Bytes* answer) override {
    return Within(WritingRpc{"AdminService/CreateStaffActivationCode", domain::CreateStaffActivationCode},
                  context, sent, answer);
  }
  Reactor* ListPersonDevices(Context* context, const Bytes* sent, Bytes* answer) override {
    return Within(ReadingRpc{"AdminService/ListPersonDevices", domain::ListPersonDevices}, context, sent,
                  answer);
  }
  Reactor* RevokePersonDevice(Context* context, const Bytes* sent, Bytes* answer) override {
    return Within(WritingRpc{"AdminService/RevokePersonDevice", domain::RevokePersonDevice}, context, sent,
                  answer);
  }
  Reactor* AddTemplate(Context* context, const Bytes* sent, Bytes* answer) override {
    return Within(WritingRpc{"AdminService/AddTemplate", domain::AddTemplate}, context, sent, answer);
  }
  Reactor* ListTemplates(Context* context, const Bytes* sent, Bytes* answer) override {
    return Within(ReadingRpc{"AdminService/ListTemplates", domain::ListTemplates}, context, sent, answer);
  }

  Reactor* VerifyLedger(Context* context, const Bytes* sent, Bytes* answer) override {
    return Within(ReadingRpc{"AdminService/VerifyLedger", domain::VerifyLedger}, context, sent, answer);
  }
  Reactor* RotateVoucherKey(Context* context, const Bytes* sent, Bytes* answer) override {
    return Within(WritingRpc{"AdminService/RotateVoucherKey", domain::RotateVoucherKey}, context, sent,
                  answer);
  }
  Reactor* ListVoucherKeys(Context* context, const Bytes* sent, Bytes* answer) override {
    return Within(ReadingRpc{"AdminService/ListVoucherKeys", domain::ListVoucherKeys}, context, sent, answer);
  }

  Reactor* ReleaseRestore(Context* context, const Bytes* sent, Bytes* answer) override {
    return Within(WritingRpc{"AdminService/ReleaseRestore", domain::ReleaseRestore}, context, sent, answer);
  }

  // A call within the organisation that it names.
  template <template <typename, typename> typename Rpc, typename Request, typename Response>
  Reactor* Within(const Rpc<Request, Response>& rpc, Context* context, const Bytes* sent, Bytes* answer) {
    const auto call = std::make_shared<Call<Request, Response>>(office_, *context, rpc.name, *sent, *answer);
    const auto begun = BeginWithin(call, rpc);
    if (!begun.ok()) call->End(begun);
    return call->reactor();
  }
  template <template <typename, typename> typename Rpc, typename Request, typename Response>
  Result<void> BeginWithin(const SharedCall<Request, Response>& call, const Rpc<Request, Response>& rpc) {
    auto read = TakeOn(*call);
    if (!read.ok()) return read;
    auto visitor = LetOperatorIn(office_, call->request().organisation_id());
    if (!visitor.ok()) return visitor.failure();
    Run(call, rpc, *visitor);
    return {};
  }

  Result<v1::ListBackupsResponse> ListedBackups(const v1::ListBackupsRequest& request) {
    const auto page_size = domain::PageSize(request.page_size());
    if (!page_size.ok()) return page_size.failure();
    const auto backups = office_.surroundings().storage.Backups();
    if (!backups.ok()) return backups.failure();
    v1::ListBackupsResponse response;
    for (const v1::Backup& backup :
         domain::PageFrom(*backups, *page_size, request.page_token(), response.mutable_next_page_token())) {
      *response.add_backups() = backup;
    }
    return response;
  }

  Result<v1::GetStatusResponse> Status() {
    v1::GetStatusResponse response;
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
    return response;
  }

  Office& office_;
  Backups& backups_;
  const std::string data_directory_;
  const rules::Instant started_at_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAdminService(Office& office, const platform::Configuration& configuration,
                                                Backups& backups) {
  return std::make_unique<AdminHandlers>(office, configuration, backups);
}

}  // namespace brug::rpc
