#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "brug/v1/backup.pb.h"
#include "service/platform/result.h"

namespace brug::storage {

// What the copying of a backup needs to know.
struct BackupOrder {
  // Random, a UUID.
  std::string backup_id = {};
  // The folder to make: a path from the root.
  std::string path = {};
  std::function<std::int64_t()> now_us = {};
  // Asked between pages, by the thread that copies; once it says false the backup ends with STOPPING.
  std::function<bool()> go_on = {};
};

// That a backup has a dossier up to a revision.
struct ReachedRevision {
  std::string dossier_id = {};
  std::int64_t revision = 0;
  friend bool operator==(const ReachedRevision&, const ReachedRevision&) = default;
};

struct BackupDone {
  v1::Backup backup = {};
  // By organisation: the dossiers that reach another revision in this backup than the organisation knows of.
  std::map<std::string, std::vector<ReachedRevision>> reached = {};
};

}  // namespace brug::storage
