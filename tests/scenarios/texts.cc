#include "tests/scenarios/texts.h"

#include <map>
#include <memory>

namespace brug::scenarios {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// A number that no message of the contract uses.
constexpr int kUnknownField = 9'999;
constexpr int kContentOfTomorrow = 9'998;

// Calls `each` for every text of the message, with its place: it may put another there.
template <typename Each>
void ForEachText(Message& message, Each each) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        ForEachText(field->is_repeated() ? *reflection->MutableRepeatedMessage(&message, field, i)
                                         : *reflection->MutableMessage(&message, field),
                    each);
      } else if (field->type() == FieldDescriptor::TYPE_STRING) {
        std::string text = field->is_repeated() ? reflection->GetRepeatedString(message, field, i)
                                                : reflection->GetString(message, field);
        if (!each(text)) continue;
        if (field->is_repeated()) {
          reflection->SetRepeatedString(&message, field, i, text);
        } else {
          reflection->SetString(&message, field, text);
        }
      }
    }
  }
}

}  // namespace

std::string WordsOf(const v1::Record& record) {
  switch (record.content_case()) {
    case v1::Record::kGoal:
      return record.goal().title();
    case v1::Record::kStep:
      return record.step().title();
    case v1::Record::kMilestone:
      return record.milestone().title();
    case v1::Record::kMessage:
      return record.message().words();
    case v1::Record::kContact:
      return record.contact().words();
    case v1::Record::kSuggestion:
      return record.suggestion().words();
    case v1::Record::kAppreciation:
      return record.appreciation().words();
    case v1::Record::kAssessment:
      return record.assessment().words();
    default:
      return "";
  }
}

std::string KindOf(const v1::Record& record) {
  switch (record.content_case()) {
    case v1::Record::kGoal:
      return "goal";
    case v1::Record::kStep:
      return "step";
    case v1::Record::kMilestone:
      return "milestone";
    case v1::Record::kMessage:
      return "message";
    case v1::Record::kContact:
      return "talk";
    case v1::Record::kSuggestion:
      return "suggestion";
    case v1::Record::kAppreciation:
      return "appreciation";
    case v1::Record::kAssessment:
      return "assessment";
    default:
      return "";
  }
}

bool Says(const Message& message, const std::string& text) {
  bool found = false;
  const std::unique_ptr<Message> copy(message.New());
  copy->CopyFrom(message);
  ForEachText(*copy, [&](const std::string& one) {
    found = found || one == text;
    return false;
  });
  return found;
}

std::string Quoted(const std::vector<std::string>& texts) {
  std::string quoted;
  for (const std::string& text : texts) quoted += (quoted.empty() ? "\"" : ", \"") + text + "\"";
  return quoted.empty() ? "none" : quoted;
}

void ReplaceText(Message& message, const std::string& text, const std::string& other) {
  ForEachText(message, [&](std::string& one) {
    if (one != text) return false;
    one = other;
    return true;
  });
}

bool IntentIs(const v1::Mutation& mutation, const std::set<std::string>& names) {
  const auto* intent =
      v1::Mutation::descriptor()->FindFieldByNumber(static_cast<int>(mutation.intent_case()));
  return intent != nullptr && names.contains(intent->name());
}

std::string IntentOf(const std::string& kind) {
  static const std::map<std::string, std::string> intents = {{"goal", "create_goal"},
                                                             {"step", "create_step"},
                                                             {"milestone", "create_milestone"},
                                                             {"message", "send_message"},
                                                             {"talk", "record_contact"},
                                                             {"suggestion", "suggest_words"},
                                                             {"appreciation", "give_appreciation"},
                                                             {"assessment", "hand_in_assessment"}};
  return intents.at(kind);
}

void AddUnknownField(Message& message) {
  message.GetReflection()->MutableUnknownFields(&message)->AddVarint(kUnknownField, 1);
}

bool HasUnknownField(const Message& message) {
  const auto& unknown = message.GetReflection()->GetUnknownFields(message);
  for (int i = 0; i < unknown.field_count(); ++i) {
    if (unknown.field(i).number() == kUnknownField) return true;
  }
  return false;
}

void SetContentOfTomorrow(v1::Record& record, const std::string& words) {
  record.GetReflection()->MutableUnknownFields(&record)->AddLengthDelimited(kContentOfTomorrow, words);
}

std::string ContentOfTomorrow(const v1::Record& record) {
  const auto& unknown = record.GetReflection()->GetUnknownFields(record);
  for (int i = 0; i < unknown.field_count(); ++i) {
    if (unknown.field(i).number() == kContentOfTomorrow) return unknown.field(i).length_delimited();
  }
  return {};
}

}  // namespace brug::scenarios
