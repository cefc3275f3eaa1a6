#pragma once

#include <chrono>

#include "service/domain/desk.h"
#include "service/domain/job.h"

namespace brug::domain {

// So long a device may be away and still go on where it was: for so long the log and the tombstones are kept.
inline constexpr std::chrono::days kOfflineMax{400};
// How often a dossier is looked at.
inline constexpr std::chrono::days kCompactionInterval{30};
// And one that could not be compacted, because its key or a record cannot be read.
inline constexpr std::chrono::days kCompactionRetry{1};

// Removes from the dossiers that are due what is older than kOfflineMax: the log's entries below a revision
// and the tombstones up to it. That revision is the dossier's compacted_revision; a cursor from before it
// begins anew with a snapshot. Stops behind the dossier with which `rows_max` rows were removed or looked at;
// of one dossier it takes at most as many revisions, or kJobRowsMax if that is more, and the rest stays due.
// One that cannot be compacted stays as it is, counts as skipped, and holds no other back. What is live, and
// the newest entry of the log, stay. Run as ServiceCaller(), as often as one likes: what is gone already
// costs nothing. A failure: nothing of it may stay, and the job may be run again.
[[nodiscard]] platform::Result<JobDone> CompactDossiers(Desk& desk, std::int64_t rows_max);

}  // namespace brug::domain
