#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "brug/v1/admin_service.grpc.pb.h"
#include "brug/v1/person.pb.h"
#include "tests/support/temporary_folder.h"

namespace brug::test {

// The real brugd in a process of its own: TLS with a demo authority, an SQLite database, loopback, a port the
// system picks. It ends with this object, and should this process die, with that.
//
// Every failure throws std::runtime_error with brugd's log: a test cannot go on without it. Thread safety:
// one thread.
class RunningService {
 public:
  struct Options {
    // Settings besides those that this class gives, as "--log_level=debug".
    std::vector<std::string> flags;
  };

  // Returns when it serves.
  explicit RunningService(Options options);
  RunningService() : RunningService(Options{}) {}
  ~RunningService();
  RunningService(const RunningService&) = delete;
  RunningService& operator=(const RunningService&) = delete;

  // "127.0.0.1:PORT"; the same after each start.
  [[nodiscard]] const std::string& address() const { return address_; }
  [[nodiscard]] std::string root_certificate_path() const { return directory_ / "tls/ca.pem"; }
  [[nodiscard]] std::string root_certificate_pem() const;
  [[nodiscard]] std::string admin_socket() const { return directory_ / "admin.sock"; }
  [[nodiscard]] std::string data_directory() const { return directory_ / "data"; }
  [[nodiscard]] pid_t process_id() const { return process_id_; }
  // What it wrote so far.
  [[nodiscard]] std::string log() const;

  // SIGKILL, and waits for its end.
  void Kill();
  // SIGTERM, and waits for its end; gives its exit code.
  int Stop();
  // Again, on the same data and port.
  void Start();
  // The same with a clock that is so much ahead of the system's. Only where CanBeAhead().
  void StartAhead(std::chrono::seconds ahead);
  // A sanitizer must be loaded before everything else, and so must another clock.
  [[nodiscard]] static bool CanBeAhead();
  // Returns when this stands in the log since the last start; throws when brugd ends before.
  void AwaitLog(const std::string& words);

  [[nodiscard]] v1::AdminService::Stub& admin() { return *admin_; }
  // Gives its id.
  [[nodiscard]] std::string CreateOrganisation(const std::string& display_name);
  [[nodiscard]] std::string CreateTeam(const std::string& organisation_id, const std::string& display_name);

  struct NewStaff {
    std::string organisation_id;
    std::string display_name;
    std::vector<v1::Role> roles = {v1::ROLE_MENTOR};
    std::string team_id = {};
  };
  struct Staff {
    std::string person_id;
    std::string activation_code;
  };
  [[nodiscard]] Staff RegisterStaff(const NewStaff& staff);

 private:
  [[nodiscard]] std::vector<std::string> Arguments() const;
  void ReadLog(int file);
  int AwaitEnd();

  const Options options_;
  TemporaryFolder directory_;
  std::string address_ = "127.0.0.1:0";
  pid_t process_id_ = -1;
  std::thread log_reader_;
  mutable std::mutex log_mutex_;
  std::condition_variable log_grew_;
  std::string log_;
  bool log_ended_ = false;
  std::unique_ptr<v1::AdminService::Stub> admin_;
};

}  // namespace brug::test
