#pragma once

#include <brug/result.h>

#include "brug/v1/enrolment_service.pb.h"
#include "brug/v1/statement.pb.h"

namespace brug::sdk {

// What the statement says, if the organisation of `account` signed it (with a statement key that the device
// was given at enrolment) about the person of `account`. Error: STATEMENT_NOT_VALID; then nothing may be done
// on it.
[[nodiscard]] Result<v1::StatementContent> CheckStatement(const v1::Statement& statement,
                                                          const v1::EnrolResponse& account);

// Whether it is of a kind that says something about an offer or a voucher.
[[nodiscard]] bool IsAboutMoney(const v1::StatementContent& content);

// The wipe order for this device in what came with an error, if there is a valid one.
[[nodiscard]] bool IsWipeOrder(std::string_view base64url, const v1::EnrolResponse& account);

}  // namespace brug::sdk
