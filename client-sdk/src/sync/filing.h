#pragma once

#include "client-sdk/src/sync/holdings.h"

namespace brug::sdk {

// Puts each record where it is listed that came while this program did not know its kind: then it was kept
// and hung nowhere, and a sync does not bring it again. For every opening; costs one read of a note unless
// the program knows other kinds than the one that opened it last. Errors: STORAGE_*.
[[nodiscard]] Result<void> FileNewKinds(Holdings& holdings);
// That this program knows the kinds it knows: in the transaction in which a replica begins.
[[nodiscard]] Result<void> NoteKnownKinds(Replica& replica);

}  // namespace brug::sdk
