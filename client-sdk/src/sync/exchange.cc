#include "client-sdk/src/sync/exchange.h"

#include <algorithm>
#include <utility>

#include "client-sdk/src/sync/answer_error.h"
#include "client-sdk/src/sync/statement_check.h"
#include "client-sdk/src/vault/error.h"
#include "proto/rules/limits.h"

namespace brug::sdk {
namespace {

// When the last confirmation is all that is new, it is written down once in so long: a sync without news
// writes nothing.
constexpr std::chrono::minutes kConfirmedKeptEvery{30};
// A service that asks for yet another epoch in one sync is not going to be content with the next.
constexpr int kEpochsPerRunMax = 2;
// A service can be put back more than once in a long run; one that forgets without end is not followed.
constexpr int kRingsPerRunMax = 3;
// Statements that one call shows; the rest comes with the next.
constexpr int kStatementsShownMax = 200;
constexpr std::size_t kStatementBytesShownMax = 256 * 1024;
// A dossier that does not fit after it was fetched anew would not fit after the next time either.
constexpr std::chrono::hours kFetchedAnewEvery{24};

std::int64_t NumberOf(const v1::Statement& statement) {
  v1::StatementContent content;
  return content.ParseFromString(statement.content()) ? content.number() : 0;
}

void Mention(Notify& notify, const std::string& dossier_id) {
  auto& ids = notify.dossier_ids;
  if (std::find(ids.begin(), ids.end(), dossier_id) == ids.end()) ids.push_back(dossier_id);
}

}  // namespace

Result<void> Exchange::BeginRun() {
  put_off_dossiers_.clear();
  put_off_.reset();
  epochs_begun_.clear();
  rings_offered_.clear();
  waited_enough_.clear();
  unsettled_.clear();
  show_statements_after_.reset();
  shown_statements_after_.reset();
  shown_statements_up_to_.reset();
  restore_showing_.clear();
  records_received_ = 0;
  const auto waits = [](const auto& entry) {
    return entry.second.pending.unnumbered > 0 || entry.second.pending.applied > 0;
  };
  auto& dossiers = holdings_.dossiers();
  if (std::none_of(dossiers.begin(), dossiers.end(), waits)) return {};
  auto transaction = Transaction::Begin(holdings_.ports().storage->transactions());
  if (!transaction.ok()) return transaction.error();
  for (auto& [id, holding] : dossiers) {
    auto parked = ring_.StillParked(holding);
    if (!parked.ok()) return parked.error();
    auto done = holdings_.NumberWaiting(
        holding, [&parked](std::int64_t ordinal) { return parked->contains(ordinal); });
    if (done.ok()) done = holdings_.ports().storage->outbox().ClearApplied(id);
    if (!done.ok()) return done;
    // It shows them with the times that they counted with.
    if (holding.pending.applied > 0) holding.view.reset();
  }
  auto committed = transaction->Commit();
  return committed.ok() ? holdings_.Recount() : committed;
}

Result<v1::SyncRequest> Exchange::Build() {
  v1::SyncRequest request;
  auto added = AddMutations(request);
  if (!added.ok()) return added.error();
  cursors_sent_.clear();
  for (const auto& [id, holding] : holdings_.dossiers()) {
    const Bytes& cursor = holding.row.staged_cursor.empty() ? holding.row.cursor : holding.row.staged_cursor;
    if (holding.row.ended || holding.row.fetch_anew || cursor.empty()) continue;
    v1::DossierCursor& sent = *request.add_cursors();
    sent.set_dossier_id(id);
    sent.set_cursor(cursor);
    cursors_sent_.insert(id);
  }
  AddDrifts(request);
  request.set_statements_seen(holdings_.statements_seen());
  request.set_templates_seen(holdings_.templates_serial());
  return AddStatements(request);
}

Result<v1::SyncRequest> Exchange::AddStatements(v1::SyncRequest& request) {
  shown_statements_after_ = std::exchange(show_statements_after_, std::nullopt);
  shown_statements_up_to_.reset();
  if (!shown_statements_after_) return std::move(request);
  auto statements = holdings_.ListStatementsAfter(*shown_statements_after_);
  if (!statements.ok()) return statements.error();
  std::size_t bytes = 0;
  for (v1::Statement& statement : *statements) {
    bytes += statement.ByteSizeLong();
    const bool full = request.statements_size() == kStatementsShownMax || bytes > kStatementBytesShownMax;
    if (full && request.statements_size() > 0) {
      shown_statements_up_to_ = NumberOf(*request.statements().rbegin());
      break;
    }
    *request.add_statements() = std::move(statement);
  }
  if (!shown_statements_up_to_) request.set_restore_shown(restore_showing_);
  return std::move(request);
}

Result<Taken> Exchange::Take(const v1::SyncResponse& response) {
  Taken taken;
  taken.more = response.more();
  const rules::Instant now = holdings_.ports().clock->Now();
  server_time_ = response.has_server_time() ? rules::ToInstant(response.server_time()) : now;
  auto waited = FindWaitedEnough();
  if (!waited.ok()) return waited.error();
  const bool news = response.outcomes_size() > 0 || response.pages_size() > 0 ||
                    response.statements_size() > 0 || !drifts_reported_.empty() || !waited->empty() ||
                    response.templates_serial() != holdings_.templates_serial() ||
                    ShowedAllAfter(response.restore_id());
  const bool confirm =
      !confirmed_kept_at_ || now - *confirmed_kept_at_ >= kConfirmedKeptEvery || now < *confirmed_kept_at_;
  if (news || confirm) {
    auto transaction = Transaction::Begin(holdings_.ports().storage->transactions());
    if (!transaction.ok()) return transaction.error();
    auto done = TakeAll(response, taken);
    if (done.ok() && taken.wipe_order) return taken;
    if (done.ok()) done = holdings_.KeepConfirmedAt(now);
    if (done.ok()) done = transaction->Commit();
    if (!done.ok()) return done.error();
    confirmed_kept_at_ = now;
  }
  holdings_.set_confirmed_at(now);
  NoteStatementsWanted(response, taken);
  if (!news) return taken;
  auto counted = holdings_.Recount();
  if (counted.ok() && purged_) counted = holdings_.ports().storage->transactions().Scrub();
  if (!counted.ok()) return counted.error();
  purged_ = false;
  return taken;
}

// Asked for what it was just shown, the service does not want it.
void Exchange::NoteStatementsWanted(const v1::SyncResponse& response, Taken& taken) {
  if (!response.restore_id().empty() && response.restore_id() != holdings_.restore_shown())
    return ShowAllAfter(response.restore_id(), taken);
  if (!response.show_statements()) return;
  if (shown_statements_after_ && response.statements_known() <= *shown_statements_after_) return;
  show_statements_after_ = response.statements_known();
  taken.progress = true;
}

// The service cannot ask for each one that it forgot: of what an answer brought it does not know that it ever
// was, and what another device of the person showed hides what only this one has. So it is shown all.
void Exchange::ShowAllAfter(const std::string& restore_id, Taken& taken) {
  const bool goes_on = restore_showing_ == restore_id && shown_statements_up_to_.has_value();
  show_statements_after_ = goes_on ? *shown_statements_up_to_ : 0;
  restore_showing_ = restore_id;
  taken.progress = true;
}

bool Exchange::ShowedAllAfter(const std::string& restore_id) const {
  return !restore_id.empty() && restore_showing_ == restore_id && shown_statements_after_.has_value() &&
         !shown_statements_up_to_.has_value();
}

bool Exchange::HasMore() const {
  if (show_statements_after_.has_value()) return true;
  for (const auto& [id, holding] : holdings_.dossiers()) {
    const PendingTotal& pending = holding.pending;
    if (pending.count > pending.applied + pending.unnumbered && !put_off_dossiers_.contains(id)) return true;
    if (holding.row.fetch_anew && !holding.row.ended) return true;
  }
  return false;
}

Result<void> Exchange::AddMutations(v1::SyncRequest& request) {
  pushed_.clear();
  std::size_t bytes = 0;
  for (const auto& [id, holding] : holdings_.dossiers()) {
    const std::size_t room = rules::kCallMutationsMax - static_cast<std::size_t>(request.mutations_size());
    if (holding.pending.count == 0 || put_off_dossiers_.contains(id) || room == 0) continue;
    auto rows = holdings_.ports().storage->outbox().ListPushable(id, room);
    if (!rows.ok()) return rows.error();
    auto parked_too_long = server_time_ ? ring_.ParkedTooLong(holding, *server_time_)
                                        : Result<std::set<std::int64_t>>(std::set<std::int64_t>());
    if (!parked_too_long.ok()) return parked_too_long.error();
    for (const PendingRow& row : *rows) {
      auto mutation = Holdings::OpenPending(*holding.key, row);
      if (!mutation.ok()) return mutation.error();
      const bool refused = !row.sealed_outcome.empty() && !mutation->has_applied();
      if (parked_too_long->contains(row.ordinal)) {
        mutation->clear_applied();
        mutation->clear_base();
      }
      mutation->set_epoch(holding.numbering.epoch);
      mutation->set_sequence(row.sequence);
      bytes += mutation->ByteSizeLong();
      if (bytes > rules::kCallMutationBytesMax) return {};
      pushed_[mutation->mutation_id()] =
          Pushed{.dossier_id = id, .ordinal = row.ordinal, .sequence = row.sequence, .refused = refused};
      *request.add_mutations() = std::move(*mutation);
    }
  }
  return {};
}

Result<void> Exchange::TakeAll(const v1::SyncResponse& response, Taken& taken) {
  // Statements first: a grant makes the place for its dossier's pages, an end says that none are wanted any
  // more.
  auto done = TakeStatements(response, taken);
  if (!done.ok() || taken.wipe_order) return done;
  pages_in_this_answer_.clear();
  for (const v1::DossierPage& page : response.pages()) pages_in_this_answer_.insert(page.dossier_id());
  done = ForgetReportedDrifts();
  if (done.ok()) done = ForgetOlderOutcomes(response);
  if (done.ok()) done = TakeOutcomes(response, taken);
  if (done.ok() && response.templates_serial() != holdings_.templates_serial()) {
    done = holdings_.KeepTemplates({response.templates().begin(), response.templates().end()},
                                   response.templates_serial());
    taken.notify.templates = true;
    taken.progress = true;
  }
  for (int i = 0; done.ok() && i < response.pages_size(); ++i) done = TakePage(response.pages(i), taken);
  if (done.ok() && ShowedAllAfter(response.restore_id()))
    done = holdings_.KeepRestoreShown(response.restore_id());
  if (done.ok() && !response.more()) done = SettleWhatIsShown();
  if (done.ok()) done = NumberWaitedEnough(taken);
  if (done.ok()) done = HandIn(response);
  return done.ok() ? PurgeEnded(taken) : done;
}

// Of what waits for its target: what has waited for long enough by the service's clock, or since a time that
// is yet to come. Once a run, for the service may leave it waiting.
Result<Exchange::Waiting> Exchange::FindWaitedEnough() const {
  Waiting waited;
  for (const auto& [id, holding] : holdings_.dossiers()) {
    if (holding.pending.unnumbered == 0 || holding.row.ended || waited_enough_.contains(id)) continue;
    auto ordinals = ring_.ParkedOutOfTime(holding, *server_time_);
    if (!ordinals.ok()) return ordinals.error();
    if (!ordinals->empty()) waited[id] = *std::move(ordinals);
  }
  return waited;
}

Result<void> Exchange::NumberWaitedEnough(Taken& taken) {
  auto waited = FindWaitedEnough();
  if (!waited.ok()) return waited.error();
  for (const auto& [id, ordinals] : *waited) {
    taken.progress = true;
    waited_enough_.insert(id);
    Holding* holding = holdings_.Find(id);
    if (holding == nullptr) continue;
    auto done = holdings_.NumberWaiting(
        *holding, [&due = ordinals](std::int64_t ordinal) { return !due.contains(ordinal); });
    if (!done.ok()) return done;
  }
  return {};
}

Result<void> Exchange::TakeStatements(const v1::SyncResponse& response, Taken& taken) {
  ended_in_this_answer_.clear();
  for (const v1::Statement& statement : response.statements()) {
    auto content = CheckStatement(statement, holdings_.account());
    if (!content.ok()) {
      // What is behind it waits too: passing it over would lose it for good.
      taken.left_out = content.error();
      return {};
    }
    if (content->number() <= holdings_.statements_seen()) continue;
    if (content->has_wipe() && content->wipe().device_id() == holdings_.account().device().device_id()) {
      taken.wipe_order = true;
      return {};
    }
    auto kept = holdings_.KeepStatement(*content, statement);
    if (!kept.ok()) return kept;
    if (content->has_end()) ended_in_this_answer_.insert(content->end().dossier_id());
    taken.progress = true;
    taken.notify.dossiers = taken.notify.dossiers || content->has_grant() || content->has_end();
  }
  return {};
}

// What a dossier that has ended still holds of the person's words, and would be purged with it.
Result<void> Exchange::HandIn(const v1::SyncResponse& response) {
  const std::string& restore_id = response.restore_id();
  for (auto& [id, holding] : holdings_.dossiers()) {
    if (!holding.row.ended) continue;
    // No snapshot tells whether the history of this one was lost: a restore does, before the end or after it.
    const bool is_news = restore_id != holdings_.restore_shown() || ended_in_this_answer_.contains(id);
    auto done = HandInRefused(holding);
    if (done.ok() && !restore_id.empty() && is_news) done = HandInRing(holding);
    if (!done.ok()) return done;
  }
  return {};
}

// What was refused and nobody has put away yet. It is pending again with its refusal: refused once more, by a
// service that does not keep it, it goes.
Result<void> Exchange::HandInRefused(Holding& holding) {
  Outbox& outbox = holdings_.ports().storage->outbox();
  auto refused = outbox.ListRejected();
  if (!refused.ok()) return refused.error();
  std::erase_if(*refused, [&](const SettledRow& row) { return row.dossier_id != holding.row.dossier_id; });
  for (SettledRow& row : *refused) {
    auto moved = outbox.DismissRejected(row.ordinal);
    if (moved.ok()) {
      moved = outbox.Append(PendingRow{.ordinal = row.ordinal,
                                       .dossier_id = std::move(row.dossier_id),
                                       .sealed_mutation = std::move(row.sealed_mutation),
                                       .sealed_outcome = std::move(row.sealed_outcome)});
    }
    if (!moved.ok()) return moved;
  }
  return refused->empty() ? Result<void>() : holdings_.BeginEpoch(holding);
}

// All that this device has of a dossier that is purged afterwards is handed in once more.
Result<void> Exchange::HandInRing(Holding& holding) {
  auto offered = holdings_.ports().storage->outbox().ClearApplied(holding.row.dossier_id);
  if (offered.ok()) offered = ring_.OfferAgain(holding);
  return offered.ok() ? holdings_.ports().storage->replica().PutDossier(holding.row) : offered;
}

// An outcome and the page that shows it must come from one answer: between two the service may have lost
// history, and then a revision says nothing. What an earlier answer called applied is pushed once more, which
// the ids make harmless.
Result<void> Exchange::ForgetOlderOutcomes(const v1::SyncResponse& response) {
  for (const v1::DossierPage& page : response.pages()) {
    if (!page.last() && !page.snapshot()) continue;
    auto forgotten = holdings_.ports().storage->outbox().ClearApplied(page.dossier_id());
    if (!forgotten.ok()) return forgotten;
    if (Holding* holding = holdings_.Find(page.dossier_id())) holding->view.reset();
  }
  return {};
}

Result<void> Exchange::TakeOutcomes(const v1::SyncResponse& response, Taken& taken) {
  epochs_in_this_answer_.clear();
  for (const v1::Outcome& outcome : response.outcomes()) {
    const auto pushed = pushed_.find(outcome.mutation_id());
    if (pushed == pushed_.end()) continue;
    Holding* holding = holdings_.Find(pushed->second.dossier_id);
    if (holding == nullptr) continue;
    auto done = TakeOutcome(outcome, pushed->second, *holding, taken);
    if (!done.ok()) return done;
    holding->view.reset();
    pushed_.erase(pushed);
  }
  return {};
}

Result<void> Exchange::TakeOutcome(const v1::Outcome& outcome, const Pushed& pushed, Holding& holding,
                                   Taken& taken) {
  Outbox& outbox = holdings_.ports().storage->outbox();
  Result<void> done;
  switch (outcome.result_case()) {
    case v1::Outcome::kApplied: {
      const Bytes sealed = holdings_.SealOutcome(holding, outcome, pushed.ordinal);
      done = outbox.MarkApplied(pushed.ordinal, outcome.applied().point().revision(), sealed);
      break;
    }
    case v1::Outcome::kRejected:
      taken.notify.rejected = true;
      Mention(taken.notify, pushed.dossier_id);
      done = holding.row.ended && pushed.refused
                 ? outbox.Remove(pushed.ordinal)
                 : outbox.Reject(pushed.ordinal, holdings_.SealOutcome(holding, outcome, pushed.ordinal));
      break;
    case v1::Outcome::kReceived:
      Mention(taken.notify, pushed.dossier_id);
      done = outbox.Remove(pushed.ordinal);
      break;
    case v1::Outcome::kNotYet:
      done = outbox.SetSequence(pushed.ordinal, 0);
      break;
    case v1::Outcome::kParked:
      done = ring_.Park(holding, pushed.ordinal, *server_time_);
      ++holding.pending.unnumbered;
      break;
    case v1::Outcome::kNewEpoch:
      taken.progress = true;
      return StartOver(holding);
    case v1::Outcome::kRetryLater:
      PutOff(holding, outcome.retry_later());
      return {};
    case v1::Outcome::RESULT_NOT_SET:
      // A newer service has an outcome that this program does not know. Its own next version will.
      if (!taken.left_out.has_value()) taken.left_out = UpdateNeeded();
      done = outbox.SetSequence(pushed.ordinal, 0);
      break;
  }
  taken.progress = true;
  return done.ok() ? Settle(holding, pushed) : done;
}

Result<void> Exchange::StartOver(Holding& holding) {
  const std::string& id = holding.row.dossier_id;
  if (!epochs_in_this_answer_.insert(id).second) return {};
  if (++epochs_begun_[id] > kEpochsPerRunMax) {
    PutOff(holding, v1::RetryLater());
    return {};
  }
  return holdings_.BeginEpoch(holding);
}

Result<void> Exchange::Settle(Holding& holding, const Pushed& pushed) {
  if (epochs_in_this_answer_.contains(holding.row.dossier_id)) return {};
  holding.numbering.settled_sequence = std::max(holding.numbering.settled_sequence, pushed.sequence);
  unsettled_.insert(holding.row.dossier_id);
  return holdings_.ports().storage->outbox().PutNumbering(holding.numbering);
}

// An answer that has nothing more to give, and no page of a dossier, says that what is revealed of it is as
// the service has it: then what is applied below that is shown.
Result<void> Exchange::SettleWhatIsShown() {
  for (const std::string& id : std::exchange(unsettled_, {})) {
    const Holding* holding = holdings_.Find(id);
    if (holding == nullptr || pages_in_this_answer_.contains(id)) continue;
    auto settled = SettleApplied(*holding);
    if (!settled.ok()) return settled;
  }
  return {};
}

Result<void> Exchange::TakePage(const v1::DossierPage& page, Taken& taken) {
  if (holdings_.HasEnded(page.dossier_id())) return {};
  const bool is_new = holdings_.Find(page.dossier_id()) == nullptr;
  auto found = holdings_.EnsureDossier(page.dossier_id());
  if (!found.ok()) return found.error();
  Holding& holding = **found;
  taken.progress = true;
  taken.notify.dossiers = taken.notify.dossiers || is_new || holding.row.cursor.empty();
  Mention(taken.notify, page.dossier_id());
  // A snapshot for a cursor that was good once: the service has another history now, or none that goes so far
  // back. One that was asked for without a cursor does not tell, so the ring is offered with it too.
  const bool had_a_cursor = cursors_sent_.contains(page.dossier_id()) || holding.row.fetch_anew;
  if (page.snapshot() && had_a_cursor && ++rings_offered_[page.dossier_id()] <= kRingsPerRunMax) {
    auto offered = ring_.OfferAgain(holding);
    if (!offered.ok()) return offered;
  }
  auto digest = BaseDigest::Open(holdings_.ports().storage->replica(), holding, page.snapshot());
  if (!digest.ok()) return digest.error();
  auto kept = KeepRecords(page, holding, *digest);
  if (!kept.ok()) return kept;
  holding.row.backed_up_revision = std::max(holding.row.backed_up_revision, page.backed_up_revision());
  if (page.last()) {
    kept = Reveal(page, holding, *digest);
  } else {
    holding.row.staged_cursor = page.cursor();
    digest->KeepStaged(holding, *holdings_.ports().random);
  }
  if (kept.ok()) kept = holdings_.ports().storage->replica().PutDossier(holding.row);
  if (kept.ok() && page.last()) kept = SettleApplied(holding);
  if (kept.ok() && page.last()) kept = ring_.Prune(holding, *server_time_);
  return kept;
}

Result<void> Exchange::KeepRecords(const v1::DossierPage& page, Holding& holding, BaseDigest& digest) {
  Replica& replica = holdings_.ports().storage->replica();
  const std::string& id = holding.row.dossier_id;
  if (page.snapshot()) {
    holding.row.staged_snapshot = true;
    holding.row.fetch_anew = false;
    auto dropped = replica.DropStaged(id);
    if (!dropped.ok()) return dropped;
    holding.row.staged_cursor.clear();
  }
  // The only page of its kind goes where it belongs at once: it is revealed in this very transaction.
  const bool at_once = page.last() && holding.row.staged_cursor.empty();
  if (at_once && page.snapshot()) {
    auto cleared = replica.ClearRecords(id);
    if (!cleared.ok()) return cleared;
  }
  for (const v1::Record& record : page.records()) {
    const RecordRow row = SealRecord(record, *holding.key, *holdings_.ports().random);
    auto replaced = digest.Replace(record, row.token, !at_once);
    if (!replaced.ok()) return replaced;
    auto kept = at_once ? replica.PutRecord(id, row) : replica.StageRecord(id, row);
    if (!kept.ok()) return kept;
  }
  records_received_ += page.records_size();
  return {};
}

Result<void> Exchange::Reveal(const v1::DossierPage& page, Holding& holding, const BaseDigest& digest) {
  Replica& replica = holdings_.ports().storage->replica();
  if (!holding.row.staged_cursor.empty()) {
    if (holding.row.staged_snapshot) {
      auto cleared = replica.ClearRecords(holding.row.dossier_id);
      if (!cleared.ok()) return cleared;
    }
    auto revealed = replica.RevealStaged(holding.row.dossier_id);
    if (!revealed.ok()) return revealed;
  }
  const bool fits = page.digest().empty() || digest.bytes().value_or(page.digest()) == page.digest();
  if (!fits) NoteDrift(page, holding, holding.row.staged_snapshot);
  digest.KeepRevealed(holding, *holdings_.ports().random);
  holding.row.staged_cursor.clear();
  holding.row.staged_snapshot = false;
  holding.row.cursor = page.cursor();
  holding.row.revision = page.point().revision();
  holding.row.salt = page.point().salt();
  holding.view.reset();
  return {};
}

// What is revealed here is not what the service has. What is pending is not touched by that: it is applied
// again on what comes.
void Exchange::NoteDrift(const v1::DossierPage& page, Holding& holding, bool snapshot) {
  DossierRow& row = holding.row;
  row.drifts_count += 1;
  row.drift_revision = page.point().revision();
  row.drift_salt = page.point().salt();
  const rules::Instant now = holdings_.ports().clock->Now();
  const rules::Instant last{std::chrono::microseconds(row.fetched_anew_at_us)};
  if (snapshot || (last <= now && now - last < kFetchedAnewEvery)) return;
  row.fetch_anew = true;
  row.fetched_anew_at_us = now.time_since_epoch().count();
}

void Exchange::AddDrifts(v1::SyncRequest& request) {
  drifts_reported_.clear();
  for (const auto& [id, holding] : holdings_.dossiers()) {
    if (holding.row.drift_revision == 0 || holding.row.ended) continue;
    v1::DriftReport& drift = *request.add_drifts();
    drift.set_dossier_id(id);
    drift.mutable_point()->set_revision(holding.row.drift_revision);
    drift.mutable_point()->set_salt(holding.row.drift_salt);
    drifts_reported_.insert(id);
  }
}

Result<void> Exchange::ForgetReportedDrifts() {
  for (const std::string& id : drifts_reported_) {
    Holding* holding = holdings_.Find(id);
    if (holding == nullptr) continue;
    holding->row.drift_revision = 0;
    holding->row.drift_salt = 0;
    auto put = holdings_.ports().storage->replica().PutDossier(holding->row);
    if (!put.ok()) return put;
  }
  drifts_reported_.clear();
  return {};
}

Result<void> Exchange::SettleApplied(const Holding& holding) {
  Outbox& outbox = holdings_.ports().storage->outbox();
  auto settled = outbox.SettleApplied(holding.row.dossier_id, holding.row.revision);
  return settled.ok() ? Result<void>() : Result<void>(settled.error());
}

Result<void> Exchange::PurgeEnded(Taken& taken) {
  auto totals = holdings_.ports().storage->outbox().PendingTotals();
  if (!totals.ok()) return totals.error();
  std::map<std::string, std::int64_t> to_hand_in;
  for (const PendingTotal& total : *totals) to_hand_in[total.dossier_id] = total.count - total.applied;
  std::vector<std::string> finished;
  for (const auto& [id, holding] : holdings_.dossiers()) {
    if (holding.row.ended && to_hand_in[id] == 0) finished.push_back(id);
  }
  for (const std::string& id : finished) {
    auto purged = holdings_.PurgeDossier(id);
    if (!purged.ok()) return purged;
    taken.notify.dossiers = true;
    taken.notify.rejected = true;
    purged_ = true;
  }
  return {};
}

void Exchange::PutOff(const Holding& holding, const v1::RetryLater& retry_later) {
  put_off_dossiers_.insert(holding.row.dossier_id);
  Error error = FromReason(retry_later.reason());
  error.code = ErrorCode::kUnavailable;
  const std::int64_t delay_ms =
      retry_later.delay().seconds() * 1000 + retry_later.delay().nanos() / 1'000'000;
  error.retry_after_ms = std::max(delay_ms, put_off_ ? put_off_->retry_after_ms.value_or(0) : 0);
  put_off_ = std::move(error);
}

}  // namespace brug::sdk
