#pragma once

#include "proto/rules/zone.h"
#include "service/domain/desk.h"
#include "service/domain/sealed_dossier.h"

namespace brug::domain {

// Opens a dossier for reading. The caller's right to read it has been checked. Fails when its key cannot be
// had.
[[nodiscard]] platform::Result<SealedDossier> OpenDossierView(const ReadingDesk& desk,
                                                              const std::string& dossier_id);

// The time zone that the dossier's dates are in.
[[nodiscard]] rules::Zone ZoneOfDossier(const Surroundings& surroundings,
                                        const rules::DossierReader& dossier);

// What the client wants to be called.
[[nodiscard]] std::string ClientName(const rules::DossierReader& dossier);

// What is read of a damaged dossier must not be shown as if it were all.
[[nodiscard]] platform::Result<void> CheckUndamaged(const SealedDossier& dossier);

}  // namespace brug::domain
