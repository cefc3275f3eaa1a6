#include "tests/tidy/source_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace brug::tidy {
namespace {

namespace fs = std::filesystem;

const std::set<std::string> kNotOurs = {".git", ".cache", "build", "node_modules"};

bool IsBinary(const std::string& text) { return text.find('\0') != std::string::npos; }

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

std::vector<SourceFile> ReadSourceTree(const std::string& root) {
  std::vector<SourceFile> files;
  for (auto entry = fs::recursive_directory_iterator(root); entry != fs::recursive_directory_iterator();
       ++entry) {
    if (kNotOurs.contains(entry->path().filename().string())) {
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file()) {
      std::string text = ReadFile(entry->path());
      if (!IsBinary(text))
        files.push_back({fs::relative(entry->path(), root).generic_string(), std::move(text)});
    }
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

std::vector<std::string> LinesOf(const SourceFile& file) {
  std::vector<std::string> lines;
  std::istringstream in(file.text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool IsCpp(const SourceFile& file) { return file.path.ends_with(".h") || file.path.ends_with(".cc"); }

std::string Place(const SourceFile& file, std::size_t line_index) {
  return file.path + ":" + std::to_string(line_index + 1) + ": ";
}

}  // namespace brug::tidy
