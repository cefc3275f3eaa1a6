#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "brug/v1/bridge_template.pb.h"
#include "proto/rules/violation.h"

// A Bridge as data: reading it, checking it, and finding a text in it. Pure; safe from any thread.
namespace brug::rules {

// Why a text is not the JSON of a template, and where: a path ("pillars[0].domains[1]") when the JSON is
// well-formed but does not fit, else a line ("line 12"). For whoever writes templates, so in English.
struct TemplateFault {
  std::string place;
  std::string message;
};

// Reads protobuf JSON. Unknown fields are refused: a misspelt name would otherwise be a gap nobody sees. Says
// nothing about what stands in the template: that is CheckTemplate's. Cost proportional to the text; with a
// fault, times its logarithm.
[[nodiscard]] std::variant<v1::BridgeTemplate, TemplateFault> ParseTemplate(std::string_view json);

// The JSON that ParseTemplate reads, with line breaks and the contract's field names.
[[nodiscard]] std::string TemplateToJson(const v1::BridgeTemplate& bridge);

// Everything wrong with a template, in the order in which it stands there, the first kTemplateViolationsMax
// of it; empty when there is no gap. A text is named by its language:
// "pillars[2].domains[0].levels[4].name.translations[en]".
//   MISSING         no value, no text in one of the template's languages, fewer than five levels
//   OUT_OF_RANGE    a version below 1; a level that is not the one its place asks for
//   NOT_AN_ID       an id or icon that is not of its form
//   UNKNOWN_NAME    a language that is no language tag, or that the template does not have
//   ALREADY_EXISTS  an id, a language or a text a second time. Each pillar's name, domain's name, question
//   and description
//                   is its own in the template, each level's name in its domain
//   TEXT_TOO_LONG   a text over its bytes, or a sentence over kSentenceWordsMax words
//   NOT_TEXT        a text that is not UTF-8
//   TOO_MANY        more languages, pillars, domains or levels than there can be
[[nodiscard]] std::vector<Violation> CheckTemplate(const v1::BridgeTemplate& bridge);
inline constexpr std::size_t kTemplateViolationsMax = 100;

// The number of words in the longest sentence of `text`. A word has a letter or digit; a sentence ends with .
// ! ? or a line break.
[[nodiscard]] int LongestSentence(std::string_view text);

// The text in `language`; else in the same language of another region ("nl" for "nl-BE"); else in the
// language that stands first. Empty when there is no text at all. The view lives as long as `text`.
[[nodiscard]] std::string_view TextIn(const v1::LocalisedText& text, std::string_view language);

// The domain with this id; null when the template has none.
[[nodiscard]] const v1::Domain* FindDomain(const v1::BridgeTemplate& bridge, std::string_view domain_id);

}  // namespace brug::rules
