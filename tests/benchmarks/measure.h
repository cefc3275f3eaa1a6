#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace brug::bench {

// One measure, as it is printed: one JSON line.
struct Measure {
  std::string name;
  double value = 0;
  std::string unit;
  std::string limit_name;
  double limit = 0;
  double ratio = 0;
  double goal = 0;
  bool ok = false;
};
void Print(const Measure& measure);

[[nodiscard]] double Median(std::vector<double> values);

// Runs both in turns, A B A B …, and gives the medians of each and of the ratios pair by pair: a machine that
// is slower for a while is slower for both.
struct Pairs {
  double a = 0;
  double b = 0;
  double ratio = 0;
};
[[nodiscard]] Pairs InTurns(int pairs_count, const std::function<double()>& a,
                            const std::function<double()>& b);

// How long and how often: from the command line.
struct Effort {
  double slice_s = 2;
  int pairs_count = 5;
};

// The measures of one kind whose name begins with `only`.
void MeasurePush(const Effort& effort, const std::string& only);
void MeasureLocalTick(const Effort& effort, const std::string& only);

// The other side of the push measures: a server that answers every Sync with `answer_bytes` bytes and does
// nothing. Ends when its standard input does.
int ServeNothing(const std::string& tls_directory, const std::string& port_file, int answer_bytes);

}  // namespace brug::bench
