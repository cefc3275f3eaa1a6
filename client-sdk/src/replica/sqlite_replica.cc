#include "client-sdk/src/replica/sqlite_replica.h"

#include <utility>

#include "client-sdk/src/vault/error.h"

namespace brug::sdk {

// A dossier is named by a small number in its rows: they are many.
const char* const kSqliteReplicaSchema = R"(
CREATE TABLE IF NOT EXISTS notes (note INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS dossiers (
  number INTEGER PRIMARY KEY,
  dossier_id TEXT NOT NULL UNIQUE,
  sealed_key BLOB NOT NULL,
  cursor BLOB NOT NULL,
  revision INTEGER NOT NULL,
  salt INTEGER NOT NULL,
  staged_cursor BLOB NOT NULL,
  staged_snapshot INTEGER NOT NULL,
  backed_up_revision INTEGER NOT NULL,
  ended INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS digests (
  dossier INTEGER PRIMARY KEY,
  digest BLOB NOT NULL,
  staged_digest BLOB NOT NULL,
  drifts_count INTEGER NOT NULL,
  drift_revision INTEGER NOT NULL,
  drift_salt INTEGER NOT NULL,
  fetch_anew INTEGER NOT NULL,
  fetched_anew_at_us INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS records (
  dossier INTEGER NOT NULL,
  token BLOB NOT NULL,
  parent_token BLOB NOT NULL,
  revision INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (dossier, token)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS records_by_parent ON records (dossier, parent_token, token);
CREATE TABLE IF NOT EXISTS staged (
  dossier INTEGER NOT NULL,
  token BLOB NOT NULL,
  parent_token BLOB NOT NULL,
  revision INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (dossier, token)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS voucher_codes (
  dossier INTEGER NOT NULL,
  token BLOB NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (dossier, token)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS money_statements (number INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS statements (number INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS templates (place INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
)";

namespace {

RecordRow ReadRecord(const SqliteQuery& query) {
  return RecordRow{.token = query.Blob(0),
                   .parent_token = query.Blob(1),
                   .revision = query.Int(2),
                   .sealed = query.Blob(3)};
}

DossierRow ReadDossier(const SqliteQuery& query) {
  return DossierRow{.dossier_id = query.Text(0),
                    .sealed_key = query.Blob(1),
                    .cursor = query.Blob(2),
                    .revision = query.Int(3),
                    .salt = static_cast<std::uint64_t>(query.Int(4)),
                    .staged_cursor = query.Blob(5),
                    .staged_snapshot = query.Int(6) != 0,
                    .backed_up_revision = query.Int(7),
                    .ended = query.Int(8) != 0,
                    .sealed_digest = query.Blob(9),
                    .sealed_staged_digest = query.Blob(10),
                    .drifts_count = query.Int(11),
                    .drift_revision = query.Int(12),
                    .drift_salt = static_cast<std::uint64_t>(query.Int(13)),
                    .fetch_anew = query.Int(14) != 0,
                    .fetched_anew_at_us = query.Int(15)};
}

Result<std::vector<StatementRow>> ReadStatements(SqliteQuery query) {
  std::vector<StatementRow> statements;
  for (;;) {
    auto row = query.Next();
    if (!row.ok()) return row.error();
    if (!*row) return statements;
    statements.push_back(StatementRow{.number = query.Int(0), .sealed = query.Blob(1)});
  }
}

}  // namespace

Result<Bytes> SqliteReplica::ReadNote(Note note) const {
  auto query = file_.Use("SELECT bytes FROM notes WHERE note = ?");
  if (!query.ok()) return query.error();
  auto row = query->Bind(static_cast<int>(note)).Next();
  if (!row.ok()) return row.error();
  return *row ? query->Blob(0) : Bytes();
}

Result<void> SqliteReplica::WriteNote(Note note, std::string_view bytes) {
  auto query = file_.Use("INSERT OR REPLACE INTO notes VALUES (?, ?)");
  if (!query.ok()) return query.error();
  return query->Bind(static_cast<int>(note)).BindBytes(bytes).Run();
}

Result<std::vector<DossierRow>> SqliteReplica::ListDossiers() const {
  auto query = file_.Use(
      "SELECT dossier_id, sealed_key, cursor, revision, salt, staged_cursor, staged_snapshot, "
      "backed_up_revision, ended, digest, staged_digest, drifts_count, drift_revision, drift_salt, "
      "fetch_anew, "
      "fetched_anew_at_us FROM dossiers LEFT JOIN digests ON digests.dossier = dossiers.number "
      "ORDER BY dossier_id");
  if (!query.ok()) return query.error();
  std::vector<DossierRow> dossiers;
  for (;;) {
    auto row = query->Next();
    if (!row.ok()) return row.error();
    if (!*row) return dossiers;
    dossiers.push_back(ReadDossier(*query));
  }
}

Result<void> SqliteReplica::PutDossier(const DossierRow& dossier) {
  auto query = file_.Use(
      "INSERT INTO dossiers (dossier_id, sealed_key, cursor, revision, salt, staged_cursor, staged_snapshot, "
      "backed_up_revision, ended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (dossier_id) DO UPDATE SET "
      "sealed_key = excluded.sealed_key, cursor = excluded.cursor, revision = excluded.revision, salt = "
      "excluded.salt, "
      "staged_cursor = excluded.staged_cursor, staged_snapshot = excluded.staged_snapshot, "
      "backed_up_revision = excluded.backed_up_revision, ended = excluded.ended");
  if (!query.ok()) return query.error();
  query->BindText(dossier.dossier_id).BindBytes(dossier.sealed_key).BindBytes(dossier.cursor);
  query->Bind(dossier.revision).Bind(static_cast<std::int64_t>(dossier.salt));
  query->BindBytes(dossier.staged_cursor).Bind(dossier.staged_snapshot ? 1 : 0);
  auto put = query->Bind(dossier.backed_up_revision).Bind(dossier.ended ? 1 : 0).Run();
  return put.ok() ? PutDigest(dossier) : put;
}

Result<void> SqliteReplica::PutDigest(const DossierRow& dossier) {
  auto query = file_.Use(
      "INSERT OR REPLACE INTO digests VALUES ((SELECT number FROM dossiers WHERE dossier_id = ?), ?, ?, ?, "
      "?, "
      "?, ?, ?)");
  if (!query.ok()) return query.error();
  query->BindText(dossier.dossier_id).BindBytes(dossier.sealed_digest);
  query->BindBytes(dossier.sealed_staged_digest).Bind(dossier.drifts_count).Bind(dossier.drift_revision);
  query->Bind(static_cast<std::int64_t>(dossier.drift_salt)).Bind(dossier.fetch_anew ? 1 : 0);
  return query->Bind(dossier.fetched_anew_at_us).Run();
}

Result<void> SqliteReplica::PurgeDossier(std::string_view dossier_id) {
  auto purged = ClearRecords(dossier_id);
  if (purged.ok()) purged = DropStaged(dossier_id);
  if (purged.ok()) {
    purged = RunOnDossier(
        "DELETE FROM voucher_codes WHERE dossier = (SELECT number FROM dossiers WHERE dossier_id = ?)",
        dossier_id);
  }
  if (purged.ok()) {
    purged = RunOnDossier(
        "DELETE FROM digests WHERE dossier = (SELECT number FROM dossiers WHERE dossier_id = ?)", dossier_id);
  }
  if (purged.ok()) purged = RunOnDossier("DELETE FROM dossiers WHERE dossier_id = ?", dossier_id);
  return purged;
}

Result<std::optional<RecordRow>> SqliteReplica::FindRecord(const RowName& name) const {
  auto query = file_.Use(
      "SELECT token, parent_token, revision, sealed FROM records "
      "WHERE dossier = (SELECT number FROM dossiers WHERE dossier_id = ?) AND token = ?");
  if (!query.ok()) return query.error();
  auto row = query->BindText(name.dossier_id).BindBytes(name.token).Next();
  if (!row.ok()) return row.error();
  return *row ? std::optional<RecordRow>(ReadRecord(*query)) : std::nullopt;
}

Result<std::optional<RecordRow>> SqliteReplica::FindStaged(const RowName& name) const {
  auto query = file_.Use(
      "SELECT token, parent_token, revision, sealed FROM staged "
      "WHERE dossier = (SELECT number FROM dossiers WHERE dossier_id = ?) AND token = ?");
  if (!query.ok()) return query.error();
  auto row = query->BindText(name.dossier_id).BindBytes(name.token).Next();
  if (!row.ok()) return row.error();
  return *row ? std::optional<RecordRow>(ReadRecord(*query)) : std::nullopt;
}

Result<std::vector<RecordRow>> SqliteReplica::ListChildren(const RowName& name) const {
  auto query = file_.Use(
      "SELECT token, parent_token, revision, sealed FROM records "
      "WHERE dossier = (SELECT number FROM dossiers WHERE dossier_id = ?) AND parent_token = ? ORDER BY "
      "token");
  if (!query.ok()) return query.error();
  query->BindText(name.dossier_id).BindBytes(name.token);
  std::vector<RecordRow> records;
  for (;;) {
    auto row = query->Next();
    if (!row.ok()) return row.error();
    if (!*row) return records;
    records.push_back(ReadRecord(*query));
  }
}

Result<std::int64_t> SqliteReplica::CountRecords(std::string_view dossier_id) const {
  auto query = file_.Use(
      "SELECT count(*) FROM records WHERE dossier = (SELECT number FROM dossiers WHERE dossier_id = ?)");
  if (!query.ok()) return query.error();
  auto row = query->BindText(dossier_id).Next();
  if (!row.ok()) return row.error();
  return query->Int(0);
}

Result<void> SqliteReplica::PutRecord(std::string_view dossier_id, const RecordRow& record) {
  return InsertRecord(
      "INSERT OR REPLACE INTO records VALUES ((SELECT number FROM dossiers WHERE dossier_id = ?), ?, ?, ?, "
      "?)",
      dossier_id, record);
}

Result<void> SqliteReplica::StageRecord(std::string_view dossier_id, const RecordRow& record) {
  return InsertRecord(
      "INSERT OR REPLACE INTO staged VALUES ((SELECT number FROM dossiers WHERE dossier_id = ?), ?, ?, ?, ?)",
      dossier_id, record);
}

Result<void> SqliteReplica::RevealStaged(std::string_view dossier_id) {
  auto revealed = RunOnDossier(
      "INSERT OR REPLACE INTO records SELECT * FROM staged "
      "WHERE dossier = (SELECT number FROM dossiers WHERE dossier_id = ?)",
      dossier_id);
  return revealed.ok() ? DropStaged(dossier_id) : revealed;
}

Result<void> SqliteReplica::DropStaged(std::string_view dossier_id) {
  return RunOnDossier("DELETE FROM staged WHERE dossier = (SELECT number FROM dossiers WHERE dossier_id = ?)",
                      dossier_id);
}

Result<void> SqliteReplica::ClearRecords(std::string_view dossier_id) {
  return RunOnDossier(
      "DELETE FROM records WHERE dossier = (SELECT number FROM dossiers WHERE dossier_id = ?)", dossier_id);
}

Result<std::vector<VoucherCodeRow>> SqliteReplica::ListVoucherCodes(std::string_view dossier_id) const {
  auto query = file_.Use(
      "SELECT token, sealed FROM voucher_codes "
      "WHERE dossier = (SELECT number FROM dossiers WHERE dossier_id = ?) ORDER BY token");
  if (!query.ok()) return query.error();
  query->BindText(dossier_id);
  std::vector<VoucherCodeRow> codes;
  for (;;) {
    auto row = query->Next();
    if (!row.ok()) return row.error();
    if (!*row) return codes;
    codes.push_back(VoucherCodeRow{.token = query->Blob(0), .sealed = query->Blob(1)});
  }
}

Result<void> SqliteReplica::PutVoucherCode(std::string_view dossier_id, const VoucherCodeRow& code) {
  auto query = file_.Use(
      "INSERT OR REPLACE INTO voucher_codes VALUES ((SELECT number FROM dossiers WHERE dossier_id = ?), ?, "
      "?)");
  if (!query.ok()) return query.error();
  return query->BindText(dossier_id).BindBytes(code.token).BindBytes(code.sealed).Run();
}

Result<void> SqliteReplica::RemoveVoucherCode(const RowName& name) {
  auto query = file_.Use(
      "DELETE FROM voucher_codes "
      "WHERE dossier = (SELECT number FROM dossiers WHERE dossier_id = ?) AND token = ?");
  if (!query.ok()) return query.error();
  return query->BindText(name.dossier_id).BindBytes(name.token).Run();
}

Result<std::vector<StatementRow>> SqliteReplica::ListStatements() const {
  auto query = file_.Use("SELECT number, sealed FROM statements ORDER BY number");
  if (!query.ok()) return query.error();
  return ReadStatements(std::move(*query));
}

Result<void> SqliteReplica::PutStatement(const StatementRow& statement) {
  auto query = file_.Use("INSERT OR REPLACE INTO statements VALUES (?, ?)");
  if (!query.ok()) return query.error();
  return query->Bind(statement.number).BindBytes(statement.sealed).Run();
}

Result<std::vector<StatementRow>> SqliteReplica::ListMoneyStatements(std::size_t count_max) const {
  auto query = file_.Use("SELECT number, sealed FROM money_statements ORDER BY number DESC LIMIT ?");
  if (!query.ok()) return query.error();
  query->Bind(static_cast<std::int64_t>(count_max));
  return ReadStatements(std::move(*query));
}

Result<void> SqliteReplica::PutMoneyStatement(const StatementRow& statement) {
  auto query = file_.Use("INSERT OR REPLACE INTO money_statements VALUES (?, ?)");
  if (!query.ok()) return query.error();
  return query->Bind(statement.number).BindBytes(statement.sealed).Run();
}

Result<void> SqliteReplica::RemoveMoneyStatement(std::int64_t number) {
  auto query = file_.Use("DELETE FROM money_statements WHERE number = ?");
  if (!query.ok()) return query.error();
  return query->Bind(number).Run();
}

Result<std::vector<Bytes>> SqliteReplica::ListTemplates() const {
  auto query = file_.Use("SELECT sealed FROM templates ORDER BY place");
  if (!query.ok()) return query.error();
  std::vector<Bytes> templates;
  for (;;) {
    auto row = query->Next();
    if (!row.ok()) return row.error();
    if (!*row) return templates;
    templates.push_back(query->Blob(0));
  }
}

Result<void> SqliteReplica::ReplaceTemplates(const std::vector<Bytes>& sealed) {
  auto cleared = file_.Use("DELETE FROM templates");
  if (!cleared.ok()) return cleared.error();
  auto done = cleared->Run();
  for (std::size_t place = 0; done.ok() && place < sealed.size(); ++place) {
    auto query = file_.Use("INSERT INTO templates VALUES (?, ?)");
    if (!query.ok()) return query.error();
    done = query->Bind(static_cast<std::int64_t>(place)).BindBytes(sealed[place]).Run();
  }
  return done;
}

Result<void> SqliteReplica::PurgeAll() {
  for (const char* sql : {"DELETE FROM records", "DELETE FROM staged", "DELETE FROM voucher_codes",
                          "DELETE FROM digests", "DELETE FROM dossiers", "DELETE FROM statements",
                          "DELETE FROM money_statements", "DELETE FROM templates", "DELETE FROM notes"}) {
    auto query = file_.Use(sql);
    if (!query.ok()) return query.error();
    auto done = query->Run();
    if (!done.ok()) return done;
  }
  return {};
}

Result<void> SqliteReplica::RunOnDossier(const char* sql, std::string_view dossier_id) {
  auto query = file_.Use(sql);
  if (!query.ok()) return query.error();
  return query->BindText(dossier_id).Run();
}

Result<void> SqliteReplica::InsertRecord(const char* sql, std::string_view dossier_id,
                                         const RecordRow& record) {
  auto query = file_.Use(sql);
  if (!query.ok()) return query.error();
  query->BindText(dossier_id).BindBytes(record.token).BindBytes(record.parent_token);
  return query->Bind(record.revision).BindBytes(record.sealed).Run();
}

}  // namespace brug::sdk
