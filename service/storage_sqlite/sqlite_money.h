#pragma once

#include "service/storage/money.h"
#include "service/storage_sqlite/database.h"

namespace brug::storage {

// MoneyReads within the transaction that the connection is in. Owns nothing.
class SqliteMoneyReads : public virtual MoneyReads {
 public:
  SqliteMoneyReads(Database* database, std::string_view organisation_id)
      : database_(database), organisation_id_(organisation_id) {}

  std::optional<SchemeRow> FindScheme(std::string_view scheme_id) const override;
  std::vector<SchemeRow> ListSchemes() const override;
  std::vector<AccountRow> AccountsOf(std::string_view scheme_id) const override;
  std::optional<TransferRow> FindTransfer(std::string_view scheme_id,
                                          std::string_view transfer_id) const override;
  std::vector<TransferRow> TransfersAfter(std::string_view scheme_id, std::int64_t after_number,
                                          std::int64_t rows_max) const override;
  std::vector<TransferRow> TransfersOfAccount(std::string_view scheme_id, std::string_view account,
                                              std::int64_t from_us, std::int64_t until_us) const override;
  std::int64_t PromisedInYear(std::string_view scheme_id, std::string_view dossier_id,
                              std::int32_t year) const override;
  std::optional<OfferRow> FindOffer(std::string_view offer_id) const override;
  std::vector<OfferRow> OffersOfDossier(std::string_view dossier_id) const override;
  std::vector<OfferRow> OffersInState(int state, std::int64_t after_us, std::string_view after_id,
                                      std::int64_t rows_max) const override;
  std::vector<OfferRow> OffersEnded(int state, std::int64_t at_us, std::int64_t rows_max) const override;
  std::optional<VoucherRow> FindVoucher(std::string_view voucher_id) const override;
  std::optional<VoucherRow> FindVoucherByCode(std::string_view code_hmac) const override;
  std::vector<VoucherRow> VouchersExpired(int state, std::int64_t at_us,
                                          std::int64_t rows_max) const override;
  std::vector<VoucherRow> ListVouchers(const PageOf& page) const override;
  VoucherTotals TotalsOfVouchers(std::string_view scheme_id, int open_state) const override;
  std::optional<RedemptionRow> FindRedemption(std::string_view redemption_id) const override;
  std::vector<RedemptionRow> RedemptionsOf(std::string_view merchant_id, std::int64_t from_us,
                                           std::int64_t until_us) const override;
  std::vector<AgreementRow> AgreementsOf(std::string_view merchant_id) const override;

 protected:
  Database* database_;
  std::string_view organisation_id_;
};

// The same, written.
class SqliteMoneyWrites : public SqliteMoneyReads, public virtual MoneyWrites {
 public:
  using SqliteMoneyReads::SqliteMoneyReads;

  bool InsertScheme(const SchemeRow& scheme) override;
  bool AppendTransfer(const TransferRow& transfer) override;
  bool AddPromised(const ClientYearRow& promised, std::int64_t cents_max) override;
  bool InsertOffer(const OfferRow& offer) override;
  bool UpdateOffer(const OfferRow& offer) override;
  bool InsertVoucher(const VoucherRow& voucher) override;
  bool UpdateVoucher(const VoucherRow& voucher) override;
  bool InsertRedemption(const RedemptionRow& redemption) override;
  bool UndoRedemption(std::string_view redemption_id, std::int64_t undone_at_us) override;
  void PutAgreement(const AgreementRow& agreement) override;

 private:
  // The parts of AppendTransfer, each false when it does not take.
  bool InsertTransfer(const TransferRow& transfer);
  bool CountTransfer(const TransferRow& transfer);
  bool MoveBalances(const TransferRow& transfer);
  void BeginAccount(std::string_view scheme_id, std::string_view account);
};

}  // namespace brug::storage
