#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "brug/v1/sync_service.grpc.pb.h"
#include "tests/benchmarks/measure.h"

namespace brug::bench {
namespace {

std::string ReadFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class Nothing final : public v1::SyncService::CallbackService {
 public:
  explicit Nothing(int answer_bytes) {
    answer_.add_pages()->set_cursor(std::string(static_cast<std::size_t>(answer_bytes), 'x'));
  }
  grpc::ServerUnaryReactor* Sync(grpc::CallbackServerContext* context, const v1::SyncRequest*,
                                 v1::SyncResponse* response) override {
    auto* reactor = context->DefaultReactor();
    *response = answer_;
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  v1::SyncResponse answer_;
};

}  // namespace

int ServeNothing(const std::string& tls_directory, const std::string& port_file, int answer_bytes) {
  Nothing nothing(answer_bytes);
  grpc::SslServerCredentialsOptions options;
  options.pem_key_cert_pairs.push_back(
      {ReadFile(tls_directory + "/server.key"), ReadFile(tls_directory + "/server.pem")});
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(options), &port);
  builder.RegisterService(&nothing);
  const auto server = builder.BuildAndStart();
  if (!server) return 1;
  std::ofstream(port_file + ".new") << port << "\n";
  std::rename((port_file + ".new").c_str(), port_file.c_str());
  char byte = 0;
  while (read(STDIN_FILENO, &byte, 1) > 0) continue;
  server->Shutdown();
  return 0;
}

}  // namespace brug::bench
