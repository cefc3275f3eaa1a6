#pragma once

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/rules/scene.h"

// The rule for fields: who may write each, and who wins when two wrote the same one.
namespace brug::rules {

// Values for some fields of a record. `values` is a message of the kind of the record's content.
struct FieldEdit {
  const google::protobuf::Message& values;
  // Names of fields of `values`; twice the same is once.
  std::vector<std::string> fields;
  // Where `values` stands in the intent, as "goal": for refusals.
  std::string_view place;
};

// The fields that `mask` names, of `values`.
[[nodiscard]] FieldEdit EditOf(const google::protobuf::Message& values,
                               const google::protobuf::FieldMask& mask, std::string_view place);

// NOT_YOURS, with the field, when the author may not write one of them: ownership as it is now, whatever
// happened since.
[[nodiscard]] std::optional<Violation> CheckOwner(const Scene& scene, const v1::Record& record,
                                                  const FieldEdit& edit);

// Writes each field for itself. Where another author wrote it after the mutation's base, the client wins over
// the mentor, and else the later arrival. What was there before goes to `overwritten`, and so does what
// arrives and loses. A client's edit makes a mentor's draft the client's own.
[[nodiscard]] Change Write(const Scene& scene, const v1::Record& before, const FieldEdit& edit);

}  // namespace brug::rules
