#include "service/domain/cursor.h"

#include "proto/crypto/hash.h"

namespace brug::domain {
namespace {

constexpr char kFormat = 3;
constexpr std::size_t kMacBytes = 16;
constexpr std::size_t kBodyBytes = 1 + 5 * 8;

void PutUint64(std::string& bytes, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
}

std::uint64_t Uint64At(std::string_view bytes, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

std::string Mac(const crypto::SealingKey& key, const CursorOwner& owner, std::string_view body) {
  std::string message;
  for (const std::string_view part : {owner.device_id, owner.dossier_id, body}) {
    PutUint64(message, part.size());
    message += part;
  }
  return crypto::HmacSha256(key.bytes(), message).substr(0, kMacBytes);
}

}  // namespace

std::string WriteCursor(const crypto::SealingKey& key, const CursorOwner& owner, const Cursor& cursor) {
  std::string body(1, kFormat);
  PutUint64(body, static_cast<std::uint64_t>(cursor.revision));
  PutUint64(body, cursor.salt);
  PutUint64(body, static_cast<std::uint64_t>(cursor.delivered_revision));
  PutUint64(body, static_cast<std::uint64_t>(cursor.since_revision));
  PutUint64(body, static_cast<std::uint64_t>(cursor.rights_version));
  return body + Mac(key, owner, body);
}

std::optional<Cursor> ReadCursor(const crypto::SealingKey& key, const CursorOwner& owner,
                                 std::string_view bytes) {
  if (bytes.size() != kBodyBytes + kMacBytes || bytes[0] != kFormat) return std::nullopt;
  const std::string_view body = bytes.substr(0, kBodyBytes);
  if (!crypto::Equal(Mac(key, owner, body), bytes.substr(kBodyBytes))) return std::nullopt;
  return Cursor{.revision = static_cast<std::int64_t>(Uint64At(body, 1)),
                .salt = Uint64At(body, 9),
                .delivered_revision = static_cast<std::int64_t>(Uint64At(body, 17)),
                .since_revision = static_cast<std::int64_t>(Uint64At(body, 25)),
                .rights_version = static_cast<std::int64_t>(Uint64At(body, 33))};
}

}  // namespace brug::domain
