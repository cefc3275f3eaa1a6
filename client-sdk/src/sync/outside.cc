#include "client-sdk/src/sync/outside.h"

namespace brug::sdk {
namespace {

// The service allows 30 s; a large push on a slow line needs most of it.
constexpr std::int64_t kSyncDeadlineMs = 30'000;
constexpr std::int64_t kCallDeadlineMs = 15'000;

}  // namespace

void Outside::MakeCall(Method method, std::string access_token, std::string request, OnAnswer on_answer) {
  const std::uint64_t id = NewId();
  calls_[id] = std::move(on_answer);
  Emit(Call{.call_id = id,
            .method = method,
            .access_token = std::move(access_token),
            .request = std::move(request),
            .deadline_ms = method == Method::kSync ? kSyncDeadlineMs : kCallDeadlineMs});
}

std::uint64_t Outside::After(std::int64_t delay_ms, std::function<void()> then) {
  const std::uint64_t id = NewId();
  timers_[id] = std::move(then);
  Emit(StartTimer{.timer_id = id, .delay_ms = delay_ms});
  return id;
}

void Outside::Cancel(std::uint64_t& timer_id) { timers_.erase(std::exchange(timer_id, 0)); }

void Outside::Take(const Answer& answer) {
  const auto call = calls_.extract(answer.call_id);
  if (!call.empty()) call.mapped()(answer);
}

void Outside::Take(const TimerFired& fired) {
  const auto timer = timers_.extract(fired.timer_id);
  if (!timer.empty()) timer.mapped()();
}

void Outside::Abandon() {
  calls_.clear();
  timers_.clear();
}

}  // namespace brug::sdk
