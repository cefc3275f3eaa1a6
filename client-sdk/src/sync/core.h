#pragma once

#include <brug/key_store.h>
#include <brug/result.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "brug/v1/bridge_template.pb.h"
#include "brug/v1/enrolment_service.pb.h"
#include "brug/v1/mutation.pb.h"
#include "brug/v1/person.pb.h"
#include "brug/v1/reward_service.pb.h"
#include "brug/v1/statement.pb.h"
#include "client-sdk/src/sync/clock.h"
#include "client-sdk/src/sync/event.h"
#include "client-sdk/src/sync/storage.h"
#include "proto/crypto/random.h"
#include "proto/rules/apply.h"
#include "proto/rules/date.h"
#include "proto/rules/dossier_reader.h"
#include "proto/rules/zone.h"

namespace brug::sdk {

struct CoreOptions {
  std::string language = "nl";  // of Error::message
};

// What the core stands on. All must live longer than it.
struct CorePorts {
  Clock* clock = nullptr;
  crypto::RandomSource* random = nullptr;
  KeyStore* key_store = nullptr;
  Storage* storage = nullptr;
  const rules::ZoneReader* zones = nullptr;
};

// One of the states that an app shows.
enum class CoreState {
  kIdle,
  kSyncing,
  kOffline,
  kSignInNeeded,  // not enrolled, waiting for a yes, or the session was refused
  kAccessEnded,   // the device was revoked; what it held is gone
  kStorageFull,
  kUpdateNeeded,
};

struct CoreStatus {
  CoreState state = CoreState::kIdle;
  std::int64_t pending = 0;
  std::optional<rules::Instant> oldest_pending_at;
  std::optional<rules::Instant> confirmed_at;  // the last time the service answered a sync
  // Of the last sync, if any; or STORAGE_DAMAGED: all is gone; or what was left was saved and not yet synced;
  // or some of it could not be read and the person has not put that away.
  std::optional<Error> last_error;
  std::int64_t rejected = 0;
  // Mutations and unanswered requests that were here, lay on a damaged part of the disk and are lost; at
  // least so many.
  std::int64_t unreadable = 0;
  std::int64_t devices_waiting = 0;
  // How far the sync that runs has come.
  std::int64_t records_received = 0;
  std::int64_t dossiers_total = 0;
  std::int64_t dossiers_complete = 0;  // shown at least once
  // How often the records of a dossier here were found not to be those of the service; they were fetched
  // anew.
  std::int64_t drifts = 0;
};

// The person and device of this replica.
struct Account {
  std::string device_id;
  std::string person_id;
  std::string organisation_id;
  std::string organisation_name;
  std::string display_name;
  std::string device_name;
  std::vector<v1::Role> roles;
};

struct DossierInfo {
  std::string dossier_id;
  v1::Role role = v1::ROLE_UNSPECIFIED;  // of the person, in this dossier
  bool complete = false;                 // whether its records have come at least once
  v1::Point point;
  std::int64_t pending = 0;
};

// What a local write gives back.
struct Accepted {
  std::string mutation_id;
  std::vector<v1::Record> records;  // what it changed in the view, unconfirmed (revision 0)
};

// A request that was written down before its first try, and is kept until it is answered.
struct KeptRequest {
  Bytes name;  // of its row
  std::string request_id;
  std::string path;  // of the RPC
  rules::Instant first_tried_at;
  std::string content;  // the serialised request, without its id
};

// A mutation that was refused for good, kept until the app dismisses it.
struct RejectedMutation {
  std::string dossier_id;
  v1::Mutation mutation;
  Error error;
};

// A dossier as the app shows it: base + pending. A record that is not confirmed yet has revision 0.
class View : public rules::DossierReader {
 public:
  // What went wrong in a read since the last call of this function: then the answers are not to be trusted.
  [[nodiscard]] virtual std::optional<Error> TakeError() const = 0;
  // The same without what is pending. Valid as long as this.
  [[nodiscard]] virtual const rules::DossierReader& Confirmed() const = 0;
};

// The whole of a device but for threads, clocks, sockets and files.
//
//   view = base + pending                          (S1)
//   accepted = pending + applied + rejected + destroyed by a purge or wipe     (S2)
//
// Deterministic: the same storage, clock, randomness and events give the same effects (but for the bytes of
// signatures). Thread safety: one thread at a time. All of its errors carry a message in the person's
// language.
class Core {
 public:
  // Opens what `storage` holds, or begins anew there. Errors: KEY_STORE_FAILED, UPDATE_NEEDED, STORAGE_*.
  [[nodiscard]] static Result<std::unique_ptr<Core>> Open(const CoreOptions& options, const CorePorts& ports);
  ~Core();

  // Takes one event, does what follows from it, and says what is to be done outside. Never blocks on a
  // network.
  [[nodiscard]] Effects Step(const Event& event);

  // Nothing when this device is not enrolled, or was wiped.
  [[nodiscard]] const std::optional<Account>& account() const;
  [[nodiscard]] CoreStatus Status() const;
  // Those that the person may read, by dossier id.
  [[nodiscard]] std::vector<DossierInfo> Dossiers() const;

  // The dossier's view; valid until the next call that is not const. Errors: NOT_FOUND, ACCESS_ENDED,
  // STORAGE_*.
  [[nodiscard]] Result<const View*> ViewOf(std::string_view dossier_id);
  // The Bridge templates of the organisation; one that is asked for stays valid until the next Step.
  [[nodiscard]] const rules::TemplateReader& Templates() const;
  [[nodiscard]] std::vector<const v1::BridgeTemplate*> ListTemplates() const;
  // Today in the dossier's time zone.
  [[nodiscard]] Result<rules::Day> Today(std::string_view dossier_id);
  // The dossier's time zone. Errors as ViewOf.
  [[nodiscard]] Result<rules::Zone> ZoneOf(std::string_view dossier_id);

  // Accepts what the person means to do: `intent` of the mutation is set, and nothing else. When this returns
  // a value, the mutation is on disk (fsync) and in the view. Does not reach out: give a LocalChange
  // afterwards. Errors: what the rules say (reason and field), NOT_FOUND, ACCESS_ENDED, NOT_ENROLLED,
  // OUTBOX_FULL, STORAGE_*.
  [[nodiscard]] Result<Accepted> Accept(std::string_view dossier_id, v1::Mutation mutation);
  // An id for a new record or request.
  [[nodiscard]] std::string NewId();

  // ---- Money: what this device keeps of it

  // What the voucher is spent with; nothing when its present code is not here. Errors as ViewOf.
  [[nodiscard]] Result<std::optional<v1::VoucherCode>> FindVoucherCode(std::string_view dossier_id,
                                                                       std::string_view voucher_id);
  // What the organisation signed about money, newest first, at most `count_max`. Errors: NOT_ENROLLED, WIPED,
  // STORAGE_*; as do the two below.
  [[nodiscard]] Result<std::vector<v1::StatementContent>> MoneyStatements(std::size_t count_max);
  // The requests that no answer came to, oldest first.
  [[nodiscard]] Result<std::vector<KeptRequest>> UnansweredRequests();
  // The same content is a new request from now on. Errors: also NOT_FOUND.
  [[nodiscard]] Result<void> ForgetUnanswered(std::string_view request_id);

  [[nodiscard]] Result<std::vector<RejectedMutation>> Rejected() const;
  // Errors: NOT_FOUND.
  Result<void> DismissRejected(std::string_view mutation_id);
  // The person has seen how many were unreadable. Errors: STORAGE_*.
  Result<void> DismissUnreadable();

 private:
  class Parts;
  explicit Core(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace brug::sdk
