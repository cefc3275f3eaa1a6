#pragma once

#include <brug/civil.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The Bridge: its template, and what people say about where they stand on it.
namespace brug {

// One level of a domain, in the language of the client.
struct Level {
  int level = 0;            // 1 (in crisis) to 5 (stands firmly)
  std::string name;         // a few words
  std::string description;  // what it is like to stand here
};

// One part of life that a pillar is made of.
struct Domain {
  std::string domain_id;
  std::string name;
  std::string question;       // answered by choosing a level
  std::string icon;           // name of the icon, as "house"
  std::vector<Level> levels;  // five, from 1 to 5
  bool sensitive = false;     // left out of a picture that leaves out debts and health
};

// One pillar under the Bridge.
struct Pillar {
  std::string pillar_id;
  std::string name;
  std::vector<Domain> domains;
};

// A Bridge with its texts in one language: the one of ClientOptions, or the first that the template has.
struct BridgeTemplate {
  std::string template_id;
  int version = 0;
  std::string language;  // the one its texts are in
  std::string name;
  std::vector<Pillar> pillars;  // from left to right

  // The domain with this id; null when there is none. Valid as long as this template.
  [[nodiscard]] const Domain* FindDomain(std::string_view domain_id) const;
};

// What a person says about one domain.
struct Answer {
  std::string domain_id;
  int level = 0;      // 1 to 5; 0 when skipped, which is always fine
  std::string words;  // in the person's own words, at most 2,000 bytes

  friend bool operator==(const Answer&, const Answer&) = default;
};

// Where the client wants to be.
struct Aim {
  std::string domain_id;
  int level = 0;           // 1 to 5
  std::optional<Date> by;  // about two years ahead is usual
  std::string words;       // at most 2,000 bytes

  friend bool operator==(const Aim&, const Aim&) = default;
};

// The client's own picture of where they stand. Never edited after it is handed in: a new one follows.
struct Assessment {
  // The template it was made with. Left empty, the newest of the organisation.
  std::string template_id;
  int template_version = 0;
  // The day it speaks of; none for the dossier's today. A read always has it.
  std::optional<Date> date;
  // At most one a domain; a domain that is missing counts as skipped.
  std::vector<Answer> answers;
  // Empty when the client did not say.
  std::string most_urgent_domain_id;
  // At most one a domain.
  std::vector<Aim> aims;
  // About the whole, at most 4,000 bytes.
  std::string words;

  friend bool operator==(const Assessment&, const Assessment&) = default;
};

// A mentor's view, put beside an assessment, never in its place. The client reads it too.
struct AssessmentView {
  std::string assessment_id;
  std::vector<Answer> answers;
  std::string words;  // at most 4,000 bytes

  friend bool operator==(const AssessmentView&, const AssessmentView&) = default;
};

// How a Bridge is drawn.
struct DrawOptions {
  // The assessment; empty for the newest.
  std::string assessment_id;
  // An earlier one to show beside it ("then and now"); empty for none. Must be of the same template version.
  std::string then_assessment_id;
  // Leaves out the domains that the template calls sensitive: debts and health.
  bool leave_out_sensitive = false;
  // For people who see badly; only for the SVG.
  bool large_print = false;
  // Whether text for a terminal has colours (ANSI escape sequences); they say nothing that the letters do
  // not.
  bool colour = false;
  // "nl" or "en"; empty for the client's.
  std::string language;
};

}  // namespace brug
