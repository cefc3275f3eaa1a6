#include "service/ctl/words.h"

#include <google/protobuf/util/time_util.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace brug::ctl {
namespace {

using google::protobuf::util::TimeUtil;

// "ROLE_TEAM_LEAD" without its prefix, in small letters.
std::string Plain(std::string name, std::size_t prefix) {
  name.erase(0, prefix);
  for (char& letter : name)
    letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  return name;
}

std::string Line(const v1::StaffMember& member) {
  std::string roles;
  for (const int role : member.roles()) {
    if (!roles.empty()) roles += ",";
    roles += Plain(v1::Role_Name(static_cast<v1::Role>(role)), 5);
  }
  return member.person_id() + "  " + roles + "  " + member.display_name() +
         (member.team_id().empty() ? "" : "  team " + member.team_id()) +
         (member.active() ? "" : "  no longer here") + "\n";
}

std::string Line(const v1::Device& device) {
  return device.device_id() + "  " + Plain(v1::DeviceState_Name(device.state()), 13) + "  " +
         device.display_name() + "  since " + TimeUtil::ToString(device.enrolled_at()) + "\n";
}

std::string CodeLine(const std::string& code, const google::protobuf::Timestamp& expires_at) {
  return "Activation code: " + code + "  (once, until " + TimeUtil::ToString(expires_at) + ")\n";
}

std::string OrNone(std::string text, std::string_view none) {
  return text.empty() ? std::string(none) + "\n" : text;
}

}  // namespace

std::string Say(const v1::CreateOrganisationResponse& response) {
  return "Made organisation " + response.organisation().display_name() + ": " +
         response.organisation().organisation_id() + "\n";
}

std::string Say(const v1::ListOrganisationsResponse& response) {
  std::string text;
  for (const auto& one : response.organisations())
    text += one.organisation_id() + "  " + one.display_name() + "\n";
  return OrNone(text, "No organisation yet. Make one: brugctl organisation create NAME");
}

std::string Say(const v1::CreateTeamResponse& response) {
  return "Made team " + response.team().display_name() + ": " + response.team().team_id() + "\n";
}

std::string Say(const v1::ListTeamsResponse& response) {
  std::string text;
  for (const auto& team : response.teams()) text += team.team_id() + "  " + team.display_name() + "\n";
  return OrNone(text, "No team yet. Make one: brugctl team create NAME");
}

std::string Say(const v1::RegisterStaffResponse& response) {
  return "Registered " + Line(response.staff_member()) +
         CodeLine(response.activation_code(), response.expires_at());
}

std::string Say(const v1::ListStaffResponse& response) {
  std::string text;
  for (const auto& member : response.staff()) text += Line(member);
  return OrNone(text, "No staff yet. Register somebody: brugctl staff register NAME --role mentor");
}

std::string Say(const v1::UpdateStaffResponse& response) {
  return "Changed " + Line(response.staff_member());
}

std::string Say(const v1::CreateStaffActivationCodeResponse& response) {
  return CodeLine(response.activation_code(), response.expires_at());
}

std::string Say(const v1::ListPersonDevicesResponse& response) {
  std::string text;
  for (const auto& device : response.devices()) text += Line(device);
  return OrNone(text, "This person has no device.");
}

std::string Say(const v1::RevokePersonDeviceResponse& response) {
  return "Revoked " + Line(response.device());
}

std::string Say(const v1::AddTemplateResponse& response) {
  return "Added; devices get it with their next sync (set " + std::to_string(response.templates_serial()) +
         ").\n";
}

std::string Say(const v1::ListTemplatesResponse& response) {
  std::string text;
  for (const auto& bridge : response.templates()) {
    text += bridge.template_id() + "  version " + std::to_string(bridge.version()) + "  " +
            std::to_string(bridge.pillars_size()) + " pillars\n";
  }
  return OrNone(text, "No template.");
}

std::string Say(const v1::VerifyLedgerResponse& response) {
  std::string text = "Went through " + std::to_string(response.schemes_count()) + " schemes, " +
                     std::to_string(response.transfers_count()) + " transfers, " +
                     std::to_string(response.accounts_count()) + " balances, " +
                     std::to_string(response.offers_count()) + " offers, " +
                     std::to_string(response.vouchers_count()) + " vouchers, " +
                     std::to_string(response.redemptions_count()) + " redemptions.\n";
  for (const auto& finding : response.findings()) {
    text += "scheme " + finding.scheme_id() + "  " + finding.rule() + "  " + finding.words() + "\n";
  }
  const std::int64_t more = response.findings_count() - response.findings_size();
  if (more > 0) text += "and " + std::to_string(more) + " more\n";
  return text + (response.findings_count() == 0 ? "The books add up.\n" : "");
}

std::string Say(const v1::ListVoucherKeysResponse& response) {
  std::string text;
  for (const auto& key : response.keys()) {
    text += key.key_id() + (text.empty() ? "  signs\n" : "  verifies\n");
  }
  return OrNone(text, "No key yet.");
}

std::string Say(const v1::RotateVoucherKeyResponse& response) {
  return "New vouchers are signed with " + response.key().key_id() +
         ". Publish the key set again: brugctl voucher-keys publish\n";
}

std::string Say(const v1::ReleaseRestoreResponse& response) {
  std::string text =
      "Restored at " + TimeUtil::ToString(response.restored_at()) +
      (response.has_released_at() ? ", released at " + TimeUtil::ToString(response.released_at()) + "\n"
                                  : ", not released: nothing is promised, given or spent until then\n");
  for (const auto& merchant : response.merchants_not_heard()) {
    text += "not heard from: " + merchant.display_name() + "  " + merchant.person_id() + "\n";
  }
  if (response.statements_waiting() > 0) {
    text += std::to_string(response.statements_waiting()) +
            " statements about money were shown and wait for whoever they are about\n";
  }
  if (response.shortage_cents() > 0) {
    text += std::to_string(response.shortage_cents()) + " cents came from the account 'restored'\n";
  }
  return text;
}

std::string SayHeldBack(const v1::Organisation& organisation, const v1::ReleaseRestoreResponse& restore) {
  if (restore.has_released_at()) return {};
  return organisation.display_name() + ": restored at " + TimeUtil::ToString(restore.restored_at()) +
         " and not released; brugctl restored show says who is missing, brugctl restored release lets "
         "promises "
         "and payments go on\n";
}

std::string Say(const v1::CreateBackupResponse& response) {
  const v1::Backup& backup = response.backup();
  return "Backed up and verified: " + std::to_string(backup.files_size()) + " files, " +
         std::to_string(backup.total_bytes()) + " bytes in " + backup.path() +
         "\nThe key_file is not in it: keep a copy of that file elsewhere.\n";
}

std::string Say(const v1::ListBackupsResponse& response) {
  std::string text;
  for (const v1::Backup& backup : response.backups()) {
    text += TimeUtil::ToString(backup.begun_at()) + "  " + backup.path() + "  ";
    text += backup.problem().empty()
                ? std::to_string(backup.total_bytes()) + " bytes" + (backup.verified() ? ", verified" : "")
                : "not made: " + backup.problem();
    text += "\n";
  }
  return OrNone(text, "No backup yet. Make one: brugctl backup DIRECTORY");
}

std::string Say(const v1::GetStatusResponse& response) {
  std::string text =
      "brugd " + response.version() + ", since " + TimeUtil::ToString(response.started_at()) + "\n" +
      (response.ready() ? "ready: it can write\n" : "not ready: " + response.not_ready_reason() + "\n") +
      "data in " + response.data_directory() + ", " + std::to_string(response.free_bytes() / 1'000'000) +
      " MB free, schema " + std::to_string(response.schema_version()) + "\n";
  for (const auto& totals : response.organisations()) {
    text += totals.organisation().display_name() + ": " + std::to_string(totals.dossiers_count()) +
            " dossiers, " + std::to_string(totals.staff_count()) + " staff, " +
            std::to_string(totals.devices_count()) + " devices\n";
  }
  return text;
}

Fault FaultOf(const grpc::Status& status, const std::string& socket) {
  Fault fault{.reason = "NO_CONNECTION", .field = {}, .message = status.error_message()};
  google::rpc::Status rich;
  if (!rich.ParseFromString(status.error_details()) || rich.details_size() == 0) {
    if (status.error_code() == grpc::StatusCode::UNAVAILABLE) {
      fault.message = "brugd does not answer at " + socket + ". Is it running, and may you open that file?";
    }
    return fault;
  }
  google::rpc::ErrorInfo info;
  google::rpc::LocalizedMessage said;
  google::rpc::BadRequest request;
  for (const auto& detail : rich.details()) {
    if (detail.UnpackTo(&info)) fault.reason = info.reason();
    if (detail.UnpackTo(&said)) fault.message = said.message();
    if (detail.UnpackTo(&request) && request.field_violations_size() > 0) {
      fault.field = request.field_violations(0).field();
    }
  }
  return fault;
}

}  // namespace brug::ctl
