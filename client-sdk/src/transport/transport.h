#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "client-sdk/src/transport/call.h"

namespace brug::sdk {

// One call to make.
struct OutgoingCall {
  Method method = Method::kSync;
  // The serialised request message.
  std::string request;
  // Sent as "authorization: Bearer TOKEN"; empty for a call without a session.
  std::string access_token;
  // From now; more than 0. Past it the call ends with kDeadlineExceeded.
  std::chrono::milliseconds timeout{0};
};

struct CallAnswer {
  CallStatus status;
  // The serialised answer message; empty unless the status is ok.
  std::string response;
};

// Names a call of one transport while it goes on; never 0.
using CallHandle = std::uint64_t;

// The way to the service.
//
// A request is sent at most once: when to try again is decided elsewhere. Every call ends, at the latest
// when its time is over, and then its `on_end` is called exactly once; never from within the function that
// began it, and always on a thread of the transport, which it must not keep waiting.
//
// Thread safety: any function from any thread. The destructor cancels what goes on and returns after the last
// `on_end`.
class Transport {
 public:
  virtual ~Transport() = default;

  virtual CallHandle Start(OutgoingCall call, std::function<void(CallAnswer)> on_end) = 0;

  // Opens the stream of hints (SyncService.Watch). `on_hint` gets each serialised WatchResponse, one at a
  // time and all before `on_end`.
  struct Watching {
    std::string access_token;
    std::chrono::milliseconds timeout{0};
    std::function<void(std::string)> on_hint;
    std::function<void(CallStatus)> on_end;
  };
  virtual CallHandle Watch(Watching watching) = 0;

  // Ends a call early, with kUnavailable. Does nothing for one that has ended.
  virtual void Cancel(CallHandle handle) = 0;
};

}  // namespace brug::sdk
