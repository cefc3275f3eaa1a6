#pragma once

#include <set>
#include <string>
#include <vector>

#include "tests/tidy/source_tree.h"

// Includes point one way only: which part of the house may know which.
namespace brug::tidy {

// The table of arrows.txt, which explains its form.
// Invariant: every name behind a colon is the name of a part.
class Arrows {
 public:
  // Throws std::invalid_argument, naming the line, for a table that is not in that form.
  static Arrows Parse(const std::string& table);

  // The part that `path`, of a file or as an include writes it, belongs to; empty when to none.
  [[nodiscard]] std::string PartOf(const std::string& path) const;

  [[nodiscard]] bool Allows(const std::string& from_part, const std::string& to_part) const;

 private:
  struct Part {
    std::string name;
    std::vector<std::string> patterns;
    std::set<std::string> may_include;
  };

  Part& PartNamed(const std::string& name);
  [[nodiscard]] const Part* Find(const std::string& name) const;

  std::vector<Part> parts_;
};

// Every #include in `files` that follows no arrow, and every file or include that belongs to no part.
[[nodiscard]] Findings AgainstTheArrows(const Arrows& arrows, const std::vector<SourceFile>& files);

}  // namespace brug::tidy
