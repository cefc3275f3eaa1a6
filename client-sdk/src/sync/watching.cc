#include "client-sdk/src/sync/watching.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace brug::sdk {
namespace {

// For a stream that trying again soon does not bring back: refused, or not known to the service.
constexpr std::int64_t kReopenDelayMs = 5 * 60 * 1000;

}  // namespace

void Watching::Set(bool on) {
  on_ = on;
  if (on) {
    if (watch_id_ == 0 && timer_ == 0) Open();
    return;
  }
  outside_.Cancel(timer_);
  if (watch_id_ != 0) outside_.Emit(StopWatch{.watch_id = std::exchange(watch_id_, 0)});
}

void Watching::Interrupt() {
  opening_ = false;
  timer_ = 0;
  if (watch_id_ != 0) outside_.Emit(StopWatch{.watch_id = std::exchange(watch_id_, 0)});
  if (on_) OpenLater(Failure(), true);
}

void Watching::Take(const Hint& hint) {
  if (hint.watch_id != watch_id_) return;
  backoff_.Reset();
  const Holding* holding = holdings_.Find(hint.dossier_id);
  if (holding != nullptr && hint.revision <= holding->row.revision) return;
  on_change_();
}

void Watching::Take(const WatchEnded& ended) {
  if (ended.watch_id != watch_id_) return;
  watch_id_ = 0;
  const Failure failure = FailureOf(ended.status);
  if (failure.sign_in) session_.Forget();
  OpenLater(failure, ended.status.ok() || failure.try_again || failure.sign_in ||
                         ended.status.code == CallCode::kDeadlineExceeded);
}

void Watching::Open() {
  if (std::exchange(opening_, true)) return;
  session_.Ensure([this](const std::optional<Failure>& failure) {
    opening_ = false;
    if (!on_) return;
    if (failure.has_value()) return OpenLater(*failure, failure->try_again);
    watch_id_ = outside_.NewId();
    outside_.Emit(StartWatch{.watch_id = watch_id_, .access_token = session_.token()});
  });
}

void Watching::OpenLater(const Failure& failure, bool soon) {
  const std::int64_t backoff_ms = soon ? backoff_.Next(*holdings_.ports().random) : kReopenDelayMs;
  // Never sooner than the service asks, nor ever so late that nobody hears of anything.
  const std::int64_t asked_ms = std::min(failure.error.retry_after_ms.value_or(0), kReopenDelayMs);
  timer_ = outside_.After(std::max(backoff_ms, asked_ms), [this] {
    timer_ = 0;
    Open();
  });
}

}  // namespace brug::sdk
