#pragma once

#include <string>
#include <vector>

#include "brug/v1/statement.pb.h"
#include "service/domain/desk.h"

namespace brug::domain {

// Signs what `kind` says for the person and keeps it under the person's next number. `kind` has its `kind`
// oneof set; the rest is filled here. A failure: the person does not exist (INTERNAL).
platform::Result<v1::Statement> MakeStatement(Desk& desk, const std::string& person_id,
                                              v1::StatementContent kind);

// A wipe order for a revoked device, signed anew: it needs no number, since a device is revoked for good.
v1::Statement MakeWipeOrder(const Surroundings& surroundings, const OrganisationKeys& keys,
                            const std::string& person_id, const std::string& device_id, rules::Instant now);

// The public halves of the organisation's keys, as devices keep them.
std::vector<v1::OrganisationKey> PublicKeys(const OrganisationKeys& keys);

// What is signed: purpose, a zero byte, content.
inline constexpr std::string_view kStatementPurpose = "brug.v1.Statement";

}  // namespace brug::domain
