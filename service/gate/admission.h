#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "proto/rules/date.h"
#include "service/platform/result.h"

namespace brug::gate {

// How long a turn is kept for a device behind the time that it was given, or that it last came at when it
// found no place: as long as the SDK's longest pause, and half of that again.
inline constexpr std::chrono::seconds kTurnKept{90};
// Turns given at once. Who finds no room for one comes back behind all of them, and asks anew.
inline constexpr std::size_t kTurnsMax = 200'000;
// So long a device that was let in by its turn, or that was told that there is more, goes on without another
// turn: a page over a slow line and the call for the next.
inline constexpr std::chrono::seconds kGoesOnFor{30};
// Calls come here in another order than they began in, but never so much later: a time that lies further back
// than this is one of a clock that was put back.
inline constexpr std::chrono::seconds kBegunBeforeMax{10};

// Lets calls in at a pace when more come than can be worked on, as when thousands of devices return after an
// outage.
//
//   calls inside <= calls_at_once_max
//   newcomers inside <= calls_at_once_max - turns that are due
//
// Who does not get in is given a turn: a delay, spread over the time that all of them need at
// `returning_per_second_max`. From then on a place is kept free for them, and newcomers wait; so each gets in
// however many come, as long as they come back at their time. Whoever is in the middle of something waits for
// a place at most, and not for another turn: a first sync of a hundred pages queues once.
//
// When the clock is put back nobody knows any more whose turn is when: all turns are forgotten.
//
// Only who has proved to be a device gets a turn. Calls before that (a nonce, the opening of a session) are
// not paced: the device that they name is anybody's word, and whoever may have turns given in any name pushes
// everybody else's turn away.
//
// Thread safety: any number of threads.
class Admission {
 public:
  struct Limits {
    std::int64_t calls_at_once_max = 0;
    std::int64_t returning_per_second_max = 0;
  };
  explicit Admission(const Limits& limits) : limits_(limits) {}
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  // A call that is inside for as long as somebody keeps this. It must not outlive the admission.
  using Place = std::shared_ptr<void>;
  // TOO_MANY_TRIES with the time of the turn when there is no room. `device_id` is who calls, `begun` when.
  [[nodiscard]] platform::Result<Place> Enter(const std::string& device_id, rules::Instant begun);
  // The device was answered that there is more: for kGoesOnFor it comes back as one whose turn it is.
  void GoesOn(const std::string& device_id, rules::Instant now);

 private:
  using Turn = std::pair<rules::Instant, std::string>;

  [[nodiscard]] rules::Instant TimeGoesOn(rules::Instant now);
  void LetGoOn(const std::string& device_id, rules::Instant now);
  void BringTurnsUpTo(rules::Instant now);
  [[nodiscard]] bool MayEnter(const std::string& device_id, rules::Instant now) const;
  [[nodiscard]] platform::Failure GiveTurn(const std::string& device_id, rules::Instant now);
  void SetTurn(const std::string& device_id, rules::Instant at);
  void EraseTurn(const std::string& device_id);
  void Leave();

  const Limits limits_;
  std::mutex mutex_;
  std::int64_t inside_ = 0;
  std::map<std::string, rules::Instant> turns_;  // by device
  std::set<Turn> due_;                           // turns that are due, by time
  std::set<Turn> to_come_;                       // those that are not yet
  rules::Instant last_turn_{};
  std::map<std::string, rules::Instant> going_on_;  // until when, by device
  std::set<Turn> going_on_until_;                   // the same, by time
  rules::Instant latest_{};
};

}  // namespace brug::gate
