#pragma once

#include <cstdint>
#include <string>

#include "service/storage_sqlite/database.h"

namespace brug::storage {

// What a file holds. Each kind has an application_id of its own, so that no file is taken for another.
enum class FileKind { kOrganisation, kRegistry, kKeys };

// The version of the file. Refuses what is no Brug file of this kind and what has a newer version than this
// program knows; the log detail says which. Changes nothing.
platform::Result<std::int64_t> VersionOf(Database& database, FileKind kind);

// Brings the file to kSchemaVersion in one transaction, a new one from nothing, and sets its journal to WAL.
// Refuses, without a change, what is no Brug file of this kind and what has a newer version; the log detail
// says which.
platform::Result<void> BringUpToDate(Database& database, FileKind kind);

}  // namespace brug::storage
