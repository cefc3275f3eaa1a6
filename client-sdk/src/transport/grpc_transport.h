#pragma once

#include <brug/result.h>

#include <memory>
#include <string>
#include <vector>

#include "client-sdk/src/transport/transport.h"

namespace brug::sdk {

struct GrpcTransportOptions {
  // "host:port".
  std::string server;
  // Certificates to trust, PEM; empty for those of the system.
  std::string root_certificate_pem;
  // Pins: base64 of the SHA-256 of a SubjectPublicKeyInfo; empty for none.
  std::vector<std::string> spki_pins;
  // The name the certificate must carry; empty for the host of `server`.
  std::string server_name;
  // Sent as "accept-language".
  std::string language;
};

// The transport over gRPC 1.51 and TLS.
//
// The server's certificate must be trusted, must carry its name, and, when there are pins, one of the pinned
// keys: the handshake fails otherwise, before any request is sent. gRPC 1.51 lets a client set no minimum
// version; that only TLS 1.3 connects is the server's doing, and nobody without the pinned key can answer in
// its place with less.
//
// Errors: MISSING or OUT_OF_RANGE with the option in `field`. Does not connect.
Result<std::unique_ptr<Transport>> MakeGrpcTransport(const GrpcTransportOptions& options);

}  // namespace brug::sdk
