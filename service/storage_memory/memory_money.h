#pragma once

#include "service/storage/money.h"
#include "service/storage_memory/memory_faults.h"
#include "service/storage_memory/memory_tables.h"

namespace brug::storage {

// MoneyReads of the tables as they are. Owns nothing.
class MemoryMoneyReads : public virtual MoneyReads {
 public:
  MemoryMoneyReads(const MemoryTables* tables, MemoryReads* reads) : tables_(tables), reads_(reads) {}

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
  bool Fails() const { return reads_->Fail(); }

 private:
  const MemoryTables* tables_;
  MemoryReads* reads_;
};

// The same, written.
class MemoryMoneyWrites : public MemoryMoneyReads, public virtual MoneyWrites {
 public:
  MemoryMoneyWrites(MemoryTables* tables, MemoryReads* reads, UndoLog* undo)
      : MemoryMoneyReads(tables, reads), tables_(tables), undo_(undo) {}

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
  MemoryTables* tables_;
  UndoLog* undo_;
};

}  // namespace brug::storage
