#pragma once

#include <functional>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>

#include "service/storage/end_journal.h"
#include "service/storage/organisation_store.h"
#include "service/storage_memory/memory_faults.h"
#include "service/storage_memory/memory_tables.h"

namespace brug::storage {

// An organisation's store in memory.
//
//   what a reader sees = the tables after the newest commit
//
// holds because a writer keeps readers out while its transaction is under way, and takes back what it does
// not commit.
class MemoryOrganisation final : public OrganisationStore {
 public:
  // `faults` and `journal` outlive this.
  MemoryOrganisation(const MemoryFaults* faults, EndJournal* journal, std::string_view organisation_id)
      : faults_(faults), journal_(journal), organisation_id_(organisation_id) {}

  platform::Result<void> Write(std::span<const Work> works) override;
  platform::Result<void> Read(const std::function<void(const Snapshot&)>& read) const override;

  // All tables as they are now; and as they were then.
  [[nodiscard]] MemoryTables CopyOfTables() const;
  void PutBack(const MemoryTables& tables);

 private:
  const MemoryFaults* faults_;
  EndJournal* journal_;
  const std::string organisation_id_;
  MemoryTables tables_;
  // Whoever wants the tables queues here first, so that a stream of readers cannot keep a writer out for
  // ever.
  mutable std::mutex queue_;
  mutable std::shared_mutex tables_mutex_;
};

}  // namespace brug::storage
