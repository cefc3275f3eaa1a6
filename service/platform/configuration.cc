#include "service/platform/configuration.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <sstream>

namespace brug::platform {
namespace {

constexpr std::int64_t kMany = 1'000'000'000;

using C = Configuration;
constexpr std::array kSettings = {
    Setting{"listen", &C::listen, "Address and port for devices, as 0.0.0.0:7443; port 0 takes a free one."},
    Setting{"port_file", &C::port_file, "File to write the port to that was taken; empty for none."},
    Setting{"admin_socket", &C::admin_socket,
            "Unix socket for brugctl, mode 0600: whoever may open it is the operator. At most 100 bytes."},
    Setting{"data_directory", &C::data_directory, "Folder of the databases. One brugd at a time uses it."},
    Setting{"storage", &C::storage,
            "sqlite keeps everything on disk; memory forgets it at the end, for trials.", 0, 0,
            "sqlite|memory"},
    Setting{"key_file", &C::key_file,
            "The key that wraps all others; 32 bytes, mode 0600. Made by brugd --make-key-file=PATH. Keep a "
            "copy elsewhere."},
    Setting{"tls_certificate", &C::tls_certificate,
            "Certificate chain in PEM. The server's must be ECDSA P-256."},
    Setting{"tls_private_key", &C::tls_private_key, "Private key of the certificate in PEM (PKCS#8)."},
    Setting{"end_journal_file", &C::end_journal_file,
            "File that keeps which accesses ended, apart from the databases, so that no restore brings them "
            "back; empty for ends.journal in data_directory. On another disk it survives the loss of one."},
    Setting{"backup_directory", &C::backup_directory,
            "Folder for backups on a schedule; empty for none. The wrapped keys lie beside the backups in "
            "brug-keys.db; the key_file is never there."},
    Setting{"backup_interval_s", &C::backup_interval_s, "From one backup on the schedule to the next.", 1,
            31'536'000},
    Setting{"backups_kept_count", &C::backups_kept_count,
            "So many backups on the schedule are kept; the oldest are removed.", 1, 10'000},
    Setting{"log_level", &C::log_level, "How much is logged.", 0, 0, "debug|info|warning|error"},
    Setting{"message_bytes_max", &C::message_bytes_max, "Largest message from a device.", 64 * 1024,
            16 * 1024 * 1024},
    Setting{"metadata_bytes_max", &C::metadata_bytes_max, "Most metadata of one call.", 1024, 64 * 1024},
    Setting{"connection_streams_max", &C::connection_streams_max, "Most calls at once on one connection.", 1,
            10'000},
    Setting{"handshake_ms_max", &C::handshake_ms_max,
            "Longest TLS handshake; a silent connection is closed then.", 100, 60'000},
    Setting{"connection_idle_ms_max", &C::connection_idle_ms_max,
            "A connection without calls is closed after this.", 1'000, 3'600'000},
    Setting{"connection_age_ms_max", &C::connection_age_ms_max,
            "A connection is asked to begin anew after this.", 1'000, 86'400'000},
    Setting{"stop_ms_max", &C::stop_ms_max, "Longest wait at the end for calls that were accepted.", 0,
            600'000},
    Setting{"wrong_codes_per_minute_max", &C::wrong_codes_per_minute_max,
            "Wrong activation codes from one address in a minute.", 1, kMany},
    Setting{"wrong_codes_of_all_per_minute_max", &C::wrong_codes_of_all_per_minute_max,
            "Wrong activation codes from all addresses together in a minute.", 1, kMany},
    Setting{"device_calls_per_minute_max", &C::device_calls_per_minute_max,
            "Calls of one device in a minute.", 1, kMany},
    Setting{"wrong_vouchers_per_hour_max", &C::wrong_vouchers_per_hour_max,
            "Voucher codes that are not valid, from one merchant in an hour.", 1, kMany},
    Setting{"wrong_vouchers_burst_per_hour", &C::wrong_vouchers_burst_per_hour,
            "So many such codes in one organisation within an hour are logged as voucher_codes_guessed.", 1,
            kMany},
    Setting{"calls_at_once_max", &C::calls_at_once_max,
            "Most calls of devices that are worked on or wait for it; more are told when to come back.", 1,
            1'000'000},
    Setting{"returning_per_second_max", &C::returning_per_second_max,
            "So many of those come back in a second.", 1, 1'000'000},
    Setting{"reader_threads", &C::reader_threads, "Threads that read and answer.", 1, 256},
    Setting{"write_batch_max", &C::write_batch_max, "Most calls that share one commit.", 1, 10'000},
};

std::string_view Trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

// Letters to change to get from one to the other (Levenshtein).
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row[b.size()];
}

std::string_view Nearest(std::string_view name) {
  return std::min_element(kSettings.begin(), kSettings.end(),
                          [&](const Setting& a, const Setting& b) {
                            return Distance(a.name, name) < Distance(b.name, name);
                          })
      ->name;
}

bool IsChoice(std::string_view choices, std::string_view value) {
  while (!choices.empty()) {
    const auto end = std::min(choices.find('|'), choices.size());
    if (choices.substr(0, end) == value) return true;
    choices.remove_prefix(std::min(end + 1, choices.size()));
  }
  return false;
}

std::optional<std::int64_t> Number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Sets one setting; says what is wrong. `place` is where it stands.
std::optional<ConfigurationFault> Set(Configuration& configuration, std::string_view name,
                                      std::string_view value, const std::string& place) {
  const auto setting = std::find_if(kSettings.begin(), kSettings.end(),
                                    [&](const Setting& candidate) { return candidate.name == name; });
  if (setting == kSettings.end()) {
    return ConfigurationFault{place + ": there is no setting '" + std::string(name) + "'; the nearest is '" +
                              std::string(Nearest(name)) + "'"};
  }
  if (const auto* text = std::get_if<std::string C::*>(&setting->field)) {
    if (!setting->choices.empty() && !IsChoice(setting->choices, value)) {
      return ConfigurationFault{place + ": " + std::string(name) + " is one of " +
                                std::string(setting->choices) + ", not '" + std::string(value) + "'"};
    }
    configuration.*(*text) = value;
    return std::nullopt;
  }
  const auto number = Number(value);
  if (!number || *number < setting->least || *number > setting->greatest) {
    return ConfigurationFault{place + ": " + std::string(name) + " is a whole number from " +
                              std::to_string(setting->least) + " to " + std::to_string(setting->greatest) +
                              ", not '" + std::string(value) + "'"};
  }
  configuration.*std::get<std::int64_t C::*>(setting->field) = *number;
  return std::nullopt;
}

std::optional<ConfigurationFault> SetFromFile(Configuration& configuration,
                                              const ConfigurationSources& sources) {
  std::istringstream lines(sources.file_text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const std::string_view text = Trimmed(line);
    if (text.empty() || text.front() == '#') continue;
    const std::string place = sources.file_name + ":" + std::to_string(number);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) return ConfigurationFault{place + ": write it as 'name = value'"};
    auto fault = Set(configuration, Trimmed(text.substr(0, equals)), Trimmed(text.substr(equals + 1)), place);
    if (fault) return fault;
  }
  return std::nullopt;
}

std::optional<ConfigurationFault> SetFromEnvironment(Configuration& configuration,
                                                     const ConfigurationSources& sources) {
  for (const auto& [variable, value] : sources.environment) {
    if (!variable.starts_with("BRUG_")) continue;
    std::string name = variable.substr(5);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    if (auto fault = Set(configuration, name, value, variable)) return fault;
  }
  return std::nullopt;
}

std::optional<ConfigurationFault> SetFromFlags(Configuration& configuration,
                                               const ConfigurationSources& sources) {
  for (const std::string& flag : sources.flags) {
    const auto equals = flag.find('=');
    if (!flag.starts_with("--") || equals == std::string::npos) {
      return ConfigurationFault{"'" + flag + "': write it as --name=value; --help lists the settings"};
    }
    if (auto fault =
            Set(configuration, flag.substr(2, equals - 2), flag.substr(equals + 1), flag.substr(0, equals))) {
      return fault;
    }
  }
  return std::nullopt;
}

std::string DefaultOf(const Setting& setting) {
  const Configuration defaults;
  if (const auto* text = std::get_if<std::string C::*>(&setting.field)) return defaults.*(*text);
  return std::to_string(defaults.*std::get<std::int64_t C::*>(setting.field));
}

}  // namespace

std::span<const Setting> Settings() { return kSettings; }

std::variant<Configuration, ConfigurationFault> ReadConfiguration(const ConfigurationSources& sources) {
  Configuration configuration;
  for (const auto& step : {SetFromFile, SetFromEnvironment, SetFromFlags}) {
    if (auto fault = step(configuration, sources)) return *std::move(fault);
  }
  return configuration;
}

std::string ExampleConfiguration() {
  std::string text =
      "# brugd's settings. A variable BRUG_NAME in the environment is stronger, a flag --name=value "
      "strongest.\n";
  for (const Setting& setting : kSettings) {
    text += "\n# " + std::string(setting.meaning) + "\n";
    if (std::holds_alternative<std::int64_t C::*>(setting.field)) {
      text += "# From " + std::to_string(setting.least) + " to " + std::to_string(setting.greatest) + ".\n";
    } else if (!setting.choices.empty()) {
      text += "# One of " + std::string(setting.choices) + ".\n";
    }
    text += std::string(setting.name) + " = " + DefaultOf(setting) + "\n";
  }
  return text;
}

}  // namespace brug::platform
