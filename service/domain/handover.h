#pragma once

#include <optional>

#include "brug/v1/mutation.pb.h"
#include "proto/rules/apply.h"
#include "service/domain/desk.h"
#include "service/domain/dossier_writer.h"

// What a handover does beyond the dossier: relations, grants and ends. The records themselves follow the
// rules.
namespace brug::domain {

// What only the service can check of a mutation about a handover: that who is to take over is a mentor here,
// and has not taken over yet.
[[nodiscard]] std::optional<rules::Violation> CheckHandover(const Desk& desk, const v1::Mutation& mutation,
                                                            const rules::Occasion& occasion);

// Lets follow what a change brought about, before it is committed: finds the new mentor's name, keeps the
// handover where the new mentor finds it, begins the new access when both said yes, ends the old one when the
// three met. Does nothing for a change without a handover.
platform::Result<void> FollowHandovers(Desk& desk, DossierWriter& writer, rules::Change& change);

}  // namespace brug::domain
