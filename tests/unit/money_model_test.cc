#include "tests/unit/money_model.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "proto/rules/voucher.h"
#include "service/domain/voucher_codes.h"
#include "tests/unit/money_market.h"

// The books against a model that is simple enough to be believed: random sequences of up to 1,000 operations
// by many people, every answer foretold, every balance compared after each.
//
//   BRUG_LEDGER_OPERATIONS   how many operations; 200,000 when it is not set
//   BRUG_LEDGER_SEED         which ones; a new one each time when it is not set
namespace brug::testing {
namespace {

Tally tally;

// A town and the model of it, side by side.
class SideBySide {
 public:
  SideBySide() {
    for (std::size_t i = 0; i < kSchemes; ++i) {
      v1::Scheme scheme = Market::Usual();
      scheme.set_amount_cents_min(kCentsMin);
      scheme.set_amount_cents_max(kCentsMax);
      scheme.set_client_year_cents_max(kYearCentsMax);
      scheme.set_four_eyes_above_cents(kFourEyesAbove);
      scheme.set_in_parts(i == 0);
      scheme.set_voucher_days(30);
      schemes_.push_back(town_.NewScheme(scheme, kBudgetCents));
      balances_.push_back({.budget = kBudgetCents, .paid_in = kBudgetCents});
      numbers_.push_back(0);
    }
    for (std::size_t i = 0; i < kMentors; ++i) mentors_.push_back(town_.Mentor("Mentor"));
    for (std::size_t i = 0; i < kApprovers; ++i) {
      approvers_.push_back(town_.Mentor("Approver", {v1::ROLE_APPROVER}));
    }
    for (std::size_t i = 0; i < kMerchants; ++i) {
      merchants_.push_back(town_.NewMerchant({schemes_[0], schemes_[1]}));
      takes_.push_back({true, true});
    }
    for (std::size_t i = 0; i < kClients; ++i) {
      clients_.push_back(town_.NewPlanner(mentors_[i % kMentors]));
      ticked_.push_back(false);
    }
    Compare();
  }

  void Do(const Deed& deed) {
    const auto item = static_cast<std::size_t>(deed.item);
    switch (deed.kind) {
      case 0:
      case 1:
        Draft(item, deed.other);
        break;
      case 2:
      case 3:
        Promise(item);
        break;
      case 4:
      case 5:
        Answer(item, deed.other);
        break;
      case 6:
      case 7:
        Request(item);
        break;
      case 8:
      case 9:
      case 10:
        Redeem(item, deed.other);
        break;
      case 11:
        Undo(item, deed.other);
        break;
      case 12:
        deed.other % 3 == 0 ? Decline(item) : Discard(item);
        break;
      case 13:
        deed.other % 4 == 0 ? Cancel(item) : Replace(item);
        break;
      case 14:
        MoveClock(deed.other);
        break;
      case 15:
        deed.other % 2 == 0 ? Expire() : AddBudget(item);
        break;
      case 16:
        TickOrClear(item, deed.other % 6 != 0);
        break;
      default:
        deed.other % 3 == 0 ? Agree(item, deed.other) : Repeat(item);
        break;
    }
    Compare();
  }

  // L4 and the rest, over all rows.
  void CompareAll() {
    const auto report = town_.Verify();
    for (const auto& finding : report.findings) RC_FAIL(finding.rule + ": " + finding.words);
    std::set<std::string> voucher_offers;
    for (const ModelOffer& offer : offers_) {
      RC_ASSERT(town_.OfferRow(offer.id).state == offer.state);
      if (!offer.voucher_id.empty()) RC_ASSERT(voucher_offers.insert(offer.voucher_id).second);
    }
    for (const ModelVoucher& voucher : vouchers_) {
      const auto row = town_.VoucherRow(voucher.id);
      RC_ASSERT(row.state == voucher.state);
      RC_ASSERT(row.remaining_cents == voucher.left);
    }
    RC_ASSERT(report.vouchers_count == static_cast<std::int64_t>(vouchers_.size()));
    RC_ASSERT(report.redemptions_count == static_cast<std::int64_t>(redemptions_.size()));
  }

 private:
  // V1 to V4 and the amounts are foretold: what comes out must be what the model says.
  template <typename Response>
  bool Foretold(const platform::Result<Response>& result, v1::ErrorReason expected) {
    const auto found = result.ok() ? v1::ERROR_REASON_UNSPECIFIED : result.failure().reason;
    if (found != expected) {
      RC_FAIL("expected " + v1::ErrorReason_Name(expected) + ", found " + v1::ErrorReason_Name(found) + " " +
              (result.ok() ? "" : result.failure().field + " " + result.failure().log_detail));
    }
    (result.ok() ? tally.done : tally.refused) += 1;
    return result.ok();
  }
  template <typename T>
  T* Pick(std::vector<T>& from, std::size_t item) {
    // Mostly the newest: a long history is not all that happens.
    if (from.empty()) return nullptr;
    const std::size_t window = std::min<std::size_t>(from.size(), 8);
    return &from[from.size() - 1 - item % window];
  }
  int Year() const {
    return static_cast<int>(
        std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(town_.clock.now)).year());
  }
  std::int64_t& PromisedBy(const ModelOffer& offer) {
    return promised_[{offer.scheme, offer.client, offer.year == 0 ? Year() : offer.year}];
  }
  const TownDevice& MentorOf(std::size_t client) const { return mentors_[client % kMentors]; }

  void Draft(std::size_t item, int other) {
    const std::size_t client = item % kClients, scheme = static_cast<std::size_t>(other) % kSchemes;
    // Now and then an amount that the scheme does not allow.
    const std::int64_t cents = 900 + 250 * (other % 14);
    town_.scheme = schemes_[scheme];
    v1::ErrorReason expected = v1::ERROR_REASON_UNSPECIFIED;
    if (cents < kCentsMin || cents > kCentsMax) expected = v1::ERROR_REASON_OUT_OF_RANGE;
    const auto open = std::count_if(offers_.begin(), offers_.end(), [&](const ModelOffer& offer) {
      return offer.client == client &&
             (offer.state == v1::OFFER_STATE_DRAFT || offer.state == v1::OFFER_STATE_PROMISE_ASKED ||
              offer.state == v1::OFFER_STATE_PROMISED || offer.state == v1::OFFER_STATE_REQUESTED);
    });
    if (expected == v1::ERROR_REASON_UNSPECIFIED && open >= 50) expected = v1::ERROR_REASON_TOO_MANY;
    const auto drafted = town_.Draft(MentorOf(client), clients_[client], cents);
    if (!Foretold(drafted, expected)) return;
    offers_.push_back(
        {.id = drafted->offer().offer_id(), .client = client, .scheme = scheme, .cents = cents});
  }

  v1::ErrorReason PromiseError(const ModelOffer& offer) {
    if (promised_[{offer.scheme, offer.client, Year()}] + offer.cents > kYearCentsMax) {
      return v1::ERROR_REASON_OVER_YEAR;
    }
    if (balances_[offer.scheme].budget < offer.cents) return v1::ERROR_REASON_OVER_BUDGET;
    return v1::ERROR_REASON_UNSPECIFIED;
  }
  void Promised(ModelOffer& offer) {
    tally.promises += 1;
    offer.state = v1::OFFER_STATE_PROMISED;
    offer.year = Year();
    PromisedBy(offer) += offer.cents;
    balances_[offer.scheme].budget -= offer.cents;
    balances_[offer.scheme].reserved += offer.cents;
  }

  void Promise(std::size_t item) {
    ModelOffer* offer = Pick(offers_, item);
    if (offer == nullptr) return;
    const v1::ErrorReason expected =
        offer->state == v1::OFFER_STATE_DRAFT ? PromiseError(*offer) : v1::ERROR_REASON_WRONG_STATE;
    auto request = town_.Fresh<v1::PromiseOfferRequest>();
    request.set_offer_id(offer->id);
    const auto promised = town_.Town::Do(MentorOf(offer->client), domain::PromiseOffer, request);
    if (!Foretold(promised, expected)) return;
    last_promise_ = {&MentorOf(offer->client), request, promised->SerializeAsString()};
    offer->asked_by = MentorOf(offer->client).person_id;
    offer->second_person = promised_[{offer->scheme, offer->client, Year()}] + offer->cents > kFourEyesAbove;
    if (offer->second_person) {
      offer->state = v1::OFFER_STATE_PROMISE_ASKED;
    } else {
      Promised(*offer);
    }
    RC_ASSERT(promised->offer().offer().state() == offer->state);
  }

  void Issued(ModelOffer& offer) {
    tally.vouchers += 1;
    offer.state = v1::OFFER_STATE_ISSUED;
    balances_[offer.scheme].reserved -= offer.cents;
    balances_[offer.scheme].outstanding += offer.cents;
    offer.voucher_id = domain::VoucherIdOf(town_.organisation_id, offer.id);
    const auto code = town_.Code(clients_[offer.client].device, offer.voucher_id);
    RC_ASSERT(code.ok());
    vouchers_.push_back({.id = offer.voucher_id,
                         .code = code->code(),
                         .client = offer.client,
                         .scheme = offer.scheme,
                         .cents = offer.cents,
                         .left = offer.cents,
                         .expires_at = town_.clock.now + std::chrono::days(30)});
  }

  void Answer(std::size_t item, int other) {
    ModelOffer* offer = Pick(offers_, item);
    if (offer == nullptr) return;
    const TownDevice& approver = approvers_[static_cast<std::size_t>(other) % kApprovers];
    const bool yes = other % 5 != 0;
    v1::ErrorReason expected = v1::ERROR_REASON_UNSPECIFIED;
    if (offer->asked_by.empty()) {
      expected = v1::ERROR_REASON_NOT_FOUND;
    } else if (offer->state != v1::OFFER_STATE_PROMISE_ASKED && offer->state != v1::OFFER_STATE_REQUESTED) {
      expected = v1::ERROR_REASON_WRONG_STATE;
    } else if (yes && offer->state == v1::OFFER_STATE_PROMISE_ASKED) {
      expected = PromiseError(*offer);
    } else if (yes && !ticked_[offer->client]) {
      expected = v1::ERROR_REASON_NOT_EARNED;
    }
    if (!Foretold(town_.Answer(approver, offer->id, offer->state, yes), expected)) return;
    if (offer->state == v1::OFFER_STATE_PROMISE_ASKED) {
      yes ? Promised(*offer) : void(offer->state = v1::OFFER_STATE_DRAFT);
    } else {
      yes ? Issued(*offer) : void(offer->state = v1::OFFER_STATE_PROMISED);
    }
  }

  void Request(std::size_t item) {
    ModelOffer* offer = Pick(offers_, item);
    if (offer == nullptr) return;
    v1::ErrorReason expected = v1::ERROR_REASON_UNSPECIFIED;
    if (offer->state != v1::OFFER_STATE_PROMISED) {
      expected = v1::ERROR_REASON_WRONG_STATE;
    } else if (!ticked_[offer->client]) {
      expected = v1::ERROR_REASON_NOT_EARNED;
    }
    if (!Foretold(town_.AskFor(MentorOf(offer->client), offer->id), expected)) return;
    if (offer->second_person) {
      offer->state = v1::OFFER_STATE_REQUESTED;
    } else {
      Issued(*offer);
    }
  }

  void Decline(std::size_t item) {
    ModelOffer* offer = Pick(offers_, item);
    if (offer == nullptr) return;
    v1::ErrorReason expected = v1::ERROR_REASON_UNSPECIFIED;
    if (offer->year == 0) {
      expected = v1::ERROR_REASON_NOT_FOUND;
    } else if (offer->state != v1::OFFER_STATE_PROMISED) {
      expected = v1::ERROR_REASON_WRONG_STATE;
    }
    if (!Foretold(town_.Decline(clients_[offer->client].device, offer->id), expected)) return;
    offer->state = v1::OFFER_STATE_LAPSED;
    balances_[offer->scheme].reserved -= offer->cents;
    balances_[offer->scheme].budget += offer->cents;
    PromisedBy(*offer) -= offer->cents;
  }

  void Discard(std::size_t item) {
    ModelOffer* offer = Pick(offers_, item);
    if (offer == nullptr) return;
    auto request = town_.Fresh<v1::DiscardOfferRequest>();
    request.set_offer_id(offer->id);
    const auto expected =
        offer->state == v1::OFFER_STATE_DRAFT ? v1::ERROR_REASON_UNSPECIFIED : v1::ERROR_REASON_WRONG_STATE;
    if (Foretold(town_.Town::Do(MentorOf(offer->client), domain::DiscardOffer, request), expected)) {
      offer->state = v1::OFFER_STATE_DISCARDED;
    }
  }

  bool Spendable(const ModelVoucher& voucher) const {
    return voucher.state == v1::VOUCHER_STATE_OPEN && town_.clock.now < voucher.expires_at;
  }

  void Redeem(std::size_t item, int other) {
    ModelVoucher* voucher = Pick(vouchers_, item);
    if (voucher == nullptr) return;
    const std::size_t merchant = static_cast<std::size_t>(other) % kMerchants;
    const std::int64_t cents = other % 4 == 0 ? 0 : 400 * (other % 7);
    const std::int64_t spent = cents == 0 ? voucher->left : cents;
    v1::ErrorReason expected = v1::ERROR_REASON_UNSPECIFIED;
    if (!Spendable(*voucher) || !takes_[merchant][voucher->scheme]) {
      expected = v1::ERROR_REASON_VOUCHER_NOT_VALID;
    } else if (spent > voucher->left || (voucher->scheme != 0 && spent != voucher->left)) {
      expected = v1::ERROR_REASON_OUT_OF_RANGE;
    }
    const auto redeemed = town_.Redeem(merchants_[merchant], voucher->code, cents);
    if (!Foretold(redeemed, expected)) return;
    tally.redemptions += 1;
    voucher->left -= spent;
    if (voucher->left == 0) voucher->state = v1::VOUCHER_STATE_REDEEMED;
    RC_ASSERT(redeemed->remaining_cents() == voucher->left);
    balances_[voucher->scheme].outstanding -= spent;
    balances_[voucher->scheme].redeemed[merchants_[merchant].person_id] += spent;
    redemptions_.push_back({.id = redeemed->redemption().redemption_id(),
                            .voucher = static_cast<std::size_t>(voucher - vouchers_.data()),
                            .merchant = merchant,
                            .cents = spent,
                            .at = town_.clock.now});
  }

  void Undo(std::size_t item, int other) {
    ModelRedemption* redemption = Pick(redemptions_, item);
    if (redemption == nullptr) return;
    const std::size_t merchant =
        other % 6 == 0 ? (redemption->merchant + 1) % kMerchants : redemption->merchant;
    v1::ErrorReason expected = v1::ERROR_REASON_UNSPECIFIED;
    if (merchant != redemption->merchant) {
      expected = v1::ERROR_REASON_NOT_FOUND;
    } else if (redemption->undone) {
      expected = v1::ERROR_REASON_WRONG_STATE;
    } else if (town_.clock.now >= redemption->at + rules::kUndoWithin) {
      expected = v1::ERROR_REASON_TOO_LATE;
    }
    if (!Foretold(town_.Undo(merchants_[merchant], redemption->id), expected)) return;
    tally.undone += 1;
    redemption->undone = true;
    ModelVoucher& voucher = vouchers_[redemption->voucher];
    ModelBalances& balances = balances_[voucher.scheme];
    balances.redeemed[merchants_[merchant].person_id] -= redemption->cents;
    if (voucher.state == v1::VOUCHER_STATE_CANCELLED) {
      balances.budget += redemption->cents;
      return;
    }
    balances.outstanding += redemption->cents;
    voucher.left += redemption->cents;
    voucher.state = v1::VOUCHER_STATE_OPEN;
    voucher.expires_at = std::max(voucher.expires_at, town_.clock.now + rules::kOpenedAgainFor);
  }

  void End(ModelVoucher& voucher, v1::VoucherState state) {
    balances_[voucher.scheme].outstanding -= voucher.left;
    balances_[voucher.scheme].budget += voucher.left;
    tally.ended += 1;
    voucher.left = 0;
    voucher.state = state;
  }

  void Cancel(std::size_t item) {
    ModelVoucher* voucher = Pick(vouchers_, item);
    if (voucher == nullptr) return;
    const auto expected = Spendable(*voucher) ? v1::ERROR_REASON_UNSPECIFIED : v1::ERROR_REASON_WRONG_STATE;
    if (Foretold(town_.Cancel(clients_[voucher->client].device, voucher->id), expected)) {
      End(*voucher, v1::VOUCHER_STATE_CANCELLED);
    }
  }

  void Replace(std::size_t item) {
    ModelVoucher* voucher = Pick(vouchers_, item);
    if (voucher == nullptr) return;
    auto request = town_.Fresh<v1::ReplaceVoucherCodeRequest>();
    request.set_voucher_id(voucher->id);
    const auto expected = Spendable(*voucher) ? v1::ERROR_REASON_UNSPECIFIED : v1::ERROR_REASON_WRONG_STATE;
    const auto replaced =
        town_.Town::Do(clients_[voucher->client].device, domain::ReplaceVoucherCode, request);
    if (!Foretold(replaced, expected)) return;
    const auto old = town_.Redeem(merchants_[0], voucher->code, 1);
    RC_ASSERT(!old.ok() && old.failure().reason == v1::ERROR_REASON_VOUCHER_NOT_VALID);
    voucher->code = replaced->code().code();
  }

  void MoveClock(int other) {
    const std::chrono::seconds steps[] = {std::chrono::minutes(1),  std::chrono::minutes(7),
                                          std::chrono::minutes(15), std::chrono::hours(5),
                                          std::chrono::days(4),     std::chrono::days(31)};
    town_.clock.now += steps[static_cast<std::size_t>(other) % std::size(steps)];
  }

  void Expire() {
    town_.Run(domain::ExpireVouchers);
    for (ModelVoucher& voucher : vouchers_) {
      if (voucher.state == v1::VOUCHER_STATE_OPEN && !Spendable(voucher))
        End(voucher, v1::VOUCHER_STATE_EXPIRED);
    }
  }

  void AddBudget(std::size_t item) {
    const std::size_t scheme = item % kSchemes;
    auto request = town_.Fresh<v1::AddBudgetRequest>();
    request.set_scheme_id(schemes_[scheme]);
    request.set_amount_cents(static_cast<std::int64_t>(item) * 100);
    const auto expected = item == 0 ? v1::ERROR_REASON_OUT_OF_RANGE : v1::ERROR_REASON_UNSPECIFIED;
    if (!Foretold(town_.Town::Do(town_.manager, domain::AddBudget, request), expected)) return;
    balances_[scheme].budget += request.amount_cents();
    balances_[scheme].paid_in += request.amount_cents();
  }

  void TickOrClear(std::size_t item, bool done) {
    Market::Planner& client = clients_[item % kClients];
    // Of two ticks of one instant neither is the later one.
    town_.clock.now += std::chrono::seconds(1);
    for (const std::string& step : client.steps) {
      const auto outcome =
          town_.Push(client.device, Tick(step, kToday, done ? v1::TICK_STATE_DONE : v1::TICK_STATE_CLEARED));
      RC_ASSERT(outcome.has_applied());
    }
    ticked_[item % kClients] = done;
  }

  void Agree(std::size_t item, int other) {
    const std::size_t merchant = item % kMerchants, scheme = static_cast<std::size_t>(other) % kSchemes;
    auto request = town_.Fresh<v1::SetAgreementRequest>();
    request.set_merchant_id(merchants_[merchant].person_id);
    request.set_scheme_id(schemes_[scheme]);
    request.set_takes_vouchers(item % 4 != 0);
    RC_ASSERT(town_.Town::Do(town_.manager, domain::SetAgreement, request).ok());
    takes_[merchant][scheme] = item % 4 != 0;
  }

  // L5: the same request gets the same bytes, and its id with other content nothing.
  void Repeat(std::size_t item) {
    if (!last_promise_) return;
    auto& [mentor, request, answer] = *last_promise_;
    if (item % 2 == 0) {
      const auto again = town_.Town::Do(*mentor, domain::PromiseOffer, request);
      RC_ASSERT(again.ok());
      RC_ASSERT(again->SerializeAsString() == answer);
      return;
    }
    const ModelOffer* other = Pick(offers_, item);
    if (other->id == request.offer_id()) return;
    auto reused = request;
    reused.set_offer_id(other->id);
    Foretold(town_.Town::Do(*mentor, domain::PromiseOffer, reused), v1::ERROR_REASON_REQUEST_ID_REUSED);
  }

  // L1 to L4 after each operation: the new transfers booked on balances of our own, those against the kept
  // ones and the model's, and the model's against its offers and vouchers.
  void Compare() {
    for (std::size_t i = 0; i < kSchemes; ++i) {
      std::map<std::string, std::int64_t>& replayed = replayed_[i];
      std::vector<storage::AccountRow> accounts;
      RC_ASSERT(town_.store
                    ->Read([&](const storage::Snapshot& s) {
                      accounts = s.AccountsOf(schemes_[i]);
                      for (const auto& row : s.TransfersAfter(schemes_[i], numbers_[i], 1'000)) {
                        RC_ASSERT(row.number == ++numbers_[i]);
                        RC_ASSERT(row.amount_cents > 0);
                        replayed[row.from_account] -= row.amount_cents;
                        replayed[row.to_account] += row.amount_cents;
                      }
                    })
                    .ok());
      std::int64_t sum = 0;
      for (const auto& row : accounts) {
        sum += row.balance_cents;
        RC_ASSERT(row.balance_cents == replayed[row.account]);
        RC_ASSERT(row.balance_cents >= 0 || row.account == "outside");
      }
      RC_ASSERT(sum == 0);
      const ModelBalances& model = balances_[i];
      RC_ASSERT(replayed["budget"] == model.budget);
      RC_ASSERT(replayed["reserved"] == model.reserved);
      RC_ASSERT(replayed["outstanding"] == model.outstanding);
      RC_ASSERT(replayed["outside"] == -model.paid_in);
      for (const auto& [merchant, cents] : model.redeemed) {
        RC_ASSERT(replayed[domain::RedeemedAccount(merchant)] == cents);
      }
      std::int64_t reserved = 0, outstanding = 0;
      for (const ModelOffer& offer : offers_) {
        const bool open = offer.state == v1::OFFER_STATE_PROMISED || offer.state == v1::OFFER_STATE_REQUESTED;
        if (offer.scheme == i && open) reserved += offer.cents;
      }
      for (const ModelVoucher& voucher : vouchers_) {
        if (voucher.scheme == i) outstanding += voucher.left;
      }
      RC_ASSERT(reserved == model.reserved);
      RC_ASSERT(outstanding == model.outstanding);
    }
  }

  Market town_;
  std::vector<std::string> schemes_;
  std::vector<TownDevice> mentors_, approvers_, merchants_;
  std::vector<Market::Planner> clients_;
  std::vector<bool> ticked_;
  std::vector<std::vector<bool>> takes_;
  std::vector<ModelBalances> balances_;
  std::vector<std::int64_t> numbers_;
  std::map<std::size_t, std::map<std::string, std::int64_t>> replayed_;
  std::map<std::tuple<std::size_t, std::size_t, int>, std::int64_t> promised_;
  std::vector<ModelOffer> offers_;
  std::vector<ModelVoucher> vouchers_;
  std::vector<ModelRedemption> redemptions_;
  struct Answered {
    const TownDevice* mentor = nullptr;
    v1::PromiseOfferRequest request;
    std::string answer;
  };
  std::optional<Answered> last_promise_;
};

std::int64_t FromEnvironment(const char* name, std::int64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoll(value, nullptr, 10);
}

TEST(MoneyModel, TheBooksAreAlwaysAsTheModelSays) {
  const std::int64_t wanted = FromEnvironment("BRUG_LEDGER_OPERATIONS", 200'000);
  const std::int64_t seed = FromEnvironment("BRUG_LEDGER_SEED", std::random_device()());
  // The mean of a sequence is 500; a few more, so that all that was wanted is done.
  const std::int64_t sequences = wanted / 450 + 20;
  const std::string parameters = "seed=" + std::to_string(seed) + " max_success=" + std::to_string(sequences);
  setenv("RC_PARAMS", parameters.c_str(), 0);
  std::int64_t done = 0, begun = 0;
  const auto deeds =
      rc::gen::mapcat(rc::gen::resize(100, rc::gen::inRange<std::size_t>(1, 1'001)), [](std::size_t length) {
        return rc::gen::container<std::vector<Deed>>(
            length, rc::gen::construct<Deed>(rc::gen::inRange(0, kKinds), rc::gen::inRange(0, 1'000),
                                             rc::gen::inRange(0, 1'000)));
      });
  const bool right = rc::check("the books are as the model says", [&] {
    const auto sequence = *rc::gen::resize(100, deeds);
    if (done >= wanted) return;
    SideBySide both;
    begun += 1;
    for (const Deed& deed : sequence) {
      both.Do(deed);
      done += 1;
    }
    both.CompareAll();
  });
  std::cout << "ledger: " << done << " operations in " << begun << " sequences, seed " << seed << ": "
            << tally.done << " decisions done, " << tally.refused << " refused; " << tally.promises
            << " promises, " << tally.vouchers << " vouchers, " << tally.redemptions << " redemptions, "
            << tally.undone << " undone, " << tally.ended << " vouchers cancelled or expired\n";
  EXPECT_TRUE(right);
  EXPECT_GE(done, right ? wanted : 0);
  // A model that refuses everything would be right too.
  EXPECT_GT(tally.undone, 0);
  EXPECT_GT(tally.ended, 0);
}

}  // namespace
}  // namespace brug::testing
