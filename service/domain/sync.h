#pragma once

#include <vector>

#include "brug/v1/sync_service.pb.h"
#include "service/domain/desk.h"

namespace brug::domain {

// Whether the call is within its limits; else it is refused whole, with the limit.
[[nodiscard]] platform::Result<void> CheckLimits(const v1::SyncRequest& request);

// Learns again what the statements of `request` say, then decides on its mutations in order and fills
// `response.outcomes`: per mutation validate, apply by the rules, append to the log, store the outcome. A
// mutation takes effect at most once, whatever is repeated. A mutation that is refused holds nothing back,
// and neither does one of lost history whose target has not come back, nor one that cannot be decided by a
// mistake of ours: that is parked, and the operator hears of it. Fails as a whole, with nothing changed, only
// when storage fails.
[[nodiscard]] platform::Result<void> Push(Desk& desk, const v1::SyncRequest& request,
                                          v1::SyncResponse& response);

// Fills the rest of `response`: what changed since the cursors, statements, templates. Changes nothing. Read
// after the commit of Push, so that the outcomes it gave are in the pages it brings.
[[nodiscard]] platform::Result<void> Pull(const ReadingDesk& desk, const v1::SyncRequest& request,
                                          v1::SyncResponse& response);

// What the device found of its dossiers, for the operator: of those that the caller may read, each once.
[[nodiscard]] std::vector<v1::DriftReport> DriftsOf(const ReadingDesk& desk, const v1::SyncRequest& request);

}  // namespace brug::domain
