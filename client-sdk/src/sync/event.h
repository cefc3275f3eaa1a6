#pragma once

#include <brug/error.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "client-sdk/src/transport/call.h"

// What the core is told and what it wants done: all of its traffic with the outside world but its storage.
namespace brug::sdk {

// ---- Events: what happened outside.

// The person wants to enrol this device. Answered by one Replied with the serialised v1.EnrolResponse.
struct EnrolWanted {
  std::uint64_t request_id = 0;
  std::string activation_code;
  std::string device_name;
};

// Someone wants a sync now. Answered by one SyncEnded, also when it joins one that runs: then a full round
// that began after this event has been done. Without a connection it is tried again until `give_up_after_ms`,
// and at least once.
struct SyncWanted {
  std::int64_t give_up_after_ms = 0;
};

// Whether to keep in sync without being asked: after local changes, hints, and once in a while.
struct BackgroundWanted {
  bool on = false;
};

// Mutations were accepted. With the background on, a sync follows.
struct LocalChange {};

// A call of the contract that needs a session, made for the app. Answered by one Replied. Not tried again,
// but for once with a new session when the service asks for one.
struct RequestWanted {
  std::uint64_t request_id = 0;
  Method method = Method::kListDevices;
  std::string request;
};

// The answer to a Call: exactly one for each.
struct Answer {
  std::uint64_t call_id = 0;
  CallStatus status;
  std::string response;
};

struct TimerFired {
  std::uint64_t timer_id = 0;
};

// The watch stream said something; its first message names no dossier.
struct Hint {
  std::uint64_t watch_id = 0;
  std::string dossier_id;
  std::int64_t revision = 0;
};

// The watch stream ended by itself.
struct WatchEnded {
  std::uint64_t watch_id = 0;
  CallStatus status;
};

using Event = std::variant<EnrolWanted, SyncWanted, BackgroundWanted, LocalChange, RequestWanted, Answer,
                           TimerFired, Hint, WatchEnded>;

// ---- Effects: what is to be done outside, in the given order.

// Make this call and bring back one Answer, within the deadline even when none comes (kDeadlineExceeded).
struct Call {
  std::uint64_t call_id = 0;
  Method method = Method::kSync;
  std::string access_token;  // empty for calls without a session; never written to disk
  std::string request;
  std::int64_t deadline_ms = 0;
};

// Bring back TimerFired after so long. A timer that is no longer wanted is ignored when it fires.
struct StartTimer {
  std::uint64_t timer_id = 0;
  std::int64_t delay_ms = 0;
};

// Open the watch stream, which has no deadline; end it (no WatchEnded needed, and none minded).
struct StartWatch {
  std::uint64_t watch_id = 0;
  std::string access_token;
};
struct StopWatch {
  std::uint64_t watch_id = 0;
};

// What the app may want to show anew.
struct Notify {
  bool status = false;
  bool dossiers = false;  // a dossier came or went
  bool rejected = false;  // the list of rejected mutations changed
  bool templates = false;
  std::vector<std::string> dossier_ids;  // whose records changed

  [[nodiscard]] bool empty() const {
    return !status && !dossiers && !rejected && !templates && dossier_ids.empty();
  }
};

// A sync that someone asked for is over, for all that asked before.
struct SyncEnded {
  std::optional<Error> error;
};

struct Replied {
  std::uint64_t request_id = 0;
  std::optional<Error> error;
  std::string response;
};

using Effect = std::variant<Call, StartTimer, StartWatch, StopWatch, Notify, SyncEnded, Replied>;
using Effects = std::vector<Effect>;

}  // namespace brug::sdk
