#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "brug/v1/enrolment_service.pb.h"
#include "brug/v1/sync_service.pb.h"
#include "service/domain/desk.h"

// What a restored service learns again from what its devices kept. It believes its own signature and nothing
// else, it learns only once a restore was noted, and of two statements about one thing the one with the
// higher number holds, whichever comes first.
namespace brug::domain {

// At most so many statements are shown in one call, of so many bytes together unless it is one alone.
inline constexpr int kStatementsShownMax = 200;
inline constexpr std::size_t kStatementsShownBytesMax = 262'144;

// The highest number up to `statements_seen` that the service has of the caller's statements, when it does
// not have `statements_seen` itself: then a restore made it forget some. Nothing when all is well.
[[nodiscard]] std::optional<std::int64_t> LastKnownOfForgotten(const storage::Snapshot& snapshot,
                                                               const Caller& caller,
                                                               const v1::SyncRequest& request);
[[nodiscard]] std::optional<std::int64_t> LastKnownOfForgotten(const ReadingDesk& desk,
                                                               const v1::SyncRequest& request);
// The number of the newest statement that gives the person access to the dossier; 0 when none does.
[[nodiscard]] std::int64_t NewestGrant(const Desk& desk, const std::string& person_id,
                                       const std::string& dossier_id);
// The number of a statement; 0 when it cannot be read.
[[nodiscard]] std::int64_t NumberOf(const v1::Statement& statement);

// Keeps those statements shown that this organisation signed for the caller and that it does not have, and
// does what they say: access to dossiers begins or ends as the newest statement about each says, a wiped
// device stays revoked. What does not verify is passed over.
platform::Result<void> LearnAgain(Desk& desk, const v1::SyncRequest& request);

// Lets in a device that the service forgot, by the statement that made it its person's: the person too when
// they are not known. One that a statement has revoked is known again as revoked. Nothing when the device is
// known, or the statement does not say so. Whether the caller has the key is checked afterwards, as for any
// device.
platform::Result<void> LearnDeviceAgain(Desk& desk, const v1::OpenSessionRequest& request);

// The public key that the organisation signed for the device that the request names, with the request's;
// empty when it did not. Of a device that the service knows by the journal of ends alone it has no other.
[[nodiscard]] std::string KeyShownFor(const OrganisationKeys& keys, const v1::OpenSessionRequest& request);

}  // namespace brug::domain
