#include "client-sdk/src/sync/core.h"

#include <algorithm>
#include <new>
#include <set>
#include <utility>

#include "client-sdk/src/sync/answer_error.h"
#include "client-sdk/src/sync/asking.h"
#include "client-sdk/src/sync/enrolment.h"
#include "client-sdk/src/sync/filing.h"
#include "client-sdk/src/sync/holdings.h"
#include "client-sdk/src/sync/local_error.h"
#include "client-sdk/src/sync/local_write.h"
#include "client-sdk/src/sync/outside.h"
#include "client-sdk/src/sync/session.h"
#include "client-sdk/src/sync/sync_run.h"
#include "client-sdk/src/sync/voucher_codes.h"
#include "client-sdk/src/sync/watching.h"
#include "client-sdk/src/vault/error.h"

namespace brug::sdk {
namespace {

Error NotEnrolled() {
  return Error{.code = ErrorCode::kSignInNeeded,
               .reason = "NOT_ENROLLED",
               .field = {},
               .message = {},
               .retry_after_ms = {}};
}

Error Wiped() {
  return Error{
      .code = ErrorCode::kNotAllowed, .reason = "WIPED", .field = {}, .message = {}, .retry_after_ms = {}};
}

Account ToAccount(const v1::EnrolResponse& response) {
  Account account{.device_id = response.device().device_id(),
                  .person_id = response.device().person_id(),
                  .organisation_id = response.organisation_id(),
                  .organisation_name = response.organisation_name(),
                  .display_name = response.display_name(),
                  .device_name = response.device().display_name(),
                  .roles = {}};
  for (const int role : response.roles()) account.roles.push_back(static_cast<v1::Role>(role));
  return account;
}

}  // namespace

class Core::Parts {
 public:
  Parts(const CoreOptions& options, const CorePorts& ports)
      : language_(options.language),
        holdings_(ports, options.language),
        session_(holdings_, outside_),
        enrolment_(holdings_, outside_),
        asking_(holdings_, session_, outside_),
        voucher_codes_(holdings_, asking_, outside_),
        run_(
            holdings_, session_, outside_,
            [this](std::function<void()> done) { voucher_codes_.Fetch(std::move(done)); },
            [this] { Wipe(); }),
        watching_(holdings_, session_, outside_, [this] { run_.Nudge(); }) {}

  Result<void> Open() {
    auto begun = Begin();
    if (!IsDamage(begun)) return begun;
    auto rescued = Rescue();
    return rescued.ok() ? Begin() : rescued;
  }

  Result<void> Begin() {
    auto loaded = holdings_.Load();
    if (!loaded.ok()) return loaded;
    RememberAccount();
    if (holdings_.wiped()) return UnlessFull(holdings_.FinishWipe());
    if (!holdings_.enrolled()) return NoteLoss();
    // Where it cannot be done, what is unsent can be read and sent all the same, and the next opening tries
    // again.
    if (!FileNewKinds(holdings_).ok()) holdings_.MarkStale();
    return UnlessFull(holdings_.RenewNonce());
  }

  Effects Step(const Event& event) {
    const CoreStatus before = Status();
    RefreshHoldings();
    std::visit([this](const auto& what) { On(what); }, event);
    RefreshHoldings();
    if (!run_.busy() && !run_.last_error().has_value() && std::holds_alternative<Answer>(event))
      storage_full_ = saved_and_not_synced_ = false;
    if (IsDamaged()) RescueNow();
    if (!SameStatus(before, Status())) outside_.Emit(Notify{.status = true, .dossier_ids = {}});
    Effects effects = outside_.TakeEffects();
    for (Effect& effect : effects) AddMessage(effect);
    return effects;
  }

  // Memory ran out within a step. What was under way ends, as if the process had, and what is in memory is
  // loaded anew before anything else is done with it.
  Effects StopShort() {
    holdings_.MarkStale();
    outside_.Abandon();
    session_.Abandon();
    run_.Interrupt(StorageFailed());
    watching_.Interrupt();
    for (const std::uint64_t id : std::exchange(requests_, {})) Reply(id, StorageFailed());
    outside_.Emit(
        Notify{.status = true, .dossiers = true, .rejected = true, .templates = true, .dossier_ids = {}});
    Effects effects = outside_.TakeEffects();
    for (Effect& effect : effects) AddMessage(effect);
    return effects;
  }

  // Memory ran out within any other call: a transaction that was open is undone.
  Error Distrust() {
    holdings_.MarkStale();
    return Worded(StorageFailed());
  }

  // Why nothing can be read or written here, if so.
  Result<void> Ready() {
    auto refreshed = holdings_.Refresh();
    if (!refreshed.ok()) return refreshed;
    if (holdings_.wiped()) return Wiped();
    if (contents_lost_ && !holdings_.enrolled()) return StorageDamaged();
    return holdings_.enrolled() ? Result<void>() : Result<void>(NotEnrolled());
  }

  Result<Accepted> Accept(std::string_view dossier_id, v1::Mutation mutation) {
    auto ready = Ready();
    if (!ready.ok()) return ready.error();
    auto accepted = AcceptMutation(holdings_, dossier_id, std::move(mutation));
    NoteStorage(accepted.ok() ? Result<void>() : Result<void>(accepted.error()));
    return accepted;
  }

  Result<DossierView*> ViewOf(std::string_view dossier_id) {
    auto ready = Ready();
    if (!ready.ok()) return ready.error();
    Holding* holding = holdings_.Find(dossier_id);
    if (holding == nullptr) return FromReason(v1::ERROR_REASON_NOT_FOUND, "dossier_id");
    if (holding->row.ended) return FromReason(v1::ERROR_REASON_ACCESS_ENDED, "dossier_id");
    auto view = holdings_.ViewOf(*holding);
    if (!view.ok()) NoteStorage(view.error());
    return view;
  }

  CoreStatus Status() const {
    CoreStatus status;
    status.state = State();
    status.pending = holdings_.pending_count();
    status.oldest_pending_at = holdings_.oldest_pending_at();
    status.confirmed_at = holdings_.confirmed_at();
    status.last_error = run_.last_error();
    if (contents_lost_ && !holdings_.enrolled()) status.last_error = StorageDamaged();
    status.unreadable = holdings_.unreadable_count();
    if (!status.last_error.has_value() && saved_and_not_synced_) status.last_error = StorageDamaged();
    if (!status.last_error.has_value() && status.unreadable > 0)
      status.last_error = SomeUnreadable(status.unreadable, language_);
    if (status.last_error.has_value()) status.last_error = Worded(*status.last_error);
    status.rejected = holdings_.rejected_count();
    status.devices_waiting = run_.devices_waiting();
    status.records_received = run_.records_received();
    for (const auto& [id, holding] : holdings_.dossiers()) {
      if (holding.row.ended) continue;
      status.dossiers_total += 1;
      status.dossiers_complete += holding.row.cursor.empty() ? 0 : 1;
      status.drifts += holding.row.drifts_count;
    }
    return status;
  }

  std::vector<DossierInfo> Dossiers() const {
    std::vector<DossierInfo> dossiers;
    for (const auto& [id, holding] : holdings_.dossiers()) {
      if (holding.row.ended) continue;
      DossierInfo info{.dossier_id = id,
                       .role = holding.role,
                       .complete = !holding.row.cursor.empty(),
                       .point = {},
                       .pending = holding.pending.count};
      info.point.set_revision(holding.row.revision);
      info.point.set_salt(holding.row.salt);
      dossiers.push_back(std::move(info));
    }
    return dossiers;
  }

  Result<std::vector<RejectedMutation>> Rejected() const {
    auto rows = ports().storage->outbox().ListRejected();
    if (!rows.ok()) return rows.error();
    std::vector<RejectedMutation> rejected;
    for (const SettledRow& row : *rows) {
      const auto holding = holdings_.dossiers().find(row.dossier_id);
      if (holding == holdings_.dossiers().end()) return StorageDamaged();
      auto mutation = Holdings::OpenMutation(*holding->second.key, row.sealed_mutation, row.ordinal);
      if (!mutation.ok()) return mutation.error();
      auto outcome = Holdings::OpenOutcome(*holding->second.key, row.sealed_outcome, row.ordinal);
      if (!outcome.ok()) return outcome.error();
      rejected.push_back(RejectedMutation{
          .dossier_id = row.dossier_id,
          .mutation = std::move(*mutation),
          .error = Worded(FromReason(outcome->rejected().reason(), outcome->rejected().field()))});
    }
    return rejected;
  }

  Result<void> DismissRejected(std::string_view mutation_id) {
    auto ready = Ready();
    if (!ready.ok()) return ready;
    auto rows = ports().storage->outbox().ListRejected();
    if (!rows.ok()) return rows.error();
    for (const SettledRow& row : *rows) {
      const Holding* holding = holdings_.Find(row.dossier_id);
      if (holding == nullptr) return StorageDamaged();
      auto mutation = Holdings::OpenMutation(*holding->key, row.sealed_mutation, row.ordinal);
      if (!mutation.ok()) return mutation.error();
      if (mutation->mutation_id() != mutation_id) continue;
      auto dismissed = ports().storage->outbox().DismissRejected(row.ordinal);
      return dismissed.ok() ? holdings_.Recount() : dismissed;
    }
    return FromReason(v1::ERROR_REASON_NOT_FOUND, "mutation_id");
  }

  Result<void> DismissUnreadable() {
    auto ready = Ready();
    return ready.ok() ? holdings_.ForgetUnreadable() : ready;
  }

  Result<std::optional<v1::VoucherCode>> FindVoucherCode(std::string_view dossier_id,
                                                         std::string_view voucher_id) {
    auto view = ViewOf(dossier_id);
    if (!view.ok()) return view.error();
    auto code = asking_.purse().FindCode(*holdings_.Find(dossier_id), voucher_id);
    if (!code.ok() || !code->has_value()) return code;
    const auto voucher = (*view)->Find(voucher_id);
    const bool is_void = voucher && (*code)->code_number() < voucher->voucher().code_number();
    return is_void ? std::optional<v1::VoucherCode>() : std::move(*code);
  }

  Result<std::vector<v1::StatementContent>> MoneyStatements(std::size_t count_max) {
    auto ready = Ready();
    if (!ready.ok()) return ready.error();
    auto statements = holdings_.ListMoneyStatements(count_max);
    if (!statements.ok()) return statements.error();
    std::vector<v1::StatementContent> contents(statements->size());
    for (std::size_t i = 0; i < contents.size(); ++i) {
      if (!contents[i].ParseFromString((*statements)[i].content())) return StorageDamaged();
    }
    return contents;
  }

  Result<std::vector<KeptRequest>> UnansweredRequests() {
    auto ready = Ready();
    if (!ready.ok()) return ready.error();
    return asking_.purse().ListRequests();
  }

  Result<void> ForgetUnanswered(std::string_view request_id) {
    auto requests = UnansweredRequests();
    if (!requests.ok()) return requests.error();
    for (const KeptRequest& request : *requests) {
      if (request.request_id != request_id) continue;
      return ports().storage->unanswered().RemoveRequest(request.name);
    }
    return FromReason(v1::ERROR_REASON_NOT_FOUND, "request_id");
  }

  [[nodiscard]] Error Worded(Error error) const { return WithMessage(std::move(error), language_); }
  [[nodiscard]] const Holdings& holdings() const { return holdings_; }
  [[nodiscard]] const std::optional<Account>& account() const { return account_; }
  [[nodiscard]] const CorePorts& ports() const { return holdings_.ports(); }

 private:
  void On(const EnrolWanted& wanted) {
    requests_.insert(wanted.request_id);
    enrolment_.Want(wanted, [this, id = wanted.request_id](Result<std::string> answer) {
      if (answer.ok()) {
        RememberAccount();
        outside_.Emit(Notify{.status = true, .dossiers = true, .dossier_ids = {}});
      }
      Reply(id, std::move(answer));
    });
  }

  void On(const SyncWanted& wanted) {
    auto ready = Ready();
    if (!ready.ok()) return outside_.Emit(SyncEnded{.error = ready.error()});
    run_.Want(wanted.give_up_after_ms);
  }

  void On(const BackgroundWanted& wanted) {
    if (wanted.on && !Ready().ok()) return;
    run_.SetBackground(wanted.on);
    watching_.Set(wanted.on);
  }

  void On(const LocalChange&) { run_.Nudge(); }

  void On(const RequestWanted& wanted) {
    requests_.insert(wanted.request_id);
    auto ready = Ready();
    if (!ready.ok() && !IsForAnyone(wanted.method)) return Reply(wanted.request_id, ready.error());
    asking_.Ask(wanted.method, wanted.request,
                [this, id = wanted.request_id](Result<std::string> answer) { Reply(id, std::move(answer)); });
  }

  void On(const Answer& answer) {
    if (HasWipeOrder(answer.status, holdings_)) return Wipe();
    outside_.Take(answer);
  }

  void On(const TimerFired& fired) { outside_.Take(fired); }
  void On(const Hint& hint) { watching_.Take(hint); }

  void On(const WatchEnded& ended) {
    if (HasWipeOrder(ended.status, holdings_)) return Wipe();
    watching_.Take(ended);
  }

  void Reply(std::uint64_t request_id, Result<std::string> answer) {
    requests_.erase(request_id);
    Replied replied;
    replied.request_id = request_id;
    if (answer.ok()) {
      replied.response = std::move(*answer);
    } else {
      replied.error = answer.error();
    }
    outside_.Emit(std::move(replied));
  }

  // Called from within an answer, too: nothing of what was under way goes on after it.
  void Wipe() {
    watching_.Set(false);
    outside_.Abandon();
    session_.Abandon();
    auto wiped = holdings_.Wipe();
    account_.reset();
    run_.Abandon(wiped.ok() ? Wiped() : wiped.error());
    for (const std::uint64_t id : std::exchange(requests_, {})) Reply(id, Wiped());
    outside_.Emit(
        Notify{.status = true, .dossiers = true, .rejected = true, .templates = true, .dossier_ids = {}});
  }

  // All that is here can be read on a full disk, and what could not be written is made up for by the next
  // opening: an epoch more, or the rest of a wipe.
  Result<void> UnlessFull(Result<void> result) {
    NoteStorage(result);
    if (!storage_full_) return result;
    holdings_.MarkStale();
    return {};
  }

  // A key store that has a nonce tells that there was a replica: its loss must not look like a first start.
  Result<void> NoteLoss() {
    auto nonce = ports().key_store->LoadNonce();
    if (!nonce.ok()) return FromKeyStore(nonce.error());
    contents_lost_ = !nonce->empty() && !Holdings::IsOfUnfinishedWipe(*nonce);
    return {};
  }

  void RememberAccount() {
    account_.reset();
    if (holdings_.enrolled()) account_ = ToAccount(holdings_.account());
  }

  // One that fails is tried again at the next step, and told by whatever needs what could not be loaded.
  void RefreshHoldings() {
    auto refreshed = holdings_.Refresh();
    if (!refreshed.ok()) NoteStorage(refreshed);
  }

  static bool IsDamage(const Result<void>& result) {
    return !result.ok() && result.error().reason == StorageDamaged().reason;
  }

  // Whether something was read that is not what was written, and nothing was done about it in this process.
  [[nodiscard]] bool IsDamaged() const {
    if (rescue_tried_ || run_.busy() || !holdings_.enrolled()) return false;
    if (saw_damage_ || (run_.last_error() && run_.last_error()->reason == StorageDamaged().reason))
      return true;
    return std::ranges::any_of(holdings_.dossiers(), [](const auto& entry) {
      return entry.second.view != nullptr && entry.second.view->saw_damage();
    });
  }

  Result<void> Rescue() {
    rescue_tried_ = true;
    auto rescued = holdings_.Rescue();
    saved_and_not_synced_ = rescued.ok();
    return rescued;
  }

  // What ran into it has told so; the next sync finds storage that is whole.
  void RescueNow() {
    auto rescued = Rescue();
    if (rescued.ok()) rescued = holdings_.RenewNonce();
    if (!rescued.ok()) return;
    RememberAccount();
    Notify notify{.status = true, .dossiers = true, .rejected = true, .templates = true, .dossier_ids = {}};
    for (const auto& [id, holding] : holdings_.dossiers()) notify.dossier_ids.push_back(id);
    outside_.Emit(std::move(notify));
    run_.Nudge();
  }

  void NoteStorage(const Result<void>& result) {
    if (IsDamage(result)) saw_damage_ = true;
    if (result.ok()) {
      storage_full_ = false;
    } else if (result.error().reason == StorageFull().reason) {
      storage_full_ = true;
    }
  }

  CoreState State() const {
    if (holdings_.wiped()) return CoreState::kAccessEnded;
    if (!holdings_.enrolled()) return CoreState::kSignInNeeded;
    const auto& last = run_.last_error();
    if (storage_full_ || (last && last->reason == StorageFull().reason)) return CoreState::kStorageFull;
    if (run_.busy()) return CoreState::kSyncing;
    if (!last.has_value()) return CoreState::kIdle;
    if (last->code == ErrorCode::kUpdateNeeded) return CoreState::kUpdateNeeded;
    if (last->code == ErrorCode::kSignInNeeded) return CoreState::kSignInNeeded;
    if (last->code == ErrorCode::kUnavailable) return CoreState::kOffline;
    // A service that is too busy for now: it is tried again by itself, as when it was not reached.
    if (last->code == ErrorCode::kLimit && last->retry_after_ms.has_value()) return CoreState::kOffline;
    return CoreState::kIdle;
  }

  static bool SameStatus(const CoreStatus& a, const CoreStatus& b) {
    return a.state == b.state && a.pending == b.pending && a.oldest_pending_at == b.oldest_pending_at &&
           a.confirmed_at == b.confirmed_at && a.last_error == b.last_error && a.rejected == b.rejected &&
           a.unreadable == b.unreadable && a.devices_waiting == b.devices_waiting &&
           a.records_received == b.records_received && a.dossiers_total == b.dossiers_total &&
           a.dossiers_complete == b.dossiers_complete && a.drifts == b.drifts;
  }

  void AddMessage(Effect& effect) const {
    if (auto* ended = std::get_if<SyncEnded>(&effect)) {
      if (ended->error.has_value()) ended->error = Worded(*ended->error);
    } else if (auto* replied = std::get_if<Replied>(&effect)) {
      if (replied->error.has_value()) replied->error = Worded(*replied->error);
    }
  }

  std::string language_;
  Outside outside_;
  Holdings holdings_;
  Session session_;
  Enrolment enrolment_;
  Asking asking_;
  VoucherCodes voucher_codes_;
  SyncRun run_;
  Watching watching_;
  std::optional<Account> account_;
  std::set<std::uint64_t> requests_;
  bool storage_full_ = false;
  bool contents_lost_ = false;
  bool saw_damage_ = false;
  bool rescue_tried_ = false;
  bool saved_and_not_synced_ = false;
};

namespace {

// What `work` answers, worded for the person. Memory that runs out is an error like a disk that is full.
template <typename Parts, typename Work>
auto Worded(Parts& parts, Work work) -> decltype(work()) {
  try {
    auto result = work();
    if (result.ok()) return result;
    return parts.Worded(result.error());
  } catch (const std::bad_alloc&) {
    return parts.Distrust();
  }
}

}  // namespace

Core::Core(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Core::~Core() = default;

Result<std::unique_ptr<Core>> Core::Open(const CoreOptions& options, const CorePorts& ports) {
  auto parts = std::make_unique<Parts>(options, ports);
  auto opened = parts->Open();
  if (!opened.ok()) return parts->Worded(opened.error());
  return std::unique_ptr<Core>(new Core(std::move(parts)));
}

Effects Core::Step(const Event& event) {
  try {
    return parts_->Step(event);
  } catch (const std::bad_alloc&) {
    return parts_->StopShort();
  }
}

const std::optional<Account>& Core::account() const { return parts_->account(); }

CoreStatus Core::Status() const { return parts_->Status(); }

std::vector<DossierInfo> Core::Dossiers() const { return parts_->Dossiers(); }

Result<const View*> Core::ViewOf(std::string_view dossier_id) {
  auto view = Worded(*parts_, [&] { return parts_->ViewOf(dossier_id); });
  if (!view.ok()) return view.error();
  return static_cast<const View*>(*view);
}

const rules::TemplateReader& Core::Templates() const { return parts_->holdings().templates(); }

std::vector<const v1::BridgeTemplate*> Core::ListTemplates() const {
  std::vector<const v1::BridgeTemplate*> templates;
  for (const v1::BridgeTemplate& bridge : parts_->holdings().templates().all()) templates.push_back(&bridge);
  return templates;
}

Result<rules::Day> Core::Today(std::string_view dossier_id) {
  auto zone = ZoneOf(dossier_id);
  if (!zone.ok()) return zone.error();
  return rules::LocalDay(*zone, parts_->ports().clock->Now());
}

Result<rules::Zone> Core::ZoneOf(std::string_view dossier_id) {
  return Worded(*parts_, [&]() -> Result<rules::Zone> {
    auto view = parts_->ViewOf(dossier_id);
    if (!view.ok()) return view.error();
    rules::Zone zone = (*view)->Zone();
    if (auto error = (*view)->TakeError()) return *error;
    return zone;
  });
}

Result<Accepted> Core::Accept(std::string_view dossier_id, v1::Mutation mutation) {
  return Worded(*parts_, [&] { return parts_->Accept(dossier_id, std::move(mutation)); });
}

std::string Core::NewId() { return crypto::NewUuidV4(*parts_->ports().random); }

Result<std::optional<v1::VoucherCode>> Core::FindVoucherCode(std::string_view dossier_id,
                                                             std::string_view voucher_id) {
  return Worded(*parts_, [&] { return parts_->FindVoucherCode(dossier_id, voucher_id); });
}

Result<std::vector<v1::StatementContent>> Core::MoneyStatements(std::size_t count_max) {
  return Worded(*parts_, [&] { return parts_->MoneyStatements(count_max); });
}

Result<std::vector<KeptRequest>> Core::UnansweredRequests() {
  return Worded(*parts_, [&] { return parts_->UnansweredRequests(); });
}

Result<void> Core::ForgetUnanswered(std::string_view request_id) {
  return Worded(*parts_, [&] { return parts_->ForgetUnanswered(request_id); });
}

Result<std::vector<RejectedMutation>> Core::Rejected() const {
  return Worded(*parts_, [&] { return parts_->Rejected(); });
}

Result<void> Core::DismissRejected(std::string_view mutation_id) {
  return Worded(*parts_, [&] { return parts_->DismissRejected(mutation_id); });
}

Result<void> Core::DismissUnreadable() {
  return Worded(*parts_, [&] { return parts_->DismissUnreadable(); });
}

}  // namespace brug::sdk
