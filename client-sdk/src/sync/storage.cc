#include "client-sdk/src/sync/storage.h"

#include <utility>

#include "client-sdk/src/outbox/memory_outbox.h"
#include "client-sdk/src/outbox/memory_unanswered.h"
#include "client-sdk/src/outbox/sqlite_outbox.h"
#include "client-sdk/src/outbox/sqlite_rescue.h"
#include "client-sdk/src/outbox/sqlite_unanswered.h"
#include "client-sdk/src/replica/memory_replica.h"
#include "client-sdk/src/replica/sqlite_replica.h"
#include "client-sdk/src/vault/error.h"

namespace brug::sdk {
namespace {

std::string SqliteSchema() {
  return std::string(kSqliteReplicaSchema) + kSqliteOutboxSchema + kSqliteUnansweredSchema;
}

class SqliteStorage final : public Storage {
 public:
  explicit SqliteStorage(std::unique_ptr<SqliteFile> file)
      : file_(std::move(file)), replica_(*file_), outbox_(*file_), unanswered_(*file_) {}

  Transactions& transactions() override { return *file_; }
  Replica& replica() override { return replica_; }
  Outbox& outbox() override { return outbox_; }
  Unanswered& unanswered() override { return unanswered_; }
  Result<Rescued> Rescue() override { return RescueSqlite(*file_, SqliteSchema()); }

 private:
  std::unique_ptr<SqliteFile> file_;
  SqliteReplica replica_;
  SqliteOutbox outbox_;
  SqliteUnanswered unanswered_;
};

class MemoryStorage final : public Storage {
 public:
  Transactions& transactions() override { return transactions_; }
  Replica& replica() override { return replica_; }
  Outbox& outbox() override { return outbox_; }
  Unanswered& unanswered() override { return unanswered_; }
  // Memory is never damaged.
  Result<Rescued> Rescue() override { return StorageDamaged(); }

 private:
  MemoryReplica replica_;
  MemoryOutbox outbox_;
  MemoryUnanswered unanswered_;
  MemoryTransactions transactions_{{&replica_, &outbox_, &unanswered_}};
};

}  // namespace

Result<std::unique_ptr<Storage>> OpenSqliteStorage(const std::string& directory) {
  auto file = SqliteFile::Open(directory, SqliteSchema());
  if (!file.ok()) return file.error();
  return std::unique_ptr<Storage>(std::make_unique<SqliteStorage>(std::move(*file)));
}

std::unique_ptr<Storage> NewMemoryStorage() { return std::make_unique<MemoryStorage>(); }

}  // namespace brug::sdk
