#pragma once

#include <cstdint>
#include <set>

#include "client-sdk/src/sync/holdings.h"
#include "proto/rules/apply.h"

namespace brug::sdk {

// The applied mutations that this device keeps in case the service forgets them, and what becomes of them
// then (document "sync", case 5).
//
//   offered again = pending, with the outcome that it had
//   parked        = pending, without a number, until something new came of its dossier or kParkedMax passed
//
// How long is told by the service's clock alone: the device's may be years off, and be put right meanwhile.
// All of it within the caller's transaction.
class Ring {
 public:
  explicit Ring(Holdings& holdings) : holdings_(holdings) {}

  // The service does not have the history that was revealed: all of it may be lost to it, and is pending
  // again, in a new epoch. What was offered too often stays in the ring: a service that forgets without end
  // is not to be followed.
  [[nodiscard]] Result<void> OfferAgain(Holding& holding);
  // The target has not come back yet: it waits.
  [[nodiscard]] Result<void> Park(const Holding& holding, std::int64_t ordinal, rules::Instant server_time);
  // The ordinals of those that nothing new has come for.
  [[nodiscard]] Result<std::set<std::int64_t>> StillParked(const Holding& holding) const;
  // The ordinals of those that have waited for so long that the service is to judge them like any other.
  [[nodiscard]] Result<std::set<std::int64_t>> ParkedTooLong(const Holding& holding,
                                                             rules::Instant server_time) const;
  // The ordinals of those, and of those that wait since a time that is yet to come: offered once more they
  // begin to wait at a time that is right.
  [[nodiscard]] Result<std::set<std::int64_t>> ParkedOutOfTime(const Holding& holding,
                                                               rules::Instant server_time) const;
  // Forgets what the service has had for long enough and has a backup of.
  [[nodiscard]] Result<void> Prune(const Holding& holding, rules::Instant server_time);

 private:
  Holdings& holdings_;
};

}  // namespace brug::sdk
