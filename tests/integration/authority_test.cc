#include "service/gate/authority.h"

#include <gtest/gtest.h>

#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <set>

#include "brug/v1/admin_service.grpc.pb.h"
#include "tests/support/raw_bytes.h"
#include "tests/support/reward_town.h"

// The table of authority, walked over the wire: every RPC, by every role, about everybody.
namespace brug::test {
namespace {

using domain::Relationship;

const std::vector<v1::Role> kRoles = {
    v1::ROLE_CLIENT,   v1::ROLE_MENTOR,   v1::ROLE_TEAM_LEAD, v1::ROLE_PROGRAMME_MANAGER,
    v1::ROLE_APPROVER, v1::ROLE_MERCHANT, v1::ROLE_EVALUATOR};

// Whom a call is about. Other client and other organisation are both "no relation" to the table, and tried
// apart.
enum class About { kSelf, kLive, kEnded, kOtherClient, kOtherOrganisation };
const std::vector<About> kAbout = {About::kSelf, About::kLive, About::kEnded, About::kOtherClient,
                                   About::kOtherOrganisation};

// What has to do with money and is somebody's: each is there to be taken on once.
struct Rewards {
  std::string goal_id;
  // Drafts, two of them.
  std::string discardable, promisable;
  // Promised, one of them earned as well.
  std::string declinable, earned;
  std::string voucher, cancellable;
};

struct Person {
  std::unique_ptr<RawDevice> device;
  std::string person_id;
  std::string dossier_id;
  Rewards rewards = {};
  std::string redemption_id = {};
};

// Ids that a request can name.
struct Target {
  std::string person_id;
  std::string device_id;
  std::string dossier_id;
  std::string handover_id;
  Rewards rewards = {};
  std::string redemption_id = {};
  // The same whomever the call is about.
  std::string scheme_id = {}, merchant_id = {}, asked_offer_id = {}, voucher_code = {};
};

class Authority : public ::testing::Test {
 protected:
  void SetUp() override {
    organisation_ = town_.organisation_id;
    team_ = service_.CreateTeam(organisation_, "North");
    other_organisation_ = elsewhere_.organisation_id;
    colleague_ = Staff(organisation_, v1::ROLE_MENTOR);
    lead_ = Staff(organisation_, v1::ROLE_TEAM_LEAD);
    other_client_ = ClientOf(colleague_);
    other_client_.redemption_id = Redeemed(town_);
    foreign_mentor_ = Staff(other_organisation_, v1::ROLE_MENTOR);
    foreign_client_ = ClientOf(foreign_mentor_);
    foreign_client_.redemption_id = Redeemed(elsewhere_);
    const auto spender = town_.NewEarner();
    voucher_code_ = RewardTown::CodeOf(spender, town_.Given(spender, 100)).code();
    asked_offer_id_ = Asked(spender);
    for (const v1::Role role : kRoles) MakeCaller(role);
  }

  Person Staff(const std::string& organisation_id, v1::Role role) {
    const auto staff = service_.RegisterStaff({.organisation_id = organisation_id,
                                               .display_name = "Staff",
                                               .roles = {role},
                                               .team_id = organisation_id == organisation_ ? team_ : ""});
    Person person{std::make_unique<RawDevice>(service_, organisation_id), staff.person_id, ""};
    const auto status = person.device->Enrol(staff.activation_code);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return person;
  }

  Person ClientOf(Person& mentor) {
    const RewardTown& town = &mentor == &foreign_mentor_ ? elsewhere_ : town_;
    auto home =
        &mentor == &foreign_mentor_ ? elsewhere_.NewEarner(*mentor.device) : town_.NewEarner(*mentor.device);
    RawDevice& by = *mentor.device;
    Rewards rewards{.goal_id = home.goal_id,
                    .discardable = town.Draft(by, home, 100),
                    .promisable = town.Draft(by, home, 100),
                    .declinable = town.Promised(by, home, 100),
                    .earned = town.Promised(by, home, 100),
                    .voucher = town.Given(by, home, 100),
                    .cancellable = town.Given(by, home, 100)};
    return {std::move(home.phone), home.person_id, home.dossier_id, std::move(rewards)};
  }

  // An offer that waits for a second person's yes to its promise.
  std::string Asked(const RewardTown::Home& home) {
    auto scheme = RewardTown::WideScheme();
    scheme.set_four_eyes_above_cents(0);
    auto create = Fresh<v1::CreateSchemeRequest>();
    *create.mutable_scheme() = scheme;
    create.set_budget_cents(1'000);
    RawDevice& manager = *town_.manager.device;
    auto request = town_.DraftRequest(home, 100);
    request.mutable_draft()->set_scheme_id(
        manager.Must(manager.reward(), &v1::RewardService::Stub::CreateScheme, create).scheme().scheme_id());
    RawDevice& mentor = *town_.mentor.device;
    const auto drafted = mentor.Must(mentor.reward(), &v1::RewardService::Stub::DraftOffer, request);
    EXPECT_EQ(town_.Promise(mentor, drafted.offer().offer_id()), v1::OFFER_STATE_PROMISE_ASKED);
    return drafted.offer().offer_id();
  }

  // A redemption by the town's shop.
  static std::string Redeemed(RewardTown& town) { return RedeemedBy(town, *town.merchant.device); }
  static std::string RedeemedBy(RewardTown& town, RawDevice& shop) {
    const auto home = town.NewEarner();
    const auto code = RewardTown::CodeOf(home, town.Given(home, 100));
    return shop.Must(shop.reward(), &v1::RewardService::Stub::RedeemVoucher, RedeemCode(code.code()))
        .redemption()
        .redemption_id();
  }

  // Somebody with a live relation and an ended one, whatever role they have now: staff begin as mentors and
  // change.
  void MakeCaller(v1::Role role) {
    if (role == v1::ROLE_CLIENT) {
      callers_[role] = ClientOf(colleague_);
      return;
    }
    Person caller = Staff(organisation_, v1::ROLE_MENTOR);
    live_[role] = ClientOf(caller);
    ended_[role] = ClientOf(caller);
    v1::AssignDossiersRequest assign;
    assign.set_request_id(caller.device->NewId());
    assign.set_to_person_id(colleague_.person_id);
    assign.add_dossier_ids(ended_[role].dossier_id);
    v1::AssignDossiersResponse assigned;
    ASSERT_TRUE(
        lead_.device
            ->Call(lead_.device->caseload(), &v1::CaseloadService::Stub::AssignDossiers, assign, &assigned)
            .ok());
    v1::UpdateStaffRequest update;
    update.set_request_id(caller.device->NewId());
    update.set_organisation_id(organisation_);
    update.mutable_staff_member()->set_person_id(caller.person_id);
    update.mutable_staff_member()->set_display_name("Caller");
    update.mutable_staff_member()->add_roles(role);
    update.mutable_staff_member()->set_team_id(team_);
    update.mutable_staff_member()->set_active(true);
    v1::UpdateStaffResponse updated;
    grpc::ClientContext context;
    ASSERT_TRUE(service_.admin().UpdateStaff(&context, update, &updated).ok());
    if (role == v1::ROLE_MERCHANT) {
      auto agree = Fresh<v1::SetAgreementRequest>();
      agree.set_merchant_id(caller.person_id);
      agree.set_scheme_id(town_.scheme_id);
      agree.set_takes_vouchers(true);
      RawDevice& manager = *town_.manager.device;
      manager.Must(manager.reward(), &v1::RewardService::Stub::SetAgreement, agree);
      caller.redemption_id = RedeemedBy(town_, *caller.device);
    }
    callers_[role] = std::move(caller);
  }

  // Nothing when this role cannot have such a one: a client walks beside nobody.
  std::optional<Target> TargetOf(v1::Role role, About about) {
    const Person* person = nullptr;
    switch (about) {
      case About::kSelf:
        person = &callers_[role];
        break;
      case About::kLive:
        person = live_.contains(role) ? &live_[role] : nullptr;
        break;
      case About::kEnded:
        person = ended_.contains(role) ? &ended_[role] : nullptr;
        break;
      case About::kOtherClient:
        person = &other_client_;
        break;
      case About::kOtherOrganisation:
        person = &foreign_client_;
        break;
    }
    if (person == nullptr) return std::nullopt;
    return Target{.person_id = person->person_id,
                  .device_id = person->device->enrolled().device().device_id(),
                  .dossier_id = person->dossier_id,
                  .handover_id = person->person_id,
                  .rewards = person->rewards,
                  .redemption_id = person->redemption_id,
                  .scheme_id = town_.scheme_id,
                  .merchant_id = town_.merchant.person_id,
                  .asked_offer_id = asked_offer_id_,
                  .voucher_code = voucher_code_};
  }

  RunningService service_{
      {.flags = {"--wrong_codes_per_minute_max=100000", "--device_calls_per_minute_max=100000"}}};
  RewardTown town_{service_};
  RewardTown elsewhere_{service_};
  std::string organisation_, other_organisation_, team_, voucher_code_, asked_offer_id_;
  Person colleague_, lead_, other_client_, foreign_mentor_, foreign_client_;
  std::map<v1::Role, Person> callers_, live_, ended_;
};

// How an RPC is called about a target, and what it says about whom.
struct Probe {
  std::function<grpc::Status(RawDevice&, const Target&)> call;
  // Whether the request names somebody; else it is tried once, unasked.
  bool names_somebody = false;
};

template <typename Stub, typename Request, typename Response>
Probe Unasked(Stub& (RawDevice::*stub)() const,
              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*)) {
  return {[=](RawDevice& device, const Target&) {
    Response response;
    return device.Call((device.*stub)(), method, Request(), &response);
  }};
}

template <typename Stub, typename Request, typename Response>
Probe Naming(Stub& (RawDevice::*stub)() const,
             grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
             std::function<void(Request&, const Target&)> fill) {
  return {[=](RawDevice& device, const Target& target) {
            Request request;
            fill(request, target);
            Response response;
            return device.Call((device.*stub)(), method, request, &response);
          },
          true};
}

using Reward = v1::RewardService::Stub;

// Each names an offer, a voucher or a redemption of somebody, or a dossier; a writing one can succeed.
std::map<std::string, Probe> ProbesOfSomebodysRewards() {
  const auto offer = [](std::string Rewards::*which) {
    return [which](auto& request, const Target& target) {
      request = Fresh<std::decay_t<decltype(request)>>();
      request.set_offer_id(target.rewards.*which);
    };
  };
  const auto voucher = [](std::string Rewards::*which) {
    return [which](auto& request, const Target& target) {
      request = Fresh<std::decay_t<decltype(request)>>();
      request.set_voucher_id(target.rewards.*which);
    };
  };
  const auto draft = [](v1::DraftOfferRequest& request, const Target& target) {
    request = Fresh<v1::DraftOfferRequest>();
    request.set_dossier_id(target.dossier_id);
    request.mutable_draft()->set_goal_id(target.rewards.goal_id);
    request.mutable_draft()->set_scheme_id(target.scheme_id);
    request.mutable_draft()->set_amount_cents(100);
  };
  return {
      {"RewardService/DraftOffer",
       Naming<Reward, v1::DraftOfferRequest>(&RawDevice::reward, &Reward::DraftOffer, draft)},
      {"RewardService/DiscardOffer",
       Naming<Reward, v1::DiscardOfferRequest>(&RawDevice::reward, &Reward::DiscardOffer,
                                               offer(&Rewards::discardable))},
      {"RewardService/PromiseOffer",
       Naming<Reward, v1::PromiseOfferRequest>(&RawDevice::reward, &Reward::PromiseOffer,
                                               offer(&Rewards::promisable))},
      {"RewardService/RequestVoucher",
       Naming<Reward, v1::RequestVoucherRequest>(&RawDevice::reward, &Reward::RequestVoucher,
                                                 offer(&Rewards::earned))},
      {"RewardService/ListOffers",
       Naming<Reward, v1::ListOffersRequest>(
           &RawDevice::reward, &Reward::ListOffers,
           [](auto& request, const Target& target) {
             request.set_dossier_id(target.dossier_id.empty() ? target.person_id : target.dossier_id);
           })},
      {"RewardService/DeclineOffer",
       Naming<Reward, v1::DeclineOfferRequest>(&RawDevice::reward, &Reward::DeclineOffer,
                                               offer(&Rewards::declinable))},
      {"RewardService/GetVoucherCode",
       Naming<Reward, v1::GetVoucherCodeRequest>(
           &RawDevice::reward, &Reward::GetVoucherCode,
           [](auto& request, const Target& target) { request.set_voucher_id(target.rewards.voucher); })},
      {"RewardService/ReplaceVoucherCode",
       Naming<Reward, v1::ReplaceVoucherCodeRequest>(&RawDevice::reward, &Reward::ReplaceVoucherCode,
                                                     voucher(&Rewards::voucher))},
      {"RewardService/CancelVoucher",
       Naming<Reward, v1::CancelVoucherRequest>(&RawDevice::reward, &Reward::CancelVoucher,
                                                voucher(&Rewards::cancellable))},
      {"RewardService/UndoRedemption",
       Naming<Reward, v1::UndoRedemptionRequest>(&RawDevice::reward, &Reward::UndoRedemption,
                                                 [](auto& request, const Target& target) {
                                                   request = Fresh<v1::UndoRedemptionRequest>();
                                                   request.set_redemption_id(target.redemption_id);
                                                 })},
  };
}

// One that names nobody, with a request that can succeed.
template <typename Request, typename Response>
Probe Filled(grpc::Status (Reward::*method)(grpc::ClientContext*, const Request&, Response*),
             std::function<void(Request&, const Target&)> fill) {
  Probe probe = Naming<Reward, Request>(&RawDevice::reward, method, std::move(fill));
  probe.names_somebody = false;
  return probe;
}

std::map<std::string, Probe> ProbesOfTheProgramme() {
  const auto add = [](v1::AddBudgetRequest& request, const Target& target) {
    request = Fresh<v1::AddBudgetRequest>();
    request.set_scheme_id(target.scheme_id);
    request.set_amount_cents(1);
  };
  const auto agree = [](v1::SetAgreementRequest& request, const Target& target) {
    request = Fresh<v1::SetAgreementRequest>();
    request.set_merchant_id(target.merchant_id);
    request.set_scheme_id(target.scheme_id);
    request.set_takes_vouchers(true);
  };
  const auto month = [](v1::GetMerchantStatementRequest& request, const Target& target) {
    request.set_merchant_id(target.merchant_id);
    request.set_scheme_id(target.scheme_id);
    request.set_year(2026);
    request.set_month(1);
  };
  const auto answer = [](v1::AnswerApprovalRequest& request, const Target& target) {
    request = Fresh<v1::AnswerApprovalRequest>();
    request.set_offer_id(target.asked_offer_id);
    request.set_state_seen(v1::OFFER_STATE_PROMISE_ASKED);
    request.set_yes(true);
  };
  return {
      {"RewardService/CreateScheme", Filled<v1::CreateSchemeRequest>(&Reward::CreateScheme,
                                                                     [](auto& request, const Target&) {
                                                                       request =
                                                                           Fresh<v1::CreateSchemeRequest>();
                                                                       *request.mutable_scheme() =
                                                                           RewardTown::WideScheme();
                                                                     })},
      {"RewardService/AddBudget", Filled<v1::AddBudgetRequest>(&Reward::AddBudget, add)},
      {"RewardService/ListSchemes", Unasked(&RawDevice::reward, &Reward::ListSchemes)},
      {"RewardService/RegisterMerchant",
       Filled<v1::RegisterMerchantRequest>(&Reward::RegisterMerchant,
                                           [](auto& request, const Target&) {
                                             request = Fresh<v1::RegisterMerchantRequest>();
                                             request.set_display_name("Shop");
                                           })},
      {"RewardService/SetAgreement", Filled<v1::SetAgreementRequest>(&Reward::SetAgreement, agree)},
      {"RewardService/ListMerchants", Unasked(&RawDevice::reward, &Reward::ListMerchants)},
      {"RewardService/GetMerchantStatement",
       Filled<v1::GetMerchantStatementRequest>(&Reward::GetMerchantStatement, month)},
      {"RewardService/ListApprovals", Unasked(&RawDevice::reward, &Reward::ListApprovals)},
      {"RewardService/AnswerApproval", Filled<v1::AnswerApprovalRequest>(&Reward::AnswerApproval, answer)},
      {"RewardService/GetRewardRules", Unasked(&RawDevice::reward, &Reward::GetRewardRules)},
      {"RewardService/RedeemVoucher",
       Filled<v1::RedeemVoucherRequest>(
           &Reward::RedeemVoucher,
           [](auto& request, const Target& target) { request = RedeemCode(target.voucher_code); })},
      {"RewardService/ListRedemptions", Unasked(&RawDevice::reward, &Reward::ListRedemptions)},
  };
}

std::map<std::string, Probe> ProbesOfTheDossier() {
  using S = v1::SyncService::Stub;
  using E = v1::EnrolmentService::Stub;
  using C = v1::CaseloadService::Stub;
  const auto by_person = [](auto& request, const Target& target) { request.set_person_id(target.person_id); };
  const auto by_device = [](auto& request, const Target& target) { request.set_device_id(target.device_id); };
  return {
      {"SyncService/Sync", Unasked(&RawDevice::sync, &S::Sync)},
      {"SyncService/ListHistory", Naming<S, v1::ListHistoryRequest>(
                                      &RawDevice::sync, &S::ListHistory,
                                      [](auto& request, const Target& target) {
                                        request.set_dossier_id(target.dossier_id.empty() ? target.person_id
                                                                                         : target.dossier_id);
                                      })},
      {"SyncService/Watch", {[](RawDevice& device, const Target&) {
         auto context = device.Context();
         auto stream = device.sync().Watch(context.get(), v1::WatchRequest());
         v1::WatchResponse hint;
         if (stream->Read(&hint)) context->TryCancel();
         const auto status = stream->Finish();
         return status.error_code() == grpc::StatusCode::CANCELLED ? grpc::Status::OK : status;
       }}},
      {"EnrolmentService/CreateActivationCode",
       Naming<E, v1::CreateActivationCodeRequest>(&RawDevice::enrolment, &E::CreateActivationCode,
                                                  by_person)},
      {"EnrolmentService/AllowDevice",
       Naming<E, v1::AllowDeviceRequest>(&RawDevice::enrolment, &E::AllowDevice, by_device)},
      {"EnrolmentService/ListDevices",
       Naming<E, v1::ListDevicesRequest>(&RawDevice::enrolment, &E::ListDevices, by_person)},
      // Without a request_id: what is allowed fails on that, and no device of the test is revoked.
      {"EnrolmentService/RevokeDevice",
       Naming<E, v1::RevokeDeviceRequest>(&RawDevice::enrolment, &E::RevokeDevice, by_device)},
      {"CaseloadService/RegisterClient", Unasked(&RawDevice::caseload, &C::RegisterClient)},
      {"CaseloadService/ListCaseload", Unasked(&RawDevice::caseload, &C::ListCaseload)},
      {"CaseloadService/ListContacts",
       Naming<C, v1::ListContactsRequest>(
           &RawDevice::caseload, &C::ListContacts,
           [](auto& request, const Target& target) {
             request.set_dossier_id(target.dossier_id.empty() ? target.person_id : target.dossier_id);
           })},
      {"CaseloadService/ListColleagues", Unasked(&RawDevice::caseload, &C::ListColleagues)},
      {"CaseloadService/ListHandovers", Unasked(&RawDevice::caseload, &C::ListHandovers)},
      {"CaseloadService/AnswerHandover",
       Naming<C, v1::AnswerHandoverRequest>(
           &RawDevice::caseload, &C::AnswerHandover,
           [](auto& request, const Target& target) { request.set_handover_id(target.handover_id); })},
      {"CaseloadService/GetTeam", Unasked(&RawDevice::caseload, &C::GetTeam)},
      {"CaseloadService/AssignDossiers", Unasked(&RawDevice::caseload, &C::AssignDossiers)},
  };
}

std::map<std::string, Probe> Probes() {
  auto probes = ProbesOfTheDossier();
  probes.merge(ProbesOfSomebodysRewards());
  probes.merge(ProbesOfTheProgramme());
  return probes;
}

Relationship InTable(v1::Role role, About about) {
  switch (about) {
    case About::kSelf:
      return Relationship::kOwn;
    case About::kLive:
      return role == v1::ROLE_MENTOR ? Relationship::kLive : Relationship::kEnded;
    case About::kEnded:
      return Relationship::kEnded;
    default:
      return Relationship::kNone;
  }
}

bool WasRefused(const grpc::Status& status) {
  const std::string reason = ErrorOf(status).reason;
  return reason == "NOT_ALLOWED" || reason == "SIGN_IN_NEEDED";
}

TEST_F(Authority, EveryCallOfEveryRoleAboutEverybodyIsAnsweredAsTheTableSays) {
  const auto probes = Probes();
  int tried = 0, expected_tries = 0, cannot_be = 0, allowed = 0;
  std::map<std::string, int> succeeded;
  for (const auto& [rpc, probe] : probes) {
    for (const v1::Role role : kRoles) {
      const std::vector<About> about = probe.names_somebody ? kAbout : std::vector<About>{About::kSelf};
      expected_tries += static_cast<int>(about.size());
      for (const About whom : about) {
        const auto target = TargetOf(role, whom);
        if (!target) {
          ++cannot_be;
          continue;
        }
        const Relationship relationship = probe.names_somebody ? InTable(role, whom) : Relationship::kUnasked;
        // Nobody proposed a handover here and staff have no dossier of their own, so these name what is not
        // there.
        const bool names_nothing =
            (rpc == "CaseloadService/AnswerHandover") ||
            (rpc == "CaseloadService/ListContacts" && whom == About::kSelf && role != v1::ROLE_CLIENT);
        const bool expect_allowed = !names_nothing && gate::Allows(rpc, std::vector{role}, relationship);
        const auto status = probe.call(*callers_[role].device, *target);
        ++tried;
        allowed += expect_allowed ? 1 : 0;
        succeeded[rpc] += status.ok() ? 1 : 0;
        EXPECT_EQ(!WasRefused(status), expect_allowed)
            << rpc << " by " << v1::Role_Name(role) << " about " << static_cast<int>(whom) << ": "
            << status.error_message();
      }
    }
  }
  EXPECT_EQ(tried + cannot_be, expected_tries);
  EXPECT_GT(allowed, 30);
  for (const char* rpc :
       {"SyncService/Sync", "SyncService/Watch", "SyncService/ListHistory", "EnrolmentService/ListDevices",
        "CaseloadService/ListCaseload", "CaseloadService/ListContacts", "CaseloadService/ListColleagues",
        "CaseloadService/ListHandovers", "CaseloadService/GetTeam"}) {
    EXPECT_GT(succeeded[rpc], 0) << rpc;
  }
  for (const auto& [rpc, probe] : probes) {
    if (!rpc.starts_with("RewardService/")) continue;
    EXPECT_GT(succeeded[rpc], 0) << rpc;
  }
  std::cout << "authority: " << probes.size() << " RPCs, " << kRoles.size() << " roles, " << tried
            << " calls, " << cannot_be << " that cannot be (a client walks beside nobody), " << allowed
            << " allowed\n";
}

TEST_F(Authority, WithoutASessionEverythingIsRefused) {
  RawDevice stranger(service_, organisation_);
  for (const auto& [rpc, probe] : Probes()) {
    EXPECT_EQ(ErrorOf(probe.call(stranger, {})).reason, "SIGN_IN_NEEDED") << rpc;
  }
  stranger.token = callers_[v1::ROLE_MENTOR].device->token + "x";
  for (const auto& [rpc, probe] : Probes()) {
    EXPECT_EQ(ErrorOf(probe.call(stranger, {})).reason, "SIGN_IN_NEEDED") << rpc;
  }
}

TEST_F(Authority, TheOperatorsServiceIsNotOnThePortOfDevices) {
  const auto channel = ChannelTo(service_);
  const auto* operators =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("brug.v1.AdminService");
  for (int i = 0; i < operators->method_count(); ++i) {
    for (const auto& [role, caller] : callers_) {
      auto context = caller.device->Context();
      EXPECT_EQ(SendBytes(channel, *context, PathOf(*operators->method(i)), "").error_code(),
                grpc::StatusCode::UNIMPLEMENTED)
          << operators->method(i)->name() << " by " << v1::Role_Name(role);
    }
  }
}

TEST_F(Authority, TheOperatorVerifiesTheLedgerAndTurnsTheVoucherKey) {
  EXPECT_EQ(town_.VerifyLedger().findings_count(), 0);
  const auto keys = [&] {
    v1::ListVoucherKeysRequest request;
    request.set_organisation_id(organisation_);
    v1::ListVoucherKeysResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(service_.admin().ListVoucherKeys(&context, request, &response).ok());
    return response;
  };
  EXPECT_EQ(keys().keys_size(), 1);
  auto rotate = Fresh<v1::RotateVoucherKeyRequest>();
  rotate.set_organisation_id(organisation_);
  v1::RotateVoucherKeyResponse rotated;
  grpc::ClientContext context;
  EXPECT_TRUE(service_.admin().RotateVoucherKey(&context, rotate, &rotated).ok());
  ASSERT_EQ(keys().keys_size(), 2);
  EXPECT_EQ(keys().keys(0).key_id(), rotated.key().key_id());
  // Strangers may have them: they check tokens with them.
  v1::GetVoucherKeysRequest request;
  request.set_organisation_id(organisation_);
  RawDevice stranger(service_, organisation_);
  EXPECT_EQ(stranger.Must(stranger.reward(), &Reward::GetVoucherKeys, request).jwks(), keys().jwks());
}

// An RPC that nobody thought of in the table, or here, is found by its name in the contract.
TEST(AuthorityTable, EveryRpcOfTheContractHasItsRowAndItsProbe) {
  std::set<std::string> in_contract;
  for (const char* name :
       {"SyncService", "EnrolmentService", "CaseloadService", "RewardService", "AdminService"}) {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(std::string("brug.v1.") + name);
    ASSERT_NE(service, nullptr) << name;
    for (int i = 0; i < service->method_count(); ++i) {
      in_contract.insert(service->name() + "/" + service->method(i)->name());
    }
  }
  std::set<std::string> in_table;
  for (const auto& allowance : gate::Allowances()) in_table.insert(std::string(allowance.rpc));
  const auto probes = Probes();
  for (const std::string& rpc : in_contract) {
    EXPECT_TRUE(in_table.contains(rpc) != gate::NeedsNoSession(rpc)) << rpc;
    const bool of_operator = rpc.starts_with("AdminService/");
    EXPECT_EQ(probes.contains(rpc), !of_operator && !gate::NeedsNoSession(rpc)) << rpc;
  }
  for (const std::string& rpc : in_table)
    EXPECT_TRUE(in_contract.contains(rpc)) << rpc << " is not in the contract";
}

}  // namespace
}  // namespace brug::test
