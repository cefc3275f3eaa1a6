#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "brug/v1/reward_service.grpc.pb.h"
#include "tests/support/raw_device.h"

// An organisation of a running service in which rewards are given: people with their devices, a scheme, and
// offers brought as far as a test needs them.
namespace brug::test {

class RewardTown {
 public:
  struct Options {
    std::string display_name = "Gemeente";
    // Amounts from 1 cent to the most there can be, spent in parts, and no second person.
    v1::Scheme scheme = WideScheme();
    std::int64_t budget_cents = 100'000'000;
    // Of the mentor; ROLE_MENTOR is among them.
    std::vector<v1::Role> mentor_roles = {v1::ROLE_MENTOR};
  };
  [[nodiscard]] static v1::Scheme WideScheme();

  // A client with a goal and a step in it, not formulated yet.
  struct Home {
    std::string person_id, dossier_id, goal_id, step_id;
    std::unique_ptr<RawDevice> phone, tablet;
  };
  struct Staff {
    std::string person_id;
    std::unique_ptr<RawDevice> device;
  };

  explicit RewardTown(RunningService& service) : RewardTown(service, Options{}) {}
  RewardTown(RunningService& service, Options options);

  // Of the one team there is.
  [[nodiscard]] Staff NewStaff(std::vector<v1::Role> roles);
  // A shop; it takes the scheme's vouchers if so.
  [[nodiscard]] Staff NewMerchant(bool takes_vouchers = true);
  // Registered by that mentor; without a tablet unless it is asked for.
  [[nodiscard]] Home NewClient(RawDevice& registering_mentor, bool with_tablet = false);
  [[nodiscard]] Home NewClient(bool with_tablet = false) { return NewClient(*mentor.device, with_tablet); }
  // One that said "this is my plan", and did the step today.
  [[nodiscard]] Home NewEarner(RawDevice& registering_mentor);
  [[nodiscard]] Home NewEarner() { return NewEarner(*mentor.device); }

  void Formulate(Home& home) const;
  void Tick(Home& home) const;

  [[nodiscard]] v1::DraftOfferRequest DraftRequest(const Home& home, std::int64_t amount_cents) const;
  // The offer's id.
  [[nodiscard]] std::string Draft(const Home& home, std::int64_t amount_cents) const;
  [[nodiscard]] std::string Draft(RawDevice& by, const Home& home, std::int64_t amount_cents) const;
  v1::OfferState Promise(RawDevice& by, const std::string& offer_id) const;
  // Drafted and promised.
  [[nodiscard]] std::string Promised(RawDevice& by, const Home& home, std::int64_t amount_cents) const;
  // Drafted, promised and given; the home must have earned it. The voucher's id.
  [[nodiscard]] std::string Given(RawDevice& by, const Home& home, std::int64_t amount_cents) const;
  [[nodiscard]] std::string Given(const Home& home, std::int64_t amount_cents) const {
    return Given(*mentor.device, home, amount_cents);
  }
  [[nodiscard]] static v1::VoucherCode CodeOf(const Home& home, const std::string& voucher_id);

  // All that the programme manager's books say and what goes through them finds: equal while they are the
  // same. A finding is a failure of the test.
  [[nodiscard]] std::string Books();
  [[nodiscard]] v1::SchemeBalances Balances() const;
  [[nodiscard]] v1::VerifyLedgerResponse VerifyLedger();

 private:
  RunningService& service_;

 public:
  const std::string organisation_id, team_id;
  Staff manager, mentor, approver;
  std::string scheme_id;
  Staff merchant;
};

// A request with an id of its own.
template <typename Request>
[[nodiscard]] Request Fresh() {
  crypto::SystemRandom random;
  Request request;
  request.set_request_id(crypto::NewUuidV4(random));
  return request;
}

[[nodiscard]] v1::RedeemVoucherRequest RedeemCode(const std::string& code, std::int64_t amount_cents = 0);
[[nodiscard]] v1::RedeemVoucherRequest RedeemToken(const std::string& token, std::int64_t amount_cents = 0);

}  // namespace brug::test
