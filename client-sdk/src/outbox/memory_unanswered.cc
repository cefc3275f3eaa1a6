#include "client-sdk/src/outbox/memory_unanswered.h"

#include "client-sdk/src/vault/error.h"

namespace brug::sdk {

Result<std::optional<UnansweredRow>> MemoryUnanswered::FindRequest(std::string_view name) const {
  for (const auto& [ordinal, row] : rows_) {
    if (row.name == name) return std::optional<UnansweredRow>(row);
  }
  return std::optional<UnansweredRow>();
}

Result<std::vector<UnansweredRow>> MemoryUnanswered::ListRequests() const {
  std::vector<UnansweredRow> rows;
  for (const auto& [ordinal, row] : rows_) rows.push_back(row);
  return rows;
}

Result<void> MemoryUnanswered::AddRequest(const UnansweredRow& request) {
  for (const auto& [ordinal, row] : rows_) {
    if (row.name == request.name || ordinal == request.ordinal) return StorageDamaged();
  }
  rows_[request.ordinal] = request;
  return {};
}

Result<void> MemoryUnanswered::RemoveRequest(std::string_view name) {
  std::erase_if(rows_, [name](const auto& entry) { return entry.second.name == name; });
  return {};
}

Result<void> MemoryUnanswered::PurgeAll() {
  rows_.clear();
  return {};
}

}  // namespace brug::sdk
