#pragma once

#include "brug/v1/sync_service.pb.h"
#include "service/domain/desk.h"

namespace brug::domain {

// A dossier's log for people: what was overwritten and by whom, and what was refused after a relation had
// ended; for one record all that happened to it. The caller's right to read the dossier has been checked.
// A page ends before the entry with which it would have more than kPageBytesMax bytes, unless that is its
// first. Cost: the entries that are looked at, at most kHistoryLookedAtMax a call.
[[nodiscard]] platform::Result<v1::ListHistoryResponse> ListHistory(const ReadingDesk& desk,
                                                                    const v1::ListHistoryRequest& request);

inline constexpr std::int64_t kHistoryLookedAtMax = 1'000;

}  // namespace brug::domain
