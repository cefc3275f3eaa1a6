#pragma once

#include <cstdint>
#include <functional>

#include "client-sdk/src/sync/backoff.h"
#include "client-sdk/src/sync/holdings.h"
#include "client-sdk/src/sync/outside.h"
#include "client-sdk/src/sync/session.h"

namespace brug::sdk {

// Keeps the stream of hints open while the background is on. Losing it costs nothing but time.
class Watching {
 public:
  Watching(Holdings& holdings, Session& session, Outside& outside, std::function<void()> on_change)
      : holdings_(holdings), session_(session), outside_(outside), on_change_(std::move(on_change)) {}

  void Set(bool on);
  // The stream ends for now; it is opened again later if it is wanted. Whoever waited outside has been
  // abandoned already.
  void Interrupt();
  void Take(const Hint& hint);
  void Take(const WatchEnded& ended);

 private:
  void Open();
  void OpenLater(const Failure& failure, bool soon);

  Holdings& holdings_;
  Session& session_;
  Outside& outside_;
  std::function<void()> on_change_;
  Backoff backoff_;
  bool on_ = false;
  bool opening_ = false;
  std::uint64_t watch_id_ = 0;
  std::uint64_t timer_ = 0;
};

}  // namespace brug::sdk
