#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

#include "proto/rules/draw.h"
#include "proto/rules/draw_svg_pen.h"
#include "tests/unit/bridge_samples.h"
#include "tests/unit/svg_reading.h"

namespace brug::rules {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

// Somebody's first Bridge, and a later one.
v1::Assessment First() {
  auto first = AssessmentOf(
      {{"housing", 1}, {"family", 3}, {"health", 4}, {"network", 2}, {"debts", 1}, {"savings", 1}});
  first.set_most_urgent_domain_id("housing");
  AddAim(first, "housing", 4);
  AddAim(first, "debts", 3);
  return first;
}

v1::Assessment Later() {
  auto later = AssessmentOf({{"housing", 4},
                             {"family", 4},
                             {"health", 3},
                             {"network", 4},
                             {"debts", 3},
                             {"savings", 2},
                             {"education", 4},
                             {"income", 3},
                             {"job_quality", 3}});
  later.mutable_date()->set_year(2027);
  later.set_most_urgent_domain_id("debts");
  AddAim(later, "housing", 4);
  AddAim(later, "savings", 4);
  return later;
}

v1::Assessment AllAt(const v1::BridgeTemplate& bridge, int level, int aim) {
  Levels levels;
  for (const std::string& id : DomainIds(bridge)) levels.emplace_back(id, level);
  auto assessment = AssessmentOf(levels);
  for (const std::string& id : DomainIds(bridge)) {
    if (aim > 0) AddAim(assessment, id, aim);
  }
  return assessment;
}

std::vector<SvgElement> Elements(const std::string& svg) {
  const auto elements = ReadSvg(svg);
  EXPECT_TRUE(elements) << svg;
  return elements.value_or(std::vector<SvgElement>{});
}

// All that can be read in the picture, a line an element.
std::string Readable(const std::vector<SvgElement>& elements) {
  std::string text;
  for (const SvgElement& element : elements) text += element.text + "\n";
  return text;
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string WithoutColour(const std::string& text) {
  static const std::regex kAnsi("\x1b\\[[0-9;]*m");
  return std::regex_replace(text, kAnsi, "");
}

rc::Gen<DrawOptions> AnyOptions() {
  return rc::gen::exec([] {
    return DrawOptions{
        .language = *rc::gen::elementOf(std::vector<std::string>{"nl", "en", "en-GB", "fy", "", "<"}),
        .large_print = *rc::gen::arbitrary<bool>(),
        .leave_out_sensitive = *rc::gen::arbitrary<bool>()};
  });
}

std::string DrawAny(const v1::BridgeTemplate& bridge, const DrawOptions& options) {
  const auto now = *AnyAssessment(bridge);
  auto then = *AnyAssessment(bridge);
  then.set_template_version(*rc::gen::inRange(1, 3));
  return DrawBridgeSvg(bridge, now, *rc::gen::arbitrary<bool>() ? &then : nullptr, options);
}

TEST(ReadSvg, RefusesWhatIsNotWellFormed) {
  EXPECT_TRUE(ReadSvg("<svg><g/></svg>"));
  for (const char* broken :
       {"", "<svg>", "<svg></g></svg>", "<svg>&</svg>", "<svg a=1/>", "<svg a='1' a='2'/>", "<svg>\x1b</svg>",
        "<svg>\xff</svg>", "<svg/><svg/>", "<svg><x/</svg>"}) {
    EXPECT_FALSE(ReadSvg(broken)) << broken;
  }
}

RC_GTEST_PROP(DrawBridgeSvg, IsWellFormedWhateverWasTyped, ()) {
  const auto bridge = *AnyBridge();
  const auto elements = ReadSvg(DrawAny(bridge, *AnyOptions()));
  RC_ASSERT(elements.has_value());
  RC_ASSERT(elements->front().name == "svg");
}

// The names of everything that a drawing may be made of: no script, no style, no link, no picture from
// elsewhere.
RC_GTEST_PROP(DrawBridgeSvg, IsMadeOfShapesAndTextAlone, ()) {
  static const std::set<std::string> kNames = {"svg",  "title",   "desc", "defs",   "linearGradient",
                                               "stop", "pattern", "rect", "circle", "path",
                                               "g",    "text",    "tspan"};
  const auto bridge = *AnyBridge();
  const auto elements = ReadSvg(DrawAny(bridge, *AnyOptions()));
  RC_ASSERT(elements.has_value());
  std::set<std::string> ids;
  for (const SvgElement& element : *elements) {
    RC_ASSERT(kNames.contains(element.name));
    if (element.attributes.contains("id")) RC_ASSERT(ids.insert(element.attributes.at("id")).second);
  }
  static const std::regex kOwn(R"(url\(#([a-z0-9-]+)\))");
  for (const SvgElement& element : *elements) {
    for (const auto& [name, value] : element.attributes) {
      RC_ASSERT(name.find("href") == std::string::npos && !name.starts_with("on") && name != "style");
      std::smatch match;
      if (value.find("url") == std::string::npos) continue;
      RC_ASSERT(std::regex_match(value, match, kOwn));
      RC_ASSERT(ids.contains(match[1].str()));
    }
  }
}

TEST(DrawBridgeSvg, ShowsMarkupThatWasTypedAsText) {
  v1::BridgeTemplate bridge = DefaultBridge();
  const std::string typed = R"(<script>alert("1")</script> & 'x' ]]>)";
  bridge.mutable_name()->mutable_translations(0)->set_text(typed);
  const auto elements = Elements(DrawBridgeSvg(bridge, First(), nullptr, {}));
  EXPECT_THAT(elements, Contains(AllOf(testing::Field(&SvgElement::name, "text"),
                                       testing::Field(&SvgElement::text, typed))));
  EXPECT_THAT(elements, Contains(AllOf(testing::Field(&SvgElement::name, "title"),
                                       testing::Field(&SvgElement::text, typed))));
  EXPECT_THAT(elements, Not(Contains(testing::Field(&SvgElement::name, "script"))));
}

TEST(EscapeXml, IsSafeInTextAndInAttributes) {
  EXPECT_EQ(drawing::EscapeXml(R"(<a b="c" d='e'>&amp;)"),
            "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;");
}

TEST(DrawBridgeSvg, ExplainsTheSignsItHasAndNoOthers) {
  const auto explained = [](const v1::Assessment& now, const v1::Assessment* then, const std::string& sign) {
    const auto elements = Elements(DrawBridgeSvg(DefaultBridge(), now, then, {}));
    return std::any_of(elements.begin(), elements.end(),
                       [&sign](const SvgElement& e) { return e.text == sign; });
  };
  const auto first = First();
  const auto later = Later();
  const auto firm = AllAt(DefaultBridge(), 4, 4);
  EXPECT_TRUE(explained(first, nullptr, "Nog niet ingevuld"));
  EXPECT_FALSE(explained(later, nullptr, "Nog niet ingevuld"));
  EXPECT_TRUE(explained(later, &first, "Nieuw erbij"));
  EXPECT_FALSE(explained(first, &first, "Nieuw erbij"));
  EXPECT_TRUE(explained(later, &first, "Stond er toen"));
  EXPECT_FALSE(explained(first, &first, "Stond er toen"));
  EXPECT_TRUE(explained(later, nullptr, "Doel gehaald"));
  EXPECT_FALSE(explained(first, nullptr, "Doel gehaald"));
  EXPECT_TRUE(explained(first, nullptr, "Hier wil ik naartoe"));
  EXPECT_FALSE(explained(firm, nullptr, "Hier wil ik naartoe"));
  EXPECT_TRUE(explained(first, nullptr, "Dit eerst"));
  EXPECT_FALSE(explained(firm, nullptr, "Dit eerst"));
}

TEST(DrawBridgeSvg, HasNoWordOfTheClientsOwn) {
  auto now = First();
  now.set_words("MINE");
  now.mutable_answers(0)->set_words("MINE");
  now.mutable_aims(0)->set_words("MINE");
  EXPECT_THAT(DrawBridgeSvg(DefaultBridge(), now, &now, {}), Not(HasSubstr("MINE")));
  EXPECT_THAT(DrawBridgeText(DefaultBridge(), now, &now, {}), Not(HasSubstr("MINE")));
}

// A template whose sensitive domains can be told from all others by every text of theirs.
rc::Gen<v1::BridgeTemplate> BridgeWithSecrets() {
  return rc::gen::map(AnyBridge(), [](v1::BridgeTemplate bridge) {
    Put(*bridge.add_pillars()->mutable_name(), "Geheim", "Secret");
    v1::Pillar& last = *bridge.mutable_pillars(bridge.pillars_size() - 1);
    last.add_domains()->set_domain_id("hidden");
    last.mutable_domains(0)->set_sensitive(true);
    last.add_domains()->set_domain_id("shown");
    for (v1::Pillar& pillar : *bridge.mutable_pillars()) {
      for (v1::Domain& domain : *pillar.mutable_domains()) {
        if (!domain.sensitive()) continue;
        domain.clear_name();
        Put(*domain.mutable_name(), "QQZ", "QQZ");
        for (v1::Level& level : *domain.mutable_levels()) {
          level.clear_name();
          Put(*level.mutable_name(), "QQZ", "QQZ");
        }
      }
    }
    return bridge;
  });
}

// `assessment` with everything about sensitive domains said differently.
v1::Assessment WithOtherSecrets(const v1::BridgeTemplate& bridge, v1::Assessment assessment) {
  const auto hidden = [&bridge](const std::string& id) {
    const v1::Domain* domain = FindDomain(bridge, id);
    return domain && domain->sensitive();
  };
  for (v1::Answer& answer : *assessment.mutable_answers()) {
    if (hidden(answer.domain_id())) answer.set_level(*rc::gen::inRange(0, 6));
  }
  for (v1::Aim& aim : *assessment.mutable_aims()) {
    if (hidden(aim.domain_id())) aim.set_level(*rc::gen::inRange(0, 6));
  }
  if (hidden(assessment.most_urgent_domain_id())) assessment.clear_most_urgent_domain_id();
  return assessment;
}

RC_GTEST_PROP(LeavingOutSensitive, TellsNothingOfThem, ()) {
  const auto bridge = *BridgeWithSecrets();
  const auto now = *AnyAssessment(bridge);
  const auto then = *AnyAssessment(bridge);
  const auto other_now = WithOtherSecrets(bridge, now);
  const auto other_then = WithOtherSecrets(bridge, then);
  DrawOptions options = *AnyOptions();
  options.leave_out_sensitive = true;
  const std::string svg = DrawBridgeSvg(bridge, now, &then, options);
  RC_ASSERT(svg.find("QQZ") == std::string::npos);
  RC_ASSERT(svg == DrawBridgeSvg(bridge, other_now, &other_then, options));
  const DrawTextOptions text_options{.language = options.language, .leave_out_sensitive = true};
  const std::string text = DrawBridgeText(bridge, now, &then, text_options);
  RC_ASSERT(text.find("QQZ") == std::string::npos);
  RC_ASSERT(text == DrawBridgeText(bridge, other_now, &other_then, text_options));
  // The same search finds them where they are.
  options.leave_out_sensitive = false;
  RC_ASSERT(DrawBridgeSvg(bridge, now, &then, options).find("QQZ") != std::string::npos);
}

TEST(LeavingOutSensitive, SaysThatSomethingIsLeftOutAndGivesNoScore) {
  const auto now = Later();
  const std::string whole = Readable(Elements(DrawBridgeSvg(DefaultBridge(), now, nullptr, {})));
  EXPECT_THAT(whole, AllOf(HasSubstr("58,3"), HasSubstr("Schulden"), HasSubstr("Gezondheid"),
                           HasSubstr("Dit eerst"), Not(HasSubstr("Een deel van de Brug"))));
  const std::string part =
      Readable(Elements(DrawBridgeSvg(DefaultBridge(), now, nullptr, {.leave_out_sensitive = true})));
  EXPECT_THAT(part,
              AllOf(Not(HasSubstr("58,3")), Not(HasSubstr("Schulden")), Not(HasSubstr("Gezondheid")),
                    Not(HasSubstr("Dit eerst")), HasSubstr("Een deel van de Brug"), HasSubstr("Sparen")));
}

TEST(LeavingOutSensitive, NeverSaysThatTheBridgeBears) {
  const auto now = AllAt(DefaultBridge(), 5, 0);
  EXPECT_THAT(DrawBridgeText(DefaultBridge(), now, nullptr, {}), HasSubstr("de brug draagt mij"));
  EXPECT_THAT(DrawBridgeText(DefaultBridge(), now, nullptr, {.leave_out_sensitive = true}),
              Not(HasSubstr("de brug draagt mij")));
}

double SmallestLetter(const std::vector<SvgElement>& elements) {
  double smallest = 1000;
  for (const SvgElement& element : elements) {
    if (element.name != "text") continue;
    EXPECT_TRUE(element.attributes.contains("font-size"));
    smallest = std::min(smallest, std::stod(element.attributes.at("font-size")));
  }
  return smallest;
}

RC_GTEST_PROP(LargePrint, HasNoSmallLetter, ()) {
  const auto bridge = *AnyBridge();
  DrawOptions options = *AnyOptions();
  options.large_print = true;
  const auto elements = ReadSvg(DrawAny(bridge, options));
  RC_ASSERT(elements.has_value());
  RC_ASSERT(SmallestLetter(*elements) >= kLargePrintMin);
}

TEST(LargePrint, IsLargerThanTheOther) {
  EXPECT_LT(SmallestLetter(Elements(DrawBridgeSvg(DefaultBridge(), First(), nullptr, {}))), kLargePrintMin);
  EXPECT_GE(SmallestLetter(Elements(DrawBridgeSvg(DefaultBridge(), First(), nullptr, {}))), 14);
}

// No text is inside anything that is made smaller or larger, so a font size is what it says.
RC_GTEST_PROP(LargePrint, IsNotScaledAfterwards, ()) {
  const auto bridge = *AnyBridge();
  const std::string svg = DrawAny(bridge, *AnyOptions());
  static const std::regex kGroup(R"(<g transform[^>]*>([^]*?)</g>)");
  for (std::sregex_iterator group(svg.begin(), svg.end(), kGroup), end; group != end; ++group) {
    RC_ASSERT((*group)[1].str().find("<text") == std::string::npos);
  }
}

// Whether a colour would be called red.
bool IsRed(const std::string& colour) {
  const int red = std::stoi(colour.substr(1, 2), nullptr, 16);
  const int green = std::stoi(colour.substr(3, 2), nullptr, 16);
  const int blue = std::stoi(colour.substr(5, 2), nullptr, 16);
  return red > 120 && red > 1.7 * green && red > 1.7 * blue;
}

TEST(DrawBridgeSvg, HasNoRed) {
  EXPECT_TRUE(IsRed("#cc2222"));
  EXPECT_TRUE(IsRed("#e0534a"));
  static const std::regex kColour("#[0-9a-f]{6}");
  const auto now = Later();
  const auto then = First();
  const std::string svg = DrawBridgeSvg(DefaultBridge(), now, &then, {});
  int colours = 0;
  for (std::sregex_iterator colour(svg.begin(), svg.end(), kColour), end; colour != end;
       ++colour, ++colours) {
    EXPECT_FALSE(IsRed(colour->str())) << colour->str();
  }
  EXPECT_GT(colours, 100);
  EXPECT_FALSE(std::regex_search(svg, std::regex("=\"(red|crimson|tomato|firebrick)\"|rgb\\(")));
}

class DrawingOfTheDefaultBridge : public testing::TestWithParam<std::tuple<const char*, bool, bool>> {};

TEST_P(DrawingOfTheDefaultBridge, FitsASheetOfA4AndCutsNoWord) {
  const auto [language, large_print, leave_out_sensitive] = GetParam();
  const DrawOptions options{language, large_print, leave_out_sensitive};
  for (int level = 0; level <= 5; ++level) {
    for (int aim = 0; aim <= 5; ++aim) {
      auto now = AllAt(DefaultBridge(), level, aim);
      now.set_most_urgent_domain_id("income");
      now.mutable_date()->set_month(9);
      const auto then = AllAt(DefaultBridge(), 5 - level, 0);
      const auto elements = Elements(DrawBridgeSvg(DefaultBridge(), now, &then, options));
      EXPECT_EQ(elements.front().attributes.at("width"), "297mm");
      EXPECT_EQ(elements.front().attributes.at("height"), "210mm");
      EXPECT_EQ(elements.front().attributes.at("viewBox"), "0 0 1188 840");
      for (const SvgElement& element : elements) EXPECT_THAT(element.text, Not(HasSubstr("\u2026")));
    }
  }
}

TEST_P(DrawingOfTheDefaultBridge, FitsASheetOfA4WithEverythingThereIsToExplain) {
  const auto [language, large_print, leave_out_sensitive] = GetParam();
  auto now = AllAt(DefaultBridge(), 3, 0);
  now.mutable_answers(0)->set_level(0);
  now.mutable_answers(1)->set_level(1);
  now.set_most_urgent_domain_id("income");
  AddAim(now, "housing", 4);
  AddAim(now, "network", 3);
  auto then = AllAt(DefaultBridge(), 2, 0);
  const DrawOptions options{language, large_print, leave_out_sensitive};
  for (const int version : {1, 2}) {
    then.set_template_version(version);
    const auto elements = Elements(DrawBridgeSvg(DefaultBridge(), now, &then, options));
    EXPECT_EQ(elements.front().attributes.at("height"), "210mm");
    for (const SvgElement& element : elements) {
      if (element.name != "text") continue;
      EXPECT_LE(std::stod(element.attributes.at("y")), 836) << element.text;
    }
    const std::string readable = Readable(elements);
    EXPECT_EQ(readable.find(std::string(language) == "nl" ? "Stond er toen" : "Stood there then") ==
                  std::string::npos,
              version == 2);
  }
}

INSTANTIATE_TEST_SUITE_P(, DrawingOfTheDefaultBridge,
                         testing::Combine(testing::Values("nl", "en"), testing::Bool(), testing::Bool()),
                         [](const auto& drawing) {
                           return std::string(std::get<0>(drawing.param)) +
                                  (std::get<1>(drawing.param) ? "Large" : "Normal") +
                                  (std::get<2>(drawing.param) ? "ForVisitors" : "Whole");
                         });

TEST(DrawBridgeSvg, NamesEveryDomainWithItsLevelAndAim) {
  for (const bool large : {false, true}) {
    const auto now = AllAt(DefaultBridge(), 2, 0);
    const std::string readable =
        Readable(Elements(DrawBridgeSvg(DefaultBridge(), now, nullptr, {.large_print = large})));
    for (const std::string& id : DomainIds(DefaultBridge())) {
      EXPECT_THAT(readable, HasSubstr(std::string(TextIn(FindDomain(DefaultBridge(), id)->name(), "nl"))));
      EXPECT_THAT(readable,
                  HasSubstr(std::string(TextIn(FindDomain(DefaultBridge(), id)->levels(1).name(), "nl"))));
    }
  }
  const std::string readable = Readable(Elements(DrawBridgeSvg(DefaultBridge(), First(), nullptr, {})));
  EXPECT_THAT(readable, HasSubstr("Een goede plek, september 2028"));
}

int CountOf(const std::vector<SvgElement>& elements, const std::string& attribute, const std::string& value) {
  return static_cast<int>(std::count_if(elements.begin(), elements.end(), [&](const SvgElement& element) {
    const auto found = element.attributes.find(attribute);
    return found != element.attributes.end() && found->second == value;
  }));
}

// How many elements are filled with a pattern of stones that came since then; one of them is in the legend.
int AddedStones(const std::vector<SvgElement>& elements) {
  int count = 0;
  for (int hue = 0; hue < 5; ++hue)
    count += CountOf(elements, "fill", "url(#brug-added-" + std::to_string(hue) + ")");
  return count;
}

TEST(DrawBridgeSvg, ShowsThenAndNowInPatternsNotInColourAlone) {
  const auto now = Later();
  const auto then = First();
  const auto compared = Elements(DrawBridgeSvg(DefaultBridge(), now, &then, {}));
  // housing 3, family 1, network 2, debts 2, savings 1; what was skipped then is not new.
  EXPECT_EQ(AddedStones(compared), 9 + 1);
  EXPECT_EQ(CountOf(compared, "fill", "url(#brug-stood)"), 1 + 1) << "health went from 4 to 3";
  EXPECT_THAT(Readable(compared), AllOf(HasSubstr("toen 25,0"), HasSubstr("Nieuw erbij"),
                                        HasSubstr("Stond er toen"), HasSubstr("Toen: 21 november 2026.")));
  const auto alone = Elements(DrawBridgeSvg(DefaultBridge(), now, nullptr, {}));
  EXPECT_EQ(AddedStones(alone), 0);
  EXPECT_THAT(Readable(alone), AllOf(Not(HasSubstr("Toen")), Not(HasSubstr("Nieuw erbij"))));
}

TEST(DrawBridgeSvg, NeverPutsAnotherVersionBesideIt) {
  const auto now = Later();
  auto then = First();
  then.set_template_version(2);
  const auto elements = Elements(DrawBridgeSvg(DefaultBridge(), now, &then, {}));
  EXPECT_EQ(AddedStones(elements), 0);
  EXPECT_THAT(Readable(elements), AllOf(HasSubstr("had andere vragen"), Not(HasSubstr("25,0"))));
}

TEST(DrawBridgeSvg, MakesTheRoadWholeWherePillarsAreFirm) {
  const auto railings = [](const v1::Assessment& now) {
    int count = 0;
    for (const SvgElement& element : Elements(DrawBridgeSvg(DefaultBridge(), now, nullptr, {}))) {
      count += element.name == "path" && element.attributes.contains("stroke") &&
                       element.attributes.at("stroke") == "#56646f"
                   ? 1
                   : 0;
    }
    return count;
  };
  EXPECT_EQ(railings(AllAt(DefaultBridge(), 3, 0)), 0);
  EXPECT_EQ(railings(Later()), 2) << "family stability and education";
  EXPECT_EQ(railings(AllAt(DefaultBridge(), 4, 0)), 5);
}

TEST(DrawBridgeSvg, SpeaksEnglishToWhoAsksAndDutchToTheRest) {
  EXPECT_THAT(DrawBridgeSvg(DefaultBridge(), First(), nullptr, {.language = "en-GB"}),
              AllOf(HasSubstr("My Bridge"), HasSubstr("21 November 2026"), HasSubstr("25.0"),
                    HasSubstr("being built")));
  EXPECT_THAT(DrawBridgeSvg(DefaultBridge(), First(), nullptr, {.language = "fy"}),
              AllOf(HasSubstr("Mijn Brug"), HasSubstr("21 november 2026"), HasSubstr("25,0"),
                    HasSubstr("in aanbouw")));
}

TEST(DrawBridgeSvg, GrowsInHeightWithManyDomains) {
  v1::BridgeTemplate bridge;
  bridge.set_template_id("brug");
  for (int p = 0; p < 9; ++p) {
    v1::Pillar* pillar = bridge.add_pillars();
    for (int d = 0; d < 6; ++d) {
      v1::Domain* domain = pillar->add_domains();
      *domain = DefaultBridge().pillars(0).domains(0);
      domain->set_domain_id("d" + std::to_string(p * 6 + d));
    }
  }
  const auto elements = Elements(DrawBridgeSvg(bridge, AllAt(bridge, 3, 4), nullptr, {}));
  EXPECT_EQ(elements.front().attributes.at("width"), "297mm");
  EXPECT_GT(std::stod(elements.front().attributes.at("height")), 210);
}

// The picture in proto/bridges/README.md. After a change of the drawing, look at what was drawn now and put
// it there.
TEST(DrawBridgeSvg, IsTheOneInTheReadme) {
  const auto now = Later();
  const auto then = First();
  const std::string drawn = DrawBridgeSvg(DefaultBridge(), now, &then, {});
  std::ifstream file(std::string(BRUG_BRIDGES_FOLDER) + "/example.svg", std::ios::binary);
  const std::string shown((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (drawn == shown) return;
  const std::string path = testing::TempDir() + "example.svg";
  std::ofstream(path, std::ios::binary) << drawn;
  FAIL() << "proto/bridges/example.svg is not what is drawn now: " << path;
}

RC_GTEST_PROP(DrawBridgeSvg, GivesTheSameBytesAgain, ()) {
  const auto bridge = *AnyBridge();
  const auto now = *AnyAssessment(bridge);
  const auto options = *AnyOptions();
  RC_ASSERT(DrawBridgeSvg(bridge, now, &now, options) == DrawBridgeSvg(bridge, now, &now, options));
}

// The width of a line of letters that take one column each, as those of the default template do.
std::size_t ColumnsOf(const std::string& line) {
  return static_cast<std::size_t>(std::count_if(
      line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

RC_GTEST_PROP(DrawBridgeText, FitsTheTerminalAndCannotSteerIt, ()) {
  const auto bridge = *AnyBridge();
  const auto now = *AnyAssessment(bridge);
  const auto then = *AnyAssessment(bridge);
  const DrawTextOptions plain{.language = "nl", .leave_out_sensitive = *rc::gen::arbitrary<bool>()};
  const std::string text = DrawBridgeText(bridge, now, &then, plain);
  RC_ASSERT(text.ends_with("\n"));
  for (const std::string& line : Lines(text)) {
    RC_ASSERT(ColumnsOf(line) <= static_cast<std::size_t>(kDrawTextColumns));
    for (const char c : line) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 && c != '\x7f');
    RC_ASSERT(line.find("\xc2\x9b") == std::string::npos);
  }
  DrawTextOptions coloured = plain;
  coloured.colour = true;
  RC_ASSERT(WithoutColour(DrawBridgeText(bridge, now, &then, coloured)) == text);
}

TEST(DrawBridgeText, AddsColourOnlyWhenAskedAndNeverRed) {
  EXPECT_THAT(DrawBridgeText(DefaultBridge(), First(), nullptr, {}), Not(HasSubstr("\x1b")));
  const std::string coloured = DrawBridgeText(DefaultBridge(), First(), nullptr, {.colour = true});
  EXPECT_THAT(coloured, HasSubstr("\x1b[36m"));
  EXPECT_FALSE(std::regex_search(coloured, std::regex("\x1b\\[([0-9;]*;)?(31|91|41|101)(;[0-9]*)*m")));
}

TEST(DrawBridgeText, CountsWideLettersAsTwo) {
  v1::BridgeTemplate bridge = DefaultBridge();
  std::string wide;
  for (int i = 0; i < 33; ++i) wide += "漢";
  bridge.mutable_pillars(0)->mutable_domains(0)->mutable_name()->mutable_translations(0)->set_text(wide);
  const auto lines = Lines(DrawBridgeText(bridge, First(), nullptr, {}));
  // 10 of two columns, and the ellipsis: in front of the level, which begins in column 27.
  std::string ten;
  for (int i = 0; i < 10; ++i) ten += "漢";
  EXPECT_THAT(lines, Contains("  a  " + ten + "\u2026 1  Geen vaste plek"));
}

TEST(DrawBridgeText, IsTheBridge) {
  const auto now = Later();
  const auto then = First();
  EXPECT_EQ(DrawBridgeText(DefaultBridge(), now, &then, {}), R"(  Mijn Brug
  Zo sta ik er nu voor, 21 november 2027
  Score 58,3 van 100, toen 25,0

 Thuis en gezin    Welzijn          Geld          Leren           Werk
     stevig       in aanbouw     in aanbouw       stevig       in aanbouw
════════════════···─────────·······──────·····═══════════════···─────────···═
   │   │ │   │    │   │ │   │    │   │ │   │       │   │       │   │ │   │
   │▒4◆│ │▒4▒│    │░░░│ │▒4▒│    │   │ │  ◇│       │█4█│       │   │ │   │
   │▒▒▒│ │███│    │█3█│ │▒▒▒│    │▒3▒│ │   │       │███│       │█3█│ │█3█│
   │▒▒▒│ │███│    │███│ │███│    │▒▒▒│ │▒2▒│       │███│       │███│ │███│
   │███│ │███│    │███│ │███│    │███│ │███│       │███│       │███│ │███│
     a     b        c     d       e*     f           g           h     i

  a  Wonen                 4  Een goede plek (toen 1)
                           ◆  doel 4: Een goede plek, september 2028
  b  Gezin en familie      4  We redden het samen (toen 3)
  c  Gezondheid            3  Ik werk eraan (toen 4)
  d  Mensen om mij heen    4  Ik heb steun (toen 2)
  e  Schulden              3  Er is een plan (toen 1)
                           *  Dit eerst
  f  Sparen                2  Net genoeg (toen 1)
                           ◇  doel 4: Elke maand iets, september 2028
  g  Opleiding             4  Ik kom verder
  h  Inkomen uit werk      3  Een begin
  i  Goed werk             3  Het gaat wel

  █ Hier sta ik nu   ▒ Nieuw erbij   ░ Stond er toen   ◇ Hier wil ik naartoe
  ◆ Doel gehaald
  Toen: 21 november 2026.
  Stevige pijler? Dan is de weg heel.
)");
}

}  // namespace
}  // namespace brug::rules
