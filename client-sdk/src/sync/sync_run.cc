#include "client-sdk/src/sync/sync_run.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "client-sdk/src/sync/answer_error.h"

namespace brug::sdk {
namespace {

// Hints tell sooner; a lost hint costs at most this.
constexpr std::int64_t kPollDelayMs = 5 * 60 * 1000;
constexpr int kEmptyAnswersMax = 2;
// A service that lets many in at a pace tells the last ones to come back much later; none so late as this.
constexpr std::int64_t kRetryAfterMsMax = 60 * 60 * 1000;

}  // namespace

void SyncRun::Want(std::int64_t give_up_after_ms) {
  asked_ = true;
  if (give_up_after_ms > 0) {
    // The timer has to know its own id, which there is only once it has been started.
    const auto id = std::make_shared<std::uint64_t>(0);
    *id = outside_.After(give_up_after_ms, [this, id] { GiveUp(*id); });
    give_ups_.insert(*id);
  }
  Start();
}

void SyncRun::SetBackground(bool on) {
  background_ = on;
  if (on) return Start();
  outside_.Cancel(poll_timer_);
  if (!asked_) outside_.Cancel(retry_timer_);
}

void SyncRun::Nudge() {
  // One that waits for its time is not to be hurried: it takes along what is new.
  if (background_ && retry_timer_ == 0) Start();
}

void SyncRun::Interrupt(const Error& error) {
  retry_timer_ = 0;
  poll_timer_ = 0;
  give_ups_.clear();
  Failure failure = LocalFailure(error);
  failure.try_again = true;
  Fail(failure);
}

void SyncRun::Abandon(const Error& error) {
  background_ = false;
  busy_ = false;
  again_ = false;
  retry_timer_ = 0;
  poll_timer_ = 0;
  last_error_ = error;
  EndAsked(error);
}

void SyncRun::Start() {
  if (busy_) {
    again_ = true;
    return;
  }
  outside_.Cancel(retry_timer_);
  outside_.Cancel(poll_timer_);
  busy_ = true;
  renewed_ = false;
  empty_answers_ = 0;
  left_out_.reset();
  auto begun = holdings_.Refresh();
  if (begun.ok()) begun = exchange_.BeginRun();
  if (!begun.ok()) return FailHere(begun.error());
  NextCall();
}

void SyncRun::NextCall() {
  session_.Ensure([this](const std::optional<Failure>& failure) {
    if (failure.has_value()) return Fail(*failure);
    Push();
  });
}

void SyncRun::Push() {
  auto request = exchange_.Build();
  if (!request.ok()) return FailHere(request.error());
  outside_.MakeCall(Method::kSync, session_.token(), request->SerializeAsString(),
                    [this](const Answer& answer) { OnAnswer(answer); });
}

void SyncRun::OnAnswer(const Answer& answer) {
  if (!answer.status.ok()) {
    const Failure failure = FailureOf(answer.status);
    if (!failure.sign_in) return Fail(failure);
    session_.Forget();
    if (std::exchange(renewed_, true)) return Fail(failure);
    return NextCall();
  }
  v1::SyncResponse response;
  if (!response.ParseFromString(answer.response)) return Fail(LocalFailure(AnswerNotValid()));
  auto taken = exchange_.Take(response);
  if (!taken.ok()) return FailHere(taken.error());
  OnTaken(response, *taken);
}

void SyncRun::OnTaken(const v1::SyncResponse& response, const Taken& taken) {
  if (taken.wipe_order) return on_wipe_order_();
  if (taken.left_out.has_value()) left_out_ = taken.left_out;
  if (!taken.notify.empty()) outside_.Emit(taken.notify);
  devices_waiting_ = response.devices_waiting();
  if (!taken.more && !exchange_.HasMore()) return Succeed();
  empty_answers_ = taken.progress ? 0 : empty_answers_ + 1;
  if (empty_answers_ > kEmptyAnswersMax) return Fail(LocalFailure(AnswerNotValid()));
  NextCall();
}

void SyncRun::Succeed() {
  if (exchange_.put_off().has_value()) {
    Failure later = LocalFailure(*exchange_.put_off());
    later.try_again = true;
    return Fail(later);
  }
  after_sync_([this] { Finish(); });
}

void SyncRun::Finish() {
  busy_ = false;
  backoff_.Reset();
  last_error_ = left_out_;
  if (std::exchange(again_, false)) return Start();
  EndAsked(last_error_);
  PollLater();
}

void SyncRun::Fail(const Failure& failure) {
  busy_ = false;
  again_ = false;
  last_error_ = failure.error;
  if (!failure.try_again) {
    EndAsked(last_error_);
    return PollLater();
  }
  const std::int64_t asked_ms = std::min(failure.error.retry_after_ms.value_or(0), kRetryAfterMsMax);
  const std::int64_t delay_ms = std::max(backoff_.Next(*holdings_.ports().random), asked_ms);
  if (background_ || !give_ups_.empty()) {
    retry_timer_ = outside_.After(delay_ms, [this] {
      retry_timer_ = 0;
      Start();
    });
  }
  if (give_ups_.empty()) EndAsked(last_error_);
}

void SyncRun::FailHere(const Error& error) {
  holdings_.MarkStale();
  Fail(LocalFailure(error));
}

void SyncRun::EndAsked(const std::optional<Error>& error) {
  for (std::uint64_t id : std::exchange(give_ups_, {})) outside_.Cancel(id);
  if (std::exchange(asked_, false)) outside_.Emit(SyncEnded{.error = error});
}

void SyncRun::GiveUp(std::uint64_t timer_id) {
  give_ups_.erase(timer_id);
  if (!give_ups_.empty() || busy_) return;
  EndAsked(last_error_);
  if (!background_) outside_.Cancel(retry_timer_);
}

void SyncRun::PollLater() {
  if (!background_) return;
  outside_.Cancel(poll_timer_);
  poll_timer_ = outside_.After(kPollDelayMs, [this] {
    poll_timer_ = 0;
    Start();
  });
}

}  // namespace brug::sdk
