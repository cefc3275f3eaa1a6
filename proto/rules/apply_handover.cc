#include "proto/rules/apply_intents.h"
#include "proto/rules/handover.h"
#include "proto/rules/relation.h"

// A client's way from one mentor to the next. The relations themselves are the service's to begin and end.
namespace brug::rules {
namespace {

// Who says yes or no.
enum class Party { kClient, kNewMentor };

// Where a yes leads, by where the handover stands; the same state when that party said yes before.
v1::HandoverState AfterYes(v1::HandoverState state, Party party) {
  const auto said = party == Party::kClient ? v1::HANDOVER_STATE_AGREED : v1::HANDOVER_STATE_ACCEPTED;
  const auto other = party == Party::kClient ? v1::HANDOVER_STATE_ACCEPTED : v1::HANDOVER_STATE_AGREED;
  if (state == v1::HANDOVER_STATE_PROPOSED) return said;
  if (state == other) return v1::HANDOVER_STATE_TO_MEET;
  if (state == said || state == v1::HANDOVER_STATE_TO_MEET) return state;
  return v1::HANDOVER_STATE_UNSPECIFIED;
}

// A no is for as long as not both said yes.
v1::HandoverState AfterNo(v1::HandoverState state) {
  const bool too_late = state == v1::HANDOVER_STATE_TO_MEET || state == v1::HANDOVER_STATE_COMPLETED ||
                        state == v1::HANDOVER_STATE_REPLACED;
  return too_late ? v1::HANDOVER_STATE_UNSPECIFIED : v1::HANDOVER_STATE_DECLINED;
}

// The change to `state`; nothing new is an empty change, no way there is none.
std::optional<Change> Moved(v1::Record record, v1::HandoverState state, const Occasion& occasion) {
  if (state == v1::HANDOVER_STATE_UNSPECIFIED) return std::nullopt;
  if (record.handover().state() == state) return Change{};
  record.mutable_handover()->set_state(state);
  record.set_revision(occasion.revision);
  return Made(std::move(record));
}

const v1::Record* OpenHandover(const std::vector<v1::Record>& handovers) {
  for (const v1::Record& record : handovers) {
    if (IsOpen(record.handover())) return &record;
  }
  return nullptr;
}

std::string ClientOf(const DossierReader& dossier) {
  const auto profile = dossier.Find(kProfileId);
  return profile ? profile->profile().client_person_id() : "";
}

}  // namespace

Outcome Apply(const Scene& scene, const v1::ProposeHandover& intent) {
  if (auto wrong = CheckIdIsFree(scene, intent.handover_id(), "handover_id")) return *wrong;
  const std::string& from = scene.occasion.author.person_id();
  if (intent.to_person_id() == from || intent.to_person_id() == ClientOf(scene.dossier)) {
    return Refuse(scene, v1::ERROR_REASON_OUT_OF_RANGE, "to_person_id");
  }
  if (OpenHandover(scene.dossier.ChildrenOf(kHandovers)) != nullptr) {
    return Refuse(scene, v1::ERROR_REASON_WRONG_STATE, "handover_id");
  }
  v1::Record record = NewRecord(intent.handover_id(), scene.occasion);
  v1::Handover& handover = *record.mutable_handover();
  handover.set_from_person_id(from);
  handover.set_to_person_id(intent.to_person_id());
  handover.set_words(intent.words());
  handover.set_state(v1::HANDOVER_STATE_PROPOSED);
  return Made(std::move(record));
}

Outcome Apply(const Scene& scene, const v1::AnswerHandover& intent) {
  auto found = FindLive(scene, intent.handover_id(), v1::Record::kHandover, "handover_id");
  if (auto* refused = std::get_if<Violation>(&found)) return *refused;
  auto& record = std::get<v1::Record>(found);
  const v1::Author& author = scene.occasion.author;
  const bool takes_back = author.person_id() == record.handover().from_person_id() && !intent.agree();
  if (!IsClient(author) && !takes_back) return Refuse(scene, v1::ERROR_REASON_NOT_YOURS, "handover_id");

  const v1::HandoverState from = record.handover().state();
  const v1::HandoverState to = intent.agree() ? AfterYes(from, Party::kClient) : AfterNo(from);
  auto change = Moved(std::move(record), to, scene.occasion);
  if (!change) return Refuse(scene, v1::ERROR_REASON_WRONG_STATE, "handover_id");
  return *std::move(change);
}

std::variant<v1::Record, Violation> CompleteHandover(const Scene& scene, const std::string& handover_id) {
  auto found = FindLive(scene, handover_id, v1::Record::kHandover, "contact.handover_id");
  if (auto* refused = std::get_if<Violation>(&found)) return *refused;
  auto& record = std::get<v1::Record>(found);
  v1::Handover& handover = *record.mutable_handover();
  const std::string& person_id = scene.occasion.author.person_id();
  if (person_id != handover.from_person_id() && person_id != handover.to_person_id()) {
    return Refuse(scene, v1::ERROR_REASON_NOT_YOURS, "contact.handover_id");
  }
  if (handover.state() != v1::HANDOVER_STATE_TO_MEET) {
    return Refuse(scene, v1::ERROR_REASON_WRONG_STATE, "contact.handover_id");
  }
  handover.set_state(v1::HANDOVER_STATE_COMPLETED);
  record.set_revision(scene.occasion.revision);
  return std::move(record);
}

std::variant<Change, Violation> AcceptHandover(const DossierReader& dossier, std::string_view handover_id,
                                               bool accept, const Occasion& occasion) {
  auto record = dossier.Find(handover_id);
  if (!record || !record->has_handover()) return Violation{v1::ERROR_REASON_NOT_FOUND, "handover_id"};
  if (record->handover().to_person_id() != occasion.author.person_id()) {
    return Violation{v1::ERROR_REASON_NOT_YOURS, "handover_id"};
  }
  const v1::HandoverState from = record->handover().state();
  const v1::HandoverState to = accept ? AfterYes(from, Party::kNewMentor) : AfterNo(from);
  auto change = Moved(*std::move(record), to, occasion);
  if (!change) return Violation{v1::ERROR_REASON_WRONG_STATE, "handover_id"};
  return *std::move(change);
}

Change OpenDossier(const v1::Profile& profile, const Occasion& occasion) {
  v1::Record record = NewRecord(std::string(kProfileId), occasion);
  *record.mutable_profile() = profile;
  return Made(std::move(record));
}

Change BeginRelation(const std::string& relation_id, const v1::Relation& relation, const Occasion& occasion) {
  v1::Record record = NewRecord(relation_id, occasion);
  *record.mutable_relation() = relation;
  return Made(std::move(record));
}

std::variant<Change, Violation> EndRelation(const DossierReader& dossier, std::string_view relation_id,
                                            const Occasion& occasion) {
  auto record = dossier.Find(relation_id);
  if (!record || !record->has_relation()) return Violation{v1::ERROR_REASON_NOT_FOUND, "relation_id"};
  if (record->relation().has_until()) return Change{};
  *record->mutable_relation()->mutable_until() = ToTimestamp(occasion.at);
  record->set_revision(occasion.revision);
  return Made(*std::move(record));
}

Change ReplaceMentor(const DossierReader& dossier, const std::string& handover_id,
                     const v1::Handover& handover, const Occasion& occasion) {
  v1::Record replaced = NewRecord(handover_id, occasion);
  *replaced.mutable_handover() = handover;
  replaced.mutable_handover()->set_state(v1::HANDOVER_STATE_REPLACED);
  Change change = Made(std::move(replaced));
  for (v1::Record& record : SortedChildren(dossier, kHandovers)) {
    if (!IsOpen(record.handover())) continue;
    record.mutable_handover()->set_state(v1::HANDOVER_STATE_DECLINED);
    record.set_revision(occasion.revision);
    change.records.push_back(std::move(record));
  }
  return change;
}

bool IsOpen(const v1::Handover& handover) {
  switch (handover.state()) {
    case v1::HANDOVER_STATE_PROPOSED:
    case v1::HANDOVER_STATE_ACCEPTED:
    case v1::HANDOVER_STATE_AGREED:
    case v1::HANDOVER_STATE_TO_MEET:
      return true;
    default:
      return false;
  }
}

}  // namespace brug::rules
