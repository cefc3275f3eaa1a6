#include "service/storage_memory/memory_storage.h"

namespace brug::storage {
namespace {

platform::Failure ReadFailure() { return MemoryFailure("a read fails, as the test asked"); }
platform::Failure CommitFailure() { return MemoryFailure("the commit fails, as the test asked"); }

bool Unused(const ActivationCodeRow& code) { return code.bound_key_sha256.empty(); }

}  // namespace

platform::Result<bool> MemoryRegistry::InsertOrganisation(const OrganisationRow& organisation) {
  const std::lock_guard lock(mutex_);
  if (faults_->commits_fail) return CommitFailure();
  return organisations_.emplace(organisation.organisation_id, organisation).second;
}

platform::Result<std::vector<OrganisationRow>> MemoryRegistry::ListOrganisations() const {
  const std::lock_guard lock(mutex_);
  if (faults_->reads_fail) return ReadFailure();
  std::vector<OrganisationRow> rows;
  for (const auto& [id, row] : organisations_) rows.push_back(row);
  return rows;
}

platform::Result<bool> MemoryRegistry::InsertCode(const ActivationCodeRow& code) {
  const std::lock_guard lock(mutex_);
  if (faults_->commits_fail) return CommitFailure();
  if (codes_.contains(code.code_hmac)) return false;
  std::erase_if(codes_, [&code](const auto& entry) {
    const ActivationCodeRow& other = entry.second;
    return Unused(other) && other.organisation_id == code.organisation_id &&
           other.person_id == code.person_id;
  });
  codes_.emplace(code.code_hmac, code);
  return true;
}

platform::Result<std::optional<ActivationCodeRow>> MemoryRegistry::FindCode(
    std::string_view code_hmac) const {
  const std::lock_guard lock(mutex_);
  if (faults_->reads_fail) return ReadFailure();
  const auto found = codes_.find(code_hmac);
  return found == codes_.end() ? std::nullopt : std::optional(found->second);
}

platform::Result<bool> MemoryRegistry::BindCode(std::string_view code_hmac, std::string_view key_sha256,
                                                std::string_view device_id) {
  const std::lock_guard lock(mutex_);
  if (faults_->commits_fail) return CommitFailure();
  const auto found = codes_.find(code_hmac);
  if (found == codes_.end() || !Unused(found->second)) return false;
  found->second.bound_key_sha256 = key_sha256;
  found->second.device_id = device_id;
  return true;
}

platform::Result<WrappedKeyRow> MemoryKeyStore::InsertOrFind(const WrappedKeyRow& key) {
  const std::lock_guard lock(mutex_);
  if (faults_->commits_fail) return CommitFailure();
  return keys_.emplace(std::pair(key.organisation_id, key.name), key).first->second;
}

platform::Result<std::optional<WrappedKeyRow>> MemoryKeyStore::Find(std::string_view organisation_id,
                                                                    std::string_view name) const {
  const std::lock_guard lock(mutex_);
  if (faults_->reads_fail) return ReadFailure();
  const auto found = keys_.find(std::pair(std::string(organisation_id), std::string(name)));
  return found == keys_.end() ? std::nullopt : std::optional(found->second);
}

platform::Result<OrganisationStore*> MemoryStorage::OpenOrganisation(std::string_view organisation_id) {
  const std::lock_guard lock(mutex_);
  auto found = organisations_.find(organisation_id);
  if (found == organisations_.end()) {
    found = organisations_.try_emplace(std::string(organisation_id), &faults_, &ends_, organisation_id).first;
  }
  return &found->second;
}

platform::Result<BackupDone> MemoryStorage::BackUp(const BackupOrder&) {
  return platform::Failure{.log_detail = "with storage=memory there is nothing on disk that could be copied"};
}

MemoryRegistry::Copy MemoryRegistry::MakeCopy() const {
  const std::lock_guard lock(mutex_);
  return {.organisations = organisations_, .codes = codes_};
}

void MemoryRegistry::PutBack(const Copy& copy) {
  const std::lock_guard lock(mutex_);
  organisations_ = copy.organisations;
  codes_ = copy.codes;
}

MemoryStorage::Copy MemoryStorage::MakeCopy() const {
  const std::lock_guard lock(mutex_);
  Copy copy{.registry = registry_.MakeCopy(), .organisations = {}};
  for (const auto& [id, organisation] : organisations_) {
    copy.organisations.emplace(id, organisation.CopyOfTables());
  }
  return copy;
}

void MemoryStorage::PutBack(const Copy& copy) {
  const std::lock_guard lock(mutex_);
  registry_.PutBack(copy.registry);
  for (auto& [id, organisation] : organisations_) {
    const auto found = copy.organisations.find(id);
    if (found != copy.organisations.end()) organisation.PutBack(found->second);
  }
}

platform::Result<void> MemoryStorage::ProbeWrite() {
  if (faults_.commits_fail) return CommitFailure();
  return {};
}

}  // namespace brug::storage
