#include "tests/support/running_service.h"

#include <fcntl.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "proto/crypto/random.h"

namespace brug::test {

namespace {

const std::string kBrugd = BRUG_BIN_DIR "/brugd";
// The line of brugd's log that says that it serves.
const std::string kServing = "\"serving\"";

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Starts a program whose two outputs go to `output`. Dies with this process, whatever ends it.
pid_t Spawn(const std::vector<std::string>& command, int output) {
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    execv(arguments.front(), arguments.data());
    _exit(127);
  }
  if (child < 0) throw std::runtime_error("fork failed");
  return child;
}

std::array<int, 2> MakePipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  return ends;
}

int ExitCodeOf(pid_t process_id) {
  int status = 0;
  if (waitpid(process_id, &status, 0) != process_id) throw std::runtime_error("waitpid failed");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Runs a command to its end.
void Run(const std::vector<std::string>& command) {
  const int code = ExitCodeOf(Spawn(command, STDERR_FILENO));
  if (code != 0)
    throw std::runtime_error(command.front() + " " + command.back() + " ended with " + std::to_string(code));
}

std::string NewRequestId() {
  crypto::SystemRandom random;
  return crypto::NewUuidV4(random);
}

void Demand(const grpc::Status& status, const char* what) {
  if (!status.ok()) throw std::runtime_error(std::string(what) + ": " + status.error_message());
}

}  // namespace

RunningService::RunningService(Options options) : options_(std::move(options)) {
  Run({kBrugd, "--make-key-file=" + (directory_ / "key")});
  Run({kBrugd, "--make-demo-authority=" + (directory_ / "tls")});
  Start();
}

RunningService::~RunningService() {
  if (process_id_ > 0) Stop();
}

std::string RunningService::root_certificate_pem() const { return ReadFile(root_certificate_path()); }

std::string RunningService::log() const {
  const std::lock_guard lock(log_mutex_);
  return log_;
}

void RunningService::Kill() {
  kill(process_id_, SIGKILL);
  AwaitEnd();
}

int RunningService::Stop() {
  // Nobody reads from an idle channel, so brugd would wait in vain for its goodbye.
  admin_.reset();
  kill(process_id_, SIGTERM);
  return AwaitEnd();
}

void RunningService::Start() {
  const auto [read_end, write_end] = MakePipe();
  log_.clear();
  log_ended_ = false;
  process_id_ = Spawn(Arguments(), write_end);
  close(write_end);
  log_reader_ = std::thread([this, file = read_end] { ReadLog(file); });
  AwaitLog(kServing);
  const std::string port = ReadFile(directory_ / "port");
  address_ = "127.0.0.1:" + port.substr(0, port.find('\n'));
  admin_ = v1::AdminService::NewStub(
      grpc::CreateChannel("unix:" + admin_socket(), grpc::InsecureChannelCredentials()));
}

void RunningService::StartAhead(std::chrono::seconds ahead) {
  setenv("LD_PRELOAD", BRUG_LATER_CLOCK, 1);
  setenv("LATER_CLOCK_SECONDS", std::to_string(ahead.count()).c_str(), 1);
  Start();
  unsetenv("LD_PRELOAD");
  unsetenv("LATER_CLOCK_SECONDS");
}

bool RunningService::CanBeAhead() { return BRUG_CAN_PRELOAD != 0; }

std::string RunningService::CreateOrganisation(const std::string& display_name) {
  v1::CreateOrganisationRequest request;
  request.set_request_id(NewRequestId());
  request.set_display_name(display_name);
  v1::CreateOrganisationResponse response;
  grpc::ClientContext context;
  Demand(admin_->CreateOrganisation(&context, request, &response), "CreateOrganisation");
  return response.organisation().organisation_id();
}

std::string RunningService::CreateTeam(const std::string& organisation_id, const std::string& display_name) {
  v1::CreateTeamRequest request;
  request.set_request_id(NewRequestId());
  request.set_organisation_id(organisation_id);
  request.set_display_name(display_name);
  v1::CreateTeamResponse response;
  grpc::ClientContext context;
  Demand(admin_->CreateTeam(&context, request, &response), "CreateTeam");
  return response.team().team_id();
}

RunningService::Staff RunningService::RegisterStaff(const NewStaff& staff) {
  v1::RegisterStaffRequest request;
  request.set_request_id(NewRequestId());
  request.set_organisation_id(staff.organisation_id);
  request.set_display_name(staff.display_name);
  for (const auto role : staff.roles) request.add_roles(role);
  request.set_team_id(staff.team_id);
  v1::RegisterStaffResponse response;
  grpc::ClientContext context;
  Demand(admin_->RegisterStaff(&context, request, &response), "RegisterStaff");
  return {.person_id = response.staff_member().person_id(), .activation_code = response.activation_code()};
}

std::vector<std::string> RunningService::Arguments() const {
  std::vector<std::string> arguments = {kBrugd,
                                        "--listen=" + address_,
                                        "--port_file=" + (directory_ / "port"),
                                        "--admin_socket=" + admin_socket(),
                                        "--data_directory=" + data_directory(),
                                        "--key_file=" + (directory_ / "key"),
                                        "--tls_certificate=" + (directory_ / "tls/server.pem"),
                                        "--tls_private_key=" + (directory_ / "tls/server.key")};
  arguments.insert(arguments.end(), options_.flags.begin(), options_.flags.end());
  return arguments;
}

void RunningService::ReadLog(int file) {
  std::array<char, 4096> bytes{};
  ssize_t count = 0;
  while ((count = read(file, bytes.data(), bytes.size())) > 0) {
    const std::lock_guard lock(log_mutex_);
    log_.append(bytes.data(), static_cast<std::size_t>(count));
    log_grew_.notify_all();
  }
  close(file);
  const std::lock_guard lock(log_mutex_);
  log_ended_ = true;
  log_grew_.notify_all();
}

void RunningService::AwaitLog(const std::string& words) {
  std::unique_lock lock(log_mutex_);
  log_grew_.wait(lock, [&] { return log_ended_ || log_.find(words) != std::string::npos; });
  if (log_.find(words) != std::string::npos) return;
  const std::string log = log_;
  lock.unlock();
  const int code = AwaitEnd();
  throw std::runtime_error("brugd ended with " + std::to_string(code) + " before it wrote " + words + ":\n" +
                           log);
}

int RunningService::AwaitEnd() {
  const int code = ExitCodeOf(process_id_);
  process_id_ = -1;
  log_reader_.join();
  return code;
}

}  // namespace brug::test
