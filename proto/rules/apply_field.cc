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
void Mark(v1::Record& record, const std::string& field, const Scene& scene) {
  auto& marks = *record.mutable_marks();
  auto place = std::find_if(marks.begin(), marks.end(),
                            [&field](const v1::FieldMark& mark) { return mark.field() == field; });
  v1::FieldMark& mark = place == marks.end() ? *marks.Add() : *place;
  mark.set_field(field);
  mark.set_revision(scene.occasion.revision);
  *mark.mutable_author() = scene.occasion.author;
  mark.set_lost_revision(scene.mutation.applied().revision());
  std::sort(marks.begin(), marks.end(),
            [](const v1::FieldMark& a, const v1::FieldMark& b) { return a.field() < b.field(); });
}

// Whether the field was written after what the mutation's author saw. A base of a lost history counts as the
// restore point, but what was offered again since has the number that the author saw it under.
bool IsWrittenAfterBase(const Scene& scene, const v1::FieldMark& mark) {
  const std::int64_t base = scene.mutation.base().revision();
  const auto& restored = scene.occasion.restored_revision;
  if (!restored.has_value() || base <= *restored) return mark.revision() > base;
  if (mark.revision() <= *restored) return false;
  return mark.lost_revision() == 0 || mark.lost_revision() > base;
}

// Where two mentors met, or the client comes after a mentor, the later arrival writes as usual; only a mentor
// who comes after the client does not. What is offered again loses to what was done since the restore, and to
// what led to a higher revision of the same lost history. A device does not know where the restore was: no
// later than before the mutation itself.
bool Loses(const Scene& scene, const v1::Record& before, const std::string& field) {
  const v1::FieldMark* mark = MarkOf(before, field);
  if (mark == nullptr) return false;
  if (scene.mutation.has_applied()) {
    const std::int64_t applied = scene.mutation.applied().revision();
    const std::int64_t restored = scene.occasion.restored_revision.value_or(applied - 1);
    if (mark->revision() > restored) return mark->lost_revision() == 0 || mark->lost_revision() > applied;
  }
  return IsWrittenAfterBase(scene, *mark) && IsClient(mark->author()) && !IsClient(scene.occasion.author);
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
    Mark(after, name, scene);
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
