#include "proto/crypto/random.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <climits>

#include "proto/crypto/openssl.h"

namespace brug::crypto {
namespace {

constexpr std::size_t kUuidBytes = 16;
constexpr std::string_view kUuidShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
constexpr int kUnixMsBits = 48;

using Uuid = std::array<std::uint8_t, kUuidBytes>;

std::string UuidText(Uuid uuid, int version) {
  uuid[6] = static_cast<std::uint8_t>(version << 4 | (uuid[6] & 0x0f));
  uuid[8] = static_cast<std::uint8_t>(0x80 | (uuid[8] & 0x3f));
  const std::string hex = HexEncode({reinterpret_cast<const char*>(uuid.data()), uuid.size()});
  std::string text(kUuidShape);
  auto next = hex.begin();
  for (char& symbol : text) {
    if (symbol == 'x') symbol = *next++;
  }
  return text;
}

bool IsLowerHex(char symbol) { return (symbol >= '0' && symbol <= '9') || (symbol >= 'a' && symbol <= 'f'); }

}  // namespace

void SystemRandom::Fill(std::span<std::uint8_t> out) {
  Demand(out.size() <= INT_MAX, "too many random bytes at once");
  Demand(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1, "no randomness");
}

Bytes RandomBytes(RandomSource& random, std::size_t size) {
  Bytes bytes(size, '\0');
  random.Fill({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  return bytes;
}

SecretBytes RandomSecret(RandomSource& random, std::size_t size) {
  SecretBytes bytes(size);
  random.Fill(bytes.mutable_span());
  return bytes;
}

std::uint64_t RandomUint64(RandomSource& random) {
  std::array<std::uint8_t, 8> bytes;
  random.Fill(bytes);
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

std::string NewUuidV4(RandomSource& random) {
  Uuid uuid;
  random.Fill(uuid);
  return UuidText(uuid, 4);
}

std::string NewUuidV7(RandomSource& random, std::int64_t unix_ms) {
  Demand(unix_ms >= 0 && unix_ms < std::int64_t{1} << kUnixMsBits, "time outside what a UUIDv7 holds");
  Uuid uuid;
  random.Fill(uuid);
  for (int i = 0; i < kUnixMsBits / 8; ++i) {
    uuid[i] = static_cast<std::uint8_t>(unix_ms >> (kUnixMsBits - 8 * (i + 1)));
  }
  return UuidText(uuid, 7);
}

bool IsUuid(std::string_view text) {
  return text.size() == kUuidShape.size() &&
         std::equal(text.begin(), text.end(), kUuidShape.begin(), [](char symbol, char shape) {
           return shape == 'x' ? IsLowerHex(symbol) : symbol == shape;
         });
}

}  // namespace brug::crypto
