#include "service/rpc/watch_hub.h"

namespace brug::rpc {
namespace {

void Drop(std::unordered_map<std::string, std::set<const Watcher*>>& index, const std::string& key,
          const Watcher* watcher) {
  const auto found = index.find(key);
  if (found == index.end()) return;
  found->second.erase(watcher);
  if (found->second.empty()) index.erase(found);
}

}  // namespace

void WatchHub::Add(std::shared_ptr<Watcher> watcher, const std::string& person_id,
                   const std::vector<std::string>& dossier_ids) {
  const std::lock_guard lock(mutex_);
  const Watcher* key = watcher.get();
  RemoveLocked(key);
  for (const std::string& dossier_id : dossier_ids) by_dossier_[dossier_id].insert(key);
  by_person_[person_id].insert(key);
  entries_[key] = {std::move(watcher), person_id, dossier_ids};
}

void WatchHub::Remove(const Watcher* watcher) {
  const std::lock_guard lock(mutex_);
  RemoveLocked(watcher);
}

void WatchHub::RemoveLocked(const Watcher* watcher) {
  const auto found = entries_.find(watcher);
  if (found == entries_.end()) return;
  for (const std::string& dossier_id : found->second.dossier_ids) Drop(by_dossier_, dossier_id, watcher);
  Drop(by_person_, found->second.person_id, watcher);
  entries_.erase(found);
}

void WatchHub::Publish(const domain::Hints& hints) {
  const std::lock_guard lock(mutex_);
  for (const auto& [dossier_id, revision] : hints.dossiers) {
    const auto found = by_dossier_.find(dossier_id);
    if (found == by_dossier_.end()) continue;
    for (const Watcher* watcher : found->second) entries_[watcher].watcher->Hint(dossier_id, revision);
  }
  for (const std::string& person_id : hints.people) {
    const auto found = by_person_.find(person_id);
    if (found == by_person_.end()) continue;
    for (const Watcher* watcher : found->second) entries_[watcher].watcher->Hint("", 0);
  }
}

void WatchHub::EndAll() {
  const std::lock_guard lock(mutex_);
  for (auto& [key, entry] : entries_) entry.watcher->End();
}

}  // namespace brug::rpc
