#pragma once

#include <memory>

#include "service/storage/registry.h"
#include "service/storage_sqlite/database_file.h"

namespace brug::storage {

// The registry in a SQLite file. Owns nothing; the file is of FileKind::kRegistry.
class SqliteRegistry final : public Registry {
 public:
  explicit SqliteRegistry(DatabaseFile* file) : file_(file) {}

  platform::Result<bool> InsertOrganisation(const OrganisationRow& organisation) override;
  platform::Result<std::vector<OrganisationRow>> ListOrganisations() const override;
  platform::Result<bool> InsertCode(const ActivationCodeRow& code) override;
  platform::Result<std::optional<ActivationCodeRow>> FindCode(std::string_view code_hmac) const override;
  platform::Result<bool> BindCode(std::string_view code_hmac, std::string_view key_sha256,
                                  std::string_view device_id) override;
  platform::Result<bool> HasOrganisation(std::string_view organisation_id) const;
  // What Storage::ProbeWrite promises.
  platform::Result<void> ProbeWrite();

 private:
  DatabaseFile* file_;
};

// The key store in a SQLite file. Owns nothing; the file is of FileKind::kKeys.
class SqliteKeyStore final : public KeyStore {
 public:
  explicit SqliteKeyStore(DatabaseFile* file) : file_(file) {}

  platform::Result<WrappedKeyRow> InsertOrFind(const WrappedKeyRow& key) override;
  platform::Result<std::optional<WrappedKeyRow>> Find(std::string_view organisation_id,
                                                      std::string_view name) const override;
  // Whether it has the key of any organisation.
  [[nodiscard]] platform::Result<bool> HasOrganisations() const;

 private:
  DatabaseFile* file_;
};

}  // namespace brug::storage
