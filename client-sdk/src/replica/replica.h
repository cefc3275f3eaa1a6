#pragma once

#include <brug/result.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client-sdk/src/vault/vault.h"

namespace brug::sdk {

// Small things that a replica keeps one of.
enum class Note {
  kWrappedKey = 1,       // the replica key as the key store wrapped it
  kNonce = 2,            // must equal the key store's nonce, or the files were put back or copied
  kAccount = 3,          // sealed v1.EnrolResponse
  kConfirmedAt = 4,      // sealed google.protobuf.Timestamp: the last time the service answered
  kTemplatesSerial = 5,  // decimal
  kStatementsSeen = 6,   // decimal: the highest number that came with a sync
  kWiped = 7,            // not empty: a wipe order was carried out here
  kRestoreShown = 8,     // the id of the service's restore after which every statement was shown
  kKindsKnown = 9,       // decimal: how many kinds of record the program knew that opened it last
  kUnreadable = 10,      // decimal: mutations that a damaged replica held and that could not be read
};

// How far the device has come with one dossier.
struct DossierRow {
  std::string dossier_id;
  Bytes sealed_key;           // the dossier's key, sealed under the replica key
  Bytes cursor;               // of the revealed records; empty before the first
  std::int64_t revision = 0;  // the point of the revealed records
  std::uint64_t salt = 0;
  Bytes staged_cursor;                  // of the last staged page; empty when nothing is staged
  bool staged_snapshot = false;         // whether the staged records replace what is revealed
  std::int64_t backed_up_revision = 0;  // as the service last said
  bool ended = false;                   // the relation has ended; only what is pending is still handed in
  Bytes sealed_digest;                  // over the revealed live records; empty when it is not known
  Bytes sealed_staged_digest;           // the same once what is staged is revealed
  std::int64_t drifts_count = 0;        // how often the revealed records were not those of the service
  std::int64_t drift_revision = 0;      // the point of the last time, until the service has heard of it
  std::uint64_t drift_salt = 0;
  bool fetch_anew = false;              // a snapshot is wanted in place of what is revealed
  std::int64_t fetched_anew_at_us = 0;  // when one was last wanted

  friend bool operator==(const DossierRow&, const DossierRow&) = default;
};

// One record, sealed.
struct RecordRow {
  Bytes token;         // kTokenBytes: DossierKey::RecordToken
  Bytes parent_token;  // kTokenBytes, or empty for a record that hangs nowhere
  std::int64_t revision = 0;
  Bytes sealed;

  friend bool operator==(const RecordRow&, const RecordRow&) = default;
};

// Names a row of one dossier. Two ids that must not be mixed up.
struct RowName {
  std::string_view dossier_id;
  std::string_view token;
};

// A statement of the organisation, sealed.
struct StatementRow {
  std::int64_t number = 0;
  Bytes sealed;

  friend bool operator==(const StatementRow&, const StatementRow&) = default;
};

// What a voucher is spent with, sealed.
struct VoucherCodeRow {
  Bytes token;  // kTokenBytes: DossierKey::VoucherToken
  Bytes sealed;

  friend bool operator==(const VoucherCodeRow&, const VoucherCodeRow&) = default;
};

// What the service confirmed, as far as this device has come. It holds sealed bytes, random ids and counters
// alone.
//
//   revealed records of a dossier = the service's records at (revision, salt)
//
// Staged records are seen by nobody until they are revealed. Every call may fail as Transactions says; after
// a failure within a transaction that transaction must be undone. A const call changes nothing. Thread
// safety: one thread.
class Replica {
 public:
  virtual ~Replica() = default;

  // Empty when it was never written.
  [[nodiscard]] virtual Result<Bytes> ReadNote(Note note) const = 0;
  virtual Result<void> WriteNote(Note note, std::string_view bytes) = 0;

  // By dossier id.
  [[nodiscard]] virtual Result<std::vector<DossierRow>> ListDossiers() const = 0;
  // Adds the dossier or writes all its fields anew.
  virtual Result<void> PutDossier(const DossierRow& dossier) = 0;
  // Deletes the dossier, its records, what is staged and the codes of its vouchers; one that is not there is
  // fine.
  virtual Result<void> PurgeDossier(std::string_view dossier_id) = 0;

  // A revealed record; nothing when there is none. One point read.
  [[nodiscard]] virtual Result<std::optional<RecordRow>> FindRecord(const RowName& name) const = 0;
  // The same among staged records.
  [[nodiscard]] virtual Result<std::optional<RecordRow>> FindStaged(const RowName& name) const = 0;
  // Revealed records whose parent_token is `name.token`, by token.
  [[nodiscard]] virtual Result<std::vector<RecordRow>> ListChildren(const RowName& name) const = 0;
  // How many records are revealed.
  [[nodiscard]] virtual Result<std::int64_t> CountRecords(std::string_view dossier_id) const = 0;

  // Adds a revealed record or replaces the one of that token. The dossier must exist.
  virtual Result<void> PutRecord(std::string_view dossier_id, const RecordRow& record) = 0;
  // The same for a staged record.
  virtual Result<void> StageRecord(std::string_view dossier_id, const RecordRow& record) = 0;
  // Makes staged records revealed, each in the place of the one with its token; nothing is staged afterwards.
  virtual Result<void> RevealStaged(std::string_view dossier_id) = 0;
  virtual Result<void> DropStaged(std::string_view dossier_id) = 0;
  // Deletes the revealed records and leaves the dossier and what is staged.
  virtual Result<void> ClearRecords(std::string_view dossier_id) = 0;

  // The codes of a dossier's vouchers, by token.
  [[nodiscard]] virtual Result<std::vector<VoucherCodeRow>> ListVoucherCodes(
      std::string_view dossier_id) const = 0;
  // Adds a code or replaces the one of that token. The dossier must exist.
  virtual Result<void> PutVoucherCode(std::string_view dossier_id, const VoucherCodeRow& code) = 0;
  // One that is not there is fine.
  virtual Result<void> RemoveVoucherCode(const RowName& name) = 0;

  // Those about access, by number. A second one of the same number replaces the first.
  [[nodiscard]] virtual Result<std::vector<StatementRow>> ListStatements() const = 0;
  virtual Result<void> PutStatement(const StatementRow& statement) = 0;

  // Those about money, apart from the others, for a shop has many: the highest numbers first, at most
  // `count_max`.
  [[nodiscard]] virtual Result<std::vector<StatementRow>> ListMoneyStatements(
      std::size_t count_max) const = 0;
  virtual Result<void> PutMoneyStatement(const StatementRow& statement) = 0;
  // One that is not there is fine.
  virtual Result<void> RemoveMoneyStatement(std::int64_t number) = 0;

  // Sealed Bridge templates, in the order in which they were given.
  [[nodiscard]] virtual Result<std::vector<Bytes>> ListTemplates() const = 0;
  virtual Result<void> ReplaceTemplates(const std::vector<Bytes>& sealed) = 0;

  // Deletes everything, notes too.
  virtual Result<void> PurgeAll() = 0;
};

}  // namespace brug::sdk
