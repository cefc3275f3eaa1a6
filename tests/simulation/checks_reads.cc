#include <set>

#include "tests/simulation/checks.h"

// What the checks read of the service's disk and of the devices.
namespace brug::simulation {

v1::DeviceState Checks::StateOf(int station) {
  int state = 0;
  const std::string device_id = world_->device(station).core().account()->device_id;
  world_->service().Look([&](const storage::Snapshot& snapshot) {
    const auto device = snapshot.FindDevice(device_id);
    if (device) state = device->state;
  });
  return static_cast<v1::DeviceState>(state);
}

bool Checks::IsLive(int station) {
  return world_->device(station).core().account().has_value() && StateOf(station) == v1::DEVICE_STATE_LIVE;
}

bool Checks::MayRead(int station, const std::string& dossier_id) {
  const Station& at = world_->station(station);
  if (revoked_.contains(station)) return false;
  if (at.dossier_id == dossier_id) return true;
  bool may = false;
  world_->service().Look([&](const storage::Snapshot& snapshot) {
    for (const storage::RelationRow& relation : snapshot.RelationsOfDossier(dossier_id)) {
      may = may || (relation.person_id == at.person_id && relation.until_us == 0);
    }
  });
  return may;
}

std::int64_t Checks::CompactedOf(const std::string& dossier_id) {
  std::int64_t revision = 0;
  world_->service().Look([&](const storage::Snapshot& snapshot) {
    const auto head = snapshot.FindHead(dossier_id);
    if (head) revision = head->compacted_revision;
  });
  return revision;
}

std::map<std::string, std::uint64_t> Checks::ViewOf(int station, const std::string& dossier_id) {
  std::map<std::string, std::uint64_t> hashes;
  auto view = world_->device(station).core().ViewOf(dossier_id);
  if (!view.ok()) return hashes;
  std::set<std::string> ids = shown_[dossier_id];
  if (const DossierTruth* truth = truth_->Find(dossier_id)) {
    for (const auto& [id, versions] : truth->records) ids.insert(id);
  }
  for (const std::string& id : ids) hashes[id] = HashOf((*view)->Find(id));
  return hashes;
}

}  // namespace brug::simulation
