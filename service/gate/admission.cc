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

platform::Result<Admission::Place> Admission::Enter(const std::string& device_id, rules::Instant begun) {
  const std::lock_guard lock(mutex_);
  const rules::Instant now = TimeGoesOn(begun);
  BringTurnsUpTo(now);
  if (!MayEnter(device_id, now)) return GiveTurn(device_id, now);
  if (turns_.contains(device_id)) {
    // Whichever of its calls came first: the turn is for all of them.
    EraseTurn(device_id);
    LetGoOn(device_id, now);
  }
  ++inside_;
  return Place(this, [](void* admission) { static_cast<Admission*>(admission)->Leave(); });
}

void Admission::GoesOn(const std::string& device_id, rules::Instant now) {
  const std::lock_guard lock(mutex_);
  LetGoOn(device_id, TimeGoesOn(now));
}

rules::Instant Admission::TimeGoesOn(rules::Instant now) {
  if (now + kBegunBeforeMax < latest_) {
    turns_.clear();
    due_.clear();
    to_come_.clear();
    going_on_.clear();
    going_on_until_.clear();
    last_turn_ = {};
    latest_ = now;
  }
  return latest_ = std::max(latest_, now);
}

void Admission::LetGoOn(const std::string& device_id, rules::Instant now) {
  const auto [entry, is_new] = going_on_.try_emplace(device_id);
  if (!is_new) going_on_until_.erase({entry->second, device_id});
  entry->second = now + kGoesOnFor;
  going_on_until_.emplace(entry->second, device_id);
}

// First what is due by now, then what was missed: who did not come back at their time does not keep others
// out, not even the first who comes after a quiet hour.
void Admission::BringTurnsUpTo(rules::Instant now) {
  while (!to_come_.empty() && to_come_.begin()->first <= now) {
    due_.insert(to_come_.extract(to_come_.begin()));
  }
  while (!due_.empty() && due_.begin()->first + kTurnKept < now) {
    turns_.erase(due_.begin()->second);
    due_.erase(due_.begin());
  }
  while (!going_on_until_.empty() && going_on_until_.begin()->first < now) {
    going_on_.erase(going_on_until_.begin()->second);
    going_on_until_.erase(going_on_until_.begin());
  }
}

bool Admission::MayEnter(const std::string& device_id, rules::Instant now) const {
  const auto turn = turns_.find(device_id);
  const bool in_turn = (turn != turns_.end() && turn->second <= now) || going_on_.contains(device_id);
  return inside_ + (in_turn ? 0 : std::ssize(due_)) < limits_.calls_at_once_max;
}

platform::Failure Admission::GiveTurn(const std::string& device_id, rules::Instant now) {
  const microseconds apart(1'000'000 / limits_.returning_per_second_max);
  rules::Instant back = now + kTurnDelayMin;
  const auto given = turns_.find(device_id);
  if (going_on_.contains(device_id) || (given != turns_.end() && given->second <= now)) {
    // Who finds no place at their time, or in the middle of something, loses nothing: their turn is due, and
    // counts from now. Where the pace is more than the service can do, those who are due come back at that
    // pace, and not all at once.
    back = std::max(back, now + std::min<microseconds>(apart * std::ssize(due_), kTurnDelayMax));
    SetTurn(device_id, now);
  } else if (given == turns_.end()) {
    back = last_turn_ = std::max(back, last_turn_ + apart);
    SetTurn(device_id, back);
  } else {
    // Nor does who comes too early.
    back = std::max(back, given->second);
  }
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(back - now);
  return {.reason = v1::ERROR_REASON_TOO_MANY_TRIES, .retry_delay_ms = wait.count()};
}

void Admission::SetTurn(const std::string& device_id, rules::Instant at) {
  EraseTurn(device_id);
  if (turns_.size() >= kTurnsMax) return;
  turns_[device_id] = at;
  to_come_.emplace(at, device_id);
}

void Admission::EraseTurn(const std::string& device_id) {
  const auto turn = turns_.find(device_id);
  if (turn == turns_.end()) return;
  due_.erase({turn->second, device_id});
  to_come_.erase({turn->second, device_id});
  turns_.erase(turn);
}

void Admission::Leave() {
  const std::lock_guard lock(mutex_);
  --inside_;
}

}  // namespace brug::gate
