#include "service/domain/dossier_view.h"

#include "proto/zones/zones.h"

namespace brug::domain {

platform::Result<SealedDossier> OpenDossierView(const ReadingDesk& desk, const std::string& dossier_id) {
  auto keys = desk.surroundings.keys.Dossier(*desk.keys, dossier_id);
  if (!keys.ok()) return keys.failure();
  return SealedDossier(desk.snapshot, {desk.keys->organisation_id, dossier_id, *keys});
}

rules::Zone ZoneOfDossier(const rules::DossierReader& dossier) {
  const auto profile = dossier.Find(rules::kProfileId);
  return zones::ZoneOf(profile ? profile->profile().time_zone() : "");
}

std::string ClientName(const rules::DossierReader& dossier) {
  const auto profile = dossier.Find(rules::kProfileId);
  return profile ? profile->profile().display_name() : "";
}

platform::Result<void> CheckUndamaged(const SealedDossier& dossier) {
  if (!dossier.damaged()) return {};
  return platform::Failure{.reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE, .log_detail = "a record does not open"};
}

}  // namespace brug::domain
