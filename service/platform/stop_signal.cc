#include "service/platform/stop_signal.h"

#include <pthread.h>

namespace brug::platform {

StopSignal::StopSignal() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  // A file that may not grow is a full disk, which is answered, and not the end.
  std::signal(SIGXFSZ, SIG_IGN);
}

bool StopSignal::WaitFor(std::chrono::milliseconds wait) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(wait);
  const timespec time{.tv_sec = seconds.count(), .tv_nsec = std::chrono::nanoseconds(wait - seconds).count()};
  return sigtimedwait(&signals_, nullptr, &time) > 0;
}

}  // namespace brug::platform
