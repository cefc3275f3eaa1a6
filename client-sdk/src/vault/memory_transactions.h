#pragma once

#include <utility>
#include <vector>

#include "client-sdk/src/vault/transaction.h"

namespace brug::sdk {

// What takes part in a MemoryTransactions.
class MemoryParticipant {
 public:
  virtual ~MemoryParticipant() = default;
  virtual void Remember() = 0;  // a transaction begins
  virtual void Restore() = 0;   // it is undone
};

// Transactions over tables in memory, by a copy of them. Nothing is durable.
class MemoryTransactions final : public Transactions {
 public:
  explicit MemoryTransactions(std::vector<MemoryParticipant*> participants)
      : participants_(std::move(participants)) {}

  Result<void> Begin() override {
    for (MemoryParticipant* participant : participants_) participant->Remember();
    return {};
  }
  Result<void> Commit() override { return {}; }
  void Rollback() override {
    for (MemoryParticipant* participant : participants_) participant->Restore();
  }
  Result<void> Scrub() override { return {}; }

 private:
  std::vector<MemoryParticipant*> participants_;
};

}  // namespace brug::sdk
