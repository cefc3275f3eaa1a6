#include "client-sdk/src/api/convert.h"
#include "proto/rules/apply.h"

namespace brug::sdk {

namespace {

DeviceState FromProto(v1::DeviceState state) {
  switch (state) {
    case v1::DEVICE_STATE_WAITING:
      return DeviceState::kWaiting;
    case v1::DEVICE_STATE_LIVE:
      return DeviceState::kLive;
    case v1::DEVICE_STATE_REVOKED:
      return DeviceState::kRevoked;
    default:
      return DeviceState::kUnknown;
  }
}

}  // namespace

Date FromProto(const v1::Date& date) {
  return {.year = date.year(), .month = date.month(), .day = date.day()};
}

v1::Date ToProto(const Date& date) {
  v1::Date result;
  result.set_year(date.year);
  result.set_month(date.month);
  result.set_day(date.day);
  return result;
}

Instant FromProto(const google::protobuf::Timestamp& timestamp) { return rules::ToInstant(timestamp); }

google::protobuf::Timestamp ToProto(Instant instant) { return rules::ToTimestamp(instant); }

Role FromProto(v1::Role role) {
  switch (role) {
    case v1::ROLE_CLIENT:
      return Role::kClient;
    case v1::ROLE_MENTOR:
      return Role::kMentor;
    case v1::ROLE_TEAM_LEAD:
      return Role::kTeamLead;
    case v1::ROLE_PROGRAMME_MANAGER:
      return Role::kProgrammeManager;
    case v1::ROLE_APPROVER:
      return Role::kApprover;
    case v1::ROLE_MERCHANT:
      return Role::kMerchant;
    case v1::ROLE_EVALUATOR:
      return Role::kEvaluator;
    case v1::ROLE_OPERATOR:
      return Role::kOperator;
    default:
      return Role::kUnknown;
  }
}

Author FromProto(const v1::Author& author) {
  return {.person_id = author.person_id(), .role = FromProto(author.role())};
}

Device FromProto(const v1::Device& device, std::string_view this_device_id) {
  Device result{.device_id = device.device_id(),
                .person_id = device.person_id(),
                .display_name = device.display_name(),
                .state = FromProto(device.state()),
                .enrolled_at = FromProto(device.enrolled_at()),
                .last_session_at = {},
                .is_this_device = device.device_id() == this_device_id};
  if (device.has_last_session_at()) result.last_session_at = FromProto(device.last_session_at());
  return result;
}

StaffMember FromProto(const v1::StaffMember& member) {
  StaffMember result{.person_id = member.person_id(),
                     .display_name = member.display_name(),
                     .roles = {},
                     .team_id = member.team_id(),
                     .active = member.active()};
  for (const int role : member.roles()) result.roles.push_back(FromProto(static_cast<v1::Role>(role)));
  return result;
}

Team FromProto(const v1::GetTeamResponse& team) {
  Team result{.team_id = team.team_id(), .display_name = team.display_name(), .members = {}};
  for (const auto& member : team.members()) {
    result.members.push_back({.mentor = FromProto(member.mentor()),
                              .dossier_ids = {member.dossier_ids().begin(), member.dossier_ids().end()},
                              .quiet_count = member.quiet_count(),
                              .contacts_count = member.contacts_count()});
  }
  return result;
}

}  // namespace brug::sdk
