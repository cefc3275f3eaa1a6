#include "client-sdk/src/api/event_loop.h"

#include <utility>

namespace brug::sdk {

EventLoop::EventLoop(std::function<void(const Event&)> handle)
    : handle_(std::move(handle)), thread_([this] { Run(); }) {}

void EventLoop::Post(Event event) {
  const std::lock_guard lock(mutex_);
  ready_.push_back(std::move(event));
  changed_.notify_one();
}

void EventLoop::PostAfter(std::chrono::milliseconds delay, Event event) {
  const std::lock_guard lock(mutex_);
  later_.emplace(std::chrono::steady_clock::now() + delay, std::move(event));
  changed_.notify_one();
}

void EventLoop::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void EventLoop::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    MoveDue(std::chrono::steady_clock::now());
    if (ready_.empty()) {
      Wait(lock);
      continue;
    }
    const Event event = std::move(ready_.front());
    ready_.pop_front();
    lock.unlock();
    handle_(event);
    lock.lock();
  }
}

void EventLoop::MoveDue(SteadyTime now) {
  while (!later_.empty() && later_.begin()->first <= now) {
    ready_.push_back(std::move(later_.begin()->second));
    later_.erase(later_.begin());
  }
}

void EventLoop::Wait(std::unique_lock<std::mutex>& lock) {
  if (later_.empty()) {
    changed_.wait(lock);
  } else {
    const SteadyTime until = later_.begin()->first;
    changed_.wait_until(lock, until);
  }
}

}  // namespace brug::sdk
