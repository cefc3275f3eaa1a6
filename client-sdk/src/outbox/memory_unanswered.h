#pragma once

#include <map>

#include "client-sdk/src/outbox/unanswered.h"
#include "client-sdk/src/vault/memory_transactions.h"

namespace brug::sdk {

// The unanswered requests in a map.
class MemoryUnanswered final : public Unanswered, public MemoryParticipant {
 public:
  [[nodiscard]] Result<std::optional<UnansweredRow>> FindRequest(std::string_view name) const override;
  [[nodiscard]] Result<std::vector<UnansweredRow>> ListRequests() const override;
  Result<void> AddRequest(const UnansweredRow& request) override;
  Result<void> RemoveRequest(std::string_view name) override;
  Result<void> PurgeAll() override;

  void Remember() override { before_ = rows_; }
  void Restore() override { rows_ = before_; }

 private:
  std::map<std::int64_t, UnansweredRow> rows_;
  std::map<std::int64_t, UnansweredRow> before_;
};

}  // namespace brug::sdk
