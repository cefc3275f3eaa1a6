#pragma once

#include <memory>
#include <string_view>

#include "proto/crypto/bytes.h"
#include "proto/crypto/hash.h"

namespace brug::crypto {

// SHA-256 of what does not fit into memory at once:
//
//   Finish() = Sha256(part + part + ...)
//
// Not safe for two threads at once.
class Sha256OfParts {
 public:
  Sha256OfParts();
  ~Sha256OfParts();
  Sha256OfParts(const Sha256OfParts&) = delete;
  Sha256OfParts& operator=(const Sha256OfParts&) = delete;

  void Add(std::string_view part);
  // 32 bytes. The last call.
  [[nodiscard]] Bytes Finish() &&;

 private:
  struct Context;
  const std::unique_ptr<Context> context_;
};

}  // namespace brug::crypto
