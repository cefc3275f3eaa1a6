#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "client-sdk/src/sync/event.h"

namespace brug::sdk {

// One thread that hands events to one function, in the order in which they came; those that were posted for
// later, when their time has come.
//
// Thread safety: Post and PostAfter from any thread. Stop, once, from any but its own.
class EventLoop {
 public:
  explicit EventLoop(std::function<void(const Event&)> handle);
  ~EventLoop() { Stop(); }
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  void Post(Event event);
  void PostAfter(std::chrono::milliseconds delay, Event event);

  // Waits for the event that is being handled. What was not handled yet, and what is posted afterwards, is
  // dropped.
  void Stop();

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  void Run();
  void MoveDue(SteadyTime now);
  void Wait(std::unique_lock<std::mutex>& lock);

  const std::function<void(const Event&)> handle_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::deque<Event> ready_;
  std::multimap<SteadyTime, Event> later_;
  std::thread thread_;
};

}  // namespace brug::sdk
