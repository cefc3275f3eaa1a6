#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace brug::platform {

// Every setting of brugd, with its default. Units stand last in the names. What each means stands in
// Settings().
struct Configuration {
  std::string listen = "127.0.0.1:7443";
  std::string port_file;
  std::string admin_socket = "/run/brug/admin.sock";
  std::string data_directory = "/var/lib/brug";
  std::string storage = "sqlite";
  std::string key_file = "/etc/brug/key";
  std::string tls_certificate = "/etc/brug/server.pem";
  std::string tls_private_key = "/etc/brug/server.key";
  std::string end_journal_file;
  std::string backup_directory;
  std::int64_t backup_interval_s = 24 * 60 * 60;
  std::int64_t backups_kept_count = 14;
  std::string log_level = "info";
  std::int64_t message_bytes_max = 1024 * 1024;
  std::int64_t metadata_bytes_max = 16 * 1024;
  std::int64_t connection_streams_max = 64;
  std::int64_t handshake_ms_max = 5'000;
  std::int64_t connection_idle_ms_max = 5 * 60 * 1'000;
  std::int64_t connection_age_ms_max = 30 * 60 * 1'000;
  std::int64_t stop_ms_max = 10'000;
  std::int64_t wrong_codes_per_minute_max = 5;
  std::int64_t wrong_codes_of_all_per_minute_max = 1'000;
  std::int64_t device_calls_per_minute_max = 600;
  std::int64_t wrong_vouchers_per_hour_max = 10;
  std::int64_t wrong_vouchers_burst_per_hour = 100;
  std::int64_t calls_at_once_max = 512;
  std::int64_t returning_per_second_max = 200;
  std::int64_t reader_threads = 2;
  std::int64_t write_batch_max = 256;
};

// One setting, as data: parsing, --help and the example file come from here.
struct Setting {
  std::string_view name;
  std::variant<std::string Configuration::*, std::int64_t Configuration::*> field;
  // What it does, and for numbers what 0 means where that is allowed.
  std::string_view meaning;
  // For numbers: the least and the greatest allowed.
  std::int64_t least = 0;
  std::int64_t greatest = 0;
  // For texts: the values allowed, separated by '|'; empty when any will do.
  std::string_view choices = {};
};
[[nodiscard]] std::span<const Setting> Settings();

// What is wrong with the configuration: where, and what to do. One line.
struct ConfigurationFault {
  std::string message;
};

// Where settings come from, in order of increasing strength. Nothing is read behind its back: the caller
// reads file and environment.
struct ConfigurationSources {
  // The name of the file, for messages, and its text: lines "name = value", '#' begins a comment.
  std::string file_name;
  std::string file_text;
  // Variables: those that begin with BRUG_ count, as BRUG_LOG_LEVEL.
  std::map<std::string, std::string> environment;
  // "--name=value".
  std::vector<std::string> flags;
};

// The settings, or the first thing that is wrong. A setting that does not exist is refused by name, with the
// nearest one that does.
[[nodiscard]] std::variant<Configuration, ConfigurationFault> ReadConfiguration(
    const ConfigurationSources& sources);

// The example file: every setting with its meaning and default.
[[nodiscard]] std::string ExampleConfiguration();

}  // namespace brug::platform
