#include "service/domain/dossier_view.h"

namespace brug::domain {

platform::Result<SealedDossier> OpenDossierView(const ReadingDesk& desk, const std::string& dossier_id) {
  auto keys = desk.surroundings.keys.Dossier(*desk.keys, dossier_id);
  if (!keys.ok()) return keys.failure();
  return SealedDossier(desk.snapshot, {desk.keys->organisation_id, dossier_id, *keys});
}

rules::Zone ZoneOfDossier(const Surroundings& surroundings, const rules::DossierReader& dossier) {
  const auto profile = dossier.Find(rules::kProfileId);
  auto zone = surroundings.zones.FindZone(profile ? profile->profile().time_zone() : "");
  // A zone is checked before it is stored; one that this machine's tzdata lacks counts as UTC rather than as
  // no dossier.
  return zone ? *std::move(zone) : rules::Zone();
}

std::string ClientName(const rules::DossierReader& dossier) {
  const auto profile = dossier.Find(rules::kProfileId);
  return profile ? profile->profile().display_name() : "";
}

platform::Result<void> CheckUndamaged(const SealedDossier& dossier) {
  if (!dossier.damaged()) return {};
  return platform::Failure{.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE,
                           .log_detail = "a record does not open"};
}

}  // namespace brug::domain
