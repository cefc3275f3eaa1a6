#include "proto/crypto/bytes.h"

#include <array>

#include "proto/crypto/openssl.h"

namespace brug::crypto {
namespace {

constexpr std::string_view kHexSymbols = "0123456789abcdef";
constexpr std::string_view kBase64Symbols =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64UrlSymbols =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using SymbolValues = std::array<std::int8_t, 256>;

constexpr SymbolValues ValuesOf(std::string_view symbols) {
  SymbolValues values{};
  values.fill(-1);
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    values[static_cast<unsigned char>(symbols[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}

constexpr SymbolValues kHexValues = ValuesOf(kHexSymbols);
constexpr SymbolValues kBase64UrlValues = ValuesOf(kBase64UrlSymbols);

int ValueOf(const SymbolValues& values, char symbol) { return values[static_cast<unsigned char>(symbol)]; }

// Base 64 without padding.
std::string EncodeBase64(std::string_view bytes, std::string_view symbols) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t pending = 0;
  int pending_bits = 0;
  for (const char byte : bytes) {
    pending = pending << 8 | static_cast<unsigned char>(byte);
    for (pending_bits += 8; pending_bits >= 6;) {
      pending_bits -= 6;
      text += symbols[pending >> pending_bits & 63];
    }
  }
  if (pending_bits > 0) text += symbols[pending << (6 - pending_bits) & 63];
  return text;
}

}  // namespace

SecretBytes::SecretBytes(std::size_t size) : bytes_(size) {}

SecretBytes SecretBytes::CopyOf(std::string_view bytes) {
  SecretBytes copy;
  copy.bytes_.assign(bytes.begin(), bytes.end());
  return copy;
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) {
  other.bytes_.clear();
}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this == &other) return *this;
  Wipe();
  bytes_ = std::move(other.bytes_);
  other.bytes_.clear();
  return *this;
}

SecretBytes::~SecretBytes() { Wipe(); }

SecretBytes SecretBytes::Clone() const { return CopyOf(view()); }

std::string_view SecretBytes::view() const {
  return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
}

std::span<std::uint8_t> SecretBytes::mutable_span() { return bytes_; }

void SecretBytes::Wipe() noexcept { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

void WipeAndClear(Bytes& bytes) noexcept {
  OPENSSL_cleanse(bytes.data(), bytes.size());
  bytes.clear();
}

std::string HexEncode(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    text += kHexSymbols[static_cast<unsigned char>(byte) >> 4];
    text += kHexSymbols[byte & 15];
  }
  return text;
}

std::optional<Bytes> HexDecode(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = ValueOf(kHexValues, text[i]);
    const int low = ValueOf(kHexValues, text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

std::string Base64UrlEncode(std::string_view bytes) { return EncodeBase64(bytes, kBase64UrlSymbols); }

std::optional<Bytes> Base64UrlDecode(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  Bytes bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t pending = 0;
  int pending_bits = 0;
  for (const char symbol : text) {
    const int value = ValueOf(kBase64UrlValues, symbol);
    if (value < 0) return std::nullopt;
    pending = pending << 6 | static_cast<std::uint32_t>(value);
    pending_bits += 6;
    if (pending_bits < 8) continue;
    pending_bits -= 8;
    bytes += static_cast<char>(pending >> pending_bits & 255);
  }
  const std::uint32_t unused_bits = pending & ((1u << pending_bits) - 1);
  if (unused_bits != 0) return std::nullopt;
  return bytes;
}

std::string Base64Encode(std::string_view bytes) {
  std::string text = EncodeBase64(bytes, kBase64Symbols);
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

}  // namespace brug::crypto
