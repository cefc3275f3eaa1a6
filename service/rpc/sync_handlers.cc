#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "brug/v1/sync_service.grpc.pb.h"
#include "proto/rules/limits.h"
#include "service/domain/sync.h"
#include "service/rpc/call.h"
#include "service/rpc/services.h"

namespace brug::rpc {
namespace {

using platform::Result;

constexpr std::string_view kSync = "SyncService/Sync";
constexpr std::string_view kWatch = "SyncService/Watch";
// Hints that wait on one stream; what is beyond is left out, which costs nothing.
constexpr std::size_t kHintsWaitingMax = 1'000;

// One Sync: pushes in a transaction, then pulls on a snapshot of what was committed. Deletes itself when it
// has answered.
class SyncCall {
 public:
  SyncCall(SharedCall<v1::SyncRequest, v1::SyncResponse> call, Visitor visitor)
      : call_(std::move(call)),
        office_(call_->office()),
        facts_(call_->facts()),
        visitor_(std::move(visitor)),
        request_(call_->request()),
        response_(call_->response()) {}

  void Run() {
    if (auto limits = domain::CheckLimits(request_); !limits.ok()) return End(limits);
    if (request_.mutations().empty() && request_.statements().empty() && request_.restore_shown().empty()) {
      office_.readers().Post([this] { Pull(); });
      return;
    }
    visitor_.desk.writer->Post([this](storage::Transaction& transaction) { return Push(transaction); },
                               [this](Result<void> stored) { Pushed(stored); });
  }

 private:
  bool Push(storage::Transaction& transaction) {
    pushed_ = {};
    hints_ = {};
    auto caller = Allow(kSync, Unasked<v1::SyncRequest>, GuestOf(visitor_, facts_), transaction, request_);
    if (!caller.ok()) {
      pushed_ = caller.failure();
      return false;
    }
    domain::Desk desk{office_.surroundings(), transaction, *caller, visitor_.desk.keys, office_.Now()};
    pushed_ = domain::Push(desk, request_, response_);
    hints_ = std::move(desk.hints);
    return pushed_.ok();
  }

  void Pushed(const Result<void>& stored) {
    if (!stored.ok()) return End(stored);
    if (!pushed_.ok()) return End(pushed_);
    office_.watch_hub().Publish(hints_);
    for (const auto& [name, why] : hints_.passed_over) LogPassedOver(name, why);
    Pull();
  }

  void Pull() {
    Result<void> pulled;
    std::string device_id;
    const auto read = visitor_.desk.store->Read([&](const storage::Snapshot& snapshot) {
      auto caller = Allow(kSync, Unasked<v1::SyncRequest>, GuestOf(visitor_, facts_), snapshot, request_);
      if (!caller.ok()) {
        pulled = caller.failure();
        return;
      }
      device_id = caller->device_id;
      const domain::ReadingDesk desk{office_.surroundings(), snapshot, *caller, visitor_.desk.keys,
                                     office_.Now()};
      pulled = domain::Pull(desk, request_, response_);
      drifts_ = domain::DriftsOf(desk, request_);
    });
    for (const v1::DriftReport& drift : drifts_) LogDrift(drift);
    if (read.ok() && pulled.ok() && IsInTheMiddle()) office_.admission().GoesOn(device_id, office_.Now());
    End(read.ok() ? pulled : read);
  }

  // Whether the device will call again at once: it has not all that there is, or brought as much as one call
  // takes and has more, as far as one can tell from here.
  bool IsInTheMiddle() const {
    return response_.more() || request_.mutations_size() == static_cast<int>(rules::kCallMutationsMax) ||
           request_.ByteSizeLong() > rules::kCallMutationBytesMax / 2;
  }

  void LogPassedOver(const std::string& name, const std::string& why) {
    office_.log().Write(platform::LogLevel::kWarning, "passed_over",
                        {{"trace_id", facts_.trace_id},
                         {"organisation_id", visitor_.desk.keys->organisation_id},
                         {"what", name},
                         {"why", why}});
  }

  // A mistake of ours, found by a device: the operator is to hear of it.
  void LogDrift(const v1::DriftReport& drift) {
    office_.log().Write(platform::LogLevel::kError, "drift_reported",
                        {{"trace_id", facts_.trace_id},
                         {"organisation_id", visitor_.desk.keys->organisation_id},
                         {"dossier_id", drift.dossier_id()},
                         {"revision", drift.point().revision()}});
  }

  void End(const Result<void>& result) {
    call_->End(result);
    delete this;
  }

  const SharedCall<v1::SyncRequest, v1::SyncResponse> call_;
  Office& office_;
  const CallFacts& facts_;
  const Visitor visitor_;
  const v1::SyncRequest& request_;
  v1::SyncResponse& response_;
  Result<void> pushed_;
  domain::Hints hints_;
  std::vector<v1::DriftReport> drifts_;
};

// One Watch stream. It lives until gRPC is done with it and Begin has returned, whichever is later.
class WatchStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  static std::shared_ptr<WatchStream> Make(Office& office) {
    std::shared_ptr<WatchStream> stream(new WatchStream(office));
    stream->self_ = stream;
    return stream;
  }

  void Begin(const CallFacts& facts, const Visitor& visitor) {
    facts_ = facts;
    visitor_ = visitor;
    if (!Register()) return;
    Send("", 0);
    if (office_.stopping()) watcher_->End();
  }

  void Close(const grpc::Status& status) {
    {
      const std::lock_guard lock(mutex_);
      if (closing_) return;
      closing_ = true;
    }
    Finish(status);
  }

 private:
  explicit WatchStream(Office& office) : office_(office), watcher_(std::make_shared<Listener>(*this)) {}

  // What the hub knows of the stream.
  class Listener final : public Watcher {
   public:
    explicit Listener(WatchStream& stream) : stream_(stream) {}
    void Hint(const std::string& dossier_id, std::int64_t revision) override {
      if (dossier_id.empty()) stream_.RegisterAgain();
      stream_.Send(dossier_id, revision);
    }
    void End() override {
      stream_.Close(ToStatus({.reason = v1::ERROR_REASON_STOPPING, .retry_delay_ms = 2'000}, ""));
    }

   private:
    WatchStream& stream_;
  };

  // Tells the hub which dossiers the caller may read as of now; ends the stream and says false for one who
  // may no longer watch.
  bool Register() {
    auto result = std::make_shared<Result<void>>();
    const auto read = visitor_.desk.store->Read([&](const storage::Snapshot& snapshot) {
      auto caller =
          Allow(kWatch, Unasked<v1::WatchRequest>, GuestOf(visitor_, facts_), snapshot, v1::WatchRequest());
      if (!caller.ok()) {
        *result = caller.failure();
        return;
      }
      office_.watch_hub().Add(watcher_, caller->person_id, domain::ReadableDossiers(snapshot, *caller));
    });
    if (!read.ok()) *result = read;
    if (!result->ok()) Close(ToStatus(result->failure(), facts_.language));
    // The device may have gone while this was read: then OnDone came before the hub knew of the stream.
    if (IsDone()) office_.watch_hub().Remove(watcher_.get());
    return result->ok();
  }

  // A grant, an end or a revocation came for the person: from now on the hints are those of today's rights.
  void RegisterAgain() {
    const std::lock_guard lock(mutex_);
    if (done_ || !self_) return;
    office_.readers().Post([self = self_] { self->Register(); });
  }

  void Send(const std::string& dossier_id, std::int64_t revision) {
    const std::lock_guard lock(mutex_);
    if (closing_ || waiting_.size() >= kHintsWaitingMax) return;
    v1::WatchResponse hint;
    hint.set_dossier_id(dossier_id);
    hint.set_revision(revision);
    Encode(hint, waiting_.emplace_back());
    if (waiting_.size() == 1) StartWrite(&waiting_.front());
  }

  bool IsDone() {
    const std::lock_guard lock(mutex_);
    return done_;
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    waiting_.pop_front();
    if (ok && !closing_ && !waiting_.empty()) StartWrite(&waiting_.front());
  }

  // The device went away.
  void OnCancel() override { Close(grpc::Status::CANCELLED); }

  void OnDone() override {
    office_.watch_hub().Remove(watcher_.get());
    std::shared_ptr<WatchStream> self;
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
      self = std::move(self_);
    }
    // Here the stream ends, unless Begin still has it.
  }

  Office& office_;
  const std::shared_ptr<Listener> watcher_;
  // Set by Begin, before the hub knows of the stream.
  CallFacts facts_;
  Visitor visitor_;
  std::mutex mutex_;
  std::deque<grpc::ByteBuffer> waiting_;
  bool closing_ = false;
  bool done_ = false;
  std::shared_ptr<WatchStream> self_;
};

using Contract = v1::SyncService;
// All of its methods, given bytes.
using RawService =
    RawMethods<Contract::Service, Contract::WithRawCallbackMethod_Sync, Contract::WithRawCallbackMethod_Watch,
               Contract::WithRawCallbackMethod_ListHistory>;

class SyncHandlers final : public RawService {
 public:
  explicit SyncHandlers(Office& office) : office_(office) {}

 private:
  using Bytes = grpc::ByteBuffer;
  using Context = grpc::CallbackServerContext;

  grpc::ServerUnaryReactor* Sync(Context* context, const Bytes* sent, Bytes* answer) override {
    const auto call =
        std::make_shared<Call<v1::SyncRequest, v1::SyncResponse>>(office_, *context, kSync, *sent, *answer);
    auto visitor = LetIn(office_, call->facts());
    const auto read = visitor.ok() ? call->Read() : visitor.failure();
    if (read.ok()) {
      (new SyncCall(call, *std::move(visitor)))->Run();
    } else {
      call->End(read);
    }
    return call->reactor();
  }

  grpc::ServerWriteReactor<Bytes>* Watch(Context* context, const Bytes* sent) override {
    const auto stream = WatchStream::Make(office_);
    const CallFacts facts = FactsOf(*context, kWatch, office_);
    auto visitor = LetWatcherIn(office_, facts);
    v1::WatchRequest request;
    const auto read = visitor.ok() ? Decode(*sent, office_.message_bytes_max(), request) : visitor.failure();
    if (!read.ok()) {
      stream->Close(ToStatus(read.failure(), facts.language));
      return stream.get();
    }
    office_.readers().Post([stream, facts, visitor = *visitor] { stream->Begin(facts, visitor); });
    return stream.get();
  }

  grpc::ServerUnaryReactor* ListHistory(Context* context, const Bytes* sent, Bytes* answer) override {
    return Handle(office_, kListHistory, context, sent, answer);
  }

  Office& office_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeSyncService(Office& office) {
  return std::make_unique<SyncHandlers>(office);
}

}  // namespace brug::rpc
