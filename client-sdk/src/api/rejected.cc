#include "client-sdk/src/api/rejected.h"

#include <google/protobuf/util/json_util.h>

#include <array>

#include "client-sdk/src/api/convert.h"

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

// In the order of the fields; what is not filled in is left out.
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

std::string ToJson(const v1::Mutation& mutation) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(mutation, &json, options);
  return status.ok() ? json : std::string();
}

}  // namespace

RejectedItem ToRejectedItem(const RejectedMutation& rejected) {
  const v1::Mutation& mutation = rejected.mutation;
  RejectedItem item{.mutation_id = mutation.mutation_id(),
                    .dossier_id = rejected.dossier_id,
                    .occurred_at = FromProto(mutation.occurred_at()),
                    .error = rejected.error,
                    .kind = {},
                    .record_id = {},
                    .words = {},
                    .content_json = ToJson(mutation)};
  const auto* reflection = mutation.GetReflection();
  const auto* kind =
      reflection->GetOneofFieldDescriptor(mutation, mutation.GetDescriptor()->FindOneofByName("intent"));
  if (kind == nullptr) return item;
  const Message& intent = reflection->GetMessage(mutation, kind);
  item.kind = kind->name();
  item.record_id = RecordIdOf(intent);
  CollectWords(intent, item.words);
  return item;
}

}  // namespace brug::sdk
