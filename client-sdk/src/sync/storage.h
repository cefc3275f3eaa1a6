#pragma once

#include <brug/result.h>

#include <memory>
#include <string>

#include "client-sdk/src/outbox/outbox.h"
#include "client-sdk/src/outbox/rescued.h"
#include "client-sdk/src/outbox/unanswered.h"
#include "client-sdk/src/replica/replica.h"
#include "client-sdk/src/vault/transaction.h"

namespace brug::sdk {

// A replica, an outbox and the unanswered requests, which change in one transaction. Thread safety: one
// thread.
class Storage {
 public:
  virtual ~Storage() = default;
  [[nodiscard]] virtual Transactions& transactions() = 0;
  [[nodiscard]] virtual Replica& replica() = 0;
  [[nodiscard]] virtual Outbox& outbox() = 0;
  [[nodiscard]] virtual Unanswered& unanswered() = 0;

  // Makes damaged storage anew from what can still be read of it: every mutation and unanswered request whose
  // own bytes are whole, the account, the dossiers with their keys. Records, cursors, numberings and the
  // nonce are not kept: a snapshot follows, and new epochs. Whether what was kept can be opened is for the
  // caller to see. Not within a transaction; afterwards nothing that was read before is to be trusted.
  // Errors: as Transactions; STORAGE_DAMAGED when even the keys cannot be read. Then nothing was changed.
  [[nodiscard]] virtual Result<Rescued> Rescue() = 0;
};

// Opens or makes `directory`/replica.db (mode 0600; the directory 0700) for this process alone, as long as
// the object lives. Errors: REPLICA_IN_USE (another process or object has it), UPDATE_NEEDED (made by a newer
// version), STORAGE_FULL, STORAGE_FAILED, STORAGE_DAMAGED.
[[nodiscard]] Result<std::unique_ptr<Storage>> OpenSqliteStorage(const std::string& directory);

// Keeps everything in memory: for tests and for apps that are to leave nothing behind.
[[nodiscard]] std::unique_ptr<Storage> NewMemoryStorage();

}  // namespace brug::sdk
