#include "proto/rules/overlay.h"

namespace brug::rules {

void Overlay::Put(const v1::Record& record) {
  const auto [place, added] = changed_.try_emplace(record.record_id());
  if (!added) ids_by_parent_[ParentOf(place->second)].erase(record.record_id());
  place->second = record;
  const std::string parent = ParentOf(record);
  if (!parent.empty()) ids_by_parent_[parent].insert(record.record_id());
}

void Overlay::Put(const Change& change) {
  for (const v1::Record& record : change.records) Put(record);
}

std::optional<v1::Record> Overlay::Find(std::string_view record_id) const {
  const auto found = changed_.find(record_id);
  if (found != changed_.end()) return found->second;
  return base_.Find(record_id);
}

std::vector<v1::Record> Overlay::ChildrenOf(std::string_view parent) const {
  std::vector<v1::Record> children = base_.ChildrenOf(parent);
  std::erase_if(children, [this](const v1::Record& child) { return changed_.contains(child.record_id()); });
  const auto ids = ids_by_parent_.find(parent);
  if (ids == ids_by_parent_.end()) return children;
  for (const std::string& id : ids->second) children.push_back(changed_.find(id)->second);
  return children;
}

}  // namespace brug::rules
