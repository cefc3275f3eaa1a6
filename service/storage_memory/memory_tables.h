#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <utility>

#include "service/storage/backups.h"
#include "service/storage/directory.h"
#include "service/storage/dossiers.h"
#include "service/storage/money.h"
#include "service/storage_memory/table.h"

namespace brug::storage {

struct KeptRecord {
  std::string dossier_id;
  SealedRecord record;
};

struct KeptLogEntry {
  std::string dossier_id;
  SealedLogEntry entry;
};

struct KeptBackedUp {
  std::string dossier_id;
  std::int64_t revision = 0;
};

// Keys: what is unique. Orders: pairs of whose rows they are and in what order.
namespace by {

inline std::string Dossier(const DossierHead& row) { return row.dossier_id; }
inline auto CompactionDue(const DossierHead& row) { return std::pair(row.compaction_due_us, row.dossier_id); }

inline auto Token(const KeptRecord& row) { return std::pair(row.dossier_id, row.record.token); }
inline auto Parent(const KeptRecord& row) {
  return std::pair(std::pair(row.dossier_id, row.record.parent_token), row.record.token);
}
inline auto Revision(const KeptRecord& row) {
  return std::pair(row.dossier_id, std::pair(row.record.revision, row.record.token));
}

inline auto LogRevision(const KeptLogEntry& row) { return std::pair(row.dossier_id, row.entry.revision); }
inline std::string Mutation(const StoredOutcome& row) { return row.mutation_id; }
inline auto DeviceAndDossier(const DeviceProgress& row) { return std::pair(row.device_id, row.dossier_id); }

inline std::string Person(const PersonRow& row) { return row.person_id; }
inline auto Staff(const PersonRow& row) { return std::pair(row.staff, row.person_id); }

inline std::string Device(const DeviceRow& row) { return row.device_id; }
inline auto DeviceOwner(const DeviceRow& row) {
  return std::pair(row.person_id, std::pair(row.enrolled_at_us, row.device_id));
}
inline auto DeviceState(const DeviceRow& row) { return std::pair(row.state, row.device_id); }

inline std::string Relation(const RelationRow& row) { return row.relation_id; }
inline auto RelationDossier(const RelationRow& row) {
  return std::pair(row.dossier_id, std::pair(row.from_us, row.relation_id));
}
inline auto RelationPerson(const RelationRow& row) {
  return std::pair(row.person_id, std::tuple(row.dossier_id, row.from_us, row.relation_id));
}

inline std::string Handover(const HandoverRow& row) { return row.handover_id; }
inline auto HandoverTo(const HandoverRow& row) {
  return std::pair(row.to_person_id, std::pair(row.proposed_at_us, row.handover_id));
}

inline std::string Team(const TeamRow& row) { return row.team_id; }
inline auto Statement(const StatementRow& row) { return std::pair(row.person_id, row.number); }
inline std::int64_t Serial(const TemplateRow& row) { return row.serial; }
inline auto TemplateVersion(const TemplateRow& row) {
  return std::pair(std::pair(row.template_id, row.version), row.serial);
}
inline auto Request(const StoredAnswer& row) { return std::pair(row.person_id, row.request_id); }

inline std::string Scheme(const SchemeRow& row) { return row.scheme_id; }
inline auto Account(const AccountRow& row) { return std::pair(row.scheme_id, row.account); }
inline auto TransferNumber(const TransferRow& row) { return std::pair(row.scheme_id, row.number); }
inline auto Transfer(const TransferRow& row) {
  return std::pair(std::pair(row.scheme_id, row.transfer_id), row.number);
}
inline auto TransferFrom(const TransferRow& row) {
  return std::pair(std::pair(row.scheme_id, row.from_account), std::pair(row.at_us, row.number));
}
inline auto TransferTo(const TransferRow& row) {
  return std::pair(std::pair(row.scheme_id, row.to_account), std::pair(row.at_us, row.number));
}
inline auto ClientYear(const ClientYearRow& row) {
  return std::tuple(row.scheme_id, row.dossier_id, row.year);
}

inline std::string Offer(const OfferRow& row) { return row.offer_id; }
inline auto OfferDossier(const OfferRow& row) {
  return std::pair(row.dossier_id, std::pair(row.since_us, row.offer_id));
}
inline auto OfferState(const OfferRow& row) {
  return std::pair(row.state, std::pair(row.since_us, row.offer_id));
}
inline auto OfferEnd(const OfferRow& row) {
  return std::pair(row.state, std::pair(row.ends_at_us, row.offer_id));
}

inline std::string Voucher(const VoucherRow& row) { return row.voucher_id; }
inline auto VoucherOffer(const VoucherRow& row) { return std::pair(row.offer_id, row.voucher_id); }
inline auto VoucherCode(const VoucherRow& row) { return std::pair(row.code_hmac, row.voucher_id); }
inline auto VoucherExpiry(const VoucherRow& row) {
  return std::pair(row.state, std::pair(row.expires_at_us, row.voucher_id));
}
inline auto VoucherScheme(const VoucherRow& row) { return std::pair(row.scheme_id, row.voucher_id); }

inline std::string Redemption(const RedemptionRow& row) { return row.redemption_id; }
inline auto RedemptionMerchant(const RedemptionRow& row) {
  return std::pair(row.merchant_id, std::pair(row.redeemed_at_us, row.redemption_id));
}
inline auto Agreement(const AgreementRow& row) { return std::pair(row.merchant_id, row.scheme_id); }

inline std::int64_t RestoreNumber(const RestoreRow& row) { return row.number; }
inline std::string BackedUp(const KeptBackedUp& row) { return row.dossier_id; }

}  // namespace by

// Everything of one organisation.
struct MemoryTables {
  Table<DossierHead, by::Dossier, by::CompactionDue> heads;
  Table<KeptRecord, by::Token, by::Parent, by::Revision> records;
  Table<KeptLogEntry, by::LogRevision> log;
  Table<StoredOutcome, by::Mutation> outcomes;
  Table<DeviceProgress, by::DeviceAndDossier> progress;
  Table<PersonRow, by::Person, by::Staff> people;
  Table<DeviceRow, by::Device, by::DeviceOwner, by::DeviceState> devices;
  Table<RelationRow, by::Relation, by::RelationDossier, by::RelationPerson> relations;
  Table<HandoverRow, by::Handover, by::HandoverTo> handovers;
  Table<TeamRow, by::Team> teams;
  Table<StatementRow, by::Statement> statements;
  Table<TemplateRow, by::Serial, by::TemplateVersion> templates;
  Table<StoredAnswer, by::Request> answers;
  Table<SchemeRow, by::Scheme> schemes;
  Table<AccountRow, by::Account> accounts;
  Table<TransferRow, by::TransferNumber, by::Transfer, by::TransferFrom, by::TransferTo> transfers;
  Table<ClientYearRow, by::ClientYear> client_years;
  Table<OfferRow, by::Offer, by::OfferDossier, by::OfferState, by::OfferEnd> offers;
  Table<VoucherRow, by::Voucher, by::VoucherOffer, by::VoucherCode, by::VoucherExpiry, by::VoucherScheme>
      vouchers;
  Table<RedemptionRow, by::Redemption, by::RedemptionMerchant> redemptions;
  Table<AgreementRow, by::Agreement> agreements;
  Table<RestoreRow, by::RestoreNumber> restores;
  Table<KeptBackedUp, by::BackedUp> backed_up;
};

}  // namespace brug::storage
