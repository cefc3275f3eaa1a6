#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "brug/v1/enrolment_service.pb.h"
#include "brug/v1/sync_service.pb.h"
#include "client-sdk/src/sync/core.h"
#include "proto/crypto/signature.h"
#include "tests/contracts/storage_of_device.h"
#include "tests/unit/crypto_seeded_random.h"

// A small world for the SDK's core: a service that is honest unless a test tells it otherwise, and devices
// that talk to it without threads, sockets or clocks.
namespace brug::sdk {

inline constexpr const char* kDossier = "0b8f6a3e-7c1d-4e5f-8a9b-0000000000d1";
inline constexpr const char* kOtherDossier = "0b8f6a3e-7c1d-4e5f-8a9b-0000000000d2";
inline constexpr const char* kClient = "0b8f6a3e-7c1d-4e5f-8a9b-0000000000a1";
inline constexpr const char* kMentor = "0b8f6a3e-7c1d-4e5f-8a9b-0000000000a2";
inline constexpr const char* kMerchant = "0b8f6a3e-7c1d-4e5f-8a9b-0000000000a3";
inline constexpr const char* kClientCode = "7K2QX-M4T9B";
inline constexpr const char* kMentorCode = "8K2QX-M4T9B";
inline constexpr const char* kMerchantCode = "9K2QX-M4T9B";

class FakeClock final : public Clock {
 public:
  [[nodiscard]] rules::Instant Now() const override { return now; }
  rules::Instant now =
      rules::Instant(std::chrono::microseconds(1'795'255'200'000'000));  // 2026-11-21 10:00 UTC
};

// Every name is UTC.
class OneZone final : public rules::ZoneReader {
 public:
  [[nodiscard]] std::optional<rules::Zone> FindZone(std::string_view) const override { return rules::Zone(); }
};

// Keeps its keys in memory and can be made to fail.
class MemoryKeyStore final : public KeyStore {
 public:
  explicit MemoryKeyStore(std::uint64_t seed) : random_(seed) {}

  Result<std::string> Wrap(std::string_view key) override;
  Result<std::string> Unwrap(std::string_view wrapped) override;
  Result<std::string> PublicKey() override;
  Result<std::string> Sign(std::string_view message) override;
  Result<std::string> LoadNonce() override { return nonce; }
  Result<void> StoreNonce(std::string_view fresh) override;
  Result<void> Destroy() override;

  std::string nonce;
  int destroyed = 0;
  bool fails = false;

 private:
  void MakeKeys();
  crypto::SeededRandom random_;
  std::optional<crypto::SealingKey> sealing_key_;
  std::optional<crypto::SigningKey> device_key_;
};

// The service, as far as a device can tell. One organisation, two people, two dossiers.
class ScriptedService {
 public:
  // What befalls a call.
  enum class Fate {
    kFine,
    kNotReached,  // nothing was done
    kAnswerLost,  // done, but the device hears UNAVAILABLE
    kTimedOut,    // done, but the device hears DEADLINE_EXCEEDED
    kSignInNeeded,
  };

  explicit ScriptedService(const FakeClock& clock);

  [[nodiscard]] Answer Take(const Call& call);

  // ---- Script
  std::deque<Fate> sync_fates;                     // of the next Sync calls; fine when there is none
  std::deque<CallStatus> session_refusals;         // of the next OpenSession calls
  std::function<void(v1::SyncResponse&)> distort;  // changes each answer before it leaves
  std::function<void(v1::EnrolResponse&)> distort_enrolment;
  // Answers calls that this service does not know; nothing leaves it as it was. Their fates are their own.
  std::function<std::optional<Answer>(const Call&)> answer_other;
  std::deque<Fate> other_fates;
  std::set<v1::Mutation::IntentCase> unknown_kinds;  // answered NOT_YET
  std::map<std::string, int> retry_later;            // by dossier: so many times
  int page_records_max = 1000;
  bool device_waits = false;

  // ---- What it does by itself
  void Grant(const std::string& person_id, const std::string& dossier_id, v1::Role role);
  void End(const std::string& person_id, const std::string& dossier_id);
  void OrderWipe(const std::string& person_id, const std::string& device_id);
  [[nodiscard]] v1::Statement Sign(const v1::StatementContent& content) const;
  [[nodiscard]] v1::StatementContent NextContent(const std::string& person_id);
  void Keep(const v1::StatementContent& content, const v1::Statement& statement);
  // Applies a mutation as if another device had pushed it.
  void Write(const std::string& dossier_id, const v1::Author& author, v1::Mutation mutation);
  // Puts a record of the service's own making into the dossier.
  void WriteRecord(const std::string& dossier_id, v1::Record record);
  // Puts the dossier back to an earlier revision: history is lost.
  void RestoreTo(const std::string& dossier_id, std::int64_t revision);
  void ForgetNumbering() { progress_.clear(); }
  void EndSessions() { tokens_.clear(); }

  // ---- What happened
  std::vector<v1::SyncRequest> requests;
  std::vector<v1::EnrolRequest> enrolments;
  std::vector<v1::OpenSessionRequest> session_requests;
  std::vector<Call> other_calls;
  int sessions_opened = 0;
  std::map<std::string, int> effects;  // how often each mutation took effect
  std::vector<v1::Mutation> received;  // handed in after an end
  [[nodiscard]] std::int64_t revision(const std::string& dossier_id) {
    return dossiers_[dossier_id].revision;
  }
  [[nodiscard]] std::map<std::string, v1::Record> Records(const std::string& dossier_id) const;
  [[nodiscard]] const std::string& organisation_id() const { return organisation_id_; }

 private:
  struct State {
    std::int64_t revision = 0;
    std::uint64_t salt = 0;
    std::map<std::string, v1::Record> records;
  };
  struct Dossier : State {
    std::map<std::int64_t, State> history;
  };
  struct Device {
    std::string person_id;
    std::string public_key;
  };
  struct Progress {
    std::uint64_t epoch = 0;
    std::int64_t sequence = 0;
  };

  [[nodiscard]] Answer TakeEnrol(const Call& call);
  [[nodiscard]] Answer TakeOpenSession(const Call& call);
  [[nodiscard]] Answer TakeSync(const Call& call);
  [[nodiscard]] Answer TakeOther(const Call& call);
  [[nodiscard]] v1::SyncResponse Sync(const std::string& device_id, const v1::SyncRequest& request);
  [[nodiscard]] v1::Outcome Decide(const std::string& device_id, const v1::Mutation& mutation,
                                   rules::Instant at);
  [[nodiscard]] v1::Outcome ApplyHere(const std::string& dossier_id, const v1::Author& author,
                                      const v1::Mutation& mutation, rules::Instant at);
  [[nodiscard]] static bool Knows(const Dossier& dossier, const v1::Point& point);
  void AddPage(const std::string& dossier_id, const std::string& cursor, v1::SyncResponse& response);

  const FakeClock& clock_;
  crypto::SeededRandom random_{1};
  crypto::SigningKey statement_key_ = crypto::SigningKey::Generate(random_);
  crypto::SigningKey session_key_ = crypto::SigningKey::Generate(random_);
  std::string organisation_id_ = "0b8f6a3e-7c1d-4e5f-8a9b-0000000000f1";
  std::set<std::string> nonces_;
  std::map<std::string, std::string> tokens_;  // to device ids
  std::map<std::string, Device> devices_;
  std::map<std::string, Dossier> dossiers_;
  std::map<std::string, std::map<std::string, v1::Role>> access_;  // person, dossier
  std::map<std::string, std::vector<v1::Statement>> statements_;   // by person
  std::map<std::string, std::int64_t> statement_numbers_;
  std::map<std::string, v1::Outcome> outcomes_;
  std::map<std::pair<std::string, std::string>, Progress> progress_;
  std::vector<v1::BridgeTemplate> templates_;
  int next_name_ = 0;
};

// A device with the core on it. Calls are answered at once unless a test holds them.
class Phone {
 public:
  Phone(ScriptedService& service, FakeClock& clock, const StorageAdapter& adapter, std::uint64_t seed = 7);
  // With files that outlive the phone.
  struct Files {
    std::string directory;
    KeyStore* key_store = nullptr;
  };
  Phone(ScriptedService& service, FakeClock& clock, const Files& files, std::uint64_t seed);

  [[nodiscard]] Core& core() { return *core_; }
  [[nodiscard]] Storage& storage() { return *storage_; }
  [[nodiscard]] const std::string& directory() const { return directory_; }

  // Ends the process and opens again what it left.
  [[nodiscard]] Result<void> Reopen();
  // Ends the process.
  void Close();

  [[nodiscard]] Result<v1::EnrolResponse> Enrol(const std::string& code);
  // Syncs once; nothing when all went well.
  [[nodiscard]] std::optional<Error> Sync(std::int64_t give_up_after_ms = 0);
  // Gives an event and answers every call that follows from it.
  void Do(const Event& event);
  // Only gives the event.
  void Give(const Event& event);
  // Answers the calls that wait, until there are none.
  void AnswerAll();
  // Lets all timers that are started now go off, in order.
  void FireTimers();

  [[nodiscard]] Result<Accepted> Accept(v1::Mutation mutation, const std::string& dossier_id = kDossier) {
    return core_->Accept(dossier_id, std::move(mutation));
  }
  [[nodiscard]] std::optional<v1::Record> Find(const std::string& record_id,
                                               const std::string& dossier_id = kDossier);
  // All that the view shows, tombstones too, by id.
  [[nodiscard]] std::map<std::string, v1::Record> Records(const std::string& dossier_id = kDossier);

  std::deque<Call> calls;
  std::vector<StartTimer> timers;
  std::vector<Notify> notifies;
  std::vector<SyncEnded> sync_ends;
  std::vector<Replied> replies;
  std::vector<StartWatch> watches;
  std::vector<StopWatch> watches_stopped;
  MemoryKeyStore key_store;

 private:
  ScriptedService& service_;
  FakeClock& clock_;
  StorageAdapter adapter_;
  ScratchDirectory scratch_;
  std::string directory_;
  KeyStore* keys_;
  crypto::SeededRandom random_;
  OneZone zones_;
  std::unique_ptr<Storage> storage_;
  std::unique_ptr<Core> core_;
};

// ---- Answers

[[nodiscard]] Answer Fine(const Call& call, const google::protobuf::MessageLite& message);
[[nodiscard]] Answer Refused(const Call& call, CallCode code, v1::ErrorReason reason);

// ---- Intents

[[nodiscard]] v1::Mutation CreateGoal(const std::string& goal_id, const std::string& title);
[[nodiscard]] v1::Mutation CreateStep(const std::string& step_id, const std::string& goal_id,
                                      const std::string& title);
[[nodiscard]] v1::Mutation Formulate(const std::string& goal_id);
[[nodiscard]] v1::Mutation Tick(const std::string& step_id, rules::Day day,
                                v1::TickState state = v1::TICK_STATE_DONE, const std::string& note = {});
[[nodiscard]] v1::Mutation SendMessage(const std::string& message_id, const std::string& words);
[[nodiscard]] v1::Mutation ReviseGoalTitle(const std::string& goal_id, const std::string& title);
[[nodiscard]] v1::Author ClientAuthor();
[[nodiscard]] v1::Author MentorAuthor();
// A UUID that ends in this number.
[[nodiscard]] std::string Id(int number);
// 2026-11-21, which is the clock's day.
[[nodiscard]] rules::Day Saturday();

}  // namespace brug::sdk
