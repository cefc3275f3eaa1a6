#pragma once

#include <brug/result.h>

#include <optional>
#include <string>
#include <string_view>

// Small files that only their owner can read, each write durable. Thread safety: as the file system.
namespace brug::sdk {

// Makes `directory` and what is above it, the last with mode 0700.
[[nodiscard]] Result<void> MakePrivateDirectory(const std::string& directory);

// Nothing when there is no such file. At most 64 KiB.
[[nodiscard]] Result<std::optional<std::string>> ReadPrivateFile(const std::string& path);

// Replaces the file as a whole (mode 0600): after a crash it is the old one or the new one.
[[nodiscard]] Result<void> WritePrivateFile(const std::string& path, std::string_view bytes);

// Overwrites and removes the file; one that is not there is fine. A disk that writes elsewhere (flash,
// snapshots) may keep the old bytes: what must be unreadable is to be sealed under a key.
[[nodiscard]] Result<void> ShredPrivateFile(const std::string& path);

}  // namespace brug::sdk
