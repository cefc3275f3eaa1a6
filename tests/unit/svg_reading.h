#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

// An independent reading of an SVG, by libxml2: what a browser would find in it.
namespace brug::rules {

struct SvgElement {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::string text;  // of this element alone, without that of those inside
};

// The elements in document order; nothing when the file is not well-formed XML of one document.
[[nodiscard]] std::optional<std::vector<SvgElement>> ReadSvg(const std::string& svg);

}  // namespace brug::rules
