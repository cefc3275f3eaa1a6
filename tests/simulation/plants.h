#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "tests/simulation/world.h"

namespace brug::simulation {

// A fault of the product that is planted, to see that it is found.
struct Plant {
  std::string_view name;
  // The invariant that it breaks.
  std::string_view rule;
  std::string_view words;
};
[[nodiscard]] std::span<const Plant> Plants();
// Nothing when there is none of that name.
[[nodiscard]] const Plant* FindPlant(std::string_view name);

// A plant at work in one world: it stands between the domain and the service's storage, between the core and
// the device's outbox, and on the way. What ships knows nothing of it.
class Planting {
 public:
  explicit Planting(const Plant& plant);
  ~Planting();

  // Before the world is made.
  void Put(World::Options& options);
  // After.
  void Know(World& world);

  class State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace brug::simulation
