#pragma once

#include <brug/client.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "client-sdk/src/api/event_loop.h"
#include "client-sdk/src/api/notifier.h"
#include "client-sdk/src/sync/core.h"
#include "client-sdk/src/sync/local_error.h"
#include "client-sdk/src/transport/transport.h"

namespace brug::sdk {

// A result of a result is one result.
template <class T>
struct Flat {
  using Type = Result<T>;
};
template <class T>
struct Flat<Result<T>> {
  using Type = Result<T>;
};

// What an engine runs on. Tests bring their own.
struct EngineParts {
  std::string language = "nl";
  std::shared_ptr<KeyStore> key_store;
  std::unique_ptr<Clock> clock;
  std::unique_ptr<crypto::RandomSource> random;
  std::unique_ptr<rules::ZoneReader> zones;
  std::unique_ptr<Storage> storage;
  // Null: never online.
  std::unique_ptr<Transport> transport;
};

// The edge with threads around the core, which has none:
//
//   the core is touched by nobody who does not hold `mutex_`, and nobody waits for the network while holding
//   it.
//
// A caller's thread reads and writes by itself; one thread of the engine brings the core what comes from
// outside (answers, timers, hints); the transport's threads only post to it; a third tells subscribers.
//
// Thread safety: any number of threads, but for the destructor.
class Engine {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Engine>> Start(EngineParts parts);
  ~Engine();

  [[nodiscard]] const std::string& language() const { return language_; }
  [[nodiscard]] Instant Now() const { return clock_->Now(); }
  // 32 fresh random bits. Only from within WithCore, ReadDossier or Write.
  [[nodiscard]] std::uint32_t RandomBits() {
    return static_cast<std::uint32_t>(crypto::RandomUint64(*random_));
  }

  // Calls `read(core)` while nobody else has the core.
  template <class Read>
  [[nodiscard]] auto WithCore(Read read) {
    const std::lock_guard lock(mutex_);
    return read(*core_);
  }

  // Reads one dossier: what `read(view)` gives, a value or a result, or why it could not be read.
  template <class Read>
  [[nodiscard]] auto ReadDossier(std::string_view dossier_id, Read read) ->
      typename Flat<decltype(read(std::declval<const View&>()))>::Type {
    const std::lock_guard lock(mutex_);
    return ReadView(dossier_id, std::move(read));
  }

  // The same for `read(view, core)`.
  template <class Read>
  [[nodiscard]] auto ReadDossierWithCore(std::string_view dossier_id, Read read) {
    return ReadDossier(dossier_id, [this, &read](const View& view) { return read(view, *core_); });
  }

  // Makes an intent from what the dossier shows, and accepts it, with nothing in between.
  using MakeIntent = std::function<Result<v1::Mutation>(const View& view, Core& core)>;
  [[nodiscard]] Result<Accepted> Write(std::string_view dossier_id, const MakeIntent& make_intent);

  // Makes a call of the contract, in a session, and waits for its answer.
  [[nodiscard]] Result<std::string> Request(Method method, std::string request,
                                            std::chrono::milliseconds timeout);
  [[nodiscard]] Result<std::string> Enrol(const Client::Enrolment& enrolment,
                                          std::chrono::milliseconds timeout);
  [[nodiscard]] Result<void> SyncNow(const Client::SyncOptions& options);

  void SetBackgroundSync(bool on);
  [[nodiscard]] Result<void> DismissRejected(std::string_view mutation_id);
  [[nodiscard]] Result<void> DismissUnreadable();
  [[nodiscard]] Subscription Subscribe(std::function<void(const Change&)> callback);

 private:
  using Lock = std::unique_lock<std::mutex>;
  using SteadyTime = std::chrono::steady_clock::time_point;

  explicit Engine(EngineParts parts);

  template <class Read>
  [[nodiscard]] auto ReadView(std::string_view dossier_id, Read read) ->
      typename Flat<decltype(read(std::declval<const View&>()))>::Type {
    auto view = core_->ViewOf(dossier_id);
    if (!view.ok()) return view.error();
    typename Flat<decltype(read(std::declval<const View&>()))>::Type value = read(**view);
    if (auto error = (*view)->TakeError()) return *error;
    if (!value.ok()) return WithMessage(value.error(), language_);
    return value;
  }

  // All of these hold the mutex.
  void Step(const Event& event);
  void Perform(Call effect);
  void Perform(const StartTimer& effect);
  void Perform(const StartWatch& effect);
  void Perform(const StopWatch& effect);
  void Perform(const Notify& effect);
  void Perform(const SyncEnded& effect);
  void Perform(Replied effect);
  [[nodiscard]] Result<std::string> WaitForReply(Lock& lock, std::uint64_t request_id,
                                                 std::chrono::milliseconds timeout);

  const std::string language_;
  const std::shared_ptr<KeyStore> key_store_;
  const std::unique_ptr<Clock> clock_;
  const std::unique_ptr<crypto::RandomSource> random_;
  const std::unique_ptr<rules::ZoneReader> zones_;
  const std::unique_ptr<Storage> storage_;

  std::mutex mutex_;
  std::unique_ptr<Core> core_;
  // Something that somebody waits for came.
  std::condition_variable came_;
  std::uint64_t last_request_id_ = 0;
  std::map<std::uint64_t, std::optional<Replied>> replies_;
  // Syncs that were asked for, by number; SyncEnded answers all that were asked before it.
  std::uint64_t last_sync_id_ = 0;
  std::map<std::uint64_t, std::optional<SyncEnded>> sync_ends_;
  std::map<std::uint64_t, CallHandle> watches_;

  Notifier notifier_;
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<Transport> transport_;
};

}  // namespace brug::sdk
