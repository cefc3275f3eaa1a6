#include "proto/rules/canonical.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "proto/rules/require.h"

namespace brug::rules {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;

std::string Deterministic(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

// One field as it was serialised: its tag and value.
struct Field {
  int number = 0;
  std::string_view bytes;
  // What the value begins with and holds, for one that is length-delimited.
  bool delimited = false;
  std::string_view value;
};

// The fields of one level, in the order in which they stand.
std::vector<Field> FieldsOf(std::string_view bytes) {
  google::protobuf::io::CodedInputStream input(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                               static_cast<int>(bytes.size()));
  const auto position = [&input] { return static_cast<std::size_t>(input.CurrentPosition()); };
  std::vector<Field> fields;
  while (position() < bytes.size()) {
    const std::size_t begin = position();
    const std::uint32_t tag = input.ReadTag();
    Field field{.number = WireFormatLite::GetTagFieldNumber(tag)};
    if (WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      std::uint32_t size = 0;
      Require(input.ReadVarint32(&size), "bytes that were serialised just now are read");
      field.delimited = true;
      field.value = bytes.substr(position(), size);
      Require(input.Skip(static_cast<int>(size)), "bytes that were serialised just now are read");
    } else {
      Require(WireFormatLite::SkipField(&input, tag), "bytes that were serialised just now are read");
    }
    field.bytes = bytes.substr(begin, position() - begin);
    fields.push_back(field);
  }
  return fields;
}

// `type` is null where this program does not know what the bytes mean: then they stay as they are.
std::string Canonical(std::string_view bytes, const Descriptor* type) {
  if (type == nullptr) return std::string(bytes);
  std::vector<Field> fields = FieldsOf(bytes);
  std::stable_sort(fields.begin(), fields.end(),
                   [](const Field& a, const Field& b) { return a.number < b.number; });
  std::string sorted;
  sorted.reserve(bytes.size());
  for (const Field& field : fields) {
    const FieldDescriptor* known = type->FindFieldByNumber(field.number);
    const bool message =
        field.delimited && known != nullptr && known->type() == FieldDescriptor::TYPE_MESSAGE;
    if (!message) {
      sorted += field.bytes;
      continue;
    }
    // The same fields in another order take as many bytes, so the length before them holds.
    sorted += field.bytes.substr(0, field.bytes.size() - field.value.size());
    sorted += Canonical(field.value, known->message_type());
  }
  return sorted;
}

}  // namespace

std::string CanonicalBytes(const google::protobuf::Message& message) {
  return Canonical(Deterministic(message), message.GetDescriptor());
}

std::optional<std::string> DigestEntry(const v1::Record& record) {
  if (record.deleted()) return std::nullopt;
  return CanonicalBytes(record);
}

}  // namespace brug::rules
