#pragma once

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "proto/rules/apply.h"

// What the rules of all intents share. Inside the rules only: apply.h is what others use.
namespace brug::rules {

using Outcome = std::variant<Change, Violation>;

// What one application has at hand.
struct Scene {
  const DossierReader& dossier;
  const TemplateReader& templates;
  const v1::Mutation& mutation;
  const Occasion& occasion;
};

[[nodiscard]] inline bool IsClient(const v1::Author& author) { return author.role() == v1::ROLE_CLIENT; }
[[nodiscard]] inline bool IsMentor(const v1::Author& author) { return author.role() == v1::ROLE_MENTOR; }

// A refusal that blames `field` of the intent, as "goal_id"; the whole intent's fields are named from the
// mutation.
[[nodiscard]] Violation Refuse(const Scene& scene, v1::ErrorReason reason, std::string_view field);

// The live record of this kind. Refused: NOT_FOUND (also when it is of another kind), DELETED. Blames
// `field`.
[[nodiscard]] std::variant<v1::Record, Violation> FindLive(const Scene& scene, const std::string& record_id,
                                                           v1::Record::ContentCase kind,
                                                           std::string_view field);

// The live goal, milestone or step. Refused as in FindLive.
[[nodiscard]] std::variant<v1::Record, Violation> FindPlanned(const Scene& scene,
                                                              const std::string& record_id,
                                                              std::string_view field);

// Children in the order of their ids, so that what follows from them is the same everywhere.
[[nodiscard]] std::vector<v1::Record> SortedChildren(const DossierReader& dossier, std::string_view parent);

// An empty envelope, made on this occasion.
[[nodiscard]] v1::Record NewRecord(std::string record_id, const Occasion& occasion);

// The refusal of an id that is taken; nothing when it is free. Blames `field`.
[[nodiscard]] std::optional<Violation> CheckIdIsFree(const Scene& scene, const std::string& record_id,
                                                     std::string_view field);

// The change that makes one record.
[[nodiscard]] Change Made(v1::Record record);

// Whether a mentor wrote this goal, milestone or step and the client has not made it theirs yet.
[[nodiscard]] bool IsDraftedByMentor(const v1::Record& record);
// Marks it so or not; records of other kinds have no such mark.
void SetDraftedByMentor(v1::Record& record, bool drafted);

// Whether `mask` names `field`.
[[nodiscard]] bool Names(const google::protobuf::FieldMask& mask, std::string_view field);

// The content of a record, whatever its kind; it must have one.
[[nodiscard]] const google::protobuf::Message& ContentOf(const v1::Record& record);
[[nodiscard]] google::protobuf::Message& MutableContentOf(v1::Record& record);

}  // namespace brug::rules
