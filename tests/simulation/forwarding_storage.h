#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "service/storage/organisation_store.h"

namespace brug::simulation {

// A snapshot that is the one behind it; whoever plants a fault overrides what it is to say. `behind` outlives
// this.
class ForwardingReads : public virtual storage::Snapshot {
 public:
  explicit ForwardingReads(const storage::Snapshot& behind) : behind_(behind) {}

  bool failed() const override { return behind_.failed(); }
  std::optional<storage::DossierHead> FindHead(std::string_view dossier_id) const override {
    return behind_.FindHead(dossier_id);
  }
  std::int64_t CountDossiers() const override { return behind_.CountDossiers(); }
  std::vector<storage::DossierHead> HeadsDueForCompaction(std::int64_t at_us,
                                                          std::int64_t rows_max) const override {
    return behind_.HeadsDueForCompaction(at_us, rows_max);
  }
  std::optional<storage::SealedRecord> FindRecord(std::string_view dossier_id,
                                                  std::string_view token) const override {
    return behind_.FindRecord(dossier_id, token);
  }
  std::vector<storage::SealedRecord> RecordsUnder(std::string_view dossier_id,
                                                  std::string_view parent_token) const override {
    return behind_.RecordsUnder(dossier_id, parent_token);
  }
  std::vector<storage::SealedRecord> RecordsAfter(std::string_view dossier_id, std::int64_t revision,
                                                  std::int64_t bytes_max) const override {
    return behind_.RecordsAfter(dossier_id, revision, bytes_max);
  }
  std::optional<storage::SealedLogEntry> FindLogEntry(std::string_view dossier_id,
                                                      std::int64_t revision) const override {
    return behind_.FindLogEntry(dossier_id, revision);
  }
  std::vector<storage::SealedLogEntry> LogEntriesBefore(std::string_view dossier_id, std::int64_t revision,
                                                        std::int64_t rows_max) const override {
    return behind_.LogEntriesBefore(dossier_id, revision, rows_max);
  }
  std::optional<storage::StoredOutcome> FindOutcome(std::string_view mutation_id) const override {
    return behind_.FindOutcome(mutation_id);
  }
  std::optional<storage::DeviceProgress> FindProgress(std::string_view device_id,
                                                      std::string_view dossier_id) const override {
    return behind_.FindProgress(device_id, dossier_id);
  }
  std::optional<storage::PersonRow> FindPerson(std::string_view person_id) const override {
    return behind_.FindPerson(person_id);
  }
  std::vector<storage::PersonRow> ListStaff(const storage::PageOf& page) const override {
    return behind_.ListStaff(page);
  }
  std::optional<storage::DeviceRow> FindDevice(std::string_view device_id) const override {
    return behind_.FindDevice(device_id);
  }
  std::vector<storage::DeviceRow> DevicesOf(std::string_view person_id) const override {
    return behind_.DevicesOf(person_id);
  }
  std::int64_t CountDevices(int state) const override { return behind_.CountDevices(state); }
  std::vector<storage::RelationRow> RelationsOfDossier(std::string_view dossier_id) const override {
    return behind_.RelationsOfDossier(dossier_id);
  }
  std::vector<storage::RelationRow> RelationsOfPerson(std::string_view person_id,
                                                      bool with_ended) const override {
    return behind_.RelationsOfPerson(person_id, with_ended);
  }
  std::optional<storage::HandoverRow> FindHandover(std::string_view handover_id) const override {
    return behind_.FindHandover(handover_id);
  }
  std::vector<storage::HandoverRow> HandoversTo(std::string_view person_id) const override {
    return behind_.HandoversTo(person_id);
  }
  std::optional<storage::TeamRow> FindTeam(std::string_view team_id) const override {
    return behind_.FindTeam(team_id);
  }
  std::vector<storage::TeamRow> ListTeams(const storage::PageOf& page) const override {
    return behind_.ListTeams(page);
  }
  std::vector<storage::StatementRow> StatementsFor(std::string_view person_id, std::int64_t after_number,
                                                   std::int64_t rows_max) const override {
    return behind_.StatementsFor(person_id, after_number, rows_max);
  }
  std::int64_t TemplatesSerial() const override { return behind_.TemplatesSerial(); }
  std::vector<storage::TemplateRow> ListTemplates() const override { return behind_.ListTemplates(); }
  std::optional<storage::StoredAnswer> FindAnswer(std::string_view person_id,
                                                  std::string_view request_id) const override {
    return behind_.FindAnswer(person_id, request_id);
  }
  std::optional<storage::SchemeRow> FindScheme(std::string_view scheme_id) const override {
    return behind_.FindScheme(scheme_id);
  }
  std::vector<storage::SchemeRow> ListSchemes() const override { return behind_.ListSchemes(); }
  std::vector<storage::AccountRow> AccountsOf(std::string_view scheme_id) const override {
    return behind_.AccountsOf(scheme_id);
  }
  std::optional<storage::TransferRow> FindTransfer(std::string_view scheme_id,
                                                   std::string_view transfer_id) const override {
    return behind_.FindTransfer(scheme_id, transfer_id);
  }
  std::vector<storage::TransferRow> TransfersAfter(std::string_view scheme_id, std::int64_t after_number,
                                                   std::int64_t rows_max) const override {
    return behind_.TransfersAfter(scheme_id, after_number, rows_max);
  }
  std::vector<storage::TransferRow> TransfersOfAccount(std::string_view scheme_id, std::string_view account,
                                                       std::int64_t from_us,
                                                       std::int64_t until_us) const override {
    return behind_.TransfersOfAccount(scheme_id, account, from_us, until_us);
  }
  std::int64_t PromisedInYear(std::string_view scheme_id, std::string_view dossier_id,
                              std::int32_t year) const override {
    return behind_.PromisedInYear(scheme_id, dossier_id, year);
  }
  std::optional<storage::OfferRow> FindOffer(std::string_view offer_id) const override {
    return behind_.FindOffer(offer_id);
  }
  std::vector<storage::OfferRow> OffersOfDossier(std::string_view dossier_id) const override {
    return behind_.OffersOfDossier(dossier_id);
  }
  std::vector<storage::OfferRow> OffersInState(int state, std::int64_t after_us, std::string_view after_id,
                                               std::int64_t rows_max) const override {
    return behind_.OffersInState(state, after_us, after_id, rows_max);
  }
  std::vector<storage::OfferRow> OffersEnded(int state, std::int64_t at_us,
                                             std::int64_t rows_max) const override {
    return behind_.OffersEnded(state, at_us, rows_max);
  }
  std::optional<storage::VoucherRow> FindVoucher(std::string_view voucher_id) const override {
    return behind_.FindVoucher(voucher_id);
  }
  std::optional<storage::VoucherRow> FindVoucherByCode(std::string_view code_hmac) const override {
    return behind_.FindVoucherByCode(code_hmac);
  }
  std::vector<storage::VoucherRow> VouchersExpired(int state, std::int64_t at_us,
                                                   std::int64_t rows_max) const override {
    return behind_.VouchersExpired(state, at_us, rows_max);
  }
  std::vector<storage::VoucherRow> ListVouchers(const storage::PageOf& page) const override {
    return behind_.ListVouchers(page);
  }
  storage::VoucherTotals TotalsOfVouchers(std::string_view scheme_id, int open_state) const override {
    return behind_.TotalsOfVouchers(scheme_id, open_state);
  }
  std::optional<storage::RedemptionRow> FindRedemption(std::string_view redemption_id) const override {
    return behind_.FindRedemption(redemption_id);
  }
  std::vector<storage::RedemptionRow> RedemptionsOf(std::string_view merchant_id, std::int64_t from_us,
                                                    std::int64_t until_us) const override {
    return behind_.RedemptionsOf(merchant_id, from_us, until_us);
  }
  std::vector<storage::AgreementRow> AgreementsOf(std::string_view merchant_id) const override {
    return behind_.AgreementsOf(merchant_id);
  }
  std::int64_t LastStatementNumber(std::string_view person_id, std::int64_t number_max) const override {
    return behind_.LastStatementNumber(person_id, number_max);
  }
  std::optional<storage::RestoreRow> NewestRestore() const override { return behind_.NewestRestore(); }
  std::int64_t BackedUpRevision(std::string_view dossier_id) const override {
    return behind_.BackedUpRevision(dossier_id);
  }

 protected:
  const storage::Snapshot& behind_;
};

// The same for a transaction, over reads of the planter's choice.
template <typename Reads>
class ForwardingTransaction : public Reads, public virtual storage::Transaction {
 public:
  template <typename... Rest>
  explicit ForwardingTransaction(storage::Transaction& behind, Rest&&... rest)
      : Reads(behind, rest...), writes_(behind) {}

  bool Attempt(const storage::Work& work) override {
    return writes_.Attempt([&](storage::Transaction&) { return work(*this); });
  }
  bool InsertHead(const storage::DossierHead& head) override { return writes_.InsertHead(head); }
  bool UpdateHead(std::int64_t expected_revision, const storage::DossierHead& head) override {
    return writes_.UpdateHead(expected_revision, head);
  }
  void PutRecord(std::string_view dossier_id, const storage::SealedRecord& record) override {
    return writes_.PutRecord(dossier_id, record);
  }
  bool AppendLogEntry(std::string_view dossier_id, const storage::SealedLogEntry& entry) override {
    return writes_.AppendLogEntry(dossier_id, entry);
  }
  bool UpdateCompaction(const storage::Compaction& compaction) override {
    return writes_.UpdateCompaction(compaction);
  }
  bool EraseRecord(std::string_view dossier_id, std::string_view token, std::int64_t revision) override {
    return writes_.EraseRecord(dossier_id, token, revision);
  }
  std::int64_t EraseLogBefore(std::string_view dossier_id, std::int64_t revision) override {
    return writes_.EraseLogBefore(dossier_id, revision);
  }
  bool InsertOutcome(const storage::StoredOutcome& outcome) override {
    return writes_.InsertOutcome(outcome);
  }
  void PutProgress(const storage::DeviceProgress& progress) override { return writes_.PutProgress(progress); }
  bool InsertPerson(const storage::PersonRow& person) override { return writes_.InsertPerson(person); }
  bool UpdatePerson(const storage::PersonRow& person) override { return writes_.UpdatePerson(person); }
  bool InsertDevice(const storage::DeviceRow& device) override { return writes_.InsertDevice(device); }
  bool UpdateDeviceState(std::string_view device_id, int expected_state, int state) override {
    return writes_.UpdateDeviceState(device_id, expected_state, state);
  }
  void PutDeviceSession(std::string_view device_id, std::int64_t last_session_at_us) override {
    return writes_.PutDeviceSession(device_id, last_session_at_us);
  }
  void PutRestoreShown(std::string_view device_id, std::string_view restore_id) override {
    return writes_.PutRestoreShown(device_id, restore_id);
  }
  bool InsertRelation(const storage::RelationRow& relation) override {
    return writes_.InsertRelation(relation);
  }
  bool EndRelation(std::string_view relation_id, std::int64_t until_us) override {
    return writes_.EndRelation(relation_id, until_us);
  }
  bool InsertHandover(const storage::HandoverRow& handover) override {
    return writes_.InsertHandover(handover);
  }
  bool UpdateHandoverState(std::string_view handover_id, int expected_state, int state) override {
    return writes_.UpdateHandoverState(handover_id, expected_state, state);
  }
  bool InsertTeam(const storage::TeamRow& team) override { return writes_.InsertTeam(team); }
  bool InsertStatement(const storage::StatementRow& statement) override {
    return writes_.InsertStatement(statement);
  }
  bool InsertTemplate(const storage::TemplateRow& row) override { return writes_.InsertTemplate(row); }
  bool InsertAnswer(const storage::StoredAnswer& answer) override { return writes_.InsertAnswer(answer); }
  bool InsertScheme(const storage::SchemeRow& scheme) override { return writes_.InsertScheme(scheme); }
  bool AppendTransfer(const storage::TransferRow& transfer) override {
    return writes_.AppendTransfer(transfer);
  }
  bool AddPromised(const storage::ClientYearRow& promised, std::int64_t cents_max) override {
    return writes_.AddPromised(promised, cents_max);
  }
  bool InsertOffer(const storage::OfferRow& offer) override { return writes_.InsertOffer(offer); }
  bool UpdateOffer(const storage::OfferRow& offer) override { return writes_.UpdateOffer(offer); }
  bool InsertVoucher(const storage::VoucherRow& voucher) override { return writes_.InsertVoucher(voucher); }
  bool UpdateVoucher(const storage::VoucherRow& voucher) override { return writes_.UpdateVoucher(voucher); }
  bool InsertRedemption(const storage::RedemptionRow& redemption) override {
    return writes_.InsertRedemption(redemption);
  }
  bool UndoRedemption(std::string_view redemption_id, std::int64_t undone_at_us) override {
    return writes_.UndoRedemption(redemption_id, undone_at_us);
  }
  void PutAgreement(const storage::AgreementRow& agreement) override {
    return writes_.PutAgreement(agreement);
  }
  bool InsertRestore(const storage::RestoreRow& restore) override { return writes_.InsertRestore(restore); }
  bool MarkEndsApplied(std::int64_t number, std::int64_t at_us) override {
    return writes_.MarkEndsApplied(number, at_us);
  }
  bool MarkReleased(std::int64_t number, std::int64_t at_us) override {
    return writes_.MarkReleased(number, at_us);
  }
  void PutBackedUpRevision(std::string_view dossier_id, std::int64_t revision) override {
    writes_.PutBackedUpRevision(dossier_id, revision);
  }
  void JournalEnd(std::string content) override { writes_.JournalEnd(std::move(content)); }

 protected:
  storage::Transaction& writes_;
};

}  // namespace brug::simulation
