#include <string>

#include "client-sdk/src/api/convert.h"
#include "proto/rules/bridge_template.h"

namespace brug::sdk {

namespace {

std::string Text(const v1::LocalisedText& text, std::string_view language) {
  return std::string(rules::TextIn(text, language));
}

Domain FromProto(const v1::Domain& domain, std::string_view language) {
  Domain result{.domain_id = domain.domain_id(),
                .name = Text(domain.name(), language),
                .question = Text(domain.question(), language),
                .icon = domain.icon(),
                .levels = {},
                .sensitive = domain.sensitive()};
  for (const auto& level : domain.levels()) {
    result.levels.push_back({.level = level.level(),
                             .name = Text(level.name(), language),
                             .description = Text(level.description(), language)});
  }
  return result;
}

Pillar FromProto(const v1::Pillar& pillar, std::string_view language) {
  Pillar result{.pillar_id = pillar.pillar_id(), .name = Text(pillar.name(), language), .domains = {}};
  for (const auto& domain : pillar.domains()) result.domains.push_back(FromProto(domain, language));
  return result;
}

// The language that Text() ends up with.
std::string LanguageOf(const v1::BridgeTemplate& bridge, std::string_view language) {
  const std::string_view primary = language.substr(0, language.find('-'));
  for (const auto& offered : bridge.languages()) {
    if (offered == language || offered == primary) return offered;
  }
  return bridge.languages().empty() ? std::string() : bridge.languages(0);
}

Answer FromProto(const v1::Answer& answer) {
  return {.domain_id = answer.domain_id(), .level = answer.level(), .words = answer.words()};
}

v1::Answer ToProto(const Answer& answer) {
  v1::Answer result;
  result.set_domain_id(answer.domain_id);
  result.set_level(answer.level);
  result.set_words(answer.words);
  return result;
}

Aim FromProto(const v1::Aim& aim) {
  Aim result{.domain_id = aim.domain_id(), .level = aim.level(), .by = {}, .words = aim.words()};
  if (aim.has_by()) result.by = sdk::FromProto(aim.by());
  return result;
}

v1::Aim ToProto(const Aim& aim) {
  v1::Aim result;
  result.set_domain_id(aim.domain_id);
  result.set_level(aim.level);
  if (aim.by) *result.mutable_by() = sdk::ToProto(*aim.by);
  result.set_words(aim.words);
  return result;
}

}  // namespace

BridgeTemplate FromProto(const v1::BridgeTemplate& bridge, std::string_view language) {
  BridgeTemplate result{.template_id = bridge.template_id(),
                        .version = bridge.version(),
                        .language = LanguageOf(bridge, language),
                        .name = Text(bridge.name(), language),
                        .pillars = {}};
  for (const auto& pillar : bridge.pillars()) result.pillars.push_back(FromProto(pillar, language));
  return result;
}

Assessment FromProto(const v1::Assessment& assessment) {
  Assessment result{.template_id = assessment.template_id(),
                    .template_version = assessment.template_version(),
                    .date = FromProto(assessment.date()),
                    .answers = {},
                    .most_urgent_domain_id = assessment.most_urgent_domain_id(),
                    .aims = {},
                    .words = assessment.words()};
  for (const auto& answer : assessment.answers()) result.answers.push_back(FromProto(answer));
  for (const auto& aim : assessment.aims()) result.aims.push_back(FromProto(aim));
  return result;
}

v1::Assessment ToProto(const Assessment& assessment) {
  v1::Assessment result;
  result.set_template_id(assessment.template_id);
  result.set_template_version(assessment.template_version);
  if (assessment.date) *result.mutable_date() = ToProto(*assessment.date);
  for (const auto& answer : assessment.answers) *result.add_answers() = ToProto(answer);
  result.set_most_urgent_domain_id(assessment.most_urgent_domain_id);
  for (const auto& aim : assessment.aims) *result.add_aims() = ToProto(aim);
  result.set_words(assessment.words);
  return result;
}

AssessmentView FromProto(const v1::AssessmentView& view) {
  AssessmentView result{.assessment_id = view.assessment_id(), .answers = {}, .words = view.words()};
  for (const auto& answer : view.answers()) result.answers.push_back(FromProto(answer));
  return result;
}

v1::AssessmentView ToProto(const AssessmentView& view) {
  v1::AssessmentView result;
  result.set_assessment_id(view.assessment_id);
  for (const auto& answer : view.answers) *result.add_answers() = ToProto(answer);
  result.set_words(view.words);
  return result;
}

}  // namespace brug::sdk
