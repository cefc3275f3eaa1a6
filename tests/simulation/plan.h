#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/world.h"

namespace brug::simulation {

// What can go wrong, and is made to.
enum class Fault {
  kRequestLost,
  kAnswerLost,
  kNeverEnds,
  kRepeated,
  kOvertaken,
  kSlow,
  kPartition,
  kServiceCrash,
  kServiceCrashInWrite,
  kDeviceCrash,
  kDeviceCrashInWrite,
  kDeviceClock,
  kServiceClock,
  kUnknownKind,
  kRevocation,
  kServiceRestore,
  kPhoneRestore,
};
inline constexpr int kFaultCount = 17;
// "answer-lost".
[[nodiscard]] std::string_view NameOf(Fault fault);
[[nodiscard]] std::optional<Fault> FindFault(std::string_view name);

// One thing that happens. All that it leaves to chance comes from its own seed, so that it means the same
// when those before it are left out.
struct Step {
  enum class Kind {
    kVisit,         // somebody opens the app, does things, and closes it
    kVisitOffline,  // the same without a connection
    kRewards,       // somebody does something about money
    kHandover,      // a mentor hands a dossier over, or answers
    kNewDevice,     // a client takes another device
    kNewClient,     // a mentor registers another client
    kAway,          // nobody does anything for weeks, or for more than a year
    kJobs,          // the service runs its jobs
    kDismiss,       // somebody has read what was refused
    kInspect,       // the simulator looks at a device
    kFault,
  };
  Kind kind = Kind::kVisit;
  // Of the stations that there are, modulo their number.
  int station = 0;
  std::uint64_t seed = 0;
  // How much time passes before it.
  std::int64_t wait_s = 0;
  Fault fault = Fault::kRequestLost;
};

// Everything that happens under one seed.
struct Plan {
  std::uint64_t seed = 1;
  int mentors = 1;
  int clients = 1;
  // Clients with two devices from the start.
  int second_devices = 0;
  bool rewards = false;
  Adapter adapter = Adapter::kSqlite;
  std::vector<Step> steps = {};
};

struct PlanOptions {
  // What a seed begins with (an organisation, people, their devices) takes as long as some thirty of them.
  int steps = 90;
  // At the most, those of staff too.
  int devices_max = 12;
  // This fault and no other.
  std::optional<Fault> only = {};
  bool faults = true;
};

// The plan of a seed: a function of both.
[[nodiscard]] Plan Draw(std::uint64_t seed, const PlanOptions& options);

// One line: what happens in a step, for whoever reads a history.
[[nodiscard]] std::string Describe(const Step& step);

}  // namespace brug::simulation
