#pragma once

#include <cstdint>
#include <string>

#include "brug/v1/backup.pb.h"
#include "service/storage/backup_files.h"

namespace brug::storage {

struct RestoreOrder {
  // The backup's folder.
  std::string backup = {};
  // Where brugd keeps its data; made when it does not exist.
  std::string data_directory = {};
  // The file of wrapped keys to take; empty to keep those of the data directory, or, where it has not all
  // that the backup needs, to take those beside the backup.
  std::string key_copy = {};
  // Random, a UUID.
  std::string restore_id = {};
  std::int64_t now_us = 0;
};

struct RestoreDone {
  v1::Backup backup = {};
  // The folder that has now what was there before.
  std::string replaced = {};
  // The file that the keys were taken from; empty when those of the data directory stayed.
  std::string keys_from = {};
  // Empty, or what went wrong after the decision: the databases are those of the backup once somebody opens
  // the folder and finishes the exchange.
  std::string unfinished = {};
  // Whether there is a journal of ends in the data directory; the configuration may name one elsewhere.
  bool has_journal = false;
};

// Puts the databases back to a backup, while no brugd uses them: the folder's lock is held meanwhile.
//
//   the data directory has what it had before, or all of the backup
//
// because everything is copied, verified and marked as restored beside it first, and from then on an
// interrupted exchange of names is finished by whoever opens the folder next. What was there is kept in the
// data directory under another name. The journal of ends stays; unused activation codes are void. A failure's
// log detail is a sentence for the operator, and then everything is as it was; what fails after the decision
// is no failure, for it cannot be taken back.
[[nodiscard]] platform::Result<RestoreDone> RestoreBackup(const RestoreOrder& order);

// Finishes an exchange that was interrupted, or forgets one that had not begun. For who holds the lock.
[[nodiscard]] platform::Result<void> FinishRestore(const std::string& data_directory);

}  // namespace brug::storage
