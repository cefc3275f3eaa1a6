#include "tests/tidy/layout.h"

#include <algorithm>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace brug::tidy {
namespace {

const std::set<std::string> kTop = {".ci",
                                    ".clang-format",
                                    ".clang-tidy",
                                    ".editorconfig",
                                    ".gitignore",
                                    "CHANGELOG.md",
                                    "CMakeLists.txt",
                                    "CMakePresets.json",
                                    "LICENSE",
                                    "README.md",
                                    "SECURITY.md",
                                    "client-sdk",
                                    "ARCHITECTURE.md",
                                    "deploy",
                                    "proto",
                                    "CONTRIBUTING.md",
                                    "service",
                                    "tests"};

constexpr std::size_t kFileLinesMax = 600;

// Written in pieces, so that this file does not find itself.
const std::regex kPostponed(
    "\\b(TO"
    "DO|FIX"
    "ME|XX"
    "X|HA"
    "CK)\\b");

const std::regex kEmptyClassName(
    R"(\b(class|struct|enum class|using|namespace)\s+\w*(Impl|Manager|Util|Utils|Helper|Helpers)\b)");
const std::regex kEmptyFileName(R"((^|[/_])(impl|manager|utils?|helpers?)\.(h|cc)$)");

// Where the outside world comes in. Below these folders it is an argument or a port.
const std::vector<std::string> kEdges = {
    "service/main.cc", "service/platform/", "service/gate/", "service/rpc/server.cc", "service/ctl/",
    "client-sdk/src/sync/clock.h", "client-sdk/src/api/", "client-sdk/app/", "client-sdk/samples/",
    "client-sdk/src/transport/", "tests/faults/", "tests/integration/", "tests/consumers/",
    "tests/benchmarks/", "tests/support/raw_device.cc", "tests/support/reward_town.cc",
    "tests/support/counts.h", "tests/support/later_clock.cc",
    // Draws the seed that it prints, as every property test does.
    "tests/unit/money_model_test.cc"};

// In pieces, as above.
const std::regex kOutsideWorld(
    "_clock::no"
    "w\\b|\\brandom_devic"
    "e\\b|\\bgeten"
    "v\\(|\\bstd::ran"
    "d\\(|\\btime\\(nullpt"
    "r\\)");
const std::regex kSleep(
    "\\bsleep_fo"
    "r\\(|\\bsleep_unti"
    "l\\(|\\bu?slee"
    "p\\(");

bool IsInside(const SourceFile& file) {
  return IsCpp(file) &&
         std::ranges::none_of(kEdges, [&](const auto& edge) { return file.path.starts_with(edge); });
}

std::string FirstParts(const std::string& path, int count) {
  std::size_t end = 0;
  for (int i = 0; i < count; ++i) {
    end = path.find('/', i == 0 ? 0 : end + 1);
    if (end == std::string::npos) return "";
  }
  return path.substr(0, end);
}

Findings LinesThatMatch(const std::vector<SourceFile>& tree, const std::regex& pattern,
                        const std::string& finding) {
  Findings findings;
  for (const SourceFile& file : tree) {
    const std::vector<std::string> lines = LinesOf(file);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (std::regex_search(lines[i], pattern)) findings.push_back(Place(file, i) + finding);
    }
  }
  return findings;
}

std::vector<SourceFile> Only(const std::vector<SourceFile>& tree, bool (*wanted)(const SourceFile&)) {
  std::vector<SourceFile> files;
  std::ranges::copy_if(tree, std::back_inserter(files), wanted);
  return files;
}

}  // namespace

Findings StrangersAtTheTop(const std::vector<SourceFile>& tree) {
  std::set<std::string> strangers;
  for (const SourceFile& file : tree) {
    const std::string top = file.path.substr(0, file.path.find('/'));
    if (!kTop.contains(top)) strangers.insert(top + ": the house has no such folder or file at its top");
  }
  return {strangers.begin(), strangers.end()};
}

Findings FoldersWithoutReadme(const std::vector<SourceFile>& tree) {
  std::set<std::string> folders;
  std::set<std::string> readmes;
  for (const SourceFile& file : tree) {
    if (file.path.starts_with('.')) continue;
    for (const int depth : {1, 2}) {
      if (const std::string folder = FirstParts(file.path, depth); !folder.empty()) folders.insert(folder);
    }
    if (file.path.ends_with("/README.md")) readmes.insert(file.path);
  }
  Findings findings;
  for (const std::string& folder : folders) {
    if (!readmes.contains(folder + "/README.md")) findings.push_back(folder + ": has no README.md");
  }
  return findings;
}

Findings LongFiles(const std::vector<SourceFile>& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    const bool source = IsCpp(file) || file.path.ends_with(".proto") || file.path.starts_with("deploy/");
    const auto lines = static_cast<std::size_t>(std::ranges::count(file.text, '\n'));
    if (source && lines > kFileLinesMax) {
      findings.push_back(file.path + ": has " + std::to_string(lines) + " lines, more than " +
                         std::to_string(kFileLinesMax));
    }
  }
  return findings;
}

Findings PostponedWork(const std::vector<SourceFile>& tree) {
  return LinesThatMatch(tree, kPostponed, "puts off what belongs now");
}

Findings EmptyNames(const std::vector<SourceFile>& tree) {
  Findings findings =
      LinesThatMatch(Only(tree, IsCpp), kEmptyClassName, "a name that does not tell what the thing is for");
  for (const SourceFile& file : tree) {
    if (std::regex_search(file.path, kEmptyFileName)) {
      findings.push_back(file.path + ": a name that does not tell what is in the file");
    }
  }
  return findings;
}

Findings HeadersWithoutPragmaOnce(const std::vector<SourceFile>& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    if (file.path.ends_with(".h") && !file.text.starts_with("#pragma once\n")) {
      findings.push_back(file.path + ": does not begin with #pragma once");
    }
  }
  return findings;
}

Findings OutsideWorldWithin(const std::vector<SourceFile>& tree) {
  Findings findings =
      LinesThatMatch(Only(tree, IsInside), kOutsideWorld, "reads what should come in from outside");
  const Findings sleeps =
      LinesThatMatch(Only(tree, IsCpp), kSleep, "sleeps instead of waiting for something");
  findings.insert(findings.end(), sleeps.begin(), sleeps.end());
  return findings;
}

Findings LockFilesWithHosts(const std::vector<SourceFile>& tree) {
  static const std::regex kHost(R"("resolved"\s*:)");
  return LinesThatMatch(
      Only(tree, [](const SourceFile& file) { return file.path.ends_with("package-lock.json"); }), kHost,
      "names the host of a package");
}

Findings PackagesWithoutReason(const std::vector<SourceFile>& tree) {
  static const std::regex kPackage(R"(^([a-z0-9.+-]+) +# \S.*$)");
  static const std::regex kOther(R"(^(#.*|\[[a-z]+\] .*|)$)");
  Findings findings;
  std::set<std::string> seen;
  for (const SourceFile& file : tree) {
    if (file.path != "deploy/packages") continue;
    const std::vector<std::string> lines = LinesOf(file);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      std::smatch match;
      if (std::regex_match(lines[i], match, kPackage)) {
        if (!seen.insert(match[1]).second)
          findings.push_back(Place(file, i) + match[1].str() + " stands here twice");
      } else if (!std::regex_match(lines[i], kOther)) {
        findings.push_back(Place(file, i) + "is no package with its reason: " + lines[i]);
      }
    }
  }
  return findings;
}

}  // namespace brug::tidy
