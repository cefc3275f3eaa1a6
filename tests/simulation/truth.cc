#include "tests/simulation/truth.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "service/domain/sealed_dossier.h"

namespace brug::simulation {

std::uint64_t DossierTruth::HashAt(const std::string& record_id, std::int64_t at) const {
  const auto found = records.find(record_id);
  if (found == records.end()) return 0;
  const auto& versions = found->second;
  const auto after =
      std::upper_bound(versions.begin(), versions.end(), at,
                       [](std::int64_t wanted, const auto& version) { return wanted < version.first; });
  return after == versions.begin() ? 0 : std::prev(after)->second;
}

void Truth::Follow(const std::string& dossier_id) {
  const auto keys = service_.KeysOf(dossier_id);
  if (keys == nullptr) return report_("S2", "the keys of dossier " + dossier_id + " are gone");
  DossierTruth& truth = dossiers_[dossier_id];
  service_.Look([&](const storage::Snapshot& snapshot) {
    const auto head = snapshot.FindHead(dossier_id);
    // Made after the backup that the service was put back to, and not shown to it yet.
    if (!head && truth.revision == 0) return;
    if (!head || head->revision < truth.revision) {
      return report_("S2", "dossier " + dossier_id + " was at revision " + std::to_string(truth.revision) +
                               " and is at " + std::to_string(head ? head->revision : -1));
    }
    if (head->revision == truth.revision && truth.salt != head->salt && truth.revision > 0) {
      report_("S4", "revision " + std::to_string(head->revision) + " of dossier " + dossier_id +
                        " names two states");
    }
    const domain::DossierAccess access{service_.organisation_id(), dossier_id, keys};
    // What was compacted before anybody looked is not in the log any more.
    const std::int64_t from = std::max(truth.revision + 1, head->compacted_revision);
    for (std::int64_t revision = from; revision <= head->revision; ++revision) {
      const auto row = snapshot.FindLogEntry(dossier_id, revision);
      v1::LogEntry entry;
      const auto plain =
          row ? domain::OpenForDossier(access, {"log", "", revision}, row->sealed) : std::nullopt;
      if (!plain || !entry.ParseFromString(*plain)) {
        report_("S4",
                "revision " + std::to_string(revision) + " of dossier " + dossier_id + " is not in its log");
        continue;
      }
      Note(entry, dossier_id, revision);
    }
    const domain::SealedDossier dossier(snapshot, access);
    for (const storage::SealedRecord& row :
         snapshot.RecordsAfter(dossier_id, truth.revision, std::numeric_limits<std::int64_t>::max())) {
      const auto record = dossier.Open(row);
      if (!record) {
        report_("S4", "a record of dossier " + dossier_id + " does not open");
        continue;
      }
      truth.records[record->record_id()].emplace_back(row.revision, HashOf(record));
      truth.changes.emplace_back(row.revision, record->record_id());
    }
    truth.revision = head->revision;
    truth.salt = head->salt;
  });
}

void Truth::FollowAll() {
  std::vector<std::string> ids;
  for (const auto& [id, truth] : dossiers_) ids.push_back(id);
  for (const std::string& id : ids) Follow(id);
}

void Truth::BeginAnew() {
  std::vector<std::string> ids;
  for (const auto& [id, truth] : dossiers_) ids.push_back(id);
  dossiers_.clear();
  const auto before = std::exchange(effects_, {});
  for (const std::string& id : ids) Follow(id);
  // What was compacted is in no log, and took effect all the same.
  service_.Look([&](const storage::Snapshot& snapshot) {
    for (const auto& [id, effect] : before) {
      const auto head = snapshot.FindHead(effect.dossier_id);
      if (head && effect.revision <= head->compacted_revision) effects_.try_emplace(id, effect);
    }
  });
}

const DossierTruth* Truth::Find(const std::string& dossier_id) const {
  const auto found = dossiers_.find(dossier_id);
  return found == dossiers_.end() ? nullptr : &found->second;
}

const Effect* Truth::FindEffect(const std::string& mutation_id) const {
  const auto found = effects_.find(mutation_id);
  return found == effects_.end() ? nullptr : &found->second;
}

void Truth::Note(const v1::LogEntry& entry, const std::string& dossier_id, std::int64_t revision) {
  const std::string& id = entry.mutation().mutation_id();
  if (id.empty()) return;
  if (rules::ToInstant(entry.clamped_at()) > service_.now()) {
    report_("C1", "mutation " + id + " counts as done at a time that is yet to come");
  }
  const bool refused = entry.refused() != v1::ERROR_REASON_UNSPECIFIED;
  const auto [known, is_new] =
      effects_.try_emplace(id, Effect{.dossier_id = dossier_id, .revision = revision, .refused = refused});
  if (is_new) return;
  report_("S3", "mutation " + id + " took effect at revision " + std::to_string(known->second.revision) +
                    " and at " + std::to_string(revision));
}

std::uint64_t HashOf(const std::optional<v1::Record>& record) {
  if (!record || record->deleted()) return 0;
  const std::uint64_t hash = std::hash<std::string>()(domain::Serialise(*record));
  return hash == 0 ? 1 : hash;
}

}  // namespace brug::simulation
