#include "tests/simulation/checks.h"

#include <algorithm>
#include <limits>

#include "brug/v1/statement.pb.h"
#include "service/domain/ledger.h"
#include "tests/simulation/plan.h"

namespace brug::simulation {
namespace {

constexpr std::size_t kAll = std::numeric_limits<std::int64_t>::max();

// Field 1 of every request that is to be done once: a UUID, behind its tag and its length.
std::string RequestIdOf(const std::string& request) {
  constexpr std::size_t kUuidBytes = 36;
  const bool there = request.size() >= 2 + kUuidBytes && request[0] == '\x0a';
  return there ? request.substr(2, kUuidBytes) : "";
}

// The ids of what is pending.
std::string PendingOn(SimulatedDevice& device) {
  std::string ids;
  for (const auto& [id, accepted] : device.accepted()) {
    const auto rows = device.storage().outbox().ListPending(accepted.dossier_id);
    if (!rows.ok()) continue;
    for (const sdk::PendingRow& row : *rows) {
      if (row.ordinal == accepted.ordinal) ids += " " + id;
    }
  }
  return ids;
}

}  // namespace

void Checks::Watch(World& world) {
  world_ = &world;
  truth_.emplace(world.service(),
                 [this](const std::string& rule, const std::string& words) { Report(rule, words); });
}

void Checks::Report(const std::string& rule, const std::string& words) {
  ++tally_["violation " + rule];
  if (violation_) return;
  violation_ = Violation{.rule = rule, .words = words};
  world_->trace().Add("VIOLATION " + rule + ": " + words);
}

void Checks::Answered(int station, const sdk::Call& call, const sdk::Answer& answer) {
  if (!answer.status.ok()) {
    ++tally_["refused call " + v1::ErrorReason_Name(answer.status.reason)];
    return;
  }
  if (!drafts_.empty() && !world_->station(station).dossier_id.empty()) CheckDrafts(station, answer);
  if (call.method == sdk::Method::kSync) CheckSync(station, call, answer);
  if (call.method == sdk::Method::kDraftOffer) NoteDraft(call, answer);
  if (sdk::IsOnce(call.method)) {
    NoteMoney(station, call, answer);
    CheckOnce(station, call, answer);
    InspectBooks();
  }
}

void Checks::Committed(const domain::Hints& hints) {
  for (const auto& [dossier_id, revision] : hints.dossiers) truth_->Follow(dossier_id);
  // The service goes on without it, and it is a mistake nevertheless.
  for (const auto& [what, why] : hints.passed_over) {
    if (what.starts_with("mutation ")) Report("S6", what + " could not be decided: " + why);
  }
}

void Checks::Taken(int station, const sdk::Answer& answer) {
  const auto pages = last_pages_.extract({station, answer.call_id});
  const auto told = to_be_told_.extract({station, answer.call_id});
  // It may be that there was an answer, and that it never came.
  if (!answer.status.ok()) return;
  if (!pages.empty()) {
    for (const std::string& dossier_id : pages.mapped()) {
      caught_up_.emplace(station, dossier_id);
      complete_[{station, dossier_id}] = answer.call_id;
    }
  }
  if (!told.empty()) {
    for (const Told& one : told.mapped()) {
      if (!one.offer_id.empty()) promised_[{one.offer_id, station}] = one;
      if (one.redemption_id.empty()) continue;
      paid_[one.redemption_id] = one;
      CheckPaid(one.voucher_id);
    }
  }
  CheckBase(station);
  CheckPurged(station);
}

void Checks::Accepted(int, const std::string& dossier_id, const sdk::Accepted& accepted) {
  ++tally_["mutation accepted"];
  for (const v1::Record& record : accepted.records) shown_[dossier_id].insert(record.record_id());
}

void Checks::Befell(Fate fate) {
  ++fates_;
  ++tally_["fault " + std::string(NameOf(static_cast<Fault>(fate)))];
}

void Checks::DeviceStarted(int station) {
  Excuse(station);
  // All of what it has: a crash may have left anything.
  std::erase_if(base_checked_, [&](const auto& entry) { return entry.first.first == station; });
  CheckBase(station);
  CheckKept(station);
}

void Checks::ServiceStarted() { truth_->FollowAll(); }

void Checks::Inspect(int station) {
  if (!world_->device(station).running()) return;
  CheckKept(station);
  std::map<std::string, std::map<std::string, std::uint64_t>> before;
  for (const sdk::DossierInfo& info : world_->device(station).core().Dossiers()) {
    before[info.dossier_id] = ViewOf(station, info.dossier_id);
  }
  world_->RestartDevice(station);
  if (!world_->device(station).running()) return Report("S2", "a device cannot begin again");
  for (const auto& [dossier_id, shown] : before) {
    for (const auto& [record_id, hash] : ViewOf(station, dossier_id)) {
      const auto was = shown.find(record_id);
      if (was != shown.end() && was->second == hash) continue;
      return Report("S1", "record " + record_id + " of dossier " + dossier_id +
                              " is another one when its view is built anew on device " +
                              std::to_string(station));
    }
  }
}

void Checks::InspectEnd(const std::map<int, std::string>& failed) {
  truth_->FollowAll();
  for (int i = 0; i < world_->station_count(); ++i) {
    SimulatedDevice& device = world_->device(i);
    if (!device.running()) continue;
    CheckGone(i);
    if (revoked_.contains(i)) continue;
    CheckKept(i, IsLive(i));
    if (IsLive(i)) {
      CheckHeld(i);
      const auto last = failed.find(i);
      if (last != failed.end())
        Report("S6", "the last sync of device " + std::to_string(i) + " ended with " + last->second);
    }
    const auto status = device.core().Status();
    // A device that nobody allowed keeps what its person wrote for when somebody does.
    if (status.pending > 0 && IsLive(i)) {
      Report("S6", std::to_string(status.pending) + " mutations are still pending on device " +
                       std::to_string(i) + ":" + PendingOn(device));
    }
    for (const sdk::DossierInfo& info : device.core().Dossiers()) CheckView(i, info.dossier_id);
  }
}

void Checks::CheckHeld(int station) {
  std::set<std::string> held;
  for (const sdk::DossierInfo& info : world_->device(station).core().Dossiers()) {
    if (info.complete) held.insert(info.dossier_id);
  }
  for (const auto& [dossier_id, truth] : truth_->dossiers()) {
    if (!MayRead(station, dossier_id) || held.contains(dossier_id)) continue;
    Report("S4", "device " + std::to_string(station) + " misses dossier " + dossier_id);
  }
}

void Checks::Excuse(int station) {
  std::erase_if(complete_, [&](const auto& entry) { return entry.first.first == station; });
}

void Checks::ForgetHistory() {
  complete_.clear();
  cursors_.clear();
  named_.clear();
  base_checked_.clear();
  history_lost_ = true;
  caught_up_.clear();
  last_pages_.clear();
  // What was answered and came back with no statement is answered anew.
  once_.clear();
  truth_->BeginAnew();
}

void Checks::PutBack(int station, rules::Instant at) {
  world_->device(station).ForgetAcceptedAfter(at);
  std::erase_if(base_checked_, [&](const auto& entry) { return entry.first.first == station; });
  std::erase_if(caught_up_, [&](const auto& entry) { return entry.first == station; });
  Excuse(station);
  std::erase_if(promised_, [&](const auto& entry) { return entry.first.second == station; });
}

bool Checks::IsOfLostHistory(int station, const std::string& dossier_id) const {
  return history_lost_ && !caught_up_.contains({station, dossier_id});
}

void Checks::InspectBooks() {
  world_->service().Look([&](const storage::Snapshot& snapshot) {
    const domain::LedgerReport report = domain::VerifyBooks(snapshot);
    for (const domain::LedgerFinding& finding : report.findings) Report(finding.rule, finding.words);
  });
}

void Checks::InspectPromises() {
  for (const auto& promised : promised_) {
    const std::string& offer_id = promised.first.first;
    const Told& told = promised.second;
    // Who was told must still be able to show it.
    if (revoked_.contains(told.station) || !MayRead(told.station, told.dossier_id)) continue;
    world_->service().Look([&](const storage::Snapshot& snapshot) {
      const auto offer = snapshot.FindOffer(offer_id);
      if (offer && offer->year != 0 && offer->amount_cents >= told.amount_cents) return;
      Report("M2", "offer " + offer_id + " was promised to somebody, and is " +
                       (offer ? "less now" : "not there any more"));
    });
  }
}

void Checks::NoteMoney(int station, const sdk::Call& call, const sdk::Answer& answer) {
  Told told{.station = station};
  v1::PromiseOfferResponse promise;
  v1::RedeemVoucherResponse redeemed;
  v1::UndoRedemptionResponse undone;
  if (call.method == sdk::Method::kPromiseOffer && promise.ParseFromString(answer.response)) {
    if (!promise.has_statement()) return;
    told.dossier_id = promise.offer().dossier_id();
    told.offer_id = promise.offer().offer_id();
    told.amount_cents = promise.offer().offer().amount_cents();
  } else if (call.method == sdk::Method::kRedeemVoucher && redeemed.ParseFromString(answer.response)) {
    told.redemption_id = redeemed.redemption().redemption_id();
    told.amount_cents = redeemed.redemption().amount_cents();
  } else if (call.method == sdk::Method::kUndoRedemption && undone.ParseFromString(answer.response)) {
    told.redemption_id = undone.redemption().redemption_id();
  } else {
    return;
  }
  world_->service().Look([&](const storage::Snapshot& snapshot) {
    if (const auto redemption = snapshot.FindRedemption(told.redemption_id))
      told.voucher_id = redemption->voucher_id;
  });
  to_be_told_[{station, answer.call_id}].push_back(told);
}

// Whoever took the statement of a promise can show it.
void Checks::NoteStatements(int station, const sdk::Answer& answer, const v1::SyncResponse& response) {
  for (const v1::Statement& statement : response.statements()) {
    v1::StatementContent content;
    if (!content.ParseFromString(statement.content())) continue;
    // Whoever gets access again asks for all of it again.
    if (content.has_end()) complete_.erase({station, content.end().dossier_id()});
    if (!content.has_promise()) continue;
    const v1::PromiseStatement& promise = content.promise();
    to_be_told_[{station, answer.call_id}].push_back({.station = station,
                                                      .dossier_id = promise.dossier_id(),
                                                      .offer_id = promise.offer_id(),
                                                      .amount_cents = promise.offer().amount_cents()});
  }
}

void Checks::CheckPaid(const std::string& voucher_id) {
  std::int64_t paid_cents = 0;
  for (const auto& [redemption_id, told] : paid_) {
    if (told.voucher_id == voucher_id) paid_cents += told.amount_cents;
  }
  world_->service().Look([&](const storage::Snapshot& snapshot) {
    const auto voucher = snapshot.FindVoucher(voucher_id);
    if (voucher && paid_cents > voucher->amount_cents) {
      Report("M1", "shops gave " + std::to_string(paid_cents) + " cents for voucher " + voucher_id + " of " +
                       std::to_string(voucher->amount_cents));
    }
  });
}

void Checks::CheckSync(int station, const sdk::Call& call, const sdk::Answer& answer) {
  v1::SyncRequest request;
  v1::SyncResponse response;
  if (!request.ParseFromString(call.request) || !response.ParseFromString(answer.response)) return;
  ++tally_["sync"];
  // Not only what the service tells of: it may be wrong.
  std::set<std::string> touched;
  for (const v1::Mutation& mutation : request.mutations()) touched.insert(mutation.dossier_id());
  for (const v1::DossierPage& page : response.pages()) touched.insert(page.dossier_id());
  for (const std::string& dossier_id : touched) {
    if (truth_->Find(dossier_id) != nullptr) truth_->Follow(dossier_id);
  }
  CheckOutcomes(request, response);
  CheckPages(station, call.call_id, request, response);
  NoteStatements(station, answer, response);
  // Then a sync brings money back.
  if (history_lost_ && !request.statements().empty()) InspectBooks();
  for (const v1::DossierPage& page : response.pages()) {
    if (page.last()) last_pages_[{station, answer.call_id}].push_back(page.dossier_id());
  }
}

void Checks::CheckOutcomes(const v1::SyncRequest& request, const v1::SyncResponse& response) {
  if (request.mutations_size() != response.outcomes_size()) {
    Report("S2", "mutations were pushed and not all were answered");
  }
  for (const v1::Outcome& outcome : response.outcomes()) {
    switch (outcome.result_case()) {
      case v1::Outcome::kApplied: {
        ++tally_["outcome applied"];
        if (outcome.applied().clock_ahead()) ++tally_["outcome applied, clock ahead"];
        const auto& point = outcome.applied().point();
        const auto [named, is_new] =
            named_.try_emplace({outcome.dossier_id(), point.revision()}, outcome.mutation_id());
        if (named->second != outcome.mutation_id()) {
          Report("S4", "revision " + std::to_string(point.revision()) + " of dossier " +
                           outcome.dossier_id() + " was given to two mutations");
        }
        break;
      }
      case v1::Outcome::kRejected:
        ++tally_["outcome rejected"];
        ++tally_["rejected " + v1::ErrorReason_Name(outcome.rejected().reason())];
        break;
      case v1::Outcome::kReceived:
        ++tally_["outcome received"];
        break;
      case v1::Outcome::kNotYet:
        ++tally_["outcome not yet"];
        break;
      case v1::Outcome::kNewEpoch:
        ++tally_["outcome new epoch"];
        break;
      case v1::Outcome::kRetryLater:
        ++tally_["outcome retry later"];
        break;
      case v1::Outcome::kParked:
        ++tally_["outcome parked"];
        break;
      case v1::Outcome::RESULT_NOT_SET:
        // What a newer service says in its own way is not nothing.
        if (outcome.GetReflection()->GetUnknownFields(outcome).empty())
          Report("S2", "an outcome says nothing");
    }
  }
}

void Checks::CheckPages(int station, std::uint64_t call_id, const v1::SyncRequest& request,
                        const v1::SyncResponse& response) {
  for (const v1::DriftReport& drift : request.drifts()) {
    Report("S4", "the records of dossier " + drift.dossier_id() + " on device " + std::to_string(station) +
                     " are not those of the service at revision " + std::to_string(drift.point().revision()));
  }
  std::map<std::string, std::string> sent;
  for (const v1::DossierCursor& cursor : request.cursors()) sent[cursor.dossier_id()] = cursor.cursor();
  for (const v1::DossierPage& page : response.pages()) {
    const std::string& id = page.dossier_id();
    if (!MayRead(station, id)) {
      Report("S5", "device " + std::to_string(station) + " was given a page of dossier " + id);
    }
    const auto known = cursors_.find({station, id, sent[id]});
    if (page.snapshot()) {
      ++tally_["snapshot"];
      if (known != cursors_.end() && known->second.since >= CompactedOf(id)) {
        Report("S7", "a snapshot of dossier " + id + " follows a good cursor");
      }
      // A call may arrive long after it was sent.
      const auto complete = complete_.find({station, id});
      if (sent[id].empty() && complete != complete_.end() && complete->second < call_id) {
        Report("S7",
               "device " + std::to_string(station) + " asks for all of dossier " + id + " though it has it");
      }
    }
    std::int64_t reached = page.point().revision();
    for (const v1::Record& record : page.records()) {
      reached = std::max(reached, record.revision());
      if (!page.snapshot() && known != cursors_.end() && record.revision() <= known->second.reached) {
        Report("S7", "a record of dossier " + id + " came again that had not changed");
      }
    }
    const DossierTruth* truth = truth_->Find(id);
    std::int64_t since = truth == nullptr ? 0 : truth->revision;
    if (!page.last() && !page.snapshot()) since = known == cursors_.end() ? 0 : known->second.since;
    cursors_[{station, id, page.cursor()}] = {.reached = reached, .since = since};
  }
}

void Checks::CheckDrafts(int station, const sdk::Answer& answer) {
  for (const std::string& offer_id : drafts_) {
    if (answer.response.find(offer_id) == std::string::npos) continue;
    world_->service().Look([&](const storage::Snapshot& snapshot) {
      const auto offer = snapshot.FindOffer(offer_id);
      const bool promised = offer && offer->year != 0;
      if (!promised) Report("S5", "device " + std::to_string(station) + " heard of the draft " + offer_id);
    });
  }
}

void Checks::NoteDraft(const sdk::Call&, const sdk::Answer& answer) {
  v1::DraftOfferResponse response;
  if (response.ParseFromString(answer.response)) drafts_.insert(response.offer().offer_id());
}

void Checks::CheckOnce(int station, const sdk::Call& call, const sdk::Answer& answer) {
  const std::string name = world_->station(station).person_id + "/" + RequestIdOf(call.request);
  const auto [first, is_new] = once_.try_emplace(name, call.request, answer.response);
  ++tally_[is_new ? "money request done" : "money request repeated"];
  if (is_new) return;
  if (first->second.first != call.request) {
    Report("L5", std::string("a request id was used for two requests of ") + sdk::PathOf(call.method));
  } else if (first->second.second != answer.response) {
    Report("L5", std::string("the same request had two answers: ") + sdk::PathOf(call.method));
  }
}

void Checks::CheckBase(int station) {
  sdk::Core& core = world_->device(station).core();
  for (const sdk::DossierInfo& info : core.Dossiers()) {
    if (!info.complete || IsOfLostHistory(station, info.dossier_id)) continue;
    std::int64_t& checked = base_checked_[{station, info.dossier_id}];
    if (checked == info.point.revision()) continue;
    const DossierTruth* truth = truth_->Find(info.dossier_id);
    if (truth == nullptr || truth->revision < info.point.revision()) {
      return Report("S1", "device " + std::to_string(station) + " is at a revision of dossier " +
                              info.dossier_id + " that the service does not have");
    }
    auto view = core.ViewOf(info.dossier_id);
    if (!view.ok()) continue;
    const auto from = std::upper_bound(truth->changes.begin(), truth->changes.end(), checked,
                                       [](std::int64_t at, const auto& change) { return at < change.first; });
    for (auto change = from; change != truth->changes.end() && change->first <= info.point.revision();
         ++change) {
      const std::uint64_t expected = truth->HashAt(change->second, info.point.revision());
      if (HashOf((*view)->Confirmed().Find(change->second)) == expected) continue;
      return Report("S1", "record " + change->second + " of dossier " + info.dossier_id +
                              " is not that of the service at revision " +
                              std::to_string(info.point.revision()) + " on device " +
                              std::to_string(station));
    }
    checked = info.point.revision();
  }
}

void Checks::CheckKept(int station, bool in_the_end) {
  SimulatedDevice& device = world_->device(station);
  if (!device.running() || revoked_.contains(station)) return;
  if (!device.core().account().has_value()) {
    if (!device.accepted().empty() && !may_be_revoked_.contains(station))
      Report("S2", "device " + std::to_string(station) + " is nobody's any more");
    return;
  }
  sdk::Outbox& outbox = device.storage().outbox();
  std::map<std::int64_t, int> pending, rejected, ring;
  std::set<std::string> dossiers;
  for (const auto& [id, accepted] : device.accepted()) dossiers.insert(accepted.dossier_id);
  for (const std::string& id : dossiers) {
    const auto waiting = outbox.ListPending(id);
    const auto settled = outbox.ListRing(id, kAll);
    if (!waiting.ok() || !settled.ok()) return Report("S2", "an outbox cannot be read");
    for (const auto& row : *waiting) ++pending[row.ordinal];
    for (const auto& row : *settled) ++ring[row.ordinal];
  }
  const auto refusals = outbox.ListRejected();
  if (!refusals.ok()) return Report("S2", "an outbox cannot be read");
  for (const auto& row : *refusals) ++rejected[row.ordinal];
  std::set<std::string> held;
  for (const sdk::DossierInfo& info : device.core().Dossiers()) held.insert(info.dossier_id);

  for (const auto& [id, accepted] : device.accepted()) {
    // Once purged its ordinal may be another's.
    if (!held.contains(accepted.dossier_id) || purged_.contains({station, id})) continue;
    // Its ordinal may be another's since.
    if (accepted.dismissed) continue;
    const int places = pending[accepted.ordinal] + rejected[accepted.ordinal] + ring[accepted.ordinal];
    const Effect* effect = truth_->FindEffect(id);
    if (places > 1)
      return Report("S2", "mutation " + id + " is in two places on device " + std::to_string(station));
    if (places == 1) {
      if (ring.count(accepted.ordinal) > 0 && ring[accepted.ordinal] == 1 && effect == nullptr &&
          (in_the_end || !IsOfLostHistory(station, accepted.dossier_id))) {
        return Report("S2", "mutation " + id + " counts as applied on device " + std::to_string(station) +
                                " and the service does not have it");
      }
      continue;
    }
    if (accepted.dismissed || effect != nullptr) continue;
    return Report(
        "S2", "mutation " + id + " was accepted on device " + std::to_string(station) + " and is nowhere");
  }
}

// What goes with a dossier was handed in to the service as it is then.
void Checks::CheckPurged(int station) {
  SimulatedDevice& device = world_->device(station);
  std::set<std::string> held;
  if (device.core().account().has_value()) {
    for (const sdk::DossierInfo& info : device.core().Dossiers()) held.insert(info.dossier_id);
  }
  // One that has ended is in no list; until all of it is handed in the device has it.
  for (const std::string& dossier_id : held_[station]) {
    const auto waiting = device.storage().outbox().ListPending(dossier_id);
    if (!waiting.ok() || !waiting->empty()) held.insert(dossier_id);
  }
  const std::set<std::string> before = std::exchange(held_[station], held);
  std::erase_if(complete_, [&](const auto& entry) {
    return entry.first.first == station && !held.contains(entry.first.second);
  });
  if (revoked_.contains(station)) return;
  for (const auto& [id, accepted] : device.accepted()) {
    const bool purged = before.contains(accepted.dossier_id) && !held.contains(accepted.dossier_id);
    if (!purged || accepted.dismissed) continue;
    truth_->Follow(accepted.dossier_id);
    purged_.emplace(station, id);
    if (truth_->FindEffect(id) != nullptr) continue;
    return Report("S2", "mutation " + id + " went with its dossier and was never handed in");
  }
}

// Of a dossier that the device no longer has, not even its name is left in a file; of a wiped device nothing.
void Checks::CheckGone(int station) {
  SimulatedDevice& device = world_->device(station);
  std::set<std::string> held;
  bool let_in = false;
  for (const sdk::DossierInfo& info : device.core().Dossiers()) {
    held.insert(info.dossier_id);
    let_in = let_in || info.complete;
  }
  // One that waited when the service was put back to before is not known there, and nothing was shown to it.
  const bool unknown = !let_in && tally_.contains("service restored");
  if (revoked_.contains(station) && device.core().account().has_value() && !unknown) {
    return Report("S5", "device " + std::to_string(station) + " was revoked and is not wiped");
  }
  for (const auto& [dossier_id, truth] : truth_->dossiers()) {
    if (held.contains(dossier_id) || !device.disk().Holds(dossier_id)) continue;
    Report("S5", "device " + std::to_string(station) + " still has bytes of dossier " + dossier_id);
  }
}

void Checks::CheckView(int station, const std::string& dossier_id) {
  const DossierTruth* truth = truth_->Find(dossier_id);
  if (truth == nullptr) return;
  // One that waited when the service was put back to before is not known there, and has no statement to show.
  const v1::DeviceState state = StateOf(station);
  const bool waits = state == v1::DEVICE_STATE_WAITING || state == v1::DEVICE_STATE_UNSPECIFIED;
  // What its own person wrote is theirs.
  if (waits && world_->device(station).core().Status().pending > 0) return;
  const auto shown = ViewOf(station, dossier_id);
  for (const auto& [record_id, hash] : shown) {
    if (waits && hash == 0) continue;
    if (waits)
      return Report("S5", "device " + std::to_string(station) + " was never allowed and shows a record");
    if (hash == truth->HashAt(record_id, truth->revision)) continue;
    return Report("S4", "record " + record_id + " of dossier " + dossier_id +
                            " is not that of the service on device " + std::to_string(station));
  }
}

}  // namespace brug::simulation
