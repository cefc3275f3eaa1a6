#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>

#include "client-sdk/src/sync/backoff.h"
#include "client-sdk/src/sync/exchange.h"
#include "client-sdk/src/sync/holdings.h"
#include "client-sdk/src/sync/outside.h"
#include "client-sdk/src/sync/session.h"

namespace brug::sdk {

// When a device syncs: now, again, later, or not any more.
//
//   at most one call is under way; who asks while one is gets a whole run that begins after it
//
// Only an unavailable service, or one that says when to come back, is tried again by itself.
class SyncRun {
 public:
  // `after_sync` is called when an exchange went well, and calls what it is given when it is done: until then
  // the run goes on.
  using AfterSync = std::function<void(std::function<void()>)>;

  SyncRun(Holdings& holdings, Session& session, Outside& outside, AfterSync after_sync,
          std::function<void()> on_wipe_order)
      : holdings_(holdings),
        session_(session),
        outside_(outside),
        exchange_(holdings),
        after_sync_(std::move(after_sync)),
        on_wipe_order_(std::move(on_wipe_order)) {}

  void Want(std::int64_t give_up_after_ms);
  void SetBackground(bool on);
  // Something changed here or there; with the background on a run follows.
  void Nudge();
  // What is under way ends for now with this error, and with the background on is tried again later. Whoever
  // waited outside has been abandoned already.
  void Interrupt(const Error& error);
  // Everything ends for good, with this reason for who waits.
  void Abandon(const Error& error);

  [[nodiscard]] bool busy() const { return busy_; }
  // Of the last run; nothing after one that went well.
  [[nodiscard]] const std::optional<Error>& last_error() const { return last_error_; }
  [[nodiscard]] std::int64_t devices_waiting() const { return devices_waiting_; }
  [[nodiscard]] std::int64_t records_received() const { return exchange_.records_received(); }

 private:
  void Start();
  void NextCall();
  void Push();
  void OnAnswer(const Answer& answer);
  void OnTaken(const v1::SyncResponse& response, const Taken& taken);
  void Succeed();
  void Finish();
  void Fail(const Failure& failure);
  void FailHere(const Error& error);
  void EndAsked(const std::optional<Error>& error);
  void GiveUp(std::uint64_t timer_id);
  void PollLater();

  Holdings& holdings_;
  Session& session_;
  Outside& outside_;
  Exchange exchange_;
  AfterSync after_sync_;
  std::function<void()> on_wipe_order_;
  Backoff backoff_;
  bool background_ = false;
  bool busy_ = false;      // from the start of a run to its end
  bool again_ = false;     // another run is wanted after this one
  bool asked_ = false;     // someone waits for a SyncEnded
  bool renewed_ = false;   // this run had a new session already
  int empty_answers_ = 0;  // answers in a row that promised more and brought nothing
  std::optional<Error> left_out_;
  std::set<std::uint64_t> give_ups_;  // timers of those who let it be tried again
  std::uint64_t retry_timer_ = 0;
  std::uint64_t poll_timer_ = 0;
  std::optional<Error> last_error_;
  std::int64_t devices_waiting_ = 0;
};

}  // namespace brug::sdk
