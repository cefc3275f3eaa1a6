#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "brug/v1/backup.pb.h"
#include "service/domain/desk.h"

// What must outlive every restore (service/storage/end_journal.h): ends and wipe orders, as they were signed,
// and what staff may do.
namespace brug::domain {

// Journals the statement if it ends an access or orders a wipe. Whoever makes one passes here.
void JournalIfEnd(Desk& desk, const v1::StatementContent& content, const v1::Statement& statement);
// Journals what a member of staff may do from now on.
void JournalStaff(Desk& desk, const v1::StaffMember& staff_member);

// Applies what was journalled again, oldest first, to an organisation that was put back to an older backup:
// afterwards no access that had ended is there, and no device that was revoked. What had not come about yet
// in that backup is kept as having ended, so that nothing that is learnt of it later brings it back. Running
// it again changes nothing. A failure when something journalled cannot be read.
[[nodiscard]] platform::Result<void> ApplyJournalledEnds(Desk& desk, std::span<const std::string> contents);

// The same for an organisation whose newest restore asks for it, from the journal of the storage, and notes
// that it is done: which restore it was and how many ends there are; nothing when none asks. Before anybody
// is served. With it open vouchers get other codes (restored_books.h): so many.
struct EndsApplied {
  std::string restore_id;
  std::int64_t ends_count = 0;
  std::int64_t codes_count = 0;
};
[[nodiscard]] platform::Result<std::optional<EndsApplied>> ApplyEndsAfterRestore(
    const Surroundings& surroundings, storage::OrganisationStore& store,
    const std::shared_ptr<const OrganisationKeys>& keys, rules::Instant now);

}  // namespace brug::domain
