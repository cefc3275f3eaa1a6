#include "service/storage_sqlite/sqlite_money.h"

#include <algorithm>
#include <utility>

#include "brug/v1/offer.pb.h"
#include "service/storage/postings.h"

namespace brug::storage {
namespace {

// How rows are read: each in the order of its SELECT.

std::int64_t NumberOf(const Statement& row) { return row.Int64(0); }

SchemeRow SchemeOf(const Statement& row) {
  return {.scheme_id = row.Bytes(0), .content = row.Bytes(1), .transfers_count = row.Int64(2)};
}

AccountRow AccountOf(const Statement& row) {
  return {.scheme_id = row.Bytes(0), .account = row.Bytes(1), .balance_cents = row.Int64(2)};
}

TransferRow TransferOf(const Statement& row) {
  return {.transfer_id = row.Bytes(0),
          .scheme_id = row.Bytes(1),
          .number = row.Int64(2),
          .at_us = row.Int64(3),
          .from_account = row.Bytes(4),
          .to_account = row.Bytes(5),
          .amount_cents = row.Int64(6),
          .subject_id = row.Bytes(7),
          .reverses_id = row.Bytes(8)};
}

OfferRow OfferOf(const Statement& row) {
  return {.offer_id = row.Bytes(0),
          .scheme_id = row.Bytes(1),
          .dossier_id = row.Bytes(2),
          .beneficiary_id = row.Bytes(3),
          .state = row.Int(4),
          .amount_cents = row.Int64(5),
          .year = row.Int(6),
          .second_person = row.Bool(7),
          .asked_by = row.Bytes(8),
          .answered_by = row.Bytes(9),
          .since_us = row.Int64(10),
          .ends_at_us = row.Int64(11),
          .statements_count = row.Int64(12),
          .version = row.Int64(13),
          .sealed = row.Bytes(14)};
}

VoucherRow VoucherOf(const Statement& row) {
  return {.voucher_id = row.Bytes(0),
          .offer_id = row.Bytes(1),
          .scheme_id = row.Bytes(2),
          .dossier_id = row.Bytes(3),
          .beneficiary_id = row.Bytes(4),
          .state = row.Int(5),
          .amount_cents = row.Int64(6),
          .remaining_cents = row.Int64(7),
          .earned_at_us = row.Int64(8),
          .issued_at_us = row.Int64(9),
          .expires_at_us = row.Int64(10),
          .in_parts = row.Bool(11),
          .code_number = row.Int64(12),
          .code_hmac = row.Bytes(13),
          .sealed_code = row.Bytes(14),
          .statements_count = row.Int64(15),
          .version = row.Int64(16)};
}

RedemptionRow RedemptionOf(const Statement& row) {
  return {.redemption_id = row.Bytes(0),
          .voucher_id = row.Bytes(1),
          .scheme_id = row.Bytes(2),
          .merchant_id = row.Bytes(3),
          .amount_cents = row.Int64(4),
          .redeemed_at_us = row.Int64(5),
          .undone_at_us = row.Int64(6),
          .transfer_id = row.Bytes(7)};
}

AgreementRow AgreementOf(const Statement& row) {
  return {.merchant_id = row.Bytes(0), .scheme_id = row.Bytes(1), .takes_vouchers = row.Bool(2)};
}

}  // namespace

std::optional<SchemeRow> SqliteMoneyReads::FindScheme(std::string_view scheme_id) const {
  return database_->One(SchemeOf,
                        "SELECT scheme_id, content, transfers_count FROM schemes"
                        " WHERE organisation_id = ? AND scheme_id = ?",
                        organisation_id_, scheme_id);
}

std::vector<SchemeRow> SqliteMoneyReads::ListSchemes() const {
  return database_->All(SchemeOf,
                        "SELECT scheme_id, content, transfers_count FROM schemes"
                        " WHERE organisation_id = ? ORDER BY scheme_id",
                        organisation_id_);
}

std::vector<AccountRow> SqliteMoneyReads::AccountsOf(std::string_view scheme_id) const {
  return database_->All(AccountOf,
                        "SELECT scheme_id, account, balance_cents FROM accounts"
                        " WHERE organisation_id = ? AND scheme_id = ? ORDER BY account",
                        organisation_id_, scheme_id);
}

std::optional<TransferRow> SqliteMoneyReads::FindTransfer(std::string_view scheme_id,
                                                          std::string_view transfer_id) const {
  return database_->One(
      TransferOf,
      "SELECT transfer_id, scheme_id, number, at_us, from_account, to_account, amount_cents,"
      " subject_id, reverses_id FROM transfers"
      " WHERE organisation_id = ? AND scheme_id = ? AND transfer_id = ?",
      organisation_id_, scheme_id, transfer_id);
}

std::vector<TransferRow> SqliteMoneyReads::TransfersAfter(std::string_view scheme_id,
                                                          std::int64_t after_number,
                                                          std::int64_t rows_max) const {
  return database_->All(
      TransferOf,
      "SELECT transfer_id, scheme_id, number, at_us, from_account, to_account, amount_cents,"
      " subject_id, reverses_id FROM transfers"
      " WHERE organisation_id = ? AND scheme_id = ? AND number > ?"
      " ORDER BY number LIMIT ?",
      organisation_id_, scheme_id, after_number, rows_max);
}

std::vector<TransferRow> SqliteMoneyReads::TransfersOfAccount(std::string_view scheme_id,
                                                              std::string_view account, std::int64_t from_us,
                                                              std::int64_t until_us) const {
  auto rows =
      database_->All(TransferOf,
                     "SELECT transfer_id, scheme_id, number, at_us, from_account, to_account, amount_cents,"
                     " subject_id, reverses_id FROM transfers WHERE organisation_id = ? AND scheme_id = ?"
                     " AND from_account = ? AND at_us >= ? AND at_us < ?",
                     organisation_id_, scheme_id, account, from_us, until_us);
  auto to =
      database_->All(TransferOf,
                     "SELECT transfer_id, scheme_id, number, at_us, from_account, to_account, amount_cents,"
                     " subject_id, reverses_id FROM transfers WHERE organisation_id = ? AND scheme_id = ?"
                     " AND to_account = ? AND at_us >= ? AND at_us < ?",
                     organisation_id_, scheme_id, account, from_us, until_us);
  if (database_->failed()) return {};
  std::move(to.begin(), to.end(), std::back_inserter(rows));
  std::ranges::sort(rows, {}, &TransferRow::number);
  return rows;
}

std::int64_t SqliteMoneyReads::PromisedInYear(std::string_view scheme_id, std::string_view dossier_id,
                                              std::int32_t year) const {
  return database_
      ->One(NumberOf,
            "SELECT promised_cents FROM client_years"
            " WHERE organisation_id = ? AND scheme_id = ? AND dossier_id = ? AND year = ?",
            organisation_id_, scheme_id, dossier_id, year)
      .value_or(0);
}

std::optional<OfferRow> SqliteMoneyReads::FindOffer(std::string_view offer_id) const {
  return database_->One(
      OfferOf,
      "SELECT offer_id, scheme_id, dossier_id, beneficiary_id, state, amount_cents, year, second_person,"
      " asked_by, answered_by, since_us, ends_at_us, statements_count, version, sealed FROM offers"
      " WHERE organisation_id = ? AND offer_id = ?",
      organisation_id_, offer_id);
}

std::vector<OfferRow> SqliteMoneyReads::OffersOfDossier(std::string_view dossier_id) const {
  return database_->All(
      OfferOf,
      "SELECT offer_id, scheme_id, dossier_id, beneficiary_id, state, amount_cents, year, second_person,"
      " asked_by, answered_by, since_us, ends_at_us, statements_count, version, sealed FROM offers"
      " WHERE organisation_id = ? AND dossier_id = ? ORDER BY since_us, offer_id",
      organisation_id_, dossier_id);
}

std::vector<OfferRow> SqliteMoneyReads::OffersInState(int state, std::int64_t after_us,
                                                      std::string_view after_id,
                                                      std::int64_t rows_max) const {
  return database_->All(
      OfferOf,
      "SELECT offer_id, scheme_id, dossier_id, beneficiary_id, state, amount_cents, year, second_person,"
      " asked_by, answered_by, since_us, ends_at_us, statements_count, version, sealed FROM offers"
      " WHERE organisation_id = ? AND state = ? AND (since_us, offer_id) > (?, ?)"
      " ORDER BY since_us, offer_id LIMIT ?",
      organisation_id_, state, after_us, after_id, rows_max);
}

std::vector<OfferRow> SqliteMoneyReads::OffersEnded(int state, std::int64_t at_us,
                                                    std::int64_t rows_max) const {
  return database_->All(
      OfferOf,
      "SELECT offer_id, scheme_id, dossier_id, beneficiary_id, state, amount_cents, year, second_person,"
      " asked_by, answered_by, since_us, ends_at_us, statements_count, version, sealed FROM offers"
      " WHERE organisation_id = ? AND state = ? AND ends_at_us > 0 AND ends_at_us <= ?"
      " ORDER BY ends_at_us, offer_id LIMIT ?",
      organisation_id_, state, at_us, rows_max);
}

std::optional<VoucherRow> SqliteMoneyReads::FindVoucher(std::string_view voucher_id) const {
  return database_->One(
      VoucherOf,
      "SELECT voucher_id, offer_id, scheme_id, dossier_id, beneficiary_id, state, amount_cents,"
      " remaining_cents, earned_at_us, issued_at_us, expires_at_us, in_parts, code_number, code_hmac,"
      " sealed_code, statements_count, version FROM vouchers WHERE organisation_id = ? AND voucher_id = ?",
      organisation_id_, voucher_id);
}

std::optional<VoucherRow> SqliteMoneyReads::FindVoucherByCode(std::string_view code_hmac) const {
  return database_->One(
      VoucherOf,
      "SELECT voucher_id, offer_id, scheme_id, dossier_id, beneficiary_id, state, amount_cents,"
      " remaining_cents, earned_at_us, issued_at_us, expires_at_us, in_parts, code_number, code_hmac,"
      " sealed_code, statements_count, version FROM vouchers WHERE organisation_id = ? AND code_hmac = ?",
      organisation_id_, Blob(code_hmac));
}

std::vector<VoucherRow> SqliteMoneyReads::VouchersExpired(int state, std::int64_t at_us,
                                                          std::int64_t rows_max) const {
  return database_->All(
      VoucherOf,
      "SELECT voucher_id, offer_id, scheme_id, dossier_id, beneficiary_id, state, amount_cents,"
      " remaining_cents, earned_at_us, issued_at_us, expires_at_us, in_parts, code_number, code_hmac,"
      " sealed_code, statements_count, version FROM vouchers"
      " WHERE organisation_id = ? AND state = ? AND expires_at_us <= ?"
      " ORDER BY expires_at_us, voucher_id LIMIT ?",
      organisation_id_, state, at_us, rows_max);
}

std::vector<VoucherRow> SqliteMoneyReads::ListVouchers(const PageOf& page) const {
  return database_->All(
      VoucherOf,
      "SELECT voucher_id, offer_id, scheme_id, dossier_id, beneficiary_id, state, amount_cents,"
      " remaining_cents, earned_at_us, issued_at_us, expires_at_us, in_parts, code_number, code_hmac,"
      " sealed_code, statements_count, version FROM vouchers"
      " WHERE organisation_id = ? AND voucher_id > ? ORDER BY voucher_id LIMIT ?",
      organisation_id_, page.after, page.rows_max);
}

VoucherTotals SqliteMoneyReads::TotalsOfVouchers(std::string_view scheme_id, int open_state) const {
  const auto [open_count, remaining_cents] =
      database_
          ->One([](const Statement& row) { return std::pair(row.Int64(0), row.Int64(1)); },
                "SELECT count(*), coalesce(sum(remaining_cents), 0) FROM vouchers"
                " WHERE organisation_id = ? AND scheme_id = ? AND state = ?",
                organisation_id_, scheme_id, open_state)
          .value_or(std::pair(std::int64_t{0}, std::int64_t{0}));
  const std::int64_t issued_count =
      database_
          ->One(NumberOf, "SELECT count(*) FROM vouchers WHERE organisation_id = ? AND scheme_id = ?",
                organisation_id_, scheme_id)
          .value_or(0);
  const std::int64_t known_count =
      database_
          ->One(NumberOf,
                "SELECT count(*) FROM vouchers"
                " WHERE organisation_id = ? AND scheme_id = ? AND earned_at_us <> 0",
                organisation_id_, scheme_id)
          .value_or(0);
  const std::int64_t before_middle = known_count == 0 ? 0 : (known_count - 1) / 2;
  auto middle = database_->One(NumberOf,
                               "SELECT issued_at_us - earned_at_us FROM vouchers"
                               " WHERE organisation_id = ? AND scheme_id = ? AND earned_at_us <> 0"
                               " ORDER BY issued_at_us - earned_at_us LIMIT 1 OFFSET ?",
                               organisation_id_, scheme_id, before_middle);
  if (database_->failed()) return {};
  return {.open_count = open_count,
          .issued_count = issued_count,
          .remaining_cents = remaining_cents,
          .earned_to_issued_us = middle};
}

std::optional<RedemptionRow> SqliteMoneyReads::FindRedemption(std::string_view redemption_id) const {
  return database_->One(RedemptionOf,
                        "SELECT redemption_id, voucher_id, scheme_id, merchant_id, amount_cents,"
                        " redeemed_at_us, undone_at_us, transfer_id FROM redemptions"
                        " WHERE organisation_id = ? AND redemption_id = ?",
                        organisation_id_, redemption_id);
}

std::vector<RedemptionRow> SqliteMoneyReads::RedemptionsOf(std::string_view merchant_id, std::int64_t from_us,
                                                           std::int64_t until_us) const {
  return database_->All(RedemptionOf,
                        "SELECT redemption_id, voucher_id, scheme_id, merchant_id, amount_cents,"
                        " redeemed_at_us, undone_at_us, transfer_id FROM redemptions"
                        " WHERE organisation_id = ? AND merchant_id = ? AND redeemed_at_us >= ?"
                        " AND redeemed_at_us < ? ORDER BY redeemed_at_us DESC, redemption_id DESC",
                        organisation_id_, merchant_id, from_us, until_us);
}

std::vector<AgreementRow> SqliteMoneyReads::AgreementsOf(std::string_view merchant_id) const {
  return database_->All(AgreementOf,
                        "SELECT merchant_id, scheme_id, takes_vouchers FROM agreements"
                        " WHERE organisation_id = ? AND merchant_id = ? ORDER BY scheme_id",
                        organisation_id_, merchant_id);
}

bool SqliteMoneyWrites::InsertScheme(const SchemeRow& scheme) {
  return database_->Run(
             "INSERT INTO schemes (organisation_id, scheme_id, content, transfers_count)"
             " SELECT ?1, ?2, ?3, ?4 WHERE ?4 = 0 ON CONFLICT DO NOTHING",
             organisation_id_, scheme.scheme_id, Blob(scheme.content), scheme.transfers_count) == 1;
}

bool SqliteMoneyWrites::AppendTransfer(const TransferRow& transfer) {
  if (!IsPosting(transfer)) return false;
  // A refusal may come when half is written.
  database_->Run("SAVEPOINT posting");
  const bool posted = InsertTransfer(transfer) && CountTransfer(transfer) && MoveBalances(transfer);
  if (!posted) database_->Run("ROLLBACK TO posting");
  database_->Run("RELEASE posting");
  return posted && !database_->failed();
}

bool SqliteMoneyWrites::InsertTransfer(const TransferRow& transfer) {
  return database_->Run(
             "INSERT INTO transfers (organisation_id, scheme_id, number, transfer_id, at_us, from_account,"
             " to_account, amount_cents, subject_id, reverses_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
             " ON CONFLICT DO NOTHING",
             organisation_id_, transfer.scheme_id, transfer.number, transfer.transfer_id, transfer.at_us,
             transfer.from_account, transfer.to_account, transfer.amount_cents, transfer.subject_id,
             transfer.reverses_id) == 1;
}

bool SqliteMoneyWrites::CountTransfer(const TransferRow& transfer) {
  return database_->Run(
             "UPDATE schemes SET transfers_count = ?"
             " WHERE organisation_id = ? AND scheme_id = ? AND transfers_count = ?",
             transfer.number, organisation_id_, transfer.scheme_id, transfer.number - 1) == 1;
}

bool SqliteMoneyWrites::MoveBalances(const TransferRow& transfer) {
  const CentsRange may_pay = MayPay(transfer.from_account, transfer.amount_cents);
  const CentsRange may_receive = MayReceive(transfer.amount_cents);
  BeginAccount(transfer.scheme_id, transfer.from_account);
  BeginAccount(transfer.scheme_id, transfer.to_account);
  return database_->Run(
             "UPDATE accounts SET balance_cents = balance_cents - ?"
             " WHERE organisation_id = ? AND scheme_id = ? AND account = ? AND balance_cents >= ?",
             transfer.amount_cents, organisation_id_, transfer.scheme_id, transfer.from_account,
             may_pay.min) == 1 &&
         database_->Run(
             "UPDATE accounts SET balance_cents = balance_cents + ?"
             " WHERE organisation_id = ? AND scheme_id = ? AND account = ? AND balance_cents <= ?",
             transfer.amount_cents, organisation_id_, transfer.scheme_id, transfer.to_account,
             may_receive.max) == 1;
}

void SqliteMoneyWrites::BeginAccount(std::string_view scheme_id, std::string_view account) {
  database_->Run(
      "INSERT INTO accounts (organisation_id, scheme_id, account, balance_cents) VALUES (?, ?, ?, 0)"
      " ON CONFLICT DO NOTHING",
      organisation_id_, scheme_id, account);
}

bool SqliteMoneyWrites::AddPromised(const ClientYearRow& promised, std::int64_t cents_max) {
  const CentsRange may = MayPromise(promised.promised_cents, cents_max);
  return database_->Run(
             "UPDATE client_years SET promised_cents = promised_cents + ? WHERE organisation_id = ?"
             " AND scheme_id = ? AND dossier_id = ? AND year = ? AND promised_cents BETWEEN ? AND ?",
             promised.promised_cents, organisation_id_, promised.scheme_id, promised.dossier_id,
             promised.year, may.min, may.max) == 1 ||
         database_->Run(
             "INSERT INTO client_years (organisation_id, scheme_id, dossier_id, year, promised_cents)"
             " SELECT ?1, ?2, ?3, ?4, ?5 WHERE 0 BETWEEN ?6 AND ?7 ON CONFLICT DO NOTHING",
             organisation_id_, promised.scheme_id, promised.dossier_id, promised.year,
             promised.promised_cents, may.min, may.max) == 1;
}

bool SqliteMoneyWrites::InsertOffer(const OfferRow& offer) {
  return database_->Run(
             "INSERT INTO offers (organisation_id, offer_id, scheme_id, dossier_id, beneficiary_id, state,"
             " amount_cents, year, second_person, asked_by, answered_by, since_us, ends_at_us,"
             " statements_count, version, sealed)"
             " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16"
             " WHERE ?11 = '' OR (?11 <> ?10 AND ?11 <> ?5) ON CONFLICT DO NOTHING",
             organisation_id_, offer.offer_id, offer.scheme_id, offer.dossier_id, offer.beneficiary_id,
             offer.state, offer.amount_cents, offer.year, offer.second_person, offer.asked_by,
             offer.answered_by, offer.since_us, offer.ends_at_us, offer.statements_count, offer.version,
             Blob(offer.sealed)) == 1;
}

bool SqliteMoneyWrites::UpdateOffer(const OfferRow& offer) {
  return database_->Run(
             "UPDATE offers SET scheme_id = ?3, dossier_id = ?4, beneficiary_id = ?5, state = ?6,"
             " amount_cents = ?7, year = ?8, second_person = ?9, asked_by = ?10, answered_by = ?11,"
             " since_us = ?12, ends_at_us = ?13, statements_count = ?14, version = ?15, sealed = ?16"
             " WHERE organisation_id = ?1 AND offer_id = ?2 AND version = ?17"
             " AND (?11 = '' OR (?11 <> ?10 AND ?11 <> ?5 AND ?11 <> asked_by AND ?11 <> beneficiary_id))"
             " AND NOT (?9 AND ?11 = '' AND (?6 = ?20 OR (?6 = ?19 AND state < ?19)))"
             " AND NOT (second_person AND NOT ?9 AND ?6 <> ?18)",
             organisation_id_, offer.offer_id, offer.scheme_id, offer.dossier_id, offer.beneficiary_id,
             offer.state, offer.amount_cents, offer.year, offer.second_person, offer.asked_by,
             offer.answered_by, offer.since_us, offer.ends_at_us, offer.statements_count, offer.version,
             Blob(offer.sealed), offer.version - 1, v1::OFFER_STATE_DRAFT, v1::OFFER_STATE_PROMISED,
             v1::OFFER_STATE_ISSUED) == 1;
}

bool SqliteMoneyWrites::InsertVoucher(const VoucherRow& voucher) {
  return database_->Run(
             "INSERT INTO vouchers (organisation_id, voucher_id, offer_id, scheme_id, dossier_id,"
             " beneficiary_id, state, amount_cents, remaining_cents, earned_at_us, issued_at_us,"
             " expires_at_us, in_parts, code_number, code_hmac, sealed_code, statements_count, version)"
             " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18"
             " WHERE ?9 BETWEEN 0 AND ?8 ON CONFLICT DO NOTHING",
             organisation_id_, voucher.voucher_id, voucher.offer_id, voucher.scheme_id, voucher.dossier_id,
             voucher.beneficiary_id, voucher.state, voucher.amount_cents, voucher.remaining_cents,
             voucher.earned_at_us, voucher.issued_at_us, voucher.expires_at_us, voucher.in_parts,
             voucher.code_number, Blob(voucher.code_hmac), Blob(voucher.sealed_code),
             voucher.statements_count, voucher.version) == 1;
}

bool SqliteMoneyWrites::UpdateVoucher(const VoucherRow& voucher) {
  return database_->Run(
             "UPDATE vouchers SET offer_id = ?3, scheme_id = ?4, dossier_id = ?5, beneficiary_id = ?6,"
             " state = ?7, amount_cents = ?8, remaining_cents = ?9, earned_at_us = ?10, issued_at_us = ?11,"
             " expires_at_us = ?12, in_parts = ?13, code_number = ?14, code_hmac = ?15, sealed_code = ?16,"
             " statements_count = ?17, version = ?18"
             " WHERE organisation_id = ?1 AND voucher_id = ?2 AND version = ?19 AND ?9 BETWEEN 0 AND ?8"
             " AND NOT EXISTS (SELECT 1 FROM vouchers AS other"
             " WHERE other.organisation_id = ?1 AND other.offer_id = ?3 AND other.voucher_id <> ?2)"
             " AND NOT EXISTS (SELECT 1 FROM vouchers AS other"
             " WHERE other.organisation_id = ?1 AND other.code_hmac = ?15 AND other.voucher_id <> ?2)",
             organisation_id_, voucher.voucher_id, voucher.offer_id, voucher.scheme_id, voucher.dossier_id,
             voucher.beneficiary_id, voucher.state, voucher.amount_cents, voucher.remaining_cents,
             voucher.earned_at_us, voucher.issued_at_us, voucher.expires_at_us, voucher.in_parts,
             voucher.code_number, Blob(voucher.code_hmac), Blob(voucher.sealed_code),
             voucher.statements_count, voucher.version, voucher.version - 1) == 1;
}

bool SqliteMoneyWrites::InsertRedemption(const RedemptionRow& redemption) {
  return database_->Run(
             "INSERT INTO redemptions (organisation_id, redemption_id, voucher_id, scheme_id, merchant_id,"
             " amount_cents, redeemed_at_us, undone_at_us, transfer_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
             " ON CONFLICT DO NOTHING",
             organisation_id_, redemption.redemption_id, redemption.voucher_id, redemption.scheme_id,
             redemption.merchant_id, redemption.amount_cents, redemption.redeemed_at_us,
             redemption.undone_at_us, redemption.transfer_id) == 1;
}

bool SqliteMoneyWrites::UndoRedemption(std::string_view redemption_id, std::int64_t undone_at_us) {
  return database_->Run(
             "UPDATE redemptions SET undone_at_us = ?"
             " WHERE organisation_id = ? AND redemption_id = ? AND undone_at_us = 0",
             undone_at_us, organisation_id_, redemption_id) == 1;
}

void SqliteMoneyWrites::PutAgreement(const AgreementRow& agreement) {
  database_->Run(
      "INSERT INTO agreements (organisation_id, merchant_id, scheme_id, takes_vouchers) VALUES (?, ?, ?, ?)"
      " ON CONFLICT (organisation_id, merchant_id, scheme_id)"
      " DO UPDATE SET takes_vouchers = excluded.takes_vouchers",
      organisation_id_, agreement.merchant_id, agreement.scheme_id, agreement.takes_vouchers);
}

}  // namespace brug::storage
