#pragma once

#include <functional>
#include <span>

#include "service/platform/result.h"
#include "service/storage/backups.h"
#include "service/storage/directory.h"
#include "service/storage/dossiers.h"
#include "service/storage/money.h"

namespace brug::storage {

// One state of everything an organisation has, read.
//
// How errors show: a read that fails (a disk, a damaged page) answers "nothing" and marks the snapshot or
// transaction as failed; OrganisationStore::Read and Write then answer STORAGE_UNAVAILABLE and nothing is
// committed. So nothing that was decided on such an answer ever reaches a caller or the disk.
class Snapshot : public virtual DossierReads,
                 public virtual DirectoryReads,
                 public virtual MoneyReads,
                 public virtual BackupReads {
 public:
  [[nodiscard]] virtual bool failed() const = 0;
};

class Transaction;

// One piece of work within a transaction. Says whether its changes stay: false undoes this work alone, and
// none of those it shares the commit with. It may be run again from the start, so what it leaves outside the
// transaction must be the same each time or be overwritten.
using Work = std::function<bool(Transaction&)>;

// The same, written.
class Transaction : public virtual Snapshot,
                    public virtual DossierWrites,
                    public virtual DirectoryWrites,
                    public virtual MoneyWrites,
                    public virtual BackupWrites {
 public:
  // Runs the work as a part of the one that calls this, and says what it said. False undoes it alone: what
  // was written before it stays.
  virtual bool Attempt(const Work& work) = 0;
};

// Everything of one organisation. Adapters: memory, SQLite (one database file an organisation).
class OrganisationStore {
 public:
  virtual ~OrganisationStore() = default;

  // Runs the works in order, each seeing what those before it wrote, and commits them together, durably: when
  // it returns without a failure the changes survive loss of power. On a failure nothing of any of them is
  // there, and STORAGE_UNAVAILABLE may be tried again, work by work if need be; only when the process ends
  // before a later Write succeeds may all of them turn out to be there, as after any answer that was lost.
  // One caller at a time; never from within a Read or Write of this store on the same thread.
  virtual platform::Result<void> Write(std::span<const Work> works) = 0;

  // Runs `read` on the state of the newest commit. Any number of callers at once, from any thread, but never
  // from within a Read or Write of this store on the same thread. STORAGE_UNAVAILABLE may be tried again.
  virtual platform::Result<void> Read(const std::function<void(const Snapshot&)>& read) const = 0;
};

}  // namespace brug::storage
