#pragma once

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "brug/v1/assessment.pb.h"
#include "brug/v1/bridge_template.pb.h"
#include "proto/bridges/default_bridge.h"
#include "proto/rules/bridge_template.h"

// Bridges and assessments to test with.
namespace brug::rules {

inline const v1::BridgeTemplate& DefaultBridge() {
  static const auto* const kBridge =
      new v1::BridgeTemplate(std::get<v1::BridgeTemplate>(ParseTemplate(bridges::DefaultBridgeJson())));
  return *kBridge;
}

using Levels = std::vector<std::pair<std::string, int>>;

inline v1::Assessment AssessmentOf(const Levels& levels) {
  v1::Assessment assessment;
  assessment.set_template_id("brug");
  assessment.set_template_version(1);
  assessment.mutable_date()->set_year(2026);
  assessment.mutable_date()->set_month(11);
  assessment.mutable_date()->set_day(21);
  for (const auto& [domain_id, level] : levels) {
    v1::Answer* answer = assessment.add_answers();
    answer->set_domain_id(domain_id);
    answer->set_level(level);
  }
  return assessment;
}

inline void AddAim(v1::Assessment& assessment, const std::string& domain_id, int level) {
  v1::Aim* aim = assessment.add_aims();
  aim->set_domain_id(domain_id);
  aim->set_level(level);
  aim->mutable_by()->set_year(2028);
  aim->mutable_by()->set_month(9);
  aim->mutable_by()->set_day(1);
}

inline std::vector<std::string> DomainIds(const v1::BridgeTemplate& bridge) {
  std::vector<std::string> ids;
  for (const v1::Pillar& pillar : bridge.pillars()) {
    for (const v1::Domain& domain : pillar.domains()) ids.push_back(domain.domain_id());
  }
  return ids;
}

// Text as people and attackers type it: letters, markup, controls, what is not UTF-8.
inline rc::Gen<std::string> AnyText() {
  const auto piece = rc::gen::elementOf(std::vector<std::string>{"a",
                                                                 "Wonen",
                                                                 " ",
                                                                 "<",
                                                                 ">",
                                                                 "&",
                                                                 "\"",
                                                                 "'",
                                                                 "&amp;",
                                                                 "]]>",
                                                                 "<!--",
                                                                 "-->",
                                                                 "<script>",
                                                                 "\n",
                                                                 "\t",
                                                                 "\x1b[31m",
                                                                 std::string(1, '\0'),
                                                                 "\x7f",
                                                                 "\xc2\x9b",
                                                                 "\xff",
                                                                 "\xc3",
                                                                 "\xed\xa0\x80",
                                                                 "\xef\xbf\xbf",
                                                                 "\xe2\x80\xae",
                                                                 "é",
                                                                 "漢",
                                                                 "🏠",
                                                                 "url(#x)",
                                                                 "href",
                                                                 "%s",
                                                                 "\\"});
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                      [](const std::vector<std::string>& pieces) {
                        std::string text;
                        for (const std::string& each : pieces) text += each;
                        return text;
                      });
}

inline void Put(v1::LocalisedText& text, const std::string& dutch, const std::string& english) {
  v1::Translation* translation = text.add_translations();
  translation->set_language("nl");
  translation->set_text(dutch);
  translation = text.add_translations();
  translation->set_language("en");
  translation->set_text(english);
}

// Any template, checked or not: up to 10 pillars of up to 7 domains, with AnyText.
inline rc::Gen<v1::BridgeTemplate> AnyBridge() {
  return rc::gen::exec([] {
    v1::BridgeTemplate bridge;
    bridge.set_template_id("brug");
    bridge.set_version(1);
    const auto text = [](v1::LocalisedText& where) { Put(where, *AnyText(), *AnyText()); };
    text(*bridge.mutable_name());
    const int pillars = *rc::gen::inRange(0, 11);
    for (int p = 0; p < pillars; ++p) {
      v1::Pillar* pillar = bridge.add_pillars();
      text(*pillar->mutable_name());
      const int domains = *rc::gen::inRange(0, 8);
      for (int d = 0; d < domains; ++d) {
        v1::Domain* domain = pillar->add_domains();
        domain->set_domain_id("d" + std::to_string(p) + "_" + std::to_string(d));
        domain->set_icon(*rc::gen::elementOf(std::vector<std::string>{"house", "coin", "\"/><x", ""}));
        domain->set_sensitive(*rc::gen::inRange(0, 3) == 0);
        text(*domain->mutable_name());
        for (int level = 1; level <= 5; ++level) {
          domain->add_levels()->set_level(level);
          text(*domain->mutable_levels(level - 1)->mutable_name());
        }
      }
    }
    return bridge;
  });
}

// Any assessment, valid or not: levels out of range, domains twice, a date that does not exist.
inline rc::Gen<v1::Assessment> AnyAssessment(const v1::BridgeTemplate& bridge) {
  std::vector<std::string> ids = DomainIds(bridge);
  ids.emplace_back("nowhere");
  return rc::gen::exec([ids] {
    v1::Assessment assessment = AssessmentOf({});
    assessment.mutable_date()->set_day(*rc::gen::inRange(-1, 33));
    const int answers = *rc::gen::inRange<int>(0, static_cast<int>(ids.size()) + 2);
    for (int i = 0; i < answers; ++i) {
      v1::Answer* answer = assessment.add_answers();
      answer->set_domain_id(*rc::gen::elementOf(ids));
      answer->set_level(*rc::gen::inRange(-1, 8));
      answer->set_words(*AnyText());
    }
    const int aims = *rc::gen::inRange<int>(0, 4);
    for (int i = 0; i < aims; ++i) AddAim(assessment, *rc::gen::elementOf(ids), *rc::gen::inRange(-1, 8));
    assessment.set_most_urgent_domain_id(*rc::gen::elementOf(ids));
    return assessment;
  });
}

}  // namespace brug::rules
