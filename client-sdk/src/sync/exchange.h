#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "brug/v1/sync_service.pb.h"
#include "client-sdk/src/sync/base_digest.h"
#include "client-sdk/src/sync/event.h"
#include "client-sdk/src/sync/holdings.h"
#include "client-sdk/src/sync/ring.h"

namespace brug::sdk {

// What one answer came to.
struct Taken {
  bool more = false;        // the service has more to give
  bool progress = false;    // the answer brought or settled anything at all
  bool wipe_order = false;  // then nothing else was done
  Notify notify;
  // Why a part of the answer was left out: a statement that did not verify, with those behind it, or an
  // outcome that a newer service gave.
  std::optional<Error> left_out;
};

// The mutations, pages and statements of Sync calls, one call at a time. A run is the calls that one sync
// takes.
//
//   one answer = one local transaction: what it settles and what it reveals happen together or not at all
//
// A mutation leaves pending only in the transaction that reveals a base at or above its revision.
class Exchange {
 public:
  explicit Exchange(Holdings& holdings) : holdings_(holdings), ring_(holdings) {}

  // Before the first call of a run: what was left for later is tried again.
  [[nodiscard]] Result<void> BeginRun();
  // The next call. Errors: STORAGE_*.
  [[nodiscard]] Result<v1::SyncRequest> Build();
  // The answer to the last call that was built. After an error the holdings are as they were before it.
  [[nodiscard]] Result<Taken> Take(const v1::SyncResponse& response);

  // Whether a call would push or show anything, or fetch a dossier anew.
  [[nodiscard]] bool HasMore() const;
  // Why and for how long dossiers were put off in this run; nothing when none was.
  [[nodiscard]] const std::optional<Error>& put_off() const { return put_off_; }
  [[nodiscard]] std::int64_t records_received() const { return records_received_; }

 private:
  struct Pushed {
    std::string dossier_id;
    std::int64_t ordinal = 0;
    std::int64_t sequence = 0;
    bool refused = false;  // before, and handed in since the relation has ended
  };
  // Ordinals by dossier.
  using Waiting = std::map<std::string, std::set<std::int64_t>>;

  [[nodiscard]] Result<void> AddMutations(v1::SyncRequest& request);
  [[nodiscard]] Result<v1::SyncRequest> AddStatements(v1::SyncRequest& request);
  [[nodiscard]] bool ShowedAllAfter(const std::string& restore_id) const;
  void NoteStatementsWanted(const v1::SyncResponse& response, Taken& taken);
  void ShowAllAfter(const std::string& restore_id, Taken& taken);
  [[nodiscard]] Result<void> TakeAll(const v1::SyncResponse& response, Taken& taken);
  [[nodiscard]] Result<void> TakeStatements(const v1::SyncResponse& response, Taken& taken);
  [[nodiscard]] Result<void> HandIn(const v1::SyncResponse& response);
  [[nodiscard]] Result<void> HandInRefused(Holding& holding);
  [[nodiscard]] Result<void> HandInRing(Holding& holding);
  [[nodiscard]] Result<Waiting> FindWaitedEnough() const;
  [[nodiscard]] Result<void> NumberWaitedEnough(Taken& taken);
  [[nodiscard]] Result<void> ForgetOlderOutcomes(const v1::SyncResponse& response);
  [[nodiscard]] Result<void> TakeOutcomes(const v1::SyncResponse& response, Taken& taken);
  [[nodiscard]] Result<void> TakeOutcome(const v1::Outcome& outcome, const Pushed& pushed, Holding& holding,
                                         Taken& taken);
  [[nodiscard]] Result<void> StartOver(Holding& holding);
  [[nodiscard]] Result<void> Settle(Holding& holding, const Pushed& pushed);
  [[nodiscard]] Result<void> TakePage(const v1::DossierPage& page, Taken& taken);
  [[nodiscard]] Result<void> KeepRecords(const v1::DossierPage& page, Holding& holding, BaseDigest& digest);
  [[nodiscard]] Result<void> Reveal(const v1::DossierPage& page, Holding& holding, const BaseDigest& digest);
  void NoteDrift(const v1::DossierPage& page, Holding& holding, bool snapshot);
  void AddDrifts(v1::SyncRequest& request);
  [[nodiscard]] Result<void> ForgetReportedDrifts();
  [[nodiscard]] Result<void> SettleApplied(const Holding& holding);
  [[nodiscard]] Result<void> SettleWhatIsShown();
  [[nodiscard]] Result<void> PurgeEnded(Taken& taken);
  void PutOff(const Holding& holding, const v1::RetryLater& retry_later);

  Holdings& holdings_;
  Ring ring_;
  std::map<std::string, Pushed> pushed_;      // by mutation id
  std::set<std::string> drifts_reported_;     // dossiers, by the last call that was built
  std::set<std::string> cursors_sent_;        // the dossiers of those in the last call
  std::map<std::string, int> rings_offered_;  // in this run: no oftener than a few times
  std::set<std::string> ended_in_this_answer_;
  // What an answer said last; nothing before the first.
  std::optional<rules::Instant> server_time_;
  std::set<std::string> waited_enough_;  // dossiers of which something was offered for that, in this run
  std::set<std::string> pages_in_this_answer_;
  std::set<std::string> unsettled_;  // dossiers with mutations that may be shown already
  std::set<std::string> put_off_dossiers_;
  std::map<std::string, int> epochs_begun_;
  std::set<std::string> epochs_in_this_answer_;
  std::optional<Error> put_off_;
  std::optional<rules::Instant> confirmed_kept_at_;
  std::optional<std::int64_t> show_statements_after_;   // by the next call
  std::optional<std::int64_t> shown_statements_after_;  // by the last call
  std::optional<std::int64_t> shown_statements_up_to_;  // by the last call, when it had to leave out some
  std::string restore_showing_;                         // the restore that all of them are shown for
  bool purged_ = false;
  std::int64_t records_received_ = 0;
};

}  // namespace brug::sdk
