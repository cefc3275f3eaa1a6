#pragma once

#include <string>
#include <vector>

#include "service/domain/desk.h"
#include "service/domain/dossier_writer.h"

namespace brug::domain {

// What somebody is to a dossier, as of now: the columns of the authority table.
enum class Relationship {
  kOwn,
  kLive,
  kEnded,
  // No relation, another organisation's, or no such dossier: which of these is never said.
  kNone,
  // The call names nobody: what it is about is the caller's own by nature.
  kUnasked,
};

[[nodiscard]] Relationship RelationshipWith(const storage::DirectoryReads& directory, const Caller& caller,
                                            const std::string& dossier_id);

// What the caller is to a person, and to a device's person: oneself is kOwn, a mentor's client as their
// dossier is.
[[nodiscard]] Relationship RelationshipWithPerson(const storage::DirectoryReads& directory,
                                                  const Caller& caller, const std::string& person_id);
[[nodiscard]] Relationship RelationshipWithDevice(const storage::DirectoryReads& directory,
                                                  const Caller& caller, const std::string& device_id);
// A handover is one's own when one is to take over.
[[nodiscard]] Relationship RelationshipWithHandover(const storage::DirectoryReads& directory,
                                                    const Caller& caller, const std::string& handover_id);

// An offer is what its dossier is to the caller. Of one that was never promised the client hears nothing:
// kNone.
[[nodiscard]] Relationship RelationshipWithOffer(const storage::Snapshot& snapshot, const Caller& caller,
                                                 const std::string& offer_id);
// A voucher is the client's own, and nobody else's: a mentor sees it in the dossier alone.
[[nodiscard]] Relationship RelationshipWithVoucher(const storage::Snapshot& snapshot, const Caller& caller,
                                                   const std::string& voucher_id);
// A redemption is the merchant's own, and nobody else's.
[[nodiscard]] Relationship RelationshipWithRedemption(const storage::Snapshot& snapshot, const Caller& caller,
                                                      const std::string& redemption_id);

// The dossiers that the caller may read now: the client's own, the mentor's live ones. By dossier id.
[[nodiscard]] std::vector<std::string> ReadableDossiers(const storage::DirectoryReads& directory,
                                                        const Caller& caller);

// When the relation with the dossier ended that ended last; nothing while one is live or none ever was.
[[nodiscard]] std::optional<rules::Instant> RelationEndedAt(const storage::DirectoryReads& directory,
                                                            const std::string& person_id,
                                                            const std::string& dossier_id);

// The name of a member of staff; nothing when there is no such person or they do not work here (any more).
[[nodiscard]] std::optional<v1::StaffMember> FindStaffMember(const storage::DirectoryReads& directory,
                                                             const OrganisationKeys& keys,
                                                             const std::string& person_id);
// The same, whether or not they still work here.
[[nodiscard]] v1::StaffMember StaffMemberOf(const OrganisationKeys& keys, const storage::PersonRow& row);
[[nodiscard]] bool IsMentor(const v1::StaffMember& staff_member);

// Begins the mentor's access: a relation, a signed grant, and the record that `change` gains. The caller
// commits `change`. ALREADY_EXISTS when the mentor has access.
platform::Result<void> BeginRelation(Desk& desk, DossierWriter& writer, const v1::StaffMember& mentor,
                                     rules::Change& change);
// The same without a new statement, for one that the service forgot and was shown again: it began at `from`.
platform::Result<void> BeginRelationAgain(Desk& desk, DossierWriter& writer, const v1::StaffMember& mentor,
                                          rules::Instant from, rules::Change& change);
platform::Result<void> EndRelationAgain(Desk& desk, DossierWriter& writer, const std::string& person_id,
                                        rules::Change& change);
// Ends it: the relation, a signed end, and the record that `change` gains. Does nothing when the mentor has
// no access.
platform::Result<void> EndRelation(Desk& desk, DossierWriter& writer, const std::string& person_id,
                                   rules::Change& change);

}  // namespace brug::domain
