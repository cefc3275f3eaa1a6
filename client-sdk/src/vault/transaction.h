#pragma once

#include <brug/result.h>

#include <utility>

namespace brug::sdk {

// Lets writes to the replica and the outbox take effect together: all of them, durably (fsync), or none.
//
// One transaction at a time; a write outside of one is a transaction of its own. Thread safety: one thread.
class Transactions {
 public:
  virtual ~Transactions() = default;

  // Errors of all three: STORAGE_FULL (nothing was changed; try again when there is room), STORAGE_FAILED (as
  // before, the disk refused), STORAGE_DAMAGED (trying again does not help).
  virtual Result<void> Begin() = 0;
  // After an error nothing was changed and the transaction is over.
  virtual Result<void> Commit() = 0;
  virtual void Rollback() = 0;

  // Leaves no byte of what was deleted in any file, logs included. Not within a transaction. Cost: the pages
  // that changed since the last time.
  virtual Result<void> Scrub() = 0;
};

// One transaction, undone unless committed.
class Transaction {
 public:
  [[nodiscard]] static Result<Transaction> Begin(Transactions& transactions) {
    auto begun = transactions.Begin();
    if (!begun.ok()) return begun.error();
    return Transaction(transactions);
  }

  Transaction(Transaction&& other) noexcept : transactions_(std::exchange(other.transactions_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction() {
    if (transactions_ != nullptr) transactions_->Rollback();
  }

  [[nodiscard]] Result<void> Commit() { return std::exchange(transactions_, nullptr)->Commit(); }

 private:
  explicit Transaction(Transactions& transactions) : transactions_(&transactions) {}

  Transactions* transactions_;
};

}  // namespace brug::sdk
