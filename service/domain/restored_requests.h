#pragma once

#include "brug/v1/statement.pb.h"
#include "service/domain/desk.h"

namespace brug::domain {

// The request that led to what a checked statement about money says counts as answered, if the books have
// what it is about: the same request again gets the answer, and not a second booking. Changes nothing when
// there is an answer.
platform::Result<void> UseRequestId(Desk& desk, const v1::StatementContent& content,
                                    const v1::Statement& statement);

}  // namespace brug::domain
