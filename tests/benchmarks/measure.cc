#include "tests/benchmarks/measure.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

namespace brug::bench {

void Print(const Measure& measure) {
  const auto rounded = [](double value) { return std::round(value * 1000) / 1000; };
  nlohmann::ordered_json line;
  line["name"] = measure.name;
  line["value"] = rounded(measure.value);
  line["unit"] = measure.unit;
  line["limit_name"] = measure.limit_name;
  line["limit"] = rounded(measure.limit);
  line["ratio"] = rounded(measure.ratio);
  line["goal"] = measure.goal;
  line["ok"] = measure.ok;
  std::cout << line.dump() << std::endl;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

Pairs InTurns(int pairs_count, const std::function<double()>& a, const std::function<double()>& b) {
  std::vector<double> of_a, of_b, ratios;
  for (int i = 0; i < pairs_count; ++i) {
    of_a.push_back(a());
    of_b.push_back(b());
    ratios.push_back(of_a.back() / of_b.back());
  }
  return {.a = Median(of_a), .b = Median(of_b), .ratio = Median(ratios)};
}

}  // namespace brug::bench
