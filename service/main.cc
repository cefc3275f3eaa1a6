#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "proto/crypto/random.h"
#include "proto/zones/zones.h"
#include "service/domain/keys.h"
#include "service/platform/clock.h"
#include "service/platform/commands.h"
#include "service/platform/configuration.h"
#include "service/platform/key_file.h"
#include "service/platform/log.h"
#include "service/platform/stop_signal.h"
#include "service/rpc/jobs.h"
#include "service/rpc/library_logs.h"
#include "service/rpc/office.h"
#include "service/rpc/restored.h"
#include "service/rpc/server.h"
#include "service/storage_memory/memory_storage.h"
#include "service/storage_sqlite/sqlite_storage.h"

extern char** environ;

namespace brug {
namespace {

// How brugd ends: 0 after an orderly stop, 1 when it could not start or serve, 2 for settings that are not
// right.
constexpr int kDone = 0;
constexpr int kCannotServe = 1;
constexpr int kBadSettings = 2;

int Complain(int code, const std::string& sentence) {
  std::cerr << "brugd: " << sentence << "\n";
  return code;
}

platform::Result<std::unique_ptr<storage::Storage>> OpenStorage(const platform::Configuration& configuration,
                                                                platform::Log& log) {
  if (configuration.storage == "memory")
    return std::unique_ptr<storage::Storage>(std::make_unique<storage::MemoryStorage>());
  crypto::SystemRandom random;
  auto opened = storage::SqliteStorage::Open(
      {.data_directory = configuration.data_directory,
       .end_journal_file = configuration.end_journal_file,
       .new_journal_id = crypto::NewUuidV4(random),
       .warn = [&log](std::string_view what) {
         log.Write(platform::LogLevel::kWarning, "storage", {{"detail", std::string(what)}});
       }});
  if (!opened.ok()) return opened.failure();
  return std::unique_ptr<storage::Storage>(*std::move(opened));
}

// Serves until a signal says stop. What is started last ends first.
int Serve(const platform::Configuration& configuration) {
  // Before any thread is there: threads inherit which signals wait.
  platform::StopSignal stop;
  rpc::DemandTls13();
  platform::Log log(configuration.log_level);
  const rpc::LibraryLogs library_logs(log);
  crypto::SystemRandom random;
  auto master = platform::ReadKeyFile(configuration.key_file);
  if (!master.ok()) return Complain(kCannotServe, "key_file: " + master.failure().log_detail);
  auto storage = OpenStorage(configuration, log);
  if (!storage.ok()) return Complain(kCannotServe, "data_directory: " + storage.failure().log_detail);

  const platform::SystemClock clock;
  const zones::SystemZones zones;
  domain::KeyRing keys((*storage)->keys(), *std::move(master), random);
  rpc::Office office({clock, random, zones, **storage, keys}, configuration, log);
  if (auto opened = office.OpenAll(); !opened.ok())
    return Complain(kCannotServe, opened.failure().log_detail);
  if (auto applied = rpc::ApplyEndsAfterRestore(office); !applied.ok())
    return Complain(kCannotServe, applied.failure().log_detail);
  auto server = rpc::Server::Start(office, configuration);
  if (!server.ok()) return Complain(kCannotServe, server.failure().log_detail);
  (*server)->CheckReadiness();
  if (!configuration.port_file.empty()) {
    std::filesystem::remove(configuration.port_file);
    const auto written =
        platform::WriteNewFile(configuration.port_file, std::to_string((*server)->port()) + "\n", 0644);
    if (!written.ok()) return Complain(kCannotServe, "port_file: " + written.failure().log_detail);
  }
  log.Write(platform::LogLevel::kInfo, "serving", {{"port", static_cast<std::int64_t>((*server)->port())}});

  constexpr std::chrono::seconds kReadinessInterval{2};
  constexpr int kRoundsBetweenJobs = 30;
  for (int round = 0; !stop.WaitFor(kReadinessInterval); ++round) {
    (*server)->CheckReadiness();
    (*server)->BeginBackupWhenDue();
    if (round % kRoundsBetweenJobs == 0) rpc::BeginJobs(office);
  }
  log.Write(platform::LogLevel::kInfo, "stopping");
  (*server)->Stop();
  log.Write(platform::LogLevel::kInfo, "stopped");
  return kDone;
}

platform::ConfigurationSources Sources(const std::vector<std::string>& arguments) {
  platform::ConfigurationSources sources;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string entry(*variable);
    const auto equals = entry.find('=');
    if (equals != std::string::npos) sources.environment[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  for (const std::string& argument : arguments) {
    if (argument.starts_with("--config=")) {
      sources.file_name = argument.substr(9);
    } else {
      sources.flags.push_back(argument);
    }
  }
  return sources;
}

int Main(const std::vector<std::string>& arguments) {
  if (const auto command = platform::RunCommand(arguments, std::cout, std::cerr)) return *command;
  platform::ConfigurationSources sources = Sources(arguments);
  if (!sources.file_name.empty()) {
    auto text = platform::ReadSmallFile(sources.file_name);
    if (!text.ok()) return Complain(kBadSettings, "--config: " + text.failure().log_detail);
    sources.file_text = *text;
  }
  const auto read = platform::ReadConfiguration(sources);
  if (const auto* fault = std::get_if<platform::ConfigurationFault>(&read))
    return Complain(kBadSettings, fault->message);
  return Serve(std::get<platform::Configuration>(read));
}

}  // namespace
}  // namespace brug

int main(int argc, char** argv) { return brug::Main(std::vector<std::string>(argv + 1, argv + argc)); }
