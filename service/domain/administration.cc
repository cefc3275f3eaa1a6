#include "service/domain/administration.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "brug/v1/device.pb.h"
#include "proto/bridges/default_bridge.h"
#include "proto/crypto/hash.h"
#include "proto/rules/apply.h"
#include "proto/rules/bridge_template.h"
#include "proto/rules/limits.h"
#include "proto/rules/validate.h"
#include "service/domain/activation.h"
#include "service/domain/answers.h"
#include "service/domain/enrolment.h"
#include "service/domain/journalled_ends.h"
#include "service/domain/organisation_records.h"
#include "service/domain/paging.h"
#include "service/domain/relations.h"
#include "service/domain/sealed_dossier.h"
#include "service/domain/statements.h"
#include "service/domain/teams.h"
#include "service/domain/templates.h"

namespace brug::domain {
namespace {

using platform::Failure;
using platform::Result;

Failure NotFound(std::string field) {
  return {.reason = v1::ERROR_REASON_NOT_FOUND, .field = std::move(field)};
}

Result<void> CheckName(const std::string& name, const std::string& field) {
  if (const auto reason = rules::CheckText(name, {rules::kNameBytesMax, true})) {
    return Failure{.reason = *reason, .field = field};
  }
  return {};
}

// A UUID that belongs to the request alone.
std::string IdFrom(const KeyRing& keys, const std::string& request_id) {
  const std::string mac = crypto::HmacSha256(keys.ServiceKey("brug/1 organisation ids").bytes(), request_id);
  class Fixed final : public crypto::RandomSource {
   public:
    explicit Fixed(std::string bytes) : bytes_(std::move(bytes)) {}
    void Fill(std::span<std::uint8_t> out) override {
      std::copy_n(bytes_.begin(), std::min(out.size(), bytes_.size()), out.begin());
    }

   private:
    std::string bytes_;
  } fixed(mac);
  return crypto::NewUuidV4(fixed);
}

Result<void> InsertDefaultTemplate(storage::OrganisationStore& store) {
  const auto parsed = rules::ParseTemplate(bridges::DefaultBridgeJson());
  if (const auto* fault = std::get_if<rules::TemplateFault>(&parsed)) {
    return Failure{.log_detail =
                       "the default Bridge template cannot be read: " + fault->place + ": " + fault->message};
  }
  const auto& bridge = std::get<v1::BridgeTemplate>(parsed);
  const storage::Work work = [&](storage::Transaction& transaction) {
    if (transaction.TemplatesSerial() != 0) return true;
    return transaction.InsertTemplate({.serial = 1,
                                       .template_id = bridge.template_id(),
                                       .version = bridge.version(),
                                       .content = Serialise(bridge)});
  };
  return store.Write({&work, 1});
}

Result<void> CheckRoles(const v1::StaffMember& staff_member, const std::string& field) {
  if (staff_member.roles().empty()) return Failure{.reason = v1::ERROR_REASON_MISSING, .field = field};
  std::set<int> seen;
  for (const int role : staff_member.roles()) {
    const bool staff = v1::Role_IsValid(role) && role != v1::ROLE_UNSPECIFIED && role != v1::ROLE_CLIENT &&
                       role != v1::ROLE_OPERATOR;
    if (!staff || !seen.insert(role).second)
      return Failure{.reason = v1::ERROR_REASON_OUT_OF_RANGE, .field = field};
  }
  return {};
}

Result<void> CheckStaffMember(const storage::DirectoryReads& directory, const v1::StaffMember& staff_member,
                              const std::string& path) {
  if (auto checked = CheckName(staff_member.display_name(), path + "display_name"); !checked.ok())
    return checked;
  if (auto checked = CheckRoles(staff_member, path + "roles"); !checked.ok()) return checked;
  if (!staff_member.team_id().empty() && !directory.FindTeam(staff_member.team_id())) {
    return NotFound(path + "team_id");
  }
  return {};
}

std::string SealStaffMember(const Desk& desk, v1::StaffMember staff_member) {
  const std::string place = "person/" + staff_member.person_id();
  // These are columns: one place for each.
  staff_member.clear_person_id();
  staff_member.clear_team_id();
  staff_member.clear_active();
  return SealForOrganisation(*desk.keys, place, Serialise(staff_member), desk.surroundings.random);
}

Result<void> RevokeAll(Desk& desk, const std::string& person_id) {
  for (const storage::DeviceRow& device : desk.transaction.DevicesOf(person_id)) {
    const auto revoked = Revoke(desk, device);
    if (!revoked.ok()) return revoked.failure();
  }
  return {};
}

// Known again, without the name: so an enrolment that is shown gives them no role that they lost since.
Result<void> InsertForgottenStaff(Desk& desk, const v1::JournalledStaff& staff) {
  v1::StaffMember staff_member;
  staff_member.set_person_id(staff.person_id());
  *staff_member.mutable_roles() = staff.roles();
  if (!desk.transaction.InsertPerson({.person_id = staff.person_id(),
                                      .staff = true,
                                      .active = staff.active(),
                                      .statements_count = StatementsBefore(desk.transaction),
                                      .sealed = SealStaffMember(desk, staff_member)})) {
    return Failure{.log_detail = "two people took one id"};
  }
  return {};
}

std::optional<storage::PersonRow> FindStaffRow(const storage::DirectoryReads& directory,
                                               const std::string& person_id) {
  auto row = directory.FindPerson(person_id);
  return row && row->staff ? row : std::nullopt;
}

}  // namespace

Result<v1::CreateOrganisationResponse> CreateOrganisation(const Surroundings& surroundings,
                                                          const v1::CreateOrganisationRequest& request,
                                                          rules::Instant now) {
  if (!rules::IsUuid(request.request_id()))
    return Failure{.reason = v1::ERROR_REASON_NOT_AN_ID, .field = "request_id"};
  if (auto checked = CheckName(request.display_name(), "display_name"); !checked.ok())
    return checked.failure();
  const std::string organisation_id = IdFrom(surroundings.keys, request.request_id());
  const auto keys = surroundings.keys.MakeOrganisation(organisation_id);
  if (!keys.ok()) return keys.failure();
  const auto store = surroundings.storage.OpenOrganisation(organisation_id);
  if (!store.ok()) return store.failure();
  const auto templated = InsertDefaultTemplate(**store);
  if (!templated.ok()) return templated.failure();
  storage::Registry& registry = surroundings.storage.registry();
  const auto inserted = registry.InsertOrganisation({.organisation_id = organisation_id,
                                                     .display_name = request.display_name(),
                                                     .created_at_us = ToMicroseconds(now)});
  if (!inserted.ok()) return inserted.failure();
  if (!*inserted) {
    const auto rows = registry.ListOrganisations();
    if (!rows.ok()) return rows.failure();
    for (const storage::OrganisationRow& row : *rows) {
      if (row.organisation_id == organisation_id && row.display_name != request.display_name()) {
        return Failure{.reason = v1::ERROR_REASON_REQUEST_ID_REUSED, .field = "request_id"};
      }
    }
  }
  v1::CreateOrganisationResponse response;
  response.mutable_organisation()->set_organisation_id(organisation_id);
  response.mutable_organisation()->set_display_name(request.display_name());
  return response;
}

Result<v1::ListOrganisationsResponse> ListOrganisations(const Surroundings& surroundings,
                                                        const v1::ListOrganisationsRequest& request) {
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.failure();
  auto rows = surroundings.storage.registry().ListOrganisations();
  if (!rows.ok()) return rows.failure();
  std::sort(
      rows->begin(), rows->end(), [](const storage::OrganisationRow& a, const storage::OrganisationRow& b) {
        return std::tie(a.display_name, a.organisation_id) < std::tie(b.display_name, b.organisation_id);
      });
  v1::ListOrganisationsResponse response;
  for (const auto& row :
       PageFrom(*rows, *page_size, request.page_token(), response.mutable_next_page_token())) {
    v1::Organisation& organisation = *response.add_organisations();
    organisation.set_organisation_id(row.organisation_id);
    organisation.set_display_name(row.display_name);
  }
  return response;
}

Result<v1::CreateTeamResponse> CreateTeam(Desk& desk, const v1::CreateTeamRequest& request) {
  if (auto checked = CheckName(request.display_name(), "display_name"); !checked.ok())
    return checked.failure();
  v1::CreateTeamResponse response;
  const auto answered =
      AnswerOnce(desk, {"CreateTeam", request.request_id(), request}, response, [&](Answer&) -> Result<void> {
        v1::Team& team = *response.mutable_team();
        team.set_team_id(crypto::NewUuidV4(desk.surroundings.random));
        team.set_display_name(request.display_name());
        if (!desk.transaction.InsertTeam(SealTeam(desk, team)))
          return Failure{.log_detail = "two teams took one id"};
        return {};
      });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<v1::ListTeamsResponse> ListTeams(const ReadingDesk& desk, const v1::ListTeamsRequest& request) {
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.failure();
  v1::ListTeamsResponse response;
  const auto teams = AllTeams(desk.snapshot, *desk.keys);
  for (const auto& team :
       PageFrom(teams, *page_size, request.page_token(), response.mutable_next_page_token())) {
    *response.add_teams() = team;
  }
  return response;
}

Result<v1::RegisterStaffResponse> RegisterStaff(Desk& desk, const v1::RegisterStaffRequest& request) {
  v1::StaffMember staff_member;
  staff_member.set_display_name(request.display_name());
  *staff_member.mutable_roles() = request.roles();
  staff_member.set_team_id(request.team_id());
  staff_member.set_active(true);
  if (auto checked = CheckStaffMember(desk.transaction, staff_member, ""); !checked.ok())
    return checked.failure();
  v1::RegisterStaffResponse response;
  const auto answered = AnswerOnce(
      desk, {"RegisterStaff", request.request_id(), request}, response, [&](Answer&) -> Result<void> {
        staff_member.set_person_id(crypto::NewUuidV4(desk.surroundings.random));
        if (!desk.transaction.InsertPerson({.person_id = staff_member.person_id(),
                                            .staff = true,
                                            .team_id = staff_member.team_id(),
                                            .sealed = SealStaffMember(desk, staff_member)})) {
          return Failure{.log_detail = "two people took one id"};
        }
        auto code = MakeActivationCode(desk.surroundings, desk.keys->organisation_id,
                                       staff_member.person_id(), desk.now);
        if (!code.ok()) return code.failure();
        *response.mutable_staff_member() = staff_member;
        response.set_activation_code(code->text);
        *response.mutable_expires_at() = rules::ToTimestamp(code->expires_at);
        return {};
      });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<v1::ListStaffResponse> ListStaff(const ReadingDesk& desk, const v1::ListStaffRequest& request) {
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.failure();
  v1::ListStaffResponse response;
  const auto staff = AllStaff(desk.snapshot, *desk.keys);
  for (const auto& row :
       PageFrom(staff, *page_size, request.page_token(), response.mutable_next_page_token())) {
    *response.add_staff() = row;
  }
  return response;
}

Result<v1::UpdateStaffResponse> UpdateStaff(Desk& desk, const v1::UpdateStaffRequest& request) {
  const v1::StaffMember& staff_member = request.staff_member();
  if (auto checked = CheckStaffMember(desk.transaction, staff_member, "staff_member."); !checked.ok()) {
    return checked.failure();
  }
  auto row = FindStaffRow(desk.transaction, staff_member.person_id());
  if (!row) return NotFound("staff_member.person_id");
  v1::UpdateStaffResponse response;
  const auto answered = AnswerOnce(desk, {"UpdateStaff", request.request_id(), request}, response,
                                   [&](Answer&) -> Result<void> {
                                     row->version += 1;
                                     row->team_id = staff_member.team_id();
                                     row->active = staff_member.active();
                                     row->sealed = SealStaffMember(desk, staff_member);
                                     if (!desk.transaction.UpdatePerson(*row))
                                       return Failure{.log_detail = "a person changed during the operation"};
                                     JournalStaff(desk, staff_member);
                                     *response.mutable_staff_member() = staff_member;
                                     return row->active ? Result<void>() : RevokeAll(desk, row->person_id);
                                   });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<void> SetWhatStaffMayDo(Desk& desk, const v1::JournalledStaff& staff) {
  auto row = FindStaffRow(desk.transaction, staff.person_id());
  if (!row) return InsertForgottenStaff(desk, staff);
  v1::StaffMember staff_member = StaffMemberOf(*desk.keys, *row);
  *staff_member.mutable_roles() = staff.roles();
  row->version += 1;
  row->active = staff.active();
  row->sealed = SealStaffMember(desk, staff_member);
  if (!desk.transaction.UpdatePerson(*row))
    return Failure{.log_detail = "a person changed during the operation"};
  return {};
}

Result<v1::CreateStaffActivationCodeResponse> CreateStaffActivationCode(
    Desk& desk, const v1::CreateStaffActivationCodeRequest& request) {
  const auto row = FindStaffRow(desk.transaction, request.person_id());
  if (!row || !row->active) return NotFound("person_id");
  v1::CreateStaffActivationCodeResponse response;
  const auto answered = AnswerOnce(desk, {"CreateStaffActivationCode", request.request_id(), request},
                                   response, [&](Answer&) -> Result<void> {
                                     auto code =
                                         MakeActivationCode(desk.surroundings, desk.keys->organisation_id,
                                                            request.person_id(), desk.now);
                                     if (!code.ok()) return code.failure();
                                     response.set_activation_code(code->text);
                                     *response.mutable_expires_at() = rules::ToTimestamp(code->expires_at);
                                     return {};
                                   });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<v1::ListPersonDevicesResponse> ListPersonDevices(const ReadingDesk& desk,
                                                        const v1::ListPersonDevicesRequest& request) {
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.failure();
  if (!desk.snapshot.FindPerson(request.person_id())) return NotFound("person_id");
  v1::ListPersonDevicesResponse response;
  auto rows = desk.snapshot.DevicesOf(request.person_id());
  std::reverse(rows.begin(), rows.end());
  for (const auto& row :
       PageFrom(rows, *page_size, request.page_token(), response.mutable_next_page_token())) {
    *response.add_devices() = DeviceOf(*desk.keys, row);
  }
  return response;
}

Result<v1::RevokePersonDeviceResponse> RevokePersonDevice(Desk& desk,
                                                          const v1::RevokePersonDeviceRequest& request) {
  const auto row = desk.transaction.FindDevice(request.device_id());
  if (!row) return NotFound("device_id");
  v1::RevokePersonDeviceResponse response;
  const auto answered = AnswerOnce(desk, {"RevokePersonDevice", request.request_id(), request}, response,
                                   [&](Answer&) -> Result<void> {
                                     auto device = Revoke(desk, *row);
                                     if (!device.ok()) return device.failure();
                                     *response.mutable_device() = *std::move(device);
                                     return {};
                                   });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<v1::AddTemplateResponse> AddTemplate(Desk& desk, const v1::AddTemplateRequest& request) {
  const auto problems = rules::CheckTemplate(request.template_());
  if (!problems.empty()) {
    return Failure{.reason = problems.front().reason, .field = "template." + problems.front().field};
  }
  v1::AddTemplateResponse response;
  const auto answered = AnswerOnce(
      desk, {"AddTemplate", request.request_id(), request}, response, [&](Answer&) -> Result<void> {
        const std::int64_t serial = desk.transaction.TemplatesSerial() + 1;
        if (!desk.transaction.InsertTemplate({.serial = serial,
                                              .template_id = request.template_().template_id(),
                                              .version = request.template_().version(),
                                              .content = Serialise(request.template_())})) {
          return Failure{.reason = v1::ERROR_REASON_ALREADY_EXISTS, .field = "template.version"};
        }
        response.set_templates_serial(serial);
        return {};
      });
  if (!answered.ok()) return answered.failure();
  return response;
}

Result<v1::ListTemplatesResponse> ListTemplates(const ReadingDesk& desk,
                                                const v1::ListTemplatesRequest& request) {
  const auto page_size = PageSize(request.page_size() == 0 ? 10 : request.page_size());
  if (!page_size.ok()) return page_size.failure();
  v1::ListTemplatesResponse response;
  const Templates templates(desk.snapshot);
  for (const auto& bridge :
       PageFrom(templates.All(), *page_size, request.page_token(), response.mutable_next_page_token())) {
    *response.add_templates() = bridge;
  }
  return response;
}

v1::OrganisationTotals TotalsOfOrganisation(const storage::Snapshot& snapshot,
                                            const v1::Organisation& organisation) {
  v1::OrganisationTotals totals;
  *totals.mutable_organisation() = organisation;
  totals.set_dossiers_count(snapshot.CountDossiers());
  totals.set_devices_count(snapshot.CountDevices(v1::DEVICE_STATE_LIVE));
  for (const storage::PersonRow& row : AllStaffRows(snapshot))
    totals.set_staff_count(totals.staff_count() + row.active);
  return totals;
}

Caller OperatorOf(const std::string& organisation_id) {
  Caller caller;
  caller.organisation_id = organisation_id;
  caller.person_id = "operator";
  caller.roles = {v1::ROLE_OPERATOR};
  return caller;
}

}  // namespace brug::domain
