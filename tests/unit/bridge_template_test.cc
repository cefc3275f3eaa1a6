#include "proto/rules/bridge_template.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>

#include <functional>
#include <map>
#include <regex>
#include <set>

#include "proto/rules/draw.h"
#include "proto/rules/limits.h"
#include "tests/unit/bridge_samples.h"

namespace brug::rules {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Every text of a template, with the kind of place it stands in.
struct Place {
  std::string kind;
  const v1::LocalisedText* text;
};

std::vector<Place> PlacesOf(const v1::BridgeTemplate& bridge) {
  std::vector<Place> places = {{"name", &bridge.name()}};
  for (const v1::Pillar& pillar : bridge.pillars()) {
    places.push_back({"pillar", &pillar.name()});
    for (const v1::Domain& domain : pillar.domains()) {
      places.push_back({"domain", &domain.name()});
      places.push_back({"question", &domain.question()});
      for (const v1::Level& level : domain.levels()) {
        places.push_back({"level", &level.name()});
        places.push_back({"description", &level.description()});
      }
    }
  }
  return places;
}

std::vector<std::string> SentencesOf(const std::string& text) {
  static const std::regex kEnd(R"([.!?]\s*)");
  return {std::sregex_token_iterator(text.begin(), text.end(), kEnd, -1), std::sregex_token_iterator()};
}

// Counted another way than LongestSentence does.
int WordsIn(const std::string& sentence) {
  static const std::regex kWord(R"(\S*[^\s[:punct:]]\S*)");
  return static_cast<int>(
      std::distance(std::sregex_iterator(sentence.begin(), sentence.end(), kWord), std::sregex_iterator()));
}

TEST(DefaultBridge, HasNoGap) {
  EXPECT_THAT(CheckTemplate(DefaultBridge()), IsEmpty());
  EXPECT_EQ(DefaultBridge().template_id(), "brug");
  EXPECT_EQ(DefaultBridge().version(), 1);
  EXPECT_THAT(DefaultBridge().languages(), ElementsAre("nl", "en"));
}

TEST(DefaultBridge, HasThePillarsAndDomainsOfTheMethod) {
  std::vector<std::string> pillars;
  for (const v1::Pillar& pillar : DefaultBridge().pillars()) pillars.push_back(pillar.pillar_id());
  EXPECT_THAT(pillars, ElementsAre("family_stability", "well_being", "financial_management",
                                   "education_training", "employment_career"));
  EXPECT_THAT(DomainIds(DefaultBridge()), ElementsAre("housing", "family", "health", "network", "debts",
                                                      "savings", "education", "income", "job_quality"));
}

TEST(DefaultBridge, HidesDebtsAndHealthFromAPictureForVisitors) {
  std::vector<std::string> sensitive;
  for (const std::string& id : DomainIds(DefaultBridge())) {
    if (FindDomain(DefaultBridge(), id)->sensitive()) sensitive.push_back(id);
  }
  EXPECT_THAT(sensitive, ElementsAre("health", "debts"));
}

TEST(DefaultBridge, SaysEverythingInTwelveWordsASentenceAtMost) {
  int sentences = 0;
  for (const Place& place : PlacesOf(DefaultBridge())) {
    for (const v1::Translation& translation : place.text->translations()) {
      for (const std::string& sentence : SentencesOf(translation.text())) {
        ++sentences;
        EXPECT_LE(WordsIn(sentence), 12) << sentence;
        EXPECT_GE(WordsIn(sentence), 1) << translation.text();
      }
    }
  }
  // Two languages; a description has two sentences, everything else is one.
  EXPECT_EQ(sentences, 2 * (1 + 5 + 9 + 9 + 45 + 2 * 45));
}

TEST(DefaultBridge, SaysEverythingInDutchAndInEnglishAndInOtherWords) {
  for (const Place& place : PlacesOf(DefaultBridge())) {
    ASSERT_THAT(place.text->translations(), SizeIs(2));
    EXPECT_EQ(place.text->translations(0).language(), "nl");
    EXPECT_EQ(place.text->translations(1).language(), "en");
    EXPECT_NE(place.text->translations(0).text(), place.text->translations(1).text());
  }
}

TEST(DefaultBridge, HasNoTextTwice) {
  std::map<std::string, std::string> seen;
  for (const Place& place : PlacesOf(DefaultBridge())) {
    for (const v1::Translation& translation : place.text->translations()) {
      for (const std::string& sentence : SentencesOf(translation.text())) {
        const auto [other, is_new] = seen.emplace(translation.language() + ": " + sentence, place.kind);
        EXPECT_TRUE(is_new) << other->first << " stands in a " << other->second << " and in a " << place.kind;
      }
    }
  }
}

TEST(DefaultBridge, SpeaksAsThePersonDoes) {
  static const std::regex kFirstPerson(R"(\b(ik|mij|me|mijn|mezelf|we|wij|ons|I|my|me|we|us|our)\b)",
                                       std::regex::icase);
  for (const Place& place : PlacesOf(DefaultBridge())) {
    if (place.kind != "description" && place.kind != "question") continue;
    for (const v1::Translation& translation : place.text->translations()) {
      EXPECT_TRUE(std::regex_search(translation.text(), kFirstPerson)) << translation.text();
    }
  }
}

TEST(DefaultBridge, HasAnIconOfItsOwnForEachDomain) {
  std::set<std::string> icons;
  for (const std::string& id : DomainIds(DefaultBridge())) {
    const std::string& icon = FindDomain(DefaultBridge(), id)->icon();
    EXPECT_TRUE(HasIcon(icon)) << icon;
    EXPECT_TRUE(icons.insert(icon).second) << icon;
  }
  EXPECT_FALSE(HasIcon("no such icon"));
}

TEST(DefaultBridge, ComesBackFromItsJson) {
  const auto again = ParseTemplate(TemplateToJson(DefaultBridge()));
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(std::get<v1::BridgeTemplate>(again),
                                                                 DefaultBridge()));
}

// One gap, and what is said of it.
struct Gap {
  const char* name;
  std::function<void(v1::BridgeTemplate&)> make;
  v1::ErrorReason reason;
  const char* field;
};

std::ostream& operator<<(std::ostream& out, const Gap& gap) { return out << gap.name; }

v1::Domain& Health(v1::BridgeTemplate& bridge) { return *bridge.mutable_pillars(1)->mutable_domains(0); }

void Cut(v1::LocalisedText& text, int index) { text.mutable_translations()->DeleteSubrange(index, 1); }

std::string Times(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

class TemplateWithAGap : public testing::TestWithParam<Gap> {};

TEST_P(TemplateWithAGap, IsRefusedAtItsPlace) {
  v1::BridgeTemplate bridge = DefaultBridge();
  GetParam().make(bridge);
  EXPECT_THAT(CheckTemplate(bridge), Contains(Violation{GetParam().reason, GetParam().field}));
}

INSTANTIATE_TEST_SUITE_P(
    , TemplateWithAGap,
    testing::Values(
        Gap{"NoId", [](auto& b) { b.clear_template_id(); }, v1::ERROR_REASON_MISSING, "template_id"},
        Gap{"IdWithCapitals", [](auto& b) { b.set_template_id("Brug"); }, v1::ERROR_REASON_NOT_AN_ID,
            "template_id"},
        Gap{"IdWithUnderscore", [](auto& b) { b.set_template_id("a_b"); }, v1::ERROR_REASON_NOT_AN_ID,
            "template_id"},
        Gap{"IdTooLong", [](auto& b) { b.set_template_id(std::string(41, 'a')); }, v1::ERROR_REASON_NOT_AN_ID,
            "template_id"},
        Gap{"NoVersion", [](auto& b) { b.clear_version(); }, v1::ERROR_REASON_OUT_OF_RANGE, "version"},
        Gap{"NoLanguages", [](auto& b) { b.clear_languages(); }, v1::ERROR_REASON_MISSING, "languages"},
        Gap{"LanguageTwice", [](auto& b) { b.add_languages("nl"); }, v1::ERROR_REASON_ALREADY_EXISTS,
            "languages[2]"},
        Gap{"NoLanguageTag", [](auto& b) { b.add_languages("Dutch!"); }, v1::ERROR_REASON_UNKNOWN_NAME,
            "languages[2]"},
        Gap{"LanguageTagWithEmptyPart", [](auto& b) { b.add_languages("nl-"); },
            v1::ERROR_REASON_UNKNOWN_NAME, "languages[2]"},
        Gap{"LanguageWithoutTexts", [](auto& b) { b.add_languages("fy"); }, v1::ERROR_REASON_MISSING,
            "pillars[0].domains[0].levels[0].name.translations[fy]"},
        Gap{"TooManyLanguages",
            [](auto& b) {
              for (char c = 'a'; c <= 't'; ++c) b.add_languages(std::string("x") + c);
            },
            v1::ERROR_REASON_TOO_MANY, "languages"},
        Gap{"NoName", [](auto& b) { b.clear_name(); }, v1::ERROR_REASON_MISSING, "name.translations[nl]"},
        Gap{"NoPillars", [](auto& b) { b.clear_pillars(); }, v1::ERROR_REASON_MISSING, "pillars"},
        Gap{"TooManyPillars",
            [](auto& b) {
              for (int i = 0; i < 5; ++i) *b.add_pillars() = b.pillars(0);
            },
            v1::ERROR_REASON_TOO_MANY, "pillars"},
        Gap{"NoPillarId", [](auto& b) { b.mutable_pillars(2)->clear_pillar_id(); }, v1::ERROR_REASON_MISSING,
            "pillars[2].pillar_id"},
        Gap{"PillarIdWithHyphen", [](auto& b) { b.mutable_pillars(2)->set_pillar_id("a-b"); },
            v1::ERROR_REASON_NOT_AN_ID, "pillars[2].pillar_id"},
        Gap{"PillarIdTwice", [](auto& b) { b.mutable_pillars(4)->set_pillar_id("well_being"); },
            v1::ERROR_REASON_ALREADY_EXISTS, "pillars[4].pillar_id"},
        Gap{"PillarWithoutEnglish", [](auto& b) { Cut(*b.mutable_pillars(3)->mutable_name(), 1); },
            v1::ERROR_REASON_MISSING, "pillars[3].name.translations[en]"},
        Gap{"PillarNameTwice",
            [](auto& b) { b.mutable_pillars(3)->mutable_name()->mutable_translations(0)->set_text("Werk"); },
            v1::ERROR_REASON_ALREADY_EXISTS, "pillars[4].name.translations[nl]"},
        Gap{"PillarWithoutDomains", [](auto& b) { b.mutable_pillars(3)->clear_domains(); },
            v1::ERROR_REASON_MISSING, "pillars[3].domains"},
        Gap{"TooManyDomains",
            [](auto& b) {
              for (int i = 0; i < 6; ++i) *b.mutable_pillars(3)->add_domains() = b.pillars(3).domains(0);
            },
            v1::ERROR_REASON_TOO_MANY, "pillars[3].domains"},
        Gap{"NoDomainId", [](auto& b) { Health(b).clear_domain_id(); }, v1::ERROR_REASON_MISSING,
            "pillars[1].domains[0].domain_id"},
        Gap{"DomainIdTwiceInAnotherPillar", [](auto& b) { Health(b).set_domain_id("housing"); },
            v1::ERROR_REASON_ALREADY_EXISTS, "pillars[1].domains[0].domain_id"},
        Gap{"DomainNameTwice",
            [](auto& b) { Health(b).mutable_name()->mutable_translations(0)->set_text("Wonen"); },
            v1::ERROR_REASON_ALREADY_EXISTS, "pillars[1].domains[0].name.translations[nl]"},
        Gap{"NoQuestion", [](auto& b) { Health(b).clear_question(); }, v1::ERROR_REASON_MISSING,
            "pillars[1].domains[0].question.translations[en]"},
        Gap{"QuestionTwice",
            [](auto& b) { *Health(b).mutable_question() = b.pillars(0).domains(0).question(); },
            v1::ERROR_REASON_ALREADY_EXISTS, "pillars[1].domains[0].question.translations[en]"},
        Gap{"NoIcon", [](auto& b) { Health(b).clear_icon(); }, v1::ERROR_REASON_MISSING,
            "pillars[1].domains[0].icon"},
        Gap{"IconThatIsNoName", [](auto& b) { Health(b).set_icon("a picture"); }, v1::ERROR_REASON_NOT_AN_ID,
            "pillars[1].domains[0].icon"},
        Gap{"LevelMissing", [](auto& b) { Health(b).mutable_levels()->DeleteSubrange(2, 1); },
            v1::ERROR_REASON_MISSING, "pillars[1].domains[0].levels"},
        Gap{"LevelMissingInBetween", [](auto& b) { Health(b).mutable_levels()->DeleteSubrange(2, 1); },
            v1::ERROR_REASON_OUT_OF_RANGE, "pillars[1].domains[0].levels[2].level"},
        Gap{"SixLevels", [](auto& b) { Health(b).add_levels()->set_level(6); }, v1::ERROR_REASON_TOO_MANY,
            "pillars[1].domains[0].levels"},
        Gap{"LevelsInWrongOrder", [](auto& b) { Health(b).mutable_levels()->SwapElements(0, 1); },
            v1::ERROR_REASON_OUT_OF_RANGE, "pillars[1].domains[0].levels[0].level"},
        Gap{"LevelWithoutDutch", [](auto& b) { Cut(*Health(b).mutable_levels(4)->mutable_name(), 0); },
            v1::ERROR_REASON_MISSING, "pillars[1].domains[0].levels[4].name.translations[nl]"},
        Gap{"LevelNameTwiceInItsDomain",
            [](auto& b) { *Health(b).mutable_levels(4)->mutable_name() = Health(b).levels(1).name(); },
            v1::ERROR_REASON_ALREADY_EXISTS, "pillars[1].domains[0].levels[4].name.translations[nl]"},
        Gap{"DescriptionTwiceInAnotherDomain",
            [](auto& b) {
              *Health(b).mutable_levels(4)->mutable_description() =
                  b.pillars(0).domains(1).levels(4).description();
            },
            v1::ERROR_REASON_ALREADY_EXISTS, "pillars[1].domains[0].levels[4].description.translations[en]"},
        Gap{"BlankText",
            [](auto& b) {
              Health(b).mutable_levels(0)->mutable_name()->mutable_translations(1)->set_text(" \n ");
            },
            v1::ERROR_REASON_MISSING, "pillars[1].domains[0].levels[0].name.translations[en]"},
        Gap{"NotUtf8",
            [](auto& b) {
              Health(b).mutable_levels(0)->mutable_name()->mutable_translations(1)->set_text("\xff");
            },
            v1::ERROR_REASON_NOT_TEXT, "pillars[1].domains[0].levels[0].name.translations[en]"},
        Gap{"ThirteenWords",
            [](auto& b) {
              Health(b).mutable_levels(0)->mutable_description()->mutable_translations(1)->set_text(
                  "Short. One two three four five six seven eight nine ten eleven twelve thirteen. Short.");
            },
            v1::ERROR_REASON_TEXT_TOO_LONG, "pillars[1].domains[0].levels[0].description.translations[en]"},
        Gap{"NameTooLong",
            [](auto& b) { Health(b).mutable_name()->mutable_translations(1)->set_text(Times(34, "abc")); },
            v1::ERROR_REASON_TEXT_TOO_LONG, "pillars[1].domains[0].name.translations[en]"},
        Gap{"QuestionTooLong",
            [](auto& b) {
              Health(b).mutable_question()->mutable_translations(1)->set_text(Times(101, "ab?"));
            },
            v1::ERROR_REASON_TEXT_TOO_LONG, "pillars[1].domains[0].question.translations[en]"},
        Gap{"DescriptionTooLong",
            [](auto& b) {
              Health(b).mutable_levels(0)->mutable_description()->mutable_translations(1)->set_text(
                  Times(167, "ab."));
            },
            v1::ERROR_REASON_TEXT_TOO_LONG, "pillars[1].domains[0].levels[0].description.translations[en]"},
        Gap{"TranslationNobodyAskedFor",
            [](auto& b) {
              v1::Translation* more = Health(b).mutable_name()->add_translations();
              more->set_language("fy");
              more->set_text("Sûnens");
            },
            v1::ERROR_REASON_UNKNOWN_NAME, "pillars[1].domains[0].name.translations[fy]"},
        Gap{"TranslationTwice",
            [](auto& b) { *Health(b).mutable_name()->add_translations() = Health(b).name().translations(0); },
            v1::ERROR_REASON_ALREADY_EXISTS, "pillars[1].domains[0].name.translations[nl]"}),
    [](const testing::TestParamInfo<Gap>& gap) { return gap.param.name; });

TEST(CheckTemplate, AllowsWhatAnOrganisationMayAdapt) {
  v1::BridgeTemplate bridge = DefaultBridge();
  bridge.set_template_id(std::string(38, 'a') + "-2");
  bridge.set_version(7);
  bridge.mutable_pillars()->DeleteSubrange(1, 4);
  bridge.mutable_pillars(0)->mutable_domains(0)->set_icon("an-icon_2");
  EXPECT_THAT(CheckTemplate(bridge), IsEmpty());
}

TEST(CheckTemplate, TakesTheSameLevelNamesInAnotherDomain) {
  v1::BridgeTemplate bridge = DefaultBridge();
  *Health(bridge).mutable_levels(4)->mutable_name() = bridge.pillars(0).domains(0).levels(4).name();
  EXPECT_THAT(CheckTemplate(bridge), IsEmpty());
}

TEST(CheckTemplate, StopsAtItsLimit) {
  v1::BridgeTemplate bridge;
  for (int i = 0; i < 300; ++i) bridge.add_pillars();
  EXPECT_THAT(CheckTemplate(bridge), SizeIs(kTemplateViolationsMax));
}

// Whatever single text is taken away anywhere, its place is named.
RC_GTEST_PROP(CheckTemplate, FindsAnyTextThatIsTakenAway, ()) {
  v1::BridgeTemplate bridge = DefaultBridge();
  const auto places = PlacesOf(bridge);
  auto& text = const_cast<v1::LocalisedText&>(*places[*rc::gen::inRange<std::size_t>(0, places.size())].text);
  const int index = *rc::gen::inRange(0, 2);
  const std::string language = text.translations(index).language();
  if (*rc::gen::arbitrary<bool>()) {
    text.mutable_translations(index)->clear_text();
  } else {
    Cut(text, index);
  }
  const auto violations = CheckTemplate(bridge);
  RC_ASSERT(violations.size() == 1U);
  RC_ASSERT(violations[0].reason == v1::ERROR_REASON_MISSING);
  RC_ASSERT(violations[0].field.ends_with(".translations[" + language + "]"));
}

TemplateFault FaultIn(const std::string& json) { return std::get<TemplateFault>(ParseTemplate(json)); }

TEST(ParseTemplate, NamesThePlaceOfWhatDoesNotFit) {
  EXPECT_EQ(FaultIn(R"({"pillars":[{},{"domains":[{},{"sensitive":3}]}]})").place,
            "pillars[1].domains[1].sensitive");
  EXPECT_EQ(FaultIn(R"({"pillars":[{},{"domains":[{},{"colour":"red"}]}]})").place, "pillars[1].domains[1]");
  EXPECT_THAT(FaultIn(R"({"pillars":[{"colour":"red"}]})").message, testing::HasSubstr("colour"));
  EXPECT_EQ(FaultIn("[]").place, "");
  EXPECT_EQ(FaultIn("[]").message, "Root element must be a message.");
}

TEST(ParseTemplate, NamesTheLineOfWhatIsNoJson) {
  EXPECT_EQ(FaultIn("{\n\"version\": 1,\n\"name\" {}\n}").place, "line 3");
  EXPECT_EQ(FaultIn("{\"version\": 1}\nx").place, "line 2");
  EXPECT_EQ(FaultIn("").place, "line 1");
  EXPECT_EQ(FaultIn("{\n\"version\": 1,\n\"name\": {").place, "line 3");
  EXPECT_EQ(FaultIn("{\n\"version\": 1,\n\"template_id\": \"\xff\"}").place, "line 3");
}

// Cutting one character of structure out of the default template is always noticed, on that line or the next.
RC_GTEST_PROP(ParseTemplate, FindsTheLineOfACutAnywhere, ()) {
  std::string json(bridges::DefaultBridgeJson());
  std::vector<std::size_t> structure;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (json[i] == ':' && json[i - 1] == '"') structure.push_back(i);
  }
  RC_ASSERT(structure.size() > 100U);
  const std::size_t at = *rc::gen::elementOf(structure);
  const auto line = 1 + std::count(json.begin(), json.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  json.erase(at, 1);
  const auto fault = ParseTemplate(json);
  RC_ASSERT(std::holds_alternative<TemplateFault>(fault));
  RC_ASSERT(std::get<TemplateFault>(fault).place == "line " + std::to_string(line));
}

RC_GTEST_PROP(ParseTemplate, TakesAnyBytesWithoutHarm, (const std::string& bytes)) {
  const auto read = ParseTemplate(bytes);
  if (const auto* fault = std::get_if<TemplateFault>(&read)) RC_ASSERT(!fault->message.empty());
}

TEST(LongestSentence, CountsWordsAndEndsSentences) {
  EXPECT_EQ(LongestSentence(""), 0);
  EXPECT_EQ(LongestSentence("Een."), 1);
  EXPECT_EQ(LongestSentence("Een twee. Een twee drie! Een?"), 3);
  EXPECT_EQ(LongestSentence("Een twee\ndrie"), 2);
  EXPECT_EQ(LongestSentence("Twee - streepjes"), 2);
  EXPECT_EQ(LongestSentence("Het is 's avonds én 'koud', niet?"), 7);
  EXPECT_EQ(LongestSentence("één"), 1);
}

TEST(TextIn, FindsTheLanguageItsKinOrTheFirst) {
  v1::LocalisedText text;
  EXPECT_EQ(TextIn(text, "nl"), "");
  Put(text, "Wonen", "Housing");
  EXPECT_EQ(TextIn(text, "en"), "Housing");
  EXPECT_EQ(TextIn(text, "en-GB"), "Housing");
  EXPECT_EQ(TextIn(text, "nl"), "Wonen");
  EXPECT_EQ(TextIn(text, "fy"), "Wonen");
  EXPECT_EQ(TextIn(text, ""), "Wonen");
}

TEST(TextIn, PrefersTheVeryLanguageToItsKin) {
  v1::LocalisedText text;
  for (const char* language : {"pt-BR", "pt"}) {
    text.add_translations()->set_language(language);
    text.mutable_translations(text.translations_size() - 1)->set_text(language);
  }
  EXPECT_EQ(TextIn(text, "pt"), "pt");
  EXPECT_EQ(TextIn(text, "pt-PT"), "pt-BR");
}

TEST(FindDomain, FindsByIdOrSaysThereIsNone) {
  ASSERT_NE(FindDomain(DefaultBridge(), "debts"), nullptr);
  EXPECT_EQ(TextIn(FindDomain(DefaultBridge(), "debts")->name(), "nl"), "Schulden");
  EXPECT_EQ(FindDomain(DefaultBridge(), "nowhere"), nullptr);
}

}  // namespace
}  // namespace brug::rules
