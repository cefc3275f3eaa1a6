#include "service/storage_memory/memory_money.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "brug/v1/offer.pb.h"
#include "service/storage/postings.h"
#include "service/storage_memory/row_copies.h"

namespace brug::storage {
namespace {

constexpr std::int64_t kEarliest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kLatest = std::numeric_limits<std::int64_t>::max();

std::pair<std::string, std::string> Pair(std::string_view a, std::string_view b) {
  return {std::string(a), std::string(b)};
}

// The rows of an order whose first field of place, an instant, is from `from_us` to before `until_us`.
template <typename Row, auto kOrder, typename Owner>
std::vector<Row> Within(const Order<Row, kOrder>& order, const Owner& owner, std::int64_t from_us,
                        std::int64_t until_us) {
  std::vector<Row> rows;
  const auto [begin, end] = order.From({owner, {from_us, {}}});
  for (auto it = begin; it != end && it->first.second.first < until_us; ++it) rows.push_back(*it->second);
  return rows;
}

// At most `rows_max` rows of an order whose first field of place, an instant, is from `from_us` to `to_us`.
template <typename Row, auto kOrder>
std::vector<Row> FirstUpTo(const Order<Row, kOrder>& order, int owner, std::int64_t from_us,
                           std::int64_t to_us, std::int64_t rows_max) {
  std::vector<Row> rows;
  const auto [begin, end] = order.From({owner, {from_us, {}}});
  for (auto it = begin; it != end && it->first.second.first <= to_us && std::ssize(rows) < rows_max; ++it) {
    rows.push_back(*it->second);
  }
  return rows;
}

std::optional<std::int64_t> LowerMiddle(std::vector<std::int64_t> numbers) {
  if (numbers.empty()) return std::nullopt;
  const auto middle = numbers.begin() + (std::ssize(numbers) - 1) / 2;
  std::nth_element(numbers.begin(), middle, numbers.end());
  return *middle;
}

// Whether neither who asks for it nor who gets it, by `asked`, answered what has come of it.
bool AnsweredByAThird(const OfferRow& offer, const OfferRow& asked) {
  return offer.answered_by.empty() ||
         (offer.answered_by != asked.asked_by && offer.answered_by != asked.beneficiary_id);
}

// Whether the second person who was needed had a say before it became what it is.
bool HadASecondPerson(const OfferRow& offer, const OfferRow& before) {
  const bool given = offer.state == v1::OFFER_STATE_ISSUED ||
                     (offer.state == v1::OFFER_STATE_PROMISED && before.state < v1::OFFER_STATE_PROMISED);
  if (offer.second_person && offer.answered_by.empty() && given) return false;
  return offer.second_person || !before.second_person || offer.state == v1::OFFER_STATE_DRAFT;
}

bool RemainsOfItsAmount(const VoucherRow& voucher) {
  return 0 <= voucher.remaining_cents && voucher.remaining_cents <= voucher.amount_cents;
}

// Whether no voucher but this one has what the order goes by.
template <auto kOrder, typename Vouchers>
bool IsItsAlone(const Vouchers& vouchers, const VoucherRow& voucher) {
  const auto [begin, end] = vouchers.template order<kOrder>().Of(kOrder(voucher).first);
  return std::all_of(begin, end,
                     [&](const auto& there) { return there.second->voucher_id == voucher.voucher_id; });
}

bool Holds(const MemoryTables& tables, const VoucherRow& voucher) {
  return RemainsOfItsAmount(voucher) && IsItsAlone<by::VoucherOffer>(tables.vouchers, voucher) &&
         IsItsAlone<by::VoucherCode>(tables.vouchers, voucher);
}

AccountRow AccountOf(const MemoryTables& tables, const std::string& scheme_id, const std::string& account) {
  const AccountRow* there = tables.accounts.Find(std::pair(scheme_id, account));
  return there == nullptr ? AccountRow{.scheme_id = scheme_id, .account = account} : *there;
}

}  // namespace

std::optional<SchemeRow> MemoryMoneyReads::FindScheme(std::string_view scheme_id) const {
  if (Fails()) return std::nullopt;
  return CopyOf(tables_->schemes.Find(std::string(scheme_id)));
}

std::vector<SchemeRow> MemoryMoneyReads::ListSchemes() const {
  if (Fails()) return {};
  const auto& rows = tables_->schemes.rows();
  return PageFrom(rows.begin(), rows.end(), kLatest, [](const SchemeRow&) { return true; });
}

std::vector<AccountRow> MemoryMoneyReads::AccountsOf(std::string_view scheme_id) const {
  if (Fails()) return {};
  const auto& rows = tables_->accounts.rows();
  return PageFrom(rows.lower_bound(Pair(scheme_id, "")), rows.end(), kLatest,
                  [scheme_id](const AccountRow& row) { return row.scheme_id == scheme_id; });
}

std::optional<TransferRow> MemoryMoneyReads::FindTransfer(std::string_view scheme_id,
                                                          std::string_view transfer_id) const {
  if (Fails()) return std::nullopt;
  const auto [begin, end] = tables_->transfers.order<by::Transfer>().Of(Pair(scheme_id, transfer_id));
  return begin == end ? std::nullopt : std::optional(*begin->second);
}

std::vector<TransferRow> MemoryMoneyReads::TransfersAfter(std::string_view scheme_id,
                                                          std::int64_t after_number,
                                                          std::int64_t rows_max) const {
  if (Fails()) return {};
  const auto& rows = tables_->transfers.rows();
  return PageFrom(rows.upper_bound(std::pair(std::string(scheme_id), after_number)), rows.end(), rows_max,
                  [scheme_id](const TransferRow& row) { return row.scheme_id == scheme_id; });
}

std::vector<TransferRow> MemoryMoneyReads::TransfersOfAccount(std::string_view scheme_id,
                                                              std::string_view account, std::int64_t from_us,
                                                              std::int64_t until_us) const {
  if (Fails()) return {};
  const auto owner = Pair(scheme_id, account);
  auto rows = Within(tables_->transfers.order<by::TransferFrom>(), owner, from_us, until_us);
  auto to = Within(tables_->transfers.order<by::TransferTo>(), owner, from_us, until_us);
  std::move(to.begin(), to.end(), std::back_inserter(rows));
  std::ranges::sort(rows, {}, &TransferRow::number);
  return rows;
}

std::int64_t MemoryMoneyReads::PromisedInYear(std::string_view scheme_id, std::string_view dossier_id,
                                              std::int32_t year) const {
  if (Fails()) return 0;
  const auto* row =
      tables_->client_years.Find(std::tuple(std::string(scheme_id), std::string(dossier_id), year));
  return row == nullptr ? 0 : row->promised_cents;
}

std::optional<OfferRow> MemoryMoneyReads::FindOffer(std::string_view offer_id) const {
  if (Fails()) return std::nullopt;
  return CopyOf(tables_->offers.Find(std::string(offer_id)));
}

std::vector<OfferRow> MemoryMoneyReads::OffersOfDossier(std::string_view dossier_id) const {
  if (Fails()) return {};
  return CopiesOf(tables_->offers.order<by::OfferDossier>().Of(std::string(dossier_id)));
}

std::vector<OfferRow> MemoryMoneyReads::OffersInState(int state, std::int64_t after_us,
                                                      std::string_view after_id,
                                                      std::int64_t rows_max) const {
  if (Fails()) return {};
  const std::pair after(after_us, std::string(after_id));
  const auto [begin, end] = tables_->offers.order<by::OfferState>().From(std::pair(state, after));
  std::vector<OfferRow> rows;
  for (auto it = begin; it != end && std::ssize(rows) < rows_max; ++it) {
    if (it->first.second != after) rows.push_back(*it->second);
  }
  return rows;
}

std::vector<OfferRow> MemoryMoneyReads::OffersEnded(int state, std::int64_t at_us,
                                                    std::int64_t rows_max) const {
  if (Fails()) return {};
  return FirstUpTo(tables_->offers.order<by::OfferEnd>(), state, 1, at_us, rows_max);
}

std::optional<VoucherRow> MemoryMoneyReads::FindVoucher(std::string_view voucher_id) const {
  if (Fails()) return std::nullopt;
  return CopyOf(tables_->vouchers.Find(std::string(voucher_id)));
}

std::optional<VoucherRow> MemoryMoneyReads::FindVoucherByCode(std::string_view code_hmac) const {
  if (Fails()) return std::nullopt;
  const auto [begin, end] = tables_->vouchers.order<by::VoucherCode>().Of(std::string(code_hmac));
  return begin == end ? std::nullopt : std::optional(*begin->second);
}

std::vector<VoucherRow> MemoryMoneyReads::VouchersExpired(int state, std::int64_t at_us,
                                                          std::int64_t rows_max) const {
  if (Fails()) return {};
  return FirstUpTo(tables_->vouchers.order<by::VoucherExpiry>(), state, kEarliest, at_us, rows_max);
}

std::vector<VoucherRow> MemoryMoneyReads::ListVouchers(const PageOf& page) const {
  if (Fails()) return {};
  const auto& rows = tables_->vouchers.rows();
  return PageFrom(rows.upper_bound(page.after), rows.end(), page.rows_max,
                  [](const VoucherRow&) { return true; });
}

VoucherTotals MemoryMoneyReads::TotalsOfVouchers(std::string_view scheme_id, int open_state) const {
  if (Fails()) return {};
  VoucherTotals totals;
  std::vector<std::int64_t> waits_us;
  const auto [begin, end] = tables_->vouchers.order<by::VoucherScheme>().Of(std::string(scheme_id));
  for (auto it = begin; it != end; ++it) {
    const VoucherRow& voucher = *it->second;
    ++totals.issued_count;
    if (voucher.earned_at_us != 0) waits_us.push_back(voucher.issued_at_us - voucher.earned_at_us);
    if (voucher.state != open_state) continue;
    ++totals.open_count;
    totals.remaining_cents += voucher.remaining_cents;
  }
  totals.earned_to_issued_us = LowerMiddle(std::move(waits_us));
  return totals;
}

std::optional<RedemptionRow> MemoryMoneyReads::FindRedemption(std::string_view redemption_id) const {
  if (Fails()) return std::nullopt;
  return CopyOf(tables_->redemptions.Find(std::string(redemption_id)));
}

std::vector<RedemptionRow> MemoryMoneyReads::RedemptionsOf(std::string_view merchant_id, std::int64_t from_us,
                                                           std::int64_t until_us) const {
  if (Fails()) return {};
  auto rows = Within(tables_->redemptions.order<by::RedemptionMerchant>(), std::string(merchant_id), from_us,
                     until_us);
  std::ranges::reverse(rows);
  return rows;
}

std::vector<AgreementRow> MemoryMoneyReads::AgreementsOf(std::string_view merchant_id) const {
  if (Fails()) return {};
  const auto& rows = tables_->agreements.rows();
  return PageFrom(rows.lower_bound(Pair(merchant_id, "")), rows.end(), kLatest,
                  [merchant_id](const AgreementRow& row) { return row.merchant_id == merchant_id; });
}

bool MemoryMoneyWrites::InsertScheme(const SchemeRow& scheme) {
  return !Fails() && scheme.transfers_count == 0 && tables_->schemes.Insert(scheme, *undo_);
}

bool MemoryMoneyWrites::AppendTransfer(const TransferRow& transfer) {
  if (Fails() || !IsPosting(transfer)) return false;
  auto scheme = CopyOf(tables_->schemes.Find(transfer.scheme_id));
  if (!scheme.has_value() || scheme->transfers_count != transfer.number - 1) return false;
  const auto [same_id, end] =
      tables_->transfers.order<by::Transfer>().Of(Pair(transfer.scheme_id, transfer.transfer_id));
  if (same_id != end) return false;
  AccountRow from = AccountOf(*tables_, transfer.scheme_id, transfer.from_account);
  AccountRow to = AccountOf(*tables_, transfer.scheme_id, transfer.to_account);
  if (!MayPay(from.account, transfer.amount_cents).Has(from.balance_cents)) return false;
  if (!MayReceive(transfer.amount_cents).Has(to.balance_cents)) return false;
  if (!tables_->transfers.Insert(transfer, *undo_)) return false;
  scheme->transfers_count = transfer.number;
  from.balance_cents -= transfer.amount_cents;
  to.balance_cents += transfer.amount_cents;
  tables_->schemes.Put(*std::move(scheme), *undo_);
  tables_->accounts.Put(std::move(from), *undo_);
  tables_->accounts.Put(std::move(to), *undo_);
  return true;
}

bool MemoryMoneyWrites::AddPromised(const ClientYearRow& promised, std::int64_t cents_max) {
  if (Fails()) return false;
  const auto* row = tables_->client_years.Find(by::ClientYear(promised));
  const std::int64_t before = row == nullptr ? 0 : row->promised_cents;
  if (!MayPromise(promised.promised_cents, cents_max).Has(before)) return false;
  ClientYearRow after = promised;
  after.promised_cents += before;
  tables_->client_years.Put(std::move(after), *undo_);
  return true;
}

bool MemoryMoneyWrites::InsertOffer(const OfferRow& offer) {
  return !Fails() && AnsweredByAThird(offer, offer) && tables_->offers.Insert(offer, *undo_);
}

bool MemoryMoneyWrites::UpdateOffer(const OfferRow& offer) {
  if (Fails() || !AnsweredByAThird(offer, offer)) return false;
  const OfferRow* there = tables_->offers.Find(offer.offer_id);
  if (there == nullptr || there->version != offer.version - 1) return false;
  if (!AnsweredByAThird(offer, *there) || !HadASecondPerson(offer, *there)) return false;
  tables_->offers.Put(offer, *undo_);
  return true;
}

bool MemoryMoneyWrites::InsertVoucher(const VoucherRow& voucher) {
  return !Fails() && Holds(*tables_, voucher) && tables_->vouchers.Insert(voucher, *undo_);
}

bool MemoryMoneyWrites::UpdateVoucher(const VoucherRow& voucher) {
  if (Fails() || !Holds(*tables_, voucher)) return false;
  const VoucherRow* there = tables_->vouchers.Find(voucher.voucher_id);
  if (there == nullptr || there->version != voucher.version - 1) return false;
  tables_->vouchers.Put(voucher, *undo_);
  return true;
}

bool MemoryMoneyWrites::InsertRedemption(const RedemptionRow& redemption) {
  return !Fails() && tables_->redemptions.Insert(redemption, *undo_);
}

bool MemoryMoneyWrites::UndoRedemption(std::string_view redemption_id, std::int64_t undone_at_us) {
  if (Fails()) return false;
  auto redemption = CopyOf(tables_->redemptions.Find(std::string(redemption_id)));
  if (!redemption.has_value() || redemption->undone_at_us != 0) return false;
  redemption->undone_at_us = undone_at_us;
  tables_->redemptions.Put(*std::move(redemption), *undo_);
  return true;
}

void MemoryMoneyWrites::PutAgreement(const AgreementRow& agreement) {
  if (!Fails()) tables_->agreements.Put(agreement, *undo_);
}

}  // namespace brug::storage
