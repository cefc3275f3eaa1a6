#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "proto/rules/apply.h"
#include "proto/rules/dossier_reader.h"
#include "proto/rules/violation.h"

// What the service itself writes into a dossier: its opening, and who walks beside the client. It stands here
// because both sides share what such a record looks like. Pure; safe from any thread.
//
// A handover changes the relations, and the service does that in the transaction of the mutation or call:
// when a Change holds a Handover in TO_MEET it adds BeginRelation() for the new mentor, in COMPLETED
// EndRelation() for the old one.
namespace brug::rules {

// The dossier's Profile. Only `occasion`'s author, time and revision are looked at.
[[nodiscard]] Change OpenDossier(const v1::Profile& profile, const Occasion& occasion);

// The record of a mentor who walks beside the client from now on. `relation_id` is a new UUID.
[[nodiscard]] Change BeginRelation(const std::string& relation_id, const v1::Relation& relation,
                                   const Occasion& occasion);

// Ends a relation as of `occasion.at`; one that has ended already stays as it is. Refused, with `field`
// "relation_id": NOT_FOUND.
[[nodiscard]] std::variant<Change, Violation> EndRelation(const DossierReader& dossier,
                                                          std::string_view relation_id,
                                                          const Occasion& occasion);

// The new mentor's yes or no to a handover; `occasion.author` is who says it. Saying the same twice changes
// nothing. Refused, with `field` "handover_id": NOT_FOUND; NOT_YOURS when it is proposed to another;
// WRONG_STATE.
[[nodiscard]] std::variant<Change, Violation> AcceptHandover(const DossierReader& dossier,
                                                             std::string_view handover_id, bool accept,
                                                             const Occasion& occasion);

// Tells that a team lead replaced an absent mentor at once: the record of a Handover in REPLACED, under
// `handover_id`, a new UUID. A handover that was open is taken back (DECLINED), since who proposed or was to
// take over is out of it. The relations themselves are EndRelation() and BeginRelation().
[[nodiscard]] Change ReplaceMentor(const DossierReader& dossier, const std::string& handover_id,
                                   const v1::Handover& handover, const Occasion& occasion);

// Whether a handover waits for somebody: PROPOSED, ACCEPTED, AGREED or TO_MEET. A dossier has at most one
// such.
[[nodiscard]] bool IsOpen(const v1::Handover& handover);

}  // namespace brug::rules
