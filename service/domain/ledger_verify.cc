#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "brug/v1/offer.pb.h"
#include "brug/v1/voucher.pb.h"
#include "service/domain/ledger.h"

namespace brug::domain {
namespace {

constexpr std::int64_t kRowsAtOnce = 1000;

// A sum that says so when it overflowed, after which its cents mean nothing: damaged rows may hold anything.
class Sum {
 public:
  void Add(std::int64_t cents) {
    overflowed_ = __builtin_add_overflow(cents_, cents, &cents_) || overflowed_;
  }
  [[nodiscard]] std::int64_t cents() const { return cents_; }
  [[nodiscard]] bool overflowed() const { return overflowed_; }

 private:
  std::int64_t cents_ = 0;
  bool overflowed_ = false;
};

bool MayFallBelowZero(std::string_view account) {
  return account == kOutsideAccount || account == kRestoredAccount;
}

bool IsAccount(std::string_view account) {
  return MayFallBelowZero(account) || account == kBudgetAccount || account == kReservedAccount ||
         account == kOutstandingAccount ||
         (account.starts_with(kRedeemedAccounts) && account.size() > kRedeemedAccounts.size());
}

// The books of one organisation, gone through once.
class Audit {
 public:
  explicit Audit(const storage::MoneyReads& money) : money_(money) {}

  LedgerReport Run() {
    const auto schemes = money_.ListSchemes();
    for (const storage::SchemeRow& scheme : schemes) Replay(scheme);
    CountOffers();
    CountVouchers();
    for (const storage::SchemeRow& scheme : schemes) Compare(scheme.scheme_id);
    CompareYears();
    report_.schemes_count = static_cast<std::int64_t>(schemes.size());
    return std::move(report_);
  }

 private:
  // What a transfer moved, for those that take it back.
  struct Moved {
    std::string from;
    std::string to;
    std::int64_t amount_cents = 0;
    bool taken_back = false;
  };

  void Find(const std::string& scheme_id, std::string rule, std::string words) {
    report_.findings.push_back({scheme_id, std::move(rule), std::move(words)});
  }

  void FindUnlessEqual(const std::string& scheme_id, const std::string& rule, const std::string& what,
                       std::int64_t expected, std::int64_t found) {
    if (expected == found) return;
    Find(scheme_id, rule,
         what + ": expected " + std::to_string(expected) + ", found " + std::to_string(found));
  }

  // L1, L2: every transfer from the first on, with the balances as they were after each.
  void Replay(const storage::SchemeRow& scheme) {
    std::map<std::string, Moved> moved;
    std::int64_t number = 0;
    while (true) {
      const auto rows = money_.TransfersAfter(scheme.scheme_id, number, kRowsAtOnce);
      for (const storage::TransferRow& row : rows) {
        FindUnlessEqual(scheme.scheme_id, "L1", "number of transfer " + row.transfer_id, number + 1,
                        row.number);
        number = row.number;
        report_.transfers_count += 1;
        Book(row, moved);
      }
      if (static_cast<std::int64_t>(rows.size()) < kRowsAtOnce) break;
    }
    FindUnlessEqual(scheme.scheme_id, "L1", "number of the newest transfer", scheme.transfers_count, number);
  }

  void Book(const storage::TransferRow& row, std::map<std::string, Moved>& moved) {
    if (row.amount_cents <= 0 || row.from_account == row.to_account || !IsAccount(row.from_account) ||
        !IsAccount(row.to_account)) {
      Find(row.scheme_id, "L1",
           "transfer " + row.transfer_id + " moves " + std::to_string(row.amount_cents) + " from " +
               row.from_account + " to " + row.to_account);
      return;
    }
    if (!row.reverses_id.empty()) TakeBack(row, moved);
    if (!moved.emplace(row.transfer_id, Moved{row.from_account, row.to_account, row.amount_cents}).second) {
      Find(row.scheme_id, "L1", "transfer " + row.transfer_id + " is there twice");
    }
    if (row.from_account == kRestoredAccount) lent_[row.subject_id].Add(row.amount_cents);
    auto& accounts = replayed_[row.scheme_id];
    accounts[row.from_account].Add(-row.amount_cents);
    accounts[row.to_account].Add(row.amount_cents);
    if (!MayFallBelowZero(row.from_account) && accounts[row.from_account].cents() < 0) {
      Find(row.scheme_id, "L2", row.from_account + " falls below zero with transfer " + row.transfer_id);
    }
    if (accounts[row.from_account].overflowed() || accounts[row.to_account].overflowed()) {
      Find(row.scheme_id, "L2", "a balance leaves 64 bits with transfer " + row.transfer_id);
    }
  }

  void TakeBack(const storage::TransferRow& row, std::map<std::string, Moved>& moved) {
    const auto before = moved.find(row.reverses_id);
    const bool fits = before != moved.end() && !before->second.taken_back &&
                      before->second.from == row.to_account && before->second.to == row.from_account &&
                      before->second.amount_cents == row.amount_cents;
    if (!fits) {
      Find(row.scheme_id, "L1", "transfer " + row.transfer_id + " does not take back " + row.reverses_id);
      return;
    }
    before->second.taken_back = true;
  }

  void CountOffers() {
    for (int state = v1::OfferState_MIN; state <= v1::OfferState_MAX; ++state) {
      std::int64_t after_us = std::numeric_limits<std::int64_t>::min();
      std::string after_id;
      while (true) {
        const auto rows = money_.OffersInState(state, after_us, after_id, kRowsAtOnce);
        for (const storage::OfferRow& row : rows) CountOffer(row);
        if (static_cast<std::int64_t>(rows.size()) < kRowsAtOnce) break;
        after_us = rows.back().since_us;
        after_id = rows.back().offer_id;
      }
    }
  }

  void CountOffer(const storage::OfferRow& row) {
    report_.offers_count += 1;
    const bool open = row.state == v1::OFFER_STATE_PROMISED || row.state == v1::OFFER_STATE_REQUESTED;
    if (open) reserved_[row.scheme_id].Add(row.amount_cents);
    if (row.state == v1::OFFER_STATE_ISSUED) issued_offers_[row.offer_id] = row.amount_cents;
    if (open || row.state == v1::OFFER_STATE_ISSUED) {
      years_[{row.scheme_id, row.dossier_id, row.year}].Add(row.amount_cents);
    }
    if (row.state == v1::OFFER_STATE_LAPSED) years_[{row.scheme_id, row.dossier_id, row.year}].Add(0);
    if (!row.answered_by.empty() &&
        (row.answered_by == row.asked_by || row.answered_by == row.beneficiary_id)) {
      Find(row.scheme_id, "V3", "offer " + row.offer_id + " was not answered by a second person");
    }
    if (row.state == v1::OFFER_STATE_ISSUED && row.second_person && row.answered_by.empty()) {
      Find(row.scheme_id, "V3", "offer " + row.offer_id + " was issued without the second person it needs");
    }
  }

  // L3 and V4: what is left of each voucher, and that each offer that led to one led to exactly one.
  void CountVouchers() {
    storage::PageOf page{.after = "", .rows_max = kRowsAtOnce};
    while (true) {
      const auto rows = money_.ListVouchers(page);
      for (const storage::VoucherRow& row : rows) CountVoucher(row);
      if (static_cast<std::int64_t>(rows.size()) < kRowsAtOnce) break;
      page.after = rows.back().voucher_id;
    }
    for (const auto& [offer_id, amount_cents] : issued_offers_) {
      Find("", "V4", "offer " + offer_id + " was issued and has no voucher");
    }
  }

  void CountVoucher(const storage::VoucherRow& row) {
    report_.vouchers_count += 1;
    spendable_[row.voucher_id] = row.amount_cents - row.remaining_cents;
    const bool open = row.state == v1::VOUCHER_STATE_OPEN;
    if (open) outstanding_[row.scheme_id].Add(row.remaining_cents);
    if (row.remaining_cents < 0 || row.remaining_cents > row.amount_cents ||
        (open ? row.remaining_cents == 0 : row.remaining_cents != 0)) {
      Find(row.scheme_id, "L3",
           "voucher " + row.voucher_id + " of " + std::to_string(row.amount_cents) + " has " +
               std::to_string(row.remaining_cents) + " left in state " + std::to_string(row.state));
    }
    const auto offer = issued_offers_.find(row.offer_id);
    if (offer == issued_offers_.end() || offer->second != row.amount_cents) {
      Find(row.scheme_id, "V4",
           "voucher " + row.voucher_id + " is not the one voucher of offer " + row.offer_id);
      return;
    }
    issued_offers_.erase(offer);
  }

  // L3, L4: what came out of the replay against what is kept, and against what the rows add up to.
  void Compare(const std::string& scheme_id) {
    auto& replayed = replayed_[scheme_id];
    Sum all;
    for (const storage::AccountRow& row : money_.AccountsOf(scheme_id)) {
      report_.accounts_count += 1;
      all.Add(row.balance_cents);
      FindUnlessEqual(scheme_id, "L4", row.account, replayed[row.account].cents(), row.balance_cents);
      replayed.erase(row.account);
      if (row.account.starts_with(kRedeemedAccounts)) CompareMerchant(row);
    }
    for (const auto& [account, sum] : replayed) FindUnlessEqual(scheme_id, "L4", account, sum.cents(), 0);
    FindUnlessEqual(scheme_id, "L1", "sum of all accounts", 0, all.cents());
    FindUnlessEqual(scheme_id, "L3", "reserved against open offers", reserved_[scheme_id].cents(),
                    BalanceOf(money_, scheme_id, kReservedAccount));
    FindUnlessEqual(scheme_id, "L3", "outstanding against open vouchers", outstanding_[scheme_id].cents(),
                    BalanceOf(money_, scheme_id, kOutstandingAccount));
  }

  void CompareMerchant(const storage::AccountRow& account) {
    Sum standing;
    const std::string merchant_id = account.account.substr(kRedeemedAccounts.size());
    for (const storage::RedemptionRow& row :
         money_.RedemptionsOf(merchant_id, std::numeric_limits<std::int64_t>::min(),
                              std::numeric_limits<std::int64_t>::max())) {
      if (row.scheme_id != account.scheme_id) continue;
      report_.redemptions_count += 1;
      if (row.undone_at_us != 0) continue;
      standing.Add(row.amount_cents);
      std::int64_t& left = spendable_[row.voucher_id];
      // What a receipt brought after a restore, and the voucher did not hold any more, was lent to it.
      left += lent_[row.redemption_id].cents() - row.amount_cents;
      if (left < 0) {
        Find(account.scheme_id, "L3", "more was spent than voucher " + row.voucher_id + " was given for");
      }
    }
    FindUnlessEqual(account.scheme_id, "L3", account.account + " against redemptions", standing.cents(),
                    account.balance_cents);
  }

  void CompareYears() {
    for (const auto& [key, sum] : years_) {
      const auto& [scheme_id, dossier_id, year] = key;
      FindUnlessEqual(scheme_id, "year", "promised in " + std::to_string(year) + " in dossier " + dossier_id,
                      sum.cents(), money_.PromisedInYear(scheme_id, dossier_id, year));
    }
  }

  const storage::MoneyReads& money_;
  LedgerReport report_;
  std::map<std::string, std::map<std::string, Sum>> replayed_;
  std::map<std::string, Sum> reserved_;
  std::map<std::string, Sum> outstanding_;
  std::map<std::tuple<std::string, std::string, std::int32_t>, Sum> years_;
  // Offers in ISSUED that no voucher was found for yet.
  std::map<std::string, std::int64_t> issued_offers_;
  // How much of each voucher may have been spent and still stand.
  std::map<std::string, std::int64_t> spendable_;
  // What came from `restored`, by what it was for.
  std::map<std::string, Sum> lent_;
};

}  // namespace

LedgerReport VerifyBooks(const storage::MoneyReads& money) { return Audit(money).Run(); }

}  // namespace brug::domain
