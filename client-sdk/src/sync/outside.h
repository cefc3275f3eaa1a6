#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "client-sdk/src/sync/event.h"

namespace brug::sdk {

// Collects the effects of one step, and brings each answer and timer back to who waits for it.
class Outside {
 public:
  using OnAnswer = std::function<void(const Answer&)>;

  void MakeCall(Method method, std::string access_token, std::string request, OnAnswer on_answer);
  // Gives back the timer's id; `then` is not called once it is cancelled.
  std::uint64_t After(std::int64_t delay_ms, std::function<void()> then);
  // One that fired, or 0, is fine. Sets it to 0.
  void Cancel(std::uint64_t& timer_id);
  // Made in its place: GCC 12 takes a variant passed by value for one that may be uninitialised.
  template <typename E>
  void Emit(E effect) {
    effects_.emplace_back(std::in_place_type<E>, std::move(effect));
  }
  // An id that was not given before.
  [[nodiscard]] std::uint64_t NewId() { return ++last_id_; }

  void Take(const Answer& answer);
  void Take(const TimerFired& fired);
  // Nobody waits for anything any more.
  void Abandon();

  [[nodiscard]] Effects TakeEffects() { return std::exchange(effects_, {}); }

 private:
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, OnAnswer> calls_;
  std::map<std::uint64_t, std::function<void()>> timers_;
  Effects effects_;
};

}  // namespace brug::sdk
