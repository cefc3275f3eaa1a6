#include <brug/client.h>

#include <algorithm>
#include <new>

#include "brug/v1/sync_service.pb.h"
#include "client-sdk/src/api/ask.h"
#include "client-sdk/src/api/convert.h"
#include "client-sdk/src/api/engine.h"
#include "client-sdk/src/api/records.h"
#include "client-sdk/src/api/rejected.h"
#include "client-sdk/src/sync/local_error.h"
#include "client-sdk/src/transport/grpc_transport.h"
#include "proto/rules/caseload.h"
#include "proto/zones/zones.h"

namespace brug {

namespace {

using sdk::Ask;
using sdk::AskAllPages;
using std::chrono::milliseconds;

// ---- Opening

Result<sdk::EngineParts> MakeParts(const ClientOptions& options) {
  sdk::EngineParts parts;
  parts.language = options.language;
  parts.key_store = options.key_store;
  parts.clock = std::make_unique<sdk::SystemClock>();
  parts.random = std::make_unique<crypto::SystemRandom>();
  parts.zones = std::make_unique<zones::SystemZones>();
  if (!options.server.empty()) {
    auto transport = sdk::MakeGrpcTransport({.server = options.server,
                                             .root_certificate_pem = options.root_certificate_pem,
                                             .spki_pins = options.spki_pins,
                                             .server_name = options.server_name,
                                             .language = options.language});
    if (!transport.ok()) return transport.error();
    parts.transport = std::move(transport).value();
  }
  auto storage = sdk::OpenSqliteStorage(options.directory.string());
  if (!storage.ok()) return storage.error();
  parts.storage = std::move(storage).value();
  return parts;
}

// ---- Calls

std::string NewRequestId(sdk::Engine& engine) {
  return engine.WithCore([](sdk::Core& core) { return core.NewId(); });
}

std::string ThisDevice(sdk::Engine& engine) {
  return engine.WithCore(
      [](sdk::Core& core) { return core.account() ? core.account()->device_id : std::string(); });
}

Result<Device> AnswerDevice(sdk::Engine& engine, std::string_view device_id, bool allow,
                            milliseconds timeout) {
  v1::AllowDeviceRequest request;
  request.set_request_id(NewRequestId(engine));
  request.set_device_id(std::string(device_id));
  request.set_allow(allow);
  auto response = Ask<v1::AllowDeviceResponse>(engine, sdk::Method::kAllowDevice, request, timeout);
  if (!response.ok()) return response.error();
  return sdk::FromProto(response->device(), ThisDevice(engine));
}

// ---- What the core knows

std::string OwnDossierId(sdk::Core& core) {
  for (const auto& dossier : core.Dossiers()) {
    if (dossier.role == v1::ROLE_CLIENT) return dossier.dossier_id;
  }
  return {};
}

Identity ToIdentity(sdk::Core& core) {
  const sdk::Account& account = *core.account();
  Identity identity{.person_id = account.person_id,
                    .display_name = account.display_name,
                    .roles = {},
                    .organisation_id = account.organisation_id,
                    .organisation_name = account.organisation_name,
                    .device_id = account.device_id,
                    .device_name = account.device_name,
                    .dossier_id = OwnDossierId(core)};
  for (const auto role : account.roles) identity.roles.push_back(sdk::FromProto(role));
  return identity;
}

SyncState ToSyncState(sdk::CoreState state) {
  switch (state) {
    case sdk::CoreState::kIdle:
      return SyncState::kIdle;
    case sdk::CoreState::kSyncing:
      return SyncState::kSyncing;
    case sdk::CoreState::kOffline:
      return SyncState::kOffline;
    case sdk::CoreState::kSignInNeeded:
      return SyncState::kSignInNeeded;
    case sdk::CoreState::kAccessEnded:
      return SyncState::kAccessEnded;
    case sdk::CoreState::kStorageFull:
      return SyncState::kStorageFull;
    case sdk::CoreState::kUpdateNeeded:
      return SyncState::kUpdateNeeded;
  }
  std::abort();
}

Status ToStatus(const sdk::CoreStatus& core, bool enrolled) {
  Status status{.state = ToSyncState(core.state),
                .pending_count = core.pending,
                .oldest_pending_at = core.oldest_pending_at,
                .last_confirmed_at = core.confirmed_at,
                .last_error = core.last_error,
                .first_sync = {},
                .rejected_count = core.rejected,
                .unreadable_count = core.unreadable,
                .devices_waiting = static_cast<int>(core.devices_waiting),
                .mended_count = core.drifts};
  const bool complete = core.confirmed_at.has_value() && core.dossiers_complete == core.dossiers_total;
  if (enrolled && !complete) {
    status.first_sync = FirstSync{.dossiers_total = core.dossiers_total,
                                  .dossiers_complete = core.dossiers_complete,
                                  .records_received = core.records_received};
  }
  return status;
}

// Calls `read(dossier id, view)` for each dossier that can be read.
template <class Read>
Result<void> ForEachView(sdk::Core& core, Read read) {
  for (const auto& dossier : core.Dossiers()) {
    if (!dossier.complete) continue;
    auto view = core.ViewOf(dossier.dossier_id);
    if (!view.ok()) return view.error();
    if (Result<void> done = read(dossier.dossier_id, **view); !done.ok()) return done;
    if (auto error = (*view)->TakeError()) return *error;
  }
  return {};
}

Result<std::vector<v1::CaseloadEntry>> Summaries(sdk::Core& core, Instant now) {
  std::vector<v1::CaseloadEntry> entries;
  auto done = ForEachView(core, [&](const std::string& dossier_id, const sdk::View& view) -> Result<void> {
    const auto zone = core.ZoneOf(dossier_id);
    if (!zone.ok()) return zone.error();
    entries.push_back(rules::Summarise(view, *zone, now));
    entries.back().set_dossier_id(dossier_id);
    return {};
  });
  if (!done.ok()) return done.error();
  std::sort(entries.begin(), entries.end(), rules::NeedsAttentionBefore);
  return entries;
}

}  // namespace

Result<Client> Client::Open(ClientOptions options) {
  if (options.key_store == nullptr) {
    return sdk::LocalError(ErrorCode::kInvalid, "MISSING", options.language, "key_store");
  }
  if (options.directory.empty()) {
    return sdk::LocalError(ErrorCode::kInvalid, "MISSING", options.language, "directory");
  }
  try {
    auto parts = MakeParts(options);
    if (!parts.ok()) return sdk::WithMessage(parts.error(), options.language);
    auto engine = sdk::Engine::Start(std::move(parts).value());
    if (!engine.ok()) return sdk::WithMessage(engine.error(), options.language);
    return Client(std::move(engine).value());
  } catch (const std::bad_alloc&) {
    return sdk::LocalError(ErrorCode::kStorage, "STORAGE_FAILED", options.language);
  }
}

Client::Client(std::unique_ptr<sdk::Engine> engine) : engine_(std::move(engine)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

std::optional<Identity> Client::WhoAmI() const {
  return engine_->WithCore([](sdk::Core& core) -> std::optional<Identity> {
    if (!core.account()) return std::nullopt;
    return ToIdentity(core);
  });
}

Result<Identity> Client::Enrol(const Enrolment& enrolment, milliseconds timeout) {
  auto answer = engine_->Enrol(enrolment, timeout);
  if (!answer.ok()) return answer.error();
  v1::EnrolResponse response;
  auto identity = WhoAmI();
  if (!identity || !response.ParseFromString(*answer)) {
    return sdk::LocalError(ErrorCode::kInternal, "ANSWER_NOT_VALID", engine_->language());
  }
  // Its dossier is on this device only after the first sync.
  identity->dossier_id = response.dossier_id();
  return *identity;
}

Result<ActivationCode> Client::CreateActivationCode(std::string_view person_id, milliseconds timeout) {
  v1::CreateActivationCodeRequest request;
  request.set_request_id(NewRequestId(*engine_));
  request.set_person_id(std::string(person_id));
  auto response =
      Ask<v1::CreateActivationCodeResponse>(*engine_, sdk::Method::kCreateActivationCode, request, timeout);
  if (!response.ok()) return response.error();
  return ActivationCode{.code = response->activation_code(),
                        .expires_at = sdk::FromProto(response->expires_at())};
}

Result<std::vector<Device>> Client::ListDevices(std::string_view person_id, milliseconds timeout) {
  v1::ListDevicesRequest request;
  request.set_person_id(std::string(person_id));
  const std::string this_device = ThisDevice(*engine_);
  std::vector<Device> devices;
  auto done = AskAllPages<v1::ListDevicesResponse>(*engine_, sdk::Method::kListDevices, request, timeout,
                                                   [&](const v1::ListDevicesResponse& page) {
                                                     for (const auto& device : page.devices())
                                                       devices.push_back(sdk::FromProto(device, this_device));
                                                   });
  if (!done.ok()) return done.error();
  return devices;
}

Result<Device> Client::AllowDevice(std::string_view device_id, milliseconds timeout) {
  return AnswerDevice(*engine_, device_id, true, timeout);
}

Result<Device> Client::RefuseDevice(std::string_view device_id, milliseconds timeout) {
  return AnswerDevice(*engine_, device_id, false, timeout);
}

Result<Device> Client::RevokeDevice(std::string_view device_id, milliseconds timeout) {
  v1::RevokeDeviceRequest request;
  request.set_request_id(NewRequestId(*engine_));
  request.set_device_id(std::string(device_id));
  auto response = Ask<v1::RevokeDeviceResponse>(*engine_, sdk::Method::kRevokeDevice, request, timeout);
  if (!response.ok()) return response.error();
  return sdk::FromProto(response->device(), ThisDevice(*engine_));
}

Result<std::vector<std::string>> Client::DossierIds() const {
  return engine_->WithCore([](sdk::Core& core) -> Result<std::vector<std::string>> {
    std::vector<std::string> ids;
    for (const auto& dossier : core.Dossiers()) {
      if (dossier.complete) ids.push_back(dossier.dossier_id);
    }
    return ids;
  });
}

Result<Dossier> Client::OpenDossier(std::string_view dossier_id) const {
  return engine_->WithCore([&](sdk::Core& core) -> Result<Dossier> {
    const auto view = core.ViewOf(dossier_id);
    if (!view.ok()) return view.error();
    return Dossier(engine_.get(), std::string(dossier_id));
  });
}

Result<Dossier> Client::OwnDossier() const {
  return engine_->WithCore([&](sdk::Core& core) -> Result<Dossier> {
    std::string dossier_id = OwnDossierId(core);
    if (dossier_id.empty()) return sdk::LocalError(ErrorCode::kNotFound, "NOT_FOUND", engine_->language());
    const auto view = core.ViewOf(dossier_id);
    if (!view.ok()) return view.error();
    return Dossier(engine_.get(), std::move(dossier_id));
  });
}

Result<std::vector<BridgeTemplate>> Client::BridgeTemplates() const {
  return engine_->WithCore([&](sdk::Core& core) -> Result<std::vector<BridgeTemplate>> {
    std::vector<BridgeTemplate> templates;
    for (const auto* bridge : core.ListTemplates()) {
      templates.push_back(sdk::FromProto(*bridge, engine_->language()));
    }
    std::reverse(templates.begin(), templates.end());
    return templates;
  });
}

Result<void> Client::SyncNow(const SyncOptions& options) { return engine_->SyncNow(options); }

void Client::StartBackgroundSync() { engine_->SetBackgroundSync(true); }

void Client::StopBackgroundSync() { engine_->SetBackgroundSync(false); }

Rewards Client::Rewards() const { return brug::Rewards(engine_.get()); }

Subscription Client::Subscribe(std::function<void(const Change&)> callback) {
  return engine_->Subscribe(std::move(callback));
}

Status Client::GetStatus() const {
  return engine_->WithCore(
      [](sdk::Core& core) { return ToStatus(core.Status(), core.account().has_value()); });
}

Result<std::vector<RejectedItem>> Client::Rejected() const {
  return engine_->WithCore([](sdk::Core& core) -> Result<std::vector<RejectedItem>> {
    const auto rejected = core.Rejected();
    if (!rejected.ok()) return rejected.error();
    std::vector<RejectedItem> items;
    for (const auto& mutation : *rejected) items.push_back(sdk::ToRejectedItem(mutation));
    return items;
  });
}

Result<void> Client::DismissRejected(std::string_view mutation_id) {
  return engine_->DismissRejected(mutation_id);
}

Result<void> Client::DismissUnreadable() { return engine_->DismissUnreadable(); }

Result<std::vector<CaseloadEntry>> Client::Caseload() const {
  return engine_->WithCore([&](sdk::Core& core) -> Result<std::vector<CaseloadEntry>> {
    const auto summaries = Summaries(core, engine_->Now());
    if (!summaries.ok()) return summaries.error();
    std::vector<CaseloadEntry> entries;
    for (const auto& summary : *summaries) entries.push_back(sdk::FromProto(summary));
    return entries;
  });
}

Result<RegisteredClient> Client::RegisterClient(const NewClient& client, milliseconds timeout) {
  v1::RegisterClientRequest request;
  request.set_request_id(client.request_id.empty() ? NewRequestId(*engine_) : client.request_id);
  request.set_display_name(client.display_name);
  request.set_language(client.language);
  request.set_time_zone(client.time_zone);
  auto response = Ask<v1::RegisterClientResponse>(*engine_, sdk::Method::kRegisterClient, request, timeout);
  if (!response.ok()) return response.error();
  return RegisteredClient{.person_id = response->person_id(),
                          .dossier_id = response->dossier_id(),
                          .activation_code = {.code = response->activation_code(),
                                              .expires_at = sdk::FromProto(response->expires_at())}};
}

Result<std::vector<CaseloadContact>> Client::ListContacts(std::size_t count_max) const {
  return engine_->WithCore([count_max](sdk::Core& core) -> Result<std::vector<CaseloadContact>> {
    std::vector<CaseloadContact> contacts;
    auto done = ForEachView(core, [&](const std::string& dossier_id, const sdk::View& view) -> Result<void> {
      for (const auto& record : sdk::RecordsOf(view, rules::kContacts, sdk::kContact)) {
        contacts.push_back({.dossier_id = dossier_id,
                            .contact_id = record.record_id(),
                            .contact = sdk::FromProto(record.contact())});
      }
      return {};
    });
    if (!done.ok()) return done.error();
    std::sort(contacts.begin(), contacts.end(), [](const CaseloadContact& a, const CaseloadContact& b) {
      return std::tie(a.contact.at, a.contact_id) > std::tie(b.contact.at, b.contact_id);
    });
    contacts.resize(std::min(contacts.size(), count_max));
    return contacts;
  });
}

Result<std::vector<StaffMember>> Client::ListColleagues(milliseconds timeout) {
  std::vector<StaffMember> colleagues;
  auto done = AskAllPages<v1::ListColleaguesResponse>(*engine_, sdk::Method::kListColleagues,
                                                      v1::ListColleaguesRequest(), timeout,
                                                      [&](const v1::ListColleaguesResponse& page) {
                                                        for (const auto& colleague : page.colleagues())
                                                          colleagues.push_back(sdk::FromProto(colleague));
                                                      });
  if (!done.ok()) return done.error();
  return colleagues;
}

Result<HistoryPage> Client::ListHistory(const HistoryQuery& query, milliseconds timeout) {
  v1::ListHistoryRequest request;
  request.set_dossier_id(query.dossier_id);
  request.set_record_id(query.record_id);
  request.set_page_size(sdk::kPageSize);
  request.set_page_token(query.page);
  auto response = sdk::Ask<v1::ListHistoryResponse>(*engine_, sdk::Method::kListHistory, request, timeout);
  if (!response.ok()) return response.error();
  HistoryPage page{.entries = {}, .next_page = response->next_page_token()};
  for (const v1::LogEntry& entry : response->entries()) page.entries.push_back(sdk::FromProto(entry));
  return page;
}

Result<std::vector<IncomingHandover>> Client::ListHandovers(milliseconds timeout) {
  std::vector<IncomingHandover> handovers;
  auto done = AskAllPages<v1::ListHandoversResponse>(*engine_, sdk::Method::kListHandovers,
                                                     v1::ListHandoversRequest(), timeout,
                                                     [&](const v1::ListHandoversResponse& page) {
                                                       for (const auto& handover : page.handovers())
                                                         handovers.push_back(sdk::FromProto(handover));
                                                     });
  if (!done.ok()) return done.error();
  return handovers;
}

Result<HandoverState> Client::AnswerHandover(std::string_view handover_id, bool accept,
                                             milliseconds timeout) {
  v1::AnswerHandoverRequest request;
  request.set_request_id(NewRequestId(*engine_));
  request.set_handover_id(std::string(handover_id));
  request.set_accept(accept);
  auto response = Ask<v1::AnswerHandoverResponse>(*engine_, sdk::Method::kAnswerHandover, request, timeout);
  if (!response.ok()) return response.error();
  return sdk::FromProto(response->state());
}

Result<Team> Client::GetTeam(milliseconds timeout) {
  auto response = Ask<v1::GetTeamResponse>(*engine_, sdk::Method::kGetTeam, v1::GetTeamRequest(), timeout);
  if (!response.ok()) return response.error();
  return sdk::FromProto(*response);
}

Result<int> Client::AssignDossiers(const Assignment& assignment, milliseconds timeout) {
  v1::AssignDossiersRequest request;
  request.set_request_id(assignment.request_id.empty() ? NewRequestId(*engine_) : assignment.request_id);
  for (const auto& dossier_id : assignment.dossier_ids) request.add_dossier_ids(dossier_id);
  request.set_to_person_id(assignment.to_person_id);
  request.set_words(assignment.words);
  auto response = Ask<v1::AssignDossiersResponse>(*engine_, sdk::Method::kAssignDossiers, request, timeout);
  if (!response.ok()) return response.error();
  return response->assigned_count();
}

}  // namespace brug
