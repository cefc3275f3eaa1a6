#pragma once

#include <cstdint>
#include <cstring>

#include "proto/crypto/random.h"

namespace brug::simulation {

// Whatever is left to chance in a simulation: the same seed, the same fall. Thread safety: one thread.
class Dice final : public crypto::RandomSource {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  // splitmix64 (Steele, Lea and Flood 2014).
  std::uint64_t Next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  // From 0 to below `count`, which is above 0.
  std::uint64_t Below(std::uint64_t count) { return Next() % count; }
  // From `least` to `most`, both among them.
  std::int64_t Between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(Below(static_cast<std::uint64_t>(most - least + 1)));
  }
  bool OneIn(std::uint64_t count) { return Below(count) == 0; }

  void Fill(std::span<std::uint8_t> out) override {
    for (std::size_t at = 0; at < out.size(); at += sizeof(std::uint64_t)) {
      const std::uint64_t drawn = Next();
      std::memcpy(out.data() + at, &drawn, std::min(sizeof drawn, out.size() - at));
    }
  }

 private:
  std::uint64_t state_;
};

}  // namespace brug::simulation
