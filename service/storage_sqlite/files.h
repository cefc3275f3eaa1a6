#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "service/storage/backup_files.h"

// Files and folders, durably. Every failure is STORAGE_UNAVAILABLE, its log detail names the path and what
// the system said. Thread safety: any number of threads on different paths.
namespace brug::storage {

// The failure of the last system call, at `path`.
[[nodiscard]] platform::Failure SystemFailure(const std::string& path, std::string_view what);

[[nodiscard]] std::string ParentOf(const std::string& path);
[[nodiscard]] bool Exists(const std::string& path);
// 0 when there is no such file.
[[nodiscard]] std::int64_t BytesOf(const std::string& path);
// Bytes free for this user in the folder; 0 when that is not known.
[[nodiscard]] std::int64_t FreeBytesIn(const std::string& folder);

// Makes the folder, with mode 0700, when it does not exist.
[[nodiscard]] platform::Result<void> MakeFolder(const std::string& path);
// Makes sure that the names in the folder survive loss of power.
[[nodiscard]] platform::Result<void> SyncFolder(const std::string& path);
// Makes sure that the content of the file does.
[[nodiscard]] platform::Result<void> SyncFile(const std::string& path);

// At most 64 MiB.
[[nodiscard]] platform::Result<std::string> ReadWhole(const std::string& path);
// Writes a new file, with mode 0600, or the file anew, durably.
[[nodiscard]] platform::Result<void> WriteWhole(const std::string& path, std::string_view content);
// Adds to the file, which is made with mode 0600 when it does not exist, durably.
[[nodiscard]] platform::Result<void> AppendTo(const std::string& path, std::string_view content);
// Copies a file to a new one with mode 0600, durably.
[[nodiscard]] platform::Result<void> CopyFile(const std::string& from, const std::string& to);
// Removes a file or a folder with all that is in it; there may be none.
[[nodiscard]] platform::Result<void> RemoveAll(const std::string& path);
// Gives a file or folder another name, within a file system. Replaces a file that has it.
[[nodiscard]] platform::Result<void> Rename(const std::string& from, const std::string& to);
// The same, and refuses when something has that name.
[[nodiscard]] platform::Result<void> RenameToNew(const std::string& from, const std::string& to);

// SHA-256 of the file's bytes, in hexadecimal.
[[nodiscard]] platform::Result<std::string> Sha256Of(const std::string& path);

}  // namespace brug::storage
