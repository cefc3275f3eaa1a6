#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "service/storage/registry.h"
#include "service/storage_memory/memory_backups.h"
#include "service/storage_memory/memory_faults.h"
#include "service/storage_memory/memory_organisation.h"

namespace brug::storage {

// The registry in memory. What is there is what its calls wrote; a call is one transaction under the mutex.
class MemoryRegistry final : public Registry {
 public:
  explicit MemoryRegistry(const MemoryFaults* faults) : faults_(faults) {}

  platform::Result<bool> InsertOrganisation(const OrganisationRow& organisation) override;
  platform::Result<std::vector<OrganisationRow>> ListOrganisations() const override;
  platform::Result<bool> InsertCode(const ActivationCodeRow& code) override;
  platform::Result<std::optional<ActivationCodeRow>> FindCode(std::string_view code_hmac) const override;
  platform::Result<bool> BindCode(std::string_view code_hmac, std::string_view key_sha256,
                                  std::string_view device_id) override;

  struct Copy {
    std::map<std::string, OrganisationRow> organisations;
    std::map<std::string, ActivationCodeRow, std::less<>> codes;
  };
  [[nodiscard]] Copy MakeCopy() const;
  void PutBack(const Copy& copy);

 private:
  const MemoryFaults* faults_;
  mutable std::mutex mutex_;
  std::map<std::string, OrganisationRow> organisations_;
  std::map<std::string, ActivationCodeRow, std::less<>> codes_;
};

// The key store in memory; as the registry.
class MemoryKeyStore final : public KeyStore {
 public:
  explicit MemoryKeyStore(const MemoryFaults* faults) : faults_(faults) {}

  platform::Result<WrappedKeyRow> InsertOrFind(const WrappedKeyRow& key) override;
  platform::Result<std::optional<WrappedKeyRow>> Find(std::string_view organisation_id,
                                                      std::string_view name) const override;

 private:
  const MemoryFaults* faults_;
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, WrappedKeyRow> keys_;
};

// Everything in memory, for tests and simulation: keeps each promise of the ports but that of outliving the
// process. Any number of organisations; cost: memory for every row.
class MemoryStorage final : public Storage {
 public:
  Registry& registry() override { return registry_; }
  KeyStore& keys() override { return keys_; }
  EndJournal& ends() override { return ends_; }
  platform::Result<OrganisationStore*> OpenOrganisation(std::string_view organisation_id) override;
  // Memory has no files to copy: refused, with a sentence that says so.
  platform::Result<BackupDone> BackUp(const BackupOrder& order) override;
  platform::Result<std::vector<v1::Backup>> Backups() const override { return std::vector<v1::Backup>(); }
  platform::Result<std::vector<std::string>> RetireBackups(const std::string&, std::int64_t) override {
    return std::vector<std::string>();
  }
  platform::Result<void> ProbeWrite() override;
  std::int64_t FreeBytes() const override { return 0; }

  MemoryFaults& faults() { return faults_; }

  // What a backup of the files of another adapter has: everything but the keys. An organisation made since
  // is left as it is.
  struct Copy {
    MemoryRegistry::Copy registry;
    std::map<std::string, MemoryTables, std::less<>> organisations;
  };
  [[nodiscard]] Copy MakeCopy() const;
  void PutBack(const Copy& copy);

 private:
  MemoryFaults faults_;
  MemoryRegistry registry_{&faults_};
  MemoryKeyStore keys_{&faults_};
  MemoryEndJournal ends_{&faults_};
  mutable std::mutex mutex_;
  std::map<std::string, MemoryOrganisation, std::less<>> organisations_;
};

}  // namespace brug::storage
