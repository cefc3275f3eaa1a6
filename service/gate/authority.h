#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "brug/v1/person.pb.h"
#include "service/domain/relations.h"

// Who may do what: the one table.
namespace brug::gate {

// One line of the table: in this RPC, people with one of these roles may concern themselves with what they
// have this relationship to. Whatever has no line is refused.
struct Allowance {
  // "SyncService/Sync".
  std::string_view rpc;
  domain::Relationship relationship;
  std::vector<v1::Role> roles;
};

// All lines.
[[nodiscard]] std::span<const Allowance> Allowances();

// The RPCs that need no session: a nonce, enrolling, opening a session.
[[nodiscard]] bool NeedsNoSession(std::string_view rpc);

// Whether the table has a line for the RPC, one of the roles and the relationship.
[[nodiscard]] bool Allows(std::string_view rpc, std::span<const v1::Role> roles,
                          domain::Relationship relationship);

}  // namespace brug::gate
