#pragma once

#include "brug/v1/caseload_service.pb.h"
#include "proto/rules/date.h"
#include "proto/rules/dossier_reader.h"
#include "proto/rules/zone.h"

namespace brug::rules {

// Nothing ticked and nobody in touch for so many days is called quiet: a reason for the mentor to call, nothing else.
inline constexpr int kQuietDays = 14;

// How it goes with the client of `dossier`, for the mentor's eye. The service and a mentor's device compute it alike.
[[nodiscard]] v1::CaseloadEntry Summarise(const DossierReader& dossier, const Zone& zone, Instant now);

// Whether `a` needs a person's attention sooner than `b`: what waits for the mentor first, then quiet, then the longest
// without contact; a paused dossier is not quiet. A strict weak order; ties by dossier id.
[[nodiscard]] bool NeedsAttentionBefore(const v1::CaseloadEntry& a, const v1::CaseloadEntry& b);

}  // namespace brug::rules
