#include "proto/rules/wording.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "proto/rules/wording_catalogue.h"

namespace brug::rules {
namespace {

constexpr std::string_view kReasonPrefix = "ERROR_REASON_";

std::string_view Trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Takes what stands before `separator` off `text`, and the separator with it.
std::string_view TakeUntil(std::string_view& text, char separator) {
  const std::string_view taken = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), taken.size() + 1));
  return Trim(taken);
}

bool IsLanguage(std::string_view tag, std::string_view language) {
  const std::string_view first = tag.substr(0, tag.find('-'));
  return first.size() == language.size() && std::equal(first.begin(), first.end(), language.begin(),
                                                       [](char a, char b) { return (a | 0x20) == b; });
}

// The weight of one entry of an Accept-Language list, in thousandths; one that cannot be read counts in full.
int WeightOf(std::string_view parameters) {
  const std::string_view q = Trim(parameters);
  if (q.size() < 3 || q.substr(0, 2) != "q=") return 1000;
  double weight = 1;
  const auto [end, error] = std::from_chars(q.data() + 2, q.data() + q.size(), weight);
  return error == std::errc() ? static_cast<int>(std::clamp(weight, 0.0, 1.0) * 1000) : 1000;
}

// Whether English is wanted more than Dutch; of two wanted alike, the one that is named first.
bool WantsEnglish(std::string_view languages) {
  int best = 0;
  bool english = false;
  while (!languages.empty()) {
    std::string_view entry = TakeUntil(languages, ',');
    const std::string_view tag = TakeUntil(entry, ';');
    const int weight = WeightOf(entry);
    const bool is_english = IsLanguage(tag, "en");
    if ((!is_english && !IsLanguage(tag, "nl")) || weight <= best) continue;
    best = weight;
    english = is_english;
  }
  return english;
}

std::string_view In(const Wording& wording, bool english) {
  return english ? wording.english : wording.dutch;
}

const Wording& WordingOf(v1::ErrorReason reason) {
  const auto wordings = ReasonWordings();
  const auto found = std::find_if(wordings.begin(), wordings.end(),
                                  [=](const ReasonWording& row) { return row.reason == reason; });
  return found == wordings.end() ? wordings.front().text : found->text;
}

const Wording* NameOf(std::string_view component) {
  component = component.substr(0, component.find('['));
  for (const FieldWording& row : FieldWordings()) {
    if (row.field == component) return &row.name;
  }
  return nullptr;
}

// The name nearest to the end of the path: of "create_step.step.recurrence.monthly_on.day" that of
// "recurrence".
const Wording* NameInPath(std::string_view path) {
  while (!path.empty()) {
    const auto dot = path.rfind('.');
    if (const Wording* name = NameOf(dot == std::string_view::npos ? path : path.substr(dot + 1)))
      return name;
    path = path.substr(0, dot == std::string_view::npos ? 0 : dot);
  }
  return nullptr;
}

}  // namespace

std::string_view LanguageOf(std::string_view language) { return WantsEnglish(language) ? "en" : "nl"; }

std::string Say(const Violation& violation, std::string_view language) {
  const bool english = WantsEnglish(language);
  const std::string text(In(WordingOf(violation.reason), english));
  const Wording* name = NameInPath(violation.field);
  return name == nullptr ? text : std::string(In(*name, english)) + ": " + text;
}

std::string ReasonName(v1::ErrorReason reason) {
  const std::string& name = v1::ErrorReason_Name(reason);
  return name.empty() ? "UNSPECIFIED" : name.substr(kReasonPrefix.size());
}

v1::ErrorReason ReasonFromName(std::string_view name) {
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  if (!v1::ErrorReason_Parse(std::string(kReasonPrefix) + std::string(name), &reason)) {
    return v1::ERROR_REASON_UNSPECIFIED;
  }
  return reason;
}

}  // namespace brug::rules
