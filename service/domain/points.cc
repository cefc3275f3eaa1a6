#include "service/domain/points.h"

namespace brug::domain {

bool IsInHistory(const storage::DossierReads& reads, const storage::DossierHead& head,
                 const HistoryPoint& point) {
  if (point.revision <= 0) return true;
  if (point.revision == head.revision) return point.salt == head.salt;
  if (point.revision > head.revision) return false;
  const auto entry = reads.FindLogEntry(head.dossier_id, point.revision);
  return entry.has_value() && entry->salt == point.salt;
}

}  // namespace brug::domain
