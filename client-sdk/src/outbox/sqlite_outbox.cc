#include "client-sdk/src/outbox/sqlite_outbox.h"

#include <utility>

namespace brug::sdk {

const char* const kSqliteOutboxSchema = R"(
CREATE TABLE IF NOT EXISTS pending (
  ordinal INTEGER PRIMARY KEY,
  dossier_id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  applied_revision INTEGER NOT NULL,
  sealed_mutation BLOB NOT NULL,
  sealed_outcome BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS pending_by_sequence ON pending (dossier_id, sequence);
CREATE TABLE IF NOT EXISTS rejected (
  ordinal INTEGER PRIMARY KEY,
  dossier_id TEXT NOT NULL,
  sealed_mutation BLOB NOT NULL,
  sealed_outcome BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS ring (
  ordinal INTEGER PRIMARY KEY,
  dossier_id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  sealed_mutation BLOB NOT NULL,
  sealed_outcome BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS ring_by_revision ON ring (dossier_id, revision);
CREATE TABLE IF NOT EXISTS offer_notes (
  ordinal INTEGER PRIMARY KEY,
  dossier_id TEXT NOT NULL,
  tries INTEGER NOT NULL,
  parked_since_us INTEGER NOT NULL,
  parked_revision INTEGER NOT NULL,
  parked_salt INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS offer_notes_by_dossier ON offer_notes (dossier_id, parked_since_us);
CREATE TABLE IF NOT EXISTS numberings (
  dossier_id TEXT PRIMARY KEY,
  epoch INTEGER NOT NULL,
  settled_sequence INTEGER NOT NULL) WITHOUT ROWID;
)";

namespace {

PendingRow ReadPending(const SqliteQuery& query) {
  return PendingRow{.ordinal = query.Int(0),
                    .dossier_id = query.Text(1),
                    .sequence = query.Int(2),
                    .sealed_mutation = query.Blob(4),
                    .applied_revision = query.Int(3),
                    .sealed_outcome = query.Blob(5)};
}

SettledRow ReadSettled(const SqliteQuery& query) {
  return SettledRow{.ordinal = query.Int(0),
                    .dossier_id = query.Text(1),
                    .revision = query.Int(2),
                    .sealed_mutation = query.Blob(3),
                    .sealed_outcome = query.Blob(4)};
}

PendingTotal ReadTotal(const SqliteQuery& query) {
  return PendingTotal{.dossier_id = query.Text(0),
                      .count = query.Int(1),
                      .bytes = query.Int(2),
                      .sequence_last = query.Int(3),
                      .unnumbered = query.Int(4),
                      .applied = query.Int(5)};
}

template <typename Row, typename Read>
Result<std::vector<Row>> ReadAll(SqliteQuery& query, Read read) {
  std::vector<Row> rows;
  for (;;) {
    auto row = query.Next();
    if (!row.ok()) return row.error();
    if (!*row) return rows;
    rows.push_back(read(query));
  }
}

}  // namespace

Result<std::int64_t> SqliteOutbox::LastOrdinal() const {
  auto query = file_.Use(
      "SELECT max(ifnull((SELECT max(ordinal) FROM pending), 0), ifnull((SELECT max(ordinal) FROM rejected), "
      "0), "
      "ifnull((SELECT max(ordinal) FROM ring), 0))");
  if (!query.ok()) return query.error();
  auto row = query->Next();
  if (!row.ok()) return row.error();
  return query->Int(0);
}

Result<void> SqliteOutbox::Append(const PendingRow& pending) {
  auto query = file_.Use("INSERT INTO pending VALUES (?, ?, ?, ?, ?, ?)");
  if (!query.ok()) return query.error();
  query->Bind(pending.ordinal)
      .BindText(pending.dossier_id)
      .Bind(pending.sequence)
      .Bind(pending.applied_revision);
  return query->BindBytes(pending.sealed_mutation).BindBytes(pending.sealed_outcome).Run();
}

Result<std::vector<PendingRow>> SqliteOutbox::ListPending(std::string_view dossier_id) const {
  auto query = file_.Use("SELECT * FROM pending WHERE dossier_id = ? ORDER BY ordinal");
  if (!query.ok()) return query.error();
  return ReadAll<PendingRow>(query->BindText(dossier_id), ReadPending);
}

Result<std::vector<PendingRow>> SqliteOutbox::ListPushable(std::string_view dossier_id,
                                                           std::size_t count_max) const {
  auto query = file_.Use(
      "SELECT * FROM pending WHERE dossier_id = ? AND sequence > 0 AND applied_revision = 0 ORDER BY "
      "sequence LIMIT ?");
  if (!query.ok()) return query.error();
  return ReadAll<PendingRow>(query->BindText(dossier_id).Bind(static_cast<std::int64_t>(count_max)),
                             ReadPending);
}

Result<std::vector<PendingTotal>> SqliteOutbox::PendingTotals() const {
  auto query = file_.Use(
      "SELECT dossier_id, count(*), sum(length(sealed_mutation)), "
      "max(iif(applied_revision = 0, sequence, 0)), sum(sequence = 0), "
      "sum(applied_revision > 0) FROM pending GROUP BY dossier_id ORDER BY dossier_id");
  if (!query.ok()) return query.error();
  return ReadAll<PendingTotal>(*query, ReadTotal);
}

Result<std::optional<PendingRow>> SqliteOutbox::OldestPending() const {
  auto query = file_.Use("SELECT * FROM pending ORDER BY ordinal LIMIT 1");
  if (!query.ok()) return query.error();
  auto row = query->Next();
  if (!row.ok()) return row.error();
  return *row ? std::optional<PendingRow>(ReadPending(*query)) : std::nullopt;
}

Result<void> SqliteOutbox::SetSequence(std::int64_t ordinal, std::int64_t sequence) {
  auto query = file_.Use("UPDATE pending SET sequence = ? WHERE ordinal = ?");
  if (!query.ok()) return query.error();
  return query->Bind(sequence).Bind(ordinal).Run();
}

Result<void> SqliteOutbox::MarkApplied(std::int64_t ordinal, std::int64_t applied_revision,
                                       std::string_view sealed_outcome) {
  auto query = file_.Use("UPDATE pending SET applied_revision = ?, sealed_outcome = ? WHERE ordinal = ?");
  if (!query.ok()) return query.error();
  return query->Bind(applied_revision).BindBytes(sealed_outcome).Bind(ordinal).Run();
}

Result<void> SqliteOutbox::ClearApplied(std::string_view dossier_id) {
  return RunOnDossier("UPDATE pending SET applied_revision = 0 WHERE dossier_id = ? AND applied_revision > 0",
                      dossier_id);
}

Result<std::int64_t> SqliteOutbox::SettleApplied(std::string_view dossier_id, std::int64_t revision) {
  auto copied = file_.Use(
      "INSERT INTO ring SELECT ordinal, dossier_id, applied_revision, sealed_mutation, sealed_outcome FROM "
      "pending "
      "WHERE dossier_id = ? AND applied_revision BETWEEN 1 AND ?");
  if (!copied.ok()) return copied.error();
  auto done = copied->BindText(dossier_id).Bind(revision).Run();
  if (!done.ok()) return done.error();
  auto removed = file_.Use(
      "DELETE FROM pending WHERE dossier_id = ? AND applied_revision BETWEEN 1 AND ? RETURNING ordinal");
  if (!removed.ok()) return removed.error();
  removed->BindText(dossier_id).Bind(revision);
  auto ordinals = ReadAll<std::int64_t>(*removed, [](const SqliteQuery& query) { return query.Int(0); });
  if (!ordinals.ok()) return ordinals.error();
  return static_cast<std::int64_t>(ordinals->size());
}

Result<void> SqliteOutbox::Reject(std::int64_t ordinal, std::string_view sealed_outcome) {
  auto copied = file_.Use(
      "INSERT INTO rejected SELECT ordinal, dossier_id, sealed_mutation, ? FROM pending WHERE ordinal = ?");
  if (!copied.ok()) return copied.error();
  auto done = copied->BindBytes(sealed_outcome).Bind(ordinal).Run();
  return done.ok() ? Remove(ordinal) : done;
}

Result<void> SqliteOutbox::Remove(std::int64_t ordinal) {
  auto done = RunOnOrdinal("DELETE FROM offer_notes WHERE ordinal = ?", ordinal);
  return done.ok() ? RunOnOrdinal("DELETE FROM pending WHERE ordinal = ?", ordinal) : done;
}

Result<std::vector<SettledRow>> SqliteOutbox::ListRejected() const {
  auto query = file_.Use(
      "SELECT ordinal, dossier_id, 0, sealed_mutation, sealed_outcome FROM rejected ORDER BY ordinal");
  if (!query.ok()) return query.error();
  return ReadAll<SettledRow>(*query, ReadSettled);
}

Result<void> SqliteOutbox::DismissRejected(std::int64_t ordinal) {
  return RunOnOrdinal("DELETE FROM rejected WHERE ordinal = ?", ordinal);
}

Result<std::vector<SettledRow>> SqliteOutbox::ListRing(std::string_view dossier_id,
                                                       std::size_t count_max) const {
  auto query = file_.Use("SELECT * FROM ring WHERE dossier_id = ? ORDER BY revision LIMIT ?");
  if (!query.ok()) return query.error();
  return ReadAll<SettledRow>(query->BindText(dossier_id).Bind(static_cast<std::int64_t>(count_max)),
                             ReadSettled);
}

Result<void> SqliteOutbox::RemoveFromRing(std::int64_t ordinal) {
  auto done = RunOnOrdinal("DELETE FROM offer_notes WHERE ordinal = ?", ordinal);
  return done.ok() ? RunOnOrdinal("DELETE FROM ring WHERE ordinal = ?", ordinal) : done;
}

Result<std::int64_t> SqliteOutbox::OfferAgain(std::string_view dossier_id, std::int64_t tries_max) {
  auto copied = file_.Use(
      "INSERT INTO pending SELECT ordinal, dossier_id, 0, 0, sealed_mutation, sealed_outcome FROM ring "
      "WHERE dossier_id = ? AND ordinal NOT IN (SELECT ordinal FROM offer_notes WHERE tries >= ?)");
  if (!copied.ok()) return copied.error();
  auto done = copied->BindText(dossier_id).Bind(tries_max).Run();
  if (!done.ok()) return done.error();
  auto removed = file_.Use(
      "DELETE FROM ring WHERE dossier_id = ? AND ordinal NOT IN (SELECT ordinal FROM offer_notes WHERE tries "
      ">= ?) RETURNING ordinal");
  if (!removed.ok()) return removed.error();
  removed->BindText(dossier_id).Bind(tries_max);
  auto ordinals = ReadAll<std::int64_t>(*removed, [](const SqliteQuery& query) { return query.Int(0); });
  if (!ordinals.ok()) return ordinals.error();
  for (const std::int64_t ordinal : *ordinals) {
    auto noted = file_.Use(
        "INSERT INTO offer_notes VALUES (?, ?, 1, 0, 0, 0) ON CONFLICT (ordinal) DO UPDATE SET "
        "tries = tries + 1, parked_since_us = 0, parked_revision = 0, parked_salt = 0");
    if (!noted.ok()) return noted.error();
    done = noted->Bind(ordinal).BindText(dossier_id).Run();
    if (!done.ok()) return done.error();
  }
  return static_cast<std::int64_t>(ordinals->size());
}

Result<std::vector<OfferNote>> SqliteOutbox::ListParked(std::string_view dossier_id) const {
  auto query = file_.Use(
      "SELECT ordinal, dossier_id, tries, parked_since_us, parked_revision, parked_salt FROM offer_notes "
      "WHERE dossier_id = ? AND parked_since_us > 0 AND ordinal IN (SELECT ordinal FROM pending) ORDER BY "
      "ordinal");
  if (!query.ok()) return query.error();
  return ReadAll<OfferNote>(query->BindText(dossier_id), [](const SqliteQuery& row) {
    return OfferNote{.ordinal = row.Int(0),
                     .dossier_id = row.Text(1),
                     .tries = row.Int(2),
                     .parked_since_us = row.Int(3),
                     .parked_revision = row.Int(4),
                     .parked_salt = static_cast<std::uint64_t>(row.Int(5))};
  });
}

Result<void> SqliteOutbox::Park(const OfferNote& note) {
  auto unnumbered = SetSequence(note.ordinal, 0);
  if (!unnumbered.ok()) return unnumbered;
  auto query = file_.Use(
      "INSERT INTO offer_notes SELECT ordinal, dossier_id, 0, ?2, ?3, ?4 FROM pending WHERE ordinal = ?1 "
      "ON CONFLICT (ordinal) DO UPDATE SET "
      "parked_since_us = iif(parked_since_us > 0, min(parked_since_us, excluded.parked_since_us), "
      "excluded.parked_since_us), "
      "parked_revision = excluded.parked_revision, parked_salt = excluded.parked_salt");
  if (!query.ok()) return query.error();
  query->Bind(note.ordinal).Bind(note.parked_since_us).Bind(note.parked_revision);
  return query->Bind(static_cast<std::int64_t>(note.parked_salt)).Run();
}

Result<std::vector<Numbering>> SqliteOutbox::ListNumberings() const {
  auto query = file_.Use("SELECT dossier_id, epoch, settled_sequence FROM numberings ORDER BY dossier_id");
  if (!query.ok()) return query.error();
  return ReadAll<Numbering>(*query, [](const SqliteQuery& row) {
    return Numbering{.dossier_id = row.Text(0),
                     .epoch = static_cast<std::uint64_t>(row.Int(1)),
                     .settled_sequence = row.Int(2)};
  });
}

Result<void> SqliteOutbox::PutNumbering(const Numbering& numbering) {
  auto query = file_.Use("INSERT OR REPLACE INTO numberings VALUES (?, ?, ?)");
  if (!query.ok()) return query.error();
  query->BindText(numbering.dossier_id).Bind(static_cast<std::int64_t>(numbering.epoch));
  return query->Bind(numbering.settled_sequence).Run();
}

Result<void> SqliteOutbox::PurgeDossier(std::string_view dossier_id) {
  for (const char* sql :
       {"DELETE FROM pending WHERE dossier_id = ?", "DELETE FROM rejected WHERE dossier_id = ?",
        "DELETE FROM ring WHERE dossier_id = ?", "DELETE FROM offer_notes WHERE dossier_id = ?",
        "DELETE FROM numberings WHERE dossier_id = ?"}) {
    auto done = RunOnDossier(sql, dossier_id);
    if (!done.ok()) return done;
  }
  return {};
}

Result<void> SqliteOutbox::PurgeAll() {
  for (const char* sql : {"DELETE FROM pending", "DELETE FROM rejected", "DELETE FROM ring",
                          "DELETE FROM offer_notes", "DELETE FROM numberings"}) {
    auto query = file_.Use(sql);
    if (!query.ok()) return query.error();
    auto done = query->Run();
    if (!done.ok()) return done;
  }
  return {};
}

Result<void> SqliteOutbox::RunOnOrdinal(const char* sql, std::int64_t ordinal) {
  auto query = file_.Use(sql);
  if (!query.ok()) return query.error();
  return query->Bind(ordinal).Run();
}

Result<void> SqliteOutbox::RunOnDossier(const char* sql, std::string_view dossier_id) {
  auto query = file_.Use(sql);
  if (!query.ok()) return query.error();
  return query->BindText(dossier_id).Run();
}

}  // namespace brug::sdk
