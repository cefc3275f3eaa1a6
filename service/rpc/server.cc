#include "service/rpc/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "proto/crypto/certificate.h"
#include "service/platform/key_file.h"
#include "service/rpc/services.h"

namespace brug::rpc {
namespace {

using platform::Configuration;
using platform::Failure;
using platform::Result;

// The longest path that a unix socket can have (sockaddr_un), less what gRPC needs.
constexpr std::size_t kSocketPathBytesMax = 100;

// gRPC takes in messages up to so many times the limit.
constexpr std::int64_t kUnreadLimitFactor = 2;

// How long the last answers have to leave.
constexpr std::chrono::milliseconds kFlush{250};

Failure Fault(const std::string& sentence) { return {.log_detail = sentence}; }

Result<std::shared_ptr<grpc::ServerCredentials>> TlsCredentials(const Configuration& configuration) {
  auto certificate = platform::ReadSmallFile(configuration.tls_certificate);
  if (!certificate.ok()) return Fault("tls_certificate: " + certificate.failure().log_detail);
  auto private_key = platform::ReadSmallFile(configuration.tls_private_key);
  if (!private_key.ok()) return Fault("tls_private_key: " + private_key.failure().log_detail);
  const auto facts = crypto::ReadCertificate(*certificate);
  if (!facts)
    return Fault("tls_certificate: " + configuration.tls_certificate + " holds no certificate in PEM");
  if (facts->key_type != crypto::KeyType::kEcdsaP256) {
    return Fault("tls_certificate: " + configuration.tls_certificate +
                 " has a key that is not ECDSA P-256; TLS 1.2 could not be refused with it. Use an ECDSA "
                 "P-256 certificate.");
  }
  grpc::SslServerCredentialsOptions options;
  options.pem_key_cert_pairs.push_back({*private_key, *certificate});
  return grpc::SslServerCredentials(options);
}

void SetLimits(grpc::ServerBuilder& builder, const Configuration& configuration) {
  const auto argument = [&](const char* name, std::int64_t value) {
    builder.AddChannelArgument(name, static_cast<int>(value));
  };
  // What is a little too large is still taken in, so that it can be refused with a reason; gRPC itself
  // refuses the rest unread, with RESOURCE_EXHAUSTED and a text of its own.
  builder.SetMaxReceiveMessageSize(static_cast<int>(kUnreadLimitFactor * configuration.message_bytes_max));
  argument(GRPC_ARG_MAX_METADATA_SIZE, configuration.metadata_bytes_max);
  argument(GRPC_ARG_MAX_CONCURRENT_STREAMS, configuration.connection_streams_max);
  argument("grpc.server_handshake_timeout_ms", configuration.handshake_ms_max);
  argument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, configuration.connection_idle_ms_max);
  argument(GRPC_ARG_MAX_CONNECTION_AGE_MS, configuration.connection_age_ms_max);
  // Two services on one port would share its calls between them.
  argument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  // A small compressed message can inflate beyond every limit, and gRPC checks its size only afterwards. So
  // none is inflated: it reaches the handlers as it came, and they refuse it.
  argument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
}

Result<void> CheckSocketPath(const std::string& path) {
  if (path.empty() || path.size() > kSocketPathBytesMax) {
    return Fault("admin_socket: a path of 1 to " + std::to_string(kSocketPathBytesMax) +
                 " bytes is needed, not '" + path + "'");
  }
  return {};
}

}  // namespace

struct Server::Parts {
  Office& office;
  std::int64_t stop_ms_max;
  std::string admin_socket;
  std::unique_ptr<Backups> backups;
  std::unique_ptr<grpc::Service> sync;
  std::unique_ptr<grpc::Service> enrolment;
  std::unique_ptr<grpc::Service> caseload;
  std::unique_ptr<grpc::Service> reward;
  std::unique_ptr<grpc::Service> admin;
  std::unique_ptr<grpc::Server> devices;
  std::unique_ptr<grpc::Server> operators;
  int port = 0;

  [[nodiscard]] Result<void> Listen(const Configuration& configuration);
  [[nodiscard]] Result<void> ListenForOperator(const Configuration& configuration);
};

Result<void> Server::Parts::Listen(const Configuration& configuration) {
  auto credentials = TlsCredentials(configuration);
  if (!credentials.ok()) return credentials.failure();
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  SetLimits(builder, configuration);
  builder.AddListeningPort(configuration.listen, *credentials, &port);
  builder.RegisterService(sync.get());
  builder.RegisterService(enrolment.get());
  builder.RegisterService(caseload.get());
  builder.RegisterService(reward.get());
  devices = builder.BuildAndStart();
  if (!devices || port == 0) {
    return Fault("listen: cannot listen on " + configuration.listen +
                 ": is another program using it, and do certificate and private key belong together?");
  }
  return {};
}

Result<void> Server::Parts::ListenForOperator(const Configuration& configuration) {
  if (auto checked = CheckSocketPath(configuration.admin_socket); !checked.ok()) return checked;
  grpc::ServerBuilder builder;
  SetLimits(builder, configuration);
  // The data directory is locked by this process, so a socket that is there is a leftover.
  unlink(configuration.admin_socket.c_str());
  const mode_t before = umask(0177);
  builder.AddListeningPort("unix:" + configuration.admin_socket, grpc::InsecureServerCredentials());
  builder.RegisterService(admin.get());
  operators = builder.BuildAndStart();
  umask(before);
  if (!operators)
    return Fault("admin_socket: cannot listen on " + configuration.admin_socket + ": does its folder exist?");
  return {};
}

Result<std::unique_ptr<Server>> Server::Start(Office& office, const Configuration& configuration) {
  auto backups = std::make_unique<Backups>(office, configuration);
  auto admin = MakeAdminService(office, configuration, *backups);
  auto parts = std::make_unique<Parts>(Parts{.office = office,
                                             .stop_ms_max = configuration.stop_ms_max,
                                             .admin_socket = configuration.admin_socket,
                                             .backups = std::move(backups),
                                             .sync = MakeSyncService(office),
                                             .enrolment = MakeEnrolmentService(office),
                                             .caseload = MakeCaseloadService(office),
                                             .reward = MakeRewardService(office),
                                             .admin = std::move(admin)});
  if (auto listening = parts->Listen(configuration); !listening.ok()) return listening.failure();
  if (auto listening = parts->ListenForOperator(configuration); !listening.ok()) return listening.failure();
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Server::~Server() = default;

int Server::port() const { return parts_->port; }

void Server::CheckReadiness() {
  const bool ready = !parts_->office.stopping() && parts_->office.surroundings().storage.ProbeWrite().ok();
  parts_->devices->GetHealthCheckService()->SetServingStatus(ready);
}

void Server::BeginBackupWhenDue() { parts_->backups->BeginWhenDue(); }

void Server::Stop() {
  parts_->devices->GetHealthCheckService()->SetServingStatus(false);
  parts_->office.Stop();
  parts_->office.AwaitCalls(std::chrono::milliseconds(parts_->stop_ms_max));
  // What is left is to send the last answers; a device that sleeps would keep its connection open for as long
  // as it is let.
  const auto deadline = std::chrono::system_clock::now() + kFlush;
  parts_->devices->Shutdown(deadline);
  parts_->operators->Shutdown(deadline);
  unlink(parts_->admin_socket.c_str());
}

void DemandTls13() {
  // With an ECDSA certificate this one suite fits no TLS 1.2 handshake, and TLS 1.3 has suites of its own.
  setenv("GRPC_SSL_CIPHER_SUITES", "ECDHE-RSA-AES256-GCM-SHA384", 1);
}

}  // namespace brug::rpc
