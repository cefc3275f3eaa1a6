#pragma once

#include <cstdlib>

namespace brug::sdk {

// The calls of the contract that the SDK makes. Requests and answers are serialised messages of these RPCs.
enum class Method {
  kGetNonce,
  kEnrol,
  kOpenSession,
  kSync,
  kListHistory,
  kCreateActivationCode,
  kAllowDevice,
  kListDevices,
  kRevokeDevice,
  kRegisterClient,
  kListCaseload,
  kListContacts,
  kListColleagues,
  kListHandovers,
  kAnswerHandover,
  kGetTeam,
  kAssignDossiers,
  kCreateScheme,
  kAddBudget,
  kListSchemes,
  kRegisterMerchant,
  kSetAgreement,
  kListMerchants,
  kGetMerchantStatement,
  kDraftOffer,
  kDiscardOffer,
  kPromiseOffer,
  kRequestVoucher,
  kListOffers,
  kListApprovals,
  kAnswerApproval,
  kGetRewardRules,
  kDeclineOffer,
  kGetVoucherCode,
  kReplaceVoucherCode,
  kCancelVoucher,
  kRedeemVoucher,
  kUndoRedemption,
  kListRedemptions,
  kGetVoucherKeys,
};
inline constexpr Method kLastMethod = Method::kGetVoucherKeys;

// The path of the RPC, "/brug.v1.SERVICE/METHOD": its name for good, on the wire and on disk.
[[nodiscard]] constexpr const char* PathOf(Method method) {
  switch (method) {
    case Method::kGetNonce:
      return "/brug.v1.EnrolmentService/GetNonce";
    case Method::kEnrol:
      return "/brug.v1.EnrolmentService/Enrol";
    case Method::kOpenSession:
      return "/brug.v1.EnrolmentService/OpenSession";
    case Method::kSync:
      return "/brug.v1.SyncService/Sync";
    case Method::kListHistory:
      return "/brug.v1.SyncService/ListHistory";
    case Method::kCreateActivationCode:
      return "/brug.v1.EnrolmentService/CreateActivationCode";
    case Method::kAllowDevice:
      return "/brug.v1.EnrolmentService/AllowDevice";
    case Method::kListDevices:
      return "/brug.v1.EnrolmentService/ListDevices";
    case Method::kRevokeDevice:
      return "/brug.v1.EnrolmentService/RevokeDevice";
    case Method::kRegisterClient:
      return "/brug.v1.CaseloadService/RegisterClient";
    case Method::kListCaseload:
      return "/brug.v1.CaseloadService/ListCaseload";
    case Method::kListContacts:
      return "/brug.v1.CaseloadService/ListContacts";
    case Method::kListColleagues:
      return "/brug.v1.CaseloadService/ListColleagues";
    case Method::kListHandovers:
      return "/brug.v1.CaseloadService/ListHandovers";
    case Method::kAnswerHandover:
      return "/brug.v1.CaseloadService/AnswerHandover";
    case Method::kGetTeam:
      return "/brug.v1.CaseloadService/GetTeam";
    case Method::kAssignDossiers:
      return "/brug.v1.CaseloadService/AssignDossiers";
    case Method::kCreateScheme:
      return "/brug.v1.RewardService/CreateScheme";
    case Method::kAddBudget:
      return "/brug.v1.RewardService/AddBudget";
    case Method::kListSchemes:
      return "/brug.v1.RewardService/ListSchemes";
    case Method::kRegisterMerchant:
      return "/brug.v1.RewardService/RegisterMerchant";
    case Method::kSetAgreement:
      return "/brug.v1.RewardService/SetAgreement";
    case Method::kListMerchants:
      return "/brug.v1.RewardService/ListMerchants";
    case Method::kGetMerchantStatement:
      return "/brug.v1.RewardService/GetMerchantStatement";
    case Method::kDraftOffer:
      return "/brug.v1.RewardService/DraftOffer";
    case Method::kDiscardOffer:
      return "/brug.v1.RewardService/DiscardOffer";
    case Method::kPromiseOffer:
      return "/brug.v1.RewardService/PromiseOffer";
    case Method::kRequestVoucher:
      return "/brug.v1.RewardService/RequestVoucher";
    case Method::kListOffers:
      return "/brug.v1.RewardService/ListOffers";
    case Method::kListApprovals:
      return "/brug.v1.RewardService/ListApprovals";
    case Method::kAnswerApproval:
      return "/brug.v1.RewardService/AnswerApproval";
    case Method::kGetRewardRules:
      return "/brug.v1.RewardService/GetRewardRules";
    case Method::kDeclineOffer:
      return "/brug.v1.RewardService/DeclineOffer";
    case Method::kGetVoucherCode:
      return "/brug.v1.RewardService/GetVoucherCode";
    case Method::kReplaceVoucherCode:
      return "/brug.v1.RewardService/ReplaceVoucherCode";
    case Method::kCancelVoucher:
      return "/brug.v1.RewardService/CancelVoucher";
    case Method::kRedeemVoucher:
      return "/brug.v1.RewardService/RedeemVoucher";
    case Method::kUndoRedemption:
      return "/brug.v1.RewardService/UndoRedemption";
    case Method::kListRedemptions:
      return "/brug.v1.RewardService/ListRedemptions";
    case Method::kGetVoucherKeys:
      return "/brug.v1.RewardService/GetVoucherKeys";
  }
  std::abort();
}

// Whether the call changes something about money: it is made under an id that is written down before its
// first try. The request's field 1 is that id.
[[nodiscard]] constexpr bool IsOnce(Method method) {
  switch (method) {
    case Method::kCreateScheme:
    case Method::kAddBudget:
    case Method::kRegisterMerchant:
    case Method::kSetAgreement:
    case Method::kDraftOffer:
    case Method::kDiscardOffer:
    case Method::kPromiseOffer:
    case Method::kRequestVoucher:
    case Method::kAnswerApproval:
    case Method::kDeclineOffer:
    case Method::kReplaceVoucherCode:
    case Method::kCancelVoucher:
    case Method::kRedeemVoucher:
    case Method::kUndoRedemption:
      return true;
    default:
      return false;
  }
}

// Whether the call is made without a session, also by a device that is nobody's.
[[nodiscard]] constexpr bool IsForAnyone(Method method) { return method == Method::kGetVoucherKeys; }

}  // namespace brug::sdk
