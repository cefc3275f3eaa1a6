#include <CLI/CLI.hpp>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "tests/benchmarks/measure.h"

int main(int argc, char** argv) {
  if (argc == 5 && std::string(argv[1]) == "--serve-nothing") {
    return brug::bench::ServeNothing(argv[2], argv[3], std::atoi(argv[4]));
  }
  CLI::App app("brug-bench: how fast Brug is, each measure held against a limit of the same run");
  std::string only;
  brug::bench::Effort effort;
  app.add_option("--only", only, "Only the measures whose name begins with this");
  app.add_option("--slice-s", effort.slice_s, "Seconds of one turn")->check(CLI::Range(0.1, 600.0));
  app.add_option("--pairs", effort.pairs_count, "Turns of each side")->check(CLI::Range(1, 100));
  CLI11_PARSE(app, argc, argv);
  try {
    brug::bench::MeasurePush(effort, only);
    brug::bench::MeasureLocalTick(effort, only);
  } catch (const std::exception& error) {
    std::cerr << "brug-bench: " << error.what() << "\n";
    return 1;
  }
  return 0;
}
