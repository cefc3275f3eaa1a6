#include "service/rpc/backups.h"

#include <algorithm>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "proto/crypto/random.h"
#include "proto/rules/apply.h"
#include "service/storage/backup_names.h"

namespace brug::rpc {
namespace {

using platform::LogLevel;

// Dossiers that one transaction tells how far they are backed up: calls wait no longer than for so many.
constexpr std::size_t kTellRowsMax = 500;
constexpr std::int64_t kSecondUs = 1'000'000;

std::int64_t ToUs(const google::protobuf::Timestamp& timestamp) {
  return domain::ToMicroseconds(rules::ToInstant(timestamp));
}

// When the newest backup was begun that a schedule made in the folder; 0 when there is none.
std::int64_t LastBegunUs(const storage::Storage& storage, const std::string& directory) {
  const auto backups = storage.Backups();
  if (!backups.ok()) return 0;
  for (const v1::Backup& backup : *backups) {
    const std::string& path = backup.path();
    const std::string name = path.substr(path.find_last_of('/') + 1);
    if (backup.problem().empty() && path == directory + "/" + name && storage::IsOwnBackupName(name))
      return ToUs(backup.begun_at());
  }
  return 0;
}

}  // namespace

Backups::Backups(Office& office, const platform::Configuration& configuration)
    : office_(office),
      directory_(configuration.backup_directory),
      kept_count_(configuration.backups_kept_count),
      plan_(configuration.backup_interval_s * kSecondUs,
            LastBegunUs(office.surroundings().storage, directory_)) {}

void Backups::Make(const std::string& path, Done done) {
  thread_.Post([this, path, done = std::move(done)] { done(MakeNow(path)); });
}

void Backups::BeginWhenDue() {
  if (directory_.empty() || office_.stopping() || !plan_.IsDue(NowUs()) || scheduled_.exchange(true)) return;
  Make("", [this](const v1::Backup& backup) {
    if (backup.problem().empty()) {
      plan_.Made(ToUs(backup.begun_at()));
    } else {
      plan_.Failed(NowUs());
    }
    scheduled_ = false;
  });
}

v1::Backup Backups::MakeNow(const std::string& path) {
  v1::Backup backup;
  const std::int64_t begun_us = NowUs();
  *backup.mutable_begun_at() = rules::ToTimestamp(domain::FromMicroseconds(begun_us));
  backup.set_path(path.empty() ? directory_ + "/" + storage::OwnBackupName(begun_us) : path);
  if (path.empty() && directory_.empty()) {
    backup.set_problem("name the folder to make, or set backup_directory");
    return backup;
  }
  auto done =
      office_.surroundings().storage.BackUp({.backup_id = crypto::NewUuidV4(office_.surroundings().random),
                                             .path = backup.path(),
                                             .now_us = [this] { return NowUs(); },
                                             .go_on = [this] { return !office_.stopping(); }});
  if (!done.ok()) {
    office_.log().Write(LogLevel::kError, "backup_failed",
                        {{"path", backup.path()}, {"detail", done.failure().log_detail}});
    backup.set_problem(done.failure().log_detail);
    return backup;
  }
  office_.log().Write(LogLevel::kInfo, "backup_done",
                      {{"path", backup.path()},
                       {"files", static_cast<std::int64_t>(done->backup.files_size())},
                       {"bytes", done->backup.total_bytes()},
                       {"ms", (NowUs() - begun_us) / 1'000}});
  TellOrganisations(*done);
  if (path.empty()) RetireOld();
  return std::move(done->backup);
}

// What is not told is told by the next backup, which finds the same difference.
void Backups::TellOrganisations(const storage::BackupDone& done) {
  for (const auto& [organisation_id, reached] : done.reached) {
    const auto desk = office_.Open(organisation_id);
    if (!desk.ok()) {
      LogNotTold(organisation_id, desk.failure());
      continue;
    }
    for (std::size_t begin = 0; begin < reached.size(); begin += kTellRowsMax) {
      const std::size_t end = std::min(begin + kTellRowsMax, reached.size());
      const std::vector<storage::ReachedRevision> some(reached.begin() + static_cast<std::ptrdiff_t>(begin),
                                                       reached.begin() + static_cast<std::ptrdiff_t>(end));
      auto stored = std::make_shared<std::promise<platform::Result<void>>>();
      desk->writer->Post(
          [some](storage::Transaction& transaction) {
            for (const auto& [dossier_id, revision] : some)
              transaction.PutBackedUpRevision(dossier_id, revision);
            return true;
          },
          [stored](platform::Result<void> result) { stored->set_value(std::move(result)); });
      const auto result = stored->get_future().get();
      if (!result.ok()) LogNotTold(organisation_id, result.failure());
    }
  }
}

void Backups::LogNotTold(const std::string& organisation_id, const platform::Failure& why) {
  office_.log().Write(LogLevel::kWarning, "backup_not_told",
                      {{"organisation_id", organisation_id}, {"detail", why.log_detail}});
}

void Backups::RetireOld() {
  const auto removed = office_.surroundings().storage.RetireBackups(directory_, kept_count_);
  if (!removed.ok()) {
    office_.log().Write(LogLevel::kWarning, "backups_not_removed",
                        {{"detail", removed.failure().log_detail}});
    return;
  }
  for (const std::string& path : *removed)
    office_.log().Write(LogLevel::kInfo, "backup_removed", {{"path", path}});
}

std::int64_t Backups::NowUs() const { return domain::ToMicroseconds(office_.Now()); }

}  // namespace brug::rpc
