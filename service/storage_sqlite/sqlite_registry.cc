#include "service/storage_sqlite/sqlite_registry.h"

namespace brug::storage {
namespace {

// How rows are read: each in the order of its SELECT.

OrganisationRow OrganisationOf(const Statement& row) {
  return {.organisation_id = row.Bytes(0), .display_name = row.Bytes(1), .created_at_us = row.Int64(2)};
}

ActivationCodeRow CodeOf(const Statement& row) {
  return {.code_hmac = row.Bytes(0),
          .organisation_id = row.Bytes(1),
          .person_id = row.Bytes(2),
          .expires_at_us = row.Int64(3),
          .bound_key_sha256 = row.Bytes(4),
          .device_id = row.Bytes(5)};
}

WrappedKeyRow KeyOf(const Statement& row) {
  return {.organisation_id = row.Bytes(0), .name = row.Bytes(1), .wrapped = row.Bytes(2)};
}

std::optional<WrappedKeyRow> FindKey(Database& database, std::string_view organisation_id,
                                     std::string_view name) {
  return database.One(
      KeyOf, "SELECT organisation_id, name, wrapped FROM wrapped_keys WHERE organisation_id = ? AND name = ?",
      organisation_id, name);
}

bool InsertNewCode(Database& database, const ActivationCodeRow& code) {
  return database.Run(
             "INSERT INTO activation_codes (code_hmac, organisation_id, person_id, expires_at_us,"
             " bound_key_sha256, device_id) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
             Blob(code.code_hmac), code.organisation_id, code.person_id, code.expires_at_us,
             Blob(code.bound_key_sha256), code.device_id) == 1;
}

void VoidOtherCodes(Database& database, const ActivationCodeRow& code) {
  database.Run(
      "DELETE FROM activation_codes WHERE organisation_id = ? AND person_id = ? AND code_hmac <> ?"
      " AND length(bound_key_sha256) = 0",
      code.organisation_id, code.person_id, Blob(code.code_hmac));
}

// One change in a transaction of its own, and whether it took; what did not take is not committed.
platform::Result<bool> WriteOne(DatabaseFile& file, const std::function<bool(Database&)>& change) {
  bool took = false;
  auto written = file.Write([&](Database& database) { return took = change(database); });
  if (!written.ok()) return written.failure();
  return took;
}

}  // namespace

platform::Result<bool> SqliteRegistry::InsertOrganisation(const OrganisationRow& organisation) {
  return WriteOne(*file_, [&](Database& database) {
    return database.Run(
               "INSERT INTO organisations (organisation_id, display_name, created_at_us) VALUES (?, ?, ?)"
               " ON CONFLICT DO NOTHING",
               organisation.organisation_id, organisation.display_name, organisation.created_at_us) == 1;
  });
}

platform::Result<std::vector<OrganisationRow>> SqliteRegistry::ListOrganisations() const {
  std::vector<OrganisationRow> rows;
  auto done = file_->Read([&](Database& database) {
    rows = database.All(OrganisationOf,
                        "SELECT organisation_id, display_name, created_at_us FROM organisations"
                        " ORDER BY organisation_id");
  });
  if (!done.ok()) return done.failure();
  return rows;
}

platform::Result<bool> SqliteRegistry::HasOrganisation(std::string_view organisation_id) const {
  bool has = false;
  auto done = file_->Read([&](Database& database) {
    has = database
              .One([](const Statement& row) { return row.Int(0); },
                   "SELECT 1 FROM organisations WHERE organisation_id = ?", organisation_id)
              .has_value();
  });
  if (!done.ok()) return done.failure();
  return has;
}

platform::Result<bool> SqliteRegistry::InsertCode(const ActivationCodeRow& code) {
  return WriteOne(*file_, [&](Database& database) {
    if (!InsertNewCode(database, code)) return false;
    VoidOtherCodes(database, code);
    return true;
  });
}

platform::Result<std::optional<ActivationCodeRow>> SqliteRegistry::FindCode(
    std::string_view code_hmac) const {
  std::optional<ActivationCodeRow> code;
  auto done = file_->Read([&](Database& database) {
    code = database.One(
        CodeOf,
        "SELECT code_hmac, organisation_id, person_id, expires_at_us, bound_key_sha256, device_id"
        " FROM activation_codes WHERE code_hmac = ?",
        Blob(code_hmac));
  });
  if (!done.ok()) return done.failure();
  return code;
}

platform::Result<bool> SqliteRegistry::BindCode(std::string_view code_hmac, std::string_view key_sha256,
                                                std::string_view device_id) {
  return WriteOne(*file_, [&](Database& database) {
    return database.Run(
               "UPDATE activation_codes SET bound_key_sha256 = ?, device_id = ?"
               " WHERE code_hmac = ? AND length(bound_key_sha256) = 0",
               Blob(key_sha256), device_id, Blob(code_hmac)) == 1;
  });
}

platform::Result<void> SqliteRegistry::ProbeWrite() {
  return file_->Write([](Database& database) {
    return database.Run("INSERT INTO probes (probe) VALUES (0)") == 1 &&
           database.Run("DELETE FROM probes WHERE probe = 0") == 1;
  });
}

platform::Result<WrappedKeyRow> SqliteKeyStore::InsertOrFind(const WrappedKeyRow& key) {
  std::optional<WrappedKeyRow> there;
  auto done = file_->Write([&](Database& database) {
    const bool inserted = database.Run(
                              "INSERT INTO wrapped_keys (organisation_id, name, wrapped) VALUES (?, ?, ?)"
                              " ON CONFLICT DO NOTHING",
                              key.organisation_id, key.name, Blob(key.wrapped)) == 1;
    there = inserted ? key : FindKey(database, key.organisation_id, key.name);
    return inserted;
  });
  if (!done.ok()) return done.failure();
  return *std::move(there);
}

platform::Result<std::optional<WrappedKeyRow>> SqliteKeyStore::Find(std::string_view organisation_id,
                                                                    std::string_view name) const {
  std::optional<WrappedKeyRow> key;
  auto done = file_->Read([&](Database& database) { key = FindKey(database, organisation_id, name); });
  if (!done.ok()) return done.failure();
  return key;
}

platform::Result<bool> SqliteKeyStore::HasOrganisations() const {
  bool has = false;
  auto done = file_->Read([&](Database& database) {
    has = database
              .One([](const Statement& row) { return row.Int(0); },
                   "SELECT 1 FROM wrapped_keys WHERE name = 'organisation' LIMIT 1")
              .has_value();
  });
  if (!done.ok()) return done.failure();
  return has;
}

}  // namespace brug::storage
