#include "proto/rules/scene.h"

#include <algorithm>

#include "proto/rules/require.h"

namespace brug::rules {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const FieldDescriptor& ContentField(const v1::Record& record) {
  const auto* field = record.GetReflection()->GetOneofFieldDescriptor(
      record, v1::Record::descriptor()->FindOneofByName("content"));
  Require(field != nullptr, "a live record has content");
  return *field;
}

const FieldDescriptor* DraftField(const v1::Record& record) {
  return ContentOf(record).GetDescriptor()->FindFieldByName("drafted_by_mentor");
}

}  // namespace

Violation Refuse(const Scene& scene, v1::ErrorReason reason, std::string_view field) {
  const auto* intent = scene.mutation.GetReflection()->GetOneofFieldDescriptor(
      scene.mutation, v1::Mutation::descriptor()->FindOneofByName("intent"));
  Require(intent != nullptr, "a mutation that is applied has an intent");
  return {reason, intent->name() + "." + std::string(field)};
}

std::variant<v1::Record, Violation> FindLive(const Scene& scene, const std::string& record_id,
                                             v1::Record::ContentCase kind, std::string_view field) {
  auto record = scene.dossier.Find(record_id);
  if (!record) return Refuse(scene, v1::ERROR_REASON_NOT_FOUND, field);
  if (record->deleted()) return Refuse(scene, v1::ERROR_REASON_DELETED, field);
  if (record->content_case() != kind) return Refuse(scene, v1::ERROR_REASON_NOT_FOUND, field);
  return *std::move(record);
}

std::variant<v1::Record, Violation> FindPlanned(const Scene& scene, const std::string& record_id,
                                                std::string_view field) {
  auto record = scene.dossier.Find(record_id);
  if (!record) return Refuse(scene, v1::ERROR_REASON_NOT_FOUND, field);
  if (record->deleted()) return Refuse(scene, v1::ERROR_REASON_DELETED, field);
  if (!record->has_goal() && !record->has_milestone() && !record->has_step()) {
    return Refuse(scene, v1::ERROR_REASON_NOT_FOUND, field);
  }
  return *std::move(record);
}

std::vector<v1::Record> SortedChildren(const DossierReader& dossier, std::string_view parent) {
  std::vector<v1::Record> children = dossier.ChildrenOf(parent);
  std::sort(children.begin(), children.end(),
            [](const v1::Record& a, const v1::Record& b) { return a.record_id() < b.record_id(); });
  return children;
}

v1::Record NewRecord(std::string record_id, const Occasion& occasion) {
  v1::Record record;
  record.set_record_id(std::move(record_id));
  record.set_revision(occasion.revision);
  *record.mutable_created_by() = occasion.author;
  *record.mutable_created_at() = ToTimestamp(occasion.at);
  return record;
}

std::optional<Violation> CheckIdIsFree(const Scene& scene, const std::string& record_id,
                                       std::string_view field) {
  if (scene.dossier.Find(record_id)) return Refuse(scene, v1::ERROR_REASON_ALREADY_EXISTS, field);
  return std::nullopt;
}

Change Made(v1::Record record) {
  Change change;
  change.records.push_back(std::move(record));
  return change;
}

bool IsDraftedByMentor(const v1::Record& record) {
  const FieldDescriptor* field = DraftField(record);
  return field != nullptr && ContentOf(record).GetReflection()->GetBool(ContentOf(record), field);
}

void SetDraftedByMentor(v1::Record& record, bool drafted) {
  const FieldDescriptor* field = DraftField(record);
  if (field == nullptr) return;
  Message& content = MutableContentOf(record);
  content.GetReflection()->SetBool(&content, field, drafted);
}

bool Names(const google::protobuf::FieldMask& mask, std::string_view field) {
  return std::find(mask.paths().begin(), mask.paths().end(), field) != mask.paths().end();
}

const Message& ContentOf(const v1::Record& record) {
  return record.GetReflection()->GetMessage(record, &ContentField(record));
}

Message& MutableContentOf(v1::Record& record) {
  return *record.GetReflection()->MutableMessage(&record, &ContentField(record));
}

}  // namespace brug::rules
