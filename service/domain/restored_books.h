#pragma once

#include <cstdint>
#include <set>
#include <string>

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

// Gives every open voucher another code, before a restored service serves anybody: the one that the backup
// has may have leaked and been replaced since, and the one in its place is lost. Devices fetch it, for its
// number is not the one that they have. Answers how many. Cost: all vouchers.
[[nodiscard]] platform::Result<std::int64_t> RenewCodes(Desk& desk);

// Whether the books have what a statement about money says.
[[nodiscard]] bool IsBooked(const storage::MoneyReads& money, const v1::StatementContent& content);

// Books what devices showed again about these dossiers, as it stands, if the books do not have it: offer,
// voucher and redemption, the postings, the records in the dossier, and the request id as used. What an
// account does not hold is posted from `restored`. A statement that builds on one that has not come yet, or
// on a client who has not, waits, and is booked with the next call for its dossier; so the same statements
// lead to the same books in whatever order they come. One that cannot be booked is passed over, with a hint,
// and changes nothing. Cost: all statements of staff, and of these clients.
void BookKept(Desk& desk, const std::set<std::string>& dossier_ids);

// Releases the organisation, or only tells: the shops that have not been heard from since the restore, and
// what was posted from `restored`.
[[nodiscard]] platform::Result<v1::ReleaseRestoreResponse> ReleaseRestore(
    Desk& desk, const v1::ReleaseRestoreRequest& request);

}  // namespace brug::domain
