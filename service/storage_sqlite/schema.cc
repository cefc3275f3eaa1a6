#include "service/storage_sqlite/schema.h"

#include <iterator>

#include "service/storage/registry.h"

namespace brug::storage {
namespace {

// What brings each kind of file from one version to the next. Never changed after a release: a change is a
// new one.
//
// The statements are those that PostgreSQL-wire engines know too (there BLOB is bytea, INTEGER bigint): the
// organisation is first in every key although a file has only one, and there are no sequences, triggers or
// rowids to lean on.
struct Migration {
  const char* organisation;
  const char* registry;
  const char* keys;
};

constexpr Migration kMigrations[] = {
    // 1
    {.organisation = R"sql(
CREATE TABLE organisation (
  organisation_id TEXT NOT NULL,
  PRIMARY KEY (organisation_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE dossiers (
  organisation_id TEXT NOT NULL,
  dossier_id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  salt INTEGER NOT NULL,
  rights_version INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, dossier_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE records (
  organisation_id TEXT NOT NULL,
  dossier_id TEXT NOT NULL,
  token BLOB NOT NULL,
  parent_token BLOB NOT NULL,
  revision INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (organisation_id, dossier_id, token)
) STRICT, WITHOUT ROWID;
CREATE INDEX records_by_revision ON records (organisation_id, dossier_id, revision, token);
CREATE INDEX records_by_parent ON records (organisation_id, dossier_id, parent_token, token);

CREATE TABLE log_entries (
  organisation_id TEXT NOT NULL,
  dossier_id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  salt INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (organisation_id, dossier_id, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE outcomes (
  organisation_id TEXT NOT NULL,
  mutation_id TEXT NOT NULL,
  dossier_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  stored_at_us INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (organisation_id, mutation_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE device_progress (
  organisation_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  dossier_id TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  mutation_id TEXT NOT NULL,
  PRIMARY KEY (organisation_id, device_id, dossier_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE people (
  organisation_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  staff INTEGER NOT NULL,
  active INTEGER NOT NULL,
  team_id TEXT NOT NULL,
  dossier_id TEXT NOT NULL,
  statements_count INTEGER NOT NULL,
  version INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (organisation_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX people_who_are_staff ON people (organisation_id, person_id) WHERE staff = 1;

CREATE TABLE devices (
  organisation_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  public_key BLOB NOT NULL,
  state INTEGER NOT NULL,
  sealed_name BLOB NOT NULL,
  enrolled_at_us INTEGER NOT NULL,
  last_session_at_us INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, device_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX devices_by_person ON devices (organisation_id, person_id, enrolled_at_us, device_id);
CREATE INDEX devices_by_state ON devices (organisation_id, state);

CREATE TABLE relations (
  organisation_id TEXT NOT NULL,
  relation_id TEXT NOT NULL,
  dossier_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  from_us INTEGER NOT NULL,
  until_us INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, relation_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX relations_by_dossier ON relations (organisation_id, dossier_id, from_us, relation_id);
CREATE INDEX relations_by_person ON relations (organisation_id, person_id, dossier_id, from_us, relation_id);
CREATE UNIQUE INDEX relations_live ON relations (organisation_id, person_id, dossier_id) WHERE until_us = 0;

CREATE TABLE handovers (
  organisation_id TEXT NOT NULL,
  handover_id TEXT NOT NULL,
  dossier_id TEXT NOT NULL,
  from_person_id TEXT NOT NULL,
  to_person_id TEXT NOT NULL,
  state INTEGER NOT NULL,
  proposed_at_us INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, handover_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX handovers_by_taker ON handovers (organisation_id, to_person_id, proposed_at_us, handover_id);

CREATE TABLE teams (
  organisation_id TEXT NOT NULL,
  team_id TEXT NOT NULL,
  sealed_name BLOB NOT NULL,
  PRIMARY KEY (organisation_id, team_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE statements (
  organisation_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  statement BLOB NOT NULL,
  PRIMARY KEY (organisation_id, person_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE templates (
  organisation_id TEXT NOT NULL,
  serial INTEGER NOT NULL,
  template_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (organisation_id, serial),
  UNIQUE (organisation_id, template_id, version)
) STRICT;

CREATE TABLE answers (
  organisation_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  request_id TEXT NOT NULL,
  content_sha256 BLOB NOT NULL,
  sealed BLOB NOT NULL,
  stored_at_us INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, person_id, request_id)
) STRICT, WITHOUT ROWID;

-- What SQLite is to believe about sizes, for it would take the primary key instead of these indexes: of a
-- large organisation, how many rows there are, and how many share each further column of the index. The
-- first ANALYZE makes the table, the second lets this connection read it.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('records', 'records', '10000000 10000000 100 1'),
  ('records', 'records_by_revision', '10000000 10000000 100 1 1'),
  ('records', 'records_by_parent', '10000000 10000000 100 4 1'),
  ('people', 'people', '100000 100000 1'),
  ('people', 'people_who_are_staff', '1000 1000 1');
ANALYZE sqlite_schema;
)sql",
     .registry = R"sql(
CREATE TABLE organisations (
  organisation_id TEXT NOT NULL,
  display_name TEXT NOT NULL,
  created_at_us INTEGER NOT NULL,
  PRIMARY KEY (organisation_id)
) STRICT, WITHOUT ROWID;

-- The one key without the organisation: the code is what leads to it.
CREATE TABLE activation_codes (
  code_hmac BLOB NOT NULL,
  organisation_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  expires_at_us INTEGER NOT NULL,
  bound_key_sha256 BLOB NOT NULL,
  device_id TEXT NOT NULL,
  PRIMARY KEY (code_hmac)
) STRICT, WITHOUT ROWID;
CREATE INDEX activation_codes_by_person ON activation_codes (organisation_id, person_id);

-- Written and taken back to learn whether a write succeeds.
CREATE TABLE probes (
  probe INTEGER NOT NULL,
  PRIMARY KEY (probe)
) STRICT, WITHOUT ROWID;
)sql",
     .keys = R"sql(
CREATE TABLE wrapped_keys (
  organisation_id TEXT NOT NULL,
  name TEXT NOT NULL,
  wrapped BLOB NOT NULL,
  PRIMARY KEY (organisation_id, name)
) STRICT, WITHOUT ROWID;
)sql"},
    // 2: vouchers as money. The checks repeat what each statement asks before it writes.
    {.organisation = R"sql(
CREATE TABLE schemes (
  organisation_id TEXT NOT NULL,
  scheme_id TEXT NOT NULL,
  content BLOB NOT NULL,
  transfers_count INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, scheme_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
  organisation_id TEXT NOT NULL,
  scheme_id TEXT NOT NULL,
  account TEXT NOT NULL,
  balance_cents INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, scheme_id, account),
  CHECK (balance_cents >= 0 OR account IN ('outside', 'restored'))
) STRICT, WITHOUT ROWID;

CREATE TABLE transfers (
  organisation_id TEXT NOT NULL,
  scheme_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  transfer_id TEXT NOT NULL,
  at_us INTEGER NOT NULL,
  from_account TEXT NOT NULL,
  to_account TEXT NOT NULL,
  amount_cents INTEGER NOT NULL,
  subject_id TEXT NOT NULL,
  reverses_id TEXT NOT NULL,
  PRIMARY KEY (organisation_id, scheme_id, number),
  UNIQUE (organisation_id, scheme_id, transfer_id),
  CHECK (amount_cents > 0),
  CHECK (from_account <> to_account)
) STRICT, WITHOUT ROWID;
CREATE INDEX transfers_from ON transfers (organisation_id, scheme_id, from_account, at_us, number);
CREATE INDEX transfers_to ON transfers (organisation_id, scheme_id, to_account, at_us, number);

CREATE TABLE client_years (
  organisation_id TEXT NOT NULL,
  scheme_id TEXT NOT NULL,
  dossier_id TEXT NOT NULL,
  year INTEGER NOT NULL,
  promised_cents INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, scheme_id, dossier_id, year),
  CHECK (promised_cents >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE offers (
  organisation_id TEXT NOT NULL,
  offer_id TEXT NOT NULL,
  scheme_id TEXT NOT NULL,
  dossier_id TEXT NOT NULL,
  beneficiary_id TEXT NOT NULL,
  state INTEGER NOT NULL,
  amount_cents INTEGER NOT NULL,
  year INTEGER NOT NULL,
  second_person INTEGER NOT NULL,
  asked_by TEXT NOT NULL,
  answered_by TEXT NOT NULL,
  since_us INTEGER NOT NULL,
  ends_at_us INTEGER NOT NULL,
  statements_count INTEGER NOT NULL,
  version INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (organisation_id, offer_id),
  CHECK (answered_by = '' OR (answered_by <> asked_by AND answered_by <> beneficiary_id))
) STRICT, WITHOUT ROWID;
CREATE INDEX offers_by_dossier ON offers (organisation_id, dossier_id, since_us, offer_id);
CREATE INDEX offers_by_state ON offers (organisation_id, state, since_us, offer_id);
CREATE INDEX offers_by_end ON offers (organisation_id, state, ends_at_us, offer_id);

CREATE TABLE vouchers (
  organisation_id TEXT NOT NULL,
  voucher_id TEXT NOT NULL,
  offer_id TEXT NOT NULL,
  scheme_id TEXT NOT NULL,
  dossier_id TEXT NOT NULL,
  beneficiary_id TEXT NOT NULL,
  state INTEGER NOT NULL,
  amount_cents INTEGER NOT NULL,
  remaining_cents INTEGER NOT NULL,
  earned_at_us INTEGER NOT NULL,
  issued_at_us INTEGER NOT NULL,
  expires_at_us INTEGER NOT NULL,
  in_parts INTEGER NOT NULL,
  code_number INTEGER NOT NULL,
  code_hmac BLOB NOT NULL,
  sealed_code BLOB NOT NULL,
  statements_count INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, voucher_id),
  CHECK (remaining_cents BETWEEN 0 AND amount_cents)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX vouchers_by_offer ON vouchers (organisation_id, offer_id);
CREATE UNIQUE INDEX vouchers_by_code ON vouchers (organisation_id, code_hmac);
CREATE INDEX vouchers_by_expiry ON vouchers (organisation_id, state, expires_at_us, voucher_id);
CREATE INDEX vouchers_by_scheme ON vouchers (organisation_id, scheme_id, state, remaining_cents);
CREATE INDEX vouchers_by_wait ON vouchers (organisation_id, scheme_id, (issued_at_us - earned_at_us));

CREATE TABLE redemptions (
  organisation_id TEXT NOT NULL,
  redemption_id TEXT NOT NULL,
  voucher_id TEXT NOT NULL,
  scheme_id TEXT NOT NULL,
  merchant_id TEXT NOT NULL,
  amount_cents INTEGER NOT NULL,
  redeemed_at_us INTEGER NOT NULL,
  undone_at_us INTEGER NOT NULL,
  transfer_id TEXT NOT NULL,
  PRIMARY KEY (organisation_id, redemption_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX redemptions_by_merchant ON redemptions
  (organisation_id, merchant_id, redeemed_at_us, redemption_id);

CREATE TABLE agreements (
  organisation_id TEXT NOT NULL,
  merchant_id TEXT NOT NULL,
  scheme_id TEXT NOT NULL,
  takes_vouchers INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, merchant_id, scheme_id)
) STRICT, WITHOUT ROWID;
)sql",
     .registry = "",
     .keys = ""},
    // 3: what a restore leaves behind.
    {.organisation = R"sql(
ALTER TABLE dossiers ADD COLUMN restored_revision INTEGER NOT NULL DEFAULT 0;

CREATE TABLE restores (
  organisation_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  restore_id TEXT NOT NULL,
  backup_at_us INTEGER NOT NULL,
  restored_at_us INTEGER NOT NULL,
  ends_applied_at_us INTEGER NOT NULL,
  released_at_us INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, number)
) STRICT, WITHOUT ROWID;
)sql",
     .registry = "",
     .keys = ""},
    // 4: how far backups reach.
    {.organisation = R"sql(
CREATE TABLE backed_up (
  organisation_id TEXT NOT NULL,
  dossier_id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, dossier_id)
) STRICT, WITHOUT ROWID;
)sql",
     .registry = "",
     .keys = ""},
    // 5: digests, and what was compacted. What was there before has no digest yet and no time.
    {.organisation = R"sql(
ALTER TABLE dossiers ADD COLUMN sealed_digest BLOB NOT NULL DEFAULT x'';
ALTER TABLE dossiers ADD COLUMN compacted_revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dossiers ADD COLUMN compaction_due_us INTEGER NOT NULL DEFAULT 0;
CREATE INDEX dossiers_by_compaction ON dossiers (organisation_id, compaction_due_us, dossier_id);
ALTER TABLE log_entries ADD COLUMN appended_at_us INTEGER NOT NULL DEFAULT 0;
)sql",
     .registry = "",
     .keys = ""},
    // 6: after which restore a device has shown what it keeps, and vouchers of which it is not known any more
    // when
    // they were earned.
    {.organisation = R"sql(
ALTER TABLE devices ADD COLUMN restore_shown TEXT NOT NULL DEFAULT '';
DROP INDEX vouchers_by_wait;
CREATE INDEX vouchers_by_wait
  ON vouchers (organisation_id, scheme_id, (issued_at_us - earned_at_us), earned_at_us)
  WHERE earned_at_us <> 0;
)sql",
     .registry = "",
     .keys = ""},
};
static_assert(std::size(kMigrations) == kSchemaVersion);

const char* ScriptFor(const Migration& migration, FileKind kind) {
  switch (kind) {
    case FileKind::kOrganisation:
      return migration.organisation;
    case FileKind::kRegistry:
      return migration.registry;
    case FileKind::kKeys:
      return migration.keys;
  }
  return "";
}

// "Brug" with its last letter for the kind, as PRAGMA application_id has it.
std::int64_t ApplicationIdOf(FileKind kind) {
  constexpr std::int64_t kBru = 0x42727500;
  switch (kind) {
    case FileKind::kOrganisation:
      return kBru | 'o';
    case FileKind::kRegistry:
      return kBru | 'r';
    case FileKind::kKeys:
      return kBru | 'k';
  }
  return 0;
}

struct FileState {
  std::int64_t application_id = 0;
  std::int64_t version = 0;
  std::int64_t tables_count = 0;
  [[nodiscard]] bool empty() const { return application_id == 0 && version == 0 && tables_count == 0; }
};

FileState StateOf(Database& database) {
  const auto number = [&database](Sql sql) {
    return database.One([](const Statement& row) { return row.Int64(0); }, sql).value_or(0);
  };
  return {.application_id = number("PRAGMA application_id"),
          .version = number("PRAGMA user_version"),
          .tables_count = number("SELECT count(*) FROM sqlite_schema")};
}

platform::Failure Refused(const Database& database, const std::string& why) {
  return {.reason = v1::ERROR_REASON_INTERNAL, .log_detail = database.path() + ": " + why};
}

void Migrate(Database& database, FileKind kind, std::int64_t from_version) {
  std::string script = "BEGIN IMMEDIATE;";
  for (auto version = from_version; version < kSchemaVersion; ++version) {
    script += ScriptFor(kMigrations[version], kind);
  }
  script += "PRAGMA user_version = " + std::to_string(kSchemaVersion) + ";";
  script += "PRAGMA application_id = " + std::to_string(ApplicationIdOf(kind)) + ";";
  database.RunScript(script + "COMMIT;");
}

}  // namespace

platform::Result<std::int64_t> VersionOf(Database& database, FileKind kind) {
  const FileState state = StateOf(database);
  if (database.failed()) return database.failure();
  if (!state.empty() && state.application_id != ApplicationIdOf(kind)) {
    return Refused(database, "this is not the Brug database that belongs here (application_id " +
                                 std::to_string(state.application_id) + ", expected " +
                                 std::to_string(ApplicationIdOf(kind)) + ")");
  }
  if (state.version > kSchemaVersion) {
    return Refused(database, "the database has schema version " + std::to_string(state.version) +
                                 ", this program knows versions up to " + std::to_string(kSchemaVersion) +
                                 ": start the newer program, or bring back a backup from before it");
  }
  return state.version;
}

platform::Result<void> BringUpToDate(Database& database, FileKind kind) {
  const auto version = VersionOf(database, kind);
  if (!version.ok()) return version.failure();
  const auto mode =
      database.One([](const Statement& row) { return row.Bytes(0); }, "PRAGMA journal_mode = WAL");
  if (!database.failed() && mode != "wal")
    return Refused(database, "the file system allows no write-ahead log");
  if (*version < kSchemaVersion) Migrate(database, kind, *version);
  if (database.failed()) return database.failure();
  return {};
}

}  // namespace brug::storage
