#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "tests/simulation/checks.h"
#include "tests/simulation/plan.h"

namespace brug::simulation {

// What the run of a plan came to.
struct Outcome {
  std::optional<Violation> violation = {};
  std::uint64_t trace_hash = 0;
  std::int64_t mutations = 0;
  double device_days = 0;
  std::int64_t faults = 0;
  Tally tally = {};
};

struct RunOptions {
  // A folder that this run may use for itself.
  std::string folder;
  // The name of a planted fault; empty for none.
  std::string plant = {};
  // Gets each line of the trace.
  std::function<void(std::string_view)> on_line = {};
};

// Plays a plan from beginning to end, or to the first violation. The same plan and options give the same
// outcome.
[[nodiscard]] Outcome Run(const Plan& plan, const RunOptions& options);

// A plan that is part of `plan`, as small as was found within `runs_max` runs, and still breaks the same
// rule.
[[nodiscard]] Plan Shrink(const Plan& plan, const Violation& violation, const RunOptions& options,
                          int runs_max);

}  // namespace brug::simulation
