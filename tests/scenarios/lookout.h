#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "brug/v1/sync_service.pb.h"
#include "tests/simulation/checks.h"

namespace brug::scenarios {

// Counts what scenarios ask for, and passes everything on to the checks.
class Lookout final : public simulation::Onlooker {
 public:
  explicit Lookout(simulation::Checks& checks) : checks_(checks) {}

  void Answered(int station, const sdk::Call& call, const sdk::Answer& answer) override {
    if (call.method == sdk::Method::kSync) syncs_.emplace(station, call.call_id);
    if (!answer.status.ok()) ++refused_[answer.status.reason];
    if (call.method == sdk::Method::kSync && answer.status.ok()) CountAnew(station, answer);
    checks_.Answered(station, call, answer);
  }
  void Committed(const domain::Hints& hints) override { checks_.Committed(hints); }
  void Taken(int station, const sdk::Answer& answer) override {
    // Being asked to sign in anew is no answer to what was asked.
    if (syncs_.erase({station, answer.call_id}) > 0 && answer.status.ok()) ++taken_[station];
    checks_.Taken(station, answer);
  }
  void Accepted(int station, const std::string& dossier_id, const sdk::Accepted& accepted) override {
    checks_.Accepted(station, dossier_id, accepted);
  }
  void DeviceStarted(int station) override { checks_.DeviceStarted(station); }
  void ServiceStarted() override { checks_.ServiceStarted(); }

  [[nodiscard]] std::int64_t TakenBy(int station) { return taken_[station]; }
  // Dossiers that the service gave anew since this was last asked.
  [[nodiscard]] std::int64_t TakeGivenAnewTo(int station) { return std::exchange(given_anew_[station], 0); }
  // Calls that the service refused with that reason since this was last asked.
  [[nodiscard]] std::int64_t TakeRefusedWith(v1::ErrorReason reason) {
    return std::exchange(refused_[reason], 0);
  }

 private:
  void CountAnew(int station, const sdk::Answer& answer) {
    v1::SyncResponse response;
    if (!response.ParseFromString(answer.response)) return;
    for (const v1::DossierPage& page : response.pages()) given_anew_[station] += page.snapshot() ? 1 : 0;
  }

  simulation::Checks& checks_;
  std::set<std::pair<int, std::uint64_t>> syncs_;
  std::map<int, std::int64_t> taken_;
  std::map<int, std::int64_t> given_anew_;
  std::map<v1::ErrorReason, std::int64_t> refused_;
};

}  // namespace brug::scenarios
