#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "brug/v1/backup.pb.h"
#include "service/platform/configuration.h"
#include "service/rpc/backup_plan.h"
#include "service/rpc/office.h"
#include "service/rpc/threads.h"

namespace brug::rpc {

// Makes backups: one after the other, on a thread of its own, while everybody goes on; and lets the
// organisations know how far they reach.
//
// Thread safety: any number of threads. Ends the backup that is under way when the office stops.
class Backups {
 public:
  Backups(Office& office, const platform::Configuration& configuration);

  // Called with the backup, or with one that has a problem; on the thread that made it.
  using Done = std::function<void(v1::Backup)>;
  // Makes a backup in the folder `path`; an empty one is a new folder in backup_directory.
  void Make(const std::string& path, Done done);
  // Begins one when the schedule says that one is due. To be called every few seconds.
  void BeginWhenDue();

 private:
  v1::Backup MakeNow(const std::string& path);
  void TellOrganisations(const storage::BackupDone& done);
  void LogNotTold(const std::string& organisation_id, const platform::Failure& why);
  void RetireOld();
  [[nodiscard]] std::int64_t NowUs() const;

  Office& office_;
  // Empty: nothing is due, ever.
  const std::string directory_;
  const std::int64_t kept_count_;
  BackupPlan plan_;
  std::atomic<bool> scheduled_ = false;
  // The last member: its thread uses the others.
  Workers thread_{1};
};

}  // namespace brug::rpc
