#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/storage/directory.h"

namespace brug::storage {

struct SchemeRow {
  std::string scheme_id = {};
  // A serialised brug.v1.Scheme: no personal data.
  std::string content = {};
  // Transfers appended so far: the number of the newest.
  std::int64_t transfers_count = 0;
  friend bool operator==(const SchemeRow&, const SchemeRow&) = default;
};

// An account of a scheme. "budget", "reserved" and "outstanding", and "redeemed/MERCHANT_ID" of each merchant
// never fall below zero; "outside" (what was paid in, negated) and "restored" may.
struct AccountRow {
  std::string scheme_id = {};
  std::string account = {};
  std::int64_t balance_cents = 0;
  friend bool operator==(const AccountRow&, const AccountRow&) = default;
};

// One entry of the ledger: an amount that leaves one account and reaches another, so that every entry sums to
// zero by its form. Never changed after it was appended; a correction is another that goes the other way.
struct TransferRow {
  std::string transfer_id = {};
  std::string scheme_id = {};
  // 1, 2, 3, … within the scheme.
  std::int64_t number = 0;
  std::int64_t at_us = 0;
  std::string from_account = {};
  std::string to_account = {};
  // Above zero.
  std::int64_t amount_cents = 0;
  // What it is for: an offer, a voucher or a redemption; empty for what is paid in.
  std::string subject_id = {};
  // The transfer that it takes back; empty for none.
  std::string reverses_id = {};
  friend bool operator==(const TransferRow&, const TransferRow&) = default;
};

// What was promised to one client under one scheme in one calendar year.
struct ClientYearRow {
  std::string scheme_id = {};
  std::string dossier_id = {};
  std::int32_t year = 0;
  std::int64_t promised_cents = 0;
  friend bool operator==(const ClientYearRow&, const ClientYearRow&) = default;
};

// An offer, from the draft on. What it says is sealed under the dossier's key.
struct OfferRow {
  std::string offer_id = {};
  std::string scheme_id = {};
  std::string dossier_id = {};
  // The client.
  std::string beneficiary_id = {};
  // brug.v1.OfferState as a number.
  int state = 0;
  // 0 until it is promised.
  std::int64_t amount_cents = 0;
  // The calendar year in which it was promised, in the dossier's time zone; 0 until then.
  std::int32_t year = 0;
  // Whether the promise took a second person.
  bool second_person = false;
  // Who asked for what waits now for a second person, or was last decided; empty before.
  std::string asked_by = {};
  // Who said yes to what `asked_by` asked: never the same person, and never the beneficiary. Empty for none.
  std::string answered_by = {};
  std::int64_t since_us = 0;
  // The first instant at which it can no longer be earned; 0 for no end.
  std::int64_t ends_at_us = 0;
  // Statements made about this offer so far.
  std::int64_t statements_count = 0;
  // Raised with every change of this row.
  std::int64_t version = 1;
  // Sealed brug.v1.StaffOffer.
  std::string sealed = {};
  friend bool operator==(const OfferRow&, const OfferRow&) = default;
};

struct VoucherRow {
  std::string voucher_id = {};
  std::string offer_id = {};
  std::string scheme_id = {};
  std::string dossier_id = {};
  // The client.
  std::string beneficiary_id = {};
  // brug.v1.VoucherState as a number.
  int state = 0;
  std::int64_t amount_cents = 0;
  // From 0 to amount_cents.
  std::int64_t remaining_cents = 0;
  // 0 when it is not known any more.
  std::int64_t earned_at_us = 0;
  std::int64_t issued_at_us = 0;
  std::int64_t expires_at_us = 0;
  bool in_parts = false;
  // Codes it has had.
  std::int64_t code_number = 0;
  // What the code is looked up by: 32 bytes, unlike that of any other voucher.
  std::string code_hmac = {};
  // The code, sealed under the dossier's key.
  std::string sealed_code = {};
  // Statements made about this voucher so far.
  std::int64_t statements_count = 0;
  // Raised with every change of this row.
  std::int64_t version = 1;
  friend bool operator==(const VoucherRow&, const VoucherRow&) = default;
};

struct RedemptionRow {
  std::string redemption_id = {};
  std::string voucher_id = {};
  std::string scheme_id = {};
  std::string merchant_id = {};
  std::int64_t amount_cents = 0;
  std::int64_t redeemed_at_us = 0;
  // 0 while it stands.
  std::int64_t undone_at_us = 0;
  // Of the ledger.
  std::string transfer_id = {};
  friend bool operator==(const RedemptionRow&, const RedemptionRow&) = default;
};

// Whether a merchant takes the vouchers of a scheme.
struct AgreementRow {
  std::string merchant_id = {};
  std::string scheme_id = {};
  bool takes_vouchers = false;
  friend bool operator==(const AgreementRow&, const AgreementRow&) = default;
};

// What the vouchers of a scheme come to.
struct VoucherTotals {
  std::int64_t open_count = 0;
  std::int64_t issued_count = 0;
  // Of those that are open.
  std::int64_t remaining_cents = 0;
  // The middle of issued_at_us - earned_at_us where that is known, the lower one of two; nothing for none.
  std::optional<std::int64_t> earned_to_issued_us = {};
  friend bool operator==(const VoucherTotals&, const VoucherTotals&) = default;
};

// Schemes, the ledger, offers and vouchers of one organisation, read. Part of a Snapshot or Transaction
// (organisation_store.h says how errors show).
class MoneyReads {
 public:
  virtual ~MoneyReads() = default;

  [[nodiscard]] virtual std::optional<SchemeRow> FindScheme(std::string_view scheme_id) const = 0;
  // All schemes, by scheme_id.
  [[nodiscard]] virtual std::vector<SchemeRow> ListSchemes() const = 0;

  // All accounts of the scheme that were ever posted to, by account.
  [[nodiscard]] virtual std::vector<AccountRow> AccountsOf(std::string_view scheme_id) const = 0;
  [[nodiscard]] virtual std::optional<TransferRow> FindTransfer(std::string_view scheme_id,
                                                                std::string_view transfer_id) const = 0;
  // The transfers of the scheme with a number above `after_number`, by number, at most `rows_max`.
  [[nodiscard]] virtual std::vector<TransferRow> TransfersAfter(std::string_view scheme_id,
                                                                std::int64_t after_number,
                                                                std::int64_t rows_max) const = 0;
  // The transfers to or from the account, from `from_us` to before `until_us`, by number.
  [[nodiscard]] virtual std::vector<TransferRow> TransfersOfAccount(std::string_view scheme_id,
                                                                    std::string_view account,
                                                                    std::int64_t from_us,
                                                                    std::int64_t until_us) const = 0;
  // 0 when nothing was promised.
  [[nodiscard]] virtual std::int64_t PromisedInYear(std::string_view scheme_id, std::string_view dossier_id,
                                                    std::int32_t year) const = 0;

  [[nodiscard]] virtual std::optional<OfferRow> FindOffer(std::string_view offer_id) const = 0;
  // All offers of the dossier, by since_us and then offer_id.
  [[nodiscard]] virtual std::vector<OfferRow> OffersOfDossier(std::string_view dossier_id) const = 0;
  // The offers in this state, by since_us and then offer_id, from the one after (`after_us`, `after_id`), at
  // most `rows_max`.
  [[nodiscard]] virtual std::vector<OfferRow> OffersInState(int state, std::int64_t after_us,
                                                            std::string_view after_id,
                                                            std::int64_t rows_max) const = 0;
  // The offers in this state that ended at or before `at_us`, by ends_at_us and then offer_id, at most
  // `rows_max`.
  [[nodiscard]] virtual std::vector<OfferRow> OffersEnded(int state, std::int64_t at_us,
                                                          std::int64_t rows_max) const = 0;

  [[nodiscard]] virtual std::optional<VoucherRow> FindVoucher(std::string_view voucher_id) const = 0;
  [[nodiscard]] virtual std::optional<VoucherRow> FindVoucherByCode(std::string_view code_hmac) const = 0;
  // Those in this state that expire at or before `at_us`, by expires_at_us and then voucher_id, at most
  // `rows_max`.
  [[nodiscard]] virtual std::vector<VoucherRow> VouchersExpired(int state, std::int64_t at_us,
                                                                std::int64_t rows_max) const = 0;
  // All vouchers, by voucher_id.
  [[nodiscard]] virtual std::vector<VoucherRow> ListVouchers(const PageOf& page) const = 0;
  [[nodiscard]] virtual VoucherTotals TotalsOfVouchers(std::string_view scheme_id, int open_state) const = 0;

  [[nodiscard]] virtual std::optional<RedemptionRow> FindRedemption(std::string_view redemption_id) const = 0;
  // The merchant's redemptions from `from_us` to before `until_us`, newest first and then by redemption_id
  // from high to low.
  [[nodiscard]] virtual std::vector<RedemptionRow> RedemptionsOf(std::string_view merchant_id,
                                                                 std::int64_t from_us,
                                                                 std::int64_t until_us) const = 0;

  // All agreements of the merchant, those that ended too, by scheme_id.
  [[nodiscard]] virtual std::vector<AgreementRow> AgreementsOf(std::string_view merchant_id) const = 0;
};

// The same, written. Every change says whether it took: false means that nothing changed.
class MoneyWrites : public virtual MoneyReads {
 public:
  // False when the id exists, or `transfers_count` is not 0.
  [[nodiscard]] virtual bool InsertScheme(const SchemeRow& scheme) = 0;

  // Appends to the ledger and moves the balances, which begin at 0. False when the scheme does not exist, the
  // transfer id does in it, `number` is not the scheme's next, the amount is not above zero, both accounts
  // are the same, a balance would leave 64 bits, or `from_account` would fall below zero and may not.
  [[nodiscard]] virtual bool AppendTransfer(const TransferRow& transfer) = 0;
  // Adds to what was promised to a client in a year; false when that would be above `cents_max`, or below
  // zero.
  [[nodiscard]] virtual bool AddPromised(const ClientYearRow& promised, std::int64_t cents_max) = 0;

  // Inserts: false when the id exists. Both: false too when `answered_by` is not empty and is who asked or
  // the beneficiary.
  [[nodiscard]] virtual bool InsertOffer(const OfferRow& offer) = 0;
  // Replaces the row if its version is `offer.version` - 1. False too when
  // - `answered_by` is who asked or the beneficiary by the row that is there, so that no answer can change
  // whom
  //   it is to;
  // - it would become promised or issued with `second_person` and without `answered_by`;
  // - it would lose `second_person` other than by going back to a draft.
  [[nodiscard]] virtual bool UpdateOffer(const OfferRow& offer) = 0;

  // Inserts: false when the id exists. Both: false too when the offer or the code_hmac is another voucher's,
  // or remaining_cents is not from 0 to amount_cents.
  [[nodiscard]] virtual bool InsertVoucher(const VoucherRow& voucher) = 0;
  // Replaces the row if its version is `voucher.version` - 1.
  [[nodiscard]] virtual bool UpdateVoucher(const VoucherRow& voucher) = 0;

  // False when the id exists.
  [[nodiscard]] virtual bool InsertRedemption(const RedemptionRow& redemption) = 0;
  // Marks it as undone if it stands.
  [[nodiscard]] virtual bool UndoRedemption(std::string_view redemption_id, std::int64_t undone_at_us) = 0;

  // Inserts, or replaces that of the same merchant and scheme.
  virtual void PutAgreement(const AgreementRow& agreement) = 0;
};

}  // namespace brug::storage
