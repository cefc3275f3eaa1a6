#include "client-sdk/src/api/engine.h"

#include <utility>

#include "brug/v1/sync_service.pb.h"
#include "client-sdk/src/sync/local_error.h"

namespace brug::sdk {

namespace {

// The service ends a connection after 30 minutes; a stream need not outlive it by much.
constexpr std::chrono::minutes kWatchTimeout{31};

CallStatus NotReached() {
  CallStatus status;
  status.code = CallCode::kUnavailable;
  return status;
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::Start(EngineParts parts) {
  std::unique_ptr<Engine> engine(new Engine(std::move(parts)));
  const CorePorts ports{.clock = engine->clock_.get(),
                        .random = engine->random_.get(),
                        .key_store = engine->key_store_.get(),
                        .storage = engine->storage_.get(),
                        .zones = engine->zones_.get()};
  auto core = Core::Open({.language = engine->language_}, ports);
  if (!core.ok()) return core.error();
  engine->core_ = std::move(core).value();
  return engine;
}

Engine::Engine(EngineParts parts)
    : language_(std::move(parts.language)),
      key_store_(std::move(parts.key_store)),
      clock_(std::move(parts.clock)),
      random_(std::move(parts.random)),
      zones_(std::move(parts.zones)),
      storage_(std::move(parts.storage)),
      transport_(std::move(parts.transport)) {
  loop_ = std::make_unique<EventLoop>([this](const Event& event) {
    const std::lock_guard lock(mutex_);
    Step(event);
  });
}

Engine::~Engine() {
  notifier_.Stop();
  loop_->Stop();
  transport_.reset();
}

Result<Accepted> Engine::Write(std::string_view dossier_id, const MakeIntent& make_intent) {
  const std::lock_guard lock(mutex_);
  auto intent = ReadView(dossier_id, [&](const View& view) { return make_intent(view, *core_); });
  if (!intent.ok()) return intent.error();
  auto accepted = core_->Accept(dossier_id, std::move(intent).value());
  if (!accepted.ok()) return accepted.error();
  Step(LocalChange{});
  Change change;
  change.dossier_ids.emplace_back(dossier_id);
  change.status = true;
  notifier_.Post(change);
  return accepted;
}

Result<std::string> Engine::Request(Method method, std::string request, std::chrono::milliseconds timeout) {
  Lock lock(mutex_);
  const std::uint64_t request_id = ++last_request_id_;
  replies_.emplace(request_id, std::nullopt);
  Step(RequestWanted{.request_id = request_id, .method = method, .request = std::move(request)});
  return WaitForReply(lock, request_id, timeout);
}

Result<std::string> Engine::Enrol(const Client::Enrolment& enrolment, std::chrono::milliseconds timeout) {
  Lock lock(mutex_);
  const std::uint64_t request_id = ++last_request_id_;
  replies_.emplace(request_id, std::nullopt);
  Step(EnrolWanted{.request_id = request_id,
                   .activation_code = enrolment.activation_code,
                   .device_name = enrolment.device_name});
  return WaitForReply(lock, request_id, timeout);
}

Result<void> Engine::SyncNow(const Client::SyncOptions& options) {
  Lock lock(mutex_);
  const std::uint64_t sync_id = ++last_sync_id_;
  sync_ends_.emplace(sync_id, std::nullopt);
  Step(SyncWanted{.give_up_after_ms = options.keep_trying ? options.timeout.count() : 0});
  const bool ended =
      came_.wait_for(lock, options.timeout, [&] { return sync_ends_.at(sync_id).has_value(); });
  const std::optional<SyncEnded> end = std::move(sync_ends_.extract(sync_id).mapped());
  if (!ended) return LocalError(ErrorCode::kUnavailable, "TIMED_OUT", language_);
  if (end->error) return *end->error;
  return {};
}

void Engine::SetBackgroundSync(bool on) {
  const std::lock_guard lock(mutex_);
  Step(BackgroundWanted{.on = on});
}

Result<void> Engine::DismissRejected(std::string_view mutation_id) {
  const std::lock_guard lock(mutex_);
  auto dismissed = core_->DismissRejected(mutation_id);
  if (!dismissed.ok()) return dismissed.error();
  Change change;
  change.rejected = true;
  change.status = true;
  notifier_.Post(change);
  return {};
}

Result<void> Engine::DismissUnreadable() {
  const std::lock_guard lock(mutex_);
  auto dismissed = core_->DismissUnreadable();
  if (!dismissed.ok()) return dismissed.error();
  Change change;
  change.status = true;
  notifier_.Post(change);
  return {};
}

Subscription Engine::Subscribe(std::function<void(const Change&)> callback) {
  return Subscription(notifier_.Add(std::move(callback)));
}

void Engine::Step(const Event& event) {
  if (const auto* ended = std::get_if<WatchEnded>(&event)) watches_.erase(ended->watch_id);
  for (auto& effect : core_->Step(event)) {
    std::visit([this](auto&& each) { Perform(std::forward<decltype(each)>(each)); }, std::move(effect));
  }
}

void Engine::Perform(Call effect) {
  const std::uint64_t call_id = effect.call_id;
  if (!transport_) {
    loop_->Post(Answer{.call_id = call_id, .status = NotReached(), .response = {}});
    return;
  }
  OutgoingCall call{.method = effect.method,
                    .request = std::move(effect.request),
                    .access_token = std::move(effect.access_token),
                    .timeout = std::chrono::milliseconds(effect.deadline_ms)};
  transport_->Start(std::move(call), [loop = loop_.get(), call_id](CallAnswer answer) {
    loop->Post(Answer{
        .call_id = call_id, .status = std::move(answer.status), .response = std::move(answer.response)});
  });
}

void Engine::Perform(const StartTimer& effect) {
  loop_->PostAfter(std::chrono::milliseconds(effect.delay_ms), TimerFired{.timer_id = effect.timer_id});
}

void Engine::Perform(const StartWatch& effect) {
  const std::uint64_t watch_id = effect.watch_id;
  EventLoop* loop = loop_.get();
  if (!transport_) {
    loop->Post(WatchEnded{.watch_id = watch_id, .status = NotReached()});
    return;
  }
  watches_[watch_id] = transport_->Watch(
      {.access_token = effect.access_token,
       .timeout = kWatchTimeout,
       .on_hint =
           [loop, watch_id](const std::string& bytes) {
             v1::WatchResponse hint;
             if (!hint.ParseFromString(bytes)) return;
             loop->Post(
                 Hint{.watch_id = watch_id, .dossier_id = hint.dossier_id(), .revision = hint.revision()});
           },
       .on_end =
           [loop, watch_id](CallStatus status) {
             loop->Post(WatchEnded{.watch_id = watch_id, .status = std::move(status)});
           }});
}

void Engine::Perform(const StopWatch& effect) {
  const auto watch = watches_.extract(effect.watch_id);
  if (!watch.empty()) transport_->Cancel(watch.mapped());
}

void Engine::Perform(const Notify& effect) {
  Change change;
  change.dossier_ids = effect.dossier_ids;
  change.dossier_list = effect.dossiers;
  change.status = effect.status;
  change.templates = effect.templates;
  change.rejected = effect.rejected;
  notifier_.Post(change);
}

void Engine::Perform(const SyncEnded& effect) {
  for (auto& [sync_id, end] : sync_ends_) {
    if (!end) end = effect;
  }
  came_.notify_all();
}

void Engine::Perform(Replied effect) {
  const auto waiting = replies_.find(effect.request_id);
  if (waiting == replies_.end()) return;
  waiting->second = std::move(effect);
  came_.notify_all();
}

Result<std::string> Engine::WaitForReply(Lock& lock, std::uint64_t request_id,
                                         std::chrono::milliseconds timeout) {
  const bool came = came_.wait_for(lock, timeout, [&] { return replies_.at(request_id).has_value(); });
  std::optional<Replied> reply = std::move(replies_.extract(request_id).mapped());
  if (!came) return LocalError(ErrorCode::kUnavailable, "TIMED_OUT", language_);
  if (reply->error) return *reply->error;
  return std::move(reply->response);
}

}  // namespace brug::sdk
