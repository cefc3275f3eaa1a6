#include "tests/simulation/plan.h"

#include <algorithm>
#include <array>

namespace brug::simulation {
namespace {

constexpr std::array<std::string_view, kFaultCount> kNames = {"request-lost",
                                                              "answer-lost",
                                                              "never-ends",
                                                              "repeated",
                                                              "overtaken",
                                                              "slow",
                                                              "partition",
                                                              "service-crash",
                                                              "service-crash-in-write",
                                                              "device-crash",
                                                              "device-crash-in-write",
                                                              "device-clock",
                                                              "service-clock",
                                                              "unknown-kind",
                                                              "revocation",
                                                              "service-restore",
                                                              "phone-restore"};

// A device is used about so often: a visit comes to some three mutations.
constexpr std::int64_t kBetweenVisitsS = 41 * 30 * 60;

Fault DrawFault(Dice& dice, const PlanOptions& options) {
  if (options.only) return *options.only;
  // Some are rare in life, and one of them is enough for a seed.
  for (;;) {
    const auto fault = static_cast<Fault>(dice.Below(kFaultCount));
    const bool rare = fault == Fault::kRevocation || fault == Fault::kServiceRestore ||
                      fault == Fault::kPhoneRestore || fault == Fault::kServiceClock;
    if (!rare || dice.OneIn(4)) return fault;
  }
}

Step::Kind DrawKind(Dice& dice, const Plan& plan, const PlanOptions& options) {
  if (dice.OneIn(400)) return Step::Kind::kAway;
  const std::uint64_t drawn = dice.Below(100);
  if (drawn < 25) return options.faults ? Step::Kind::kFault : Step::Kind::kVisit;
  if (drawn < 33) return Step::Kind::kVisitOffline;
  if (drawn < 36) return Step::Kind::kHandover;
  if (drawn < 37) return dice.OneIn(3) ? Step::Kind::kNewClient : Step::Kind::kNewDevice;
  if (drawn < 38) return Step::Kind::kJobs;
  if (drawn < 41) return Step::Kind::kDismiss;
  if (drawn < 44) return Step::Kind::kInspect;
  if (drawn < 62 && plan.rewards) return Step::Kind::kRewards;
  return Step::Kind::kVisit;
}

}  // namespace

std::string_view NameOf(Fault fault) { return kNames[static_cast<std::size_t>(fault)]; }

std::optional<Fault> FindFault(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Fault>(found - kNames.begin());
}

Plan Draw(std::uint64_t seed, const PlanOptions& options) {
  // Not a multiple of what the dice step by: neighbours would be one stream, a step apart.
  Dice dice(seed ^ 0x5851f42d4c957f2d);
  Plan plan{.seed = seed};
  // Mostly few people, who meet in few records; now and then many.
  const int devices_max = dice.OneIn(40) ? options.devices_max * 4 : options.devices_max;
  plan.rewards = dice.OneIn(3) && devices_max >= 5;
  const int staff = plan.rewards ? 3 : 0;
  plan.mentors = static_cast<int>(dice.Between(1, devices_max >= 4 ? 3 : 1));
  const int room = std::max(1, devices_max - staff - plan.mentors);
  plan.clients = static_cast<int>(dice.Between(1, std::max(1, room * 2 / 3)));
  plan.second_devices = static_cast<int>(dice.Between(0, std::clamp(room - plan.clients, 0, plan.clients)));
  plan.adapter = dice.OneIn(16) ? Adapter::kMemory : Adapter::kSqlite;
  const int devices = plan.mentors + plan.clients + plan.second_devices;
  // All of them together make so many visits a day.
  const std::int64_t between_s = kBetweenVisitsS / devices;
  for (int i = 0; i < options.steps; ++i) {
    Step step;
    step.kind = DrawKind(dice, plan, options);
    step.station = static_cast<int>(dice.Below(1'000'000));
    step.seed = dice.Next();
    if (step.kind == Step::Kind::kVisit || step.kind == Step::Kind::kVisitOffline) {
      step.wait_s = dice.Between(0, 2 * between_s);
    }
    if (step.kind == Step::Kind::kFault) step.fault = DrawFault(dice, options);
    plan.steps.push_back(step);
  }
  return plan;
}

std::string Describe(const Step& step) {
  constexpr std::array<std::string_view, 11> kKinds = {"visit",      "visit without a connection",
                                                       "rewards",    "handover",
                                                       "new device", "new client",
                                                       "away",       "jobs",
                                                       "dismiss",    "inspect",
                                                       "fault"};
  std::string line = "+" + std::to_string(step.wait_s) + " s  device " + std::to_string(step.station) + "  " +
                     std::string(kKinds[static_cast<std::size_t>(step.kind)]);
  if (step.kind == Step::Kind::kFault) line += " " + std::string(NameOf(step.fault));
  return line;
}

}  // namespace brug::simulation
