#pragma once

#include <string>
#include <vector>

#include "service/domain/approvals.h"
#include "service/domain/ledger.h"
#include "service/domain/merchants.h"
#include "service/domain/offers.h"
#include "service/domain/redemptions.h"
#include "service/domain/schemes.h"
#include "service/domain/voucher_keys.h"
#include "service/domain/vouchers.h"
#include "tests/support/town.h"

// A town where rewards are promised and spent: a programme manager, mentors, second people, shops.
namespace brug::testing {

// Everything of the books: what a refusal must leave as it is.
struct Books {
  std::vector<storage::SchemeRow> schemes;
  std::vector<storage::AccountRow> accounts;
  std::vector<storage::TransferRow> transfers;
  std::vector<storage::OfferRow> offers;
  std::vector<storage::VoucherRow> vouchers;
  std::vector<storage::RedemptionRow> redemptions;
  std::vector<storage::AgreementRow> agreements;
  std::vector<std::int64_t> promised;
  std::vector<storage::DossierHead> heads;
  // Of everyone who may get some.
  std::vector<std::int64_t> statements;
  friend bool operator==(const Books&, const Books&) = default;
};

class Market : public Town {
 public:
  explicit Market(std::uint64_t seed = 1);

  // 1,000 euro, a second person above 30, vouchers that can be spent in parts.
  static v1::Scheme Usual();
  std::string NewScheme(v1::Scheme scheme = Usual(), std::int64_t budget_cents = 100'000);
  TownDevice NewMerchant(const std::vector<std::string>& scheme_ids, const std::string& name = "Shoes");
  // A client with a formulated goal and two steps.
  struct Planner {
    TownDevice device;
    std::string goal;
    std::vector<std::string> steps;
  };
  Planner NewPlanner(TownDevice& mentor, bool formulated = true);
  void TickAll(Planner& planner);

  platform::Result<v1::DraftOfferResponse> Draft(const TownDevice& by, const Planner& planner,
                                                 std::int64_t amount_cents);
  std::string DraftId(const Planner& planner, std::int64_t amount_cents);
  platform::Result<v1::PromiseOfferResponse> Promise(const TownDevice& by, const std::string& offer_id);
  platform::Result<v1::AnswerApprovalResponse> Answer(const TownDevice& by, const std::string& offer_id,
                                                      v1::OfferState seen, bool yes = true);
  platform::Result<v1::RequestVoucherResponse> AskFor(const TownDevice& by, const std::string& offer_id);
  platform::Result<v1::DeclineOfferResponse> Decline(const TownDevice& by, const std::string& offer_id);
  platform::Result<v1::VoucherCode> Code(const TownDevice& by, const std::string& voucher_id);
  platform::Result<v1::RedeemVoucherResponse> Redeem(const TownDevice& by, const std::string& code,
                                                     std::int64_t amount_cents = 0);
  platform::Result<v1::UndoRedemptionResponse> Undo(const TownDevice& by, const std::string& redemption_id);
  platform::Result<v1::CancelVoucherResponse> Cancel(const TownDevice& by, const std::string& voucher_id);

  // Promised, earned, asked for and given, by as many people as it takes; the voucher's id.
  std::string Give(Planner& planner, std::int64_t amount_cents);
  storage::VoucherRow VoucherRow(const std::string& voucher_id);
  storage::OfferRow OfferRow(const std::string& offer_id);
  v1::SchemeBalances Balances();

  // As brugd runs it.
  domain::JobDone Run(platform::Result<domain::JobDone> (*job)(domain::Desk&, std::int64_t),
                      std::int64_t rows_max = domain::kJobRowsMax);

  Books ReadBooks();
  domain::LedgerReport Verify();

  template <typename Request>
  Request Fresh() {
    Request request;
    request.set_request_id(NewId());
    return request;
  }

  TownDevice manager = Mentor("Programme", {v1::ROLE_PROGRAMME_MANAGER});
  TownDevice mentor = Mentor("Fatima");
  TownDevice approver = Mentor("Anna", {v1::ROLE_APPROVER});
  std::string scheme = NewScheme();
  TownDevice merchant = NewMerchant({scheme});
  Planner samira = NewPlanner(mentor);
  // Whose books are looked at.
  std::vector<std::string> dossiers = {samira.device.dossier_id};
  std::vector<std::string> people = {mentor.person_id, approver.person_id, merchant.person_id,
                                     samira.device.person_id};
};

}  // namespace brug::testing
