#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace brug::crypto {

// Any bytes, zero bytes included, as protobuf's `bytes` fields hold them.
using Bytes = std::string;

// Bytes that must not stay behind in memory: overwritten on destruction, on assignment and in what they were
// moved from. Copied only by the explicit `Clone`.
// Thread safety: as std::vector, many readers or one writer.
class SecretBytes {
 public:
  SecretBytes() = default;
  // `size` zero bytes, to be filled through `mutable_span`.
  explicit SecretBytes(std::size_t size);
  // Copies `bytes`; overwriting the source is the caller's matter.
  static SecretBytes CopyOf(std::string_view bytes);

  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  [[nodiscard]] SecretBytes Clone() const;

  // Valid until this object is moved from, assigned to or destroyed.
  [[nodiscard]] std::string_view view() const;
  [[nodiscard]] std::span<std::uint8_t> mutable_span();
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }

 private:
  void Wipe() noexcept;

  std::vector<std::uint8_t> bytes_;
};

// Overwrites the content of `bytes` so that no compiler leaves it out, then empties it.
void WipeAndClear(Bytes& bytes) noexcept;

// Text forms. Each value has exactly one text, and decoding accepts that one alone: any other character,
// length, case or padding, or a bit set that no byte needs, gives nullopt. Not constant-time: for keys use
// files and callbacks, not text.

// RFC 4648 section 8, in lower case.
[[nodiscard]] std::string HexEncode(std::string_view bytes);
[[nodiscard]] std::optional<Bytes> HexDecode(std::string_view text);

// RFC 4648 section 5 without padding, as RFC 7515 section 2 writes it.
[[nodiscard]] std::string Base64UrlEncode(std::string_view bytes);
[[nodiscard]] std::optional<Bytes> Base64UrlDecode(std::string_view text);

// RFC 4648 section 4, with padding.
[[nodiscard]] std::string Base64Encode(std::string_view bytes);

}  // namespace brug::crypto
