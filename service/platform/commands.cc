#include "service/platform/commands.h"

#include <chrono>
#include <filesystem>
#include <system_error>

#include "proto/crypto/certificate.h"
#include "proto/crypto/random.h"
#include "service/platform/configuration.h"
#include "service/platform/key_file.h"

namespace brug::platform {
namespace {

constexpr std::string_view kHelp =
    "brugd: the service of Brug\n"
    "\n"
    "  brugd [--config=FILE] [--NAME=VALUE ...]   serve until SIGTERM or SIGINT\n"
    "  brugd --example-config                     print a file with every setting\n"
    "  brugd --make-key-file=PATH                 make the key that wraps all others\n"
    "  brugd --make-demo-authority=DIR            make ca.pem, server.pem and server.key for trials on this "
    "machine\n"
    "\n"
    "Settings come from FILE, then from variables BRUG_NAME, then from flags; the last one counts.\n"
    "Ends with 0 after an orderly stop, 1 when it cannot serve, 2 when a setting is not right.\n\n";

// A demo authority lives long enough for a trial and no longer.
constexpr std::int64_t kDemoSeconds = 365LL * 24 * 3600;

Result<void> MakeDemoAuthority(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return Failure{.log_detail = directory + ": " + error.message()};
  crypto::SystemRandom random;
  const std::int64_t now =
      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()).time_since_epoch().count();
  const crypto::Validity validity{.not_before_unix_s = now - 3600, .not_after_unix_s = now + kDemoSeconds};
  const auto authority = crypto::CertificateAuthority::Create("Brug demo authority", validity, random);
  const auto server_key = crypto::SigningKey::Generate(random);
  const auto server = authority.IssuePem(server_key.PublicKey(),
                                         {.dns_names = {"localhost"}, .ip_addresses = {"127.0.0.1", "::1"}},
                                         validity, random);
  if (!server) return Failure{.log_detail = "the certificate could not be made"};
  if (auto written = WriteNewFile(directory + "/ca.pem", authority.certificate_pem(), 0644); !written.ok())
    return written;
  if (auto written = WriteNewFile(directory + "/server.pem", *server, 0644); !written.ok()) return written;
  return WriteNewFile(directory + "/server.key", std::string(server_key.ToPkcs8Pem().view()), 0600);
}

std::optional<std::string> ValueOf(const std::string& argument, std::string_view flag) {
  if (!argument.starts_with(flag)) return std::nullopt;
  return argument.substr(flag.size());
}

int Report(const Result<void>& result, std::ostream& err) {
  if (result.ok()) return 0;
  err << "brugd: " << result.failure().log_detail << "\n";
  return 1;
}

}  // namespace

std::optional<int> RunCommand(const std::vector<std::string>& arguments, std::ostream& out,
                              std::ostream& err) {
  for (const std::string& argument : arguments) {
    if (argument == "--help") {
      out << kHelp << ExampleConfiguration();
      return 0;
    }
    if (argument == "--example-config") {
      out << ExampleConfiguration();
      return 0;
    }
    if (const auto path = ValueOf(argument, "--make-key-file=")) {
      crypto::SystemRandom random;
      return Report(MakeKeyFile(*path, random), err);
    }
    if (const auto directory = ValueOf(argument, "--make-demo-authority=")) {
      return Report(MakeDemoAuthority(*directory), err);
    }
  }
  return std::nullopt;
}

}  // namespace brug::platform
