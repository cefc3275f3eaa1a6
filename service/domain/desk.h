#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "brug/v1/person.pb.h"
#include "proto/crypto/random.h"
#include "proto/rules/date.h"
#include "proto/rules/zone.h"
#include "service/domain/keys.h"
#include "service/platform/clock.h"
#include "service/storage/registry.h"

namespace brug::domain {

// What every operation of the domain draws on; one for the life of the service.
struct Surroundings {
  const platform::Clock& clock;
  crypto::RandomSource& random;
  const rules::ZoneReader& zones;
  storage::Storage& storage;
  KeyRing& keys;
};

// Who calls: read from the session's token and checked against the directory as it is now, never from the
// request.
struct Caller {
  std::string organisation_id;
  std::string person_id;
  std::string device_id;
  std::vector<v1::Role> roles;
  // The client's own dossier; empty for staff.
  std::string dossier_id;
  // Of the call's texts: a BCP 47 tag or Accept-Language list.
  std::string language;

  [[nodiscard]] bool Has(v1::Role role) const;
};

// Who should be told that something changed, after the commit. Losing a hint costs nothing.
struct Hints {
  // Dossiers and the revision they are at.
  std::set<std::pair<std::string, std::int64_t>> dossiers;
  // People with new statements or devices.
  std::set<std::string> people;
  // For the operator: what was shown again after a restore and could not be taken, by its id, and why.
  std::map<std::string, std::string> passed_over;

  void PassOver(const std::string& id, const platform::Failure& why);
};

// What one operation works with while it reads: a snapshot of one organisation, on behalf of one caller, at
// one instant.
struct ReadingDesk {
  const Surroundings& surroundings;
  const storage::Snapshot& snapshot;
  const Caller& caller;
  std::shared_ptr<const OrganisationKeys> keys;
  rules::Instant now;
};

// The same while it writes. Every operation of the domain is a function of a desk and a request: synchronous,
// without threads or a clock of its own, and able to be run again from the start. A failure undoes what it
// wrote.
struct Desk {
  const Surroundings& surroundings;
  storage::Transaction& transaction;
  const Caller& caller;
  std::shared_ptr<const OrganisationKeys> keys;
  rules::Instant now;
  Hints hints = {};
};

// Instants as storage keeps them.
[[nodiscard]] std::int64_t ToMicroseconds(rules::Instant instant);
[[nodiscard]] rules::Instant FromMicroseconds(std::int64_t us);

}  // namespace brug::domain
