#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/scenarios/script.h"
#include "tests/scenarios/stage.h"

namespace brug::scenarios {
namespace {

using simulation::Adapter;

const std::filesystem::path kHere = BRUG_SCENARIOS_DIR;

std::vector<std::string> FilesIn(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".scenario") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string OwnFolder() {
  const std::filesystem::path shared = "/dev/shm";
  const auto base = std::filesystem::exists(shared) ? shared : std::filesystem::temp_directory_path();
  return (base / ("brug-scenario-" + std::to_string(::getpid()))).string();
}

std::optional<Broken> Play(const std::filesystem::path& path, Adapter adapter) {
  const auto script = ReadScript(path.string());
  if (const auto* problem = std::get_if<std::string>(&script)) return Broken{.line = 1, .words = *problem};
  return PlayScript(std::get<Script>(script), adapter, OwnFolder());
}

// A file a line, without its dashes.
std::string TestName(const std::string& file, const char* adapter) {
  std::string name = file + "_" + adapter;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

struct Case {
  std::string file;
  Adapter adapter = Adapter::kMemory;
};
void PrintTo(const Case& scenario, std::ostream* out) { *out << scenario.file; }

std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (const std::string& file : FilesIn(kHere)) {
    cases.push_back({.file = file, .adapter = Adapter::kMemory});
    cases.push_back({.file = file, .adapter = Adapter::kSqlite});
  }
  return cases;
}

class Scenario : public ::testing::TestWithParam<Case> {};

TEST(Coverage, EachFileIsPlayedOnMemoryAndOnSqlite) {
  std::set<std::pair<std::string, Adapter>> played;
  for (const Case& one : Cases()) played.emplace(one.file, one.adapter);
  for (const std::string& file : FilesIn(kHere)) {
    EXPECT_TRUE(played.contains({file, Adapter::kMemory})) << file;
    EXPECT_TRUE(played.contains({file, Adapter::kSqlite})) << file;
  }
}

TEST_P(Scenario, Holds) {
  const auto broken = Play(kHere / (GetParam().file + ".scenario"), GetParam().adapter);
  EXPECT_FALSE(broken) << broken->words;
}

INSTANTIATE_TEST_SUITE_P(All, Scenario, ::testing::ValuesIn(Cases()), [](const auto& scenario) {
  return TestName(scenario.param.file, scenario.param.adapter == Adapter::kMemory ? "memory" : "sqlite");
});

// ---- What there is a file for: cases.txt

struct Listed {
  std::string file;
  std::string about;
  // The file is listed elsewhere for what its first line says.
  bool also = false;
};

std::vector<Listed> ListOfCases() {
  std::vector<Listed> list;
  std::ifstream file(kHere / "cases.txt");
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty() || line.starts_with("#")) continue;
    constexpr std::string_view kAlso = "also ";
    const bool also = line.starts_with(kAlso);
    if (also) line.erase(0, kAlso.size());
    const std::size_t end = line.find(' ');
    const std::size_t about = line.find_first_not_of(' ', end);
    list.push_back({.file = line.substr(0, end), .about = line.substr(about), .also = also});
  }
  return list;
}

// As document "sync" numbers and orders them.
constexpr int kHardCases = 24;
constexpr std::array kConflictRows = {"tick",
                                      "text and field edits",
                                      "what was overwritten",
                                      "delete against edit",
                                      "order of steps, ranks",
                                      "assessment, contact, message",
                                      "formulate, promise, issue, redeem"};
constexpr std::array kBadInput = {"cursors",
                                  "a gap or a repeat in sequences",
                                  "two processes opening one replica",
                                  "a clock ten years off",
                                  "a batch of 10,000",
                                  "a mutation that the newest rules refuse"};

TEST(Coverage, EachHardCaseEachRowOfTheConflictTableAndEachKindOfBadInputHasAFile) {
  std::multiset<std::string> listed;
  for (const Listed& one : ListOfCases()) listed.insert(one.about.substr(0, one.about.find(':')));
  for (int number = 1; number <= kHardCases; ++number) {
    EXPECT_GE(listed.count("hard case " + std::to_string(number)), 1U) << number;
  }
  for (const char* row : kConflictRows) {
    EXPECT_GE(listed.count(std::string("conflict, ") + row), 1U) << row;
  }
  for (const char* input : kBadInput) {
    EXPECT_GE(listed.count(std::string("bad input, ") + input), 1U) << input;
  }
}

TEST(Coverage, EachListedFileIsThereAndBeginsWithItsCaseAndEachFileIsListed) {
  std::set<std::string> listed, named_besides;
  for (const Listed& one : ListOfCases()) {
    if (one.also) {
      named_besides.insert(one.file);
      continue;
    }
    EXPECT_TRUE(listed.insert(one.file).second) << one.file << " is listed twice";
    const auto script = ReadScript((kHere / one.file).string());
    ASSERT_TRUE(std::holds_alternative<Script>(script)) << std::get<std::string>(script);
    EXPECT_EQ(std::get<Script>(script).about, one.about);
  }
  std::set<std::string> there;
  for (const std::string& file : FilesIn(kHere)) there.insert(file + ".scenario");
  EXPECT_EQ(listed, there);
  for (const std::string& file : named_besides) EXPECT_TRUE(there.contains(file)) << file;
  std::printf(
      "scenarios: %zu files for %d hard cases, %zu rows of the conflict table, %zu kinds of bad input\n",
      there.size(), kHardCases, kConflictRows.size(), kBadInput.size());
}

// ---- That a scenario can fail

// wrong/: each says in its second line where it fails, and what is seen there.
TEST(Wrong, ScenariosFailInTheLineThatDoesNotHoldAndSayWhatWasSeen) {
  const auto files = FilesIn(kHere / "wrong");
  ASSERT_GE(files.size(), 8U);
  for (const std::string& file : files) {
    const auto path = kHere / "wrong" / (file + ".scenario");
    std::ifstream opened(path);
    std::string first, expected;
    std::getline(opened, first);
    std::getline(opened, expected);
    constexpr std::string_view kBegin = "# fails in line ";
    ASSERT_TRUE(expected.starts_with(kBegin)) << path;
    std::size_t read = 0;
    const int line = std::stoi(expected.substr(kBegin.size()), &read);
    const std::string seen = expected.substr(kBegin.size() + read + 2);
    for (const Adapter adapter : {Adapter::kMemory, Adapter::kSqlite}) {
      const auto broken = Play(path, adapter);
      ASSERT_TRUE(broken) << file << " holds";
      EXPECT_EQ(broken->line, line) << broken->words;
      EXPECT_NE(broken->words.find(seen), std::string::npos) << broken->words;
      EXPECT_NE(broken->words.find(file + ".scenario:" + std::to_string(line)), std::string::npos);
    }
  }
}

// ---- The page

TEST(Page, SaysEverySentenceThatThereIsAndNoOther) {
  std::ifstream file(kHere / "README.md");
  std::set<std::string> said;
  std::string line;
  while (std::getline(file, line) && line != "## The sentences") {
  }
  while (std::getline(file, line)) {
    if (line.starts_with("    ") && line.size() > 4 && line[4] != ' ' && line[4] != '#')
      said.insert(line.substr(4));
  }
  for (const Sentence& sentence : Sentences()) {
    EXPECT_EQ(said.erase(std::string(sentence.pattern)), 1U) << "not in README.md: " << sentence.pattern;
  }
  for (const std::string& sentence : said) ADD_FAILURE() << "in README.md, and unknown: " << sentence;
}

TEST(Page, NoTwoSentencesAreTheSame) {
  std::set<std::string_view> patterns;
  for (const Sentence& sentence : Sentences()) EXPECT_TRUE(patterns.insert(sentence.pattern).second);
}

}  // namespace
}  // namespace brug::scenarios
