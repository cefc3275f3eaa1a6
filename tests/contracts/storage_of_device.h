#pragma once

#include <functional>
#include <memory>
#include <string>

#include "client-sdk/src/sync/storage.h"
#include "tests/support/temporary_folder.h"

// What the contract suites of the device's storage run on: each adapter by its name.
namespace brug::sdk {

// Everything in it is gone afterwards, and nobody waits for a disk.
class ScratchDirectory : public TemporaryFolder {
 public:
  ScratchDirectory() : TemporaryFolder(InMemory()) {}
};

struct StorageAdapter {
  std::string name;
  std::function<Result<std::unique_ptr<Storage>>(const std::string& directory)> open;
};

inline StorageAdapter MemoryAdapter() {
  return {"Memory", [](const std::string&) { return NewMemoryStorage(); }};
}
inline StorageAdapter SqliteAdapter() { return {"Sqlite", OpenSqliteStorage}; }

}  // namespace brug::sdk
