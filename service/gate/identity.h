#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "service/domain/sessions.h"

namespace brug::gate {

// Tokens that are remembered at once; beyond, they are forgotten and their signatures checked again.
inline constexpr std::size_t kTokensRememberedMax = 100'000;

// Reads access tokens, remembering those whose signature it has checked until they end. What it says is who
// signed in; whether the device and person are live is asked of the directory with each call
// (domain::Identify).
//
// Thread safety: any number of threads.
class Identity {
 public:
  explicit Identity(const domain::KeyRing& keys) : keys_(keys) {}

  // `authorization` is the metadata's value, "Bearer TOKEN"; SIGN_IN_NEEDED for anything else.
  [[nodiscard]] platform::Result<domain::TokenClaims> Read(std::string_view authorization,
                                                           rules::Instant now);

 private:
  const domain::KeyRing& keys_;
  std::mutex mutex_;
  std::unordered_map<std::string, domain::TokenClaims> checked_;
};

}  // namespace brug::gate
