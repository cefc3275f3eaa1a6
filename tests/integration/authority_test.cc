#include "service/gate/authority.h"

#include <gtest/gtest.h>

#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <set>

#include "brug/v1/admin_service.grpc.pb.h"
#include "tests/support/raw_device.h"

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

struct Person {
  std::unique_ptr<RawDevice> device;
  std::string person_id;
  std::string dossier_id;
};

// Ids that a request can name.
struct Target {
  std::string person_id;
  std::string device_id;
  std::string dossier_id;
  std::string handover_id;
};

class Authority : public ::testing::Test {
 protected:
  void SetUp() override {
    organisation_ = service_.CreateOrganisation("Gemeente");
    team_ = service_.CreateTeam(organisation_, "North");
    other_organisation_ = service_.CreateOrganisation("Elsewhere");
    colleague_ = Staff(organisation_, v1::ROLE_MENTOR);
    lead_ = Staff(organisation_, v1::ROLE_TEAM_LEAD);
    other_client_ = ClientOf(colleague_);
    foreign_mentor_ = Staff(other_organisation_, v1::ROLE_MENTOR);
    foreign_client_ = ClientOf(foreign_mentor_);
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
    const auto registered = mentor.device->RegisterClient("Client");
    Person person{std::make_unique<RawDevice>(service_, ""), registered.person_id(), registered.dossier_id()};
    const auto status = person.device->Enrol(registered.activation_code());
    EXPECT_TRUE(status.ok()) << status.error_message();
    return person;
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
                  .handover_id = person->person_id};
  }

  RunningService service_{
      {.flags = {"--wrong_codes_per_minute_max=100000", "--device_calls_per_minute_max=100000"}}};
  std::string organisation_, other_organisation_, team_;
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

std::map<std::string, Probe> Probes() {
  using S = v1::SyncService::Stub;
  using E = v1::EnrolmentService::Stub;
  using C = v1::CaseloadService::Stub;
  const auto by_person = [](auto& request, const Target& target) { request.set_person_id(target.person_id); };
  const auto by_device = [](auto& request, const Target& target) { request.set_device_id(target.device_id); };
  return {
      {"SyncService/Sync", Unasked(&RawDevice::sync, &S::Sync)},
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
       {"SyncService/Sync", "SyncService/Watch", "EnrolmentService/ListDevices",
        "CaseloadService/ListCaseload", "CaseloadService/ListContacts", "CaseloadService/ListColleagues",
        "CaseloadService/ListHandovers", "CaseloadService/GetTeam"}) {
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
  auto admin = v1::AdminService::NewStub(ChannelTo(service_));
  auto context = callers_[v1::ROLE_MENTOR].device->Context();
  v1::GetStatusResponse status;
  EXPECT_EQ(admin->GetStatus(context.get(), {}, &status).error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

// An RPC that nobody thought of in the table, or here, is found by its name in the contract.
TEST(AuthorityTable, EveryRpcOfTheContractHasItsRowAndItsProbe) {
  std::set<std::string> in_contract;
  for (const char* name : {"SyncService", "EnrolmentService", "CaseloadService", "AdminService"}) {
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
