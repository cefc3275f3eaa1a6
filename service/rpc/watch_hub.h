#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "service/domain/desk.h"

namespace brug::rpc {

// A stream that wants hints.
class Watcher {
 public:
  virtual ~Watcher() = default;
  // A dossier changed; or, with no dossier, statements or devices of the person did. Must not block; any
  // thread.
  virtual void Hint(const std::string& dossier_id, std::int64_t revision) = 0;
  // The service stops. Must not block; any thread.
  virtual void End() = 0;
};

// Brings the hints of a commit to the streams of those who may read the dossier. Losing one costs nothing.
//
// Thread safety: any number of threads. A watcher is called while the hub is locked, so that none is called
// after Remove.
class WatchHub {
 public:
  // A watcher that is known already gets these dossiers instead.
  void Add(std::shared_ptr<Watcher> watcher, const std::string& person_id,
           const std::vector<std::string>& dossier_ids);
  void Remove(const Watcher* watcher);
  void Publish(const domain::Hints& hints);
  void EndAll();

 private:
  struct Entry {
    std::shared_ptr<Watcher> watcher;
    std::string person_id;
    std::vector<std::string> dossier_ids;
  };
  void RemoveLocked(const Watcher* watcher);

  std::mutex mutex_;
  std::unordered_map<const Watcher*, Entry> entries_;
  std::unordered_map<std::string, std::set<const Watcher*>> by_dossier_;
  std::unordered_map<std::string, std::set<const Watcher*>> by_person_;
};

}  // namespace brug::rpc
