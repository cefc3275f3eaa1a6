#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proto/crypto/seal.h"
#include "service/storage/dossiers.h"

namespace brug::domain {

// How far a device has come with a dossier: {dossier, point, rights version}, opaque to the device.
struct Cursor {
  std::int64_t revision = 0;
  std::uint64_t salt = 0;
  std::int64_t rights_version = 0;
  // The state of the dossier that the page ending here was read from. A record that moved on since then is on
  // a later page; when a restore takes that state back, it is on none, and the cursor is worth nothing.
  std::int64_t head_revision = 0;
  std::uint64_t head_salt = 0;
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
