#pragma once

#include <brug/civil.h>
#include <brug/error.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// How this device stands with the service: what an app shows so that a person can trust it.
namespace brug {

// How long a call may take that needs the service. When it is over the error is TIMED_OUT.
inline constexpr std::chrono::milliseconds kServiceTimeout{15'000};

// One word for how it goes. Where several hold, the one that asks most of the person.
enum class SyncState {
  kIdle,
  kSyncing,
  kOffline,       // the service could not be reached; everything keeps working, and it is tried again
  kSignInNeeded,  // not enrolled, or the device waits for a yes, or is not accepted
  kAccessEnded,   // the device was revoked and keeps nothing
  kStorageFull,   // nothing new can be written on this device; nothing is lost
  kUpdateNeeded,  // the service sends what this version does not know
};

// How far the first sync of this device has come.
struct FirstSync {
  std::int64_t dossiers_total = 0;     // that it knows of so far
  std::int64_t dossiers_complete = 0;  // that can be opened
  std::int64_t records_received = 0;   // by the call that goes on
};

struct Status {
  SyncState state = SyncState::kSignInNeeded;
  // What was written here and is not confirmed by the service yet, and since when the oldest of it waits.
  std::int64_t pending_count = 0;
  std::optional<Instant> oldest_pending_at;
  // When the service last confirmed that this device has everything.
  std::optional<Instant> last_confirmed_at;
  // What went wrong last; none after a sync that went well.
  std::optional<Error> last_error;
  // None once everything came for the first time.
  std::optional<FirstSync> first_sync;
  // What the service refused and the person has not put away yet: Client::Rejected.
  std::int64_t rejected_count = 0;
  // What was written here, lay on a damaged part of this device's disk and could not be read any more; at
  // least so many. All else was saved. It stays until Client::DismissUnreadable, and `last_error` says it
  // meanwhile.
  std::int64_t unreadable_count = 0;
  // Devices of the person that wait for a yes: Client::AllowDevice.
  int devices_waiting = 0;
  // How often a dossier here was found not to be what the service has, and was fetched anew. That is a
  // mistake of the software, which the service is told of; nothing that was written here is lost by it.
  std::int64_t mended_count = 0;
};

// Something written here that the service refused for good. Nothing of it is lost: it stays until it is
// dismissed.
struct RejectedItem {
  std::string mutation_id;
  std::string dossier_id;
  // When the person did it.
  Instant occurred_at;
  // Why, with the field; its message is for the person.
  Error error;
  // What was meant, as the contract calls it: "tick_step", "revise_goal".
  std::string kind;
  // The item it was about.
  std::string record_id;
  // The person's own words in it, so that an app can show them and offer them again.
  std::vector<std::string> words;
  // All of it, as JSON (the mapping of Protocol Buffers).
  std::string content_json;
};

// What changed, told to a subscriber. It says where to look again, not what is there now.
struct Change {
  // Dossiers with another content.
  std::vector<std::string> dossier_ids;
  // Client::DossierIds gives another list.
  bool dossier_list = false;
  // Client::GetStatus gives something else.
  bool status = false;
  // The Bridge templates.
  bool templates = false;
  // Client::Rejected gives another list.
  bool rejected = false;
};

}  // namespace brug
