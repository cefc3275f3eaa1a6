#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "brug/v1/device.pb.h"
#include "brug/v1/sync_service.pb.h"
#include "tests/simulation/truth.h"
#include "tests/simulation/world.h"

namespace brug::simulation {

// What must never be, and was.
struct Violation {
  std::string rule;
  std::string words;
};

// How often something came about, by name.
using Tally = std::map<std::string, std::int64_t>;

// Looks on, and checks after every step that could break it:
//
//   S1  base of a device = records of the service at its point; a view built anew = the view that was shown
//   S2  what a device accepted is pending, applied, refused and kept, handed in, or destroyed for a reason
//   S3  a mutation is in the log once
//   S4  a revision names one state; in the end all views are those of the service, and nobody misses a
//   dossier S5  no page and no draft goes to who may not see it; nothing is left after an end or a wipe S6 in
//   the end nothing is pending, and every device's last sync went well S7  a sync brings what changed, and
//   that alone; all anew only where that is not known any more C1  the device's clock decides nothing between
//   people L1 to L4, V4  the books, by VerifyBooks; L5 the same request has the same answer M1  no voucher
//   pays out more than it is worth, whatever was restored M2  what was promised to a client is there in the
//   end, and no less of it
//
// What it knows it reads from the service's disk, from the devices' and from what passes on the way.
class Checks final : public Onlooker {
 public:
  // `world` is set before anything happens.
  void Watch(World& world);

  void Answered(int station, const sdk::Call& call, const sdk::Answer& answer) override;
  void Committed(const domain::Hints& hints) override;
  void Taken(int station, const sdk::Answer& answer) override;
  void Accepted(int station, const std::string& dossier_id, const sdk::Accepted& accepted) override;
  void Befell(Fate fate) override;
  void DeviceStarted(int station) override;
  void ServiceStarted() override;

  // The promises that were answered are there (M2). Everyone has synced, a restored service is released.
  void InspectPromises();
  // Builds the device's views anew and compares (S1); what it accepted is in its place (S2).
  void Inspect(int station);
  // What the device asks for next says nothing of what it has: others made it up, or its process began again.
  void Excuse(int station);
  // Everyone has synced as often as they liked; `failed` says how the last one ended of those that did not
  // end well.
  void InspectEnd(const std::map<int, std::string>& failed);
  // History was lost, on purpose. What a device has of it is looked at again once it took a page since.
  void ForgetHistory();
  // A device's files were put back to what they were then.
  void PutBack(int station, rules::Instant at);
  void Revoked(int station) { revoked_.insert(station); }
  [[nodiscard]] bool IsRevoked(int station) const { return revoked_.contains(station); }
  // The power went while it was, and whoever asked for it heard nothing.
  void MayBeRevoked(int station) { may_be_revoked_.insert(station); }
  void InspectBooks();

  [[nodiscard]] const std::optional<Violation>& violation() const { return violation_; }
  void Report(const std::string& rule, const std::string& words);
  [[nodiscard]] Tally& tally() { return tally_; }
  [[nodiscard]] Truth& truth() { return *truth_; }
  // How many calls bad luck befell.
  [[nodiscard]] std::int64_t fates() const { return fates_; }
  // Whether the service knows the station's device and has let it in.
  [[nodiscard]] bool IsLive(int station);

 private:
  void CheckSync(int station, const sdk::Call& call, const sdk::Answer& answer);
  void CheckOutcomes(const v1::SyncRequest& request, const v1::SyncResponse& response);
  void CheckPages(int station, std::uint64_t call_id, const v1::SyncRequest& request,
                  const v1::SyncResponse& response);
  void CheckDrafts(int station, const sdk::Answer& answer);
  void CheckOnce(int station, const sdk::Call& call, const sdk::Answer& answer);
  void NoteDraft(const sdk::Call& call, const sdk::Answer& answer);
  // What an answer about money says, for when its device has taken it.
  void NoteMoney(int station, const sdk::Call& call, const sdk::Answer& answer);
  void NoteStatements(int station, const sdk::Answer& answer, const v1::SyncResponse& response);
  void CheckPaid(const std::string& voucher_id);
  // Every dossier that the device's person may read is there (S4).
  void CheckHeld(int station);
  [[nodiscard]] bool IsOfLostHistory(int station, const std::string& dossier_id) const;
  void CheckBase(int station);
  // In the end nothing is excused by history that was lost.
  void CheckKept(int station, bool in_the_end = false);
  void CheckPurged(int station);
  void CheckGone(int station);
  void CheckView(int station, const std::string& dossier_id);
  // As the service has it.
  [[nodiscard]] v1::DeviceState StateOf(int station);
  [[nodiscard]] bool MayRead(int station, const std::string& dossier_id);
  // Up to which revision the service no longer knows what was deleted.
  [[nodiscard]] std::int64_t CompactedOf(const std::string& dossier_id);
  [[nodiscard]] std::map<std::string, std::uint64_t> ViewOf(int station, const std::string& dossier_id);

  World* world_ = nullptr;
  std::optional<Truth> truth_;
  std::optional<Violation> violation_;
  Tally tally_;
  std::int64_t fates_ = 0;
  std::set<int> revoked_;
  std::set<int> may_be_revoked_;
  // What is known of a cursor that was given out.
  struct GivenCursor {
    // The revision up to which its device has all records.
    std::int64_t reached = 0;
    // What was deleted since this revision is still to be told.
    std::int64_t since = 0;
  };
  // By the station and the dossier it was given for, and itself: elsewhere it counts as none.
  std::map<std::tuple<int, std::string, std::string>, GivenCursor> cursors_;
  // After a restore: the dossiers of which a device has shown a page since.
  bool history_lost_ = false;
  std::set<std::pair<int, std::string>> caught_up_;
  // The dossiers of which a device has all and no reason to ask for all of them again, and by which call.
  std::map<std::pair<int, std::string>, std::uint64_t> complete_;
  // Mutations that a device rightly forgot with their dossier: they had been handed in.
  std::set<std::pair<int, std::string>> purged_;
  // Of answers under way: the dossiers whose last page they bring.
  std::map<std::pair<int, std::uint64_t>, std::vector<std::string>> last_pages_;
  // The mutation that each revision was said to be of.
  std::map<std::pair<std::string, std::int64_t>, std::string> named_;
  // What a device's base was found to be.
  std::map<std::pair<int, std::string>, std::int64_t> base_checked_;
  // The dossiers of each device when it last took an answer.
  std::map<int, std::set<std::string>> held_;
  // What any device ever showed of a dossier.
  std::map<std::string, std::set<std::string>> shown_;
  // Offers that were drafted.
  std::set<std::string> drafts_;
  // The first answer to each request that changed something about money.
  std::map<std::string, std::pair<std::string, std::string>> once_;
  // What people were told about money: an offer that is promised, a redemption, or that one is undone (then
  // of 0 cents).
  struct Told {
    int station = 0;
    std::string dossier_id = {};
    std::string offer_id = {};
    std::string redemption_id = {};
    std::string voucher_id = {};
    std::int64_t amount_cents = 0;
  };
  // By the answer that is under way.
  std::map<std::pair<int, std::uint64_t>, std::vector<Told>> to_be_told_;
  // By offer and the station that can show it, and by redemption.
  std::map<std::pair<std::string, int>, Told> promised_;
  std::map<std::string, Told> paid_;
};

}  // namespace brug::simulation
