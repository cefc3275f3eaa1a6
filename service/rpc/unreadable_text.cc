#include "service/rpc/unreadable_text.h"

#include <google/protobuf/unknown_field_set.h>

#include <map>
#include <string_view>

#include "proto/rules/utf8.h"

namespace brug::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

// As deep as Protocol Buffers reads by itself.
constexpr int kLevelsMax = 100;

bool IsUtf8(std::string_view text) {
  while (rules::TakeCharacter(text)) {
  }
  return text.empty();
}

std::optional<std::string> Find(const Descriptor& type, const std::string& bytes, int levels_left) {
  UnknownFieldSet fields;
  if (levels_left == 0 || !fields.ParseFromString(bytes)) return std::nullopt;
  std::map<int, int> places;
  for (int i = 0; i < fields.field_count(); ++i) {
    const UnknownField& sent = fields.field(i);
    const FieldDescriptor* field = type.FindFieldByNumber(sent.number());
    if (field == nullptr || sent.type() != UnknownField::TYPE_LENGTH_DELIMITED) continue;
    std::string name = field->name();
    if (field->is_repeated()) name += "[" + std::to_string(places[sent.number()]++) + "]";
    if (field->type() == FieldDescriptor::TYPE_STRING && !IsUtf8(sent.length_delimited())) return name;
    if (field->type() != FieldDescriptor::TYPE_MESSAGE) continue;
    const auto inside = Find(*field->message_type(), sent.length_delimited(), levels_left - 1);
    if (inside) return name + "." + *inside;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> FindUnreadableText(const Descriptor& type, const std::string& bytes) {
  return Find(type, bytes, kLevelsMax);
}

}  // namespace brug::rpc
