#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "brug/v1/record.pb.h"
#include "proto/rules/apply.h"
#include "proto/rules/dossier_reader.h"

namespace brug::testing {

// A dossier in memory: the plainest thing that keeps what a dossier reader promises. Children come in the
// reverse order of their ids, so that nothing can count on an order that no reader promises.
class MemoryDossier : public rules::DossierReader {
 public:
  void Put(const v1::Record& record) { records_[record.record_id()] = record; }
  void Put(const rules::Change& change) {
    for (const v1::Record& record : change.records) Put(record);
  }

  [[nodiscard]] std::optional<v1::Record> Find(std::string_view record_id) const override {
    const auto found = records_.find(record_id);
    return found == records_.end() ? std::nullopt : std::optional(found->second);
  }

  [[nodiscard]] std::vector<v1::Record> ChildrenOf(std::string_view parent) const override {
    std::vector<v1::Record> children;
    for (auto entry = records_.rbegin(); entry != records_.rend(); ++entry) {
      if (!entry->second.deleted() && rules::ParentOf(entry->second) == parent)
        children.push_back(entry->second);
    }
    return children;
  }

  [[nodiscard]] const std::map<std::string, v1::Record, std::less<>>& records() const { return records_; }

 private:
  std::map<std::string, v1::Record, std::less<>> records_;
};

}  // namespace brug::testing
