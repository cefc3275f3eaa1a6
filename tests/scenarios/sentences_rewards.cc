#include "brug/v1/admin_service.pb.h"
#include "brug/v1/reward_service.pb.h"
#include "service/domain/restored_books.h"
#include "tests/scenarios/stage.h"

// What people do about money. The service decides all of it, so it takes a connection. An offer is known by
// its goal.
namespace brug::scenarios {
namespace {

constexpr std::int64_t kCents = 100;

template <typename Request>
Request NewRequest(Stage& stage) {
  Request request;
  request.set_request_id(stage.world().NewId());
  return request;
}

Saw OpenScheme(Stage& stage, const Said& said) {
  auto request = NewRequest<v1::CreateSchemeRequest>(stage);
  v1::Scheme& scheme = *request.mutable_scheme();
  scheme.set_display_name("Samen");
  scheme.set_amount_cents_min(10 * kCents);
  scheme.set_amount_cents_max(60 * kCents);
  scheme.set_client_year_cents_max(240 * kCents);
  scheme.set_four_eyes_above_cents(60 * kCents);
  scheme.set_voucher_days(365);
  scheme.set_in_parts(true);
  request.set_budget_cents(said.numbers[0] * kCents);
  v1::CreateSchemeResponse response;
  auto saw = stage.Ask(said, sdk::Method::kCreateScheme, request, response);
  stage.scheme_id = response.scheme().scheme_id();
  return saw;
}

Saw DraftOffer(Stage& stage, const Said& said) {
  const Item* goal = stage.FindItem("goal", said.texts[0]);
  if (goal == nullptr) return "nobody wrote a goal \"" + said.texts[0] + "\" so far";
  const Item of = *goal;
  auto request = NewRequest<v1::DraftOfferRequest>(stage);
  request.set_dossier_id(of.dossier_id);
  request.mutable_draft()->set_goal_id(of.record_id);
  request.mutable_draft()->set_scheme_id(stage.scheme_id);
  request.mutable_draft()->set_amount_cents(said.numbers[0] * kCents);
  v1::DraftOfferResponse response;
  auto saw = stage.Ask(said, sdk::Method::kDraftOffer, request, response);
  stage.items()["offer with goal " + said.texts[0]] = {
      .kind = "offer", .record_id = response.offer().offer_id(), .dossier_id = of.dossier_id};
  return saw;
}

template <typename Request, typename Response>
Saw AskAboutOffer(Stage& stage, const Said& said, sdk::Method method) {
  const Item* offer = stage.FindItem("offer", "offer with goal " + said.texts[0]);
  if (offer == nullptr) return "nobody drafted an offer with that goal";
  auto request = NewRequest<Request>(stage);
  request.set_offer_id(offer->record_id);
  Response response;
  return stage.Ask(said, method, request, response);
}

Saw Promise(Stage& stage, const Said& said) {
  return AskAboutOffer<v1::PromiseOfferRequest, v1::PromiseOfferResponse>(stage, said,
                                                                          sdk::Method::kPromiseOffer);
}

Saw GiveVoucher(Stage& stage, const Said& said) {
  return AskAboutOffer<v1::RequestVoucherRequest, v1::RequestVoucherResponse>(stage, said,
                                                                              sdk::Method::kRequestVoucher);
}

std::optional<v1::Record> VoucherOn(Stage& stage, const std::string& device) {
  for (const v1::Record& record : stage.ShownOn(device)) {
    if (record.has_voucher()) return record;
  }
  return std::nullopt;
}

Saw Redeem(Stage& stage, const Said& said) {
  const std::string& phone = said.devices[1];
  const auto voucher = VoucherOn(stage, phone);
  if (!voucher) return "the " + phone + " shows no voucher";
  const auto code =
      stage.device(phone).core().FindVoucherCode(stage.OwnerOf(phone).dossier_id, voucher->record_id());
  if (!code.ok() || !code->has_value()) return "the " + phone + " does not have the code of the voucher";
  auto request = NewRequest<v1::RedeemVoucherRequest>(stage);
  request.set_code((*code)->code());
  request.set_amount_cents(said.numbers[0] * kCents);
  v1::RedeemVoucherResponse response;
  return stage.Ask(said, sdk::Method::kRedeemVoucher, request, response);
}

// The newest that stands, as the shop sees its day.
Saw UndoLast(Stage& stage, const Said& said) {
  v1::ListRedemptionsResponse day;
  auto saw = stage.Ask(said, sdk::Method::kListRedemptions, v1::ListRedemptionsRequest(), day);
  if (saw) return saw;
  for (const v1::Redemption& redemption : day.redemptions()) {
    if (redemption.undone()) continue;
    auto request = NewRequest<v1::UndoRedemptionRequest>(stage);
    request.set_redemption_id(redemption.redemption_id());
    v1::UndoRedemptionResponse response;
    return stage.Ask(said, sdk::Method::kUndoRedemption, request, response);
  }
  return "the shop redeemed nothing today that stands";
}

Saw ReleaseService(Stage& stage, const Said&) {
  v1::ReleaseRestoreRequest request;
  request.set_request_id(stage.world().NewId());
  const auto released = stage.world().service().Administer(domain::ReleaseRestore, request);
  if (!released.ok()) return "the service was not put back";
  for (const v1::StaffMember& shop : released->merchants_not_heard()) {
    return shop.display_name() + " has not shown all that it keeps";
  }
  if (released->statements_waiting() == 0) return std::nullopt;
  return std::to_string(released->statements_waiting()) + " statements about money wait";
}

Saw ShowsOffer(Stage& stage, const Said& said) {
  for (const v1::Record& record : stage.ShownOn(said.devices[0])) {
    if (!record.has_offer()) continue;
    const std::int64_t cents = record.offer().amount_cents();
    return cents == said.numbers[0] * kCents ? std::nullopt
                                             : Saw("it is of " + std::to_string(cents) + " cents");
  }
  return "the " + said.devices[0] + " shows no offer";
}

Saw ShowsNoOffer(Stage& stage, const Said& said) {
  for (const v1::Record& record : stage.ShownOn(said.devices[0])) {
    if (record.has_offer()) return "the " + said.devices[0] + " shows an offer";
  }
  return std::nullopt;
}

Saw IsWorth(Stage& stage, const Said& said) {
  const auto voucher = VoucherOn(stage, said.devices[0]);
  if (!voucher) return "the " + said.devices[0] + " shows no voucher";
  const std::int64_t cents = voucher->voucher().remaining_cents();
  return cents == said.numbers[0] * kCents ? std::nullopt : Saw(std::to_string(cents) + " cents are left");
}

Saw BooksAreRight(Stage& stage, const Said&) {
  stage.checks().InspectBooks();
  return std::nullopt;
}

}  // namespace

const std::vector<Sentence>& SentencesOfRewards() {
  static const std::vector<Sentence> sentences = {
      {"on the DEVICE NAME opens a scheme of NUMBER euro", OpenScheme},
      {"on the DEVICE NAME drafts an offer of NUMBER euro with goal TEXT", DraftOffer},
      {"on the DEVICE NAME promises the offer with goal TEXT", Promise},
      {"on the DEVICE NAME gives the voucher of the offer with goal TEXT", GiveVoucher},
      {"on the DEVICE NAME redeems NUMBER euro of the voucher on the DEVICE", Redeem},
      {"on the DEVICE NAME undoes the last redemption", UndoLast},
      {"the service is released and waits for nobody", ReleaseService},
      {"the DEVICE shows an offer of NUMBER euro", ShowsOffer},
      {"the DEVICE shows no offer", ShowsNoOffer},
      {"the DEVICE shows a voucher of which NUMBER euro is/are left", IsWorth},
      {"the books are right", BooksAreRight},
  };
  return sentences;
}

}  // namespace brug::scenarios
