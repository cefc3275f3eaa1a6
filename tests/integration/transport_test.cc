#include <gmock/gmock.h>
#include <grpc/support/cpu.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/byte_buffer.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <future>
#include <latch>
#include <mutex>
#include <string>
#include <vector>

#include "brug/v1/enrolment_service.pb.h"
#include "brug/v1/sync_service.pb.h"
#include "client-sdk/src/transport/grpc_transport.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "proto/crypto/certificate.h"

namespace {
std::atomic<int> connects = 0;
std::atomic<int> connects_to_fail = 0;
}  // namespace

// Takes the place of the C library's for everything in this program, gRPC too. gRPC also connects datagram
// sockets, to put addresses in order; these do not count.
extern "C" int connect(int file, const sockaddr* address, socklen_t length) {
  int type = 0;
  socklen_t type_length = sizeof type;
  getsockopt(file, SOL_SOCKET, SO_TYPE, &type, &type_length);
  if (type == SOCK_STREAM && ++connects <= connects_to_fail) {
    errno = ENOENT;
    return -1;
  }
  return static_cast<int>(syscall(SYS_connect, file, address, length));
}

namespace brug::sdk {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

// Long enough never to pass in a test that goes well.
constexpr std::chrono::seconds kLong{60};

crypto::Validity ValidForNow() {
  const std::int64_t now = std::time(nullptr);
  return {.not_before_unix_s = now - 3600, .not_after_unix_s = now + 3600};
}

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

std::string ToBytes(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return "cannot read";
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

// What one call was, as the server saw it.
struct SeenCall {
  std::string method;
  std::string request;
  std::string authorization;
  std::string language;
};

// How the server answers every call.
struct Script {
  std::vector<std::string> responses;
  grpc::Status status;
  // Leaves calls without an answer until they are cancelled.
  bool silent = false;
};

std::string MetadataOf(const grpc::GenericCallbackServerContext& context, const char* key) {
  const auto found = context.client_metadata().find(key);
  if (found == context.client_metadata().end()) return {};
  return {found->second.data(), found->second.size()};
}

class ScriptedService final : public grpc::CallbackGenericService {
 public:
  void SetScript(Script script) {
    const std::lock_guard lock(mutex_);
    script_ = std::move(script);
  }

  std::vector<SeenCall> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

  void AwaitCall() {
    std::unique_lock lock(mutex_);
    called_.wait(lock, [this] { return !seen_.empty(); });
  }

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    const std::lock_guard lock(mutex_);
    return new Reactor(*this, script_,
                       {.method = context->method(),
                        .request = {},
                        .authorization = MetadataOf(*context, "authorization"),
                        .language = MetadataOf(*context, "accept-language")});
  }

 private:
  class Reactor final : public grpc::ServerGenericBidiReactor {
   public:
    Reactor(ScriptedService& service, Script script, SeenCall call)
        : service_(service), script_(std::move(script)), call_(std::move(call)) {
      StartRead(&request_);
    }

    void OnReadDone(bool ok) override {
      if (ok) call_.request = ToBytes(request_);
      service_.Note(call_);
      if (!script_.silent) WriteNext();
    }
    void OnWriteDone(bool /*ok*/) override { WriteNext(); }
    void OnCancel() override {
      if (script_.silent) Finish(grpc::Status::CANCELLED);
    }
    void OnDone() override { delete this; }

   private:
    void WriteNext() {
      if (next_ == script_.responses.size()) {
        Finish(script_.status);
        return;
      }
      response_ = ToBuffer(script_.responses[next_++]);
      StartWrite(&response_);
    }

    ScriptedService& service_;
    const Script script_;
    SeenCall call_;
    grpc::ByteBuffer request_;
    grpc::ByteBuffer response_;
    std::size_t next_ = 0;
  };

  void Note(const SeenCall& call) {
    const std::lock_guard lock(mutex_);
    seen_.push_back(call);
    called_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable called_;
  Script script_;
  std::vector<SeenCall> seen_;
};

// Waits for what a call brings.
class Inbox {
 public:
  std::function<void(CallAnswer)> on_end() {
    return [this](CallAnswer answer) { answer_.set_value(std::move(answer)); };
  }
  CallAnswer Await() { return answer_.get_future().get(); }

 private:
  std::promise<CallAnswer> answer_;
};

class TransportTest : public testing::Test {
 protected:
  void StartServer() {
    grpc::ServerBuilder builder;
    grpc::SslServerCredentialsOptions tls;
    tls.pem_key_cert_pairs.push_back({std::string(server_key_.ToPkcs8Pem().view()), certificate_pem_});
    builder.AddListeningPort("127.0.0.1:" + std::to_string(port_), grpc::SslServerCredentials(tls), &port_);
    service_holder_ = std::make_unique<ScriptedService>();
    builder.RegisterCallbackGenericService(service_holder_.get());
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
  }

  void StopServer() {
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
    server_.reset();
  }

  void TearDown() override {
    if (server_) StopServer();
  }

  [[nodiscard]] GrpcTransportOptions Options() const {
    return {.server = "127.0.0.1:" + std::to_string(port_),
            .root_certificate_pem = authority_.certificate_pem(),
            .spki_pins = {},
            .server_name = {},
            .language = "nl"};
  }

  // Of the server that was started last.
  ScriptedService& service() { return *service_holder_; }

  static std::unique_ptr<Transport> Make(const GrpcTransportOptions& options) {
    auto transport = MakeGrpcTransport(options);
    EXPECT_TRUE(transport.ok());
    return std::move(transport).value();
  }

  static CallAnswer CallOnce(Transport& transport, OutgoingCall call = SyncCall()) {
    Inbox inbox;
    transport.Start(std::move(call), inbox.on_end());
    return inbox.Await();
  }

  static OutgoingCall SyncCall() {
    return {.method = Method::kSync, .request = "request", .access_token = "token", .timeout = kLong};
  }

  crypto::SystemRandom random_;
  crypto::CertificateAuthority authority_ =
      crypto::CertificateAuthority::Create("Test authority", ValidForNow(), random_);
  crypto::SigningKey server_key_ = crypto::SigningKey::Generate(random_);
  std::string certificate_pem_ = *authority_.IssuePem(
      server_key_.PublicKey(), {.dns_names = {"brug.test"}, .ip_addresses = {"127.0.0.1"}}, ValidForNow(),
      random_);
  std::string pin_ = crypto::SpkiPin(server_key_.PublicKey().spki_der());
  std::string other_pin_ = crypto::SpkiPin(crypto::SigningKey::Generate(random_).PublicKey().spki_der());
  int port_ = 0;
  std::unique_ptr<ScriptedService> service_holder_;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(TransportTest, ACallBringsItsRequestTokenAndLanguageAndTheAnswerComesBack) {
  StartServer();
  service().SetScript({.responses = {"response"}, .status = {}});
  auto transport = Make(Options());

  const CallAnswer answer = CallOnce(*transport);

  EXPECT_TRUE(answer.status.ok());
  EXPECT_EQ(answer.response, "response");
  ASSERT_EQ(service().seen().size(), 1);
  EXPECT_EQ(service().seen()[0].method, "/brug.v1.SyncService/Sync");
  EXPECT_EQ(service().seen()[0].request, "request");
  EXPECT_EQ(service().seen()[0].authorization, "Bearer token");
  EXPECT_EQ(service().seen()[0].language, "nl");
}

TEST_F(TransportTest, ACallWithoutASessionCarriesNoToken) {
  StartServer();
  service().SetScript({.responses = {"response"}, .status = {}});
  auto transport = Make(Options());

  CallOnce(*transport, {.method = Method::kGetNonce, .request = {}, .access_token = {}, .timeout = kLong});

  ASSERT_EQ(service().seen().size(), 1);
  EXPECT_EQ(service().seen()[0].method, "/brug.v1.EnrolmentService/GetNonce");
  EXPECT_THAT(service().seen()[0].authorization, IsEmpty());
}

TEST_F(TransportTest, TheDetailsOfAnErrorAreRead) {
  StartServer();
  google::rpc::Status rich;
  google::rpc::ErrorInfo info;
  info.set_domain("brug.v1");
  info.set_reason("IN_THE_FUTURE");
  (*info.mutable_metadata())["limit"] = "7";
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(2);
  retry.mutable_retry_delay()->set_nanos(500'000'000);
  google::rpc::BadRequest bad_request;
  bad_request.add_field_violations()->set_field("tick_step.date");
  google::rpc::LocalizedMessage localised;
  localised.set_message("Die dag komt nog.");
  rich.add_details()->PackFrom(info);
  rich.add_details()->PackFrom(retry);
  rich.add_details()->PackFrom(bad_request);
  rich.add_details()->PackFrom(localised);
  service().SetScript({.responses = {},
                       .status = grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "for programmers",
                                              rich.SerializeAsString())});
  auto transport = Make(Options());

  const CallStatus status = CallOnce(*transport).status;

  EXPECT_EQ(status.code, CallCode::kRefused);
  EXPECT_EQ(status.reason, v1::ERROR_REASON_IN_THE_FUTURE);
  EXPECT_THAT(status.metadata, ElementsAre(Pair("limit", "7")));
  EXPECT_EQ(status.field, "tick_step.date");
  EXPECT_EQ(status.message, "Die dag komt nog.");
  EXPECT_EQ(status.retry_after_ms, 2500);
}

TEST_F(TransportTest, CodesThatMatterAreToldApart) {
  StartServer();
  auto transport = Make(Options());
  const std::vector<std::pair<grpc::StatusCode, CallCode>> codes = {
      {grpc::StatusCode::UNAVAILABLE, CallCode::kUnavailable},
      {grpc::StatusCode::UNAUTHENTICATED, CallCode::kUnauthenticated},
      {grpc::StatusCode::UNIMPLEMENTED, CallCode::kUnimplemented},
      {grpc::StatusCode::DEADLINE_EXCEEDED, CallCode::kDeadlineExceeded},
      {grpc::StatusCode::PERMISSION_DENIED, CallCode::kRefused},
      {grpc::StatusCode::INTERNAL, CallCode::kRefused}};
  for (const auto& [sent, expected] : codes) {
    service().SetScript({.responses = {}, .status = grpc::Status(sent, "no")});
    EXPECT_EQ(CallOnce(*transport).status.code, expected) << sent;
  }
}

TEST_F(TransportTest, ACertificateOfAnotherAuthorityIsRefusedBeforeAnyRequestIsSent) {
  StartServer();
  auto options = Options();
  options.root_certificate_pem =
      crypto::CertificateAuthority::Create("Somebody else", ValidForNow(), random_).certificate_pem();
  auto transport = Make(options);

  EXPECT_EQ(CallOnce(*transport).status.code, CallCode::kUnavailable);
  EXPECT_THAT(service().seen(), IsEmpty());
}

TEST_F(TransportTest, ACertificateOfAnotherNameIsRefusedBeforeAnyRequestIsSent) {
  StartServer();
  auto options = Options();
  options.server_name = "brug.elsewhere";
  auto transport = Make(options);

  EXPECT_EQ(CallOnce(*transport).status.code, CallCode::kUnavailable);
  EXPECT_THAT(service().seen(), IsEmpty());
}

TEST_F(TransportTest, TheNameOfTheCertificateCanBeGiven) {
  StartServer();
  service().SetScript({.responses = {"response"}, .status = {}});
  auto options = Options();
  options.server_name = "brug.test";
  auto transport = Make(options);

  EXPECT_TRUE(CallOnce(*transport).status.ok());
}

TEST_F(TransportTest, ATrustedCertificateWithoutAPinnedKeyIsRefusedBeforeAnyRequestIsSent) {
  StartServer();
  auto options = Options();
  options.spki_pins = {other_pin_};
  auto transport = Make(options);

  EXPECT_EQ(CallOnce(*transport).status.code, CallCode::kUnavailable);
  EXPECT_THAT(service().seen(), IsEmpty());
}

TEST_F(TransportTest, OneOfTwoPinsIsEnough) {
  StartServer();
  service().SetScript({.responses = {"response"}, .status = {}});
  auto options = Options();
  options.spki_pins = {other_pin_, pin_};
  auto transport = Make(options);

  EXPECT_TRUE(CallOnce(*transport).status.ok());
}

TEST_F(TransportTest, APinDoesNotReplaceTrust) {
  StartServer();
  auto options = Options();
  options.root_certificate_pem =
      crypto::CertificateAuthority::Create("Somebody else", ValidForNow(), random_).certificate_pem();
  options.spki_pins = {pin_};
  auto transport = Make(options);

  EXPECT_EQ(CallOnce(*transport).status.code, CallCode::kUnavailable);
  EXPECT_THAT(service().seen(), IsEmpty());
}

TEST_F(TransportTest, ACallThatIsNeverAnsweredEndsAtItsDeadline) {
  StartServer();
  service().SetScript({.responses = {}, .status = {}, .silent = true});
  auto transport = Make(Options());

  const CallAnswer answer = CallOnce(
      *transport,
      {.method = Method::kSync, .request = {}, .access_token = {}, .timeout = std::chrono::milliseconds(50)});

  EXPECT_EQ(answer.status.code, CallCode::kDeadlineExceeded);
}

TEST_F(TransportTest, ACancelledCallEnds) {
  StartServer();
  service().SetScript({.responses = {}, .status = {}, .silent = true});
  auto transport = Make(Options());
  Inbox inbox;
  const CallHandle handle = transport->Start(SyncCall(), inbox.on_end());
  service().AwaitCall();

  transport->Cancel(handle);

  EXPECT_EQ(inbox.Await().status.code, CallCode::kUnavailable);
  transport->Cancel(handle);
}

TEST_F(TransportTest, DestroyingItEndsWhatGoesOnAndWaitsForIt) {
  StartServer();
  service().SetScript({.responses = {}, .status = {}, .silent = true});
  auto transport = Make(Options());
  std::atomic<int> ended = 0;
  for (int i = 0; i < 8; ++i) {
    transport->Start(SyncCall(), [&ended](const CallAnswer& /*answer*/) { ++ended; });
  }
  service().AwaitCall();

  transport.reset();

  EXPECT_EQ(ended, 8);
}

TEST_F(TransportTest, WithoutAServerACallSaysUnavailableAndTheNextOneTriesAfresh) {
  StartServer();
  StopServer();
  auto transport = Make(Options());
  EXPECT_EQ(CallOnce(*transport).status.code, CallCode::kUnavailable);

  StartServer();
  service().SetScript({.responses = {"response"}, .status = {}});

  EXPECT_TRUE(CallOnce(*transport).status.ok());
}

// Where nobody listens, connecting goes on failing; where only gRPC thinks so, it does not.
TEST_F(TransportTest, AConnectionThatIsSaidToFailIsMadeOnceMoreBeforeACallEnds) {
  StartServer();
  service().SetScript({.responses = {"response"}, .status = {}});
  auto transport = Make(Options());
  connects = 0;
  connects_to_fail = 1;
  EXPECT_TRUE(CallOnce(*transport).status.ok());
  EXPECT_EQ(connects, 2);
  EXPECT_EQ(service().seen().size(), 1u) << "the request is sent once";

  transport = Make(Options());
  connects = 0;
  connects_to_fail = 3;
  EXPECT_EQ(CallOnce(*transport).status.code, CallCode::kUnavailable);
  EXPECT_EQ(connects, 2) << "and not again and again";
}

// All threads on which gRPC tells the end of a call are kept busy. So a call whose connection failed has
// ended, and nobody has heard of it when it is cancelled.
TEST_F(TransportTest, ACallThatIsCancelledJustAsItsConnectionFailedIsNotMadeAgain) {
  StartServer();
  service().SetScript({.responses = {"response"}, .status = {}});
  auto transport = Make(Options());
  connects_to_fail = 0;
  const int threads = static_cast<int>(std::clamp(gpr_cpu_num_cores() / 2, 2u, 16u));
  std::latch all_busy(threads);
  std::promise<void> go_on;
  const std::shared_future<void> may_go_on = go_on.get_future().share();
  for (int i = 0; i < threads; ++i) {
    transport->Start(SyncCall(), [&, may_go_on](const CallAnswer& /*answer*/) {
      all_busy.count_down();
      may_go_on.wait();
    });
  }
  all_busy.wait();
  const auto sent = service().seen().size();
  auto other = Make(Options());
  Inbox inbox;
  connects = 0;
  connects_to_fail = 1;

  const CallHandle handle = other->Start(SyncCall(), inbox.on_end());
  ASSERT_EQ(connects, 1) << "Start() itself has tried to connect";
  other->Cancel(handle);
  go_on.set_value();

  EXPECT_EQ(inbox.Await().status.code, CallCode::kUnavailable);
  EXPECT_EQ(connects, 1);
  EXPECT_EQ(service().seen().size(), sent) << "nothing is sent for one who does not want it any more";
}

TEST_F(TransportTest, WhatWasSentIsNotSentAgain) {
  StartServer();
  service().SetScript({.responses = {}, .status = {grpc::StatusCode::UNAVAILABLE, "busy"}});
  auto transport = Make(Options());
  EXPECT_EQ(CallOnce(*transport).status.code, CallCode::kUnavailable);
  EXPECT_EQ(service().seen().size(), 1u);
}

// gRPC 1.51 aborts when a channel's last owner goes on one of its own threads. It is a race, so it runs often
// enough to be lost: whoever is told the end of a call destroys the transport at that instant.
TEST_F(TransportTest, ItCanBeDestroyedTheInstantThatItsLastCallHasEnded) {
  StartServer();
  StopServer();
  constexpr int kRuns = 1'200;
  int ended = 0;
  for (int run = 0; run < kRuns; ++run) {
    auto transport = Make(Options());
    if (CallOnce(*transport).status.code == CallCode::kUnavailable) ++ended;
    transport.reset();
  }
  EXPECT_EQ(ended, kRuns);
}

TEST_F(TransportTest, AServerThatWasStartedAgainIsFoundAtTheFirstCall) {
  StartServer();
  service().SetScript({.responses = {"response"}, .status = {}});
  auto transport = Make(Options());
  ASSERT_TRUE(CallOnce(*transport).status.ok());
  StopServer();
  ASSERT_EQ(CallOnce(*transport).status.code, CallCode::kUnavailable);

  StartServer();

  EXPECT_TRUE(CallOnce(*transport).status.ok());
}

TEST_F(TransportTest, HintsComeInOrderAndThenTheEnd) {
  StartServer();
  service().SetScript(
      {.responses = {"one", "two", "three"}, .status = grpc::Status(grpc::StatusCode::UNAVAILABLE, "")});
  auto transport = Make(Options());
  std::vector<std::string> heard;
  std::promise<CallStatus> end;

  transport->Watch({.access_token = "token",
                    .timeout = kLong,
                    .on_hint = [&heard](std::string hint) { heard.push_back(std::move(hint)); },
                    .on_end = [&end](CallStatus status) { end.set_value(std::move(status)); }});

  EXPECT_EQ(end.get_future().get().code, CallCode::kUnavailable);
  EXPECT_THAT(heard, ElementsAre("one", "two", "three"));
  EXPECT_EQ(service().seen()[0].method, "/brug.v1.SyncService/Watch");
  EXPECT_EQ(service().seen()[0].authorization, "Bearer token");
}

TEST_F(TransportTest, OptionsThatCannotWorkAreNamed) {
  const auto field_of = [](const GrpcTransportOptions& options) {
    auto transport = MakeGrpcTransport(options);
    return transport.ok() ? std::string("accepted") : transport.error().field;
  };
  EXPECT_EQ(field_of(Options()), "accepted");

  auto options = Options();
  options.server = "";
  EXPECT_EQ(field_of(options), "server");
  options = Options();
  options.root_certificate_pem = "not a certificate";
  EXPECT_EQ(field_of(options), "root_certificate_pem");
  options = Options();
  options.spki_pins = {pin_, "not a pin"};
  EXPECT_EQ(field_of(options), "spki_pins");
}

}  // namespace
}  // namespace brug::sdk
