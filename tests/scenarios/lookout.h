#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "tests/simulation/checks.h"

namespace brug::scenarios {

// Counts what scenarios ask for, and passes everything on to the checks.
class Lookout final : public simulation::Onlooker {
 public:
  explicit Lookout(simulation::Checks& checks) : checks_(checks) {}

  void Answered(int station, const sdk::Call& call, const sdk::Answer& answer) override {
    if (call.method == sdk::Method::kSync) syncs_.emplace(station, call.call_id);
    if (!answer.status.ok()) ++refused_[answer.status.reason];
    checks_.Answered(station, call, answer);
  }
  void Committed(const domain::Hints& hints) override { checks_.Committed(hints); }
  void Taken(int station, const sdk::Answer& answer) override {
    if (syncs_.erase({station, answer.call_id}) > 0) ++taken_[station];
    checks_.Taken(station, answer);
  }
  void Accepted(int station, const std::string& dossier_id, const sdk::Accepted& accepted) override {
    checks_.Accepted(station, dossier_id, accepted);
  }
  void DeviceStarted(int station) override { checks_.DeviceStarted(station); }
  void ServiceStarted() override { checks_.ServiceStarted(); }

  [[nodiscard]] std::int64_t TakenBy(int station) { return taken_[station]; }
  // Calls that the service refused with that reason.
  [[nodiscard]] std::int64_t RefusedWith(v1::ErrorReason reason) { return refused_[reason]; }

 private:
  simulation::Checks& checks_;
  std::set<std::pair<int, std::uint64_t>> syncs_;
  std::map<int, std::int64_t> taken_;
  std::map<v1::ErrorReason, std::int64_t> refused_;
};

}  // namespace brug::scenarios
