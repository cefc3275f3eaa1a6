#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cinttypes>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <string>

#include "tests/simulation/plants.h"
#include "tests/simulation/run.h"

// brug-sim: README.md says what it does and how to replay what it found.
namespace brug::simulation {
namespace {

// From so many on, what did not come about is missing.
constexpr std::uint64_t kSeedsEnough = 300;
constexpr int kShrinkRunsMax = 100;

struct Arguments {
  std::string seeds = "1..100";
  PlanOptions plan;
  std::string only;
  std::string plant;
  bool list_plants = false;
  bool trace = false;
};

struct Seeds {
  std::uint64_t first = 1, last = 1;
};

std::optional<Seeds> ReadSeeds(const std::string& text) {
  Seeds seeds;
  const auto dots = text.find("..");
  try {
    seeds.first = std::stoull(text.substr(0, dots));
    seeds.last = dots == std::string::npos ? seeds.first : std::stoull(text.substr(dots + 2));
  } catch (const std::exception&) {
    return std::nullopt;
  }
  if (seeds.first == 0 || seeds.last < seeds.first) return std::nullopt;
  return seeds;
}

// In memory where the machine has such a folder: nothing of it has to last.
std::string OwnFolder() {
  const std::filesystem::path shared = "/dev/shm";
  const auto base = std::filesystem::exists(shared) ? shared : std::filesystem::temp_directory_path();
  return (base / ("brug-sim-" + std::to_string(::getpid()))).string();
}

void Tell(const Plan& plan, const Violation& violation, const Arguments& arguments,
          const RunOptions& options) {
  std::printf("\nseed %" PRIu64 " breaks %s: %s\n", plan.seed, violation.rule.c_str(),
              violation.words.c_str());
  const Plan smallest = Shrink(plan, violation, options, kShrinkRunsMax);
  std::printf("a history of %zu of its %zu steps still does: %d mentors, %d clients, %d second devices, %s\n",
              smallest.steps.size(), plan.steps.size(), smallest.mentors, smallest.clients,
              smallest.second_devices, smallest.adapter == Adapter::kSqlite ? "SQLite" : "memory");
  for (const Step& step : smallest.steps) std::printf("  %s\n", Describe(step).c_str());
  if (arguments.trace) {
    std::printf("and is:\n");
    (void)Run(smallest, options);
  }
  std::printf("replay: brug-sim --seeds %" PRIu64 " --steps %d --devices %d%s%s --trace\n\n", plan.seed,
              arguments.plan.steps, arguments.plan.devices_max,
              arguments.only.empty() ? "" : (" --only " + arguments.only).c_str(),
              arguments.plant.empty() ? "" : (" --plant " + arguments.plant).c_str());
}

// With enough seeds each fault and each outcome comes about: one that did not was not tried.
bool NothingMissing(const Arguments& arguments, const Seeds& seeds, const Tally& tally) {
  if (!arguments.only.empty() || !arguments.plant.empty() || seeds.last - seeds.first + 1 < kSeedsEnough) {
    return true;
  }
  std::vector<std::string> wanted = {"outcome applied",
                                     "outcome applied, clock ahead",
                                     "outcome rejected",
                                     "outcome received",
                                     "outcome not yet",
                                     "outcome new epoch",
                                     "outcome parked",
                                     "money request done",
                                     "money request repeated",
                                     "service restored",
                                     "restored service released",
                                     "snapshot"};
  for (int i = 0; i < kFaultCount; ++i) {
    wanted.push_back("fault " + std::string(NameOf(static_cast<Fault>(i))));
  }
  bool complete = true;
  for (const std::string& name : wanted) {
    if (tally.contains(name)) continue;
    std::printf("%10d  %s: it was never tried\n", 0, name.c_str());
    complete = false;
  }
  return complete;
}

int Play(const Arguments& arguments, const Seeds& seeds) {
  RunOptions options{.folder = OwnFolder(), .plant = arguments.plant};
  if (arguments.trace) {
    options.on_line = [](std::string_view line) {
      std::printf("%.*s\n", static_cast<int>(line.size()), line.data());
    };
  }
  Tally tally;
  std::int64_t mutations = 0, faults = 0, violations = 0;
  double device_days = 0;
  const std::clock_t begun = std::clock();
  for (std::uint64_t seed = seeds.first; seed <= seeds.last; ++seed) {
    const Plan plan = Draw(seed, arguments.plan);
    const Outcome outcome = Run(plan, options);
    for (const auto& [name, count] : outcome.tally) tally[name] += count;
    mutations += outcome.mutations;
    faults += outcome.faults;
    device_days += outcome.device_days;
    if (arguments.trace) std::printf("seed %" PRIu64 ": trace %016" PRIx64 "\n", seed, outcome.trace_hash);
    if (!outcome.violation) continue;
    ++violations;
    Tell(plan, *outcome.violation, arguments, options);
    std::fflush(stdout);
    // What was planted is found once.
    if (!arguments.plant.empty()) break;
  }
  // Of one core, whoever else uses the machine.
  const double took_s = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
  for (const auto& [name, count] : tally) std::printf("%10" PRId64 "  %s\n", count, name.c_str());
  const bool complete = NothingMissing(arguments, seeds, tally);
  const double years = device_days / 365;
  std::printf(
      "%.1f s of one core: %.0f mutations a second, %.0f device-years an hour, %.2f mutations a device-day\n",
      took_s, static_cast<double>(mutations) / took_s, years / took_s * 3600,
      static_cast<double>(mutations) / device_days);
  std::printf("sim: seeds=%" PRIu64 " mutations=%" PRId64 " device_years=%.1f faults=%" PRId64
              " violations=%" PRId64 "\n",
              seeds.last - seeds.first + 1, mutations, years, faults, violations);
  return violations == 0 && complete ? 0 : 1;
}

int Main(int argc, char** argv) {
  CLI::App app{"Plays Brug, the whole of it, under seeds, and checks that nothing is lost."};
  Arguments arguments;
  app.add_option("--seeds", arguments.seeds, "A..B, or one seed")->capture_default_str();
  app.add_option("--steps", arguments.plan.steps, "Steps of each seed")->capture_default_str();
  app.add_option("--devices", arguments.plan.devices_max, "Devices at most; now and then four times as many")
      ->capture_default_str();
  app.add_option("--only", arguments.only, "This fault and no other");
  app.add_option("--plant", arguments.plant, "Plants this fault of the product");
  app.add_flag("--list-plants", arguments.list_plants, "Print what can be planted, one name a line");
  app.add_flag("--trace", arguments.trace, "Print what happens, and a hash of it for each seed");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  if (arguments.list_plants) {
    for (const Plant& plant : Plants())
      std::printf("%.*s\n", static_cast<int>(plant.name.size()), plant.name.data());
    return 0;
  }
  if (!arguments.plant.empty() && FindPlant(arguments.plant) == nullptr) {
    std::fprintf(stderr,
                 "brug-sim: there is nothing to plant named \"%s\"; --list-plants says what there is\n",
                 arguments.plant.c_str());
    return 2;
  }
  const auto seeds = ReadSeeds(arguments.seeds);
  if (!seeds) {
    std::fprintf(stderr, "brug-sim: --seeds wants A..B with 0 < A <= B, as 1..2000\n");
    return 2;
  }
  if (!arguments.only.empty()) {
    arguments.plan.only = FindFault(arguments.only);
    if (!arguments.plan.only) {
      std::fprintf(stderr, "brug-sim: there is no fault \"%s\"\n", arguments.only.c_str());
      return 2;
    }
  }
  return Play(arguments, *seeds);
}

}  // namespace
}  // namespace brug::simulation

int main(int argc, char** argv) { return brug::simulation::Main(argc, argv); }
