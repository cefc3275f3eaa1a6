#pragma once

#include <string>
#include <vector>

// The repository as the tidy tests see it.
namespace brug::tidy {

struct SourceFile {
  // From the repository's root, with slashes: "proto/rules/date.h".
  std::string path;
  std::string text;
};

// What a check has against the tree, one sentence each, beginning with the place: "a/b.h:12: ...".
using Findings = std::vector<std::string>;

// Every text file of the repository at `root` that is ours: no build, no installed package, no version
// control. Sorted by path. Throws std::filesystem::filesystem_error when a folder cannot be read.
[[nodiscard]] std::vector<SourceFile> ReadSourceTree(const std::string& root);

[[nodiscard]] std::vector<std::string> LinesOf(const SourceFile& file);

[[nodiscard]] bool IsCpp(const SourceFile& file);

// "path:line: ", as compilers write a place.
[[nodiscard]] std::string Place(const SourceFile& file, std::size_t line_index);

}  // namespace brug::tidy
