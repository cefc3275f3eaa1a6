#include "client-sdk/src/transport/grpc_transport.h"

#include <grpc/support/log.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <map>
#include <mutex>
#include <utility>

#include "client-sdk/src/transport/grpc_status.h"
#include "proto/crypto/certificate.h"

namespace brug::sdk {

namespace {

constexpr int kAnswerBytesMax = 4 * 1024 * 1024;
// gRPC's own reconnecting is kept out of the way: a channel that failed is replaced at the next call.
constexpr int kReconnectDelayMsMax = 1000;

constexpr const char* kWatchPath = "/brug.v1.SyncService/Watch";

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

std::string ToBytes(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  bytes.reserve(buffer.Length());
  for (const auto& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

CallStatus ToCallStatus(const grpc::Status& status) {
  return ReadStatus(static_cast<int>(status.error_code()), status.error_details());
}

// After the chain of trust was checked: the name, and then the pins.
//
// gRPC uses and destroys it on threads of its own, after counting references where ThreadSanitizer cannot see
// it. So each use touches one counter, which says the same again: made before used, used before destroyed.
class PinnedVerifier final : public grpc::experimental::ExternalCertificateVerifier {
 public:
  explicit PinnedVerifier(std::vector<std::string> pins) : pins_(std::move(pins)) { TouchOrder(); }
  ~PinnedVerifier() override { TouchOrder(); }

  bool Verify(grpc::experimental::TlsCustomVerificationCheckRequest* request,
              std::function<void(grpc::Status)> callback, grpc::Status* sync_status) override {
    TouchOrder();
    // gRPC's own check of the name is synchronous: it never uses the callback.
    host_name_.Verify(request, std::move(callback), sync_status);
    if (sync_status->ok() && !pins_.empty() && !IsPinned(request->peer_cert())) {
      *sync_status = {grpc::StatusCode::UNAUTHENTICATED, "the server's key is not one of the pinned keys"};
    }
    TouchOrder();
    return true;
  }

  void Cancel(grpc::experimental::TlsCustomVerificationCheckRequest* /*request*/) override {}

 private:
  [[nodiscard]] bool IsPinned(grpc::string_ref certificate_pem) const {
    const auto facts = crypto::ReadCertificate({certificate_pem.data(), certificate_pem.size()});
    return facts && std::find(pins_.begin(), pins_.end(), facts->spki_pin) != pins_.end();
  }

  static void TouchOrder() {
    static constinit std::atomic<int> order = 0;
    order.fetch_add(1, std::memory_order_acq_rel);
  }

  std::vector<std::string> pins_;
  grpc::experimental::HostNameCertificateVerifier host_name_;
};

std::shared_ptr<grpc::ChannelCredentials> MakeCredentials(const GrpcTransportOptions& options) {
  grpc::experimental::TlsChannelCredentialsOptions tls;
  if (!options.root_certificate_pem.empty()) {
    tls.set_certificate_provider(
        std::make_shared<grpc::experimental::StaticDataCertificateProvider>(options.root_certificate_pem));
    tls.watch_root_certs();
  }
  tls.set_verify_server_certs(true);
  tls.set_check_call_host(false);
  tls.set_certificate_verifier(
      grpc::experimental::ExternalCertificateVerifier::Create<PinnedVerifier>(options.spki_pins));
  return grpc::experimental::TlsCredentials(tls);
}

grpc::ChannelArguments MakeArguments(const GrpcTransportOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectDelayMsMax);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectDelayMsMax);
  arguments.SetMaxReceiveMessageSize(kAnswerBytesMax);
  if (!options.server_name.empty()) arguments.SetSslTargetNameOverride(options.server_name);
  return arguments;
}

// What goes on, so that it can be cancelled and waited for.
class CallTable {
 public:
  CallHandle Add(grpc::ClientContext* context) {
    const std::lock_guard lock(mutex_);
    const CallHandle handle = ++last_handle_;
    going_on_.emplace(handle, Going{.context = context});
    return handle;
  }

  // From here on the call is this one, and End follows for the one before; false, and nothing changed, when
  // it was cancelled.
  [[nodiscard]] bool BeginAgain(CallHandle handle, grpc::ClientContext* context) {
    const std::lock_guard lock(mutex_);
    Going& going = going_on_.at(handle);
    if (going.cancelled) return false;
    going.context = context;
    ++ending_;
    return true;
  }

  // Nobody cancels it any more: its context may be destroyed from here on.
  void BeginToEnd(CallHandle handle) {
    const std::lock_guard lock(mutex_);
    going_on_.erase(handle);
    ++ending_;
  }

  // Its context is destroyed.
  void End() {
    const std::lock_guard lock(mutex_);
    --ending_;
    ended_.notify_all();
  }

  void Cancel(CallHandle handle) {
    const std::lock_guard lock(mutex_);
    const auto found = going_on_.find(handle);
    if (found != going_on_.end()) found->second.Cancel();
  }

  void CancelAllAndWait() {
    std::unique_lock lock(mutex_);
    for (auto& [handle, going] : going_on_) going.Cancel();
    ended_.wait(lock, [this] { return going_on_.empty() && ending_ == 0; });
  }

 private:
  struct Going {
    grpc::ClientContext* context;
    bool cancelled = false;

    void Cancel() {
      cancelled = true;
      context->TryCancel();
    }
  };

  std::mutex mutex_;
  std::condition_variable ended_;
  CallHandle last_handle_ = 0;
  std::map<CallHandle, Going> going_on_;
  int ending_ = 0;
};

// Destroys a call, and then tells the table that everything of it is over: the function that was told its
// end, and the context, which holds on to the channel. A channel must not end on a thread of gRPC's own (1.51
// would wait there for that very thread), so whoever destroys the transport waits for this.
template <class Call>
void EndCall(CallTable& table, std::unique_ptr<Call> call) {
  table.BeginToEnd(call->handle());
  call.reset();
  table.End();
}

// Whether the request was never given to a connection: the peer of such a call is still the name to call.
bool WasNeverSent(const grpc::ClientContext& context) {
  const std::string peer = context.peer();
  return !peer.starts_with("ipv4:") && !peer.starts_with("ipv6:");
}

// Owns itself from StartCall to the last OnDone.
//
// A call for which no connection could be made is made once more. gRPC before 1.61 looks at errno too late
// after connect(2) (https://github.com/grpc/grpc/pull/35064): a connection that is well on its way counts as
// failed whenever another call, such as an allocation on a system without /sys, has set errno meanwhile.
class UnaryCall final : public grpc::ClientUnaryReactor {
 public:
  // Prepares and starts a call on a channel that works, by Begin.
  using BeginOn = std::function<void(UnaryCall&)>;

  UnaryCall(CallTable& table, const std::string& request, BeginOn begin,
            std::function<void(CallAnswer)> on_end)
      : table_(table),
        begin_(std::move(begin)),
        on_end_(std::move(on_end)),
        request_(ToBuffer(request)),
        context_(std::make_unique<grpc::ClientContext>()),
        handle_(table.Add(context_.get())) {}

  void Begin(grpc::GenericStub& stub, const char* path) {
    stub.PrepareUnaryCall(context_.get(), path, grpc::StubOptions(), &request_, &response_, this);
    StartCall();
  }

  void OnDone(const grpc::Status& status) override {
    if (status.error_code() == grpc::StatusCode::UNAVAILABLE && WasNeverSent(*context_) && TryAgain()) return;
    std::unique_ptr<UnaryCall> self(this);
    CallAnswer answer{.status = ToCallStatus(status), .response = {}};
    if (status.ok()) answer.response = ToBytes(response_);
    on_end_(std::move(answer));
    EndCall(table_, std::move(self));
  }

  [[nodiscard]] grpc::ClientContext& context() { return *context_; }
  [[nodiscard]] CallHandle handle() const { return handle_; }

 private:
  [[nodiscard]] bool TryAgain() {
    if (std::exchange(tried_again_, true)) return false;
    auto context = std::make_unique<grpc::ClientContext>();
    if (!table_.BeginAgain(handle_, context.get())) return false;
    context_ = std::move(context);
    // The second call may end, and this with it, before it has quite begun.
    CallTable& table = table_;
    const BeginOn begin = begin_;
    begin(*this);
    table.End();
    return true;
  }

  CallTable& table_;
  BeginOn begin_;
  std::function<void(CallAnswer)> on_end_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  std::unique_ptr<grpc::ClientContext> context_;
  const CallHandle handle_;
  bool tried_again_ = false;
};

// Owns itself from StartCall to OnDone. To gRPC's generic stub every stream has two directions: the request
// is the one message of ours.
class WatchCall final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  WatchCall(CallTable& table, Transport::Watching watching)
      : table_(table),
        watching_(std::move(watching)),
        request_(ToBuffer({})),
        handle_(table.Add(&context_)) {}

  void Begin(grpc::GenericStub& stub) {
    stub.PrepareBidiStreamingCall(&context_, kWatchPath, grpc::StubOptions(), this);
    StartWriteLast(&request_, grpc::WriteOptions());
    StartRead(&hint_);
    StartCall();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    watching_.on_hint(ToBytes(hint_));
    StartRead(&hint_);
  }

  void OnDone(const grpc::Status& status) override {
    std::unique_ptr<WatchCall> self(this);
    watching_.on_end(ToCallStatus(status));
    EndCall(table_, std::move(self));
  }

  [[nodiscard]] grpc::ClientContext& context() { return context_; }
  [[nodiscard]] CallHandle handle() const { return handle_; }

 private:
  CallTable& table_;
  Transport::Watching watching_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer hint_;
  const CallHandle handle_;
};

class GrpcTransport final : public Transport {
 public:
  explicit GrpcTransport(const GrpcTransportOptions& options)
      : server_(options.server),
        language_(options.language),
        credentials_(MakeCredentials(options)),
        arguments_(MakeArguments(options)) {}

  ~GrpcTransport() override { table_.CancelAllAndWait(); }

  CallHandle Start(OutgoingCall call, std::function<void(CallAnswer)> on_end) override {
    const auto deadline = std::chrono::system_clock::now() + call.timeout;
    const auto begin = [this, method = call.method, token = std::move(call.access_token),
                        deadline](UnaryCall& unary) {
      Prepare(unary.context(), token, deadline);
      grpc::GenericStub stub(LiveChannel());
      unary.Begin(stub, PathOf(method));
    };
    auto* unary = new UnaryCall(table_, call.request, begin, std::move(on_end));
    const CallHandle handle = unary->handle();
    begin(*unary);
    return handle;
  }

  CallHandle Watch(Watching watching) override {
    const std::string token = watching.access_token;
    const auto deadline = std::chrono::system_clock::now() + watching.timeout;
    auto* stream = new WatchCall(table_, std::move(watching));
    const CallHandle handle = stream->handle();
    Prepare(stream->context(), token, deadline);
    grpc::GenericStub stub(LiveChannel());
    stream->Begin(stub);
    return handle;
  }

  void Cancel(CallHandle handle) override { table_.Cancel(handle); }

 private:
  void Prepare(grpc::ClientContext& context, const std::string& token,
               std::chrono::system_clock::time_point deadline) {
    context.set_deadline(deadline);
    if (!language_.empty()) context.AddMetadata("accept-language", language_);
    if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
  }

  // A channel that is waiting to reconnect would refuse a call without trying: it is replaced, so that each
  // call is a try.
  std::shared_ptr<grpc::Channel> LiveChannel() {
    const std::lock_guard lock(channel_mutex_);
    if (!channel_ || channel_->GetState(false) == GRPC_CHANNEL_TRANSIENT_FAILURE) {
      channel_ = grpc::CreateCustomChannel(server_, credentials_, arguments_);
      if (!first_channel_) first_channel_ = channel_;
    }
    return channel_;
  }

  const std::string server_;
  const std::string language_;
  const std::shared_ptr<grpc::ChannelCredentials> credentials_;
  const grpc::ChannelArguments arguments_;
  std::mutex channel_mutex_;
  std::shared_ptr<grpc::Channel> channel_;
  // Kept, unused, to the end: as long as there is a channel, one that is replaced may end on any thread (see
  // EndCall).
  std::shared_ptr<grpc::Channel> first_channel_;
  CallTable table_;
};

// gRPC writes its own lines to standard error, which is the app's. Who wants them sets GRPC_VERBOSITY.
void SilenceUnlessAsked() {
  if (std::getenv("GRPC_VERBOSITY") == nullptr) {
    gpr_set_log_verbosity(static_cast<gpr_log_severity>(GPR_LOG_SEVERITY_ERROR + 1));
  }
}

Error BadOption(const char* reason, const char* field) {
  return {.code = ErrorCode::kInvalid, .reason = reason, .field = field, .message = {}, .retry_after_ms = {}};
}

bool LooksLikePin(const std::string& pin) { return pin.size() == 44 && pin.back() == '='; }

}  // namespace

Result<std::unique_ptr<Transport>> MakeGrpcTransport(const GrpcTransportOptions& options) {
  if (options.server.empty()) return BadOption("MISSING", "server");
  if (!options.root_certificate_pem.empty() && !crypto::ReadCertificate(options.root_certificate_pem)) {
    return BadOption("OUT_OF_RANGE", "root_certificate_pem");
  }
  if (!std::all_of(options.spki_pins.begin(), options.spki_pins.end(), LooksLikePin)) {
    return BadOption("OUT_OF_RANGE", "spki_pins");
  }
  SilenceUnlessAsked();
  return std::unique_ptr<Transport>(std::make_unique<GrpcTransport>(options));
}

}  // namespace brug::sdk
