#include "proto/rules/bridge_template.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <set>

#include "proto/rules/limits.h"
#include "proto/rules/validate.h"

namespace brug::rules {
namespace {

using google::protobuf::util::JsonStringToMessage;

std::string_view View(const google::protobuf::StringPiece& piece) { return {piece.data(), piece.size()}; }

std::string_view FirstLine(std::string_view text) { return text.substr(0, text.find('\n')); }

bool StartsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

// Whether nothing is wrong with `json` but that it may stop too early.
bool RightSoFar(std::string_view json) {
  v1::BridgeTemplate scratch;
  const auto status = JsonStringToMessage({json.data(), json.size()}, &scratch);
  const std::string_view message = View(status.message());
  return status.ok() || StartsWith(message, "Unexpected end") || StartsWith(message, "(");
}

// The parser shows a piece of the text but not where it stands, so the most lines that are right are searched
// for.
std::string LineOfSyntaxFault(std::string_view json) {
  std::vector<std::size_t> ends = {0};
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '\n' || i + 1 == json.size()) ends.push_back(i + 1);
  }
  std::size_t right = 0;
  std::size_t wrong = ends.size();
  while (wrong - right > 1) {
    const std::size_t middle = right + (wrong - right) / 2;
    (RightSoFar(json.substr(0, ends[middle])) ? right : wrong) = middle;
  }
  const std::size_t lines = std::max<std::size_t>(ends.size() - 1, 1);
  return "line " + std::to_string(std::min(right + 1, lines));
}

// "(pillars[0].name) nome: Cannot find field." is a place and a message; what is not like it is a syntax
// fault.
TemplateFault FaultOf(std::string_view message, std::string_view json) {
  if (StartsWith(message, ":"))
    return {"", std::string(message.substr(std::min<std::size_t>(2, message.size())))};
  const auto close = message.find(')');
  if (!StartsWith(message, "(") || close == std::string_view::npos) {
    return {LineOfSyntaxFault(json), std::string(FirstLine(message))};
  }
  std::string_view rest = message.substr(close + 1);
  rest.remove_prefix(std::min(rest.find_first_not_of(": "), rest.size()));
  return {std::string(message.substr(1, close - 1)), std::string(rest)};
}

bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool IsAlphaOrDigit(char c) { return IsLowerOrDigit(c) || (c >= 'A' && c <= 'Z'); }
bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// A form of name: lower-case letters, digits and one kind of joint, or either kind.
bool IsName(std::string_view text, std::string_view joints) {
  return text.size() <= kTemplateIdBytesMax && std::all_of(text.begin(), text.end(), [joints](char c) {
           return IsLowerOrDigit(c) || joints.find(c) != std::string_view::npos;
         });
}

// "nl", "en-GB": the forms of BCP 47 that name a language, with or without a script, region or variant.
bool IsLanguageTag(std::string_view text) {
  if (text.size() > kTemplateIdBytesMax) return false;
  for (bool first = true;; first = false) {
    const std::string_view part = text.substr(0, text.find('-'));
    const bool size_fits = first ? part.size() == 2 || part.size() == 3 : !part.empty() && part.size() <= 8;
    if (!size_fits || !std::all_of(part.begin(), part.end(), first ? IsLowerOrDigit : IsAlphaOrDigit))
      return false;
    if (part.size() == text.size()) return true;
    text.remove_prefix(part.size() + 1);
  }
}

std::string At(std::string_view list, int index) {
  return std::string(list) + "[" + std::to_string(index) + "]";
}

// Walks a template in the order of its fields and writes down what is wrong.
class TemplateCheck {
 public:
  explicit TemplateCheck(const v1::BridgeTemplate& bridge) : bridge_(bridge) {}

  std::vector<Violation> Run() {
    CheckName(bridge_.template_id(), "-", "template_id");
    if (bridge_.version() < 1) Found(v1::ERROR_REASON_OUT_OF_RANGE, "version");
    CheckLanguages();
    CheckText(bridge_.name(), "name", kNameBytesMax, nullptr);
    CheckCount(bridge_.pillars_size(), 1, kPillarsMax, "pillars");
    for (int i = 0; i < bridge_.pillars_size(); ++i) CheckPillar(bridge_.pillars(i), At("pillars", i));
    return std::move(violations_);
  }

 private:
  // Language and text, for texts that may not come a second time.
  using Seen = std::set<std::pair<std::string, std::string>>;

  void Found(v1::ErrorReason reason, std::string field) {
    if (violations_.size() < kTemplateViolationsMax) violations_.push_back({reason, std::move(field)});
  }

  void CheckName(const std::string& name, std::string_view joints, const std::string& field) {
    if (name.empty()) return Found(v1::ERROR_REASON_MISSING, field);
    if (!IsName(name, joints)) Found(v1::ERROR_REASON_NOT_AN_ID, field);
  }

  void CheckCount(int count, int needed, int allowed, const std::string& field) {
    if (count < needed) Found(v1::ERROR_REASON_MISSING, field);
    if (count > allowed) Found(v1::ERROR_REASON_TOO_MANY, field);
  }

  void CheckLanguages() {
    CheckCount(bridge_.languages_size(), 1, kLanguagesMax, "languages");
    for (int i = 0; i < bridge_.languages_size(); ++i) {
      const std::string& language = bridge_.languages(i);
      if (!IsLanguageTag(language)) Found(v1::ERROR_REASON_UNKNOWN_NAME, At("languages", i));
      if (!languages_.insert(language).second) Found(v1::ERROR_REASON_ALREADY_EXISTS, At("languages", i));
    }
  }

  void CheckPillar(const v1::Pillar& pillar, const std::string& path) {
    CheckName(pillar.pillar_id(), "_", path + ".pillar_id");
    CheckNew(pillar_ids_, pillar.pillar_id(), path + ".pillar_id");
    CheckText(pillar.name(), path + ".name", kNameBytesMax, &pillar_names_);
    CheckCount(pillar.domains_size(), 1, kDomainsPerPillarMax, path + ".domains");
    for (int i = 0; i < pillar.domains_size(); ++i) CheckDomain(pillar.domains(i), At(path + ".domains", i));
  }

  void CheckDomain(const v1::Domain& domain, const std::string& path) {
    CheckName(domain.domain_id(), "_", path + ".domain_id");
    CheckNew(domain_ids_, domain.domain_id(), path + ".domain_id");
    CheckText(domain.name(), path + ".name", kNameBytesMax, &domain_names_);
    CheckText(domain.question(), path + ".question", kTitleBytesMax, &questions_);
    CheckName(domain.icon(), "-_", path + ".icon");
    CheckCount(domain.levels_size(), kLevels, kLevels, path + ".levels");
    Seen level_names;
    for (int i = 0; i < domain.levels_size(); ++i) {
      const v1::Level& level = domain.levels(i);
      const std::string place = At(path + ".levels", i);
      if (level.level() != i + 1) Found(v1::ERROR_REASON_OUT_OF_RANGE, place + ".level");
      CheckText(level.name(), place + ".name", kNameBytesMax, &level_names);
      CheckText(level.description(), place + ".description", kLevelDescriptionBytesMax, &descriptions_);
    }
  }

  void CheckNew(std::set<std::string>& ids, const std::string& id, const std::string& field) {
    if (!id.empty() && !ids.insert(id).second) Found(v1::ERROR_REASON_ALREADY_EXISTS, field);
  }

  // `seen`, when given, holds the texts of the same kind so far.
  void CheckText(const v1::LocalisedText& text, const std::string& path, std::size_t bytes_max, Seen* seen) {
    std::set<std::string> found;
    for (const v1::Translation& translation : text.translations()) {
      const std::string field = path + ".translations[" + translation.language() + "]";
      if (!found.insert(translation.language()).second) Found(v1::ERROR_REASON_ALREADY_EXISTS, field);
      if (!languages_.contains(translation.language())) Found(v1::ERROR_REASON_UNKNOWN_NAME, field);
      CheckTranslation(translation, field, bytes_max, seen);
    }
    for (const std::string& language : bridge_.languages()) {
      if (!found.contains(language))
        Found(v1::ERROR_REASON_MISSING, path + ".translations[" + language + "]");
    }
  }

  void CheckTranslation(const v1::Translation& translation, const std::string& field, std::size_t bytes_max,
                        Seen* seen) {
    const std::string& text = translation.text();
    if (const auto reason = rules::CheckText(text, {.bytes_max = bytes_max, .needed = true})) {
      return Found(*reason, field);
    }
    if (LongestSentence(text) > kSentenceWordsMax) Found(v1::ERROR_REASON_TEXT_TOO_LONG, field);
    if (seen && !seen->emplace(translation.language(), text).second) {
      Found(v1::ERROR_REASON_ALREADY_EXISTS, field);
    }
  }

  const v1::BridgeTemplate& bridge_;
  std::vector<Violation> violations_;
  std::set<std::string> languages_;
  std::set<std::string> pillar_ids_;
  std::set<std::string> domain_ids_;
  Seen pillar_names_;
  Seen domain_names_;
  Seen questions_;
  Seen descriptions_;
};

std::string_view PrimaryLanguage(std::string_view tag) { return tag.substr(0, tag.find('-')); }

}  // namespace

std::variant<v1::BridgeTemplate, TemplateFault> ParseTemplate(std::string_view json) {
  v1::BridgeTemplate bridge;
  const auto status = JsonStringToMessage({json.data(), json.size()}, &bridge);
  if (!status.ok()) return FaultOf(View(status.message()), json);
  return bridge;
}

std::string TemplateToJson(const v1::BridgeTemplate& bridge) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  std::string json;
  (void)google::protobuf::util::MessageToJsonString(bridge, &json, options);
  return json;
}

std::vector<Violation> CheckTemplate(const v1::BridgeTemplate& bridge) { return TemplateCheck(bridge).Run(); }

int LongestSentence(std::string_view text) {
  int longest = 0;
  int words = 0;
  bool in_word = false;
  for (const char c : text) {
    // Every byte of a character beyond ASCII counts as part of a word.
    const bool letter = IsAlphaOrDigit(c) || static_cast<unsigned char>(c) >= 0x80;
    if (letter && !in_word) longest = std::max(longest, ++words);
    if (letter) in_word = true;
    if (IsSpace(c)) in_word = false;
    if (c == '.' || c == '!' || c == '?' || c == '\n') {
      words = 0;
      in_word = false;
    }
  }
  return longest;
}

std::string_view TextIn(const v1::LocalisedText& text, std::string_view language) {
  for (const v1::Translation& translation : text.translations()) {
    if (translation.language() == language) return translation.text();
  }
  for (const v1::Translation& translation : text.translations()) {
    if (PrimaryLanguage(translation.language()) == PrimaryLanguage(language)) return translation.text();
  }
  return text.translations().empty() ? std::string_view() : text.translations(0).text();
}

const v1::Domain* FindDomain(const v1::BridgeTemplate& bridge, std::string_view domain_id) {
  for (const v1::Pillar& pillar : bridge.pillars()) {
    for (const v1::Domain& domain : pillar.domains()) {
      if (domain.domain_id() == domain_id) return &domain;
    }
  }
  return nullptr;
}

}  // namespace brug::rules
