#include "client-sdk/src/sync/ring.h"

namespace brug::sdk {
namespace {

// An applied mutation can be offered again to a service that lost history for at least so long.
constexpr std::chrono::days kRingKept{35};
constexpr std::size_t kRingBatch = 64;
// What it is about can come back from another device for so long.
constexpr std::chrono::days kParkedMax{35};
// How often a mutation may leave the ring.
constexpr std::int64_t kTriesMax = 100;

bool IsTooLong(const OfferNote& note, rules::Instant server_time) {
  return server_time - rules::Instant(std::chrono::microseconds(note.parked_since_us)) >= kParkedMax;
}

// Its time cannot be: the clock that gave it was put right since.
bool IsYetToCome(const OfferNote& note, rules::Instant server_time) {
  return rules::Instant(std::chrono::microseconds(note.parked_since_us)) > server_time;
}

}  // namespace

Result<void> Ring::OfferAgain(Holding& holding) {
  auto offered = holdings_.ports().storage->outbox().OfferAgain(holding.row.dossier_id, kTriesMax);
  if (!offered.ok()) return offered.error();
  // What was backed up was backed up of a history that is no more.
  holding.row.backed_up_revision = 0;
  return *offered == 0 ? Result<void>() : holdings_.BeginEpoch(holding);
}

Result<void> Ring::Park(const Holding& holding, std::int64_t ordinal, rules::Instant server_time) {
  return holdings_.ports().storage->outbox().Park({.ordinal = ordinal,
                                                   .dossier_id = holding.row.dossier_id,
                                                   .parked_since_us = server_time.time_since_epoch().count(),
                                                   .parked_revision = holding.row.revision,
                                                   .parked_salt = holding.row.salt});
}

Result<std::set<std::int64_t>> Ring::StillParked(const Holding& holding) const {
  std::set<std::int64_t> still;
  if (holding.row.ended) return still;
  auto parked = holdings_.ports().storage->outbox().ListParked(holding.row.dossier_id);
  if (!parked.ok()) return parked.error();
  for (const OfferNote& note : *parked) {
    if (note.parked_revision == holding.row.revision && note.parked_salt == holding.row.salt)
      still.insert(note.ordinal);
  }
  return still;
}

Result<std::set<std::int64_t>> Ring::ParkedTooLong(const Holding& holding, rules::Instant server_time) const {
  std::set<std::int64_t> too_long;
  auto parked = holdings_.ports().storage->outbox().ListParked(holding.row.dossier_id);
  if (!parked.ok()) return parked.error();
  for (const OfferNote& note : *parked) {
    if (IsTooLong(note, server_time)) too_long.insert(note.ordinal);
  }
  return too_long;
}

Result<std::set<std::int64_t>> Ring::ParkedOutOfTime(const Holding& holding,
                                                     rules::Instant server_time) const {
  std::set<std::int64_t> out_of_time;
  auto parked = holdings_.ports().storage->outbox().ListParked(holding.row.dossier_id);
  if (!parked.ok()) return parked.error();
  for (const OfferNote& note : *parked) {
    if (IsTooLong(note, server_time) || IsYetToCome(note, server_time)) out_of_time.insert(note.ordinal);
  }
  return out_of_time;
}

Result<void> Ring::Prune(const Holding& holding, rules::Instant server_time) {
  Outbox& outbox = holdings_.ports().storage->outbox();
  for (;;) {
    auto oldest = outbox.ListRing(holding.row.dossier_id, kRingBatch);
    if (!oldest.ok()) return oldest.error();
    for (const SettledRow& row : *oldest) {
      auto outcome = Holdings::OpenOutcome(*holding.key, row.sealed_outcome, row.ordinal);
      if (!outcome.ok()) return outcome.error();
      const rules::Instant at = rules::ToInstant(outcome->applied().clamped_at());
      if (row.revision > holding.row.backed_up_revision || server_time - at < kRingKept) return {};
      auto removed = outbox.RemoveFromRing(row.ordinal);
      if (!removed.ok()) return removed;
    }
    if (oldest->size() < kRingBatch) return {};
  }
}

}  // namespace brug::sdk
