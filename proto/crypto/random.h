#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "proto/crypto/bytes.h"

namespace brug::crypto {

// Where randomness comes from. A port: programs use `SystemRandom`, tests and the simulator one that a seed
// repeats.
// Thread safety: each implementation says its own; a function that takes a `RandomSource&` uses it only while
// it runs, on the calling thread.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  // Fills all of `out`; cannot fail.
  virtual void Fill(std::span<std::uint8_t> out) = 0;
};

// The operating system's randomness through OpenSSL's generator (RAND_bytes). Failing is an assertion:
// nothing can go on safely without it. Thread safety: any number of threads at once.
class SystemRandom final : public RandomSource {
 public:
  void Fill(std::span<std::uint8_t> out) override;
};

// `size` random bytes.
[[nodiscard]] Bytes RandomBytes(RandomSource& random, std::size_t size);
[[nodiscard]] SecretBytes RandomSecret(RandomSource& random, std::size_t size);
[[nodiscard]] std::uint64_t RandomUint64(RandomSource& random);

// RFC 9562 section 5.4: 122 random bits, as canonical lower-case text of 36 characters.
[[nodiscard]] std::string NewUuidV4(RandomSource& random);

// RFC 9562 section 5.7: `unix_ms` in the first 48 bits, 74 random bits after it, so texts made a millisecond
// or more apart sort by time. Within one millisecond the order is random. `unix_ms` must lie in [0, 2^48).
[[nodiscard]] std::string NewUuidV7(RandomSource& random, std::int64_t unix_ms);

// Whether `text` is a UUID in canonical form: 36 characters, lower-case hex, hyphens in their places. Version
// and variant are not looked at, for ids may come from other programs.
[[nodiscard]] bool IsUuid(std::string_view text);

}  // namespace brug::crypto
