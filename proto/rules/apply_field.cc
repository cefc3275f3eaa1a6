#include "proto/rules/apply_field.h"

#include <algorithm>
#include <memory>

#include "proto/rules/fields.h"
#include "proto/rules/require.h"

namespace brug::rules {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Who is not the client is a mentor: others came no further than the table in apply.cc.
bool MayWrite(Writer writer, const v1::Author& author, const v1::Record& record) {
  return IsClient(author) || writer == Writer::kBoth ||
         (writer == Writer::kDrafter && IsDraftedByMentor(record));
}

const v1::FieldMark* MarkOf(const v1::Record& record, const std::string& field) {
  const auto found = std::find_if(record.marks().begin(), record.marks().end(),
                                  [&field](const v1::FieldMark& mark) { return mark.field() == field; });
  return found == record.marks().end() ? nullptr : &*found;
}

// By name, so that the same marks are the same bytes.
void Mark(v1::Record& record, const std::string& field, const Occasion& occasion) {
  auto& marks = *record.mutable_marks();
  auto place = std::find_if(marks.begin(), marks.end(),
                            [&field](const v1::FieldMark& mark) { return mark.field() == field; });
  v1::FieldMark& mark = place == marks.end() ? *marks.Add() : *place;
  mark.set_field(field);
  mark.set_revision(occasion.revision);
  *mark.mutable_author() = occasion.author;
  std::sort(marks.begin(), marks.end(),
            [](const v1::FieldMark& a, const v1::FieldMark& b) { return a.field() < b.field(); });
}

// Where two mentors met, or the client comes after a mentor, the later arrival writes as usual; only a mentor
// who comes after the client does not.
bool Loses(const Scene& scene, const v1::Record& before, const std::string& field) {
  const v1::FieldMark* mark = MarkOf(before, field);
  return mark != nullptr && mark->revision() > scene.mutation.base().revision() && IsClient(mark->author()) &&
         !IsClient(scene.occasion.author);
}

// The one field of `from` into `to`, absent when absent.
void CopyField(const Message& from, const FieldDescriptor& field, Message& to) {
  const std::unique_ptr<Message> copy(from.New());
  copy->CopyFrom(from);
  to.GetReflection()->SwapFields(&to, copy.get(), {&field});
}

std::string BytesOf(const Message& message, const FieldDescriptor& field) {
  const std::unique_ptr<Message> alone(message.New());
  CopyField(message, field, *alone);
  return alone->SerializeAsString();
}

bool IsEmpty(const Message& message, const FieldDescriptor& field) {
  return !message.GetReflection()->HasField(message, &field);
}

// A record of the same kind with nothing in it yet.
v1::Record EmptyLike(const v1::Record& record, const Occasion& occasion) {
  v1::Record empty = record;
  MutableContentOf(empty).Clear();
  empty.clear_marks();
  empty.MergeFrom(NewRecord(record.record_id(), occasion));
  return empty;
}

const FieldDescriptor& FieldNamed(const Message& message, const std::string& name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  Require(field != nullptr, "an edit names fields that exist");
  return *field;
}

}  // namespace

FieldEdit EditOf(const Message& values, const google::protobuf::FieldMask& mask, std::string_view place) {
  return {values, {mask.paths().begin(), mask.paths().end()}, place};
}

std::optional<Violation> CheckOwner(const Scene& scene, const v1::Record& record, const FieldEdit& edit) {
  for (const std::string& name : edit.fields) {
    const FieldRule* rule = FindFieldRule(FieldNamed(edit.values, name));
    Require(rule != nullptr && IsWritable(*rule), "an edit names fields that somebody writes");
    if (!MayWrite(rule->writer, scene.occasion.author, record)) {
      return Refuse(scene, v1::ERROR_REASON_NOT_YOURS, std::string(edit.place) + "." + name);
    }
  }
  return std::nullopt;
}

Change Write(const Scene& scene, const v1::Record& before, const FieldEdit& edit) {
  v1::Record after = before;
  v1::Record lost = EmptyLike(before, scene.occasion);
  bool any_written = false;
  bool any_replaced = false;
  bool any_lost = false;
  for (const std::string& name : edit.fields) {
    const FieldDescriptor& field = FieldNamed(edit.values, name);
    const Message& old = ContentOf(before);
    if (Loses(scene, before, name)) {
      CopyField(edit.values, field, MutableContentOf(lost));
      any_lost = true;
      continue;
    }
    any_replaced |= !IsEmpty(old, field) && BytesOf(old, field) != BytesOf(edit.values, field);
    CopyField(edit.values, field, MutableContentOf(after));
    Mark(after, name, scene.occasion);
    any_written = true;
  }

  Change change;
  if (any_written) {
    after.set_revision(scene.occasion.revision);
    if (IsClient(scene.occasion.author)) SetDraftedByMentor(after, false);
    change.records.push_back(std::move(after));
  }
  if (any_replaced) change.overwritten.push_back(before);
  if (any_lost) change.overwritten.push_back(std::move(lost));
  return change;
}

}  // namespace brug::rules
