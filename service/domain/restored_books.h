#pragma once

#include <cstdint>

#include "brug/v1/admin_service.pb.h"
#include "brug/v1/statement.pb.h"
#include "service/domain/desk.h"

// Money after a restore (document "vouchers"): what a restored service forgot of promises, vouchers and
// redemptions comes back with the statements that devices kept.
namespace brug::domain {

// Until the operator releases a restored service, nobody promises, issues, cancels, redeems or undoes, and
// nothing expires or lapses: STORAGE_UNAVAILABLE with a delay.
[[nodiscard]] platform::Result<void> CheckReleased(const storage::BackupReads& backups);
[[nodiscard]] bool IsHeldBack(const storage::BackupReads& backups);

// Books what a checked statement about money says, as it stands, if the books do not have it: offer, voucher
// and redemption, the postings, the records in the dossier, and the request id as used. What an account does
// not hold is posted from `restored`. A statement that builds on one that has not come yet books nothing; it
// is booked with the one that it waits for. The same statement again changes nothing.
platform::Result<void> BookAgain(Desk& desk, const v1::StatementContent& content,
                                 const v1::Statement& statement);

// Releases the organisation, or only tells: the shops that have not been heard from since the restore, and
// what was posted from `restored`.
[[nodiscard]] platform::Result<v1::ReleaseRestoreResponse> ReleaseRestore(
    Desk& desk, const v1::ReleaseRestoreRequest& request);

}  // namespace brug::domain
