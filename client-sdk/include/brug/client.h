#pragma once

#include <brug/bridge.h>
#include <brug/dossier.h>
#include <brug/history.h>
#include <brug/key_store.h>
#include <brug/people.h>
#include <brug/result.h>
#include <brug/rewards.h>
#include <brug/status.h>
#include <brug/support.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The SDK's front door. A first look:
//
//   auto client = brug::Client::Open({.directory = directory, .server = "brug.example:8443",
//   .root_certificate_pem = pem,
//                                     .key_store = std::make_shared<brug::FileKeyStore>(directory +
//                                     "/keys")});
//   client->Enrol({.activation_code = "7K2QX-M4T9B", .device_name = "mijn telefoon"});
//   client->SyncNow();
//   auto dossier = client->OwnDossier();
//   for (const auto& item : *dossier->Today()) std::cout << item.step.content.title << "\n";
namespace brug {

namespace sdk {
struct ClientAccess;
class Engine;
class Notifier;
}  // namespace sdk

struct ClientOptions {
  // Where everything of this device is kept; made if it is missing (mode 0700). One process at a time.
  std::filesystem::path directory;
  // "host:port". Kept nowhere: give it at each opening. Empty: never online.
  std::string server;
  // The certificates to trust, PEM. Empty: those of the system.
  std::string root_certificate_pem;
  // Pins: base64 of the SHA-256 of a SubjectPublicKeyInfo. When there are any, the server's own certificate
  // must carry one of these keys as well as be trusted. Two are wise: the present key and the next.
  std::vector<std::string> spki_pins;
  // The name the server's certificate must carry; empty for the host of `server`.
  std::string server_name;
  // Language of messages and of the Bridge: "nl" or "en". Anything else gets Dutch.
  std::string language = "nl";
  // Keeps the keys of this device. Required.
  std::shared_ptr<KeyStore> key_store;
};

// While it lives, its callback is called. Destroying it waits for a call that is going on (unless that call
// destroys it), and none comes after. May outlive the Client.
class Subscription {
 public:
  Subscription() = default;
  Subscription(Subscription&&) noexcept;
  Subscription& operator=(Subscription&&) noexcept;
  ~Subscription();

 private:
  friend class sdk::Engine;
  friend class sdk::Notifier;
  struct Registration;
  explicit Subscription(std::shared_ptr<Registration> registration);

  std::shared_ptr<Registration> registration_;
};

// One device of one person: its keys, its dossiers, and the exchange with the service.
//
// Everything but the calls under "needs the service" works offline, for weeks. The client signs in by itself
// whenever it has to; the access token is never written to disk.
//
// @par Thread safety
// Any call from any thread, but for Open, moving and destroying. Reads and writes wait for one another; none
// of them waits for the network.
//
// @par Errors of every call that needs the service
// NO_CONNECTION and TIMED_OUT (try again later), STORAGE_UNAVAILABLE and STOPPING (after `retry_after_ms`),
// NOT_ENROLLED, SIGN_IN_NEEDED, DEVICE_WAITING, DEVICE_REVOKED, NOT_ALLOWED, TOO_MANY_TRIES; others are named
// at the call. `Error::message` is in the person's language.
class Client {
 public:
  // Opens what is in `options.directory`. Does not touch the network.
  // Errors: REPLICA_IN_USE (another process, or another Client of this one, has it open), KEY_STORE_FAILED
  // (it cannot open what this directory was sealed with), UPDATE_NEEDED (written by a newer SDK),
  // STORAGE_FAILED, STORAGE_DAMAGED, MISSING or OUT_OF_RANGE (an option; `field` says which). Cost: some 10
  // ms with 10,000 records.
  [[nodiscard]] static Result<Client> Open(ClientOptions options);

  // What is not confirmed stays on disk. Waits for a call that is going on.
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  // ---- Whose device this is (offline)

  // None until the device is enrolled.
  [[nodiscard]] std::optional<Identity> WhoAmI() const;

  // ---- Enrolment and devices (needs the service)

  struct Enrolment {
    std::string activation_code;  // as typed: case, spaces and hyphens do not matter
    std::string device_name;      // 1 to 100 bytes
  };
  // Makes this device that person's. Safe to repeat with the same code when the answer was lost.
  // A further device of a client waits for a yes on a live one: until then other calls say DEVICE_WAITING.
  // Errors: CODE_NOT_VALID, TOO_MANY_TRIES, ALREADY_ENROLLED.
  [[nodiscard]] Result<Identity> Enrol(const Enrolment& enrolment,
                                       std::chrono::milliseconds timeout = kServiceTimeout);
  // For a further device of one's own, or (mentor) for a client. Voids the last one.
  [[nodiscard]] Result<ActivationCode> CreateActivationCode(
      std::string_view person_id = {}, std::chrono::milliseconds timeout = kServiceTimeout);
  // One's own, or (mentor) a client's; newest first, revoked ones too.
  [[nodiscard]] Result<std::vector<Device>> ListDevices(std::string_view person_id = {},
                                                        std::chrono::milliseconds timeout = kServiceTimeout);
  // A yes or no to a device of one's own that waits; a no revokes it. Errors: WRONG_STATE.
  [[nodiscard]] Result<Device> AllowDevice(std::string_view device_id,
                                           std::chrono::milliseconds timeout = kServiceTimeout);
  [[nodiscard]] Result<Device> RefuseDevice(std::string_view device_id,
                                            std::chrono::milliseconds timeout = kServiceTimeout);
  // It is refused at once and wiped at its next contact.
  [[nodiscard]] Result<Device> RevokeDevice(std::string_view device_id,
                                            std::chrono::milliseconds timeout = kServiceTimeout);

  // ---- Dossiers (offline)

  // Those on this device: one for a client, a caseload for a mentor.
  [[nodiscard]] Result<std::vector<std::string>> DossierIds() const;
  // Errors: NOT_FOUND, ACCESS_ENDED, WIPED.
  [[nodiscard]] Result<Dossier> OpenDossier(std::string_view dossier_id) const;
  // The client's own. Errors: NOT_FOUND (staff have none; or it did not come yet: sync first), WIPED.
  [[nodiscard]] Result<Dossier> OwnDossier() const;
  // The Bridge templates of the organisation, newest first; empty before the first sync.
  [[nodiscard]] Result<std::vector<BridgeTemplate>> BridgeTemplates() const;

  // ---- Sync

  struct SyncOptions {
    // The longest it may take.
    std::chrono::milliseconds timeout = std::chrono::minutes(2);
    // Without a connection: whether to try again until the time is over, or to say NO_CONNECTION at once.
    bool keep_trying = false;
  };
  // One whole exchange now: pushes what is pending, fetches what changed, until nothing is left or the time
  // is over (what came until then is kept). Needs the service. Meanwhile everything else can be called.
  [[nodiscard]] Result<void> SyncNow(const SyncOptions& options);
  [[nodiscard]] Result<void> SyncNow() { return SyncNow(SyncOptions{}); }
  // Syncs by itself from now on: shortly after each write, when the service hints at a change, and now and
  // then. Offline it tries again with growing pauses (1 to 60 s). Starting twice is starting once.
  void StartBackgroundSync();
  // Waits for nothing; a call that is going on is given up, which loses nothing.
  void StopBackgroundSync();
  // `callback` is called after each change, on a thread of the SDK, one call at a time, with no lock held: it
  // may call the client. Keep it short; while it runs, changes gather into one. Must not throw, and must not
  // destroy the client.
  [[nodiscard]] Subscription Subscribe(std::function<void(const Change&)> callback);
  // Offline, without touching the disk.
  [[nodiscard]] Status GetStatus() const;

  // What the service refused, oldest first, with its content (offline).
  [[nodiscard]] Result<std::vector<RejectedItem>> Rejected() const;
  // The person has seen it: forget it. Errors: NOT_FOUND.
  [[nodiscard]] Result<void> DismissRejected(std::string_view mutation_id);
  // The person has seen how much could not be read: Status::unreadable_count is 0 again.
  [[nodiscard]] Result<void> DismissUnreadable();

  struct HistoryQuery {
    std::string dossier_id;
    // Only what happened to this item, all of it; empty: what was overwritten or refused anywhere.
    std::string record_id;
    // HistoryPage::next_page of the page before; empty for the first.
    std::string page;
  };
  // What was overwritten in a dossier and by whom, and what came after a relation had ended; newest first,
  // 400 days back at least. For the client and the present mentor. Needs the service.
  [[nodiscard]] Result<HistoryPage> ListHistory(const HistoryQuery& query,
                                                std::chrono::milliseconds timeout = kServiceTimeout);

  // ---- Offers and vouchers

  // All that is done with them through the service, for every role.
  [[nodiscard]] brug::Rewards Rewards() const;

  // ---- For mentors and team leads

  // Those first that need a person's attention. Offline.
  [[nodiscard]] Result<std::vector<CaseloadEntry>> Caseload() const;

  struct NewClient {
    std::string display_name;                    // 1 to 100 bytes
    std::string language = "nl";                 // "nl" or "en"
    std::string time_zone = "Europe/Amsterdam";  // IANA
    // A UUID of the app's choice makes it safe to repeat when an answer was lost; empty: a new one each time.
    std::string request_id;
  };
  // Opens a dossier with the caller as mentor; it comes to this device with the next sync. Mentor; needs the
  // service.
  [[nodiscard]] Result<RegisteredClient> RegisterClient(const NewClient& client,
                                                        std::chrono::milliseconds timeout = kServiceTimeout);
  // The contacts of the caseload, newest first, at most `count_max`. Mentor. Offline.
  [[nodiscard]] Result<std::vector<CaseloadContact>> ListContacts(std::size_t count_max = 200) const;
  // Who can take over a client, by name. Needs the service.
  [[nodiscard]] Result<std::vector<StaffMember>> ListColleagues(
      std::chrono::milliseconds timeout = kServiceTimeout);
  // Handovers that wait for the caller's answer as the new mentor, oldest first. Needs the service.
  [[nodiscard]] Result<std::vector<IncomingHandover>> ListHandovers(
      std::chrono::milliseconds timeout = kServiceTimeout);
  // The new mentor's yes or no; returns where it stands now. Needs the service. Errors: WRONG_STATE.
  [[nodiscard]] Result<HandoverState> AnswerHandover(std::string_view handover_id, bool accept,
                                                     std::chrono::milliseconds timeout = kServiceTimeout);
  // The caller's team with totals and no stories. Team lead; needs the service.
  [[nodiscard]] Result<Team> GetTeam(std::chrono::milliseconds timeout = kServiceTimeout);

  struct Assignment {
    std::vector<std::string> dossier_ids;  // 1 to 100, of the caller's team
    std::string to_person_id;              // a mentor of that team
    std::string words;                     // why, for the client to read; at most 2,000 bytes
    std::string request_id;                // as in NewClient
  };
  // Gives dossiers to another mentor at once, all or nothing; returns how many changed hands. Team lead;
  // needs the service. Errors: TOO_MANY.
  [[nodiscard]] Result<int> AssignDossiers(const Assignment& assignment,
                                           std::chrono::milliseconds timeout = kServiceTimeout);

 private:
  friend struct sdk::ClientAccess;
  explicit Client(std::unique_ptr<sdk::Engine> engine);

  std::unique_ptr<sdk::Engine> engine_;
};

}  // namespace brug
