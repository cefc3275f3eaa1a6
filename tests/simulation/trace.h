#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

namespace brug::simulation {

// What happened, in order: a hash over all of it, and lines for whoever wants to read them. Two runs of one
// seed give one hash; what a signature's random bytes reach is left out of it.
class Trace {
 public:
  void Add(std::string_view what) {
    for (const char c : what) Mix(static_cast<unsigned char>(c));
    Mix('\n');
    ++lines_;
    if (on_line) on_line(what);
  }

  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  [[nodiscard]] std::int64_t lines() const { return lines_; }

  // Gets each line; none when it is empty.
  std::function<void(std::string_view)> on_line = {};

 private:
  // FNV-1a, 64 bits.
  void Mix(unsigned char byte) { hash_ = (hash_ ^ byte) * 0x100000001b3; }

  std::uint64_t hash_ = 0xcbf29ce484222325;
  std::int64_t lines_ = 0;
};

}  // namespace brug::simulation
