#pragma once

#include <cstdint>

#include "service/storage/dossiers.h"

namespace brug::domain {

// One state of one history of a dossier.
struct HistoryPoint {
  std::int64_t revision = 0;
  std::uint64_t salt = 0;
  friend bool operator==(const HistoryPoint&, const HistoryPoint&) = default;
};

// Whether the dossier ever was in this state, as far as its log knows: history that a restore took back is
// not in it. Before the first revision there is nothing that could be lost. Cost: at most one point read.
[[nodiscard]] bool IsInHistory(const storage::DossierReads& reads, const storage::DossierHead& head,
                               const HistoryPoint& point);

}  // namespace brug::domain
