#pragma once

#include "brug/v1/caseload_service.pb.h"
#include "proto/rules/date.h"
#include "proto/rules/dossier_reader.h"
#include "proto/rules/zone.h"

namespace brug::rules {

// Nothing ticked and nobody in touch for so many days is called quiet: a reason for the mentor to call,
// nothing else.
inline constexpr int kQuietDays = 14;

// How it goes with the client of `dossier`, for the mentor's eye. The service and a mentor's device compute
// it alike. The caller fills `dossier_id`, which no record knows.
//
// A word of a mentor is a talk, a message or an appreciation: what the client wrote before it does not wait.
// A sign that somebody was in touch is one of those, a message of the client, or a tick on the day that it
// was recorded. The opening of the dossier is none: it stands in until the first. Ticks of a deleted step are
// not counted. Cost: the ticks, messages and contacts.
[[nodiscard]] v1::CaseloadEntry Summarise(const DossierReader& dossier, const Zone& zone, Instant now);

// Whether `a` needs a person's attention sooner than `b`: what waits for the mentor first, then quiet, then
// the longest without contact; a paused dossier is not quiet. A strict weak order; ties by dossier id.
[[nodiscard]] bool NeedsAttentionBefore(const v1::CaseloadEntry& a, const v1::CaseloadEntry& b);

}  // namespace brug::rules
