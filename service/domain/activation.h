#pragma once

#include <chrono>
#include <string>

#include "service/domain/desk.h"

namespace brug::domain {

inline constexpr std::chrono::hours kActivationCodeLife{72};
inline constexpr std::size_t kActivationCodeSymbols = 10;

struct ActivationCode {
  // In two groups, as it is shown.
  std::string text;
  rules::Instant expires_at;
};

// Makes a code for a person of the organisation and voids their last one. Kept as a keyed hash alone.
[[nodiscard]] platform::Result<ActivationCode> MakeActivationCode(const Surroundings& surroundings,
                                                                  const std::string& organisation_id,
                                                                  const std::string& person_id,
                                                                  rules::Instant now);

// The keyed hash that a normalised code is looked up by.
[[nodiscard]] std::string ActivationCodeHmac(const KeyRing& keys, const std::string& normalised);

}  // namespace brug::domain
