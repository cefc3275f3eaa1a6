#include "tests/support/reward_town.h"

#include <gtest/gtest.h>

#include <chrono>

#include "proto/rules/limits.h"
#include "tests/support/dossier_story.h"

namespace brug::test {
namespace {

using Reward = v1::RewardService::Stub;

void Demand(const grpc::Status& status, const char* what) {
  if (!status.ok()) throw std::runtime_error(std::string(what) + ": " + status.error_message());
}

void DemandApplied(const v1::Outcome& outcome) {
  if (!outcome.has_applied()) throw std::runtime_error("not applied: " + outcome.ShortDebugString());
}

v1::Mutation Goal(const std::string& goal_id) {
  v1::Mutation mutation = testing::NewGoal(goal_id);
  mutation.mutable_create_goal()->mutable_goal()->set_domain_id("housing");
  return mutation;
}

std::unique_ptr<RawDevice> NewTablet(RunningService& service, const RewardTown::Home& home) {
  auto request = Fresh<v1::CreateActivationCodeRequest>();
  request.set_person_id(home.person_id);
  const auto code =
      home.phone->Must(home.phone->enrolment(), &v1::EnrolmentService::Stub::CreateActivationCode, request);
  auto tablet = std::make_unique<RawDevice>(service, "");
  const grpc::Status enrolled = tablet->Enrol(code.activation_code());
  if (ErrorOf(enrolled).reason != "DEVICE_WAITING") {
    Demand(enrolled, "Enrol");
    return tablet;
  }
  auto allow = Fresh<v1::AllowDeviceRequest>();
  allow.set_device_id(tablet->enrolled().device().device_id());
  allow.set_allow(true);
  home.phone->Must(home.phone->enrolment(), &v1::EnrolmentService::Stub::AllowDevice, allow);
  Demand(tablet->OpenSession(), "OpenSession");
  return tablet;
}

}  // namespace

v1::Scheme RewardTown::WideScheme() {
  v1::Scheme scheme;
  scheme.set_display_name("Rewards");
  scheme.set_amount_cents_min(1);
  scheme.set_amount_cents_max(rules::kOfferCentsMax);
  scheme.set_client_year_cents_max(rules::kPaidInCentsMax);
  scheme.set_four_eyes_above_cents(rules::kPaidInCentsMax);
  scheme.set_in_parts(true);
  return scheme;
}

RewardTown::RewardTown(RunningService& service, Options options)
    : service_(service),
      organisation_id(service.CreateOrganisation(options.display_name)),
      team_id(service.CreateTeam(organisation_id, "North")) {
  manager = NewStaff({v1::ROLE_PROGRAMME_MANAGER});
  mentor = NewStaff(options.mentor_roles);
  approver = NewStaff({v1::ROLE_APPROVER});
  auto request = Fresh<v1::CreateSchemeRequest>();
  *request.mutable_scheme() = options.scheme;
  request.set_budget_cents(options.budget_cents);
  scheme_id =
      manager.device->Must(manager.device->reward(), &Reward::CreateScheme, request).scheme().scheme_id();
  merchant = NewMerchant();
}

RewardTown::Staff RewardTown::NewStaff(std::vector<v1::Role> roles) {
  const auto registered = service_.RegisterStaff({.organisation_id = organisation_id,
                                                  .display_name = "Staff",
                                                  .roles = std::move(roles),
                                                  .team_id = team_id});
  Staff staff{registered.person_id, std::make_unique<RawDevice>(service_, organisation_id)};
  Demand(staff.device->Enrol(registered.activation_code), "Enrol");
  return staff;
}

RewardTown::Staff RewardTown::NewMerchant(bool takes_vouchers) {
  auto request = Fresh<v1::RegisterMerchantRequest>();
  request.set_display_name("Shop");
  if (takes_vouchers) request.add_scheme_ids(scheme_id);
  const auto registered = manager.device->Must(manager.device->reward(), &Reward::RegisterMerchant, request);
  Staff shop{registered.merchant().merchant_id(), std::make_unique<RawDevice>(service_, organisation_id)};
  Demand(shop.device->Enrol(registered.activation_code()), "Enrol");
  return shop;
}

RewardTown::Home RewardTown::NewClient(RawDevice& registering_mentor, bool with_tablet) {
  const auto registered = registering_mentor.RegisterClient("Samira");
  Home home{.person_id = registered.person_id(),
            .dossier_id = registered.dossier_id(),
            .goal_id = mentor.device->NewId(),
            .step_id = mentor.device->NewId(),
            .phone = std::make_unique<RawDevice>(service_, organisation_id),
            .tablet = nullptr};
  Demand(home.phone->Enrol(registered.activation_code()), "Enrol");
  DemandApplied(home.phone->Push(Goal(home.goal_id), home.dossier_id));
  DemandApplied(home.phone->Push(testing::NewStep(home.step_id, home.goal_id), home.dossier_id));
  if (with_tablet) home.tablet = NewTablet(service_, home);
  return home;
}

RewardTown::Home RewardTown::NewEarner(RawDevice& registering_mentor) {
  Home home = NewClient(registering_mentor);
  Formulate(home);
  Tick(home);
  return home;
}

void RewardTown::Formulate(Home& home) const {
  DemandApplied(home.phone->Push(testing::Formulate(home.goal_id), home.dossier_id));
}

void RewardTown::Tick(Home& home) const {
  const rules::Day today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  DemandApplied(home.phone->Push(testing::Tick(home.step_id, today), home.dossier_id));
}

v1::DraftOfferRequest RewardTown::DraftRequest(const Home& home, std::int64_t amount_cents) const {
  auto request = Fresh<v1::DraftOfferRequest>();
  request.set_dossier_id(home.dossier_id);
  request.mutable_draft()->set_goal_id(home.goal_id);
  request.mutable_draft()->set_scheme_id(scheme_id);
  request.mutable_draft()->set_amount_cents(amount_cents);
  return request;
}

std::string RewardTown::Draft(const Home& home, std::int64_t amount_cents) const {
  return Draft(*mentor.device, home, amount_cents);
}

std::string RewardTown::Draft(RawDevice& by, const Home& home, std::int64_t amount_cents) const {
  return by.Must(by.reward(), &Reward::DraftOffer, DraftRequest(home, amount_cents)).offer().offer_id();
}

v1::OfferState RewardTown::Promise(RawDevice& by, const std::string& offer_id) const {
  auto request = Fresh<v1::PromiseOfferRequest>();
  request.set_offer_id(offer_id);
  return by.Must(by.reward(), &Reward::PromiseOffer, request).offer().offer().state();
}

std::string RewardTown::Promised(RawDevice& by, const Home& home, std::int64_t amount_cents) const {
  std::string offer_id = Draft(by, home, amount_cents);
  Promise(by, offer_id);
  return offer_id;
}

std::string RewardTown::Given(RawDevice& by, const Home& home, std::int64_t amount_cents) const {
  auto request = Fresh<v1::RequestVoucherRequest>();
  request.set_offer_id(Promised(by, home, amount_cents));
  return by.Must(by.reward(), &Reward::RequestVoucher, request).offer().offer().voucher_id();
}

v1::VoucherCode RewardTown::CodeOf(const Home& home, const std::string& voucher_id) {
  v1::GetVoucherCodeRequest request;
  request.set_voucher_id(voucher_id);
  return home.phone->Must(home.phone->reward(), &Reward::GetVoucherCode, request).code();
}

std::string RewardTown::Books() {
  const auto verified = VerifyLedger();
  EXPECT_EQ(verified.findings_count(), 0) << verified.DebugString();
  auto schemes =
      manager.device->Must(manager.device->reward(), &Reward::ListSchemes, v1::ListSchemesRequest());
  // Time goes on while nothing is booked.
  for (auto& report : *schemes.mutable_schemes()) report.clear_longest_wait_seconds();
  return schemes.DebugString() + verified.DebugString();
}

v1::SchemeBalances RewardTown::Balances() const {
  const auto schemes =
      manager.device->Must(manager.device->reward(), &Reward::ListSchemes, v1::ListSchemesRequest());
  for (const auto& report : schemes.schemes()) {
    if (report.scheme().scheme_id() == scheme_id) return report.balances();
  }
  throw std::runtime_error("the scheme is gone");
}

v1::VerifyLedgerResponse RewardTown::VerifyLedger() {
  v1::VerifyLedgerRequest request;
  request.set_organisation_id(organisation_id);
  v1::VerifyLedgerResponse response;
  grpc::ClientContext context;
  Demand(service_.admin().VerifyLedger(&context, request, &response), "VerifyLedger");
  return response;
}

v1::RedeemVoucherRequest RedeemCode(const std::string& code, std::int64_t amount_cents) {
  auto request = Fresh<v1::RedeemVoucherRequest>();
  request.set_code(code);
  request.set_amount_cents(amount_cents);
  return request;
}

v1::RedeemVoucherRequest RedeemToken(const std::string& token, std::int64_t amount_cents) {
  auto request = Fresh<v1::RedeemVoucherRequest>();
  request.set_token(token);
  request.set_amount_cents(amount_cents);
  return request;
}

}  // namespace brug::test
