#pragma once

#include <memory>
#include <string>

#include "service/platform/configuration.h"
#include "service/platform/result.h"
#include "service/rpc/office.h"

namespace brug::rpc {

// The gRPC servers: devices over TLS, the operator over the admin socket. No gRPC type is in this header.
class Server {
 public:
  // Listens. A failure's log_detail is a sentence for the operator: which setting, why, what to do.
  static platform::Result<std::unique_ptr<Server>> Start(Office& office,
                                                         const platform::Configuration& configuration);
  ~Server();

  // The port that devices connect to.
  [[nodiscard]] int port() const;
  // Asks whether the storage can write, and says so to whoever asks for health. To be called every few
  // seconds.
  void CheckReadiness();
  // Begins a backup when one is due. To be called every few seconds.
  void BeginBackupWhenDue();
  // Health says no, new calls are refused, what was accepted is finished; returns when all is answered or the
  // time is over.
  void Stop();

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// Makes gRPC's TLS refuse everything below TLS 1.3. Before anything else of gRPC is touched.
void DemandTls13();

}  // namespace brug::rpc
