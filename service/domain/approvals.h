#pragma once

#include "brug/v1/reward_service.pb.h"
#include "service/domain/desk.h"

// The second person's operations of RewardService; reward_service.proto says what each does. That the caller
// is an approver has been checked (gate/authority.h, where both calls are kUnasked: an approver has no
// relation with the dossier); that they are another person is decided here.
namespace brug::domain {

[[nodiscard]] platform::Result<v1::ListApprovalsResponse> ListApprovals(
    const ReadingDesk& desk, const v1::ListApprovalsRequest& request);
[[nodiscard]] platform::Result<v1::AnswerApprovalResponse> AnswerApproval(
    Desk& desk, const v1::AnswerApprovalRequest& request);

}  // namespace brug::domain
