#include "proto/rules/validate.h"

#include <google/protobuf/message.h>

#include <algorithm>
#include <set>
#include <string>

#include "proto/rules/date.h"
#include "proto/rules/fields.h"
#include "proto/rules/limits.h"
#include "proto/rules/rank.h"
#include "proto/rules/recur.h"
#include "proto/rules/require.h"
#include "proto/rules/scene.h"

namespace brug::rules {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;
using Wrong = std::optional<Violation>;

constexpr Day kFirstDay = std::chrono::year(1900) / 1 / 1;

Wrong CheckMessage(const Message& message, const std::string& path);
Wrong CheckField(const Message& message, const FieldDescriptor& field, const std::string& path);
Wrong CheckAcrossFields(const v1::Mutation& mutation);

std::string Join(const std::string& path, std::string_view field) {
  return path.empty() ? std::string(field) : path + "." + std::string(field);
}

std::string At(const std::string& path, int index) { return path + "[" + std::to_string(index) + "]"; }

const FieldRule& RuleOf(const FieldDescriptor& field) {
  const FieldRule* rule = FindFieldRule(field);
  Require(rule != nullptr, "every field that a mutation can carry has its row in fields.cc");
  return *rule;
}

}  // namespace

std::optional<Violation> Validate(const v1::Mutation& mutation) {
  if (mutation.ByteSizeLong() > kMutationBytesMax) return Violation{v1::ERROR_REASON_TOO_LARGE, ""};
  const auto& descriptor = *v1::Mutation::descriptor();
  const FieldDescriptor* intent =
      mutation.GetReflection()->GetOneofFieldDescriptor(mutation, descriptor.FindOneofByName("intent"));
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    if (field.containing_oneof() != nullptr) continue;
    if (auto wrong = CheckField(mutation, field, std::string(field.name()))) return wrong;
  }
  if (intent == nullptr) return std::nullopt;
  if (auto wrong = CheckMessage(mutation.GetReflection()->GetMessage(mutation, intent), intent->name()))
    return wrong;
  return CheckAcrossFields(mutation);
}

namespace {

// The mask beside a part: only the fields that it names are written, and only those are looked at.
const FieldMask* MaskOf(const Message& message) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName("update_mask");
  if (field == nullptr) return nullptr;
  return static_cast<const FieldMask*>(&message.GetReflection()->GetMessage(message, field));
}

Wrong CheckMaskedPart(const Message& part, const FieldMask& mask, const std::string& path) {
  const auto& descriptor = *part.GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    if (!Names(mask, field.name()) || !IsWritable(RuleOf(field))) continue;
    if (auto wrong = CheckField(part, field, Join(path, field.name()))) return wrong;
  }
  return std::nullopt;
}

Wrong CheckMask(const FieldMask& mask, const Message& owner, const std::string& path) {
  const FieldDescriptor* part = nullptr;
  for (int i = 0; i < owner.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = owner.GetDescriptor()->field(i);
    if (RuleOf(*field).form == Form::kPart) part = field;
  }
  Require(part != nullptr, "a mask stands beside the message that it is about");
  if (mask.paths().empty()) return Violation{v1::ERROR_REASON_MISSING, path};
  for (const std::string& name : mask.paths()) {
    const FieldDescriptor* field = part->message_type()->FindFieldByName(name);
    if (field == nullptr || !IsWritable(RuleOf(*field)))
      return Violation{v1::ERROR_REASON_NOT_WRITABLE, path};
  }
  return std::nullopt;
}

// Each field in order; what an update mask leaves out is not looked at.
Wrong CheckMessage(const Message& message, const std::string& path) {
  const auto& descriptor = *message.GetDescriptor();
  const FieldMask* mask = MaskOf(message);
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    const std::string place = Join(path, field.name());
    const bool masked = mask != nullptr && RuleOf(field).form == Form::kPart;
    auto wrong = masked ? CheckMaskedPart(message.GetReflection()->GetMessage(message, &field), *mask, place)
                        : CheckField(message, field, place);
    if (wrong) return wrong;
  }
  return std::nullopt;
}

Wrong CheckParts(const Message& message, const FieldDescriptor& field, const std::string& path) {
  const Reflection& reflection = *message.GetReflection();
  if (!field.is_repeated()) return CheckMessage(reflection.GetMessage(message, &field), path);
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    if (auto wrong = CheckMessage(reflection.GetRepeatedMessage(message, &field, i), At(path, i)))
      return wrong;
  }
  return std::nullopt;
}

bool IsName(std::string_view text, std::size_t bytes_max) {
  return text.size() <= bytes_max && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

// The screens speak Dutch and English, of whatever region.
bool IsScreenLanguage(std::string_view tag) {
  const std::string_view language = tag.substr(0, tag.find('-'));
  if (tag.size() > kTemplateIdBytesMax || (language != "nl" && language != "en")) return false;
  const std::string_view rest = tag.substr(language.size());
  return std::all_of(rest.begin(), rest.end(),
                     [](char c) {
                       return c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                              (c >= 'A' && c <= 'Z');
                     }) &&
         (rest.empty() || (rest.back() != '-' && rest.find("--") == std::string_view::npos));
}

// The form of an IANA name. Whether there is such a zone is for Apply() to say, which can look.
bool IsZoneName(std::string_view text) {
  return text.size() <= kNameBytesMax && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
                  c == '_' || c == '-' || c == '+';
         });
}

bool IsMoment(const Timestamp& timestamp) {
  constexpr std::int64_t kFirstSecond = -62'135'596'800;
  constexpr std::int64_t kLastSecond = 253'402'300'799;
  return timestamp.seconds() >= kFirstSecond && timestamp.seconds() <= kLastSecond &&
         timestamp.nanos() >= 0 && timestamp.nanos() < 1'000'000'000;
}

std::int64_t NumberIn(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.GetInt32(message, &field);
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection.GetInt64(message, &field);
    default:
      return reflection.GetEnumValue(message, &field);
  }
}

std::optional<v1::ErrorReason> CheckString(std::string_view text, const FieldRule& rule) {
  switch (rule.form) {
    case Form::kText:
      return CheckText(text, {static_cast<std::size_t>(rule.max), rule.needed});
    case Form::kId:
      if (!IsUuid(text)) return v1::ERROR_REASON_NOT_AN_ID;
      return std::nullopt;
    case Form::kName:
      if (!IsName(text, static_cast<std::size_t>(rule.max))) return v1::ERROR_REASON_NOT_AN_ID;
      return std::nullopt;
    case Form::kRank:
      if (!IsRank(text)) return v1::ERROR_REASON_NOT_AN_ID;
      return std::nullopt;
    case Form::kLanguage:
      if (!IsScreenLanguage(text)) return v1::ERROR_REASON_UNKNOWN_NAME;
      return std::nullopt;
    default:
      if (!IsZoneName(text)) return v1::ERROR_REASON_UNKNOWN_NAME;
      return std::nullopt;
  }
}

Wrong CheckValue(const Message& message, const FieldDescriptor& field, const FieldRule& rule,
                 const std::string& path) {
  const Reflection& reflection = *message.GetReflection();
  switch (rule.form) {
    case Form::kAny:
      return std::nullopt;
    case Form::kPart:
      return CheckParts(message, field, path);
    case Form::kMask:
      return CheckMask(static_cast<const FieldMask&>(reflection.GetMessage(message, &field)), message, path);
    case Form::kRepeats:
      // Held against the days beside it: CheckStep and CheckStepRevision.
      return std::nullopt;
    case Form::kDay:
      if (ToDay(static_cast<const v1::Date&>(reflection.GetMessage(message, &field)))) return std::nullopt;
      return Violation{v1::ERROR_REASON_NO_SUCH_DAY, path};
    case Form::kMoment:
      if (IsMoment(static_cast<const Timestamp&>(reflection.GetMessage(message, &field))))
        return std::nullopt;
      return Violation{v1::ERROR_REASON_OUT_OF_RANGE, path};
    case Form::kNumber:
    case Form::kChoice: {
      const std::int64_t value = NumberIn(message, field);
      if (value >= rule.min && value <= rule.max) return std::nullopt;
      return Violation{v1::ERROR_REASON_OUT_OF_RANGE, path};
    }
    default:
      if (const auto reason = CheckString(reflection.GetString(message, &field), rule))
        return Violation{*reason, path};
      return std::nullopt;
  }
}

Wrong CheckField(const Message& message, const FieldDescriptor& field, const std::string& path) {
  const FieldRule& rule = RuleOf(field);
  const Reflection& reflection = *message.GetReflection();
  const bool present =
      field.is_repeated() ? reflection.FieldSize(message, &field) > 0 : reflection.HasField(message, &field);
  if (!present) return rule.needed ? Wrong({v1::ERROR_REASON_MISSING, path}) : std::nullopt;
  if (rule.writer == Writer::kRules) return Violation{v1::ERROR_REASON_NOT_WRITABLE, path};
  return CheckValue(message, field, rule, path);
}

template <typename Items>
Wrong CheckEachDomainOnce(const Items& items, const std::string& path) {
  std::set<std::string_view> seen;
  for (int i = 0; i < items.size(); ++i) {
    if (!seen.insert(items[i].domain_id()).second) {
      return Violation{v1::ERROR_REASON_ALREADY_EXISTS, Join(At(path, i), "domain_id")};
    }
  }
  return std::nullopt;
}

template <typename Items>
Wrong CheckLevels(const Items& items, int level_min, const std::string& path) {
  for (int i = 0; i < items.size(); ++i) {
    if (items[i].level() < level_min || items[i].level() > kLevels) {
      return Violation{v1::ERROR_REASON_NOT_ON_THE_BRIDGE, Join(At(path, i), "level")};
    }
  }
  return std::nullopt;
}

// A domain may be skipped: level 0.
Wrong CheckAnswers(const google::protobuf::RepeatedPtrField<v1::Answer>& answers, const std::string& path) {
  if (auto wrong = CheckLevels(answers, 0, path)) return wrong;
  return CheckEachDomainOnce(answers, path);
}

Wrong CheckAssessment(const v1::Assessment& assessment) {
  const std::string path = "hand_in_assessment.assessment.";
  if (auto wrong = CheckAnswers(assessment.answers(), path + "answers")) return wrong;
  if (auto wrong = CheckLevels(assessment.aims(), 1, path + "aims")) return wrong;
  return CheckEachDomainOnce(assessment.aims(), path + "aims");
}

Wrong CheckStep(const v1::Step& step, const std::string& path) {
  auto wrong = CheckRecurrence(step);
  if (wrong) wrong->field = Join(path, wrong->field);
  return wrong;
}

// What a revision leaves as it is, is not known here: for it stands what every recurrence can fall due with.
// Apply() looks at the whole.
Wrong CheckStepRevision(const v1::ReviseStep& revision) {
  v1::Step probe;
  probe.mutable_recurrence()->mutable_every_days()->set_days(1);
  *probe.mutable_begins_on() = ToDate(kFirstDay);
  if (Names(revision.update_mask(), "recurrence")) *probe.mutable_recurrence() = revision.step().recurrence();
  if (Names(revision.update_mask(), "begins_on")) *probe.mutable_begins_on() = revision.step().begins_on();
  if (Names(revision.update_mask(), "ends_on") && revision.step().has_ends_on()) {
    *probe.mutable_ends_on() = revision.step().ends_on();
  }
  return CheckStep(probe, "revise_step.step");
}

Wrong CheckPause(const v1::Pause& pause) {
  if (!pause.has_until() || *ToDay(pause.until()) >= *ToDay(pause.from())) return std::nullopt;
  return Violation{v1::ERROR_REASON_OUT_OF_RANGE, "begin_pause.pause.until"};
}

// Suggested words have to fit where they would go.
Wrong CheckSuggestion(const v1::Suggestion& suggestion) {
  std::size_t bytes_max = kTitleBytesMax;
  if (suggestion.field() == v1::SUGGESTED_FIELD_WHY) bytes_max = kWordsBytesMax;
  if (suggestion.field() == v1::SUGGESTED_FIELD_OBSTACLE ||
      suggestion.field() == v1::SUGGESTED_FIELD_RESPONSE) {
    bytes_max = kObstacleBytesMax;
  }
  if (const auto reason = CheckText(suggestion.words(), {bytes_max, true})) {
    return Violation{*reason, "suggest_words.suggestion.words"};
  }
  return std::nullopt;
}

// What one field alone cannot tell.
Wrong CheckAcrossFields(const v1::Mutation& mutation) {
  switch (mutation.intent_case()) {
    case v1::Mutation::kHandInAssessment:
      return CheckAssessment(mutation.hand_in_assessment().assessment());
    case v1::Mutation::kAddAssessmentView:
      return CheckAnswers(mutation.add_assessment_view().view().answers(),
                          "add_assessment_view.view.answers");
    case v1::Mutation::kCreateStep:
      return CheckStep(mutation.create_step().step(), "create_step.step");
    case v1::Mutation::kReviseStep:
      return CheckStepRevision(mutation.revise_step());
    case v1::Mutation::kBeginPause:
      return CheckPause(mutation.begin_pause().pause());
    case v1::Mutation::kSuggestWords:
      return CheckSuggestion(mutation.suggest_words().suggestion());
    default:
      return std::nullopt;
  }
}

}  // namespace
}  // namespace brug::rules
