#pragma once

#include <brug/client.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "tests/support/running_service.h"
#include "tests/support/temporary_folder.h"

// People with devices of the SDK, for tests that talk with the real service.
namespace brug::test {

// The value; a test cannot go on without it.
template <class T>
T Must(Result<T> result) {
  if (!result.ok()) {
    const Error& error = result.error();
    throw std::runtime_error(error.reason + " " + error.field + ": " + error.message);
  }
  return std::move(result).value();
}

inline void Must(const Result<void>& result) {
  if (!result.ok()) throw std::runtime_error(result.error().reason + ": " + result.error().message);
}

template <class T>
std::string ReasonOf(const Result<T>& result) {
  return result.ok() ? "ok" : result.error().reason;
}

// A running service with devices in a directory beside it.
class Neighbourhood {
 public:
  explicit Neighbourhood(const RunningService::Options& options = {}) : service_(options) {}

  RunningService& service() { return service_; }

  [[nodiscard]] ClientOptions OptionsFor(const std::string& device) const {
    return {.directory = directory_ / device,
            .server = service_.address(),
            .root_certificate_pem = service_.root_certificate_pem(),
            .spki_pins = {},
            .server_name = {},
            .language = "nl",
            .key_store = std::make_shared<FileKeyStore>((directory_ / device) + "-keys")};
  }

  [[nodiscard]] Client Open(const std::string& device) const {
    return Must(Client::Open(OptionsFor(device)));
  }

  // A device that is somebody's and has synced.
  [[nodiscard]] Client Enrol(const std::string& device, const std::string& activation_code) const {
    Client client = Open(device);
    Must(client.Enrol({.activation_code = activation_code, .device_name = device}));
    Must(client.SyncNow());
    return client;
  }

  [[nodiscard]] const TemporaryFolder& directory() const { return directory_; }

 private:
  RunningService service_;
  TemporaryFolder directory_;
};

}  // namespace brug::test
