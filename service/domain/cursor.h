#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proto/crypto/seal.h"
#include "service/storage/dossiers.h"

namespace brug::domain {

// How far a device has come with a dossier: {dossier, point, rights version}, opaque to the device.
//
//   since_revision <= delivered_revision <= revision      in the middle of a way of changes
//   delivered_revision < since_revision <= revision       in the middle of a snapshot
//   all three the same                                    at the end of a last page
struct Cursor {
  // The state of the dossier that the page ending here was read from: it must be of this history. A record
  // that moved on since then is on a later page; when a restore takes that state back, it is on none, and the
  // cursor is worth nothing.
  std::int64_t revision = 0;
  std::uint64_t salt = 0;
  // Records up to it were given.
  std::int64_t delivered_revision = 0;
  // Where the way began: the device's last whole state, or for a snapshot the head when its first page was
  // made. No tombstone above it may be gone.
  std::int64_t since_revision = 0;
  std::int64_t rights_version = 0;
  friend bool operator==(const Cursor&, const Cursor&) = default;
};

// Whose cursor: it is good for this device and dossier alone.
struct CursorOwner {
  std::string_view device_id;
  std::string_view dossier_id;
};

// The cursor with a keyed hash over it and its owner. 57 bytes.
[[nodiscard]] std::string WriteCursor(const crypto::SealingKey& key, const CursorOwner& owner,
                                      const Cursor& cursor);

// Nothing for a cursor that was cut, made up, or belongs to another dossier or device: it then counts as
// none.
[[nodiscard]] std::optional<Cursor> ReadCursor(const crypto::SealingKey& key, const CursorOwner& owner,
                                               std::string_view bytes);

}  // namespace brug::domain
