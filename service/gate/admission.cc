#include "service/gate/admission.h"

#include <algorithm>
#include <iterator>

namespace brug::gate {
namespace {

using std::chrono::microseconds;

// No turn is sooner: a call that was just refused finds the same crowd.
constexpr std::chrono::milliseconds kTurnDelayMin{250};
// Somebody whose turn is due is not sent away for longer: their turn is kept for as long as kTurnKept only.
constexpr std::chrono::seconds kTurnDelayMax{30};

}  // namespace

platform::Result<Admission::Place> Admission::Enter(const std::string& device_id, rules::Instant now) {
  const std::lock_guard lock(mutex_);
  ForgetMissed(now);
  if (!MayEnter(device_id, now)) return GiveTurn(device_id, now);
  if (const auto turn = turns_.find(device_id); turn != turns_.end()) {
    due_.erase({turn->second, device_id});
    to_come_.erase({turn->second, device_id});
    turns_.erase(turn);
  }
  ++inside_;
  return Place(this, [](void* admission) { static_cast<Admission*>(admission)->Leave(); });
}

bool Admission::MayEnter(const std::string& device_id, rules::Instant now) {
  const std::int64_t due = CountDue(now);
  const auto turn = turns_.find(device_id);
  const bool in_turn = turn != turns_.end() && turn->second <= now;
  return inside_ + (in_turn ? 0 : due) < limits_.calls_at_once_max;
}

// Who did not come back at their time does not keep others out for ever.
void Admission::ForgetMissed(rules::Instant now) {
  while (!due_.empty() && due_.begin()->first + kTurnKept < now) {
    turns_.erase(due_.begin()->second);
    due_.erase(due_.begin());
  }
}

std::int64_t Admission::CountDue(rules::Instant now) {
  while (!to_come_.empty() && to_come_.begin()->first <= now) {
    due_.insert(to_come_.extract(to_come_.begin()));
  }
  return static_cast<std::int64_t>(due_.size());
}

platform::Failure Admission::GiveTurn(const std::string& device_id, rules::Instant now) {
  const microseconds apart(1'000'000 / limits_.returning_per_second_max);
  rules::Instant back = now + kTurnDelayMin;
  const auto given = turns_.find(device_id);
  if (given == turns_.end()) {
    back = last_turn_ = std::max(back, last_turn_ + apart);
    if (turns_.size() < kTurnsMax) {
      turns_[device_id] = back;
      to_come_.emplace(back, device_id);
    }
  } else if (given->second > now) {
    // Who comes too early loses nothing.
    back = std::max(back, given->second);
  } else {
    // Nor does who finds no place at their time: their turn stays due, and counts from now. Where the pace is
    // more than the service can do, those who are due come back at that pace, and not all at once.
    back = std::max(back, now + std::min<microseconds>(apart * std::ssize(due_), kTurnDelayMax));
    due_.erase({given->second, device_id});
    given->second = now;
    due_.emplace(now, device_id);
  }
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(back - now);
  return {.reason = v1::ERROR_REASON_TOO_MANY_TRIES, .retry_delay_ms = wait.count()};
}

void Admission::Leave() {
  const std::lock_guard lock(mutex_);
  --inside_;
}

}  // namespace brug::gate
