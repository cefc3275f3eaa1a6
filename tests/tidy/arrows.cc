#include "tests/tidy/arrows.h"

#include <fnmatch.h>

#include <algorithm>
#include <optional>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace brug::tidy {
namespace {

std::optional<std::string> IncludedBy(const std::string& line) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*["<]([^">]+)[">])");
  std::smatch match;
  if (!std::regex_search(line, match, kInclude)) return std::nullopt;
  return match[1].str();
}

bool Matches(const std::string& pattern, const std::string& path) {
  return fnmatch(pattern.c_str(), path.c_str(), 0) == 0;
}

}  // namespace

Arrows Arrows::Parse(const std::string& table) {
  Arrows arrows;
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string name;
    if (!(words >> name)) continue;
    if (name == ":") throw std::invalid_argument("A line without a name: " + line);
    Part& part = arrows.PartNamed(name);
    bool behind_colon = false;
    for (std::string word; words >> word;) {
      if (word == ":") {
        behind_colon = true;
      } else if (behind_colon) {
        part.may_include.insert(word);
      } else {
        part.patterns.push_back(word);
      }
    }
  }
  for (const Part& part : arrows.parts_) {
    for (const std::string& name : part.may_include) {
      if (name != "*" && arrows.Find(name) == nullptr) {
        throw std::invalid_argument(part.name + " may include " + name + ", which no line explains");
      }
    }
  }
  return arrows;
}

std::string Arrows::PartOf(const std::string& path) const {
  for (const Part& part : parts_) {
    for (const std::string& pattern : part.patterns) {
      if (Matches(pattern, path)) return part.name;
    }
  }
  return "";
}

bool Arrows::Allows(const std::string& from_part, const std::string& to_part) const {
  if (from_part == to_part) return true;
  const Part* from = Find(from_part);
  return from != nullptr && (from->may_include.contains("*") || from->may_include.contains(to_part));
}

Arrows::Part& Arrows::PartNamed(const std::string& name) {
  const auto found = std::ranges::find(parts_, name, &Part::name);
  return found != parts_.end() ? *found
                               : parts_.emplace_back(Part{.name = name, .patterns = {}, .may_include = {}});
}

const Arrows::Part* Arrows::Find(const std::string& name) const {
  const auto found = std::ranges::find(parts_, name, &Part::name);
  return found != parts_.end() ? &*found : nullptr;
}

Findings AgainstTheArrows(const Arrows& arrows, const std::vector<SourceFile>& files) {
  Findings findings;
  for (const SourceFile& file : files) {
    if (!IsCpp(file)) continue;
    const std::string from = arrows.PartOf(file.path);
    if (from.empty()) findings.push_back(file.path + ": belongs to no part of arrows.txt");
    const std::vector<std::string> lines = LinesOf(file);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::optional<std::string> included = IncludedBy(lines[i]);
      if (!included) continue;
      const std::string to = arrows.PartOf(*included);
      if (to.empty()) {
        findings.push_back(Place(file, i) + *included + " belongs to no part of arrows.txt");
      } else if (!from.empty() && !arrows.Allows(from, to)) {
        findings.push_back(Place(file, i) + from + " may not include " + to + " (" + *included + ")");
      }
    }
  }
  return findings;
}

}  // namespace brug::tidy
