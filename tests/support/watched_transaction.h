#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "service/storage/organisation_store.h"

namespace brug::testing {

// What a transaction was asked, and which of it comes to nothing.
struct Watch {
  // Every read and every write by the name of its method, in order.
  std::vector<std::string> reads = {};
  std::vector<std::string> writes = {};
  // What vouchers were looked up by.
  std::vector<std::string> code_hmacs = {};
  // The place in `reads` of the one that finds nothing, and in `writes` of the one that is refused; a write
  // that cannot be refused is not done. None by default.
  std::size_t missed_read = static_cast<std::size_t>(-1);
  std::size_t refused_write = static_cast<std::size_t>(-1);
};

// A transaction that is watched: whatever is asked goes to the one behind it, except what the watch says.
// Both outlive this.
class WatchedTransaction final : public storage::Transaction {
 public:
  WatchedTransaction(storage::Transaction& behind, Watch& watch) : behind_(behind), watch_(watch) {}

  bool failed() const override { return behind_.failed(); }
  bool Attempt(const storage::Work& work) override {
    return behind_.Attempt([&](storage::Transaction&) { return work(*this); });
  }

  // ---- Dossiers
  std::optional<storage::DossierHead> FindHead(std::string_view dossier_id) const override {
    if (Missed("FindHead")) return {};
    return behind_.FindHead(dossier_id);
  }
  std::int64_t CountDossiers() const override {
    if (Missed("CountDossiers")) return {};
    return behind_.CountDossiers();
  }
  std::vector<storage::DossierHead> HeadsDueForCompaction(std::int64_t at_us,
                                                          std::int64_t rows_max) const override {
    if (Missed("HeadsDueForCompaction")) return {};
    return behind_.HeadsDueForCompaction(at_us, rows_max);
  }
  std::optional<storage::SealedRecord> FindRecord(std::string_view dossier_id,
                                                  std::string_view token) const override {
    if (Missed("FindRecord")) return {};
    return behind_.FindRecord(dossier_id, token);
  }
  std::vector<storage::SealedRecord> RecordsUnder(std::string_view dossier_id,
                                                  std::string_view parent_token) const override {
    if (Missed("RecordsUnder")) return {};
    return behind_.RecordsUnder(dossier_id, parent_token);
  }
  std::vector<storage::SealedRecord> RecordsAfter(std::string_view dossier_id, std::int64_t revision,
                                                  std::int64_t bytes_max) const override {
    if (Missed("RecordsAfter")) return {};
    return behind_.RecordsAfter(dossier_id, revision, bytes_max);
  }
  std::optional<storage::SealedLogEntry> FindLogEntry(std::string_view dossier_id,
                                                      std::int64_t revision) const override {
    if (Missed("FindLogEntry")) return {};
    return behind_.FindLogEntry(dossier_id, revision);
  }
  std::vector<storage::SealedLogEntry> LogEntriesBefore(std::string_view dossier_id, std::int64_t revision,
                                                        std::int64_t rows_max) const override {
    if (Missed("LogEntriesBefore")) return {};
    return behind_.LogEntriesBefore(dossier_id, revision, rows_max);
  }
  std::optional<storage::StoredOutcome> FindOutcome(std::string_view mutation_id) const override {
    if (Missed("FindOutcome")) return {};
    return behind_.FindOutcome(mutation_id);
  }
  std::optional<storage::DeviceProgress> FindProgress(std::string_view device_id,
                                                      std::string_view dossier_id) const override {
    if (Missed("FindProgress")) return {};
    return behind_.FindProgress(device_id, dossier_id);
  }
  bool InsertHead(const storage::DossierHead& head) override {
    return !Refused("InsertHead") && behind_.InsertHead(head);
  }
  bool UpdateHead(std::int64_t expected_revision, const storage::DossierHead& head) override {
    return !Refused("UpdateHead") && behind_.UpdateHead(expected_revision, head);
  }
  void PutRecord(std::string_view dossier_id, const storage::SealedRecord& record) override {
    if (!Refused("PutRecord")) behind_.PutRecord(dossier_id, record);
  }
  bool AppendLogEntry(std::string_view dossier_id, const storage::SealedLogEntry& entry) override {
    return !Refused("AppendLogEntry") && behind_.AppendLogEntry(dossier_id, entry);
  }
  bool UpdateCompaction(const storage::Compaction& compaction) override {
    return !Refused("UpdateCompaction") && behind_.UpdateCompaction(compaction);
  }
  bool EraseRecord(std::string_view dossier_id, std::string_view token, std::int64_t revision) override {
    return !Refused("EraseRecord") && behind_.EraseRecord(dossier_id, token, revision);
  }
  std::int64_t EraseLogBefore(std::string_view dossier_id, std::int64_t revision) override {
    return Refused("EraseLogBefore") ? 0 : behind_.EraseLogBefore(dossier_id, revision);
  }
  bool InsertOutcome(const storage::StoredOutcome& outcome) override {
    return !Refused("InsertOutcome") && behind_.InsertOutcome(outcome);
  }
  void PutProgress(const storage::DeviceProgress& progress) override {
    if (!Refused("PutProgress")) behind_.PutProgress(progress);
  }

  // ---- The directory
  std::optional<storage::PersonRow> FindPerson(std::string_view person_id) const override {
    if (Missed("FindPerson")) return {};
    return behind_.FindPerson(person_id);
  }
  std::vector<storage::PersonRow> ListStaff(const storage::PageOf& page) const override {
    if (Missed("ListStaff")) return {};
    return behind_.ListStaff(page);
  }
  std::optional<storage::DeviceRow> FindDevice(std::string_view device_id) const override {
    if (Missed("FindDevice")) return {};
    return behind_.FindDevice(device_id);
  }
  std::vector<storage::DeviceRow> DevicesOf(std::string_view person_id) const override {
    if (Missed("DevicesOf")) return {};
    return behind_.DevicesOf(person_id);
  }
  std::int64_t CountDevices(int state) const override {
    if (Missed("CountDevices")) return {};
    return behind_.CountDevices(state);
  }
  std::vector<storage::RelationRow> RelationsOfDossier(std::string_view dossier_id) const override {
    if (Missed("RelationsOfDossier")) return {};
    return behind_.RelationsOfDossier(dossier_id);
  }
  std::vector<storage::RelationRow> RelationsOfPerson(std::string_view person_id,
                                                      bool with_ended) const override {
    if (Missed("RelationsOfPerson")) return {};
    return behind_.RelationsOfPerson(person_id, with_ended);
  }
  std::optional<storage::HandoverRow> FindHandover(std::string_view handover_id) const override {
    if (Missed("FindHandover")) return {};
    return behind_.FindHandover(handover_id);
  }
  std::vector<storage::HandoverRow> HandoversTo(std::string_view person_id) const override {
    if (Missed("HandoversTo")) return {};
    return behind_.HandoversTo(person_id);
  }
  std::optional<storage::TeamRow> FindTeam(std::string_view team_id) const override {
    if (Missed("FindTeam")) return {};
    return behind_.FindTeam(team_id);
  }
  std::vector<storage::TeamRow> ListTeams(const storage::PageOf& page) const override {
    if (Missed("ListTeams")) return {};
    return behind_.ListTeams(page);
  }
  std::vector<storage::StatementRow> StatementsFor(std::string_view person_id, std::int64_t after_number,
                                                   std::int64_t rows_max) const override {
    if (Missed("StatementsFor")) return {};
    return behind_.StatementsFor(person_id, after_number, rows_max);
  }
  std::int64_t LastStatementNumber(std::string_view person_id, std::int64_t number_max) const override {
    if (Missed("LastStatementNumber")) return {};
    return behind_.LastStatementNumber(person_id, number_max);
  }
  std::optional<storage::RestoreRow> NewestRestore() const override {
    if (Missed("NewestRestore")) return {};
    return behind_.NewestRestore();
  }
  bool InsertRestore(const storage::RestoreRow& restore) override {
    return !Refused("InsertRestore") && behind_.InsertRestore(restore);
  }
  bool MarkEndsApplied(std::int64_t number, std::int64_t at_us) override {
    return !Refused("MarkEndsApplied") && behind_.MarkEndsApplied(number, at_us);
  }
  bool MarkReleased(std::int64_t number, std::int64_t at_us) override {
    return !Refused("MarkReleased") && behind_.MarkReleased(number, at_us);
  }
  std::int64_t TemplatesSerial() const override {
    if (Missed("TemplatesSerial")) return {};
    return behind_.TemplatesSerial();
  }
  std::vector<storage::TemplateRow> ListTemplates() const override {
    if (Missed("ListTemplates")) return {};
    return behind_.ListTemplates();
  }
  std::optional<storage::StoredAnswer> FindAnswer(std::string_view person_id,
                                                  std::string_view request_id) const override {
    if (Missed("FindAnswer")) return {};
    return behind_.FindAnswer(person_id, request_id);
  }
  bool InsertPerson(const storage::PersonRow& person) override {
    return !Refused("InsertPerson") && behind_.InsertPerson(person);
  }
  bool UpdatePerson(const storage::PersonRow& person) override {
    return !Refused("UpdatePerson") && behind_.UpdatePerson(person);
  }
  bool InsertDevice(const storage::DeviceRow& device) override {
    return !Refused("InsertDevice") && behind_.InsertDevice(device);
  }
  bool UpdateDeviceState(std::string_view device_id, int expected_state, int state) override {
    return !Refused("UpdateDeviceState") && behind_.UpdateDeviceState(device_id, expected_state, state);
  }
  void PutRestoreShown(std::string_view device_id, std::string_view restore_id) override {
    if (!Refused("PutRestoreShown")) behind_.PutRestoreShown(device_id, restore_id);
  }
  void PutDeviceSession(std::string_view device_id, std::int64_t last_session_at_us) override {
    if (!Refused("PutDeviceSession")) behind_.PutDeviceSession(device_id, last_session_at_us);
  }
  bool InsertRelation(const storage::RelationRow& relation) override {
    return !Refused("InsertRelation") && behind_.InsertRelation(relation);
  }
  bool EndRelation(std::string_view relation_id, std::int64_t until_us) override {
    return !Refused("EndRelation") && behind_.EndRelation(relation_id, until_us);
  }
  bool InsertHandover(const storage::HandoverRow& handover) override {
    return !Refused("InsertHandover") && behind_.InsertHandover(handover);
  }
  bool UpdateHandoverState(std::string_view handover_id, int expected_state, int state) override {
    return !Refused("UpdateHandoverState") && behind_.UpdateHandoverState(handover_id, expected_state, state);
  }
  bool InsertTeam(const storage::TeamRow& team) override {
    return !Refused("InsertTeam") && behind_.InsertTeam(team);
  }
  bool InsertStatement(const storage::StatementRow& statement) override {
    return !Refused("InsertStatement") && behind_.InsertStatement(statement);
  }
  bool InsertTemplate(const storage::TemplateRow& row) override {
    return !Refused("InsertTemplate") && behind_.InsertTemplate(row);
  }
  bool InsertAnswer(const storage::StoredAnswer& answer) override {
    return !Refused("InsertAnswer") && behind_.InsertAnswer(answer);
  }

  // ---- Money
  std::optional<storage::SchemeRow> FindScheme(std::string_view scheme_id) const override {
    if (Missed("FindScheme")) return {};
    return behind_.FindScheme(scheme_id);
  }
  std::vector<storage::SchemeRow> ListSchemes() const override {
    if (Missed("ListSchemes")) return {};
    return behind_.ListSchemes();
  }
  std::vector<storage::AccountRow> AccountsOf(std::string_view scheme_id) const override {
    if (Missed("AccountsOf")) return {};
    return behind_.AccountsOf(scheme_id);
  }
  std::optional<storage::TransferRow> FindTransfer(std::string_view scheme_id,
                                                   std::string_view transfer_id) const override {
    if (Missed("FindTransfer")) return {};
    return behind_.FindTransfer(scheme_id, transfer_id);
  }
  std::vector<storage::TransferRow> TransfersAfter(std::string_view scheme_id, std::int64_t after_number,
                                                   std::int64_t rows_max) const override {
    if (Missed("TransfersAfter")) return {};
    return behind_.TransfersAfter(scheme_id, after_number, rows_max);
  }
  std::vector<storage::TransferRow> TransfersOfAccount(std::string_view scheme_id, std::string_view account,
                                                       std::int64_t from_us,
                                                       std::int64_t until_us) const override {
    if (Missed("TransfersOfAccount")) return {};
    return behind_.TransfersOfAccount(scheme_id, account, from_us, until_us);
  }
  std::int64_t PromisedInYear(std::string_view scheme_id, std::string_view dossier_id,
                              std::int32_t year) const override {
    if (Missed("PromisedInYear")) return {};
    return behind_.PromisedInYear(scheme_id, dossier_id, year);
  }
  std::optional<storage::OfferRow> FindOffer(std::string_view offer_id) const override {
    if (Missed("FindOffer")) return {};
    return behind_.FindOffer(offer_id);
  }
  std::vector<storage::OfferRow> OffersOfDossier(std::string_view dossier_id) const override {
    if (Missed("OffersOfDossier")) return {};
    return behind_.OffersOfDossier(dossier_id);
  }
  std::vector<storage::OfferRow> OffersInState(int state, std::int64_t after_us, std::string_view after_id,
                                               std::int64_t rows_max) const override {
    if (Missed("OffersInState")) return {};
    return behind_.OffersInState(state, after_us, after_id, rows_max);
  }
  std::vector<storage::OfferRow> OffersEnded(int state, std::int64_t at_us,
                                             std::int64_t rows_max) const override {
    if (Missed("OffersEnded")) return {};
    return behind_.OffersEnded(state, at_us, rows_max);
  }
  std::optional<storage::VoucherRow> FindVoucher(std::string_view voucher_id) const override {
    if (Missed("FindVoucher")) return {};
    return behind_.FindVoucher(voucher_id);
  }
  std::optional<storage::VoucherRow> FindVoucherByCode(std::string_view code_hmac) const override {
    watch_.code_hmacs.emplace_back(code_hmac);
    if (Missed("FindVoucherByCode")) return {};
    return behind_.FindVoucherByCode(code_hmac);
  }
  std::vector<storage::VoucherRow> VouchersExpired(int state, std::int64_t at_us,
                                                   std::int64_t rows_max) const override {
    if (Missed("VouchersExpired")) return {};
    return behind_.VouchersExpired(state, at_us, rows_max);
  }
  std::vector<storage::VoucherRow> ListVouchers(const storage::PageOf& page) const override {
    if (Missed("ListVouchers")) return {};
    return behind_.ListVouchers(page);
  }
  storage::VoucherTotals TotalsOfVouchers(std::string_view scheme_id, int open_state) const override {
    if (Missed("TotalsOfVouchers")) return {};
    return behind_.TotalsOfVouchers(scheme_id, open_state);
  }
  std::optional<storage::RedemptionRow> FindRedemption(std::string_view redemption_id) const override {
    if (Missed("FindRedemption")) return {};
    return behind_.FindRedemption(redemption_id);
  }
  std::vector<storage::RedemptionRow> RedemptionsOf(std::string_view merchant_id, std::int64_t from_us,
                                                    std::int64_t until_us) const override {
    if (Missed("RedemptionsOf")) return {};
    return behind_.RedemptionsOf(merchant_id, from_us, until_us);
  }
  std::vector<storage::AgreementRow> AgreementsOf(std::string_view merchant_id) const override {
    if (Missed("AgreementsOf")) return {};
    return behind_.AgreementsOf(merchant_id);
  }
  bool InsertScheme(const storage::SchemeRow& scheme) override {
    return !Refused("InsertScheme") && behind_.InsertScheme(scheme);
  }
  bool AppendTransfer(const storage::TransferRow& transfer) override {
    return !Refused("AppendTransfer") && behind_.AppendTransfer(transfer);
  }
  bool AddPromised(const storage::ClientYearRow& promised, std::int64_t cents_max) override {
    return !Refused("AddPromised") && behind_.AddPromised(promised, cents_max);
  }
  bool InsertOffer(const storage::OfferRow& offer) override {
    return !Refused("InsertOffer") && behind_.InsertOffer(offer);
  }
  bool UpdateOffer(const storage::OfferRow& offer) override {
    return !Refused("UpdateOffer") && behind_.UpdateOffer(offer);
  }
  bool InsertVoucher(const storage::VoucherRow& voucher) override {
    return !Refused("InsertVoucher") && behind_.InsertVoucher(voucher);
  }
  bool UpdateVoucher(const storage::VoucherRow& voucher) override {
    return !Refused("UpdateVoucher") && behind_.UpdateVoucher(voucher);
  }
  bool InsertRedemption(const storage::RedemptionRow& redemption) override {
    return !Refused("InsertRedemption") && behind_.InsertRedemption(redemption);
  }
  bool UndoRedemption(std::string_view redemption_id, std::int64_t undone_at_us) override {
    return !Refused("UndoRedemption") && behind_.UndoRedemption(redemption_id, undone_at_us);
  }
  void PutAgreement(const storage::AgreementRow& agreement) override {
    if (!Refused("PutAgreement")) behind_.PutAgreement(agreement);
  }

  // ---- Backups
  std::int64_t BackedUpRevision(std::string_view dossier_id) const override {
    if (Missed("BackedUpRevision")) return {};
    return behind_.BackedUpRevision(dossier_id);
  }
  void PutBackedUpRevision(std::string_view dossier_id, std::int64_t revision) override {
    if (!Refused("PutBackedUpRevision")) behind_.PutBackedUpRevision(dossier_id, revision);
  }
  void JournalEnd(std::string content) override {
    if (!Refused("JournalEnd")) behind_.JournalEnd(std::move(content));
  }

 private:
  bool Missed(const char* name) const {
    watch_.reads.emplace_back(name);
    return watch_.reads.size() == watch_.missed_read + 1;
  }
  bool Refused(const char* name) {
    watch_.writes.emplace_back(name);
    return watch_.writes.size() == watch_.refused_write + 1;
  }

  storage::Transaction& behind_;
  Watch& watch_;
};

}  // namespace brug::testing
