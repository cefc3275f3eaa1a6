// A clock that is ahead, for a program that was not built for it: to be preloaded. What asks the C++ library
// for the time of day gets it LATER_CLOCK_SECONDS later; every other clock stays as it is.
#include <chrono>
#include <cstdlib>
#include <ctime>

// The library's own function, which this one stands before.
std::chrono::system_clock::time_point std::chrono::system_clock::now() noexcept {
  static const auto ahead = [] {
    const char* seconds = std::getenv("LATER_CLOCK_SECONDS");
    return std::chrono::seconds(seconds == nullptr ? 0 : std::atoll(seconds));
  }();
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return time_point(ahead + std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}
