#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "service/storage/registry.h"

namespace brug::storage {

// Batches as a service writes them, so that a test can tell afterwards what of them is there.
//
// Batch n of a dossier moves its head from n-1 to n, writes a record, a log entry, an outcome and a progress
// for it, pays n cents in and reserves them, issues a voucher and spends the one before: either all of these
// tell of it, or none.
class StorageHistory {
 public:
  static constexpr int kDossiers = 3;

  // Writes batch `number`, one work a dossier and one more that says false.
  static platform::Result<void> WriteBatch(OrganisationStore& store, std::int64_t number);
  // The newest batch that is there; nothing when what is there is not a whole number of batches. Says what is
  // wrong.
  static std::optional<std::int64_t> NewestBatch(const OrganisationStore& store, std::string* wrong);
};

}  // namespace brug::storage
