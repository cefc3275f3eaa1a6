#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "proto/rules/bridge_template.h"
#include "proto/rules/limits.h"
#include "proto/rules/validate.h"
#include "proto/rules/wording.h"
#include "proto/rules/wording_catalogue.h"

namespace brug::rules {
namespace {

using ::testing::StartsWith;

std::vector<v1::ErrorReason> AllReasons() {
  std::vector<v1::ErrorReason> reasons;
  const auto* descriptor = v1::ErrorReason_descriptor();
  reasons.reserve(static_cast<std::size_t>(descriptor->value_count()));
  for (int i = 0; i < descriptor->value_count(); ++i) {
    reasons.push_back(static_cast<v1::ErrorReason>(descriptor->value(i)->number()));
  }
  return reasons;
}

TEST(Wording, HasEveryReasonOnceAndNoOther) {
  std::multiset<int> worded;
  for (const ReasonWording& row : ReasonWordings()) worded.insert(row.reason);
  std::multiset<int> reasons;
  for (const v1::ErrorReason reason : AllReasons()) reasons.insert(reason);
  EXPECT_EQ(worded, reasons);
  EXPECT_GT(reasons.size(), 30U);
}

TEST(Wording, SaysWhatIsWrongAndWhatToDoInShortSentences) {
  for (const ReasonWording& row : ReasonWordings()) {
    for (const std::string_view text : {row.text.dutch, row.text.english}) {
      EXPECT_EQ(CheckText(text, {kTitleBytesMax, true}), std::nullopt) << text;
      EXPECT_LE(LongestSentence(text), kSentenceWordsMax) << text;
      EXPECT_GE(std::count(text.begin(), text.end(), '.'), 2) << text;
      EXPECT_EQ(text.back(), '.') << text;
      EXPECT_EQ(text.find('!'), std::string_view::npos) << text;
    }
    EXPECT_NE(row.text.dutch, row.text.english);
  }
}

TEST(Wording, TellsReasonsApart) {
  std::set<std::string_view> dutch;
  std::set<std::string_view> english;
  for (const ReasonWording& row : ReasonWordings()) {
    EXPECT_TRUE(dutch.insert(row.text.dutch).second) << row.text.dutch;
    EXPECT_TRUE(english.insert(row.text.english).second) << row.text.english;
  }
}

TEST(Wording, NeverBlames) {
  for (const ReasonWording& row : ReasonWordings()) {
    for (const std::string_view word :
         {"fout", "verkeerd", "te laat", "ongeldig", "verboden", "mislukt", "moet je"}) {
      EXPECT_EQ(row.text.dutch.find(word), std::string_view::npos) << row.text.dutch;
    }
    for (const std::string_view word :
         {"wrong of you", "invalid", "illegal", "failed", "overdue", "forbidden", "must"}) {
      EXPECT_EQ(row.text.english.find(word), std::string_view::npos) << row.text.english;
    }
  }
}

TEST(Wording, NamesEachFieldOnce) {
  std::set<std::string_view> fields;
  for (const FieldWording& row : FieldWordings()) {
    EXPECT_TRUE(fields.insert(row.field).second) << row.field;
    EXPECT_FALSE(row.name.dutch.empty());
    EXPECT_FALSE(row.name.english.empty());
  }
}

TEST(Say, NamesTheFieldThatIsNearest) {
  const auto say = [](const char* field) { return Say({v1::ERROR_REASON_MISSING, field}, "en"); };
  EXPECT_THAT(say("create_goal.goal.title"), StartsWith("Title: "));
  EXPECT_THAT(say("create_step.step.recurrence.monthly_on.day"), StartsWith("How often: "));
  EXPECT_THAT(say("hand_in_assessment.assessment.answers[3].level"), StartsWith("Level: "));
  EXPECT_EQ(say(""), "This is still empty. Please fill it in.");
  EXPECT_EQ(say("epoch"), say(""));
}

TEST(Say, SpeaksTheLanguageThatIsAskedFor) {
  const auto english = [](std::string_view languages) {
    return Say({v1::ERROR_REASON_STOPPING, ""}, languages).starts_with("The service");
  };
  for (const std::string_view languages :
       {"en", "en-GB", "EN", "en-GB,en;q=0.9,nl;q=0.8", "nl;q=0.5, en;q=0.7", "fr, en", "nl;q=0, en;q=0.1",
        "de;q=1.0,en;q=0.3", "en;x=1,nl;q=0.5", "en;q=,nl;q=0.5", "en;q=a,nl;q=0.5", "en;q=7,nl;q=0.9"}) {
    EXPECT_TRUE(english(languages)) << languages;
    EXPECT_EQ(LanguageOf(languages), "en") << languages;
  }
  for (const std::string_view languages :
       {"", "nl", "nl-BE", "fr", "*", "en;q=0", "nl,en", "en;q=0.2,nl;q=0.9", "ar,tr;q=0.5", ";;,", "enx"}) {
    EXPECT_FALSE(english(languages)) << languages;
    EXPECT_EQ(LanguageOf(languages), "nl") << languages;
  }
}

TEST(Say, HasWordsForAReasonOfANewerVersion) {
  EXPECT_EQ(Say({static_cast<v1::ErrorReason>(9999), ""}, "nl"),
            Say({v1::ERROR_REASON_UNSPECIFIED, ""}, "nl"));
}

TEST(ReasonName, GoesBothWays) {
  EXPECT_EQ(ReasonName(v1::ERROR_REASON_IN_THE_FUTURE), "IN_THE_FUTURE");
  for (const v1::ErrorReason reason : AllReasons()) EXPECT_EQ(ReasonFromName(ReasonName(reason)), reason);
  EXPECT_EQ(ReasonFromName("OF_A_NEWER_VERSION"), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(ReasonFromName("ERROR_REASON_MISSING"), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(ReasonName(static_cast<v1::ErrorReason>(9999)), "UNSPECIFIED");
}

}  // namespace
}  // namespace brug::rules
