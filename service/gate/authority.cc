#include "service/gate/authority.h"

#include <algorithm>
#include <array>

namespace brug::gate {
namespace {

using enum domain::Relationship;

// Everyone who has a replica or settings of their own. An operator has no session: the admin socket is their
// identity.
const std::vector<v1::Role> kEveryone = {
    v1::ROLE_CLIENT,   v1::ROLE_MENTOR,   v1::ROLE_TEAM_LEAD, v1::ROLE_PROGRAMME_MANAGER,
    v1::ROLE_APPROVER, v1::ROLE_MERCHANT, v1::ROLE_EVALUATOR};
const std::vector<v1::Role> kMentor = {v1::ROLE_MENTOR};
const std::vector<v1::Role> kTeamLead = {v1::ROLE_TEAM_LEAD};
const std::vector<v1::Role> kClient = {v1::ROLE_CLIENT};
const std::vector<v1::Role> kProgrammeManager = {v1::ROLE_PROGRAMME_MANAGER};
const std::vector<v1::Role> kApprover = {v1::ROLE_APPROVER};
const std::vector<v1::Role> kMerchant = {v1::ROLE_MERCHANT};
// Who has to do with rewards on the organisation's side.
const std::vector<v1::Role> kRewardStaff = {v1::ROLE_MENTOR, v1::ROLE_TEAM_LEAD, v1::ROLE_PROGRAMME_MANAGER,
                                            v1::ROLE_APPROVER};
const std::vector<v1::Role> kOperator = {v1::ROLE_OPERATOR};

constexpr std::array<std::string_view, 4> kNoSession = {"EnrolmentService/GetNonce", "EnrolmentService/Enrol",
                                                        "EnrolmentService/OpenSession",
                                                        "RewardService/GetVoucherKeys"};

// kUnasked: the call names nobody and nothing; what it answers is the caller's own. Sync decides mutation by
// mutation (service/domain/sync.h), by the same relationships: own and live ones are applied, ended ones
// received, all others refused.
const std::vector<Allowance> kTable = {
    {"SyncService/Sync", kUnasked, kEveryone},
    {"SyncService/Watch", kUnasked, kEveryone},
    {"SyncService/ListHistory", kOwn, kClient},
    {"SyncService/ListHistory", kLive, kMentor},
    {"EnrolmentService/CreateActivationCode", kOwn, kEveryone},
    {"EnrolmentService/CreateActivationCode", kLive, kMentor},
    {"EnrolmentService/AllowDevice", kOwn, kEveryone},
    {"EnrolmentService/ListDevices", kOwn, kEveryone},
    {"EnrolmentService/ListDevices", kLive, kMentor},
    {"EnrolmentService/RevokeDevice", kOwn, kEveryone},
    {"EnrolmentService/RevokeDevice", kLive, kMentor},
    {"CaseloadService/RegisterClient", kUnasked, kMentor},
    {"CaseloadService/ListCaseload", kUnasked, kMentor},
    {"CaseloadService/ListContacts", kUnasked, kMentor},
    {"CaseloadService/ListContacts", kLive, kMentor},
    {"CaseloadService/ListColleagues", kUnasked, {v1::ROLE_MENTOR, v1::ROLE_TEAM_LEAD}},
    {"CaseloadService/ListHandovers", kUnasked, kMentor},
    {"CaseloadService/AnswerHandover", kOwn, kMentor},
    {"CaseloadService/GetTeam", kUnasked, kTeamLead},
    {"CaseloadService/AssignDossiers", kUnasked, kTeamLead},
    {"RewardService/CreateScheme", kUnasked, kProgrammeManager},
    {"RewardService/AddBudget", kUnasked, kProgrammeManager},
    {"RewardService/ListSchemes", kUnasked, kRewardStaff},
    {"RewardService/RegisterMerchant", kUnasked, kProgrammeManager},
    {"RewardService/SetAgreement", kUnasked, kProgrammeManager},
    {"RewardService/ListMerchants", kUnasked, kProgrammeManager},
    {"RewardService/GetMerchantStatement", kUnasked, kProgrammeManager},
    {"RewardService/DraftOffer", kLive, kMentor},
    {"RewardService/DiscardOffer", kLive, kMentor},
    {"RewardService/PromiseOffer", kLive, kMentor},
    {"RewardService/RequestVoucher", kLive, kMentor},
    {"RewardService/ListOffers", kUnasked, kMentor},
    {"RewardService/ListOffers", kLive, kMentor},
    {"RewardService/ListApprovals", kUnasked, kApprover},
    {"RewardService/AnswerApproval", kUnasked, kApprover},
    {"RewardService/GetRewardRules", kUnasked, kClient},
    {"RewardService/DeclineOffer", kOwn, kClient},
    {"RewardService/GetVoucherCode", kOwn, kClient},
    {"RewardService/ReplaceVoucherCode", kOwn, kClient},
    {"RewardService/CancelVoucher", kOwn, kClient},
    {"RewardService/RedeemVoucher", kUnasked, kMerchant},
    {"RewardService/UndoRedemption", kOwn, kMerchant},
    {"RewardService/ListRedemptions", kUnasked, kMerchant},
    {"AdminService/CreateOrganisation", kUnasked, kOperator},
    {"AdminService/ListOrganisations", kUnasked, kOperator},
    {"AdminService/CreateBackup", kUnasked, kOperator},
    {"AdminService/ListBackups", kUnasked, kOperator},
    {"AdminService/CreateTeam", kUnasked, kOperator},
    {"AdminService/ListTeams", kUnasked, kOperator},
    {"AdminService/RegisterStaff", kUnasked, kOperator},
    {"AdminService/ListStaff", kUnasked, kOperator},
    {"AdminService/UpdateStaff", kUnasked, kOperator},
    {"AdminService/CreateStaffActivationCode", kUnasked, kOperator},
    {"AdminService/ListPersonDevices", kUnasked, kOperator},
    {"AdminService/RevokePersonDevice", kUnasked, kOperator},
    {"AdminService/AddTemplate", kUnasked, kOperator},
    {"AdminService/ListTemplates", kUnasked, kOperator},
    {"AdminService/GetStatus", kUnasked, kOperator},
    {"AdminService/VerifyLedger", kUnasked, kOperator},
    {"AdminService/RotateVoucherKey", kUnasked, kOperator},
    {"AdminService/ListVoucherKeys", kUnasked, kOperator},
    {"AdminService/ReleaseRestore", kUnasked, kOperator},
};

}  // namespace

std::span<const Allowance> Allowances() { return kTable; }

bool NeedsNoSession(std::string_view rpc) {
  return std::find(kNoSession.begin(), kNoSession.end(), rpc) != kNoSession.end();
}

bool Allows(std::string_view rpc, std::span<const v1::Role> roles, domain::Relationship relationship) {
  return std::any_of(kTable.begin(), kTable.end(), [&](const Allowance& allowance) {
    return allowance.rpc == rpc && allowance.relationship == relationship &&
           std::find_first_of(roles.begin(), roles.end(), allowance.roles.begin(), allowance.roles.end()) !=
               roles.end();
  });
}

}  // namespace brug::gate
