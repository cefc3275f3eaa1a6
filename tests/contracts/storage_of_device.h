#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "client-sdk/src/sync/storage.h"

// What the contract suites of the device's storage run on: each adapter by its name.
namespace brug::sdk {

// A directory that is removed with all that is in it.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "brug-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory() { std::filesystem::remove_all(path_); }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct StorageAdapter {
  std::string name;
  std::function<std::unique_ptr<Storage>(const std::string& directory)> open;
};

inline std::unique_ptr<Storage> OpenSqliteOrDie(const std::string& directory) {
  auto storage = OpenSqliteStorage(directory);
  return std::move(storage).value();
}

inline StorageAdapter MemoryAdapter() {
  return {"Memory", [](const std::string&) { return NewMemoryStorage(); }};
}
inline StorageAdapter SqliteAdapter() { return {"Sqlite", OpenSqliteOrDie}; }

}  // namespace brug::sdk
