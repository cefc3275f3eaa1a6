#pragma once

#include <functional>
#include <thread>
#include <vector>

namespace brug::crypto {

// Runs `work(0)` to `work(threads - 1)` at once, each on a thread of its own, and waits for them.
inline void AtOnce(int threads, const std::function<void(int thread)>& work) {
  std::vector<std::thread> running;
  running.reserve(static_cast<std::size_t>(threads));
  for (int thread = 0; thread < threads; ++thread) running.emplace_back(work, thread);
  for (std::thread& thread : running) thread.join();
}

}  // namespace brug::crypto
