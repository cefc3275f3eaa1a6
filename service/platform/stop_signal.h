#pragma once

#include <chrono>
#include <csignal>

namespace brug::platform {

// SIGTERM and SIGINT as something to wait for. To be made before any other thread: from then on the two end
// nothing by themselves. SIGPIPE and SIGXFSZ are ignored: what they tell of is answered.
class StopSignal {
 public:
  StopSignal();
  // Whether one of them came, at the latest after `wait`.
  [[nodiscard]] bool WaitFor(std::chrono::milliseconds wait);

 private:
  sigset_t signals_;
};

}  // namespace brug::platform
