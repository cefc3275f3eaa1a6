#include <algorithm>

#include "brug/v1/reward_service.pb.h"
#include "proto/rules/dossier_reader.h"
#include "tests/simulation/people.h"
#include "tests/support/dossier_story.h"

// What people do about money: each request is made once, and again when no answer came.
namespace brug::simulation {
namespace {

constexpr std::int64_t kBudgetCents = 50'000;

v1::Scheme Usual() {
  v1::Scheme scheme;
  scheme.set_display_name("Alphen");
  scheme.set_amount_cents_min(1'000);
  scheme.set_amount_cents_max(6'000);
  scheme.set_client_year_cents_max(24'000);
  scheme.set_four_eyes_above_cents(5'000);
  scheme.set_voucher_days(30);
  scheme.set_in_parts(true);
  return scheme;
}

template <typename Response>
std::optional<Response> Read(const sdk::Replied& reply) {
  Response response;
  if (reply.error || !response.ParseFromString(reply.response)) return std::nullopt;
  return response;
}

// The request; the same once more when nothing was heard, as people do.
template <typename Response, typename Request>
std::optional<Response> AskTwice(World& world, int station, sdk::Method method, const Request& request) {
  auto reply = world.Ask(station, method, request.SerializeAsString());
  if (reply.error && reply.error->code == ErrorCode::kUnavailable) {
    (void)world.EnsureRunning(station);
    reply = world.Ask(station, method, request.SerializeAsString());
  }
  return Read<Response>(reply);
}

}  // namespace

std::string People::OpenScheme() {
  manager_ = world_.NewStation();
  approver_ = world_.NewStation();
  merchant_ = world_.NewStation();
  if (!world_.Enrol(*manager_, world_.RegisterStaff("Manager", {v1::ROLE_PROGRAMME_MANAGER}))) return "";
  if (!world_.Enrol(*approver_, world_.RegisterStaff("Approver", {v1::ROLE_APPROVER}))) return "";
  v1::CreateSchemeRequest create;
  *create.mutable_scheme() = Usual();
  create.set_budget_cents(kBudgetCents);
  const auto scheme =
      AskTwice<v1::CreateSchemeResponse>(world_, *manager_, sdk::Method::kCreateScheme, create);
  if (!scheme) return "";
  v1::RegisterMerchantRequest register_merchant;
  register_merchant.set_display_name("Schoenen");
  register_merchant.add_scheme_ids(scheme->scheme().scheme_id());
  const auto merchant = AskTwice<v1::RegisterMerchantResponse>(
      world_, *manager_, sdk::Method::kRegisterMerchant, register_merchant);
  if (!merchant || !world_.Enrol(*merchant_, merchant->activation_code())) return "";
  return scheme_id_ = scheme->scheme().scheme_id();
}

void People::Rewards(Dice& dice) {
  if (scheme_id_.empty()) return;
  for (std::int64_t deeds = dice.Between(2, 8); deeds > 0; --deeds) {
    const std::uint64_t drawn = dice.Below(100);
    if (drawn < 20) {
      MakePlan(dice);
    } else if (drawn < 40) {
      Draft(dice);
    } else if (drawn < 80) {
      MoveOn(dice);
    } else if (drawn < 98) {
      Redeem(dice);
    } else {
      AddBudget();
    }
  }
}

// A client says "this is my plan", and does the first step.
void People::MakePlan(Dice& dice) {
  const int client = clients_[dice.Below(clients_.size())];
  const std::string& dossier_id = world_.station(client).dossier_id;
  if (!world_.EnsureRunning(client)) return;
  Notebook& notes = notebooks_[dossier_id];
  const std::string goal = NewIn(notes.goals);
  const std::string step = NewIn(notes.steps);
  const rules::Day today = std::chrono::floor<std::chrono::days>(world_.time().now);
  (void)world_.Accept(client, dossier_id, testing::NewGoal(goal, Words(dice)));
  (void)world_.Accept(client, dossier_id, testing::NewStep(step, goal, Words(dice)));
  (void)world_.Accept(client, dossier_id, testing::Formulate(goal));
  (void)world_.Accept(client, dossier_id, testing::Tick(step, today));
  (void)world_.Sync(client);
  notes.planned.push_back(goal);
}

void People::AddBudget() {
  v1::AddBudgetRequest request;
  request.set_scheme_id(scheme_id_);
  request.set_amount_cents(10'000);
  if (!world_.EnsureRunning(*manager_)) return;
  (void)AskTwice<v1::AddBudgetResponse>(world_, *manager_, sdk::Method::kAddBudget, request);
}

void People::Draft(Dice& dice) {
  const int mentor = mentors_[dice.Below(mentors_.size())];
  if (!world_.EnsureRunning(mentor)) return;
  const auto dossiers = world_.device(mentor).core().Dossiers();
  if (dossiers.empty()) return;
  const std::string dossier_id = dossiers[dice.Below(dossiers.size())].dossier_id;
  const Notebook& notes = notebooks_[dossier_id];
  const std::vector<std::string>& goals =
      notes.planned.empty() || dice.OneIn(4) ? notes.goals : notes.planned;
  if (goals.empty()) return;
  v1::DraftOfferRequest request;
  request.set_dossier_id(dossier_id);
  request.mutable_draft()->set_goal_id(goals[dice.Below(goals.size())]);
  request.mutable_draft()->set_scheme_id(scheme_id_);
  request.mutable_draft()->set_amount_cents(dice.Between(10, 60) * 100);
  (void)AskTwice<v1::DraftOfferResponse>(world_, mentor, sdk::Method::kDraftOffer, request);
}

// Whatever waits for somebody, by whoever it waits for.
void People::MoveOn(Dice& dice) {
  if (dice.OneIn(3)) return Approve(dice);
  const std::size_t first = dice.Below(mentors_.size());
  int mentor = mentors_[first];
  std::optional<v1::ListOffersResponse> offers;
  for (std::size_t i = 0; i < mentors_.size() && (!offers || offers->offers().empty()); ++i) {
    mentor = mentors_[(first + i) % mentors_.size()];
    if (!world_.EnsureRunning(mentor)) continue;
    offers = Read<v1::ListOffersResponse>(
        world_.Ask(mentor, sdk::Method::kListOffers, v1::ListOffersRequest().SerializeAsString()));
  }
  if (!offers || offers->offers().empty()) return;
  const v1::StaffOffer& offer =
      offers->offers(static_cast<int>(dice.Below(static_cast<std::uint64_t>(offers->offers_size()))));
  if (offer.offer().state() == v1::OFFER_STATE_DRAFT) {
    if (dice.OneIn(8)) {
      v1::DiscardOfferRequest request;
      request.set_offer_id(offer.offer_id());
      (void)AskTwice<v1::DiscardOfferResponse>(world_, mentor, sdk::Method::kDiscardOffer, request);
      return;
    }
    v1::PromiseOfferRequest request;
    request.set_offer_id(offer.offer_id());
    (void)AskTwice<v1::PromiseOfferResponse>(world_, mentor, sdk::Method::kPromiseOffer, request);
    return;
  }
  v1::RequestVoucherRequest request;
  request.set_offer_id(offer.offer_id());
  (void)AskTwice<v1::RequestVoucherResponse>(world_, mentor, sdk::Method::kRequestVoucher, request);
}

void People::Approve(Dice& dice) {
  if (!world_.EnsureRunning(*approver_)) return;
  const auto waiting = Read<v1::ListApprovalsResponse>(
      world_.Ask(*approver_, sdk::Method::kListApprovals, v1::ListApprovalsRequest().SerializeAsString()));
  if (!waiting || waiting->offers().empty()) return;
  v1::AnswerApprovalRequest request;
  request.set_offer_id(waiting->offers(0).offer_id());
  request.set_state_seen(waiting->offers(0).offer().state());
  request.set_yes(!dice.OneIn(5));
  if (!request.yes()) request.set_words("Let us look at it together first");
  (void)AskTwice<v1::AnswerApprovalResponse>(world_, *approver_, sdk::Method::kAnswerApproval, request);
}

// A client goes to the shop with what is on their phone, or changes their mind.
void People::Redeem(Dice& dice) {
  const int client = clients_[dice.Below(clients_.size())];
  const std::string& dossier_id = world_.station(client).dossier_id;
  if (!world_.EnsureRunning(client) || !world_.EnsureRunning(*merchant_)) return;
  auto view = world_.device(client).core().ViewOf(dossier_id);
  if (!view.ok()) return;
  const auto vouchers = (*view)->ChildrenOf(rules::kVouchers);
  if (vouchers.empty()) return;
  const std::string voucher_id = vouchers[dice.Below(vouchers.size())].record_id();
  if (dice.OneIn(10)) {
    v1::ReplaceVoucherCodeRequest request;
    request.set_voucher_id(voucher_id);
    (void)AskTwice<v1::ReplaceVoucherCodeResponse>(world_, client, sdk::Method::kReplaceVoucherCode, request);
    return;
  }
  if (dice.OneIn(12)) {
    v1::CancelVoucherRequest request;
    request.set_voucher_id(voucher_id);
    (void)AskTwice<v1::CancelVoucherResponse>(world_, client, sdk::Method::kCancelVoucher, request);
    return;
  }
  const auto code = world_.device(client).core().FindVoucherCode(dossier_id, voucher_id);
  if (!code.ok() || !code->has_value()) return;
  v1::RedeemVoucherRequest request;
  request.set_code((*code)->code());
  request.set_amount_cents(dice.OneIn(2) ? 0 : dice.Between(1, 20) * 100);
  const auto redeemed =
      AskTwice<v1::RedeemVoucherResponse>(world_, *merchant_, sdk::Method::kRedeemVoucher, request);
  if (!redeemed || !dice.OneIn(4)) return;
  v1::UndoRedemptionRequest undo;
  undo.set_redemption_id(redeemed->redemption().redemption_id());
  (void)AskTwice<v1::UndoRedemptionResponse>(world_, *merchant_, sdk::Method::kUndoRedemption, undo);
}

}  // namespace brug::simulation
