#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "brug/v1/log.pb.h"
#include "tests/simulation/simulated_service.h"

namespace brug::simulation {

// What became of a mutation at the service, by the dossier's log.
struct Effect {
  std::string dossier_id;
  std::int64_t revision = 0;
  // Received after the end of the relation, and refused.
  bool refused = false;
};

// One dossier as the service committed it, revision by revision.
struct DossierTruth {
  std::int64_t revision = 0;
  std::uint64_t salt = 0;
  // Of each record the revisions that changed it, with a hash of its bytes; 0 for a tombstone.
  std::map<std::string, std::vector<std::pair<std::int64_t, std::uint64_t>>> records = {};
  // The same by revision.
  std::vector<std::pair<std::int64_t, std::string>> changes = {};

  // The hash of the record's bytes at that revision; 0 when there was none, or a tombstone.
  [[nodiscard]] std::uint64_t HashAt(const std::string& record_id, std::int64_t at) const;
};

// What the service has, read from its disk after each commit by somebody who holds its keys: against this
// everything else is checked.
class Truth {
 public:
  // Tells of what must never be: a rule by its name, and what is wrong.
  using Report = std::function<void(const std::string& rule, const std::string& words)>;

  Truth(SimulatedService& service, Report report) : service_(service), report_(std::move(report)) {}

  // Reads what was committed since.
  void Follow(const std::string& dossier_id);
  // The same for all that are known; after a start of the service.
  void FollowAll();
  // History was lost: what is there now is all there is.
  void BeginAnew();

  [[nodiscard]] const DossierTruth* Find(const std::string& dossier_id) const;
  [[nodiscard]] const std::map<std::string, DossierTruth>& dossiers() const { return dossiers_; }
  [[nodiscard]] const Effect* FindEffect(const std::string& mutation_id) const;
  [[nodiscard]] std::int64_t effects_count() const { return static_cast<std::int64_t>(effects_.size()); }

 private:
  void Note(const v1::LogEntry& entry, const std::string& dossier_id, std::int64_t revision);

  SimulatedService& service_;
  const Report report_;
  std::map<std::string, DossierTruth> dossiers_;
  std::map<std::string, Effect> effects_;
};

// A hash of a record's bytes, the same for the same record; 0 for none and for a tombstone.
[[nodiscard]] std::uint64_t HashOf(const std::optional<v1::Record>& record);

}  // namespace brug::simulation
