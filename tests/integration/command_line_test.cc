#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"
#include "tests/tidy/command.h"

// brug and brugctl as a person or a program meets them: what they say when a command is not right.
namespace brug {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kBin = BRUG_BIN_DIR;
constexpr int kRefused = 1;
constexpr int kNotUnderstood = 2;

// Runs a program with a home of its own and nothing of ours in its environment.
class CommandLine : public ::testing::Test {
 protected:
  tidy::CommandResult Brug(const std::string& arguments, const std::string& errors = "2>&1") {
    return tidy::RunCommand("env -u BRUG_HOME '" + std::string(kBin) + "/brug' --home '" + home() + "' " +
                            arguments + " " + errors);
  }
  tidy::CommandResult Brugctl(const std::string& arguments) {
    return tidy::RunCommand("'" + std::string(kBin) + "/brugctl' --socket '" + home() + "/none.sock' " +
                            arguments + " 2>&1");
  }
  std::string home() const { return folder_.path() + "/home"; }
  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = folder_.path() + "/" + name;
    std::ofstream(path) << text;
    return path;
  }

 private:
  TemporaryFolder folder_;
};

std::ptrdiff_t LinesIn(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

const std::vector<std::string> kCommands = {
    "enrol",    "devices",    "bridge",  "assess",      "goal",     "step",      "formulate",
    "today",    "milestone",  "view",    "appointment", "profile",  "tick",      "pause",
    "messages", "status",     "sync",    "caseload",    "watch",    "register",  "dossier",
    "contact",  "appreciate", "suggest", "handover",    "team",     "assign",    "offers",
    "voucher",  "rules",      "offer",   "promise",     "issue",    "approve",   "redeem",
    "undo",     "day",        "scheme",  "budget",      "merchant", "statement", "verify"};

TEST_F(CommandLine, HelpNamesEveryCommandInBothLanguages) {
  for (const std::string language : {"nl", "en"}) {
    const auto help = Brug("--language " + language + " --help");
    EXPECT_EQ(help.exit_code, 0);
    for (const auto& command : kCommands)
      EXPECT_THAT(help.output, HasSubstr("\n  " + command + " ")) << language;
  }
  EXPECT_THAT(Brug("--language nl tick --help").output, HasSubstr("Vink een stap af"));
  EXPECT_THAT(Brug("--language en tick --help").output, HasSubstr("Tick a step"));
}

TEST_F(CommandLine, WhatIsNotUnderstoodIsSaidInOneSentenceThatNamesIt) {
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"dance", "dance"},
      {"today --tomorrow-too", "--tomorrow-too"},
      {"goal add", "TITLE"},
      {"goal add 'a goal'", "--domain"},
      {"step add 1 walk --minutes ten", "--minutes"},
      {"tick", "STEP"}};
  for (const auto& [arguments, named] : bad) {
    const auto result = Brug("--language en " + arguments);
    EXPECT_EQ(result.exit_code, kNotUnderstood) << arguments;
    EXPECT_EQ(LinesIn(result.output), 1) << result.output;
    EXPECT_THAT(result.output, HasSubstr(named));
    EXPECT_THAT(result.output, HasSubstr("--help"));
    EXPECT_EQ(Brug("--language nl " + arguments).exit_code, kNotUnderstood);
    EXPECT_NE(Brug("--language nl " + arguments).output, result.output) << "the same words in both languages";
  }
}

TEST_F(CommandLine, WhereToLookIsTheCommandAsFarAsItWasUnderstood) {
  EXPECT_THAT(Brug("--language en goal add").output, HasSubstr("brug goal add --help"));
  EXPECT_THAT(Brug("--language en milestone reached").output, HasSubstr("brug milestone reached --help"));
  EXPECT_THAT(Brug("--language en dance").output, HasSubstr("brug --help"));
}

TEST_F(CommandLine, AProgramGetsAnErrorAsJson) {
  for (const std::string arguments : {"--json dance", "--json today", "--json bridge"}) {
    const auto json = nlohmann::json::parse(Brug(arguments, "2>/dev/null").output);
    EXPECT_FALSE(json["error"]["reason"].get<std::string>().empty());
    EXPECT_FALSE(json["error"]["message"].get<std::string>().empty());
  }
}

TEST_F(CommandLine, ADeviceThatIsNotEnrolledSaysWhatToDo) {
  for (const std::string command :
       {"today", "goal", "caseload", "sync", "messages", "devices", "bridge", "watch"}) {
    const auto result = Brug("--language en " + command);
    EXPECT_EQ(result.exit_code, kRefused) << command;
    EXPECT_THAT(result.output, HasSubstr("brug enrol CODE")) << command;
  }
  EXPECT_THAT(Brug("--language nl today").output, HasSubstr("nog niet aangemeld"));
}

TEST_F(CommandLine, AnEnrolmentThatFailsRemembersNothing) {
  EXPECT_THAT(Brug("--language en enrol 7K2QX-M4T9B").output, HasSubstr("--server"));
  const std::string ca = Write("ca.pem", "no certificate\n");
  const auto unreachable = Brug("--language en enrol 7K2QX-M4T9B --server localhost:1 --ca " + ca);
  EXPECT_EQ(unreachable.exit_code, kRefused);
  EXPECT_THAT(Brug("enrol 7K2QX-M4T9B --server localhost:1 --ca /not/there.pem").output,
              HasSubstr("/not/there.pem"));
  EXPECT_FALSE(std::filesystem::exists(home() + "/brug.json"));
}

TEST_F(CommandLine, TheOperatorsCommandSaysThatTheServiceDoesNotAnswer) {
  const auto result = Brugctl("status");
  EXPECT_EQ(result.exit_code, kRefused);
  EXPECT_THAT(result.output, HasSubstr("none.sock"));
  EXPECT_EQ(LinesIn(result.output), 1) << result.output;
}

TEST_F(CommandLine, TheOperatorsCommandRefusesWhatItDoesNotKnow) {
  EXPECT_EQ(Brugctl("staff register Ann --role king").exit_code, kNotUnderstood);
  EXPECT_THAT(Brugctl("staff register Ann --role king").output, HasSubstr("mentor"));
  EXPECT_EQ(Brugctl("staff register Ann").exit_code, kNotUnderstood);
  EXPECT_EQ(Brugctl("dance").exit_code, kNotUnderstood);
}

TEST_F(CommandLine, ATemplateIsCheckedWithoutTheServiceAndAGapIsNamed) {
  const std::string whole = std::string(BRUG_SOURCE_DIR) + "/proto/bridges/default.json";
  EXPECT_EQ(Brugctl("template check " + whole).exit_code, 0);

  std::ifstream file(whole);
  auto bridge = nlohmann::ordered_json::parse(file);
  bridge["pillars"][1]["domains"][0]["levels"].erase(4);
  const auto gap = Brugctl("template check " + Write("gap.json", bridge.dump()));
  EXPECT_EQ(gap.exit_code, kRefused);
  EXPECT_THAT(gap.output, HasSubstr("pillars[1].domains[0].levels"));
  EXPECT_EQ(Brugctl("template check " + Write("cut.json", "{ \"template_id\": ")).exit_code, kRefused);
}

// ---- The catalogue

struct Entry {
  std::string name;
  std::string nl;
  std::string en;
};
const std::vector<Entry> kCatalogue = {
#define BRUG_WORD(name, nl, en) {#name, nl, en},
#include "client-sdk/app/words.def"
#undef BRUG_WORD
};

std::set<std::string> PlacesIn(const std::string& text) {
  std::set<std::string> places;
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    if (text[i] == '{' && text[i + 2] == '}') places.insert(text.substr(i, 3));
  }
  return places;
}

TEST(Catalogue, BothLanguagesHaveEveryTextWithTheSamePlaces) {
  ASSERT_GT(kCatalogue.size(), 200u);
  for (const Entry& entry : kCatalogue) {
    EXPECT_FALSE(entry.nl.empty()) << entry.name;
    EXPECT_FALSE(entry.en.empty()) << entry.name;
    EXPECT_EQ(PlacesIn(entry.nl), PlacesIn(entry.en)) << entry.name;
  }
}

TEST(Catalogue, NothingShames) {
  for (const Entry& entry : kCatalogue) {
    for (const std::string word :
         {"te laat", "gemist", "mislukt", "streak", "overdue", "missed", "failed", "late "}) {
      EXPECT_THAT(entry.nl, Not(HasSubstr(word))) << entry.name;
      EXPECT_THAT(entry.en, Not(HasSubstr(word))) << entry.name;
    }
  }
}

}  // namespace
}  // namespace brug
