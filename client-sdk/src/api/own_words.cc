#include "client-sdk/src/api/own_words.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace brug::sdk {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Texts of the contract that a person wrote; all other strings are ids, ranks and names of things.
constexpr std::array<std::string_view, 8> kOwnWords = {"title", "why",      "words",    "note",
                                                       "place", "obstacle", "response", "display_name"};

bool IsOwnWords(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_STRING && !field.is_repeated() &&
         std::find(kOwnWords.begin(), kOwnWords.end(), field.name()) != kOwnWords.end();
}

void CollectWords(const Message& message, std::vector<std::string>& words) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const auto* field : fields) {
    if (IsOwnWords(*field)) {
      words.push_back(reflection->GetString(message, field));
    } else if (field->type() == FieldDescriptor::TYPE_MESSAGE && field->is_repeated()) {
      for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
        CollectWords(reflection->GetRepeatedMessage(message, field, i), words);
      }
    } else if (field->type() == FieldDescriptor::TYPE_MESSAGE) {
      CollectWords(reflection->GetMessage(message, field), words);
    }
  }
}

// The intent's first field is the id of what it is about, but for a profile, of which there is one.
std::string RecordIdOf(const Message& intent) {
  const auto* first = intent.GetDescriptor()->FindFieldByNumber(1);
  if (first == nullptr || first->type() != FieldDescriptor::TYPE_STRING) return "profile";
  return intent.GetReflection()->GetString(intent, first);
}

}  // namespace

std::vector<std::string> OwnWordsIn(const Message& message) {
  std::vector<std::string> words;
  CollectWords(message, words);
  return words;
}

std::string JsonOf(const Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  return status.ok() ? json : std::string();
}

Meaning MeaningOf(const v1::Mutation& mutation) {
  const auto* reflection = mutation.GetReflection();
  const auto* kind =
      reflection->GetOneofFieldDescriptor(mutation, mutation.GetDescriptor()->FindOneofByName("intent"));
  if (kind == nullptr) return {};
  const Message& intent = reflection->GetMessage(mutation, kind);
  return {.kind = kind->name(), .record_id = RecordIdOf(intent), .words = OwnWordsIn(intent)};
}

}  // namespace brug::sdk
