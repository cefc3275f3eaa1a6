#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "proto/rules/apply.h"
#include "proto/rules/dossier_reader.h"

namespace brug::rules {

// A dossier as it is with changes that are not in its base yet: view = base + changes. A device lays its
// pending mutations over what the service confirmed; the service lays the mutations of one call over what is
// stored.
//
// The base must outlive the overlay and not change under it. Reading costs what the base costs, and the
// number of changed records of that parent. Not safe for use from several threads at once.
class Overlay : public DossierReader {
 public:
  explicit Overlay(const DossierReader& base) : base_(base) {}

  // From now on `record` is what is shown under its id.
  void Put(const v1::Record& record);
  // The same for each record of an accepted mutation, in order.
  void Put(const Change& change);

  [[nodiscard]] std::optional<v1::Record> Find(std::string_view record_id) const override;
  [[nodiscard]] std::vector<v1::Record> ChildrenOf(std::string_view parent) const override;

  // What was put, the last state of each, by id.
  [[nodiscard]] const std::map<std::string, v1::Record, std::less<>>& changed() const { return changed_; }

 private:
  const DossierReader& base_;
  std::map<std::string, v1::Record, std::less<>> changed_;
  std::map<std::string, std::set<std::string>, std::less<>> ids_by_parent_;
};

}  // namespace brug::rules
