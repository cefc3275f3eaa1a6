#pragma once

#include <cstdint>
#include <random>
#include <string_view>

#include "proto/crypto/random.h"

namespace brug::crypto {

// The same bytes for the same seed.
class SeededRandom final : public RandomSource {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  void Fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(engine_());
  }

 private:
  std::mt19937_64 engine_;
};

// Gives the bytes it was made with, in order, and then zeros.
class ScriptedRandom final : public RandomSource {
 public:
  explicit ScriptedRandom(std::string_view bytes) : bytes_(bytes) {}
  void Fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out) {
      byte = next_ < bytes_.size() ? static_cast<std::uint8_t>(bytes_[next_]) : 0;
      ++next_;
    }
  }
  std::size_t drawn_bytes() const { return next_; }

 private:
  Bytes bytes_;
  std::size_t next_ = 0;
};

}  // namespace brug::crypto
