#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "service/domain/approvals.h"
#include "service/domain/caseload.h"
#include "service/domain/enrolment.h"
#include "service/domain/history.h"
#include "service/domain/merchants.h"
#include "service/domain/offers.h"
#include "service/domain/redemptions.h"
#include "service/domain/relations.h"
#include "service/domain/schemes.h"
#include "service/domain/sessions.h"
#include "service/domain/vouchers.h"
#include "service/gate/authority.h"

// The RPCs that take a session, as data: what operation of the domain each is, and what it concerns. Without
// gRPC, so that whoever brings a call by another way (the simulator) runs these very rows.
namespace brug::rpc {

// What the request is about, for the table of authority.
template <typename Request>
using RelationshipOf = domain::Relationship (*)(const storage::Snapshot&, const domain::Caller&,
                                                const Request&);

template <typename Request>
domain::Relationship Unasked(const storage::Snapshot&, const domain::Caller&, const Request&) {
  return domain::Relationship::kUnasked;
}

// One RPC.
template <typename Request, typename Response>
struct WritingRpc {
  std::string_view name;
  platform::Result<Response> (*operation)(domain::Desk&, const Request&);
  RelationshipOf<Request> relationship = Unasked<Request>;
};
template <typename Request, typename Response>
struct ReadingRpc {
  std::string_view name;
  platform::Result<Response> (*operation)(const domain::ReadingDesk&, const Request&);
  RelationshipOf<Request> relationship = Unasked<Request>;
};
// Said out, because clang 14, which clang-tidy is, does not deduce an aggregate's arguments by itself.
template <typename Request, typename Response, typename... Relationship>
WritingRpc(std::string_view, platform::Result<Response> (*)(domain::Desk&, const Request&), Relationship...)
    -> WritingRpc<Request, Response>;
template <typename Request, typename Response, typename... Relationship>
ReadingRpc(std::string_view, platform::Result<Response> (*)(const domain::ReadingDesk&, const Request&),
           Relationship...) -> ReadingRpc<Request, Response>;

// Somebody who was let in: how to say who they are as of a snapshot or transaction, and what they read.
struct Guest {
  std::function<platform::Result<domain::Caller>(const storage::DirectoryReads&)> who;
  std::shared_ptr<const domain::OrganisationKeys> keys;
  std::string language;
};

// Who it is, and whether the table allows it: in the same snapshot or transaction as what follows.
template <typename Request>
platform::Result<domain::Caller> Allow(std::string_view rpc, RelationshipOf<Request> relationship,
                                       const Guest& guest, const storage::Snapshot& snapshot,
                                       const Request& request) {
  auto caller = guest.who(snapshot);
  if (!caller.ok()) return caller;
  caller->language = guest.language;
  if (!gate::Allows(rpc, caller->roles, relationship(snapshot, *caller, request))) {
    return platform::Failure{.reason = v1::ERROR_REASON_NOT_ALLOWED};
  }
  return caller;
}

// The RPC in a transaction, for whom Allow() let in within it; a failure is to undo what it wrote. May be run
// again from the start.
template <typename Request, typename Response>
platform::Result<Response> PerformAs(const domain::Caller& caller, const WritingRpc<Request, Response>& rpc,
                                     const domain::Surroundings& surroundings, const Guest& guest,
                                     storage::Transaction& transaction, const Request& request,
                                     domain::Hints& hints) {
  domain::Desk desk{surroundings, transaction, caller, guest.keys, surroundings.clock.Now()};
  auto answered = rpc.operation(desk, request);
  hints = std::move(desk.hints);
  return answered;
}

// The same for whoever the table lets in.
template <typename Request, typename Response>
platform::Result<Response> Perform(const WritingRpc<Request, Response>& rpc,
                                   const domain::Surroundings& surroundings, const Guest& guest,
                                   storage::Transaction& transaction, const Request& request,
                                   domain::Hints& hints) {
  auto caller = Allow(rpc.name, rpc.relationship, guest, transaction, request);
  if (!caller.ok()) return caller.failure();
  return PerformAs(*caller, rpc, surroundings, guest, transaction, request, hints);
}

// The RPC on a snapshot.
template <typename Request, typename Response>
platform::Result<Response> Perform(const ReadingRpc<Request, Response>& rpc,
                                   const domain::Surroundings& surroundings, const Guest& guest,
                                   const storage::Snapshot& snapshot, const Request& request) {
  auto caller = Allow(rpc.name, rpc.relationship, guest, snapshot, request);
  if (!caller.ok()) return caller.failure();
  return rpc.operation({surroundings, snapshot, *caller, guest.keys, surroundings.clock.Now()}, request);
}

// ---- What requests are about

// Requests that may name a person; the empty name is the caller.
template <typename Request>
domain::Relationship WithPerson(const storage::Snapshot& snapshot, const domain::Caller& caller,
                                const Request& request) {
  if (request.person_id().empty()) return domain::Relationship::kOwn;
  return domain::RelationshipWithPerson(snapshot, caller, request.person_id());
}

template <typename Request>
domain::Relationship WithDevice(const storage::Snapshot& snapshot, const domain::Caller& caller,
                                const Request& request) {
  return domain::RelationshipWithDevice(snapshot, caller, request.device_id());
}

template <typename Request>
domain::Relationship WithDossier(const storage::Snapshot& snapshot, const domain::Caller& caller,
                                 const Request& request) {
  return domain::RelationshipWith(snapshot, caller, request.dossier_id());
}

// Requests that may name a dossier; without one they are about all that is the caller's.
template <typename Request>
domain::Relationship WithDossierIfAny(const storage::Snapshot& snapshot, const domain::Caller& caller,
                                      const Request& request) {
  if (request.dossier_id().empty()) return domain::Relationship::kUnasked;
  return domain::RelationshipWith(snapshot, caller, request.dossier_id());
}

template <typename Request>
domain::Relationship WithHandover(const storage::Snapshot& snapshot, const domain::Caller& caller,
                                  const Request& request) {
  return domain::RelationshipWithHandover(snapshot, caller, request.handover_id());
}

template <typename Request>
domain::Relationship WithOffer(const storage::Snapshot& snapshot, const domain::Caller& caller,
                               const Request& request) {
  return domain::RelationshipWithOffer(snapshot, caller, request.offer_id());
}

template <typename Request>
domain::Relationship WithVoucher(const storage::Snapshot& snapshot, const domain::Caller& caller,
                                 const Request& request) {
  return domain::RelationshipWithVoucher(snapshot, caller, request.voucher_id());
}

template <typename Request>
domain::Relationship WithRedemption(const storage::Snapshot& snapshot, const domain::Caller& caller,
                                    const Request& request) {
  return domain::RelationshipWithRedemption(snapshot, caller, request.redemption_id());
}

// ---- The rows

inline constexpr WritingRpc kCreateActivationCode{"EnrolmentService/CreateActivationCode",
                                                  domain::CreateActivationCode,
                                                  WithPerson<v1::CreateActivationCodeRequest>};
inline constexpr WritingRpc kAllowDevice{"EnrolmentService/AllowDevice", domain::AllowDevice,
                                         WithDevice<v1::AllowDeviceRequest>};
inline constexpr ReadingRpc kListDevices{"EnrolmentService/ListDevices", domain::ListDevices,
                                         WithPerson<v1::ListDevicesRequest>};
inline constexpr WritingRpc kRevokeDevice{"EnrolmentService/RevokeDevice", domain::RevokeDevice,
                                          WithDevice<v1::RevokeDeviceRequest>};

inline constexpr ReadingRpc kListHistory{"SyncService/ListHistory", domain::ListHistory,
                                         WithDossier<v1::ListHistoryRequest>};
inline constexpr WritingRpc kRegisterClient{"CaseloadService/RegisterClient", domain::RegisterClient};
inline constexpr ReadingRpc kListCaseload{"CaseloadService/ListCaseload", domain::ListCaseload};
inline constexpr ReadingRpc kListContacts{"CaseloadService/ListContacts", domain::ListContacts,
                                          WithDossierIfAny<v1::ListContactsRequest>};
inline constexpr ReadingRpc kListColleagues{"CaseloadService/ListColleagues", domain::ListColleagues};
inline constexpr ReadingRpc kListHandovers{"CaseloadService/ListHandovers", domain::ListHandovers};
inline constexpr WritingRpc kAnswerHandover{"CaseloadService/AnswerHandover", domain::AnswerHandover,
                                            WithHandover<v1::AnswerHandoverRequest>};
inline constexpr ReadingRpc kGetTeam{"CaseloadService/GetTeam", domain::GetTeam};
inline constexpr WritingRpc kAssignDossiers{"CaseloadService/AssignDossiers", domain::AssignDossiers};

inline constexpr WritingRpc kCreateScheme{"RewardService/CreateScheme", domain::CreateScheme};
inline constexpr WritingRpc kAddBudget{"RewardService/AddBudget", domain::AddBudget};
inline constexpr ReadingRpc kListSchemes{"RewardService/ListSchemes", domain::ListSchemes};
inline constexpr WritingRpc kRegisterMerchant{"RewardService/RegisterMerchant", domain::RegisterMerchant};
inline constexpr WritingRpc kSetAgreement{"RewardService/SetAgreement", domain::SetAgreement};
inline constexpr ReadingRpc kListMerchants{"RewardService/ListMerchants", domain::ListMerchants};
inline constexpr ReadingRpc kGetMerchantStatement{"RewardService/GetMerchantStatement",
                                                  domain::GetMerchantStatement};
inline constexpr WritingRpc kDraftOffer{"RewardService/DraftOffer", domain::DraftOffer,
                                        WithDossier<v1::DraftOfferRequest>};
inline constexpr WritingRpc kDiscardOffer{"RewardService/DiscardOffer", domain::DiscardOffer,
                                          WithOffer<v1::DiscardOfferRequest>};
inline constexpr WritingRpc kPromiseOffer{"RewardService/PromiseOffer", domain::PromiseOffer,
                                          WithOffer<v1::PromiseOfferRequest>};
inline constexpr WritingRpc kRequestVoucher{"RewardService/RequestVoucher", domain::RequestVoucher,
                                            WithOffer<v1::RequestVoucherRequest>};
inline constexpr ReadingRpc kListOffers{"RewardService/ListOffers", domain::ListOffers,
                                        WithDossierIfAny<v1::ListOffersRequest>};
inline constexpr ReadingRpc kListApprovals{"RewardService/ListApprovals", domain::ListApprovals};
inline constexpr WritingRpc kAnswerApproval{"RewardService/AnswerApproval", domain::AnswerApproval};
inline constexpr ReadingRpc kGetRewardRules{"RewardService/GetRewardRules", domain::GetRewardRules};
inline constexpr WritingRpc kDeclineOffer{"RewardService/DeclineOffer", domain::DeclineOffer,
                                          WithOffer<v1::DeclineOfferRequest>};
inline constexpr ReadingRpc kGetVoucherCode{"RewardService/GetVoucherCode", domain::GetVoucherCode,
                                            WithVoucher<v1::GetVoucherCodeRequest>};
inline constexpr WritingRpc kReplaceVoucherCode{"RewardService/ReplaceVoucherCode",
                                                domain::ReplaceVoucherCode,
                                                WithVoucher<v1::ReplaceVoucherCodeRequest>};
inline constexpr WritingRpc kCancelVoucher{"RewardService/CancelVoucher", domain::CancelVoucher,
                                           WithVoucher<v1::CancelVoucherRequest>};
// Beside this the service counts a merchant's wrong codes.
inline constexpr WritingRpc kRedeemVoucher{"RewardService/RedeemVoucher", domain::RedeemVoucher};
inline constexpr WritingRpc kUndoRedemption{"RewardService/UndoRedemption", domain::UndoRedemption,
                                            WithRedemption<v1::UndoRedemptionRequest>};
inline constexpr ReadingRpc kListRedemptions{"RewardService/ListRedemptions", domain::ListRedemptions};

}  // namespace brug::rpc
