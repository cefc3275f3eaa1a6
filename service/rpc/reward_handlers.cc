#include "brug/v1/reward_service.grpc.pb.h"
#include "service/domain/approvals.h"
#include "service/domain/merchants.h"
#include "service/domain/offers.h"
#include "service/domain/redemptions.h"
#include "service/domain/schemes.h"
#include "service/domain/voucher_keys.h"
#include "service/domain/vouchers.h"
#include "service/rpc/call.h"
#include "service/rpc/services.h"

namespace brug::rpc {
namespace {

using platform::Result;
using RedeemCall = Call<v1::RedeemVoucherRequest, v1::RedeemVoucherResponse>;

using Contract = v1::RewardService;
// All of its methods, given bytes.
using RawService = RawMethods<
    Contract::Service, Contract::WithRawCallbackMethod_CreateScheme,
    Contract::WithRawCallbackMethod_AddBudget, Contract::WithRawCallbackMethod_ListSchemes,
    Contract::WithRawCallbackMethod_RegisterMerchant, Contract::WithRawCallbackMethod_SetAgreement,
    Contract::WithRawCallbackMethod_ListMerchants, Contract::WithRawCallbackMethod_GetMerchantStatement,
    Contract::WithRawCallbackMethod_DraftOffer, Contract::WithRawCallbackMethod_DiscardOffer,
    Contract::WithRawCallbackMethod_PromiseOffer, Contract::WithRawCallbackMethod_RequestVoucher,
    Contract::WithRawCallbackMethod_ListOffers, Contract::WithRawCallbackMethod_ListApprovals,
    Contract::WithRawCallbackMethod_AnswerApproval, Contract::WithRawCallbackMethod_GetRewardRules,
    Contract::WithRawCallbackMethod_DeclineOffer, Contract::WithRawCallbackMethod_GetVoucherCode,
    Contract::WithRawCallbackMethod_ReplaceVoucherCode, Contract::WithRawCallbackMethod_CancelVoucher,
    Contract::WithRawCallbackMethod_RedeemVoucher, Contract::WithRawCallbackMethod_UndoRedemption,
    Contract::WithRawCallbackMethod_ListRedemptions, Contract::WithRawCallbackMethod_GetVoucherKeys>;

class RewardHandlers final : public RawService {
 public:
  explicit RewardHandlers(Office& office) : office_(office) {}

 private:
  using Bytes = grpc::ByteBuffer;
  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* CreateScheme(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kCreateScheme, context, sent, answer);
  }
  Reactor* AddBudget(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kAddBudget, context, sent, answer);
  }
  Reactor* ListSchemes(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kListSchemes, context, sent, answer);
  }
  Reactor* RegisterMerchant(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kRegisterMerchant, context, sent, answer);
  }
  Reactor* SetAgreement(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kSetAgreement, context, sent, answer);
  }
  Reactor* ListMerchants(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kListMerchants, context, sent, answer);
  }
  Reactor* GetMerchantStatement(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kGetMerchantStatement, context, sent, answer);
  }
  Reactor* DraftOffer(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kDraftOffer, context, sent, answer);
  }
  Reactor* DiscardOffer(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kDiscardOffer, context, sent, answer);
  }
  Reactor* PromiseOffer(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kPromiseOffer, context, sent, answer);
  }
  Reactor* RequestVoucher(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kRequestVoucher, context, sent, answer);
  }
  Reactor* ListOffers(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kListOffers, context, sent, answer);
  }
  Reactor* ListApprovals(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kListApprovals, context, sent, answer);
  }
  Reactor* AnswerApproval(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kAnswerApproval, context, sent, answer);
  }
  Reactor* GetRewardRules(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kGetRewardRules, context, sent, answer);
  }
  Reactor* DeclineOffer(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kDeclineOffer, context, sent, answer);
  }
  Reactor* GetVoucherCode(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kGetVoucherCode, context, sent, answer);
  }
  Reactor* ReplaceVoucherCode(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kReplaceVoucherCode, context, sent, answer);
  }
  Reactor* CancelVoucher(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kCancelVoucher, context, sent, answer);
  }
  Reactor* RedeemVoucher(Context* context, const Bytes* sent, Bytes* answer) override {
    return Welcome<v1::RedeemVoucherRequest, v1::RedeemVoucherResponse>(
        office_, kRedeemVoucher.name, context, sent, answer,
        [this](const std::shared_ptr<RedeemCall>& call, const Visitor& visitor) {
          Commit(call, visitor.desk,
                 [this, call = call.get(), visitor](storage::Transaction& transaction, domain::Hints& hints) {
                   return Redeem(*call, visitor, transaction, hints);
                 });
        });
  }
  Reactor* UndoRedemption(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kUndoRedemption, context, sent, answer);
  }
  Reactor* ListRedemptions(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kListRedemptions, context, sent, answer);
  }
  Reactor* GetVoucherKeys(Context* context, const Bytes* sent, Bytes* answer) override {
    return Apart<v1::GetVoucherKeysRequest, v1::GetVoucherKeysResponse>(
        office_, "RewardService/GetVoucherKeys", context, sent, answer,
        [this](const v1::GetVoucherKeysRequest& request) {
          return domain::GetVoucherKeys(office_.surroundings(), request);
        });
  }

  // A merchant's wrong codes are counted here, in the writer's turn: of many at once none slips through.
  // Should the transaction be run again it counts twice, which costs a merchant one try of ten.
  Result<v1::RedeemVoucherResponse> Redeem(const RedeemCall& call, const Visitor& visitor,
                                           storage::Transaction& transaction, domain::Hints& hints) {
    const Guest guest = GuestOf(visitor, call.facts());
    const auto caller =
        Allow(kRedeemVoucher.name, kRedeemVoucher.relationship, guest, transaction, call.request());
    if (!caller.ok()) return caller.failure();
    const auto tries = office_.wrong_vouchers().Check(caller->person_id, call.facts().begun);
    if (!tries.ok()) return tries.failure();
    auto answered =
        PerformAs(*caller, kRedeemVoucher, office_.surroundings(), guest, transaction, call.request(), hints);
    if (!answered.ok() && answered.failure().reason == v1::ERROR_REASON_VOUCHER_NOT_VALID) {
      CountWrongTry(*caller, call.facts());
    }
    return answered;
  }

  void CountWrongTry(const domain::Caller& caller, const CallFacts& facts) {
    if (!office_.wrong_vouchers().Count(caller.person_id, caller.organisation_id, facts.begun)) return;
    office_.log().Write(platform::LogLevel::kWarning, "voucher_codes_guessed",
                        {{"organisation_id", caller.organisation_id}});
  }

  Office& office_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeRewardService(Office& office) {
  return std::make_unique<RewardHandlers>(office);
}

}  // namespace brug::rpc
